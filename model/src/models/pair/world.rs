//! The two ends, the network between them, and what a sceptic wrote down.
//!
//! An end that owes is driven before anything else happens to the pair, but for commands of its own user: what
//! the other end does meanwhile does not touch it, so the order of the two makes no difference.

use core::hash::Hash;

use xiom_core::{Action as Deed, Cause, Fact, OpenResult, SaslFault, SendResult, SocketFault};
use xiom_testing::{GOODBYE, HELLO, HELLO_BACK, unseal};

use super::end::{End, MESSAGE, Notes, Side, Socket, Told, View};
use super::logins::{Answer, Below, ClientLayers, Login, ServerLayers};
use super::promises as p;
use super::{Bounds, Pair};

/// One state.
#[expect(clippy::struct_excessive_bools, reason = "each note is a question of its own")]
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct World<L: Below> {
    pub(super) setup: Setup,
    pub(super) client: End<ClientLayers<L>>,
    pub(super) server: End<ServerLayers<L>>,
    /// From the client to the server, and back.
    pub(super) up: Pipe,
    pub(super) down: Pipe,
    pub(super) faults: u8,
    /// The network is torn: nothing arrives any more.
    pub(super) is_torn: bool,
    /// The client's socket has come up once.
    pub(super) is_dialled: bool,
    /// The server's mechanism has succeeded.
    pub(super) is_proven: bool,
    /// The application let the client in.
    pub(super) is_granted: bool,
    /// Somebody closed, refused, broke or waited too long.
    pub(super) is_disturbed: bool,
    /// A bit for each broken promise, see [`super::PROMISES`].
    pub broken: u16,
}

/// How the client logs in, and whether its password is right.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Setup {
    /// The mechanism.
    pub login: Login,
    /// Whether the server should let the client in.
    pub is_right: bool,
}

/// Octets on their way in one direction.
#[expect(clippy::struct_excessive_bools, reason = "each note is a question of its own")]
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(super) struct Pipe {
    pub(super) flight: Vec<u8>,
    /// The writer writes no more.
    pub(super) is_shut: bool,
    /// The reader knows.
    pub(super) is_told: bool,
    /// The reader is gone.
    pub(super) is_deaf: bool,
    /// Octets came to nobody, so the writer may see a reset.
    pub(super) is_lost: bool,
}

/// One thing that may happen.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Step {
    /// The user opens.
    Open(Side),
    /// The user closes.
    Close(Side),
    /// The user half-closes.
    Finish(Side),
    /// The user sends its message.
    Send(Side),
    /// The driver polls.
    Poll(Side),
    /// The socket comes up.
    Connected(Side),
    /// The socket cannot come up.
    Refused,
    /// The socket takes all that waits.
    Take(Side),
    /// So many octets arrive at this end.
    Arrive(Side, usize),
    /// The end of the octets arrives at this end.
    End(Side),
    /// The socket of this end breaks.
    Lost(Side),
    /// The network is torn.
    Tear,
    /// The socket of this end is gone, as asked.
    Disconnected(Side),
    /// The deadline of this end passes.
    Expire(Side),
    /// The application answers.
    Answer(Answer),
}

impl<L: Below> World<L> {
    /// Nothing has happened yet.
    pub(super) fn new(setup: Setup) -> Self {
        Self {
            setup,
            client: End::new(),
            server: End::new(),
            up: Pipe::default(),
            down: Pipe::default(),
            faults: 0,
            is_torn: false,
            is_dialled: false,
            is_proven: false,
            is_granted: false,
            is_disturbed: false,
            broken: 0,
        }
    }

    pub(super) fn check(&mut self, promise: usize, holds: bool) {
        if !holds {
            self.broken |= 1 << promise;
        }
    }

    pub(super) const fn notes(&self, side: Side) -> &Notes {
        match side {
            Side::Client => &self.client.notes,
            Side::Server => &self.server.notes,
        }
    }

    const fn notes_mut(&mut self, side: Side) -> &mut Notes {
        match side {
            Side::Client => &mut self.client.notes,
            Side::Server => &mut self.server.notes,
        }
    }

    /// The octets on their way from `side`.
    pub(super) const fn pipe(&self, from: Side) -> &Pipe {
        match from {
            Side::Client => &self.up,
            Side::Server => &self.down,
        }
    }

    const fn pipe_mut(&mut self, from: Side) -> &mut Pipe {
        match from {
            Side::Client => &mut self.up,
            Side::Server => &mut self.down,
        }
    }

    pub(super) fn pending(&self, side: Side) -> &[u8] {
        match side {
            Side::Client => self.client.connection.pending(),
            Side::Server => self.server.connection.pending(),
        }
    }

    pub(super) fn step(&mut self, model: &Pair<L>, step: Step) {
        match step {
            Step::Open(side) => self.open(side),
            Step::Close(side) => self.close(side),
            Step::Finish(side) => self.finish(side),
            Step::Send(side) => self.send(side),
            Step::Poll(side) => self.poll(side, &model.bounds),
            Step::Connected(side) => {
                self.is_dialled |= side == Side::Client;
                self.fact(side, Fact::Connected, Socket::Up);
            }
            Step::Refused => {
                self.fault();
                self.fact(Side::Client, Fact::Refused(SocketFault::Refused), Socket::Gone);
            }
            Step::Take(side) => self.take(side),
            Step::Arrive(side, count) => self.arrive(side, count),
            Step::End(side) => {
                self.pipe_mut(side.peer()).is_told = true;
                self.fact(side, Fact::Ended, Socket::Up);
            }
            Step::Lost(side) => {
                self.is_disturbed = true;
                self.notes_mut(side).is_hurried = true;
                self.pipe_mut(side.peer()).is_told = true;
                self.pipe_mut(side.peer()).flight.clear();
                self.fact(side, Fact::Lost(SocketFault::Reset), Socket::Up);
            }
            Step::Tear => {
                self.fault();
                self.is_torn = true;
                self.up.flight.clear();
                self.down.flight.clear();
            }
            Step::Disconnected(side) => self.disconnected(side),
            Step::Expire(side) => {
                self.is_disturbed = true;
                match side {
                    Side::Client => self.client.expire(),
                    Side::Server => self.server.expire(),
                }
                let notes = self.notes_mut(side);
                (notes.is_hurried, notes.is_idle) = (true, false);
            }
            Step::Answer(answer) => self.answer(answer),
        }
        self.settle();
    }

    fn fault(&mut self) {
        self.faults += 1;
        self.is_disturbed = true;
    }

    fn fact(&mut self, side: Side, fact: Fact, socket: Socket) {
        match side {
            Side::Client => self.client.handle(fact),
            Side::Server => self.server.handle(fact),
        }
        let notes = self.notes_mut(side);
        (notes.socket, notes.is_idle) = (socket, false);
    }

    fn open(&mut self, side: Side) {
        let Setup { login, is_right } = self.setup;
        let accepted = match side {
            Side::Client => login.client(is_right).is_some_and(|it| self.client.open(it)),
            Side::Server => login.server().is_some_and(|it| self.server.open(it)),
        };
        self.check(p::ONCE, accepted);
        let notes = self.notes_mut(side);
        (notes.view, notes.open_due, notes.is_idle) = (View::Opening, true, false);
    }

    fn close(&mut self, side: Side) {
        self.is_disturbed = true;
        let accepted = match side {
            Side::Client => self.client.close(),
            Side::Server => self.server.close(),
        };
        self.check(p::ONCE, accepted);
        let notes = self.notes_mut(side);
        (notes.view, notes.close_due, notes.closed) = (View::Closing, true, true);
        (notes.is_hurried, notes.is_idle) = (true, false);
    }

    fn finish(&mut self, side: Side) {
        self.is_disturbed = true;
        let accepted = match side {
            Side::Client => self.client.finish(),
            Side::Server => self.server.finish(),
        };
        // A failure that is not yet told refuses the command.
        let notes = self.notes_mut(side);
        (notes.finished, notes.is_idle) = (accepted, false);
    }

    fn send(&mut self, side: Side) {
        let accepted = match side {
            Side::Client => self.client.send(side),
            Side::Server => self.server.send(side),
        };
        let notes = self.notes_mut(side);
        (notes.sent, notes.send_due, notes.is_idle) = (accepted, accepted, false);
    }

    fn poll(&mut self, side: Side, bounds: &Bounds) {
        let told = match side {
            Side::Client => self.client.poll(),
            Side::Server => self.server.poll(),
        };
        match told {
            None => self.notes_mut(side).is_idle = true,
            Some(Told::Data(octets)) => self.hear(side, &octets),
            Some(Told::Deed(deed)) => self.perform(side, deed, bounds),
        }
    }

    /// Octets come up to the user.
    fn hear(&mut self, side: Side, octets: &[u8]) {
        let notes = self.notes(side);
        let is_listening = notes.view == View::Open && !notes.ended;
        let said = side.peer().message();
        let from = notes.received;
        let expected = said.get(from..from + octets.len());
        let was_said = self.notes(side.peer()).sent && expected == Some(octets);
        self.check(p::BEFORE, is_listening && self.is_proven);
        self.check(p::DATA, was_said);
        self.notes_mut(side).received += octets.len();
    }

    fn perform(&mut self, side: Side, deed: Deed, bounds: &Bounds) {
        match deed {
            Deed::Connect => self.notes_mut(side).socket = Socket::Connecting,
            Deed::Shutdown => {
                let notes = self.notes(side);
                let proper = notes.view != View::Open || notes.finished && !notes.send_due;
                let first = self.pending(side).is_empty() && !self.pipe(side).is_shut;
                self.check(p::SHUT, proper && first);
                self.pipe_mut(side).is_shut = true;
            }
            Deed::Disconnect => {
                // A mere goodbye is written if it goes at once.
                let is_written = matches!(self.pending(side), [] | [GOODBYE]);
                self.check(p::WORDS, is_written || self.notes(side).is_hurried);
                self.notes_mut(side).socket = Socket::Leaving;
            }
            Deed::Opened(result) => self.opened(side, result, bounds),
            Deed::Sent(id, result) => {
                let is_due = id == MESSAGE && self.notes(side).send_due;
                self.check(p::ONCE, is_due);
                // Only a goodbye may wait behind the message.
                let is_taken = self.pending(side).len() <= 1;
                self.check(p::TAKEN, is_taken || result != SendResult::Ok);
                let notes = self.notes_mut(side);
                (notes.send_due, notes.confirmed) = (false, result == SendResult::Ok);
            }
            Deed::Ended => {
                let notes = self.notes(side);
                let (is_open, received) =
                    (notes.view == View::Open && !notes.ended, notes.received);
                let said = side.peer().message().len();
                self.check(p::ONCE, is_open);
                self.check(p::ENDED, !self.notes(side.peer()).confirmed || received == said);
                self.notes_mut(side).ended = true;
            }
            Deed::Failed(_) => {
                let notes = self.notes(side);
                let fits = notes.view == View::Open && !notes.send_due;
                self.check(p::ONCE, fits);
                let notes = self.notes_mut(side);
                (notes.view, notes.failed) = (View::Broken, true);
            }
            Deed::Closed => {
                let notes = self.notes(side);
                let fits = notes.close_due && !notes.open_due && !notes.send_due;
                self.check(p::ONCE, fits && notes.socket == Socket::Gone);
                let notes = self.notes_mut(side);
                (notes.view, notes.close_due) = (View::Over, false);
            }
            Deed::Ask(id) => self.notes_mut(side).asks = Some(id),
            Deed::Work => {}
        }
    }

    fn opened(&mut self, side: Side, result: OpenResult, bounds: &Bounds) {
        let notes = self.notes(side);
        let (is_due, is_closing) = (notes.open_due, notes.close_due);
        self.check(p::ONCE, is_due && is_closing == (result == OpenResult::Cancelled));
        self.notes_mut(side).open_due = false;
        match result {
            OpenResult::Ok => {
                self.notes_mut(side).view = View::Open;
                match side {
                    Side::Client => self.check(p::OPENED, self.is_proven && self.agrees()),
                    Side::Server => {
                        self.check(p::LET_IN, self.setup.is_right && self.is_granted);
                    }
                }
                if bounds.greets {
                    self.send(side);
                }
            }
            OpenResult::Cancelled => {}
            OpenResult::Failed(failure) => {
                let refused = matches!(failure.cause, Cause::Sasl(SaslFault::Refused(_)));
                let is_gone = self.notes(side).socket == Socket::Gone;
                self.check(p::ONCE, is_gone);
                let notes = self.notes_mut(side);
                (notes.view, notes.refused, notes.failed) = (View::Over, refused, true);
            }
        }
    }

    /// Whether the client has the proof of this very login.
    fn agrees(&self) -> bool {
        let layers = self.client.connection.channel().layers();
        let proof = layers.and_then(|layers| layers.upper().established());
        proof.is_some_and(|proof| self.setup.login.is_proven::<L, _>(proof))
    }

    fn take(&mut self, side: Side) {
        let octets = match side {
            Side::Client => self.client.take(),
            Side::Server => self.server.take(),
        };
        self.notes_mut(side).is_idle = false;
        if L::SEALS {
            let is_first = matches!(octets.first(), Some(&(HELLO | HELLO_BACK)));
            let whole = if is_first { octets.clone() } else { [&[HELLO], &octets[..]].concat() };
            self.check(p::CLEAR, unseal(&whole).is_some());
        }
        let (is_shut, is_torn) = (self.pipe(side).is_shut, self.is_torn);
        self.check(p::SHUT, !is_shut);
        let pipe = self.pipe_mut(side);
        if pipe.is_deaf {
            pipe.is_lost = true;
        } else if !is_torn {
            pipe.flight.extend(octets);
        }
    }

    fn arrive(&mut self, side: Side, count: usize) {
        let octets: Vec<u8> = self.pipe_mut(side.peer()).flight.drain(..count).collect();
        match side {
            Side::Client => self.client.read(&octets),
            Side::Server => self.server.read(&octets),
        }
        self.notes_mut(side).is_idle = false;
    }

    fn disconnected(&mut self, side: Side) {
        self.pipe_mut(side).is_shut = true;
        let incoming = self.pipe_mut(side.peer());
        incoming.is_deaf = true;
        incoming.is_lost |= !incoming.flight.is_empty();
        incoming.flight.clear();
        self.fact(side, Fact::Disconnected, Socket::Gone);
    }

    fn answer(&mut self, answer: Answer) {
        self.is_disturbed |= answer != Answer::Yes;
        let Some(id) = self.server.notes.asks.take() else { return };
        let give = |layers: &mut ServerLayers<L>, out: &mut xiom_core::WireBuf| {
            layers.with_upper(out, |upper, out| answer.give(upper, out))
        };
        // A late answer is refused, and changes nothing.
        self.is_granted |= self.server.connection.answer(id, give).unwrap_or_default();
        self.server.notes.is_idle = false;
    }

    /// What needs no decision: while shaking hands the socket takes all at once, and a proof is noted.
    fn settle(&mut self) {
        for side in Side::BOTH {
            let notes = self.notes(side);
            let is_shaking = match side {
                Side::Client => self.client.connection.channel().layers().is_some(),
                Side::Server => self.server.connection.channel().layers().is_some(),
            };
            let is_eager = notes.view == View::Opening && notes.socket == Socket::Up && is_shaking;
            if is_eager && !self.pending(side).is_empty() {
                self.take(side);
            }
        }
        let layers = self.server.connection.channel().layers();
        if let Some(proof) = layers.and_then(|layers| layers.upper().established()) {
            let fits = self.setup.login.is_proven::<L, _>(proof) && self.setup.is_right;
            self.check(p::LET_IN, fits && self.is_granted);
            self.is_proven = true;
        }
    }
}
