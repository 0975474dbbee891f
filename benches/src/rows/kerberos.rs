//! Thrift SASL with GSSAPI over loopback, in the realm that the environment names; without one there are no rows.
//!
//! The server is a thread of its own. A message is one token of the layer, as the limit and others have it.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::env;
use std::io::Read as _;
use std::net::{TcpListener, TcpStream};
use std::thread;

use anyhow::{Result, anyhow};
use xiom_core::WireBuf;
use xiom_gssapi::{Acceptor, Context, Initiator, Library, Service};
use xiom_sasl::server::Question;
use xiom_sasl::{Policy, Protection, client, server};
use xiom_thrift_sasl::{Client, ClientConfig, Server, ServerConfig};
use xiom_xio::{Blocking, Config, Remote};

use super::Peers;
use super::loopback::{self, listen};
use super::thrift::{Data, Place};
use crate::contest::{Contest, Rival, Unit, XIOM};
use crate::thrift::live;

/// Measures the rows.
///
/// # Errors
///
/// Returns an error when there are no sockets, or the realm has no key for the service.
pub fn run(contest: &mut Contest, peers: &impl Peers) -> Result<()> {
    let protections =
        [("auth-int", Protection::Integrity), ("auth-conf", Protection::Confidentiality)];
    let rows = protections
        .map(|(name, protection)| (format!("thrift-data/GSSAPI {name}, 64 KiB"), name, protection));
    let is_wanted = contest.wants(CONNECT) || rows.iter().any(|(row, ..)| contest.wants(row));
    if !is_wanted || env::var_os(REALM).is_none() {
        return Ok(());
    }
    let library = Library::load()?;
    let service = Acceptor::new().service(SERVICE, HOST).acquire(&library)?;
    let ends = Ends { library, service };
    for (row, name, protection) in &rows {
        if contest.wants(row) {
            let message = vec![7; SIZE];
            let case = Data { mechanism: "GSSAPI", protection: name, message: &message };
            let ours = |count| ends.frames(*protection, &message, count);
            let mut rivals = vec![loopback::rival(XIOM, SIZE, ours)];
            rivals.extend(peers.thrift_data(&case));
            contest.run(row, Unit::PerGigabyte, rivals);
        }
    }
    if contest.wants(CONNECT) {
        ends.connections(contest, peers)?;
    }
    Ok(())
}

/// What both ends are made of.
struct Ends {
    library: Library,
    service: Service,
}

impl Ends {
    fn client(&self, protection: Protection) -> Result<Client<client::Gssapi<Context>>> {
        let context = Initiator::new(SERVICE, HOST).prepare(&self.library)?;
        let config =
            ClientConfig { policy: policy(protection), whole_frames: true, ..Default::default() };
        Ok(Client::new(client::Gssapi::new(context, None)?, config))
    }

    fn server(&self, protection: Protection) -> TheServer {
        let config = ServerConfig { policy: policy(protection), ..Default::default() };
        Server::new(vec![server::Gssapi::new(self.service.context())], config)
    }

    /// CPU time of both ends for `count` frames of `message`.
    fn frames(&self, protection: Protection, message: &[u8], count: u32) -> Result<Duration> {
        let (listener, address) = listen()?;
        let (server, expected) = (self.server(protection), live::octets(message, count));
        let reader = thread::spawn(move || -> Result<Duration> {
            live::drain(&mut accept(&listener, server)?, expected)
        });
        let client = self.client(protection)?;
        let mut stream = Blocking::connect(Remote::from(address), client, Config::CLIENT)?;
        live::send(&mut stream, message, count, reader)
    }

    /// Connections one after the other, each with a token of its own.
    fn connections(&self, contest: &mut Contest, peers: &impl Peers) -> Result<()> {
        let ((listener, address), is_over) = (listen()?, AtomicBool::new(false));
        thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    // A client that is refused is told to its own side.
                    if let Ok(mut stream) = accept(&listener, self.server(CONFIDENTIAL)) {
                        let _ = stream.read(&mut [0]);
                    }
                }
            });
            let ours = |count| -> Result<()> {
                for _ in 0..count {
                    let client = self.client(CONFIDENTIAL)?;
                    Blocking::connect(Remote::from(address), client, Config::CLIENT)
                        .map_err(|error| anyhow!("{error}"))?;
                }
                Ok(())
            };
            let mut rivals = vec![Rival::messages(XIOM, 0, ours)];
            rivals.extend(peers.thrift_connect(&Place { address, mechanism: "GSSAPI" }));
            contest.run(CONNECT, Unit::Microseconds, rivals);
            is_over.store(true, Ordering::Relaxed);
            // So that the server looks.
            let _ = TcpStream::connect(address);
        });
        Ok(())
    }
}

type TheServer = Server<server::Gssapi<Context>>;

fn accept(listener: &TcpListener, server: TheServer) -> Result<Blocking<TheServer>> {
    let answer = |layer: &mut TheServer, out: &mut WireBuf| {
        if let Some(Question::Authorize(_)) = layer.question() {
            layer.authorize(true, out);
        }
    };
    Ok(Blocking::accept(listener.accept()?.0, server, Config::SERVER, answer)?)
}

fn policy(protection: Protection) -> Policy {
    Policy { require_layer: protection, max_layer: protection, ..Policy::default() }
}

const CONNECT: &str = "thrift-connect/GSSAPI";
/// Names the folder of the realm.
const REALM: &str = "XIOM_KDC";
const SERVICE: &str = "hive";
const HOST: &str = "localhost";
const CONFIDENTIAL: Protection = Protection::Confidentiality;
const SIZE: usize = 64 << 10;
