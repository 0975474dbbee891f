//! A connection that waits by itself.
//!
//! Each call does the one thing it was asked for and moves whatever else is due: a read also pushes
//! what this side still has to say. Octets are accepted only when there is room, and sealed once.

use alloc::collections::VecDeque;
use core::ops::Range;
use core::time::Duration;
use std::io;
use std::net::TcpStream;

use xiom_core::{Action, Cause, Failure, Layer, News, OpenResult, SocketFault, Stage, WireBuf};

use crate::wait::wait;
use crate::xio::Step;
use crate::{Clock, Config, Error, Interest, Remote, Xio, io_error};

mod stream;

/// An open connection as a stream of octets, with [`std::io::Read`], [`std::io::BufRead`] and
/// [`std::io::Write`].
///
/// Dropping it takes the socket down without a goodbye: [`Self::close`] says it.
///
/// ```
/// use std::io::{Read, Write};
/// use xiom_core::Plain;
/// use xiom_xio::{Blocking, Config, Remote, listen};
///
/// let listener = listen("127.0.0.1:0".parse()?)?;
/// let remote = Remote::from(listener.local_addr()?);
/// let server = std::thread::spawn(move || {
///     let socket = listener.accept()?.0;
///     let mut stream = Blocking::accept(socket, Plain::default(), Config::SERVER, |_, _| {})?;
///     stream.write_all(b"hello")?;
///     stream.close()
/// });
/// let mut stream = Blocking::connect(remote, Plain::default(), Config::CLIENT)?;
/// let mut got = String::new();
/// stream.read_to_string(&mut got)?;
/// assert_eq!(got, "hello");
/// stream.close()?;
/// # server.join().unwrap()?;
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Blocking<L> {
    xio: Xio<L>,
    clock: Clock,
    /// Octets that came up and that no reader has taken, oldest first; they lie in the input, which
    /// bounds them.
    plain: VecDeque<Range<usize>>,
    status: Status,
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
}

impl<L: Layer> Blocking<L> {
    /// Connects to `remote` and opens `layers` over it, which ask nothing.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Failed`] with the attempts that were made.
    pub fn connect(remote: Remote, layers: L, config: Config) -> Result<Self, Error> {
        Self::connect_with(remote, layers, config, |_, _| {})
    }

    /// As [`Self::connect`]; `answerer` answers each question of the layers, at once.
    ///
    /// # Errors
    ///
    /// As [`Self::connect`].
    pub fn connect_with(
        remote: Remote,
        layers: L,
        config: Config,
        answerer: impl FnMut(&mut L, &mut WireBuf),
    ) -> Result<Self, Error> {
        Self::open(Xio::client(remote, config), layers, answerer)
    }

    /// Opens `layers` over the accepted `socket`; `answerer` answers each of their questions, at once.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Failed`] when the peer does not prove itself, [`Error::Io`] when the socket
    /// cannot be set up.
    pub fn accept(
        socket: TcpStream,
        layers: L,
        config: Config,
        answerer: impl FnMut(&mut L, &mut WireBuf),
    ) -> Result<Self, Error> {
        Self::open(Xio::server(socket, config)?, layers, answerer)
    }

    fn open(
        mut xio: Xio<L>,
        layers: L,
        mut answerer: impl FnMut(&mut L, &mut WireBuf),
    ) -> Result<Self, Error> {
        let clock = Clock::start();
        xio.open(layers, clock.now())?;
        let (plain, status) = (VecDeque::new(), Status::Opening);
        let (read_timeout, write_timeout) = (None, None);
        let mut this = Self { xio, clock, plain, status, read_timeout, write_timeout };
        while this.status == Status::Opening {
            match this.poll_news() {
                Some(News::Action(Action::Ask(id))) => this.xio.answer(id, &mut answerer)?,
                Some(news) => this.note(news),
                None => this.turn(Wanted::All, None)?,
            }
        }
        // The last words of the handshake may be ours, and the peer waits for them.
        this.xio.advance(Step::Write, this.clock.now());
        if this.status == Status::Open { Ok(this) } else { Err(this.error()) }
    }

    /// Bounds the wait of one read; `None`, the default, waits for ever.
    pub const fn set_read_timeout(&mut self, timeout: Option<Duration>) {
        self.read_timeout = timeout;
    }

    /// Bounds the wait of one write or flush; `None`, the default, waits for ever.
    pub const fn set_write_timeout(&mut self, timeout: Option<Duration>) {
        self.write_timeout = timeout;
    }

    /// Ends this side's octets in order: what was written is sent, then the goodbye; reading goes on.
    ///
    /// # Errors
    ///
    /// Returns the failure of the connection, or [`Error::Rejected`] when this side has ended before.
    pub fn finish(&mut self) -> Result<(), Error> {
        self.xio.finish()?;
        self.drain()?;
        Ok(())
    }

    /// Closes in order: everything is sent, the goodbye too, and what the peer still sends is dropped
    /// until it ends as well, or [`xiom_core::Limits::close`] is over.
    ///
    /// # Errors
    ///
    /// Returns the failure that the connection had met before, after taking it down.
    pub fn close(&mut self) -> Result<(), Error> {
        if self.status == Status::Closed {
            return Ok(());
        }
        let result = if let Status::Failed(_) = self.status { Err(self.error()) } else { Ok(()) };
        self.xio.close(self.clock.now())?;
        while self.status != Status::Closed {
            self.plain.clear();
            match self.poll_news() {
                Some(News::Action(Action::Closed)) => self.status = Status::Closed,
                Some(_) => {}
                None => self.turn(Wanted::All, None)?,
            }
        }
        result
    }

    /// The connection below, to look at.
    #[must_use]
    pub const fn xio(&self) -> &Xio<L> {
        &self.xio
    }

    fn poll_news(&mut self) -> Option<News> {
        self.xio.poll_news(self.clock.now())
    }

    /// Polls until nothing is owed, or, if `once`, until there are octets.
    fn settle(&mut self, once: bool) {
        while !once || self.plain.is_empty() {
            let Some(news) = self.poll_news() else { return };
            self.note(news);
        }
    }

    fn note(&mut self, news: News) {
        self.status = match news {
            News::Data(range) => return self.plain.push_back(range),
            News::Action(Action::Opened(OpenResult::Ok)) => Status::Open,
            News::Action(Action::Opened(OpenResult::Failed(failure)) | Action::Failed(failure)) => {
                Status::Failed(failure)
            }
            News::Action(Action::Ended) => Status::Ended,
            News::Action(Action::Opened(OpenResult::Cancelled) | Action::Closed) => Status::Closed,
            News::Action(
                Action::Connect
                | Action::Shutdown
                | Action::Disconnect
                | Action::Ask(_)
                | Action::Work
                | Action::Sent(..),
            ) => return,
        };
    }

    /// Does one thing below, or waits until something can be done; only while nothing is owed.
    ///
    /// Octets are read only when `wanted`, and never over others that no reader has taken.
    fn turn(&mut self, wanted: Wanted, until: Option<Duration>) -> io::Result<()> {
        let now = self.clock.now();
        let steps: &[Step] = match wanted {
            Wanted::All => &[Step::Time, Step::Dial, Step::Write, Step::Read],
            Wanted::Writing => &[Step::Write],
        };
        if self.xio.resume_work() || steps.iter().any(|step| self.xio.advance(*step, now)) {
            return Ok(());
        }
        if until.is_some_and(|until| until <= now) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        if self.plain.is_empty() {
            self.xio.release();
        }
        self.wait(wanted, until)
    }

    fn wait(&mut self, wanted: Wanted, until: Option<Duration>) -> io::Result<()> {
        let Interest { is_readable, is_writable } = self.xio.interest();
        let interest = Interest { is_readable: is_readable && wanted == Wanted::All, is_writable };
        let deadline = self.xio.poll_deadline().into_iter().chain(until).min();
        let timeout = deadline.map(|deadline| deadline.saturating_sub(self.clock.now()));
        match self.xio.socket() {
            Some(socket) if interest != Interest::default() || timeout.is_some() => {
                wait(socket, interest, timeout)
            }
            // Nothing can happen any more.
            Some(_) | None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// Writes until nothing is pending, and does what is owed then.
    fn drain(&mut self) -> io::Result<()> {
        let until = self.until(self.write_timeout);
        loop {
            self.settle(false);
            if self.xio.connection().pending().is_empty() {
                return Ok(());
            }
            self.check_writing()?;
            self.turn(Wanted::Writing, until)?;
        }
    }

    fn check_writing(&self) -> io::Result<()> {
        if let Status::Failed(_) = self.status {
            return Err(self.error().into());
        }
        let fault = self.xio.write_fault();
        fault.map_or(Ok(()), |fault| Err(io_error(Cause::Socket(fault).at(Stage::Open))))
    }

    fn until(&self, timeout: Option<Duration>) -> Option<Duration> {
        self.clock.now().checked_add(timeout?)
    }

    fn error(&self) -> Error {
        let failure = match self.status {
            Status::Failed(failure) => failure,
            Status::Opening | Status::Open | Status::Ended | Status::Closed => {
                Cause::Socket(SocketFault::Other).at(Stage::Closing)
            }
        };
        Error::Failed { failure, attempts: self.xio.attempts().clone() }
    }
}

/// Where the user stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Status {
    Opening,
    Open,
    /// The peer has ended in order.
    Ended,
    Failed(Failure),
    Closed,
}

/// What a call may move.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Wanted {
    All,
    Writing,
}
