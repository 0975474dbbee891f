//! What mechanisms have in common whose client says one message and awaits the outcome.
//!
//! Invariant: the message is said once; no challenge and no computation belongs to such a mechanism.

use alloc::vec::Vec;

use xiom_core::AuthFault;

use super::{ClientMechanism, ClientStep};
use crate::{Context, Established, NoLayer, Principal, Properties};

/// A mechanism of one message; all that differs between them.
pub(crate) trait OneMessage: Sized {
    /// What the mechanism is.
    const PROPERTIES: Properties;

    /// Where the exchange stands.
    fn state(&mut self) -> &mut Single;

    /// Whether the message was said.
    fn is_sent(&self) -> bool;

    /// Appends the message.
    fn message(&self, cx: &Context<'_>, out: &mut Vec<u8>) -> Result<(), AuthFault>;

    /// Who the client is, as it sees itself.
    fn principal(self) -> Principal;
}

impl<M: OneMessage> ClientMechanism for M {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        M::PROPERTIES
    }

    fn start(&mut self, cx: &Context<'_>, out: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        match core::mem::replace(self.state(), Single::Failed) {
            Single::Idle => {
                self.message(cx, out)?;
                *self.state() = Single::Sent;
                Ok(ClientStep::Send)
            }
            //= SRS_SASL_MECHANISMS_01_021
            Single::Sent | Single::Failed => Err(AuthFault::Unexpected),
        }
    }

    //= SRS_SASL_MECHANISMS_01_024
    fn challenge(
        &mut self,
        _: &Context<'_>,
        _: &[u8],
        _: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        *self.state() = Single::Failed;
        Err(AuthFault::Unexpected)
    }

    fn work(&mut self, _: &Context<'_>, _: u32, _: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        *self.state() = Single::Failed;
        Err(AuthFault::Unexpected)
    }

    fn is_done(&self) -> bool {
        self.is_sent()
    }

    //= SRS_SASL_MECHANISMS_01_019
    //= SRS_SASLCLIENTIO_50_007
    //= SRS_THRIFT_SASL_50_052
    /// Additional data means nothing to these mechanisms, and servers in the field send a greeting.
    fn outcome_ok(
        mut self,
        _: &Context<'_>,
        _: Option<&[u8]>,
    ) -> Result<Established<NoLayer>, AuthFault> {
        if *self.state() == Single::Sent {
            Ok(Established::one_way(M::PROPERTIES.name, self.principal()))
        } else {
            Err(AuthFault::Unexpected)
        }
    }
}

/// Where a mechanism of a single message stands.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) enum Single {
    #[default]
    Idle,
    Sent,
    Failed,
}
