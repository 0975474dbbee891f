//! SCRAM (RFC 5802, RFC 7677) at the server.
//!
//! Invariants: an unknown user and a wrong password differ in nothing that the client sees; the
//! server's signature goes out only after the application has let the user in.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use subtle::{Choice, ConstantTimeEq};
use xiom_core::{AuthFault, Secret};

use super::{LookupAnswer, LookupRequest, ServerInput, ServerMechanism, ServerStep};
use crate::encoding::to_base64;
use crate::prep::saslprep;
use crate::scram::hash::Tag;
use crate::scram::keys::{server_signature, verify};
use crate::scram::message::error_value;
use crate::scram::parse::{self, ClientFirst, Flag};
use crate::scram::{Hash, Variant, binding_data};
use crate::{
    BindingOffer, BindingType, Context, Decoy, Established, Identity, NoLayer, Nonce, Principal,
    Properties, ScramKeys,
};

/// `SCRAM-SHA-256` and its kin, over a store of [`ScramKeys`].
///
/// ```
/// use xiom_core::Security;
/// use xiom_sasl::scram::{Hash, Variant};
/// use xiom_sasl::server::{LookupAnswer, Scram, ServerInput, ServerMechanism, ServerStep};
/// use xiom_sasl::{Context, Decoy, Limits, Nonce, ScramKeys};
///
/// let (security, limits, mut out) = (Security::default(), Limits::default(), Vec::new());
/// let cx = Context::new(&security, &limits);
/// // Both from a cryptographic source: the key once for the store, the nonce for each exchange.
/// let (decoy, nonce) = (Decoy::new([7; 32], 4096, 16), Nonce::new([9; Nonce::ENTROPY]));
/// let scram = Scram::new(Variant::Sha256, decoy, nonce);
///
/// let first = ServerInput::Initial(Some(b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO"));
/// let ServerStep::Lookup(scram, _) = scram.step(&cx, first, &mut out) else { panic!() };
/// let keys = ScramKeys::derive(Hash::Sha256, "pencil", &[1; 16], 4096)?;
/// let answer = ServerInput::Lookup(LookupAnswer::Scram(&keys));
/// let ServerStep::Challenge(_) = scram.step(&cx, answer, &mut out) else { panic!() };
/// assert!(out.starts_with(b"r=rOprNGfwEbeRWgbNEkqO"));
/// # Ok::<(), xiom_core::AuthFault>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Scram {
    variant: Variant,
    decoy: Decoy,
    nonce: Nonce,
    state: State,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum State {
    Idle,
    AwaitingFirst,
    LookingUp(First),
    AwaitingFinal(Box<Challenged>),
    Authorizing { principal: Principal, signature: Tag, bound: Option<BindingType> },
}

/// What is kept of the client's first message.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct First {
    principal: Principal,
    /// `client-first-message-bare`
    bare: Secret,
    /// The nonce of both sides.
    nonce: Secret,
    /// `gs2-header [cbind-data]`, as the client must repeat it.
    binding: Secret,
    bound: Option<BindingType>,
}

/// What is kept of the challenge; apart, lest every mechanism on offer be as large.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Challenged {
    first: First,
    /// `server-first-message`
    message: Secret,
    stored_key: Tag,
    server_key: Tag,
    /// Whether the keys are those of a user, not of a decoy.
    known: bool,
}

impl Scram {
    /// Takes users of a store; `decoy` stands for those that do not exist. The `nonce` is fresh for
    /// each exchange.
    #[must_use]
    pub const fn new(variant: Variant, decoy: Decoy, nonce: Nonce) -> Self {
        Self { variant, decoy, nonce, state: State::Idle }
    }

    fn first(self, cx: &Context<'_>, message: &[u8], out: &mut Vec<u8>) -> ServerStep<Self> {
        let first = parse::client_first(message, cx.limits)
            .map_err(Refusal::from)
            .and_then(|first| self.judge_first(cx, &first));
        match first {
            Ok((user, first)) => {
                let request = LookupRequest::Scram { user, hash: self.variant.hash() };
                ServerStep::Lookup(Self { state: State::LookingUp(first), ..self }, request)
            }
            Err(refusal) => refuse(refusal, out),
        }
    }

    fn judge_first(
        &self,
        cx: &Context<'_>,
        first: &ClientFirst<'_>,
    ) -> Result<(Box<str>, First), Refusal> {
        let (bound, data) = self.judge_flag(cx, first.flag)?;
        let prepared = |name: &str| -> Result<Box<str>, AuthFault> {
            Ok(saslprep(name.as_bytes())?.as_str().into())
        };
        let user = prepared(&first.user)?;
        let authzid = first.authzid.as_deref().map(prepared).transpose()?;
        let principal = Principal { identity: Identity::User(user.clone()), authzid };
        let kept = First {
            principal,
            bare: Secret::new(first.bare),
            nonce: Secret::new([first.nonce, self.nonce.text()].concat()),
            binding: Secret::new([first.header.as_bytes(), data.expose()].concat()),
            bound,
        };
        Ok((user, kept))
    }

    /// The table of RFC 5802 section 6.
    fn judge_flag(
        &self,
        cx: &Context<'_>,
        flag: Flag<'_>,
    ) -> Result<(Option<BindingType>, Secret), Refusal> {
        match (self.variant.binds(), flag) {
            //= SRS_SASL_MECHANISMS_01_053, SRS_SASL_MECHANISMS_01_152
            (false, Flag::Withheld) if cx.binding == BindingOffer::Offered => {
                Err(AuthFault::ChannelBindingDowngrade.into())
            }
            //= SRS_SASL_MECHANISMS_01_053
            (true, Flag::Withheld) => Err(AuthFault::ChannelBindingDowngrade.into()),
            (false, Flag::Unable | Flag::Withheld) => Ok((None, Secret::default())),
            //= SRS_SASL_MECHANISMS_01_054
            (false, Flag::Bound(_)) => Err(Refusal::binding("channel-binding-not-supported")),
            //= SRS_SASL_MECHANISMS_01_053
            (true, Flag::Unable) => Err(AuthFault::ChannelBinding.into()),
            //= SRS_SASL_MECHANISMS_01_057
            (true, Flag::Bound(name)) => [BindingType::TlsExporter, BindingType::TlsServerEndPoint]
                .into_iter()
                .find(|kind| kind.name() == name)
                .and_then(|kind| Some((Some(kind), binding_data(&cx.security.bindings, kind)?)))
                .ok_or(Refusal::binding("unsupported-channel-binding-type")),
        }
    }

    fn answer(self, first: First, answer: LookupAnswer<'_>, out: &mut Vec<u8>) -> ServerStep<Self> {
        let hash = self.variant.hash();
        let decoy;
        let (keys, known): (&ScramKeys, bool) = match answer {
            LookupAnswer::Scram(keys) if keys.hash() == hash => (keys, true),
            //= SRS_SASL_MECHANISMS_01_061
            //= SRS_SASL_SERVER_IO_50_021
            LookupAnswer::Unknown => {
                decoy = self.decoy.keys(hash, first.principal.name());
                (&decoy, false)
            }
            LookupAnswer::Scram(_) | LookupAnswer::Verified(_) | LookupAnswer::Subject(_) => {
                return refuse(AuthFault::NoCredentials, out);
            }
            #[cfg(feature = "legacy")]
            LookupAnswer::DigestMd5(_) | LookupAnswer::Secret(_) => {
                return refuse(AuthFault::NoCredentials, out);
            }
        };
        let (salt, iterations) = (to_base64(keys.salt()), keys.iterations());
        let rest = format!(",s={salt},i={iterations}");
        let message = [b"r=", first.nonce.expose(), rest.as_bytes()].concat();
        out.extend_from_slice(&message);
        let (stored_key, server_key) = keys.tags();
        let challenged = Challenged {
            first,
            message: Secret::new(message),
            stored_key: stored_key.clone(),
            server_key: server_key.clone(),
            known,
        };
        ServerStep::Challenge(Self { state: State::AwaitingFinal(Box::new(challenged)), ..self })
    }

    fn last(
        self,
        challenged: Box<Challenged>,
        cx: &Context<'_>,
        message: &[u8],
        out: &mut Vec<u8>,
    ) -> ServerStep<Self> {
        match judge_last(self.variant.hash(), &challenged, cx, message) {
            Ok(signature) => {
                let First { principal, bound, .. } = challenged.first;
                let asked = principal.clone();
                let state = State::Authorizing { principal, signature, bound };
                ServerStep::Authorize(Self { state, ..self }, asked)
            }
            Err(fault) => refuse(fault, out),
        }
    }
}

/// Judges `client-final-message`; gives the server's signature.
fn judge_last(
    hash: Hash,
    challenged: &Challenged,
    cx: &Context<'_>,
    message: &[u8],
) -> Result<Tag, AuthFault> {
    let Challenged { first, message: server_first, stored_key, server_key, known } = challenged;
    let last = parse::client_final(message, cx.limits)?;
    //= SRS_SASL_MECHANISMS_01_058, SRS_SASL_MECHANISMS_01_151
    if !bool::from(last.binding.expose().ct_eq(first.binding.expose())) {
        return Err(AuthFault::ChannelBinding);
    }
    //= SRS_SASL_MECHANISMS_01_050
    if !bool::from(last.nonce.as_bytes().ct_eq(first.nonce.expose())) {
        return Err(AuthFault::Nonce);
    }
    let proof = hash.tag(last.proof.expose()).ok_or(AuthFault::Malformed)?;
    let auth_message = Secret::new(
        [first.bare.expose(), server_first.expose(), last.without_proof.as_bytes()].join(&b','),
    );
    let proven = verify(hash, stored_key, &proof, auth_message.expose());
    let signature = server_signature(hash, server_key, auth_message.expose());
    if bool::from(proven & Choice::from(u8::from(*known))) {
        Ok(signature)
    } else {
        //= SRS_SASL_MECHANISMS_01_061
        Err(AuthFault::BadCredentials)
    }
}

/// A fault, and what the client is told of it.
struct Refusal {
    fault: AuthFault,
    value: Option<&'static str>,
}

impl Refusal {
    /// Binding failed for a reason that RFC 5802 section 7 has its own word for.
    const fn binding(value: &'static str) -> Self {
        Self { fault: AuthFault::ChannelBinding, value: Some(value) }
    }
}

impl From<AuthFault> for Refusal {
    fn from(fault: AuthFault) -> Self {
        Self { fault, value: error_value(fault) }
    }
}

/// Ends the exchange, and tells the client what RFC 5802 has a word for.
fn refuse(refusal: impl Into<Refusal>, out: &mut Vec<u8>) -> ServerStep<Scram> {
    let Refusal { fault, value } = refusal.into();
    if let Some(value) = value {
        out.extend_from_slice(b"e=");
        out.extend_from_slice(value.as_bytes());
    }
    ServerStep::Failure { fault, send: value.is_some() }
}

impl ServerMechanism for Scram {
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
        match (core::mem::replace(&mut self.state, S::Idle), input) {
            //= SRS_SASL_MECHANISMS_01_023
            (S::Idle, I::Initial(None)) => {
                ServerStep::Challenge(Self { state: S::AwaitingFirst, ..self })
            }
            (S::Idle, I::Initial(Some(message))) | (S::AwaitingFirst, I::Response(message)) => {
                self.first(cx, message, out)
            }
            (S::LookingUp(first), I::Lookup(answer)) => self.answer(first, answer, out),
            (S::AwaitingFinal(challenged), I::Response(message)) => {
                self.last(challenged, cx, message, out)
            }
            //= SRS_SASL_MECHANISMS_01_062
            (S::Authorizing { principal, signature, bound }, I::Authorized(true)) => {
                out.extend_from_slice(b"v=");
                out.extend_from_slice(to_base64(signature.octets()).as_bytes());
                let established =
                    Established::mutual(self.variant.properties().name, principal, bound);
                ServerStep::Success { established, additional: true }
            }
            //= SRS_SASL_MECHANISMS_01_027
            (S::Authorizing { .. }, I::Authorized(false)) => refuse(AuthFault::NotAuthorized, out),
            //= SRS_SASL_MECHANISMS_01_022
            (
                S::Idle
                | S::AwaitingFirst
                | S::LookingUp(_)
                | S::AwaitingFinal(_)
                | S::Authorizing { .. },
                I::Initial(_) | I::Response(_) | I::Lookup(_) | I::Authorized(_) | I::Work(_),
            ) => ServerStep::fail(AuthFault::Unexpected),
        }
    }
}
