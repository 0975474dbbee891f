//! What a server offers on one channel, and the client's choice among it.

use alloc::vec::Vec;

use xiom_core::Security;

use super::ServerMechanism;
use crate::{BindingOffer, Policy, Side};

/// The mechanisms that a server offers on one channel, each ready to start once.
///
/// ```
/// use xiom_core::Security;
/// use xiom_sasl::Policy;
/// use xiom_sasl::server::{Anonymous, External, Mechanism, Offer, ServerMechanism};
///
/// let mechanisms = [Mechanism::from(External::new()), Mechanism::from(Anonymous::new())];
/// let offer = Offer::new(mechanisms, &Policy::default(), &Security::default());
/// // Nobody has shown a certificate, so EXTERNAL is not there.
/// assert_eq!(offer.names().collect::<Vec<_>>(), ["ANONYMOUS"]);
/// assert_eq!(offer.select("ANONYMOUS").unwrap().properties().name, "ANONYMOUS");
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Offer<M> {
    mechanisms: Vec<M>,
}

impl<M: ServerMechanism> Offer<M> {
    //= SRS_SASL_MECHANISMS_01_016
    /// Offers those of `mechanisms`, in their order, that `policy` permits on a channel with `security`;
    /// [`Policy::objection`] says why not.
    pub fn new(
        mechanisms: impl IntoIterator<Item = M>,
        policy: &Policy,
        security: &Security,
    ) -> Self {
        let permitted = |mechanism: &M| {
            policy.objection(&mechanism.properties(), security, Side::Server).is_none()
        };
        //= SRS_SASL_SERVER_IO_01_019, SRS_SASL_SERVER_IO_01_092, SRS_SASL_SERVER_IO_01_095
        Self { mechanisms: mechanisms.into_iter().filter(permitted).collect() }
    }

    /// The names to send.
    //= SRS_SASL_SERVER_IO_01_020
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.mechanisms.iter().map(|mechanism| mechanism.properties().name)
    }

    /// What the context of the exchange says about channel binding.
    #[must_use]
    pub fn binding(&self) -> BindingOffer {
        if self.mechanisms.iter().any(|mechanism| mechanism.properties().binds) {
            BindingOffer::Offered
        } else {
            BindingOffer::None
        }
    }

    //= SRS_SASL_MECHANISMS_01_017
    /// The mechanism of exactly this `name`; `None` when it was not offered. There is no second choice.
    #[must_use]
    //= SRS_SASL_SERVER_IO_01_082
    pub fn select(self, name: &str) -> Option<M> {
        self.mechanisms.into_iter().find(|mechanism| mechanism.properties().name == name)
    }
}
