//! The proof that an exchange came to its good end; only the mechanisms of this crate can make one.

use alloc::boxed::Box;

use crate::{NoLayer, Protection, SecurityLayer};

//= by-construction SRS_SASL_MECHANISMS_01_018: the fields are private and no constructor is public
/// An exchange that succeeded: who is who, and what protects the octets from now on.
///
/// The fields are private and there is no public constructor, so whoever holds one has run a mechanism
/// to its end.
///
/// ```compile_fail,E0451
/// use xiom_sasl::{Established, Identity, NoLayer, PeerProof, Principal, Protection};
///
/// let principal = Principal { identity: Identity::User("root".into()), authzid: None };
/// let (peer, bound, layer, protection) = (PeerProof::Verified, None, None, Protection::None);
/// let mechanism = "PLAIN";
/// let forged = Established::<NoLayer> { mechanism, principal, peer, bound, protection, layer };
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Established<L> {
    mechanism: &'static str,
    principal: Principal,
    peer: PeerProof,
    bound: Option<BindingType>,
    protection: Protection,
    layer: Option<L>,
}

impl<L> Established<L> {
    /// Nothing more than that the client is `principal`.
    pub(crate) const fn one_way(mechanism: &'static str, principal: Principal) -> Self {
        let peer = PeerProof::NotOffered;
        Self { mechanism, principal, peer, bound: None, protection: Protection::None, layer: None }
    }

    /// Both ends have proven that they know the credentials, over the channel named by `bound`.
    pub(crate) const fn mutual(
        mechanism: &'static str,
        principal: Principal,
        bound: Option<BindingType>,
    ) -> Self {
        let peer = PeerProof::Verified;
        Self { mechanism, principal, peer, bound, protection: Protection::None, layer: None }
    }

    /// The name of the mechanism that ran.
    #[must_use]
    pub const fn mechanism(&self) -> &'static str {
        self.mechanism
    }

    /// Who the client is, and whom it acts as.
    #[must_use]
    pub const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Whether the server has proven itself to the client in this exchange.
    #[must_use]
    pub const fn peer(&self) -> PeerProof {
        self.peer
    }

    /// The channel binding that both ends have agreed on.
    #[must_use]
    pub const fn bound(&self) -> Option<BindingType> {
        self.bound
    }

    /// The proof alone, and the security layer through which every octet goes from now on, if one was
    /// negotiated.
    #[must_use = "a negotiated layer must be installed"]
    pub fn split(self) -> (Established<NoLayer>, Option<L>) {
        let Self { mechanism, principal, peer, bound, protection, layer } = self;
        (Established { mechanism, principal, peer, bound, protection, layer: None }, layer)
    }

    /// What the security layer gives, also after it was taken.
    #[must_use]
    pub const fn protection(&self) -> Protection {
        self.protection
    }

    /// The security layer through which every octet goes from now on, if one was negotiated; once.
    #[must_use = "a negotiated layer must be installed"]
    pub const fn take_layer(&mut self) -> Option<L> {
        self.layer.take()
    }

    /// The same with the layer in a wider type.
    pub(crate) fn map_layer<K>(self, wrap: impl FnOnce(L) -> K) -> Established<K> {
        let Self { mechanism, principal, peer, bound, protection, layer } = self;
        Established { mechanism, principal, peer, bound, protection, layer: layer.map(wrap) }
    }
}

impl<L: SecurityLayer> Established<L> {
    /// The same, and all further octets go through `layer`.
    pub(crate) fn with_layer(self, layer: Option<L>) -> Self {
        let protection = layer.as_ref().map_or(Protection::None, L::protection);
        Self { protection, layer, ..self }
    }
}

/// Whether the server has proven itself to the client.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum PeerProof {
    /// The mechanism gives no such proof.
    NotOffered,
    /// The server has proven that it knows the credentials; at the server: its proof goes out with the
    /// success.
    Verified,
}

/// The kinds of channel binding, as they are named on the wire.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum BindingType {
    /// `tls-exporter` (RFC 9266 section 2).
    TlsExporter,
    /// `tls-server-end-point` (RFC 5929 section 4).
    TlsServerEndPoint,
}

impl BindingType {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TlsExporter => "tls-exporter",
            Self::TlsServerEndPoint => "tls-server-end-point",
        }
    }
}

/// Who the client is, and whom it wants to act as.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Principal {
    /// Who the client is.
    pub identity: Identity,
    /// The authorization identity that the client asks for; none: its own.
    pub authzid: Option<Box<str>>,
}

/// Who a client is, and where that comes from: the name spaces do not mix.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Identity {
    /// Nobody in particular; holds what the client gave as a trace, which proves nothing (RFC 4505).
    Anonymous(Box<str>),
    /// A user with a password.
    User(Box<str>),
    /// What the layer below has verified, such as the subject of a certificate; empty at the client,
    /// which does not learn what the server makes of its certificate.
    External(Box<str>),
    /// The subject of a token, as the application reads it.
    Bearer(Box<str>),
    /// A principal of Kerberos, `user@REALM`.
    Kerberos(Box<str>),
}

impl Principal {
    /// Whom the client acts as, once it may; `None` for nobody in particular, and at a client whose
    /// name only the server knows.
    #[must_use]
    pub fn acts_as(&self) -> Option<&str> {
        match (&self.authzid, &self.identity) {
            (Some(authzid), _) => Some(authzid),
            //= SRS_SASL_MECHANISMS_01_037
            (None, Identity::Anonymous(_)) => None,
            (
                None,
                Identity::User(name)
                | Identity::External(name)
                | Identity::Bearer(name)
                | Identity::Kerberos(name),
            ) => (!name.is_empty()).then_some(name),
        }
    }

    /// The name or the trace of the identity itself.
    pub(crate) fn name(&self) -> &str {
        match &self.identity {
            Identity::Anonymous(name)
            | Identity::User(name)
            | Identity::External(name)
            | Identity::Bearer(name)
            | Identity::Kerberos(name) => name,
        }
    }
}
