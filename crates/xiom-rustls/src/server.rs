//! The options of the side that accepts, and what makes its engines.

use alloc::sync::Arc;
use core::fmt;

use rustls::crypto::CryptoProvider;
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoServerSessionStorage, UnbufferedServerConnection, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};
use xiom_core::{EndPoint, Secret};

use crate::caught::{Catcher, Resolver};
use crate::material::{Credentials, Pem, add_roots, alpn, provider};
use crate::{OptionsError, PemOption, Rustls, ServerEngine, Version, binding};

/// What a server shows and accepts; without more it asks for no client certificate and takes TLS 1.2
/// and later.
///
/// ```
/// use xiom_rustls::{OptionsError, PemFault, PemOption, ServerOptions};
///
/// let refused = ServerOptions::new("no pem", "no pem".into()).build().unwrap_err();
/// assert_eq!(refused, OptionsError::Pem(PemOption::Chain, PemFault::Empty));
/// ```
#[derive(Clone, Debug)]
pub struct ServerOptions {
    provider: Option<Arc<CryptoProvider>>,
    credentials: Credentials,
    clients: Clients,
    alpn: Vec<Box<[u8]>>,
    min_version: Version,
    tickets: bool,
}

/// What is asked of clients, with the authorities as PEM.
#[derive(Clone, Debug)]
enum Clients {
    NotAsked,
    Optional(Pem),
    Required(Pem),
}

impl ServerOptions {
    /// Shows the certificate chain of `chain`, with the private `key` of the first: both PEM; the key
    /// PKCS#8, PKCS#1 or SEC1, and not encrypted.
    #[must_use]
    pub fn new(chain: impl AsRef<[u8]>, key: Secret) -> Self {
        Self {
            provider: None,
            credentials: Credentials { chain: Pem::new(chain), key },
            clients: Clients::NotAsked,
            alpn: Vec::new(),
            min_version: Version::Tls12,
            tickets: true,
        }
    }

    /// Asks clients for a certificate issued by one of `authorities` (PEM); a client may have none, but
    /// what it shows is verified.
    #[must_use]
    pub fn optional_client_certificate(mut self, authorities: impl AsRef<[u8]>) -> Self {
        self.clients = Clients::Optional(Pem::new(authorities));
        self
    }

    /// Accepts only clients with a certificate issued by one of `authorities` (PEM).
    #[must_use]
    pub fn required_client_certificate(mut self, authorities: impl AsRef<[u8]>) -> Self {
        self.clients = Clients::Required(Pem::new(authorities));
        self
    }

    /// Speaks these application protocols, the best first; a client that offers others only is refused
    /// (RFC 7301 section 3.2).
    #[must_use]
    pub fn alpn<T: AsRef<[u8]>>(mut self, protocols: impl IntoIterator<Item = T>) -> Self {
        self.alpn = protocols.into_iter().map(|name| name.as_ref().into()).collect();
        self
    }

    /// Accepts no older version; TLS 1.2 without this.
    #[must_use]
    pub fn min_version(mut self, version: Version) -> Self {
        self.min_version = version;
        self
    }

    /// Whether clients may resume their sessions, by tickets where the cryptography that was built in can
    /// make them; yes without this.
    #[must_use]
    pub fn tickets(mut self, given: bool) -> Self {
        self.tickets = given;
        self
    }

    /// Uses the cryptography of `provider` instead of the one that was built in.
    #[must_use]
    pub fn provider(mut self, provider: Arc<CryptoProvider>) -> Self {
        self.provider = Some(provider);
        self
    }

    /// Checks the options.
    ///
    /// # Errors
    ///
    /// Returns [`OptionsError`], which names the option that cannot be used.
    pub fn build(self) -> Result<Server, OptionsError> {
        let provider = provider(self.provider.as_ref())?;
        let certified = self.credentials.load(&provider)?;
        let end_point = certified.cert.first().and_then(|own| binding::end_point(own));
        let verifier = self.clients.verifier(&provider)?;
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(self.min_version.and_later())
            .map_err(|_| OptionsError::Provider)?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::new(Resolver(certified)));
        config.alpn_protocols = alpn(&self.alpn)?;
        config.key_log = Arc::new(Catcher(None));
        if !self.tickets {
            config.send_tls13_tickets = 0;
            config.session_storage = Arc::new(NoServerSessionStorage {});
        } else if let Some(ticketer) = ticketer() {
            config.ticketer = ticketer;
        }
        Ok(Server(Arc::new(Shared { config: Arc::new(config), end_point })))
    }
}

impl Clients {
    fn verifier(
        &self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ClientCertVerifier>, OptionsError> {
        let (pem, is_optional) = match self {
            Self::NotAsked => return Ok(WebPkiClientVerifier::no_client_auth()),
            Self::Optional(pem) => (pem, true),
            Self::Required(pem) => (pem, false),
        };
        let mut roots = RootCertStore::empty();
        add_roots(&mut roots, PemOption::ClientAuthorities, pem)?;
        let builder =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
        let builder = if is_optional { builder.allow_unauthenticated() } else { builder };
        builder.build().map_err(|_| OptionsError::NoRoots)
    }
}

/// Makes engines of the side that accepts; cheap to clone.
#[derive(Clone)]
pub struct Server(Arc<Shared>);

struct Shared {
    config: Arc<ServerConfig>,
    end_point: Option<EndPoint>,
}

impl Server {
    /// An engine for one connection.
    ///
    /// # Errors
    ///
    /// Returns [`OptionsError::Provider`] when the cryptography does not work.
    pub fn engine(&self) -> Result<ServerEngine, OptionsError> {
        let connection = UnbufferedServerConnection::new(Arc::clone(&self.0.config))
            .map_err(|_| OptionsError::Provider)?;
        Ok(Rustls::new(connection, self.0.end_point.clone(), false))
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}

#[cfg(feature = "aws-lc-rs")]
fn ticketer() -> Option<Arc<dyn rustls::server::ProducesTickets>> {
    rustls::crypto::aws_lc_rs::Ticketer::new().ok()
}

#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
fn ticketer() -> Option<Arc<dyn rustls::server::ProducesTickets>> {
    rustls::crypto::ring::Ticketer::new().ok()
}

#[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
const fn ticketer() -> Option<Arc<dyn rustls::server::ProducesTickets>> {
    None
}
