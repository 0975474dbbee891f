//! SCRAM by the words of RFC 5802 section 3, with the hashes of another library.

use super::{
    Case, Credentials, Hash, Nonce, ScramKeys, Variant, answered, client, digest, hmac, pbkdf2,
    proven,
};

/// The algorithms of a hash, in the other library.
struct Algorithms {
    pbkdf2: pbkdf2::Algorithm,
    hmac: hmac::Algorithm,
    digest: &'static digest::Algorithm,
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the variants that are not tried")]
fn algorithms(variant: Variant) -> Algorithms {
    match variant {
        Variant::Sha1 => Algorithms {
            pbkdf2: pbkdf2::PBKDF2_HMAC_SHA1,
            hmac: hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            digest: &digest::SHA1_FOR_LEGACY_USE_ONLY,
        },
        Variant::Sha512 => Algorithms {
            pbkdf2: pbkdf2::PBKDF2_HMAC_SHA512,
            hmac: hmac::HMAC_SHA512,
            digest: &digest::SHA512,
        },
        _ => Algorithms {
            pbkdf2: pbkdf2::PBKDF2_HMAC_SHA256,
            hmac: hmac::HMAC_SHA256,
            digest: &digest::SHA256,
        },
    }
}

impl Algorithms {
    fn hmac(&self, key: &[u8], data: &[u8]) -> Vec<u8> {
        hmac::sign(&hmac::Key::new(self.hmac, key), data).as_ref().to_vec()
    }

    fn salted(&self, case: &Case<'_>, password: &str) -> Vec<u8> {
        let mut out = vec![0; self.digest.output_len()];
        pbkdf2::derive(self.pbkdf2, case.iterations(), case.salt, password.as_bytes(), &mut out);
        out
    }

    fn hash(&self, data: &[u8]) -> Vec<u8> {
        digest::digest(self.digest, data).as_ref().to_vec()
    }
}

/// `StoredKey` and `ServerKey` of a password.
pub(super) fn keys(case: &Case<'_>, password: &str) {
    let (hash, iterations): (Hash, u32) = (case.variant().hash(), case.iterations().get());
    let Ok(keys) = ScramKeys::derive(hash, password, case.salt, iterations) else {
        assert!(case.salt.is_empty(), "a password in ASCII is refused");
        return;
    };
    let with = algorithms(case.variant());
    let salted = with.salted(case, password);
    assert_eq!(keys.stored_key(), with.hash(&with.hmac(&salted, b"Client Key")));
    assert_eq!(keys.server_key(), with.hmac(&salted, b"Server Key"));
}

/// What a client shows, and what it wants to be shown.
pub(super) fn proof(case: &Case<'_>, user: &str, password: &str) {
    if case.salt.is_empty() {
        return;
    }
    let nonce = Nonce::new([0xC1; Nonce::ENTROPY]);
    let credentials = Credentials::new(user, password);
    let Ok(client) = client::Scram::new(case.variant(), credentials, nonce) else { return };
    let nonce = "wcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHB".to_owned() + &case.server_nonce();
    let challenge = format!("r={nonce},s={},i={}", base64(case.salt), case.iterations());
    let Some((client, first, answer)) = answered(client, &challenge) else { return };

    let with = algorithms(case.variant());
    let salted = with.salted(case, password);
    let key = with.hmac(&salted, b"Client Key");
    let bare = first.strip_prefix(b"n,,").unwrap_or_default();
    let without = format!("c=biws,r={nonce}");
    let message = [bare, b",", challenge.as_bytes(), b",", without.as_bytes()].concat();
    let signature = with.hmac(&with.hash(&key), &message);
    let proof: Vec<u8> = key.iter().zip(&signature).map(|(key, mask)| key ^ mask).collect();
    let expected = format!("{without},p={}", base64(&proof));
    assert_eq!(String::from_utf8_lossy(&answer), expected, "another proof");
    let shown = with.hmac(&with.hmac(&salted, b"Server Key"), &message);
    proven(client, format!("v={}", base64(&shown)).as_bytes());
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(octets: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in octets.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, octet| bits << 8 | u32::from(*octet));
        let bits = (0..3_usize.saturating_sub(group.len())).fold(bits, |bits, _| bits << 8);
        for at in 0..4_usize {
            let place = usize::try_from(bits >> (18 - 6 * at) & 63).unwrap_or_default();
            let letter = alphabet.get(place).copied().unwrap_or(b'=');
            text.push(char::from(if at <= group.len() { letter } else { b'=' }));
        }
    }
    text
}
