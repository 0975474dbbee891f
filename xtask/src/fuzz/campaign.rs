//! Many targets, as many at a time as there are processors, and the report of it.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;

use anyhow::Result;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::Budget;
use super::engine::{Limit, Outcome, Run};
use super::report::{self, Report};
use super::tools::{self, Target};

/// Runs `only`, or every target, for the seconds of `budget`, or for `usual` seconds each.
pub(super) fn run(only: Option<&str>, budget: &Budget, usual: u64) -> Result<ExitCode> {
    let targets = tools::some(only)?;
    let programs = tools::build(budget.sanitizer, None)?;
    let seconds = budget.seconds.unwrap_or(usual);
    let yardstick = yardstick(&programs)?;
    let jobs =
        budget.jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from));
    let bars = MultiProgress::new();
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..jobs.min(targets.len()) {
            scope.spawn(|| {
                while let Some(target) = targets.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let bar = bars.add(bar(target));
                    let run = Run::new(&programs, target, Limit::Seconds(seconds), budget.seed);
                    let outcome = run.run(|it| tell(&bar, it));
                    bar.finish();
                    if let Ok(mut done) = done.lock() {
                        done.push(outcome);
                    }
                }
            });
        }
    });
    let outcomes = done.into_inner().unwrap_or_default().into_iter().collect::<Result<Vec<_>>>()?;
    let found = outcomes.iter().any(|outcome| outcome.crash.is_some());
    let report = Report::new(outcomes, &targets, budget.sanitizer, budget.seed, yardstick)?;
    report::write(&report)?;
    Ok(if found { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// How many times a second the engine runs a target that does nothing.
fn yardstick(programs: &std::path::Path) -> Result<f64> {
    Ok(Run::new(programs, &Target::empty(), Limit::Seconds(2), 1).run(|_| ())?.rate())
}

fn bar(target: &Target) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(target.name.clone());
    if let Ok(style) = ProgressStyle::with_template("    {msg:<28} {prefix}") {
        bar.set_style(style);
    }
    bar
}

fn tell(bar: &ProgressBar, outcome: &Outcome) {
    let Outcome { executions, edges, inputs, .. } = outcome;
    let crashes = u8::from(outcome.crash.is_some());
    bar.set_prefix(format!(
        "{executions:>11} runs {:>9.0}/s {edges:>6} edges {inputs:>6} inputs {crashes} crashes",
        outcome.rate()
    ));
    bar.tick();
}
