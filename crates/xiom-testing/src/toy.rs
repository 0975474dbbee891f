//! A TLS engine without cryptography, every output of which is a function of the octets it saw.
//!
//! The client says [`HELLO`], the server answers [`HELLO_BACK`]; then come records `RECORD length
//! octets^55`, and [`GOODBYE`] in the place of `close_notify`. It can be cloned, compared and hashed, so
//! that a model can explore a layer over it.

use xiom_core::{Bindings, Security, TlsFault, WireBuf};
use xiom_tls::{Event, Read, TlsEngine};

/// The client's first octet.
pub const HELLO: u8 = b'h';
/// The server's answer, after which both are established.
pub const HELLO_BACK: u8 = b'H';
/// The first octet of a record.
pub const RECORD: u8 = 0xF7;
/// `close_notify`.
pub const GOODBYE: u8 = 0xF5;

const MASK: u8 = 0x55;

/// The engine in the place of a real one, for either side.
///
/// ```
/// use xiom_core::WireBuf;
/// use xiom_testing::{ToyEngine, seal};
/// use xiom_tls::{Event, TlsEngine};
///
/// let (mut server, mut out) = (ToyEngine::server(), WireBuf::default());
/// let mut input = [b"h".as_slice(), &seal(b"hi")].concat();
/// assert_eq!(server.read(&mut input, &mut out)?.event, Event::Established);
/// assert_eq!(server.read(&mut input[1..], &mut out)?.event, Event::Data(2..4));
/// assert_eq!(&input[3..5], b"hi");
/// # Ok::<(), xiom_core::TlsFault>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct ToyEngine {
    is_client: bool,
    state: State,
    security: Security,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum State {
    Fresh,
    Shaking,
    Up,
    /// Has said [`GOODBYE`].
    Closed,
}

impl ToyEngine {
    /// The side that says [`HELLO`].
    #[must_use]
    pub fn client() -> Self {
        Self::new(true)
    }

    /// The side that answers with [`HELLO_BACK`].
    #[must_use]
    pub fn server() -> Self {
        Self::new(false)
    }

    /// The same engine, which promises `security` once it is up.
    ///
    /// Without this it promises confidentiality and an exporter of 32 times 7.
    #[must_use]
    pub fn with_security(self, security: Security) -> Self {
        Self { security, ..self }
    }

    fn new(is_client: bool) -> Self {
        let bindings = Bindings { exporter: Some([7; 32]), end_point: None };
        Self {
            is_client,
            state: State::Fresh,
            security: Security { confidential: true, bindings, ..Security::default() },
        }
    }

    fn is_up(&self) -> bool {
        matches!(self.state, State::Up | State::Closed)
    }

    fn shake(&mut self, first: u8, out: &mut WireBuf) -> Result<Read, TlsFault> {
        match (self.is_client, first) {
            (true, HELLO_BACK) => {}
            (false, HELLO) => out.extend(&[HELLO_BACK]),
            _ => return Err(TlsFault::NotTls),
        }
        self.state = State::Up;
        Ok(Read { consumed: 1, event: Event::Established })
    }
}

impl TlsEngine for ToyEngine {
    fn read(&mut self, input: &mut [u8], out: &mut WireBuf) -> Result<Read, TlsFault> {
        if self.state == State::Fresh {
            self.state = State::Shaking;
            if self.is_client {
                out.extend(&[HELLO]);
            }
        }
        let more = Ok(Read { consumed: 0, event: Event::NeedMore });
        match input {
            [first, ..] if !self.is_up() => self.shake(*first, out),
            [GOODBYE, ..] => Ok(Read { consumed: 1, event: Event::PeerClosed }),
            [RECORD, length, rest @ ..] => {
                let length = usize::from(*length);
                let Some(octets) = rest.get_mut(..length) else { return more };
                for octet in octets {
                    *octet ^= MASK;
                }
                Ok(Read { consumed: 2 + length, event: Event::Data(2..2 + length) })
            }
            [] | [RECORD] => more,
            _ => Err(TlsFault::Protocol),
        }
    }

    fn write(&mut self, plain: &[u8], out: &mut WireBuf) -> Result<(), TlsFault> {
        out.extend(&seal(plain));
        Ok(())
    }

    fn close_notify(&mut self, out: &mut WireBuf) {
        if self.state == State::Up {
            self.state = State::Closed;
            out.extend(&[GOODBYE]);
        }
    }

    fn security(&self) -> Security {
        if self.is_up() { self.security.clone() } else { Security::default() }
    }
}

/// Seals `plain` in records of at most 255 octets, for either side.
#[must_use]
pub fn seal(plain: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(plain.len() + 2);
    for octets in plain.chunks(usize::from(u8::MAX)) {
        wire.extend([RECORD, u8::try_from(octets.len()).unwrap_or(u8::MAX)]);
        wire.extend(octets.iter().map(|octet| octet ^ MASK));
    }
    wire
}

/// The plain octets of one side's `wire`, the last record perhaps cut; `None` when any are in clear.
#[must_use]
pub fn unseal(wire: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let mut rest = match wire {
        [] => return Some(plain),
        [HELLO | HELLO_BACK, rest @ ..] => rest,
        _ => return None,
    };
    loop {
        rest = match rest {
            [] | [GOODBYE | RECORD] => return Some(plain),
            [RECORD, length, rest @ ..] => {
                let (octets, rest) = rest.split_at(rest.len().min(usize::from(*length)));
                plain.extend(octets.iter().map(|octet| octet ^ MASK));
                rest
            }
            _ => return None,
        }
    }
}
