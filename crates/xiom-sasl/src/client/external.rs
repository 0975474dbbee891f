//! EXTERNAL (RFC 4422 appendix A): the layer below has proven who the client is.

use alloc::boxed::Box;
use alloc::vec::Vec;

use xiom_core::AuthFault;

use super::{ClientMechanism, ClientStep, Single};
use crate::{Context, Established, Identity, NoLayer, Principal, Properties, prep};

/// `EXTERNAL`: the server takes the identity from the certificate of this end.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct External {
    authzid: Option<Box<str>>,
    state: Single,
}

impl External {
    /// Acts as what belongs to the certificate, or as `authzid`.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::ProhibitedCharacter`] for NUL, and [`AuthFault::NoCredentials`] for an
    /// authorization identity that is there and empty.
    pub fn new(authzid: Option<&str>) -> Result<Self, AuthFault> {
        let authzid = authzid.map(|authzid| prep::safe(authzid.as_bytes())).transpose()?;
        Ok(Self { authzid: authzid.map(Box::from), state: Single::Idle })
    }
}

impl ClientMechanism for External {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        Properties { external: true, ..Properties::named(NAME) }
    }

    fn start(&mut self, cx: &Context<'_>, out: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        if !cx.security.certificate {
            self.state = Single::Failed;
            return Err(AuthFault::NoCredentials);
        }
        let step = self.state.send()?;
        //= SRS_SASL_MECHANISMS_01_045
        out.extend_from_slice(self.authzid.as_deref().unwrap_or_default().as_bytes());
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

    /// The principal's name is empty unless one was asked for: only the server knows it.
    fn outcome_ok(
        self,
        _: &Context<'_>,
        _: Option<&[u8]>,
    ) -> Result<Established<NoLayer>, AuthFault> {
        self.state.outcome_ok()?;
        let identity = Identity::External("".into());
        Ok(Established::one_way(NAME, Principal { identity, authzid: self.authzid }))
    }
}

const NAME: &str = "EXTERNAL";
