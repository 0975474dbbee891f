//! The client's side of each mechanism: started, challenged, let compute, told that all is well.

use xiom_core::Security;
use xiom_sasl::Context;
use xiom_sasl::client::{Anonymous, ClientMechanism, ClientStep, External, Mechanism, Plain};

use super::super::field::{field, short};
use super::super::scene::{Setting, Table};
use super::super::{Event, Fault, Machine, Reaction, script};
use super::{FAILURE, SUCCESS};

/// PLAIN.
pub(in crate::table) fn plain() -> Result<Table, Fault> {
    let about = "`xiom_sasl::client::Plain`.";
    let plain = Plain::new(script::credentials()).map(Mechanism::from);
    table(["plain-client", "PLAIN, client", about], plain.ok(), single())
}

/// ANONYMOUS.
pub(in crate::table) fn anonymous() -> Result<Table, Fault> {
    let about = "`xiom_sasl::client::Anonymous`.";
    let anonymous = Anonymous::new("trace").map(Mechanism::from);
    table(["anonymous-client", "ANONYMOUS, client", about], anonymous.ok(), single())
}

/// EXTERNAL.
pub(in crate::table) fn external() -> Result<Table, Fault> {
    let about = "`xiom_sasl::client::External`.";
    let external = External::new(None).map(Mechanism::from);
    table(["external-client", "EXTERNAL, client", about], external.ok(), single())
}

/// SCRAM.
pub(in crate::table) fn scram() -> Result<Table, Fault> {
    let about = "`xiom_sasl::client::Scram`: there is no success without the server's signature.";
    let said = script::honest();
    let (first, last) = (said.server_first, said.server_final);
    let few = first.get(..first.len().saturating_sub(1)).unwrap_or_default();
    let foreign = [b"r=another", first.as_slice()].concat();
    let challenges = [
        ("server-first", first.clone()),
        ("server-first with another nonce", foreign),
        ("server-first with too few iterations", [few, b"1"].concat()),
        ("server-final", last.clone()),
        ("a false server-final", script::forge(&last)),
        ("server-final with an error", b"e=other-error".to_vec()),
        ("no message at all", b"x".to_vec()),
    ];
    let ends = [
        ("ok", None),
        ("ok with nothing as data", Some(Vec::new())),
        ("ok with server-final", Some(last.clone())),
        ("ok with a false server-final", Some(script::forge(&last))),
    ];
    let events = events(&challenges, &ends);
    table(["scram-client", "SCRAM, client", about], Some(script::client().into()), events)
}

fn single() -> Vec<Event<Running>> {
    let ends = [("ok", None), ("ok with data", Some(b"greetings".to_vec()))];
    events(&[("a challenge", b"x".to_vec())], &ends)
}

/// A mechanism, or what is left.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum Running {
    At(Box<Mechanism>),
    Left(&'static str),
}

impl Machine for Running {
    fn label(&self) -> Option<String> {
        match self {
            Self::At(mechanism) => field(&format!("{mechanism:?}"), "state"),
            Self::Left(left) => Some((*left).into()),
        }
    }
}

fn table(
    names: [&'static str; 3],
    mechanism: Option<Mechanism>,
    events: Vec<Event<Running>>,
) -> Result<Table, Fault> {
    let mechanism = mechanism.ok_or_else(|| Fault::Nameless("being made".into()))?;
    let scene = Setting::scene(Running::At(Box::new(mechanism)), events);
    Ok(Table::new(names, vec![scene]))
}

type Step = Result<ClientStep, xiom_core::AuthFault>;

fn events(
    challenges: &[(&'static str, Vec<u8>)],
    ends: &[(&'static str, Option<Vec<u8>>)],
) -> Vec<Event<Running>> {
    let mut events = vec![
        Event::new("The driver", "start", |running: &mut Running| {
            running.step(&script::security(), Mechanism::start)
        }),
        Event::new("The driver", "start, unprotected", |running: &mut Running| {
            running.step(&Security::default(), Mechanism::start)
        }),
        Event::new("The driver", "work", |running: &mut Running| {
            running.step(&script::security(), |mechanism, cx, out| mechanism.work(cx, 1, out))
        })
        .varied(|running, more| {
            let slices = u32::from(more).saturating_add(1);
            running.step(&script::security(), |mechanism, cx, out| mechanism.work(cx, slices, out))
        }),
    ];
    for (name, challenge) in challenges.iter().cloned() {
        events.push(Event::new("Challenges", name, move |running: &mut Running| {
            running.step(&script::security(), |mechanism, cx, out| {
                mechanism.challenge(cx, &challenge, out)
            })
        }));
    }
    for (name, data) in ends.iter().cloned() {
        events.push(Event::new("Outcomes", name, move |running: &mut Running| {
            running.end(data.as_deref())
        }));
    }
    events
}

impl Running {
    fn step(
        &mut self,
        security: &Security,
        step: impl FnOnce(&mut Mechanism, &Context<'_>, &mut Vec<u8>) -> Step,
    ) -> Reaction {
        let Self::At(mechanism) = self else { return Reaction::Absent };
        let (limits, mut out) = (script::limits(), Vec::new());
        let said = match step(mechanism, &Context::new(security, &limits), &mut out) {
            Ok(step) => format!("{step:?}"),
            Err(fault) => short(&format!("{fault:?}")),
        };
        Reaction::Took(said)
    }

    fn end(&mut self, data: Option<&[u8]>) -> Reaction {
        let Self::At(mechanism) = self.clone() else { return Reaction::Absent };
        let (security, limits) = (script::security(), script::limits());
        match mechanism.outcome_ok(&Context::new(&security, &limits), data) {
            Ok(_) => {
                *self = Self::Left(SUCCESS);
                Reaction::Took(String::new())
            }
            Err(fault) => {
                *self = Self::Left(FAILURE);
                Reaction::Took(short(&format!("{fault:?}")))
            }
        }
    }
}
