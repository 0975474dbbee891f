//! The options of the side that connects, and what makes its engines.
//!
//! The server's certificate is always verified, against the name that the caller gives.

use alloc::sync::Arc;
use core::fmt;
use core::net::IpAddr;
use std::path::PathBuf;

use rustls::client::{Resumption, UnbufferedClientConnection, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::ServerName;
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, NamedGroup, RootCertStore};
use xiom_core::Secret;

use crate::cache::Cache;
use crate::caught::Catcher;
use crate::key_log::KeyLogFile;
use crate::material::{Credentials, Pem, add_native_roots, add_roots, alpn, provider};
use crate::observer::Observed;
use crate::{ClientEngine, Observer, OptionsError, PemOption, Rustls, Version};

/// What a client accepts and shows; the default trusts what the system trusts, from TLS 1.2 on.
///
/// ```
/// use xiom_rustls::{ClientOptions, OptionsError, PemFault, PemOption, Version};
///
/// let options = ClientOptions::new().min_version(Version::Tls13).only_roots("not a pem");
/// let refused = options.build().unwrap_err();
/// assert_eq!(refused, OptionsError::Pem(PemOption::Roots, PemFault::Empty));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClientOptions {
    provider: Option<Provider>,
    native_roots: bool,
    roots: Vec<Pem>,
    credentials: Option<Credentials>,
    alpn: Vec<Box<[u8]>>,
    min_version: Version,
    post_quantum: bool,
    resumption: bool,
    key_log: Option<PathBuf>,
    observer: Option<Observer>,
}

impl ClientOptions {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self {
            provider: None,
            native_roots: true,
            roots: Vec::new(),
            credentials: None,
            alpn: Vec::new(),
            min_version: Version::Tls12,
            post_quantum: true,
            resumption: true,
            key_log: None,
            observer: None,
        }
    }

    /// Trusts the certificates of `pem` also; may be called again for more.
    #[must_use]
    pub fn add_roots(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.roots.push(Pem::new(pem));
        self
    }

    /// Trusts the certificates of `pem` and those added, but not those of the system.
    #[must_use]
    pub fn only_roots(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.native_roots = false;
        self.add_roots(pem)
    }

    /// Shows the certificate chain of `chain` to a server that asks, with the private `key` of the first:
    /// both PEM; the key PKCS#8, PKCS#1 or SEC1, and not encrypted.
    #[must_use]
    pub fn certificate(mut self, chain: impl AsRef<[u8]>, key: Secret) -> Self {
        self.credentials = Some(Credentials { chain: Pem::new(chain), key });
        self
    }

    /// Offers these application protocols, the best first (RFC 7301).
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

    /// Whether to offer a key exchange that resists quantum computers, where the provider has one; yes
    /// without this.
    ///
    /// It makes the first message longer than one packet, which some middleboxes do not stand.
    #[must_use]
    pub fn post_quantum(mut self, offered: bool) -> Self {
        self.post_quantum = offered;
        self
    }

    /// Whether to resume sessions of former connections; yes without this.
    #[must_use]
    pub fn resumption(mut self, allowed: bool) -> Self {
        self.resumption = allowed;
        self
    }

    /// Appends the secrets of all connections to the file at `path`: whoever reads it can read them.
    #[must_use]
    pub fn key_log(mut self, path: impl Into<PathBuf>) -> Self {
        self.key_log = Some(path.into());
        self
    }

    /// Shows the certificates that servers present to `observer`, also those not accepted.
    #[must_use]
    pub fn observer(mut self, observer: Observer) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Uses the cryptography of `provider` instead of the one that was built in.
    #[must_use]
    pub fn provider(mut self, provider: Arc<CryptoProvider>) -> Self {
        self.provider = Some(Provider(provider));
        self
    }

    /// Checks the options; equal options share one configuration, and so their sessions, as long as a
    /// [`Client`] of them lives.
    ///
    /// # Errors
    ///
    /// Returns [`OptionsError`], which names the option that cannot be used.
    pub fn build(self) -> Result<Client, OptionsError> {
        static CACHE: Cache<Shared> = Cache::new();
        let shared = CACHE.find_or(
            |shared| shared.options == self,
            || {
                //= SRS_TLSIO_30_124
                let config = Arc::new(self.config()?);
                Ok(Shared { config, options: self.clone() })
            },
        )?;
        Ok(Client(shared))
    }

    fn config(&self) -> Result<ClientConfig, OptionsError> {
        let provider = self.chosen_provider()?;
        let verifier = self.verifier(&provider)?;
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(self.min_version.and_later())
            .map_err(|_| OptionsError::Provider)?;
        let builder = match &self.observer {
            None => builder.with_webpki_verifier(verifier),
            Some(observer) => {
                builder.dangerous().with_custom_certificate_verifier(Arc::new(Observed {
                    verifier,
                    observer: observer.clone(),
                }))
            }
        };
        let mut config = match &self.credentials {
            None => builder.with_no_client_auth(),
            Some(credentials) => builder.with_client_cert_resolver(Arc::new(
                SingleCertAndKey::from(credentials.load(&provider)?),
            )),
        };
        config.alpn_protocols = alpn(&self.alpn)?;
        if !self.resumption {
            config.resumption = Resumption::disabled();
        }
        let file = self.key_log.as_deref().map(KeyLogFile::open).transpose();
        let file = file.map_err(|error| OptionsError::KeyLog(error.kind()))?;
        config.key_log = Arc::new(Catcher(file.map(Arc::new)));
        Ok(config)
    }

    fn chosen_provider(&self) -> Result<Arc<CryptoProvider>, OptionsError> {
        let given = self.provider.as_ref().map(|Provider(provider)| provider);
        let mut provider = provider(given)?;
        if !self.post_quantum {
            Arc::make_mut(&mut provider)
                .kx_groups
                .retain(|group| !POST_QUANTUM.contains(&group.name()));
        }
        Ok(provider)
    }

    //= SRS_TLSIO_50_002
    fn verifier(
        &self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<WebPkiServerVerifier>, OptionsError> {
        let mut roots = RootCertStore::empty();
        for pem in &self.roots {
            add_roots(&mut roots, PemOption::Roots, pem)?;
        }
        if self.native_roots {
            add_native_roots(&mut roots);
        }
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
            .build()
            .map_err(|_| OptionsError::NoRoots)
    }
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// Makes engines of the side that connects; cheap to clone.
#[derive(Clone)]
pub struct Client(Arc<Shared>);

struct Shared {
    config: Arc<ClientConfig>,
    options: ClientOptions,
}

impl Client {
    /// An engine for one connection to the server that is known as `server_name`: a DNS name or an IP
    /// address, with or without the brackets of a URL.
    ///
    /// The name is sent to the server unless it is an address (RFC 6066 section 3).
    ///
    /// # Errors
    ///
    /// Returns [`OptionsError::ServerName`] when it is neither.
    pub fn engine(&self, server_name: &str) -> Result<ClientEngine, OptionsError> {
        let name = parse_name(server_name)?;
        let config = Arc::clone(&self.0.config);
        let connection =
            UnbufferedClientConnection::new(config, name).map_err(|_| OptionsError::Provider)?;
        Ok(Rustls::new(connection, None, self.0.options.credentials.is_some()))
    }

    /// Whether both share one configuration.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("options", &self.0.options).finish_non_exhaustive()
    }
}

fn parse_name(name: &str) -> Result<ServerName<'static>, OptionsError> {
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    if let Ok(address) = bare.unwrap_or(name).parse::<IpAddr>() {
        return Ok(ServerName::from(address));
    }
    //= SRS_TLSIO_30_014
    ServerName::try_from(name.to_owned()).map_err(|_| OptionsError::ServerName)
}

/// Equal when one is a clone of the other.
#[derive(Clone, Debug)]
struct Provider(Arc<CryptoProvider>);

impl PartialEq for Provider {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Provider {}

const POST_QUANTUM: [NamedGroup; 3] =
    [NamedGroup::X25519MLKEM768, NamedGroup::secp256r1MLKEM768, NamedGroup::MLKEM768];
