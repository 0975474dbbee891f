//! What a row promises, and whether the figures keep it.
//!
//! A promise about somebody who was not measured is undecided, and never kept.

use core::fmt;

use serde::Serialize;

use super::figure::{Figure, XIOM};

/// Against what Xiom's figure is held.
#[derive(Clone, Copy, Debug)]
pub(super) enum Against {
    /// So many times the figure of this one.
    Times(f64, &'static str),
    /// The figure of this one, and so much more.
    Plus(f64, &'static str),
    /// The best of all peers.
    EveryPeer,
    /// A figure that is stated.
    Value(f64),
    /// Not more allocations than this one.
    AllocationsOf(&'static str),
    /// Not more allocations than stated.
    Allocations(f64),
}

/// A promise with what became of it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Check {
    /// The promise, such as `≥ 0.95 × engine`.
    pub(super) goal: String,
    /// Xiom's figure divided by that of the other one.
    pub(super) ratio: Option<f64>,
    /// `None`: undecided.
    pub(super) is_held: Option<bool>,
    /// Why it is undecided.
    pub(super) reason: Option<String>,
}

impl Against {
    /// Holds the figures of one row against the promise; `more` is better, or less.
    pub(super) fn check(self, figures: &[Figure], more: bool, peers: &Peers<'_>) -> Check {
        let goal = self.text(more);
        match self.judge(figures, more, peers) {
            Ok((ratio, is_held)) => {
                Check { goal, ratio: Some(ratio), is_held: Some(is_held), reason: None }
            }
            Err(reason) => Check { goal, ratio: None, is_held: None, reason: Some(reason) },
        }
    }

    fn judge(
        self,
        figures: &[Figure],
        more: bool,
        peers: &Peers<'_>,
    ) -> Result<(f64, bool), String> {
        let ours = find(figures, XIOM)?;
        let value = told(ours)?;
        let compare = |ours: f64, bound: f64| if more { bound <= ours } else { ours <= bound };
        let times = |factor, other: &Figure| {
            told(other)?;
            let ratio = ours.ratio(other).ok_or("no figure")?;
            Ok((ratio, compare(ratio, factor)))
        };
        match self {
            Self::Times(factor, who) => {
                times(factor, find(figures, who).map_err(|it| peers.explain(it))?)
            }
            Self::Plus(extra, who) => {
                let other = find(figures, who)?;
                let (ratio, _) = times(1.0, other)?;
                Ok((ratio, compare(ours.excess(other).ok_or("no figure")?, extra)))
            }
            Self::EveryPeer => times(
                1.0,
                peers.best(figures, more).ok_or_else(|| peers.explain("no peer".into()))?,
            ),
            Self::Value(bound) => Ok((value / bound, compare(value, bound))),
            Self::Allocations(bound) => {
                let ours = ours.allocations.ok_or("allocations are not counted")?;
                Ok((ours / bound.max(1.0), ours <= bound + RARE))
            }
            Self::AllocationsOf(who) => {
                let ours = ours.allocations.ok_or("allocations are not counted")?;
                let other = find(figures, who)?.allocations.ok_or("allocations are not counted")?;
                Ok((ours / other.max(1.0), ours <= other + RARE))
            }
        }
    }

    fn text(self, more: bool) -> String {
        let sign = if more { '≥' } else { '≤' };
        match self {
            Self::Times(factor, who) => format!("{sign} {factor} × {who}"),
            Self::Plus(extra, who) => format!("{sign} {who} + {extra}"),
            Self::EveryPeer => format!("{sign} every peer"),
            Self::Value(bound) => format!("{sign} {}", (bound * 1000.0).round() / 1000.0),
            Self::AllocationsOf(who) => format!("allocations ≤ {who}"),
            Self::Allocations(bound) => format!("allocations ≤ {bound}"),
        }
    }
}

/// Who counts as a peer, and why some are missing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peers<'a> {
    /// Names that are limits, and no peers.
    pub(super) limits: &'a [&'a str],
    /// Whether peers were asked for.
    pub(super) are_asked: bool,
}

impl Peers<'_> {
    /// The best peer that was measured.
    pub(super) fn best<'f>(&self, figures: &'f [Figure], more: bool) -> Option<&'f Figure> {
        let peers = figures.iter().filter(|figure| {
            figure.who != XIOM
                && !self.limits.contains(&figure.who.as_str())
                && figure.value.is_some()
        });
        peers.reduce(|best, next| {
            let is_better = if more { best.value < next.value } else { next.value < best.value };
            if is_better { next } else { best }
        })
    }

    fn explain(&self, reason: String) -> String {
        if self.are_asked { reason } else { "without --peers".into() }
    }
}

fn find<'a>(figures: &'a [Figure], who: &str) -> Result<&'a Figure, String> {
    figures.iter().find(|figure| figure.who == who).ok_or_else(|| format!("{who} is absent"))
}

fn told(figure: &Figure) -> Result<f64, String> {
    figure.value.ok_or_else(|| {
        format!("{}: {}", figure.who, figure.reason.as_deref().unwrap_or("no figure"))
    })
}

/// What became of a row.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "is", content = "reason")]
pub(super) enum Verdict {
    /// All promises are kept.
    Held,
    /// One is not.
    Behind,
    /// There is no promise.
    Shown,
    /// One is undecided, and none is broken.
    NotMeasured(String),
}

impl Verdict {
    /// Of all promises of a row that has figures.
    pub(super) fn of(checks: &[Check]) -> Self {
        if checks.iter().any(|check| check.is_held == Some(false)) {
            return Self::Behind;
        }
        match checks.iter().find_map(|check| check.reason.clone()) {
            Some(reason) => Self::NotMeasured(reason),
            None if checks.is_empty() => Self::Shown,
            None => Self::Held,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held => f.write_str("held"),
            Self::Behind => f.write_str("BEHIND"),
            Self::Shown => f.write_str("shown"),
            Self::NotMeasured(reason) => write!(f, "not measured: {reason}"),
        }
    }
}

/// A buffer that grows once in many messages is no allocation of one.
const RARE: f64 = 0.5;

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(who: &str, value: f64) -> Figure {
        Figure { who: who.into(), value: Some(value), ..Figure::default() }
    }

    const PEERS: Peers<'_> = Peers { limits: &["engine"], are_asked: true };

    #[test]
    fn more_or_less_is_better() {
        let figures = [figure("engine", 100.0), figure(XIOM, 96.0), figure("other", 40.0)];
        let held = |against: Against, more| against.check(&figures, more, &PEERS).is_held;
        assert_eq!(held(Against::Times(0.95, "engine"), true), Some(true));
        assert_eq!(held(Against::Times(0.97, "engine"), true), Some(false));
        assert_eq!(held(Against::Times(2.0, "other"), true), Some(true));
        assert_eq!(held(Against::EveryPeer, true), Some(true));
        assert_eq!(held(Against::EveryPeer, false), Some(false));
        assert_eq!(held(Against::Plus(60.0, "other"), false), Some(true));
    }

    #[test]
    fn who_is_absent_decides_nothing() {
        let figures = [figure("engine", 100.0), figure(XIOM, 96.0)];
        let checks = [
            Against::Times(0.95, "engine").check(&figures, true, &PEERS),
            Against::Times(2.0, "other").check(&figures, true, &PEERS),
        ];
        assert_eq!(Verdict::of(&checks), Verdict::NotMeasured("other is absent".into()));
        let failed = Figure { who: "other".into(), reason: Some("no".into()), ..Figure::default() };
        let check = Against::EveryPeer.check(&[figure(XIOM, 1.0), failed], true, &PEERS);
        assert_eq!(check.is_held, None);
    }
}
