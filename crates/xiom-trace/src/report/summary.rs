//! Markdown for the summary of a CI job, or for a comment on a change.

use core::fmt::Write as _;

use super::Diff;
use super::tally::{Share, Tally, count, shares, verdict};
use crate::{Class, Evidence, Finding, Rule};

/// The most findings that are told.
const GAPS: usize = 10;
/// The most requirements in one table.
const ROWS: usize = 40;
/// The most documents in the table of documents.
const DOCUMENTS: usize = 80;
/// The most characters of one text.
const TEXT: usize = 240;

/// Tells `evidence` in Markdown, always in less than 64 KiB; `diff` is what changed since an
/// earlier run, if there was one.
#[must_use]
pub fn summary(evidence: &Evidence, diff: Option<&Diff>) -> String {
    let mut out = String::new();
    headline(&mut out, evidence);
    if let Some(diff) = diff {
        let _ = writeln!(out, "\n### Since the earlier run\n\n{}", diff.markdown(ROWS));
    }
    changed(&mut out, evidence);
    documents(&mut out, evidence);
    gaps(&mut out, evidence);
    out
}

fn headline(out: &mut String, evidence: &Evidence) {
    let verdict = verdict(evidence);
    let _ = writeln!(out, "## {} {}: {}", verdict.mark, verdict.word, escape(&evidence.project));
    let _ = writeln!(out, "\n{}", verdict.sentence);
    let tally = Tally::of(&evidence.requirements);
    let parts: Vec<String> = shares(evidence)
        .into_iter()
        .map(|share| format!("{} {}", share.name(), tally.share(share)))
        .collect();
    let _ = writeln!(out, "\n{}: {}", count(tally.total(), "requirement"), parts.join(" · "));
    let run = &evidence.run;
    let commit = run.commit.as_deref().unwrap_or("no commit");
    let state = if run.dirty { "with changes" } else { "clean" };
    let _ = writeln!(
        out,
        "\n<sub>`{}` {state}, {}, {} run in {:.1} s</sub>",
        code(commit),
        escape(&run.started),
        count(run.tests_run, "test process").replace("processs", "processes"),
        run.seconds
    );
}

/// What fell below its accepted level, and what changed after acceptance.
fn changed(out: &mut String, evidence: &Evidence) {
    let lost = |it: &&Finding| it.rule == Rule::BelowLock;
    let suspect = |it: &&Finding| it.class() == Class::Suspect;
    let findings: Vec<&Finding> = evidence
        .findings
        .iter()
        .filter(lost)
        .chain(evidence.findings.iter().filter(suspect))
        .collect();
    list(out, "Changed since acceptance", &findings, ROWS);
}

fn gaps(out: &mut String, evidence: &Evidence) {
    let mut findings: Vec<&Finding> = evidence
        .findings
        .iter()
        .filter(|it| matches!(it.class(), Class::Gate | Class::Tool) && it.rule != Rule::BelowLock)
        .collect();
    findings.sort_by_key(|it| core::cmp::Reverse(it.class()));
    list(out, "Gaps", &findings, GAPS);
}

fn list(out: &mut String, title: &str, findings: &[&Finding], limit: usize) {
    if findings.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n### {title} ({})\n", findings.len());
    for it in findings.iter().take(limit) {
        let id = it.id.as_ref().map(|id| format!("`{}` ", code(id))).unwrap_or_default();
        let message = escape(&it.message);
        let _ = write!(out, "- {id}**{}** {message}", it.rule.title());
        if !it.file.is_empty() {
            let _ = write!(out, " (`{}:{}`)", code(&it.file), it.line);
        }
        let _ = writeln!(out);
        if !it.help.is_empty() {
            let _ = writeln!(out, "  → {}", escape(&it.help));
        }
    }
    if findings.len() > limit {
        let _ = writeln!(out, "- and {}", count(findings.len() - limit, "other"));
    }
}

fn documents(out: &mut String, evidence: &Evidence) {
    let columns = shares(evidence);
    let heads: Vec<String> = columns.iter().map(|share| share.name()).collect();
    let _ = writeln!(out, "\n### Documents\n\n| Document | {} | Total | Owed |", heads.join(" | "));
    let _ = writeln!(out, "|---|{}---:|---|", "---:|".repeat(columns.len()));
    for document in evidence.documents.iter().take(DOCUMENTS) {
        let tally = Tally::of_document(evidence, &document.name);
        let cells: Vec<String> = columns.iter().map(|share| cell(&tally, *share)).collect();
        let owed = document.planned_until.as_ref().map_or_else(
            || document.minimum.to_string(),
            |date| format!("{} from {}", document.minimum, escape(date)),
        );
        let _ = writeln!(
            out,
            "| {} | {} | {} | {owed} |",
            escape(&document.name),
            cells.join(" | "),
            tally.total()
        );
    }
    if evidence.documents.len() > DOCUMENTS {
        let _ = writeln!(out, "\nand {}", count(evidence.documents.len() - DOCUMENTS, "other"));
    }
}

fn cell(tally: &Tally, share: Share) -> String {
    match tally.share(share) {
        0 => "·".into(),
        number => number.to_string(),
    }
}

/// `text` as plain words of Markdown, on one line and not too long.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in shorten(text).chars() {
        match it {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '|' | '[' | ']' | '~' | '#' | '>' => {
                out.push('\\');
                out.push(it);
            }
            _ => out.push(it),
        }
    }
    out
}

/// `text` for a span of code in a table.
fn code(text: &str) -> String {
    shorten(text).replace('`', "'").replace('|', "/")
}

fn shorten(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<&str>>().join(" ");
    match line.char_indices().nth(TEXT) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
