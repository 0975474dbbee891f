//! The server's end: whose key.

use alloc::sync::Arc;
use core::fmt;

use crate::context::Context;
use crate::error::Error;
use crate::ffi::ACCEPT;
use crate::handle::{Credential, Name, SecurityContext};
use crate::library::Library;

/// How a server's key is found; by default any key in the machine's keytab.
///
/// ```
/// use xiom_gssapi::{Acceptor, Error, Library, Reason};
///
/// # let Ok(library) = Library::load() else { return };
/// let acceptor = Acceptor::new().service("amqp", "localhost").keytab("FILE:/nowhere/keytab");
/// let Err(Error::Refused(status)) = acceptor.acquire(&library) else { panic!("a key from nowhere") };
/// assert_eq!(status.reason(), Reason::NoKey);
/// ```
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Acceptor {
    service: Option<String>,
    keytab: Option<String>,
}

impl Acceptor {
    /// Any key in the machine's keytab.
    #[must_use]
    pub const fn new() -> Self {
        Self { service: None, keytab: None }
    }

    /// Takes clients only as `service/host`.
    #[must_use]
    pub fn service(self, service: &str, host: &str) -> Self {
        Self { service: Some(format!("{service}@{host}")), ..self }
    }

    /// Takes the keys from this keytab, such as `FILE:/etc/broker.keytab`.
    #[must_use]
    pub fn keytab(self, keytab: &str) -> Self {
        Self { keytab: Some(keytab.into()), ..self }
    }

    /// Acquires the key, once for all connections.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Refused`] when there is no such key, and [`Error::NoFunction`] for a library that
    /// takes keys from the environment alone.
    pub fn acquire(&self, library: &Library) -> Result<Service, Error> {
        let name = self.service.as_deref();
        let name = name.map(|name| Name::service(library, name)).transpose()?;
        let places: Vec<_> =
            self.keytab.as_deref().map(|keytab| ("keytab", keytab)).into_iter().collect();
        let credential = Credential::acquire(library, name.as_ref(), ACCEPT, &places);
        let credential = credential.map_err(|error| match error {
            Error::Refused(status) => Error::Refused(status.of_service()),
            Error::NoLibrary { .. } | Error::NoFunction { .. } | Error::ProhibitedCharacter => {
                error
            }
        })?;
        Ok(Service { library: library.clone(), credential: Arc::new(credential) })
    }
}

/// A service with its key; cheap to clone, and shared by threads.
#[derive(Clone)]
pub struct Service {
    library: Library,
    credential: Arc<Credential>,
}

impl Service {
    /// The context of one connection.
    #[must_use]
    pub fn context(&self) -> Context {
        Context::accept(SecurityContext::new(&self.library), Arc::clone(&self.credential))
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}
