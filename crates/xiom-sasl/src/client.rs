//! The client's side of a mechanism.
//!
//! Invariant: [`Established`] comes from [`ClientMechanism::outcome_ok`] alone, which consumes the
//! mechanism; a mechanism that failed once gives nothing but errors.

use alloc::vec::Vec;

use xiom_core::AuthFault;

use crate::{Context, Established, NoLayer, Properties, SecurityLayer};

mod anonymous;
mod external;
mod plain;
mod scram;

pub use anonymous::Anonymous;
pub use external::External;
pub use plain::Plain;
pub use scram::Scram;

/// One mechanism, from its first message to the server's outcome.
///
/// Messages are appended to `out`, which the caller wipes, for instance by holding it as
/// `zeroize::Zeroizing<Vec<u8>>`: they may show a secret. On an error nothing is appended. The context
/// is the same in every call.
///
/// No mechanism is asked to be clonable, as a context of Kerberos cannot be; those of [`Mechanism`] are.
pub trait ClientMechanism: Sized {
    /// What protects the octets after authentication.
    type Layer: SecurityLayer;

    /// What the mechanism is.
    fn properties(&self) -> Properties;

    /// Starts the exchange.
    ///
    /// # Errors
    ///
    /// Returns an [`AuthFault`] when the mechanism cannot run on this channel.
    fn start(&mut self, cx: &Context<'_>, out: &mut Vec<u8>) -> Result<ClientStep, AuthFault>;

    /// Takes the server's challenge.
    ///
    /// # Errors
    ///
    /// Returns an [`AuthFault`] when the challenge is malformed, out of turn or false.
    fn challenge(
        &mut self,
        cx: &Context<'_>,
        data: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault>;

    /// Goes on with a slow computation for `iterations`, and at least one, after
    /// [`ClientStep::Working`].
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::Unexpected`] when nothing is computed.
    fn work(
        &mut self,
        cx: &Context<'_>,
        iterations: u32,
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault>;

    /// Takes the server's word that all is well, with the additional data of its outcome if any.
    ///
    /// A server may prove itself in its last challenge, which is answered by an empty response, or in
    /// the additional data (RFC 4422 section 3.6); a mechanism takes both.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::ServerNotVerified`] when the mechanism makes the server prove itself and it
    /// has not, and [`AuthFault::Unexpected`] when the mechanism has not said its part.
    fn outcome_ok(
        self,
        cx: &Context<'_>,
        additional: Option<&[u8]>,
    ) -> Result<Established<Self::Layer>, AuthFault>;
}

/// What the client does next.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ClientStep {
    /// Name the mechanism without an initial response; await a challenge.
    NoInitialResponse,
    /// Send what was appended, be it nothing, as initial response or response.
    Send,
    /// Call [`ClientMechanism::work`]; nothing is to be sent yet.
    Working,
}

//= exception SRS_SASL_MECHANISMS_01_066: no value of this type runs DIGEST-MD5, so no exchange can break the rule; due with the mechanism until=2027-03-31
//= exception SRS_SASL_MECHANISMS_01_067: no value of this type runs DIGEST-MD5, so no exchange can break the rule; due with the mechanism until=2027-03-31
//= exception SRS_SASL_MECHANISMS_01_068: no value of this type carries an OAuth token, so no exchange can break the rule; due with the mechanisms until=2027-03-31
//= exception SRS_SASL_MECHANISMS_01_069: no value of this type runs GSSAPI, so no exchange can break the rule; due with the mechanism until=2027-03-31
//= exception SRS_SASL_MECHANISMS_01_070: no value of this type runs GSSAPI, so no exchange can break the rule; due with the mechanism until=2027-03-31
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

impl ClientMechanism for Mechanism {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        match self {
            Self::Anonymous(mechanism) => mechanism.properties(),
            Self::Plain(mechanism) => mechanism.properties(),
            Self::External(mechanism) => mechanism.properties(),
            Self::Scram(mechanism) => mechanism.properties(),
        }
    }

    fn start(&mut self, cx: &Context<'_>, out: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        match self {
            Self::Anonymous(mechanism) => mechanism.start(cx, out),
            Self::Plain(mechanism) => mechanism.start(cx, out),
            Self::External(mechanism) => mechanism.start(cx, out),
            Self::Scram(mechanism) => mechanism.start(cx, out),
        }
    }

    fn challenge(
        &mut self,
        cx: &Context<'_>,
        data: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        match self {
            Self::Anonymous(mechanism) => mechanism.challenge(cx, data, out),
            Self::Plain(mechanism) => mechanism.challenge(cx, data, out),
            Self::External(mechanism) => mechanism.challenge(cx, data, out),
            Self::Scram(mechanism) => mechanism.challenge(cx, data, out),
        }
    }

    fn work(
        &mut self,
        cx: &Context<'_>,
        iterations: u32,
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        match self {
            Self::Anonymous(mechanism) => mechanism.work(cx, iterations, out),
            Self::Plain(mechanism) => mechanism.work(cx, iterations, out),
            Self::External(mechanism) => mechanism.work(cx, iterations, out),
            Self::Scram(mechanism) => mechanism.work(cx, iterations, out),
        }
    }

    fn outcome_ok(
        self,
        cx: &Context<'_>,
        additional: Option<&[u8]>,
    ) -> Result<Established<NoLayer>, AuthFault> {
        match self {
            Self::Anonymous(mechanism) => mechanism.outcome_ok(cx, additional),
            Self::Plain(mechanism) => mechanism.outcome_ok(cx, additional),
            Self::External(mechanism) => mechanism.outcome_ok(cx, additional),
            Self::Scram(mechanism) => mechanism.outcome_ok(cx, additional),
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

/// Where a mechanism of a single message stands.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
enum Single {
    #[default]
    Idle,
    Sent,
    Failed,
}

impl Single {
    /// Says the one message, once.
    fn send(&mut self) -> Result<ClientStep, AuthFault> {
        match core::mem::replace(self, Self::Failed) {
            Self::Idle => {
                *self = Self::Sent;
                Ok(ClientStep::Send)
            }
            //= SRS_SASL_MECHANISMS_01_021
            Self::Sent | Self::Failed => Err(AuthFault::Unexpected),
        }
    }

    //= SRS_SASL_MECHANISMS_01_024
    /// No challenge and no computation belongs to such a mechanism.
    fn refuse(&mut self) -> Result<ClientStep, AuthFault> {
        *self = Self::Failed;
        Err(AuthFault::Unexpected)
    }

    //= SRS_SASL_MECHANISMS_01_019
    //= SRS_SASLCLIENTIO_50_007
    /// Additional data means nothing to these mechanisms, and servers in the field send a greeting.
    fn outcome_ok(self) -> Result<(), AuthFault> {
        if self == Self::Sent { Ok(()) } else { Err(AuthFault::Unexpected) }
    }
}
