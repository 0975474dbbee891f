//! Which property sees which mutant, and after how many steps.

use maud::{Markup, html};

use super::super::{Mutant, Report, slug};
use crate::run::{KillKind, ModelResult, PropertyResult, Subject};

pub(super) fn view(report: &Report) -> Option<Markup> {
    let mutants = report.mutants.as_deref()?;
    Some(html! {
        p.legend {
            "A mutant is the shipped code with one defect. A number says after how many steps the property "
            "shows the defect; 0 where there is no way to show, as with a witness that is missing."
        }
        div.wide tabindex="0" role="group" aria-label="Matrix" { table.matrix {
            thead { tr {
                th scope="col" { "Property" }
                @for (number, mutant) in mutants.iter().enumerate() {
                    th.m scope="col" title=(mutant.name) {
                        a href={ "#mutant-" (slug(&mutant.name)) } { (number + 1) }
                    }
                }
            } }
            @for model in report.models.iter().filter(|it| is_shown(it)) { (group(model, mutants)) }
        } }
        h3 { "Mutants " small { (mutants.len()) } }
        div.wide { table.mutants {
            thead { tr {
                th.n scope="col" { "#" } th scope="col" { "mutant" } th scope="col" { "what is wrong" }
                th scope="col" { "killed by" }
            } }
            tbody { @for (number, mutant) in mutants.iter().enumerate() { (row(number, mutant)) } }
        } }
    })
}

/// Documents are not mutated: they are there only if something of them sees a mutant.
pub(super) fn is_shown(model: &ModelResult) -> bool {
    model.subject == Subject::Shipped || model.properties.iter().any(|it| !it.mutants.is_empty())
}

fn group(model: &ModelResult, mutants: &[Mutant]) -> Markup {
    html! {
        tbody {
            tr.group { th colspan=(mutants.len() + 1) scope="rowgroup" { span { (model.model) } } }
            @for property in &model.properties { (line(model, property, mutants)) }
        }
    }
}

fn line(model: &ModelResult, property: &PropertyResult, mutants: &[Mutant]) -> Markup {
    html! {
        tr {
            th scope="row" { @if property.mutants.is_empty() { b.bad title="no mutant breaks it" { "✗ " } }
                (property.name) " " small { (property.kind.word()) } }
            @for mutant in mutants {
                @match mutant.steps(&model.model, &property.name) {
                    Some(steps) => td.m.hit title={ (property.name) " kills " (mutant.name) } { (steps) },
                    None => td.m {},
                }
            }
        }
    }
}

fn row(number: usize, mutant: &Mutant) -> Markup {
    html! {
        tr id={ "mutant-" (slug(&mutant.name)) } {
            td.n { (number + 1) }
            td { b { (mutant.name) } @if !mutant.file.is_empty() { br; code { (mutant.file) } } }
            td { (mutant.about) }
            td {
                @if mutant.killed.is_empty() { b.bad { "✗ survives" } }
                @for it in &mutant.killed { div {
                    a href={ "#model-" (slug(&it.model)) } { (it.model) } ": " (it.property) " "
                    small { (how(it.kind, it.steps)) }
                } }
            }
        }
    }
}

fn how(kind: KillKind, steps: usize) -> String {
    match kind {
        KillKind::Panic => "panics".into(),
        KillKind::Witness => "never seen".into(),
        KillKind::Safety | KillKind::Return | KillKind::Confluence => format!("{steps} steps"),
    }
}
