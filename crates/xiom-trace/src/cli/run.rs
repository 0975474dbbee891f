//! `trace run`: each citing test in a process of its own, and what it executed of the cited code.

use std::fs;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Ended, Where, draw, judge, unwritable};
use crate::run::{Progress, Request, execute};
use crate::{Class, Evidence, Executed, Level, Plan, evidence_of};

#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// The highest level to look for.
    #[arg(long, value_enum, default_value = "l3")]
    to: To,
    /// Only the documents of these names; the others are judged without running anything.
    #[arg(long = "document", value_name = "NAME")]
    documents: Vec<String>,
    /// Test processes at a time; as many as there are cores unless given.
    #[arg(long)]
    jobs: Option<usize>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum To {
    /// The citing tests pass.
    L2,
    /// The citing tests execute the cited code.
    L3,
}

pub(super) fn run(place: &Where, arguments: &Arguments) -> Ended {
    let trace = place.trace()?;
    let to = match arguments.to {
        To::L2 => Level::L2,
        To::L3 => Level::L3,
    };
    let plan = Plan::new(&trace, &arguments.documents);
    let request = Request { jobs: arguments.jobs, cover: to == Level::L3, ..plan.request(&trace) };
    let bar = bar(plan.tests.len());
    let execution = execute(&request, &mut |progress| show(&bar, progress));
    bar.finish_and_clear();
    let execution = execution?;
    let executed = Executed { plan: &plan, execution: &execution, to };
    let evidence = evidence_of(&trace, Some(executed), &arguments.documents);
    let folder = place.folder()?;
    let file = folder.join("evidence.json");
    let name = file.display().to_string();
    let text = serde_json::to_string_pretty(&evidence).unwrap_or_default();
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&file, text))
        .map_err(|error| unwritable(&name, &error))?;
    if place.json {
        draw::json(&evidence);
    } else {
        draw::summary(&evidence);
        anstream::println!(
            "{} tests in {:.1} s after a build of {:.1} s; evidence in {name}",
            evidence.run.tests_run,
            evidence.run.seconds,
            evidence.run.build_seconds,
        );
        if !evidence.corpora.is_empty() {
            anstream::println!(
                "{} corpora of fuzz targets execute code of {} requirements",
                evidence.corpora.len(),
                reached(&evidence),
            );
        }
    }
    let class: Class = judge(&evidence.findings);
    draw::verdict(class, evidence.findings.len());
    Ok(class)
}

/// The requirements with code that a corpus executes.
fn reached(evidence: &Evidence) -> usize {
    let requirements = evidence.requirements.iter();
    requirements.filter(|it| it.code.iter().any(|code| !code.corpora.is_empty())).count()
}

fn bar(tests: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(tests).unwrap_or(u64::MAX));
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} {wide_msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

fn show(bar: &ProgressBar, progress: Progress) {
    match progress {
        Progress::Building => bar.set_message("building the tests"),
        Progress::Compiled { name } => bar.set_message(format!("built {name}")),
        Progress::Built { .. } => bar.set_message("running the tests"),
        Progress::Test { done, total, name } => {
            bar.set_length(u64::try_from(total).unwrap_or(u64::MAX));
            bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
            bar.set_message(name);
        }
        Progress::Documentation => bar.set_message("testing the documentation"),
    }
}
