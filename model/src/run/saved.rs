//! A counterexample in a file: saved, played again, and judged as the model is now.

use alloc::collections::VecDeque;
use std::collections::HashSet;

use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};
use stateright::{Expectation, Model};

use super::{Counterexample, PropertyResult, judge, word};
use crate::check::{Budget, Checked, Return, Scenario, Unplayable, replay as play};
use crate::models::Size;

/// A scenario, and what else is needed to judge it again.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Saved {
    /// The way that breaks the property.
    #[serde(flatten)]
    pub scenario: Scenario,
    /// The size of the model, as a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// Of a confluence, the way on which the same inputs came to something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contrast: Option<Scenario>,
}

impl Saved {
    /// The counterexample of `property`, found in a model of the size `size`.
    #[must_use]
    pub fn new(size: &str, property: &PropertyResult) -> Option<Self> {
        let scenario = property.counterexample.as_ref()?.scenario.clone();
        let contrast = property.contrast.as_ref().map(|it| it.scenario.clone());
        Some(Self { scenario, size: Some(size.into()), contrast })
    }

    /// The size of the model that it was found in.
    #[must_use]
    pub fn size(&self) -> Option<Size> {
        let sizes = [Size::Small, Size::Review, Size::Nightly];
        sizes.into_iter().find(|size| Some(word(*size)) == self.size.as_deref())
    }
}

/// How a property stands after a scenario was played.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Standing {
    /// The scenario still breaks it.
    Broken,
    /// The scenario does not break it any more.
    Holds,
    /// The budget did not suffice to say.
    Undecided,
}

/// A scenario that was played.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Replayed {
    /// What was played; of a confluence, both ways.
    pub told: Vec<Counterexample>,
    /// How the property stands.
    pub standing: Standing,
}

pub(super) fn replay<M: Checked>(
    model: &M,
    saved: &Saved,
    budget: Budget,
) -> Result<Replayed, String> {
    let name = &saved.scenario.property;
    let (first, told) = walk(model, &saved.scenario)?;
    let mut told = vec![told];
    let judged = model.properties().into_iter().find(|it| it.name == *name);
    let returns = model.returns().into_iter().find(|it| it.name == *name);
    let standing = if let Some(property) = judged {
        let mut holds = first.iter().map(|state| (property.condition)(model, state));
        let is_right = match property.expectation {
            Expectation::Always => holds.all(|it| it),
            Expectation::Sometimes | Expectation::Eventually => holds.any(|it| it),
        };
        if is_right { Standing::Holds } else { Standing::Broken }
    } else if let Some(it) = returns {
        stuck(model, &it, &first, budget)
    } else if let (judge::CONFLUENCE, Some(contrast)) = (name.as_str(), &saved.contrast) {
        let (second, other) = walk(model, contrast)?;
        told.push(other);
        conflict(model, &first, &second)?
    } else {
        return Err(format!("the model has no property `{name}` that this could show"));
    };
    Ok(Replayed { told, standing })
}

/// The states of `scenario`, and its steps, told.
fn walk<M: Checked>(
    model: &M,
    scenario: &Scenario,
) -> Result<(Vec<M::State>, Counterexample), String> {
    let (init, steps) = play(model, scenario).map_err(|it| unplayable(scenario, &it))?;
    let told = judge::tell(model, scenario.clone(), &init, &steps);
    let mut states = vec![init];
    for step in steps {
        let next = states.last().and_then(|state| model.next_state(state, step));
        states.extend(next);
    }
    Ok((states, told))
}

pub(super) fn unplayable(scenario: &Scenario, it: &Unplayable) -> String {
    let Some(step) = scenario.steps.get(it.played) else {
        return format!("the model has no initial state {}", scenario.start);
    };
    let number = it.played.saturating_add(1);
    format!("step {number}, `{step}`, is not offered any more; offered: {}", it.offered.join(", "))
}

fn stuck<M: Checked>(model: &M, it: &Return<M>, states: &[M::State], budget: Budget) -> Standing {
    let Some(last) = states.last().filter(|state| (it.pending)(model, state)) else {
        return Standing::Holds;
    };
    let mut seen = HashSet::with_hasher(FixedState::default());
    let (mut todo, mut actions) = (VecDeque::from([last.clone()]), Vec::new());
    while let Some(state) = todo.pop_front() {
        if (it.good)(model, &state) {
            return Standing::Holds;
        }
        if budget.states < seen.len() {
            return Standing::Undecided;
        }
        model.actions(&state, &mut actions);
        for action in actions.drain(..).filter(|action| !it.alone || model.is_own(action)) {
            let next = model.next_state(&state, action);
            todo.extend(next.filter(|next| seen.insert(next.clone())));
        }
    }
    Standing::Broken
}

fn conflict<M: Checked>(
    model: &M,
    first: &[M::State],
    second: &[M::State],
) -> Result<Standing, String> {
    let outcome = |states: &[M::State]| states.last().and_then(|state| end(model, state));
    let (Some(first), Some(second)) = (outcome(first), outcome(second)) else {
        return Err("a way does not end where it ended, so there is no outcome to compare".into());
    };
    if first.0 != second.0 {
        return Err("the two ways do not belong to the same inputs any more".into());
    }
    Ok(if first.1 == second.1 { Standing::Holds } else { Standing::Broken })
}

/// What a state without successors came to.
fn end<M: Checked>(model: &M, state: &M::State) -> Option<(u64, u64)> {
    let mut actions = Vec::new();
    Model::actions(model, state, &mut actions);
    actions.is_empty().then(|| model.outcome(state)).flatten()
}
