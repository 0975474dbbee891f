//! Connecting without waiting: one address after the other, each with its share of the time.
//!
//! At any moment at most one socket is on its way.

use alloc::vec::IntoIter;
use core::net::SocketAddr;
use core::time::Duration;
use std::io;
use std::net::TcpStream;

use socket2::{Domain, Protocol, Socket, Type};
use xiom_core::SocketFault;

use crate::fault::{is_in_progress, socket_fault};
use crate::{Attempt, Attempts, Config, Remote};

/// The way to a socket.
#[derive(Debug)]
pub(crate) struct Dial {
    left: IntoIter<SocketAddr>,
    current: Option<Current>,
    deadline: Option<Duration>,
    config: Config,
}

/// Where a dial stands.
#[derive(Debug)]
pub(crate) enum Dialed {
    Waiting,
    Up(TcpStream),
    Failed(SocketFault),
}

impl Dial {
    /// Begins nothing yet; all addresses share the time up to `deadline`.
    pub(crate) fn new(remote: &Remote, config: Config, deadline: Option<Duration>) -> Self {
        let left = remote.addresses().to_vec().into_iter();
        Self { left, current: None, deadline, config }
    }

    /// Goes on as far as possible without waiting.
    pub(crate) fn poll(&mut self, now: Duration, attempts: &mut Attempts) -> Dialed {
        loop {
            let Some(current) = self.current.take() else {
                match self.left.next() {
                    Some(address) => self.begin(address, now, attempts),
                    None => return Dialed::Failed(attempts.fault()),
                }
                continue;
            };
            let Current { address, since, .. } = current;
            let mut note = |fault| {
                attempts.push(Attempt { address, fault, took: now.saturating_sub(since) });
            };
            match current.check(now) {
                Ok(true) => {
                    note(None);
                    return Dialed::Up(current.socket);
                }
                Ok(false) => {
                    self.current = Some(current);
                    return Dialed::Waiting;
                }
                Err(fault) => note(Some(fault)),
            }
        }
    }

    /// The socket on its way.
    pub(crate) fn socket(&self) -> Option<&TcpStream> {
        self.current.as_ref().map(|current| &current.socket)
    }

    /// When the next address gets its turn at the latest.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.current.as_ref()?.until
    }

    fn begin(&mut self, address: SocketAddr, now: Duration, attempts: &mut Attempts) {
        match connect(address, &self.config) {
            Ok(socket) => {
                let until = self.until(now);
                self.current = Some(Current { address, socket, since: now, until });
            }
            Err(error) => {
                let fault = Some(socket_fault(error.kind()));
                attempts.push(Attempt { address, fault, took: Duration::ZERO });
            }
        }
    }

    /// The end of this address's share; the last one has all that is left, which the channel watches.
    fn until(&self, now: Duration) -> Option<Duration> {
        let others = u32::try_from(self.left.len()).ok().filter(|others| *others != 0)?;
        let left = self.deadline?.saturating_sub(now);
        now.checked_add(left / others.saturating_add(1))
    }
}

/// One address on its way.
#[derive(Debug)]
struct Current {
    address: SocketAddr,
    socket: TcpStream,
    since: Duration,
    until: Option<Duration>,
}

impl Current {
    /// Whether the socket is up.
    fn check(&self, now: Duration) -> Result<bool, SocketFault> {
        if self.socket.peer_addr().is_ok() {
            return Ok(true);
        }
        if let Ok(Some(error)) | Err(error) = self.socket.take_error() {
            return Err(socket_fault(error.kind()));
        }
        let is_late = self.until.is_some_and(|until| until <= now);
        if is_late { Err(SocketFault::TimedOut) } else { Ok(false) }
    }
}

/// Begins to connect.
fn connect(address: SocketAddr, config: &Config) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(address), KIND, Some(Protocol::TCP))?;
    if !IS_BORN_SO {
        socket.set_nonblocking(true)?;
    }
    match socket.connect(&address.into()) {
        Err(error) if !is_in_progress(&error) => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let socket = TcpStream::from(socket);
    config.apply(&socket)?;
    Ok(socket)
}

/// Whether a socket can be made that does not wait, without being told in further calls.
const IS_BORN_SO: bool = cfg!(any(target_os = "linux", target_os = "android"));

#[cfg(any(target_os = "linux", target_os = "android"))]
const KIND: Type = Type::STREAM.nonblocking();
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const KIND: Type = Type::STREAM;
