//! What sockets are set to: small messages leave at once, and nothing here blocks.

use core::net::SocketAddr;
use core::time::Duration;
use std::io;
use std::net::TcpListener;

use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};
use xiom_core::Limits;

/// How connections behave.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Config {
    /// The bounds of the channel; [`Limits::CLIENT`] or [`Limits::SERVER`].
    pub limits: Limits,
    /// Whether small segments leave at once (`TCP_NODELAY`); true.
    pub nodelay: bool,
    /// After how much silence the system probes whether the peer is there; `None`, that is never.
    pub keepalive: Option<Duration>,
}

impl Config {
    /// The defaults of the side that connects.
    pub const CLIENT: Self = Self { limits: Limits::CLIENT, nodelay: true, keepalive: None };

    /// The defaults of the side that accepts.
    pub const SERVER: Self = Self { limits: Limits::SERVER, ..Self::CLIENT };

    /// Sets `socket` up, all but blocking; a reference to any socket of the system will do.
    ///
    /// # Errors
    ///
    /// Returns the system's error.
    pub fn apply<'a>(&self, socket: impl Into<SockRef<'a>>) -> io::Result<()> {
        let socket = socket.into();
        socket.set_tcp_nodelay(self.nodelay)?;
        self.keepalive.map_or(Ok(()), |silence| {
            socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(silence))
        })
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::CLIENT
    }
}

/// A listener at `address`, which may be bound again right after it was dropped (`SO_REUSEADDR`).
///
/// The option is not set on Windows, where it would let another process take the address over.
///
/// ```
/// let listener = xiom_xio::listen("127.0.0.1:0".parse()?)?;
/// assert_ne!(listener.local_addr()?.port(), 0);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # Errors
///
/// Returns the system's error, such as an address in use.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(!cfg!(windows))?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Connections that may wait to be accepted; systems lower it to their own bound.
const BACKLOG: i32 = 1024;
