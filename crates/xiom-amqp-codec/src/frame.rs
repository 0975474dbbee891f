//! The frame: eight octets of header, an extended header to skip, and a body (part 2, section 2.3).
//!
//! Invariant: the size is judged on four octets and the rest of the header on eight; the body is awaited last.

use core::fmt;

use nom::ToUsize;
use nom::bytes::streaming;
use nom::number::streaming::{be_u8, be_u16, be_u32};

use crate::DecodeError;
use crate::octets::{Parsed, parse, take};

/// The largest frame that every peer must take: 512 octets (part 2, section 2.3), and all that SASL may send (part 5,
/// section 5.3.2).
pub const MIN_MAX_FRAME_SIZE: u32 = 512;

/// One frame; everything in it borrows from the input.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Frame<'a> {
    /// The first eight octets.
    pub header: FrameHeader,
    /// The octets between header and body, which a reader skips unless it knows better.
    pub extended_header: &'a [u8],
    /// A performative and its payload; empty in a heartbeat.
    pub body: &'a [u8],
}

impl<'a> Frame<'a> {
    //= SRS_AMQP_CODEC_01_012
    /// Decodes the frame at the front of `input`, and returns the octets after it.
    ///
    /// `frame = header extended-header body`
    ///
    /// ```
    /// use xiom_amqp_codec::{Frame, FrameType, MIN_MAX_FRAME_SIZE};
    ///
    /// let heartbeat = [0, 0, 0, 8, 2, 0, 0, 0];
    /// let (rest, frame) = Frame::decode(&heartbeat, MIN_MAX_FRAME_SIZE)?;
    /// assert_eq!(frame.header.frame_type, FrameType::Amqp);
    /// assert!(frame.body.is_empty() && rest.is_empty());
    /// # Ok::<(), xiom_amqp_codec::DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`DecodeError::Incomplete`] when `input` ends inside the frame, and what [`FrameHeader::decode`] says
    /// of its header.
    pub fn decode(input: &'a [u8], limit: u32) -> Parsed<'a, Self> {
        FrameHeader::decode(input, limit)?.1.frame(input)
    }
}

/// Shows the sizes of the parts: a body may hold a secret.
impl fmt::Debug for Frame<'_> {
    //= SRS_AMQP_CODEC_01_049
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("header", &self.header)
            .field("extended_header", &format_args!("[{} octets]", self.extended_header.len()))
            .field("body", &format_args!("[{} octets]", self.body.len()))
            .finish()
    }
}

/// The first eight octets of a frame.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct FrameHeader {
    /// Octets of the whole frame, these eight included.
    pub size: u32,
    /// Where the body begins, in words of four octets.
    pub doff: u8,
    /// What the body is.
    pub frame_type: FrameType,
    /// Octets 6 and 7: the channel of an AMQP frame, to be ignored in a SASL frame.
    pub type_specific: u16,
}

impl FrameHeader {
    /// Octets of a frame header.
    pub const LENGTH: usize = 8;

    /// The header of a frame of `frame_type` on channel 0, without an extended header, for `body` octets of body.
    ///
    /// A size past four octets saturates: it is for the caller to compare it with the peer's limit.
    ///
    /// ```
    /// use xiom_amqp_codec::{FrameHeader, FrameType};
    ///
    /// assert_eq!(FrameHeader::new(FrameType::Sasl, 16).encode(), [0, 0, 0, 24, 2, 1, 0, 0]);
    /// ```
    #[must_use]
    pub fn new(frame_type: FrameType, body: usize) -> Self {
        let size = u32::try_from(body.saturating_add(Self::LENGTH)).unwrap_or(u32::MAX);
        //= SRS_AMQP_CODEC_01_021, SRS_AMQP_CODEC_01_022
        Self { size, doff: MIN_DOFF, frame_type, type_specific: 0 }
    }

    /// Decodes and judges the header at the front of `input`, before the body is there.
    ///
    /// `header = size doff type type-specific`
    ///
    /// ```
    /// use xiom_amqp_codec::{DecodeError, FrameHeader};
    ///
    /// // Whoever answers in HTTP announces a frame of 1.2 GB.
    /// let error = FrameHeader::decode(b"HTTP/1.1 400", 512).unwrap_err();
    /// assert_eq!(error, DecodeError::TooLarge { size: 0x4854_5450, limit: 512 });
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`DecodeError::Incomplete`] when `input` ends inside the header. The first four octets tell
    /// [`DecodeError::FrameSize`] and [`DecodeError::TooLarge`] (more than `limit` octets), all eight tell
    /// [`DecodeError::DataOffset`] and [`DecodeError::FrameType`].
    pub fn decode(input: &[u8], limit: u32) -> Parsed<'_, Self> {
        let (rest, size) = parse(be_u32, input)?;
        //= SRS_AMQP_CODEC_01_017
        if size.to_usize() < Self::LENGTH {
            return Err(DecodeError::FrameSize(size));
        }
        //= SRS_AMQP_CODEC_01_004
        //= SRS_SASL_SERVER_IO_50_019
        //= SRS_SASLCLIENTIO_50_013
        if limit < size {
            return Err(DecodeError::TooLarge { size, limit });
        }
        let (rest, (doff, frame_type, type_specific)) = match parse((be_u8, be_u8, be_u16), rest) {
            //= SRS_AMQP_CODEC_01_001
            Err(DecodeError::Incomplete { .. }) => {
                let needed = Self::LENGTH.saturating_sub(input.len());
                return Err(DecodeError::Incomplete { needed });
            }
            other => other?,
        };
        //= SRS_AMQP_CODEC_01_018
        //= SRS_SASLCLIENTIO_50_014
        if doff < MIN_DOFF || size < u32::from(doff) * WORD {
            return Err(DecodeError::DataOffset { doff, size });
        }
        let frame_type = FrameType::from_octet(frame_type)?;
        Ok((rest, Self { size, doff, frame_type, type_specific }))
    }

    /// The eight octets of the header.
    #[must_use]
    pub const fn encode(self) -> [u8; Self::LENGTH] {
        let [size0, size1, size2, size3] = self.size.to_be_bytes();
        let [high, low] = self.type_specific.to_be_bytes();
        [size0, size1, size2, size3, self.doff, self.frame_type.octet(), high, low]
    }

    /// Whether the body has no octets.
    pub(crate) fn is_empty(self) -> bool {
        self.size == u32::from(self.doff) * WORD
    }

    /// Cuts the frame of this header, which `decode` has judged, out of `input`.
    pub(crate) fn frame(self, input: &[u8]) -> Parsed<'_, Frame<'_>> {
        let (rest, octets) = parse(streaming::take(self.size), input)?;
        let extended = (u32::from(self.doff) * WORD).to_usize().saturating_sub(Self::LENGTH);
        let (octets, _) = take(octets, Self::LENGTH)?;
        //= SRS_AMQP_CODEC_01_019
        //= SRS_SASLCLIENTIO_50_015
        let (body, extended_header) = take(octets, extended)?;
        //= SRS_AMQP_CODEC_01_003
        Ok((rest, Frame { header: self, extended_header, body }))
    }
}

/// Says `sasl-frame(size=24, doff=2)`, and the channel of an AMQP frame.
impl fmt::Display for FrameHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { size, doff, frame_type, type_specific } = self;
        match frame_type {
            FrameType::Amqp => {
                write!(f, "amqp-frame(size={size}, doff={doff}, channel={type_specific})")
            }
            FrameType::Sasl => write!(f, "sasl-frame(size={size}, doff={doff})"),
        }
    }
}

/// What a frame carries.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum FrameType {
    /// An AMQP performative and its payload: type 0 (part 2, section 2.3.2).
    Amqp,
    /// A SASL performative: type 1 (part 5, section 5.3.1).
    Sasl,
}

impl FrameType {
    /// The octet on the wire.
    #[must_use]
    pub const fn octet(self) -> u8 {
        match self {
            Self::Amqp => 0,
            Self::Sasl => 1,
        }
    }

    const fn from_octet(octet: u8) -> Result<Self, DecodeError> {
        match octet {
            0 => Ok(Self::Amqp),
            1 => Ok(Self::Sasl),
            //= SRS_AMQP_CODEC_01_020
            _ => Err(DecodeError::FrameType(octet)),
        }
    }
}

/// The data offset of a frame without an extended header.
const MIN_DOFF: u8 = 2;
/// Octets that the data offset counts by.
const WORD: u32 = 4;
