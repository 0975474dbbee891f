//! The server's side of a mechanism.
//!
//! Invariant: a step takes the mechanism by value, and success and failure do not give it back, so an
//! exchange that ended has nothing left to step; nobody succeeds without a look-up and a permission of
//! the application.

use alloc::boxed::Box;
use alloc::vec::Vec;

use xiom_core::{AuthFault, Secret};

#[cfg(feature = "legacy")]
use crate::digest_md5::DigestKey;
use crate::scram::Hash;
use crate::{Context, Established, Principal, Properties, ScramKeys, SecurityLayer};

mod anonymous;
#[cfg(feature = "legacy")]
mod cram_md5;
#[cfg(feature = "legacy")]
mod digest_md5;
mod external;
mod gssapi;
mod mechanism;
mod mssbcbs;
mod oauth;
mod offer;
mod one_message;
mod plain;
mod scram;

pub use anonymous::Anonymous;
#[cfg(feature = "legacy")]
pub use cram_md5::CramMd5;
#[cfg(feature = "legacy")]
pub use digest_md5::DigestMd5;
pub use external::External;
pub use gssapi::Gssapi;
pub use mechanism::Mechanism;
pub use mssbcbs::Mssbcbs;
pub use oauth::OAuth;
pub use offer::Offer;
pub use plain::Plain;
pub use scram::Scram;

/// One mechanism, from the client's first message to the outcome.
///
/// Messages are appended to `out`. The context is the same in every call.
pub trait ServerMechanism: Sized {
    /// What protects the octets after authentication.
    type Layer: SecurityLayer;

    /// What the mechanism is.
    fn properties(&self) -> Properties;

    /// Goes one step; the first input is [`ServerInput::Initial`].
    fn step(self, cx: &Context<'_>, input: ServerInput<'_>, out: &mut Vec<u8>) -> ServerStep<Self>;
}

/// What a server's mechanism is told.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ServerInput<'a> {
    /// The client chose the mechanism, with an initial response or without.
    Initial(Option<&'a [u8]>),
    /// The client's answer to the challenge.
    Response(&'a [u8]),
    /// The application's answer to [`ServerStep::Lookup`].
    Lookup(LookupAnswer<'a>),
    /// The application's answer to [`ServerStep::Authorize`].
    Authorized(bool),
    /// So many more iterations, after [`ServerStep::Working`]; at least one is done.
    Work(u32),
}

/// What a server's mechanism wants next.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ServerStep<M: ServerMechanism> {
    /// Send what was appended, be it nothing, as a challenge; await [`ServerInput::Response`].
    Challenge(M),
    /// Look something up, now or later, and answer with [`ServerInput::Lookup`].
    Lookup(M, LookupRequest),
    /// The identity is proven: decide whether it may act as it asks, and answer with
    /// [`ServerInput::Authorized`].
    Authorize(M, Principal),
    /// Go on with [`ServerInput::Work`]; nothing is to be sent yet.
    Working(M),
    /// The client is who it says.
    Success {
        /// The proof of it.
        established: Established<M::Layer>,
        /// What was appended goes with the outcome as additional data; where a protocol has no place
        /// for it, as a last challenge whose empty response comes before the outcome.
        additional: bool,
    },
    /// The exchange ended badly.
    Failure {
        /// Why; not for the client to know in detail.
        fault: AuthFault,
        /// What was appended is the mechanism's word on the failure, to be sent if the protocol can.
        send: bool,
    },
}

impl<M: ServerMechanism> ServerStep<M> {
    /// The same step of a mechanism that wraps this one, and its layer this one's.
    pub fn map<N: ServerMechanism>(
        self,
        wrap: impl FnOnce(M) -> N,
        wrap_layer: impl FnOnce(M::Layer) -> N::Layer,
    ) -> ServerStep<N> {
        match self {
            Self::Challenge(mechanism) => ServerStep::Challenge(wrap(mechanism)),
            Self::Lookup(mechanism, request) => ServerStep::Lookup(wrap(mechanism), request),
            Self::Authorize(mechanism, who) => ServerStep::Authorize(wrap(mechanism), who),
            Self::Working(mechanism) => ServerStep::Working(wrap(mechanism)),
            Self::Success { established, additional } => {
                ServerStep::Success { established: established.map_layer(wrap_layer), additional }
            }
            Self::Failure { fault, send } => ServerStep::Failure { fault, send },
        }
    }

    /// A failure about which the mechanism says nothing to the client.
    const fn fail(fault: AuthFault) -> Self {
        Self::Failure { fault, send: false }
    }
}

/// What a server asks its application, in the phase [`xiom_core::Phase::Asking`].
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Question {
    /// Look the user up.
    Lookup(LookupRequest),
    /// Decide whether the identity, which is proven, may come in and act as it asks.
    Authorize(Principal),
}

/// What the application is asked to look up.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum LookupRequest {
    /// The keys of a user: [`LookupAnswer::Scram`] or [`LookupAnswer::Unknown`].
    Scram {
        /// The user.
        user: Box<str>,
        /// The hash of the keys.
        hash: Hash,
    },
    /// Whether a password is that of the user: [`LookupAnswer::Verified`], or as for
    /// [`Self::Scram`], whatever the hash, and the mechanism verifies the password.
    Password {
        /// The user.
        user: Box<str>,
        /// The password the client gave.
        password: Secret,
    },
    /// Whom a token speaks for: [`LookupAnswer::Subject`], or [`LookupAnswer::Unknown`] for one that is
    /// expired, forged or for somebody else.
    Bearer {
        /// The token.
        token: Secret,
    },
    /// The key of a user for DIGEST-MD5: [`LookupAnswer::DigestMd5`] or [`LookupAnswer::Unknown`].
    #[cfg(feature = "legacy")]
    DigestMd5 {
        /// The user.
        user: Box<str>,
        /// The realm of the server.
        realm: Box<str>,
    },
    /// The password of a user, as it is: [`LookupAnswer::Secret`] or [`LookupAnswer::Unknown`].
    #[cfg(feature = "legacy")]
    SharedSecret {
        /// The user.
        user: Box<str>,
    },
}

impl LookupRequest {
    /// Whether `answer` fits this question; one that does not ends the exchange.
    #[must_use]
    pub fn admits(&self, answer: &LookupAnswer<'_>) -> bool {
        use {LookupAnswer as A, LookupRequest as R};
        match (self, answer) {
            (R::Scram { hash, .. }, A::Scram(keys)) => *hash == keys.hash(),
            (R::Password { .. }, A::Scram(_) | A::Verified(_))
            | (R::Bearer { .. }, A::Subject(_))
            | (_, A::Unknown) => true,
            (R::Scram { .. } | R::Bearer { .. }, A::Verified(_))
            | (R::Scram { .. } | R::Password { .. }, A::Subject(_))
            | (R::Bearer { .. }, A::Scram(_)) => false,
            #[cfg(feature = "legacy")]
            (R::DigestMd5 { .. }, A::DigestMd5(_)) | (R::SharedSecret { .. }, A::Secret(_)) => true,
            #[cfg(feature = "legacy")]
            (R::DigestMd5 { .. } | R::SharedSecret { .. }, _)
            | (_, A::DigestMd5(_) | A::Secret(_)) => false,
        }
    }
}

/// The application's answer to a look-up.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum LookupAnswer<'a> {
    /// The user's keys.
    Scram(&'a ScramKeys),
    /// Whether the application found the credentials right.
    ///
    /// It takes the same time for a user that does not exist as for a wrong password.
    Verified(bool),
    /// The token is good, and speaks for this one.
    Subject(&'a str),
    /// The user's key for DIGEST-MD5.
    #[cfg(feature = "legacy")]
    DigestMd5(&'a DigestKey),
    /// The user's password.
    #[cfg(feature = "legacy")]
    Secret(&'a Secret),
    /// There is no such user; the mechanism does not let the client know.
    Unknown,
}
