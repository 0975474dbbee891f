//! Certificates and keys as they come from the user, and the cryptography that uses them.

use alloc::sync::Arc;
use core::fmt;
use std::sync::OnceLock;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, RootCertStore};
use xiom_core::{Secret, TlsFault};
use zeroize::Zeroize;

use crate::fault::{certificate_fault, fault};
use crate::{OptionsError, PemFault, PemOption};

/// A PEM as it came from the user; only its length is printed.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct Pem(Arc<[u8]>);

impl Pem {
    pub(crate) fn new(pem: impl AsRef<[u8]>) -> Self {
        Self(pem.as_ref().into())
    }
}

impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} octets]", self.0.len())
    }
}

/// The own certificates and the key of the first of them, as PEM.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Credentials {
    pub(crate) chain: Pem,
    pub(crate) key: Secret,
}

impl Credentials {
    /// Reads both and checks that they belong together.
    pub(crate) fn load(
        &self,
        provider: &CryptoProvider,
    ) -> Result<Arc<CertifiedKey>, OptionsError> {
        let chain = certificates(PemOption::Chain, &self.chain)?;
        let mut key = private_key(self.key.expose())?;
        let loaded = provider.key_provider.load_private_key(key.clone_key());
        key.zeroize();
        let certified = CertifiedKey::new(chain, loaded.map_err(|_| OptionsError::UnsupportedKey)?);
        match certified.keys_match() {
            Ok(()) | Err(Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {
                Ok(Arc::new(certified))
            }
            Err(Error::InvalidCertificate(error)) => {
                Err(OptionsError::Certificate(PemOption::Chain, certificate_fault(&error)))
            }
            Err(_) => Err(OptionsError::KeyMismatch),
        }
    }
}

/// All certificates of `pem`, at least one.
fn certificates(
    option: PemOption,
    pem: &Pem,
) -> Result<Vec<CertificateDer<'static>>, OptionsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem.0).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(OptionsError::Pem(option, PemFault::Empty)),
        Err(_) => Err(OptionsError::Pem(option, PemFault::Malformed)),
    }
}

/// The first key of `pem`: PKCS#8, PKCS#1 or SEC1.
fn private_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, OptionsError> {
    let fault = match PrivateKeyDer::from_pem_slice(pem) {
        Ok(key) => return Ok(key),
        Err(_) if is_encrypted(pem) => PemFault::Encrypted,
        Err(pem::Error::NoItemsFound) => PemFault::Empty,
        Err(_) => PemFault::Malformed,
    };
    Err(OptionsError::Pem(PemOption::Key, fault))
}

/// Whether a section is encrypted: as PKCS#8, or in the old way by a header of its own (RFC 1421).
fn is_encrypted(pem: &[u8]) -> bool {
    [&b"BEGIN ENCRYPTED"[..], b"Proc-Type: 4,ENCRYPTED"]
        .iter()
        .any(|mark| pem.windows(mark.len()).any(|window| window == *mark))
}

/// Adds all certificates of `pem` to `store`.
pub(crate) fn add_roots(
    store: &mut RootCertStore,
    option: PemOption,
    pem: &Pem,
) -> Result<(), OptionsError> {
    for certificate in certificates(option, pem)? {
        store.add(certificate).map_err(|error| {
            let TlsFault::Certificate(fault) = fault(&error) else {
                return OptionsError::Pem(option, PemFault::Malformed);
            };
            OptionsError::Certificate(option, fault)
        })?;
    }
    Ok(())
}

/// Adds what the system trusts; what cannot be read there is passed over, as every program does.
pub(crate) fn add_native_roots(store: &mut RootCertStore) {
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
}

/// The given provider, or else the one that was built in.
pub(crate) fn provider(
    given: Option<&Arc<CryptoProvider>>,
) -> Result<Arc<CryptoProvider>, OptionsError> {
    static BUILT_IN: OnceLock<Option<Arc<CryptoProvider>>> = OnceLock::new();
    given
        .or_else(|| BUILT_IN.get_or_init(|| built_in().map(Arc::new)).as_ref())
        .cloned()
        .ok_or(OptionsError::NoProvider)
}

#[cfg(feature = "aws-lc-rs")]
#[expect(clippy::unnecessary_wraps, reason = "without the features there is none")]
fn built_in() -> Option<CryptoProvider> {
    Some(rustls::crypto::aws_lc_rs::default_provider())
}

#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
#[expect(clippy::unnecessary_wraps, reason = "without the features there is none")]
fn built_in() -> Option<CryptoProvider> {
    Some(rustls::crypto::ring::default_provider())
}

#[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
const fn built_in() -> Option<CryptoProvider> {
    None
}

/// Application protocols in the form of rustls (RFC 7301 section 3.1).
pub(crate) fn alpn(names: &[Box<[u8]>]) -> Result<Vec<Vec<u8>>, OptionsError> {
    let all_fit = names.iter().all(|name| (1..=255).contains(&name.len()));
    all_fit.then(|| names.iter().map(|name| name.to_vec()).collect()).ok_or(OptionsError::Alpn)
}
