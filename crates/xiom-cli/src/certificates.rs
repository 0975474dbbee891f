//! Certificates made on the fly: an authority, and what it issues.
//!
//! Nothing is written to a disk; all of it ends with the process.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use xiom::core::Secret;

/// An authority that lives as long as the process.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its certificate.
    pub(crate) pem: String,
}

/// A certificate and its key.
pub(crate) struct Identity {
    pub(crate) chain: String,
    pub(crate) key: Secret,
}

impl Authority {
    /// An authority called `name`.
    ///
    /// # Errors
    ///
    /// Returns the generator's error.
    pub(crate) fn new(name: &str) -> Result<Self, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, name);
        let pem = params.self_signed(&key)?.pem();
        Ok(Self { issuer: Issuer::new(params, key), pem })
    }

    /// A certificate for a server with these names and addresses.
    ///
    /// # Errors
    ///
    /// Returns the generator's error.
    pub(crate) fn server(&self, names: &[&str]) -> Result<Identity, rcgen::Error> {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let common = names.first().cloned().unwrap_or_default();
        self.issue(names, &common, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// A certificate for the client called `name`.
    ///
    /// # Errors
    ///
    /// Returns the generator's error.
    pub(crate) fn client(&self, name: &str) -> Result<Identity, rcgen::Error> {
        self.issue(Vec::new(), name, ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn issue(
        &self,
        names: Vec<String>,
        common: &str,
        purpose: ExtendedKeyUsagePurpose,
    ) -> Result<Identity, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, common);
        params.extended_key_usages = vec![purpose];
        let chain = params.signed_by(&key, &self.issuer)?.pem();
        Ok(Identity { chain, key: Secret::new(key.serialize_pem()) })
    }
}
