//! One direction over loopback: the facade's frames, and a plain loop with the same writes.

use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;
use std::io::{BufRead, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use anyhow::{Result, anyhow, bail, ensure};
use rustix::event::{PollFd, PollFlags, poll};
use xiom::{Client, Protocol, Server, UserTable};
use xiom_core::{Action, InputBuf, Layer, OpenResult, Rejected, SendId};
use xiom_xio::{Blocking, Clock, Config, Interest, Remote, Told, Xio};

use crate::cpu::Moment;
use crate::rows::loopback::{joined, listen};

/// CPU time of both ends for `count` frames of `message`, the login not counted; each is written at once.
///
/// # Errors
///
/// Returns an error when an end fails.
pub fn frames(message: &[u8], count: u32) -> Result<Duration> {
    let (address, reader) = sink(octets(message, count))?;
    let mut stream = client(address)?.connect_blocking()?;
    send(&mut stream, message, count, reader)
}

/// CPU time of this thread for `count` messages, each written at once, and of the `reader`.
///
/// # Errors
///
/// Returns an error when an end fails.
pub fn send<L: Layer>(
    stream: &mut Blocking<L>,
    message: &[u8],
    count: u32,
    reader: JoinHandle<Result<Duration>>,
) -> Result<Duration> {
    let start = Moment::now();
    for _ in 0..count {
        stream.send_message(message)?;
    }
    stream.flush()?;
    joined(start.elapsed(), reader)
}

/// The same of messages that are queued and leave together, by the API that is polled.
///
/// # Errors
///
/// Returns an error when an end fails.
pub fn queued(message: &[u8], count: u32) -> Result<Duration> {
    let (address, reader) = sink(octets(message, count))?;
    let (layers, clock) = (client(address)?.layers()?, Clock::start());
    let mut xio = Xio::client(Remote::from(address), Config::CLIENT);
    xio.open(layers, clock.now())?;
    while !xio.channel().is_open() {
        turn(&mut xio, clock)?;
    }
    let start = Moment::now();
    let mut left = count;
    while left != 0 {
        match xio.send(SendId(left), message) {
            Ok(()) => left -= 1,
            // Now all of them leave.
            Err(Rejected::Full) => turn(&mut xio, clock)?,
            Err(rejected) => return Err(rejected.into()),
        }
    }
    while xio.interest().is_writable {
        turn(&mut xio, clock)?;
    }
    joined(start.elapsed(), reader)
}

/// Waits until the socket is ready, and does what can be done.
fn turn<L: Layer>(xio: &mut Xio<L>, clock: Clock) -> Result<()> {
    let mut failure = None;
    xio.dowork(clock.now(), |told| {
        if let Told::Action(Action::Failed(it) | Action::Opened(OpenResult::Failed(it))) = told {
            failure = Some(it);
        }
    });
    if let Some(failure) = failure {
        bail!("{failure}");
    }
    let Interest { is_readable, is_writable } = xio.interest();
    match xio.socket() {
        // While something waits to be written, or somebody must answer.
        Some(socket) if is_writable || !xio.channel().is_open() => {
            let mut flags = PollFlags::empty();
            flags.set(PollFlags::IN, is_readable);
            flags.set(PollFlags::OUT, is_writable);
            poll(&mut [PollFd::new(socket, flags)], None)?;
        }
        Some(_) | None => {}
    }
    Ok(())
}

fn client(address: SocketAddr) -> Result<Client> {
    let url = format!("thrift+sasl://user:password@{address}");
    Ok(Client::builder(&url)?.allow_cleartext().build()?)
}

/// A server with PLAIN that takes one connection: where it listens, and its CPU time for so many octets.
///
/// # Errors
///
/// Returns an error when there is no socket.
pub fn sink(expected: usize) -> Result<(SocketAddr, JoinHandle<Result<Duration>>)> {
    let (listener, address) = listen()?;
    let users = UserTable::new().with("user", "password")?;
    let server = Server::builder(users).protocol(Protocol::Thrift).allow_cleartext().build()?;
    let reader = thread::spawn(move || -> Result<Duration> {
        let mut stream = server.accept_blocking(listener.accept()?.0)?;
        drain(&mut stream, expected)
    });
    Ok((address, reader))
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
