//! Who failed, where, and how: enough to decide what to do next.
//!
//! A failure names the stage that the channel had reached and the cause; the cause names the layer. It
//! carries numbers, never octets of the peer, never a secret.

use core::{error, fmt};

/// Why a channel did not open, or broke.
///
/// ```
/// use xiom_core::{Blame, Cause, LayerName, OutcomeCode, SaslFault, Stage};
///
/// let failure = Cause::Sasl(SaslFault::Refused(OutcomeCode::Auth)).at(Stage::SaslExchange);
/// assert_eq!(failure.layer(), LayerName::Sasl);
/// assert_eq!(failure.cause.blame(), Blame::Credentials);
/// assert!(!failure.cause.is_retryable());
/// assert_eq!(
///     failure.to_string(),
///     "sasl, in the mechanism's exchange: peer refused the credentials (outcome 1, auth)"
/// );
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Failure {
    /// How far the channel had come.
    pub stage: Stage,
    /// What went wrong.
    pub cause: Cause,
}

impl Failure {
    /// The layer that failed; for a wait that ended, the layer that waited.
    #[must_use]
    pub const fn layer(&self) -> LayerName {
        match self.cause {
            Cause::Deadline | Cause::EndOfStream | Cause::InputFull => self.stage.layer(),
            Cause::Socket(_) => LayerName::Socket,
            Cause::Tls(_) => LayerName::Tls,
            Cause::Header(_) => LayerName::Header,
            Cause::Frame(_) | Cause::Sasl(_) | Cause::Thrift(_) => LayerName::Sasl,
            Cause::Mechanism(_) | Cause::Protection(_) => LayerName::Mechanism,
        }
    }
}

impl fmt::Display for Failure {
    //= SRS_SASLCLIENTIO_50_030
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}: {}", self.layer(), self.stage, self.cause)
    }
}

impl error::Error for Failure {}

/// The layers, from the bottom up.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum LayerName {
    /// The transport.
    Socket,
    /// TLS.
    Tls,
    /// The AMQP protocol headers.
    Header,
    /// SASL framing and negotiation.
    Sasl,
    /// The SASL mechanism.
    Mechanism,
    /// The octets of the user.
    User,
}

impl fmt::Display for LayerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Socket => "socket",
            Self::Tls => "tls",
            Self::Header => "header",
            Self::Sasl => "sasl",
            Self::Mechanism => "mechanism",
            Self::User => "user",
        })
    }
}

/// How far a channel has come.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Stage {
    /// The socket is not yet up.
    Connecting,
    /// AMQP-TLS protocol headers are exchanged (AMQP 1.0 part 5 section 5.2.1).
    TlsHeader,
    /// The TLS handshake runs.
    TlsHandshake,
    /// AMQP-SASL protocol headers are exchanged (AMQP 1.0 part 5 section 5.3.1).
    SaslHeader,
    /// AMQP protocol headers are exchanged, without SASL (AMQP 1.0 part 2 section 2.2).
    AmqpHeader,
    /// The client waits for the offer of mechanisms.
    SaslMechanisms,
    /// The server waits for the choice of a mechanism.
    SaslInit,
    /// The server waits for the name of a mechanism (Thrift SASL, step 3).
    SaslStart,
    /// The mechanism's messages are exchanged, up to the outcome.
    SaslExchange,
    /// The user was asked for credentials or a permission.
    SaslLookup,
    /// Octets of the user pass.
    Open,
    /// The goodbye.
    Closing,
}

impl Stage {
    /// The layer that is at work.
    #[must_use]
    pub const fn layer(self) -> LayerName {
        match self {
            Self::Connecting | Self::Closing => LayerName::Socket,
            Self::TlsHandshake => LayerName::Tls,
            Self::TlsHeader | Self::SaslHeader | Self::AmqpHeader => LayerName::Header,
            Self::SaslMechanisms
            | Self::SaslInit
            | Self::SaslStart
            | Self::SaslExchange
            | Self::SaslLookup => LayerName::Sasl,
            Self::Open => LayerName::User,
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connecting => "while connecting",
            Self::TlsHeader => "in the exchange of tls headers",
            Self::TlsHandshake => "in the tls handshake",
            Self::SaslHeader => "in the exchange of sasl headers",
            Self::AmqpHeader => "in the exchange of amqp headers",
            Self::SaslMechanisms => "awaiting the mechanisms",
            Self::SaslInit => "awaiting the choice of a mechanism",
            Self::SaslStart => "awaiting the name of a mechanism",
            Self::SaslExchange => "in the mechanism's exchange",
            Self::SaslLookup => "awaiting an answer of this application",
            Self::Open => "while open",
            Self::Closing => "while closing",
        })
    }
}

/// What went wrong.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Cause {
    /// It took too long.
    Deadline,
    /// The peer ended its octets before the channel was open.
    EndOfStream,
    /// The peer sent a message that does not fit into the input.
    InputFull,
    /// The transport failed.
    Socket(SocketFault),
    /// TLS failed.
    Tls(TlsFault),
    /// The protocol headers do not agree.
    Header(HeaderFault),
    /// A SASL frame is malformed, too large or out of turn.
    Frame(FrameFault),
    /// The SASL negotiation failed.
    Sasl(SaslFault),
    /// A message of the Thrift SASL negotiation, or a frame after it, is not in order.
    Thrift(ThriftFault),
    /// The SASL mechanism failed.
    Mechanism(AuthFault),
    /// The security layer of the mechanism failed.
    Protection(LayerFault),
}

impl Cause {
    /// The failure of this cause at `stage`.
    #[must_use]
    pub const fn at(self, stage: Stage) -> Failure {
        Failure { stage, cause: self }
    }

    /// Whether the same attempt may succeed later, with nothing changed.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        match self {
            Self::Deadline | Self::EndOfStream => true,
            Self::Socket(fault) => fault.is_retryable(),
            Self::Tls(fault) => matches!(fault, TlsFault::Truncated),
            Self::Sasl(fault) => matches!(fault, SaslFault::Refused(OutcomeCode::SysTemp)),
            Self::InputFull
            | Self::Header(_)
            | Self::Frame(_)
            | Self::Thrift(_)
            | Self::Mechanism(_)
            | Self::Protection(_) => false,
        }
    }

    /// Who has to change something.
    #[must_use]
    pub const fn blame(self) -> Blame {
        match self {
            Self::Deadline | Self::EndOfStream | Self::Socket(_) => Blame::Network,
            Self::Tls(fault) => fault.blame(),
            Self::Header(fault) => fault.blame(),
            Self::InputFull | Self::Frame(_) | Self::Protection(_) => Blame::Peer,
            Self::Sasl(fault) => fault.blame(),
            Self::Thrift(fault) => fault.blame(),
            Self::Mechanism(fault) => fault.blame(),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deadline => f.write_str("it took too long"),
            Self::EndOfStream => f.write_str("peer closed the connection"),
            Self::InputFull => f.write_str("peer sent a message that does not fit into the input"),
            Self::Socket(fault) => fault.fmt(f),
            Self::Tls(fault) => fault.fmt(f),
            Self::Header(fault) => fault.fmt(f),
            Self::Frame(fault) => fault.fmt(f),
            Self::Sasl(fault) => fault.fmt(f),
            Self::Thrift(fault) => fault.fmt(f),
            Self::Mechanism(fault) => fault.fmt(f),
            Self::Protection(fault) => fault.fmt(f),
        }
    }
}

impl error::Error for Cause {}

/// Who has to change something before another attempt.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Blame {
    /// The way between the two, or a peer that is not there.
    Network,
    /// The peer breaks the protocol, or is set up in a way that cannot work.
    Peer,
    /// This side is set up in a way that cannot work.
    Configuration,
    /// The credentials, or a certificate.
    Credentials,
}

mod header;
mod mechanism;
mod protection;
mod sasl;
mod socket;
mod thrift;
mod tls;

pub use header::HeaderFault;
pub use mechanism::AuthFault;
pub use protection::LayerFault;
pub use sasl::{FrameFault, OutcomeCode, Performative, SaslFault};
pub use socket::SocketFault;
pub use thrift::{ThriftFault, ThriftStatus};
pub use tls::{CertificateFault, TlsFault};
