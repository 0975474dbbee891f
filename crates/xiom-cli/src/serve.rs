//! `xiom serve`: lets users in as AMQP SASL does, or Thrift SASL, and sends back what they say.
//!
//! Invariants: there are never more connections, nor more of them on their way in, than was said; each has
//! one task, which ends with it; nothing is held for a client but its two buffers and one of the echo.

mod log;
mod plan;
mod store;

use alloc::sync::Arc;
use core::net::SocketAddr;
use core::time::Duration;
use std::io;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;
use xiom::rustls::ServerEngine;
use xiom::{Accepted, Protocol, Server, UserFile};

use crate::Stop;
use crate::arguments::{Serve, protocol_name};
use crate::exit::Exit;
use crate::proof::{Proof, Tls};
use crate::timeline;

use log::{Event, Log, Summary};
use plan::Plan;

/// Serves until it is told to stop.
///
/// # Errors
///
/// Returns [`Stop`] when the command line is wrong, or the system gives no socket.
pub(crate) fn run(arguments: &Serve) -> Result<Exit, Stop> {
    let plan = Plan::new(arguments)?;
    let runtime = Builder::new_multi_thread().enable_all().build().map_err(Stop::other)?;
    runtime.block_on(serve(plan))?;
    Ok(Exit::Ok)
}

async fn serve(plan: Plan) -> Result<(), Stop> {
    let log = Log { is_json: plan.is_json };
    let mut signals = Signals::new().map_err(Stop::other)?;
    let listener = TcpListener::from_std(plan.listener).map_err(Stop::socket)?;
    let address = listener.local_addr().map_err(Stop::socket)?;
    let (stop, stopped) = watch::channel(false);
    let mut door = Door {
        log,
        server: plan.server,
        protocol: plan.protocol,
        users: plan.users,
        connections: Arc::new(Semaphore::new(plan.max_connections)),
        logins: Arc::new(Semaphore::new(plan.max_logins)),
        stopped,
        tasks: JoinSet::new(),
        summary: Summary::default(),
    };
    let protocol = protocol_name(plan.protocol);
    log.tell(&Event::Listening { address, protocol, tls: plan.style });
    loop {
        tokio::select! {
            signal = signals.next() => match signal {
                Signal::Stop => break,
                Signal::Reload => door.reload(true),
            },
            Some(ended) = door.tasks.join_next() => door.count(ended.unwrap_or(false)),
            accepted = listener.accept() => match accepted {
                Ok((socket, peer)) => door.admit(socket, peer),
                Err(error) => {
                    log.tell(&Event::Trouble { reason: error.to_string() });
                    // Such as no descriptors being left: it takes time until some are.
                    sleep(PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    // Those who are in are told goodbye, each within the limit of a close.
    let _ = stop.send(true);
    while !door.tasks.is_empty() {
        tokio::select! {
            Some(ended) = door.tasks.join_next() => door.count(ended.unwrap_or(false)),
            Signal::Stop = signals.next() => break,
        }
    }
    log.tell(&Event::Stopped(door.summary));
    Ok(())
}

/// Whom the next client meets.
struct Door {
    log: Log,
    server: Server,
    protocol: Protocol,
    users: Option<Arc<UserFile>>,
    connections: Arc<Semaphore>,
    logins: Arc<Semaphore>,
    stopped: watch::Receiver<bool>,
    tasks: JoinSet<bool>,
    summary: Summary,
}

impl Door {
    /// Gives the client at `socket` a task, or hangs up when there are too many.
    fn admit(&mut self, socket: TcpStream, peer: SocketAddr) {
        self.reload(false);
        self.summary.connections = self.summary.connections.saturating_add(1);
        let connection = Arc::clone(&self.connections).try_acquire_owned();
        let login = Arc::clone(&self.logins).try_acquire_owned();
        let (connection, login) = match (connection, login) {
            (Ok(connection), Ok(login)) => (connection, login),
            (connection, _) => {
                let what = if connection.is_err() { "connections" } else { "logins" };
                let reason = format!("too many {what} at once");
                self.log.tell(&Event::Refused { peer, failure: None, reason, micros: 0 });
                return self.count(false);
            }
        };
        let visitor = Visitor {
            log: self.log,
            peer,
            protocol: self.protocol,
            since: Instant::now(),
            _connection: connection,
        };
        let (server, stopped) = (self.server.clone(), self.stopped.clone());
        self.tasks.spawn(visitor.visit(server, socket, login, stopped));
    }

    /// Counts a connection that has ended.
    const fn count(&mut self, was_in: bool) {
        let Summary { logins, refused, .. } = &mut self.summary;
        let count = if was_in { logins } else { refused };
        *count = count.saturating_add(1);
    }

    /// Reads the file of users again, if it has changed or that `is_wanted`.
    fn reload(&self, is_wanted: bool) {
        let Some(users) = &self.users else { return };
        let reloaded =
            if is_wanted { users.reload().map(|()| true) } else { users.reload_if_changed() };
        match reloaded {
            Ok(false) => {}
            Ok(true) => self.log.tell(&Event::Reloaded { users: users.table().users().count() }),
            Err(error) => self.log.tell(&Event::Trouble { reason: error.to_string() }),
        }
    }
}

/// One client, from its first octet to its last.
struct Visitor {
    log: Log,
    peer: SocketAddr,
    protocol: Protocol,
    since: Instant,
    _connection: OwnedSemaphorePermit,
}

impl Visitor {
    /// Whether it came in.
    async fn visit(
        self,
        server: Server,
        socket: TcpStream,
        login: OwnedSemaphorePermit,
        mut stopped: watch::Receiver<bool>,
    ) -> bool {
        let opened = tokio::select! {
            opened = server.accept(socket) => opened,
            () = is_stopped(&mut stopped) => {
                let reason = "the server stops".to_owned();
                let micros = self.micros();
                self.log.tell(&Event::Refused { peer: self.peer, failure: None, reason, micros });
                return false;
            }
        };
        drop(login);
        match opened {
            Ok(stream) => {
                self.greet(&stream);
                let result = echo(stream, stopped).await;
                self.log.tell(&Event::closed(self.peer, self.protocol, &result, self.micros()));
                true
            }
            Err(error) => {
                self.log.tell(&Event::refused(self.peer, self.protocol, &error, self.micros()));
                false
            }
        }
    }

    fn greet(&self, stream: &Accepted) {
        let Some(layers) = stream.channel().layers() else { return };
        let Some(established) = layers.upper().established() else { return };
        let facts = layers.lower().engine().and_then(ServerEngine::facts);
        self.log.tell(&Event::Login {
            peer: self.peer,
            tls: facts.as_ref().map(Tls::from),
            mechanism: established.mechanism(),
            login: Proof::from(established),
            micros: self.micros(),
        });
    }

    fn micros(&self) -> u64 {
        timeline::micros(self.since.elapsed())
    }
}

/// Sends everything back until the client ends, or the server stops; then ends in order.
async fn echo(mut stream: Accepted, mut stopped: watch::Receiver<bool>) -> io::Result<()> {
    let mut octets = vec![0; CHUNK];
    let result = loop {
        let read = tokio::select! {
            read = stream.read(&mut octets) => read,
            () = is_stopped(&mut stopped) => break Ok(()),
        };
        let count = match read {
            Ok(0) => break Ok(()),
            Ok(count) => count,
            Err(error) => break Err(error),
        };
        // What was read goes back, also when the server stops meanwhile, unless the client takes nothing.
        let late = async {
            is_stopped(&mut stopped).await;
            sleep(PATIENCE).await;
        };
        let written = tokio::select! {
            written = send(&mut stream, octets.get(..count).unwrap_or_default()) => written,
            () = late => Err(io::ErrorKind::TimedOut.into()),
        };
        if written.is_err() {
            break written;
        }
    };
    result.and(stream.close().await)
}

async fn send(stream: &mut Accepted, octets: &[u8]) -> io::Result<()> {
    stream.write_all(octets).await?;
    stream.flush().await
}

/// Returns when the server stops.
async fn is_stopped(stopped: &mut watch::Receiver<bool>) {
    // An error says that the server is gone, which is as good.
    let _ = stopped.wait_for(|is_stopped| *is_stopped).await;
}

/// What the system tells the server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Signal {
    Stop,
    Reload,
}

#[cfg(unix)]
struct Signals([tokio::signal::unix::Signal; 3]);

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let [interrupt, terminate, hangup] =
            [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
        Ok(Self([interrupt?, terminate?, hangup?]))
    }

    async fn next(&mut self) -> Signal {
        let Self([interrupt, terminate, hangup]) = self;
        tokio::select! {
            _ = interrupt.recv() => Signal::Stop,
            _ = terminate.recv() => Signal::Stop,
            _ = hangup.recv() => Signal::Reload,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    const fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Signal {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Signal::Stop,
            // Without a signal there is none to come.
            Err(_) => core::future::pending().await,
        }
    }
}

/// Octets of the buffer of one echo.
const CHUNK: usize = 16 << 10;
/// How long a client may take nothing of its echo while the server stops.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the server waits when it cannot accept.
const PAUSE: Duration = Duration::from_millis(100);
