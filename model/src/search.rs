//! Breadth-first search that keeps the graph: shortest counterexamples, and whether a good state stays
//! reachable.

use alloc::collections::VecDeque;
use core::hash::Hash;

use indexmap::IndexSet;
use stateright::Model;

/// The reachable states of a model and the steps between them.
#[derive(Debug)]
pub struct Graph<M: Model>
where
    M::State: Eq + Hash,
{
    model: M,
    /// In the order in which they were found.
    states: IndexSet<M::State>,
    parents: Vec<Option<usize>>,
    successors: Vec<Vec<usize>>,
}

impl<M> Graph<M>
where
    M: Model,
    M::State: Clone + Eq + Hash,
    M::Action: Clone,
{
    /// Explores `model` until nothing new is found, or until a state is `bad`: the path to it is a
    /// shortest one, and nothing more is to be learnt.
    pub fn explore(model: M, bad: impl Fn(&M::State) -> bool) -> Self {
        let (states, parents, successors) = (IndexSet::new(), Vec::new(), Vec::new());
        let mut graph = Self { model, states, parents, successors };
        let mut todo: VecDeque<usize> =
            graph.model.init_states().into_iter().map(|state| graph.add(state, None).0).collect();
        while let Some(index) = todo.pop_front() {
            for next in graph.next_states(index) {
                let is_bad = bad(&next);
                let (target, is_new) = graph.add(next, Some(index));
                if let Some(successors) = graph.successors.get_mut(index) {
                    successors.push(target);
                }
                if is_new && is_bad {
                    return graph;
                }
                if is_new {
                    todo.push_back(target);
                }
            }
        }
        graph
    }

    fn add(&mut self, state: M::State, parent: Option<usize>) -> (usize, bool) {
        let (index, is_new) = self.states.insert_full(state);
        if is_new {
            self.parents.push(parent);
            self.successors.push(Vec::new());
        }
        (index, is_new)
    }

    fn next_states(&self, index: usize) -> Vec<M::State> {
        let Some(state) = self.states.get_index(index) else { return Vec::new() };
        let mut actions = Vec::new();
        self.model.actions(state, &mut actions);
        actions.into_iter().filter_map(|action| self.model.next_state(state, action)).collect()
    }

    /// How many reachable states there are.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether the model has no initial state.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// How many steps there are between the states.
    pub fn transitions(&self) -> usize {
        self.successors.iter().map(Vec::len).sum()
    }

    /// The first state, so one of the nearest, that is `wanted`.
    pub fn find(&self, wanted: impl Fn(&M::State) -> bool) -> Option<usize> {
        self.states.iter().position(wanted)
    }

    /// The steps of a shortest way to the state `index`.
    pub fn path(&self, index: usize) -> Vec<M::Action> {
        let mut path = Vec::new();
        let mut index = index;
        while let Some(&Some(parent)) = self.parents.get(index) {
            path.extend(self.step(parent, index));
            index = parent;
        }
        path.reverse();
        path
    }

    fn step(&self, from: usize, to: usize) -> Option<M::Action> {
        let (from, to) = (self.states.get_index(from)?, self.states.get_index(to)?);
        let mut actions = Vec::new();
        self.model.actions(from, &mut actions);
        let leads =
            |action: &M::Action| self.model.next_state(from, action.clone()).as_ref() == Some(to);
        actions.into_iter().find(leads)
    }

    /// How many states that are `pending` cannot reach a `good` one, and the nearest of them: the
    /// counterexamples of AG (pending implies EF good).
    pub fn stuck(
        &self,
        pending: impl Fn(&M::State) -> bool,
        good: impl Fn(&M::State) -> bool,
    ) -> (usize, Option<usize>) {
        let mut before = vec![Vec::new(); self.states.len()];
        for (state, successors) in self.successors.iter().enumerate() {
            for successor in successors {
                before.get_mut(*successor).into_iter().for_each(|list| list.push(state));
            }
        }
        let mut reaches: Vec<bool> = self.states.iter().map(good).collect();
        let mut todo: Vec<usize> =
            reaches.iter().enumerate().filter_map(|(index, good)| good.then_some(index)).collect();
        while let Some(index) = todo.pop() {
            for earlier in before.get(index).into_iter().flatten() {
                if let Some(reached @ false) = reaches.get_mut(*earlier) {
                    *reached = true;
                    todo.push(*earlier);
                }
            }
        }
        let stuck = self.states.iter().zip(&reaches).enumerate();
        let stuck: Vec<usize> = stuck
            .filter(|(_, (state, reached))| !**reached && pending(state))
            .map(|(index, _)| index)
            .collect();
        (stuck.len(), stuck.first().copied())
    }
}
