//! One side, the octets that come to it, and the sceptic who reads over its shoulder.

use xiom_core::{Layer, OutcomeCode, Phase, Security, WireBuf};
use xiom_sasl::Limits;
use xiom_thrift_sasl::{Client, ClientConfig, FrameLimit, PayloadLimit, Server, ServerConfig};

use super::sceptic::{Due, FRAME, PAYLOAD, Sceptic, Stand, Why};
use super::units::Unit;
use super::{Setup, Side, promises as p};
use crate::models::thrift::script::{ClientScript, ServerScript};
use crate::models::thrift::words::{frame, messages};

/// One state.
#[expect(clippy::struct_excessive_bools, reason = "each note is a question of its own")]
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct World {
    pub(super) party: Party,
    pub(super) sceptic: Sceptic,
    /// Octets that have come and were not taken yet.
    pub(super) coming: Vec<u8>,
    /// Units that were said.
    pub(super) sayings: u8,
    /// The user has sent its message.
    pub(super) sent: bool,
    /// The stranger says no more.
    pub(super) is_ended: bool,
    /// Octets of frames have come up.
    pub(super) has_data: bool,
    /// Octets waited while the application was asked, and were taken afterwards.
    pub(super) has_waited: bool,
    /// What should have made it fail.
    pub(super) failed_for: Option<Why>,
    /// A bit for each broken promise, see [`super::PROMISES`].
    pub broken: u16,
}

/// The side.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) enum Party {
    Client(Client<ClientScript>),
    Server(Server<ServerScript>),
}

/// One thing that may happen.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Step {
    /// The stranger says something.
    Say(usize),
    /// One octet of it arrives.
    One,
    /// All that is left of it arrives.
    All,
    /// The stranger says no more.
    End,
    /// The application answers.
    Answer(Answer),
    /// The user sends.
    Send,
}

/// An answer of the application.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Answer {
    /// The client may come in.
    Yes,
    /// It may not.
    No,
    /// The store is down.
    Down,
}

impl Party {
    fn new(side: Side, setup: &Setup) -> Self {
        let limits = Limits { rounds: setup.rounds, ..Limits::default() };
        let (payload_limit, frame_limit) = (PayloadLimit::new(PAYLOAD), FrameLimit::new(FRAME));
        let replies = setup.replies.clone();
        match side {
            Side::Client => {
                let last_word = setup.last_word;
                let config = ClientConfig {
                    limits,
                    payload_limit,
                    frame_limit,
                    last_word,
                    ..ClientConfig::default()
                };
                Self::Client(Client::new(ClientScript::client(replies), config))
            }
            Side::Server => {
                let config =
                    ServerConfig { limits, payload_limit, frame_limit, ..ServerConfig::default() };
                Self::Server(Server::new(vec![ServerScript::server(replies)], config))
            }
        }
    }

    fn layer(&mut self) -> &mut dyn Layer {
        match self {
            Self::Client(client) => client,
            Self::Server(server) => server,
        }
    }

    pub(super) fn phase(&self) -> Phase {
        match self {
            Self::Client(client) => client.phase(),
            Self::Server(server) => server.phase(),
        }
    }

    fn is_proven(&self) -> bool {
        match self {
            Self::Client(client) => client.established().is_some(),
            Self::Server(server) => server.established().is_some(),
        }
    }

    fn answer(&mut self, answer: Answer, out: &mut WireBuf) {
        if let Self::Server(server) = self {
            match answer {
                Answer::Yes => server.authorize(true, out),
                Answer::No => server.authorize(false, out),
                Answer::Down => server.refuse(OutcomeCode::Sys, out),
            }
        }
    }
}

impl World {
    /// The side is opened, and has spoken if it speaks first.
    pub(super) fn new(side: Side, setup: &Setup) -> Self {
        let replies = setup.replies.clone();
        let mut world = Self {
            party: Party::new(side, setup),
            sceptic: Sceptic::new(side, replies, setup.last_word, setup.rounds),
            coming: Vec::new(),
            sayings: 0,
            sent: false,
            is_ended: false,
            has_data: false,
            has_waited: false,
            failed_for: None,
            broken: 0,
        };
        world.drive(|party, sceptic, out, due| {
            party.layer().open(&Security::default(), out);
            sceptic.open(due);
        });
        world
    }

    fn check(&mut self, promise: usize, holds: bool) {
        if !holds {
            self.broken |= 1 << promise;
        }
    }

    pub(super) fn step(&mut self, units: &[Unit], step: Step) {
        match step {
            Step::Say(unit) => {
                self.sayings += 1;
                let octets = units.get(unit).map(|unit| unit.octets.as_slice());
                self.coming.extend_from_slice(octets.unwrap_or_default());
            }
            Step::One => self.arrive(1),
            Step::All => self.arrive(self.coming.len()),
            Step::End => {
                self.is_ended = true;
                self.drive(|party, sceptic, _, due| {
                    party.layer().end();
                    sceptic.end(due);
                });
                self.check(p::ENDS, self.is_as_due());
            }
            Step::Answer(answer) => {
                self.has_waited |= !self.coming.is_empty();
                self.drive(|party, sceptic, out, due| {
                    party.answer(answer, out);
                    sceptic.answer(answer == Answer::Yes, due);
                });
            }
            Step::Send => {
                self.sent = true;
                let mut out = WireBuf::default();
                self.party.layer().send(MESSAGE, &mut out);
                self.check(p::FRAMED, out.pending() == [frame(b"me"), frame(b"!")].concat());
                self.check(p::FRAMED, self.is_as_due());
            }
        }
    }

    fn arrive(&mut self, count: usize) {
        let mut octets: Vec<u8> = self.coming.drain(..count).collect();
        loop {
            let was_asking = matches!(self.sceptic.stand, Stand::Asking(_));
            let mut done = 0;
            let mut is_over = false;
            self.drive(|party, sceptic, out, due| {
                let Some(received) = party.layer().receive(&mut octets, out) else {
                    is_over = true;
                    return Vec::new();
                };
                done = received.consumed.min(octets.len());
                let up = received.octets(&octets).to_vec();
                sceptic.take(octets.get(..done).unwrap_or_default(), due);
                up
            });
            if is_over {
                // Whoever asks takes nothing; else nothing is left lying.
                self.check(p::TAKEN, octets.is_empty() || was_asking);
                break;
            }
            octets.drain(..done);
        }
        self.coming.splice(0..0, octets);
    }

    /// Lets the side and the sceptic do the same, and compares.
    fn drive<U: Into<Up>>(
        &mut self,
        deed: impl FnOnce(&mut Party, &mut Sceptic, &mut WireBuf, &mut Due) -> U,
    ) {
        let (mut out, mut due) = (WireBuf::default(), Due::default());
        let before = (self.sceptic.stand, self.party.phase());
        let Up(up) = deed(&mut self.party, &mut self.sceptic, &mut out, &mut due).into();
        self.has_data |= !up.is_empty();
        self.compare(before, out.pending(), &up, &due);
        self.failed_for = due.why.or(self.failed_for);
    }

    fn compare(&mut self, before: (Stand, Phase), wrote: &[u8], up: &[u8], due: &Due) {
        let phase = self.party.phase();
        let (is_open, has_failed) =
            (matches!(phase, Phase::Open | Phase::Ended), matches!(phase, Phase::Failed(_)));
        let should_fail = self.sceptic.stand == Stand::Failed;
        if before.0 == Stand::Failed {
            let is_silent = wrote.is_empty() && up.is_empty();
            self.check(p::FINAL, before.1 == phase && is_silent);
            return;
        }
        let should_open = matches!(self.sceptic.stand, Stand::Open | Stand::Ended);
        let was_open = matches!(before.0, Stand::Open | Stand::Ended) || should_open;
        self.check(p::OWN, !is_open || self.sceptic.is_done && self.party.is_proven());
        self.check(p::TOLD, !is_open || was_open);
        match due.why {
            Some(Why::Refused) => {
                let is_silent = wrote.is_empty();
                self.check(p::REFUSED, has_failed && is_silent);
                let text = self.party.layer().take_peer_text().map(String::from);
                self.check(p::TEXT, text == due.text);
            }
            Some(Why::Length) => self.check(p::LENGTH, has_failed),
            Some(Why::Name) => self.check(p::NAME, has_failed),
            Some(Why::Other) | None => {}
        }
        self.check(p::GOES_ON, should_fail || !has_failed);
        self.check(p::OUT_OF_ORDER, !should_fail || has_failed);
        self.check(p::BEFORE, up.is_empty() || was_open && !due.is_early);
        self.check(p::INTACT, up == due.up);
        self.check(p::PAUSED, !due.is_early);
        self.check(p::WORDS, is_said(wrote, due));
        self.check(p::WORDS, self.is_as_due());
    }

    /// Whether the side stands where it should.
    fn is_as_due(&self) -> bool {
        match (self.sceptic.stand, self.party.phase()) {
            (Stand::First | Stand::Initial | Stand::Exchange, Phase::Opening(_))
            | (Stand::Asking(_), Phase::Asking(_))
            | (Stand::Open, Phase::Open)
            | (Stand::Ended, Phase::Ended)
            | (Stand::Failed, Phase::Failed(_)) => true,
            (
                Stand::First
                | Stand::Initial
                | Stand::Exchange
                | Stand::Asking(_)
                | Stand::Open
                | Stand::Ended
                | Stand::Failed,
                _,
            ) => false,
        }
    }
}

/// Whether the messages in `wrote` are those that are due, and nothing else is there.
fn is_said(wrote: &[u8], due: &Due) -> bool {
    let said = messages(wrote);
    let octets: usize = said.iter().map(|(_, payload)| payload.len() + 5).sum();
    let is_due = |(index, (status, payload)): (usize, &(u8, &[u8]))| {
        let due = due.words.get(index);
        due.is_some_and(|(due, text)| status == due && text.is_none_or(|text| text == *payload))
    };
    let is_whole = octets == wrote.len() && said.len() == due.words.len();
    is_whole && said.iter().enumerate().all(is_due)
}

/// Octets that came up; nothing comes up by a call.
struct Up(Vec<u8>);

impl From<()> for Up {
    fn from((): ()) -> Self {
        Self(Vec::new())
    }
}

impl From<Vec<u8>> for Up {
    fn from(octets: Vec<u8>) -> Self {
        Self(octets)
    }
}

/// What the user sends: more than one frame takes.
const MESSAGE: &[u8] = b"me!";
