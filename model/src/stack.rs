//! The composed client stack as it ships, SASL over TLS over a socket, with all that may happen to it.
//!
//! A user may command between any two deeds, which is what re-entrancy comes to. Octets and facts come
//! only while nothing is owed, as the contract with drivers says. What a sceptic would write down is part
//! of the state, and each broken promise sets a bit.

use alloc::collections::VecDeque;

use core::time::Duration;

use xiom_amqp_sasl::{Client, ClientConfig};
use xiom_core::{
    Action as Deed, Channel, Fact, InputBuf, Limits, OpenResult, Rejected, SendId, SendResult,
    SocketFault, Stack, WireBuf,
};
use xiom_sasl::{Credentials, client};
use xiom_testing::{ToyEngine, unseal};
use xiom_tls::Tls;

use crate::peer::Unit;

mod steps;

/// What is shipped, but for the engine.
pub type Layers = Stack<Client<client::Mechanism>, Tls<ToyEngine>>;

/// A client that logs in with PLAIN.
///
/// # Panics
///
/// Never: the credentials are good.
#[must_use]
pub fn layers() -> Layers {
    let plain = client::Plain::new(Credentials::new("u", "p")).ok();
    let mechanisms = plain.into_iter().map(client::Mechanism::from).collect();
    Stack::new(Client::new(mechanisms, ClientConfig::default()), Tls::new(ToyEngine::client()))
}

/// How much may happen in one exploration.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Commands to open.
    pub opens: u8,
    /// Commands to close.
    pub closes: u8,
    /// Commands to half-close.
    pub finishes: u8,
    /// Commands to send.
    pub sends: u8,
    /// Faults of the socket: refused, broken, ended, or one octet taken instead of all.
    pub faults: u8,
    /// Units that a peer says in one connection.
    pub units: usize,
    /// Two units may come in one read.
    pub pairs: bool,
    /// Octets that wait for the socket before a message waits in plain.
    pub wire: usize,
}

/// One state: the machine, its surroundings, and what a sceptic wrote down.
#[expect(clippy::struct_excessive_bools, reason = "each note is a question of its own")]
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct World {
    channel: Channel<Layers>,
    wire: WireBuf,
    input: InputBuf,
    /// The layers want more octets than there are.
    stalled: bool,
    socket: Socket,
    /// What the user was told.
    pub view: View,
    /// Commands given and faults happened, against [`Bounds`].
    pub opens: u8,
    closes: u8,
    finishes: u8,
    sends: u8,
    faults: u8,
    /// An open was accepted and not yet completed.
    pub open_pending: bool,
    /// A close was accepted and not yet completed.
    pub close_pending: bool,
    /// Messages accepted and not yet completed.
    pub accepted: VecDeque<u32>,
    /// Octets of messages reported as sent.
    pub confirmed: usize,
    /// Messages reported as failed: some of their octets may have left, or leave yet.
    failed: usize,
    /// Units said while opening; only their number matters later.
    said: Vec<Unit>,
    units: usize,
    goodbye: bool,
    ended: bool,
    finished: bool,
    /// All octets that the socket took in this connection.
    taken: Vec<u8>,
    /// A bit for each broken promise, see [`PROMISES`].
    pub broken: u16,
}

/// Where the imaginary socket stands.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Socket {
    Gone,
    Connecting,
    Up,
    /// Our writing is shut down.
    Shut,
    /// The peer's writing is shut down.
    Deaf,
    Dead,
    Leaving,
}

/// What the user was told.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum View {
    /// Nothing is there.
    Closed,
    /// An open was accepted.
    Opening,
    /// The open succeeded.
    Open,
    /// A failure was told.
    Broken,
    /// A close was accepted.
    Closing,
}

/// One thing that may happen.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Step {
    /// The user opens.
    Open,
    /// The user closes.
    Close,
    /// The user half-closes.
    Finish,
    /// The user sends.
    Send,
    /// The driver takes the next deed.
    Poll,
    /// The driver shows the layers what came.
    Receive,
    /// The socket comes up.
    Connected,
    /// The socket cannot come up.
    Refused,
    /// One or two units come in one read.
    Said(Unit, Option<Unit>),
    /// The socket takes all octets.
    TakeAll,
    /// The socket takes one octet.
    TakeOne,
    /// The peer ends its octets.
    Ended,
    /// The socket breaks.
    Lost,
    /// The socket is gone, as asked.
    Disconnected,
    /// The deadline passes.
    Expire,
}

/// What is promised, each a bit of [`World::broken`].
pub const PROMISES: [&str; 12] = [
    //= model SRS_SASLCLIENTIO_50_025, SRS_SASLCLIENTIO_50_026
    //= model SRS_TLSIO_30_057
    "an open completes exactly once",
    //= model SRS_TLSIO_30_091
    "sends complete exactly once, in order",
    //= model SRS_TLSIO_30_093
    "a send is ok only when all its octets were taken",
    //= model SRS_TLSIO_30_078, SRS_TLSIO_50_027
    //= model SRS_SASLCLIENTIO_50_021, SRS_SASLCLIENTIO_50_023
    "no octet comes up before open, or after close or failure",
    //= model SRS_SASLCLIENTIO_50_004, SRS_SASLCLIENTIO_50_008
    "open means: TLS up, header, PLAIN offered, init sent, outcome ok",
    //= model SRS_TLSIO_50_008
    "nothing goes in clear",
    //= model SRS_TLSIO_50_007, SRS_TLSIO_50_028
    "a close completes exactly once, last",
    //= model SRS_TLSIO_30_006, SRS_TLSIO_30_082
    "closed means: socket gone, nothing pending",
    //= model SRS_TLSIO_30_037, SRS_TLSIO_30_066, SRS_TLSIO_50_022
    "a refused command changes nothing",
    //= model SRS_TLSIO_30_005, SRS_TLSIO_50_011, SRS_TLSIO_50_014
    "a failure or end is told once, while open, and an end only after close_notify",
    //= model SRS_TLSIO_50_023, SRS_TLSIO_50_025
    "writing is shut down once, when all is written and the goodbye said, until the peer ends",
    //= model SRS_TLSIO_50_017, SRS_TLSIO_50_018
    "no octet of a cancelled message leaves",
];

const MESSAGE: &[u8] = b"message";
const HEADER: &[u8] = b"AMQP\x03\x01\x00\x00";
/// The `sasl-init` frame: PLAIN, NUL u NUL p.
const INIT: &[u8] =
    b"\x00\x00\x00\x1b\x02\x01\x00\x00\x00\x53\x41\xc0\x0e\x02\xa3\x05PLAIN\xa0\x04\0u\0p";

impl World {
    /// Nothing has happened yet; a message waits in plain while more than `wire` octets wait for the socket.
    #[must_use]
    pub fn new(wire: usize) -> Self {
        let limits = Limits { wire, queued: 64, ..Limits::default() };
        Self {
            channel: Channel::new(limits),
            wire: WireBuf::default(),
            input: InputBuf::default(),
            stalled: true,
            socket: Socket::Gone,
            view: View::Closed,
            opens: 0,
            closes: 0,
            finishes: 0,
            sends: 0,
            faults: 0,
            open_pending: false,
            close_pending: false,
            accepted: VecDeque::new(),
            confirmed: 0,
            failed: 0,
            said: Vec::new(),
            units: 0,
            goodbye: false,
            ended: false,
            finished: false,
            taken: Vec::new(),
            broken: 0,
        }
    }

    fn check(&mut self, promise: usize, holds: bool) {
        if !holds {
            self.broken |= 1 << promise;
        }
    }

    /// Whether a deed is owed; if not, what is sealed late is sealed.
    fn settle(&mut self) -> bool {
        let (mut channel, mut wire) = (self.channel.clone(), self.wire.clone());
        if channel.poll_action(&mut wire).is_some() {
            return true;
        }
        (self.channel, self.wire) = (channel, wire);
        false
    }

    /// Whether an open has come to its end, which is perhaps not yet told.
    fn is_decided(&self) -> bool {
        self.channel.layers().is_none() || self.channel.poll_deadline().is_none()
    }

    /// All octets that went or will go to the socket.
    fn log(&self) -> Vec<u8> {
        [&self.taken, self.wire.pending()].concat()
    }

    fn command(&mut self, run: impl FnOnce(&mut Self) -> Result<(), Rejected>) -> bool {
        let before = (self.channel.clone(), self.wire.clone());
        let accepted = run(self).is_ok();
        let same = before.0 == self.channel && before.1 == self.wire;
        self.check(8, accepted || same);
        accepted
    }

    fn open(&mut self) {
        self.opens += 1;
        if self.command(|w| w.channel.open(layers(), Duration::ZERO, &mut w.wire)) {
            self.check(0, !self.open_pending);
            self.check(7, self.view == View::Closed && self.socket == Socket::Gone);
            (self.open_pending, self.view) = (true, View::Opening);
            self.said.clear();
            self.taken.clear();
            self.input.wipe();
            self.stalled = true;
            (self.confirmed, self.failed, self.units) = (0, 0, 0);
            (self.goodbye, self.ended, self.finished) = (false, false, false);
        }
    }

    fn close(&mut self) {
        self.closes += 1;
        if self.command(|w| w.channel.close(Duration::ZERO, &mut w.wire)) {
            self.check(6, !self.close_pending);
            (self.close_pending, self.view) = (true, View::Closing);
        }
    }

    fn finish(&mut self) {
        self.finishes += 1;
        if self.command(|w| w.channel.finish()) {
            self.check(10, self.view == View::Open && !self.finished);
            self.finished = true;
        }
    }

    fn send(&mut self) {
        let id = u32::from(self.sends);
        self.sends += 1;
        if self.command(|w| w.channel.send(SendId(id), MESSAGE, &mut w.wire)) {
            self.check(1, self.view == View::Open && !self.finished);
            self.accepted.push_back(id);
        }
    }

    fn poll(&mut self) {
        if let Some(deed) = self.channel.poll_action(&mut self.wire) {
            self.perform(deed);
        }
    }

    /// Shows the layers what came; one event.
    fn receive(&mut self) {
        let Some(got) = self.channel.receive(self.input.unread(), &mut self.wire) else {
            self.stalled = true;
            return;
        };
        self.check(3, got.data.is_empty() || self.view == View::Open && !self.ended);
        self.input.consume(got.consumed);
    }

    fn perform(&mut self, deed: Deed) {
        match deed {
            Deed::Connect => self.socket = Socket::Connecting,
            Deed::Shutdown => self.shut_down(),
            Deed::Disconnect => self.socket = Socket::Leaving,
            Deed::Opened(result) => self.opened(result),
            Deed::Sent(SendId(id), result) => self.sent(id, result),
            Deed::Ended => {
                self.check(9, self.view == View::Open && !self.ended && self.goodbye);
                self.ended = true;
            }
            Deed::Failed(_) => {
                self.check(9, self.view == View::Open);
                self.check(1, self.accepted.is_empty());
                self.view = View::Broken;
            }
            Deed::Closed => {
                self.check(6, self.close_pending && !self.open_pending);
                (self.close_pending, self.view) = (false, View::Closed);
                self.rest();
            }
            // PLAIN asks nothing and computes nothing.
            Deed::Ask(_) | Deed::Work => self.check(4, false),
        }
    }

    fn opened(&mut self, result: OpenResult) {
        self.check(0, self.open_pending);
        self.open_pending = false;
        match result {
            OpenResult::Ok => {
                let plain = unseal(&self.log()).unwrap_or_default();
                let sent = plain == [HEADER, INIT].concat();
                self.check(4, sent && Unit::prove_login(&self.said));
                self.check(0, self.view == View::Opening);
                self.view = View::Open;
            }
            OpenResult::Cancelled => self.check(0, self.close_pending),
            OpenResult::Failed(_) => {
                self.check(0, !self.close_pending);
                self.view = View::Closed;
                self.rest();
            }
        }
    }

    fn sent(&mut self, id: u32, result: SendResult) {
        let first = self.accepted.pop_front();
        self.check(1, first == Some(id));
        if result == SendResult::Ok {
            self.confirmed += MESSAGE.len();
            let taken = unseal(&self.taken).map_or(0, |plain| plain.len());
            self.check(2, HEADER.len() + INIT.len() + self.confirmed <= taken);
        }
        self.failed += usize::from(result == SendResult::Failed);
    }

    fn shut_down(&mut self) {
        let once = matches!(self.socket, Socket::Up | Socket::Deaf);
        let proper = self.view != View::Open || self.finished && self.accepted.is_empty();
        self.check(10, once && proper && self.wire.is_empty());
        if matches!(self.view, View::Open | View::Closing) {
            self.check(10, self.taken.last() == Some(&xiom_testing::GOODBYE));
        }
        self.socket = if self.socket == Socket::Deaf { Socket::Dead } else { Socket::Shut };
    }

    fn rest(&mut self) {
        let idle = self.accepted.is_empty() && !self.open_pending && !self.close_pending;
        self.check(7, idle && self.socket == Socket::Gone);
    }

    fn take(&mut self, count: usize) {
        self.check(10, self.socket != Socket::Shut);
        self.taken.extend(self.wire.pending().iter().take(count));
        self.wire.take(count);
        let plain = unseal(&self.taken).map_or(0, |plain| plain.len());
        let may = self.confirmed + MESSAGE.len() * (self.failed + self.accepted.len());
        self.check(11, plain <= HEADER.len() + INIT.len() + may);
    }

    fn fact(&mut self, fact: Fact, socket: Socket) {
        self.socket = socket;
        self.channel.handle(fact, &mut self.wire);
    }

    fn fault(&mut self, fact: Fact, socket: Socket) {
        self.faults += 1;
        self.fact(fact, socket);
    }

    fn hear(&mut self, unit: Unit) {
        self.said.push(unit);
        self.goodbye |= unit == Unit::Goodbye;
        self.units += 1;
        let octets = unit.octets();
        if let Some(room) = self.input.room().get_mut(..octets.len()) {
            room.copy_from_slice(&octets);
        }
        self.input.fill(octets.len());
        self.stalled = false;
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Open => self.open(),
            Step::Close => self.close(),
            Step::Finish => self.finish(),
            Step::Send => self.send(),
            Step::Poll => self.poll(),
            Step::Receive => self.receive(),
            Step::Connected => self.fact(Fact::Connected, Socket::Up),
            Step::Refused => self.fault(Fact::Refused(SocketFault::Refused), Socket::Gone),
            Step::Said(first, second) => {
                [Some(first), second].into_iter().flatten().for_each(|unit| self.hear(unit));
            }
            Step::TakeAll => self.take(usize::MAX),
            Step::TakeOne => {
                self.faults += 1;
                self.take(1);
            }
            Step::Ended if self.socket == Socket::Shut => {
                self.fault(Fact::Ended, Socket::Dead);
                // After a half-close the user is still there; otherwise nothing is left to wait for.
                let owed = self.settle() || matches!(self.view, View::Open | View::Broken);
                self.check(10, owed);
            }
            Step::Ended => self.fault(Fact::Ended, Socket::Deaf),
            Step::Lost => self.fault(Fact::Lost(SocketFault::Reset), Socket::Dead),
            Step::Disconnected => self.fact(Fact::Disconnected, Socket::Gone),
            Step::Expire => {
                let deadline = self.channel.poll_deadline().unwrap_or_default();
                self.channel.handle(Fact::Time(deadline), &mut self.wire);
            }
        }
        let clear = unseal(&self.log()).is_none();
        self.check(5, !clear);
        let owed = self.settle();
        if self.view != View::Opening || !owed && self.is_decided() {
            self.said.clear();
        }
    }
}
