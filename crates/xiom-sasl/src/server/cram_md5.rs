//! CRAM-MD5 (RFC 2195) at the server.
//!
//! Invariant: an unknown user and a wrong password cost the same and end in the same fault.

use alloc::boxed::Box;
use alloc::vec::Vec;

use subtle::{Choice, ConstantTimeEq};
use xiom_core::{AuthFault, Secret};

use super::{LookupAnswer, LookupRequest, ServerInput, ServerMechanism, ServerStep};
use crate::cram_md5::{NAME, digest, is_message_id, properties};
use crate::prep::ascii;
use crate::{Context, Decoy, Established, Identity, NoLayer, Nonce, Principal, Properties};

/// `CRAM-MD5`, over a store of passwords as they are.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct CramMd5 {
    challenge: Secret,
    decoy: Decoy,
    state: State,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum State {
    Idle,
    AwaitingResponse,
    LookingUp { user: Box<str>, proof: Secret },
    Authorizing(Principal),
}

impl CramMd5 {
    /// Takes users of a store at `host`; `decoy` stands for those that do not exist. The `nonce` is
    /// fresh for each exchange.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::ProhibitedCharacter`] for a host or a nonce that has no place in a
    /// challenge.
    pub fn new(host: &str, decoy: Decoy, nonce: &Nonce) -> Result<Self, AuthFault> {
        let challenge = [b"<", nonce.text().as_bytes(), b"@", host.as_bytes(), b">"].concat();
        if is_message_id(&challenge) {
            Ok(Self { challenge: Secret::new(challenge), decoy, state: State::Idle })
        } else {
            Err(AuthFault::ProhibitedCharacter)
        }
    }

    fn response(self, cx: &Context<'_>, message: &[u8]) -> ServerStep<Self> {
        match parse(cx, message) {
            Ok((user, proof)) => {
                let user: Box<str> = user.into();
                let request = LookupRequest::SharedSecret { user: user.clone() };
                ServerStep::Lookup(
                    Self { state: State::LookingUp { user, proof }, ..self },
                    request,
                )
            }
            Err(fault) => ServerStep::fail(fault),
        }
    }

    fn answer(self, user: Box<str>, proof: &Secret, answer: LookupAnswer<'_>) -> ServerStep<Self> {
        let decoy = self.decoy.secret(&user);
        let (password, is_known) = match answer {
            LookupAnswer::Secret(password) => (password, true),
            LookupAnswer::Unknown => (&decoy, false),
            LookupAnswer::Scram(_)
            | LookupAnswer::Verified(_)
            | LookupAnswer::Subject(_)
            | LookupAnswer::DigestMd5(_) => return ServerStep::fail(AuthFault::NoCredentials),
        };
        let expected = digest(password, self.challenge.expose());
        let is_proven = expected.expose().ct_eq(proof.expose());
        //= SRS_SASL_MECHANISMS_01_095
        if !bool::from(is_proven & Choice::from(u8::from(is_known))) {
            return ServerStep::fail(AuthFault::BadCredentials);
        }
        let principal = Principal { identity: Identity::User(user), authzid: None };
        let state = State::Authorizing(principal.clone());
        ServerStep::Authorize(Self { state, ..self }, principal)
    }
}

impl ServerMechanism for CramMd5 {
    type Layer = NoLayer;

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
            (S::Idle, I::Initial(None | Some([]))) => {
                out.extend_from_slice(self.challenge.expose());
                ServerStep::Challenge(Self { state: S::AwaitingResponse, ..self })
            }
            (S::AwaitingResponse, I::Response(message)) => self.response(cx, message),
            (S::LookingUp { user, proof }, I::Lookup(answer)) => self.answer(user, &proof, answer),
            (S::Authorizing(principal), I::Authorized(true)) => ServerStep::Success {
                established: Established::one_way(NAME, principal),
                additional: false,
            },
            //= SRS_SASL_MECHANISMS_01_027
            (S::Authorizing(_), I::Authorized(false)) => ServerStep::fail(AuthFault::NotAuthorized),
            //= SRS_SASL_MECHANISMS_01_022
            (
                S::Idle | S::AwaitingResponse | S::LookingUp { .. } | S::Authorizing(_),
                I::Initial(_) | I::Response(_) | I::Lookup(_) | I::Authorized(_) | I::Work(_),
            ) => ServerStep::fail(AuthFault::Unexpected),
        }
    }
}

//= SRS_SASL_MECHANISMS_01_029
/// `user SP digest`; the user may have spaces of its own.
fn parse<'a>(cx: &Context<'_>, message: &'a [u8]) -> Result<(&'a str, Secret), AuthFault> {
    cx.check_size(message)?;
    let text = str::from_utf8(message).map_err(|_| AuthFault::Malformed)?;
    let (user, proof) = text.rsplit_once(' ').ok_or(AuthFault::Malformed)?;
    Ok((ascii(user.as_bytes())?, Secret::new(proof)))
}
