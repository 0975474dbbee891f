//! The name by which the holder of a verified certificate is known to the layer above.

use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

/// The subject's common name if there is exactly one; else the whole subject; else, where the subject
/// is empty, the first alternative name.
///
/// The order is that of the brokers in the field. `None` when the certificate names nobody.
pub(crate) fn identity(certificate: &[u8]) -> Option<Box<str>> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let subject = parsed.subject();
    let mut names = subject.iter_common_name();
    if let (Some(name), None) = (names.next(), names.next())
        && let Ok(name) = name.as_str()
        && !name.is_empty()
    {
        return Some(name.into());
    }
    if subject.iter().next().is_some() {
        return Some(subject.to_string().into());
    }
    let names = parsed.subject_alternative_name().ok()??;
    names.value.general_names.iter().find_map(text)
}

fn text(name: &GeneralName<'_>) -> Option<Box<str>> {
    let (GeneralName::DNSName(text) | GeneralName::RFC822Name(text) | GeneralName::URI(text)) =
        name
    else {
        return None;
    };
    Some((*text).into())
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    use super::*;

    #[test]
    fn a_certificate_is_known_by_name_then_subject_then_alternative_name() {
        for (pem, expected) in [
            (&include_bytes!("../tests/data/sec1.pem")[..], "localhost"),
            (&include_bytes!("../tests/data/pkcs1.pem")[..], "O=Xiom, OU=Tests"),
            (&include_bytes!("../tests/data/pss.pem")[..], "pss.example"),
        ] {
            let der = CertificateDer::from_pem_slice(pem).unwrap();
            assert_eq!(identity(&der).as_deref(), Some(expected));
        }
        assert_eq!(identity(b"no certificate"), None);
    }
}
