//! The life of a connection: the one place where completions are decided, for every stack.
//!
//! Commands and facts go in, [`Channel::poll_action`] yields one deed. What is owed is part of the
//! state, so a close turns an undelivered success into a cancel by itself. Every accepted open, send
//! and close completes exactly once; all that belongs to one connection dies with its session.

use alloc::boxed::Box;
use core::time::Duration;

use crate::outbox::Outbox;
use crate::{
    AskId, Cause, Fact, Failure, Layer, Limits, Phase, Received, Rejected, Security, SocketFault,
    Stage, WireBuf,
};

mod deeds;
mod sending;
mod state;

use state::{Finish, PeerEnd, Question, Socket, State};

/// One connection after the other over a stack of layers.
///
/// The wire buffer is the caller's, and always the same one: it is passed to each call so that the
/// channel borrows nothing. See the crate's documentation for how to drive a channel.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Channel<L> {
    state: State,
    socket: Socket,
    /// The layers of the present connection; gone as soon as nothing may be parsed or sealed.
    session: Option<L>,
    outbox: Outbox,
    question: Question,
    /// How many questions were asked; names the present one.
    asked: u32,
    end: PeerEnd,
    finish: Finish,
    /// The socket has no more octets for us.
    eof: bool,
    deadline: Option<Duration>,
    /// What the peer of the last connection said when it refused.
    peer_text: Option<Box<str>>,
    /// The latest time that was told.
    now: Duration,
    limits: Limits,
}

impl<L: Layer> Channel<L> {
    //= SRS_TLSIO_30_010
    /// A closed channel.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self {
            state: State::Closed,
            socket: Socket::Gone,
            session: None,
            outbox: Outbox::new(),
            question: Question::None,
            asked: 0,
            end: PeerEnd::No,
            finish: Finish::No,
            eof: false,
            deadline: None,
            peer_text: None,
            now: Duration::ZERO,
            limits,
        }
    }

    /// Starts a connection over the fresh `layers`.
    ///
    /// # Errors
    ///
    /// Returns [`Rejected::State`], and changes nothing, unless the channel is closed and owes nothing.
    pub fn open(&mut self, layers: L, now: Duration, out: &mut WireBuf) -> Result<(), Rejected> {
        //= SRS_TLSIO_30_037, SRS_TLSIO_30_039
        //= SRS_SASL_SERVER_IO_01_028
        if self.state != State::Closed {
            return Err(Rejected::State);
        }
        out.reset();
        //= SRS_TLSIO_30_035
        //= SRS_SASL_SERVER_IO_01_024
        self.state = State::Opening;
        self.socket = Socket::Dialing;
        //= SRS_TLSIO_30_034
        //= SRS_SASL_SERVER_IO_01_017
        //= SRS_SASLCLIENTIO_50_024
        self.session = Some(layers);
        self.end = PeerEnd::No;
        self.finish = Finish::No;
        self.eof = false;
        self.peer_text = None;
        self.now = now;
        //= SRS_TLSIO_50_004
        self.deadline = now.checked_add(self.limits.open);
        //= SRS_SASLCLIENTIO_01_010
        Ok(())
    }

    /// Gives the layers the answer to the question `id`, by what `deed` does with them.
    ///
    /// # Errors
    ///
    /// Returns [`Rejected::State`], and does not run `deed`, unless this very question is open.
    pub fn answer<T>(
        &mut self,
        id: AskId,
        out: &mut WireBuf,
        deed: impl FnOnce(&mut L, &mut WireBuf) -> T,
    ) -> Result<T, Rejected> {
        match &mut self.session {
            Some(layers) if self.question == Question::Open && id == AskId(self.asked) => {
                let result = deed(layers, out);
                self.question = Question::None;
                self.observe(out);
                Ok(result)
            }
            //= SRS_SASL_SERVER_IO_50_014
            _ => Err(Rejected::State),
        }
    }

    /// Ends our octets in order and goes on receiving: a half-close.
    ///
    /// What was accepted is still sent, then the layers say goodbye and writing is shut down. A close is
    /// owed all the same.
    ///
    /// # Errors
    ///
    /// Returns [`Rejected::State`], and changes nothing, unless messages are accepted.
    pub fn finish(&mut self) -> Result<(), Rejected> {
        if !self.is_open() {
            return Err(Rejected::State);
        }
        //= SRS_TLSIO_50_025
        self.finish = Finish::Due;
        Ok(())
    }

    /// Ends the connection: in order when open, at once otherwise.
    ///
    /// In order means: what is sealed is written, the layers say goodbye, writing is shut down, and
    /// what the peer still sends is discarded until it ends too or the deadline comes. What is not yet
    /// sealed is cancelled.
    ///
    /// # Errors
    ///
    /// Returns [`Rejected::State`], and changes nothing, while another close is under way.
    pub fn close(&mut self, now: Duration, out: &mut WireBuf) -> Result<(), Rejected> {
        use State as S;
        let (next, in_order) = match self.state {
            //= SRS_TLSIO_30_053, SRS_TLSIO_50_006
            //= SRS_SASL_SERVER_IO_01_032
            //= SRS_SASLCLIENTIO_01_098
            S::Opening | S::Opened | S::Refusing(_) => (S::Cancelling, false),
            //= SRS_SASLCLIENTIO_01_098
            S::Open => (S::Closing, true),
            //= SRS_TLSIO_30_053
            //= SRS_SASL_SERVER_IO_01_031
            //= SRS_SASLCLIENTIO_01_097, SRS_SASLCLIENTIO_01_098
            S::Closed | S::Breaking(_) | S::Purging(_) | S::Broken => (S::Closing, false),
            //= SRS_TLSIO_30_054, SRS_TLSIO_50_022
            //= SRS_SASL_SERVER_IO_01_035
            //= SRS_SASLCLIENTIO_01_098
            S::Cancelling | S::Closing => return Err(Rejected::State),
        };
        //= SRS_TLSIO_30_052, SRS_TLSIO_30_056
        self.state = next;
        match self.drop_session() {
            Some(mut layers) if in_order => {
                if matches!(self.finish, Finish::No | Finish::Due) {
                    //= SRS_TLSIO_50_023
                    layers.close(out);
                }
                //= SRS_TLSIO_50_024
                self.deadline = now.checked_add(self.limits.close);
                //= SRS_SASL_SERVER_IO_01_029
                self.socket = Socket::Draining;
            }
            //= SRS_TLSIO_30_051
            //= SRS_SASL_SERVER_IO_01_029
            _ => self.leave(),
        }
        //= SRS_SASLCLIENTIO_01_016
        Ok(())
    }

    /// Records what happened below; only while nothing is owed.
    pub fn handle(&mut self, fact: Fact, out: &mut WireBuf) {
        match fact {
            //= SRS_SASLCLIENTIO_01_106, SRS_SASLCLIENTIO_01_107, SRS_SASLCLIENTIO_01_116
            Fact::Connected if self.socket == Socket::Connecting => {
                self.socket = Socket::Up;
                if let Some(layers) = &mut self.session {
                    //= SRS_TLSIO_30_080
                    layers.open(&Security::default(), out);
                }
                self.observe(out);
            }
            //= SRS_TLSIO_30_038
            //= SRS_SASLCLIENTIO_01_012
            Fact::Refused(fault) => self.gone(fault),
            Fact::Disconnected => self.gone(SocketFault::Other),
            Fact::Lost(fault) => self.fail_below(Cause::Socket(fault)),
            Fact::Ended => self.end(out),
            Fact::Time(now) => {
                self.now = now;
                //= SRS_TLSIO_50_004, SRS_TLSIO_50_024
                //= SRS_SASL_SERVER_IO_50_020
                //= SRS_SASLCLIENTIO_50_027
                //= SRS_THRIFT_SASL_50_035
                if self.deadline.is_some_and(|deadline| deadline <= now) {
                    self.fail_below(Cause::Deadline);
                }
            }
            Fact::Connected => {}
        }
    }

    /// Shows octets from the socket to the layers, up to one event; see [`Layer::receive`].
    ///
    /// `None` while something is owed, while the layers wait for an answer, or when more octets are
    /// needed.
    pub fn receive(&mut self, input: &mut [u8], out: &mut WireBuf) -> Option<Received> {
        //= SRS_TLSIO_30_077, SRS_TLSIO_50_027
        if self.owes_news() {
            return None;
        }
        //= SRS_TLSIO_30_071, SRS_TLSIO_30_075, SRS_TLSIO_30_078
        //= SRS_SASL_SERVER_IO_01_056, SRS_SASL_SERVER_IO_01_076, SRS_SASL_SERVER_IO_01_080
        //= SRS_SASL_SERVER_IO_50_008
        //= SRS_SASLCLIENTIO_01_099, SRS_SASLCLIENTIO_50_002, SRS_SASLCLIENTIO_50_021
        //= SRS_SASLCLIENTIO_50_023
        let Some(layers) = &mut self.session else {
            return Received::discard(input);
        };
        //= SRS_SASL_SERVER_IO_50_011
        if self.question != Question::None {
            return None;
        }
        //= SRS_SASL_SERVER_IO_01_016
        //= SRS_SASLCLIENTIO_01_025
        let received = layers.receive(input, out);
        self.observe(out);
        received
    }

    /// Gives the memory back that holds no message.
    pub fn release(&mut self) {
        self.outbox.release();
    }

    /// When [`Fact::Time`] must be reported at the latest.
    #[must_use]
    pub const fn poll_deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// Whether octets of the user are accepted.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == State::Open && self.finish == Finish::No
    }

    /// Whether the channel is closed, so that open is accepted.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    /// Whether the socket may be read: it may not while the layers wait for an answer, so that what a
    /// peer sends meanwhile stays in the network.
    #[must_use]
    //= SRS_SASL_SERVER_IO_50_011
    pub fn is_reading(&self) -> bool {
        matches!(self.socket, Socket::Up | Socket::Draining | Socket::Shut)
            && !self.eof
            && self.question == Question::None
    }

    /// The layers of the present connection, to look at.
    #[must_use]
    pub const fn layers(&self) -> Option<&L> {
        self.session.as_ref()
    }

    /// What the peer said in its own words when it refused the last open, if it did; for people to read.
    #[must_use]
    pub fn peer_text(&self) -> Option<&str> {
        self.peer_text.as_deref()
    }

    /// The bounds this channel keeps.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The layers need more octets than the input can hold.
    pub(crate) fn fail_full(&mut self, out: &mut WireBuf) {
        let stage = self.session.as_ref().map_or(Stage::Closing, |layers| layers.phase().stage());
        self.fail(Cause::InputFull.at(stage), out);
    }

    /// Whether the user is to be told something before more octets may come up; a close or a failure that
    /// came first leaves nothing to be told.
    fn owes_news(&self) -> bool {
        match self.state {
            State::Opened => true,
            State::Open => self.end == PeerEnd::Due,
            State::Closed
            | State::Opening
            | State::Cancelling
            | State::Refusing(_)
            | State::Breaking(_)
            | State::Purging(_)
            | State::Broken
            | State::Closing => false,
        }
    }

    /// Draws the consequence of the phase the layers are in.
    fn observe(&mut self, out: &mut WireBuf) {
        let Some(layers) = &self.session else { return };
        match (self.state, layers.phase()) {
            //= SRS_TLSIO_30_083
            (State::Opening, Phase::Open) => {
                self.state = State::Opened;
                self.deadline = None;
            }
            (State::Opening, Phase::Ended) => self.fail(Cause::EndOfStream.at(Stage::Open), out),
            (State::Opening, Phase::Asking(_)) if self.question == Question::None => {
                self.question = Question::Due;
                self.asked = self.asked.wrapping_add(1);
            }
            (State::Opening, Phase::Working(_)) => self.question = Question::Work,
            (State::Open, Phase::Ended) if self.end == PeerEnd::No => self.end = PeerEnd::Due,
            (_, Phase::Failed(failure)) => self.fail(failure, out),
            _ => {}
        }
    }

    /// The socket has no more octets: the layers judge what that means, or we were waiting for it.
    fn end(&mut self, out: &mut WireBuf) {
        self.eof = true;
        match &mut self.session {
            Some(layers) => {
                layers.end();
                self.observe(out);
            }
            //= SRS_TLSIO_30_107
            None if self.socket == Socket::Shut => self.leave(),
            None => {}
        }
    }

    /// The layers gave up; what they still have to say, such as an alert, is written first, and a mere
    /// goodbye if it goes at once.
    fn fail(&mut self, failure: Failure, out: &mut WireBuf) {
        use State as S;
        let mut layers = self.drop_session();
        self.peer_text = layers.as_mut().and_then(L::take_peer_text);
        match self.state {
            //= SRS_SASLCLIENTIO_01_101
            S::Opening | S::Opened => {
                self.state = S::Refusing(failure);
                let has_words = !out.is_empty();
                if let Some(layers) = &mut layers {
                    layers.close(out);
                }
                //= SRS_TLSIO_50_005
                if self.socket == Socket::Up && has_words {
                    self.socket = Socket::Draining;
                    //= SRS_SASL_SERVER_IO_50_010
                    let linger = self.now.checked_add(self.limits.close);
                    self.deadline = self.deadline.into_iter().chain(linger).min();
                } else {
                    self.leave();
                }
            }
            //= SRS_TLSIO_30_095
            S::Open => {
                self.state = S::Breaking(failure);
                self.deadline = None;
            }
            S::Closed
            | S::Cancelling
            | S::Refusing(_)
            | S::Breaking(_)
            | S::Purging(_)
            | S::Broken
            | S::Closing => {}
        }
    }

    /// The socket or the time failed: nothing more can be said.
    fn fail_below(&mut self, cause: Cause) {
        use State as S;
        let stage = self.session.as_ref().map_or(Stage::Closing, |layers| layers.phase().stage());
        self.drop_session();
        match self.state {
            //= SRS_SASL_SERVER_IO_01_071
            //= SRS_SASLCLIENTIO_01_077, SRS_SASLCLIENTIO_01_121
            S::Opening | S::Opened => {
                self.state = S::Refusing(cause.at(stage));
                self.leave();
            }
            //= SRS_TLSIO_30_095, SRS_TLSIO_50_010
            //= SRS_SASLCLIENTIO_01_102
            S::Open => {
                self.state = S::Breaking(cause.at(stage));
                self.deadline = None;
                self.eof = true;
            }
            //= SRS_TLSIO_30_106
            //= SRS_SASL_SERVER_IO_01_034
            //= SRS_SASLCLIENTIO_01_018
            S::Closed | S::Cancelling | S::Refusing(_) | S::Closing => self.leave(),
            //= SRS_SASLCLIENTIO_01_103
            S::Breaking(_) | S::Purging(_) | S::Broken => self.eof = true,
        }
    }

    fn gone(&mut self, fault: SocketFault) {
        self.socket = Socket::Gone;
        self.fail_below(Cause::Socket(fault));
    }

    fn leave(&mut self) {
        self.deadline = None;
        self.socket = match self.socket {
            Socket::Gone | Socket::Dialing => Socket::Gone,
            Socket::Connecting | Socket::Up | Socket::Draining | Socket::Shut | Socket::Leaving => {
                Socket::Leaving
            }
            Socket::Disconnecting => Socket::Disconnecting,
        };
    }

    //= SRS_TLSIO_50_030
    fn drop_session(&mut self) -> Option<L> {
        self.question = Question::None;
        self.session.take()
    }
}
