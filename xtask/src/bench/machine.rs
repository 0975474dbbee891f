//! What the machine is, and how busy it is.

use std::fs;
use std::thread;

use serde::Serialize;

use crate::step;

/// One look at the machine.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Machine {
    /// The kind of processor.
    pub(super) processor: String,
    pub(super) processors: usize,
    /// Programs that want a processor, on average of the last minute.
    pub(super) load: Option<f64>,
    pub(super) toolchain: String,
    pub(super) system: String,
    /// The day, in UTC.
    pub(super) date: String,
}

impl Machine {
    pub(super) fn look() -> Self {
        let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let name = cpu.lines().find(|line| line.starts_with("model name"));
        let processor = name.and_then(|line| line.split_once(": ")).map_or("?", |(_, name)| name);
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let told = |words: &[&str]| step::output(words).unwrap_or_default().trim().to_owned();
        Self {
            processor: processor.to_owned(),
            processors: thread::available_parallelism().map_or(1, usize::from),
            load: load.split(' ').next().and_then(|load| load.parse().ok()),
            toolchain: told(&["rustc", "--version"]),
            system: told(&["uname", "-sm"]),
            date: told(&["date", "-u", "+%Y-%m-%d"]),
        }
    }

    /// Says so if others compute as well.
    pub(super) fn warn(&self) {
        if let Some(load) = self.load.filter(|load| BUSY <= *load) {
            eprintln!(
                "    the machine is busy: load {load}; CPU times suffer less than wall times, but they do"
            );
        }
    }

    /// Whether others compute as well.
    pub(super) fn is_busy(&self) -> bool {
        self.load.is_some_and(|load| BUSY <= load)
    }
}

const BUSY: f64 = 0.7;
