//! How far a run is: bars on a terminal, plain lines elsewhere.

use alloc::collections::BTreeMap;
use core::time::Duration;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::report::{count, grouped};
use crate::run::{ModelResult, Progress};

/// A bar for each model that runs.
#[derive(Debug)]
pub struct Bars {
    bars: MultiProgress,
    running: Mutex<BTreeMap<String, (ProgressBar, Instant)>>,
}

impl Bars {
    /// Bars on `target`.
    #[must_use]
    pub fn new(target: ProgressDrawTarget) -> Self {
        let bars = MultiProgress::with_draw_target(target);
        Self { bars, running: Mutex::default() }
    }

    fn message(&self, model: &str, message: impl FnOnce(Duration) -> String) {
        if let Some((bar, start)) = lock(&self.running).get(model) {
            bar.set_message(message(start.elapsed()));
        }
    }
}

impl Progress for Bars {
    fn begin(&self, model: &str) {
        let bar = self.bars.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix} {elapsed} {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(model.to_owned());
        bar.enable_steady_tick(Duration::from_millis(250));
        lock(&self.running).insert(model.into(), (bar, Instant::now()));
    }

    fn advance(&self, model: &str, states: usize, depth: usize) {
        self.message(model, |spent| {
            let millis = usize::try_from(spent.as_millis()).unwrap_or(usize::MAX).max(1);
            let rate = grouped(states.saturating_mul(1_000) / millis);
            format!("{}, depth {depth}, {rate}/s", count(states, "state"))
        });
    }

    fn second(&self, model: &str) {
        self.message(model, |_| "counted by stateright".into());
    }

    fn end(&self, result: &ModelResult) {
        if let Some((bar, _)) = lock(&self.running).remove(&result.model) {
            bar.finish_and_clear();
        }
    }
}

/// A line when a model is done, and now and then before.
#[derive(Debug)]
pub struct Lines<W> {
    out: Mutex<W>,
    /// When something was last said of a model.
    said: Mutex<BTreeMap<String, Instant>>,
}

impl<W: Write> Lines<W> {
    /// Lines written to `out`.
    pub const fn new(out: W) -> Self {
        Self { out: Mutex::new(out), said: Mutex::new(BTreeMap::new()) }
    }

    fn say(&self, line: &str) {
        // Progress that cannot be shown is no reason to stop.
        let _written = writeln!(lock(&self.out), "{line}");
    }
}

impl<W: Write + Send> Progress for Lines<W> {
    fn begin(&self, model: &str) {
        lock(&self.said).insert(model.into(), Instant::now());
    }

    fn advance(&self, model: &str, states: usize, depth: usize) {
        let mut said = lock(&self.said);
        if let Some(last) = said.get_mut(model)
            && SILENCE <= last.elapsed()
        {
            *last = Instant::now();
            self.say(&format!("{model}: {}, depth {depth} ...", count(states, "state")));
        }
    }

    fn end(&self, result: &ModelResult) {
        let ModelResult { model, states, depth, seconds, .. } = result;
        let verdict = if result.is_green() { "green" } else { "FAILED" };
        let states = count(*states, "state");
        self.say(&format!("{model}: {verdict}, {states}, depth {depth}, {seconds:.2} s"));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long nothing need be said.
const SILENCE: Duration = Duration::from_secs(10);
