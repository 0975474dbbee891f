//! GSSAPI (RFC 4752 section 3.1) at the client: tokens of a context, then one choice of a layer.
//!
//! Invariant: a context that failed, or that grants less than was asked for, is dropped at once; what is
//! chosen was offered and is permitted, and nothing weaker steps in for it.

use alloc::boxed::Box;
use alloc::vec::Vec;

use xiom_core::AuthFault;

use super::{ClientMechanism, ClientStep};
use crate::gss::negotiation::{Layering, open};
use crate::gss::{GssContext, GssLayer, PROPERTIES, step};
use crate::{Context, Established, Identity, Principal, Properties, prep};

/// `GSSAPI` over a context such as one of Kerberos; [`crate::Either`] puts it beside
/// [`super::Mechanism`].
///
/// ```
/// use xiom_core::Security;
/// use xiom_sasl::client::{ClientMechanism, ClientStep, Gssapi};
/// use xiom_sasl::{Context, Limits};
/// use xiom_testing::FakeGss; // In the place of a real library.
///
/// let (security, limits) = (Security::default(), Limits::default());
/// let cx = Context::new(&security, &limits);
/// let mut gssapi = Gssapi::new(FakeGss::initiator("tim@EXAMPLE"), None)?;
/// let mut token = Vec::new();
/// assert_eq!(gssapi.start(&cx, &mut token)?, ClientStep::Send);
/// assert!(token.ends_with(b"tim@EXAMPLE"));
/// # Ok::<(), xiom_core::AuthFault>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Gssapi<G> {
    authzid: Option<Box<str>>,
    may_delegate: bool,
    state: State<G>,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum State<G> {
    Idle(G),
    /// Awaits a token of the server's context.
    Stepping(G),
    /// The context is complete; awaits the offer of layers.
    AwaitingOffer(G),
    /// The layer is chosen, and is `None` for no protection.
    Chosen {
        initiator: Box<str>,
        layer: Option<GssLayer<G>>,
    },
    Failed,
}

impl<G: GssContext> Gssapi<G> {
    /// Logs in with a fresh context, to act as its initiator or as `authzid`.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::ProhibitedCharacter`] for NUL, and [`AuthFault::NoCredentials`] for an
    /// authorization identity that is there and empty.
    pub fn new(context: G, authzid: Option<&str>) -> Result<Self, AuthFault> {
        let authzid = authzid.map(|authzid| prep::safe(authzid.as_bytes())).transpose()?;
        let authzid = authzid.map(Box::from);
        Ok(Self { authzid, may_delegate: false, state: State::Idle(context) })
    }

    /// The same, and the context may hand the user's credentials to the server; without this an exchange
    /// that does so is refused.
    #[must_use]
    pub fn allow_delegation(self) -> Self {
        Self { may_delegate: true, ..self }
    }

    /// Takes one step of the context.
    fn advance(
        &mut self,
        mut context: G,
        token: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        //= SRS_SASL_MECHANISMS_01_100
        self.state = if step(&mut context, token, out)? {
            context.flags().check(self.may_delegate)?;
            State::AwaitingOffer(context)
        } else {
            State::Stepping(context)
        };
        Ok(ClientStep::Send)
    }

    /// Answers the server's offer.
    fn choose(
        &mut self,
        cx: &Context<'_>,
        mut context: G,
        message: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        let offer = Layering::from_offer(&open(cx, &mut context, message)?)?;
        let (choice, protection) = offer.choose(cx, &context)?;
        let mut token = Vec::new();
        //= SRS_SASL_MECHANISMS_01_110
        choice.send(self.authzid.as_deref(), &mut context, &mut token)?;
        // A client may not know the name under which the server sees it.
        let initiator = context.initiator().unwrap_or_default();
        let layer = offer.layer(cx, context, protection)?;
        out.append(&mut token);
        self.state = State::Chosen { initiator, layer };
        Ok(ClientStep::Send)
    }
}

impl<G: GssContext> ClientMechanism for Gssapi<G> {
    type Layer = GssLayer<G>;

    fn properties(&self) -> Properties {
        PROPERTIES
    }

    fn start(&mut self, _: &Context<'_>, out: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        match core::mem::replace(&mut self.state, State::Failed) {
            State::Idle(context) => self.advance(context, &[], out),
            //= SRS_SASL_MECHANISMS_01_021
            State::Stepping(_) | State::AwaitingOffer(_) | State::Chosen { .. } | State::Failed => {
                Err(AuthFault::Unexpected)
            }
        }
    }

    fn challenge(
        &mut self,
        cx: &Context<'_>,
        data: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        //= SRS_SASL_MECHANISMS_01_070
        match core::mem::replace(&mut self.state, State::Failed) {
            State::Stepping(context) => {
                cx.check_size(data)?;
                self.advance(context, data, out)
            }
            State::AwaitingOffer(context) => self.choose(cx, context, data, out),
            //= SRS_SASL_MECHANISMS_01_021, SRS_SASL_MECHANISMS_01_024
            State::Idle(_) | State::Chosen { .. } | State::Failed => Err(AuthFault::Unexpected),
        }
    }

    fn work(&mut self, _: &Context<'_>, _: u32, _: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        self.state = State::Failed;
        Err(AuthFault::Unexpected)
    }

    fn is_done(&self) -> bool {
        matches!(self.state, State::Chosen { .. })
    }

    fn outcome_ok(
        self,
        _: &Context<'_>,
        _: Option<&[u8]>,
    ) -> Result<Established<GssLayer<G>>, AuthFault> {
        match self.state {
            State::Chosen { initiator, layer } => {
                let identity = Identity::Kerberos(initiator);
                let principal = Principal { identity, authzid: self.authzid };
                Ok(Established::mutual(PROPERTIES.name, principal, None).with_layer(layer))
            }
            //= SRS_SASL_MECHANISMS_01_101
            State::Stepping(_) | State::AwaitingOffer(_) => Err(AuthFault::ServerNotVerified),
            //= SRS_SASL_MECHANISMS_01_019
            State::Idle(_) | State::Failed => Err(AuthFault::Unexpected),
        }
    }
}
