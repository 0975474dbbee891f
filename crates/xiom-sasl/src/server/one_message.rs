//! What mechanisms have in common whose server takes one message and asks for a permission.
//!
//! Invariant: nobody succeeds before the application has permitted the principal that the message names.

use alloc::vec::Vec;

use xiom_core::AuthFault;

use super::{ServerInput, ServerMechanism, ServerStep};
use crate::{Context, Established, NoLayer, Principal, Properties};

/// A mechanism of one message; all that differs between them.
pub(crate) trait OneMessage: Sized {
    /// What the mechanism is.
    const PROPERTIES: Properties;

    /// Where the exchange stands.
    fn state(&mut self) -> &mut State;

    /// Who the client is by this message.
    fn principal(&self, cx: &Context<'_>, message: &[u8]) -> Result<Principal, AuthFault>;

    /// Goes to `state`.
    fn with_state(mut self, state: State) -> Self {
        *self.state() = state;
        self
    }
}

impl<M: OneMessage> ServerMechanism for M {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        M::PROPERTIES
    }

    fn step(
        mut self,
        cx: &Context<'_>,
        input: ServerInput<'_>,
        _: &mut Vec<u8>,
    ) -> ServerStep<Self> {
        use {ServerInput as I, State as S};
        match (core::mem::take(self.state()), input) {
            //= SRS_SASL_MECHANISMS_01_023
            (S::Idle, I::Initial(None)) => {
                ServerStep::Challenge(self.with_state(S::AwaitingMessage))
            }
            (S::Idle, I::Initial(Some(message))) | (S::AwaitingMessage, I::Response(message)) => {
                match self.principal(cx, message) {
                    Ok(principal) => {
                        let state = S::Authorizing(principal.clone());
                        ServerStep::Authorize(self.with_state(state), principal)
                    }
                    Err(fault) => ServerStep::fail(fault),
                }
            }
            //= SRS_SASL_SERVER_IO_01_094
            (S::Authorizing(principal), I::Authorized(true)) => ServerStep::Success {
                established: Established::one_way(M::PROPERTIES.name, principal),
                additional: false,
            },
            //= SRS_SASL_MECHANISMS_01_027
            (S::Authorizing(_), I::Authorized(false)) => ServerStep::fail(AuthFault::NotAuthorized),
            //= SRS_SASL_MECHANISMS_01_022
            (
                S::Idle | S::AwaitingMessage | S::Authorizing(_),
                I::Initial(_) | I::Response(_) | I::Lookup(_) | I::Authorized(_) | I::Work(_),
            ) => ServerStep::fail(AuthFault::Unexpected),
        }
    }
}

/// Where such a mechanism stands.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) enum State {
    #[default]
    Idle,
    AwaitingMessage,
    Authorizing(Principal),
}
