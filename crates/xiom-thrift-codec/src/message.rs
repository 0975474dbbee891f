//! The message of the negotiation: one octet of status, four of length, and a payload.

use core::fmt;

use crate::DecodeError;
use crate::length::{Decoded, length, octet, octets};

/// What a message says.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Status {
    /// The client names its mechanism.
    Start,
    /// The exchange goes on.
    Ok,
    /// Understood, and refused; the payload is a text in UTF-8.
    Bad,
    /// Not understood; the payload is a text in UTF-8.
    Error,
    /// This side has come to its good end.
    Complete,
}

impl Status {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::Start, Self::Ok, Self::Bad, Self::Error, Self::Complete];

    //= SRS_THRIFT_SASL_01_004
    /// The octet on the wire.
    #[must_use]
    pub const fn octet(self) -> u8 {
        match self {
            Self::Start => 1,
            Self::Ok => 2,
            Self::Bad => 3,
            Self::Error => 4,
            Self::Complete => 5,
        }
    }

    //= SRS_THRIFT_SASL_01_004
    /// The status of an octet on the wire.
    ///
    /// # Errors
    ///
    /// Returns [`DecodeError::UnknownStatus`] for all but 1 to 5.
    pub const fn from_octet(octet: u8) -> Result<Self, DecodeError> {
        match octet {
            1 => Ok(Self::Start),
            2 => Ok(Self::Ok),
            3 => Ok(Self::Bad),
            4 => Ok(Self::Error),
            5 => Ok(Self::Complete),
            _ => Err(DecodeError::UnknownStatus(octet)),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "START",
            Self::Ok => "OK",
            Self::Bad => "BAD",
            Self::Error => "ERROR",
            Self::Complete => "COMPLETE",
        })
    }
}

/// The first five octets of a message.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Header {
    /// What the message says.
    pub status: Status,
    /// Octets of the payload.
    pub length: u32,
}

impl Header {
    /// Octets of a header.
    pub const LENGTH: usize = 5;

    /// Decodes and judges the header at the front of `input`, before the payload is there.
    ///
    /// ```
    /// use xiom_thrift_codec::{DecodeError, Header};
    ///
    /// // Whoever answers in HTTP is told at the first octet.
    /// assert_eq!(Header::decode(b"H", 1024), Err(DecodeError::UnknownStatus(b'H')));
    /// let bomb = Header::decode(b"\x02\x7f\xff\xff\xff", 1024);
    /// assert_eq!(bomb, Err(DecodeError::TooLarge { size: 0x7fff_ffff, limit: 1024 }));
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`DecodeError::Incomplete`] when `input` ends inside the header,
    /// [`DecodeError::UnknownStatus`] on the first octet, and [`DecodeError::TooLarge`] on the fifth when
    /// more than `limit` octets of payload are announced, or 2^31 and more whatever the limit.
    pub fn decode(input: &[u8], limit: u32) -> Result<(&[u8], Self), DecodeError> {
        let (rest, status) = octet(input)?;
        let status = Status::from_octet(status)?;
        let (rest, length) = length(rest, limit)?;
        Ok((rest, Self { status, length }))
    }

    //= SRS_THRIFT_SASL_01_001, SRS_THRIFT_SASL_01_002
    /// The five octets of the header.
    #[must_use]
    pub const fn encode(self) -> [u8; Self::LENGTH] {
        let [a, b, c, d] = self.length.to_be_bytes();
        [self.status.octet(), a, b, c, d]
    }
}

/// One message; the payload borrows from the input.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Message<'a> {
    /// What it says.
    pub status: Status,
    /// The name of the mechanism, a message of the mechanism, or a text.
    pub payload: &'a [u8],
}

impl<'a> Message<'a> {
    //= SRS_THRIFT_SASL_01_001, SRS_THRIFT_SASL_01_003
    /// Decodes the message at the front of `input`, and returns the octets after it.
    ///
    /// # Errors
    ///
    /// Returns [`DecodeError::Incomplete`] when `input` ends inside the message, and what
    /// [`Header::decode`] says of its header.
    pub fn decode(input: &'a [u8], limit: u32) -> Decoded<'a, Self> {
        let (rest, Header { status, length }) = Header::decode(input, limit)?;
        let (rest, payload) = octets(rest, length)?;
        Ok((rest, Self { status, payload }))
    }

    /// The header of this message.
    ///
    /// A length past four octets saturates, and so is refused by every peer.
    #[must_use]
    pub fn header(&self) -> Header {
        let length = u32::try_from(self.payload.len()).unwrap_or(u32::MAX);
        Header { status: self.status, length }
    }
}

/// Shows the size of the payload: it may hold a secret.
impl fmt::Debug for Message<'_> {
    //= SRS_THRIFT_SASL_50_051
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("status", &self.status)
            .field("payload", &format_args!("[{} octets]", self.payload.len()))
            .finish()
    }
}

/// Says `PLAIN` of a START that names it, `OK[12]` of the others.
impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.status, crate::MechanismName::new(self.payload)) {
            (Status::Start, Ok(name)) => write!(f, "START({})", name.as_str()),
            (status, _) => write!(f, "{status}[{} octets]", self.payload.len()),
        }
    }
}
