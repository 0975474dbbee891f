//! A connection that waits by itself.
//!
//! Each call does the one thing it was asked for and moves whatever else is due: a read also pushes
//! what this side still has to say. Octets are accepted only when there is room, and sealed once.

use alloc::collections::VecDeque;
use core::ops::Range;
use core::time::Duration;
use std::io;
use std::net::TcpStream;

use xiom_core::{
    Action, Cause, Failure, Layer, News, OpenResult, Rejected, SendId, SocketFault, Stage, WireBuf,
};

use crate::wait::wait;
use crate::xio::Step;
use crate::{Attempts, Clock, Config, Error, Interest, Remote, Xio};

mod shared;
mod stream;

pub use shared::Shared;

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
    /// Nothing came within the last wait.
    is_idle: bool,
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
        let is_idle = false;
        let mut this = Self { xio, clock, plain, status, read_timeout, write_timeout, is_idle };
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
        let failure = self.begin_close()?;
        while !self.try_close() {
            self.rest(Wanted::All, None)?;
        }
        failure.map_or(Ok(()), Err)
    }

    /// Begins a close; the failure that the connection had met before.
    fn begin_close(&mut self) -> Result<Option<Error>, Error> {
        let failure = matches!(self.status, Status::Failed(_)).then(|| self.error());
        self.xio.close(self.clock.now())?;
        Ok(failure)
    }

    /// Goes on with a close as far as it goes at once; whether it is over.
    fn try_close(&mut self) -> bool {
        while self.status != Status::Closed {
            self.plain.clear();
            match self.poll_news() {
                Some(News::Action(Action::Closed)) => self.status = Status::Closed,
                Some(_) => {}
                None => {
                    if !self.advance(Wanted::All) {
                        return false;
                    }
                }
            }
        }
        true
    }

    //= SRS_THRIFT_SASL_02_001
    /// Sends `octets` as one message of the channel, so as one frame of Thrift, whatever their number up to
    /// [`xiom_core::Limits::message`]; [`io::Write::write`] would take 64 KiB at a time.
    ///
    /// It returns when the message is sealed, and waits for that if earlier ones take all the room; what
    /// the socket did not take goes with the next call, at the latest [`io::Write::flush`].
    ///
    /// ```
    /// use std::io::{Read, Write};
    /// use xiom_core::{Plain, Rejected};
    /// use xiom_xio::{Blocking, Config, Error, Remote, listen};
    ///
    /// let listener = listen("127.0.0.1:0".parse()?)?;
    /// let remote = Remote::from(listener.local_addr()?);
    /// let mut stream = Blocking::connect(remote, Plain::default(), Config::CLIENT)?;
    /// stream.send_message(b"hello")?;
    /// stream.flush()?;
    /// let mut got = [0; 5];
    /// listener.accept()?.0.read_exact(&mut got)?;
    /// assert_eq!(&got, b"hello");
    /// let refused = stream.send_message(&vec![0; 1 << 25]);
    /// assert!(matches!(refused, Err(Error::Rejected(Rejected::TooLarge { .. }))));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Rejected`] when the message is too large or this side has ended,
    /// [`Error::Failed`] when the connection is broken, and [`Error::Io`] when the write timeout is over;
    /// nothing of the message is sent then.
    pub fn send_message(&mut self, octets: &[u8]) -> Result<(), Error> {
        let until = self.until(self.write_timeout);
        while !self.try_send(octets, BRIEF)? {
            self.rest(Wanted::Writing, until)?;
        }
        Ok(())
    }

    /// The connection below, to look at.
    #[must_use]
    pub const fn xio(&self) -> &Xio<L> {
        &self.xio
    }

    fn poll_news(&mut self) -> Option<News> {
        let now = self.now();
        self.xio.poll_news(now)
    }

    /// The time, wherever something depends on it; on a quiet machine, to ask for it costs as much as a frame.
    fn now(&self) -> Duration {
        let matters = self.status == Status::Opening || self.xio.poll_deadline().is_some();
        if matters { self.clock.now() } else { Duration::ZERO }
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
    fn turn(&mut self, wanted: Wanted, until: Option<Duration>) -> io::Result<()> {
        if self.advance(wanted) { Ok(()) } else { self.rest(wanted, until) }
    }

    /// Does one thing below that does not wait, only while nothing is owed; whether anything came of it.
    ///
    /// Octets are read only when `wanted`, and never over others that no reader has taken.
    fn advance(&mut self, wanted: Wanted) -> bool {
        let now = self.now();
        let steps: &[Step] = match wanted {
            Wanted::All if self.xio.is_drained() => &[Step::Time, Step::Dial, Step::Write],
            Wanted::All => &[Step::Time, Step::Dial, Step::Write, Step::Read],
            Wanted::Writing => &[Step::Write],
        };
        self.xio.resume_work() || steps.iter().any(|step| self.xio.advance(*step, now))
    }

    /// Waits until something can be done.
    fn rest(&mut self, wanted: Wanted, until: Option<Duration>) -> io::Result<()> {
        let (interest, timeout) = self.awaited(wanted, until)?;
        let is_brief = !self.is_idle && timeout.is_none_or(|timeout| BRIEF <= timeout);
        if is_brief && wanted == Wanted::All && self.xio.can_wait_reading() {
            self.is_idle = !self.xio.read_waiting(BRIEF);
            return Ok(());
        }
        match self.xio.socket() {
            Some(socket) if interest != Interest::default() || timeout.is_some() => {
                let is_ready = wait(socket, interest, self.patience(timeout))?;
                self.waited(is_ready);
                Ok(())
            }
            // Nothing can happen any more.
            Some(_) | None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    fn waited(&mut self, is_ready: bool) {
        self.is_idle = !is_ready;
        self.xio.was_awaited();
    }

    /// How long to wait at most: not for long until it is known that nothing comes.
    fn patience(&self, timeout: Option<Duration>) -> Option<Duration> {
        if self.is_idle { timeout } else { Some(timeout.unwrap_or(BRIEF).min(BRIEF)) }
    }

    /// For what to wait and how long, or that `until` has come.
    fn awaited(
        &mut self,
        wanted: Wanted,
        until: Option<Duration>,
    ) -> io::Result<(Interest, Option<Duration>)> {
        if until.is_some_and(|until| until <= self.clock.now()) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        // Within a burst, memory that goes back is asked for again a moment later.
        if self.is_idle && self.plain.is_empty() {
            self.xio.release();
        }
        let Interest { is_readable, is_writable } = self.xio.interest();
        let interest = Interest { is_readable: is_readable && wanted == Wanted::All, is_writable };
        let deadline = self.xio.poll_deadline().into_iter().chain(until).min();
        let timeout = deadline.map(|deadline| deadline.saturating_sub(self.clock.now()));
        Ok((interest, timeout))
    }

    /// Writes until nothing is pending, and does what is owed then.
    fn drain(&mut self) -> Result<(), Error> {
        let until = self.until(self.write_timeout);
        while !self.try_drain()? {
            self.rest(Wanted::Writing, until)?;
        }
        Ok(())
    }

    /// As [`Self::drain`], as far as it goes at once; whether nothing is pending any more.
    fn try_drain(&mut self) -> Result<bool, Error> {
        loop {
            self.settle(false);
            if self.xio.connection().pending().is_empty() {
                return Ok(true);
            }
            self.check_writing()?;
            if !self.advance(Wanted::Writing) {
                return Ok(false);
            }
        }
    }

    /// Accepts `octets` as one message, if that goes at once; false when room is to be awaited.
    ///
    /// See [`Xio::send_now`] for the `patience`.
    fn try_send(&mut self, octets: &[u8], patience: Duration) -> Result<bool, Error> {
        self.settle(false);
        loop {
            self.check_writing()?;
            let (channel, size) = (self.xio.channel(), octets.len());
            let limit = channel.limits().message;
            //= SRS_THRIFT_SASL_02_002
            if channel.is_open() && limit < size {
                return Err(Rejected::TooLarge { size, limit }.into());
            }
            let needs_room = channel.is_open() && !self.xio.connection().has_room();
            if needs_room && !self.try_drain()? {
                return Ok(false);
            }
            match self.xio.send_now(ID, octets, patience) {
                // What does not go at once, or fails, is the next call's.
                Ok(()) => return Ok(true),
                Err(Rejected::Full) if self.try_drain()? => {}
                Err(Rejected::Full) => return Ok(false),
                Err(rejected) => return Err(rejected.into()),
            }
        }
    }

    fn check_writing(&self) -> Result<(), Error> {
        match (self.status, self.xio.write_fault()) {
            (Status::Failed(_), _) => Err(self.error()),
            (_, Some(fault)) => {
                let failure = Cause::Socket(fault).at(Stage::Open);
                Err(Error::Failed { failure, attempts: Attempts::default(), peer_text: None })
            }
            (_, None) => Ok(()),
        }
    }

    fn until(&self, timeout: Option<Duration>) -> Option<Duration> {
        let timeout = timeout?;
        self.clock.now().checked_add(timeout)
    }

    fn error(&self) -> Error {
        let failure = match self.status {
            Status::Failed(failure) => failure,
            Status::Opening | Status::Open | Status::Ended | Status::Closed => {
                Cause::Socket(SocketFault::Other).at(Stage::Closing)
            }
        };
        let peer_text = self.xio.channel().peer_text().map(Box::from);
        Error::Failed { failure, attempts: self.xio.attempts().clone(), peer_text }
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

/// The wait after which a connection is idle, and gives the memory of its empty buffers back.
const BRIEF: Duration = Duration::from_millis(5);

/// Messages of a stream need no names: none is waited for alone.
const ID: SendId = SendId(0);
