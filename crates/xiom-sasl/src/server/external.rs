//! EXTERNAL (RFC 4422 appendix A): who the client is comes from the layer below, never from the client.

use alloc::boxed::Box;
use alloc::vec::Vec;

use xiom_core::AuthFault;

use super::{ServerInput, ServerMechanism, ServerStep};
use crate::{Context, Established, Identity, NoLayer, Principal, Properties, prep};

/// `EXTERNAL`: works with [`xiom_core::Security::peer`].
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct External {
    state: State,
}

#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
enum State {
    #[default]
    Idle,
    AwaitingAuthzid,
    Authorizing(Principal),
}

impl External {
    /// Takes the identity that the layer below has verified.
    #[must_use]
    pub const fn new() -> Self {
        Self { state: State::Idle }
    }

    fn authzid(cx: &Context<'_>, message: &[u8]) -> ServerStep<Self> {
        match Self::principal(cx, message) {
            Ok(principal) => {
                let state = State::Authorizing(principal.clone());
                ServerStep::Authorize(Self { state }, principal)
            }
            Err(fault) => ServerStep::fail(fault),
        }
    }

    fn principal(cx: &Context<'_>, message: &[u8]) -> Result<Principal, AuthFault> {
        cx.check_size(message)?;
        let peer = cx.security.peer.as_deref().filter(|peer| !peer.is_empty());
        //= SRS_SASL_MECHANISMS_01_044
        let identity = Identity::External(peer.ok_or(AuthFault::NoCredentials)?.into());
        let authzid = match message {
            //= SRS_SASL_MECHANISMS_01_045
            [] => None,
            //= SRS_SASL_MECHANISMS_01_045
            message => Some(prep::safe(message).map_err(|_| AuthFault::Malformed)?),
        };
        Ok(Principal { identity, authzid: authzid.map(Box::from) })
    }
}

impl ServerMechanism for External {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        Properties { external: true, ..Properties::named(NAME) }
    }

    fn step(self, cx: &Context<'_>, input: ServerInput<'_>, _: &mut Vec<u8>) -> ServerStep<Self> {
        use {ServerInput as I, State as S};
        match (self.state, input) {
            //= SRS_SASL_MECHANISMS_01_023
            (S::Idle, I::Initial(None)) => {
                ServerStep::Challenge(Self { state: S::AwaitingAuthzid })
            }
            (S::Idle, I::Initial(Some(message))) | (S::AwaitingAuthzid, I::Response(message)) => {
                Self::authzid(cx, message)
            }
            (S::Authorizing(principal), I::Authorized(true)) => ServerStep::Success {
                established: Established::one_way(NAME, principal),
                additional: false,
            },
            //= SRS_SASL_MECHANISMS_01_027
            (S::Authorizing(_), I::Authorized(false)) => ServerStep::fail(AuthFault::NotAuthorized),
            //= SRS_SASL_MECHANISMS_01_022
            (
                S::Idle | S::AwaitingAuthzid | S::Authorizing(_),
                I::Initial(_) | I::Response(_) | I::Lookup(_) | I::Authorized(_) | I::Work(_),
            ) => ServerStep::fail(AuthFault::Unexpected),
        }
    }
}

const NAME: &str = "EXTERNAL";
