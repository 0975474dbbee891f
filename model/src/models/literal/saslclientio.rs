//! A SASL client in direct style, as a document of 2016 writes it down in C.
//!
//! Functions of the document are functions here, of the same names. They call down and call the user in the midst
//! of what they do; what is decided within such a call is a [`Choice`], and one step is an event with its
//! choices. Nothing is counted: the document's states are few, so that opens, closes and faults are without
//! bound, and what cannot be reached again cannot be reached at all.

mod client;
mod defects;
mod properties;
mod run;
mod world;

use core::fmt;

use stateright::{Model, Property};

pub use defects::saslclientio_defects;
pub use world::{
    Below, Codec, Header, Io, Mechanism, Negotiation, Opened, Unit, View, World, promise,
};

use super::oracle::{Oracle, scripts};
use super::{Defect, Shown, shown};
use crate::check::{Arrow, Checked, Return};
use run::Run;

/// The model.
#[derive(Clone, Copy, Debug)]
pub struct SaslClientIo {
    name: &'static str,
    bounds: Bounds,
    shown: &'static [Shown],
}

/// What may happen beyond a user who opens and closes, and a server that says anything.
#[expect(clippy::struct_excessive_bools, reason = "each is a possibility of its own")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Bounds {
    /// Calls of the io below may fail.
    pub faults: bool,
    /// The user calls from within callbacks.
    pub is_reentrant: bool,
    /// The user destroys.
    pub destroys: bool,
    /// The server's header may come before the io below has reported that it is open.
    pub is_early: bool,
    /// Octets may come while the io below closes.
    pub is_late: bool,
    /// The server's header may come within the call that sends ours.
    pub echoes: bool,
}

/// What begins a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// The user opens.
    Open,
    /// The user closes.
    Close,
    /// The user destroys.
    Destroy,
    /// The io below is open.
    Up,
    /// The io below cannot open.
    NotUp,
    /// The io below reports an error.
    Fails,
    /// The io below has closed.
    Gone,
    /// The io below delivers one read.
    Reads(Read),
}

/// One to three units that the io below delivers at once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Read(pub Unit, pub Option<Unit>, pub Option<Unit>);

impl Read {
    /// The units in their order.
    pub fn units(self) -> impl Iterator<Item = Unit> {
        [Some(self.0), self.1, self.2].into_iter().flatten()
    }
}

/// What is decided within a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Choice {
    /// The io below takes an open.
    Opens,
    /// It refuses an open.
    OpenFails,
    /// It takes a close, and completes it another time.
    ClosesLater,
    /// It completes a close within the call.
    ClosesNow,
    /// It refuses a close.
    CloseFails,
    /// It takes octets.
    Sends,
    /// It refuses octets.
    SendFails,
    /// It takes octets, and delivers the server's header within the call.
    SendEchoes,
    /// The user does nothing within a callback.
    UserReturns,
    /// The user opens within a callback.
    UserOpens,
    /// The user closes within a callback.
    UserCloses,
    /// The user destroys within a callback.
    UserDestroys,
}

/// An event, and the choices that are made while it runs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Step {
    /// What begins.
    pub event: Event,
    /// What is decided, as far as it is not the usual.
    pub choices: Vec<Choice>,
}

impl SaslClientIo {
    /// A model named `name` within `bounds`, where `shown` is expected.
    #[must_use]
    pub const fn new(name: &'static str, bounds: Bounds, shown: &'static [Shown]) -> Self {
        Self { name, bounds, shown }
    }

    /// What is wrong with the document, as far as these bounds show it.
    #[must_use]
    pub fn defects(&self) -> Vec<Defect> {
        shown(saslclientio_defects(), self.shown)
    }

    fn events(&self, world: &World) -> Vec<Event> {
        let mut events = Vec::new();
        if !world.is_destroyed && world.io == Io::NotOpen {
            events.push(Event::Open);
        }
        if !world.is_destroyed && !matches!(world.io, Io::NotOpen | Io::Closing) {
            events.push(Event::Close);
        }
        if !world.is_destroyed && self.bounds.destroys {
            events.push(Event::Destroy);
        }
        match world.below {
            Below::Closed | Below::Error => {}
            Below::Opening => {
                events.extend([Event::Up, Event::NotUp, Event::Fails]);
                if self.bounds.is_early {
                    events.push(Event::Reads(HEADER));
                }
            }
            Below::Open => {
                events.push(Event::Fails);
                Self::reads(world, &mut events);
            }
            Below::Closing => {
                events.push(Event::Gone);
                if self.bounds.is_late {
                    Self::reads(world, &mut events);
                }
            }
        }
        events
    }

    /// Reads of one to three units; of first units that the document cannot tell apart in this place, one.
    fn reads(world: &World, events: &mut Vec<Event>) {
        let firsts: &[Unit] = match (world.io, world.header) {
            (Io::NotOpen | Io::OpeningUnderlying | Io::Closing | Io::Error, _)
                if !world.is_destroyed =>
            {
                &[]
            }
            (Io::Open, _) => &[Unit::Octets],
            (_, Header::Exchanged)
                if world.negotiation == Negotiation::OutcomeReceived
                    || world.codec != Codec::Ready =>
            {
                &[Unit::Octets]
            }
            (_, Header::Exchanged) => &UNITS,
            (_, Header::Idle | Header::Sent | Header::Received) => {
                &[Unit::Octets, Unit::Header1, Unit::Header2]
            }
        };
        let is_parsed = world.io == Io::Handshake;
        for first in firsts {
            events.push(Event::Reads(Read(*first, None, None)));
            for second in UNITS.iter().filter(|_| is_parsed) {
                events.push(Event::Reads(Read(*first, Some(*second), None)));
                let third = |unit: &Unit| Event::Reads(Read(*first, Some(*second), Some(*unit)));
                events.extend(UNITS.iter().map(third));
            }
        }
    }
}

impl Model for SaslClientIo {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        vec![World::NEW]
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        for event in self.events(world) {
            let run = |oracle: &mut Oracle<Choice>| {
                Run::step(*world, event, self.bounds, oracle, false);
            };
            steps.extend(scripts(run).into_iter().map(|choices| Step { event, choices }));
        }
    }

    fn next_state(&self, world: &World, step: Step) -> Option<World> {
        let mut oracle = Oracle::new(step.choices);
        Some(Run::step(*world, step.event, self.bounds, &mut oracle, false).0)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::properties()
    }

    fn format_action(&self, step: &Step) -> String {
        let choices = step.choices.iter().map(ToString::to_string);
        core::iter::once(step.event.to_string()).chain(choices).collect::<Vec<_>>().join("; ")
    }
}

impl Checked for SaslClientIo {
    type Plain = Self;

    fn name(&self) -> String {
        self.name.into()
    }

    fn about(&self) -> String {
        let mut about = String::from("A SASL client in direct style, literally");
        let possibilities = [
            (self.bounds.faults, "calls below that fail"),
            (self.bounds.is_reentrant, "a user who calls from within callbacks"),
            (self.bounds.destroys, "a user who destroys"),
            (self.bounds.is_early, "octets before the io below is open"),
            (self.bounds.is_late, "octets while the io below closes"),
            (self.bounds.echoes, "octets within a send"),
        ];
        for (_, words) in possibilities.iter().filter(|(is_possible, _)| *is_possible) {
            about.push_str(", ");
            about.push_str(words);
        }
        about.push('.');
        about
    }

    fn plain(&self) -> Self {
        *self
    }

    fn returns(&self) -> Vec<Return<Self>> {
        properties::returns()
    }

    fn participants(&self) -> Vec<&'static str> {
        vec!["user", "saslclientio", "io below"]
    }

    fn tell(&self, world: &World, step: &Step) -> Vec<Arrow> {
        let mut oracle = Oracle::new(step.choices.clone());
        Run::step(*world, step.event, self.bounds, &mut oracle, true).1
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "user opens",
            Self::Close => "user closes",
            Self::Destroy => "user destroys",
            Self::Up => "io below is open",
            Self::NotUp => "io below cannot open",
            Self::Fails => "io below fails",
            Self::Gone => "io below has closed",
            Self::Reads(read) => return write!(f, "io below delivers {read}"),
        })
    }
}

impl fmt::Display for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units: Vec<_> = self.units().map(|unit| unit.to_string()).collect();
        write!(f, "[{}]", units.join(", "))
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Opens => "xio_open is taken",
            Self::OpenFails => "xio_open fails",
            Self::ClosesLater => "xio_close is taken",
            Self::ClosesNow => "xio_close completes at once",
            Self::CloseFails => "xio_close fails",
            Self::Sends => "xio_send is taken",
            Self::SendFails => "xio_send fails",
            Self::SendEchoes => "the server's header comes within xio_send",
            Self::UserReturns => "user does nothing in the callback",
            Self::UserOpens => "user opens in the callback",
            Self::UserCloses => "user closes in the callback",
            Self::UserDestroys => "user destroys in the callback",
        })
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header1 => "H1",
            Self::Header2 => "H2",
            Self::Offer => "mechanisms",
            Self::OtherOffer => "other mechanisms",
            Self::BadOffer => "mechanisms with a null",
            Self::GoodChallenge => "challenge",
            Self::BadChallenge => "forged challenge",
            Self::Ok => "outcome ok",
            Self::Refusal => "outcome auth",
            Self::BadOutcome => "malformed outcome",
            Self::Unknown => "unknown frame",
            Self::Half => "half a frame",
            Self::Octets => "octets",
        })
    }
}

/// A header in one read.
const HEADER: Read = Read(Unit::Header1, Some(Unit::Header2), None);
const UNITS: [Unit; 13] = [
    Unit::Octets,
    Unit::Header1,
    Unit::Header2,
    Unit::Offer,
    Unit::OtherOffer,
    Unit::BadOffer,
    Unit::GoodChallenge,
    Unit::BadChallenge,
    Unit::Ok,
    Unit::Refusal,
    Unit::BadOutcome,
    Unit::Unknown,
    Unit::Half,
];
