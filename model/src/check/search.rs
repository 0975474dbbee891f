//! The search that makes a graph: each state is judged once, when it is found, and expanded once.
//!
//! Numbers are given in the order of finding, level by level, so a state's number never falls below that of
//! a state that is nearer. Whatever ends the search before everything is expanded makes it cut.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use stateright::{Expectation, Property};

use super::graph::{OWN, Room};
use super::lean::{Lean, Queue};
use super::seen::{Seen, fingerprint, index};
use super::{Budget, Checked, Explored, Found, Graph, Return};

/// Explores `model` within `budget` and `room`, or until the property `wanted` is decided.
pub(super) fn explore<'m, M: Checked>(
    model: &'m M,
    budget: Budget,
    room: Room,
    wanted: Option<&str>,
    progress: impl FnMut(usize, usize),
) -> Graph<'m, M> {
    let judge = Judge::new(model);
    let search = Search {
        model,
        room,
        wanted: judge.found.iter().position(|found| Some(found.name) == wanted),
        seen: Seen::new(room.states),
        starts: Lean::new(),
        successors: Lean::new(),
        marks: Lean::new(),
        todo: Queue::new(),
        judge,
        ends: HashMap::default(),
        explored: Explored::default(),
    };
    search.run(budget, progress)
}

struct Search<'m, M: Checked> {
    model: &'m M,
    room: Room,
    /// The search may end as soon as the property at this place is decided.
    wanted: Option<usize>,
    seen: Seen,
    starts: Lean<u32>,
    successors: Lean<u32>,
    marks: Lean<u16>,
    /// What was found and not expanded, in the order of the numbers.
    todo: Queue<M::State>,
    judge: Judge<M>,
    /// Of all inputs that came to an end, the first state where they did, and the outcome.
    ends: HashMap<u64, (u32, u64), FixedState>,
    explored: Explored,
}

impl<'m, M: Checked> Search<'m, M> {
    fn run(mut self, budget: Budget, mut progress: impl FnMut(usize, usize)) -> Graph<'m, M> {
        for state in self.model.init_states() {
            self.explored.is_cut |= self.add(state).is_none();
        }
        let inits = u32::try_from(self.seen.len()).unwrap_or(u32::MAX);
        let (mut level_end, mut number) = (self.seen.len(), 0_u32);
        let mut actions = Vec::new();
        self.starts.push(0);
        while let Some(state) = self.todo.pop() {
            if index(number) == level_end {
                self.explored.depth += 1;
                level_end = self.seen.len();
            }
            let is_spent = budget.states < self.seen.len() || budget.depth < self.explored.depth;
            if number.is_multiple_of(1 << 14) {
                progress(self.seen.len(), self.explored.depth);
            }
            if is_spent || self.is_content() || self.expand(&state, number, &mut actions).is_none()
            {
                self.explored.is_cut = true;
                break;
            }
            number += 1;
        }
        self.finish(inits)
    }

    fn is_content(&self) -> bool {
        let wanted = self.wanted.and_then(|at| self.judge.found.get(at));
        wanted.is_some_and(|found| found.state.is_some())
    }

    /// Finds the successors of the state `number`; nothing when there is no room for them.
    fn expand(
        &mut self,
        state: &M::State,
        number: u32,
        actions: &mut Vec<M::Action>,
    ) -> Option<()> {
        let before = self.successors.len();
        self.model.actions(state, actions);
        let mut all = Some(());
        for action in actions.drain(..) {
            let own = if self.model.is_own(&action) { OWN } else { 0 };
            let Some(next) = self.model.next_state(state, action) else { continue };
            let has_room = self.successors.len() < index(self.room.steps);
            let Some(target) = has_room.then(|| self.add(next)).flatten() else {
                all = None;
                break;
            };
            self.successors.push(target | own);
        }
        // There is room for no more steps than have numbers.
        self.starts.push(u32::try_from(self.successors.len()).unwrap_or(u32::MAX));
        if self.successors.len() == before && all.is_some() {
            self.end(state, number);
        }
        all
    }

    /// The number of `state`, which is judged when it is new; nothing when there is no room for it.
    fn add(&mut self, state: M::State) -> Option<u32> {
        let (number, is_new) = self.seen.insert(fingerprint(&state))?;
        if is_new {
            self.marks.push(self.judge.judge(self.model, &state, number));
            self.todo.push(state);
        }
        Some(number)
    }

    /// Nothing follows `state`: what its inputs came to is compared.
    fn end(&mut self, state: &M::State, number: u32) {
        let Some((input, outcome)) = self.model.outcome(state) else { return };
        let (first, known) = *self.ends.entry(input).or_insert((number, outcome));
        if known != outcome && self.explored.conflict.is_none() {
            self.explored.conflict = Some((first, number));
        }
    }

    fn finish(self, inits: u32) -> Graph<'m, M> {
        let Self { model, seen, starts, successors, marks, mut explored, .. } = self;
        explored.inputs = self.ends.len();
        explored.states = seen.len();
        explored.transitions = successors.len();
        explored.octets = seen.octets() + starts.octets() + successors.octets() + marks.octets();
        let (fingerprints, found) = (seen.into_fingerprints(), self.judge.found);
        Graph { model, fingerprints, inits, starts, successors, marks, found, explored }
    }
}

/// The conditions of a model, looked up once, and what they decided.
struct Judge<M: Checked> {
    found: Vec<Found>,
    /// The properties that are not decided, and where each stands in `found`.
    open: Vec<(usize, Property<M>)>,
    returns: Vec<Return<M>>,
}

impl<M: Checked> Judge<M> {
    #[expect(clippy::panic, reason = "a model that says what is not judged must not pass")]
    fn new(model: &M) -> Self {
        let (properties, returns) = (model.properties(), model.returns());
        assert!(returns.len() <= MAX_RETURNS, "no more than {MAX_RETURNS} returns fit the marks");
        let found = |property: &Property<M>| match property.expectation {
            Expectation::Always => Found { name: property.name, is_always: true, state: None },
            Expectation::Sometimes => Found { name: property.name, is_always: false, state: None },
            Expectation::Eventually => panic!("{}: make it a return", property.name),
        };
        let found = properties.iter().map(found).collect();
        Self { found, open: properties.into_iter().enumerate().collect(), returns }
    }

    /// Judges a state by all that is not decided yet, and gives its marks.
    fn judge(&mut self, model: &M, state: &M::State, number: u32) -> u16 {
        let Self { found, open, returns } = self;
        open.retain(|(at, property)| {
            let Some(found) = found.get_mut(*at) else { return false };
            let decides = (property.condition)(model, state) != found.is_always;
            found.state = decides.then_some(number);
            !decides
        });
        returns.iter().rev().fold(0, |marks, it| {
            let pending = u16::from((it.pending)(model, state));
            let good = u16::from((it.good)(model, state));
            marks << 2 | pending << 1 | good
        })
    }
}

/// Two bits of a mark each.
const MAX_RETURNS: usize = 8;

#[cfg(test)]
mod tests {
    use stateright::Model;

    use super::*;
    use crate::check::{Arrow, Checked};

    /// A row of states, each of which leads to itself and to the next.
    struct Row {
        inits: u32,
        last: u32,
    }

    impl Model for Row {
        type State = u32;
        type Action = u32;

        fn init_states(&self) -> Vec<u32> {
            (0..self.inits).collect()
        }

        fn actions(&self, at: &u32, actions: &mut Vec<u32>) {
            actions.extend((*at..=self.last).take(2));
        }

        fn next_state(&self, _: &u32, to: u32) -> Option<u32> {
            Some(to)
        }

        fn properties(&self) -> Vec<Property<Self>> {
            vec![Property::always("any", |_, _| true)]
        }
    }

    impl Checked for Row {
        type Plain = Self;

        fn name(&self) -> String {
            "row".into()
        }

        fn about(&self) -> String {
            "A row of states.".into()
        }

        fn plain(&self) -> Self {
            Self { ..*self }
        }

        fn returns(&self) -> Vec<Return<Self>> {
            let (pending, good) = (|_: &Self, at: &u32| *at == 0, |_: &Self, at: &u32| *at == 1);
            vec![Return { name: "it moves", pending, good, alone: false }]
        }

        fn participants(&self) -> Vec<&'static str> {
            vec!["row"]
        }

        fn tell(&self, _: &u32, to: &u32) -> Vec<Arrow> {
            vec![Arrow::new(0, 0, to.to_string())]
        }
    }

    fn is_cut(row: &Row, states: u32, steps: u32) -> bool {
        let graph = explore(row, Budget::REVIEW, Room { states, steps }, None, |_, _| {});
        let explored = graph.explored();
        let (most, many) = (index(states), index(steps));
        assert!(explored.states <= most && explored.transitions <= many, "{explored:?}");
        assert_ne!(explored.is_cut, graph.returns()[0].holds());
        // What was found before the end of the room still has its way.
        let last = states.min(row.last + 1) - 1;
        let last = last.min(u32::try_from(explored.states).unwrap() - 1);
        let (init, way) = graph.path(last).unwrap();
        assert_eq!(way.last().copied().unwrap_or(init), last);
        explored.is_cut
    }

    #[test]
    fn more_states_than_have_numbers_are_cut() {
        let row = Row { inits: 1, last: 9 };
        assert!(!is_cut(&row, 10, u32::MAX));
        assert!(is_cut(&row, 9, u32::MAX));
        assert!(is_cut(&row, 1, u32::MAX));
        let row = Row { inits: 4, last: 9 };
        assert!(is_cut(&row, 3, u32::MAX));
    }

    #[test]
    fn more_steps_than_have_numbers_are_cut() {
        let row = Row { inits: 1, last: 9 };
        // Two of each state, but for the last.
        assert!(!is_cut(&row, 10, 19));
        for steps in 0..19 {
            assert!(is_cut(&row, 10, steps), "{steps}");
        }
    }
}
