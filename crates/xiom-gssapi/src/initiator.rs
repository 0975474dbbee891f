//! The client's end: whose tickets, for which service.

use xiom_sasl::gss::GssFlags;

use crate::context::Context;
use crate::error::Error;
use crate::ffi::INITIATE;
use crate::handle::{Credential, Name, SecurityContext};
use crate::library::Library;

/// How a client's context is made; by default with the tickets that `kinit` has left.
///
/// ```
/// use xiom_gssapi::{Error, Initiator, Library, Reason};
///
/// # let Ok(library) = Library::load() else { return };
/// let initiator = Initiator::new("amqp", "broker.example").cache("FILE:/nowhere/ccache");
/// let Err(Error::Refused(status)) = initiator.prepare(&library) else { panic!("a ticket from nowhere") };
/// assert_eq!(status.reason(), Reason::NoCredentials);
/// assert!(status.to_string().ends_with("run kinit, or name a credential cache or a keytab"));
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Initiator {
    target: String,
    principal: Option<String>,
    cache: Option<String>,
    keytab: Option<String>,
    delegates: bool,
}

impl Initiator {
    /// For the service `service/host`, such as `amqp` on `broker.example`.
    ///
    /// The library may complete the host's name as its configuration says.
    #[must_use]
    pub fn new(service: &str, host: &str) -> Self {
        let target = format!("{service}@{host}");
        Self { target, principal: None, cache: None, keytab: None, delegates: false }
    }

    /// Logs in as `principal`, `user@REALM`, and as nobody else; without this as the owner of the cache.
    #[must_use]
    pub fn principal(self, principal: &str) -> Self {
        Self { principal: Some(principal.into()), ..self }
    }

    /// Takes the tickets from this credential cache, such as `FILE:/run/broker/ccache`.
    #[must_use]
    pub fn cache(self, cache: &str) -> Self {
        Self { cache: Some(cache.into()), ..self }
    }

    /// Gets tickets with the user's key in this keytab when the cache has none, and keeps them in the cache.
    #[must_use]
    pub fn keytab(self, keytab: &str) -> Self {
        Self { keytab: Some(keytab.into()), ..self }
    }

    /// Hands the user's credentials over to the service, which can then act as the user everywhere.
    ///
    /// The mechanism has to allow it, too: `Gssapi::allow_delegation`.
    #[must_use]
    pub fn delegate(self) -> Self {
        Self { delegates: true, ..self }
    }

    //= SRS_SASL_MECHANISMS_01_117
    /// Makes the context of one connection, with its first token.
    ///
    /// This waits for servers of the realm if a ticket is missing. The token is good for a few minutes.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Refused`] when there is no ticket, none can be had, or the service is not known, and
    /// [`Error::NoFunction`] for a library that takes tickets from the environment alone.
    pub fn prepare(&self, library: &Library) -> Result<Context, Error> {
        let principal = self.principal.as_deref();
        let principal = principal.map(|name| Name::principal(library, name)).transpose()?;
        let cache = self.cache.as_deref().map(|cache| ("ccache", cache));
        let keytab = self.keytab.as_deref().map(|keytab| ("client_keytab", keytab));
        let places: Vec<_> = cache.into_iter().chain(keytab).collect();
        // Without a wish the library itself takes the tickets that suit the service.
        let credential = if principal.is_none() && places.is_empty() {
            None
        } else {
            Some(Credential::acquire(library, principal.as_ref(), INITIATE, &places)?)
        };
        let target = Name::service(library, &self.target)?;
        let flags = GssFlags { delegation: self.delegates, ..GssFlags::ASKED };
        let context = SecurityContext::new(library);
        Ok(Context::initiate(context, credential, target, flags)?)
    }
}
