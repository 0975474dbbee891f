//! SCRAM (RFC 5802, RFC 7677) at the client.
//!
//! Invariant: there is no success without the server's signature, wherever the server puts it.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use subtle::ConstantTimeEq;
use xiom_core::{AuthFault, Secret};

use super::{ClientMechanism, ClientStep};
use crate::encoding::to_base64;
use crate::scram::hash::Tag;
use crate::scram::hi::Hi;
use crate::scram::keys::{client_proof, derive_keys, server_signature};
use crate::scram::message::escape;
use crate::scram::{Variant, best_binding, parse};
use crate::{
    BindingOffer, BindingType, Context, Credentials, Established, Identity, NoLayer, Nonce,
    Principal, Properties,
};

/// `SCRAM-SHA-256` and its kin: neither side shows the password, and each proves that it knows it.
///
/// ```
/// use xiom_core::Security;
/// use xiom_sasl::client::{ClientMechanism, ClientStep, Scram};
/// use xiom_sasl::scram::Variant;
/// use xiom_sasl::{Context, Credentials, Limits, Nonce};
///
/// let nonce = Nonce::from_text("rOprNGfwEbeRWgbNEkqO").unwrap();
/// let mut scram = Scram::new(Variant::Sha256, Credentials::new("user", "pencil"), nonce)?;
/// let (security, limits, mut out) = (Security::default(), Limits::default(), Vec::new());
/// let cx = Context::new(&security, &limits);
/// assert_eq!(scram.start(&cx, &mut out)?, ClientStep::Send);
/// assert_eq!(out, b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
/// // The server's word alone is not enough.
/// assert!(scram.outcome_ok(&cx, None).is_err());
/// # Ok::<(), xiom_core::AuthFault>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Scram {
    variant: Variant,
    credentials: Credentials,
    nonce: Nonce,
    state: State,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum State {
    Idle,
    AwaitingServerFirst(First),
    Deriving(Box<Deriving>),
    AwaitingServerFinal { signature: Tag, bound: Option<BindingType> },
    Verified { bound: Option<BindingType> },
    Failed,
}

/// What is kept of the first message.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct First {
    /// `gs2-header [cbind-data]` in Base64.
    binding: Secret,
    bare: Secret,
    bound: Option<BindingType>,
}

/// A derivation under way; apart, because it is by far the largest state.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Deriving {
    hi: Hi,
    last: Last,
    bound: Option<BindingType>,
}

/// What is ready of the last message while the key is derived.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Last {
    auth_message: Secret,
    without_proof: Secret,
}

impl Scram {
    /// Logs in with `credentials`; the `nonce` is fresh for each exchange.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::ProhibitedCharacter`] for what `SASLprep` forbids, and without the feature
    /// `saslprep` for anything but printable ASCII, and [`AuthFault::NoCredentials`] for an empty user,
    /// password or authorization identity.
    pub fn new(
        variant: Variant,
        credentials: Credentials,
        nonce: Nonce,
    ) -> Result<Self, AuthFault> {
        let credentials = credentials.prepared()?;
        Ok(Self { variant, credentials, nonce, state: State::Idle })
    }

    /// `client-first-message`
    fn first(&self, cx: &Context<'_>, out: &mut Vec<u8>) -> Result<First, AuthFault> {
        let (flag, bound, data) = if self.variant.binds() {
            let (kind, data) =
                best_binding(&cx.security.bindings).ok_or(AuthFault::NoCredentials)?;
            (format!("p={}", kind.name()), Some(kind), data)
        } else {
            //= SRS_SASL_MECHANISMS_01_055
            let flag = if cx.binding == BindingOffer::Withheld { "y" } else { "n" };
            (String::from(flag), None, Secret::default())
        };
        let authzid = self.credentials.authzid.as_deref().map(|name| format!("a={}", escape(name)));
        let header = format!("{flag},{},", authzid.unwrap_or_default());
        let bare = format!("n={},r={}", escape(&self.credentials.user), self.nonce.text());
        out.extend_from_slice(header.as_bytes());
        out.extend_from_slice(bare.as_bytes());
        let binding = to_base64(&[header.as_bytes(), data.expose()].concat());
        Ok(First { binding: Secret::new(binding), bare: Secret::new(bare), bound })
    }

    /// Judges `server-first-message`, and begins to derive.
    fn server_first(
        &self,
        cx: &Context<'_>,
        first: &First,
        data: &[u8],
    ) -> Result<State, AuthFault> {
        let server = parse::server_first(data, cx.limits)?;
        //= SRS_SASL_MECHANISMS_01_049
        if server.nonce.strip_prefix(self.nonce.text()).is_none_or(str::is_empty) {
            return Err(AuthFault::Nonce);
        }
        let without_proof =
            [b"c=", first.binding.expose(), b",r=", server.nonce.as_bytes()].concat();
        let auth_message = [first.bare.expose(), b",", data, b",", &without_proof].concat();
        let password = self.credentials.password.expose();
        let hi = Hi::new(self.variant.hash(), password, server.salt.expose(), server.iterations);
        let last = Last {
            auth_message: Secret::new(auth_message),
            without_proof: Secret::new(without_proof),
        };
        Ok(State::Deriving(Box::new(Deriving { hi, last, bound: first.bound })))
    }

    /// `client-final-message`; gives the signature that the server must show.
    fn last(&self, salted: &Tag, last: &Last, out: &mut Vec<u8>) -> Tag {
        let hash = self.variant.hash();
        let keys = derive_keys(hash, salted);
        let proof = client_proof(hash, &keys, last.auth_message.expose());
        out.extend_from_slice(last.without_proof.expose());
        out.extend_from_slice(b",p=");
        out.extend_from_slice(to_base64(proof.octets()).as_bytes());
        server_signature(hash, &keys.server, last.auth_message.expose())
    }

    /// Moves to a state, or to failure for good.
    fn enter(
        &mut self,
        result: Result<State, AuthFault>,
        step: ClientStep,
    ) -> Result<ClientStep, AuthFault> {
        self.state = result?;
        Ok(step)
    }
}

/// Whether `message` shows the `signature`, in constant time.
fn verify(cx: &Context<'_>, signature: &Tag, message: &[u8]) -> Result<(), AuthFault> {
    let verifier = parse::server_final(message, cx.limits)?;
    if bool::from(signature.octets().ct_eq(verifier.expose())) {
        Ok(())
    } else {
        //= SRS_SASL_MECHANISMS_01_046
        Err(AuthFault::ServerNotVerified)
    }
}

impl ClientMechanism for Scram {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        self.variant.properties()
    }

    fn start(&mut self, cx: &Context<'_>, out: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        let result = match core::mem::replace(&mut self.state, State::Failed) {
            State::Idle => self.first(cx, out).map(State::AwaitingServerFirst),
            //= SRS_SASL_MECHANISMS_01_021
            State::AwaitingServerFirst(_)
            | State::Deriving(_)
            | State::AwaitingServerFinal { .. }
            | State::Verified { .. }
            | State::Failed => Err(AuthFault::Unexpected),
        };
        self.enter(result, ClientStep::Send)
    }

    fn challenge(
        &mut self,
        cx: &Context<'_>,
        data: &[u8],
        _: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        let (result, step) = match core::mem::replace(&mut self.state, State::Failed) {
            State::AwaitingServerFirst(first) => {
                (self.server_first(cx, &first, data), ClientStep::Working)
            }
            //= SRS_SASL_MECHANISMS_01_047
            State::AwaitingServerFinal { signature, bound } => {
                let verified = verify(cx, &signature, data);
                (verified.map(|()| State::Verified { bound }), ClientStep::Send)
            }
            //= SRS_SASL_MECHANISMS_01_021, SRS_SASL_MECHANISMS_01_024
            State::Idle | State::Deriving(_) | State::Verified { .. } | State::Failed => {
                (Err(AuthFault::Unexpected), ClientStep::Send)
            }
        };
        self.enter(result, step)
    }

    fn work(
        &mut self,
        _: &Context<'_>,
        iterations: u32,
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        let (result, step) = match core::mem::replace(&mut self.state, State::Failed) {
            State::Deriving(mut deriving) => match deriving.hi.run(iterations) {
                Some(salted) => {
                    let signature = self.last(&salted, &deriving.last, out);
                    let bound = deriving.bound;
                    (Ok(State::AwaitingServerFinal { signature, bound }), ClientStep::Send)
                }
                None => (Ok(State::Deriving(deriving)), ClientStep::Working),
            },
            //= SRS_SASL_MECHANISMS_01_021
            State::Idle
            | State::AwaitingServerFirst(_)
            | State::AwaitingServerFinal { .. }
            | State::Verified { .. }
            | State::Failed => (Err(AuthFault::Unexpected), ClientStep::Send),
        };
        self.enter(result, step)
    }

    fn is_done(&self) -> bool {
        matches!(self.state, State::Verified { .. })
    }

    fn outcome_ok(
        self,
        cx: &Context<'_>,
        additional: Option<&[u8]>,
    ) -> Result<Established<NoLayer>, AuthFault> {
        let bound = match (self.state, additional) {
            //= SRS_SASL_MECHANISMS_01_047
            (State::AwaitingServerFinal { signature, bound }, Some(additional)) => {
                verify(cx, &signature, additional)?;
                bound
            }
            (State::Verified { bound }, None | Some([])) => bound,
            //= SRS_SASLCLIENTIO_50_007
            (State::Verified { .. }, Some(_)) => return Err(AuthFault::Unexpected),
            //= SRS_SASL_MECHANISMS_01_046
            //= SRS_SASLCLIENTIO_50_003
            (
                State::Idle
                | State::AwaitingServerFirst(_)
                | State::Deriving(_)
                | State::AwaitingServerFinal { .. }
                | State::Failed,
                _,
            ) => return Err(AuthFault::ServerNotVerified),
        };
        let Credentials { user, authzid, .. } = self.credentials;
        let principal = Principal { identity: Identity::User(user), authzid };
        Ok(Established::mutual(self.variant.properties().name, principal, bound))
    }
}
