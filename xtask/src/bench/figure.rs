//! What the programs write, in the form that they share.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One figure of one row.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Figure {
    /// The row.
    pub(super) row: String,
    /// Whose it is.
    pub(super) who: String,
    /// The median of the rounds.
    pub(super) value: Option<f64>,
    /// The least of the rounds.
    pub(super) low: f64,
    /// The most of the rounds.
    pub(super) high: f64,
    /// Each round, in their order; none where there were no turns.
    #[serde(default)]
    pub(super) rounds: Vec<f64>,
    /// In what it is told.
    pub(super) unit: String,
    /// Allocations, for a mebibyte or for an operation.
    pub(super) allocations: Option<f64>,
    /// Why there is no figure.
    pub(super) reason: Option<String>,
}

impl Figure {
    /// One that was not measured in rounds.
    pub(super) fn once(
        row: impl Into<String>,
        who: impl Into<String>,
        value: f64,
        unit: impl Into<String>,
    ) -> Self {
        let (row, who, unit) = (row.into(), who.into(), unit.into());
        Self { row, who, value: Some(value), low: value, high: value, unit, ..Self::default() }
    }

    /// This figure divided by another one.
    pub(super) fn ratio(&self, other: &Self) -> Option<f64> {
        self.compared(other, |ours, theirs| ours / theirs)
    }

    /// By how much this figure exceeds another one.
    pub(super) fn excess(&self, other: &Self) -> Option<f64> {
        self.compared(other, |ours, theirs| ours - theirs)
    }

    /// The median of all rounds, since what disturbs a round disturbs its neighbours as well; else of the medians.
    fn compared(&self, other: &Self, compare: impl Fn(f64, f64) -> f64) -> Option<f64> {
        let (ours, theirs) = (self.value?, other.value?);
        if self.rounds.is_empty() || self.rounds.len() != other.rounds.len() {
            return Some(compare(ours, theirs));
        }
        let pairs = self.rounds.iter().zip(&other.rounds);
        let mut all: Vec<f64> = pairs.map(|(ours, theirs)| compare(*ours, *theirs)).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied()
    }

    /// How far the rounds lie apart, as a part of the median.
    pub(super) fn spread(&self) -> Option<f64> {
        self.value.map(|value| (self.high - self.low) / value.abs().max(f64::MIN_POSITIVE))
    }
}

/// Figures of a program that writes them in this form.
pub(super) fn read(file: &Path) -> Result<Vec<Figure>> {
    let octets = fs::read(file).with_context(|| format!("no {}", file.display()))?;
    Ok(serde_json::from_slice(&octets)?)
}

/// Figures of a program that writes lines of what, measured, unit and goal; with those that have a goal.
pub(super) fn read_goals(name: &str, file: &Path) -> Result<Vec<(Figure, Option<f64>)>> {
    let octets = fs::read(file).with_context(|| format!("no {}", file.display()))?;
    let lines: Vec<Line> = serde_json::from_slice(&octets)?;
    let figures = lines.into_iter().map(|Line { what, measured, unit, goal }| {
        (Figure::once(format!("{name}/{what}"), XIOM, measured, unit), goal)
    });
    Ok(figures.collect())
}

#[derive(Deserialize)]
struct Line {
    what: String,
    measured: f64,
    unit: String,
    goal: Option<f64>,
}

/// What idle connections hold, as the benchmark `channel` tells it.
pub(super) fn read_heap(file: &Path) -> Result<Vec<Figure>> {
    let octets = fs::read(file).with_context(|| format!("no {}", file.display()))?;
    let report: Value = serde_json::from_slice(&octets)?;
    let lines = report.get("heap").and_then(Value::as_array).context("no heap")?;
    let mut figures = Vec::new();
    for line in lines {
        let word = |name| line.get(name).and_then(Value::as_str).unwrap_or_default();
        let octets = |name| line.get(name).and_then(Value::as_f64).context("no octets");
        let row = format!("heap/{}, {}", word("side"), word("state"));
        figures.push(Figure::once(&row, "engine", octets("bare")?, "octets"));
        figures.push(Figure::once(&row, XIOM, octets("xiom")?, "octets"));
    }
    Ok(figures)
}

/// The time of `trace check`, as the benchmark `trace` tells it.
pub(super) fn read_trace(file: &Path) -> Result<Vec<Figure>> {
    let octets = fs::read(file).with_context(|| format!("no {}", file.display()))?;
    let cases: Value = serde_json::from_slice(&octets)?;
    let nanoseconds = cases.get(0).and_then(|case| case.get("nanoseconds")).and_then(Value::as_f64);
    let seconds = nanoseconds.context("no time")? / 1e9;
    Ok(vec![Figure::once("tools/trace check", XIOM, seconds, "s")])
}

/// What the benchmark of the models prints: states a second for each search.
///
/// What cannot be stored is searched by running the machine, which is Xiom's figure then.
pub(super) fn read_models(text: &str) -> Vec<Figure> {
    let mut figures: Vec<Figure> = Vec::new();
    for line in text.lines() {
        let Some((model, rest)) = line.split_once(' ') else { continue };
        let searches =
            [("stateright, machine", "stateright"), (MACHINE, MACHINE), ("xiom, store", XIOM)];
        for (words, who) in searches {
            let Some(rest) = rest.trim_start().strip_prefix(words) else { continue };
            let rate = rest.split_whitespace().nth(1).and_then(|rate| rate.parse().ok());
            let row = format!("models/{model}");
            figures.extend(rate.map(|rate| Figure::once(row, who, rate, "states/s")));
        }
    }
    let stored: Vec<String> =
        figures.iter().filter(|it| it.who == XIOM).map(|it| it.row.clone()).collect();
    for figure in figures.iter_mut().filter(|it| it.who == MACHINE && !stored.contains(&it.row)) {
        figure.who = XIOM.into();
    }
    figures
}

/// A search that runs the machine at every step.
const MACHINE: &str = "xiom, machine";
/// Whose figures the goals are about.
pub(super) const XIOM: &str = "xiom";

#[cfg(test)]
mod tests {
    use super::*;

    /// Both are slow in the second round, and one is disturbed in the third.
    #[test]
    fn rounds_are_compared_with_their_neighbours() {
        let of = |rounds: [f64; 3], value| Figure {
            value: Some(value),
            rounds: rounds.to_vec(),
            ..Figure::default()
        };
        let (ours, theirs) = (of([2.0, 6.0, 9.0], 6.0), of([1.0, 3.0, 1.0], 1.0));
        assert_eq!(ours.ratio(&theirs), Some(2.0));
        assert_eq!(ours.excess(&theirs), Some(3.0));
        assert_eq!(ours.ratio(&Figure::once("", "", 3.0, "")), Some(2.0));
        assert_eq!(ours.ratio(&Figure::default()), None);
    }

    #[test]
    fn the_table_of_the_models_is_read() {
        let text = "\
client-stack  stateright, machine                  12000     100000   300.0
client-stack  stateright, store under a lock       12000     200000   300.0
client-stack  xiom, store                          12000     400000   100.0    4.00 x the rate: held
pair-plain    xiom, machine                        12000     150000   100.0    1.50 x the rate: behind
";
        let figures = read_models(text);
        let told: Vec<_> = figures.iter().map(|it| (it.who.as_str(), it.value)).collect();
        let first = [("stateright", Some(100_000.0)), (XIOM, Some(400_000.0))];
        assert_eq!(told, [&first[..], &[(XIOM, Some(150_000.0))]].concat());
        assert_eq!(figures[0].row, "models/client-stack");
    }
}
