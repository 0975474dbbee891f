//! The second engine: all of stateright's own search, and what it decides.
//!
//! That search ends as soon as each property is decided, and then has counted less than there is. So it is
//! given one property that is never decided, and the model's own are judged within its condition.

use core::sync::atomic::{AtomicBool, Ordering};

use stateright::{Checker, Expectation, Model, Property};

use super::Checked;

/// What stateright's search found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Second {
    /// Unique states.
    pub states: usize,
    /// Each property, and whether it is as it should be.
    pub verdicts: Vec<(&'static str, bool)>,
}

/// Counts the states of `model`, on one thread and without any limit.
pub fn count<M: Checked>(model: &M) -> Second {
    let model = model.plain();
    let properties: Vec<_> =
        model.properties().into_iter().map(|it| (it, AtomicBool::new(false))).collect();
    let checker = Whole { model, properties }.checker().spawn_bfs().join();
    let verdict = |(property, found): &(Property<M::Plain>, AtomicBool)| {
        let is_found = found.load(Ordering::Relaxed);
        (property.name, (property.expectation == Expectation::Always) != is_found)
    };
    let verdicts = checker.model().properties.iter().map(verdict).collect();
    Second { states: checker.unique_state_count(), verdicts }
}

/// The same model, to be explored to its end.
struct Whole<P: Model> {
    model: P,
    /// Each property, and whether a state was seen that breaks or shows it.
    properties: Vec<(Property<P>, AtomicBool)>,
}

impl<P: Model> Model for Whole<P> {
    type State = P::State;
    type Action = P::Action;

    fn init_states(&self) -> Vec<P::State> {
        self.model.init_states()
    }

    fn actions(&self, state: &P::State, actions: &mut Vec<P::Action>) {
        self.model.actions(state, actions);
    }

    fn next_state(&self, state: &P::State, action: P::Action) -> Option<P::State> {
        self.model.next_state(state, action)
    }

    fn within_boundary(&self, state: &P::State) -> bool {
        self.model.within_boundary(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("everything is counted", |whole: &Self, state| {
            for (property, found) in &whole.properties {
                let is_always = property.expectation == Expectation::Always;
                if (property.condition)(&whole.model, state) != is_always {
                    found.store(true, Ordering::Relaxed);
                }
            }
            true
        })]
    }
}
