//! The two messages in which the ends agree on a layer (RFC 4752 section 3).
//!
//! Both begin with 4 octets: a set of layers, and the longest token that the sender takes, most
//! significant octet first. Both travel as integrity-protected tokens of the context.

use alloc::boxed::Box;
use alloc::vec::Vec;

use xiom_core::{AuthFault, LayerFault, WireBuf};

use super::{GssContext, GssLayer};
use crate::{Context, Protection};

/// The layers from the strongest, each with its bit.
const LAYERS: [(Protection, u8); 3] =
    [(Protection::Confidentiality, 4), (Protection::Integrity, 2), (Protection::None, 1)];

/// The longest token that 3 octets can announce.
const MAX_BUFFER: u32 = 0xFF_FFFF;

/// The server's offer: a set of layers; the client's choice: one of them.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Layering {
    mask: u8,
    buffer: u32,
}

impl Layering {
    /// What a server offers: all layers that the context has and `cx` admits.
    //= SRS_SASL_MECHANISMS_01_107, SRS_SASL_MECHANISMS_01_112
    pub(crate) fn offer<G: GssContext>(cx: &Context<'_>, context: &G) -> Result<Self, AuthFault> {
        let bits = LAYERS.into_iter().filter(|(layer, _)| is_usable(cx, context, *layer));
        let mask = bits.fold(0, |mask, (_, bit)| mask | bit);
        match mask {
            0 => Err(AuthFault::NoCommonLayer),
            1 => Ok(Self { mask, buffer: 0 }),
            _ => Ok(Self { mask, buffer: own_buffer(cx) }),
        }
    }

    /// What a client chooses of the server's offer `self`, and with which layer it goes on.
    pub(crate) fn choose<G: GssContext>(
        self,
        cx: &Context<'_>,
        context: &G,
    ) -> Result<(Self, Protection), AuthFault> {
        //= SRS_SASL_MECHANISMS_01_107, SRS_SASL_MECHANISMS_01_108
        let (layer, mask) = LAYERS
            .into_iter()
            .find(|(layer, bit)| self.mask & bit != 0 && is_usable(cx, context, *layer))
            .ok_or(AuthFault::NoCommonLayer)?;
        //= SRS_SASL_MECHANISMS_01_112
        let buffer = if layer == Protection::None { 0 } else { own_buffer(cx) };
        Ok((Self { mask, buffer }, layer))
    }

    /// The layer that the client has chosen by `self`.
    pub(crate) fn chosen(self, offer: Self) -> Result<Protection, AuthFault> {
        //= SRS_SASL_MECHANISMS_01_109
        let is_offered = self.mask & offer.mask == self.mask;
        let layer = LAYERS.into_iter().find(|(_, bit)| *bit == self.mask && is_offered);
        let (layer, _) = layer.ok_or(AuthFault::Malformed)?;
        //= SRS_SASL_MECHANISMS_01_112
        if (layer == Protection::None) == (self.buffer == 0) {
            Ok(layer)
        } else {
            Err(AuthFault::Malformed)
        }
    }

    /// Makes the layer over `context` for a peer that has said `self`; none is needed for no protection.
    pub(crate) fn layer<G: GssContext>(
        self,
        cx: &Context<'_>,
        context: G,
        protection: Protection,
    ) -> Result<Option<GssLayer<G>>, AuthFault> {
        if protection == Protection::None {
            return Ok(None);
        }
        let is_confidential = protection == Protection::Confidentiality;
        let layer = GssLayer::new(context, is_confidential, self.buffer, own_buffer(cx));
        //= SRS_SASL_MECHANISMS_01_113
        layer.map_err(auth_fault)?.map(Some).ok_or(AuthFault::NoCommonLayer)
    }

    /// Reads the server's offer, which is nothing but these 4 octets.
    ///
    /// The buffer of an offer without layers is not judged: servers in use announce one, and it has no use.
    pub(crate) fn from_offer(plain: &[u8]) -> Result<Self, AuthFault> {
        //= SRS_SASL_MECHANISMS_01_105
        match Self::split(plain)? {
            (layering, []) => Ok(layering),
            (_, [_, ..]) => Err(AuthFault::Malformed),
        }
    }

    /// Reads the client's choice, and the authorization identity behind it if there is one.
    pub(crate) fn from_choice(plain: &[u8]) -> Result<(Self, Option<Box<str>>), AuthFault> {
        let (layering, authzid) = Self::split(plain)?;
        //= SRS_SASL_MECHANISMS_01_111
        let authzid = str::from_utf8(authzid).map_err(|_| AuthFault::Malformed)?;
        if authzid.contains('\0') {
            return Err(AuthFault::Malformed);
        }
        Ok((layering, (!authzid.is_empty()).then(|| authzid.into())))
    }

    fn split(plain: &[u8]) -> Result<(Self, &[u8]), AuthFault> {
        let ([mask, high, middle, low], rest) =
            plain.split_first_chunk::<4>().ok_or(AuthFault::Malformed)?;
        let buffer = u32::from_be_bytes([0, *high, *middle, *low]);
        Ok((Self { mask: *mask, buffer }, rest))
    }

    /// Appends these 4 octets and `authzid` as a token of the context to `out`.
    pub(crate) fn send<G: GssContext>(
        self,
        authzid: Option<&str>,
        context: &mut G,
        out: &mut Vec<u8>,
    ) -> Result<(), AuthFault> {
        let [_, high, middle, low] = self.buffer.to_be_bytes();
        let mut plain = Vec::from([self.mask, high, middle, low]);
        plain.extend_from_slice(authzid.unwrap_or_default().as_bytes());
        let mut token = WireBuf::default();
        //= SRS_SASL_MECHANISMS_01_104
        context.wrap(false, &plain, &mut token).map_err(auth_fault)?;
        out.extend_from_slice(token.pending());
        Ok(())
    }
}

/// The plain octets of a message of the peer.
pub(crate) fn open<G: GssContext>(
    cx: &Context<'_>,
    context: &mut G,
    message: &[u8],
) -> Result<Vec<u8>, AuthFault> {
    cx.check_size(message)?;
    let mut token = Vec::from(message);
    //= SRS_SASL_MECHANISMS_01_104
    let unwrapped = context.unwrap(&mut token).map_err(auth_fault)?;
    token.get(unwrapped.plain).map(Vec::from).ok_or(AuthFault::Malformed)
}

/// Whether `layer` is permitted, and the context can carry it.
fn is_usable<G: GssContext>(cx: &Context<'_>, context: &G, layer: Protection) -> bool {
    let layers = context.flags().layers();
    let is_able = match layer {
        Protection::None => true,
        //= SRS_SASL_MECHANISMS_01_106
        Protection::Integrity => layers.integrity,
        Protection::Confidentiality => layers.confidentiality,
    };
    is_able && cx.layers.admits(layer) && (layer == Protection::None || own_buffer(cx) != 0)
}

//= SRS_SASL_MECHANISMS_01_112
/// The longest token that this end takes.
fn own_buffer(cx: &Context<'_>) -> u32 {
    cx.limits.layer_buffer.min(MAX_BUFFER)
}

/// What a token that is not good means within the exchange.
const fn auth_fault(fault: LayerFault) -> AuthFault {
    match fault {
        LayerFault::TooLong { .. } => AuthFault::TooLong,
        LayerFault::Gss { major, minor } => AuthFault::Gss { major, minor },
        LayerFault::Malformed
        | LayerFault::BadMac
        | LayerFault::OutOfSequence
        | LayerFault::NotConfidential
        | LayerFault::Poisoned
        | _ => AuthFault::Malformed,
    }
}
