//! ANONYMOUS (RFC 4505): one message that proves nothing.

use alloc::boxed::Box;
use alloc::vec::Vec;

use xiom_core::AuthFault;

use super::{ClientMechanism, ClientStep, Single};
use crate::{Context, Established, Identity, NoLayer, Principal, Properties, prep};

/// `ANONYMOUS` with a trace, such as an email address, that the server may log.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Anonymous {
    trace: Box<str>,
    state: Single,
}

impl Anonymous {
    /// Logs in as nobody; the `trace` may be empty.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::TooLong`] for a trace of more than 255 characters, and
    /// [`AuthFault::ProhibitedCharacter`] for one with controls (RFC 4505 section 3).
    pub fn new(trace: &str) -> Result<Self, AuthFault> {
        Ok(Self { trace: prep::trace(trace.as_bytes())?.into(), state: Single::Idle })
    }
}

impl ClientMechanism for Anonymous {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        Properties { anonymous: true, ..Properties::named(NAME) }
    }

    fn start(&mut self, _: &Context<'_>, out: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        let step = self.state.send()?;
        out.extend_from_slice(self.trace.as_bytes());
        Ok(step)
    }

    fn challenge(
        &mut self,
        _: &Context<'_>,
        _: &[u8],
        _: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        self.state.refuse()
    }

    fn work(&mut self, _: &Context<'_>, _: u32, _: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        self.state.refuse()
    }

    fn outcome_ok(
        self,
        _: &Context<'_>,
        _: Option<&[u8]>,
    ) -> Result<Established<NoLayer>, AuthFault> {
        self.state.outcome_ok()?;
        let identity = Identity::Anonymous(self.trace);
        Ok(Established::one_way(NAME, Principal { identity, authzid: None }))
    }
}

const NAME: &str = "ANONYMOUS";
