//! The files that hold citations, and the public functions that no requirement explains.

use alloc::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::super::tally::count;
use super::super::uri;
use super::Page;
use crate::{Evidence, Place, Requirement, Span};

/// The cited spans of a file: what they are, and the requirements that cite them.
type Spans<'a> = BTreeMap<(Span, &'a str), (&'static str, BTreeSet<&'a str>)>;

/// Every place that the page may name.
pub(super) fn places(evidence: &Evidence) -> impl Iterator<Item = &Place> {
    let cited = evidence.requirements.iter().flat_map(|it| cited(it).map(|(_, place)| place));
    cited.chain(&evidence.unexplained)
}

fn cited(it: &Requirement) -> impl Iterator<Item = (&'static str, &Place)> {
    let code = it.code.iter().map(|it| ("code", &it.place));
    let tests = it.tests.iter().map(|it| ("test", &it.place));
    let proofs = it.proofs.iter().map(|it| ("proof", &it.place));
    let witnesses = it.witnesses.iter().map(|it| ("witness", &it.place));
    let waivers = it.waiver.iter().map(|it| ("waiver", &it.place));
    code.chain(tests).chain(proofs).chain(witnesses).chain(waivers)
}

pub(super) fn view(page: &Page<'_>) -> Markup {
    let mut files: BTreeMap<&str, Spans<'_>> = BTreeMap::new();
    for it in &page.evidence.requirements {
        for (kind, place) in cited(it) {
            let spans = files.entry(&place.file).or_default();
            let entry = spans.entry((place.span, &place.item)).or_insert((kind, BTreeSet::new()));
            entry.1.insert(&it.id);
        }
    }
    for place in &page.evidence.unexplained {
        files.entry(&place.file).or_default();
    }
    html! {
        section #code {
            h2 { "Code" }
            p.legend { "Every file with a citation, and the public functions of traced code that no "
                "requirement explains: " (page.evidence.unexplained.len()) " in all." }
            @for (name, spans) in &files { (file(page, name, spans)) }
        }
    }
}

fn file(page: &Page<'_>, name: &str, spans: &Spans<'_>) -> Markup {
    let unexplained: Vec<&Place> =
        page.evidence.unexplained.iter().filter(|it| it.file == name).collect();
    let number = page.files.get(name).copied().unwrap_or_default();
    let source = page.base().map(|base| format!("{base}{}", uri::encode(name)));
    let tests = spans.values().filter(|(kind, _)| *kind == "test").count();
    let code = spans.len() - tests;
    html! {
        details.file id={ "file-" (number) } {
            summary {
                code { (name) }
                @if code > 0 { " " small { (count(code, "cited span")) } }
                @if tests > 0 { " " small { (count(tests, "citing test")) } }
                @if !unexplained.is_empty() {
                    " " small.warn { "? " (unexplained.len()) " unexplained" }
                }
            }
            @if let Some(source) = source { p.fact { a href=(source) { "the file at this commit" } } }
            @if code > 0 { table.spans { tbody { @for ((span, item), (kind, ids)) in spans {
                @if *kind != "test" { (row(page, *span, item, kind, ids)) }
            } } } }
            @if !unexplained.is_empty() {
                p.fact { b { "No requirement explains:" } }
                ul.plain { @for it in &unexplained { li { code { (it.item) } " " (page.line(it.span)) } } }
            }
        }
    }
}

fn row(page: &Page<'_>, span: Span, item: &str, kind: &str, ids: &BTreeSet<&str>) -> Markup {
    html! {
        tr {
            td { (page.line(span)) }
            td { code { (item) } @if kind != "code" { " " small { (kind) } } }
            td { @for id in ids { a href={ "#" (id) } { (id) } " " } }
        }
    }
}
