//! PLAIN (RFC 4616) at the server: the application verifies the password, or gives the user's keys.
//!
//! Invariant: with keys, an unknown user costs the same derivation as a known one and ends in the same
//! fault.

use alloc::boxed::Box;
use alloc::vec::Vec;

use subtle::{Choice, ConstantTimeEq};
use xiom_core::{AuthFault, Secret};

use super::{LookupAnswer, LookupRequest, ServerInput, ServerMechanism, ServerStep};
use crate::scram::Hash;
use crate::scram::hash::Tag;
use crate::scram::hi::Hi;
use crate::scram::keys::derive_keys;
use crate::{
    Context, Decoy, Established, Identity, NoLayer, Principal, Properties, ScramKeys, prep,
};

/// `PLAIN`
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Plain {
    decoy: Decoy,
    state: State,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum State {
    Idle,
    AwaitingMessage,
    Verifying { principal: Principal, password: Secret },
    Deriving(Box<Deriving>),
    Authorizing(Principal),
}

/// What a check by keys needs; apart, because a server holds its mechanisms for every client that has
/// said nothing yet, and each of them is as large as the largest state.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Deriving {
    principal: Principal,
    hi: Hi,
    hash: Hash,
    stored_key: Tag,
    known: bool,
}

impl Plain {
    /// Takes passwords; `decoy` stands for users that [`LookupAnswer::Unknown`] says do not exist.
    #[must_use]
    pub const fn new(decoy: Decoy) -> Self {
        Self { decoy, state: State::Idle }
    }

    fn message(self, cx: &Context<'_>, message: &[u8]) -> ServerStep<Self> {
        let (authzid, user, password) = match parse(cx, message) {
            Ok(parts) => parts,
            Err(fault) => return ServerStep::fail(fault),
        };
        let identity = Identity::User(user.into());
        let principal = Principal { identity, authzid: authzid.map(Box::from) };
        let request = LookupRequest::Password { user: user.into(), password: password.clone() };
        let state = State::Verifying { principal, password };
        ServerStep::Lookup(Self { state, ..self }, request)
    }

    fn answer(
        decoy: Decoy,
        (principal, password): (Principal, &Secret),
        cx: &Context<'_>,
        answer: LookupAnswer<'_>,
    ) -> ServerStep<Self> {
        match answer {
            LookupAnswer::Subject(_) => ServerStep::fail(AuthFault::NoCredentials),
            #[cfg(feature = "legacy")]
            LookupAnswer::DigestMd5(_) | LookupAnswer::Secret(_) => {
                ServerStep::fail(AuthFault::NoCredentials)
            }
            LookupAnswer::Verified(true) => Self::authorize(decoy, principal),
            LookupAnswer::Verified(false) => ServerStep::fail(AuthFault::BadCredentials),
            LookupAnswer::Scram(keys) => Self::derive(decoy, principal, cx, password, keys, true),
            //= SRS_SASL_MECHANISMS_01_042
            LookupAnswer::Unknown => {
                let keys = decoy.keys(decoy.password_hash(), principal.name());
                Self::derive(decoy, principal, cx, password, &keys, false)
            }
        }
    }

    fn derive(
        decoy: Decoy,
        principal: Principal,
        cx: &Context<'_>,
        password: &Secret,
        keys: &ScramKeys,
        known: bool,
    ) -> ServerStep<Self> {
        let prepared = match prep::saslprep(password.expose()) {
            Ok(prepared) => prepared,
            Err(fault) => return ServerStep::fail(fault),
        };
        //= SRS_SASL_MECHANISMS_01_043
        if cx.limits.iterations.end() < &keys.iterations() {
            return ServerStep::fail(AuthFault::Iterations(keys.iterations()));
        }
        let hash = keys.hash();
        let hi = Hi::new(hash, prepared.as_str().as_bytes(), keys.salt(), keys.iterations());
        let stored_key = keys.tags().0.clone();
        let deriving = Deriving { principal, hi, hash, stored_key, known };
        ServerStep::Working(Self { decoy, state: State::Deriving(Box::new(deriving)) })
    }

    const fn authorize_state(decoy: Decoy, principal: Principal) -> Self {
        Self { decoy, state: State::Authorizing(principal) }
    }

    fn authorize(decoy: Decoy, principal: Principal) -> ServerStep<Self> {
        let asked = principal.clone();
        ServerStep::Authorize(Self::authorize_state(decoy, principal), asked)
    }

    fn work(decoy: Decoy, mut deriving: Box<Deriving>, count: u32) -> ServerStep<Self> {
        let Some(salted) = deriving.hi.run(count) else {
            return ServerStep::Working(Self { decoy, state: State::Deriving(deriving) });
        };
        let Deriving { principal, hash, stored_key, known, .. } = *deriving;
        let matches = derive_keys(hash, &salted).stored.ct_eq(&stored_key);
        if bool::from(matches & Choice::from(u8::from(known))) {
            Self::authorize(decoy, principal)
        } else {
            //= SRS_SASL_MECHANISMS_01_042
            ServerStep::fail(AuthFault::BadCredentials)
        }
    }
}

impl ServerMechanism for Plain {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        Properties { reveals_secret: true, dictionary: true, ..Properties::named(NAME) }
    }

    fn step(
        mut self,
        cx: &Context<'_>,
        input: ServerInput<'_>,
        _: &mut Vec<u8>,
    ) -> ServerStep<Self> {
        use {ServerInput as I, State as S};
        match (core::mem::replace(&mut self.state, S::Idle), input) {
            //= SRS_SASL_MECHANISMS_01_023
            (S::Idle, I::Initial(None)) => match cx.check_confidential() {
                Ok(()) => ServerStep::Challenge(Self { state: S::AwaitingMessage, ..self }),
                Err(fault) => ServerStep::fail(fault),
            },
            (S::Idle, I::Initial(Some(message))) | (S::AwaitingMessage, I::Response(message)) => {
                self.message(cx, message)
            }
            (S::Verifying { principal, password }, I::Lookup(answer)) => {
                Self::answer(self.decoy, (principal, &password), cx, answer)
            }
            (S::Deriving(deriving), I::Work(count)) => Self::work(self.decoy, deriving, count),
            (S::Authorizing(principal), I::Authorized(true)) => ServerStep::Success {
                established: Established::one_way(NAME, principal),
                additional: false,
            },
            //= SRS_SASL_MECHANISMS_01_027
            (S::Authorizing(_), I::Authorized(false)) => ServerStep::fail(AuthFault::NotAuthorized),
            //= SRS_SASL_MECHANISMS_01_022
            (
                S::Idle
                | S::AwaitingMessage
                | S::Verifying { .. }
                | S::Deriving(_)
                | S::Authorizing(_),
                I::Initial(_) | I::Response(_) | I::Lookup(_) | I::Authorized(_) | I::Work(_),
            ) => ServerStep::fail(AuthFault::Unexpected),
        }
    }
}

type Parts<'a> = (Option<&'a str>, &'a str, Secret);

//= SRS_SASL_MECHANISMS_01_029
/// `message = [authzid] NUL authcid NUL passwd`, with exactly two NULs (RFC 4616 section 2)
fn parse<'a>(cx: &Context<'_>, message: &'a [u8]) -> Result<Parts<'a>, AuthFault> {
    cx.check_confidential()?;
    cx.check_size(message)?;
    let text = str::from_utf8(message).map_err(|_| AuthFault::Malformed)?;
    let mut parts = text.split('\0');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        //= SRS_SASL_MECHANISMS_01_039
        (Some(authzid), Some(user), Some(password), None)
            if !user.is_empty() && !password.is_empty() =>
        {
            let authzid = (!authzid.is_empty()).then_some(authzid);
            Ok((authzid, user, Secret::new(password)))
        }
        //= SRS_SASL_MECHANISMS_01_039
        _ => Err(AuthFault::Malformed),
    }
}

const NAME: &str = "PLAIN";
