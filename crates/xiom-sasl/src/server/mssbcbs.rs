//! MSSBCBS at the server: lets in whom the application lets in as nobody, to bring a token later.

use xiom_core::AuthFault;

use super::one_message::{OneMessage, State};
use crate::{Context, Identity, Principal, Properties};

/// `MSSBCBS`: the client says nothing; the `$cbs` node of the application takes its token later.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Mssbcbs {
    state: State,
}

impl Mssbcbs {
    /// Takes anybody whom the application permits.
    #[must_use]
    pub const fn new() -> Self {
        Self { state: State::Idle }
    }
}

impl OneMessage for Mssbcbs {
    const PROPERTIES: Properties = Properties { anonymous: true, ..Properties::named("MSSBCBS") };

    fn state(&mut self) -> &mut State {
        &mut self.state
    }

    fn principal(&self, _: &Context<'_>, message: &[u8]) -> Result<Principal, AuthFault> {
        //= SRS_SASL_MECHANISMS_01_075
        if message.is_empty() {
            Ok(Principal { identity: Identity::Anonymous("".into()), authzid: None })
        } else {
            Err(AuthFault::Malformed)
        }
    }
}
