//! A path as words: saved, played again, and told as a sequence diagram.
//!
//! Steps are symbolic and found by their words, so that a scenario outlives a changed alphabet, or
//! says at which step it no longer plays.

use serde::{Deserialize, Serialize};

use super::{Arrow, Checked};

/// A path to a state, as it is saved.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Scenario {
    /// The model's name.
    pub model: String,
    /// The property that the last state breaks, or shows.
    pub property: String,
    /// Which of the model's initial states it begins with.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub start: usize,
    /// The steps, each as the model formats it.
    pub steps: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(start: &usize) -> bool {
    *start == 0
}

impl Scenario {
    /// The path of `steps` from `init`.
    pub fn new<M: Checked>(
        model: &M,
        property: &str,
        init: &M::State,
        steps: &[M::Action],
    ) -> Self {
        let start = model.init_states().iter().position(|state| state == init).unwrap_or_default();
        let steps = steps.iter().map(|step| model.format_action(step)).collect();
        Self { model: model.name(), property: property.into(), start, steps }
    }
}

/// A scenario does not fit the model.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unplayable {
    /// How many steps could be played.
    pub played: usize,
    /// What could have come next.
    pub offered: Vec<String>,
}

/// Plays `scenario`; gives the initial state and the steps.
///
/// # Errors
///
/// Returns [`Unplayable`] when a step is not offered where the scenario takes it.
pub fn replay<M: Checked>(
    model: &M,
    scenario: &Scenario,
) -> Result<(M::State, Vec<M::Action>), Unplayable> {
    let nothing = Unplayable { played: 0, offered: Vec::new() };
    let init = model.init_states().into_iter().nth(scenario.start).ok_or(nothing)?;
    let (mut state, mut path) = (init.clone(), Vec::new());
    for (played, words) in scenario.steps.iter().enumerate() {
        let mut actions = Vec::new();
        model.actions(&state, &mut actions);
        let offered = actions.iter().map(|action| model.format_action(action)).collect();
        let step = actions.into_iter().find(|action| model.format_action(action) == *words);
        let next = step
            .and_then(|action| model.next_state(&state, action.clone()).map(|next| (action, next)));
        let Some((action, next)) = next else { return Err(Unplayable { played, offered }) };
        path.push(action);
        state = next;
    }
    Ok((init, path))
}

/// The arrows of a path.
pub fn narrate<M: Checked>(model: &M, init: &M::State, steps: &[M::Action]) -> Vec<Arrow> {
    let (mut state, mut arrows) = (init.clone(), Vec::new());
    for step in steps {
        arrows.extend(model.tell(&state, step));
        if let Some(next) = model.next_state(&state, step.clone()) {
            state = next;
        }
    }
    arrows
}
