//! A look at the certificates that a server presents, also at those that are not accepted.
//!
//! The observer is told the verdict and cannot change it.

use alloc::sync::Arc;
use core::fmt;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use xiom_core::TlsFault;

use crate::fault::fault;

/// What a server presented in a full handshake; nothing is presented when a session is resumed.
#[derive(Clone, Debug)]
pub struct Presented<'a> {
    /// The certificates in DER, the server's own first.
    pub chain: Vec<&'a [u8]>,
    /// Whether they were accepted.
    pub verdict: Result<(), TlsFault>,
}

/// Called within the handshake with what a server presented; it must not block.
#[derive(Clone)]
pub struct Observer(Arc<dyn Fn(&Presented<'_>) + Send + Sync>);

impl Observer {
    /// Calls `look` with each presentation.
    pub fn new(look: impl Fn(&Presented<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(look))
    }
}

/// Two observers are equal when one is a clone of the other.
impl PartialEq for Observer {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Observer {}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

/// The verifier of rustls, with someone who looks on.
#[derive(Debug)]
pub(crate) struct Observed {
    pub(crate) verifier: Arc<WebPkiServerVerifier>,
    pub(crate) observer: Observer,
}

impl ServerCertVerifier for Observed {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.verifier.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        let chain = core::iter::once(end_entity).chain(intermediates);
        (self.observer.0)(&Presented {
            chain: chain.map(AsRef::as_ref).collect(),
            verdict: verified.as_ref().map(drop).map_err(fault),
        });
        verified
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}
