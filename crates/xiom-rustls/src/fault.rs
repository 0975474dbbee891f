//! What an error of rustls means to the user.

use rustls::{CertificateError, Error};
use xiom_core::{CertificateFault, TlsFault};

/// Names `error`.
pub(crate) fn fault(error: &Error) -> TlsFault {
    match error {
        Error::AlertReceived(alert) => TlsFault::Alert(u8::from(*alert)),
        Error::InvalidCertificate(error) => TlsFault::Certificate(certificate_fault(error)),
        Error::NoCertificatesPresented => TlsFault::Certificate(CertificateFault::Missing),
        Error::UnsupportedNameType => TlsFault::Certificate(CertificateFault::WrongName),
        Error::InvalidCertRevocationList(_)
        | Error::BadMaxFragmentSize
        | Error::InconsistentKeys(_)
        | Error::InvalidEncryptedClientHello(_) => TlsFault::Configuration,
        Error::PeerIncompatible(_) => TlsFault::NothingInCommon,
        Error::NoApplicationProtocol => TlsFault::NoApplicationProtocol,
        Error::DecryptError => TlsFault::Decrypt,
        Error::InvalidMessage(_)
        | Error::InappropriateMessage { .. }
        | Error::InappropriateHandshakeMessage { .. }
        | Error::PeerMisbehaved(_)
        | Error::PeerSentOversizedRecord => TlsFault::Protocol,
        Error::EncryptError
        | Error::General(_)
        | Error::FailedToGetCurrentTime
        | Error::FailedToGetRandomBytes
        | Error::HandshakeNotComplete
        | Error::Other(_)
        | _ => TlsFault::Engine,
    }
}

/// Names what is wrong with a certificate.
#[expect(deprecated, reason = "verifiers may still use the older name of one variant")]
pub(crate) fn certificate_fault(error: &CertificateError) -> CertificateFault {
    use CertificateError as E;
    match error {
        E::BadEncoding => CertificateFault::Malformed,
        E::Expired | E::ExpiredContext { .. } => CertificateFault::Expired,
        E::NotValidYet | E::NotValidYetContext { .. } => CertificateFault::NotYetValid,
        E::Revoked => CertificateFault::Revoked,
        E::UnknownIssuer => CertificateFault::UnknownIssuer,
        E::BadSignature
        | E::UnsupportedSignatureAlgorithm
        | E::UnsupportedSignatureAlgorithmContext { .. }
        | E::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            CertificateFault::BadSignature
        }
        E::NotValidForName | E::NotValidForNameContext { .. } => CertificateFault::WrongName,
        E::InvalidPurpose | E::InvalidPurposeContext { .. } => CertificateFault::WrongPurpose,
        E::Other(error) => error.0.downcast_ref().map_or(CertificateFault::Other, webpki_fault),
        E::UnhandledCriticalExtension
        | E::UnknownRevocationStatus
        | E::ExpiredRevocationList
        | E::ExpiredRevocationListContext { .. }
        | E::InvalidOcspResponse
        | E::ApplicationVerificationFailure
        | _ => CertificateFault::Other,
    }
}

/// What rustls has no name for.
fn webpki_fault(error: &webpki::Error) -> CertificateFault {
    use webpki::Error as E;
    let purpose = matches!(
        error,
        // Neither can serve as what it is shown for, trusted or not: it must be issued anew.
        E::CaUsedAsEndEntity
            | E::EndEntityUsedAsCa
            | E::NameConstraintViolation
            | E::PathLenConstraintViolated
    );
    if purpose {
        CertificateFault::WrongPurpose
    } else if matches!(error, E::SignatureAlgorithmMismatch) {
        CertificateFault::BadSignature
    } else if is_malformed(error) {
        CertificateFault::Malformed
    } else {
        CertificateFault::Other
    }
}

fn is_malformed(error: &webpki::Error) -> bool {
    use webpki::Error as E;
    matches!(
        error,
        E::UnsupportedCertVersion
            | E::ExtensionValueInvalid
            | E::MalformedExtensions
            | E::MalformedDnsIdentifier
            | E::MalformedNameConstraint
            | E::EmptyEkuExtension
            | E::InvalidNetworkMaskConstraint
            | E::InvalidSerialNumber
    )
}

#[cfg(test)]
mod tests {
    use alloc::sync::Arc;

    use rustls::{AlertDescription, InvalidMessage, OtherError, PeerIncompatible, PeerMisbehaved};

    use super::*;

    #[test]
    fn errors_have_the_name_that_helps() {
        let other = |error| Error::from(CertificateError::Other(OtherError(Arc::new(error))));
        for (error, expected) in [
            (Error::AlertReceived(AlertDescription::UnknownCA), TlsFault::Alert(48)),
            (Error::AlertReceived(AlertDescription::Unknown(200)), TlsFault::Alert(200)),
            (Error::NoCertificatesPresented, TlsFault::Certificate(CertificateFault::Missing)),
            (PeerIncompatible::NoCipherSuitesInCommon.into(), TlsFault::NothingInCommon),
            (Error::NoApplicationProtocol, TlsFault::NoApplicationProtocol),
            (Error::DecryptError, TlsFault::Decrypt),
            (InvalidMessage::InvalidCcs.into(), TlsFault::Protocol),
            (PeerMisbehaved::TooManyKeyUpdateRequests.into(), TlsFault::Protocol),
            (Error::PeerSentOversizedRecord, TlsFault::Protocol),
            (Error::BadMaxFragmentSize, TlsFault::Configuration),
            (Error::FailedToGetRandomBytes, TlsFault::Engine),
            (CertificateError::Revoked.into(), TlsFault::Certificate(CertificateFault::Revoked)),
            (
                other(webpki::Error::CaUsedAsEndEntity),
                TlsFault::Certificate(CertificateFault::WrongPurpose),
            ),
            (
                other(webpki::Error::UnsupportedCertVersion),
                TlsFault::Certificate(CertificateFault::Malformed),
            ),
            (
                other(webpki::Error::SignatureAlgorithmMismatch),
                TlsFault::Certificate(CertificateFault::BadSignature),
            ),
            (
                other(webpki::Error::MaximumPathDepthExceeded),
                TlsFault::Certificate(CertificateFault::Other),
            ),
        ] {
            assert_eq!(fault(&error), expected, "{error}");
        }
    }
}
