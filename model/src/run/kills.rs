//! Which properties see a mutant: the same search, without records and without the second engine.
//!
//! A property counts only for what it alone says. Where a promise is broken, models stop, so that
//! what cannot be reached behind it is no merit of a return or of a witness.

use serde::{Deserialize, Serialize};

use super::{Entry, job};
use crate::check::{Budget, Checked, Graph};
use crate::models::Size;

/// A property that sees a mutant.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Kill {
    /// Its name.
    pub property: String,
    /// Steps of a shortest way to see it; 0 for a witness that is missing and for a panic.
    pub steps: usize,
    /// How it sees it.
    pub kind: KillKind,
}

/// How a mutant is seen.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KillKind {
    /// A state breaks what must always hold.
    #[default]
    Safety,
    /// A pending state cannot return, or nothing is pending any more.
    Return,
    /// The same inputs come to something else.
    Confluence,
    /// What must be possible no longer is.
    Witness,
    /// The model panics.
    Panic,
}

/// What sees the mutant that was built into the model of `entry`; the shortest ways first.
///
/// A search that hits the budget of `size` shows broken promises and conflicts, and nothing else.
#[must_use]
pub fn kills(entry: &Entry, size: Size) -> Vec<Kill> {
    or_panic(|| entry.job().kills(size))
}

/// What is left of `kill`, which was seen before; nothing if the mutant is not seen any more.
#[must_use]
pub fn kills_again(entry: &Entry, size: Size, kill: &Kill) -> Vec<Kill> {
    or_panic(|| entry.job().kills_again(size, kill).into_iter().collect())
}

fn or_panic(kills: impl FnOnce() -> Vec<Kill>) -> Vec<Kill> {
    let panic = |message| vec![Kill { property: message, steps: 0, kind: KillKind::Panic }];
    job::caught(kills).unwrap_or_else(panic)
}

/// Whether `kill` is seen again: a broken promise by a search that ends there, all else by the whole search.
pub(super) fn again<M: Checked>(model: &M, budget: Budget, kill: &Kill) -> Option<Kill> {
    match kill.kind {
        KillKind::Safety => {
            let steps = Graph::seek(model, budget, &kill.property)?;
            Some(Kill { steps, ..kill.clone() })
        }
        KillKind::Return | KillKind::Confluence | KillKind::Witness | KillKind::Panic => {
            of(model, budget).into_iter().find(|it| it.property == kill.property)
        }
    }
}

pub(super) fn of<M: Checked>(model: &M, budget: Budget) -> Vec<Kill> {
    let graph = Graph::explore(model, budget, |_, _| ());
    let steps = |state: u32| graph.path(state).map_or(0, |(_, path)| path.len());
    let mut kills = Vec::new();
    let mut add = |name: &str, state: Option<u32>, kind| {
        let steps = state.map_or(0, steps);
        kills.push(Kill { property: name.into(), steps, kind });
    };
    for found in graph.found().iter().filter(|it| it.is_always && !it.holds()) {
        add(found.name, found.state, KillKind::Safety);
    }
    if let Some((_, state)) = graph.explored().conflict {
        add(super::judge::CONFLUENCE, Some(state), KillKind::Confluence);
    }
    let is_safe = graph.found().iter().all(|it| !it.is_always || it.holds());
    if is_safe && !graph.explored().is_cut {
        for stuck in graph.returns().iter().filter(|it| !it.holds()) {
            add(stuck.name, stuck.first, KillKind::Return);
        }
        for found in graph.found().iter().filter(|it| !it.is_always && !it.holds()) {
            add(found.name, None, KillKind::Witness);
        }
    }
    kills.sort_by_key(|kill| kill.steps);
    kills
}
