//! Which requirements the committed corpora execute, read by `xiom-trace`: no tool of LLVM is needed.
//!
//! The tests that replay the corpora are built with counters, beside the build of `trace run`, and nothing else is.

use alloc::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use xiom_trace::run::execute;
use xiom_trace::{Evidence, Executed, Finding, Level, Plan, Project, Rule, Trace, evidence_of};

use super::tools::place;
use crate::step::{self, root};

/// What the corpora execute.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Cover {
    pub(super) schema: String,
    /// By target.
    pub(super) targets: BTreeMap<String, Reached>,
    /// By document.
    pub(super) documents: BTreeMap<String, Document>,
    /// What a target cites and does not execute, and corpora that cannot be run.
    pub(super) findings: Vec<String>,
}

/// What one corpus executes.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct Reached {
    /// Spans of code that cite a requirement.
    pub(super) spans: usize,
    /// The requirements of that code.
    pub(super) requirements: BTreeSet<String>,
}

/// What all corpora together execute of one document.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct Document {
    /// Requirements of which some code is executed.
    pub(super) reached: BTreeSet<String>,
    /// Requirements that have code, of which none is.
    pub(super) unreached: BTreeSet<String>,
}

/// Builds, runs, tells; the code says whether a citation of a fuzz target is hollow.
pub(super) fn run(json: bool) -> Result<ExitCode> {
    let trace = Trace::load(&Project::new(root(), "spec"), jiff::Zoned::now().date())?;
    let plan = Plan::of_corpora(&trace);
    ensure!(
        !plan.corpora.is_empty(),
        "there is no corpus, or spec/manifest.toml does not name them"
    );
    let execution = step::step("replay the corpora with counters", || {
        execute(&plan.request(&trace), &mut |_| ()).map_err(anyhow::Error::from)
    })?;
    let executed = Executed { plan: &plan, execution: &execution, to: Level::L3 };
    let replay = trace.manifest.fuzz.as_ref().map_or("", |fuzz| &fuzz.file);
    let cover = cover(&evidence_of(&trace, Some(executed), &[]), replay);
    let text = serde_json::to_string_pretty(&cover)?;
    fs::create_dir_all(place(&[]))?;
    fs::write(place(&[FILE]), &text)?;
    if json {
        println!("{text}");
    } else {
        tell(&cover);
    }
    Ok(if cover.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What the last run found, if there was one.
pub(super) fn last() -> Option<Cover> {
    serde_json::from_slice(&fs::read(place(&[FILE])).ok()?).ok()
}

/// What `evidence` says of the corpora, whose tests are in the file `replay`.
fn cover(evidence: &Evidence, replay: &str) -> Cover {
    let mut spans: Vec<BTreeSet<_>> = vec![BTreeSet::new(); evidence.corpora.len()];
    let mut ids: Vec<BTreeSet<String>> = vec![BTreeSet::new(); evidence.corpora.len()];
    let mut documents: BTreeMap<String, Document> = BTreeMap::new();
    for requirement in evidence.requirements.iter().filter(|it| !it.code.is_empty()) {
        let document = documents.entry(requirement.document.clone()).or_default();
        let reaching = requirement.code.iter().flat_map(|code| &code.corpora);
        let set =
            if reaching.count() == 0 { &mut document.unreached } else { &mut document.reached };
        set.insert(requirement.id.clone());
        for code in &requirement.code {
            for corpus in &code.corpora {
                if let Some((spans, ids)) = spans.get_mut(*corpus).zip(ids.get_mut(*corpus)) {
                    spans.insert((&code.place.file, code.place.span));
                    ids.insert(requirement.id.clone());
                }
            }
        }
    }
    let reached = spans.iter().zip(ids);
    let reached = reached.map(|(spans, requirements)| Reached { spans: spans.len(), requirements });
    // No other test was run, and what is said of those means nothing.
    let findings = evidence.findings.iter().filter(|it| {
        matches!(it.rule, Rule::HollowCorpus | Rule::MissingCorpus) || it.file == replay
    });
    let names = evidence.corpora.iter().map(|corpus| corpus.target.clone());
    Cover {
        schema: "xiom-fuzz/cover-1".to_owned(),
        targets: names.zip(reached).collect(),
        documents,
        findings: findings.map(Finding::to_string).collect(),
    }
}

fn tell(cover: &Cover) {
    println!("{:<20} {:>6} {:>13}", "corpus of", "spans", "requirements");
    for (target, reached) in &cover.targets {
        println!("{target:<20} {:>6} {:>13}", reached.spans, reached.requirements.len());
    }
    println!(
        "\nRequirements with code that some corpus executes, and those with code that none does:"
    );
    for (name, document) in &cover.documents {
        let (reached, without) = (document.reached.len(), document.unreached.len());
        println!("{name:<20} {reached:>4} of {}", reached.saturating_add(without));
        for line in numbers(&document.unreached) {
            println!("{:<20} not {line}", "");
        }
    }
    for finding in &cover.findings {
        println!("{finding}");
    }
    println!("{}", place(&[FILE]).display());
}

/// The numbers of ids, some to a line: the prefix is the document's.
fn numbers(ids: &BTreeSet<String>) -> Vec<String> {
    let number = |id: &String| {
        let at = id.rmatch_indices('_').nth(1).map_or(0, |(at, _)| at.saturating_add(1));
        id.get(at..).unwrap_or_default().to_owned()
    };
    let numbers: Vec<String> = ids.iter().map(number).collect();
    numbers.chunks(12).map(|chunk| chunk.join(" ")).collect()
}

/// The file of the last run, below `target/fuzz`.
const FILE: &str = "cover.json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_by_their_numbers() {
        let ids = ["SRS_A_01_002", "SRS_A_01_010", "odd"].map(str::to_owned);
        assert_eq!(numbers(&ids.into()), ["01_002 01_010 odd"]);
    }
}
