//! Which mechanism: a decision by properties, the channel and the user's configuration, and a report.
//!
//! Invariants: the server's order never matters; nothing falls back to a weaker mechanism by itself,
//! and every mechanism in sight gets a verdict.

use alloc::vec::Vec;
use core::cmp::Reverse;

use xiom_core::Security;

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
    /// Judges the configured `candidates` against the names that a server `offers`.
    pub fn select<'a, M: ClientMechanism>(
        &self,
        candidates: &[M],
        offers: impl IntoIterator<Item = &'a str>,
        security: &Security,
    ) -> Selection<'a> {
        let offers: Vec<&str> = offers.into_iter().collect();
        let candidates: Vec<Properties> = candidates.iter().map(M::properties).collect();
        let only_anonymous = candidates.iter().all(|properties| properties.anonymous);
        let judge = |properties: &Properties| {
            if !offers.contains(&properties.name) {
                //= SRS_SASL_MECHANISMS_01_001
                Some(Verdict::NotOffered)
            } else if properties.anonymous && !self.allow_anonymous && !only_anonymous {
                //= SRS_SASL_MECHANISMS_01_006
                //= SRS_SASLCLIENTIO_50_020
                Some(Verdict::Anonymous)
            } else {
                self.objection(properties, security, Side::Client)
            }
        };
        let objections: Vec<Option<Verdict>> = candidates.iter().map(judge).collect();
        let best = self.best(&candidates, &objections);
        let choice =
            best.map(|index| Choice { index, binding: binding(&candidates, &offers, security) });
        let entries = report(&candidates, &objections, best, &offers);
        Selection::new(choice, offers.is_empty(), entries)
    }

    //= SRS_SASL_MECHANISMS_01_003
    //= SRS_SASLCLIENTIO_01_043, SRS_SASLCLIENTIO_01_046
    /// The best of the candidates without objection; among equals the first.
    fn best(&self, candidates: &[Properties], objections: &[Option<Verdict>]) -> Option<usize> {
        let permitted = candidates.iter().zip(objections).enumerate();
        permitted
            .filter(|(_, (_, objection))| objection.is_none())
            .min_by_key(|(index, (properties, _))| (self.rank(properties), *index))
            .map(|(index, _)| index)
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

//= SRS_SASL_MECHANISMS_01_014
/// A verdict on each candidate, then on what else is offered.
fn report<'a>(
    candidates: &[Properties],
    objections: &[Option<Verdict>],
    best: Option<usize>,
    offers: &[&'a str],
) -> Vec<Entry<'a>> {
    let judged = candidates.iter().zip(objections).enumerate();
    let configured = judged.map(|(index, (properties, objection))| {
        let permitted = if best == Some(index) { Verdict::Chosen } else { Verdict::Weaker };
        Entry { name: properties.name, verdict: objection.unwrap_or(permitted) }
    });
    let is_configured = |name: &str| candidates.iter().any(|properties| properties.name == name);
    //= SRS_SASL_MECHANISMS_01_015
    let unknown = offers
        .iter()
        .filter(|name| is_name(name) && !is_configured(name))
        .take(MAX_UNKNOWN)
        .map(|name| Entry { name, verdict: Verdict::NotConfigured });
    let mut entries = Vec::with_capacity(candidates.len().saturating_add(offers.len()));
    entries.extend(configured.chain(unknown));
    entries
}

/// What the client says about channel binding when the mechanism itself does not bind.
fn binding(candidates: &[Properties], offers: &[&str], security: &Security) -> BindingOffer {
    let bindings = &security.bindings;
    let able = bindings.exporter.is_some() || bindings.end_point.is_some();
    let mut binding = candidates.iter().filter(|properties| able && properties.binds).peekable();
    if binding.peek().is_none() {
        BindingOffer::None
    } else if binding.any(|properties| offers.contains(&properties.name)) {
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
