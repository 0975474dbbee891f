//! The mechanisms of this crate as one type, without dynamic dispatch.

use alloc::vec::Vec;

use super::{
    Anonymous, External, Mssbcbs, OAuth, Plain, Scram, ServerInput, ServerMechanism, ServerStep,
};
#[cfg(feature = "legacy")]
use super::{CramMd5, DigestMd5};
use crate::{Context, MechanismLayer, Properties};

/// The mechanisms of this crate; [`crate::Either`] adds others.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Mechanism {
    /// `ANONYMOUS`
    Anonymous(Anonymous),
    /// `CRAM-MD5`
    #[cfg(feature = "legacy")]
    CramMd5(CramMd5),
    /// `DIGEST-MD5`
    #[cfg(feature = "legacy")]
    DigestMd5(DigestMd5),
    /// `EXTERNAL`
    External(External),
    /// `MSSBCBS`
    Mssbcbs(Mssbcbs),
    /// `OAUTHBEARER`, `XOAUTH2`
    OAuth(OAuth),
    /// `PLAIN`
    Plain(Plain),
    /// `SCRAM-SHA-256` and its kin
    Scram(Scram),
}

/// Does the same for whichever mechanism it is.
macro_rules! each {
    ($which:expr, $mechanism:ident => $deed:expr) => {
        match $which {
            Mechanism::Anonymous($mechanism) => $deed,
            #[cfg(feature = "legacy")]
            Mechanism::CramMd5($mechanism) => $deed,
            #[cfg(feature = "legacy")]
            Mechanism::DigestMd5($mechanism) => $deed,
            Mechanism::External($mechanism) => $deed,
            Mechanism::Mssbcbs($mechanism) => $deed,
            Mechanism::OAuth($mechanism) => $deed,
            Mechanism::Plain($mechanism) => $deed,
            Mechanism::Scram($mechanism) => $deed,
        }
    };
}

impl ServerMechanism for Mechanism {
    type Layer = MechanismLayer;

    fn properties(&self) -> Properties {
        each!(self, mechanism => mechanism.properties())
    }

    fn step(self, cx: &Context<'_>, input: ServerInput<'_>, out: &mut Vec<u8>) -> ServerStep<Self> {
        each!(self, mechanism => {
            mechanism.step(cx, input, out).map(Self::from, MechanismLayer::from)
        })
    }
}

impl From<Anonymous> for Mechanism {
    fn from(mechanism: Anonymous) -> Self {
        Self::Anonymous(mechanism)
    }
}

#[cfg(feature = "legacy")]
impl From<CramMd5> for Mechanism {
    fn from(mechanism: CramMd5) -> Self {
        Self::CramMd5(mechanism)
    }
}

#[cfg(feature = "legacy")]
impl From<DigestMd5> for Mechanism {
    fn from(mechanism: DigestMd5) -> Self {
        Self::DigestMd5(mechanism)
    }
}

impl From<External> for Mechanism {
    fn from(mechanism: External) -> Self {
        Self::External(mechanism)
    }
}

impl From<Mssbcbs> for Mechanism {
    fn from(mechanism: Mssbcbs) -> Self {
        Self::Mssbcbs(mechanism)
    }
}

impl From<OAuth> for Mechanism {
    fn from(mechanism: OAuth) -> Self {
        Self::OAuth(mechanism)
    }
}

impl From<Plain> for Mechanism {
    fn from(mechanism: Plain) -> Self {
        Self::Plain(mechanism)
    }
}

impl From<Scram> for Mechanism {
    fn from(mechanism: Scram) -> Self {
        Self::Scram(mechanism)
    }
}
