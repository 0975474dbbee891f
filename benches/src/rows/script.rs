//! The least that a login over a socket can be: ready-made octets on both sides, and no protocol.
//!
//! The server answers so many octets with the next ones, whatever they say. The client writes and reads the
//! same octets as a login does, and computes what that cannot do without.

use alloc::sync::Arc;
use core::hint::black_box;
use core::net::SocketAddr;
use core::sync::atomic::{AtomicBool, Ordering};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use anyhow::Result;
use rustls::{ClientConnection, ServerConfig, ServerConnection};
use sha2::Sha256;
use xiom_amqp_codec::{
    Challenge, Init, Mechanisms, Outcome, Performative, ProtocolHeader, Response, SaslCode, Symbol,
};

use super::loopback::listen;
use crate::material::{ADDRESS, Material};

/// What the client says, and what comes back.
type Turn = (Vec<u8>, Vec<u8>);

/// A server that follows a script; it ends when this is dropped.
pub struct Script {
    address: SocketAddr,
    turns: Arc<Vec<Turn>>,
    derives: bool,
    client: Option<Arc<rustls::ClientConfig>>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Script {
    /// A login of AMQP with `mechanism`, over TLS if there is something for it.
    ///
    /// # Errors
    ///
    /// Returns an error when there is no socket.
    pub fn amqp(mechanism: &str, tls: Option<&Material>) -> Result<Self> {
        Self::start(amqp(mechanism)?, mechanism != "PLAIN", tls)
    }

    /// A login of Thrift with PLAIN.
    ///
    /// # Errors
    ///
    /// Returns an error when there is no socket.
    pub fn thrift() -> Result<Self> {
        let turn = (b"\x01\0\0\0\x05PLAIN\x02\0\0\0\x0e\0user\0password", b"\x05\0\0\0\0");
        Self::start(vec![(turn.0.to_vec(), turn.1.to_vec())], false, None)
    }

    fn start(turns: Vec<Turn>, derives: bool, tls: Option<&Material>) -> Result<Self> {
        let (listener, address) = listen()?;
        let (client, server) = tls.map(Material::configs).transpose()?.unzip();
        let turns = Arc::new(turns);
        let is_over = Arc::new(AtomicBool::new(false));
        let (script, over) = (Arc::clone(&turns), Arc::clone(&is_over));
        let thread = thread::spawn(move || serve(&listener, &script, server.as_ref(), &over));
        Ok(Self { address, turns, derives, client, is_over, thread: Some(thread) })
    }

    /// Logs in once.
    ///
    /// # Errors
    ///
    /// Returns an error when a socket fails.
    pub fn log_in(&self) -> Result<()> {
        let mut socket = TcpStream::connect(self.address)?;
        socket.set_nodelay(true)?;
        match &self.client {
            None => self.play(&mut socket),
            Some(config) => {
                let mut tls = ClientConnection::new(Arc::clone(config), ADDRESS.try_into()?)?;
                self.play(&mut rustls::Stream::new(&mut tls, &mut socket))
            }
        }
    }

    fn play(&self, stream: &mut (impl Read + Write)) -> Result<()> {
        let mut room = [0; 1024];
        let mut left = self.turns.len();
        for (up, down) in &*self.turns {
            left -= 1;
            if left == 0 && self.derives {
                let mut salted = [0; 32];
                pbkdf2::pbkdf2_hmac::<Sha256>(b"password", SALT, 4096, &mut salted);
                black_box(salted);
            }
            stream.write_all(up)?;
            stream.read_exact(room.get_mut(..down.len()).unwrap_or_default())?;
        }
        Ok(())
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // So that the server looks.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
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

const SALT: &[u8] = b"0123456789abcdef";
const OFFER: [&str; 5] =
    ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN", "ANONYMOUS"];
