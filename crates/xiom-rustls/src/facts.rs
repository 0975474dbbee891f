//! What a handshake agreed on, for reports.

use core::fmt;

use rustls::{CommonState, HandshakeKind, ProtocolVersion, SupportedProtocolVersion, version};

/// What a handshake agreed on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Facts {
    /// The version of TLS.
    pub version: Version,
    /// The cipher suite, by its name in the registry.
    pub suite: &'static str,
    /// The group of the key exchange; none where a session of TLS 1.2 was resumed.
    pub group: Option<&'static str>,
    /// The application protocol, if both sides speak of any (RFC 7301).
    pub alpn: Option<Box<[u8]>>,
    /// Whether a former session was resumed: then no certificate was shown again.
    pub resumed: bool,
    /// The peer's certificates in DER, its own first.
    pub peer_certificates: Vec<Box<[u8]>>,
    /// On the server, the name that the client asked for (RFC 6066 section 3).
    pub server_name: Option<Box<str>>,
}

impl Facts {
    /// What `common` says after the handshake; `None` before its end.
    pub(crate) fn new(common: &CommonState, server_name: Option<&str>) -> Option<Self> {
        Some(Self {
            version: Version::new(common.protocol_version()?)?,
            suite: common.negotiated_cipher_suite()?.suite().as_str().unwrap_or("unnamed"),
            group: common
                .negotiated_key_exchange_group()
                .map(|group| group.name().as_str().unwrap_or("unnamed")),
            alpn: common.alpn_protocol().map(Into::into),
            resumed: common.handshake_kind() == Some(HandshakeKind::Resumed),
            peer_certificates: common
                .peer_certificates()
                .unwrap_or_default()
                .iter()
                .map(|certificate| certificate.as_ref().into())
                .collect(),
            server_name: server_name.map(Into::into),
        })
    }
}

/// A version of TLS that can be spoken here.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Version {
    /// TLS 1.2 (RFC 5246).
    Tls12,
    /// TLS 1.3 (RFC 8446).
    Tls13,
}

impl Version {
    fn new(version: ProtocolVersion) -> Option<Self> {
        [(ProtocolVersion::TLSv1_2, Self::Tls12), (ProtocolVersion::TLSv1_3, Self::Tls13)]
            .into_iter()
            .find_map(|(known, here)| (known == version).then_some(here))
    }

    /// The versions from this one on, for rustls.
    pub(crate) fn and_later(self) -> &'static [&'static SupportedProtocolVersion] {
        static TLS12: [&SupportedProtocolVersion; 2] = [&version::TLS13, &version::TLS12];
        static TLS13: [&SupportedProtocolVersion; 1] = [&version::TLS13];
        match self {
            Self::Tls12 => &TLS12,
            Self::Tls13 => &TLS13,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        })
    }
}
