//! Who may come in: the questions that a server asks its application.
//!
//! Invariant: nobody comes in without two answers, one on the credentials and one on the permission; a
//! store that cannot answer says so, and the client may try again.

use alloc::borrow::Cow;
use alloc::sync::Arc;
use core::fmt;
use core::future::Future;
use core::pin::Pin;

use xiom_core::{OutcomeCode, Secret};
#[cfg(feature = "legacy")]
use xiom_sasl::digest_md5::DigestKey;
use xiom_sasl::scram::Hash;
use xiom_sasl::server::{LookupAnswer, LookupRequest};
use xiom_sasl::{Decoy, Principal, ScramKeys};

mod offers;
mod table;

#[cfg(feature = "users-file")]
mod document;
#[cfg(feature = "users-file")]
mod file;
#[cfg(feature = "users-file")]
mod text;

pub use offers::Offers;
pub use table::{UserRecord, UserTable};

#[cfg(feature = "users-file")]
pub use file::{UserFile, UserFileError, UserFileFault};
#[cfg(feature = "users-file")]
pub use text::{keys_from_text, keys_to_text};

/// The application's word on users.
///
/// An answer may come at once or later; while it is awaited, the connection's deadline goes on, and
/// nothing of the client is read. An error is what the client is told: [`OutcomeCode::SysTemp`] for a store
/// that is down, so that it may try again.
///
/// ```
/// use xiom::core::OutcomeCode;
/// use xiom::sasl::server::LookupRequest;
/// use xiom::sasl::{Identity, Principal};
/// use xiom::{Answer, Found, Offers, Users};
///
/// /// Asks a service over the network.
/// struct Remote;
///
/// impl Users for Remote {
///     fn offers(&self) -> Offers {
///         Offers { plain: true, ..Offers::NONE }
///     }
///
///     fn look_up<'a>(
///         &'a self,
///         request: &'a LookupRequest,
///     ) -> Answer<'a, Result<Found<'a>, OutcomeCode>> {
///         let LookupRequest::Password { user, password } = request else {
///             return Answer::Now(Err(OutcomeCode::Sys));
///         };
///         Answer::later(async move { Ok(Found::Verified(verify(user, password.expose()).await)) })
///     }
///
///     fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Result<bool, OutcomeCode>> {
///         let is_user = matches!(who.identity, Identity::User(_));
///         Answer::Now(Ok(is_user && xiom::acts_as_itself(who)))
///     }
/// }
/// # async fn verify(_: &str, _: &[u8]) -> bool { false }
/// # assert!(xiom::Server::builder(Remote).build().is_ok());
/// ```
pub trait Users: Send + Sync {
    /// What users can prove themselves with; asked for each connection, so it must not take long.
    fn offers(&self) -> Offers;

    /// What is known about credentials; [`LookupRequest`] says which answers fit.
    ///
    /// To [`LookupRequest::Password`] keys of any hash fit, and to [`LookupRequest::Scram`] those of the
    /// hash that is asked for. A kind of question that is not known is answered by an error.
    fn look_up<'a>(
        &'a self,
        request: &'a LookupRequest,
    ) -> Answer<'a, Result<Found<'a>, OutcomeCode>>;

    /// Whether the identity of `who`, which is proven, may come in and act as it asks.
    ///
    /// The names of users, certificates, tokens and Kerberos are told apart by [`xiom_sasl::Identity`]:
    /// mind the kind. [`acts_as_itself`] is the answer where nobody acts as somebody else.
    fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Result<bool, OutcomeCode>>;

    /// What a user that does not exist looks like, for this hash: as most of those that do.
    fn likeness(&self, _hash: Hash) -> Likeness {
        Likeness::default()
    }
}

/// A store that others hold, too, such as to change it while a server runs.
impl<T: Users + ?Sized> Users for Arc<T> {
    fn offers(&self) -> Offers {
        T::offers(self)
    }

    fn look_up<'a>(
        &'a self,
        request: &'a LookupRequest,
    ) -> Answer<'a, Result<Found<'a>, OutcomeCode>> {
        T::look_up(self, request)
    }

    fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Result<bool, OutcomeCode>> {
        T::authorize(self, who)
    }

    fn likeness(&self, hash: Hash) -> Likeness {
        T::likeness(self, hash)
    }
}

/// Whether `who` asks to act as nobody but itself.
///
/// ```
/// use xiom::sasl::{Identity, Principal};
///
/// let mut who = Principal { identity: Identity::User("ann".into()), authzid: Some("ann".into()) };
/// assert!(xiom::acts_as_itself(&who));
/// who.authzid = Some("bob".into());
/// assert!(!xiom::acts_as_itself(&who));
/// ```
#[must_use]
pub fn acts_as_itself(who: &Principal) -> bool {
    let alone = Principal { identity: who.identity.clone(), authzid: None };
    who.authzid.is_none() || who.acts_as() == alone.acts_as()
}

/// An answer that is there, or comes later.
pub enum Answer<'a, T> {
    /// It is there.
    Now(T),
    /// It comes when this future says it.
    Later(Pin<Box<dyn Future<Output = T> + Send + 'a>>),
}

impl<'a, T> Answer<'a, T> {
    /// The answer that `future` finds out.
    pub fn later(future: impl Future<Output = T> + Send + 'a) -> Self {
        Self::Later(Box::pin(future))
    }

    /// Awaits it.
    pub async fn wait(self) -> T {
        match self {
            Self::Now(answer) => answer,
            Self::Later(future) => future.await,
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Answer<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now(answer) => f.debug_tuple("Now").field(answer).finish(),
            Self::Later(_) => f.write_str("Later(..)"),
        }
    }
}

/// What is known about credentials; a store in memory lends what it holds.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Found<'a> {
    /// The user's keys.
    Scram(Cow<'a, ScramKeys>),
    /// Whether the credentials are right; it must take as long for a user that does not exist as for a
    /// wrong password.
    Verified(bool),
    /// The token is good, and speaks for this one.
    Subject(Cow<'a, str>),
    /// The user's key for DIGEST-MD5.
    #[cfg(feature = "legacy")]
    DigestMd5(DigestKey),
    /// The user's password, which CRAM-MD5 needs.
    #[cfg(feature = "legacy")]
    Password(Secret),
    /// There is no such user, or the token is not good; the client does not learn which.
    Unknown,
}

impl Found<'_> {
    /// The same, of which nothing is lent.
    #[must_use]
    pub fn into_owned(self) -> Found<'static> {
        match self {
            Self::Scram(keys) => Found::Scram(Cow::Owned(keys.into_owned())),
            Self::Verified(is_right) => Found::Verified(is_right),
            Self::Subject(name) => Found::Subject(Cow::Owned(name.into_owned())),
            #[cfg(feature = "legacy")]
            Self::DigestMd5(key) => Found::DigestMd5(key),
            #[cfg(feature = "legacy")]
            Self::Password(password) => Found::Password(password),
            Self::Unknown => Found::Unknown,
        }
    }

    /// The answer as the mechanism takes it.
    #[must_use]
    pub fn as_answer(&self) -> LookupAnswer<'_> {
        match self {
            Self::Scram(keys) => LookupAnswer::Scram(keys),
            Self::Verified(is_right) => LookupAnswer::Verified(*is_right),
            Self::Subject(name) => LookupAnswer::Subject(name),
            #[cfg(feature = "legacy")]
            Self::DigestMd5(key) => LookupAnswer::DigestMd5(key),
            #[cfg(feature = "legacy")]
            Self::Password(password) => LookupAnswer::Secret(password),
            Self::Unknown => LookupAnswer::Unknown,
        }
    }
}

/// What a user that does not exist looks like: iterations and salt as most of those that do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Likeness {
    iterations: u32,
    salt: usize,
    key: Option<Secret>,
}

impl Likeness {
    /// As users with so many `iterations` and octets of `salt`; salts are others after a restart.
    #[must_use]
    pub const fn new(iterations: u32, salt: usize) -> Self {
        Self { iterations, salt, key: None }
    }

    /// The same, with salts from `key`, so that they are the same after a restart: see [`Decoy::new`].
    #[must_use]
    pub fn with_key(self, key: [u8; 32]) -> Self {
        Self { key: Some(Secret::new(key)), ..self }
    }

    /// The decoy; its key is `fallback` if there is none here.
    pub(crate) fn decoy(&self, fallback: &Secret) -> Decoy {
        let key = self.key.as_ref().unwrap_or(fallback).expose();
        let mut octets = [0; 32];
        octets.iter_mut().zip(key).for_each(|(slot, octet)| *slot = *octet);
        Decoy::new(octets, self.iterations, self.salt)
    }
}

/// As the users of [`UserTable::with`].
impl Default for Likeness {
    fn default() -> Self {
        Self::new(UserTable::ITERATIONS, UserTable::SALT)
    }
}
