//! The ways to a server of the demo: which protocol, and what is below it.

use xiom::{Protocol, TlsStyle};

/// A protocol, and what is below it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Way {
    /// AMQP over TLS of this style.
    Amqp(TlsStyle),
    /// Thrift over TLS.
    ThriftTls,
    /// Thrift over the bare socket.
    Thrift,
}

impl Way {
    /// All of them, in the order of the report.
    pub(crate) const ALL: [Self; 4] =
        [Self::Amqp(TlsStyle::Direct), Self::Amqp(TlsStyle::Header), Self::ThriftTls, Self::Thrift];

    pub(crate) const fn protocol(self) -> Protocol {
        match self {
            Self::Amqp(_) => Protocol::Amqp,
            Self::ThriftTls | Self::Thrift => Protocol::Thrift,
        }
    }

    /// How TLS begins.
    pub(crate) const fn tls(self) -> Option<TlsStyle> {
        match self {
            Self::Amqp(style) => Some(style),
            Self::ThriftTls => Some(TlsStyle::Direct),
            Self::Thrift => None,
        }
    }

    /// The same in a word.
    pub(crate) const fn style(self) -> &'static str {
        match self.tls() {
            Some(TlsStyle::Direct) => "direct",
            Some(TlsStyle::Header) => "header",
            None => "none",
        }
    }

    /// The whole for people.
    pub(crate) fn title(self) -> String {
        let name = match self {
            Self::Amqp(_) => "AMQP",
            Self::ThriftTls | Self::Thrift => "Thrift",
        };
        match self.tls() {
            Some(_) => format!("in {name} over {} TLS", self.style()),
            None => format!("in {name} without TLS"),
        }
    }

    pub(crate) const fn scheme(self) -> &'static str {
        match self {
            Self::Amqp(_) => "amqps",
            Self::ThriftTls => "thrift+sasl+tls",
            Self::Thrift => "thrift+sasl",
        }
    }

    /// What clients log in with: over a bare socket nothing that shows a secret, and what protects the octets itself.
    pub(crate) const fn mechanisms(self) -> &'static [&'static str] {
        match self {
            Self::Amqp(_) => &MECHANISMS,
            Self::ThriftTls => MECHANISMS.split_at(MECHANISMS.len() - 1).0,
            Self::Thrift => {
                &["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1", "DIGEST-MD5", "ANONYMOUS"]
            }
        }
    }
}

/// All that run over TLS; the last one is for AMQP alone.
const MECHANISMS: [&str; 12] = [
    "SCRAM-SHA-512-PLUS",
    "SCRAM-SHA-256-PLUS",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-512",
    "SCRAM-SHA-256",
    "SCRAM-SHA-1",
    "EXTERNAL",
    "OAUTHBEARER",
    "XOAUTH2",
    "PLAIN",
    "ANONYMOUS",
    "MSSBCBS",
];
