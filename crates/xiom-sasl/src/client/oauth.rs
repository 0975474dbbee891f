//! OAUTHBEARER (RFC 7628) and XOAUTH2 at the client: one token, on a confidential channel only.

use alloc::boxed::Box;
use alloc::vec::Vec;

use xiom_core::{AuthFault, Secret};

use super::{ClientMechanism, ClientStep};
use crate::oauth::{SEPARATOR, Variant, is_name, is_token};
use crate::scram::message::escape;
use crate::{Context, Established, Identity, NoLayer, Principal, Properties};

/// `OAUTHBEARER` or `XOAUTH2`: shows the server a token.
///
/// ```
/// use xiom_core::Security;
/// use xiom_sasl::client::{ClientMechanism, OAuth};
/// use xiom_sasl::oauth::Variant;
/// use xiom_sasl::{Context, Limits};
///
/// let mut oauth = OAuth::new(Variant::OAuthBearer, "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGE=", None)?;
/// let security = Security { confidential: true, ..Security::default() };
/// let (limits, mut out) = (Limits::default(), Vec::new());
/// oauth.start(&Context::new(&security, &limits), &mut out)?;
/// assert!(out.starts_with(b"n,,\x01auth=Bearer vF9"));
/// # Ok::<(), xiom_core::AuthFault>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct OAuth {
    variant: Variant,
    token: Secret,
    user: Option<Box<str>>,
    state: State,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum State {
    Idle,
    Sent,
    /// The server said why it refuses, and awaits a word before its outcome.
    Refused,
    Failed,
}

impl OAuth {
    /// Logs in with `token`, as `user` if one is named; `XOAUTH2` needs one.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::ProhibitedCharacter`] for a token outside of the alphabet of RFC 6750 section
    /// 2.1 and for a user with control characters, and [`AuthFault::NoCredentials`] for an empty token, an
    /// empty user, and `XOAUTH2` without a user.
    pub fn new(
        variant: Variant,
        token: impl Into<Secret>,
        user: Option<&str>,
    ) -> Result<Self, AuthFault> {
        let token = token.into();
        if token.is_empty() || user == Some("") || (variant == Variant::XOAuth2 && user.is_none()) {
            return Err(AuthFault::NoCredentials);
        }
        //= SRS_SASL_MECHANISMS_01_068
        if !is_token(token.expose()) || user.is_some_and(|user| !is_name(user)) {
            return Err(AuthFault::ProhibitedCharacter);
        }
        Ok(Self { variant, token, user: user.map(Box::from), state: State::Idle })
    }

    fn message(&self, out: &mut Vec<u8>) {
        match (self.variant, self.user.as_deref()) {
            (Variant::OAuthBearer, None) => out.extend_from_slice(b"n,,\x01"),
            (Variant::OAuthBearer, Some(user)) => {
                for part in ["n,a=", &escape(user), ",\x01"] {
                    out.extend_from_slice(part.as_bytes());
                }
            }
            (Variant::XOAuth2, user) => {
                for part in ["user=", user.unwrap_or_default(), "\x01"] {
                    out.extend_from_slice(part.as_bytes());
                }
            }
        }
        out.extend_from_slice(b"auth=Bearer ");
        out.extend_from_slice(self.token.expose());
        out.extend_from_slice(&[SEPARATOR; 2]);
    }
}

impl ClientMechanism for OAuth {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        self.variant.properties()
    }

    fn start(&mut self, cx: &Context<'_>, out: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        match core::mem::replace(&mut self.state, State::Failed) {
            State::Idle => {
                //= SRS_SASL_MECHANISMS_01_076
                cx.check_confidential()?;
                self.message(out);
                self.state = State::Sent;
                Ok(ClientStep::Send)
            }
            //= SRS_SASL_MECHANISMS_01_021
            State::Sent | State::Refused | State::Failed => Err(AuthFault::Unexpected),
        }
    }

    /// The only challenge is the server's refusal, which it wants answered before its outcome (RFC 7628
    /// section 3.2.3): by one separator, or by nothing in `XOAUTH2`.
    fn challenge(
        &mut self,
        cx: &Context<'_>,
        data: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        match core::mem::replace(&mut self.state, State::Failed) {
            State::Sent => {
                cx.check_size(data)?;
                //= SRS_SASL_MECHANISMS_01_077
                if self.variant == Variant::OAuthBearer {
                    out.push(SEPARATOR);
                }
                self.state = State::Refused;
                Ok(ClientStep::Send)
            }
            //= SRS_SASL_MECHANISMS_01_021
            State::Idle | State::Refused | State::Failed => Err(AuthFault::Unexpected),
        }
    }

    fn work(&mut self, _: &Context<'_>, _: u32, _: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        self.state = State::Failed;
        Err(AuthFault::Unexpected)
    }

    /// Never: the server may still say why it refuses, and wants that answered.
    fn is_done(&self) -> bool {
        false
    }

    fn outcome_ok(
        self,
        _: &Context<'_>,
        _: Option<&[u8]>,
    ) -> Result<Established<NoLayer>, AuthFault> {
        match self.state {
            State::Sent => {
                // Only the server knows whom the token speaks for.
                let identity = Identity::Bearer("".into());
                let principal = Principal { identity, authzid: self.user };
                Ok(Established::one_way(self.variant.properties().name, principal))
            }
            //= SRS_SASL_MECHANISMS_01_077
            State::Refused => Err(AuthFault::BadCredentials),
            //= SRS_SASL_MECHANISMS_01_019
            State::Idle | State::Failed => Err(AuthFault::Unexpected),
        }
    }
}
