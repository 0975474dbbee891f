//! The shipped channel on its test bench: its buffers, its driver, and a tap at the socket.
//!
//! A stimulus is one call of the channel, or what the driver around it does between two calls.

use core::time::Duration;

use xiom_core::{
    Action, AskId, Channel, Fact, InputBuf, OpenResult, Rejected, SendId, SocketFault, WireBuf,
};

use super::setup::{Layers, Setup};
use super::tap::Tap;
use crate::machine::Machine;

/// A channel with what its driver holds.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Bench<L> {
    channel: Channel<L>,
    wire: WireBuf,
    input: InputBuf,
    /// The layers want more octets than there are.
    stalled: bool,
    tap: Tap,
    /// The last question that was put to the application, and the one before.
    asked: Option<AskId>,
    stale: Option<AskId>,
}

/// What happens to a bench.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Stimulus {
    /// The user opens.
    Open,
    /// The user closes.
    Close,
    /// The user half-closes.
    Finish,
    /// The user sends a message under this number.
    Send(u8),
    /// The user sends a message beyond the limit.
    SendHuge,
    /// The application answers, see [`Setup::answers`].
    Answer(u8),
    /// The application answers a question that is over.
    Stray,
    /// The driver takes the next deed.
    Poll,
    /// The driver shows the layers what came.
    Receive,
    /// The socket comes up.
    Connected,
    /// The socket cannot come up.
    Refused,
    /// The peer ends its octets.
    Ended,
    /// The socket breaks.
    Lost,
    /// The socket is gone, as asked.
    Disconnected,
    /// The deadline passes.
    Expire,
    /// Octets come, see [`Setup::units`].
    Hear(u8),
    /// The socket takes a few octets, see [`FEW`].
    TakeFew,
    /// The socket takes all octets.
    TakeAll,
}

/// What the surroundings notice of a stimulus.
#[derive(Clone, Copy, Debug, Default)]
pub struct Response {
    /// A command was accepted.
    pub accepted: bool,
    /// Something changed, be it nothing that shows.
    pub changed: bool,
    /// The deed that was yielded.
    pub deed: Option<Action>,
    /// Octets that the layers took.
    pub consumed: u16,
    /// Octets that came up.
    pub up: u16,
    /// A secret was written in clear.
    pub leaked: bool,
}

/// What may be seen of a bench.
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
#[derive(Clone, Copy, Debug)]
pub struct Face {
    /// A deed is owed, or something is to be sealed that waited.
    pub owed: bool,
    /// The layers want more octets than there are.
    pub stalled: bool,
    /// A time was named at which something happens.
    pub deadline: bool,
    /// There are layers: something may be parsed or sealed.
    pub session: bool,
    /// The socket may be read.
    pub reading: bool,
    /// The channel says that it is open.
    pub open: bool,
    /// The channel says that it is closed.
    pub closed: bool,
    /// Octets that wait for the socket.
    pub wire: u16,
    /// Octets that wait for the layers.
    pub held: u16,
    /// What the socket took.
    pub tap: Tap,
    /// What the socket took, and will take.
    pub whole: Tap,
}

impl<L: Layers> Bench<L> {
    /// A closed channel.
    #[must_use]
    pub fn new(setup: &Setup<L>) -> Self {
        Self {
            channel: Channel::new(setup.limits),
            wire: WireBuf::default(),
            input: InputBuf::default(),
            stalled: true,
            tap: setup.tap,
            asked: None,
            stale: None,
        }
    }

    /// The channel, to look at.
    pub const fn channel(&self) -> &Channel<L> {
        &self.channel
    }

    fn whole(&self) -> Tap {
        self.tap.after(self.wire.pending())
    }

    fn act(&mut self, setup: &Setup<L>, stimulus: Stimulus) -> Response {
        let Self { channel, wire, .. } = self;
        match stimulus {
            Stimulus::Open => {
                let opened = channel.open((setup.layers)(), Duration::ZERO, wire);
                if opened.is_ok() {
                    self.input.wipe();
                    (self.stalled, self.tap) = (true, setup.tap);
                }
                command(opened)
            }
            Stimulus::Close => command(channel.close(Duration::ZERO, wire)),
            Stimulus::Finish => command(channel.finish()),
            Stimulus::Send(id) => command(channel.send(SendId(id.into()), MESSAGE, wire)),
            Stimulus::SendHuge => {
                let huge = vec![0; setup.limits.message.saturating_add(1)];
                command(channel.send(SendId(u32::MAX), &huge, wire))
            }
            Stimulus::Answer(index) => self.answer(setup, self.asked, index),
            // Where a question is open, the one before it is over; else the last one is.
            Stimulus::Stray => self.answer(setup, self.stale.or(self.asked), 0),
            Stimulus::Poll => self.poll(),
            Stimulus::Receive => self.receive(),
            Stimulus::Connected => self.fact(Fact::Connected),
            Stimulus::Refused => self.fact(Fact::Refused(SocketFault::Refused)),
            Stimulus::Ended => self.fact(Fact::Ended),
            Stimulus::Lost => self.fact(Fact::Lost(SocketFault::Reset)),
            Stimulus::Disconnected => self.fact(Fact::Disconnected),
            Stimulus::Expire => {
                let now = channel.poll_deadline().unwrap_or_default();
                self.fact(Fact::Time(now))
            }
            Stimulus::Hear(unit) => self.hear(setup, unit),
            Stimulus::TakeFew => self.take(FEW),
            Stimulus::TakeAll => self.take(usize::MAX),
        }
    }

    fn answer(&mut self, setup: &Setup<L>, id: Option<AskId>, index: u8) -> Response {
        let (Some(id), Some(answer)) = (id, setup.answers.get(usize::from(index))) else {
            return Response::default();
        };
        command(self.channel.answer(id, &mut self.wire, answer.give))
    }

    fn poll(&mut self) -> Response {
        let deed = self.channel.poll_action(&mut self.wire);
        match deed {
            Some(Action::Opened(OpenResult::Ok)) => {
                self.input.wipe_read();
                self.tap.greeting = Some(self.whole().plain);
            }
            Some(Action::Opened(_)) => self.input.wipe_read(),
            Some(Action::Ask(asked)) => self.stale = self.asked.replace(asked),
            _ => {}
        }
        Response { deed, ..Response::default() }
    }

    fn receive(&mut self) -> Response {
        let Some(got) = self.channel.receive(self.input.unread(), &mut self.wire) else {
            self.stalled = true;
            return Response::default();
        };
        self.input.consume(got.consumed);
        self.input.release();
        let count = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        let gathered = got.gathered.map_or(0, |octets| octets.len());
        let (consumed, up) = (count(got.consumed), count(got.data.len().saturating_add(gathered)));
        Response { consumed, up, ..Response::default() }
    }

    fn fact(&mut self, fact: Fact) -> Response {
        self.channel.handle(fact, &mut self.wire);
        Response::default()
    }

    fn hear(&mut self, setup: &Setup<L>, unit: u8) -> Response {
        let octets = setup.units.get(usize::from(unit)).map_or(&[][..], |unit| &unit.octets);
        if let Some(room) = self.input.room().get_mut(..octets.len()) {
            room.copy_from_slice(octets);
        }
        self.input.fill(octets.len());
        self.stalled = false;
        Response::default()
    }

    /// As [`Machine::react`], but only what a refused command changed is judged: the rest counts as changed,
    /// unless nothing was yielded.
    pub(super) fn react_lean(&mut self, setup: &Setup<L>, stimulus: Stimulus) -> Response {
        use Stimulus as S;
        let is_command =
            matches!(stimulus, S::Open | S::Close | S::Finish | S::Send(_) | S::SendHuge);
        let is_command = is_command || matches!(stimulus, S::Answer(_) | S::Stray);
        let before = is_command.then(|| self.clone());
        let response = self.act(setup, stimulus);
        let changed = match before {
            Some(before) => response.accepted || *self != before,
            None => stimulus != S::Poll || response.deed.is_some(),
        };
        self.react_to(setup, stimulus, Response { changed, ..response })
    }

    /// Notes whether the layers wait for octets, and whether a secret is shown.
    fn react_to(&mut self, setup: &Setup<L>, stimulus: Stimulus, response: Response) -> Response {
        let is_new = !matches!(stimulus, Stimulus::Receive) && response.changed;
        self.stalled = self.input.is_empty() || self.stalled && !is_new;
        let pending = self.wire.pending();
        let leaked = !setup.secret.is_empty()
            && pending.windows(setup.secret.len()).any(|octets| octets == setup.secret);
        Response { leaked, ..response }
    }

    /// The socket takes at most `count` octets.
    pub(super) fn take_some(&mut self, count: usize) {
        self.take(count);
        self.stalled = self.input.is_empty();
    }

    /// Octets come, as long as there is room.
    pub(super) fn hear_some(&mut self, mut octets: &[u8]) {
        while !octets.is_empty() {
            let room = self.input.room();
            let count = room.len().min(octets.len());
            let (now, later) = octets.split_at(count);
            let Some(room) = room.get_mut(..count).filter(|room| !room.is_empty()) else { break };
            room.copy_from_slice(now);
            self.input.fill(count);
            octets = later;
        }
        self.stalled = self.input.is_empty();
    }

    /// What may be seen from outside, when it is known whether a deed is owed.
    pub(super) fn face_when(&self, owed: bool) -> Face {
        Face {
            owed,
            stalled: self.stalled,
            deadline: self.channel.poll_deadline().is_some(),
            session: self.channel.layers().is_some(),
            reading: self.channel.is_reading(),
            open: self.channel.is_open(),
            closed: self.channel.is_closed(),
            wire: u16::try_from(self.wire.len()).unwrap_or(u16::MAX),
            held: u16::try_from(self.input.len()).unwrap_or(u16::MAX),
            tap: self.tap,
            whole: self.whole(),
        }
    }

    fn take(&mut self, count: usize) -> Response {
        let pending = self.wire.pending();
        self.tap = self.tap.after(pending.get(..count).unwrap_or(pending));
        self.wire.take(count);
        Response::default()
    }

    /// Whether a deed is owed, or something is to be sealed that waited.
    fn is_owing(&self) -> bool {
        let (mut channel, mut wire) = (self.channel.clone(), self.wire.clone());
        let deed = channel.poll_action(&mut wire);
        deed.is_some() || channel != self.channel || wire != self.wire
    }
}

impl<L: Layers> Machine for Bench<L> {
    type Setup = Setup<L>;
    type Stimulus = Stimulus;
    type Response = Response;
    type Face = Face;

    fn react(&mut self, setup: &Setup<L>, stimulus: Stimulus) -> Response {
        let before = self.clone();
        let response = self.act(setup, stimulus);
        let changed = *self != before;
        self.react_to(setup, stimulus, Response { changed, ..response })
    }

    fn face(&self, _setup: &Setup<L>) -> Face {
        self.face_when(self.is_owing())
    }
}

fn command(result: Result<(), Rejected>) -> Response {
    Response { accepted: result.is_ok(), ..Response::default() }
}

/// What the user sends.
pub const MESSAGE: &[u8] = b"message";
/// How many octets a socket takes that does not take all: the head of a record, and one more.
pub const FEW: usize = 3;
