//! DIGEST-MD5 (RFC 2831) at the server.
//!
//! Invariants: an unknown user and a wrong password differ in nothing that the client sees; `rspauth`
//! goes out only after the application has let the user in.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use subtle::{Choice, ConstantTimeEq};
use xiom_core::{AuthFault, Secret};

use super::{LookupAnswer, LookupRequest, ServerInput, ServerMechanism, ServerStep};
use crate::digest_md5::keys::{End, Session, Terms};
use crate::digest_md5::response::Response;
use crate::digest_md5::{DigestLayer, NAME, Quality, challenge, own_buffer, properties, uri};
use crate::prep::ascii;
use crate::{Context, Decoy, Established, Identity, Nonce, Principal, Properties};

/// `DIGEST-MD5`, over a store of [`crate::digest_md5::DigestKey`]s of one realm.
///
/// ```
/// use xiom_core::Security;
/// use xiom_sasl::server::{DigestMd5, ServerInput, ServerMechanism, ServerStep};
/// use xiom_sasl::{Context, Decoy, Limits, Nonce};
///
/// let (security, limits, mut out) = (Security::default(), Limits::default(), Vec::new());
/// let cx = Context::new(&security, &limits);
/// // Both from a cryptographic source: the key once for the store, the nonce for each exchange.
/// let (decoy, nonce) = (Decoy::new([7; 32], 4096, 16), Nonce::new([9; Nonce::ENTROPY]));
/// let digest = DigestMd5::new("amqp", "broker.example.com", "example.com", decoy, nonce)?;
///
/// let ServerStep::Challenge(_) = digest.step(&cx, ServerInput::Initial(None), &mut out) else {
///     panic!()
/// };
/// assert!(out.starts_with(br#"realm="example.com",nonce=""#));
/// # Ok::<(), xiom_core::AuthFault>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct DigestMd5 {
    uris: Vec<String>,
    realm: Box<str>,
    decoy: Decoy,
    nonce: Nonce,
    state: State,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum State {
    Idle,
    AwaitingResponse,
    LookingUp(Response, Quality),
    Authorizing { principal: Principal, proof: Secret, layer: Option<DigestLayer> },
}

impl DigestMd5 {
    /// Takes users of a `realm` for the `service` of this `host`; `decoy` stands for those that do not
    /// exist. The `nonce` is fresh for each exchange.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::ProhibitedCharacter`] for anything but printable ASCII, or a slash in the
    /// service or the host, and [`AuthFault::NoCredentials`] for whatever is empty.
    pub fn new(
        service: &str,
        host: &str,
        realm: &str,
        decoy: Decoy,
        nonce: Nonce,
    ) -> Result<Self, AuthFault> {
        let uris = Vec::from([uri(service, host)?]);
        let realm = ascii(realm.as_bytes())?.into();
        Ok(Self { uris, realm, decoy, nonce, state: State::Idle })
    }

    /// The same, also for clients that know the service, or the host, under this name.
    ///
    /// # Errors
    ///
    /// As [`Self::new`].
    pub fn with_alias(mut self, service: &str, host: &str) -> Result<Self, AuthFault> {
        self.uris.push(uri(service, host)?);
        Ok(self)
    }

    //= SRS_SASL_MECHANISMS_01_080
    fn challenge(self, cx: &Context<'_>, out: &mut Vec<u8>) -> ServerStep<Self> {
        let qualities: Vec<Quality> = Quality::permitted(cx).collect();
        if qualities.is_empty() {
            return ServerStep::fail(AuthFault::NoCommonLayer);
        }
        let message = challenge::write(&self.realm, self.nonce.text(), &qualities, own_buffer(cx));
        out.extend_from_slice(message.as_bytes());
        ServerStep::Challenge(Self { state: State::AwaitingResponse, ..self })
    }

    fn response(self, cx: &Context<'_>, message: &[u8]) -> ServerStep<Self> {
        let judged = Response::parse(cx, message)
            .and_then(|response| Ok((self.judge(cx, &response)?, response)));
        match judged {
            Ok((quality, response)) => {
                let (user, realm) = (response.user.clone(), self.realm.clone());
                let state = State::LookingUp(response, quality);
                let request = LookupRequest::DigestMd5 { user, realm };
                ServerStep::Lookup(Self { state, ..self }, request)
            }
            Err(fault) => ServerStep::fail(fault),
        }
    }

    /// Judges all of a response but its proof; gives the quality that the client has taken.
    fn judge(&self, cx: &Context<'_>, response: &Response) -> Result<Quality, AuthFault> {
        //= SRS_SASL_MECHANISMS_01_083
        if !bool::from(response.nonce.expose().ct_eq(self.nonce.text().as_bytes())) {
            return Err(AuthFault::Nonce);
        }
        //= SRS_SASL_MECHANISMS_01_084
        if *response.realm != *self.realm
            || !self.uris.iter().any(|uri| uri.eq_ignore_ascii_case(&response.uri))
        {
            return Err(AuthFault::BadCredentials);
        }
        //= SRS_SASL_MECHANISMS_01_085
        let taken = Quality::permitted(cx).find(|quality| response.takes(*quality));
        taken
            .filter(|quality| 0 < quality.capacity(response.buffer))
            .ok_or(AuthFault::NoCommonLayer)
    }

    fn answer(
        self,
        cx: &Context<'_>,
        response: Response,
        quality: Quality,
        answer: LookupAnswer<'_>,
    ) -> ServerStep<Self> {
        let decoy = self.decoy.digest_key(&response.user, &self.realm);
        let (key, is_known) = match answer {
            LookupAnswer::DigestMd5(key) => (key, true),
            LookupAnswer::Unknown => (&decoy, false),
            LookupAnswer::Scram(_)
            | LookupAnswer::Verified(_)
            | LookupAnswer::Subject(_)
            | LookupAnswer::Secret(_) => return ServerStep::fail(AuthFault::NoCredentials),
        };
        let terms = Terms {
            nonce: self.nonce.text(),
            client_nonce: response.client_nonce.expose(),
            authzid: response.authzid.as_deref(),
            uri: &response.uri,
            quality,
        };
        let session = Session::new(key, &terms);
        let is_proven = session.proof(End::Client, &terms).expose().ct_eq(response.proof.expose());
        //= SRS_SASL_MECHANISMS_01_088
        if !bool::from(is_proven & Choice::from(u8::from(is_known))) {
            return ServerStep::fail(AuthFault::BadCredentials);
        }
        let proof = session.proof(End::Server, &terms);
        let buffers = (response.buffer, own_buffer(cx));
        let layer = DigestLayer::new(&session, End::Server, quality, buffers.0, buffers.1);
        let Response { user, authzid, .. } = response;
        let principal = Principal { identity: Identity::User(user), authzid };
        let asked = principal.clone();
        let state = State::Authorizing { principal, proof, layer };
        ServerStep::Authorize(Self { state, ..self }, asked)
    }
}

impl ServerMechanism for DigestMd5 {
    type Layer = DigestLayer;

    fn properties(&self) -> Properties {
        properties()
    }

    fn step(
        mut self,
        cx: &Context<'_>,
        input: ServerInput<'_>,
        out: &mut Vec<u8>,
    ) -> ServerStep<Self> {
        use {ServerInput as I, State as S};
        match (core::mem::replace(&mut self.state, S::Idle), input) {
            (S::Idle, I::Initial(None | Some([]))) => self.challenge(cx, out),
            (S::AwaitingResponse, I::Response(message)) => self.response(cx, message),
            (S::LookingUp(response, quality), I::Lookup(answer)) => {
                self.answer(cx, response, quality, answer)
            }
            //= SRS_SASL_MECHANISMS_01_089
            (S::Authorizing { principal, proof, layer }, I::Authorized(true)) => {
                out.extend_from_slice(b"rspauth=");
                out.extend_from_slice(proof.expose());
                let established = Established::mutual(NAME, principal, None).with_layer(layer);
                ServerStep::Success { established, additional: true }
            }
            //= SRS_SASL_MECHANISMS_01_027
            (S::Authorizing { .. }, I::Authorized(false)) => {
                ServerStep::fail(AuthFault::NotAuthorized)
            }
            //= SRS_SASL_MECHANISMS_01_083
            //= SRS_SASL_MECHANISMS_01_022
            (
                S::Idle | S::AwaitingResponse | S::LookingUp(..) | S::Authorizing { .. },
                I::Initial(_) | I::Response(_) | I::Lookup(_) | I::Authorized(_) | I::Work(_),
            ) => ServerStep::fail(AuthFault::Unexpected),
        }
    }
}
