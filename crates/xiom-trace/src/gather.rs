//! The evidence document of a whole project.

use std::path::Path;
use std::process::Command;

use jiff::Timestamp;

use crate::assemble::{self, Executed};
use crate::evidence::{Document, Evidence, Run, SCHEMA, Tool};
use crate::unexplained::unexplained;
use crate::{Level, Trace};

/// The evidence for all requirements of `trace`; `executed` counts for the documents of the names
/// `wanted`, or for all when there are none.
#[must_use]
pub fn evidence_of(trace: &Trace, executed: Option<Executed<'_>>, wanted: &[String]) -> Evidence {
    let mut findings = Vec::new();
    let requirements = trace.requirements().map(|(document, stated)| {
        let is_wanted = wanted.is_empty() || wanted.contains(&document.entry.name);
        let executed = executed.filter(|_| is_wanted);
        assemble::requirement(trace, (document, stated), executed, &mut findings)
    });
    let requirements = requirements.collect();
    let corpora =
        executed.map(|it| assemble::corpora(trace, it, &mut findings)).unwrap_or_default();
    findings.extend(executed.iter().flat_map(|it| it.execution.findings.iter().cloned()));
    findings.extend(trace.findings.iter().cloned());
    findings.sort();
    findings.dedup();
    Evidence {
        schema: SCHEMA.into(),
        project: trace.manifest.project.clone(),
        tool: Tool {
            name: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
        },
        run: run(trace, executed),
        documents: trace.documents.iter().map(document).collect(),
        requirements,
        corpora,
        findings,
        unexplained: if executed.is_some() { unexplained(trace) } else { Vec::new() },
        inputs: trace.inputs.clone(),
    }
}

fn document(it: &crate::Specification) -> Document {
    Document {
        name: it.entry.name.clone(),
        title: it.title.clone(),
        file: it.file.clone(),
        owner: it.entry.owner.clone(),
        expected: it.entry.expected,
        found: it.requirements.len(),
        minimum: it.entry.minimum,
        planned_until: it.entry.planned_until.map(|date| date.to_string()),
    }
}

fn run(trace: &Trace, executed: Option<Executed<'_>>) -> Run {
    let commit = git(&trace.project.root, &["rev-parse", "HEAD"]);
    let status = git(&trace.project.root, &["status", "--porcelain"]);
    let link_base = trace.manifest.link_base.as_ref().zip(commit.as_ref());
    let mut run = Run {
        link_base: link_base.map(|(base, commit)| base.replace("{commit}", commit)),
        commit,
        dirty: status.is_some_and(|it| !it.is_empty()),
        started: Timestamp::now()
            .round(jiff::Unit::Second)
            .map_or_else(|_| String::new(), |it| it.to_string()),
        to: Level::L1,
        ..Run::default()
    };
    if let Some(executed) = executed {
        let execution = executed.execution;
        run.rustc = Some(execution.rustc.clone());
        run.seconds = execution.seconds;
        run.build_seconds = execution.build_seconds;
        run.to = executed.to;
        run.tests_run = execution.tests.len();
        run.commands.clone_from(&execution.commands);
    }
    run
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").current_dir(root).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}
