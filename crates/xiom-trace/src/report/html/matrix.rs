//! Requirements against tests: a table per document, a column per module of tests.

use alloc::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::super::tally::{count, passed};
use super::parts::{level, outcome};
use crate::{Document, Evidence, Outcome, Requirement, Test};

pub(super) fn view(evidence: &Evidence) -> Markup {
    html! {
        section #matrix {
            h2 { "Matrix" }
            p.legend {
                "A cell says how many tests of a module cite the requirement: ✓ all passed, ✗ one did not, "
                "· none was run. P is a proof by the compiler, M a model, F a fuzz target."
            }
            @for document in &evidence.documents { (table(evidence, document)) }
        }
    }
}

fn table(evidence: &Evidence, document: &Document) -> Markup {
    let rows: Vec<&Requirement> = evidence
        .requirements
        .iter()
        .filter(|it| {
            it.document == document.name && (!it.tests.is_empty() || !other(it).is_empty())
        })
        .collect();
    let tests = || rows.iter().flat_map(|it| &it.tests);
    let modules: BTreeSet<&str> = tests().map(module).collect();
    let columns: Vec<&str> = modules.into_iter().collect();
    html! {
        h3 { (document.title) " "
            small { (rows.len()) " of " (count(document.found, "requirement")) " cited by tests" } }
        @if !rows.is_empty() {
            div.wide { table.matrix {
                thead { tr {
                    th scope="col" { "Requirement" }
                    @for column in &columns { th.up scope="col" { span { (column) } } }
                    th scope="col" { "other" }
                } }
                tbody { @for it in &rows { (row(it, &columns)) } }
            } }
            (tests_of(&rows))
        }
    }
}

fn row(it: &Requirement, columns: &[&str]) -> Markup {
    html! {
        tr {
            th scope="row" { (level(it.level)) " " a href={ "#" (it.id) } { (it.id) } }
            (cells(it, columns))
            td { (other(it)) }
        }
    }
}

/// The cells of a row; neighbours that are empty are one.
fn cells(it: &Requirement, columns: &[&str]) -> Markup {
    let outcomes = |column: &str| -> Vec<Outcome> {
        let tests = it.tests.iter().filter(|test| module(test) == column);
        tests.map(|test| test.outcome).collect()
    };
    let all: Vec<Vec<Outcome>> = columns.iter().map(|column| outcomes(column)).collect();
    html! {
        @for run in all.chunk_by(|one, other| one.is_empty() && other.is_empty()) {
            @match run {
                [cited] if !cited.is_empty() => { (cell(cited)) }
                [_] => { td {} }
                empty => { td colspan=(empty.len()) {} }
            }
        }
    }
}

fn cell(outcomes: &[Outcome]) -> Markup {
    let mark = if outcomes.iter().all(|it| passed(*it)) {
        "✓"
    } else if outcomes.iter().all(|it| *it == Outcome::NotRun) {
        "·"
    } else {
        "✗"
    };
    let bad = (mark == "✗").then_some("x");
    html! { td class=[bad] { (mark) " " (outcomes.len()) } }
}

/// The evidence that is no test, by initials.
fn other(it: &Requirement) -> String {
    let proof = if it.proofs.is_empty() { "" } else { "P" };
    let initials = it.witnesses.iter().filter_map(|witness| witness.kind.chars().next());
    let witnesses: BTreeSet<char> = initials.map(|it| it.to_ascii_uppercase()).collect();
    proof.chars().chain(witnesses).collect()
}

/// The module of a test: its path without its own name, in its package.
fn module(test: &Test) -> &str {
    let path = test.place.item.rsplit_once("::").map_or("", |(module, _)| module);
    if path.is_empty() { file_stem(&test.place.file) } else { path }
}

fn file_stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.strip_suffix(".rs").unwrap_or(name)
}

/// The other way round: each test, with what it cites.
fn tests_of(rows: &[&Requirement]) -> Markup {
    let mut tests: BTreeMap<&str, (Outcome, Vec<&str>)> = BTreeMap::new();
    for it in rows {
        for test in &it.tests {
            let entry = (test.outcome, Vec::new());
            tests.entry(&test.place.item).or_insert(entry).1.push(&it.id);
        }
    }
    html! {
        details {
            summary { (count(tests.len(), "test")) ", and what each cites" }
            ul.tests { @for (name, (ended, ids)) in tests {
                @let (mark, word, bad) = outcome(ended);
                li { span.o.bad[bad] { (mark) " " (word) } " " code { (name) }
                    @for id in ids { " " a href={ "#" (id) } { (id) } } }
            } }
        }
    }
}
