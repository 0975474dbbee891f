//! DIGEST-MD5 (RFC 2831) at the client.
//!
//! Invariant: there is no success without the server's `rspauth`, wherever the server puts it, and no
//! layer weaker than the context permits.

use alloc::boxed::Box;
use alloc::vec::Vec;

use subtle::ConstantTimeEq;
use xiom_core::{AuthFault, Secret};

use super::{ClientMechanism, ClientStep};
use crate::digest_md5::challenge::{self, Challenge};
use crate::digest_md5::keys::{DigestKey, End, Session, Terms, check_realm};
use crate::digest_md5::response::Answer;
use crate::digest_md5::{DigestLayer, NAME, Quality, own_buffer, properties, uri};
use crate::prep::ascii;
use crate::{Context, Credentials, Established, Identity, Nonce, Principal, Properties};

/// `DIGEST-MD5`: neither side shows the password, and each proves that it knows it.
///
/// ```
/// use xiom_core::Security;
/// use xiom_sasl::client::{ClientMechanism, ClientStep, DigestMd5};
/// use xiom_sasl::{Context, Credentials, Limits, Nonce};
///
/// let nonce = Nonce::new([9; Nonce::ENTROPY]); // From a cryptographic source.
/// let credentials = Credentials::new("chris", "secret");
/// let mut digest = DigestMd5::new(credentials, "imap", "elwood.innosoft.com", nonce)?;
/// let (security, limits, mut out) = (Security::default(), Limits::default(), Vec::new());
/// let cx = Context::new(&security, &limits);
/// assert_eq!(digest.start(&cx, &mut out)?, ClientStep::NoInitialResponse);
/// let challenge = br#"realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",
///     algorithm=md5-sess,charset=utf-8"#;
/// assert_eq!(digest.challenge(&cx, challenge, &mut out)?, ClientStep::Send);
/// assert!(out.starts_with(br#"charset=utf-8,username="chris",realm="elwood.innosoft.com","#));
/// // The server's word alone is not enough.
/// assert!(digest.outcome_ok(&cx, None).is_err());
/// # Ok::<(), xiom_core::AuthFault>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct DigestMd5 {
    credentials: Credentials,
    uri: Box<str>,
    realm: Option<Box<str>>,
    nonce: Nonce,
    state: State,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum State {
    Idle,
    AwaitingChallenge,
    AwaitingProof { proof: Secret, layer: Option<DigestLayer> },
    Verified { layer: Option<DigestLayer> },
    Failed,
}

impl DigestMd5 {
    /// Logs in with `credentials` to the `service` of a `host`, such as `amqp` and its name in the DNS;
    /// the `nonce` is fresh for each exchange.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::ProhibitedCharacter`] for anything but printable ASCII, or a slash in the
    /// service or the host, and [`AuthFault::NoCredentials`] for whatever is empty.
    pub fn new(
        credentials: Credentials,
        service: &str,
        host: &str,
        nonce: Nonce,
    ) -> Result<Self, AuthFault> {
        ascii(credentials.user.as_bytes())?;
        ascii(credentials.password.expose())?;
        if let Some(authzid) = &credentials.authzid {
            ascii(authzid.as_bytes())?;
        }
        let uri = uri(service, host)?.into();
        Ok(Self { credentials, uri, realm: None, nonce, state: State::Idle })
    }

    /// The same with an account of this `realm` and no other; without this, of the first realm that is
    /// offered.
    ///
    /// # Errors
    ///
    /// As [`Self::new`].
    pub fn with_realm(self, realm: &str) -> Result<Self, AuthFault> {
        let realm = Some(ascii(realm.as_bytes())?.into());
        Ok(Self { realm, ..self })
    }

    /// Answers the challenge; gives what the server must show, and the layer from then on.
    fn answer(&self, cx: &Context<'_>, data: &[u8], out: &mut Vec<u8>) -> Result<State, AuthFault> {
        let challenge = Challenge::parse(cx, data)?;
        let realm = self.choose_realm(&challenge)?;
        let quality = choose_quality(cx, &challenge)?;
        let Credentials { user, password, authzid } = &self.credentials;
        let password = ascii(password.expose())?;
        let key = DigestKey::of([user, realm.unwrap_or_default(), password]);
        let terms = Terms {
            nonce: &challenge.nonce,
            client_nonce: self.nonce.text().as_bytes(),
            authzid: authzid.as_deref(),
            uri: &self.uri,
            quality,
        };
        let session = Session::new(&key, &terms);
        let proof = session.proof(End::Client, &terms);
        let buffer = own_buffer(cx);
        let answer = Answer {
            user,
            authzid: terms.authzid,
            realm,
            nonce: terms.nonce,
            client_nonce: self.nonce.text(),
            uri: terms.uri,
            quality,
            proof: str::from_utf8(proof.expose()).map_err(|_| AuthFault::Malformed)?,
            buffer,
            utf_8: challenge.utf_8,
        };
        out.extend_from_slice(answer.write().as_bytes());
        let layer = DigestLayer::new(&session, End::Client, quality, challenge.buffer, buffer);
        Ok(State::AwaitingProof { proof: session.proof(End::Server, &terms), layer })
    }

    /// The realm to name, if any is offered or demanded.
    fn choose_realm<'a>(&'a self, challenge: &'a Challenge) -> Result<Option<&'a str>, AuthFault> {
        let mut offered = challenge.realms.iter().map(|realm| &**realm);
        match (&self.realm, &*challenge.realms) {
            (wanted, []) => Ok(wanted.as_deref()),
            //= SRS_SASL_MECHANISMS_01_091
            (Some(wanted), _) => {
                let found = offered.find(|realm| *realm == &**wanted);
                found.map(Some).ok_or(AuthFault::NoCredentials)
            }
            //= SRS_SASL_MECHANISMS_01_090
            (None, _) => {
                let found = offered.find_map(|realm| check_realm(realm).ok());
                found.map(Some).ok_or(AuthFault::ProhibitedCharacter)
            }
        }
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

//= SRS_SASL_MECHANISMS_01_080
/// The strongest quality of protection that the server offers and this side may take.
fn choose_quality(cx: &Context<'_>, challenge: &Challenge) -> Result<Quality, AuthFault> {
    let fits =
        |quality: &Quality| challenge.offers(*quality) && 0 < quality.capacity(challenge.buffer);
    Quality::permitted(cx).find(fits).ok_or(AuthFault::NoCommonLayer)
}

/// Whether `message` shows the `proof`, in constant time.
fn verify(cx: &Context<'_>, proof: &Secret, message: &[u8]) -> Result<(), AuthFault> {
    let shown = challenge::proof(cx, message)?;
    if bool::from(proof.expose().ct_eq(shown.expose())) {
        Ok(())
    } else {
        //= SRS_SASL_MECHANISMS_01_079
        Err(AuthFault::ServerNotVerified)
    }
}

impl ClientMechanism for DigestMd5 {
    type Layer = DigestLayer;

    fn properties(&self) -> Properties {
        properties()
    }

    fn start(&mut self, _: &Context<'_>, _: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        let result = match core::mem::replace(&mut self.state, State::Failed) {
            State::Idle => Ok(State::AwaitingChallenge),
            //= SRS_SASL_MECHANISMS_01_021
            State::AwaitingChallenge
            | State::AwaitingProof { .. }
            | State::Verified { .. }
            | State::Failed => Err(AuthFault::Unexpected),
        };
        self.enter(result, ClientStep::NoInitialResponse)
    }

    fn challenge(
        &mut self,
        cx: &Context<'_>,
        data: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        let result = match core::mem::replace(&mut self.state, State::Failed) {
            State::AwaitingChallenge => self.answer(cx, data, out),
            //= SRS_SASL_MECHANISMS_01_079
            State::AwaitingProof { proof, layer } => {
                verify(cx, &proof, data).map(|()| State::Verified { layer })
            }
            //= SRS_SASL_MECHANISMS_01_021, SRS_SASL_MECHANISMS_01_024
            State::Idle | State::Verified { .. } | State::Failed => Err(AuthFault::Unexpected),
        };
        self.enter(result, ClientStep::Send)
    }

    fn work(&mut self, _: &Context<'_>, _: u32, _: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        self.state = State::Failed;
        Err(AuthFault::Unexpected)
    }

    fn is_done(&self) -> bool {
        matches!(self.state, State::Verified { .. })
    }

    fn outcome_ok(
        self,
        cx: &Context<'_>,
        additional: Option<&[u8]>,
    ) -> Result<Established<DigestLayer>, AuthFault> {
        let layer = match (self.state, additional) {
            //= SRS_SASL_MECHANISMS_01_079
            (State::AwaitingProof { proof, layer }, Some(additional)) => {
                verify(cx, &proof, additional)?;
                layer
            }
            (State::Verified { layer }, None | Some([])) => layer,
            (State::Verified { .. }, Some(_)) => return Err(AuthFault::Unexpected),
            //= SRS_SASL_MECHANISMS_01_079
            (
                State::Idle
                | State::AwaitingChallenge
                | State::AwaitingProof { .. }
                | State::Failed,
                _,
            ) => return Err(AuthFault::ServerNotVerified),
        };
        let Credentials { user, authzid, .. } = self.credentials;
        let principal = Principal { identity: Identity::User(user), authzid };
        Ok(Established::mutual(NAME, principal, None).with_layer(layer))
    }
}
