//! Rivals that do the same in turns, so that whatever disturbs one of them disturbs the others as well.
//!
//! The median of the rounds counts, and the spread is kept beside it: a reader sees how quiet the machine was.
//! A rival that fails is kept with its reason, and never as a figure.

use core::time::Duration;
use std::env;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;

use crate::counting;
use crate::cpu::Moment;

/// How much is measured.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effort {
    /// Only that all of it works.
    Trial,
    /// A first look.
    Quick,
    /// Figures to keep.
    Full,
}

impl Effort {
    const fn rounds(self) -> u32 {
        match self {
            Self::Trial => 1,
            Self::Quick => 3,
            Self::Full => 5,
        }
    }

    /// What one turn of one rival takes, about.
    const fn turn(self) -> Duration {
        match self {
            Self::Trial => Duration::ZERO,
            Self::Quick => Duration::from_millis(25),
            Self::Full => Duration::from_millis(100),
        }
    }
}

/// In what a row is told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unit {
    /// Megabytes in a second of CPU time; more is better.
    Throughput,
    /// Seconds of CPU time for a gigabyte.
    PerGigabyte,
    /// Nanoseconds for an operation.
    Nanoseconds,
    /// Microseconds for an operation.
    Microseconds,
    /// Operations in a second of CPU time; more is better.
    Rate,
    /// Octets on the heap.
    Octets,
}

impl Unit {
    const fn word(self) -> &'static str {
        match self {
            Self::Throughput => "MB/s",
            Self::PerGigabyte => "s/GB",
            Self::Nanoseconds => "ns",
            Self::Microseconds => "us",
            Self::Rate => "1/s",
            Self::Octets => "octets",
        }
    }
}

/// What a turn has cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spent {
    /// CPU time, of all threads that took part.
    pub time: Duration,
    /// Operations, such as messages, frames or logins.
    pub operations: u32,
    /// Octets of the user, where they mean anything.
    pub octets: u64,
    /// Allocations, where one thread did all of it.
    pub allocations: Option<u64>,
}

impl Spent {
    fn told_in(&self, unit: Unit) -> f64 {
        let (seconds, operations) = (self.time.as_secs_f64(), f64::from(self.operations));
        match unit {
            Unit::Throughput => float(self.octets) / seconds / 1e6,
            Unit::PerGigabyte => seconds * 1e9 / float(self.octets),
            Unit::Nanoseconds => seconds * 1e9 / operations,
            Unit::Microseconds => seconds * 1e6 / operations,
            Unit::Rate => operations / seconds,
            Unit::Octets => float(self.octets) / operations,
        }
    }

    /// For a mebibyte where octets are what is moved, else for an operation.
    fn allocations_in(&self, unit: Unit) -> Option<f64> {
        let of = match unit {
            Unit::Throughput | Unit::PerGigabyte => float(self.octets) / f64::from(1 << 20),
            Unit::Nanoseconds | Unit::Microseconds | Unit::Rate | Unit::Octets => {
                f64::from(self.operations)
            }
        };
        self.allocations.map(|allocations| float(allocations) / of)
    }
}

/// One who does what a row is about.
pub struct Rival<'a> {
    who: String,
    deed: Box<dyn FnMut(u32) -> Result<Spent> + 'a>,
    count: u32,
}

impl<'a> Rival<'a> {
    /// One whose `deed` does so many operations and tells what they cost.
    pub fn new(who: impl Into<String>, deed: impl FnMut(u32) -> Result<Spent> + 'a) -> Self {
        Self { who: who.into(), deed: Box::new(deed), count: 1 }
    }

    /// One that is a single operation on this thread.
    pub fn operation<T>(who: impl Into<String>, mut deed: impl FnMut() -> T + 'a) -> Self {
        Self::messages(who, 0, move |count| {
            (0..count).for_each(|_| drop(core::hint::black_box(deed())));
            Ok(())
        })
    }

    /// One that moves so many messages of `size` octets on this thread.
    pub fn messages(
        who: impl Into<String>,
        size: usize,
        mut deed: impl FnMut(u32) -> Result<()> + 'a,
    ) -> Self {
        Self::new(who, move |count| {
            let (before, start) = (counting::allocations(), Moment::now());
            deed(count)?;
            let time = start.elapsed();
            let allocations = Some(counting::allocations() - before);
            let octets = u64::try_from(size)? * u64::from(count);
            Ok(Spent { time, operations: count, octets, allocations })
        })
    }

    /// One that cannot take part.
    pub fn absent(who: impl Into<String>, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self::new(who, move |_| bail!("{reason}"))
    }

    /// Finds out how many operations fill a turn; the buffers have grown then, too.
    fn prepare(&mut self, turn: Duration) -> Result<()> {
        (self.deed)(1)?;
        let mut count = 1;
        loop {
            let time = (self.deed)(count)?.time;
            if turn / 4 <= time || MOST <= count {
                let share = turn.as_secs_f64() / time.as_secs_f64().max(1e-9);
                self.count = scaled(count, share);
                return Ok(());
            }
            count = count.saturating_mul(4);
        }
    }
}

/// `count` times `share`, at least 1.
fn scaled(count: u32, share: f64) -> u32 {
    // Whole parts of a sixteenth are exact enough, and need no conversion from a float.
    let sixteenths = (1..=64_u32).rev().find(|&it| f64::from(it) / 16.0 <= share).unwrap_or(1);
    (u64::from(count) * u64::from(sixteenths) / 16).try_into().unwrap_or(count).max(1)
}

/// One rival's figure of one row.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// The row, such as `tls-memory/aes-128-gcm/16 KiB`.
    pub row: String,
    /// Whose it is.
    pub who: String,
    /// The median.
    pub value: Option<f64>,
    /// The least of the rounds.
    pub low: f64,
    /// The most of the rounds.
    pub high: f64,
    /// Each round, in their order: a round of one rival is neighbour of the same round of all others.
    pub rounds: Vec<f64>,
    /// In what all of them are told.
    pub unit: &'static str,
    /// Allocations, for a mebibyte or for an operation.
    pub allocations: Option<f64>,
    /// Why there is no figure.
    pub reason: Option<String>,
}

/// All rows of one program.
#[derive(Debug)]
pub struct Contest {
    effort: Effort,
    filters: Vec<String>,
    out: Option<PathBuf>,
    figures: Vec<Figure>,
}

impl Contest {
    /// What the arguments of the program ask for: `[--bench] [--quick] [--out FILE] [ROW-FILTER…]`.
    ///
    /// # Errors
    ///
    /// Returns an error when they cannot be understood.
    pub fn from_arguments() -> Result<Self> {
        let mut contest =
            Self { effort: Effort::Trial, filters: Vec::new(), out: None, figures: Vec::new() };
        let mut arguments = env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--bench" if contest.effort == Effort::Trial => contest.effort = Effort::Full,
                "--bench" => {}
                "--quick" => contest.effort = Effort::Quick,
                "--out" => {
                    contest.out = Some(arguments.next().context("--out needs a file")?.into());
                }
                other => {
                    ensure!(!other.starts_with('-'), "unknown: {other}");
                    contest.filters.push(argument);
                }
            }
        }
        Ok(contest)
    }

    /// How much is measured.
    #[must_use]
    pub const fn effort(&self) -> Effort {
        self.effort
    }

    /// Whether a row is asked for.
    #[must_use]
    pub fn wants(&self, row: &str) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| row.contains(filter))
    }

    /// Measures `rivals` in turns; every second round goes backwards.
    pub fn run(&mut self, row: &str, unit: Unit, rivals: Vec<Rival<'_>>) {
        let mut lanes: Vec<Lane<'_>> = rivals.into_iter().map(Lane::new).collect();
        for lane in &mut lanes {
            lane.note(|rival| rival.prepare(self.effort.turn()));
        }
        for round in 0..self.effort.rounds() {
            if round % 2 == 0 {
                lanes.iter_mut().for_each(Lane::turn);
            } else {
                lanes.iter_mut().rev().for_each(Lane::turn);
            }
        }
        for lane in lanes {
            let figure = lane.figure(row, unit);
            let told = figure.value.map_or_else(
                || figure.reason.clone().unwrap_or_default(),
                |value| format!("{value:>12.1} {}", figure.unit),
            );
            println!("{row:<44} {:<22} {told}", figure.who);
            self.figures.push(figure);
        }
    }

    /// Notes what needs no turns, such as octets held.
    pub fn note(&mut self, row: &str, who: &str, value: f64, unit: Unit) {
        println!("{row:<44} {who:<22} {value:>12.1} {}", unit.word());
        self.figures.push(Figure {
            row: row.into(),
            who: who.into(),
            value: Some(value),
            low: value,
            high: value,
            rounds: Vec::new(),
            unit: unit.word(),
            allocations: None,
            reason: None,
        });
    }

    /// Writes the figures to the file that was asked for.
    ///
    /// # Errors
    ///
    /// Returns an error when it cannot be written, or a trial shows that somebody fails.
    pub fn finish(self) -> Result<()> {
        if let Some(out) = &self.out {
            fs::write(out, serde_json::to_string_pretty(&self.figures)?)?;
        }
        let failed =
            self.figures.iter().find(|figure| figure.who == XIOM && figure.value.is_none());
        match failed {
            Some(Figure { row, reason, .. }) => {
                bail!("{row}: {}", reason.as_deref().unwrap_or_default())
            }
            None => Ok(()),
        }
    }
}

/// A rival with its turns so far.
struct Lane<'a> {
    rival: Rival<'a>,
    turns: Vec<Spent>,
    reason: Option<String>,
}

impl<'a> Lane<'a> {
    const fn new(rival: Rival<'a>) -> Self {
        Self { rival, turns: Vec::new(), reason: None }
    }

    fn note<T>(&mut self, deed: impl FnOnce(&mut Rival<'a>) -> Result<T>) -> Option<T> {
        if self.reason.is_some() {
            return None;
        }
        let done = deed(&mut self.rival);
        done.map_err(|error| self.reason = Some(format!("{error:#}"))).ok()
    }

    fn turn(&mut self) {
        let spent = self.note(|rival| (rival.deed)(rival.count));
        self.turns.extend(spent);
    }

    fn figure(self, row: &str, unit: Unit) -> Figure {
        let rounds: Vec<f64> = self.turns.iter().map(|turn| turn.told_in(unit)).collect();
        let mut values = rounds.clone();
        values.sort_by(f64::total_cmp);
        let is_whole = self.reason.is_none();
        Figure {
            row: row.into(),
            who: self.rival.who,
            value: values.get(values.len() / 2).copied().filter(|_| is_whole),
            low: values.first().copied().unwrap_or_default(),
            high: values.last().copied().unwrap_or_default(),
            rounds,
            unit: unit.word(),
            allocations: self.turns.last().and_then(|turn| turn.allocations_in(unit)),
            reason: self.reason,
        }
    }
}

/// Exact below 2^32, and nearly so above.
#[must_use]
pub fn float(count: u64) -> f64 {
    let part = |part: u64| u32::try_from(part & u64::from(u32::MAX)).map_or(0.0, f64::from);
    part(count >> 32) * 2_f64.powi(32) + part(count)
}

/// Whose figures the goals are about.
pub const XIOM: &str = "xiom";
/// Operations in one turn, at most.
const MOST: u32 = 1 << 22;
