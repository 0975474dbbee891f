//! PLAIN (RFC 4616): the password itself, on a confidential channel only.

use alloc::vec::Vec;

use xiom_core::AuthFault;

use super::one_message::{OneMessage, Single};
use crate::{Context, Credentials, Identity, Principal, Properties, prep};

/// `PLAIN`: shows the server the password.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Plain {
    credentials: Credentials,
    state: Single,
}

impl Plain {
    /// Logs in with `credentials`, which are sent as they are.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::ProhibitedCharacter`] for NUL or a password that is not UTF-8, and
    /// [`AuthFault::NoCredentials`] for an empty user, password or authorization identity.
    pub fn new(credentials: Credentials) -> Result<Self, AuthFault> {
        prep::safe(credentials.user.as_bytes())?;
        prep::safe(credentials.password.expose())?;
        if let Some(authzid) = &credentials.authzid {
            prep::safe(authzid.as_bytes())?;
        }
        Ok(Self { credentials, state: Single::Idle })
    }
}

impl OneMessage for Plain {
    const PROPERTIES: Properties =
        Properties { reveals_secret: true, dictionary: true, ..Properties::named("PLAIN") };

    fn state(&mut self) -> &mut Single {
        &mut self.state
    }

    fn is_sent(&self) -> bool {
        self.state == Single::Sent
    }

    /// `message = [authzid] NUL authcid NUL passwd` (RFC 4616 section 2)
    fn message(&self, cx: &Context<'_>, out: &mut Vec<u8>) -> Result<(), AuthFault> {
        cx.check_confidential()?;
        let Credentials { user, password, authzid } = &self.credentials;
        let authzid = authzid.as_deref().unwrap_or_default();
        let parts = [authzid.as_bytes(), b"\0", user.as_bytes(), b"\0", password.expose()];
        out.reserve_exact(parts.iter().map(|part| part.len()).sum());
        //= SRS_SASL_MECHANISMS_01_038
        for part in parts {
            out.extend_from_slice(part);
        }
        Ok(())
    }

    fn principal(self) -> Principal {
        let Credentials { user, authzid, .. } = self.credentials;
        Principal { identity: Identity::User(user), authzid }
    }
}
