//! The requirements: one row each, which opens to everything that is known of it.

use alloc::collections::BTreeMap;

use maud::{Markup, html};

use super::super::table::strength;
use super::super::tally::{count, executed, passes};
use super::parts::{level, mark};
use super::{Page, item};
use crate::{Document, Level, Requirement, Status, Strength};

/// What was already shown, so that no long text of source stands twice in the page.
pub(super) type Shown<'a> = BTreeMap<item::Key<'a>, &'a str>;

pub(super) fn view(page: &Page<'_>) -> Markup {
    let evidence = page.evidence;
    let mut shown = Shown::new();
    html! {
        section #requirements {
            h2 { "Requirements" }
            (filters(page))
            p.legend {
                "In code: " b.hit { "shaded" } " was executed by a citing test, "
                u.miss { "dotted" } " was not. The bar in the margin is the part whose execution counts."
            }
            div.r.cols aria-hidden="true" {
                span { "Level" } span { "Id" } span { "Text" } span { "Code" } span { "Tests" }
                span { "Passed" } span { "Executed" } span { "Status" }
            }
            @for (number, document) in evidence.documents.iter().enumerate() {
                (group(page, number, document, &mut shown))
            }
            p #none hidden { "No requirement passes the filters." }
        }
    }
}

fn filters(page: &Page<'_>) -> Markup {
    let statuses = [Status::Met, Status::Gap, Status::Suspect, Status::Waived, Status::Planned];
    let levels = Level::ALL.into_iter().filter(|it| *it <= Level::L3.max(page.evidence.run.to));
    html! {
        form #filters hidden role="search" {
            input name="text" type="search" placeholder="Search id, text, next step   /"
                aria-label="Search";
            select name="d" aria-label="Document" {
                option value="" { "all documents" }
                @for (number, document) in page.evidence.documents.iter().enumerate() {
                    option value=(number) { (document.name) }
                }
            }
            select name="s" aria-label="Status" {
                option value="" { "any status" }
                @for status in statuses { option value=(status.word()) { (status.word()) } }
            }
            select name="l" aria-label="Level" {
                option value="" { "any level" }
                @for level in levels { option value=(level) { (level) ": " (level.claim()) } }
            }
            select name="w" aria-label="Strength" {
                option value="" { "shall, should, may" }
                @for it in [Strength::Shall, Strength::Should, Strength::May] {
                    option value=(strength(it)) { (strength(it)) }
                }
            }
            output {}
        }
    }
}

fn group<'a>(page: &Page<'a>, number: usize, document: &Document, shown: &mut Shown<'a>) -> Markup {
    let rows: Vec<&Requirement> =
        page.evidence.requirements.iter().filter(|it| it.document == document.name).collect();
    html! {
        div.doc data-d=(number) {
            h3 { (document.title) " " small { (document.file) ", " (count(rows.len(), "requirement")) } }
            @for part in rows.chunk_by(|one, other| one.section == other.section) {
                div.part {
                    @if let Some(section) = part.first().and_then(|it| it.section.last()) {
                        @if *section != document.title { h4 { (section) } }
                    }
                    @for it in part { (row(page, it, shown)) }
                }
            }
        }
    }
}

fn row<'a>(page: &Page<'a>, it: &'a Requirement, shown: &mut Shown<'a>) -> Markup {
    html! {
        details.r.(it.status.word()) #(it.id) data-w=[weaker(it)] {
            summary {
                (level(it.level)) " " code { (it.id) } " " span.t { (it.text) } " "
                i { (code(it)) } " "
                i { (tests(it)) } " "
                i { (ran(it)) } " "
                i { (reached(it)) } " "
                span.n { b.(it.status.word()) { (mark(it.status)) " " (it.status.word()) }
                    @if !it.next.is_empty() { " " (it.next) } }
            }
            div.body { (item::body(page, it, shown)) }
        }
    }
}

/// The strength, where it is not the usual one.
fn weaker(it: &Requirement) -> Option<&'static str> {
    (it.strength != Strength::Shall).then(|| strength(it.strength))
}

fn code(it: &Requirement) -> String {
    match (it.code.len(), it.proofs.len()) {
        (0, 0) => "–".into(),
        (0, _) => "proof".into(),
        (code, _) => code.to_string(),
    }
}

fn tests(it: &Requirement) -> String {
    if it.tests.is_empty() { "–".into() } else { it.tests.len().to_string() }
}

fn ran(it: &Requirement) -> String {
    portion(passes(it), it.tests.len())
}

fn reached(it: &Requirement) -> String {
    portion(executed(it), it.code.len())
}

/// A part of a whole, with a mark: all, some, none.
fn portion(part: usize, whole: usize) -> String {
    match (part, whole) {
        (_, 0) => "–".into(),
        (part, whole) if part == whole => format!("✓ {part}"),
        (part, whole) => format!("✗ {part}/{whole}"),
    }
}
