//! From a graph to verdicts; here alone is decided what is a failure.

use super::{Counterexample, Kind, ModelResult, PropertyResult, Subject, Told};
use crate::check::{Budget, Checked, Found, Graph, Scenario, Stuck, narrate};

/// The name of the property that [`Checked::outcome`] states.
pub(super) const CONFLUENCE: &str = "the same inputs come to the same, however they are cut";

/// What `graph` says of `model`.
pub(super) fn result<M: Checked>(model: &M, graph: &Graph<'_, M>, budget: Budget) -> ModelResult {
    let explored = graph.explored();
    let mut result = ModelResult {
        model: model.name(),
        about: model.about(),
        states: explored.states,
        transitions: explored.transitions,
        depth: explored.depth,
        inputs: explored.inputs,
        is_cut: explored.is_cut,
        octets_a_state: explored.octets.checked_div(explored.states).unwrap_or_default(),
        properties: properties(model, graph),
        ..ModelResult::default()
    };
    if explored.is_cut {
        let Budget { states, depth } = budget;
        let spent = format!("the budget of {states} states and {depth} steps does not suffice");
        result.failures.push(format!("{spent}: nothing is proven"));
    }
    if explored.states == 0 {
        result.failures.push("there is no state: green would be vacuous".into());
    }
    if result.properties.is_empty() {
        result.failures.push("there is no property: green would be vacuous".into());
    }
    result
}

fn properties<M: Checked>(model: &M, graph: &Graph<'_, M>) -> Vec<PropertyResult> {
    let way = |name: &str, number: u32| counterexample(model, graph, name, number);
    let is_cut = graph.explored().is_cut;
    let mut properties: Vec<_> = graph.found().iter().map(|it| found(it, is_cut, way)).collect();
    // What was found but not expanded has no successors: it would seem stuck.
    let returns = if is_cut { Vec::new() } else { graph.returns() };
    properties.extend(returns.iter().map(|it| stuck(it, way)));
    if is_cut {
        let undecided = |it: &crate::check::Return<M>| undecided(it.name, Kind::Return);
        properties.extend(model.returns().iter().map(undecided));
    }
    properties.extend(confluence(graph, way));
    properties
}

fn found(
    found: &Found,
    is_cut: bool,
    way: impl Fn(&str, u32) -> Option<Counterexample>,
) -> PropertyResult {
    let kind = if found.is_always { Kind::Always } else { Kind::Sometimes };
    match (kind, found.state) {
        (Kind::Always, Some(state)) => broken(found.name, kind, way(found.name, state)),
        (_, None) if is_cut => undecided(found.name, kind),
        (_, Some(_)) | (Kind::Always, None) => holding(found.name, kind),
        (_, None) => PropertyResult {
            detail: "was never seen: green would be vacuous".into(),
            ..broken(found.name, kind, None)
        },
    }
}

fn stuck(stuck: &Stuck, way: impl Fn(&str, u32) -> Option<Counterexample>) -> PropertyResult {
    if stuck.holds() {
        return holding(stuck.name, Kind::Return);
    }
    let Some(first) = stuck.first else {
        let detail = "is never pending: green would be vacuous".into();
        return PropertyResult { detail, ..broken(stuck.name, Kind::Return, None) };
    };
    let result = broken(stuck.name, Kind::Return, way(stuck.name, first));
    let states = stuck.states;
    let detail = format!("is stuck in {states} states, the nearest after {}", steps(&result));
    PropertyResult { detail, ..result }
}

fn confluence<M: Checked>(
    graph: &Graph<'_, M>,
    way: impl Fn(&str, u32) -> Option<Counterexample>,
) -> Option<PropertyResult> {
    let explored = graph.explored();
    let Some((first, second)) = explored.conflict else {
        let holds = if explored.is_cut { undecided } else { holding };
        return (explored.inputs != 0).then(|| holds(CONFLUENCE, Kind::Confluence));
    };
    let mut result = broken(CONFLUENCE, Kind::Confluence, way(CONFLUENCE, second));
    result.contrast = way(CONFLUENCE, first);
    let other = result.contrast.as_ref().map_or(0, |it| it.scenario.steps.len());
    result.detail = format!("come to something else after {other} and after {}", steps(&result));
    Some(result)
}

/// Judges `result` by what is known of the document that it is of, and names all that is wrong.
pub(super) fn defects(result: &mut ModelResult, expects: &[(&'static str, usize)]) {
    let mut failures = Vec::new();
    if result.subject == Subject::Shipped && !expects.is_empty() {
        failures.push("defects may be expected of a document only".into());
    }
    for (name, steps) in expects {
        match result.properties.iter_mut().find(|it| it.name == *name) {
            Some(property) => property.expected = Some(*steps),
            None => failures.push(format!("`{name}` is expected to be broken, but is no property")),
        }
    }
    for (index, property) in result.properties.iter().enumerate() {
        failures.extend(failure(property));
        if result.properties.iter().take(index).any(|it| it.name == property.name) {
            failures.push(format!("there are two properties with the name `{}`", property.name));
        }
    }
    // What the search said first stays first.
    result.failures.extend(failures);
}

fn failure(property: &PropertyResult) -> Option<String> {
    let PropertyResult { name, detail, .. } = property;
    match property.expected {
        None if property.holds => None,
        None => Some(format!("`{name}` {detail}")),
        Some(_) if property.is_right() => None,
        Some(known) if property.holds => {
            Some(format!("`{name}` is known to be broken after {known} steps, and holds"))
        }
        Some(known) => {
            let now = property.steps();
            Some(format!("`{name}` is known to be broken after {known} steps, and is after {now}"))
        }
    }
}

fn counterexample<M: Checked>(
    model: &M,
    graph: &Graph<'_, M>,
    name: &str,
    number: u32,
) -> Option<Counterexample> {
    let (init, path) = graph.path(number)?;
    let scenario = Scenario::new(model, name, &init, &path);
    Some(tell(model, scenario, &init, &path))
}

/// The path `steps` from `init`, told.
pub(super) fn tell<M: Checked>(
    model: &M,
    scenario: Scenario,
    init: &M::State,
    steps: &[M::Action],
) -> Counterexample {
    let (mut state, mut arrows) = (init.clone(), Vec::new());
    for (number, step) in steps.iter().enumerate() {
        let told = narrate(model, &state, core::slice::from_ref(step));
        arrows.extend(told.into_iter().map(|arrow| Told::new(number, arrow)));
        state = model.next_state(&state, step.clone()).unwrap_or(state);
    }
    let participants = model.participants().into_iter().map(Into::into).collect();
    Counterexample { scenario, participants, arrows }
}

fn holding(name: &str, kind: Kind) -> PropertyResult {
    PropertyResult {
        name: name.into(),
        kind,
        holds: true,
        expected: None,
        detail: String::new(),
        counterexample: None,
        contrast: None,
        mutants: Vec::new(),
    }
}

fn undecided(name: &str, kind: Kind) -> PropertyResult {
    let detail = "is not decided within the budget".into();
    PropertyResult { holds: false, detail, ..holding(name, kind) }
}

fn broken(name: &str, kind: Kind, counterexample: Option<Counterexample>) -> PropertyResult {
    let mut result = PropertyResult { holds: false, counterexample, ..holding(name, kind) };
    result.detail = format!("is broken after {}", steps(&result));
    result
}

/// How long the counterexample is, in words.
fn steps(result: &PropertyResult) -> String {
    match &result.counterexample {
        // A state is known and the way to it is not: the same action led elsewhere.
        None => "a way that is not found again: the model is not deterministic".into(),
        Some(it) if it.scenario.steps.len() == 1 => "1 step".into(),
        Some(it) => format!("{} steps", it.scenario.steps.len()),
    }
}
