//! Octets cut into protocol headers and SASL frames, however the network cut them.
//!
//! What is incomplete is kept in a [`Secret`], for it may hold a password.

use xiom::amqp_sasl::FrameLimit;
use xiom::core::Secret;
use xiom_amqp_codec::{DecodeError, Performative, ProtocolHeader};

/// One whole thing on the wire.
#[derive(Debug)]
pub(crate) enum Unit<'a> {
    /// A protocol header.
    Header(ProtocolHeader),
    /// A SASL frame, and its size.
    Frame(Performative<'a>, usize),
    /// Octets that are neither, and how many are there; nothing after them is read.
    Unreadable(DecodeError, usize),
}

/// Cuts the octets of one direction.
#[derive(Debug)]
pub(crate) struct Cutter {
    kept: Secret,
    awaited: Awaited,
    has_frames: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Awaited {
    Header,
    Frame,
    Nothing,
}

impl Cutter {
    /// Awaits a header, then frames.
    pub(crate) fn frames() -> Self {
        Self { kept: Secret::default(), awaited: Awaited::Header, has_frames: true }
    }

    /// Awaits a header, if there is one, and nothing else.
    pub(crate) fn header(is_there: bool) -> Self {
        let awaited = if is_there { Awaited::Header } else { Awaited::Nothing };
        Self { kept: Secret::default(), awaited, has_frames: false }
    }

    /// Tells every unit that `octets` complete.
    pub(crate) fn cut(&mut self, octets: &[u8], mut tell: impl FnMut(&Unit<'_>)) {
        if self.awaited == Awaited::Nothing {
            return;
        }
        let all = Secret::new([self.kept.expose(), octets].concat());
        let mut rest = all.expose();
        while !rest.is_empty() && self.awaited != Awaited::Nothing {
            let (after, unit) = match self.next(rest) {
                Err(DecodeError::Incomplete { .. }) => break,
                Ok(found) => found,
                Err(error) => (&[][..], Unit::Unreadable(error, rest.len())),
            };
            tell(&unit);
            self.awaited = match unit {
                Unit::Header(_) | Unit::Frame(..) if self.has_frames => Awaited::Frame,
                Unit::Header(_) | Unit::Frame(..) | Unit::Unreadable(..) => Awaited::Nothing,
            };
            rest = after;
        }
        self.kept = Secret::new(rest);
    }

    fn next<'a>(&self, input: &'a [u8]) -> Result<(&'a [u8], Unit<'a>), DecodeError> {
        if self.awaited == Awaited::Header {
            let (rest, header) = ProtocolHeader::decode(input)?;
            return Ok((rest, Unit::Header(header)));
        }
        let (rest, frame) = Performative::decode_frame(input, FrameLimit::MAX.octets())?;
        Ok((rest, Unit::Frame(frame, input.len() - rest.len())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header, `sasl-mechanisms` with PLAIN, `sasl-outcome` with ok.
    const OCTETS: &[u8] = b"AMQP\x03\x01\x00\x00\
        \x00\x00\x00\x18\x02\x01\x00\x00\x00\x53\x40\xc0\x0b\x01\xe0\x08\x01\xa3\x05PLAIN\
        \x00\x00\x00\x10\x02\x01\x00\x00\x00\x53\x44\xc0\x03\x01\x50\x00";

    fn cut(piece: usize) -> Vec<String> {
        let (mut cutter, mut units) = (Cutter::frames(), Vec::new());
        for octets in OCTETS.chunks(piece) {
            cutter.cut(octets, |unit| units.push(format!("{unit:?}")));
        }
        units
    }

    #[test]
    fn cuts_of_the_network_do_not_matter() {
        let whole = cut(OCTETS.len());
        assert_eq!(whole.len(), 3);
        for piece in 1..OCTETS.len() {
            assert_eq!(cut(piece), whole);
        }
    }

    #[test]
    fn nothing_is_read_after_what_is_no_amqp() {
        let (mut cutter, mut units) = (Cutter::frames(), 0);
        cutter.cut(b"HTTP/1.1 400", |unit| {
            assert!(matches!(unit, Unit::Unreadable(DecodeError::NotAmqp, 12)));
            units += 1;
        });
        cutter.cut(OCTETS, |_| units += 1);
        assert_eq!(units, 1);
    }
}
