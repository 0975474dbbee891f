//! A counterexample: its diagram, its steps, and what to do with it.

use maud::{Markup, html};

use super::super::{sequence, slug, stem};
use super::models::verdict;
use crate::run::{Counterexample, ModelResult, PropertyResult};

pub(super) fn anchor(model: &ModelResult, property: &PropertyResult) -> String {
    format!("found-{}-{}", slug(&model.model), slug(&property.name))
}

/// What there is to see of `property`, if anything.
pub(super) fn figures(model: &ModelResult, property: &PropertyResult) -> Markup {
    let (tone, mark, words) = verdict(property);
    let file = stem(&model.model, &property.name);
    html! {
        @if let Some(it) = &property.counterexample {
            figure.found id=(anchor(model, property)) {
                figcaption { b.(tone) { (mark) " " (property.name) } " " (words) }
                (way(it))
                @if let Some(other) = &property.contrast {
                    p.fact { "The same inputs came to something else on this way:" }
                    (way(other))
                }
                p.fact { "Play it again: " code { "xiom-model --replay " (file) ".json" } }
            }
        }
    }
}

fn way(it: &Counterexample) -> Markup {
    let steps = &it.scenario.steps;
    html! {
        @if steps.is_empty() { p.fact { "The initial state itself shows it." } }
        div.way {
            div.wide tabindex="0" role="group" aria-label="Sequence diagram" { (sequence::inline(it)) }
            details open { summary { "Steps " small { (steps.len()) } }
                ol.steps { @for step in steps { li { code { (step) } } } }
            }
        }
        details { summary { "Mermaid" } pre tabindex="0" { (sequence::mermaid(it)) } }
    }
}
