//! What an auditor asks: with what, from what, how to repeat it, and what is excused until when.

use maud::{Markup, html};

use super::super::tally::count;
use super::Page;
use crate::{Evidence, Requirement, Waiver};

pub(super) fn view(page: &Page<'_>) -> Markup {
    let evidence = page.evidence;
    html! {
        section #audit {
            h2 { "Audit" }
            (tools(evidence))
            h3 { "Commands" }
            p.legend { "To be repeated by hand, in the root of the project at that commit." }
            @if evidence.run.commands.is_empty() { p { "None was run." } }
            @else { pre.commands tabindex="0" { (evidence.run.commands.join("\n")) } }
            (waivers(page))
            (planned(evidence))
            (inputs(evidence))
        }
    }
}

fn tools(evidence: &Evidence) -> Markup {
    let run = &evidence.run;
    let facts = [
        ("tool", format!("{} {}", evidence.tool.name, evidence.tool.version)),
        ("schema", evidence.schema.clone()),
        ("compiler", run.rustc.clone().unwrap_or_else(|| "nothing was executed".into())),
        ("commit", run.commit.clone().unwrap_or_else(|| "none".into())),
        ("working tree", if run.dirty { "differs from the commit" } else { "clean" }.into()),
        ("started", run.started.clone()),
        ("duration", format!("{:.1} s, build {:.1} s", run.seconds, run.build_seconds)),
        ("test processes", run.tests_run.to_string()),
        ("looked up to", format!("{}: {}", run.to, run.to.claim())),
    ];
    html! {
        h3 { "Run" }
        dl.facts { @for (name, value) in facts { dt { (name) } dd { (value) } } }
    }
}

fn waivers(page: &Page<'_>) -> Markup {
    let today = page.evidence.run.started.get(..10).unwrap_or_default();
    let mut waived: Vec<(&Waiver, &Requirement)> = page
        .evidence
        .requirements
        .iter()
        .filter_map(|it| it.waiver.as_ref().map(|waiver| (waiver, it)))
        .collect();
    waived.sort_by_key(|(waiver, it)| (&waiver.until, &it.id));
    html! {
        h3 { "Waivers " small { (waived.len()) } }
        @if waived.is_empty() { p { "Nothing is waived." } } @else {
            div.wide { table.facts {
                thead { tr { th { "until" } th { "requirement" } th { "reason" } th { "at" } } }
                tbody { @for (waiver, it) in waived { tr {
                    td { (waiver.until)
                        @if waiver.until.as_str() < today { " " b.gap { "✗ expired" } } }
                    td { a href={ "#" (it.id) } { (it.id) } }
                    td { (waiver.reason) }
                    td { (page.link(&waiver.place)) }
                } } }
            } }
        }
    }
}

fn planned(evidence: &Evidence) -> Markup {
    let mut planned: Vec<(&str, &str)> = evidence
        .documents
        .iter()
        .filter_map(|it| it.planned_until.as_ref().map(|date| (date.as_str(), it.title.as_str())))
        .collect();
    planned.sort_unstable();
    html! {
        @if !planned.is_empty() {
            h3 { "Planned documents " small { (planned.len()) } }
            ul.plain { @for (date, title) in planned { li { "due " (date) ": " (title) } } }
        }
    }
}

fn inputs(evidence: &Evidence) -> Markup {
    html! {
        h3 { "Inputs" }
        details {
            summary { (count(evidence.inputs.len(), "file")) " with their SHA-256" }
            div.wide { table.facts { tbody { @for it in &evidence.inputs {
                tr { td { (it.file) } td { code { (it.sha256) } } }
            } } } }
        }
    }
}
