//! The report for people: one row for each peer and check, one column for each transport or protection.

use core::fmt::Write;

use crate::report::{Column, Entry, Report, Verdict};

/// Draws the table, the failures in full, and the summary.
pub(crate) fn draw<C: Column>(report: &Report<C>) -> String {
    let mut text = String::from("Times are those until the login was done or refused.\n\n");
    align(&rows(report), &mut text);
    text.push('\n');
    for entry in &report.entries {
        let Entry { peer, check, column, .. } = entry;
        // Writing to a string cannot fail.
        let _ = match &entry.verdict {
            Verdict::Failed { why } => {
                writeln!(text, "FAILED: {peer}: {check} over {column}: {why}")
            }
            Verdict::Absent { why } => writeln!(text, "ABSENT: {peer}: {why}"),
            Verdict::Passed { .. } | Verdict::Impossible { .. } => Ok(()),
        };
    }
    let _ = write!(text, "{} passed, {} failed", report.passed(), report.failed());
    let _ = match report.absences() {
        0 => writeln!(text),
        absences => writeln!(text, ", {absences} absent"),
    };
    text
}

fn rows<C: Column>(report: &Report<C>) -> Vec<Vec<String>> {
    let head = ["peer", "check"].map(str::to_owned).into_iter();
    let mut rows = vec![head.chain(C::ALL.map(|each| each.to_string())).collect::<Vec<_>>()];
    let mut last = ("", "");
    for Entry { peer, check, .. } in &report.entries {
        if last == (peer, check) {
            continue;
        }
        let name = if last.0 == peer { String::new() } else { peer.clone() };
        last = (peer, check);
        let cells = C::ALL.map(|column| {
            let is_here = |e: &&Entry<C>| (&e.peer, &e.check, e.column) == (peer, check, column);
            report.entries.iter().find(is_here).map(cell).unwrap_or_default()
        });
        rows.push([name, check.clone()].into_iter().chain(cells).collect());
    }
    rows
}

fn cell<C>(entry: &Entry<C>) -> String {
    match &entry.verdict {
        Verdict::Passed { note, millis } => format!("{note} {millis:.1} ms"),
        Verdict::Failed { .. } => "FAILED".to_owned(),
        Verdict::Absent { .. } => "ABSENT".to_owned(),
        Verdict::Impossible { why } => format!("- {why}"),
    }
}

fn align(rows: &[Vec<String>], text: &mut String) {
    let mut widths = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.len().max(*width);
        }
    }
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;
    use crate::check::{Check, Success, Transport};

    #[test]
    fn the_table_is_aligned_and_complete() {
        let mut report = Report::default();
        let check = Check::Login("PLAIN");
        let success = Success { note: "ok".to_owned(), took: Duration::from_micros(1500) };
        report.tried("one", &check, Transport::Tcp, Ok(success));
        report.tried("one", &check, Transport::Tls, Err(anyhow::anyhow!("no answer")));
        report.impossible("one", &check, Transport::Header, "no such port");
        report.broken("other", &anyhow::anyhow!("it does not start"));
        report.absent("third", "apt-get install third");
        let expected = "\
peer   check  tcp        tls     header tls
one    PLAIN  ok 1.5 ms  FAILED  - no such port
other  start  FAILED
third  start  ABSENT

FAILED: one: PLAIN over tls: no answer
FAILED: other: start over tcp: it does not start
ABSENT: third: apt-get install third
1 passed, 2 failed, 1 absent
";
        assert!(draw(&report).ends_with(expected), "{}", draw(&report));
    }
}
