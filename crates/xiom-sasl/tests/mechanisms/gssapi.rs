//! GSSAPI (RFC 4752) over a context without cryptography: both sides, each layer, each attack.

use alloc::rc::Rc;
use core::cell::Cell;
use core::fmt::Debug;

use xiom_core::{AuthFault, LayerFault, Security, WireBuf};
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::gss::{GssContext, GssFlags, GssLayer, Unwrapped};
use xiom_sasl::server::{self, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{Context, Established, LayerRange, Limits, Protection};
use xiom_testing::FakeGss;

use crate::common::End;

mod attacks;
mod layers;
mod rounds;

const TIM: &str = "tim@EXAMPLE";
const ANY: LayerRange = LayerRange { least: Protection::None, most: Protection::Confidentiality };
const EACH: [Protection; 3] =
    [Protection::None, Protection::Integrity, Protection::Confidentiality];

type Both<G> = (Established<GssLayer<G>>, Established<GssLayer<G>>);

fn client() -> client::Gssapi<FakeGss> {
    client::Gssapi::new(FakeGss::initiator(TIM), None).unwrap()
}

fn server() -> server::Gssapi<FakeGss> {
    server::Gssapi::new(FakeGss::acceptor())
}

/// Exactly this layer.
fn only(protection: Protection) -> LayerRange {
    LayerRange { least: protection, most: protection }
}

/// Runs an exchange to its end; `tamper` sees each message with its number.
fn exchange<G: GssContext + Debug>(
    mut client: client::Gssapi<G>,
    server: server::Gssapi<G>,
    (client_cx, server_cx): (&Context<'_>, &Context<'_>),
    mut tamper: impl FnMut(usize, &mut Vec<u8>),
) -> Result<Both<G>, End> {
    let (mut message, mut number) = (Vec::new(), 0);
    assert_eq!(client.start(client_cx, &mut message).map_err(End::Client)?, ClientStep::Send);
    tamper(number, &mut message);
    let mut out = Vec::new();
    let mut step = server.step(server_cx, ServerInput::Initial(Some(&message)), &mut out);
    loop {
        step = match step {
            ServerStep::Challenge(server) => {
                tamper(number + 1, &mut out);
                message.clear();
                let step = client.challenge(client_cx, &out, &mut message);
                assert_eq!(step.map_err(End::Client)?, ClientStep::Send);
                number += 2;
                tamper(number, &mut message);
                out.clear();
                server.step(server_cx, ServerInput::Response(&message), &mut out)
            }
            ServerStep::Authorize(server, _) => {
                server.step(server_cx, ServerInput::Authorized(true), &mut out)
            }
            ServerStep::Success { established, additional: false } => {
                assert_eq!(out, b"");
                let proven = client.outcome_ok(client_cx, None).map_err(End::Client)?;
                return Ok((proven, established));
            }
            ServerStep::Failure { fault, send: false } => {
                assert_eq!(out, b"");
                return Err(End::Server(fault));
            }
            other @ (ServerStep::Success { .. }
            | ServerStep::Failure { .. }
            | ServerStep::Lookup(..)
            | ServerStep::Working(_)
            | _) => panic!("{other:?}"),
        };
    }
}

/// An exchange between ends that permit these layers.
fn negotiate(
    client: client::Gssapi<FakeGss>,
    server: server::Gssapi<FakeGss>,
    (client_layers, server_layers): (LayerRange, LayerRange),
) -> Result<Both<FakeGss>, End> {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    let contexts = (cx.with_layers(client_layers), cx.with_layers(server_layers));
    exchange(client, server, (&contexts.0, &contexts.1), |_, _| {})
}

/// The layers of both ends after an exchange that ended with one.
fn layered(protection: Protection, limits: [&Limits; 2]) -> (GssLayer<FakeGss>, GssLayer<FakeGss>) {
    let security = Security::default();
    let [client_cx, server_cx] =
        limits.map(|limits| Context::new(&security, limits).with_layers(only(protection)));
    let both = exchange(client(), server(), (&client_cx, &server_cx), |_, _| {});
    let (mut client, mut server) = both.unwrap();
    (client.take_layer().unwrap(), server.take_layer().unwrap())
}

/// The token in which a context that has sent `sent` tokens says these octets.
fn token(context: &mut FakeGss, plain: &[u8]) -> Vec<u8> {
    let mut out = WireBuf::default();
    context.wrap(false, plain, &mut out).unwrap();
    out.pending().to_vec()
}

/// A client that awaits the offer, and the context of its server.
fn before_offer(cx: &Context<'_>) -> (client::Gssapi<FakeGss>, FakeGss) {
    let (mut client, mut acceptor) = (client(), FakeGss::acceptor());
    let (mut first, mut second, mut third) = (Vec::new(), Vec::new(), Vec::new());
    client.start(cx, &mut first).unwrap();
    assert_eq!(acceptor.step(&first, &mut second), Ok(true));
    client.challenge(cx, &second, &mut third).unwrap();
    assert_eq!(third, b"");
    (client, acceptor)
}

/// A server that awaits the choice, its offer in plain, and the context of its client.
fn before_choice(cx: &Context<'_>) -> (server::Gssapi<FakeGss>, Vec<u8>, FakeGss) {
    let (mut initiator, mut first) = (FakeGss::initiator(TIM), Vec::new());
    initiator.step(b"", &mut first).unwrap();
    let mut out = Vec::new();
    let step = server().step(cx, ServerInput::Initial(Some(&first)), &mut out);
    let ServerStep::Challenge(server) = step else { panic!("{step:?}") };
    initiator.step(&out, &mut Vec::new()).unwrap();
    out.clear();
    let step = server.step(cx, ServerInput::Response(b""), &mut out);
    let ServerStep::Challenge(server) = step else { panic!("{step:?}") };
    let offer = initiator.unwrap(&mut out).unwrap();
    assert!(!offer.confidential);
    (server, out[offer.plain].to_vec(), initiator)
}

/// The fault of a server's step.
fn fault<G: GssContext + Debug>(step: &ServerStep<server::Gssapi<G>>) -> AuthFault {
    let ServerStep::Failure { fault, send: false } = step else { panic!("{step:?}") };
    *fault
}

/// A context that tells when it is dropped.
#[derive(Debug)]
struct Watched {
    inner: FakeGss,
    alive: Rc<Cell<u32>>,
}

impl Watched {
    fn new(inner: FakeGss, alive: &Rc<Cell<u32>>) -> Self {
        alive.set(alive.get() + 1);
        Self { inner, alive: Rc::clone(alive) }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.alive.set(self.alive.get() - 1);
    }
}

impl GssContext for Watched {
    fn step(&mut self, token: &[u8], out: &mut Vec<u8>) -> Result<bool, AuthFault> {
        let result = self.inner.step(token, out);
        if result.is_err() {
            out.extend_from_slice(b"what a library may leave behind");
        }
        result
    }

    fn flags(&self) -> GssFlags {
        self.inner.flags()
    }

    fn initiator(&self) -> Option<Box<str>> {
        self.inner.initiator()
    }

    fn wrap(&mut self, secret: bool, plain: &[u8], out: &mut WireBuf) -> Result<bool, LayerFault> {
        self.inner.wrap(secret, plain, out)
    }

    fn unwrap(&mut self, token: &mut [u8]) -> Result<Unwrapped, LayerFault> {
        self.inner.unwrap(token)
    }

    fn wrap_size_limit(&mut self, secret: bool, max_token: u32) -> Result<u32, LayerFault> {
        self.inner.wrap_size_limit(secret, max_token)
    }
}
