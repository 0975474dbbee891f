//! The security layer of DIGEST-MD5 (RFC 2831 sections 2.3 and 2.4).
//!
//! Invariants: the MAC of a token is judged, in constant time, before anything else in it counts; the
//! first fault in either direction ends both.

use alloc::boxed::Box;
use alloc::vec;
use core::ops::Range;

use subtle::{Choice, ConstantTimeEq};
use xiom_core::{LayerFault, WireBuf};

use super::Quality;
use super::ciphers::Stream;
use super::keys::{End, Session, hmac_md5};
use crate::scram::hash::Tag;
use crate::{NoLayer, Protection, SecurityLayer};

/// Integrity, or confidentiality with `3des` or `rc4`, after DIGEST-MD5.
///
/// It is a plain value, which clones and compares, so that a model checker can hold it.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct DigestLayer {
    /// On the heap, so that a move leaves no key behind.
    outgoing: Box<Direction>,
    incoming: Box<Direction>,
    quality: Quality,
    max_sent: u32,
    max_token: usize,
    poisoned: bool,
}

/// What protects the octets of one direction.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Direction {
    signing: Tag,
    cipher: Option<Stream>,
    /// The number of the next token; none after the last that can be counted.
    next: Option<u32>,
}

impl DigestLayer {
    /// The layer of one `end` of a session; none if `quality` has none.
    pub(crate) fn new(
        session: &Session,
        end: End,
        quality: Quality,
        peer_buffer: u32,
        own_buffer: u32,
    ) -> Option<Self> {
        let direction = |end| {
            let cipher = match quality {
                Quality::Auth | Quality::Integrity => None,
                Quality::Confidentiality(cipher) => {
                    Some(Stream::new(cipher, &session.sealing(end)))
                }
            };
            Box::new(Direction { signing: session.signing(end), cipher, next: Some(0) })
        };
        let (own, peer) = match end {
            End::Client => (End::Client, End::Server),
            End::Server => (End::Server, End::Client),
        };
        (quality != Quality::Auth).then(|| Self {
            outgoing: direction(own),
            incoming: direction(peer),
            quality,
            max_sent: peer_buffer,
            max_token: usize::try_from(own_buffer).unwrap_or(usize::MAX),
            poisoned: false,
        })
    }

    /// Both directions go on with this number.
    #[cfg(test)]
    pub(crate) fn skip_to(&mut self, number: u32) {
        (self.outgoing.next, self.incoming.next) = (Some(number), Some(number));
    }

    //= SRS_SASL_MECHANISMS_01_072, SRS_SASL_MECHANISMS_01_092
    /// Does `deed` unless the layer has failed before, and never again once it fails.
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
}

impl Direction {
    /// The number of this token.
    fn count(&mut self) -> Result<u32, LayerFault> {
        //= SRS_SASL_MECHANISMS_01_092
        let number = self.next.ok_or(LayerFault::OutOfSequence)?;
        self.next = number.checked_add(1);
        Ok(number)
    }

    fn mac(&self, number: [u8; 4], plain: &[u8]) -> Tag {
        hmac_md5(self.signing.octets(), &[&number, plain])
    }

    fn wrap(&mut self, plain: &[u8], out: &mut WireBuf) -> Result<(), LayerFault> {
        let number = self.count()?.to_be_bytes();
        let mac = self.mac(number, plain);
        let start = out.len();
        out.extend(plain);
        if let Some(cipher) = &self.cipher {
            let padding = cipher.padding(plain.len().saturating_add(MAC));
            out.extend(&vec![u8::try_from(padding).unwrap_or_default(); padding]);
        }
        out.extend(mac.octets().get(..MAC).unwrap_or_default());
        if let Some(cipher) = &mut self.cipher {
            cipher.encrypt(out.pending_mut().get_mut(start..).unwrap_or_default());
        }
        out.extend(&TYPE);
        out.extend(&number);
        Ok(())
    }

    fn unwrap(&mut self, token: &mut [u8]) -> Result<Range<usize>, LayerFault> {
        let (rest, number) = token.split_last_chunk_mut::<4>().ok_or(LayerFault::Malformed)?;
        let (body, kind) = rest.split_last_chunk_mut::<2>().ok_or(LayerFault::Malformed)?;
        if body.len() < MAC || !self.cipher.as_ref().is_none_or(|it| it.is_whole(body.len())) {
            return Err(LayerFault::Malformed);
        }
        if let Some(cipher) = &mut self.cipher {
            cipher.decrypt(body);
        }
        let (padded, mac) = body.split_last_chunk::<MAC>().ok_or(LayerFault::Malformed)?;
        let (padding, is_padded) =
            self.cipher.as_ref().map_or((0, Choice::from(1)), |it| it.judge_padding(padded));
        let end = padded.len().saturating_sub(padding);
        let expected = self.mac(*number, padded.get(..end).unwrap_or_default());
        let is_mac = expected.octets().get(..MAC).unwrap_or_default().ct_eq(mac);
        //= SRS_SASL_MECHANISMS_01_067
        if !bool::from(is_mac & is_padded) {
            return Err(LayerFault::BadMac);
        }
        //= SRS_SASL_MECHANISMS_01_067
        //= SRS_SASL_MECHANISMS_01_072
        if *kind != TYPE {
            return Err(LayerFault::Malformed);
        }
        //= SRS_SASL_MECHANISMS_01_067
        //= SRS_SASL_MECHANISMS_01_072
        if u32::from_be_bytes(*number) != self.count()? {
            return Err(LayerFault::OutOfSequence);
        }
        Ok(0..end)
    }
}

impl SecurityLayer for DigestLayer {
    fn protection(&self) -> Protection {
        self.quality.protection()
    }

    fn max_plain(&self) -> usize {
        self.quality.capacity(self.max_sent)
    }

    fn max_token(&self) -> usize {
        self.max_token
    }

    fn max_sent(&self) -> usize {
        usize::try_from(self.max_sent).unwrap_or(usize::MAX)
    }

    fn set_max_sent(&mut self, octets: usize) {
        self.max_sent = u32::try_from(octets).unwrap_or(u32::MAX);
    }

    fn set_max_token(&mut self, octets: usize) {
        self.max_token = octets;
    }

    fn wrap(&mut self, plain: &[u8], out: &mut WireBuf) -> Result<(), LayerFault> {
        self.guard(|layer| {
            let (size, limit) = (plain.len(), layer.max_plain());
            //= SRS_SASL_MECHANISMS_01_071
            if limit < size {
                return Err(LayerFault::too_long(size, limit));
            }
            layer.outgoing.wrap(plain, out)
        })
    }

    fn unwrap(&mut self, token: &mut [u8]) -> Result<Range<usize>, LayerFault> {
        self.guard(|layer| {
            let (size, limit) = (token.len(), layer.max_token);
            if limit < size {
                return Err(LayerFault::too_long(size, limit));
            }
            layer.incoming.unwrap(token)
        })
    }
}

impl From<NoLayer> for DigestLayer {
    fn from(layer: NoLayer) -> Self {
        match layer {}
    }
}

/// The type of a message; there is but one.
const TYPE: [u8; 2] = [0, 1];
/// Octets of the MAC in a token.
pub(crate) const MAC: usize = 10;
/// Octets of the type and the number.
pub(crate) const TRAILER: usize = TYPE.len() + 4;
