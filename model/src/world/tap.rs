//! What a machine has written, read by somebody who knows the key: octet by octet, in a few counters.
//!
//! It is kept small because it is part of each state: a digest stands for the plain octets themselves.

use xiom_testing::{GOODBYE, HELLO, HELLO_BACK, RECORD, unseal};

/// What was written to one connection so far.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Tap {
    at: At,
    /// Octets of the protocols above TLS, or of all when there is no TLS.
    pub plain: u16,
    /// Stands for these octets.
    pub digest: u32,
    /// `close_notify` was the last word.
    pub goodbye: bool,
    /// Something was written that is neither sealed nor a handshake.
    pub clear: bool,
    /// The SASL frames among the first `plain` octets, as far as `greeting` reaches.
    pub frames: Frames,
    /// Octets of the handshakes above TLS, once they are known to be over; later ones are the user's.
    pub greeting: Option<u16>,
}

/// Where in the toy's protocol the next octet stands.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
enum At {
    /// So many octets come before TLS, or there is no TLS at all.
    Before(u8),
    #[default]
    Hello,
    Record,
    Length,
    Body(u8),
    /// After the goodbye.
    End,
    /// There is no TLS.
    Clear,
}

impl Tap {
    /// A tap on a connection with the toy's TLS after `before` octets in clear.
    #[must_use]
    pub fn sealed(before: u8) -> Self {
        let at = if before == 0 { At::Hello } else { At::Before(before) };
        Self { at, ..Self::default() }
    }

    /// A tap on a connection without TLS.
    #[must_use]
    pub fn clear() -> Self {
        Self { at: At::Clear, ..Self::default() }
    }

    /// A tap on a connection without TLS, on which Thrift SASL is spoken.
    #[must_use]
    pub fn thrift() -> Self {
        let frames = Frames { is_thrift: true, ..Frames::default() };
        Self { frames, ..Self::clear() }
    }

    /// The same after `octets` more.
    #[must_use]
    pub fn after(self, octets: &[u8]) -> Self {
        octets.iter().fold(self, |tap, octet| tap.step(*octet))
    }

    fn step(mut self, octet: u8) -> Self {
        self.goodbye = false;
        self.at = match (self.at, octet) {
            (At::Before(1), _) => At::Hello,
            (At::Before(left), _) => At::Before(left.saturating_sub(1)),
            (At::Hello, HELLO | HELLO_BACK) | (At::Length, 0) => At::Record,
            (At::Record, RECORD) => At::Length,
            (At::Record, GOODBYE) => {
                self.goodbye = true;
                At::End
            }
            (At::Length, length) => At::Body(length),
            (At::Body(left), _) => {
                self.note(open(octet));
                if left == 1 { At::Record } else { At::Body(left.saturating_sub(1)) }
            }
            (At::Clear, _) => {
                self.note(octet);
                At::Clear
            }
            (at @ (At::Hello | At::Record | At::End), _) => {
                self.clear = true;
                at
            }
        };
        self
    }

    fn note(&mut self, octet: u8) {
        if self.greeting.is_none_or(|greeting| self.plain < greeting) {
            self.frames = self.frames.step(octet);
        }
        self.plain = self.plain.saturating_add(1);
        self.digest = digest(self.digest, octet);
    }

    /// Whether there is TLS.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.at != At::Clear
    }

    /// The digest of `octets`, as the tap computes it.
    #[must_use]
    pub fn digest_of(octets: &[u8]) -> u32 {
        octets.iter().fold(0, |sum, octet| digest(sum, *octet))
    }
}

/// The plain octet behind one of a record of the toy.
fn open(octet: u8) -> u8 {
    unseal(&[HELLO, RECORD, 1, octet]).and_then(|plain| plain.first().copied()).unwrap_or(octet)
}

/// One step of FNV-1a, which tells the few texts of a model apart.
fn digest(sum: u32, octet: u8) -> u32 {
    (if sum == 0 { 0x811C_9DC5 } else { sum } ^ u32::from(octet)).wrapping_mul(0x0100_0193)
}

/// How many protocol headers and SASL frames, or messages of Thrift SASL, of each kind there are.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Frames {
    /// Octets of the present header or frame.
    at: u16,
    /// Octets that the present frame has.
    size: u32,
    /// Protocol headers.
    pub headers: u8,
    /// `sasl-mechanisms`
    pub mechanisms: u8,
    /// `sasl-init`
    pub inits: u8,
    /// `sasl-challenge`
    pub challenges: u8,
    /// `sasl-response`
    pub responses: u8,
    /// `sasl-outcome`
    pub outcomes: u8,
    /// Messages of Thrift SASL are counted: START as an init, OK as a challenge.
    is_thrift: bool,
    /// COMPLETE
    pub completes: u8,
    /// BAD and ERROR
    pub refusals: u8,
}

impl Frames {
    fn step(self, octet: u8) -> Self {
        if self.is_thrift { self.message(octet) } else { self.frame(octet) }
    }

    /// An octet of a message of Thrift SASL: status, length, payload.
    fn message(mut self, octet: u8) -> Self {
        if self.at == 0 {
            self.count_status(octet);
        } else if self.at < MESSAGE {
            self.size = self.size << 8 | u32::from(octet);
        }
        self.at = self.at.saturating_add(1);
        if MESSAGE <= self.at && self.size <= u32::from(self.at - MESSAGE) {
            (self.at, self.size) = (0, 0);
        }
        self
    }

    fn count_status(&mut self, status: u8) {
        let count = match status {
            1 => &mut self.inits,
            2 => &mut self.challenges,
            3 | 4 => &mut self.refusals,
            5 => &mut self.completes,
            _ => return,
        };
        *count = count.saturating_add(1);
    }

    fn frame(mut self, octet: u8) -> Self {
        let at = self.at;
        self.at = at.saturating_add(1);
        if at < 4 {
            self.size = self.size << 8 | u32::from(octet);
        }
        if self.size == u32::from_be_bytes(*b"AMQP") {
            if self.at == HEADER {
                self = Self { headers: self.headers.saturating_add(1), at: 0, size: 0, ..self };
            }
            return self;
        }
        if at == DESCRIPTOR {
            self.count(octet);
        }
        if 4 < self.at && self.size <= u32::from(self.at) {
            (self.at, self.size) = (0, 0);
        }
        self
    }

    fn count(&mut self, descriptor: u8) {
        let count = match descriptor {
            0x40 => &mut self.mechanisms,
            0x41 => &mut self.inits,
            0x42 => &mut self.challenges,
            0x43 => &mut self.responses,
            0x44 => &mut self.outcomes,
            _ => return,
        };
        *count = count.saturating_add(1);
    }
}

/// Octets of a protocol header.
const HEADER: u16 = 8;
/// Octets of the head of a message of Thrift SASL.
const MESSAGE: u16 = 5;
/// Where the code of the performative stands: after the frame header and 0x00 0x53.
const DESCRIPTOR: u16 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_read() {
        let header = b"AMQP\x03\x01\x00\x00";
        let init =
            b"\x00\x00\x00\x1b\x02\x01\x00\x00\x00\x53\x41\xc0\x0e\x02\xa3\x05PLAIN\xa0\x04\0u\0p";
        let sealed =
            [&[HELLO][..], &xiom_testing::seal(header), &xiom_testing::seal(init)].concat();
        let tap = Tap::sealed(0).after(&sealed);
        assert_eq!((tap.frames.headers, tap.frames.inits, tap.frames.outcomes), (1, 1, 0));
        assert_eq!(tap.digest, Tap::digest_of(&[&header[..], init].concat()));
        assert!(!tap.clear && !tap.goodbye);
        assert!(tap.after(&[GOODBYE]).goodbye);
        assert!(tap.after(b"x").clear);
        let thrift = Tap::thrift()
            .after(b"\x01\0\0\0\x01M\x05\0\0\0\0\x02\0\0\0\x02\x03\x03\x04\0\0\0\0")
            .frames;
        assert_eq!((thrift.inits, thrift.completes), (1, 1));
        assert_eq!((thrift.challenges, thrift.refusals), (1, 1));
        let clear = Tap::clear().after(header).after(init);
        assert_eq!((clear.digest, clear.frames), (tap.digest, tap.frames));
    }
}
