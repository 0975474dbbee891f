//! The limit of TLS: the same rustls engine, driven by the least that a program can do.
//!
//! The loops know what comes when, keep no state but the engine's, and complete nothing.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a good run has few of the events; any other one ends it"
)]

use alloc::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use rustls::client::UnbufferedClientConnection;
use rustls::server::UnbufferedServerConnection;
use rustls::unbuffered::{ConnectionState, UnbufferedStatus};
use rustls::{ClientConfig, ServerConfig};
use xiom_core::InputBuf;

use crate::consumer::Consumer;
use crate::material::NAME;

/// A client and a server with the handshake behind them, and the room that the client seals into.
pub struct Bare {
    /// The end that sends.
    pub client: UnbufferedClientConnection,
    /// The end that receives.
    pub server: UnbufferedServerConnection,
    wire: Vec<u8>,
    input: Vec<u8>,
}

impl Bare {
    /// Shakes hands.
    ///
    /// # Errors
    ///
    /// Returns an error when rustls does.
    pub fn open(configs: &(Arc<ClientConfig>, Arc<ServerConfig>)) -> Result<Self> {
        let (client, server) = configs;
        let mut client =
            UnbufferedClientConnection::new(Arc::clone(client), NAME.to_owned().try_into()?)?;
        let mut server = UnbufferedServerConnection::new(Arc::clone(server))?;
        let (mut up, mut down) = (Vec::new(), Vec::new());
        for _ in 0..FLIGHTS {
            let is_client = advance_client(&mut client, &mut down, &mut up)?;
            let is_server = advance_server(&mut server, &mut up, &mut down)?;
            if is_client && is_server && up.is_empty() && down.is_empty() {
                return Ok(Self { client, server, wire: Vec::new(), input: Vec::new() });
            }
        }
        bail!("the handshake does not end");
    }

    /// Sends a word each way, as a login does: an engine keeps memory from the first word on that it was sent.
    ///
    /// # Errors
    ///
    /// Returns an error when rustls does.
    pub fn greet(&mut self) -> Result<()> {
        let (mut room, mut nobody) = ([0; sealed(WORD.len())], Consumer::looking());
        let length = seal(self.client.process_tls_records(&mut []), WORD, &mut room)?;
        let record = room.get_mut(..length).context("sealed too much")?;
        open(self.server.process_tls_records(record), &mut nobody)?;
        let length = seal(self.server.process_tls_records(&mut []), WORD, &mut room)?;
        let record = room.get_mut(..length).context("sealed too much")?;
        open(self.client.process_tls_records(record), &mut nobody)?;
        ensure!(nobody.octets() == 2 * WORD.len(), "a word is missing");
        Ok(())
    }

    /// Sends `message` over and over, `count` times; the server decrypts in the client's room.
    ///
    /// # Errors
    ///
    /// Returns an error when rustls does.
    pub fn send(&mut self, message: &[u8], count: u32, consumer: &mut Consumer) -> Result<()> {
        self.wire.resize(sealed(message.len()), 0);
        for _ in 0..count {
            let status = self.client.process_tls_records(&mut []);
            let length = seal(status, message, &mut self.wire)?;
            let mut rest = self.wire.get_mut(..length).context("sealed too much")?;
            while !rest.is_empty() {
                let used = open(self.server.process_tls_records(rest), consumer)?;
                ensure!(used != 0, "a record was cut");
                rest = rest.get_mut(used..).context("used too much")?;
            }
        }
        Ok(())
    }

    /// Gives the memory of the rooms back.
    pub fn rest(&mut self) {
        (self.wire, self.input) = (Vec::new(), Vec::new());
    }

    /// The same through an input buffer of Xiom's size, as if a socket lay between.
    ///
    /// # Errors
    ///
    /// Returns an error when rustls does.
    pub fn send_buffered(
        &mut self,
        message: &[u8],
        count: u32,
        consumer: &mut Consumer,
    ) -> Result<()> {
        self.wire.resize(sealed(message.len()), 0);
        self.input.resize(InputBuf::CAPACITY, 0);
        for _ in 0..count {
            let status = self.client.process_tls_records(&mut []);
            let length = seal(status, message, &mut self.wire)?;
            let (mut written, mut end) = (0, 0);
            while written < length {
                let piece = (length - written).min(self.input.len() - end);
                let octets = self.wire.get(written..written + piece).context("too much")?;
                self.input.get_mut(end..end + piece).context("no room")?.copy_from_slice(octets);
                (written, end) = (written + piece, end + piece);
                let mut start = 0;
                loop {
                    let input = self.input.get_mut(start..end).context("used too much")?;
                    match open(self.server.process_tls_records(input), consumer)? {
                        0 => break,
                        used => start += used,
                    }
                }
                self.input.copy_within(start..end, 0);
                end -= start;
            }
        }
        Ok(())
    }
}

/// Brings the handshake of a client forward with `input`; whether it is done.
///
/// # Errors
///
/// Returns an error when rustls does.
pub fn advance_client(
    client: &mut UnbufferedClientConnection,
    input: &mut Vec<u8>,
    out: &mut Vec<u8>,
) -> Result<bool> {
    shake(input, |input| step(client.process_tls_records(input), out))
}

/// Brings the handshake of a server forward with `input`; whether it is done.
///
/// # Errors
///
/// Returns an error when rustls does.
pub fn advance_server(
    server: &mut UnbufferedServerConnection,
    input: &mut Vec<u8>,
    out: &mut Vec<u8>,
) -> Result<bool> {
    shake(input, |input| step(server.process_tls_records(input), out))
}

/// Seals `message` into the front of `room`; `status` is that of no input.
///
/// # Errors
///
/// Returns an error when rustls does.
pub fn seal<D>(
    status: UnbufferedStatus<'_, '_, D>,
    message: &[u8],
    room: &mut [u8],
) -> Result<usize> {
    match status.state? {
        ConnectionState::WriteTraffic(mut traffic) => Ok(traffic.encrypt(message, room)?),
        state => bail!("unexpected: {state:?}"),
    }
}

/// Opens the record of an input with this `status`, and says how many octets it had; 0 when it is cut.
///
/// # Errors
///
/// Returns an error when rustls does.
pub fn open<D>(status: UnbufferedStatus<'_, '_, D>, consumer: &mut Consumer) -> Result<usize> {
    let UnbufferedStatus { mut discard, state, .. } = status;
    match state? {
        ConnectionState::ReadTraffic(mut traffic) => {
            while let Some(record) = traffic.next_record() {
                let record = record?;
                discard += record.discard;
                consumer.take(record.payload);
            }
        }
        ConnectionState::WriteTraffic(_) => {}
        state => bail!("unexpected: {state:?}"),
    }
    Ok(discard)
}

/// Where one side of a handshake stands.
enum Turn {
    Again,
    Blocked,
    Done,
}

/// Does what `status` asks for, and says how many octets of the input are used.
fn step<D>(status: UnbufferedStatus<'_, '_, D>, out: &mut Vec<u8>) -> Result<(usize, Turn)> {
    let UnbufferedStatus { discard, state, .. } = status;
    let turn = match state? {
        ConnectionState::EncodeTlsData(mut data) => {
            let start = out.len();
            out.resize(start + LARGEST_FLIGHT, 0);
            let length = data.encode(out.get_mut(start..).unwrap_or_default())?;
            out.truncate(start + length);
            Turn::Again
        }
        ConnectionState::TransmitTlsData(data) => {
            data.done();
            Turn::Again
        }
        ConnectionState::BlockedHandshake => Turn::Blocked,
        ConnectionState::WriteTraffic(_) => Turn::Done,
        state => bail!("unexpected: {state:?}"),
    };
    Ok((discard, turn))
}

/// Steps until more octets are needed; whether the handshake is done.
fn shake(
    input: &mut Vec<u8>,
    mut step: impl FnMut(&mut [u8]) -> Result<(usize, Turn)>,
) -> Result<bool> {
    loop {
        let (used, turn) = step(input)?;
        input.drain(..used);
        match turn {
            Turn::Again => {}
            Turn::Blocked => return Ok(false),
            Turn::Done => return Ok(true),
        }
    }
}

/// Octets that a message of `plain` octets takes at most.
#[must_use]
pub const fn sealed(plain: usize) -> usize {
    plain + (plain / (16 << 10) + 1) * 32
}

const WORD: &[u8] = b"AMQP";
const FLIGHTS: u8 = 10;
const LARGEST_FLIGHT: usize = 20_000;
