//! A bare connection of rustls as the peer: it does what ours never does by itself.

use alloc::sync::Arc;
use std::io::{Read as _, Write as _};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};

use xiom_rustls::ClientOptions;

use crate::support::{Authority, ClientEnd, NAME, built_in, client_end};

/// A bare server of rustls, and ours as its client.
pub(crate) struct Bare {
    pub(crate) server: ServerConnection,
    pub(crate) client: ClientEnd,
}

impl Bare {
    pub(crate) fn new(change: impl FnOnce(&mut ServerConfig)) -> Self {
        Self::with_client(change, |options| options)
    }

    pub(crate) fn with_client(
        change: impl FnOnce(&mut ServerConfig),
        options: impl FnOnce(ClientOptions) -> ClientOptions,
    ) -> Self {
        let authority = Authority::new("authority");
        let identity = authority.issue(NAME, |_| ());
        let provider = Arc::new(built_in());
        let chain = vec![CertificateDer::from_pem_slice(identity.chain.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        change(&mut config);
        let server = ServerConnection::new(Arc::new(config)).unwrap();
        Self { server, client: client_end(&options(authority.client()).build().unwrap()) }
    }

    /// All that the server has to say.
    pub(crate) fn said(&mut self) -> Vec<u8> {
        let mut wire = Vec::new();
        while self.server.wants_write() {
            self.server.write_tls(&mut wire).unwrap();
        }
        wire
    }

    pub(crate) fn hear(&mut self) {
        let wire = self.client.take();
        let mut rest = &wire[..];
        while !rest.is_empty() {
            self.server.read_tls(&mut rest).unwrap();
            self.server.process_new_packets().unwrap();
        }
    }

    pub(crate) fn shake(&mut self) {
        self.hear();
        let flight = self.said();
        self.client.feed(&flight);
        self.hear();
        assert!(self.client.channel.is_open() && !self.server.is_handshaking());
    }

    pub(crate) fn write(&mut self, octets: &[u8]) {
        self.server.writer().write_all(octets).unwrap();
    }

    pub(crate) fn read(&mut self) -> Vec<u8> {
        let mut octets = vec![0; 1 << 16];
        let count = self.server.reader().read(&mut octets).unwrap();
        octets.truncate(count);
        octets
    }
}
