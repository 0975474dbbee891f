//! What the harness asks of a model beyond stateright's `Model`: a name, returns, a way to tell a path.

use core::fmt::Debug;
use core::hash::Hash;

use stateright::Model;

/// A stateright model with all that is to hold of it.
///
/// - What must hold in every state is an `always` property of the model, what must be possible a
///   `sometimes` property. An `eventually` property is refused: its meaning in stateright's searches
///   depends on their order. A [`Return`] takes its place.
/// - `next_state` must not give `None` for an action that `actions` offered.
/// - A model may stop offering actions in a state that breaks a promise: what follows says nothing more.
pub trait Checked:
    Model<State: Clone + Eq + Hash + Debug, Action: Clone + PartialEq + Debug>
{
    /// The same model for stateright's own search: without memory of its own, so that the two searches
    /// share no more than the machine.
    type Plain: Checked<State: Send + Sync, Action: Send + Sync> + Send + Sync + 'static;

    /// The name on the command line and in reports: lower case, words joined by `-`.
    fn name(&self) -> String;

    /// What is explored, in one or two sentences.
    fn about(&self) -> String;

    /// See [`Self::Plain`].
    fn plain(&self) -> Self::Plain;

    /// What must stay reachable.
    fn returns(&self) -> Vec<Return<Self>> {
        Vec::new()
    }

    /// Whether a step needs nobody's help: time passes, the driver does what it owes.
    fn is_own(&self, _action: &Self::Action) -> bool {
        false
    }

    /// For a state without successors: to which inputs it belongs, and what they came to. The same inputs
    /// must always come to the same, however they were cut.
    fn outcome(&self, _state: &Self::State) -> Option<(u64, u64)> {
        None
    }

    /// Those who speak in a sequence diagram, from left to right.
    fn participants(&self) -> Vec<&'static str>;

    /// What `action` is between participants, taken in `state`.
    fn tell(&self, state: &Self::State, action: &Self::Action) -> Vec<Arrow>;
}

/// From every reachable state that is `pending`, one that is `good` stays reachable: AG (pending implies
/// EF good).
pub struct Return<M: Model> {
    /// Unique among the properties and returns of the model.
    pub name: &'static str,
    /// Where the good state must be reachable from.
    pub pending: fn(&M, &M::State) -> bool,
    /// What must be reachable.
    pub good: fn(&M, &M::State) -> bool,
    /// Only by steps that need nobody's help, see [`Checked::is_own`].
    pub alone: bool,
}

/// One arrow, or a note of one participant, in a sequence diagram.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Arrow {
    /// Index among [`Checked::participants`].
    pub from: usize,
    /// Index among [`Checked::participants`]; the same as `from` for a note.
    pub to: usize,
    /// What is said.
    pub text: String,
}

impl Arrow {
    /// `from` says `text` to `to`.
    pub fn new(from: usize, to: usize, text: impl Into<String>) -> Self {
        Self { from, to, text: text.into() }
    }
}
