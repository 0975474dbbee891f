//! One direction over loopback: the facade's frames, and a plain loop with the same writes.

use core::net::Ipv4Addr;
use core::time::Duration;
use std::io::{BufRead, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use anyhow::{Result, anyhow, ensure};
use xiom::{Client, Protocol, Server, UserTable};
use xiom_core::InputBuf;

use crate::cpu::Moment;

/// CPU time of both ends for `count` frames of `message`, the login not counted.
///
/// # Errors
///
/// Returns an error when an end fails.
pub fn frames(message: &[u8], count: u32) -> Result<Duration> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let users = UserTable::new().with("user", "password")?;
    let server = Server::builder(users).protocol(Protocol::Thrift).allow_cleartext().build()?;
    let expected = octets(message, count);
    let reader = thread::spawn(move || -> Result<Duration> {
        let mut stream = server.accept_blocking(listener.accept()?.0)?;
        drain(&mut stream, expected)
    });
    let url = format!("thrift+sasl://user:password@{address}");
    let client = Client::builder(&url)?.allow_cleartext().build()?;
    let mut stream = client.connect_blocking()?;
    let start = Moment::now();
    for _ in 0..count {
        stream.send_message(message)?;
    }
    stream.flush()?;
    let writer = start.elapsed();
    let reader = reader.join().map_err(|_| anyhow!("the server has panicked"))??;
    Ok(writer + reader)
}

/// CPU time of this thread for `expected` octets, looked at where they lie.
///
/// # Errors
///
/// Returns an error when the peer goes before.
pub fn drain(stream: &mut impl BufRead, expected: usize) -> Result<Duration> {
    let (start, mut got) = (Moment::now(), 0);
    while got < expected {
        let length = stream.fill_buf()?.len();
        ensure!(length != 0, "the peer has gone");
        stream.consume(length);
        got += length;
    }
    Ok(start.elapsed())
}

/// The same over a plain socket, with as much room for a read.
///
/// # Errors
///
/// Returns an error when an end fails.
pub fn bare(message: &[u8], count: u32) -> Result<Duration> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let mut writer = TcpStream::connect(listener.local_addr()?)?;
    writer.set_nodelay(true)?;
    let expected = octets(message, count);
    let reader = thread::spawn(move || -> Result<Duration> {
        let (mut socket, mut room) = (listener.accept()?.0, vec![0; InputBuf::CAPACITY]);
        let (start, mut got) = (Moment::now(), 0);
        while got < expected {
            let length = socket.read(&mut room)?;
            ensure!(length != 0, "the client has gone");
            got += length;
        }
        Ok(start.elapsed())
    });
    let start = Moment::now();
    for _ in 0..count {
        writer.write_all(message)?;
    }
    let sent = start.elapsed();
    let reader = reader.join().map_err(|_| anyhow!("the reader has panicked"))??;
    Ok(sent + reader)
}

/// Octets of `count` messages.
#[must_use]
pub fn octets(message: &[u8], count: u32) -> usize {
    message.len().saturating_mul(usize::try_from(count).unwrap_or(usize::MAX))
}
