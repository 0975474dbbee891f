//! The server's side of each mechanism: chosen, answered by the client and by the application, let compute.

use xiom_core::Security;
use xiom_sasl::Context;
use xiom_sasl::server::{
    Anonymous, External, LookupAnswer, Mechanism, Plain, ServerInput, ServerMechanism, ServerStep,
};

use super::super::explore::Act;
use super::super::field::{field, short};
use super::super::scene::{Setting, Table};
use super::super::{Event, Machine, Reaction, script};
use super::{FAILURE, SUCCESS};

/// PLAIN.
pub(in crate::table) fn plain() -> Table {
    let about = "`xiom_sasl::server::Plain`: the application verifies the password, or gives keys.";
    let words =
        [("the message", b"\0user\0correct-horse".to_vec()), ("malformed", b"user".to_vec())];
    let wrong = [("a wrong password", b"\0user\0wrong-horse".to_vec())];
    let events = events(&[&words[..], &wrong].concat());
    table(["plain-server", "PLAIN, server", about], Plain::new(script::decoy()).into(), events)
}

/// ANONYMOUS.
pub(in crate::table) fn anonymous() -> Table {
    let about = "`xiom_sasl::server::Anonymous`: the application decides.";
    let words = [("a trace", b"trace".to_vec()), ("malformed", vec![0xFF])];
    table(["anonymous-server", "ANONYMOUS, server", about], Anonymous::new().into(), events(&words))
}

/// EXTERNAL.
pub(in crate::table) fn external() -> Table {
    let about = "`xiom_sasl::server::External`: the layer below has proven who the client is.";
    let words = [("an authzid", b"other".to_vec()), ("malformed", b"\0".to_vec())];
    table(["external-server", "EXTERNAL, server", about], External::new().into(), events(&words))
}

/// SCRAM.
pub(in crate::table) fn scram() -> Table {
    let about = "`xiom_sasl::server::Scram`: the signature goes out only after the application let the user in.";
    let said = script::honest();
    let words = [
        ("client-first", said.client_first),
        ("client-final", said.client_final.clone()),
        ("a forged client-final", script::forge(&said.client_final)),
        ("malformed", b"x".to_vec()),
    ];
    table(["scram-server", "SCRAM, server", about], script::server().into(), events(&words))
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

fn table(names: [&'static str; 3], mechanism: Mechanism, events: Vec<Event<Running>>) -> Table {
    let scene = Setting::scene(Running::At(Box::new(mechanism)), events);
    Table::new(names, vec![scene])
}

fn events(words: &[(&'static str, Vec<u8>)]) -> Vec<Event<Running>> {
    let client = |name: String, act: Act<Running>| Event::new("The client", name, act);
    let mut events = vec![
        client(
            "chosen, no message".into(),
            Box::new(|running| running.step(ServerInput::Initial(None))),
        ),
        client(
            "chosen, unprotected".into(),
            Box::new(|running| running.step_on(&Security::default(), ServerInput::Initial(None))),
        ),
    ];
    for (name, message) in words {
        let (octets, message) = (message.clone(), message.clone());
        events.push(client(
            format!("chosen: {name}"),
            Box::new(move |running| running.step(ServerInput::Initial(Some(&octets)))),
        ));
        events.push(client(
            format!("response: {name}"),
            Box::new(move |running| running.step(ServerInput::Response(&message))),
        ));
    }
    // All first messages before all responses.
    events.sort_by_key(|event| event.name.starts_with("response"));
    events.extend(answers());
    events
}

fn answers() -> Vec<Event<Running>> {
    let event = |name: &str, input: fn(&mut Running) -> Reaction| {
        Event::new("The application", name, input)
    };
    vec![
        event("verified", |running| running.look_up(LookupAnswer::Verified(true))),
        event("not verified", |running| running.look_up(LookupAnswer::Verified(false))),
        event("keys", |running| running.look_up(LookupAnswer::Scram(&script::keys()))),
        event("unknown", |running| running.look_up(LookupAnswer::Unknown)),
        event("authorized", |running| running.step(ServerInput::Authorized(true))),
        event("not authorized", |running| running.step(ServerInput::Authorized(false))),
        event("work", |running| running.step(ServerInput::Work(1))).varied(|running, more| {
            running.step(ServerInput::Work(u32::from(more).saturating_add(1)))
        }),
    ]
}

impl Running {
    fn look_up(&mut self, answer: LookupAnswer<'_>) -> Reaction {
        self.step(ServerInput::Lookup(answer))
    }

    fn step(&mut self, input: ServerInput<'_>) -> Reaction {
        self.step_on(&script::security(), input)
    }

    fn step_on(&mut self, security: &Security, input: ServerInput<'_>) -> Reaction {
        let Self::At(mechanism) = self.clone() else { return Reaction::Absent };
        let (limits, mut out) = (script::limits(), Vec::new());
        let step = mechanism.step(&Context::new(security, &limits), input, &mut out);
        let (next, said) = match step {
            ServerStep::Challenge(next) => (Self::At(Box::new(next)), "Challenge".into()),
            ServerStep::Lookup(next, _) => (Self::At(Box::new(next)), "Lookup".into()),
            ServerStep::Authorize(next, _) => (Self::At(Box::new(next)), "Authorize".into()),
            ServerStep::Working(next) => (Self::At(Box::new(next)), "Working".into()),
            ServerStep::Success { additional, .. } => {
                (Self::Left(SUCCESS), if additional { "with data" } else { "" }.into())
            }
            ServerStep::Failure { fault, send } => {
                let told = if send { ", told" } else { "" };
                (Self::Left(FAILURE), format!("{}{told}", short(&format!("{fault:?}"))))
            }
            _ => return Reaction::Refused("a step that is not known here"),
        };
        *self = next;
        Reaction::Took(said)
    }
}
