//! Everything that is known of one requirement.

use alloc::collections::BTreeSet;

use maud::{Markup, html};

use super::super::table::strength;
use super::super::tally::{count, passed};
use super::Page;
use super::list::Shown;
use super::parts::outcome;
use super::snippet::{ranges, snippet};
use crate::{Code, Place, Reach, Requirement, Span, Test};

/// The most lines of source that may stand in the page again.
const AGAIN: usize = 8;

/// What makes two snippets the same: the file, the span, the regions that were executed.
pub(super) type Key<'a> = (&'a str, Span, BTreeSet<usize>);

pub(super) fn body<'a>(page: &Page<'a>, it: &'a Requirement, shown: &mut Shown<'a>) -> Markup {
    html! {
        p.meta {
            a href={ "#spec-" (it.id) } { "line " (it.line) } " · " (strength(it.strength))
            " · owes " (it.owed)
        }
        @if !it.next.is_empty() { p.next { b { "Next: " } (it.next) } }
        @if let Some(waiver) = &it.waiver {
            p.next { b { "Waived until " (waiver.until) ": " } (waiver.reason) " "
                (page.link(&waiver.place)) }
        }
        @for (number, code) in it.code.iter().enumerate() { (figure(page, it, number, code, shown)) }
        @if !it.tests.is_empty() {
            ul.tests { @for test in &it.tests { li { (self::test(page, it, test)) } } }
        }
        @for proof in &it.proofs {
            p.fact { b { "Proved by the compiler: " } (proof.reason) " " (named(page, &proof.place)) }
        }
        @for witness in &it.witnesses {
            p.fact {
                b { "Witness, " (witness.kind) ": " } (named(page, &witness.place))
                @if let Some(corpus) = witness.corpus {
                    @if it.code.iter().any(|code| code.corpora.contains(&corpus)) {
                        " · its corpus executes the code"
                    } @else { " · its corpus executes none of the code" }
                }
            }
        }
    }
}

fn named(page: &Page<'_>, place: &Place) -> Markup {
    html! { code { (place.item) } " " (page.link(place)) }
}

fn figure<'a>(
    page: &Page<'a>,
    it: &'a Requirement,
    number: usize,
    code: &'a Code,
    shown: &mut Shown<'a>,
) -> Markup {
    let reaches = it.tests.iter().flat_map(|test| &test.reaches).filter(|it| it.code == number);
    let executed: BTreeSet<usize> = reaches.flat_map(|it| it.regions.iter().copied()).collect();
    let lines = (code.place.span.end_line + 1).saturating_sub(code.place.span.line);
    let key = (code.place.file.as_str(), code.place.span, executed.clone());
    let again = shown.get(&key).copied().filter(|_| lines > AGAIN);
    shown.entry(key).or_insert(&it.id);
    html! {
        figure {
            figcaption {
                @if it.code.len() > 1 { b { (number + 1) } " " }
                (named(page, &code.place)) " " (coverage(code, executed.len()))
            }
            @match (again, page.texts.get(code.place.file.as_str())) {
                (Some(id), _) => { p.fact { "The same lines as at " a href={ "#" (id) } { (id) } "." } }
                (None, Some(text)) => { (snippet(text, code, &executed)) }
                (None, None) => { p.fact { "The source is not at hand, or changed since the run." } }
            }
        }
    }
}

fn coverage(code: &Code, executed: usize) -> Markup {
    let all = code.regions.len();
    html! {
        @if all > 0 {
            span.cov { @if code.reached_by.is_empty() { b.gap { "✗ not executed, " } }
                (executed) " of " (count(all, "region")) " executed" }
        }
    }
}

fn test(page: &Page<'_>, it: &Requirement, test: &Test) -> Markup {
    let (mark, word, bad) = outcome(test.outcome);
    html! {
        span.o.bad[bad] { (mark) " " (word) } " " code { (test.place.item) } " "
        (page.link(&test.place))
        @if passed(test.outcome) {
            " " span.reach { (test.milliseconds) " ms, " (reach(it, test)) }
        }
    }
}

fn reach(it: &Requirement, test: &Test) -> Markup {
    let measured = it.code.iter().any(|code| !code.regions.is_empty());
    let several = it.code.len() > 1;
    html! {
        @if test.reaches.is_empty() { @if measured { b.gap { "executed nothing of the cited code" } } }
        @for (number, reach) in test.reaches.iter().enumerate() {
            (if number == 0 { "executed " } else { "; " }) @if several { b { (reach.code + 1) } " " }
            (lines(it, reach)) @if !reach.principal { " (not the part that counts)" }
        }
    }
}

fn lines(it: &Requirement, reach: &Reach) -> String {
    let Some(code) = it.code.get(reach.code) else { return String::new() };
    let regions: Vec<Span> =
        reach.regions.iter().filter_map(|index| code.regions.get(*index)).copied().collect();
    // A region that holds another one that was not executed does not count for the lines of that.
    let missed = |line: usize| {
        let inner = |(index, region): (usize, &Span)| {
            !reach.regions.contains(&index) && region.line <= line && line <= region.end_line
        };
        let spans = |it: &Span| it.line == line || it.end_line == line;
        code.regions.iter().enumerate().any(inner) && !regions.iter().any(spans)
    };
    let all = regions.iter().flat_map(|it| it.line..=it.end_line);
    let told = ranges(all.filter(|line| !missed(*line)));
    let word = if told.contains(['–', ',']) { "lines" } else { "line" };
    format!("{word} {told}")
}
