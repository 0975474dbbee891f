//! Kerberos: where the tickets of a client and the key of a server come from.
//!
//! Invariant: the library is loaded once, and only by a program that asks for Kerberos.

use std::sync::OnceLock;

use xiom_gssapi::{Acceptor, Initiator, Library, Service};
use xiom_sasl::client::Gssapi;

use crate::mechanisms::ClientMechanism;
use crate::{Error, mechanisms};

/// A client of a Kerberos realm; by default with the tickets that `kinit` has left.
///
/// ```
/// let kerberos = xiom::Kerberos { cache: Some("FILE:/nowhere/ccache".into()), ..Default::default() };
/// let login = xiom::Login::Kerberos(kerberos);
/// assert!(login.mechanisms("amqp", "localhost").is_err(), "no library, or no tickets there");
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Kerberos {
    /// Whose tickets, `user@REALM`; none: whosever are there.
    pub principal: Option<String>,
    /// The credential cache, such as `FILE:/run/app/ccache`; none: that of the environment.
    pub cache: Option<String>,
    /// The keytab to get tickets with when the cache has none.
    pub keytab: Option<String>,
    /// Whom to act as; none: what the realm's principal stands for at the server.
    pub act_as: Option<String>,
}

impl Kerberos {
    /// The mechanism for one connection to the `service` of `host`; it may wait for a server of the realm.
    pub(crate) fn mechanism(&self, service: &str, host: &str) -> Result<ClientMechanism, Error> {
        let mut initiator = Initiator::new(service, host);
        if let Some(principal) = &self.principal {
            initiator = initiator.principal(principal);
        }
        if let Some(cache) = &self.cache {
            initiator = initiator.cache(cache);
        }
        if let Some(keytab) = &self.keytab {
            initiator = initiator.keytab(keytab);
        }
        let context = initiator.prepare(library()?)?;
        Ok(mechanisms::ClientMechanism::B(Gssapi::new(context, self.act_as.as_deref())?))
    }
}

/// The key of the service called `name`, from `keytab` or from that of the machine; `host` is the server's
/// own name.
pub(crate) fn service(
    name: &str,
    host: Option<&str>,
    keytab: Option<&str>,
) -> Result<Service, Error> {
    let mut acceptor = Acceptor::new();
    if let Some(host) = host {
        acceptor = acceptor.service(name, host);
    }
    if let Some(keytab) = keytab {
        acceptor = acceptor.keytab(keytab);
    }
    Ok(acceptor.acquire(library()?)?)
}

fn library() -> Result<&'static Library, Error> {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    if let Some(library) = LIBRARY.get() {
        return Ok(library);
    }
    let library = Library::load()?;
    Ok(LIBRARY.get_or_init(|| library))
}
