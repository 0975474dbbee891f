//! A client and a server of Thrift SASL, both as they ship, for every pair of mechanisms.
//!
//! A mechanism is what it says to up to three messages. Between the two are two pipes of octets; each side has
//! a user who sends one message and may hang up, and an application decides who comes in. The channels around
//! the two have models of their own.

use core::hash::BuildHasher;

use foldhash::quality::FixedState;
use stateright::{Model, Property};
use xiom_core::{Layer, Phase};
use xiom_thrift_sasl::LastWord;

use super::script::Reply;
use super::words;
use crate::check::{Arrow, Checked, Return};
use crate::models::Size;
use crate::models::literal::thrift::scripts;

mod promises;
mod world;

pub use promises::PROMISES;
pub use world::{Setup, Side, Step, World};

/// The model.
#[derive(Clone, Debug)]
pub struct Pair {
    name: &'static str,
    about: &'static str,
    setups: Vec<Setup>,
    bounds: Bounds,
}

/// How much may happen.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Octets are cut anywhere on their way.
    cuts: bool,
    /// A user may hang up: the client's, the server's.
    closes: [bool; 2],
    /// The application may say no.
    refuses: bool,
}

/// Nobody hangs up.
const CALM: Bounds = Bounds { cuts: false, closes: [false, false], refuses: true };

/// Every pair of mechanisms; what is written at once arrives at once.
#[must_use]
pub fn whole(size: Size) -> Pair {
    let about =
        "Thrift SASL, client and server, with every pair of mechanisms of up to three replies.";
    let (longest, closes) = match size {
        Size::Small => (2, [true, false]),
        Size::Review => (3, [false, false]),
        Size::Nightly => (3, [true, true]),
    };
    Pair::new("pair-thrift", about, longest, Bounds { closes, ..CALM })
}

/// Pairs of mechanisms, at every cut: all come to the same end.
#[must_use]
pub fn cuts(size: Size) -> Pair {
    let about = "Thrift SASL, client and server: every cut and every order of the same octets.";
    let longest = match size {
        Size::Small | Size::Review => 2,
        Size::Nightly => 3,
    };
    Pair::new("pair-thrift-cuts", about, longest, Bounds { cuts: true, refuses: false, ..CALM })
}

impl Pair {
    fn new(name: &'static str, about: &'static str, longest: usize, bounds: Bounds) -> Self {
        let scripts: Vec<Vec<Reply>> =
            scripts().into_iter().filter(|script| script.len() <= longest).collect();
        let pairs = scripts.iter().flat_map(|client| scripts.iter().map(move |it| (client, it)));
        let setups = pairs.flat_map(|(client, server)| {
            [LastWord::Complete, LastWord::Ok].map(|last_word| Setup {
                client: client.clone(),
                server: server.clone(),
                last_word,
            })
        });
        Self { name, about, setups: setups.collect(), bounds }
    }
}

impl Model for Pair {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        (0..).zip(&self.setups).map(|(number, setup)| World::new(number, setup)).collect()
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        if world.broken != 0 {
            return;
        }
        for side in Side::BOTH {
            let end = world.end(side);
            if end.is_gone {
                continue;
            }
            let coming = world.pipe(side.peer()).len();
            let is_paused = end.phase.is_paused();
            if self.bounds.cuts && !is_paused {
                steps.extend((1..coming).map(|count| Step::Arrive(side, count)));
            }
            steps.extend((coming != 0 && !is_paused).then_some(Step::Arrive(side, coming)));
            let is_over = world.end(side.peer()).is_gone && coming == 0 && !is_paused;
            steps.extend((is_over && !end.is_told).then_some(Step::End(side)));
            let may_send = matches!(end.phase, Phase::Open | Phase::Ended) && !end.sent;
            steps.extend(may_send.then_some(Step::Send(side)));
            let [client, server] = self.bounds.closes;
            let closes = if side == Side::Client { client } else { server };
            steps.extend(closes.then_some(Step::HangUp(side)));
        }
        if matches!(world.server().phase(), Phase::Asking(_)) && !world.end(Side::Server).is_gone {
            steps.push(Step::Answer(true));
            steps.extend(self.bounds.refuses.then_some(Step::Answer(false)));
        }
    }

    fn next_state(&self, world: &World, step: Step) -> Option<World> {
        let mut next = world.clone();
        next.step(step);
        Some(next)
    }

    fn format_action(&self, step: &Step) -> String {
        match step {
            Step::Arrive(side, count) => format!("{count} octets reach the {side}"),
            Step::End(side) => format!("the {side} learns of the end"),
            Step::Send(side) => format!("the {side} sends"),
            Step::HangUp(side) => format!("the {side} hangs up"),
            Step::Answer(true) => "the application says yes".into(),
            Step::Answer(false) => "the application says no".into(),
        }
    }

    fn properties(&self) -> Vec<Property<Self>> {
        promises::properties(self.bounds)
    }
}

impl Checked for Pair {
    type Plain = Self;

    fn name(&self) -> String {
        self.name.into()
    }

    fn about(&self) -> String {
        self.about.into()
    }

    fn plain(&self) -> Self {
        self.clone()
    }

    fn returns(&self) -> Vec<Return<Self>> {
        vec![
            //= model SRS_THRIFT_SASL_50_011, SRS_THRIFT_SASL_01_021, SRS_THRIFT_SASL_50_020
            Return {
                name: "sides whose mechanisms agree come to be open, when nobody disturbs them",
                pending: |_, world: &World| world.is_agreed && !world.is_disturbed,
                good: |_, world: &World| !world.is_disturbed && world.is_open(),
                alone: false,
            },
        ]
    }

    //= model SRS_THRIFT_SASL_50_039
    fn outcome(&self, world: &World) -> Option<(u64, u64)> {
        let hasher = FixedState::with_seed(1);
        self.bounds.cuts.then(|| (u64::from(world.number), hasher.hash_one(world)))
    }

    fn participants(&self) -> Vec<&'static str> {
        vec!["client's user", "client", "server", "server's user"]
    }

    fn tell(&self, world: &World, step: &Step) -> Vec<Arrow> {
        let mut next = world.clone();
        next.step(*step);
        let place = |side| if side == Side::Client { (0, 1) } else { (3, 2) };
        let mut arrows = Vec::new();
        match *step {
            Step::Arrive(side, count) => {
                let from = place(side.peer()).1;
                let octets = world.pipe(side.peer()).get(..count).unwrap_or_default();
                let whole = words::told(octets).join(", ");
                arrows.push(Arrow::new(from, place(side).1, format!("{count} octets: {whole}")));
            }
            Step::End(side) => arrows.push(Arrow::new(place(side.peer()).1, place(side).1, "end")),
            Step::Send(side) => arrows.push(Arrow::new(place(side).0, place(side).1, "send")),
            Step::HangUp(side) => {
                arrows.push(Arrow::new(place(side).0, place(side).1, "hang up"));
            }
            Step::Answer(is_yes) => {
                arrows.push(Arrow::new(3, 2, if is_yes { "yes" } else { "no" }));
            }
        }
        for side in Side::BOTH {
            let (before, after) = (world.end(side).phase, next.end(side).phase);
            if before != after {
                let (_, at) = place(side);
                arrows.push(Arrow::new(at, at, format!("{after:?}")));
            }
        }
        arrows
    }
}
