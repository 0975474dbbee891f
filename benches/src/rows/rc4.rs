//! DIGEST-MD5 with RC4 between two ends that would choose 3DES: the server's offer is edited on its way out.

use core::time::Duration;
use std::thread;

use anyhow::Result;
use xiom_core::{Layer, Phase, Received, Security, WireBuf};
use xiom_sasl::Protection;
use xiom_thrift_sasl::Server;
use xiom_xio::{Blocking, Config, Remote};

use super::loopback::listen;
use crate::thrift::{Login, live};

/// The server's layer, whose challenge does not name 3DES.
#[derive(Debug)]
struct WithoutTripleDes(Server);

impl Layer for WithoutTripleDes {
    fn open(&mut self, below: &Security, out: &mut WireBuf) {
        self.0.open(below, out);
    }

    fn receive(&mut self, input: &mut [u8], out: &mut WireBuf) -> Option<Received> {
        let is_open = self.0.phase() == Phase::Open;
        let received = self.0.receive(input, out);
        if !is_open {
            let octets = out.pending_mut();
            let found = octets.windows(NAME.len()).position(|octets| octets == NAME);
            // A name of the same length that nobody knows.
            if let Some(name) = found.and_then(|at| octets.get_mut(at..at + NAME.len())) {
                name.copy_from_slice(b"none");
            }
        }
        received
    }

    fn send(&mut self, octets: &[u8], out: &mut WireBuf) {
        self.0.send(octets, out);
    }

    fn close(&mut self, out: &mut WireBuf) {
        self.0.close(out);
    }

    fn end(&mut self) {
        self.0.end();
    }

    fn phase(&self) -> Phase {
        self.0.phase()
    }

    fn security(&self) -> Security {
        self.0.security()
    }

    fn is_transparent(&self) -> bool {
        self.0.is_transparent()
    }

    fn take_peer_text(&mut self) -> Option<Box<str>> {
        self.0.take_peer_text()
    }

    fn work(&mut self, iterations: u32, out: &mut WireBuf) {
        self.0.work(iterations, out);
    }
}

/// CPU time of both ends for `count` frames of `message`.
///
/// # Errors
///
/// Returns an error when an end fails.
pub fn frames(message: &[u8], count: u32) -> Result<Duration> {
    let login = Login::DigestMd5(Protection::Confidentiality);
    let (listener, address) = listen()?;
    let (server, expected) = (WithoutTripleDes(login.server()?), live::octets(message, count));
    let reader = thread::spawn(move || -> Result<Duration> {
        let answer = |layer: &mut WithoutTripleDes, out: &mut WireBuf| {
            // What is refused is seen when the login fails.
            let _ = Login::answer(&mut layer.0, out);
        };
        let mut stream = Blocking::accept(listener.accept()?.0, server, Config::SERVER, answer)?;
        live::drain(&mut stream, expected)
    });
    let client = login.client(false)?;
    let mut stream = Blocking::connect(Remote::from(address), client, Config::CLIENT)?;
    live::send(&mut stream, message, count, reader)
}

const NAME: &[u8] = b"3des";
