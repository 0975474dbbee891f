//! Explores one machine by running it: from every state that is reached, every event of an alphabet.
//!
//! What is found are the names of states, and what each event did in any concrete state of that name.
//! Nothing is left out silently: a bound that is hit, a state without a name and a refusal that changes
//! something are faults.

use core::hash::Hash;
use core::{error, fmt};

use foldhash::fast::FixedState;
use indexmap::{IndexMap, IndexSet};

use super::survey::Survey;

/// A machine whose state has a name.
pub trait Machine: Clone + Eq + Hash {
    /// The name of its state; `None` when it cannot be told.
    fn label(&self) -> Option<String>;
}

/// What a machine did with an event.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reaction {
    /// The contract with callers rules the event out here.
    Absent,
    /// It was refused, for the reason in these words, if there is one.
    Refused(&'static str),
    /// It was taken, and this was said, if anything.
    Took(String),
}

/// Something that may happen to a machine.
pub struct Event<M> {
    /// What kind of event it is.
    pub group: &'static str,
    /// Its name.
    pub name: String,
    /// Lets it happen.
    pub act: Act<M>,
    /// Lets it happen in another way, of which the table must not know: with another length, or cut.
    pub vary: Option<Vary<M>>,
}

/// Lets something happen to a machine.
pub type Act<M> = Box<dyn Fn(&mut M) -> Reaction + Send + Sync>;

/// Lets something happen to a machine in the way that a number says.
pub type Vary<M> = Box<dyn Fn(&mut M, u8) -> Reaction + Send + Sync>;

impl<M> Event<M> {
    /// The event `name` of a `group`.
    pub fn new(
        group: &'static str,
        name: impl Into<String>,
        act: impl Fn(&mut M) -> Reaction + Send + Sync + 'static,
    ) -> Self {
        Self { group, name: name.into(), act: Box::new(act), vary: None }
    }

    /// The same event, which may also happen in other ways.
    #[must_use]
    pub fn varied(self, vary: impl Fn(&mut M, u8) -> Reaction + Send + Sync + 'static) -> Self {
        Self { vary: Some(Box::new(vary)), ..self }
    }
}

impl<M> fmt::Debug for Event<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.group, self.name)
    }
}

/// What an event did in a state.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Outcome {
    /// It was refused.
    Refused(&'static str),
    /// It changed nothing, and nothing was said.
    Ignored,
    /// It was taken.
    Took {
        /// The state after it.
        to: String,
        /// What was said, if anything.
        said: String,
    },
}

/// What an exploration found.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Found {
    /// The names of states, in the order in which they were found; the first one is the initial one.
    pub states: IndexSet<String, FixedState>,
    /// Groups and names of events.
    pub events: IndexMap<String, &'static str, FixedState>,
    /// What was seen: state, event, outcomes.
    pub cells: IndexMap<(String, String), IndexSet<Outcome, FixedState>, FixedState>,
    /// How many concrete states there are.
    pub size: usize,
}

/// Why there is no table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fault {
    /// There are more concrete states than this.
    Bound(usize),
    /// A state has no name; it was reached by this event.
    Nameless(String),
    /// Two events have this name.
    Twice(String),
    /// In this state this event was refused, and changed something.
    Changed(String, String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bound(bound) => write!(f, "there are more than {bound} concrete states"),
            Self::Nameless(event) => write!(f, "a state after `{event}` has no name"),
            Self::Twice(event) => write!(f, "two events are called `{event}`"),
            Self::Changed(state, event) => {
                write!(f, "in {state}, `{event}` was refused and changed something")
            }
        }
    }
}

impl error::Error for Fault {}

/// Lets every one of `events` happen in every state that is reached from `initial`.
///
/// # Errors
///
/// Returns a [`Fault`] when there are more than `bound` concrete states, or what was found is no table.
pub fn explore<M: Machine>(initial: M, events: &[Event<M>], bound: usize) -> Result<Found, Fault> {
    Survey::new(initial, events, bound).map(|survey| survey.found)
}

impl Found {
    /// The same with what `other`, an exploration of the same machine set up otherwise, has found.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.states.extend(other.states);
        for (name, group) in other.events {
            self.events.entry(name).or_insert(group);
        }
        for (cell, outcomes) in other.cells {
            self.cells.entry(cell).or_default().extend(outcomes);
        }
        self.size = self.size.saturating_add(other.size);
        self
    }

    /// What `event` did in `state`.
    pub fn outcomes(&self, state: &str, event: &str) -> impl Iterator<Item = &Outcome> {
        self.cells.get(&(state.to_owned(), event.to_owned())).into_iter().flatten()
    }

    /// Whether anything may happen in `state`.
    #[must_use]
    pub fn is_final(&self, state: &str) -> bool {
        self.events.keys().all(|event| self.outcomes(state, event).next().is_none())
    }
}
