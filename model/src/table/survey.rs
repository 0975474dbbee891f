//! An exploration that is kept: every concrete state of a machine, and where every event led from it.
//!
//! Who has one drives the machine itself along it, and compares what it does with what was seen.

use alloc::collections::{BTreeSet, VecDeque};

use foldhash::fast::FixedState;
use indexmap::IndexSet;

use super::explore::{Event, Fault, Found, Machine, Outcome, Reaction};

/// What was found, state by state.
#[derive(Debug)]
pub struct Survey<M> {
    /// The names of states, and what was seen under each name.
    pub found: Found,
    machines: IndexSet<M, FixedState>,
    /// The number of the name of each concrete state.
    names: Vec<usize>,
    /// Where each event led from each concrete state: one row a state.
    arcs: Vec<Option<Arc>>,
}

/// What an event did in a concrete state.
#[derive(Clone, Debug)]
struct Arc {
    to: usize,
    outcome: Outcome,
}

impl<M: Machine> Survey<M> {
    /// Lets every one of `events` happen in every state that is reached from `initial`.
    ///
    /// # Errors
    ///
    /// As [`super::explore()`].
    pub fn new(initial: M, events: &[Event<M>], bound: usize) -> Result<Self, Fault> {
        let mut found = Found::default();
        for event in events {
            if found.events.insert(event.name.clone(), event.group).is_some() {
                return Err(Fault::Twice(event.name.clone()));
            }
        }
        let mut survey =
            Self { found, machines: IndexSet::default(), names: Vec::new(), arcs: Vec::new() };
        survey.note(initial, "the beginning")?;
        let mut next = 0;
        while let Some(before) = survey.machines.get_index(next).cloned() {
            for event in events {
                let arc = survey.step(next, &before, event)?;
                survey.arcs.push(arc);
            }
            next = next.saturating_add(1);
            if bound < survey.machines.len() {
                return Err(Fault::Bound(bound));
            }
        }
        survey.found.size = survey.machines.len();
        Ok(survey)
    }

    /// The number of a concrete state, which gets one if it has none.
    fn note(&mut self, machine: M, event: &str) -> Result<usize, Fault> {
        if let Some(number) = self.machines.get_index_of(&machine) {
            return Ok(number);
        }
        let name = machine.label().ok_or_else(|| Fault::Nameless(event.to_owned()))?;
        self.names.push(self.found.states.insert_full(name).0);
        Ok(self.machines.insert_full(machine).0)
    }

    fn step(&mut self, from: usize, before: &M, event: &Event<M>) -> Result<Option<Arc>, Fault> {
        let mut after = before.clone();
        let reaction = (event.act)(&mut after);
        if reaction == Reaction::Absent {
            return Ok(None);
        }
        let is_same = after == *before;
        let to = self.note(after, &event.name)?;
        let name = self.name(from).to_owned();
        if matches!(reaction, Reaction::Refused(_)) && !is_same {
            return Err(Fault::Changed(name, event.name.clone()));
        }
        let Some(outcome) = outcome(reaction, is_same, self.name(to)) else { return Ok(None) };
        let cell = self.found.cells.entry((name, event.name.clone())).or_default();
        cell.insert(outcome.clone());
        Ok(Some(Arc { to, outcome }))
    }

    /// The name of a concrete state.
    fn name(&self, number: usize) -> &str {
        let name = self.names.get(number).and_then(|name| self.found.states.get_index(*name));
        name.map_or("", String::as_str)
    }

    fn arc(&self, from: usize, event: usize) -> Option<&Arc> {
        let row = from.checked_mul(self.found.events.len())?;
        self.arcs.get(row.checked_add(event)?)?.as_ref()
    }

    /// A few walks from the beginning that together meet every event in every state where it may happen.
    #[must_use]
    pub fn tours(&self, longest: usize) -> Vec<Vec<usize>> {
        let count = self.found.events.len();
        let mut left: BTreeSet<(usize, usize)> = self
            .arcs
            .iter()
            .enumerate()
            .filter(|(_, arc)| arc.is_some())
            .filter_map(|(at, _)| {
                let name = self.names.get(at.checked_div(count)?)?;
                Some((*name, at.checked_rem(count)?))
            })
            .collect();
        let mut tours = Vec::new();
        while !left.is_empty() {
            let (mut at, mut tour) = (0, Vec::new());
            while let Some((events, to)) = self.nearest(at, &left) {
                let is_long = longest < tour.len().saturating_add(events.len());
                if is_long && !tour.is_empty() {
                    break;
                }
                for event in events {
                    if let Some(name) = self.names.get(at) {
                        left.remove(&(*name, event));
                    }
                    at = self.arc(at, event).map_or(at, |arc| arc.to);
                    tour.push(event);
                }
                at = to;
            }
            if tour.is_empty() {
                break;
            }
            tours.push(tour);
        }
        tours
    }

    /// The shortest way to something that is `left`, and where it leads.
    fn nearest(
        &self,
        start: usize,
        left: &BTreeSet<(usize, usize)>,
    ) -> Option<(Vec<usize>, usize)> {
        let mut before: IndexSet<usize, FixedState> = IndexSet::default();
        before.insert(start);
        let mut ways: Vec<(usize, usize)> = vec![(0, 0)];
        let mut queue = VecDeque::from([0_usize]);
        while let Some(place) = queue.pop_front() {
            let at = *before.get_index(place)?;
            let name = *self.names.get(at)?;
            for event in 0..self.found.events.len() {
                let Some(arc) = self.arc(at, event) else { continue };
                if left.contains(&(name, event)) {
                    let mut events = vec![event];
                    let mut place = place;
                    while place != 0 {
                        let (from, event) = *ways.get(place)?;
                        events.push(event);
                        place = from;
                    }
                    events.reverse();
                    return Some((events, arc.to));
                }
                let (next, is_new) = before.insert_full(arc.to);
                if is_new {
                    ways.push((place, event));
                    queue.push_back(next);
                }
            }
        }
        None
    }
}

/// What a reaction comes to; `None` where the event is ruled out.
fn outcome(reaction: Reaction, is_same: bool, to: &str) -> Option<Outcome> {
    match reaction {
        Reaction::Absent => None,
        Reaction::Refused(why) => Some(Outcome::Refused(why)),
        Reaction::Took(said) if is_same && said.is_empty() => Some(Outcome::Ignored),
        Reaction::Took(said) => Some(Outcome::Took { to: to.to_owned(), said }),
    }
}

/// A machine on its way along a survey.
#[derive(Debug)]
pub struct Walker<'a, M> {
    survey: &'a Survey<M>,
    machine: M,
    /// The number of its concrete state, if the survey has it.
    at: Option<usize>,
}

/// What a machine does that no survey has seen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Departure {
    /// The state in which it happened.
    pub state: String,
    /// The event.
    pub event: String,
    /// What it did.
    pub reaction: Reaction,
    /// The state that it is in now.
    pub now: Option<String>,
}

impl<'a, M: Machine> Walker<'a, M> {
    /// A machine in its first state; `None` where there is no state at all.
    #[must_use]
    pub fn new(survey: &'a Survey<M>) -> Option<Self> {
        let machine = survey.machines.first()?.clone();
        Some(Self { survey, machine, at: Some(0) })
    }

    /// The name of the state.
    #[must_use]
    pub fn state(&self) -> String {
        match self.at {
            Some(at) => self.survey.name(at).to_owned(),
            None => self.machine.label().unwrap_or_default(),
        }
    }

    /// Lets the event of a number happen, with an argument that must make no difference to what the table
    /// says; whether it may happen here.
    ///
    /// # Errors
    ///
    /// Returns a [`Departure`] when the machine does what was never seen under the name of its state.
    pub fn step(
        &mut self,
        event: &Event<M>,
        number: usize,
        argument: u8,
    ) -> Result<bool, Departure> {
        match (self.at, &event.vary) {
            (Some(at), None) => self.exact(at, event, number),
            (Some(at), Some(_)) if argument == 0 => self.exact(at, event, number),
            (_, vary) => {
                let before = self.machine.clone();
                let reaction = match vary {
                    Some(vary) => vary(&mut self.machine, argument),
                    None => (event.act)(&mut self.machine),
                };
                self.loose(before, event, reaction)
            }
        }
    }

    /// The state is known, so it is known what follows.
    fn exact(&mut self, at: usize, event: &Event<M>, number: usize) -> Result<bool, Departure> {
        let reaction = (event.act)(&mut self.machine);
        let Some(arc) = self.survey.arc(at, number) else {
            if let Some(before) = self.survey.machines.get_index(at) {
                self.machine.clone_from(before);
            }
            return if reaction == Reaction::Absent {
                Ok(false)
            } else {
                Err(self.departure(self.survey.name(at), event, reaction))
            };
        };
        let is_seen = match (&reaction, &arc.outcome) {
            (Reaction::Refused(why), Outcome::Refused(seen)) => why == seen,
            (Reaction::Took(said), Outcome::Ignored) => said.is_empty(),
            (Reaction::Took(said), Outcome::Took { said: seen, .. }) => said == seen,
            _ => false,
        };
        if !is_seen || self.survey.machines.get_index(arc.to) != Some(&self.machine) {
            return Err(self.departure(self.survey.name(at), event, reaction));
        }
        self.at = Some(arc.to);
        Ok(true)
    }

    /// The state or the event is none of the survey's; the names must be.
    fn loose(
        &mut self,
        before: M,
        event: &Event<M>,
        reaction: Reaction,
    ) -> Result<bool, Departure> {
        let state = match self.at {
            Some(at) => self.survey.name(at).to_owned(),
            None => before.label().unwrap_or_default(),
        };
        if reaction == Reaction::Absent {
            self.machine = before;
            return Ok(false);
        }
        self.at = self.survey.machines.get_index_of(&self.machine);
        let is_same = self.machine == before;
        let is_refused = matches!(reaction, Reaction::Refused(_));
        let outcome = outcome(reaction.clone(), is_same, &self.state());
        let is_seen = outcome.is_some_and(|outcome| {
            let mut seen = self.survey.found.outcomes(&state, &event.name);
            seen.any(|seen| is_alike(seen, &outcome, &state))
        });
        if !is_seen || is_refused && !is_same {
            return Err(self.departure(&state, event, reaction));
        }
        Ok(true)
    }

    fn departure(&self, state: &str, event: &Event<M>, reaction: Reaction) -> Departure {
        let (state, event) = (state.to_owned(), event.name.clone());
        Departure { state, event, reaction, now: self.machine.label() }
    }
}

/// Whether the two differ in nothing but whether something changed that has no name, and in how often in a row
/// something was said.
fn is_alike(seen: &Outcome, outcome: &Outcome, state: &str) -> bool {
    let parts = |outcome| match outcome {
        Outcome::Refused(_) => None,
        Outcome::Ignored => Some((state.to_owned(), Vec::new())),
        Outcome::Took { to, said } => {
            let mut words: Vec<String> = said.split(", ").map(str::to_owned).collect();
            words.dedup();
            words.retain(|word| !word.is_empty());
            Some((to, words))
        }
    };
    seen == outcome || parts(seen.clone()).is_some_and(|it| parts(outcome.clone()) == Some(it))
}
