//! The server's end: a mechanism that is consumed by each step, and what became of it.
//!
//! A step that the mechanism does not have ends it, so nothing is judged here.

use xiom_core::AuthFault;
use xiom_sasl::server::{Scram, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{Context, Established, NoLayer};

/// Where the server stands.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) enum ServerEnd {
    Fresh(Box<Scram>),
    /// A challenge was said.
    Awaiting(Box<Scram>),
    Looking(Box<Scram>),
    Authorizing(Box<Scram>),
    Done(Box<Established<NoLayer>>),
    Failed(AuthFault),
}

/// What a step of the server came to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Challenge,
    Lookup,
    Authorize,
    Success,
    Failure,
}

impl ServerEnd {
    pub(super) fn established(&self) -> Option<&Established<NoLayer>> {
        match self {
            Self::Done(established) => Some(established),
            Self::Fresh(_)
            | Self::Awaiting(_)
            | Self::Looking(_)
            | Self::Authorizing(_)
            | Self::Failed(_) => None,
        }
    }

    pub(super) fn fault(&self) -> Option<AuthFault> {
        match self {
            Self::Failed(fault) => Some(*fault),
            Self::Fresh(_)
            | Self::Awaiting(_)
            | Self::Looking(_)
            | Self::Authorizing(_)
            | Self::Done(_) => None,
        }
    }

    /// Goes one step; gives what it came to, and what the server said.
    pub(super) fn advance(&mut self, cx: &Context<'_>, input: ServerInput<'_>) -> (Kind, Vec<u8>) {
        let mechanism = match self.clone() {
            Self::Fresh(it) | Self::Awaiting(it) | Self::Looking(it) | Self::Authorizing(it) => it,
            Self::Done(_) | Self::Failed(_) => return (Kind::Failure, Vec::new()),
        };
        let mut out = Vec::new();
        let (kind, next) = match mechanism.step(cx, input, &mut out) {
            ServerStep::Challenge(it) => (Kind::Challenge, Self::Awaiting(Box::new(it))),
            ServerStep::Lookup(it, _) => (Kind::Lookup, Self::Looking(Box::new(it))),
            ServerStep::Authorize(it, _) => (Kind::Authorize, Self::Authorizing(Box::new(it))),
            ServerStep::Success { established, .. } => {
                (Kind::Success, Self::Done(Box::new(established)))
            }
            ServerStep::Failure { fault, .. } => (Kind::Failure, Self::Failed(fault)),
            // SCRAM derives nothing at the server.
            ServerStep::Working(_) | _ => (Kind::Failure, Self::Failed(AuthFault::Unexpected)),
        };
        *self = next;
        (kind, out)
    }

    /// Where the server stands, when it waits for the application or has come to an end.
    pub(super) fn note(&self) -> Option<String> {
        match self {
            Self::Fresh(_) | Self::Awaiting(_) => None,
            Self::Looking(_) => Some("looks the user up".into()),
            Self::Authorizing(_) => Some("asks whether the user may come in".into()),
            Self::Done(_) => Some("success".into()),
            Self::Failed(fault) => Some(fault.to_string()),
        }
    }
}
