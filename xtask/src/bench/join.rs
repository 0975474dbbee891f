//! Figures and rows, joined: the one table.

use serde::Serialize;

use super::Arguments;
use super::figure::{Figure, XIOM};
use super::goal::{Against, Check, Peers, Verdict};
use super::machine::Machine;
use super::programs::Measured;
use super::rows::{GROUPS, Group, LIMITS, Row, rows};

/// All that a report tells.
#[derive(Debug, Serialize)]
pub(super) struct Table {
    pub(super) schema: &'static str,
    pub(super) machine: Machine,
    /// The load when all was measured, which the measuring itself is a part of.
    pub(super) load_after: Option<f64>,
    pub(super) is_quick: bool,
    pub(super) has_peers: bool,
    pub(super) rows: Vec<Judged>,
}

/// One row with its figures and its verdict.
#[derive(Debug, Serialize)]
pub(super) struct Judged {
    pub(super) row: String,
    pub(super) unit: String,
    /// Whether more is better.
    pub(super) more: bool,
    pub(super) xiom: Option<Figure>,
    pub(super) limit: Option<Figure>,
    pub(super) best_peer: Option<Figure>,
    /// Xiom's figure divided by the limit, and by the best peer.
    pub(super) to_limit: Option<f64>,
    pub(super) to_peer: Option<f64>,
    pub(super) goals: Vec<Check>,
    pub(super) verdict: Verdict,
    /// Everybody's.
    pub(super) figures: Vec<Figure>,
}

impl Table {
    pub(super) fn join(
        measured: Measured,
        arguments: &Arguments,
        machine: Machine,
        after: &Machine,
    ) -> Self {
        let Measured { figures, bounds, failures } = measured;
        let mut rows = rows();
        for figure in figures.iter().filter(|figure| figure.who == XIOM) {
            if rows.iter().all(|row| row.name != figure.row) {
                let bound = bounds.iter().find(|(name, _)| *name == figure.row);
                let goals: Vec<_> = bound.iter().map(|(_, bound)| Against::Value(*bound)).collect();
                rows.push(Row::new(&figure.row, &goals));
            }
        }
        let place = |row: &Row| {
            GROUPS.iter().position(|group| row.name.split('/').next() == Some(group.name))
        };
        rows.sort_by_key(place);
        let filters = &arguments.filters;
        rows.retain(|row| filters.is_empty() || filters.iter().any(|it| row.name.contains(it)));
        let peers = Peers { limits: LIMITS, are_asked: arguments.peers };
        let reason = |row: &Row| {
            let group = row.group().map_or("", |group| group.name);
            let failed = failures.iter().find(|(groups, _)| groups.contains(&group));
            let usual = if arguments.quick { "not with --quick" } else { "no program for it" };
            let usual = row.absent.unwrap_or(usual);
            failed.map_or_else(|| usual.to_owned(), |(_, reason)| reason.clone())
        };
        let judged = rows.iter().map(|row| {
            let own = figures.iter().filter(|figure| figure.row == row.name).cloned().collect();
            Judged::new(row, own, &peers, || reason(row))
        });
        Self {
            schema: "xiom-bench/report-1",
            load_after: after.load,
            is_quick: arguments.quick,
            has_peers: arguments.peers,
            rows: judged.collect(),
            machine,
        }
    }

    /// Rows that are behind.
    pub(super) fn behind(&self) -> usize {
        self.count(|verdict| *verdict == Verdict::Behind)
    }

    pub(super) fn count(&self, is: impl Fn(&Verdict) -> bool) -> usize {
        self.rows.iter().filter(|row| is(&row.verdict)).count()
    }

    /// The rows of each group that has some.
    pub(super) fn groups(&self) -> impl Iterator<Item = (&'static Group, Vec<&Judged>)> {
        GROUPS.iter().filter_map(|group| {
            let is_own = |row: &&Judged| row.row.split('/').next() == Some(group.name);
            let rows: Vec<&Judged> = self.rows.iter().filter(is_own).collect();
            (!rows.is_empty()).then_some((group, rows))
        })
    }
}

impl Judged {
    fn new(
        row: &Row,
        figures: Vec<Figure>,
        peers: &Peers<'_>,
        reason: impl FnOnce() -> String,
    ) -> Self {
        let group = row.group();
        let more = group.is_some_and(|group| group.more);
        let of = |who: &str| figures.iter().find(|figure| figure.who == who).cloned();
        // A row may have a limit of its own.
        let is_limit = |figure: &&Figure| LIMITS.contains(&figure.who.as_str());
        let usual = group.and_then(|group| of(group.limit));
        let limit = usual.or_else(|| figures.iter().find(is_limit).cloned());
        let xiom = of(XIOM);
        let goals: Vec<Check> =
            row.goals.iter().map(|goal| goal.check(&figures, more, peers)).collect();
        let verdict = match &xiom {
            None => Verdict::NotMeasured(reason()),
            Some(Figure { value: None, reason, .. }) => {
                Verdict::NotMeasured(reason.clone().unwrap_or_default())
            }
            Some(_) => Verdict::of(&goals),
        };
        let best_peer = peers.best(&figures, more).cloned();
        let to = |other: &Option<Figure>| xiom.as_ref()?.ratio(other.as_ref()?);
        Self {
            row: row.name.clone(),
            unit: figures.first().map(|figure| figure.unit.clone()).unwrap_or_default(),
            more,
            to_limit: to(&limit),
            to_peer: to(&best_peer),
            xiom,
            limit,
            best_peer,
            goals,
            verdict,
            figures,
        }
    }

    /// What the row is about, without its group.
    pub(super) fn name(&self) -> &str {
        self.row.split_once('/').map_or(self.row.as_str(), |(_, name)| name)
    }
}
