//! The certificates of a server, taken apart for people.
//!
//! Nothing is judged here: the verdict is that of the handshake.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;
use x509_parser::time::ASN1Time;
use xiom::rustls::Presented;

use crate::render;

/// What a server presented.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Chain {
    /// Whether it was accepted.
    pub(crate) accepted: bool,
    /// The verdict in words.
    pub(crate) verdict: String,
    /// The certificates, the server's own first.
    pub(crate) certificates: Vec<Certificate>,
}

/// One certificate.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Certificate {
    /// Whose it is.
    pub(crate) subject: String,
    /// Who issued it.
    pub(crate) issuer: String,
    /// The names and addresses that it is for.
    pub(crate) names: Vec<String>,
    /// When it becomes valid, in UTC.
    pub(crate) not_before: String,
    /// When it expires, in UTC.
    pub(crate) not_after: String,
    /// Whole days until it expires; negative when it has.
    pub(crate) days_left: i64,
    /// The kind of its key.
    pub(crate) key: String,
    /// Why it cannot be read, if so.
    pub(crate) unreadable: bool,
}

impl From<&Presented<'_>> for Chain {
    fn from(presented: &Presented<'_>) -> Self {
        let verdict = match &presented.verdict {
            Ok(()) => "accepted".to_owned(),
            Err(fault) => fault.to_string(),
        };
        let certificates = presented.chain.iter().map(|der| Certificate::read(der)).collect();
        Self { accepted: presented.verdict.is_ok(), verdict, certificates }
    }
}

impl Certificate {
    fn read(der: &[u8]) -> Self {
        let Ok((_, certificate)) = X509Certificate::from_der(der) else {
            return Self { unreadable: true, ..Self::default() };
        };
        let validity = certificate.validity();
        Self {
            subject: render::plain(&certificate.subject().to_string()),
            issuer: render::plain(&certificate.issuer().to_string()),
            names: names(&certificate),
            not_before: date(validity.not_before),
            not_after: date(validity.not_after),
            days_left: validity.not_after.timestamp().saturating_sub(now()).div_euclid(DAY),
            key: key(&certificate),
            unreadable: false,
        }
    }
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    extension.value.general_names.iter().map(name).collect()
}

fn name(name: &GeneralName<'_>) -> String {
    let text = match name {
        GeneralName::DNSName(name) | GeneralName::URI(name) | GeneralName::RFC822Name(name) => {
            (*name).to_owned()
        }
        GeneralName::IPAddress(octets) => address(octets).unwrap_or_default(),
        other @ (GeneralName::OtherName(..)
        | GeneralName::X400Address(_)
        | GeneralName::DirectoryName(_)
        | GeneralName::EDIPartyName(_)
        | GeneralName::RegisteredID(_)
        | GeneralName::Invalid(..)) => other.to_string(),
    };
    render::plain(&text)
}

fn address(octets: &[u8]) -> Option<String> {
    let v4 =
        <[u8; 4]>::try_from(octets).map(|octets| core::net::Ipv4Addr::from(octets).to_string());
    let v6 =
        <[u8; 16]>::try_from(octets).map(|octets| core::net::Ipv6Addr::from(octets).to_string());
    v4.or(v6).ok()
}

fn key(certificate: &X509Certificate<'_>) -> String {
    let info = certificate.public_key();
    match info.parsed() {
        Ok(PublicKey::RSA(key)) => format!("RSA {}", key.key_size()),
        Ok(PublicKey::EC(point)) => format!("EC {}", point.key_size()),
        Ok(_) | Err(_) => match info.algorithm.algorithm.to_id_string().as_str() {
            "1.3.101.112" => "Ed25519".to_owned(),
            "1.3.101.113" => "Ed448".to_owned(),
            other => other.to_owned(),
        },
    }
}

/// A time as RFC 3339 writes it.
fn date(time: ASN1Time) -> String {
    let time = time.to_datetime();
    let (hour, minute, second) = time.to_hms();
    let (year, month, day) = (time.year(), u8::from(time.month()), time.day());
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

const DAY: i64 = 24 * 60 * 60;
