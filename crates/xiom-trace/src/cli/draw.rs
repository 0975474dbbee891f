//! How results look in a terminal.

use anstream::{eprint, eprintln, println};
use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::evidence::{Evidence, Requirement};
use crate::{Class, Finding, Level, Status};

/// Findings that are drawn at most; the rest is counted.
const MOST: usize = 200;

const BOLD: Style = Style::new().bold();

fn style(class: Class) -> Style {
    let colour = match class {
        Class::Note => AnsiColor::Cyan,
        Class::Gate | Class::Tool => AnsiColor::Red,
        Class::Suspect => AnsiColor::Yellow,
    };
    colour.on_default().bold()
}

/// Draws each finding on standard error, the worst first.
pub(super) fn findings(findings: &[Finding]) {
    let mut worst_first: Vec<&Finding> = findings.iter().collect();
    worst_first.sort_by_key(|finding| core::cmp::Reverse(finding.class()));
    for finding in worst_first.into_iter().take(MOST) {
        let Finding { rule, file, line, message, help, .. } = finding;
        let (style, word) = (style(finding.class()), finding.class().word());
        if !file.is_empty() {
            eprint!("{file}:{line}: ");
        }
        eprintln!("{style}{word}[{}]{style:#} {message}", rule.code());
        if !help.is_empty() {
            eprintln!("    help: {help}");
        }
    }
    if let Some(more) = findings.len().checked_sub(MOST).filter(|more| 0 < *more) {
        eprintln!("... and {more} more");
    }
}

/// Prints `value` as JSON.
pub(super) fn json(value: &impl Serialize) {
    // What this crate serialises has only string keys, which is all that could fail.
    if let Ok(text) = serde_json::to_string_pretty(value) {
        println!("{text}");
    }
}

/// Draws one line per document and one for all.
pub(super) fn summary(evidence: &Evidence) {
    println!("{BOLD}{:<20} {:>5} {}  waived planned{BOLD:#}", "document", "ids", levels());
    for document in &evidence.documents {
        let of = |it: &&Requirement| it.document == document.name;
        row(&document.name, evidence.run.to, evidence.requirements.iter().filter(of));
    }
    row("all", evidence.run.to, evidence.requirements.iter());
}

fn levels() -> String {
    [Level::L1, Level::L2, Level::L3].map(|level| format!(" {:>5}", level.to_string())).concat()
}

/// The numbers of one document; levels that were not looked for are left open.
fn row<'a>(name: &str, to: Level, requirements: impl Iterator<Item = &'a Requirement>) {
    let all: Vec<&Requirement> = requirements.collect();
    let count = |wanted: &dyn Fn(&Requirement) -> bool| all.iter().filter(|it| wanted(it)).count();
    let at = [Level::L1, Level::L2, Level::L3].map(|level| {
        let number = count(&|it: &Requirement| level <= it.level && it.status != Status::Waived);
        if level <= to { format!(" {number:>5}") } else { format!(" {:>5}", "·") }
    });
    let waived = count(&|it| it.status == Status::Waived);
    let planned = count(&|it| it.status == Status::Planned);
    println!("{name:<20} {:>5} {}  {waived:>6} {planned:>7}", all.len(), at.concat());
}

/// Says in one line how a run ended.
pub(super) fn verdict(class: Class, findings: usize) {
    let style = match class {
        Class::Note => AnsiColor::Green.on_default().bold(),
        Class::Gate | Class::Suspect | Class::Tool => style(class),
    };
    let word = match class {
        Class::Note => "all that is owed is there",
        Class::Gate => "evidence is missing or wrong",
        Class::Suspect => "links changed after they were accepted",
        Class::Tool => "nothing can be said",
    };
    eprintln!("{style}{word}{style:#}, findings: {findings}");
}
