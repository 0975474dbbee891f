//! Octets cut into units, however the network cut them, up to the end of a login.
//!
//! What is incomplete is kept in a [`Secret`], for it may hold a password. After the last message of a login
//! octets are the user's, and are not looked at.

use xiom::amqp_sasl::FrameLimit;
use xiom::core::{Direction, Secret};
use xiom::thrift_sasl::PayloadLimit;
use xiom_amqp_codec::Performative;
use xiom_thrift_codec::Status;

use crate::unit::{self, Malformed, Read, Unit};

/// A unit, or why there is none and how many octets that is about; nothing after those is read.
pub(crate) type Cut<'a> = Result<Unit<'a>, (Malformed, usize)>;

/// Cuts the octets of both directions.
#[derive(Debug)]
pub(crate) struct Cutter {
    sent: Half,
    received: Half,
}

/// One direction.
#[derive(Debug)]
struct Half {
    kept: Secret,
    awaited: Awaited,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Awaited {
    /// A header, and nothing else.
    Header,
    /// A header, then frames.
    SaslHeader,
    SaslFrame,
    Message,
    Nothing,
}

impl Cutter {
    /// Awaits the header of AMQP SASL, then frames.
    pub(crate) fn amqp() -> Self {
        Self::new(Awaited::SaslHeader)
    }

    /// Awaits messages of Thrift SASL.
    pub(crate) fn thrift() -> Self {
        Self::new(Awaited::Message)
    }

    /// Awaits a header of AMQP, if there is one, and nothing else.
    pub(crate) fn header(is_there: bool) -> Self {
        Self::new(if is_there { Awaited::Header } else { Awaited::Nothing })
    }

    fn new(awaited: Awaited) -> Self {
        let half = || Half { kept: Secret::default(), awaited };
        Self { sent: half(), received: half() }
    }

    /// Tells every unit that `octets`, which went in `direction`, complete.
    pub(crate) fn cut(
        &mut self,
        direction: Direction,
        octets: &[u8],
        mut tell: impl FnMut(&Cut<'_>),
    ) {
        let half = match direction {
            Direction::Sent => &mut self.sent,
            Direction::Received => &mut self.received,
        };
        let mut is_over = false;
        half.cut(octets, |cut| {
            is_over |= cut.as_ref().is_ok_and(is_last);
            tell(cut);
        });
        // Whoever hears the server's last word says nothing more of the login.
        if is_over && direction == Direction::Received {
            *self = Self::new(Awaited::Nothing);
        }
    }
}

impl Half {
    fn cut(&mut self, octets: &[u8], mut tell: impl FnMut(&Cut<'_>)) {
        if self.awaited == Awaited::Nothing {
            return;
        }
        let all = Secret::new([self.kept.expose(), octets].concat());
        let mut rest = all.expose();
        while !rest.is_empty() && self.awaited != Awaited::Nothing {
            let (after, cut) = match self.awaited.read(rest) {
                Err(error) if error.needed().is_some() => break,
                Ok((after, unit)) => (after, Ok(unit)),
                Err(error) => (&[][..], Err((error, rest.len()))),
            };
            tell(&cut);
            self.awaited = if cut.is_ok() { self.awaited.next() } else { Awaited::Nothing };
            rest = after;
        }
        self.kept = Secret::new(rest);
    }
}

impl Awaited {
    fn read(self, input: &[u8]) -> Read<'_> {
        match self {
            Self::Header | Self::SaslHeader | Self::Nothing => unit::header(input),
            Self::SaslFrame => unit::sasl_frame(input, FrameLimit::MAX.octets()),
            Self::Message => unit::message(input, PayloadLimit::default().octets()),
        }
    }

    const fn next(self) -> Self {
        match self {
            Self::SaslHeader | Self::SaslFrame => Self::SaslFrame,
            Self::Message => Self::Message,
            Self::Header | Self::Nothing => Self::Nothing,
        }
    }
}

/// Whether `unit` is the last word of a server in a login.
const fn is_last(unit: &Unit<'_>) -> bool {
    match unit {
        Unit::Sasl(performative, _) => matches!(performative, Performative::Outcome(_)),
        Unit::Message(message) => {
            matches!(message.status, Status::Complete | Status::Bad | Status::Error)
        }
        Unit::Header(_) | Unit::Amqp(_) | Unit::Data(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header, `sasl-mechanisms` with PLAIN, `sasl-outcome` with ok.
    const AMQP: &[u8] = b"AMQP\x03\x01\x00\x00\
        \x00\x00\x00\x18\x02\x01\x00\x00\x00\x53\x40\xc0\x0b\x01\xe0\x08\x01\xa3\x05PLAIN\
        \x00\x00\x00\x10\x02\x01\x00\x00\x00\x53\x44\xc0\x03\x01\x50\x00";
    /// OK with three octets, COMPLETE with none.
    const THRIFT: &[u8] = b"\x02\x00\x00\x00\x03abc\x05\x00\x00\x00\x00";

    fn cut(mut cutter: Cutter, octets: &[u8], piece: usize) -> Vec<String> {
        let mut units = Vec::new();
        for octets in octets.chunks(piece) {
            cutter.cut(Direction::Received, octets, |unit| units.push(format!("{unit:?}")));
        }
        units
    }

    #[test]
    fn cuts_of_the_network_do_not_matter() {
        let whole = cut(Cutter::amqp(), AMQP, AMQP.len());
        assert_eq!(whole.len(), 3);
        for piece in 1..AMQP.len() {
            assert_eq!(cut(Cutter::amqp(), AMQP, piece), whole);
        }
        let whole = cut(Cutter::thrift(), THRIFT, THRIFT.len());
        assert_eq!(whole.len(), 2);
        for piece in 1..THRIFT.len() {
            assert_eq!(cut(Cutter::thrift(), THRIFT, piece), whole);
        }
    }

    #[test]
    fn nothing_is_read_after_what_is_no_amqp() {
        let (mut cutter, mut units) = (Cutter::amqp(), 0);
        cutter.cut(Direction::Received, b"HTTP/1.1 400", |unit| {
            let error = xiom_amqp_codec::DecodeError::NotAmqp;
            assert!(matches!(unit, Err((Malformed::Amqp(told), 12)) if *told == error));
            units += 1;
        });
        cutter.cut(Direction::Received, AMQP, |_| units += 1);
        assert_eq!(units, 1);
    }

    #[test]
    fn what_follows_the_last_word_of_a_login_is_not_looked_at() {
        for (mut cutter, login) in [(Cutter::amqp(), AMQP), (Cutter::thrift(), THRIFT)] {
            let mut units = 0;
            cutter.cut(Direction::Received, login, |_| units += 1);
            let before = units;
            for direction in [Direction::Sent, Direction::Received] {
                cutter.cut(direction, b"\x02\x00\x00\x00\x00AMQP\x03\x01\x00\x00", |_| units += 1);
            }
            assert_eq!((units, before == 0), (before, false));
        }
    }
}
