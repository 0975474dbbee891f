//! Who may come in: the questions that a server asks its application.

use alloc::collections::BTreeMap;
use core::fmt;

use xiom_core::{AuthFault, OutcomeCode, Secret};
use xiom_sasl::scram::Hash;
use xiom_sasl::{Identity, Principal, ScramKeys};

/// The application's word on users; asked while a client logs in, so it must not block for long.
///
/// A store that answers later is served by `xiom_tokio::Acceptor::accept_with` over
/// [`crate::Server::layers`], or by `xiom_xio::Xio`, whose questions may be answered at any time.
pub trait Users: Send + Sync {
    /// The keys of `user`; `None` when there is no such user, which the client does not learn.
    ///
    /// # Errors
    ///
    /// Returns the outcome to refuse with when the question cannot be answered now.
    fn keys(&self, user: &str, hash: Hash) -> Result<Option<&ScramKeys>, OutcomeCode>;

    /// Whether the identity of `principal`, which is proven, may come in and act as it asks.
    fn authorizes(&self, principal: &Principal) -> bool;

    /// Whether ANONYMOUS is offered at all.
    fn admits_anonymous(&self) -> bool {
        false
    }
}

/// A table of users in memory, each of whom acts as itself alone.
///
/// It holds no passwords but the keys that SCRAM derives from them; PLAIN is checked against the same.
///
/// ```
/// let users = xiom::UserTable::new().with("guest", "guest")?;
/// assert_eq!(format!("{users:?}"), r#"UserTable { users: ["guest"], .. }"#);
/// # Ok::<(), xiom::core::AuthFault>(())
/// ```
#[derive(Clone, Default)]
pub struct UserTable {
    users: BTreeMap<String, ScramKeys>,
    admits_anonymous: bool,
    external: Vec<String>,
}

impl UserTable {
    /// Nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `user`; derives the keys with [`Self::ITERATIONS`], which takes some milliseconds.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::ProhibitedCharacter`] when the password cannot be prepared.
    pub fn with(self, user: &str, password: impl Into<Secret>) -> Result<Self, AuthFault> {
        let mut salt = [0; Self::SALT];
        getrandom::fill(&mut salt).map_err(|_| AuthFault::NoCredentials)?;
        let keys = ScramKeys::derive(Hash::Sha256, password, &salt, Self::ITERATIONS)?;
        Ok(self.with_keys(user, keys))
    }

    /// Iterations for new users: more than the 4096 that RFC 7677 section 4 asks for at least, and little
    /// over a millisecond of a client's time.
    pub const ITERATIONS: u32 = 10_000;

    /// Octets of the salt of new users.
    pub const SALT: usize = 16;

    /// Adds `user`, whose keys were derived elsewhere.
    #[must_use]
    pub fn with_keys(mut self, user: &str, keys: ScramKeys) -> Self {
        self.users.insert(user.to_owned(), keys);
        self
    }

    /// Admits clients that say no name.
    #[must_use]
    pub fn with_anonymous(mut self) -> Self {
        self.admits_anonymous = true;
        self
    }

    /// Admits the holder of a certificate for `identity`.
    #[must_use]
    pub fn with_certificate(mut self, identity: &str) -> Self {
        self.external.push(identity.to_owned());
        self
    }
}

impl Users for UserTable {
    fn keys(&self, user: &str, hash: Hash) -> Result<Option<&ScramKeys>, OutcomeCode> {
        Ok(self.users.get(user).filter(|keys| keys.hash() == hash))
    }

    fn admits_anonymous(&self) -> bool {
        self.admits_anonymous
    }

    fn authorizes(&self, principal: &Principal) -> bool {
        let own = |name: &str| principal.authzid.as_deref().is_none_or(|authzid| authzid == name);
        match &principal.identity {
            Identity::Anonymous(_) => self.admits_anonymous && principal.authzid.is_none(),
            Identity::User(name) => self.users.contains_key(&**name) && own(name),
            Identity::External(name) => {
                self.external.iter().any(|known| **known == **name) && own(name)
            }
        }
    }
}

impl fmt::Debug for UserTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let users: Vec<_> = self.users.keys().collect();
        f.debug_struct("UserTable").field("users", &users).finish_non_exhaustive()
    }
}
