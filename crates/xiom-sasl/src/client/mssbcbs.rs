//! MSSBCBS: no identity now, a token later by claims-based security.

use alloc::vec::Vec;

use xiom_core::AuthFault;

use super::{ClientMechanism, ClientStep};
use crate::{Context, Established, Identity, NoLayer, Principal, Properties};

/// `MSSBCBS`: names the mechanism, sends nothing, and authenticates nobody.
///
/// The client becomes somebody when the AMQP connection carries a token to the `$cbs` node; until then
/// it is as anonymous as with `ANONYMOUS`, and the policy treats it so.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Mssbcbs {
    state: State,
}

#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
enum State {
    #[default]
    Idle,
    Named,
    Answered,
    Failed,
}

impl Mssbcbs {
    /// Logs in as nobody.
    #[must_use]
    pub const fn new() -> Self {
        Self { state: State::Idle }
    }
}

impl ClientMechanism for Mssbcbs {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        Properties { anonymous: true, ..Properties::named(NAME) }
    }

    fn start(&mut self, _: &Context<'_>, _: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        match core::mem::replace(&mut self.state, State::Failed) {
            State::Idle => {
                self.state = State::Named;
                Ok(ClientStep::NoInitialResponse)
            }
            //= SRS_SASL_MECHANISMS_01_021
            State::Named | State::Answered | State::Failed => Err(AuthFault::Unexpected),
        }
    }

    fn challenge(
        &mut self,
        _: &Context<'_>,
        data: &[u8],
        _: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        match (core::mem::replace(&mut self.state, State::Failed), data) {
            //= SRS_SASL_MECHANISMS_01_075
            (State::Named, []) => {
                self.state = State::Answered;
                Ok(ClientStep::Send)
            }
            //= SRS_SASL_MECHANISMS_01_075
            (State::Idle | State::Named | State::Answered | State::Failed, _) => {
                Err(AuthFault::Unexpected)
            }
        }
    }

    fn work(&mut self, _: &Context<'_>, _: u32, _: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        self.state = State::Failed;
        Err(AuthFault::Unexpected)
    }

    fn is_done(&self) -> bool {
        matches!(self.state, State::Named | State::Answered)
    }

    fn outcome_ok(
        self,
        _: &Context<'_>,
        _: Option<&[u8]>,
    ) -> Result<Established<NoLayer>, AuthFault> {
        match self.state {
            State::Named | State::Answered => {
                let identity = Identity::Anonymous("".into());
                Ok(Established::one_way(NAME, Principal { identity, authzid: None }))
            }
            //= SRS_SASL_MECHANISMS_01_019
            State::Idle | State::Failed => Err(AuthFault::Unexpected),
        }
    }
}

const NAME: &str = "MSSBCBS";
