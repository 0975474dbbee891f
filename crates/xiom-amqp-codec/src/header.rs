//! The protocol header: eight octets that open a connection, or a security layer in it.
//!
//! Invariant: what is not AMQP is told at its first wrong octet, so that an HTTP or TLS answer is never waited for.

use core::fmt;

use nom::bytes::streaming::take;

use crate::DecodeError;
use crate::octets::{Parsed, fixed, parse};

/// A protocol header: which layer is to be spoken, in which version.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ProtocolHeader {
    /// The layer.
    pub id: ProtocolId,
    /// Major version.
    pub major: u8,
    /// Minor version.
    pub minor: u8,
    /// Revision.
    pub revision: u8,
}

impl ProtocolHeader {
    /// AMQP 1.0.0 without a further security layer (part 2, section 2.2).
    pub const AMQP: Self = Self::version_1(ProtocolId::Amqp);
    /// TLS for AMQP 1.0.0 (part 5, section 5.2.1).
    pub const TLS: Self = Self::version_1(ProtocolId::Tls);
    /// SASL for AMQP 1.0.0 (part 5, section 5.3.1).
    pub const SASL: Self = Self::version_1(ProtocolId::Sasl);
    /// Octets of a protocol header.
    pub const LENGTH: usize = 8;

    //= SRS_AMQP_CODEC_01_012
    /// Decodes the header at the front of `input`, and returns the octets after it.
    ///
    /// `protocol-header = "AMQP" id major minor revision`
    ///
    /// Another version is a value, not an error: to refuse it, the caller must answer with its own header.
    ///
    /// ```
    /// use xiom_amqp_codec::{DecodeError, ProtocolHeader};
    ///
    /// assert_eq!(ProtocolHeader::decode(b"AMQP\x03\x01\x00\x00"), Ok((&[][..], ProtocolHeader::SASL)));
    /// assert_eq!(ProtocolHeader::decode(b"AMQP"), Err(DecodeError::Incomplete { needed: 4 }));
    /// assert_eq!(ProtocolHeader::decode(b"HTT"), Err(DecodeError::NotAmqp));
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`DecodeError::Incomplete`] when `input` ends inside the header; [`DecodeError::NotAmqp`] or
    /// [`DecodeError::UnknownProtocol`] as soon as the octet that is wrong is there.
    pub fn decode(input: &[u8]) -> Parsed<'_, Self> {
        //= SRS_AMQP_CODEC_01_014
        if input.iter().zip(MAGIC).any(|(octet, expected)| octet != expected) {
            return Err(DecodeError::NotAmqp);
        }
        if let Some(&id) = input.get(MAGIC.len()) {
            ProtocolId::from_octet(id)?;
        }
        let (rest, mut octets) = parse(take(Self::LENGTH), input)?;
        let [_, _, _, _, id, major, minor, revision] = fixed(&mut octets)?;
        //= SRS_AMQP_CODEC_01_003, SRS_AMQP_CODEC_01_013, SRS_AMQP_CODEC_01_016
        Ok((rest, Self { id: ProtocolId::from_octet(id)?, major, minor, revision }))
    }

    //= SRS_AMQP_CODEC_01_013
    //= SRS_SASLCLIENTIO_01_002
    /// The eight octets of the header.
    ///
    /// ```
    /// use xiom_amqp_codec::ProtocolHeader;
    ///
    /// const SASL: [u8; 8] = ProtocolHeader::SASL.encode();
    /// assert_eq!(&SASL, b"AMQP\x03\x01\x00\x00");
    /// ```
    #[must_use]
    pub const fn encode(self) -> [u8; Self::LENGTH] {
        let [a, m, q, p] = *MAGIC;
        [a, m, q, p, self.id.octet(), self.major, self.minor, self.revision]
    }

    const fn version_1(id: ProtocolId) -> Self {
        Self { id, major: 1, minor: 0, revision: 0 }
    }
}

/// Says layer and version: `AMQP SASL 1.0.0`.
impl fmt::Display for ProtocolHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, major, minor, revision } = self;
        write!(f, "{id} {major}.{minor}.{revision}")
    }
}

/// The layer that a protocol header asks for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ProtocolId {
    /// AMQP itself: 0.
    Amqp,
    /// TLS, then a new header: 2.
    Tls,
    /// SASL, then a new header: 3.
    Sasl,
}

impl ProtocolId {
    /// The octet on the wire.
    #[must_use]
    pub const fn octet(self) -> u8 {
        match self {
            Self::Amqp => 0,
            Self::Tls => 2,
            Self::Sasl => 3,
        }
    }

    const fn from_octet(octet: u8) -> Result<Self, DecodeError> {
        match octet {
            0 => Ok(Self::Amqp),
            2 => Ok(Self::Tls),
            3 => Ok(Self::Sasl),
            //= SRS_AMQP_CODEC_01_015
            _ => Err(DecodeError::UnknownProtocol(octet)),
        }
    }
}

impl fmt::Display for ProtocolId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Amqp => "AMQP",
            Self::Tls => "AMQP TLS",
            Self::Sasl => "AMQP SASL",
        })
    }
}

const MAGIC: &[u8; 4] = b"AMQP";
