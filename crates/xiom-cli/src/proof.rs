//! What a handshake and a login have proven, as it is reported.

use serde::Serialize;
use xiom::rustls::Facts;
use xiom::sasl::{Established, Identity, PeerProof, Protection};

/// What TLS agreed on.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Tls {
    /// The version.
    pub(crate) version: String,
    /// The cipher suite.
    pub(crate) suite: &'static str,
    /// The group of the key exchange.
    pub(crate) group: Option<&'static str>,
    /// The application protocol.
    pub(crate) alpn: Option<String>,
    /// Whether a former session was resumed.
    pub(crate) resumed: bool,
}

impl From<&Facts> for Tls {
    fn from(facts: &Facts) -> Self {
        Self {
            version: facts.version.to_string(),
            suite: facts.suite,
            group: facts.group,
            alpn: facts.alpn.as_deref().map(|name| name.escape_ascii().to_string()),
            resumed: facts.resumed,
        }
    }
}

impl Tls {
    /// Everything in one line.
    pub(crate) fn line(&self) -> String {
        let group = self.group.unwrap_or("no key exchange");
        format!("{}  {}  {group}", self.version, self.suite)
    }
}

/// Who came in, and how.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Proof {
    /// Where the identity comes from.
    pub(crate) kind: &'static str,
    /// The identity; a client does not learn what the server makes of its certificate.
    pub(crate) identity: Option<String>,
    /// Whom it acts as, if it is not itself.
    pub(crate) acts_as: Option<String>,
    /// Whether the server has proven in the exchange that it knows the credentials.
    pub(crate) server_proven: bool,
    /// The channel binding that both ends agreed on.
    pub(crate) channel_binding: Option<&'static str>,
    /// What the mechanism gives the octets after the login, besides TLS.
    pub(crate) protection: &'static str,
}

impl<L> From<&Established<L>> for Proof {
    fn from(established: &Established<L>) -> Self {
        let principal = established.principal();
        let (kind, name) = match &principal.identity {
            Identity::Anonymous(_) => ("anonymous", ""),
            Identity::User(name) => ("user", &**name),
            Identity::External(name) => ("certificate", &**name),
            Identity::Bearer(name) => ("token", &**name),
            Identity::Kerberos(name) => ("kerberos", &**name),
        };
        Self {
            kind,
            identity: (!name.is_empty()).then(|| name.to_owned()),
            acts_as: principal.authzid.as_deref().map(str::to_owned),
            server_proven: established.peer() == PeerProof::Verified,
            channel_binding: established.bound().map(xiom::sasl::BindingType::name),
            protection: match established.protection() {
                Protection::None => "none",
                Protection::Integrity => "integrity",
                Protection::Confidentiality => "confidentiality",
            },
        }
    }
}

impl Proof {
    /// The identity and where it comes from.
    pub(crate) fn who(&self) -> String {
        let identity = self.identity.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
        let other = self.acts_as.as_deref().map(|name| format!(" as {name}")).unwrap_or_default();
        crate::render::plain(&format!("{}{identity}{other}", self.kind))
    }
}
