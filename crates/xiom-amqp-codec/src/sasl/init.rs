//! `sasl-init`: the client chooses a mechanism (part 5, section 5.3.3.2).

use core::fmt;

use super::fields::{Fields, mandatory};
use super::{Field, Performative};
use crate::{DecodeError, Symbol};

/// The client's choice, and its first step where the mechanism has one.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Init<'a> {
    /// The mechanism.
    pub mechanism: Symbol<'a>,
    /// The first step, a secret. An empty one is not the same as none.
    pub initial_response: Option<&'a [u8]>,
    /// The host that the client means to speak to.
    pub hostname: Option<&'a str>,
}

impl<'a> Init<'a> {
    //= SRS_AMQP_CODEC_01_048
    /// `mechanism:symbol initial-response:binary? hostname:string?`
    pub(super) fn parse(fields: &mut Fields<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            mechanism: mandatory(Field::Mechanism, fields.symbol(Field::Mechanism)?)?,
            initial_response: fields.binary(Field::InitialResponse)?,
            hostname: fields.string(Field::Hostname)?,
        })
    }
}

impl fmt::Debug for Init<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Performative::Init(*self).fmt(f)
    }
}
