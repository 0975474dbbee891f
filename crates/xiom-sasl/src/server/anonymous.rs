//! ANONYMOUS (RFC 4505): lets in whom the application lets in as nobody.

use alloc::vec::Vec;

use xiom_core::AuthFault;

use super::{ServerInput, ServerMechanism, ServerStep};
use crate::{Context, Established, Identity, NoLayer, Principal, Properties, prep};

/// `ANONYMOUS`: the application still decides, by the trace or otherwise.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Anonymous {
    state: State,
}

#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
enum State {
    #[default]
    Idle,
    AwaitingTrace,
    Authorizing(Principal),
}

impl Anonymous {
    /// Takes anybody whom the application permits.
    #[must_use]
    pub const fn new() -> Self {
        Self { state: State::Idle }
    }

    fn trace(cx: &Context<'_>, message: &[u8]) -> ServerStep<Self> {
        match cx.check_size(message).and_then(|()| prep::trace(message)) {
            // A trace proves nothing, and clients in the field put controls into it, such as a NUL:
            // what RFC 4505 forbids is dropped, and not the client with it.
            //= SRS_SASL_MECHANISMS_01_036
            result @ (Ok(_) | Err(AuthFault::ProhibitedCharacter)) => {
                let trace = result.unwrap_or_default();
                let identity = Identity::Anonymous(trace.into());
                let principal = Principal { identity, authzid: None };
                let state = State::Authorizing(principal.clone());
                ServerStep::Authorize(Self { state }, principal)
            }
            Err(fault) => ServerStep::fail(fault),
        }
    }
}

impl ServerMechanism for Anonymous {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        Properties { anonymous: true, ..Properties::named(NAME) }
    }

    fn step(self, cx: &Context<'_>, input: ServerInput<'_>, _: &mut Vec<u8>) -> ServerStep<Self> {
        use {ServerInput as I, State as S};
        match (self.state, input) {
            //= SRS_SASL_MECHANISMS_01_023
            (S::Idle, I::Initial(None)) => ServerStep::Challenge(Self { state: S::AwaitingTrace }),
            (S::Idle, I::Initial(Some(message))) | (S::AwaitingTrace, I::Response(message)) => {
                Self::trace(cx, message)
            }
            //= SRS_SASL_SERVER_IO_01_094
            (S::Authorizing(principal), I::Authorized(true)) => ServerStep::Success {
                established: Established::one_way(NAME, principal),
                additional: false,
            },
            //= SRS_SASL_MECHANISMS_01_027
            (S::Authorizing(_), I::Authorized(false)) => ServerStep::fail(AuthFault::NotAuthorized),
            //= SRS_SASL_MECHANISMS_01_022
            (
                S::Idle | S::AwaitingTrace | S::Authorizing(_),
                I::Initial(_) | I::Response(_) | I::Lookup(_) | I::Authorized(_) | I::Work(_),
            ) => ServerStep::fail(AuthFault::Unexpected),
        }
    }
}

const NAME: &str = "ANONYMOUS";
