//! A client that goes a part of the way and then waits.

use alloc::sync::Arc;
use core::net::SocketAddr;
use std::io::{Read, Write};
use std::net::TcpStream;

use anyhow::{Context, Result, ensure};
use rustls::ClientConfig;
use rustls::client::UnbufferedClientConnection;

use crate::bare;
use crate::material::NAME;

/// How far a client goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stage {
    /// It has connected.
    Connected,
    /// TLS is there, if it is to be, and nothing was said over it.
    Shaken,
    /// Half of the SASL header is said.
    HalfHeader,
    /// The server has offered its mechanisms.
    Offered,
}

/// The SASL header (AMQP 1.0 part 5 section 5.3.1).
pub const HEADER: [u8; 8] = *b"AMQP\x03\x01\x00\x00";

/// Connects to `address` and goes as far as `stage`, over TLS if there is a configuration.
///
/// # Errors
///
/// Returns an error when the server does not let it come so far.
pub fn reach(
    address: SocketAddr,
    tls: Option<&Arc<ClientConfig>>,
    stage: Stage,
) -> Result<TcpStream> {
    let mut socket = TcpStream::connect(address)?;
    if stage == Stage::Connected {
        return Ok(socket);
    }
    let mut engine = match tls {
        Some(config) => Some(shake(&mut socket, config)?),
        None => None,
    };
    let said: &[u8] = match stage {
        Stage::Connected | Stage::Shaken => &[],
        Stage::HalfHeader => HEADER.get(..4).context("a header has 8 octets")?,
        Stage::Offered => &HEADER,
    };
    if !said.is_empty() {
        let mut room = [0; 64];
        let sealed = match &mut engine {
            Some(engine) => {
                let length = bare::seal(engine.process_tls_records(&mut []), said, &mut room)?;
                room.get(..length).context("sealed too much")?
            }
            None => said,
        };
        socket.write_all(sealed)?;
    }
    if stage == Stage::Offered {
        // The header and the mechanisms have come when more than a header has.
        let (mut got, mut room) = (0, [0; 1024]);
        while got <= HEADER.len() {
            let count = socket.read(&mut room)?;
            ensure!(count != 0, "the server has gone");
            got += count;
        }
    }
    Ok(socket)
}

fn shake(socket: &mut TcpStream, config: &Arc<ClientConfig>) -> Result<UnbufferedClientConnection> {
    let mut engine = UnbufferedClientConnection::new(Arc::clone(config), NAME.try_into()?)?;
    let (mut input, mut out, mut room) = (Vec::new(), Vec::new(), [0; 4096]);
    loop {
        let is_done = bare::advance_client(&mut engine, &mut input, &mut out)?;
        socket.write_all(&out)?;
        out.clear();
        if is_done {
            return Ok(engine);
        }
        let count = socket.read(&mut room)?;
        ensure!(count != 0, "the server has gone");
        input.extend_from_slice(room.get(..count).unwrap_or_default());
    }
}
