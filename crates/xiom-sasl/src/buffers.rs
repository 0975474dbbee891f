//! Protected octets on the wire: each token after its length (RFC 4422 section 3.7).
//!
//! Invariants: a length is judged before any octet of its token is kept; after the first fault nothing
//! more is read or written; a token that lies whole in the input is not copied.

use alloc::vec::Vec;
use core::fmt;

use xiom_core::{LayerFault, Received, Secret, WireBuf};
use zeroize::Zeroizing;

use crate::{Protection, SecurityLayer};

/// The stream of an open channel through the layer `L`: 4 octets of length, most significant first,
/// and a token.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Buffers<L> {
    layer: L,
    /// The present length and token, as far as they came in earlier reads.
    gathered: Vec<u8>,
    /// Something was refused, in either direction.
    poisoned: bool,
}

impl<L: SecurityLayer> Buffers<L> {
    /// Protects everything from now on by `layer`.
    #[must_use]
    pub const fn new(layer: L) -> Self {
        Self { layer, gathered: Vec::new(), poisoned: false }
    }

    /// What the layer gives.
    pub fn protection(&self) -> Protection {
        self.layer.protection()
    }

    /// Whether the octets of the peer ended between two tokens, so that an end is in order.
    #[must_use]
    pub fn is_between(&self) -> bool {
        self.gathered.is_empty()
    }

    /// Appends `octets` in as many tokens as the peer's buffer asks for.
    ///
    /// # Errors
    ///
    /// Returns [`LayerFault`]; then nothing more may be sent.
    pub fn send(&mut self, octets: &[u8], out: &mut WireBuf) -> Result<(), LayerFault> {
        octets.chunks(self.layer.max_plain().max(1)).try_for_each(|plain| self.put(plain, out))
    }

    /// Appends one token, of octets that may be none.
    ///
    /// # Errors
    ///
    /// Returns [`LayerFault`] when the octets exceed what one token may carry, too; then nothing is
    /// appended.
    pub fn put(&mut self, plain: &[u8], out: &mut WireBuf) -> Result<(), LayerFault> {
        let start = out.len();
        let result = self.guard(|buffers| buffers.append(plain, start, out));
        if result.is_err() {
            out.truncate(start);
        }
        result
    }

    fn append(&mut self, plain: &[u8], start: usize, out: &mut WireBuf) -> Result<(), LayerFault> {
        out.extend(&[0; PREFIX]);
        //= SRS_SASL_MECHANISMS_01_071
        self.layer.wrap(plain, out)?;
        let size = out.len().saturating_sub(start).saturating_sub(PREFIX);
        let limit = usize::try_from(u32::MAX).unwrap_or(usize::MAX);
        let length = u32::try_from(size).map_err(|_| LayerFault::too_long(size, limit))?;
        let prefix = out.pending_mut().get_mut(start..start.saturating_add(PREFIX));
        prefix.unwrap_or_default().copy_from_slice(&length.to_be_bytes());
        Ok(())
    }

    /// Takes octets from the front of `input`, up to one token; as [`xiom_core::Layer::receive`].
    ///
    /// # Errors
    ///
    /// Returns [`LayerFault`]; then nothing more may be received.
    pub fn receive(&mut self, input: &mut [u8]) -> Result<Option<Received>, LayerFault> {
        self.guard(|buffers| buffers.take(input))
    }

    //= SRS_SASL_MECHANISMS_01_121
    /// Does `deed` unless something was refused before, and never again once it fails.
    fn guard<T>(
        &mut self,
        deed: impl FnOnce(&mut Self) -> Result<T, LayerFault>,
    ) -> Result<T, LayerFault> {
        if self.poisoned {
            return Err(LayerFault::Poisoned);
        }
        let result = deed(self);
        self.poisoned = result.is_err();
        result
    }

    fn take(&mut self, input: &mut [u8]) -> Result<Option<Received>, LayerFault> {
        if self.gathered.is_empty()
            && let Some(end) = self.end_of(input)?
            && let Some(token) = input.get_mut(PREFIX..end)
        {
            let plain = self.layer.unwrap(token)?;
            let data = plain.start.saturating_add(PREFIX)..plain.end.saturating_add(PREFIX);
            return Ok(Some(Received::plain(end, data)));
        }
        self.gather(input)
    }

    /// Where the token ends whose length `octets` begin with, once that is known.
    fn end_of(&self, octets: &[u8]) -> Result<Option<usize>, LayerFault> {
        let Some(prefix) = octets.first_chunk::<PREFIX>() else { return Ok(None) };
        let size = usize::try_from(u32::from_be_bytes(*prefix)).unwrap_or(usize::MAX);
        let limit = self.layer.max_token();
        //= SRS_SASL_MECHANISMS_01_073
        if limit < size {
            return Err(LayerFault::too_long(size, limit));
        }
        Ok(Some(size.saturating_add(PREFIX)))
    }

    //= SRS_SASL_MECHANISMS_01_123
    /// Keeps octets of a token that the input holds only a part of.
    fn gather(&mut self, input: &[u8]) -> Result<Option<Received>, LayerFault> {
        let mut taken = 0_usize;
        loop {
            let end = self.end_of(&self.gathered)?;
            let missing = end.unwrap_or(PREFIX).saturating_sub(self.gathered.len());
            if missing == 0 {
                break;
            }
            let rest = input.get(taken..).unwrap_or_default();
            let part = rest.get(..missing).unwrap_or(rest);
            if part.is_empty() {
                return Ok(Received::discard(input));
            }
            // Twice what has come, never what was merely announced.
            let come = self.gathered.len().saturating_add(part.len());
            self.gathered.reserve_exact(missing.min(come).max(part.len()));
            self.gathered.extend_from_slice(part);
            taken = taken.saturating_add(part.len());
        }
        let mut octets = Zeroizing::new(core::mem::take(&mut self.gathered));
        let plain = self.layer.unwrap(octets.get_mut(PREFIX..).unwrap_or_default())?;
        // What is left is handed up in the buffer in which it was gathered.
        octets.truncate(plain.end.saturating_add(PREFIX));
        let start = plain.start.saturating_add(PREFIX).min(octets.len());
        octets.drain(..start);
        let plain = Secret::from(core::mem::take(&mut *octets));
        Ok(Some(Received::gathered(taken, plain)))
    }
}

impl<L> fmt::Debug for Buffers<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffers").field("gathered", &self.gathered.len()).finish_non_exhaustive()
    }
}

/// Octets of the length.
const PREFIX: usize = 4;
