//! A machine as a state diagram, from plain data.
//!
//! States stand in ranks by their distance from the initial one, so that every edge leads down by one
//! rank, along its rank, or back up. Each edge has a lane and a label of its own; a long label shows its
//! beginning and gives the rest to whoever points at it.

use alloc::collections::BTreeMap;

use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use super::svg;

mod draw;
mod layout;
mod ranks;

/// The states of a machine, and what leads from one to another.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Diagram {
    /// Its name.
    pub machine: String,
    /// The names of the states.
    pub states: Vec<String>,
    /// Index of the initial state.
    pub initial: usize,
    /// From, to, and what leads there: once for each pair of states.
    pub edges: Vec<(usize, usize, Vec<String>)>,
}

impl Diagram {
    /// The diagram of `steps`: from, label, to. States and labels are sorted, and each is there once.
    pub fn collect(
        machine: impl Into<String>,
        initial: impl Into<String>,
        steps: impl IntoIterator<Item = (String, String, String)>,
    ) -> Self {
        let initial = initial.into();
        let mut names = BTreeMap::from([(initial.clone(), 0)]);
        let mut labels: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for (from, label, to) in steps {
            names.insert(from.clone(), 0);
            names.insert(to.clone(), 0);
            labels.entry((from, to)).or_default().push(label);
        }
        for (number, index) in names.values_mut().enumerate() {
            *index = number;
        }
        let index = |name: &str| names.get(name).copied().unwrap_or_default();
        let edges = labels.into_iter().map(|((from, to), mut labels)| {
            labels.sort_unstable();
            labels.dedup();
            (index(&from), index(&to), labels)
        });
        let edges = edges.collect();
        let initial = index(&initial);
        Self { machine: machine.into(), states: names.into_keys().collect(), initial, edges }
    }

    fn name(&self, state: usize) -> &str {
        self.states.get(state).map_or("?", String::as_str)
    }

    /// Whether a picture would be read by anyone.
    pub(super) fn is_small(&self) -> bool {
        (1..=MOST_STATES).contains(&self.states.len()) && self.edges.len() <= MOST_EDGES
    }
}

/// The diagram as a file of its own.
#[must_use]
pub fn svg(diagram: &Diagram) -> String {
    let (size, body) = picture(diagram);
    svg::file(&diagram.machine, size, &body)
}

/// The diagram as a part of a page.
pub(super) fn inline(diagram: &Diagram) -> Markup {
    let (size, body) = picture(diagram);
    svg::inline(&format!("States of {}", diagram.machine), size, &body)
}

/// The diagram as Mermaid text.
#[must_use]
pub fn mermaid(diagram: &Diagram) -> String {
    let states = diagram.states.iter().enumerate();
    let states =
        states.map(|(number, name)| format!("  state \"{}\" as s{number}\n", svg::plain(name)));
    let edges = diagram.edges.iter().map(|(from, to, labels)| {
        format!("  s{from} --> s{to}: {}\n", svg::plain(&labels.join(", ")))
    });
    let first = format!("  [*] --> s{}\n", diagram.initial);
    let head = core::iter::once("stateDiagram-v2\n".to_owned());
    head.chain(states).chain([first]).chain(edges).collect()
}

fn picture(diagram: &Diagram) -> ((svg::Px, svg::Px), Markup) {
    if diagram.is_small() {
        return draw::draw(diagram, &layout::Layout::of(diagram));
    }
    let words = format!(
        "{} states and {} edges: too many to be drawn",
        diagram.states.len(),
        diagram.edges.len()
    );
    let size = (svg::width(&words) + 2 * svg::LINE, 3 * svg::LINE);
    (size, html! { text x=(svg::LINE) y=(2 * svg::LINE) { (words) } })
}

/// As many of `labels` as `letters` hold, and how many more there are.
fn fold(labels: &[String], letters: usize) -> String {
    let mut shown = Vec::new();
    let mut length = 0;
    for label in labels {
        length += label.chars().count() + 2;
        if !shown.is_empty() && letters < length {
            break;
        }
        shown.push(svg::clip(label, letters));
    }
    let more = labels.len() - shown.len();
    let text = shown.join(", ");
    if more == 0 { text } else { format!("{text} +{more}") }
}

/// What is larger is a list only.
const MOST_STATES: usize = 48;
const MOST_EDGES: usize = 200;
