//! A context of Kerberos as `GSSAPI` uses it.

use alloc::sync::Arc;
use core::fmt;

use xiom_core::{AuthFault, LayerFault, WireBuf};
use xiom_sasl::gss::{GssContext, GssFlags, Unwrapped};

use crate::handle::{Credential, Name, SecurityContext, Stepped};
use crate::status::Status;

/// One end of a security context; from [`crate::Initiator`] or [`crate::Service`].
///
/// It can be moved to another thread, since the library ties no context to one, and not be shared: the library
/// does not lock it.
pub struct Context {
    security: SecurityContext,
    role: Role,
    flags: GssFlags,
}

enum Role {
    Initiator {
        credential: Option<Credential>,
        target: Name,
        asked: u32,
        /// The first token, made before the exchange, until it is asked for.
        first: Option<Stepped>,
    },
    Acceptor(Arc<Credential>),
}

impl Context {
    /// Makes the first token, for which the library may ask the realm.
    pub(crate) fn initiate(
        mut security: SecurityContext,
        credential: Option<Credential>,
        target: Name,
        flags: GssFlags,
    ) -> Result<Self, Status> {
        let asked = bits(flags);
        let first = security.initiate(credential.as_ref(), &target, asked, &[])?;
        let role = Role::Initiator { credential, target, asked, first: Some(first) };
        Ok(Self { security, role, flags: GssFlags::default() })
    }

    pub(crate) fn accept(security: SecurityContext, credential: Arc<Credential>) -> Self {
        Self { security, role: Role::Acceptor(credential), flags: GssFlags::default() }
    }
}

impl GssContext for Context {
    /// Takes the peer's token.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::Gss`], which [`crate::Library::describe`] explains.
    fn step(&mut self, token: &[u8], out: &mut Vec<u8>) -> Result<bool, AuthFault> {
        let security = &mut self.security;
        let stepped = match &mut self.role {
            Role::Initiator { credential, target, asked, first } => match (first.take(), token) {
                (Some(first), []) => Ok(first),
                (Some(_), [_, ..]) => return Err(AuthFault::Unexpected),
                (None, token) => security.initiate(credential.as_ref(), target, *asked, token),
            },
            Role::Acceptor(credential) => security.accept(credential, token),
        };
        let stepped = stepped.map_err(|status| status.auth_fault())?;
        out.extend_from_slice(&stepped.token);
        self.flags = flags(stepped.flags);
        Ok(stepped.is_complete)
    }

    fn flags(&self) -> GssFlags {
        self.flags
    }

    fn initiator(&self) -> Option<Box<str>> {
        self.security.initiator()
    }

    fn wrap(
        &mut self,
        confidential: bool,
        plain: &[u8],
        out: &mut WireBuf,
    ) -> Result<bool, LayerFault> {
        let wrapped = self.security.wrap(confidential, plain);
        let (token, is_encrypted) = wrapped.map_err(|status| status.layer_fault())?;
        out.extend(token.octets());
        Ok(is_encrypted)
    }

    fn unwrap(&mut self, token: &mut [u8]) -> Result<Unwrapped, LayerFault> {
        let (plain, confidential) = self.security.unwrap(token).map_err(|status| fault(&status))?;
        let plain = plain.octets();
        // A token is never shorter than what it holds.
        token.get_mut(..plain.len()).ok_or(LayerFault::Malformed)?.copy_from_slice(plain);
        Ok(Unwrapped { plain: 0..plain.len(), confidential })
    }

    fn wrap_size_limit(&mut self, confidential: bool, max_token: u32) -> Result<u32, LayerFault> {
        let limit = self.security.wrap_size_limit(confidential, max_token);
        limit.map_err(|status| status.layer_fault())
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("flags", &self.flags).finish_non_exhaustive()
    }
}

/// What a token that was not taken means for a layer.
const fn fault(status: &Status) -> LayerFault {
    match status.major() {
        BAD_MIC => LayerFault::BadMac,
        DEFECTIVE_TOKEN => LayerFault::Malformed,
        // Repeated, old, early, or behind a gap, and nothing worse.
        informs if informs & !OUT_OF_SEQUENCE == 0 => LayerFault::OutOfSequence,
        _ => status.layer_fault(),
    }
}

fn flags(bits: u32) -> GssFlags {
    let has = |bit| bits & bit != 0;
    GssFlags {
        mutual: has(MUTUAL),
        integrity: has(INTEGRITY),
        confidentiality: has(CONFIDENTIALITY),
        replay: has(REPLAY),
        sequence: has(SEQUENCE),
        delegation: has(DELEGATION),
        anonymous: has(ANONYMOUS),
    }
}

//= SRS_SASL_MECHANISMS_01_069
fn bits(flags: GssFlags) -> u32 {
    let bit = |is_set, bit| if is_set { bit } else { 0 };
    bit(flags.mutual, MUTUAL)
        | bit(flags.integrity, INTEGRITY)
        | bit(flags.confidentiality, CONFIDENTIALITY)
        | bit(flags.replay, REPLAY)
        | bit(flags.sequence, SEQUENCE)
        | bit(flags.delegation, DELEGATION)
        | bit(flags.anonymous, ANONYMOUS)
}

/// `GSS_C_DELEG_FLAG`
const DELEGATION: u32 = 1;
/// `GSS_C_MUTUAL_FLAG`
const MUTUAL: u32 = 2;
/// `GSS_C_REPLAY_FLAG`
const REPLAY: u32 = 4;
/// `GSS_C_SEQUENCE_FLAG`
const SEQUENCE: u32 = 8;
/// `GSS_C_CONF_FLAG`
const CONFIDENTIALITY: u32 = 16;
/// `GSS_C_INTEG_FLAG`
const INTEGRITY: u32 = 32;
/// `GSS_C_ANON_FLAG`
const ANONYMOUS: u32 = 64;

/// `GSS_S_DUPLICATE_TOKEN`, `GSS_S_OLD_TOKEN`, `GSS_S_UNSEQ_TOKEN` and `GSS_S_GAP_TOKEN`
const OUT_OF_SEQUENCE: u32 = 0b1_1110;
/// `GSS_S_BAD_MIC`
const BAD_MIC: u32 = 6 << 16;
/// `GSS_S_DEFECTIVE_TOKEN`
const DEFECTIVE_TOKEN: u32 = 9 << 16;

#[cfg(test)]
mod tests {
    use super::*;

    //= test SRS_SASL_MECHANISMS_01_069
    /// Each flag is asked for by its own bit, and nothing else is.
    #[test]
    fn flags_are_bits() {
        assert_eq!(bits(GssFlags::ASKED), 0b11_1110);
        assert_eq!(bits(GssFlags::default()), 0);
        for set in 0..128 {
            assert_eq!(bits(flags(set)), set);
        }
        // Other bits of the library are no promise.
        assert_eq!(flags(0xffff_ff80), GssFlags::default());
        assert!(flags(1).delegation && flags(64).anonymous);
    }

    /// A move to another thread is all that is promised.
    #[test]
    fn a_context_can_be_moved() {
        const fn moves<T: Send>() -> bool {
            size_of::<T>() != 0
        }
        assert!(moves::<Context>() && moves::<crate::Service>());
    }
}
