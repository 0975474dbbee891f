//! CRAM-MD5 (RFC 2195) at the client.
//!
//! Invariant: nothing is signed but one text of the form that the mechanism gives its challenges.

use alloc::vec::Vec;

use xiom_core::AuthFault;

use super::{ClientMechanism, ClientStep};
use crate::cram_md5::{NAME, digest, is_message_id, properties};
use crate::prep::ascii;
use crate::{Context, Credentials, Established, Identity, NoLayer, Principal, Properties};

/// `CRAM-MD5`: the password is not shown, and the server proves nothing.
///
/// ```
/// use xiom_core::Security;
/// use xiom_sasl::client::{ClientMechanism, CramMd5};
/// use xiom_sasl::{Context, Credentials, Limits};
///
/// let mut cram = CramMd5::new(Credentials::new("tim", "tanstaaftanstaaf"))?;
/// let (security, limits, mut out) = (Security::default(), Limits::default(), Vec::new());
/// let cx = Context::new(&security, &limits);
/// cram.start(&cx, &mut out)?;
/// cram.challenge(&cx, b"<1896.697170952@postoffice.reston.mci.net>", &mut out)?;
/// assert_eq!(out, b"tim b913a602c7eda7a495b4e6e7334d3890");
/// # Ok::<(), xiom_core::AuthFault>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct CramMd5 {
    credentials: Credentials,
    state: State,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum State {
    Idle,
    AwaitingChallenge,
    Answered,
    Failed,
}

impl CramMd5 {
    /// Logs in with `credentials`.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::ProhibitedCharacter`] for anything but printable ASCII, and
    /// [`AuthFault::NoCredentials`] for an empty user or password, or an authorization identity, which
    /// the mechanism cannot carry.
    pub fn new(credentials: Credentials) -> Result<Self, AuthFault> {
        ascii(credentials.user.as_bytes())?;
        ascii(credentials.password.expose())?;
        //= SRS_SASL_MECHANISMS_01_096
        if credentials.authzid.is_some() {
            return Err(AuthFault::NoCredentials);
        }
        Ok(Self { credentials, state: State::Idle })
    }

    fn answer(
        &self,
        cx: &Context<'_>,
        challenge: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        cx.check_size(challenge)?;
        //= SRS_SASL_MECHANISMS_01_094
        if !is_message_id(challenge) {
            return Err(AuthFault::Malformed);
        }
        out.extend_from_slice(self.credentials.user.as_bytes());
        out.push(b' ');
        out.extend_from_slice(digest(&self.credentials.password, challenge).expose());
        Ok(ClientStep::Send)
    }
}

impl ClientMechanism for CramMd5 {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        properties()
    }

    fn start(&mut self, _: &Context<'_>, _: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        match core::mem::replace(&mut self.state, State::Failed) {
            State::Idle => {
                self.state = State::AwaitingChallenge;
                Ok(ClientStep::NoInitialResponse)
            }
            //= SRS_SASL_MECHANISMS_01_021
            State::AwaitingChallenge | State::Answered | State::Failed => {
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
        match core::mem::replace(&mut self.state, State::Failed) {
            State::AwaitingChallenge => {
                let step = self.answer(cx, data, out)?;
                self.state = State::Answered;
                Ok(step)
            }
            //= SRS_SASL_MECHANISMS_01_021, SRS_SASL_MECHANISMS_01_094
            State::Idle | State::Answered | State::Failed => Err(AuthFault::Unexpected),
        }
    }

    fn work(&mut self, _: &Context<'_>, _: u32, _: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        self.state = State::Failed;
        Err(AuthFault::Unexpected)
    }

    fn is_done(&self) -> bool {
        self.state == State::Answered
    }

    fn outcome_ok(
        self,
        _: &Context<'_>,
        additional: Option<&[u8]>,
    ) -> Result<Established<NoLayer>, AuthFault> {
        match (self.state, additional) {
            (State::Answered, None | Some([])) => {
                let identity = Identity::User(self.credentials.user);
                Ok(Established::one_way(NAME, Principal { identity, authzid: None }))
            }
            //= SRS_SASL_MECHANISMS_01_019
            (
                State::Idle | State::AwaitingChallenge | State::Answered | State::Failed,
                None | Some(_),
            ) => Err(AuthFault::Unexpected),
        }
    }
}
