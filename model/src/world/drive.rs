//! One path through a model, chosen by somebody else, of any length: every step is judged as in a search.
//!
//! A step that may not happen does not happen. Besides whole units, pieces of them may come, and octets of any
//! content; from then on what depends on what the peer meant is not judged until the next connection.

use super::bench::{Face, Response};
use super::env::{Env, Socket, View};
use super::lean::{Kept, Lean, Piece};
use super::promises::Promise;
use super::setup::{End, Layers};
use super::step::{self, Amount, Below, Command, Step};
use super::{Bench, ChannelModel, PROMISES, World, take, tell};
use crate::machine::Hold;

/// A machine, its surroundings, and what was said in part.
#[derive(Debug)]
pub struct Drive<'a, L: Layers> {
    model: &'a ChannelModel<L, Lean>,
    world: World<Kept<L>>,
    /// A unit of which only the first octets have come.
    begun: Option<(u8, usize)>,
    /// Octets have come in this connection of which nobody knows what they mean.
    is_raw: bool,
    offered: Vec<Step>,
}

impl<'a, L: Layers> Drive<'a, L> {
    /// A closed channel.
    #[must_use]
    pub fn new(model: &'a ChannelModel<L, Lean>) -> Self {
        let held = model.hold.hold(&model.setup, Bench::new(&model.setup));
        let world = World { held, env: Env::default() };
        Self { model, world, begun: None, is_raw: false, offered: Vec::new() }
    }

    /// The surroundings.
    #[must_use]
    pub const fn env(&self) -> &Env {
        &self.world.env
    }

    /// The machine.
    #[must_use]
    pub const fn bench(&self) -> &Bench<L> {
        &self.world.held.bench
    }

    /// What may be seen of the machine.
    #[must_use]
    pub fn face(&self) -> Face {
        self.model.hold.face(&self.model.setup, &self.world.held)
    }

    /// The words of a step.
    #[must_use]
    pub fn words(&self, step: Step) -> String {
        tell::words(&self.model.setup, step)
    }

    /// The promises that are broken.
    pub fn broken(&self) -> impl Iterator<Item = &'static str> {
        let broken = self.world.env.broken & !self.unjudged();
        let names = PROMISES.into_iter().enumerate();
        names.filter(move |(bit, _)| broken >> bit & 1 != 0).map(|(_, name)| name)
    }

    /// The bits of the promises that are not judged now.
    fn unjudged(&self) -> u32 {
        let meant = [Promise::OpenIsProven, Promise::EndOnce, Promise::Refusal];
        let bits = meant.map(Promise::bit).iter().fold(0, |mask, bit| mask | bit);
        if self.is_raw { bits } else { 0 }
    }

    /// Whether nothing is owed and the layers wait for octets.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        let face = self.face();
        !face.owed && (face.stalled || self.world.env.socket == Socket::Gone)
    }

    /// Whether `step` may happen.
    #[must_use]
    pub fn is_possible(&mut self, step: Step) -> bool {
        if matches!(step, Step::Command(_)) {
            return true;
        }
        if let Step::Said(..) = step
            && self.begun.is_some()
        {
            return false;
        }
        let face = self.face();
        self.offered.clear();
        step::offer(self.model, &self.world.env, &face, &mut self.offered);
        self.offered.contains(&step)
    }

    /// Takes `step`, if it may happen.
    pub fn step(&mut self, step: Step) -> Option<Response> {
        if !self.is_possible(step) {
            return None;
        }
        let response = take::take(self.model, &mut self.world, step);
        let is_fresh =
            step == Step::Drop || step == Step::Command(Command::Open) && response.accepted;
        if is_fresh {
            self.world.env.broken &= !self.unjudged();
            (self.begun, self.is_raw) = (None, false);
        }
        if let Step::Said(unit, None) = step {
            self.is_raw |= self.is_partial(unit);
        }
        Some(response)
    }

    /// Whether a unit leaves something unfinished, so that the next one is not what it says.
    fn is_partial(&self, unit: u8) -> bool {
        let unit = self.model.setup.units.get(usize::from(unit));
        unit.is_some_and(|unit| unit.end == End::Partial)
    }

    /// The first octets of a unit come, and not all; whether they may.
    pub fn begin(&mut self, unit: u8, count: usize) -> bool {
        let Some(whole) = self.model.setup.units.get(usize::from(unit)) else { return false };
        let Some(octets) = whole.octets.get(..count).filter(|it| !it.is_empty()) else {
            return false;
        };
        let is_cut = count < whole.octets.len();
        if !is_cut || !self.is_possible(Step::Said(unit, None)) {
            return false;
        }
        let piece =
            Piece { means: Some(whole.means), end: whole.end, is_first: true, is_last: false };
        self.model.hear_some(&mut self.world, octets, piece);
        self.begun = Some((unit, count));
        true
    }

    /// More octets of the unit that has begun come; whether they may.
    pub fn resume(&mut self, count: usize) -> bool {
        let Some((unit, at)) = self.begun else { return false };
        let Some(whole) = self.model.setup.units.get(usize::from(unit)) else { return false };
        let rest = whole.octets.get(at..).unwrap_or_default();
        let octets = rest.get(..count.max(1)).unwrap_or(rest);
        if !self.model.is_heard(&self.world) {
            return false;
        }
        let is_last = octets.len() == rest.len();
        let piece = Piece { means: Some(whole.means), end: whole.end, is_first: false, is_last };
        self.model.hear_some(&mut self.world, octets, piece);
        self.begun = (!is_last).then_some((unit, at.saturating_add(octets.len())));
        self.is_raw |= is_last && whole.end == End::Partial;
        true
    }

    /// Octets of any content come; whether they may.
    pub fn hear(&mut self, octets: &[u8]) -> bool {
        if octets.is_empty() || !self.model.is_heard(&self.world) {
            return false;
        }
        (self.is_raw, self.begun) = (true, None);
        let piece = Piece { means: None, end: End::None, is_first: true, is_last: true };
        self.model.hear_some(&mut self.world, octets, piece);
        true
    }

    /// The socket takes at most `count` octets; whether it may.
    pub fn take(&mut self, count: usize) -> bool {
        let is_possible = self.is_possible(Step::Take(Amount::All));
        if is_possible {
            self.model.take_some(&mut self.world, count.max(1));
        }
        is_possible
    }

    /// Lets the driver do what it owes, at most `most` deeds and reads; how many there were.
    pub fn settle(&mut self, most: usize) -> usize {
        for count in 0..most {
            let did = self.step(Step::Poll).or_else(|| self.step(Step::Receive));
            if did.is_none() {
                return count;
            }
        }
        most
    }

    /// Closes, and lets pass what needs nobody's help: deeds, reads, the socket's end, deadlines. How many
    /// steps there were, and whether they were enough to come to rest.
    pub fn rest(&mut self, most: usize) -> (usize, bool) {
        let own = [Step::Poll, Step::Receive].map(Some);
        let alone = [Below::Disconnected, Below::Expire].map(|below| Some(Step::Below(below)));
        let _refused_where_nothing_is_open = self.step(Step::Command(Command::Close));
        for count in 0..most {
            let steps = own.into_iter().chain(alone).flatten();
            if !steps.into_iter().any(|step| self.step(step).is_some()) {
                return (count, self.is_at_rest());
            }
        }
        (most, self.is_at_rest())
    }

    fn is_at_rest(&self) -> bool {
        let Env { view, socket, .. } = self.world.env;
        view == View::Closed && socket == Socket::Gone
    }

    /// Opens and lets the peer say all of a script whose end is known, as far as it may.
    pub fn follow(&mut self, script: usize, most: usize) {
        let Some(script) = self.model.setup.scripts.get(script) else { return };
        let mut answers = script.answers.chars();
        self.step(Step::Command(Command::Open));
        self.calm(most);
        for letter in script.said.chars() {
            let units = (0_u8..).zip(&self.model.setup.units);
            let mut named = units.filter(|(_, unit)| unit.means.chars().eq([letter]));
            let Some((unit, _)) = named.next() else { return };
            self.step(Step::Said(unit, None));
            self.calm(most);
            while self.world.env.asking {
                let Some(means) = answers.next() else { break };
                let given = (0_u8..).zip(&self.model.setup.answers);
                let mut given = given.filter(|(_, answer)| answer.means.chars().eq([means]));
                let Some((answer, _)) = given.next() else { break };
                self.step(Step::Answer(answer));
                self.calm(most);
            }
        }
    }

    /// The driver does all it owes, and the socket comes up, takes all, and goes away when asked.
    pub fn calm(&mut self, most: usize) {
        let below = [Below::Connected, Below::Disconnected].map(Step::Below);
        for _ in 0..most {
            self.settle(most);
            let mut helpful = below.into_iter().chain([Step::Take(Amount::All)]);
            if !helpful.any(|step| self.step(step).is_some()) {
                return;
            }
        }
    }
}
