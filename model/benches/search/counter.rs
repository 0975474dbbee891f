//! A toy without a store whose states cost next to nothing, so that what is measured is the search itself.

use stateright::{Model, Property};
use xiom_model::check::{Arrow, Checked, Return};

/// Three counters, each of which can be raised, and reset when it is full.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counter {
    /// Where a counter is full.
    pub(crate) full: u8,
}

impl Model for Counter {
    type State = [u8; 3];
    type Action = usize;

    fn init_states(&self) -> Vec<[u8; 3]> {
        vec![[0; 3]]
    }

    fn actions(&self, _: &[u8; 3], actions: &mut Vec<usize>) {
        actions.extend(0..3);
    }

    fn next_state(&self, counters: &[u8; 3], which: usize) -> Option<[u8; 3]> {
        let mut next = *counters;
        let counter = next.get_mut(which)?;
        *counter = if *counter == self.full { 0 } else { *counter + 1 };
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no counter runs over", |counter: &Self, counters: &[u8; 3]| {
                counters.iter().all(|it| *it <= counter.full)
            }),
            Property::sometimes("all counters are full", |counter: &Self, counters: &[u8; 3]| {
                counters.iter().all(|it| *it == counter.full)
            }),
        ]
    }
}

impl Checked for Counter {
    type Plain = Self;

    fn name(&self) -> String {
        "counters".into()
    }

    fn about(&self) -> String {
        "Three counters.".into()
    }

    fn plain(&self) -> Self {
        *self
    }

    fn returns(&self) -> Vec<Return<Self>> {
        vec![Return {
            name: "they can all be reset",
            pending: |_, counters| *counters != [0; 3],
            good: |_, counters| *counters == [0; 3],
            alone: false,
        }]
    }

    fn participants(&self) -> Vec<&'static str> {
        vec!["counters"]
    }

    fn tell(&self, _: &[u8; 3], which: &usize) -> Vec<Arrow> {
        vec![Arrow::new(0, 0, format!("{which} is raised"))]
    }
}
