//! A connection that is polled: nothing happens outside of [`Xio::dowork`], and that never waits.
//!
//! Facts reach the channel only after a poll gave nothing; what broke below is reported only after
//! everything that the peer had sent before was read.

use core::fmt;
use core::time::Duration;
use std::io;
use std::net::TcpStream;

use xiom_core::{Action, AskId, Channel, Connection, Layer, News, Rejected, SendId, WireBuf};

use crate::{Attempts, Config, Remote};

mod below;
mod socket;
#[cfg(feature = "blocking")]
mod straight;

pub(crate) use below::Step;
use below::{Broken, Link, Source};

/// A channel, its buffers and its socket; see the crate's documentation for an example.
///
/// It may be opened again after a failed open, and after a close; an accepted socket serves one open.
pub struct Xio<L> {
    connection: Connection<L>,
    source: Source,
    config: Config,
    link: Link,
    broken: Broken,
    attempts: Attempts,
    /// Counts the sockets, so that the user's poller sees when there is another.
    sockets: u32,
    is_working: bool,
    /// The last read took less than it might have: until somebody waits, another one brings nothing.
    is_drained: bool,
}

impl<L: Layer> Xio<L> {
    /// A closed connection to `remote`.
    #[must_use]
    pub fn client(remote: Remote, config: Config) -> Self {
        Self::new(Source::Remote(remote), config)
    }

    /// A closed connection over the accepted `socket`.
    ///
    /// # Errors
    ///
    /// Returns the system's error when the socket cannot be set up.
    pub fn server(socket: TcpStream, config: Config) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        config.apply(&socket)?;
        Ok(Self::new(Source::Accepted(Some(socket)), config))
    }

    fn new(source: Source, config: Config) -> Self {
        Self {
            connection: Connection::new(config.limits),
            source,
            config,
            link: Link::Down,
            broken: Broken::No,
            attempts: Attempts::default(),
            sockets: 0,
            is_working: false,
            is_drained: false,
        }
    }

    /// As [`Channel::open`].
    ///
    /// # Errors
    ///
    /// As [`Channel::open`].
    pub fn open(&mut self, layers: L, now: Duration) -> Result<(), Rejected> {
        self.connection.open(layers, now)?;
        self.attempts = Attempts::default();
        Ok(())
    }

    /// As [`Channel::send`].
    ///
    /// # Errors
    ///
    /// As [`Channel::send`].
    pub fn send(&mut self, id: SendId, octets: &[u8]) -> Result<(), Rejected> {
        self.connection.send(id, octets)
    }

    /// As [`Channel::answer`].
    ///
    /// # Errors
    ///
    /// As [`Channel::answer`].
    pub fn answer<T>(
        &mut self,
        id: AskId,
        deed: impl FnOnce(&mut L, &mut WireBuf) -> T,
    ) -> Result<T, Rejected> {
        self.connection.answer(id, deed)
    }

    /// As [`Channel::finish`].
    ///
    /// # Errors
    ///
    /// As [`Channel::finish`].
    pub fn finish(&mut self) -> Result<(), Rejected> {
        self.connection.finish()
    }

    /// As [`Channel::close`].
    ///
    /// # Errors
    ///
    /// As [`Channel::close`].
    pub fn close(&mut self, now: Duration) -> Result<(), Rejected> {
        self.connection.close(now)
    }

    /// Does what can be done without waiting, and tells the user what came of it.
    ///
    /// It reads at most 16 times, so that one busy peer does not starve others; call it again while
    /// the socket is ready, and at [`Self::poll_deadline`] at the latest.
    pub fn dowork(&mut self, now: Duration, mut tell: impl FnMut(Told<'_>)) {
        self.is_working = false;
        for step in [Step::Time, Step::Dial, Step::Write] {
            if !self.settle(now, &mut tell) {
                return;
            }
            self.advance(step, now);
        }
        //= SRS_TLSIO_50_031
        for _ in 0..READS {
            if !self.settle(now, &mut tell) {
                return;
            }
            let may_have_more = self.advance(Step::Read, now);
            if !self.settle(now, &mut tell) {
                return;
            }
            self.advance(Step::Write, now);
            if !may_have_more {
                break;
            }
        }
        if self.settle(now, &mut tell) {
            self.connection.release();
        }
    }

    /// When [`Self::dowork`] must be called at the latest, whatever the socket does.
    #[must_use]
    pub fn poll_deadline(&self) -> Option<Duration> {
        if self.is_working {
            return Some(Duration::ZERO);
        }
        let dial = match &self.link {
            Link::Dialing(dial) => dial.deadline(),
            Link::Down | Link::Up(_) => None,
        };
        let deadline = self.connection.channel().poll_deadline();
        dial.into_iter().chain(deadline).min()
    }

    /// For what [`Self::socket`] is to be watched.
    #[must_use]
    pub fn interest(&self) -> Interest {
        let has_pending = !self.connection.pending().is_empty() && self.broken == Broken::No;
        match self.link {
            Link::Down => Interest::default(),
            Link::Dialing(_) => Interest { is_readable: false, is_writable: true },
            Link::Up(_) => Interest {
                is_readable: self.connection.channel().is_reading(),
                is_writable: has_pending,
            },
        }
    }

    /// The socket, for the user's own poller: it gives the raw handle on every platform.
    ///
    /// The socket is not to be read, written or set to block.
    #[must_use]
    pub fn socket(&self) -> Option<&TcpStream> {
        match &self.link {
            Link::Down => None,
            Link::Dialing(dial) => dial.socket(),
            Link::Up(socket) => Some(socket.stream()),
        }
    }

    /// Changes whenever [`Self::socket`] may be another one: the poller is to be told, even when the
    /// raw handle has the same number.
    #[must_use]
    pub fn socket_number(&self) -> u32 {
        let dialed = u32::try_from(self.attempts.list().len()).unwrap_or(u32::MAX);
        self.sockets.wrapping_add(dialed)
    }

    /// The addresses that the present open, or the last one, has tried.
    #[must_use]
    pub const fn attempts(&self) -> &Attempts {
        &self.attempts
    }

    /// The channel, to look at.
    #[must_use]
    pub const fn channel(&self) -> &Channel<L> {
        self.connection.channel()
    }

    /// The connection, to look at.
    #[cfg(feature = "blocking")]
    pub(crate) const fn connection(&self) -> &Connection<L> {
        &self.connection
    }

    /// Gives the memory of empty buffers back.
    #[cfg(feature = "blocking")]
    pub(crate) fn release(&mut self) {
        self.connection.release();
    }

    /// Whether a read would bring nothing, and report nothing; not for whoever is told of a socket only once.
    #[cfg(feature = "blocking")]
    pub(crate) const fn is_drained(&self) -> bool {
        self.is_drained && !matches!(self.broken, Broken::Due(_))
    }

    /// Learns that somebody has waited for the socket.
    #[cfg(feature = "blocking")]
    pub(crate) const fn was_awaited(&mut self) {
        self.is_drained = false;
    }

    /// Tells everything that is owed; false when a computation wants the next call for itself.
    fn settle(&mut self, now: Duration, tell: &mut impl FnMut(Told<'_>)) -> bool {
        while let Some(news) = self.poll_news(now) {
            match news {
                News::Action(action) => tell(Told::Action(action)),
                News::Data(range) => tell(Told::Received(self.connection.octets(range))),
            }
        }
        !self.is_working
    }

    /// Performs what is the socket's, and yields what is the user's; [`Action::Work`] yields nothing.
    pub(crate) fn poll_news(&mut self, now: Duration) -> Option<News> {
        while !self.is_working {
            match self.connection.poll()? {
                News::Action(Action::Connect) => self.connect(now),
                News::Action(Action::Shutdown) => self.shut_down(),
                News::Action(Action::Disconnect) => self.disconnect(),
                News::Action(Action::Work) => self.is_working = true,
                news @ (News::Data(_) | News::Action(_)) => return Some(news),
            }
        }
        None
    }

    /// How writing failed, if it did.
    #[cfg(feature = "blocking")]
    pub(crate) const fn write_fault(&self) -> Option<xiom_core::SocketFault> {
        match self.broken {
            Broken::No => None,
            Broken::Due(fault) | Broken::Told(fault) => Some(fault),
        }
    }

    /// Lets the next [`Self::poll_news`] go on with a computation; whether there is one.
    #[cfg(feature = "blocking")]
    pub(crate) fn resume_work(&mut self) -> bool {
        core::mem::take(&mut self.is_working)
    }
}

impl<L: fmt::Debug> fmt::Debug for Xio<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Xio")
            .field("connection", &self.connection)
            .field("source", &self.source)
            .field("link", &self.link)
            .field("broken", &self.broken)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// What [`Xio::dowork`] tells the user.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Told<'a> {
    /// A deed of the channel that is the user's: `Ask`, `Opened`, `Sent`, `Ended`, `Failed` or `Closed`.
    Action(Action),
    /// Octets from the peer, where they were decrypted; never empty.
    Received(&'a [u8]),
}

/// For what a socket is to be watched; for nothing means that the poller should forget it for a while.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Interest {
    /// Whether octets may be read.
    pub is_readable: bool,
    /// Whether octets may be written, or the connecting is over.
    pub is_writable: bool,
}

const READS: usize = 16;
