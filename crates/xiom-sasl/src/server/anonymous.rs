//! ANONYMOUS (RFC 4505): lets in whom the application lets in as nobody.

use xiom_core::AuthFault;

use super::one_message::{OneMessage, State};
use crate::{Context, Identity, Principal, Properties, prep};

/// `ANONYMOUS`: the application still decides, by the trace or otherwise.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Anonymous {
    state: State,
}

impl Anonymous {
    /// Takes anybody whom the application permits.
    #[must_use]
    pub const fn new() -> Self {
        Self { state: State::Idle }
    }
}

impl OneMessage for Anonymous {
    const PROPERTIES: Properties = Properties { anonymous: true, ..Properties::named("ANONYMOUS") };

    fn state(&mut self) -> &mut State {
        &mut self.state
    }

    fn principal(&self, cx: &Context<'_>, message: &[u8]) -> Result<Principal, AuthFault> {
        match cx.check_size(message).and_then(|()| prep::trace(message)) {
            // A trace proves nothing, and clients in the field put controls into it, such as a NUL:
            // what RFC 4505 forbids is dropped, and not the client with it.
            //= SRS_SASL_MECHANISMS_01_036
            result @ (Ok(_) | Err(AuthFault::ProhibitedCharacter)) => {
                let identity = Identity::Anonymous(result.unwrap_or_default().into());
                Ok(Principal { identity, authzid: None })
            }
            Err(fault) => Err(fault),
        }
    }
}
