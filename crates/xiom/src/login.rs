//! How a client proves who it is: the mechanisms that belong to what it has.

use xiom_core::AuthFault;
use xiom_sasl::client::{Anonymous, ClientMechanism, External, Mechanism, Plain, Scram};
use xiom_sasl::scram::Variant;
use xiom_sasl::{Credentials, Nonce};

use crate::Error;

/// What a client has to prove itself with; each is a family of mechanisms.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Login {
    /// Nothing: ANONYMOUS (RFC 4505), with a trace such as an address that proves nothing.
    Anonymous(String),
    /// User and password: SCRAM-SHA-256-PLUS, SCRAM-SHA-256 (RFC 7677), PLAIN (RFC 4616).
    Password(Credentials),
    /// The certificate that is shown in TLS: EXTERNAL (RFC 4422 appendix A), perhaps as somebody else.
    External(Option<String>),
}

impl Login {
    /// The mechanisms, the strongest first; with fresh nonces, so for one exchange.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Login`] when the credentials cannot be sent, and [`Error::Entropy`] when the system
    /// gives no random octets.
    pub fn mechanisms(&self) -> Result<Vec<Mechanism>, Error> {
        match self {
            Self::Anonymous(trace) => Ok(vec![Anonymous::new(trace)?.into()]),
            Self::External(authzid) => Ok(vec![External::new(authzid.as_deref())?.into()]),
            Self::Password(credentials) => {
                let scram = |variant| -> Result<_, Error> {
                    Ok(Scram::new(variant, credentials.clone(), nonce()?))
                };
                // A user that SCRAM cannot carry may still log in with PLAIN.
                let scrams = [scram(Variant::Sha256Plus)?, scram(Variant::Sha256)?];
                let mut mechanisms: Vec<Mechanism> =
                    scrams.into_iter().flatten().map(Mechanism::from).collect();
                let plain: Result<Plain, AuthFault> = Plain::new(credentials.clone());
                match plain {
                    Ok(plain) => mechanisms.push(plain.into()),
                    Err(fault) if mechanisms.is_empty() => return Err(fault.into()),
                    Err(_) => {}
                }
                Ok(mechanisms)
            }
        }
    }
}

/// Keeps the mechanisms that are `named`; all of them when none is.
pub(crate) fn only(mechanisms: &mut Vec<Mechanism>, named: &[String]) {
    let is_named = |mechanism: &Mechanism| {
        named.iter().any(|name| name.eq_ignore_ascii_case(mechanism.properties().name))
    };
    mechanisms.retain(|mechanism| named.is_empty() || is_named(mechanism));
}

/// A fresh nonce from the system's source of randomness.
pub(crate) fn nonce() -> Result<Nonce, Error> {
    let mut entropy = [0; Nonce::ENTROPY];
    getrandom::fill(&mut entropy).map_err(|_| Error::Entropy)?;
    Ok(Nonce::new(entropy))
}
