//! The security layer of a GSS context: each token is what was negotiated, and the next one.

use core::ops::Range;

use xiom_core::{LayerFault, WireBuf};

use super::GssContext;
use crate::{Protection, SecurityLayer};

/// The layer of the mechanism `GSSAPI`.
///
/// The context is dropped at the first error, after which there are only errors.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct GssLayer<G> {
    context: Option<G>,
    is_confidential: bool,
    /// Octets that one token may carry to the peer.
    max_plain: usize,
    /// Octets of the longest token that the peer takes.
    max_sent: usize,
    /// Octets of the longest token that this end takes.
    max_token: usize,
}

impl<G: GssContext> GssLayer<G> {
    /// Sends tokens of at most `max_sent` octets, which is the peer's buffer, and takes those of at most
    /// `max_token`; `None` when the peer's buffer has no room for a single octet.
    pub(super) fn new(
        mut context: G,
        is_confidential: bool,
        max_sent: u32,
        max_token: u32,
    ) -> Result<Option<Self>, LayerFault> {
        //= SRS_SASL_MECHANISMS_01_071
        let max_plain = usize_of(context.wrap_size_limit(is_confidential, max_sent)?);
        let (max_sent, max_token) = (usize_of(max_sent), usize_of(max_token));
        let fits = (1..max_sent).contains(&max_plain);
        Ok(fits.then_some(Self {
            context: Some(context),
            is_confidential,
            max_plain,
            max_sent,
            max_token,
        }))
    }
}

impl<G: GssContext> SecurityLayer for GssLayer<G> {
    fn protection(&self) -> Protection {
        if self.is_confidential { Protection::Confidentiality } else { Protection::Integrity }
    }

    fn max_plain(&self) -> usize {
        self.max_plain
    }

    fn max_token(&self) -> usize {
        self.max_token
    }

    fn max_sent(&self) -> usize {
        self.max_sent
    }

    fn set_max_sent(&mut self, octets: usize) {
        let Some(mut context) = self.context.take() else { return };
        let limit = u32::try_from(octets).unwrap_or(u32::MAX);
        // A context that cannot tell is dropped, as at every error.
        if let Ok(max_plain) = context.wrap_size_limit(self.is_confidential, limit) {
            (self.max_plain, self.max_sent) = (usize_of(max_plain), octets);
            self.context = Some(context);
        }
    }

    fn set_max_token(&mut self, octets: usize) {
        self.max_token = octets;
    }

    /// Appends the token of `plain`; on an error what was appended is overwritten and taken back.
    fn wrap(&mut self, plain: &[u8], out: &mut WireBuf) -> Result<(), LayerFault> {
        //= SRS_SASL_MECHANISMS_01_070
        //= SRS_SASL_MECHANISMS_01_072
        let mut context = self.context.take().ok_or(LayerFault::Poisoned)?;
        within(plain.len(), self.max_plain)?;
        let start = out.len();
        let result = context.wrap(self.is_confidential, plain, out).and_then(|is_encrypted| {
            within(out.len().saturating_sub(start), self.max_sent)?;
            //= SRS_SASL_MECHANISMS_01_114
            protected(self.is_confidential, is_encrypted)
        });
        match result {
            Ok(()) => self.context = Some(context),
            Err(_) => out.truncate(start),
        }
        result
    }

    fn unwrap(&mut self, token: &mut [u8]) -> Result<Range<usize>, LayerFault> {
        //= SRS_SASL_MECHANISMS_01_070
        //= SRS_SASL_MECHANISMS_01_072
        let mut context = self.context.take().ok_or(LayerFault::Poisoned)?;
        within(token.len(), self.max_token)?;
        let unwrapped = context.unwrap(token)?;
        //= SRS_SASL_MECHANISMS_01_114
        protected(self.is_confidential, unwrapped.confidential)?;
        token.get(unwrapped.plain.clone()).ok_or(LayerFault::Malformed)?;
        self.context = Some(context);
        Ok(unwrapped.plain)
    }
}

fn within(size: usize, limit: usize) -> Result<(), LayerFault> {
    if size <= limit { Ok(()) } else { Err(LayerFault::too_long(size, limit)) }
}

const fn protected(is_confidential: bool, is_encrypted: bool) -> Result<(), LayerFault> {
    if is_confidential && !is_encrypted { Err(LayerFault::NotConfidential) } else { Ok(()) }
}

/// The same number; no supported machine has a smaller `usize`.
fn usize_of(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
