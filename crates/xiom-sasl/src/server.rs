//! The server's side of a mechanism.
//!
//! Invariant: a step takes the mechanism by value, and success and failure do not give it back, so an
//! exchange that ended has nothing left to step; nobody succeeds without a look-up and a permission of
//! the application.

use alloc::boxed::Box;
use alloc::vec::Vec;

use xiom_core::{AuthFault, Secret};

use crate::scram::Hash;
use crate::{Context, Established, NoLayer, Principal, Properties, ScramKeys, SecurityLayer};

mod anonymous;
mod external;
mod offer;
mod plain;
mod scram;

pub use anonymous::Anonymous;
pub use external::External;
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
    /// The same step of a mechanism that wraps this one.
    pub fn map<N>(self, wrap: impl FnOnce(M) -> N) -> ServerStep<N>
    where
        N: ServerMechanism<Layer = M::Layer>,
    {
        match self {
            Self::Challenge(mechanism) => ServerStep::Challenge(wrap(mechanism)),
            Self::Lookup(mechanism, request) => ServerStep::Lookup(wrap(mechanism), request),
            Self::Authorize(mechanism, who) => ServerStep::Authorize(wrap(mechanism), who),
            Self::Working(mechanism) => ServerStep::Working(wrap(mechanism)),
            Self::Success { established, additional } => {
                ServerStep::Success { established, additional }
            }
            Self::Failure { fault, send } => ServerStep::Failure { fault, send },
        }
    }

    /// A failure about which the mechanism says nothing to the client.
    const fn fail(fault: AuthFault) -> Self {
        Self::Failure { fault, send: false }
    }
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
}

impl LookupRequest {
    /// Whether `answer` fits this question; one that does not ends the exchange.
    #[must_use]
    pub fn admits(&self, answer: &LookupAnswer<'_>) -> bool {
        match (self, answer) {
            (Self::Scram { hash, .. }, LookupAnswer::Scram(keys)) => *hash == keys.hash(),
            (Self::Scram { .. }, LookupAnswer::Verified(_)) => false,
            (Self::Scram { .. } | Self::Password { .. }, LookupAnswer::Unknown)
            | (Self::Password { .. }, LookupAnswer::Scram(_) | LookupAnswer::Verified(_)) => true,
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
    /// There is no such user; the mechanism does not let the client know.
    Unknown,
}

/// The mechanisms of this crate, as one type without dynamic dispatch.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Mechanism {
    /// `ANONYMOUS`
    Anonymous(Anonymous),
    /// `PLAIN`
    Plain(Plain),
    /// `EXTERNAL`
    External(External),
    /// `SCRAM-SHA-256`, `SCRAM-SHA-256-PLUS`
    Scram(Scram),
}

impl ServerMechanism for Mechanism {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        match self {
            Self::Anonymous(mechanism) => mechanism.properties(),
            Self::Plain(mechanism) => mechanism.properties(),
            Self::External(mechanism) => mechanism.properties(),
            Self::Scram(mechanism) => mechanism.properties(),
        }
    }

    fn step(self, cx: &Context<'_>, input: ServerInput<'_>, out: &mut Vec<u8>) -> ServerStep<Self> {
        match self {
            Self::Anonymous(mechanism) => mechanism.step(cx, input, out).map(Self::Anonymous),
            Self::Plain(mechanism) => mechanism.step(cx, input, out).map(Self::Plain),
            Self::External(mechanism) => mechanism.step(cx, input, out).map(Self::External),
            Self::Scram(mechanism) => mechanism.step(cx, input, out).map(Self::Scram),
        }
    }
}

impl From<Anonymous> for Mechanism {
    fn from(mechanism: Anonymous) -> Self {
        Self::Anonymous(mechanism)
    }
}

impl From<Plain> for Mechanism {
    fn from(mechanism: Plain) -> Self {
        Self::Plain(mechanism)
    }
}

impl From<External> for Mechanism {
    fn from(mechanism: External) -> Self {
        Self::External(mechanism)
    }
}

impl From<Scram> for Mechanism {
    fn from(mechanism: Scram) -> Self {
        Self::Scram(mechanism)
    }
}
