//! EXTERNAL (RFC 4422 appendix A): the layer below has proven who the client is.

use alloc::boxed::Box;
use alloc::vec::Vec;

use xiom_core::AuthFault;

use super::one_message::{OneMessage, Single};
use crate::{Context, Identity, Principal, Properties, prep};

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

impl OneMessage for External {
    const PROPERTIES: Properties = Properties { external: true, ..Properties::named("EXTERNAL") };

    fn state(&mut self) -> &mut Single {
        &mut self.state
    }

    fn is_sent(&self) -> bool {
        self.state == Single::Sent
    }

    fn message(&self, cx: &Context<'_>, out: &mut Vec<u8>) -> Result<(), AuthFault> {
        if !cx.security.certificate {
            return Err(AuthFault::NoCredentials);
        }
        //= SRS_SASL_MECHANISMS_01_045
        out.extend_from_slice(self.authzid.as_deref().unwrap_or_default().as_bytes());
        Ok(())
    }

    /// The principal's name is empty unless one was asked for: only the server knows it.
    fn principal(self) -> Principal {
        Principal { identity: Identity::External("".into()), authzid: self.authzid }
    }
}
