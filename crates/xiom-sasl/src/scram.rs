//! SCRAM (RFC 5802, RFC 7677 and, for SHA-512, its registered name): what client and server share.
//!
//! The two sides are [`crate::client::Scram`] and [`crate::server::Scram`].

use xiom_core::{Bindings, Secret};

use crate::{BindingType, Properties};

pub(crate) mod hash;
pub(crate) mod hi;
pub(crate) mod keys;
pub(crate) mod message;
pub(crate) mod parse;
pub(crate) mod rounds;

pub use hash::Hash;

/// The mechanisms of the family; those that bind the exchange to the channel below end in `Plus`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Variant {
    /// `SCRAM-SHA-1`
    Sha1,
    /// `SCRAM-SHA-1-PLUS`
    Sha1Plus,
    /// `SCRAM-SHA-256`
    Sha256,
    /// `SCRAM-SHA-256-PLUS`
    Sha256Plus,
    /// `SCRAM-SHA-512`
    Sha512,
    /// `SCRAM-SHA-512-PLUS`
    Sha512Plus,
}

impl Variant {
    /// All of them, the strongest first.
    pub const ALL: [Self; 6] = [
        Self::Sha512Plus,
        Self::Sha256Plus,
        Self::Sha1Plus,
        Self::Sha512,
        Self::Sha256,
        Self::Sha1,
    ];

    /// The hash of the variant.
    #[must_use]
    pub const fn hash(self) -> Hash {
        match self {
            Self::Sha1 | Self::Sha1Plus => Hash::Sha1,
            Self::Sha256 | Self::Sha256Plus => Hash::Sha256,
            Self::Sha512 | Self::Sha512Plus => Hash::Sha512,
        }
    }

    /// Whether the variant binds the exchange to the channel below.
    #[must_use]
    pub const fn binds(self) -> bool {
        match self {
            Self::Sha1 | Self::Sha256 | Self::Sha512 => false,
            Self::Sha1Plus | Self::Sha256Plus | Self::Sha512Plus => true,
        }
    }

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.properties().name
    }

    pub(crate) const fn properties(self) -> Properties {
        let name = match self {
            Self::Sha1 => "SCRAM-SHA-1",
            Self::Sha1Plus => "SCRAM-SHA-1-PLUS",
            Self::Sha256 => "SCRAM-SHA-256",
            Self::Sha256Plus => "SCRAM-SHA-256-PLUS",
            Self::Sha512 => "SCRAM-SHA-512",
            Self::Sha512Plus => "SCRAM-SHA-512-PLUS",
        };
        Properties {
            mutual: true,
            dictionary: true,
            binds: self.binds(),
            strength: self.hash().bits(),
            ..Properties::named(name)
        }
    }
}

/// The channel binding of this kind, if the layer below has it.
pub(crate) fn binding_data(bindings: &Bindings, kind: BindingType) -> Option<Secret> {
    match kind {
        BindingType::TlsExporter => bindings.exporter.map(Secret::new),
        BindingType::TlsServerEndPoint => {
            bindings.end_point.as_ref().map(|end_point| Secret::new(end_point.octets()))
        }
    }
}

//= SRS_SASL_MECHANISMS_01_056
/// The best channel binding below: the exporter binds to the connection, the end point to the
/// certificate only.
pub(crate) fn best_binding(bindings: &Bindings) -> Option<(BindingType, Secret)> {
    [BindingType::TlsExporter, BindingType::TlsServerEndPoint]
        .into_iter()
        .find_map(|kind| Some((kind, binding_data(bindings, kind)?)))
}
