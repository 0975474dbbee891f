//! One certificate and one choice of cryptography, for Xiom's engine and for the bare one alike.
//!
//! TLS 1.3, with AES-128-GCM unless told otherwise, and the provider's own order of key exchanges,
//! X25519MLKEM768 first; no resumption and no tickets unless told otherwise.

use alloc::sync::Arc;

use anyhow::{Context, Result};
use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::NoServerSessionStorage;
use rustls::{CipherSuite, ClientConfig, NamedGroup, RootCertStore, ServerConfig};
use xiom_core::Secret;
use xiom_rustls::{Client, ClientOptions, Server, ServerOptions, Version};

/// A name in the certificate; the other one is [`ADDRESS`].
pub const NAME: &str = "localhost";
/// The address in the certificate.
pub const ADDRESS: &str = "127.0.0.1";

/// A fresh certificate, which is its own authority, and the cryptography.
#[derive(Debug)]
pub struct Material {
    provider: Arc<CryptoProvider>,
    chain: String,
    key: String,
    resumes: bool,
}

impl Material {
    /// Makes a certificate.
    ///
    /// # Errors
    ///
    /// Returns an error when the cryptography refuses.
    pub fn new() -> Result<Self> {
        let made = rcgen::generate_simple_self_signed(vec![NAME.into(), ADDRESS.into()])?;
        let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        let provider = provider(CipherSuite::TLS13_AES_128_GCM_SHA256);
        Ok(Self { provider, chain, key, resumes: false })
    }

    /// The same certificate with another suite.
    #[must_use]
    pub fn with_suite(&self, suite: CipherSuite) -> Self {
        let (chain, key) = (self.chain.clone(), self.key.clone());
        Self { provider: provider(suite), chain, key, resumes: self.resumes }
    }

    /// The same certificate with X25519 alone, which every implementation has.
    #[must_use]
    pub fn with_x25519(&self) -> Self {
        let (chain, key) = (self.chain.clone(), self.key.clone());
        let mut provider = CryptoProvider::clone(&self.provider);
        provider.kx_groups.retain(|group| group.name() == NamedGroup::X25519);
        Self { provider: Arc::new(provider), chain, key, resumes: self.resumes }
    }

    /// The group that comes first.
    #[must_use]
    pub fn group(&self) -> Option<NamedGroup> {
        self.provider.kx_groups.first().map(|group| group.name())
    }

    /// The same certificate with sessions that are resumed.
    #[must_use]
    pub fn resuming(&self) -> Self {
        let (chain, key) = (self.chain.clone(), self.key.clone());
        Self { provider: Arc::clone(&self.provider), chain, key, resumes: true }
    }

    /// The only suite.
    #[must_use]
    pub fn suite(&self) -> Option<CipherSuite> {
        self.provider.cipher_suites.first().map(rustls::SupportedCipherSuite::suite)
    }

    /// The private key in PEM.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What makes Xiom's engines.
    ///
    /// # Errors
    ///
    /// Returns an error when an option is refused.
    pub fn options(&self) -> Result<(Client, Server)> {
        let client = ClientOptions::new()
            .only_roots(&self.chain)
            .min_version(Version::Tls13)
            .resumption(self.resumes)
            .provider(Arc::clone(&self.provider))
            .build()?;
        Ok((client, self.server_options().build()?))
    }

    /// The same of a server before it is built, for the facade.
    #[must_use]
    pub fn server_options(&self) -> ServerOptions {
        ServerOptions::new(&self.chain, Secret::new(self.key.as_str()))
            .min_version(Version::Tls13)
            .tickets(self.resumes)
            .provider(Arc::clone(&self.provider))
    }

    /// The certificate in PEM, which is its own root.
    #[must_use]
    pub fn root(&self) -> &str {
        &self.chain
    }

    /// The same for the bare engine.
    ///
    /// # Errors
    ///
    /// Returns an error when rustls refuses.
    pub fn configs(&self) -> Result<(Arc<ClientConfig>, Arc<ServerConfig>)> {
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(self.chain.as_bytes()).collect::<Result<_, _>>()?;
        let mut roots = RootCertStore::empty();
        roots.add(chain.first().context("no certificate")?.clone())?;
        let versions = &[&rustls::version::TLS13];
        let mut client = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(versions)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        if !self.resumes {
            client.resumption = Resumption::disabled();
        }
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes())?;
        let mut server = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(versions)?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        if self.resumes {
            server.ticketer = aws_lc_rs::Ticketer::new()?;
        } else {
            server.send_tls13_tickets = 0;
            server.session_storage = Arc::new(NoServerSessionStorage {});
        }
        Ok((Arc::new(client), Arc::new(server)))
    }
}

fn provider(suite: CipherSuite) -> Arc<CryptoProvider> {
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites.retain(|supported| supported.suite() == suite);
    Arc::new(provider)
}
