//! What is tried with a peer of SASL: the rows and the columns of the table.

use core::fmt;

use serde::Serialize;
use xiom::sasl::{BindingType, LayerRange, Protection};

use crate::report::Column;

/// What the octets after authentication get.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "protection", rename_all = "snake_case")]
pub(crate) enum Layer {
    None,
    Integrity,
    Confidentiality,
}

impl Column for Layer {
    const ALL: [Self; 3] = [Self::None, Self::Integrity, Self::Confidentiality];
}

impl Layer {
    /// The layer as Xiom calls it.
    pub(crate) const fn protection(self) -> Protection {
        match self {
            Self::None => Protection::None,
            Self::Integrity => Protection::Integrity,
            Self::Confidentiality => Protection::Confidentiality,
        }
    }

    /// This layer, and nothing else.
    pub(crate) const fn only(self) -> LayerRange {
        LayerRange { least: self.protection(), most: self.protection() }
    }

    /// The layer as the peers call it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Integrity => "integrity",
            Self::Confidentiality => "confidentiality",
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "no layer",
            Self::Integrity | Self::Confidentiality => self.word(),
        })
    }
}

/// Which side of the exchange the peer is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Role {
    Server,
    Client,
}

impl Role {
    pub(crate) const ALL: [Self; 2] = [Self::Server, Self::Client];

    /// The role as the peers call it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

/// A mechanism with what has to be said besides its name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Case {
    /// The name on the wire.
    pub(crate) mechanism: &'static str,
    pub(crate) detail: Detail,
    /// The password, the channel or the service is another one at the client: it must not come in.
    pub(crate) is_wrong: bool,
}

/// What has to be said besides the name of a mechanism.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Detail {
    Nothing,
    Binding(BindingType),
    /// A user and a password that have to be prepared.
    Unicode,
    /// The cipher of DIGEST-MD5.
    Cipher(&'static str),
}

impl Case {
    /// The good cases, in the order of the table.
    pub(crate) const GOOD: [Self; 18] = [
        Self::named("ANONYMOUS"),
        Self::named("EXTERNAL"),
        Self::named("PLAIN"),
        Self::named("CRAM-MD5"),
        Self::named("DIGEST-MD5"),
        Self::with_cipher("rc4"),
        Self::with_cipher("3des"),
        Self::named("SCRAM-SHA-1"),
        Self::named("SCRAM-SHA-256"),
        Self::named("SCRAM-SHA-512"),
        Self { detail: Detail::Unicode, ..Self::named("SCRAM-SHA-256") },
        Self::bound("SCRAM-SHA-1-PLUS", BindingType::TlsExporter),
        Self::bound("SCRAM-SHA-1-PLUS", BindingType::TlsServerEndPoint),
        Self::bound("SCRAM-SHA-256-PLUS", BindingType::TlsExporter),
        Self::bound("SCRAM-SHA-256-PLUS", BindingType::TlsServerEndPoint),
        Self::bound("SCRAM-SHA-512-PLUS", BindingType::TlsExporter),
        Self::bound("SCRAM-SHA-512-PLUS", BindingType::TlsServerEndPoint),
        Self::named("GSSAPI"),
    ];

    const fn named(mechanism: &'static str) -> Self {
        Self { mechanism, detail: Detail::Nothing, is_wrong: false }
    }

    const fn bound(mechanism: &'static str, kind: BindingType) -> Self {
        Self { mechanism, detail: Detail::Binding(kind), is_wrong: false }
    }

    const fn with_cipher(name: &'static str) -> Self {
        Self { mechanism: "DIGEST-MD5", detail: Detail::Cipher(name), is_wrong: false }
    }

    /// The same with a client that must not come in, where the mechanism can tell.
    pub(crate) fn wrong(self) -> Option<Self> {
        let knows = !["ANONYMOUS", "EXTERNAL"].contains(&self.mechanism);
        knows.then_some(Self { is_wrong: true, ..self })
    }

    /// The kind of channel binding.
    pub(crate) const fn binding(self) -> Option<BindingType> {
        match self.detail {
            Detail::Binding(kind) => Some(kind),
            Detail::Nothing | Detail::Unicode | Detail::Cipher(_) => None,
        }
    }

    /// Why this is not tried with `layer`, if it is not.
    pub(crate) fn objection(self, layer: Layer) -> Option<&'static str> {
        match (self.mechanism, self.detail, layer) {
            (_, Detail::Cipher(_), Layer::Confidentiality) => None,
            (_, Detail::Cipher(_), Layer::None | Layer::Integrity) => Some("without cipher"),
            ("DIGEST-MD5", _, Layer::Confidentiality) => Some("by cipher"),
            ("GSSAPI", _, _)
            | ("DIGEST-MD5", _, Layer::None | Layer::Integrity)
            | (_, _, Layer::None) => None,
            (_, _, Layer::Integrity | Layer::Confidentiality) => Some("no such layer"),
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mechanism)?;
        match self.detail {
            Detail::Nothing => {}
            Detail::Binding(kind) => write!(f, ", {}", kind.name())?,
            Detail::Unicode => f.write_str(", not ASCII")?,
            Detail::Cipher(name) => write!(f, ", {name}")?,
        }
        match self.detail {
            _ if !self.is_wrong => Ok(()),
            Detail::Binding(_) => f.write_str(", another channel"),
            Detail::Nothing if self.mechanism == "GSSAPI" => f.write_str(", another service"),
            Detail::Nothing | Detail::Unicode | Detail::Cipher(_) => {
                f.write_str(", wrong password")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_is_tried_with_some_layer() {
        for case in Case::GOOD {
            assert!(Layer::ALL.iter().any(|layer| case.objection(*layer).is_none()), "{case}");
        }
    }

    #[test]
    fn a_mechanism_without_credentials_has_no_wrong_ones() {
        let wrong = Case::GOOD.into_iter().filter_map(Case::wrong).map(|case| case.to_string());
        let wrong = wrong.collect::<Vec<_>>();
        assert!(wrong.iter().all(|row| !row.contains("ANONYMOUS") && !row.contains("EXTERNAL")));
        assert!(wrong.contains(&"GSSAPI, another service".to_owned()), "{wrong:?}");
        assert!(wrong.contains(&"DIGEST-MD5, rc4, wrong password".to_owned()), "{wrong:?}");
    }
}
