//! The shipped stack, both ends: AMQP SASL over TLS, first as channels, then as connections.
//!
//! Channels share the sender's buffer, as the bare loop does; connections have an input buffer each and pay a
//! copy for it, as with a socket between. Both complete every message.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a good run has few of the events; any other one ends it"
)]

use anyhow::{Context, Result, ensure};
use xiom_amqp_sasl::{Client, ClientConfig, Question, Server, ServerConfig};
use xiom_core::{
    Action, Channel, Connection, Fact, Layer, Limits, News, OpenResult, SendId, SendResult, Stack,
    WireBuf,
};
use xiom_rustls::{ClientEngine, ServerEngine};
use xiom_sasl::server::LookupAnswer;
use xiom_sasl::{Credentials, Decoy, client, server};
use xiom_testing::ToyEngine;
use xiom_tls::{Tls, TlsEngine};

use crate::consumer::Consumer;
use crate::material::NAME;

/// The layers of a client.
pub type ClientLayers = Stack<Client, Tls<ClientEngine>>;
/// The layers of a server.
pub type ServerLayers = Stack<Server, Tls<ServerEngine>>;
/// An idle connection of each side.
pub type Idle = (Box<Connection<ClientLayers>>, Box<Connection<ServerLayers>>);
/// What makes the engines of both.
pub type Options = (xiom_rustls::Client, xiom_rustls::Server);
/// SASL over TLS by any engine.
pub type Over<Upper, Engine> = Stack<Upper, Tls<Engine>>;
/// Channels whose cryptography is a toy: deterministic, and of the same steps.
pub type ToyChannels = Channels<Over<Client, ToyEngine>, Over<Server, ToyEngine>>;

/// Both layers, for a login with PLAIN.
fn layers(options: &Options) -> Result<(ClientLayers, ServerLayers)> {
    let (client, server) = options;
    over(client.engine(NAME)?, server.engine()?)
}

/// The layers over any engines, for a login with PLAIN.
fn over<C: TlsEngine, S: TlsEngine>(
    client: C,
    server: S,
) -> Result<(Over<Client, C>, Over<Server, S>)> {
    let plain = client::Plain::new(Credentials::new("user", "pencil"))?;
    let upper = Client::new(vec![plain.into()], ClientConfig::default());
    let client = Stack::new(upper, Tls::new(client));
    let plain = server::Plain::new(Decoy::new([3; 32], 4096, 16));
    let upper = Server::new(vec![plain.into()], ServerConfig::default());
    Ok((client, Stack::new(upper, Tls::new(server))))
}

/// Lets whoever asks come in.
pub fn admit<Lower: Layer>(stack: &mut Stack<Server, Lower>, out: &mut WireBuf) {
    stack.with_upper(out, |server, out| match server.question() {
        Some(Question::Lookup(_)) => server.lookup(LookupAnswer::Verified(true), out),
        Some(Question::Authorize(_)) => server.authorize(true, out),
        None => {}
    });
}

/// What the deeds of one end have told.
#[derive(Debug, Default)]
struct Told {
    is_open: bool,
    sent: u32,
    /// A deed that has no place here.
    odd: Option<Action>,
}

impl Told {
    fn note(&mut self, action: Action) {
        match action {
            Action::Sent(_, SendResult::Ok) => self.sent = self.sent.wrapping_add(1),
            Action::Opened(OpenResult::Ok) => self.is_open = true,
            Action::Connect | Action::Ask(_) | Action::Work => {}
            other => self.odd = Some(other),
        }
    }

    fn check(&self) -> Result<()> {
        ensure!(self.odd.is_none(), "unexpected: {:?}", self.odd);
        Ok(())
    }
}

/// One end as a channel.
#[derive(Debug)]
struct ChannelEnd<L> {
    channel: Channel<L>,
    wire: WireBuf,
    told: Told,
    answer: fn(&mut L, &mut WireBuf),
}

impl<L: Layer> ChannelEnd<L> {
    fn open(layers: L, answer: fn(&mut L, &mut WireBuf)) -> Result<Self> {
        let (mut channel, mut wire) = (Channel::new(Limits::default()), WireBuf::default());
        channel.open(layers, core::time::Duration::ZERO, &mut wire)?;
        let mut end = Self { channel, wire, told: Told::default(), answer };
        end.drain();
        Ok(end)
    }

    fn drain(&mut self) {
        while let Some(action) = self.channel.poll_action(&mut self.wire) {
            match action {
                Action::Connect => self.channel.handle(Fact::Connected, &mut self.wire),
                Action::Ask(id) => {
                    let _ = self.channel.answer(id, &mut self.wire, self.answer);
                }
                _ => {}
            }
            self.told.note(action);
        }
    }

    /// Shows the peer what waits here, where it lies.
    fn give<P: Layer>(&mut self, peer: &mut ChannelEnd<P>, consumer: &mut Consumer) {
        while let Some(got) = peer.channel.receive(self.wire.pending_mut(), &mut peer.wire) {
            if !got.data.is_empty() {
                consumer.take(self.wire.pending().get(got.data).unwrap_or_default());
            }
            self.wire.take(got.consumed);
            peer.drain();
        }
        self.drain();
    }
}

/// Two open channels.
#[derive(Debug)]
pub struct Channels<C = ClientLayers, S = ServerLayers> {
    client: ChannelEnd<C>,
    server: ChannelEnd<S>,
}

impl Channels {
    /// Logs in.
    ///
    /// # Errors
    ///
    /// Returns an error when a side refuses.
    pub fn open(options: &Options) -> Result<Self> {
        let (client, server) = layers(options)?;
        Self::log_in(client, server, admit)
    }
}

impl ToyChannels {
    /// Logs in.
    ///
    /// # Errors
    ///
    /// Returns an error when a side refuses.
    pub fn toy() -> Result<Self> {
        let (client, server) = over(ToyEngine::client(), ToyEngine::server())?;
        Self::log_in(client, server, admit)
    }
}

impl<C: Layer, S: Layer> Channels<C, S> {
    fn log_in(client: C, server: S, answer: fn(&mut S, &mut WireBuf)) -> Result<Self> {
        let mut client = ChannelEnd::open(client, |_, _| ())?;
        let mut server = ChannelEnd::open(server, answer)?;
        let mut nobody = Consumer::looking();
        for _ in 0..FLIGHTS {
            client.give(&mut server, &mut nobody);
            server.give(&mut client, &mut nobody);
        }
        client.told.check()?;
        server.told.check()?;
        ensure!(client.told.is_open && server.told.is_open, "the login does not end");
        Ok(Self { client, server })
    }

    /// Sends `message` over and over, `count` times, and lets each complete.
    ///
    /// # Errors
    ///
    /// Returns an error unless each completes.
    pub fn send(&mut self, message: &[u8], count: u32, consumer: &mut Consumer) -> Result<()> {
        let sent = self.client.told.sent;
        for id in 0..count {
            self.client.channel.send(SendId(id), message, &mut self.client.wire)?;
            self.client.give(&mut self.server, consumer);
        }
        self.client.told.check()?;
        ensure!(self.client.told.sent.wrapping_sub(sent) == count, "messages are missing");
        Ok(())
    }

    /// Gives the memory of empty buffers back, as an adapter does when nothing is left to do.
    pub fn rest(&mut self) {
        self.client.channel.release();
        self.client.wire.release();
        self.server.channel.release();
        self.server.wire.release();
    }
}

/// Shakes hands by TLS alone, both ends, and drops them; whether a session was resumed.
///
/// # Errors
///
/// Returns an error when a side refuses.
pub fn shake(options: &Options) -> Result<bool> {
    let (client, server) = options;
    let mut client = ChannelEnd::open(Tls::new(client.engine(NAME)?), |_, _| ())?;
    let mut server = ChannelEnd::open(Tls::new(server.engine()?), |_, _| ())?;
    let mut nobody = Consumer::looking();
    while !(client.told.is_open && server.told.is_open && server.wire.is_empty()) {
        client.told.check()?;
        server.told.check()?;
        client.give(&mut server, &mut nobody);
        server.give(&mut client, &mut nobody);
    }
    let facts = client.channel.layers().and_then(|tls| tls.engine().facts());
    Ok(facts.context("no facts")?.resumed)
}

/// One end as a connection.
#[derive(Debug)]
struct ConnectionEnd<L> {
    /// Boxed, so that its size counts as heap.
    connection: Box<Connection<L>>,
    told: Told,
    answer: fn(&mut L, &mut WireBuf),
}

impl<L: Layer> ConnectionEnd<L> {
    fn open(layers: L, answer: fn(&mut L, &mut WireBuf)) -> Result<Self> {
        let mut connection = Box::new(Connection::new(Limits::default()));
        connection.open(layers, core::time::Duration::ZERO)?;
        let mut end = Self { connection, told: Told::default(), answer };
        end.drain(&mut Consumer::looking());
        Ok(end)
    }

    fn drain(&mut self, consumer: &mut Consumer) {
        while let Some(news) = self.connection.poll() {
            let action = match news {
                News::Data(range) => {
                    consumer.take(self.connection.octets(range));
                    continue;
                }
                News::Action(action) => action,
            };
            match action {
                Action::Connect => self.connection.handle(Fact::Connected),
                Action::Ask(id) => {
                    let _ = self.connection.answer(id, self.answer);
                }
                _ => {}
            }
            self.told.note(action);
        }
    }

    /// Copies what waits here to the peer, as much at a time as it has room for.
    fn give<P: Layer>(&mut self, peer: &mut ConnectionEnd<P>, consumer: &mut Consumer) {
        loop {
            let (pending, room) = (self.connection.pending(), peer.connection.room());
            let count = pending.len().min(room.len());
            if count == 0 {
                break;
            }
            if let Some((slots, octets)) = room.get_mut(..count).zip(pending.get(..count)) {
                slots.copy_from_slice(octets);
            }
            peer.connection.fill(count);
            self.connection.take(count);
            peer.drain(consumer);
        }
        self.drain(&mut Consumer::looking());
    }
}

/// Two open connections.
#[derive(Debug)]
pub struct Connections {
    client: ConnectionEnd<ClientLayers>,
    server: ConnectionEnd<ServerLayers>,
}

impl Connections {
    /// Logs in.
    ///
    /// # Errors
    ///
    /// Returns an error when a side refuses.
    pub fn open(options: &Options) -> Result<Self> {
        let (client, server) = layers(options)?;
        let mut client = ConnectionEnd::open(client, |_, _| ())?;
        let mut server = ConnectionEnd::open(server, admit)?;
        let mut nobody = Consumer::looking();
        for _ in 0..FLIGHTS {
            client.give(&mut server, &mut nobody);
            server.give(&mut client, &mut nobody);
        }
        client.told.check()?;
        server.told.check()?;
        ensure!(client.told.is_open && server.told.is_open, "the login does not end");
        Ok(Self { client, server })
    }

    /// Sends `message` over and over, `count` times, and lets each complete.
    ///
    /// # Errors
    ///
    /// Returns an error unless each completes.
    pub fn send(&mut self, message: &[u8], count: u32, consumer: &mut Consumer) -> Result<()> {
        let sent = self.client.told.sent;
        for id in 0..count {
            self.client.connection.send(SendId(id), message)?;
            self.client.give(&mut self.server, consumer);
        }
        self.client.told.check()?;
        ensure!(self.client.told.sent.wrapping_sub(sent) == count, "messages are missing");
        Ok(())
    }

    /// Both connections, idle: with the memory of their buffers given back.
    ///
    /// # Errors
    ///
    /// Returns an error unless both are still open.
    pub fn idle(mut self) -> Result<Idle> {
        self.client.connection.release();
        self.server.connection.release();
        let is_open = self.client.connection.channel().is_open();
        (is_open && self.server.connection.channel().is_open()).then_some(()).context("closed")?;
        Ok((self.client.connection, self.server.connection))
    }
}

const FLIGHTS: u8 = 6;
