//! OAUTHBEARER (RFC 7628) and XOAUTH2 at the server: the application says whom a token speaks for.
//!
//! Invariant: a refused token is told so in a challenge, and whatever the client answers, it is not in.

use alloc::boxed::Box;
use alloc::vec::Vec;

use xiom_core::{AuthFault, Secret};

use super::{LookupAnswer, LookupRequest, ServerInput, ServerMechanism, ServerStep};
use crate::oauth::{SEPARATOR, Variant, is_name, is_token};
use crate::scram::message::unescape;
use crate::{Context, Established, Identity, NoLayer, Principal, Properties};

/// `OAUTHBEARER` or `XOAUTH2`, over an application that verifies tokens.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct OAuth {
    variant: Variant,
    state: State,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum State {
    Idle,
    AwaitingMessage,
    Verifying { authzid: Option<Box<str>> },
    Authorizing(Principal),
    Refused,
}

impl OAuth {
    /// Takes tokens that the application accepts.
    #[must_use]
    pub const fn new(variant: Variant) -> Self {
        Self { variant, state: State::Idle }
    }

    fn message(self, cx: &Context<'_>, message: &[u8]) -> ServerStep<Self> {
        match parse(self.variant, cx, message) {
            Ok((authzid, token)) => {
                let state = State::Verifying { authzid };
                ServerStep::Lookup(Self { state, ..self }, LookupRequest::Bearer { token })
            }
            Err(fault) => ServerStep::fail(fault),
        }
    }

    fn answer(
        self,
        authzid: Option<Box<str>>,
        answer: LookupAnswer<'_>,
        out: &mut Vec<u8>,
    ) -> ServerStep<Self> {
        match answer {
            LookupAnswer::Subject(subject) if !subject.is_empty() => {
                let principal = Principal { identity: Identity::Bearer(subject.into()), authzid };
                let state = State::Authorizing(principal.clone());
                ServerStep::Authorize(Self { state, ..self }, principal)
            }
            //= SRS_SASL_MECHANISMS_01_077
            LookupAnswer::Unknown => {
                out.extend_from_slice(match self.variant {
                    Variant::OAuthBearer => br#"{"status":"invalid_token"}"#.as_slice(),
                    Variant::XOAuth2 => br#"{"status":"401","schemes":"bearer"}"#.as_slice(),
                });
                ServerStep::Challenge(Self { state: State::Refused, ..self })
            }
            LookupAnswer::Subject(_) | LookupAnswer::Scram(_) | LookupAnswer::Verified(_) => {
                ServerStep::fail(AuthFault::NoCredentials)
            }
            #[cfg(feature = "legacy")]
            LookupAnswer::DigestMd5(_) | LookupAnswer::Secret(_) => {
                ServerStep::fail(AuthFault::NoCredentials)
            }
        }
    }
}

impl ServerMechanism for OAuth {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        self.variant.properties()
    }

    fn step(
        mut self,
        cx: &Context<'_>,
        input: ServerInput<'_>,
        out: &mut Vec<u8>,
    ) -> ServerStep<Self> {
        use {ServerInput as I, State as S};
        match (core::mem::replace(&mut self.state, S::Refused), input) {
            //= SRS_SASL_MECHANISMS_01_023
            (S::Idle, I::Initial(None)) => match cx.check_confidential() {
                Ok(()) => ServerStep::Challenge(Self { state: S::AwaitingMessage, ..self }),
                Err(fault) => ServerStep::fail(fault),
            },
            (S::Idle, I::Initial(Some(message))) | (S::AwaitingMessage, I::Response(message)) => {
                self.message(cx, message)
            }
            (S::Verifying { authzid }, I::Lookup(answer)) => self.answer(authzid, answer, out),
            (S::Authorizing(principal), I::Authorized(true)) => ServerStep::Success {
                established: Established::one_way(self.variant.properties().name, principal),
                additional: false,
            },
            //= SRS_SASL_MECHANISMS_01_027
            (S::Authorizing(_), I::Authorized(false)) => ServerStep::fail(AuthFault::NotAuthorized),
            //= SRS_SASL_MECHANISMS_01_077
            (S::Refused, I::Response(_)) => ServerStep::fail(AuthFault::BadCredentials),
            //= SRS_SASL_MECHANISMS_01_022
            (
                S::Idle | S::AwaitingMessage | S::Verifying { .. } | S::Authorizing(_) | S::Refused,
                I::Initial(_) | I::Response(_) | I::Lookup(_) | I::Authorized(_) | I::Work(_),
            ) => ServerStep::fail(AuthFault::Unexpected),
        }
    }
}

type Parts = (Option<Box<str>>, Secret);

//= SRS_SASL_MECHANISMS_01_029
/// `client-resp = (gs2-header kvsep *kvpair kvsep) / kvsep` (RFC 7628 section 3.1), and for `XOAUTH2` a
/// pair `user` in place of the header.
fn parse(variant: Variant, cx: &Context<'_>, message: &[u8]) -> Result<Parts, AuthFault> {
    //= SRS_SASL_MECHANISMS_01_076
    cx.check_confidential()?;
    cx.check_size(message)?;
    let text = str::from_utf8(message).map_err(|_| AuthFault::Malformed)?;
    let text = text.strip_suffix("\u{1}\u{1}").ok_or(AuthFault::Malformed)?;
    let mut parts = text.split(char::from(SEPARATOR));
    let first = parts.next().unwrap_or_default();
    let authzid = match variant {
        Variant::OAuthBearer => gs2_authzid(first)?,
        Variant::XOAuth2 => {
            let user = first.strip_prefix("user=").filter(|user| is_name(user));
            Some(user.ok_or(AuthFault::Malformed)?.into())
        }
    };
    let mut token = None;
    for part in parts {
        let (key, value) = part.split_once('=').ok_or(AuthFault::Malformed)?;
        let is_key = !key.is_empty() && key.bytes().all(|octet| octet.is_ascii_alphabetic());
        //= SRS_SASL_MECHANISMS_01_078
        if !is_key || (key == "auth" && token.is_some()) {
            return Err(AuthFault::Malformed);
        }
        if key == "auth" {
            token = Some(bearer(value)?);
        }
    }
    //= SRS_SASL_MECHANISMS_01_078
    Ok((authzid, token.ok_or(AuthFault::Malformed)?))
}

/// `gs2-header = ("n" / "y") "," ["a=" saslname] ","`; there is nothing to bind to.
fn gs2_authzid(header: &str) -> Result<Option<Box<str>>, AuthFault> {
    let mut parts = header.split(',');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("n" | "y"), Some(""), Some(""), None) => Ok(None),
        (Some("n" | "y"), Some(authzid), Some(""), None) => {
            let escaped = authzid.strip_prefix("a=").ok_or(AuthFault::Malformed)?;
            let authzid = unescape(escaped)?;
            if is_name(&authzid) { Ok(Some(authzid.into())) } else { Err(AuthFault::Malformed) }
        }
        _ => Err(AuthFault::Malformed),
    }
}

/// The token of `Bearer SP token`; the scheme's case does not matter (RFC 7235 section 2.1).
fn bearer(value: &str) -> Result<Secret, AuthFault> {
    let (scheme, token) = value.split_once(' ').ok_or(AuthFault::Malformed)?;
    let is_good = scheme.eq_ignore_ascii_case("bearer") && is_token(token.as_bytes());
    if is_good { Ok(Secret::new(token)) } else { Err(AuthFault::Malformed) }
}
