//! What users and stores hold: a user's password, a server's keys, and a server's decoy.

use alloc::boxed::Box;
use core::fmt;

use xiom_core::{AuthFault, Secret};

#[cfg(feature = "legacy")]
use crate::digest_md5::DigestKey;
use crate::prep::saslprep;
use crate::scram::Hash;
use crate::scram::hash::Tag;
use crate::scram::hi::Hi;
use crate::scram::keys::derive_keys;

/// A user's name and password, and whom the user wants to act as.
///
/// ```
/// let credentials = xiom_sasl::Credentials::new("kurt", "xipj3plmq").with_authzid("ursel");
/// assert!(!format!("{credentials:?}").contains("xipj3plmq"));
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Credentials {
    /// The authentication identity.
    pub user: Box<str>,
    /// The password.
    pub password: Secret,
    /// The authorization identity; none: what belongs to the user.
    pub authzid: Option<Box<str>>,
}

impl Credentials {
    /// The credentials of `user`, who acts as itself.
    pub fn new(user: impl Into<Box<str>>, password: impl Into<Secret>) -> Self {
        Self { user: user.into(), password: password.into(), authzid: None }
    }

    /// The same, acting as `authzid`.
    #[must_use]
    pub fn with_authzid(self, authzid: impl Into<Box<str>>) -> Self {
        Self { authzid: Some(authzid.into()), ..self }
    }

    /// The same, each part prepared; what is the identity already is not copied.
    pub(crate) fn prepared(mut self) -> Result<Self, AuthFault> {
        if let Some(user) = saslprep(self.user.as_bytes())?.changed() {
            self.user = user.into();
        }
        if let Some(password) = saslprep(self.password.expose())?.changed() {
            self.password = Secret::new(password);
        }
        if let Some(authzid) = &self.authzid
            && let Some(authzid) = saslprep(authzid.as_bytes())?.changed()
        {
            self.authzid = Some(authzid.into());
        }
        Ok(self)
    }
}

/// What a server stores of a user for SCRAM (RFC 5802 section 3); the password cannot be had from it,
/// and without the password it does not log in.
///
/// ```
/// use xiom_sasl::{ScramKeys, scram::Hash};
///
/// let keys = ScramKeys::derive(Hash::Sha256, "pencil", b"16 random octets", 4096)?;
/// let (salt, stored, server) = (keys.salt(), keys.stored_key(), keys.server_key());
/// let loaded = ScramKeys::new(Hash::Sha256, salt, 4096, stored, server);
/// assert_eq!(loaded, Some(keys));
/// # Ok::<(), xiom_core::AuthFault>(())
/// ```
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct ScramKeys {
    hash: Hash,
    salt: Box<[u8]>,
    iterations: u32,
    stored_key: Tag,
    server_key: Tag,
}

impl ScramKeys {
    /// Takes what a store has kept; `None` when a key has not the length of `hash`, or something is empty.
    #[must_use]
    pub fn new(
        hash: Hash,
        salt: &[u8],
        iterations: u32,
        stored_key: &[u8],
        server_key: &[u8],
    ) -> Option<Self> {
        let stored_key = hash.tag(stored_key)?;
        let server_key = hash.tag(server_key)?;
        let kept = !salt.is_empty() && iterations != 0;
        kept.then(|| Self { hash, salt: salt.into(), iterations, stored_key, server_key })
    }

    /// Derives the keys of a new `password`; takes some 0.1 us for each of the `iterations`.
    ///
    /// `salt` is 16 octets or so, drawn for this user alone.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::ProhibitedCharacter`] or [`AuthFault::NoCredentials`] for a password that
    /// cannot be prepared, [`AuthFault::NoCredentials`] for an empty salt too, and
    /// [`AuthFault::Iterations`] for none.
    pub fn derive(
        hash: Hash,
        password: impl Into<Secret>,
        salt: &[u8],
        iterations: u32,
    ) -> Result<Self, AuthFault> {
        let password = password.into();
        let prepared = saslprep(password.expose())?;
        if salt.is_empty() {
            return Err(AuthFault::NoCredentials);
        }
        if iterations == 0 {
            return Err(AuthFault::Iterations(0));
        }
        let mut hi = Hi::new(hash, prepared.as_str().as_bytes(), salt, iterations);
        let salted = loop {
            if let Some(salted) = hi.run(iterations) {
                break salted;
            }
        };
        let keys = derive_keys(hash, &salted);
        let (stored_key, server_key) = (keys.stored, keys.server);
        //= SRS_SASL_MECHANISMS_01_063
        Ok(Self { hash, salt: salt.into(), iterations, stored_key, server_key })
    }

    /// The hash of the mechanism.
    #[must_use]
    pub const fn hash(&self) -> Hash {
        self.hash
    }

    /// The salt.
    #[must_use]
    pub fn salt(&self) -> &[u8] {
        &self.salt
    }

    /// The number of iterations.
    #[must_use]
    pub const fn iterations(&self) -> u32 {
        self.iterations
    }

    /// `StoredKey`, for the store: it is compared with what the client proves.
    #[must_use]
    pub fn stored_key(&self) -> &[u8] {
        self.stored_key.octets()
    }

    /// `ServerKey`, for the store: who has it can pose as the server.
    #[must_use]
    pub fn server_key(&self) -> &[u8] {
        self.server_key.octets()
    }

    pub(crate) const fn tags(&self) -> (&Tag, &Tag) {
        (&self.stored_key, &self.server_key)
    }
}

impl fmt::Debug for ScramKeys {
    //= SRS_SASL_MECHANISMS_01_031
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScramKeys")
            .field("hash", &self.hash)
            .field("iterations", &self.iterations)
            .finish_non_exhaustive()
    }
}

/// Keys for users that do not exist, so that nobody can tell them from those that do.
///
/// The same name gets the same salt every time, computed from a key that only the server knows; set the
/// iterations and the length of salts to what the store holds for real users. Losing the key does no
/// harm but to show which users exist.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Decoy {
    key: Secret,
    iterations: u32,
    salt_len: usize,
    password_hash: Hash,
}

impl Decoy {
    /// A decoy by `key`: 32 random octets, the same for all servers of one store, for years.
    ///
    /// `salt_len` is cut to the length of the hash.
    #[must_use]
    pub fn new(key: [u8; 32], iterations: u32, salt_len: usize) -> Self {
        Self {
            key: Secret::new(key),
            iterations: iterations.max(1),
            salt_len: salt_len.max(1),
            password_hash: Hash::Sha256,
        }
    }

    /// The same, and PLAIN derives with `hash` for a user that does not exist; SHA-256 without this.
    #[must_use]
    pub fn with_password_hash(self, hash: Hash) -> Self {
        Self { password_hash: hash, ..self }
    }

    /// The hash of passwords of users that do not exist.
    pub(crate) const fn password_hash(&self) -> Hash {
        self.password_hash
    }

    /// The keys of the `user` that does not exist.
    pub(crate) fn keys(&self, hash: Hash, user: &str) -> ScramKeys {
        let derive = |label: &[u8]| hash.hmac(self.key.expose(), &[label, user.as_bytes()]);
        let salt = derive(b"salt\0");
        let salt = salt.octets().get(..self.salt_len).unwrap_or(salt.octets()).into();
        ScramKeys {
            hash,
            salt,
            iterations: self.iterations,
            stored_key: derive(b"stored\0"),
            server_key: derive(b"server\0"),
        }
    }

    /// The DIGEST-MD5 key of the `user` that does not exist.
    #[cfg(feature = "legacy")]
    pub(crate) fn digest_key(&self, user: &str, realm: &str) -> DigestKey {
        let parts = [b"digest\0", user.as_bytes(), b"\0", realm.as_bytes()];
        let tag = Hash::Sha256.hmac(self.key.expose(), &parts);
        DigestKey::new(tag.octets().first_chunk().copied().unwrap_or_default())
    }

    /// The password of the `user` that does not exist.
    #[cfg(feature = "legacy")]
    pub(crate) fn secret(&self, user: &str) -> Secret {
        let tag = Hash::Sha256.hmac(self.key.expose(), &[b"secret\0", user.as_bytes()]);
        Secret::new(tag.octets())
    }
}
