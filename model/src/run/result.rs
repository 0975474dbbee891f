//! What came of a model: plain data, which every report tells and none adds to.

use serde::{Deserialize, Serialize};

use crate::check::{Arrow, Scenario};
use crate::report::Diagram;

/// What a model is of.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// The machines that ship: everything must hold.
    #[default]
    Shipped,
    /// A source document, read literally: its known defects, and no others, must be found.
    Document,
}

/// What came of one model.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct ModelResult {
    /// Its name.
    pub model: String,
    /// What was explored.
    pub about: String,
    /// What it is of.
    pub subject: Subject,
    /// How much was explored: small, review or nightly.
    pub size: String,
    /// Unique states.
    pub states: usize,
    /// Steps between them.
    pub transitions: usize,
    /// Steps of the longest of all shortest paths.
    pub depth: usize,
    /// Different inputs that came to an end.
    pub inputs: usize,
    /// The budget did not suffice: nothing is proven.
    pub is_cut: bool,
    /// Octets held for the graph, for each state.
    pub octets_a_state: usize,
    /// What our search took.
    pub seconds: f64,
    /// States of our search in a second.
    pub rate: usize,
    /// Stateright's own search, where it ran.
    pub second: Option<Engine>,
    /// How large the machine itself is, where that is known.
    pub machine: Option<MachineSize>,
    /// The machine's states and steps, where they are to be drawn.
    pub diagrams: Vec<Diagram>,
    /// All that was to hold.
    pub properties: Vec<PropertyResult>,
    /// Why the model is not green.
    pub failures: Vec<String>,
}

/// The second engine.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Engine {
    /// Unique states.
    pub states: usize,
    /// What it took.
    pub seconds: f64,
    /// States in a second.
    pub rate: usize,
}

/// How large a machine is by itself, whatever surrounds it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct MachineSize {
    /// States that were met.
    pub states: usize,
    /// Pairs of a state and a stimulus that were met.
    pub steps: usize,
}

/// What kind of promise a property is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It holds in every state.
    Always,
    /// It holds in some state.
    Sometimes,
    /// From every pending state a good one stays reachable.
    Return,
    /// The same inputs come to the same, however they were cut.
    Confluence,
}

impl Kind {
    /// Its word in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Sometimes => "sometimes",
            Self::Return => "return",
            Self::Confluence => "confluence",
        }
    }
}

/// What came of one property.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PropertyResult {
    /// Its name; unique in its model.
    pub name: String,
    /// What kind of promise it is.
    pub kind: Kind,
    /// Whether it was shown to hold.
    pub holds: bool,
    /// After how many steps a document is known to break it.
    pub expected: Option<usize>,
    /// Why it does not hold, in a few words.
    pub detail: String,
    /// A shortest way to break it.
    pub counterexample: Option<Counterexample>,
    /// Of a confluence, the way on which the same inputs came to something else.
    pub contrast: Option<Counterexample>,
    /// The mutants that it kills.
    pub mutants: Vec<String>,
}

impl PropertyResult {
    /// Steps of the counterexample; 0 where there is none.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.counterexample.as_ref().map_or(0, |it| it.scenario.steps.len())
    }

    /// Whether it is as it should be: it holds, or is broken as it is known to be.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.expected.map_or(self.holds, |steps| !self.holds && steps == self.steps())
    }
}

/// A way that breaks a property, as it is saved and as it is told.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Counterexample {
    /// The way, to be saved and played again.
    pub scenario: Scenario,
    /// Who speaks, from left to right.
    pub participants: Vec<String>,
    /// What is said.
    pub arrows: Vec<Told>,
}

/// One arrow, or a note of one participant.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Told {
    /// Which step of the scenario it belongs to, counted from 0.
    pub step: usize,
    /// Index among the participants.
    pub from: usize,
    /// Index among the participants; the same as `from` for a note.
    pub to: usize,
    /// What is said.
    pub text: String,
}

impl Told {
    pub(super) fn new(step: usize, arrow: Arrow) -> Self {
        Self { step, from: arrow.from, to: arrow.to, text: arrow.text }
    }
}

impl ModelResult {
    /// Whether nothing failed.
    #[must_use]
    pub fn is_green(&self) -> bool {
        self.failures.is_empty()
    }

    pub(super) fn panicked(model: &str, message: &str) -> Self {
        Self {
            model: model.into(),
            is_cut: true,
            failures: vec![format!("the model panicked: {message}")],
            ..Self::default()
        }
    }
}
