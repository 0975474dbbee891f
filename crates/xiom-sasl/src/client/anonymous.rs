//! ANONYMOUS (RFC 4505): one message that proves nothing.

use alloc::boxed::Box;
use alloc::vec::Vec;

use xiom_core::AuthFault;

use super::one_message::{OneMessage, Single};
use crate::{Context, Identity, Principal, Properties, prep};

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

impl OneMessage for Anonymous {
    const PROPERTIES: Properties = Properties { anonymous: true, ..Properties::named("ANONYMOUS") };

    fn state(&mut self) -> &mut Single {
        &mut self.state
    }

    fn is_sent(&self) -> bool {
        self.state == Single::Sent
    }

    fn message(&self, _: &Context<'_>, out: &mut Vec<u8>) -> Result<(), AuthFault> {
        out.extend_from_slice(self.trace.as_bytes());
        Ok(())
    }

    fn principal(self) -> Principal {
        Principal { identity: Identity::Anonymous(self.trace), authzid: None }
    }
}
