//! A channel with its two buffers: the loop that every adapter runs, once.
//!
//! An adapter moves octets, reports facts and passes on [`News`]; nothing is left for it to decide.

use core::ops::Range;
use core::time::Duration;

use crate::{Action, AskId, Channel, Fact, InputBuf, Layer, Limits, Rejected, SendId, WireBuf};

/// A [`Channel`], the octets on their way down and those that came up.
///
/// One round of an adapter is: poll until `None`, perform what it yields, then one fact or one read,
/// then poll again, and write what is pending.
///
/// ```
/// use core::time::Duration;
/// use xiom_core::{Action, Connection, Fact, Limits, News, OpenResult, Plain};
///
/// let mut connection = Connection::new(Limits::default());
/// connection.open(Plain::default(), Duration::ZERO)?;
/// assert_eq!(connection.poll(), Some(News::Action(Action::Connect)));
/// connection.handle(Fact::Connected);
/// assert_eq!(connection.poll(), Some(News::Action(Action::Opened(OpenResult::Ok))));
///
/// connection.room()[..2].copy_from_slice(b"hi"); // As a read from the socket does.
/// connection.fill(2);
/// let Some(News::Data(range)) = connection.poll() else { unreachable!() };
/// assert_eq!(connection.octets(range), b"hi");
/// # Ok::<(), xiom_core::Rejected>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Connection<L> {
    channel: Channel<L>,
    wire: WireBuf,
    input: InputBuf,
}

impl<L: Layer> Connection<L> {
    /// A closed connection.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let (wire, input) = (WireBuf::default(), InputBuf::default());
        Self { channel: Channel::new(limits), wire, input }
    }

    /// As [`Channel::open`].
    ///
    /// # Errors
    ///
    /// As [`Channel::open`].
    pub fn open(&mut self, layers: L, now: Duration) -> Result<(), Rejected> {
        self.channel.open(layers, now, &mut self.wire)?;
        //= SRS_SASLCLIENTIO_50_024
        self.input.wipe();
        Ok(())
    }

    /// As [`Channel::send`].
    ///
    /// # Errors
    ///
    /// As [`Channel::send`].
    pub fn send(&mut self, id: SendId, octets: &[u8]) -> Result<(), Rejected> {
        self.channel.send(id, octets, &mut self.wire)
    }

    /// As [`Channel::send_straight`].
    ///
    /// # Errors
    ///
    /// As [`Channel::send`].
    pub fn send_straight(
        &mut self,
        id: SendId,
        octets: &[u8],
        write: impl FnOnce(&[u8], &[u8]) -> usize,
    ) -> Result<(), Rejected> {
        self.channel.send_straight(id, octets, &mut self.wire, write)
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
        self.channel.answer(id, &mut self.wire, deed)
    }

    /// As [`Channel::finish`].
    ///
    /// # Errors
    ///
    /// As [`Channel::finish`].
    pub fn finish(&mut self) -> Result<(), Rejected> {
        self.channel.finish()
    }

    /// As [`Channel::close`].
    ///
    /// # Errors
    ///
    /// As [`Channel::close`].
    pub fn close(&mut self, now: Duration) -> Result<(), Rejected> {
        self.channel.close(now, &mut self.wire)
    }

    /// As [`Channel::handle`]; only after [`Self::poll`] gave `None`.
    pub fn handle(&mut self, fact: Fact) {
        self.channel.handle(fact, &mut self.wire);
    }

    /// Yields the next deed or the next octets for the user, or `None` when octets from the socket, an
    /// answer or time are awaited.
    pub fn poll(&mut self) -> Option<News> {
        loop {
            if let Some(action) = self.channel.poll_action(&mut self.wire) {
                if matches!(action, Action::Opened(_)) {
                    self.input.wipe_read();
                }
                return Some(News::Action(action));
            }
            //= SRS_TLSIO_30_096
            let Some(got) = self.channel.receive(self.input.unread(), &mut self.wire) else {
                //= SRS_TLSIO_50_032
                if self.input.is_full() && self.channel.is_reading() {
                    self.channel.fail_full(&mut self.wire);
                    continue;
                }
                return None;
            };
            if let Some(octets) = got.gathered.filter(|octets| !octets.is_empty()) {
                return Some(News::Data(self.input.replace(got.consumed, octets.expose())));
            }
            let data = self.input.locate(&got.data);
            //= SRS_TLSIO_30_102
            self.input.consume(got.consumed);
            //= SRS_TLSIO_30_100
            if !data.is_empty() {
                return Some(News::Data(data));
            }
        }
    }

    /// The octets of [`News::Data`]; they stay until the next read into [`Self::room`].
    #[must_use]
    pub fn octets(&self, range: Range<usize>) -> &[u8] {
        self.input.octets(range)
    }

    /// Room for octets from the socket; only after [`Self::poll`] gave `None`.
    pub fn room(&mut self) -> &mut [u8] {
        self.input.room()
    }

    /// Keeps the first `count` octets of [`Self::room`].
    pub fn fill(&mut self, count: usize) {
        self.input.fill(count);
    }

    /// Octets to be written to the socket.
    #[must_use]
    pub fn pending(&self) -> &[u8] {
        self.wire.pending()
    }

    /// Records that the socket took the first `count` octets of [`Self::pending`] for good.
    pub fn take(&mut self, count: usize) {
        self.wire.take(count);
    }

    /// Whether the next message is sealed straight from the caller's octets.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.channel.has_room(&self.wire)
    }

    /// Gives the memory of empty buffers back.
    pub fn release(&mut self) {
        self.channel.release();
        self.wire.release();
        self.input.release();
    }

    /// The channel, to look at.
    #[must_use]
    pub const fn channel(&self) -> &Channel<L> {
        &self.channel
    }
}

/// What [`Connection::poll`] found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum News {
    /// A deed: the socket's, or to be reported to the user.
    Action(Action),
    /// Octets for the user lie there, see [`Connection::octets`].
    Data(Range<usize>),
}
