//! The frame after the negotiation: four octets of length, and the data.

use core::fmt;

use crate::DecodeError;
use crate::length::{Decoded, length, octets};

/// The length of a frame.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct FrameHeader {
    /// Octets of data.
    pub length: u32,
}

impl FrameHeader {
    /// Octets of the length.
    pub const LENGTH: usize = 4;

    /// Decodes and judges the length at the front of `input`, before the data is there.
    ///
    /// # Errors
    ///
    /// Returns [`DecodeError::Incomplete`] when `input` ends inside the length, and
    /// [`DecodeError::TooLarge`] for more than `limit` octets, or 2^31 and more whatever the limit.
    pub fn decode(input: &[u8], limit: u32) -> Result<(&[u8], Self), DecodeError> {
        let (rest, length) = length(input, limit)?;
        Ok((rest, Self { length }))
    }

    //= SRS_THRIFT_SASL_01_002, SRS_THRIFT_SASL_01_030
    /// The four octets of the length.
    #[must_use]
    pub const fn encode(self) -> [u8; Self::LENGTH] {
        self.length.to_be_bytes()
    }
}

/// One frame; the data borrows from the input.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Frame<'a> {
    /// What the application wrote, or the token of a security layer.
    pub data: &'a [u8],
}

impl<'a> Frame<'a> {
    //= SRS_THRIFT_SASL_01_030
    /// Decodes the frame at the front of `input`, and returns the octets after it.
    ///
    /// # Errors
    ///
    /// Returns [`DecodeError::Incomplete`] when `input` ends inside the frame, and what
    /// [`FrameHeader::decode`] says of its length.
    pub fn decode(input: &'a [u8], limit: u32) -> Decoded<'a, Self> {
        let (rest, FrameHeader { length }) = FrameHeader::decode(input, limit)?;
        let (rest, data) = octets(rest, length)?;
        Ok((rest, Self { data }))
    }
}

/// Shows the size of the data.
impl fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("data", &format_args!("[{} octets]", self.data.len()))
            .finish()
    }
}
