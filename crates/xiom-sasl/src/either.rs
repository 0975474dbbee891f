//! One of two: how a set of mechanisms takes in another one, without dynamic dispatch.
//!
//! Invariant: nothing is added; each call goes to the one that is there.

use alloc::vec::Vec;
use core::ops::Range;

use xiom_core::{AuthFault, LayerFault, WireBuf};

use crate::client::{ClientMechanism, ClientStep};
use crate::server::{ServerInput, ServerMechanism, ServerStep};
use crate::{Context, Established, Properties, Protection, SecurityLayer};

/// A mechanism, or a layer, of the one type or of the other.
///
/// ```
/// use xiom_sasl::Either;
/// use xiom_sasl::client::{Anonymous, ClientMechanism, External};
///
/// let mechanisms: [Either<Anonymous, External>; 2] =
///     [Either::A(Anonymous::new("")?), Either::B(External::new(None)?)];
/// assert_eq!(mechanisms.map(|mechanism| mechanism.properties().name), ["ANONYMOUS", "EXTERNAL"]);
/// # Ok::<(), xiom_core::AuthFault>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Either<A, B> {
    /// The one.
    A(A),
    /// The other.
    B(B),
}

impl<A: ClientMechanism, B: ClientMechanism> ClientMechanism for Either<A, B> {
    type Layer = Either<A::Layer, B::Layer>;

    fn properties(&self) -> Properties {
        match self {
            Self::A(mechanism) => mechanism.properties(),
            Self::B(mechanism) => mechanism.properties(),
        }
    }

    fn start(&mut self, cx: &Context<'_>, out: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        match self {
            Self::A(mechanism) => mechanism.start(cx, out),
            Self::B(mechanism) => mechanism.start(cx, out),
        }
    }

    fn challenge(
        &mut self,
        cx: &Context<'_>,
        data: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        match self {
            Self::A(mechanism) => mechanism.challenge(cx, data, out),
            Self::B(mechanism) => mechanism.challenge(cx, data, out),
        }
    }

    fn work(
        &mut self,
        cx: &Context<'_>,
        iterations: u32,
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        match self {
            Self::A(mechanism) => mechanism.work(cx, iterations, out),
            Self::B(mechanism) => mechanism.work(cx, iterations, out),
        }
    }

    fn is_done(&self) -> bool {
        match self {
            Self::A(mechanism) => mechanism.is_done(),
            Self::B(mechanism) => mechanism.is_done(),
        }
    }

    fn outcome_ok(
        self,
        cx: &Context<'_>,
        additional: Option<&[u8]>,
    ) -> Result<Established<Self::Layer>, AuthFault> {
        match self {
            Self::A(mechanism) => {
                mechanism.outcome_ok(cx, additional).map(|it| it.map_layer(Either::A))
            }
            Self::B(mechanism) => {
                mechanism.outcome_ok(cx, additional).map(|it| it.map_layer(Either::B))
            }
        }
    }
}

impl<A: ServerMechanism, B: ServerMechanism> ServerMechanism for Either<A, B> {
    type Layer = Either<A::Layer, B::Layer>;

    fn properties(&self) -> Properties {
        match self {
            Self::A(mechanism) => mechanism.properties(),
            Self::B(mechanism) => mechanism.properties(),
        }
    }

    fn step(self, cx: &Context<'_>, input: ServerInput<'_>, out: &mut Vec<u8>) -> ServerStep<Self> {
        match self {
            Self::A(mechanism) => mechanism.step(cx, input, out).map(Either::A, Either::A),
            Self::B(mechanism) => mechanism.step(cx, input, out).map(Either::B, Either::B),
        }
    }
}

impl<A: SecurityLayer, B: SecurityLayer> SecurityLayer for Either<A, B> {
    fn protection(&self) -> Protection {
        match self {
            Self::A(layer) => layer.protection(),
            Self::B(layer) => layer.protection(),
        }
    }

    fn max_plain(&self) -> usize {
        match self {
            Self::A(layer) => layer.max_plain(),
            Self::B(layer) => layer.max_plain(),
        }
    }

    fn max_token(&self) -> usize {
        match self {
            Self::A(layer) => layer.max_token(),
            Self::B(layer) => layer.max_token(),
        }
    }

    fn max_sent(&self) -> usize {
        match self {
            Self::A(layer) => layer.max_sent(),
            Self::B(layer) => layer.max_sent(),
        }
    }

    fn set_max_sent(&mut self, octets: usize) {
        match self {
            Self::A(layer) => layer.set_max_sent(octets),
            Self::B(layer) => layer.set_max_sent(octets),
        }
    }

    fn set_max_token(&mut self, octets: usize) {
        match self {
            Self::A(layer) => layer.set_max_token(octets),
            Self::B(layer) => layer.set_max_token(octets),
        }
    }

    fn wrap(&mut self, plain: &[u8], out: &mut WireBuf) -> Result<(), LayerFault> {
        match self {
            Self::A(layer) => layer.wrap(plain, out),
            Self::B(layer) => layer.wrap(plain, out),
        }
    }

    fn unwrap(&mut self, token: &mut [u8]) -> Result<Range<usize>, LayerFault> {
        match self {
            Self::A(layer) => layer.unwrap(token),
            Self::B(layer) => layer.unwrap(token),
        }
    }
}
