//! The models: a table of all, then of each what was to hold and how it stands.

use maud::{Markup, html};

use super::super::{Report, grouped, slug};
use super::{found, matrix};
use crate::run::{ModelResult, PropertyResult, Subject};

pub(super) fn table(report: &Report) -> Markup {
    html! {
        div.wide { table.models {
            thead { tr {
                th scope="col" { "Model" }
                @for name in [
                    "states", "steps", "depth", "properties", "machine", "octets a state",
                    "states a second", "stateright", "time",
                ] { th.n scope="col" { (name) } }
            } }
            tbody { @for model in &report.models { (row(model)) } }
        } }
        p.legend {
            "Depth: the longest of all shortest ways. Machine: its own states, and pairs of a state and a "
            "stimulus. Stateright: how many states a second its search counts, on one thread as ours."
        }
    }
}

fn row(model: &ModelResult) -> Markup {
    let right = model.properties.iter().filter(|it| it.is_right()).count();
    let machine = model.machine.map(|it| format!("{} / {}", grouped(it.states), grouped(it.steps)));
    let second = model.second.as_ref().map(|it| grouped(it.rate));
    html! {
        tr {
            th scope="row" {
                (mark(model.is_green())) " "
                a href={ "#model-" (slug(&model.model)) } { (model.model) }
                @if model.subject == Subject::Document { " " small { "document" } }
            }
            td.n { (grouped(model.states)) }
            td.n { (grouped(model.transitions)) }
            td.n { (model.depth) }
            td.n { (right) " of " (model.properties.len()) }
            td.n { (machine.as_deref().unwrap_or("·")) }
            td.n { (model.octets_a_state) }
            td.n { (grouped(model.rate)) }
            td.n { (second.as_deref().unwrap_or("·")) }
            td.n { (format!("{:.2} s", model.seconds)) }
        }
    }
}

fn mark(is_good: bool) -> Markup {
    html! { @if is_good { b.good title="green" { "✓" } } @else { b.bad title="red" { "✗" } } }
}

/// The models of `subject`, each with its properties.
pub(super) fn all(report: &Report, subject: Subject) -> Markup {
    html! { @for model in report.of(subject) { (one(report, model)) } }
}

/// What is wrong in documents; nothing where no document is modelled.
pub(super) fn documents(report: &Report) -> Option<Markup> {
    report.of(Subject::Document).next()?;
    Some(html! {
        p.legend {
            "Each document is modelled as it is written. Its known defects, each with a shortest way that "
            "shows it, must be found again, and no others."
        }
        (all(report, Subject::Document))
    })
}

fn one(report: &Report, model: &ModelResult) -> Markup {
    // Documents are not mutated, as a rule.
    let is_mutated = report.mutants.is_some() && matrix::is_shown(model);
    html! {
        article.model id={ "model-" (slug(&model.model)) } {
            h3 { (mark(model.is_green())) " " (model.model) }
            p.about { (model.about) }
            @if !model.failures.is_empty() {
                ul.failures { @for failure in &model.failures { li { (super::quoted(failure)) } } }
            }
            div.wide { table.properties {
                thead { tr {
                    th scope="col" { "Property" }
                    th scope="col" { "kind" }
                    th scope="col" { "verdict" }
                    @if is_mutated { th scope="col" { "mutants that it kills" } }
                } }
                tbody { @for property in &model.properties {
                    (promise(is_mutated, model, property))
                } }
            } }
            @for property in &model.properties { (found::figures(model, property)) }
        }
    }
}

fn promise(is_mutated: bool, model: &ModelResult, property: &PropertyResult) -> Markup {
    let (tone, mark, words) = verdict(property);
    html! {
        tr {
            td { (property.name) }
            td { small { (property.kind.word()) } }
            td {
                b.(tone) { (mark) } " "
                @if property.counterexample.is_some() {
                    a href={ "#" (found::anchor(model, property)) } { (words) }
                } @else { (words) }
            }
            @if is_mutated { td.kills {
                @if property.mutants.is_empty() { (none(model.subject)) }
                @for (number, name) in property.mutants.iter().enumerate() {
                    @if 0 < number { ", " }
                    a href={ "#mutant-" (slug(name)) } { (name) }
                }
            } }
        }
    }
}

/// What stands for mutants that are not there.
fn none(subject: Subject) -> Markup {
    match subject {
        Subject::Shipped => html! { b.bad { "✗" } " none" },
        Subject::Document => html! { span.zero { "none" } },
    }
}

/// The tone, the mark and the words for how a property stands.
pub(super) fn verdict(property: &PropertyResult) -> (&'static str, &'static str, String) {
    match property.expected {
        None if property.holds => ("good", "✓", "holds".into()),
        None => ("bad", "✗", property.detail.clone()),
        Some(_) if property.is_right() => {
            ("warn", "!", format!("known defect: {}", property.detail))
        }
        Some(known) if property.holds => {
            ("bad", "✗", format!("holds, but a defect after {known} steps is known"))
        }
        Some(known) => ("bad", "✗", format!("{}, but {known} steps are known", property.detail)),
    }
}
