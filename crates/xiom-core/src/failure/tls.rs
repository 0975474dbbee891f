//! How TLS fails.

use core::fmt;

use super::Blame;

/// What happened to TLS.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum TlsFault {
    /// The peer ended without `close_notify`: octets may be missing (RFC 8446 section 6.1).
    Truncated,
    /// The peer sent this fatal alert (RFC 8446 section 6).
    Alert(u8),
    /// The peer's certificate was not accepted.
    Certificate(CertificateFault),
    /// The two sides have no version, suite, group or signature scheme in common.
    NothingInCommon,
    /// The two sides have no application protocol in common.
    NoApplicationProtocol,
    /// The peer does not speak TLS.
    NotTls,
    /// The peer breaks the protocol.
    Protocol,
    /// A record was forged or damaged.
    Decrypt,
    /// The options of this side cannot work together.
    Configuration,
    /// The engine gave up for a reason of its own.
    Engine,
}

impl TlsFault {
    pub(super) const fn blame(self) -> Blame {
        match self {
            Self::Truncated | Self::Decrypt => Blame::Network,
            Self::Alert(42..=46 | 48 | 49 | 116) | Self::Certificate(_) => Blame::Credentials,
            Self::Alert(_) | Self::NotTls | Self::Protocol => Blame::Peer,
            Self::NothingInCommon
            | Self::NoApplicationProtocol
            | Self::Configuration
            | Self::Engine => Blame::Configuration,
        }
    }
}

impl fmt::Display for TlsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => {
                f.write_str("peer closed without close_notify, octets may be missing")
            }
            Self::Alert(code) => write!(f, "peer sent the alert {code} ({})", alert_name(*code)),
            Self::Certificate(fault) => write!(f, "peer's certificate {fault}"),
            Self::NothingInCommon => {
                f.write_str("no version, suite or group in common with the peer")
            }
            Self::NoApplicationProtocol => f.write_str("no application protocol in common"),
            Self::NotTls => f.write_str("peer does not speak tls here"),
            Self::Protocol => f.write_str("peer breaks the tls protocol"),
            Self::Decrypt => f.write_str("a record was forged or damaged"),
            Self::Configuration => f.write_str("tls options cannot work together"),
            Self::Engine => f.write_str("tls engine gave up"),
        }
    }
}

impl core::error::Error for TlsFault {}

/// The name of an alert (RFC 8446 section 6).
const fn alert_name(code: u8) -> &'static str {
    match code {
        10 => "unexpected_message",
        20 => "bad_record_mac",
        22 => "record_overflow",
        40 => "handshake_failure",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        49 => "access_denied",
        50 => "decode_error",
        51 => "decrypt_error",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        90 => "user_canceled",
        109 => "missing_extension",
        110 => "unsupported_extension",
        112 => "unrecognized_name",
        113 => "bad_certificate_status_response",
        115 => "unknown_psk_identity",
        116 => "certificate_required",
        120 => "no_application_protocol",
        _ => "unknown",
    }
}

/// Why a certificate was not accepted.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum CertificateFault {
    /// It was valid, and is no more.
    Expired,
    /// It is not valid yet; the clock may be wrong.
    NotYetValid,
    /// No trusted authority issued it.
    UnknownIssuer,
    /// It is for another name.
    WrongName,
    /// Its issuer revoked it.
    Revoked,
    /// It is not for this purpose, such as an authority's certificate in the place of a server's.
    WrongPurpose,
    /// Its signature is wrong or of a kind that is not accepted.
    BadSignature,
    /// Its octets are no certificate.
    Malformed,
    /// There is none.
    Missing,
    /// Anything else.
    Other,
}

impl fmt::Display for CertificateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expired => "has expired",
            Self::NotYetValid => "is not valid yet, is the clock right?",
            Self::UnknownIssuer => "was issued by no trusted authority",
            Self::WrongName => "is for another name",
            Self::Revoked => "was revoked",
            Self::WrongPurpose => "is not for this purpose",
            Self::BadSignature => "has a signature that is not accepted",
            Self::Malformed => "cannot be read",
            Self::Missing => "is missing",
            Self::Other => "was not accepted",
        })
    }
}

impl core::error::Error for CertificateFault {}
