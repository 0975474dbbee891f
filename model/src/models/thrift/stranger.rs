//! One side of Thrift SASL as it ships, and somebody who says anything to it: any status, any length, in any
//! order and any cut, for every mechanism.
//!
//! What the side does is compared with what is due, by somebody who knows the rules and none of the shipped
//! code. The channel around the side has models of its own.

use stateright::{Model, Property};
use xiom_core::Phase;
use xiom_thrift_sasl::LastWord;

use super::script::Reply;
use crate::check::{Arrow, Checked};
use crate::models::Size;
use crate::models::literal::thrift::scripts;

mod promises;
mod sceptic;
mod units;
mod world;

pub use promises::PROMISES;
pub use world::{Answer, Step, World};

use units::Unit;

/// The model.
#[derive(Clone, Debug)]
pub struct Stranger {
    name: &'static str,
    side: Side,
    setups: Vec<Setup>,
    units: Vec<Unit>,
    /// Units that are said.
    sayings: u8,
}

/// Which side is spoken to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Side {
    /// The client.
    Client,
    /// The server.
    Server,
}

/// A mechanism, and what is configured.
#[derive(Clone, Debug)]
pub struct Setup {
    /// What the mechanism says, the next at the end.
    replies: Vec<Reply>,
    /// The client's last word.
    last_word: LastWord,
    /// The bound of challenges.
    rounds: u8,
}

/// The client.
#[must_use]
pub fn client(size: Size) -> Stranger {
    Stranger::new("thrift-client-stranger", Side::Client, size)
}

/// The server.
#[must_use]
pub fn server(size: Size) -> Stranger {
    Stranger::new("thrift-server-stranger", Side::Server, size)
}

impl Stranger {
    fn new(name: &'static str, side: Side, extent: Size) -> Self {
        let longest = if extent == Size::Small { 2 } else { 3 };
        let mut setups = Vec::new();
        for replies in scripts().into_iter().filter(|script| script.len() <= longest) {
            let setup = Setup { replies, last_word: LastWord::Complete, rounds: 16 };
            if side == Side::Client {
                setups.push(Setup { last_word: LastWord::Ok, ..setup.clone() });
            }
            if setup.replies.len() == longest {
                // So few that the mechanism would say more.
                let rounds = u8::try_from(longest).unwrap_or(u8::MAX).saturating_sub(2);
                setups.push(Setup { rounds, ..setup.clone() });
            }
            setups.push(setup);
        }
        let sayings = if extent == Size::Nightly { 4 } else { 3 };
        Self { name, side, setups, units: units::units(side), sayings }
    }

    fn unit(&self, number: usize) -> &str {
        self.units.get(number).map_or("nothing", |unit| &unit.name)
    }
}

impl Model for Stranger {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        self.setups.iter().map(|setup| World::new(self.side, setup)).collect()
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        if world.broken != 0 {
            return;
        }
        let phase = world.party.phase();
        if !world.coming.is_empty() {
            steps.push(Step::All);
            steps.extend((world.coming.len() != 1).then_some(Step::One));
        } else if !world.is_ended {
            steps.push(Step::End);
            if world.sayings < self.sayings {
                steps.extend((0..self.units.len()).map(Step::Say));
            }
        }
        if matches!(phase, Phase::Asking(_)) {
            steps.extend([Answer::Yes, Answer::No, Answer::Down].map(Step::Answer));
        }
        let may_send = matches!(phase, Phase::Open | Phase::Ended) && !world.sent;
        steps.extend(may_send.then_some(Step::Send));
    }

    fn next_state(&self, world: &World, step: Step) -> Option<World> {
        let mut next = world.clone();
        next.step(&self.units, step);
        Some(next)
    }

    fn format_action(&self, step: &Step) -> String {
        match step {
            Step::Say(unit) => format!("the stranger says {}", self.unit(*unit)),
            Step::One => "one octet arrives".into(),
            Step::All => "all octets arrive".into(),
            Step::End => "the stranger ends".into(),
            Step::Answer(Answer::Yes) => "the application says yes".into(),
            Step::Answer(Answer::No) => "the application says no".into(),
            Step::Answer(Answer::Down) => "the application cannot say".into(),
            Step::Send => "the user sends".into(),
        }
    }

    fn properties(&self) -> Vec<Property<Self>> {
        promises::properties(self.side)
    }
}

impl Checked for Stranger {
    type Plain = Self;

    fn name(&self) -> String {
        self.name.into()
    }

    fn about(&self) -> String {
        let side = if self.side == Side::Client { "client" } else { "server" };
        let (units, scripts) = (self.units.len(), self.setups.len());
        format!(
            "The Thrift SASL {side}, with {scripts} mechanisms, and somebody who says any {} of {units} \
             units, however they are cut.",
            self.sayings
        )
    }

    fn plain(&self) -> Self {
        self.clone()
    }

    fn participants(&self) -> Vec<&'static str> {
        vec!["user", if self.side == Side::Client { "client" } else { "server" }, "stranger"]
    }

    fn tell(&self, world: &World, step: &Step) -> Vec<Arrow> {
        let words = self.format_action(step);
        let mut next = world.clone();
        next.step(&self.units, *step);
        let first = match step {
            Step::Say(_) | Step::One | Step::All | Step::End => Arrow::new(2, 1, words),
            Step::Answer(_) | Step::Send => Arrow::new(0, 1, words),
        };
        let (before, after) = (world.party.phase(), next.party.phase());
        let changed = (before != after).then(|| Arrow::new(1, 1, format!("{after:?}")));
        [first].into_iter().chain(changed).collect()
    }
}
