//! TLS 1.3 over loopback, one direction: CPU time of both ends for a gigabyte.
//!
//! Each end is a thread of its own, and its clock starts when it is in. Xiom is measured blocking, which is
//! driven by `poll`, and with tokio; the limits are a plain socket and a hand-written loop over the engine.

use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;
use std::io::{BufRead as _, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use anyhow::{Context as _, Result, anyhow, ensure};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _};
use tokio::runtime::{Builder, Runtime};
use xiom::{Client, Server, TlsStyle, UserTable};
use xiom_core::InputBuf;

use super::Peers;
use crate::bare::{self, Bare};
use crate::consumer::Consumer;
use crate::contest::{Contest, Rival, Spent, Unit, XIOM};
use crate::cpu::Moment;
use crate::material::{ADDRESS, Material};
use crate::thrift::live;

/// Measures the rows.
///
/// # Errors
///
/// Returns an error when there are no sockets.
pub fn run(contest: &mut Contest, material: &Material, peers: &impl Peers) -> Result<()> {
    for (size, word) in [(16 << 10, "16 KiB"), (1 << 20, "1 MiB")] {
        let message = vec![0x5A; size];
        for way in ["poll", "tokio"] {
            let row = format!("tls-loopback/{way}/{word}");
            if !contest.wants(&row) {
                continue;
            }
            let send = if way == "poll" { blocking } else { with_tokio };
            let mut rivals = vec![
                rival("tcp", size, |count| live::bare(&message, count)),
                rival("engine", size, |count| engine(material, &message, count)),
                rival(XIOM, size, |count| send(material, &message, count)),
            ];
            rivals.extend(peers.loopback(material, &message));
            contest.run(&row, Unit::PerGigabyte, rivals);
        }
    }
    Ok(())
}

/// One whose `deed` tells the CPU time of both ends for so many messages.
pub fn rival<'a>(
    who: &str,
    size: usize,
    mut deed: impl FnMut(u32) -> Result<Duration> + 'a,
) -> Rival<'a> {
    Rival::new(who, move |count| {
        let octets = u64::try_from(size)? * u64::from(count);
        Ok(Spent { time: deed(count)?, operations: count, octets, allocations: None })
    })
}

/// A listener, and where it listens.
///
/// # Errors
///
/// Returns an error when there is no socket.
pub fn listen() -> Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// A runtime for one end.
///
/// # Errors
///
/// Returns an error when there is none.
pub fn runtime() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

/// Adds the time of this thread to what another one tells.
///
/// # Errors
///
/// Returns an error when the other one failed.
pub fn joined(ours: Duration, theirs: thread::JoinHandle<Result<Duration>>) -> Result<Duration> {
    Ok(ours + theirs.join().map_err(|_| anyhow!("the other end has panicked"))??)
}

fn server(material: &Material) -> Result<Server> {
    let users = UserTable::new().with("user", "password")?;
    Ok(Server::builder(users).tls(TlsStyle::Direct, material.server_options()).build()?)
}

fn client(material: &Material, port: u16) -> Result<Client> {
    let url = format!("amqps://user:password@{ADDRESS}:{port}");
    Ok(Client::builder(&url)?.only_roots(material.root()).build()?)
}

fn blocking(material: &Material, message: &[u8], count: u32) -> Result<Duration> {
    let (listener, address) = listen()?;
    let (server, expected) = (server(material)?, live::octets(message, count));
    let reader = thread::spawn(move || -> Result<Duration> {
        let mut stream = server.accept_blocking(listener.accept()?.0)?;
        let (start, mut got, mut consumer) = (Moment::now(), 0, Consumer::looking());
        while got < expected {
            let octets = stream.fill_buf()?;
            ensure!(!octets.is_empty(), "the client has gone");
            consumer.take(octets);
            let length = octets.len();
            stream.consume(length);
            got += length;
        }
        Ok(start.elapsed())
    });
    let mut stream = client(material, address.port())?.connect_blocking()?;
    let start = Moment::now();
    for _ in 0..count {
        stream.write_all(message)?;
    }
    stream.flush()?;
    joined(start.elapsed(), reader)
}

fn with_tokio(material: &Material, message: &[u8], count: u32) -> Result<Duration> {
    let (listener, address) = listen()?;
    let (server, expected) = (server(material)?, live::octets(message, count));
    let reader = thread::spawn(move || {
        runtime()?.block_on(async {
            listener.set_nonblocking(true)?;
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let mut stream = server.accept(listener.accept().await?.0).await?;
            let (start, mut got, mut consumer) = (Moment::now(), 0, Consumer::looking());
            while got < expected {
                let octets = stream.fill_buf().await?;
                ensure!(!octets.is_empty(), "the client has gone");
                consumer.take(octets);
                let length = octets.len();
                stream.consume(length);
                got += length;
            }
            Ok(start.elapsed())
        })
    });
    let client = client(material, address.port())?;
    let ours = runtime()?.block_on(async {
        let mut stream = client.connect().await?;
        let start = Moment::now();
        for _ in 0..count {
            stream.write_all(message).await?;
        }
        stream.flush().await?;
        Ok::<_, anyhow::Error>(start.elapsed())
    })?;
    joined(ours, reader)
}

/// A loop over the bare engine and blocking sockets, with Xiom's room for a read.
fn engine(material: &Material, message: &[u8], count: u32) -> Result<Duration> {
    let Bare { mut client, mut server, .. } = Bare::open(&material.configs()?)?;
    let (listener, address) = listen()?;
    let expected = live::octets(message, count);
    let reader = thread::spawn(move || -> Result<Duration> {
        let (mut socket, mut room) = (listener.accept()?.0, vec![0; InputBuf::CAPACITY]);
        let (start, mut end, mut consumer) = (Moment::now(), 0, Consumer::looking());
        while consumer.octets() < expected {
            let length = socket.read(room.get_mut(end..).context("no room")?)?;
            ensure!(length != 0, "the client has gone");
            end += length;
            let mut used = 0;
            loop {
                let input = room.get_mut(used..end).context("used too much")?;
                match bare::open(server.process_tls_records(input), &mut consumer)? {
                    0 => break,
                    record => used += record,
                }
            }
            room.copy_within(used..end, 0);
            end -= used;
        }
        Ok(start.elapsed())
    });
    let mut socket = TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    let mut wire = vec![0; bare::sealed(PIECE)];
    let start = Moment::now();
    for _ in 0..count {
        for piece in message.chunks(PIECE) {
            let length = bare::seal(client.process_tls_records(&mut []), piece, &mut wire)?;
            socket.write_all(wire.get(..length).context("sealed too much")?)?;
        }
    }
    joined(start.elapsed(), reader)
}

/// Octets that the bare loop seals at a time.
const PIECE: usize = 64 << 10;
