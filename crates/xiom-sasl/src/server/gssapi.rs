//! GSSAPI (RFC 4752 section 3.2) at the server: tokens of a context, an offer of layers, one choice.
//!
//! Invariant: nobody succeeds whom the context does not name, or who chose what was not offered.

use alloc::boxed::Box;
use alloc::vec::Vec;

use xiom_core::AuthFault;

use super::{ServerInput, ServerMechanism, ServerStep};
use crate::gss::negotiation::{Layering, open};
use crate::gss::{GssContext, GssLayer, PROPERTIES, step};
use crate::{Context, Established, Identity, Principal, Properties};

/// `GSSAPI` over a context such as one of Kerberos; [`crate::Either`] puts it beside
/// [`super::Mechanism`].
///
/// ```
/// use xiom_core::Security;
/// use xiom_sasl::server::{Gssapi, ServerInput, ServerMechanism, ServerStep};
/// use xiom_sasl::{Context, Limits};
/// use xiom_testing::FakeGss; // In the place of a real library.
///
/// let (security, limits) = (Security::default(), Limits::default());
/// let cx = Context::new(&security, &limits);
/// let gssapi = Gssapi::new(FakeGss::acceptor());
/// let token = ServerInput::Initial(Some(b"`\0tim@EXAMPLE"));
/// assert!(matches!(gssapi.step(&cx, token, &mut Vec::new()), ServerStep::Challenge(_)));
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Gssapi<G> {
    state: State<G>,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum State<G> {
    Idle(G),
    /// Awaits a token of the client's context.
    Stepping(G),
    /// The last token went out; awaits the empty response to it.
    AwaitingEmpty(G, Box<str>),
    /// The offer went out; awaits the choice.
    AwaitingChoice(G, Box<str>, Layering),
    /// The layer is chosen, and is `None` for no protection.
    Authorizing(Principal, Option<GssLayer<G>>),
}

impl<G: GssContext> Gssapi<G> {
    /// Takes whom a fresh context names and the application permits.
    #[must_use]
    pub const fn new(context: G) -> Self {
        Self { state: State::Idle(context) }
    }
}

impl<G: GssContext> ServerMechanism for Gssapi<G> {
    type Layer = GssLayer<G>;

    fn properties(&self) -> Properties {
        PROPERTIES
    }

    fn step(self, cx: &Context<'_>, input: ServerInput<'_>, out: &mut Vec<u8>) -> ServerStep<Self> {
        use {ServerInput as I, State as S};
        let next = match (self.state, input) {
            //= SRS_SASL_MECHANISMS_01_023
            (S::Idle(context), I::Initial(None)) => Ok(S::Stepping(context)),
            (S::Idle(context), I::Initial(Some(token)))
            | (S::Stepping(context), I::Response(token)) => advance(cx, context, token, out),
            //= SRS_SASL_MECHANISMS_01_100
            (S::AwaitingEmpty(context, initiator), I::Response([])) => {
                offer(cx, context, initiator, out)
            }
            (S::AwaitingChoice(context, initiator, offer), I::Response(message)) => {
                choice(cx, context, initiator, offer, message)
            }
            (S::Authorizing(principal, layer), I::Authorized(true)) => {
                let established = Established::mutual(PROPERTIES.name, principal, None);
                let established = established.with_layer(layer);
                return ServerStep::Success { established, additional: false };
            }
            //= SRS_SASL_MECHANISMS_01_027
            (S::Authorizing(..), I::Authorized(false)) => Err(AuthFault::NotAuthorized),
            //= SRS_SASL_MECHANISMS_01_022
            (
                S::Idle(_)
                | S::Stepping(_)
                | S::AwaitingEmpty(..)
                | S::AwaitingChoice(..)
                | S::Authorizing(..),
                I::Initial(_) | I::Response(_) | I::Lookup(_) | I::Authorized(_) | I::Work(_),
            ) => Err(AuthFault::Unexpected),
        };
        //= SRS_SASL_MECHANISMS_01_070
        match next {
            Ok(State::Authorizing(principal, layer)) => {
                let state = State::Authorizing(principal.clone(), layer);
                ServerStep::Authorize(Self { state }, principal)
            }
            Ok(state) => ServerStep::Challenge(Self { state }),
            Err(fault) => ServerStep::fail(fault),
        }
    }
}

/// Takes a token of the client's context; with the last one the client is known.
fn advance<G: GssContext>(
    cx: &Context<'_>,
    mut context: G,
    token: &[u8],
    out: &mut Vec<u8>,
) -> Result<State<G>, AuthFault> {
    cx.check_size(token)?;
    let mut answer = Vec::new();
    if !step(&mut context, token, &mut answer)? {
        out.append(&mut answer);
        return Ok(State::Stepping(context));
    }
    // What a client delegates is its own affair: nobody picks it up here.
    context.flags().check(true)?;
    //= SRS_SASL_MECHANISMS_01_115
    let initiator = context.initiator().filter(|name| !name.is_empty());
    let initiator = initiator.ok_or(AuthFault::NoCredentials)?;
    if answer.is_empty() {
        return offer(cx, context, initiator, out);
    }
    out.append(&mut answer);
    Ok(State::AwaitingEmpty(context, initiator))
}

fn offer<G: GssContext>(
    cx: &Context<'_>,
    mut context: G,
    initiator: Box<str>,
    out: &mut Vec<u8>,
) -> Result<State<G>, AuthFault> {
    let offer = Layering::offer(cx, &context)?;
    offer.send(None, &mut context, out)?;
    Ok(State::AwaitingChoice(context, initiator, offer))
}

fn choice<G: GssContext>(
    cx: &Context<'_>,
    mut context: G,
    initiator: Box<str>,
    offer: Layering,
    message: &[u8],
) -> Result<State<G>, AuthFault> {
    let plain = open(cx, &mut context, message)?;
    let (choice, authzid) = Layering::from_choice(&plain)?;
    let protection = choice.chosen(offer)?;
    let layer = choice.layer(cx, context, protection)?;
    let principal = Principal { identity: Identity::Kerberos(initiator), authzid };
    Ok(State::Authorizing(principal, layer))
}
