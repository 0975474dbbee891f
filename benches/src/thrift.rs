//! Thrift SASL, both ends in memory: the layers as they ship, and the bare security layer beside them.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a good run has few of the steps; any other one ends it"
)]

use anyhow::{Context as _, Result, bail, ensure};
use xiom_core::{Layer, Phase, Security, WireBuf};
use xiom_sasl::client::ClientMechanism as _;
use xiom_sasl::digest_md5::DigestKey;
use xiom_sasl::server::{
    LookupAnswer, LookupRequest, Question, ServerInput, ServerMechanism as _, ServerStep,
};
use xiom_sasl::{
    BindingOffer, Credentials, Decoy, MechanismLayer, Nonce, Policy, Protection,
    SecurityLayer as _, client, server,
};
use xiom_thrift_sasl::{Client, ClientConfig, Server, ServerConfig};

use crate::consumer::Consumer;

pub mod live;

/// How a client logs in, and what protects the frames from then on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Login {
    /// PLAIN; nothing.
    Plain,
    /// DIGEST-MD5; so much.
    DigestMd5(Protection),
}

impl Login {
    const fn protection(self) -> Protection {
        match self {
            Self::Plain => Protection::None,
            Self::DigestMd5(protection) => protection,
        }
    }

    fn policy(self) -> Policy {
        let protection = self.protection();
        Policy {
            allow_cleartext: true,
            allow_legacy: true,
            require_layer: protection,
            max_layer: protection,
            ..Policy::default()
        }
    }

    /// The client; `whole_frames`: one token for each message.
    ///
    /// # Errors
    ///
    /// Returns an error when the credentials cannot be sent.
    pub fn client(self, whole_frames: bool) -> Result<Client> {
        let credentials = Credentials::new("user", "pencil");
        let mechanism = match self {
            Self::Plain => client::Mechanism::from(client::Plain::new(credentials)?),
            Self::DigestMd5(_) => client::DigestMd5::new(
                credentials,
                "hive",
                "localhost",
                Nonce::new([1; Nonce::ENTROPY]),
            )?
            .into(),
        };
        let config = ClientConfig { policy: self.policy(), whole_frames, ..Default::default() };
        Ok(Client::new(mechanism, config))
    }

    /// The server.
    ///
    /// # Errors
    ///
    /// Returns an error when the names cannot be sent.
    pub fn server(self) -> Result<Server> {
        let decoy = || Decoy::new([3; 32], 4096, 16);
        let mechanism = match self {
            Self::Plain => server::Mechanism::from(server::Plain::new(decoy())),
            Self::DigestMd5(_) => {
                let nonce = Nonce::new([2; Nonce::ENTROPY]);
                server::DigestMd5::new("hive", "localhost", "localhost", decoy(), nonce)?.into()
            }
        };
        let config = ServerConfig { policy: self.policy(), ..Default::default() };
        Ok(Server::new(vec![mechanism], config))
    }

    /// Lets the user in.
    ///
    /// # Errors
    ///
    /// Returns an error when the user's key cannot be made.
    pub fn answer(server: &mut Server, out: &mut WireBuf) -> Result<()> {
        match server.question() {
            Some(Question::Lookup(LookupRequest::DigestMd5 { .. })) => {
                let key = DigestKey::derive("user", "localhost", "pencil")?;
                server.lookup(LookupAnswer::DigestMd5(&key), out);
            }
            Some(Question::Lookup(_)) => server.lookup(LookupAnswer::Verified(true), out),
            Some(Question::Authorize(_)) => server.authorize(true, out),
            None => bail!("nothing is asked"),
        }
        Ok(())
    }
}

/// Two open ends.
#[derive(Debug)]
pub struct Pair {
    client: Client,
    server: Server,
    up: WireBuf,
}

impl Pair {
    /// Logs in.
    ///
    /// # Errors
    ///
    /// Returns an error when either side refuses.
    pub fn open(login: Login, whole_frames: bool) -> Result<Self> {
        let (mut client, mut server) = (login.client(whole_frames)?, login.server()?);
        let (mut up, mut down) = (WireBuf::default(), WireBuf::default());
        let security = Security::default();
        client.open(&security, &mut up);
        server.open(&security, &mut down);
        for _ in 0..FLIGHTS {
            take(&mut server, &mut up, &mut down)?;
            while let Phase::Asking(_) = server.phase() {
                Login::answer(&mut server, &mut down)?;
            }
            take(&mut client, &mut down, &mut up)?;
            if client.phase() == Phase::Open && server.phase() == Phase::Open {
                return Ok(Self { client, server, up });
            }
        }
        bail!("the negotiation does not end: {:?}, {:?}", client.phase(), server.phase());
    }

    /// Sends `message` from the client `count` times; the server looks at it where it lies.
    ///
    /// # Errors
    ///
    /// Returns an error when octets are missing.
    pub fn send(&mut self, message: &[u8], count: u32, consumer: &mut Consumer) -> Result<()> {
        let Self { client, server, up } = self;
        let mut down = WireBuf::default();
        for _ in 0..count {
            client.send(message, up);
            while let Some(got) = server.receive(up.pending_mut(), &mut down) {
                consumer.take(got.octets(up.pending()));
                up.take(got.consumed);
            }
        }
        ensure!(up.is_empty() && server.phase() == Phase::Open, "octets are left");
        Ok(())
    }
}

fn take(layer: &mut impl Layer, input: &mut WireBuf, out: &mut WireBuf) -> Result<()> {
    while let Some(got) = layer.receive(input.pending_mut(), out) {
        input.take(got.consumed);
    }
    ensure!(!matches!(layer.phase(), Phase::Failed(_)), "refused: {:?}", layer.phase());
    Ok(())
}

/// The bare security layers of two ends, without frames.
#[derive(Debug)]
pub struct Bare {
    client: MechanismLayer,
    server: MechanismLayer,
    wire: WireBuf,
}

impl Bare {
    /// Logs in, by the mechanisms alone.
    ///
    /// # Errors
    ///
    /// Returns an error when either side refuses.
    pub fn open(protection: Protection) -> Result<Self> {
        let (security, limits) = (Security::default(), xiom_sasl::Limits::default());
        let policy = Login::DigestMd5(protection).policy();
        let cx = policy.context(&security, &limits, BindingOffer::None);
        let key = DigestKey::derive("user", "localhost", "pencil")?;
        let credentials = Credentials::new("user", "pencil");
        let nonce = |octet| Nonce::new([octet; Nonce::ENTROPY]);
        let mut client = client::DigestMd5::new(credentials, "hive", "localhost", nonce(1))?;
        let decoy = Decoy::new([3; 32], 4096, 16);
        let server = server::DigestMd5::new("hive", "localhost", "localhost", decoy, nonce(2))?;

        let (mut up, mut down) = (Vec::new(), Vec::new());
        client.start(&cx, &mut up)?;
        let mut step = server.step(&cx, ServerInput::Initial(None), &mut down);
        let mut server = loop {
            step = match step {
                ServerStep::Challenge(server) => {
                    client.challenge(&cx, &down, &mut up)?;
                    down.clear();
                    server.step(&cx, ServerInput::Response(&up), &mut down)
                }
                ServerStep::Lookup(server, _) => {
                    let answer = LookupAnswer::DigestMd5(&key);
                    server.step(&cx, ServerInput::Lookup(answer), &mut down)
                }
                ServerStep::Authorize(server, _) => {
                    server.step(&cx, ServerInput::Authorized(true), &mut down)
                }
                ServerStep::Success { established, .. } => break established,
                step => bail!("the server refuses: {step:?}"),
            };
        };
        let mut client = client.outcome_ok(&cx, Some(&down))?;
        let mut client = client.take_layer().context("no layer")?;
        let mut server = server.take_layer().context("no layer")?;
        client.set_max_sent(usize::MAX);
        server.set_max_token(usize::MAX);
        Ok(Self { client, server, wire: WireBuf::default() })
    }

    /// Sends `message` over and over, `count` times, each as one token of the layer.
    ///
    /// # Errors
    ///
    /// Returns an error when the layer does.
    pub fn send(&mut self, message: &[u8], count: u32, consumer: &mut Consumer) -> Result<()> {
        for _ in 0..count {
            self.client.wrap(message, &mut self.wire)?;
            let range = self.server.unwrap(self.wire.pending_mut())?;
            consumer.take(self.wire.pending().get(range).unwrap_or_default());
            self.wire.take(usize::MAX);
        }
        Ok(())
    }
}

const FLIGHTS: u8 = 10;
