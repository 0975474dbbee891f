//! Running tests: each in a process of its own, some at a time.
//!
//! The profiles of a test are read as soon as it ends, and deleted.

use core::num::NonZeroUsize;
use core::sync::atomic::{AtomicUsize, Ordering};

use std::fs;
use std::path::Path;
use std::sync::mpsc;
use std::thread;

use super::coverage::{Coverage, Measured};
use super::process::{self, Surroundings};
use super::{GUARD, Progress, Reached};
use crate::Outcome;

/// A test that is to run.
#[derive(Debug)]
pub(super) struct Job<'a> {
    pub(super) program: &'a Path,
    pub(super) name: String,
    pub(super) surroundings: &'a Surroundings,
    /// The number of its program in the coverage.
    pub(super) object: usize,
    /// The spans that are cited by the tests it stands for.
    pub(super) spans: Vec<usize>,
}

/// How it ended.
#[derive(Clone, Debug)]
pub(super) struct Done {
    pub(super) outcome: Outcome,
    pub(super) milliseconds: u64,
    pub(super) output_tail: String,
    pub(super) foreign: bool,
    pub(super) reaches: Vec<Reached>,
}

/// Where tests run, and what their profiles are read against.
#[derive(Debug)]
pub(super) struct Pool<'a> {
    pub(super) scratch: &'a Path,
    /// `None` when only passing counts.
    pub(super) coverage: Option<&'a Coverage>,
    /// What a test that passes is worth when nothing was measured.
    pub(super) unmeasured: Outcome,
    pub(super) jobs: Option<usize>,
}

impl Pool<'_> {
    /// Runs all of `jobs`; the results are in their order.
    pub(super) fn run(&self, jobs: &[Job<'_>], progress: &mut dyn FnMut(Progress)) -> Vec<Done> {
        let threads = self
            .jobs
            .unwrap_or_else(|| thread::available_parallelism().map_or(1, NonZeroUsize::get));
        let next = AtomicUsize::new(0);
        let (sender, receiver) = mpsc::channel();
        let mut results: Vec<Option<Done>> = vec![None; jobs.len()];
        thread::scope(|scope| {
            for _ in 0..threads.clamp(1, jobs.len().max(1)) {
                let (sender, next) = (sender.clone(), &next);
                scope.spawn(move || {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(job) = jobs.get(index) else { break };
                        if sender.send((index, self.one(index, job))).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(sender);
            for (done, (index, result)) in receiver.iter().enumerate() {
                let name = jobs.get(index).map(|job| job.name.clone()).unwrap_or_default();
                progress(Progress::Test { done: done.saturating_add(1), total: jobs.len(), name });
                if let Some(place) = results.get_mut(index) {
                    *place = Some(result);
                }
            }
        });
        results.into_iter().map(|it| it.unwrap_or_else(|| Done::failed("it was lost"))).collect()
    }

    fn one(&self, index: usize, job: &Job<'_>) -> Done {
        let scratch = self.scratch.join(format!("test-{index}"));
        let done = fs::create_dir(&scratch)
            .map_or_else(|error| Done::failed(&error.to_string()), |()| self.within(&scratch, job));
        // What is left goes with the directory above it.
        let _ = fs::remove_dir_all(&scratch);
        done
    }

    fn within(&self, scratch: &Path, job: &Job<'_>) -> Done {
        let arguments = ["--exact", &job.name, "--test-threads", "1"];
        let ended = match job.surroundings.run(job.program, &arguments, scratch, GUARD) {
            Ok(ended) => ended,
            Err(error) => return Done::failed(&format!("it cannot be started: {error}")),
        };
        // A test that ends its process ends it before it is judged, and a success is none.
        //= SRS_TRACE_01_024
        let passed = ended.success && process::output(scratch).contains(PASSED);
        let measured =
            self.coverage.map(|coverage| coverage.measure(&profiles(scratch), &job.spans));
        let own = |it: &Measured| it.objects.contains(&job.object);
        let outcome = match (passed, &measured) {
            (false, _) => Outcome::Failed,
            (true, None) => self.unmeasured,
            (true, Some(measured)) if own(measured) => Outcome::Passed,
            //= SRS_TRACE_01_023
            (true, Some(_)) => Outcome::PassedWithoutProfile,
        };
        let mut done = Done {
            outcome,
            milliseconds: ended.milliseconds,
            output_tail: String::new(),
            foreign: measured.as_ref().is_some_and(|it| it.foreign),
            reaches: Vec::new(),
        };
        match outcome {
            Outcome::Passed => done.reaches = measured.map(|it| it.reaches).unwrap_or_default(),
            Outcome::PassedWithoutProfile => {
                done.output_tail = measured.and_then(|it| it.unreadable).unwrap_or_default();
            }
            Outcome::Failed => {
                done.output_tail = process::output_tail(scratch);
                let why = match (ended.too_long, ended.success) {
                    (true, _) => "\nended after ten minutes",
                    (false, true) => "\nits process ended before the test was judged",
                    (false, false) => "",
                };
                done.output_tail.push_str(why);
            }
            Outcome::NotRun | Outcome::Ignored | Outcome::Gone => {}
        }
        done
    }
}

impl Done {
    fn failed(why: &str) -> Self {
        Self {
            outcome: Outcome::Failed,
            milliseconds: 0,
            output_tail: why.into(),
            foreign: false,
            reaches: Vec::new(),
        }
    }
}

/// The profiles that a test and the processes it started have left.
fn profiles(scratch: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = fs::read_dir(scratch) else { return Vec::new() };
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    let paths = paths.filter(|path| path.extension().is_some_and(|it| it == "profraw"));
    paths.filter_map(|path| fs::read(path).ok()).collect()
}

/// What a test program says at its end.
const PASSED: &str = "test result: ok. 1 passed;";
