//! An open connection as a stream of octets, and the one machine below all of this crate's types.
//!
//! Nothing but the reader reports facts and reads; a writer seals, writes and polls. So a writer never
//! takes octets away from a reader, and what broke in writing is reported only after all that the peer
//! had sent before was read.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use core::future::poll_fn;
use core::ops::Range;
use core::pin::Pin;
use core::task::{Context, Poll, Waker, ready};
use core::time::Duration;
use std::io;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use xiom_core::{
    Action, AskId, Cause, Channel, Connection, Fact, Failure, Layer, News, OpenResult, Rejected,
    SocketFault, Stage,
};

use crate::wakers::{Side, Wakers};
use crate::{ReadHalf, WriteHalf, io_error, socket_fault, split};

mod traits;

/// An open connection as a stream of octets.
///
/// - A write is accepted when there is room, and then sealed whole; it is told once, and never sealed
///   again. Small slices of a vectored write share one record.
/// - A read also pushes what this side still has to say, so that it cannot wait for ever for the answer
///   to a request that was not flushed.
/// - A peer that ends in order gives the end of the stream; any other end is an error, whose source is
///   the [`Failure`]. See the crate's documentation for how to get at it.
/// - [`AsyncWrite::poll_shutdown`] ends this side only: reading goes on. [`Self::close`] ends both.
/// - Reads, writes and shutdown may be dropped and repeated: none loses octets.
///
/// Dropping it takes the socket down without a goodbye.
pub struct Stream<L, S = TcpStream> {
    pub(crate) connection: Connection<L>,
    pub(crate) socket: S,
    /// Octets that came up and that no reader has taken, oldest first; they lie in the input, which
    /// bounds them.
    plain: VecDeque<Range<usize>>,
    pub(crate) status: Status,
    pub(crate) asked: Option<AskId>,
    is_working: bool,
    goodbye: Goodbye,
    broken: Broken,
    /// Whether the socket may hold octets back that it took.
    needs_flush: bool,
    wakers: Arc<Wakers>,
    /// Wakes both sides.
    both: Waker,
}

impl<L: Layer, S: AsyncRead + AsyncWrite + Unpin> Stream<L, S> {
    pub(crate) fn new(connection: Connection<L>, socket: S) -> Self {
        let wakers = Arc::new(Wakers::default());
        Self {
            connection,
            socket,
            plain: VecDeque::new(),
            status: Status::Opening,
            asked: None,
            is_working: false,
            goodbye: Goodbye::No,
            broken: Broken::No,
            needs_flush: false,
            both: Waker::from(wakers.clone()),
            wakers,
        }
    }

    /// Closes in order: everything is sent, the goodbye too, and what the peer still sends is dropped
    /// until it ends as well, or [`xiom_core::Limits::close`] is over.
    ///
    /// # Errors
    ///
    /// Returns the failure that the connection had met before, after taking it down.
    pub async fn close(mut self) -> io::Result<()> {
        let result = if let Status::Failed(_) = self.status { Err(self.error()) } else { Ok(()) };
        self.connection.close(Duration::ZERO).map_err(io::Error::other)?;
        let limit = self.connection.channel().limits().close;
        // Dropping the socket is all that is left when the time is over.
        let _ = timeout(limit, poll_fn(|context| self.poll_closed(context))).await;
        result
    }

    //= SRS_THRIFT_SASL_02_001
    /// Seals `octets` as one message of the channel, so as one frame of Thrift, whatever their number up to
    /// [`xiom_core::Limits::message`]; [`AsyncWrite::poll_write`] would take 64 KiB at a time.
    ///
    /// Until it is ready nothing of the message is sealed, and it may be given up; what the socket does
    /// not take at once goes with the next call, at the latest [`AsyncWrite::poll_flush`].
    ///
    /// # Errors
    ///
    /// Returns an error whose source is the [`xiom_core::Rejected`], such as a message that is too large,
    /// or the [`Failure`] of the connection; nothing of the message is sent then.
    pub fn poll_send_message(
        &mut self,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<()>> {
        let (channel, size) = (self.channel(), octets.len());
        let limit = channel.limits().message;
        //= SRS_THRIFT_SASL_02_002
        if channel.is_open() && limit < size {
            let rejected = Rejected::TooLarge { size, limit };
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidInput, rejected)));
        }
        self.poll_whole(context, octets)
    }

    /// As [`Self::poll_send_message`]; dropping the future before it is ready sends nothing.
    ///
    /// ```
    /// use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    /// use xiom_core::Plain;
    /// use xiom_tokio::Connector;
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
    /// let (near, mut far) = duplex(1 << 20);
    /// let mut stream = Connector::default().connect(near, Plain::default()).await?;
    /// stream.send_message(&[7; 100_000]).await?;
    /// stream.flush().await?;
    /// far.read_exact(&mut [0; 100_000]).await?;
    /// # std::io::Result::Ok(()) })?;
    /// # std::io::Result::Ok(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Self::poll_send_message`].
    pub async fn send_message(&mut self, octets: &[u8]) -> io::Result<()> {
        poll_fn(|context| self.poll_send_message(context, octets)).await
    }

    /// Splits the stream so that two tasks can read and write at once.
    ///
    /// The halves share a lock, which is held while octets are moved, never while one waits.
    pub fn into_split(self) -> (ReadHalf<L, S>, WriteHalf<L, S>) {
        split::split(self)
    }

    /// The channel, to look at.
    #[must_use]
    pub const fn channel(&self) -> &Channel<L> {
        self.connection.channel()
    }

    /// The socket, to look at.
    #[must_use]
    pub const fn socket(&self) -> &S {
        &self.socket
    }

    /// The failure that ended the stream, if one did.
    #[must_use]
    pub const fn failure(&self) -> Option<Failure> {
        match self.status {
            Status::Failed(failure) => Some(failure),
            Status::Opening | Status::Open | Status::Ended | Status::Closed => None,
        }
    }

    /// Polls until nothing is owed, or, if `once`, until there are octets for the reader.
    pub(crate) fn settle(&mut self, once: bool) {
        while !once || self.plain.is_empty() {
            match self.connection.poll() {
                None => return,
                Some(News::Data(range)) => self.plain.push_back(range),
                Some(News::Action(Action::Work)) => return self.is_working = true,
                Some(News::Action(action)) => self.perform(action),
            }
        }
    }

    fn perform(&mut self, action: Action) {
        self.status = match action {
            Action::Opened(OpenResult::Ok) => Status::Open,
            Action::Opened(OpenResult::Failed(failure)) | Action::Failed(failure) => {
                Status::Failed(failure)
            }
            Action::Ended => Status::Ended,
            Action::Opened(OpenResult::Cancelled) | Action::Closed => Status::Closed,
            Action::Connect => return self.connection.handle(Fact::Connected),
            Action::Ask(id) => return self.asked = Some(id),
            Action::Shutdown => return self.goodbye = Goodbye::Written,
            Action::Disconnect => return self.disconnect(),
            Action::Work | Action::Sent(..) => return,
        };
        // Whoever waits has to learn of it; the one who polls just now polls once more.
        self.both.wake_by_ref();
    }

    /// The last words, such as an alert, go if they go at once.
    fn disconnect(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        let _ = self.poll_drain(&mut context);
        let _ = Pin::new(&mut self.socket).poll_flush(&mut context);
        let _ = Pin::new(&mut self.socket).poll_shutdown(&mut context);
        self.connection.handle(Fact::Disconnected);
    }

    /// Takes the flag that a computation goes on.
    pub(crate) fn take_working(&mut self) -> bool {
        core::mem::take(&mut self.is_working)
    }

    /// Pushes what is pending, then reads; only while nothing is owed, and no octets wait for a reader.
    ///
    /// Ready when something came of it, and the channel is to be polled again.
    pub(crate) fn poll_turn(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.push(Side::Reader, context) {
            return Poll::Ready(());
        }
        if !self.connection.channel().is_reading() {
            return self.report_broken();
        }
        let mut room = ReadBuf::new(self.connection.room());
        let fact = match Pin::new(&mut self.socket).poll_read(context, &mut room) {
            Poll::Pending => {
                self.connection.release();
                return self.report_broken();
            }
            Poll::Ready(Ok(())) if room.filled().is_empty() => Fact::Ended,
            Poll::Ready(Ok(())) => {
                let count = room.filled().len();
                self.connection.fill(count);
                return Poll::Ready(());
            }
            Poll::Ready(Err(error)) => {
                let fault = socket_fault(error.kind());
                self.broken = Broken::Told(fault);
                Fact::Lost(fault)
            }
        };
        self.connection.handle(fact);
        Poll::Ready(())
    }

    //= SRS_TLSIO_50_003
    /// What broke in writing is told when there is nothing more to read.
    fn report_broken(&mut self) -> Poll<()> {
        let Broken::Due(fault) = self.broken else { return Poll::Pending };
        self.broken = Broken::Told(fault);
        self.connection.handle(Fact::Lost(fault));
        Poll::Ready(())
    }

    /// Writes what goes at once; `side` is woken when more goes. Whether anything came of it.
    pub(crate) fn push(&mut self, side: Side, context: &Context<'_>) -> bool {
        let before = self.unsaid();
        if before == (0, false, false) {
            return false;
        }
        let _ = self.poll_written(side, context);
        let is_changed = before != self.unsaid();
        if side == Side::Reader && is_changed {
            self.wakers.wake_side(Side::Writer);
        }
        is_changed
    }

    /// The octets to be written, whether the socket is to be flushed, and whether it is to be shut.
    fn unsaid(&self) -> (usize, bool, bool) {
        let is_to_be_shut = self.goodbye == Goodbye::Written;
        (self.connection.pending().len(), self.needs_flush, is_to_be_shut)
    }

    /// Ready when the socket took everything and holds nothing back, and is shut down if that is due.
    fn poll_written(&mut self, side: Side, context: &Context<'_>) -> Poll<Result<(), SocketFault>> {
        self.wakers.register(side, context);
        let both = self.both.clone();
        let mut context = Context::from_waker(&both);
        ready!(self.poll_drain(&mut context))?;
        if self.needs_flush {
            let flushed = ready!(Pin::new(&mut self.socket).poll_flush(&mut context));
            self.needs_flush = false;
            self.note_broken(flushed)?;
        }
        if self.goodbye == Goodbye::Written {
            let shut = ready!(Pin::new(&mut self.socket).poll_shutdown(&mut context));
            self.goodbye = Goodbye::Said;
            self.note_broken(shut)?;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_drain(&mut self, context: &mut Context<'_>) -> Poll<Result<(), SocketFault>> {
        while !self.connection.pending().is_empty() {
            if let Broken::Due(fault) | Broken::Told(fault) = self.broken {
                return Poll::Ready(Err(fault));
            }
            let pending = self.connection.pending();
            let written = ready!(Pin::new(&mut self.socket).poll_write(context, pending));
            let count = self.note_broken(match written {
                Ok(0) => Err(io::ErrorKind::WriteZero.into()),
                written => written,
            })?;
            self.connection.take(count);
            self.needs_flush = true;
        }
        Poll::Ready(Ok(()))
    }

    pub(super) fn note_broken<T>(&mut self, result: io::Result<T>) -> Result<T, SocketFault> {
        result.map_err(|error| {
            let fault = socket_fault(error.kind());
            self.broken = Broken::Due(fault);
            // It is the reader that tells the channel, after what it can still read.
            self.wakers.wake_side(Side::Reader);
            fault
        })
    }

    fn poll_closed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            self.settle(false);
            self.plain.clear();
            if self.status == Status::Closed {
                return Poll::Ready(());
            }
            ready!(self.poll_turn(context));
        }
    }

    /// The error that a user gets from now on.
    pub(crate) fn error(&self) -> io::Error {
        match (self.failure(), self.broken) {
            (Some(failure), _) => io_error(failure),
            (None, Broken::Due(fault) | Broken::Told(fault)) => {
                io_error(Cause::Socket(fault).at(Stage::Open))
            }
            (None, Broken::No) => io::ErrorKind::NotConnected.into(),
        }
    }
}

impl<L, S> Unpin for Stream<L, S> {}

impl<L: core::fmt::Debug, S: core::fmt::Debug> core::fmt::Debug for Stream<L, S> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Stream")
            .field("connection", &self.connection)
            .field("socket", &self.socket)
            .field("status", &self.status)
            .field("goodbye", &self.goodbye)
            .field("broken", &self.broken)
            .finish_non_exhaustive()
    }
}

/// Where the user stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Status {
    Opening,
    Open,
    /// The peer has ended in order.
    Ended,
    Failed(Failure),
    Closed,
}

/// How far this side has ended its octets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Goodbye {
    No,
    /// It is to be written.
    Due,
    /// It was written; the socket is to be shut down.
    Written,
    Said,
}

/// Whether the socket failed, and the channel knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Broken {
    No,
    Due(SocketFault),
    Told(SocketFault),
}
