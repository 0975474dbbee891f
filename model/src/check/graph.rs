//! Breadth-first search that keeps the graph, not the states.
//!
//! States live only until they are expanded. Of each there remain its fingerprint, its successors as
//! numbers, and two bits for each return; so a path is found again by taking, at each step, the action
//! that leads to the fingerprint that comes next.

use super::lean::Lean;
use super::seen::{fingerprint, index};
use super::{Checked, search};

/// What one search may cost; to exceed it is a failure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Budget {
    /// Unique states.
    pub states: usize,
    /// Steps from an initial state.
    pub depth: usize,
}

impl Budget {
    /// More than any model of a review needs.
    pub const REVIEW: Self = Self { states: 4_000_000, depth: 400 };
}

/// The reachable states of a model, and the steps between them.
#[derive(Debug)]
pub struct Graph<'m, M: Checked> {
    pub(super) model: &'m M,
    /// Of each state, by which it is found again.
    pub(super) fingerprints: Lean<u64>,
    /// How many states are initial; they have the first numbers.
    pub(super) inits: u32,
    /// Of each state that was expanded, where its successors begin; and where the last ones end.
    pub(super) starts: Lean<u32>,
    /// Successors, and in the highest bit whether the step needs nobody's help.
    pub(super) successors: Lean<u32>,
    /// Of each state, two bits for each return: pending, good.
    pub(super) marks: Lean<u16>,
    pub(super) found: Vec<Found>,
    pub(super) explored: Explored,
}

/// A property, and the nearest state that decides it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Found {
    /// The name of the property.
    pub name: &'static str,
    /// Whether it must hold always; otherwise a state where it holds must exist.
    pub is_always: bool,
    /// The first state that breaks it, or that shows it.
    pub state: Option<u32>,
}

impl Found {
    /// Whether the property is as it should be.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.is_always != self.state.is_some()
    }
}

/// How far a search went.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Explored {
    /// Unique states.
    pub states: usize,
    /// Steps between them.
    pub transitions: usize,
    /// Steps of the longest of all shortest paths.
    pub depth: usize,
    /// The budget did not suffice: nothing is proven.
    pub is_cut: bool,
    /// Different outcomes of the same inputs: a state for each of the two.
    pub conflict: Option<(u32, u32)>,
    /// Different inputs that came to an end.
    pub inputs: usize,
    /// Octets held for the graph when the search was done.
    pub octets: usize,
}

impl<'m, M: Checked> Graph<'m, M> {
    /// Explores `model` within `budget`; `progress` is told states and depth from time to time.
    ///
    /// A model bounds itself by the actions that it offers: `within_boundary` is not asked, for a step that
    /// is left out unseen would make its state look stuck.
    ///
    /// # Panics
    ///
    /// Panics at an `eventually` property, which this search does not judge.
    pub fn explore(model: &'m M, budget: Budget, progress: impl FnMut(usize, usize)) -> Self {
        search::explore(model, budget, Room::ALL, None, progress)
    }

    /// The steps of a shortest way to a state that decides `property`: that breaks what must hold always, or
    /// shows what must be possible. The search ends there.
    pub fn seek(model: &'m M, budget: Budget, property: &str) -> Option<usize> {
        let graph = search::explore(model, budget, Room::ALL, Some(property), |_, _| ());
        let found = graph.found.iter().find(|found| found.name == property);
        graph.path(found?.state?).map(|(_, path)| path.len())
    }

    /// How far the search went.
    #[must_use]
    pub const fn explored(&self) -> &Explored {
        &self.explored
    }

    /// Each property, and the nearest state that decides it.
    #[must_use]
    pub fn found(&self) -> &[Found] {
        &self.found
    }

    /// The steps of a shortest way to the state `number`, and the initial state where it begins.
    #[must_use]
    pub fn path(&self, number: u32) -> Option<(M::State, Vec<M::Action>)> {
        let parents = self.parents(number);
        let (mut numbers, mut at) = (vec![number], number);
        while let Some(&parent) = parents.get(index(at))
            && parent != at
        {
            numbers.push(parent);
            at = parent;
        }
        let print = |number: &u32| self.fingerprints.as_slice().get(index(*number)).copied();
        let mut prints = numbers.iter().rev().filter_map(print);
        let first = prints.next()?;
        let init = self.model.init_states().into_iter().find(|it| fingerprint(it) == first)?;
        let (mut state, mut path) = (init.clone(), Vec::new());
        for print in prints {
            let mut actions = Vec::new();
            self.model.actions(&state, &mut actions);
            let mut steps = actions.into_iter().filter_map(|action| {
                self.model.next_state(&state, action.clone()).map(|next| (action, next))
            });
            let (action, next) = steps.find(|(_, next)| fingerprint(next) == print)?;
            path.push(action);
            state = next;
        }
        Some((init, path))
    }

    /// Of each state up to `last`, the number of the state it was found from; of an initial state, its own.
    ///
    /// They need no room of their own: states are numbered as they are found, so the first successor that
    /// was not named before has the next number.
    fn parents(&self, last: u32) -> Vec<u32> {
        let mut parents: Vec<u32> = (0..self.inits).collect();
        let mut next = self.inits;
        for (source, successors) in self.sources() {
            if last < next {
                break;
            }
            for successor in successors {
                if successor & !OWN == next {
                    parents.push(source);
                    next += 1;
                }
            }
        }
        parents
    }

    /// Each state that was expanded, and its successors.
    pub(super) fn sources(&self) -> impl Iterator<Item = (u32, &[u32])> {
        let successors = self.successors.as_slice();
        (0_u32..).zip(self.starts.as_slice().windows(2)).map(move |(source, range)| {
            let &[from, to] = range else { return (source, &[][..]) };
            (source, successors.get(index(from)..index(to)).unwrap_or_default())
        })
    }
}

/// How many states and steps have numbers; what needs more is cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) states: u32,
    pub(super) steps: u32,
}

impl Room {
    /// The highest bit of a successor is not part of its number.
    const ALL: Self = Self { states: OWN, steps: u32::MAX };
}

/// The bit of a successor that is reached by a step that needs nobody's help.
pub(super) const OWN: u32 = 1 << 31;
