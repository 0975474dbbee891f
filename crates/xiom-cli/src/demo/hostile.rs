//! Servers of Thrift that break the rules, each in one way.

use core::net::Ipv4Addr;
use core::time::Duration;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use xiom::core::{AuthFault, Cause, ThriftFault};

use crate::Stop;

/// What a server says, whatever it hears.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Trick {
    /// That the client is in, before it has proven anything, or the server has.
    CompleteAtOnce,
    /// A message of two GiB.
    LengthBomb,
    /// A frame of two GiB, to a client that it has let in.
    FrameBomb,
    /// Something of another protocol.
    Http,
}

impl Trick {
    pub(crate) const ALL: [Self; 4] =
        [Self::CompleteAtOnce, Self::LengthBomb, Self::FrameBomb, Self::Http];

    /// What it is called in the report.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::CompleteAtOnce => "server says COMPLETE at once",
            Self::LengthBomb => "server announces a message of two GiB",
            Self::FrameBomb => "server announces a frame of two GiB",
            Self::Http => "server speaks http",
        }
    }

    /// What the client wants to log in with.
    pub(crate) const fn mechanism(self) -> &'static str {
        match self {
            Self::CompleteAtOnce | Self::LengthBomb | Self::Http => "SCRAM-SHA-256",
            Self::FrameBomb => "ANONYMOUS",
        }
    }

    /// Whether this is how a client ends it.
    pub(crate) const fn fits(self, cause: Cause) -> bool {
        match self {
            Self::CompleteAtOnce => matches!(cause, Cause::Mechanism(AuthFault::ServerNotVerified)),
            Self::LengthBomb => {
                matches!(cause, Cause::Thrift(ThriftFault::TooLarge { size: BOMB, .. }))
            }
            Self::FrameBomb => {
                matches!(cause, Cause::Thrift(ThriftFault::FrameTooLarge { size: BOMB, .. }))
            }
            Self::Http => matches!(cause, Cause::Thrift(ThriftFault::UnknownStatus(b'H'))),
        }
    }

    const fn octets(self) -> &'static [u8] {
        match self {
            Self::CompleteAtOnce => b"\x05\x00\x00\x00\x00",
            Self::LengthBomb => b"\x02\x7f\xff\xff\xff",
            Self::FrameBomb => b"\x05\x00\x00\x00\x00\x7f\xff\xff\xff",
            Self::Http => b"HTTP/1.1 400 Bad Request\r\n\r\n",
        }
    }

    /// Plays it while `visit` has the port to connect to.
    ///
    /// # Errors
    ///
    /// Returns [`Stop`] when the system gives no port, and what `visit` returns.
    pub(crate) fn play<T>(self, visit: impl FnOnce(u16) -> Result<T, Stop>) -> Result<T, Stop> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Stop::other)?;
        let port = listener.local_addr().map_err(Stop::other)?.port();
        thread::scope(|scope| {
            // How it ends is for the client to tell.
            scope.spawn(move || self.serve(&listener));
            let visited = visit(port);
            // Wakes one whose client never came.
            drop(TcpStream::connect((Ipv4Addr::LOCALHOST, port)));
            visited
        })
    }

    fn serve(self, listener: &TcpListener) -> io::Result<()> {
        let (mut socket, _) = listener.accept()?;
        socket.set_read_timeout(Some(PATIENCE))?;
        let mut heard = [0; 512];
        if socket.read(&mut heard)? == 0 {
            return Ok(());
        }
        socket.write_all(self.octets())?;
        // Nothing is left unread, so that the end is one and no reset.
        while socket.read(&mut heard)? != 0 {}
        socket.shutdown(Shutdown::Both)
    }
}

/// The largest number of octets that a length can say.
const BOMB: u32 = 0x7fff_ffff;
/// How long a client may be silent.
const PATIENCE: Duration = Duration::from_secs(30);
