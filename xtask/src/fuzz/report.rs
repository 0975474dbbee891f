//! The report of a smoke or a campaign: lines, one file of JSON, and one page.

use std::fs;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use super::cover::Reached;
use super::engine::Outcome;
use super::ledger::Sum;
use super::tools::{Target, ask, kept, place, text};
use super::{Sanitizer, cover, ledger, page};

/// All that is known.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) schema: &'static str,
    pub(super) engine: &'static str,
    pub(super) sanitizer: &'static str,
    pub(super) seed: u32,
    /// Executions a second of a target that does nothing.
    pub(super) empty_per_second: f64,
    pub(super) targets: Vec<Row>,
}

/// What is known of one target.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    #[serde(flatten)]
    pub(super) outcome: Outcome,
    pub(super) per_second: f64,
    /// Committed inputs, and their octets.
    pub(super) corpus_files: usize,
    pub(super) corpus_octets: u64,
    /// Inputs that once failed and are mended.
    pub(super) crashes_fixed: usize,
    /// Inputs below `target/fuzz/crashes`.
    pub(super) crashes_open: usize,
    /// What all runs of this build came to.
    pub(super) sum: Sum,
    /// What the committed corpus executes of requirements, as the last `cover` found.
    pub(super) cover: Option<Reached>,
    /// The pairs of state and event that the committed corpus meets, of targets that drive a machine.
    pub(super) pairs: Option<Vec<(String, String)>>,
}

impl Report {
    pub(super) fn new(
        outcomes: Vec<Outcome>,
        targets: &[Target],
        sanitizer: Sanitizer,
        seed: u32,
        empty_per_second: f64,
    ) -> Result<Self> {
        let mut rows = Vec::new();
        let sums = ledger::add(&outcomes, sanitizer.word())?;
        let mut cover = cover::last().map(|cover| cover.targets).unwrap_or_default();
        for (outcome, sum) in outcomes.into_iter().zip(sums) {
            let name = outcome.target.clone();
            let (corpus_files, corpus_octets) = size(&kept(&["corpus", &name]));
            let is_machine = targets.iter().any(|target| target.name == name && target.machine);
            rows.push(Row {
                per_second: outcome.rate(),
                corpus_files,
                corpus_octets,
                crashes_fixed: size(&kept(&["regressions", &name])).0,
                crashes_open: size(&place(&["crashes", &name])).0,
                sum,
                cover: cover.remove(&name),
                pairs: is_machine.then(|| pairs(&name)).transpose()?,
                outcome,
            });
        }
        rows.sort_by(|one, other| one.outcome.target.cmp(&other.outcome.target));
        let (schema, engine) = ("xiom-fuzz/report-1", "libFuzzer");
        let sanitizer = sanitizer.word();
        Ok(Self { schema, engine, sanitizer, seed, empty_per_second, targets: rows })
    }
}

/// What the committed corpus of a machine's target meets.
fn pairs(target: &str) -> Result<Vec<(String, String)>> {
    let corpus = kept(&["corpus", target]);
    Ok(serde_json::from_str(&ask(&["coverage", target, text(&corpus)?])?)?)
}

/// How many files a folder has, and their octets.
fn size(folder: &Path) -> (usize, u64) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len());
    sizes.fold((0, 0), |(count, sum), size| (count.saturating_add(1), sum.saturating_add(size)))
}

/// Prints and writes `report`.
pub(super) fn write(report: &Report) -> Result<()> {
    println!(
        "{:<18} {:>11} {:>9} {:>8} {:>6} {:>10} {:>8} {:>7}",
        "target", "runs", "runs/s", "of empty", "edges", "quiet, min", "corpus", "crashes"
    );
    for row in &report.targets {
        let Outcome { target, executions, edges, crash, words, .. } = &row.outcome;
        let share = 100.0 * row.per_second / report.empty_per_second.max(1.0);
        let (files, crashes) = (row.corpus_files, row.crashes_open);
        println!(
            "{target:<18} {executions:>11} {:>9.0} {share:>6.1} % {edges:>6} {:>10.1} {files:>8} {crashes:>7}",
            row.per_second,
            row.sum.quiet_cpu_seconds / 60.0,
        );
        if let Some(crash) = crash {
            println!("  {} fails:\n  {}", crash.display(), words.join("\n  "));
            println!("  next: cargo xtask fuzz triage {}", crash.display());
        }
    }
    println!("an empty target: {:.0} runs/s", report.empty_per_second);
    fs::write(place(&["report.json"]), serde_json::to_vec_pretty(report)?)?;
    let page_file = place(&["report.html"]);
    fs::write(&page_file, page::page(report))?;
    println!("report: {}", page_file.display());
    Ok(())
}
