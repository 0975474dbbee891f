//! How a client proves who it is: the mechanisms that belong to what it has.

use xiom_core::{AuthFault, Secret};
use xiom_sasl::client::{Anonymous, ClientMechanism as _, External, Mssbcbs, OAuth, Plain, Scram};
use xiom_sasl::{Credentials, Nonce, oauth, scram};

use crate::mechanisms::client;
use crate::{ClientMechanism, Error};

/// What a client has to prove itself with; each is a family of mechanisms.
///
/// ```
/// use xiom::sasl::client::ClientMechanism as _;
///
/// let login = xiom::Login::Token { token: "eyJhbGciOi.J9".into(), user: None };
/// let names: Vec<_> = login.mechanisms("amqp", "broker.example")?.iter().map(|one| one.properties().name).collect();
/// assert_eq!(names, ["OAUTHBEARER"], "XOAUTH2 needs a user");
/// assert!(!format!("{login:?}").contains("eyJ"));
/// # Ok::<(), xiom::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Login {
    /// Nothing: ANONYMOUS (RFC 4505), with a trace such as an address that proves nothing.
    Anonymous(String),
    /// User and password: SCRAM with SHA-512, SHA-256 and SHA-1, each bound to the channel or not (RFC
    /// 5802, RFC 7677), and PLAIN (RFC 4616).
    Password(Credentials),
    /// The certificate that is shown in TLS: EXTERNAL (RFC 4422 appendix A), perhaps as somebody else.
    External(Option<String>),
    /// A token of OAuth 2: OAUTHBEARER (RFC 7628), and XOAUTH2 where a user is named.
    ///
    /// Tokens are longer than the frames of 512 octets that AMQP guarantees: see
    /// [`crate::ClientBuilder::frame_limit`].
    Token {
        /// The token.
        token: Secret,
        /// Whom to act as; what the token says when there is none.
        user: Option<String>,
    },
    /// Nothing yet: MSSBCBS, by a client that brings a token later, over AMQP.
    Cbs,
    /// Tickets of Kerberos: GSSAPI (RFC 4752).
    ///
    /// They need longer frames, too: see [`crate::ClientBuilder::frame_limit`].
    #[cfg(feature = "gssapi")]
    Kerberos(crate::Kerberos),
}

impl Login {
    /// The mechanisms for the `service`, such as `amqp`, of a server called `host`, with fresh nonces, so for one exchange; the policy takes
    /// the strongest on offer.
    ///
    /// With Kerberos this waits for a server of the realm if a ticket is missing.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Login`] when the credentials cannot be sent, [`Error::Entropy`] when the system
    /// gives no random octets, and `Error::Kerberos` when there is no ticket.
    pub fn mechanisms(&self, service: &str, host: &str) -> Result<Vec<ClientMechanism>, Error> {
        self.named(service, host, &[])
    }

    /// As [`Self::mechanisms`], but none except those that are `named`; all of them when none is.
    pub(crate) fn named(
        &self,
        service: &str,
        host: &str,
        named: &[String],
    ) -> Result<Vec<ClientMechanism>, Error> {
        let mut mechanisms = match self {
            Self::Anonymous(trace) => vec![client(Anonymous::new(trace)?)],
            Self::External(authzid) => vec![client(External::new(authzid.as_deref())?)],
            Self::Password(credentials) => password(credentials, service, host, named)?,
            Self::Token { token, user } => bearer(token, user.as_deref())?,
            Self::Cbs => vec![client(Mssbcbs::new())],
            #[cfg(feature = "gssapi")]
            Self::Kerberos(kerberos) => vec![kerberos.mechanism(service, host)?],
        };
        mechanisms.retain(|mechanism| is_named(mechanism.properties().name, named));
        Ok(mechanisms)
    }

    /// Which of `mechanisms` a client asks for where servers make no offer, as in Thrift: PLAIN where it is
    /// there, as most servers know nothing else of a password, else the first; none of none.
    #[must_use]
    pub fn asked(mechanisms: &[ClientMechanism]) -> Option<usize> {
        let plain = mechanisms.iter().position(|one| one.properties().name == "PLAIN");
        plain.or((!mechanisms.is_empty()).then_some(0))
    }

    /// Whether [`Self::mechanisms`] may wait for somebody.
    #[cfg(feature = "tokio")]
    pub(crate) const fn may_wait(&self) -> bool {
        match self {
            #[cfg(feature = "gssapi")]
            Self::Kerberos(_) => true,
            Self::Anonymous(_)
            | Self::Password(_)
            | Self::External(_)
            | Self::Token { .. }
            | Self::Cbs => false,
        }
    }
}

fn password(
    credentials: &Credentials,
    service: &str,
    host: &str,
    named: &[String],
) -> Result<Vec<ClientMechanism>, Error> {
    #[cfg(feature = "legacy")]
    let mut mechanisms = legacy(credentials, service, host, named)?;
    #[cfg(not(feature = "legacy"))]
    let mut mechanisms = {
        let _ = (service, host);
        Vec::new()
    };
    let mut variants =
        scram::Variant::ALL.into_iter().filter(|it| is_named(it.name(), named)).peekable();
    if variants.peek().is_some() {
        let nonces: [Nonce; scram::Variant::ALL.len()] = nonces()?;
        // A user that SCRAM cannot carry may still log in with PLAIN.
        let scram = variants.zip(nonces).filter_map(|(variant, nonce)| {
            Scram::new(variant, credentials.clone(), nonce).ok().map(client)
        });
        mechanisms.extend(scram);
    }
    if !mechanisms.is_empty() && !is_named("PLAIN", named) {
        return Ok(mechanisms);
    }
    let plain: Result<Plain, AuthFault> = Plain::new(credentials.clone());
    match plain {
        Ok(plain) => mechanisms.push(client(plain)),
        Err(fault) if mechanisms.is_empty() => return Err(fault.into()),
        Err(_) => {}
    }
    Ok(mechanisms)
}

/// What is broken: the policy takes none of these unless the user says so.
#[cfg(feature = "legacy")]
fn legacy(
    credentials: &Credentials,
    service: &str,
    host: &str,
    named: &[String],
) -> Result<Vec<ClientMechanism>, Error> {
    use xiom_sasl::client::{CramMd5, DigestMd5};
    let mut mechanisms = Vec::new();
    if is_named("DIGEST-MD5", named) {
        let digest = DigestMd5::new(credentials.clone(), service, host, nonce()?);
        mechanisms.extend(digest.map(client));
    }
    if is_named("CRAM-MD5", named) {
        mechanisms.extend(CramMd5::new(credentials.clone()).map(client));
    }
    Ok(mechanisms)
}

fn bearer(token: &Secret, user: Option<&str>) -> Result<Vec<ClientMechanism>, Error> {
    let mut mechanisms =
        vec![client(OAuth::new(oauth::Variant::OAuthBearer, token.clone(), user)?)];
    if user.is_some() {
        mechanisms.push(client(OAuth::new(oauth::Variant::XOAuth2, token.clone(), user)?));
    }
    Ok(mechanisms)
}

/// Whether `name` is among those `named`, or none is.
pub(crate) fn is_named(name: &str, named: &[String]) -> bool {
    named.is_empty() || named.iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// A fresh nonce from the system's source of randomness.
pub(crate) fn nonce() -> Result<Nonce, Error> {
    let [nonce] = nonces()?;
    Ok(nonce)
}

/// Fresh nonces, by one call to the system.
fn nonces<const COUNT: usize>() -> Result<[Nonce; COUNT], Error> {
    let mut entropy = [[0; Nonce::ENTROPY]; COUNT];
    getrandom::fill(entropy.as_flattened_mut()).map_err(|_| Error::Entropy)?;
    Ok(entropy.map(Nonce::new))
}
