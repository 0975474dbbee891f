//! The outcome of a negotiation: the choice, and a verdict on each mechanism in sight.

use alloc::vec::Vec;
use core::fmt;

use xiom_core::SaslFault;

use crate::BindingOffer;

/// The choice, and a verdict on each mechanism that was configured or offered; it borrows from the offer.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Selection<'a> {
    choice: Result<Choice, SaslFault>,
    entries: Vec<Entry<'a>>,
}

impl<'a> Selection<'a> {
    pub(super) const fn new(choice: Result<Choice, SaslFault>, entries: Vec<Entry<'a>>) -> Self {
        Self { choice, entries }
    }

    /// The one mechanism to use.
    ///
    /// # Errors
    ///
    /// As [`crate::Policy::choose`]; the [`Self::entries`] say more.
    pub const fn choice(&self) -> Result<Choice, SaslFault> {
        self.choice
    }

    /// The verdicts: first the configured mechanisms in their order, then the unknown offers.
    #[must_use]
    pub fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }
}

impl fmt::Display for Selection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Entry { name, verdict }) in self.entries.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{name}: {verdict}")?;
        }
        Ok(())
    }
}

/// The mechanism to use.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Choice {
    /// Which of the candidates.
    pub index: usize,
    /// What the context of the exchange says about channel binding.
    pub binding: BindingOffer,
}

/// The verdict on one mechanism.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Entry<'a> {
    /// The name on the wire.
    pub name: &'a str,
    /// Whether it is used, or why not.
    pub verdict: Verdict,
}

/// Whether a mechanism is used, or why not.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// It is used.
    Chosen,
    /// It is permitted, and another one comes first.
    Weaker,
    /// It is configured, and the server does not offer it.
    NotOffered,
    /// The server offers it, and it is not configured.
    NotConfigured,
    /// It authenticates nobody, and somebody is configured.
    Anonymous,
    /// It is broken, and the policy does not permit it.
    Legacy,
    /// It would show the secret on a channel that is not confidential.
    NotConfidential,
    /// It needs an identity from the layer below, which has none.
    NoCertificate,
    /// It binds to the channel, which gives nothing to bind to.
    NoBinding,
    /// It does not bind to the channel, and that is required.
    NotBinding,
    /// It does not make the server prove itself, and that is required.
    NotMutual,
    /// It cannot protect the octets afterwards, and that is required.
    NoLayer,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chosen => "chosen",
            Self::Weaker => "permitted, but another one comes first",
            Self::NotOffered => "configured, but not offered",
            Self::NotConfigured => "offered, but not configured",
            Self::Anonymous => "authenticates nobody, and credentials are configured",
            Self::Legacy => "broken, and not permitted",
            Self::NotConfidential => "would show the secret, and the channel is not confidential",
            Self::NoCertificate => "needs a certificate, and there is none",
            Self::NoBinding => "binds to the channel, which gives nothing to bind to",
            Self::NotBinding => "does not bind to the channel, which is required",
            Self::NotMutual => "does not authenticate the server, which is required",
            Self::NoLayer => "has no security layer, which is required",
        })
    }
}
