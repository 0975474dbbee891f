//! Stateright's Explorer: the same model in a browser, step by step, on loopback only.
//!
//! The model is served as it is; what is added is the way to a state as a sequence diagram.

use core::net::Ipv4Addr;

use stateright::{Model, Path, Property};

use super::{Saved, judge, saved};
use crate::check::{Checked, Scenario, replay};
use crate::report::sequence;

/// Serves the Explorer until the process ends.
pub(super) fn serve<P>(model: P, port: u16)
where
    P: Checked<State: Send + Sync, Action: Send + Sync> + Send + Sync + 'static,
{
    let address = (Ipv4Addr::LOCALHOST, port);
    let properties = model.properties();
    if properties.len() <= conditions::<P>().len() {
        Shown { model, properties }.checker().serve(address);
    } else {
        model.checker().serve(address);
    }
}

/// What follows the address of the server: the view of the steps, by the number of each action.
pub(super) fn address<P: Checked>(model: &P, saved: &Saved) -> Result<String, String> {
    let scenario = &saved.scenario;
    let unplayable = |it| saved::unplayable(scenario, &it);
    let (mut state, steps) = replay(model, scenario).map_err(unplayable)?;
    let mut numbers = vec![scenario.start];
    for step in steps {
        let mut actions = Vec::new();
        model.actions(&state, &mut actions);
        numbers.extend(actions.iter().position(|action| *action == step));
        state = model.next_state(&state, step).unwrap_or(state);
    }
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    Ok(format!("/#/steps/{}", numbers.join("/")))
}

/// The same model, with its ways drawn.
struct Shown<P: Model> {
    model: P,
    properties: Vec<Property<P>>,
}

impl<P: Checked> Model for Shown<P> {
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

    fn format_action(&self, action: &P::Action) -> String {
        self.model.format_action(action)
    }

    fn format_step(&self, state: &P::State, action: P::Action) -> Option<String> {
        self.model.format_step(state, action)
    }

    fn within_boundary(&self, state: &P::State) -> bool {
        self.model.within_boundary(state)
    }

    fn as_svg(&self, path: Path<P::State, P::Action>) -> Option<String> {
        let steps = path.into_vec();
        let (init, _) = steps.first()?;
        let actions: Vec<P::Action> =
            steps.iter().filter_map(|(_, action)| action.clone()).collect();
        let scenario = Scenario::new(&self.model, "", init, &actions);
        Some(sequence::svg(&judge::tell(&self.model, scenario, init, &actions)))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let shown = |(it, condition): (&Property<P>, Condition<P>)| Property {
            expectation: it.expectation.clone(),
            name: it.name,
            condition,
        };
        self.properties.iter().zip(conditions()).map(shown).collect()
    }
}

/// A condition captures nothing, so that each can only find the model's own by its number.
type Condition<P> = fn(&Shown<P>, &<P as Model>::State) -> bool;

fn condition<P: Model, const N: usize>(shown: &Shown<P>, state: &P::State) -> bool {
    shown.properties.get(N).is_some_and(|it| (it.condition)(&shown.model, state))
}

#[rustfmt::skip]
fn conditions<P: Model>() -> [Condition<P>; 32] {
    [
        condition::<P, 0>, condition::<P, 1>, condition::<P, 2>, condition::<P, 3>,
        condition::<P, 4>, condition::<P, 5>, condition::<P, 6>, condition::<P, 7>,
        condition::<P, 8>, condition::<P, 9>, condition::<P, 10>, condition::<P, 11>,
        condition::<P, 12>, condition::<P, 13>, condition::<P, 14>, condition::<P, 15>,
        condition::<P, 16>, condition::<P, 17>, condition::<P, 18>, condition::<P, 19>,
        condition::<P, 20>, condition::<P, 21>, condition::<P, 22>, condition::<P, 23>,
        condition::<P, 24>, condition::<P, 25>, condition::<P, 26>, condition::<P, 27>,
        condition::<P, 28>, condition::<P, 29>, condition::<P, 30>, condition::<P, 31>,
    ]
}
