//! Small parts that several views use.

use maud::{Markup, html};

use super::super::tally::Share;
use crate::{Class, Level, Outcome, Status};

/// The mark of a status; its word always stands beside it.
pub(super) const fn mark(status: Status) -> &'static str {
    match status {
        Status::Met => "✓",
        Status::Gap => "✗",
        Status::Suspect => "!",
        Status::Waived => "−",
        Status::Planned => "○",
    }
}

/// A level as a chip.
pub(super) fn level(level: Level) -> Markup {
    let share = Share::Level(level);
    html! { b.v.(share.class()) { (share.name()) } }
}

/// How a test ended: mark, word, and whether that is bad.
pub(super) const fn outcome(outcome: Outcome) -> (&'static str, &'static str, bool) {
    match outcome {
        Outcome::NotRun => ("·", "not run", false),
        Outcome::Passed => ("✓", "passed", false),
        Outcome::PassedWithoutProfile => ("?", "passed, no profile", true),
        Outcome::Failed => ("✗", "failed", true),
        Outcome::Ignored => ("−", "ignored", true),
        Outcome::Gone => ("✗", "gone", true),
    }
}

/// The word for a class of findings.
pub(super) const fn class(class: Class) -> &'static str {
    match class {
        Class::Note => "note",
        Class::Gate => "gap",
        Class::Suspect => "suspect",
        Class::Tool => "error",
    }
}

/// The keys, in a dialog that the script opens.
pub(super) fn help() -> Markup {
    let keys = [
        ("/", "search"),
        ("j  k", "next, previous requirement"),
        ("Enter", "open or close it"),
        ("1 … 6", "views"),
        ("t", "light or dark"),
        ("?", "this help"),
        ("Esc", "close, or clear the filters"),
    ];
    html! {
        dialog #help aria-labelledby="help-title" {
            h2 #help-title { "Keys" }
            dl { @for (key, what) in keys { dt { kbd { (key) } } dd { (what) } } }
            form method="dialog" { button { "Close" } }
        }
    }
}
