//! Keys, proofs and signatures (RFC 5802 section 3).

use subtle::{Choice, ConstantTimeEq};

use super::hash::{Hash, Tag};

/// What follows from a salted password.
pub(crate) struct Keys {
    pub(crate) client: Tag,
    pub(crate) stored: Tag,
    pub(crate) server: Tag,
}

/// `ClientKey`, `StoredKey` and `ServerKey` of the password salted as `salted`.
pub(crate) fn derive_keys(hash: Hash, salted: &Tag) -> Keys {
    let client = hash.hmac(salted.octets(), &[b"Client Key"]);
    let stored = hash.digest(client.octets());
    let server = hash.hmac(salted.octets(), &[b"Server Key"]);
    Keys { client, stored, server }
}

/// `ClientProof = ClientKey XOR HMAC(StoredKey, AuthMessage)`
pub(crate) fn client_proof(hash: Hash, keys: &Keys, auth_message: &[u8]) -> Tag {
    let mut proof = hash.hmac(keys.stored.octets(), &[auth_message]);
    proof.xor(&keys.client);
    proof
}

/// `ServerSignature = HMAC(ServerKey, AuthMessage)`
pub(crate) fn server_signature(hash: Hash, server_key: &Tag, auth_message: &[u8]) -> Tag {
    hash.hmac(server_key.octets(), &[auth_message])
}

/// Whether `proof` was made with the key behind `stored_key`, in constant time.
pub(crate) fn verify(hash: Hash, stored_key: &Tag, proof: &Tag, auth_message: &[u8]) -> Choice {
    let mut client_key = hash.hmac(stored_key.octets(), &[auth_message]);
    client_key.xor(proof);
    hash.digest(client_key.octets()).ct_eq(stored_key)
}
