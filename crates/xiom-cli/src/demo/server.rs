//! The servers of the demo: a port for each way, one visitor at a time, every octet sent back.
//!
//! The clients come one after the other, so a thread per port is enough; a real server starts one per
//! visitor, or uses tokio.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::Sender;

use serde::Serialize;
use xiom::blocking::Accepted;
use xiom::rustls::{Facts, ServerEngine, ServerOptions};
use xiom::xio::{failure_of, peer_text_of};
use xiom::{Protocol, Server};

use super::REALM;
use super::guests::Guests;
use super::way::Way;
use crate::Stop;
use crate::certificates::{Authority, Identity};
use crate::fault::Fault;
use crate::proof::{Proof, Tls};

/// One visit as the server saw it.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Visit {
    /// Who came in.
    pub(crate) login: Option<Proof>,
    /// What TLS agreed on.
    pub(crate) tls: Option<Tls>,
    /// Octets that were sent back.
    pub(crate) echoed: u64,
    /// Whether the client ended in order, and was told goodbye.
    pub(crate) ended_in_order: bool,
    /// How it failed.
    pub(crate) failure: Option<Fault>,
}

/// A port and what listens there.
pub(crate) struct Port {
    pub(crate) way: Way,
    pub(crate) number: u16,
    listener: TcpListener,
    server: Server,
}

impl Port {
    /// Listens at a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// Returns [`Stop`] when the system gives no port, or the certificates do not fit.
    pub(crate) fn open(way: Way, identity: &Identity, authority: &Authority) -> Result<Self, Stop> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(Stop::other)?;
        let number = listener.local_addr().map_err(Stop::other)?.port();
        let users = Guests::new().map_err(Stop::other)?;
        let mut builder = Server::builder(users).protocol(way.protocol()).cbs();
        builder = match way.tls() {
            Some(style) => {
                let options = ServerOptions::new(&identity.chain, identity.key.clone())
                    .optional_client_certificate(&authority.pem);
                builder.tls(style, options)
            }
            // Its layer is all that protects the octets here.
            None => builder.allow_legacy("127.0.0.1", REALM),
        };
        let server = builder.build().map_err(Stop::other)?;
        Ok(Self { way, number, listener, server })
    }

    /// Serves one visitor after the other, and reports each, until [`Self::stop`].
    pub(crate) fn serve(&self, stopped: &AtomicBool, visits: &Sender<Visit>) {
        for socket in self.listener.incoming() {
            if stopped.load(Ordering::Acquire) {
                return;
            }
            let visit = socket.map(|socket| self.visit(socket)).unwrap_or_default();
            if visits.send(visit).is_err() {
                return;
            }
        }
    }

    /// Wakes [`Self::serve`] after `stopped` was set.
    pub(crate) fn stop(&self) {
        // Where nobody listens any more, nobody has to be woken.
        drop(TcpStream::connect(("127.0.0.1", self.number)));
    }

    fn visit(&self, socket: TcpStream) -> Visit {
        let mut stream = match self.server.accept_blocking(socket) {
            Ok(stream) => stream,
            Err(error) => {
                let failure = fault(&error.into(), self.way.protocol());
                return Visit { failure, ..Visit::default() };
            }
        };
        let mut visit = Visit::default();
        if let Some(layers) = stream.xio().channel().layers() {
            visit.login = layers.upper().established().map(Proof::from);
            let facts: Option<Facts> = layers.lower().engine().and_then(ServerEngine::facts);
            visit.tls = facts.as_ref().map(Tls::from);
        }
        match echo(&mut stream, &mut visit.echoed) {
            Ok(()) => visit.ended_in_order = true,
            Err(error) => visit.failure = fault(&error, self.way.protocol()),
        }
        visit
    }
}

/// Sends everything back until the client ends in order; then ends in order, too.
fn echo(stream: &mut Accepted, echoed: &mut u64) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE));
    stream.set_write_timeout(Some(PATIENCE));
    let mut octets = vec![0; 64 << 10];
    loop {
        let count = stream.read(&mut octets)?;
        if count == 0 {
            break;
        }
        stream.write_all(octets.get(..count).unwrap_or_default())?;
        *echoed = echoed.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    }
    stream.flush()?;
    stream.close().map_err(io::Error::from)
}

fn fault(error: &io::Error, protocol: Protocol) -> Option<Fault> {
    failure_of(error).map(|failure| Fault::of_server(&failure, protocol, peer_text_of(error)))
}

/// How long a visitor may be silent.
const PATIENCE: Duration = Duration::from_secs(30);
