//! How the exchange of AMQP protocol headers fails.

use core::fmt;

use super::Blame;

/// What the peer answered instead of the expected header (AMQP 1.0 part 2 section 2.2).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum HeaderFault {
    /// The octets are no AMQP header at all.
    NotAmqp,
    /// The header is of another version.
    Version {
        /// Major version.
        major: u8,
        /// Minor version.
        minor: u8,
        /// Revision.
        revision: u8,
    },
    /// The peer wants SASL first.
    PeerRequiresSasl,
    /// The peer wants TLS first.
    PeerRequiresTls,
    /// The peer goes on without SASL.
    PeerWithoutSasl,
    /// The peer goes on without TLS.
    PeerWithoutTls,
    /// The protocol id is none that is known.
    UnknownProtocol(u8),
}

impl HeaderFault {
    pub(super) const fn blame(self) -> Blame {
        match self {
            Self::PeerRequiresSasl
            | Self::PeerRequiresTls
            | Self::PeerWithoutSasl
            | Self::PeerWithoutTls => Blame::Configuration,
            Self::NotAmqp | Self::Version { .. } | Self::UnknownProtocol(_) => Blame::Peer,
        }
    }
}

impl fmt::Display for HeaderFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAmqp => f.write_str("peer does not speak amqp here, or expects tls"),
            Self::Version { major, minor, revision } => {
                write!(f, "peer speaks amqp {major}.{minor}.{revision}, not 1.0.0")
            }
            Self::PeerRequiresSasl => f.write_str("peer requires sasl: configure a mechanism"),
            Self::PeerRequiresTls => f.write_str("peer requires tls: use amqps or header tls"),
            Self::PeerWithoutSasl => f.write_str("peer does not speak sasl here"),
            Self::PeerWithoutTls => f.write_str("peer does not speak header tls here"),
            Self::UnknownProtocol(id) => write!(f, "peer speaks the unknown protocol {id}"),
        }
    }
}

impl core::error::Error for HeaderFault {}
