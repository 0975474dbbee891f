//! `sasl-outcome`: the server decides (part 5, sections 5.3.3.5 and 5.3.3.6).
//!
//! Invariant: a code is one of the five that are defined; absent, null or unknown, it is an error and never a success.

use core::fmt;

use super::fields::{Fields, mandatory};
use super::{Field, Performative};
use crate::DecodeError;

/// How the exchange ended.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Outcome<'a> {
    /// The decision.
    pub code: SaslCode,
    /// What the mechanism says at last, such as the signature of a SCRAM server.
    pub additional_data: Option<&'a [u8]>,
}

impl<'a> Outcome<'a> {
    /// `code:ubyte additional-data:binary?`
    pub(super) fn parse(fields: &mut Fields<'a>) -> Result<Self, DecodeError> {
        let octet = fields.ubyte(Field::Code)?;
        //= SRS_SASLCLIENTIO_01_060, SRS_SASLCLIENTIO_50_006
        let code = SaslCode::from_octet(mandatory(Field::Code, octet)?)?;
        Ok(Self { code, additional_data: fields.binary(Field::AdditionalData)? })
    }
}

impl fmt::Debug for Outcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Performative::Outcome(*self).fmt(f)
    }
}

/// What a server says of an authentication.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SaslCode {
    /// It succeeded: 0.
    Ok,
    /// It failed for the credentials: 1.
    Auth,
    /// It failed for an error of the system: 2.
    Sys,
    /// It failed for an error of the system that needs somebody to mend it: 3.
    SysPerm,
    /// It failed for an error of the system that may pass: 4.
    SysTemp,
}

impl SaslCode {
    /// The octet on the wire.
    #[must_use]
    //= SRS_SASL_SERVER_IO_01_113
    pub const fn octet(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Auth => 1,
            Self::Sys => 2,
            Self::SysPerm => 3,
            Self::SysTemp => 4,
        }
    }

    pub(super) const fn from_octet(octet: u8) -> Result<Self, DecodeError> {
        match octet {
            //= SRS_AMQP_CODEC_01_047
            //= SRS_SASLCLIENTIO_01_062
            0 => Ok(Self::Ok),
            1 => Ok(Self::Auth),
            2 => Ok(Self::Sys),
            3 => Ok(Self::SysPerm),
            4 => Ok(Self::SysTemp),
            //= SRS_AMQP_CODEC_01_047
            //= SRS_SASLCLIENTIO_50_006
            _ => Err(DecodeError::UnknownCode(octet)),
        }
    }
}

/// Says the specification's name, such as `sys-perm`.
impl fmt::Display for SaslCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "ok",
            Self::Auth => "auth",
            Self::Sys => "sys",
            Self::SysPerm => "sys-perm",
            Self::SysTemp => "sys-temp",
        })
    }
}
