//! stateright's search over the very model that ours explores, be it one that remembers.
//!
//! A model that remembers cannot be shared between threads, so each call takes a lock that nobody else
//! holds: some tens of nanoseconds a step, and all the properties of a state are judged under one.

use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use stateright::{Checker, Expectation, Model, Property};
use xiom_model::check::Checked;

struct Locked<M: Model> {
    model: Mutex<M>,
    properties: Vec<(Property<M>, AtomicBool)>,
}

/// Counts the states of `model` as `check::second` does.
pub(crate) fn count<M>(model: M) -> usize
where
    M: Checked<State: Send + Sync, Action: Send> + Send + 'static,
{
    let properties = model.properties().into_iter().map(|it| (it, AtomicBool::new(false)));
    let properties = properties.collect();
    let checker = Locked { model: Mutex::new(model), properties }.checker().spawn_bfs().join();
    checker.unique_state_count()
}

impl<M: Model> Locked<M> {
    fn model(&self) -> MutexGuard<'_, M> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M: Model> Model for Locked<M> {
    type State = M::State;
    type Action = M::Action;

    fn init_states(&self) -> Vec<M::State> {
        self.model().init_states()
    }

    fn actions(&self, state: &M::State, actions: &mut Vec<M::Action>) {
        self.model().actions(state, actions);
    }

    fn next_state(&self, state: &M::State, action: M::Action) -> Option<M::State> {
        self.model().next_state(state, action)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("everything is counted", |locked: &Self, state| {
            let model = locked.model();
            for (property, found) in &locked.properties {
                let is_always = property.expectation == Expectation::Always;
                if (property.condition)(&model, state) != is_always {
                    found.store(true, Relaxed);
                }
            }
            true
        })]
    }
}
