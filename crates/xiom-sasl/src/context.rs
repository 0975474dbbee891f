//! What a mechanism may consult besides its own state: facts of the channel, limits, the offer.
//!
//! There is no clock, no source of randomness and no callback here: an exchange depends on its inputs
//! alone.

use xiom_core::{AuthFault, Security};

use crate::{LayerRange, Limits};

/// What a mechanism may consult; the same in every call of one exchange.
///
/// ```
/// use xiom_core::Security;
/// use xiom_sasl::{BindingOffer, Context, Limits};
///
/// let (security, limits) = (Security::default(), Limits::default());
/// let cx = Context::new(&security, &limits).with_binding(BindingOffer::Withheld);
/// assert!(!cx.allow_cleartext);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// What the layers below give.
    pub security: &'a Security,
    /// The bounds of the exchange.
    pub limits: &'a Limits,
    /// What became of channel binding in the negotiation.
    pub binding: BindingOffer,
    /// A secret may travel although the channel is not confidential; false unless the user said so.
    pub allow_cleartext: bool,
    /// The layers that may be negotiated; none but none unless the policy says otherwise.
    pub layers: LayerRange,
}

impl<'a> Context<'a> {
    /// The strictest context: no channel binding, no secret in clear.
    #[must_use]
    pub const fn new(security: &'a Security, limits: &'a Limits) -> Self {
        Self {
            security,
            limits,
            binding: BindingOffer::None,
            allow_cleartext: false,
            layers: LayerRange::NONE,
        }
    }

    /// The same after a negotiation that ended with `binding`.
    #[must_use]
    pub const fn with_binding(self, binding: BindingOffer) -> Self {
        Self { binding, ..self }
    }

    /// The same, and secrets may travel in clear if `allowed`.
    #[must_use]
    pub const fn with_cleartext(self, allowed: bool) -> Self {
        Self { allow_cleartext: allowed, ..self }
    }

    /// The same, and these layers may be negotiated.
    #[must_use]
    pub const fn with_layers(self, layers: LayerRange) -> Self {
        Self { layers, ..self }
    }

    //= SRS_SASLCLIENTIO_50_019
    /// Refuses to show a secret to whoever listens (RFC 4616 section 3).
    pub(crate) const fn check_confidential(&self) -> Result<(), AuthFault> {
        if self.security.confidential || self.allow_cleartext {
            Ok(())
        } else {
            //= SRS_SASL_MECHANISMS_01_041
            Err(AuthFault::NotConfidential)
        }
    }

    //= SRS_SASL_MECHANISMS_01_026
    /// Refuses a message beyond the limit.
    pub(crate) const fn check_size(&self, message: &[u8]) -> Result<(), AuthFault> {
        if message.len() <= self.limits.message { Ok(()) } else { Err(AuthFault::TooLong) }
    }
}

/// What became of channel binding in the negotiation (RFC 5802 section 6).
///
/// The client takes it from [`crate::Choice`], the server from [`crate::server::Offer`].
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum BindingOffer {
    /// This side cannot bind the exchange: a client says `n`.
    #[default]
    None,
    /// The client could bind, and the server offered no mechanism that does: the client says `y`, so
    /// that a server which did offer one notices that somebody removed it.
    Withheld,
    /// The server offered a mechanism that binds: a server refuses a client that says `y`.
    Offered,
}
