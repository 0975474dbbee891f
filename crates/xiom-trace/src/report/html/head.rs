//! The head of the page: what, when, the outcome, and where each document stands.

use maud::{Markup, html};

use super::super::tally::{Share, Tally, count, shares, verdict};
use crate::{Class, Document, Evidence, Status};

pub(super) fn head(evidence: &Evidence) -> Markup {
    let verdict = verdict(evidence);
    let tone = match verdict.class {
        Class::Note => "met",
        Class::Suspect => "suspect",
        Class::Gate | Class::Tool => "gap",
    };
    html! {
        header {
            div.title {
                h1 { (evidence.project) " " small { "requirement evidence" } }
                div.tools hidden {
                    button #keys type="button" title="Keys (?)" { "Keys" }
                    button #theme type="button" title="Light or dark (t)" { "Theme" }
                }
            }
            (run(evidence))
            p.verdict.(tone) { b { (verdict.mark) " " (verdict.word) } " " (verdict.sentence) }
            (ladder(evidence))
            (documents(evidence))
        }
    }
}

fn run(evidence: &Evidence) -> Markup {
    let run = &evidence.run;
    let commit: String = run.commit.iter().flat_map(|it| it.chars().take(10)).collect();
    let date = run.started.replace('T', " ").replace('Z', " UTC");
    html! {
        p.run {
            @if commit.is_empty() { span { "no commit" } } @else {
                span { "commit " code title=[run.commit.as_deref()] { (commit) }
                    @if run.dirty { " with changes" } @else { " clean" } }
            }
            span { (date) }
            span { (run.rustc.as_deref().unwrap_or("nothing executed")) }
            span { (run.tests_run) " test processes in " (format!("{:.1}", run.seconds)) " s" }
            @if run.build_seconds > 0.0 {
                span { "build " (format!("{:.1}", run.build_seconds)) " s" }
            }
            span { "looked up to " (run.to) }
        }
    }
}

/// The counts of all requirements, with what each level means.
fn ladder(evidence: &Evidence) -> Markup {
    let tally = Tally::of(&evidence.requirements);
    html! {
        dl.ladder {
            div { dt { "all" } dd { b { (tally.total()) } " requirements" } }
            @for share in shares(evidence) {
                div { dt { (chip(share)) } dd { b { (tally.share(share)) } " " (share.meaning()) } }
            }
        }
    }
}

fn chip(share: Share) -> Markup {
    html! { b.v.(share.class()) { (share.name()) } }
}

fn documents(evidence: &Evidence) -> Markup {
    let columns = shares(evidence);
    html! {
        div.wide { table.docs {
            thead { tr {
                th scope="col" { "Document" }
                th.bar scope="col" { "Evidence" }
                @for share in &columns { th.n scope="col" { (share.name()) } }
                th.n scope="col" { "gaps" }
                th.n scope="col" { "found" }
                th scope="col" { "owed" }
            } }
            tbody { @for document in &evidence.documents { (row(evidence, document, &columns)) } }
        } }
    }
}

fn row(evidence: &Evidence, document: &Document, columns: &[Share]) -> Markup {
    let tally = Tally::of_document(evidence, &document.name);
    let gaps = tally.status(Status::Gap);
    let told: Vec<String> = columns
        .iter()
        .filter(|share| tally.share(**share) > 0)
        .map(|share| format!("{} {}", tally.share(*share), share.name()))
        .collect();
    html! {
        tr {
            th scope="row" {
                a href={ "#spec-" (document.name) } title=(document.title) { (document.name) }
            }
            td.bar { div.stack role="img" aria-label=(told.join(", ")) {
                @for share in columns { @if tally.share(*share) > 0 {
                    i.(share.class()) style={ "flex-grow:" (tally.share(*share)) } {}
                } }
            } }
            @for share in columns { td.n { (number(tally.share(*share))) } }
            td.n { @if gaps > 0 { b.gap { "✗ " (gaps) } } @else { (number(0)) } }
            td.n title=(format!("{} expected", count(document.expected, "requirement"))) {
                (document.found)
                @if document.found != document.expected { b.gap { " ≠ " (document.expected) } }
            }
            td { (document.minimum)
                @if let Some(date) = &document.planned_until { " from " (date) } }
        }
    }
}

fn number(number: usize) -> Markup {
    html! { @if number == 0 { span.zero { "·" } } @else { (number) } }
}
