//! The least that a login over a socket can be: ready-made octets on both sides, and no protocol.
//!
//! The client writes and reads the same octets as a login does, and computes what that cannot do without. With
//! PLAIN it speaks with the server that all others speak with, since a client's cost depends on how soon it is
//! answered. What SCRAM says is never twice the same, so there a server that is part of this answers so many
//! octets with the next ones, whatever they say.

use alloc::sync::Arc;
use core::hint::black_box;
use core::net::SocketAddr;
use core::num::NonZeroU32;
use core::sync::atomic::{AtomicBool, Ordering};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use anyhow::{Context as _, Result};
use aws_lc_rs::pbkdf2;
use rustls::{ClientConnection, ServerConfig, ServerConnection};
use xiom_amqp_codec::{
    Challenge, Init, Mechanisms, Outcome, Performative, ProtocolHeader, Response, SaslCode, Symbol,
};

use super::loopback::listen;
use crate::material::{ADDRESS, Material};

/// What the client says, and what comes back.
type Turn = (Vec<u8>, Vec<u8>);

/// A client that follows a script, perhaps with a server that does, which ends when this is dropped.
pub struct Script {
    address: SocketAddr,
    turns: Arc<Vec<Turn>>,
    derives: bool,
    client: Option<Arc<rustls::ClientConfig>>,
    is_over: Arc<AtomicBool>,
    /// That of the server.
    thread: Option<JoinHandle<()>>,
}

impl Script {
    /// Logins of AMQP with PLAIN at the server at `address`, over TLS if there is something for it.
    ///
    /// # Errors
    ///
    /// Returns an error when the server does not let it in.
    pub fn amqp_at(address: SocketAddr, tls: Option<&Material>) -> Result<Self> {
        let client = tls.map(Material::configs).transpose()?.map(|(client, _)| client);
        let mut script = Self::client(address, amqp("PLAIN")?, client);
        // The lengths of the answers are those of this server.
        let turns = script.over(|stream| {
            let mut turns = Vec::new();
            for (up, _) in &*script.turns {
                stream.write_all(up)?;
                let mut down = vec![0; if turns.is_empty() { HEADER } else { 0 }];
                stream.read_exact(&mut down)?;
                let mut size = [0; 4];
                stream.read_exact(&mut size)?;
                let rest = usize::try_from(u32::from_be_bytes(size))?;
                let mut rest = vec![0; rest.checked_sub(size.len()).context("no frame")?];
                stream.read_exact(&mut rest)?;
                down.extend(size);
                down.extend(rest);
                turns.push((up.clone(), down));
            }
            Ok(turns)
        })?;
        script.turns = Arc::new(turns);
        Ok(script)
    }

    /// Logins of AMQP with SCRAM-SHA-256, and a server, over TLS if there is something for it.
    ///
    /// # Errors
    ///
    /// Returns an error when there is no socket.
    pub fn scram(tls: Option<&Material>) -> Result<Self> {
        let (listener, address) = listen()?;
        let (client, server) = tls.map(Material::configs).transpose()?.unzip();
        let mut script = Self::client(address, amqp("SCRAM-SHA-256")?, client);
        script.derives = true;
        let (turns, over) = (Arc::clone(&script.turns), Arc::clone(&script.is_over));
        let serve = move || serve(&listener, &turns, server.as_ref(), &over);
        script.thread = Some(thread::spawn(serve));
        Ok(script)
    }

    /// Logins of Thrift with PLAIN at the server at `address`.
    #[must_use]
    pub fn thrift_at(address: SocketAddr) -> Self {
        let turn = (b"\x01\0\0\0\x05PLAIN\x02\0\0\0\x0e\0user\0password", b"\x05\0\0\0\0");
        Self::client(address, vec![(turn.0.to_vec(), turn.1.to_vec())], None)
    }

    fn client(
        address: SocketAddr,
        turns: Vec<Turn>,
        client: Option<Arc<rustls::ClientConfig>>,
    ) -> Self {
        let (turns, is_over) = (Arc::new(turns), Arc::default());
        Self { address, turns, derives: false, client, is_over, thread: None }
    }

    /// Logs in once.
    ///
    /// # Errors
    ///
    /// Returns an error when a socket fails.
    pub fn log_in(&self) -> Result<()> {
        self.over(|stream| self.play(stream))
    }

    /// Does something over a connection of its own.
    fn over<T>(&self, deed: impl FnOnce(&mut dyn Stream) -> Result<T>) -> Result<T> {
        let mut socket = TcpStream::connect(self.address)?;
        socket.set_nodelay(true)?;
        match &self.client {
            None => deed(&mut socket),
            Some(config) => {
                let mut tls = ClientConnection::new(Arc::clone(config), ADDRESS.try_into()?)?;
                deed(&mut rustls::Stream::new(&mut tls, &mut socket))
            }
        }
    }

    fn play(&self, stream: &mut dyn Stream) -> Result<()> {
        let mut room = [0; 1024];
        let mut left = self.turns.len();
        for (up, down) in &*self.turns {
            left -= 1;
            if left == 0 && self.derives {
                let mut salted = [0; 32];
                pbkdf2::derive(
                    pbkdf2::PBKDF2_HMAC_SHA256,
                    ITERATIONS,
                    SALT,
                    b"password",
                    &mut salted,
                );
                black_box(salted);
            }
            stream.write_all(up)?;
            stream.read_exact(room.get_mut(..down.len()).unwrap_or_default())?;
        }
        Ok(())
    }
}

/// A socket, or TLS over one.
trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

impl Drop for Script {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.is_over.store(true, Ordering::Relaxed);
            // So that the server looks.
            let _ = TcpStream::connect(self.address);
            let _ = thread.join();
        }
    }
}

fn serve(
    listener: &TcpListener,
    turns: &[Turn],
    tls: Option<&Arc<ServerConfig>>,
    is_over: &AtomicBool,
) {
    while let Ok((mut socket, _)) = listener.accept() {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let _ = socket.set_nodelay(true);
        // A client that goes early is told to its own side.
        let _ = match tls {
            None => answer(&mut socket, turns),
            Some(config) => ServerConnection::new(Arc::clone(config))
                .map_err(Into::into)
                .and_then(|mut tls| answer(&mut rustls::Stream::new(&mut tls, &mut socket), turns)),
        };
    }
}

fn answer(stream: &mut (impl Read + Write), turns: &[Turn]) -> Result<()> {
    let mut room = [0; 1024];
    for (up, down) in turns {
        stream.read_exact(room.get_mut(..up.len()).unwrap_or_default())?;
        stream.write_all(down)?;
    }
    // Until the client has gone.
    let _ = stream.read(&mut room);
    Ok(())
}

fn amqp(mechanism: &str) -> Result<Vec<Turn>> {
    let frame = |performative: Performative<'_>| {
        let mut octets = Vec::new();
        performative.encode_frame(&mut octets);
        octets
    };
    let init = |response| -> Result<Vec<u8>> {
        let mechanism = Symbol::new(mechanism)?;
        let hostname = Some(ADDRESS);
        Ok(frame(Performative::Init(Init {
            mechanism,
            initial_response: Some(response),
            hostname,
        })))
    };
    let outcome = |additional_data| {
        frame(Performative::Outcome(Outcome { code: SaslCode::Ok, additional_data }))
    };
    let header = ProtocolHeader::SASL.encode();
    let mut offer = header.to_vec();
    offer.extend(frame(Performative::Mechanisms(Mechanisms::new(&OFFER)?)));
    let mut turns = vec![(header.to_vec(), offer)];
    if mechanism == "PLAIN" {
        turns.push((init(b"\0user\0password")?, outcome(None)));
        return Ok(turns);
    }
    let nonce = "x".repeat(24);
    let challenge = format!("r={nonce}{nonce},s=MDEyMzQ1Njc4OWFiY2RlZg==,i=4096");
    let proof = format!("c=biws,r={nonce}{nonce},p={}=", "y".repeat(43));
    let challenge = frame(Performative::Challenge(Challenge { challenge: challenge.as_bytes() }));
    turns.push((init(format!("n,,n=user,r={nonce}").as_bytes())?, challenge));
    let signature = format!("v={}=", "z".repeat(43));
    let response = frame(Performative::Response(Response { response: proof.as_bytes() }));
    turns.push((response, outcome(Some(signature.as_bytes()))));
    Ok(turns)
}

/// Octets of the header before the offer.
const HEADER: usize = 8;
const ITERATIONS: NonZeroU32 = NonZeroU32::new(4096).unwrap();
const SALT: &[u8] = b"0123456789abcdef";
const OFFER: [&str; 5] =
    ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN", "ANONYMOUS"];
