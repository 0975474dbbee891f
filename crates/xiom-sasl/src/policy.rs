//! Which mechanism: a decision by properties, the channel and the user's configuration, and a report.
//!
//! Invariants: the server's order never matters; nothing falls back to a weaker mechanism by itself,
//! and every mechanism in sight gets a verdict.

use core::cmp::Reverse;

use xiom_core::{SaslFault, Security};

use crate::client::ClientMechanism;
use crate::{BindingOffer, Context, LayerRange, Limits, Properties, Protection};

mod selection;

pub use selection::{Choice, Entry, Selection, Verdict};

/// What a side demands of a mechanism; the default is strict.
///
/// ```
/// use xiom_core::Security;
/// use xiom_sasl::client::{Anonymous, Mechanism, Plain};
/// use xiom_sasl::{Credentials, Policy};
///
/// let candidates = [
///     Mechanism::from(Plain::new(Credentials::new("tim", "tanstaaf"))?),
///     Mechanism::from(Anonymous::new("")?),
/// ];
/// let clear = Security::default();
/// // PLAIN would show the password, and ANONYMOUS does not step in for it.
/// assert!(Policy::default().select(&candidates, ["PLAIN", "ANONYMOUS"], &clear).choice().is_err());
///
/// let policy = Policy { allow_cleartext: true, ..Policy::default() };
/// assert_eq!(policy.select(&candidates, ["PLAIN"], &clear).choice().unwrap().index, 0);
/// # Ok::<(), xiom_core::AuthFault>(())
/// ```
#[expect(clippy::struct_excessive_bools, reason = "each is an independent demand of the user")]
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Policy {
    /// A secret may be shown on a channel that is not confidential.
    pub allow_cleartext: bool,
    /// A client may be nobody although it is configured to be somebody too; without this, an anonymous
    /// mechanism is chosen only when nothing else is configured.
    pub allow_anonymous: bool,
    /// Broken mechanisms may be used.
    pub allow_legacy: bool,
    /// The server must prove itself within the exchange.
    pub require_mutual: bool,
    /// The exchange must be bound to the channel.
    pub require_binding: bool,
    /// The mechanism must be able to protect the octets afterwards this well.
    pub require_layer: Protection,
    /// The strongest layer that is asked for on a channel without TLS; confidentiality. On a
    /// confidential channel there is none beyond [`Self::require_layer`]: nothing is encrypted twice.
    pub max_layer: Protection,
    /// Which of several permitted mechanisms a client takes.
    pub order: Order,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            allow_cleartext: false,
            allow_anonymous: false,
            allow_legacy: false,
            require_mutual: false,
            require_binding: false,
            require_layer: Protection::None,
            max_layer: Protection::Confidentiality,
            order: Order::Strength,
        }
    }
}

/// Which of several permitted mechanisms a client takes.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Order {
    /// The strongest by its properties; among equals the first configured.
    #[default]
    Strength,
    /// The first configured.
    Configured,
}

impl Policy {
    /// Chooses one of the configured `candidates` by the names that a server `offers`.
    ///
    /// ```
    /// use xiom_core::{SaslFault, Security};
    /// use xiom_sasl::Policy;
    /// use xiom_sasl::client::Anonymous;
    ///
    /// let candidates = [Anonymous::new("")?];
    /// let (policy, clear) = (Policy::default(), Security::default());
    /// let choice = policy.choose(&candidates, ["PLAIN", "ANONYMOUS"].into_iter(), &clear);
    /// assert_eq!(choice.unwrap().index, 0);
    /// let choice = policy.choose(&candidates, ["PLAIN"].into_iter(), &clear);
    /// assert_eq!(choice, Err(SaslFault::NoCommonMechanism));
    /// # Ok::<(), xiom_core::AuthFault>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`SaslFault::NothingOffered`] or [`SaslFault::NoCommonMechanism`]; [`Self::select`] says more.
    pub fn choose<'a, M: ClientMechanism>(
        &self,
        candidates: &[M],
        offers: impl Iterator<Item = &'a str> + Clone,
        security: &Security,
    ) -> Result<Choice, SaslFault> {
        let judged = self.judge(candidates, offers.clone(), security).enumerate();
        let permitted = judged.filter(|(_, (_, objection))| objection.is_none());
        //= SRS_SASL_MECHANISMS_01_003
        //= SRS_SASLCLIENTIO_01_043, SRS_SASLCLIENTIO_01_046
        // Among equals it is the first.
        let best = permitted.min_by_key(|(_, (properties, _))| self.rank(properties));
        match best {
            Some((index, _)) => {
                Ok(Choice { index, binding: binding(candidates, offers, security) })
            }
            None if offers.clone().next().is_none() => Err(SaslFault::NothingOffered),
            None => Err(SaslFault::NoCommonMechanism),
        }
    }

    /// Judges the configured `candidates` against the names that a server `offers`: the choice, and why.
    pub fn select<'a, M: ClientMechanism>(
        &self,
        candidates: &[M],
        offers: impl IntoIterator<Item = &'a str, IntoIter: Clone>,
        security: &Security,
    ) -> Selection<'a> {
        let offers = offers.into_iter();
        let choice = self.choose(candidates, offers.clone(), security);
        let judged = self.judge(candidates, offers.clone(), security).enumerate();
        //= SRS_SASL_MECHANISMS_01_014
        let configured = judged.map(|(index, (properties, objection))| {
            let is_chosen = choice.is_ok_and(|choice| choice.index == index);
            let permitted = if is_chosen { Verdict::Chosen } else { Verdict::Weaker };
            Entry { name: properties.name, verdict: objection.unwrap_or(permitted) }
        });
        let is_configured = |name: &str| candidates.iter().any(|it| it.properties().name == name);
        //= SRS_SASL_MECHANISMS_01_015
        let unknown = offers
            .filter(|name| is_name(name) && !is_configured(name))
            .take(MAX_UNKNOWN)
            .map(|name| Entry { name, verdict: Verdict::NotConfigured });
        Selection::new(choice, configured.chain(unknown).collect())
    }

    /// What each of the `candidates` is, and why it may not run.
    fn judge<'a, M: ClientMechanism>(
        &self,
        candidates: &[M],
        offers: impl Iterator<Item = &'a str> + Clone,
        security: &Security,
    ) -> impl Iterator<Item = (Properties, Option<Verdict>)> {
        let only_anonymous = candidates.iter().all(|candidate| candidate.properties().anonymous);
        candidates.iter().map(M::properties).map(move |properties| {
            let objection = if !offers.clone().any(|name| name == properties.name) {
                //= SRS_SASL_MECHANISMS_01_001
                Some(Verdict::NotOffered)
            } else if properties.anonymous && !self.allow_anonymous && !only_anonymous {
                //= SRS_SASL_MECHANISMS_01_006
                //= SRS_SASLCLIENTIO_50_020
                Some(Verdict::Anonymous)
            } else {
                self.objection(&properties, security, Side::Client)
            };
            (properties, objection)
        })
    }

    /// The context of an exchange under this policy.
    #[must_use]
    pub fn context<'a>(
        &self,
        security: &'a Security,
        limits: &'a Limits,
        binding: BindingOffer,
    ) -> Context<'a> {
        Context::new(security, limits)
            .with_binding(binding)
            .with_cleartext(self.allow_cleartext)
            .with_layers(self.layers(security))
    }

    //= SRS_SASL_MECHANISMS_01_122
    /// The layers that may be negotiated on a channel with `security`.
    fn layers(&self, security: &Security) -> LayerRange {
        let least = self.require_layer;
        let most = if security.confidential { least } else { self.max_layer.max(least) };
        LayerRange { least, most }
    }

    /// Why a mechanism may not run on a channel with `security`; `None` when it may.
    #[must_use]
    pub fn objection(
        &self,
        properties: &Properties,
        security: &Security,
        side: Side,
    ) -> Option<Verdict> {
        let bindings = &security.bindings;
        let identity = match side {
            Side::Client => security.certificate,
            Side::Server => security.peer.is_some(),
        };
        if properties.legacy && !self.allow_legacy {
            //= SRS_SASL_MECHANISMS_01_013
            Some(Verdict::Legacy)
        } else if properties.reveals_secret && !security.confidential && !self.allow_cleartext {
            //= SRS_SASL_MECHANISMS_01_005
            //= SRS_SASL_SERVER_IO_50_004
            //= SRS_SASLCLIENTIO_50_019
            Some(Verdict::NotConfidential)
        } else if properties.external && !identity {
            //= SRS_SASL_MECHANISMS_01_008
            Some(Verdict::NoCertificate)
        } else if properties.binds && bindings.exporter.is_none() && bindings.end_point.is_none() {
            //= SRS_SASL_MECHANISMS_01_009
            Some(Verdict::NoBinding)
        } else if self.require_binding && !properties.binds {
            //= SRS_SASL_MECHANISMS_01_010
            Some(Verdict::NotBinding)
        } else if self.require_mutual && !properties.mutual {
            //= SRS_SASL_MECHANISMS_01_011
            Some(Verdict::NotMutual)
        } else if properties.layers.strongest() < self.require_layer {
            //= SRS_SASL_MECHANISMS_01_012
            Some(Verdict::NoLayer)
        } else {
            None
        }
    }

    /// Smaller is better: not broken, not anonymous, no secret shown, mutual, bound, no dictionary, more bits.
    fn rank(&self, properties: &Properties) -> Option<impl Ord + use<>> {
        let Properties { legacy, anonymous, reveals_secret, mutual, binds, dictionary, .. } =
            *properties;
        let weak = (legacy, anonymous, reveals_secret);
        let strength = Reverse(properties.strength);
        match self.order {
            //= SRS_SASL_MECHANISMS_01_002
            Order::Strength => Some((weak, !mutual, !binds, dictionary, strength)),
            //= SRS_SASL_MECHANISMS_01_004
            Order::Configured => None,
        }
    }
}

/// Which end decides: an identity from below is a certificate of this end, or a proof of the peer.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Side {
    /// The end that chooses.
    Client,
    /// The end that offers.
    Server,
}

/// What the client says about channel binding when the mechanism itself does not bind.
fn binding<'a, M: ClientMechanism>(
    candidates: &[M],
    mut offers: impl Iterator<Item = &'a str>,
    security: &Security,
) -> BindingOffer {
    let bindings = &security.bindings;
    let able = bindings.exporter.is_some() || bindings.end_point.is_some();
    let binding = candidates.iter().map(M::properties).filter(|it| able && it.binds);
    if binding.clone().next().is_none() {
        BindingOffer::None
    } else if offers.any(|name| binding.clone().any(|properties| properties.name == name)) {
        BindingOffer::Offered
    } else {
        //= SRS_SASL_MECHANISMS_01_055
        BindingOffer::Withheld
    }
}

//= SRS_SASL_MECHANISMS_01_015
/// `sasl-mech = 1*20mech-char` (RFC 4422 section 3.1); a report shows nothing else of a peer.
fn is_name(name: &str) -> bool {
    let is_char = |octet: u8| {
        octet.is_ascii_uppercase() || octet.is_ascii_digit() || matches!(octet, b'-' | b'_')
    };
    (1..=20).contains(&name.len()) && name.bytes().all(is_char)
}

/// Unknown mechanisms in a report.
const MAX_UNKNOWN: usize = 32;
