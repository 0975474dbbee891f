//! `sasl-challenge` and `sasl-response`: the server asks, the client answers (part 5, sections 5.3.3.3 and 5.3.3.4).

use core::fmt;

use super::fields::{Fields, mandatory};
use super::{Field, Performative};
use crate::DecodeError;

/// A step of the server.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Challenge<'a> {
    /// What the mechanism says; may be empty.
    pub challenge: &'a [u8],
}

impl<'a> Challenge<'a> {
    /// `challenge:binary`
    pub(super) fn parse(fields: &mut Fields<'a>) -> Result<Self, DecodeError> {
        let challenge = fields.binary(Field::Challenge)?;
        Ok(Self { challenge: mandatory(Field::Challenge, challenge)? })
    }
}

impl fmt::Debug for Challenge<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Performative::Challenge(*self).fmt(f)
    }
}

/// A step of the client.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Response<'a> {
    /// What the mechanism says, a secret; may be empty.
    pub response: &'a [u8],
}

impl<'a> Response<'a> {
    /// `response:binary`
    pub(super) fn parse(fields: &mut Fields<'a>) -> Result<Self, DecodeError> {
        let response = fields.binary(Field::Response)?;
        Ok(Self { response: mandatory(Field::Response, response)? })
    }
}

impl fmt::Debug for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Performative::Response(*self).fmt(f)
    }
}
