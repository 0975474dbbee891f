//! Criterion on the CPU time of the thread, with a table of all medians at the end.
//!
//! A case runs once before it is measured, and what it allocates then is its count of allocations.

use core::time::Duration;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use criterion::Criterion;
use serde::Serialize;

use crate::cpu::ThreadTime;
use crate::{counting, report};

/// The cases of one benchmark program.
pub struct Suite {
    criterion: Criterion<ThreadTime>,
    name: &'static str,
    folder: PathBuf,
    cases: Vec<Case>,
}

/// One measured case.
#[derive(Clone, Debug, Serialize)]
pub struct Case {
    /// What was done, such as `decode`.
    pub group: &'static str,
    /// To what.
    pub name: &'static str,
    /// The size of it, where that means anything.
    pub octets: Option<usize>,
    /// Allocations in one run.
    pub allocations: u64,
    /// The median; `None` when this run did not measure it.
    pub nanoseconds: Option<f64>,
}

impl Suite {
    /// A suite that keeps its results below `target`, as `name`.
    #[must_use]
    pub fn new(target: &Path, name: &'static str) -> Self {
        let folder = target.join("xiom-benches");
        let criterion = Criterion::default()
            .sample_size(15)
            .warm_up_time(Duration::from_millis(100))
            .measurement_time(Duration::from_millis(300))
            .nresamples(1001)
            .output_directory(&folder.join("criterion"))
            .with_measurement(ThreadTime)
            .configure_from_args();
        Self { criterion, name, folder, cases: Vec::new() }
    }

    /// Measures `deed`.
    pub fn case<T>(
        &mut self,
        group: &'static str,
        name: &'static str,
        octets: Option<usize>,
        mut deed: impl FnMut() -> T,
    ) {
        deed();
        let allocations = counting::allocations_of(|| drop(deed()));
        let stale = self.estimates(group, name);
        // So that a case which the filter leaves out has no figure of an earlier run.
        let _ = fs::remove_file(&stale);
        let mut criterion_group = self.criterion.benchmark_group(group);
        criterion_group.bench_function(name, |bencher| bencher.iter(&mut deed));
        criterion_group.finish();
        let nanoseconds = median(&stale);
        self.cases.push(Case { group, name, octets, allocations, nanoseconds });
    }

    /// The cases so far.
    #[must_use]
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// The median of a case, if it was measured.
    #[must_use]
    pub fn nanoseconds(&self, group: &str, name: &str) -> Option<f64> {
        let case = self.cases.iter().find(|case| case.group == group && case.name == name);
        case.and_then(|case| case.nanoseconds)
    }

    /// Prints the table and writes it.
    ///
    /// # Errors
    ///
    /// Returns an error when it cannot be written.
    pub fn finish(self) -> Result<()> {
        let measured: Vec<&Case> =
            self.cases.iter().filter(|case| case.nanoseconds.is_some()).collect();
        if measured.is_empty() {
            return Ok(());
        }
        println!("\n{}: thread CPU time, median", self.name);
        println!("{:<10} {:<24} {:>8} {:>12} {:>6}", "", "", "octets", "ns", "allocs");
        for case in &measured {
            let octets = case.octets.map(|octets| octets.to_string()).unwrap_or_default();
            let Case { group, name, allocations, nanoseconds, .. } = case;
            let nanoseconds = nanoseconds.unwrap_or_default();
            println!("{group:<10} {name:<24} {octets:>8} {nanoseconds:>12.1} {allocations:>6}");
        }
        report::write(&self.folder, self.name, &measured)
    }

    fn estimates(&self, group: &str, name: &str) -> PathBuf {
        self.folder.join("criterion").join(group).join(name).join("new").join("estimates.json")
    }
}

/// The median in the file that criterion writes.
fn median(estimates: &Path) -> Option<f64> {
    let octets = fs::read(estimates).ok()?;
    let estimates: serde_json::Value = serde_json::from_slice(&octets).ok()?;
    estimates.get("median")?.get("point_estimate")?.as_f64()
}
