//! How SASL framing and negotiation fail.

use core::fmt;

use super::Blame;

/// What is wrong with a SASL frame (AMQP 1.0 part 2 section 2.3, part 5 section 5.3).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum FrameFault {
    /// It announces fewer octets than its own header.
    Size(u32),
    /// It announces more octets than the limit.
    TooLarge {
        /// Octets announced.
        size: u32,
        /// Octets allowed.
        limit: u32,
    },
    /// Its body begins within the header or beyond the frame.
    DataOffset {
        /// Data offset, in words of 4 octets.
        doff: u8,
        /// Octets of the frame.
        size: u32,
    },
    /// It is no SASL frame.
    Type(u8),
    /// It has no body.
    Empty,
    /// Its body is no SASL performative.
    Malformed,
    /// Something follows the performative.
    Trailing,
    /// The performative has no business in this state.
    Unexpected(Performative),
    /// The frame of this side would exceed the limit.
    OwnTooLarge {
        /// Octets of the frame.
        size: u32,
        /// Octets allowed.
        limit: u32,
    },
}

impl fmt::Display for FrameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(size) => {
                write!(f, "peer sent a frame of {size} octets, fewer than its header")
            }
            Self::TooLarge { size, limit } => {
                write!(f, "peer sent a frame of {size} octets, the limit is {limit}")
            }
            Self::DataOffset { doff, size } => {
                write!(f, "peer sent a frame of {size} octets whose body begins at word {doff}")
            }
            Self::Type(kind) => write!(f, "peer sent a frame of type {kind}, not sasl"),
            Self::Empty => f.write_str("peer sent an empty frame"),
            Self::Malformed => f.write_str("peer sent a malformed frame"),
            Self::Trailing => f.write_str("peer sent a frame with octets after its performative"),
            Self::Unexpected(performative) => write!(f, "peer sent {performative} out of turn"),
            Self::OwnTooLarge { size, limit } => {
                write!(f, "a frame of {size} octets is to be sent, the limit is {limit}")
            }
        }
    }
}

impl core::error::Error for FrameFault {}

/// The SASL performatives (AMQP 1.0 part 5 section 5.3.3).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Performative {
    /// `sasl-mechanisms`
    Mechanisms,
    /// `sasl-init`
    Init,
    /// `sasl-challenge`
    Challenge,
    /// `sasl-response`
    Response,
    /// `sasl-outcome`
    Outcome,
}

impl fmt::Display for Performative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mechanisms => "sasl-mechanisms",
            Self::Init => "sasl-init",
            Self::Challenge => "sasl-challenge",
            Self::Response => "sasl-response",
            Self::Outcome => "sasl-outcome",
        })
    }
}

/// Why a negotiation came to no good end.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SaslFault {
    /// The server offers no mechanism at all.
    NothingOffered,
    /// No offered mechanism is configured here and permitted by the policy.
    NoCommonMechanism,
    /// The only mechanism there is may not run on this channel.
    NotPermitted,
    /// The client chose a mechanism that was not offered.
    NotOffered,
    /// The server refused.
    Refused(OutcomeCode),
    /// The outcome carries a code that does not exist.
    UnknownOutcome(u8),
    /// There were more rounds than the limit.
    TooManyRounds(u8),
    /// The answer of this application does not fit the question.
    WrongAnswer,
    /// This application could not answer, and the peer was told so.
    Unavailable(OutcomeCode),
}

impl SaslFault {
    pub(super) const fn blame(self) -> Blame {
        match self {
            Self::Refused(OutcomeCode::Auth) => Blame::Credentials,
            Self::NoCommonMechanism
            | Self::NotPermitted
            | Self::WrongAnswer
            | Self::Unavailable(_) => Blame::Configuration,
            Self::NothingOffered
            | Self::NotOffered
            | Self::Refused(_)
            | Self::UnknownOutcome(_)
            | Self::TooManyRounds(_) => Blame::Peer,
        }
    }
}

impl fmt::Display for SaslFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingOffered => f.write_str("peer offers no mechanism"),
            Self::NoCommonMechanism => {
                f.write_str("peer offers no mechanism that is configured and permitted here")
            }
            Self::NotPermitted => {
                f.write_str("the policy does not permit the mechanism on this channel")
            }
            Self::NotOffered => f.write_str("peer chose a mechanism that was not offered"),
            Self::Refused(code) => write!(f, "peer refused {code}"),
            Self::UnknownOutcome(code) => write!(f, "peer sent the unknown outcome {code}"),
            Self::TooManyRounds(limit) => write!(f, "more than {limit} challenges"),
            Self::Unavailable(code) => write!(f, "this application refused {code}"),
            Self::WrongAnswer => f.write_str("the application's answer does not fit the question"),
        }
    }
}

impl core::error::Error for SaslFault {}

/// An outcome that is not ok (AMQP 1.0 part 5 section 5.3.3.6).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum OutcomeCode {
    /// The credentials are not accepted.
    Auth,
    /// The server has an error.
    Sys,
    /// The server has an error that stays.
    SysPerm,
    /// The server has an error that passes.
    SysTemp,
}

impl fmt::Display for OutcomeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auth => "the credentials (outcome 1, auth)",
            Self::Sys => "for an error of its own (outcome 2, sys)",
            Self::SysPerm => "for a permanent error of its own (outcome 3, sys-perm)",
            Self::SysTemp => "for a passing error of its own (outcome 4, sys-temp)",
        })
    }
}
