//! Channel bindings: octets that only the two ends of one TLS connection share (RFC 5056).
//!
//! rustls exports keying material only from its buffered connections, so `tls-exporter` is derived here
//! from the exporter secret. TLS 1.2 has none: without proof of an extended master secret the value
//! would not be unique (RFC 9266 section 3).

use rustls::Tls13CipherSuite;
use rustls::crypto::tls13::{HkdfExpander, OkmBlock};
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_parser::oid_registry::asn1_rs::oid;
use x509_parser::oid_registry::{
    OID_HASH_SHA1, OID_NIST_HASH_SHA256, OID_NIST_HASH_SHA384, OID_NIST_HASH_SHA512,
    OID_PKCS1_MD5WITHRSAENC, OID_PKCS1_RSASSAPSS, OID_PKCS1_SHA1WITHRSA, OID_PKCS1_SHA256WITHRSA,
    OID_PKCS1_SHA384WITHRSA, OID_PKCS1_SHA512WITHRSA, OID_SIG_ECDSA_WITH_SHA256,
    OID_SIG_ECDSA_WITH_SHA384, OID_SIG_ECDSA_WITH_SHA512, Oid,
};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::AlgorithmIdentifier;
use xiom_core::EndPoint;

/// `tls-exporter` (RFC 9266 section 2), derived as RFC 8446 section 7.5 says, with an empty context.
pub(crate) fn exporter(suite: &Tls13CipherSuite, secret: &[u8]) -> Option<[u8; 32]> {
    let empty = suite.common.hash_provider.hash(&[]);
    // Longer secrets than any hash has would not fit in a block.
    let secret = (secret.len() <= OkmBlock::MAX_LEN).then(|| OkmBlock::new(secret))?;
    let expander = suite.hkdf_provider.expander_for_okm(&secret);
    let mut derived = zeroize::Zeroizing::new([0; OkmBlock::MAX_LEN]);
    let derived = derived.get_mut(..expander.hash_len())?;
    expand_label(&*expander, b"EXPORTER-Channel-Binding", empty.as_ref(), derived)?;
    let expander = suite.hkdf_provider.expander_for_okm(&OkmBlock::new(derived));
    let mut binding = [0; 32];
    expand_label(&*expander, b"exporter", empty.as_ref(), &mut binding)?;
    Some(binding)
}

/// HKDF-Expand-Label (RFC 8446 section 7.1).
fn expand_label(
    expander: &dyn HkdfExpander,
    label: &[u8],
    context: &[u8],
    output: &mut [u8],
) -> Option<()> {
    const PREFIX: &[u8] = b"tls13 ";
    let length = u16::try_from(output.len()).ok()?.to_be_bytes();
    let label_len = u8::try_from(PREFIX.len().checked_add(label.len())?).ok()?;
    let context_len = u8::try_from(context.len()).ok()?;
    let info = [&length, &[label_len][..], PREFIX, label, &[context_len], context];
    expander.expand_slice(&info, output).ok()
}

/// `tls-server-end-point` of the server's certificate (RFC 5929 section 4.1).
///
/// `None` where the RFC defines nothing, as for Ed25519, which has no single hash.
pub(crate) fn end_point(certificate: &[u8]) -> Option<EndPoint> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    match signature_hash(&parsed.signature_algorithm)? {
        Hash::Sha256 => EndPoint::new(&Sha256::digest(certificate)),
        Hash::Sha384 => EndPoint::new(&Sha384::digest(certificate)),
        Hash::Sha512 => EndPoint::new(&Sha512::digest(certificate)),
    }
}

/// The hash of a signature algorithm; SHA-256 in the place of MD5 and SHA-1.
fn signature_hash(algorithm: &AlgorithmIdentifier<'_>) -> Option<Hash> {
    if algorithm.algorithm == OID_PKCS1_RSASSAPSS {
        let params = RsaSsaPssParams::try_from(algorithm.parameters.as_ref()?).ok()?;
        let mask = params.mask_gen_algorithm().ok()?;
        // Two hashes would not be the single one that the RFC asks for.
        return (mask.hash == *params.hash_algorithm_oid())
            .then(|| find(&HASHES, params.hash_algorithm_oid()))?;
    }
    find(&SIGNATURES, &algorithm.algorithm)
}

fn find(table: &[(Oid<'_>, Hash)], oid: &Oid<'_>) -> Option<Hash> {
    table.iter().find(|(known, _)| known == oid).map(|(_, hash)| *hash)
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

const SIGNATURES: [(Oid<'_>, Hash); 9] = [
    (OID_PKCS1_MD5WITHRSAENC, Hash::Sha256),
    (OID_PKCS1_SHA1WITHRSA, Hash::Sha256),
    (oid!(1.2.840.10045.4.1), Hash::Sha256), // ecdsa-with-SHA1
    (OID_PKCS1_SHA256WITHRSA, Hash::Sha256),
    (OID_SIG_ECDSA_WITH_SHA256, Hash::Sha256),
    (OID_PKCS1_SHA384WITHRSA, Hash::Sha384),
    (OID_SIG_ECDSA_WITH_SHA384, Hash::Sha384),
    (OID_PKCS1_SHA512WITHRSA, Hash::Sha512),
    (OID_SIG_ECDSA_WITH_SHA512, Hash::Sha512),
];

const HASHES: [(Oid<'_>, Hash); 4] = [
    (OID_HASH_SHA1, Hash::Sha256),
    (OID_NIST_HASH_SHA256, Hash::Sha256),
    (OID_NIST_HASH_SHA384, Hash::Sha384),
    (OID_NIST_HASH_SHA512, Hash::Sha512),
];

#[cfg(test)]
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
mod tests {
    use rustls::SupportedCipherSuite;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    use super::*;

    fn octets(hex: &str) -> Vec<u8> {
        let digit = |octet: &u8| char::from(*octet).to_digit(16).unwrap();
        let octet = |pair: &[u8]| u8::try_from(digit(&pair[0]) * 16 + digit(&pair[1])).unwrap();
        hex.as_bytes().chunks(2).map(octet).collect()
    }

    /// Secrets of connections to OpenSSL 3.0.22, and what its `s_server -keymatexport` printed.
    #[test]
    fn the_exporter_is_that_of_openssl() {
        for (suite, secret, exported) in [
            (
                "TLS13_AES_256_GCM_SHA384",
                "026190b4cdfb8646127affb6951bc4e9faa22169a68d07082057ad5b46913166\
                 83f856216c78731cd5a8bfa66c038a1f",
                "F5B3CAE9D4B55DDA1D7AC527161FD78C55E49123ED089FC6803E34614C7FFFFE",
            ),
            (
                "TLS13_AES_128_GCM_SHA256",
                "1e7b279274e168de823c240703ec41024f9b6e7aa2b701ba259bd35b0b616ba1",
                "3483AAEC910C9F8C2BE0A5C6FB6FF715F75CC1DF016506D01ECA888A12939823",
            ),
        ] {
            let suites = crate::material::provider(None).unwrap().cipher_suites.clone();
            let is_it = |known: &&SupportedCipherSuite| known.suite().as_str() == Some(suite);
            let suite = suites.iter().find(is_it).and_then(SupportedCipherSuite::tls13).unwrap();
            assert_eq!(exporter(suite, &octets(secret)).unwrap()[..], octets(exported));
        }
    }

    #[test]
    fn a_secret_longer_than_any_hash_derives_nothing() {
        let suites = crate::material::provider(None).unwrap().cipher_suites.clone();
        let suite = suites.iter().find_map(SupportedCipherSuite::tls13).unwrap();
        assert_eq!(exporter(suite, &[0; 65]), None);
    }

    /// Certificates of OpenSSL and their digests by `openssl dgst`: with SHA-512, with SHA-1, which counts
    /// as SHA-256, and with RSASSA-PSS over SHA-384.
    #[test]
    fn the_end_point_is_hashed_as_its_signature_says() {
        for (pem, hash) in [
            (
                &include_bytes!("../tests/data/sec1.pem")[..],
                "4ab6c423edc67fe7810cf87b827cf7d984402dcc6469645a45a9c171784a7d57\
                 9dd2a1a36fcef50a04dc84881c6df62cfe069b1823d07ab17a5ace2d305984d3",
            ),
            (
                &include_bytes!("../tests/data/pkcs1.pem")[..],
                "dfef9e04b30269c4adbb95d0b42da0b1394b97100c480856cb0c0e82401ce997",
            ),
            (
                &include_bytes!("../tests/data/pss.pem")[..],
                "f421bb73d24c7881f06dc92753b3339093d5199883e6eeb6fc6bdcef59a503cb\
                 138178d980d7cb72e71c604a6ba1a97c",
            ),
        ] {
            let der = CertificateDer::from_pem_slice(pem).unwrap();
            assert_eq!(end_point(&der).unwrap().octets(), octets(hash));
        }
        assert_eq!(end_point(b"no certificate"), None);
    }
}
