//! What is tried with a peer of Thrift: the rows of the table. Its columns are the security layers.

use core::fmt;

use super::program::Kind;
use crate::sasl::Layer;

/// A mechanism, and what is tried with it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Case {
    /// The name on the wire.
    pub(crate) mechanism: &'static str,
    pub(crate) trial: Trial,
}

/// What is tried with a mechanism.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Trial {
    /// A login, and octets of all sizes there and back.
    Good,
    /// The same with a client of Xiom that says OK where it has come to its end.
    SaysOk,
    /// A client with another password, or a ticket for another service, which must not come in.
    Wrong,
    /// A client whose mechanism the server does not have.
    Unknown,
    /// The peer sends a frame that is longer than Xiom takes.
    TooLong,
}

impl Case {
    const fn new(mechanism: &'static str, trial: Trial) -> Self {
        Self { mechanism, trial }
    }

    /// The rows in which `kind` is the peer, in the order of the table.
    pub(crate) fn all(kind: Kind) -> Vec<Self> {
        let mut cases = Vec::new();
        for mechanism in MECHANISMS {
            cases.push(Self::new(mechanism, Trial::Good));
            if kind.is_server() {
                cases.push(Self::new(mechanism, Trial::SaysOk));
            }
            cases.push(Self::new(mechanism, Trial::Wrong));
        }
        // What Xiom has and Java has not, and the other way round, where there is no TLS.
        let stranger = if kind.is_server() { "SCRAM-SHA-512" } else { "EXTERNAL" };
        cases.push(Self::new(stranger, Trial::Unknown));
        cases.push(Self::new("PLAIN", Trial::TooLong));
        cases.push(Self::new("DIGEST-MD5", Trial::TooLong));
        cases.push(Self::new("GSSAPI", Trial::TooLong));
        cases
    }

    /// Why this is not tried with `layer` and `kind`, if it is not.
    pub(crate) fn objection(self, kind: Kind, layer: Layer) -> Option<&'static str> {
        let has_layers = ["DIGEST-MD5", "GSSAPI"].contains(&self.mechanism);
        match self.mechanism {
            "SCRAM-SHA-256" if kind != Kind::Cyrus => Some("not in the peer"),
            // It drops what comes with COMPLETE, so Cyrus SASL waits for the server's proof.
            "SCRAM-SHA-256" if self.trial == Trial::Good => Some("it drops the proof"),
            "DIGEST-MD5" if kind == Kind::Pure && layer != Layer::None => Some("not in the peer"),
            _ if !has_layers && layer != Layer::None => Some("no such layer"),
            _ if self.trial == Trial::Unknown && layer != Layer::None => Some("no such layer"),
            // What is longer than Xiom's buffer does not fit into one token, and such a peer heeds that.
            _ if self.trial == Trial::TooLong && kind == Kind::Cyrus && layer != Layer::None => {
                Some("it cuts")
            }
            _ => None,
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mechanism)?;
        f.write_str(match self.trial {
            Trial::Good => "",
            Trial::SaysOk => ", client ends with ok",
            Trial::Wrong if self.mechanism == "GSSAPI" => ", another service",
            Trial::Wrong => ", wrong password",
            Trial::Unknown => ", not in the server",
            Trial::TooLong => ", frame too long",
        })
    }
}

/// The mechanisms of the good rows.
const MECHANISMS: [&str; 5] = ["PLAIN", "CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-256", "GSSAPI"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Column as _;

    #[test]
    fn every_row_is_tried_with_some_peer_and_layer() {
        let all = KINDS.iter().flat_map(|kind| Case::all(*kind));
        for case in all {
            let is_tried = |kind: &Kind| {
                Case::all(*kind).contains(&case)
                    && Layer::ALL.iter().any(|layer| case.objection(*kind, *layer).is_none())
            };
            // SCRAM is there for what it shows of a refusal.
            let is_half = case.mechanism == "SCRAM-SHA-256" && case.trial != Trial::Wrong;
            assert!(is_half || KINDS.iter().any(is_tried), "{case}");
        }
    }

    #[test]
    fn each_peer_is_refused_and_refuses() {
        for kind in KINDS {
            let rows = Case::all(kind);
            assert!(rows.iter().any(|case| case.trial == Trial::Unknown), "{kind:?}");
            assert!(rows.iter().any(|case| case.trial == Trial::Wrong), "{kind:?}");
        }
    }

    const KINDS: [Kind; 5] =
        [Kind::Blocking, Kind::Nonblocking, Kind::Java, Kind::Pure, Kind::Cyrus];
}
