//! The two sides, the octets between them, and what a sceptic wrote down.

use core::fmt;

use xiom_core::{Cause, Layer, Phase, Security, ThriftFault, WireBuf};
use xiom_thrift_sasl::{
    Client, ClientConfig, FrameLimit, LastWord, PayloadLimit, Server, ServerConfig,
};

use super::promises as p;
use crate::models::thrift::script::{ClientScript, NAME, Reply, ServerScript};
use crate::models::thrift::words::{BAD, COMPLETE, ERROR, START, messages};

/// One state.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct World {
    /// Which pair of mechanisms this is.
    pub(super) number: u16,
    client: Client<ClientScript>,
    server: Server<ServerScript>,
    ends: [End; 2],
    /// The two mechanisms come to a good end with each other.
    pub(super) is_agreed: bool,
    /// The application let the client in.
    pub(super) is_granted: bool,
    /// Messages by which a side gave up.
    refusals: u8,
    /// A user hung up before it was over.
    pub(super) is_disturbed: bool,
    /// A bit for each broken promise, see [`super::PROMISES`].
    pub broken: u16,
}

/// What the surroundings of one side know.
#[expect(clippy::struct_excessive_bools, reason = "each note is a question of its own")]
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct End {
    pub(super) phase: Phase,
    /// Octets on their way from this side.
    flight: Vec<u8>,
    /// It writes and reads no more.
    pub(super) is_gone: bool,
    /// It was told the end of the peer's octets.
    pub(super) is_told: bool,
    /// Its user has sent its message.
    pub(super) sent: bool,
    /// Octets of the peer's message that came up.
    pub(super) received: usize,
    /// It has said COMPLETE, or given up.
    is_last: bool,
}

/// Two mechanisms, and how the client says that it has come to its end.
#[derive(Clone, Debug)]
pub struct Setup {
    /// What the client's mechanism says, the next at the end.
    pub client: Vec<Reply>,
    /// What the server's mechanism says, the next at the end.
    pub server: Vec<Reply>,
    /// The client's last word.
    pub last_word: LastWord,
}

impl Setup {
    /// Whether the mechanisms come to a good end with each other.
    fn is_agreed(&self) -> bool {
        let (mut client, mut server) = (self.client.iter().rev(), self.server.iter().rev());
        loop {
            let is_done = match client.next() {
                Some(Reply::More(_)) => false,
                Some(Reply::Done(_)) => true,
                Some(Reply::Reject | Reply::Garble) | None => return false,
            };
            match server.next() {
                Some(Reply::More(_)) if !is_done => {}
                Some(Reply::Done(has_token)) => {
                    // The last word of the server may be what the client's mechanism still wants.
                    let ends = *has_token && client.next() == Some(&Reply::Done(false));
                    return is_done || ends;
                }
                Some(Reply::More(_) | Reply::Reject | Reply::Garble) | None => return false,
            }
        }
    }
}

/// The two sides.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Side {
    /// The client.
    Client,
    /// The server.
    Server,
}

impl Side {
    pub(super) const BOTH: [Self; 2] = [Self::Client, Self::Server];

    pub(super) const fn peer(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }

    /// The one message of this side's user: two frames.
    const fn message(self) -> &'static [u8] {
        match self {
            Self::Client => b"cq",
            Self::Server => b"sr",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "client",
            Self::Server => "server",
        })
    }
}

/// One thing that may happen.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Step {
    /// So many octets arrive at this side.
    Arrive(Side, usize),
    /// The end of the peer's octets arrives at this side.
    End(Side),
    /// The user of this side sends its message.
    Send(Side),
    /// The user of this side hangs up.
    HangUp(Side),
    /// The application says whether the client may come in.
    Answer(bool),
}

impl World {
    /// Both sides are open below, and the client has spoken.
    pub(super) fn new(number: u16, setup: &Setup) -> Self {
        let (payload_limit, frame_limit) = (PayloadLimit::new(64), FrameLimit::new(1));
        let config = ClientConfig {
            payload_limit,
            frame_limit,
            last_word: setup.last_word,
            ..ClientConfig::default()
        };
        let client = Client::new(ClientScript::client(setup.client.clone()), config);
        let config = ServerConfig { payload_limit, frame_limit, ..ServerConfig::default() };
        let server = Server::new(vec![ServerScript::server(setup.server.clone())], config);
        let end = End {
            phase: Phase::Idle,
            flight: Vec::new(),
            is_gone: false,
            is_told: false,
            sent: false,
            received: 0,
            is_last: false,
        };
        let mut world = Self {
            number,
            client,
            server,
            ends: [end.clone(), end],
            is_agreed: setup.is_agreed(),
            is_granted: false,
            refusals: 0,
            is_disturbed: false,
            broken: 0,
        };
        for side in Side::BOTH {
            world.drive(side, |layer, out| layer.open(&Security::default(), out));
        }
        world
    }

    pub(super) const fn server(&self) -> &Server<ServerScript> {
        &self.server
    }

    pub(super) const fn end(&self, side: Side) -> &End {
        let [client, server] = &self.ends;
        match side {
            Side::Client => client,
            Side::Server => server,
        }
    }

    const fn end_mut(&mut self, side: Side) -> &mut End {
        let [client, server] = &mut self.ends;
        match side {
            Side::Client => client,
            Side::Server => server,
        }
    }

    /// The octets on their way from `side`.
    pub(super) fn pipe(&self, side: Side) -> &[u8] {
        &self.end(side).flight
    }

    fn layer(&mut self, side: Side) -> &mut dyn Layer {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Whether the negotiation of `side` goes on.
    pub(super) fn is_opening(&self, side: Side) -> bool {
        let End { phase, is_gone, .. } = self.end(side);
        !is_gone && matches!(phase, Phase::Opening(_) | Phase::Asking(_) | Phase::Working(_))
    }

    /// Whether both sides are open.
    pub(super) fn is_open(&self) -> bool {
        self.ends.iter().all(|end| end.phase == Phase::Open && !end.is_gone)
    }

    /// Whether the user of `side` has not heard all that the other one said.
    pub(super) fn is_owed(&self, side: Side) -> bool {
        let end = self.end(side);
        let is_there = matches!(end.phase, Phase::Open | Phase::Ended) && !end.is_gone;
        let said = side.peer().message().len();
        is_there && self.end(side.peer()).sent && end.received != said
    }

    /// Whether nothing is under way, and nobody is asked.
    fn is_rest(&self) -> bool {
        let is_quiet = |side: Side| {
            let end = self.end(side);
            let knows = end.is_told || !self.end(side.peer()).is_gone;
            end.is_gone || self.pipe(side.peer()).is_empty() && knows && !end.phase.is_paused()
        };
        Side::BOTH.iter().all(|side| is_quiet(*side))
    }

    fn check(&mut self, promise: usize, holds: bool) {
        if !holds {
            self.broken |= 1 << promise;
        }
    }

    pub(super) fn step(&mut self, step: Step) {
        match step {
            Step::Arrive(side, count) => {
                let octets = self.end_mut(side.peer()).flight.drain(..count).collect();
                self.arrive(side, octets);
            }
            Step::End(side) => {
                self.end_mut(side).is_told = true;
                self.drive(side, |layer, _| layer.end());
            }
            Step::Send(side) => {
                self.end_mut(side).sent = true;
                self.drive(side, |layer, out| layer.send(side.message(), out));
            }
            Step::HangUp(side) => {
                self.is_disturbed = true;
                self.drive(side, |layer, out| layer.close(out));
                self.hang_up(side);
            }
            Step::Answer(granted) => {
                self.is_granted |= granted;
                self.is_disturbed |= !granted;
                let mut out = WireBuf::default();
                self.server.authorize(granted, &mut out);
                self.settle(Side::Server, out.pending());
            }
        }
        self.rest();
    }

    /// Shows `side` the octets that came; what a side that asks does not take waits on its way.
    fn arrive(&mut self, side: Side, mut octets: Vec<u8>) {
        loop {
            let mut out = WireBuf::default();
            let received = self.layer(side).receive(&mut octets, &mut out);
            self.settle(side, out.pending());
            let Some(received) = received else { break };
            let up = received.octets(&octets).to_vec();
            self.hear(side, &up);
            octets.drain(..received.consumed.min(octets.len()));
        }
        self.end_mut(side.peer()).flight.splice(0..0, octets);
    }

    /// Octets come up to the user.
    fn hear(&mut self, side: Side, octets: &[u8]) {
        let end = self.end(side);
        let from = end.received;
        let is_open = end.phase == Phase::Open;
        let is_proven = self.is_granted && self.server.established().is_some();
        let due = side.peer().message().get(from..from.saturating_add(octets.len()));
        let was_sent = self.end(side.peer()).sent && due == Some(octets);
        if !octets.is_empty() {
            self.check(p::BEFORE, is_open && is_proven);
            self.check(p::INTACT, was_sent);
        }
        self.end_mut(side).received += octets.len();
    }

    fn drive(&mut self, side: Side, deed: impl FnOnce(&mut dyn Layer, &mut WireBuf)) {
        let mut out = WireBuf::default();
        deed(self.layer(side), &mut out);
        self.settle(side, out.pending());
    }

    /// Looks at what `side` has come to, and sends what it wrote on its way.
    fn settle(&mut self, side: Side, wrote: &[u8]) {
        let before = self.end(side).phase;
        let after = self.layer(side).phase();
        self.judge_words(side, before, wrote);
        self.end_mut(side).flight.extend_from_slice(wrote);
        self.end_mut(side).phase = after;
        if before == after {
            return;
        }
        match after {
            Phase::Open => self.opened(side),
            Phase::Failed(failure) => {
                let is_open = matches!(before, Phase::Open | Phase::Ended);
                let is_absurd = matches!(
                    failure.cause,
                    Cause::Thrift(
                        ThriftFault::UnknownStatus(_)
                            | ThriftFault::TooLarge { .. }
                            | ThriftFault::FrameTooLarge { .. }
                    )
                );
                self.check(p::MEANT, !is_open && !is_absurd);
                self.hang_up(side);
            }
            Phase::Idle
            | Phase::Opening(_)
            | Phase::Asking(_)
            | Phase::Working(_)
            | Phase::Ended => {}
        }
    }

    fn opened(&mut self, side: Side) {
        let is_proven = match side {
            Side::Client => self.client.established().is_some(),
            Side::Server => self.server.established().is_some() && self.is_granted,
        };
        self.check(p::OWN, is_proven);
        if side == Side::Client {
            let agrees = self.server.established().is_some() && self.is_granted;
            self.check(p::AGREEMENT, agrees && self.end(Side::Server).is_last);
        }
    }

    /// What one side says in one go, which is whole messages as long as it is not open.
    fn judge_words(&mut self, side: Side, before: Phase, wrote: &[u8]) {
        if matches!(before, Phase::Open | Phase::Ended) {
            return;
        }
        let said = messages(wrote);
        let octets: usize = said.iter().map(|(_, payload)| payload.len() + 5).sum();
        self.check(p::ORDER, octets == wrote.len());
        for (index, (status, payload)) in said.into_iter().enumerate() {
            let is_first = before == Phase::Idle && side == Side::Client && index == 0;
            let is_start = status == START && payload == NAME.as_bytes();
            self.check(p::NAMED, is_first == is_start && (status != START || is_start));
            let is_last = self.end(side).is_last;
            let is_refusal = matches!(status, BAD | ERROR);
            // A client that has come to its end may yet refuse.
            let may_follow = side == Side::Client && is_refusal && self.refusals == 0;
            self.check(p::ORDER, !is_last || may_follow);
            self.refusals += u8::from(is_refusal);
            self.check(p::REFUSED_ONCE, self.refusals <= 1);
            self.end_mut(side).is_last |= is_refusal || status == COMPLETE;
        }
    }

    /// The side writes and reads no more; what it said is still on its way.
    fn hang_up(&mut self, side: Side) {
        self.end_mut(side).is_gone = true;
        self.end_mut(side.peer()).flight.clear();
    }

    /// What must hold when nothing is under way.
    fn rest(&mut self) {
        for side in Side::BOTH {
            if self.end(side).is_gone {
                self.end_mut(side.peer()).flight.clear();
            }
        }
        if self.is_rest() {
            let waits = Side::BOTH.iter().any(|side| self.is_opening(*side));
            self.check(p::NO_DEADLOCK, !waits);
            let owed = Side::BOTH.iter().any(|side| self.is_owed(*side));
            self.check(p::INTACT, !owed);
        }
    }
}
