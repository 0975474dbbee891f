//! Users in memory.
//!
//! Invariant: no password is held, and nobody acts as somebody else but whom it was given.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use core::fmt;

use xiom_core::{AuthFault, OutcomeCode, Secret};
use xiom_sasl::scram::Hash;
use xiom_sasl::server::LookupRequest;
use xiom_sasl::{Identity, Principal, ScramKeys};

use super::offers::PASSWORD_HASHES;
use super::{Answer, Found, Likeness, Offers, Users, acts_as_itself};

/// A table of users in memory, each of whom acts as itself alone unless told otherwise.
///
/// It holds no passwords but the keys that SCRAM derives from them; PLAIN is checked against the same.
///
/// ```
/// let users = xiom::UserTable::new().with("guest", "guest")?.with_act_as("guest", "bob");
/// assert_eq!(format!("{users:?}"), r#"UserTable { users: ["guest"], .. }"#);
/// # Ok::<(), xiom::core::AuthFault>(())
/// ```
#[derive(Clone, Default)]
pub struct UserTable {
    users: BTreeMap<String, UserRecord>,
    certificates: BTreeMap<String, BTreeSet<String>>,
    admits_anonymous: bool,
    decoy: Option<Secret>,
    /// How many keys there are of which kind, so that a likeness costs nothing to tell.
    census: BTreeMap<Kind, usize>,
}

/// What can be seen of keys from outside: bits of the hash, iterations, octets of the salt.
type Kind = (u16, u32, usize);

fn kind(keys: &ScramKeys) -> Kind {
    (keys.hash().bits(), keys.iterations(), keys.salt().len())
}

/// What is known of one user.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct UserRecord {
    /// At most one of each hash, by the bits of the hash.
    keys: BTreeMap<u16, ScramKeys>,
    act_as: BTreeSet<String>,
}

impl UserRecord {
    /// The keys, one of each hash.
    pub fn keys(&self) -> impl Iterator<Item = &ScramKeys> {
        self.keys.values()
    }

    /// The keys of this hash.
    #[must_use]
    pub fn key(&self, hash: Hash) -> Option<&ScramKeys> {
        self.keys.get(&hash.bits())
    }

    /// Whom the user may act as, besides itself.
    pub fn act_as(&self) -> impl Iterator<Item = &str> {
        self.act_as.iter().map(String::as_str)
    }
}

impl UserTable {
    /// Nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `user`, for SCRAM-SHA-256 and PLAIN; derives the keys with [`Self::ITERATIONS`], which takes
    /// some milliseconds.
    ///
    /// # Errors
    ///
    /// As [`Self::add`].
    pub fn with(mut self, user: &str, password: impl Into<Secret>) -> Result<Self, AuthFault> {
        self.add(user, password, &[Hash::Sha256], Self::ITERATIONS)?;
        Ok(self)
    }

    /// Adds `user` with keys of these hashes, each with a salt of its own, in place of the former ones;
    /// whom the user may act as stays.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::ProhibitedCharacter`] when the password cannot be prepared, and
    /// [`AuthFault::NoCredentials`] for an empty one, or when the system gives no random octets.
    pub fn add(
        &mut self,
        user: &str,
        password: impl Into<Secret>,
        hashes: &[Hash],
        iterations: u32,
    ) -> Result<(), AuthFault> {
        let password = password.into();
        let mut keys = Vec::new();
        for hash in hashes {
            let mut salt = [0; Self::SALT];
            getrandom::fill(&mut salt).map_err(|_| AuthFault::NoCredentials)?;
            keys.push(ScramKeys::derive(*hash, password.clone(), &salt, iterations)?);
        }
        if let Some(record) = self.users.get_mut(user) {
            for old in core::mem::take(&mut record.keys).values() {
                discount(&mut self.census, old);
            }
        }
        for keys in keys {
            self.insert(user, keys);
        }
        Ok(())
    }

    /// Iterations for new users: more than the 4096 that RFC 7677 section 4 asks for at least, and little
    /// over a millisecond of a client's time.
    pub const ITERATIONS: u32 = 10_000;

    /// Octets of the salt of new users.
    pub const SALT: usize = 16;

    /// Adds `user`, whose keys were derived elsewhere; keys of other hashes stay.
    #[must_use]
    pub fn with_keys(mut self, user: &str, keys: ScramKeys) -> Self {
        self.insert(user, keys);
        self
    }

    /// Lets `user`, which is added if it is not there, act as `other`, too.
    #[must_use]
    pub fn with_act_as(mut self, user: &str, other: &str) -> Self {
        self.users.entry(user.to_owned()).or_default().act_as.insert(other.to_owned());
        self
    }

    /// Admits clients that say no name.
    #[must_use]
    pub fn with_anonymous(mut self) -> Self {
        self.admit_anonymous(true);
        self
    }

    /// Admits clients that say no name, or does not.
    pub const fn admit_anonymous(&mut self, is_admitted: bool) {
        self.admits_anonymous = is_admitted;
    }

    /// Admits the holder of a certificate for `identity`.
    #[must_use]
    pub fn with_certificate(mut self, identity: &str) -> Self {
        self.certificates.entry(identity.to_owned()).or_default();
        self
    }

    /// Admits the holder of a certificate for `identity`, and lets it act as `other`, too.
    #[must_use]
    pub fn with_certificate_for(mut self, identity: &str, other: &str) -> Self {
        self.certificates.entry(identity.to_owned()).or_default().insert(other.to_owned());
        self
    }

    /// Makes users that do not exist from `key`: 32 random octets, the same for years.
    #[must_use]
    pub fn with_decoy(mut self, key: [u8; 32]) -> Self {
        self.decoy = Some(Secret::new(key));
        self
    }

    /// Removes `user`; whether it was there.
    pub fn remove(&mut self, user: &str) -> bool {
        let Some(record) = self.users.remove(user) else { return false };
        for keys in record.keys.values() {
            discount(&mut self.census, keys);
        }
        true
    }

    /// Removes the holder of a certificate for `identity`; whether it was there.
    pub fn remove_certificate(&mut self, identity: &str) -> bool {
        self.certificates.remove(identity).is_some()
    }

    /// The users, in the order of their names.
    pub fn users(&self) -> impl Iterator<Item = (&str, &UserRecord)> {
        self.users.iter().map(|(name, record)| (name.as_str(), record))
    }

    /// One user.
    #[must_use]
    pub fn user(&self, name: &str) -> Option<&UserRecord> {
        self.users.get(name)
    }

    /// The identities of certificates, and whom their holders may act as besides themselves.
    pub fn certificates(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = &str>)> {
        self.certificates
            .iter()
            .map(|(name, act_as)| (name.as_str(), act_as.iter().map(String::as_str)))
    }

    /// Whether clients that say no name are admitted.
    #[must_use]
    pub const fn admits_anonymous(&self) -> bool {
        self.admits_anonymous
    }

    /// The key of the users that do not exist, if it was given.
    #[cfg(feature = "users-file")]
    pub(super) const fn decoy(&self) -> Option<&Secret> {
        self.decoy.as_ref()
    }

    fn insert(&mut self, user: &str, keys: ScramKeys) {
        let count = self.census.entry(kind(&keys)).or_default();
        *count = count.saturating_add(1);
        let record = self.users.entry(user.to_owned()).or_default();
        if let Some(old) = record.keys.insert(keys.hash().bits(), keys) {
            discount(&mut self.census, &old);
        }
    }

    pub(super) fn find(&self, request: &LookupRequest) -> Result<Found<'_>, OutcomeCode> {
        let key = |user: &str, hash| self.users.get(user).and_then(|record| record.key(hash));
        let keys = match request {
            LookupRequest::Scram { user, hash } => key(user, *hash),
            //= SRS_SASL_MECHANISMS_01_147
            LookupRequest::Password { user, .. } => {
                PASSWORD_HASHES.into_iter().find_map(|hash| key(user, hash))
            }
            // Nothing is offered that would ask more.
            LookupRequest::Bearer { .. } | _ => return Err(OutcomeCode::Sys),
        };
        Ok(keys.map_or(Found::Unknown, |keys| Found::Scram(Cow::Borrowed(keys))))
    }

    //= SRS_SASL_MECHANISMS_01_145
    pub(super) fn admits(&self, who: &Principal) -> bool {
        let act_as = match &who.identity {
            Identity::Anonymous(_) => return self.admits_anonymous && who.authzid.is_none(),
            Identity::User(name) => self.users.get(&**name).map(|record| &record.act_as),
            Identity::External(name) => self.certificates.get(&**name),
            Identity::Bearer(_) | Identity::Kerberos(_) => None,
        };
        let is_given = |act_as: &BTreeSet<String>| {
            acts_as_itself(who) || who.authzid.as_deref().is_some_and(|name| act_as.contains(name))
        };
        act_as.is_some_and(is_given)
    }
}

/// Counts `keys` no more.
fn discount(census: &mut BTreeMap<Kind, usize>, keys: &ScramKeys) {
    let left = census.remove(&kind(keys)).unwrap_or_default().saturating_sub(1);
    if left != 0 {
        census.insert(kind(keys), left);
    }
}

impl Users for UserTable {
    fn offers(&self) -> Offers {
        let has = |hash: Hash| self.census.keys().any(|(bits, ..)| *bits == hash.bits());
        Offers {
            sha1: has(Hash::Sha1),
            sha256: has(Hash::Sha256),
            sha512: has(Hash::Sha512),
            plain: !self.census.is_empty(),
            external: !self.certificates.is_empty(),
            bearer: false,
            anonymous: self.admits_anonymous,
            ..Offers::NONE
        }
    }

    fn look_up<'a>(
        &'a self,
        request: &'a LookupRequest,
    ) -> Answer<'a, Result<Found<'a>, OutcomeCode>> {
        Answer::Now(self.find(request))
    }

    fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Result<bool, OutcomeCode>> {
        Answer::Now(Ok(self.admits(who)))
    }

    //= SRS_SASL_MECHANISMS_01_146
    fn likeness(&self, hash: Hash) -> Likeness {
        let ours = self.census.iter().filter(|((bits, ..), _)| *bits == hash.bits());
        let most = ours.max_by_key(|(_, count)| **count);
        let likeness = most.map_or_else(Likeness::default, |((_, iterations, salt), _)| {
            Likeness::new(*iterations, *salt)
        });
        match self.decoy.as_ref().and_then(|key| key.expose().try_into().ok()) {
            Some(key) => likeness.with_key(key),
            None => likeness,
        }
    }
}

impl fmt::Debug for UserTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let users: Vec<_> = self.users.keys().collect();
        f.debug_struct("UserTable").field("users", &users).finish_non_exhaustive()
    }
}
