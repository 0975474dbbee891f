//! The client's side of a mechanism.
//!
//! Invariant: [`Established`] comes from [`ClientMechanism::outcome_ok`] alone, which consumes the
//! mechanism; a mechanism that failed once gives nothing but errors.

use alloc::vec::Vec;

use xiom_core::AuthFault;

use crate::{Context, Established, Properties, SecurityLayer};

mod anonymous;
#[cfg(feature = "legacy")]
mod cram_md5;
#[cfg(feature = "legacy")]
mod digest_md5;
mod external;
mod gssapi;
mod mechanism;
mod mssbcbs;
mod oauth;
mod one_message;
mod plain;
mod scram;

pub use anonymous::Anonymous;
#[cfg(feature = "legacy")]
pub use cram_md5::CramMd5;
#[cfg(feature = "legacy")]
pub use digest_md5::DigestMd5;
pub use external::External;
pub use gssapi::Gssapi;
pub use mechanism::Mechanism;
pub use mssbcbs::Mssbcbs;
pub use oauth::OAuth;
pub use plain::Plain;
pub use scram::Scram;

/// One mechanism, from its first message to the server's outcome.
///
/// Messages are appended to `out`, which the caller wipes, for instance by holding it as
/// `zeroize::Zeroizing<Vec<u8>>`: they may show a secret. On an error nothing is appended. The context
/// is the same in every call.
///
/// No mechanism is asked to be clonable, as a context of Kerberos cannot be; those of [`Mechanism`] are.
pub trait ClientMechanism: Sized {
    /// What protects the octets after authentication.
    type Layer: SecurityLayer;

    /// What the mechanism is.
    fn properties(&self) -> Properties;

    /// Starts the exchange.
    ///
    /// # Errors
    ///
    /// Returns an [`AuthFault`] when the mechanism cannot run on this channel.
    fn start(&mut self, cx: &Context<'_>, out: &mut Vec<u8>) -> Result<ClientStep, AuthFault>;

    /// Takes the server's challenge.
    ///
    /// # Errors
    ///
    /// Returns an [`AuthFault`] when the challenge is malformed, out of turn or false.
    fn challenge(
        &mut self,
        cx: &Context<'_>,
        data: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault>;

    /// Goes on with a slow computation for `iterations`, and at least one, after
    /// [`ClientStep::Working`].
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::Unexpected`] when nothing is computed.
    fn work(
        &mut self,
        cx: &Context<'_>,
        iterations: u32,
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault>;

    /// Whether nothing but the server's word that all is well is awaited: the mechanism has said its part,
    /// and the server has proven itself where it must.
    fn is_done(&self) -> bool;

    /// Takes the server's word that all is well, with the additional data of its outcome if any.
    ///
    /// A server may prove itself in its last challenge, which is answered by an empty response, or in
    /// the additional data (RFC 4422 section 3.6); a mechanism takes both.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::ServerNotVerified`] when the mechanism makes the server prove itself and it
    /// has not, and [`AuthFault::Unexpected`] when the mechanism has not said its part.
    fn outcome_ok(
        self,
        cx: &Context<'_>,
        additional: Option<&[u8]>,
    ) -> Result<Established<Self::Layer>, AuthFault>;
}

/// What the client does next.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ClientStep {
    /// Name the mechanism without an initial response; await a challenge.
    NoInitialResponse,
    /// Send what was appended, be it nothing, as initial response or response.
    Send,
    /// Call [`ClientMechanism::work`]; nothing is to be sent yet.
    Working,
}
