//! The mechanisms of this crate as one type, without dynamic dispatch.

use alloc::vec::Vec;

use xiom_core::AuthFault;

use super::{Anonymous, ClientMechanism, ClientStep, External, Mssbcbs, OAuth, Plain, Scram};
#[cfg(feature = "legacy")]
use super::{CramMd5, DigestMd5};
use crate::{Context, Established, MechanismLayer, Properties};

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

impl ClientMechanism for Mechanism {
    type Layer = MechanismLayer;

    fn properties(&self) -> Properties {
        each!(self, mechanism => mechanism.properties())
    }

    fn start(&mut self, cx: &Context<'_>, out: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        each!(self, mechanism => mechanism.start(cx, out))
    }

    fn challenge(
        &mut self,
        cx: &Context<'_>,
        data: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        each!(self, mechanism => mechanism.challenge(cx, data, out))
    }

    fn work(
        &mut self,
        cx: &Context<'_>,
        iterations: u32,
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        each!(self, mechanism => mechanism.work(cx, iterations, out))
    }

    fn is_done(&self) -> bool {
        each!(self, mechanism => mechanism.is_done())
    }

    fn outcome_ok(
        self,
        cx: &Context<'_>,
        additional: Option<&[u8]>,
    ) -> Result<Established<MechanismLayer>, AuthFault> {
        each!(self, mechanism => {
            mechanism.outcome_ok(cx, additional).map(|it| it.map_layer(MechanismLayer::from))
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
