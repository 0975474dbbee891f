//! The mechanisms in sight of a probe, and what became of each.
//!
//! AMQP servers offer mechanisms and the policy chooses; Thrift servers offer none, so the one that was asked for
//! is told, and which others the same credentials could be tried with.

use serde::Serialize;
use xiom::sasl::client::ClientMechanism as _;
use xiom::sasl::{Side, Verdict};
use xiom::{ClientMechanism, Login, Protocol};

use super::plan::Plan;
use crate::watch::Seen;
use crate::{Stop, render};

/// What the server offers, or was asked for, and what became of it.
#[derive(Debug, Serialize)]
pub(super) struct Mechanisms {
    /// The offer; Thrift servers make none.
    pub(super) offered: Option<Vec<String>>,
    /// What a Thrift server was to be asked for.
    pub(super) asked: Option<String>,
    /// What was begun.
    pub(super) chosen: Option<String>,
    pub(super) verdicts: Vec<Judged>,
    /// What can be tried next at a Thrift server, with the same credentials.
    pub(super) next: Vec<String>,
}

/// The verdict on one mechanism.
#[derive(Debug, Serialize)]
pub(super) struct Judged {
    pub(super) name: String,
    pub(super) chosen: bool,
    pub(super) verdict: String,
}

impl Mechanisms {
    /// What was `seen`; `None` when the connection did not come so far.
    ///
    /// # Errors
    ///
    /// As [`Plan::mechanisms`].
    pub(super) fn new(plan: &Plan, seen: &Seen, has_failed: bool) -> Result<Option<Self>, Stop> {
        match (plan.protocol(), &seen.offered) {
            (Protocol::Thrift, _) if seen.is_below_open => {
                Self::asked(plan, seen, has_failed).map(Some)
            }
            (_, Some(offered)) => Self::offered(plan, offered, seen).map(Some),
            (_, None) => Ok(None),
        }
    }

    fn offered(plan: &Plan, offered: &[String], seen: &Seen) -> Result<Self, Stop> {
        let names = offered.iter().map(String::as_str);
        let policy = &plan.client.sasl().policy;
        let selection = policy.select(&plan.mechanisms()?, names, &seen.security);
        let verdicts = selection.entries().iter().map(|entry| Judged {
            name: entry.name.to_owned(),
            chosen: entry.verdict == Verdict::Chosen,
            verdict: entry.verdict.to_string(),
        });
        let verdicts = verdicts.collect();
        let offered = offered.iter().map(|name| render::plain(name)).collect();
        let chosen = seen.chosen.clone();
        Ok(Self { offered: Some(offered), asked: None, chosen, verdicts, next: Vec::new() })
    }

    fn asked(plan: &Plan, seen: &Seen, has_failed: bool) -> Result<Self, Stop> {
        let named = plan.mechanisms()?;
        let asked = Login::asked(&named).and_then(|index| named.get(index));
        let asked = asked.map(|one| one.properties().name);
        let policy = &plan.client.sasl().policy;
        let judge = |one: &ClientMechanism| {
            policy.objection(&one.properties(), &seen.security, Side::Client)
        };
        let (mut verdicts, mut next) = (Vec::new(), Vec::new());
        for mechanism in &plan.all_mechanisms()? {
            let name = mechanism.properties().name;
            let objection = judge(mechanism);
            let is_asked = asked == Some(name);
            if !is_asked && has_failed && objection.is_none() {
                next.push(name.to_owned());
            }
            let verdict = match objection {
                Some(objection) => objection.to_string(),
                None if is_asked => "asked for".to_owned(),
                None => "permitted, and not asked for".to_owned(),
            };
            let chosen = is_asked && objection.is_none();
            verdicts.push(Judged { name: name.to_owned(), chosen, verdict });
        }
        let (asked, chosen) = (asked.map(str::to_owned), seen.chosen.clone());
        Ok(Self { offered: None, asked, chosen, verdicts, next })
    }
}
