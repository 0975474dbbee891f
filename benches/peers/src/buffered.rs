//! rustls as most programs use it: its buffered connections, in memory and over blocking sockets.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Result, ensure};
use rustls::{ClientConfig, ClientConnection, ServerConfig, ServerConnection, StreamOwned};
use xiom_benches::consumer::Consumer;
use xiom_benches::contest::Rival;
use xiom_benches::cpu::Moment;
use xiom_benches::material::{Material, NAME};
use xiom_benches::rows::loopback;
use xiom_benches::thrift::live::octets;

type Configs = (Arc<ClientConfig>, Arc<ServerConfig>);

/// Both ends, and what is under way.
struct Pair {
    client: ClientConnection,
    server: ServerConnection,
    wire: Vec<u8>,
    room: Vec<u8>,
}

impl Pair {
    fn open((client, server): &Configs) -> Result<Self> {
        let mut client = ClientConnection::new(Arc::clone(client), NAME.try_into()?)?;
        let mut server = ServerConnection::new(Arc::clone(server))?;
        client.set_buffer_limit(None);
        let mut wire = Vec::new();
        while client.is_handshaking() || server.is_handshaking() {
            wire.clear();
            while client.wants_write() {
                client.write_tls(&mut wire)?;
            }
            let mut rest = wire.as_slice();
            while !rest.is_empty() {
                server.read_tls(&mut rest)?;
                server.process_new_packets()?;
            }
            wire.clear();
            while server.wants_write() {
                server.write_tls(&mut wire)?;
            }
            let mut rest = wire.as_slice();
            while !rest.is_empty() {
                client.read_tls(&mut rest)?;
                client.process_new_packets()?;
            }
        }
        Ok(Self { client, server, wire, room: vec![0; 64 << 10] })
    }

    fn send(&mut self, message: &[u8], consumer: &mut Consumer) -> Result<()> {
        let Self { client, server, wire, room } = self;
        client.writer().write_all(message)?;
        wire.clear();
        while client.wants_write() {
            client.write_tls(wire)?;
        }
        let (mut rest, before) = (wire.as_slice(), consumer.octets());
        while !rest.is_empty() {
            server.read_tls(&mut rest)?;
            let mut waiting = server.process_new_packets()?.plaintext_bytes_to_read();
            while waiting != 0 {
                let count = server.reader().read(room)?;
                consumer.take(room.get(..count).unwrap_or_default());
                waiting -= count;
            }
        }
        ensure!(consumer.octets() - before == message.len(), "octets are missing");
        Ok(())
    }
}

pub(crate) fn memory<'a>(material: &Material, message: &'a [u8]) -> Result<Rival<'a>> {
    let mut pair = Pair::open(&material.configs()?)?;
    let mut consumer = Consumer::looking();
    Ok(Rival::messages("rustls", message.len(), move |count| {
        (0..count).try_for_each(|_| pair.send(message, &mut consumer))
    }))
}

pub(crate) fn shake<'a>(material: &Material) -> Result<Rival<'a>> {
    let configs = material.configs()?;
    Ok(Rival::messages("rustls", 0, move |count| {
        (0..count).try_for_each(|_| Pair::open(&configs).map(drop))
    }))
}

pub(crate) fn loopback<'a>(material: &Material, message: &'a [u8]) -> Result<Rival<'a>> {
    let configs = material.configs()?;
    Ok(loopback::rival("rustls", message.len(), move |count| send(&configs, message, count)))
}

fn send((client, server): &Configs, message: &[u8], count: u32) -> Result<Duration> {
    let (listener, address) = loopback::listen()?;
    let (server, expected) = (ServerConnection::new(Arc::clone(server))?, octets(message, count));
    let reader = thread::spawn(move || -> Result<Duration> {
        let mut stream = StreamOwned::new(server, listener.accept()?.0);
        stream.conn.complete_io(&mut stream.sock)?;
        let (start, mut got, mut room) = (Moment::now(), 0, vec![0; 64 << 10]);
        while got < expected {
            let length = stream.read(&mut room)?;
            ensure!(length != 0, "the client has gone");
            got += length;
        }
        Ok(start.elapsed())
    });
    let client = ClientConnection::new(Arc::clone(client), NAME.try_into()?)?;
    let socket = TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    let mut stream = StreamOwned::new(client, socket);
    stream.conn.complete_io(&mut stream.sock)?;
    let start = Moment::now();
    for _ in 0..count {
        stream.write_all(message)?;
    }
    stream.flush()?;
    loopback::joined(start.elapsed(), reader)
}
