//! EXTERNAL (RFC 4422 appendix A): who the client is comes from the layer below, never from the client.

use alloc::boxed::Box;

use xiom_core::AuthFault;

use super::one_message::{OneMessage, State};
use crate::{Context, Identity, Principal, Properties, prep};

/// `EXTERNAL`: works with [`xiom_core::Security::peer`].
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct External {
    state: State,
}

impl External {
    /// Takes the identity that the layer below has verified.
    #[must_use]
    pub const fn new() -> Self {
        Self { state: State::Idle }
    }
}

impl OneMessage for External {
    const PROPERTIES: Properties = Properties { external: true, ..Properties::named("EXTERNAL") };

    fn state(&mut self) -> &mut State {
        &mut self.state
    }

    fn principal(&self, cx: &Context<'_>, message: &[u8]) -> Result<Principal, AuthFault> {
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
