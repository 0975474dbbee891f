//! Frames without protection: a length, and octets that go up as they come.
//!
//! Invariants: a length is judged as soon as its four octets are there; nothing is kept of a frame but how
//! much of it is still to come.

use xiom_core::{Cause, Received, ThriftFault, WireBuf};
use xiom_thrift_codec::{DecodeError, FrameHeader};

use crate::FrameLimit;

/// Where in the peer's frames the octets have come.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Frames {
    /// The length, as far as it came.
    head: [u8; FrameHeader::LENGTH],
    /// Octets of the length that came.
    known: usize,
    /// Octets of the frame that are still to come.
    left: usize,
}

impl Frames {
    //= SRS_THRIFT_SASL_01_031, SRS_THRIFT_SASL_01_032
    /// Takes octets from the front of `input`, up to the end of one frame.
    pub(crate) fn receive(
        &mut self,
        input: &[u8],
        limit: FrameLimit,
    ) -> Result<Option<Received>, Cause> {
        if input.is_empty() {
            return Ok(None);
        }
        let start = if self.left == 0 { self.length(input, limit)? } else { 0 };
        let end = start.saturating_add(self.left).min(input.len());
        self.left = self.left.saturating_sub(end.saturating_sub(start));
        //= SRS_THRIFT_SASL_50_043
        Ok(Some(Received::plain(end, start..end)))
    }

    /// Takes as much of a length as there is, and says how many octets that was.
    fn length(&mut self, input: &[u8], limit: FrameLimit) -> Result<usize, Cause> {
        let missing = self.head.get_mut(self.known..).unwrap_or_default();
        let taken = missing.len().min(input.len());
        for (kept, octet) in missing.iter_mut().zip(input) {
            *kept = *octet;
        }
        self.known = self.known.saturating_add(taken);
        if self.known == FrameHeader::LENGTH {
            self.known = 0;
            let (_, header) = FrameHeader::decode(&self.head, limit.octets()).map_err(fault)?;
            self.left = usize::try_from(header.length).unwrap_or(usize::MAX);
        }
        Ok(taken)
    }

    //= SRS_THRIFT_SASL_50_036
    /// Whether the octets of the peer ended between two frames, so that an end is in order.
    pub(crate) const fn is_between(&self) -> bool {
        self.known == 0 && self.left == 0
    }
}

//= SRS_THRIFT_SASL_50_044
/// Appends `octets` as one frame, or as several within the limit.
pub(crate) fn send(octets: &[u8], limit: FrameLimit, out: &mut WireBuf) {
    for data in octets.chunks(limit.size()) {
        lead(data.len(), limit, out);
        out.extend(data);
    }
}

//= SRS_THRIFT_SASL_01_030, SRS_THRIFT_SASL_50_044
/// Appends the length of a frame of `length` octets; false, and nothing, if that is beyond `limit`.
pub(crate) fn lead(length: usize, limit: FrameLimit, out: &mut WireBuf) -> bool {
    let header = u32::try_from(length).map(|length| FrameHeader { length });
    match header {
        Ok(header) if length <= limit.size() => {
            out.extend(&header.encode());
            true
        }
        Ok(_) | Err(_) => false,
    }
}

//= SRS_THRIFT_SASL_01_037, SRS_THRIFT_SASL_50_031
fn fault(error: DecodeError) -> Cause {
    if let DecodeError::TooLarge { size, limit } = error {
        Cause::Thrift(ThriftFault::FrameTooLarge { size, limit })
    } else {
        Cause::EndOfStream
    }
}
