//! Descriptors of the SASL performatives: a number and a name for each (part 5, section 5.3.3).

use core::fmt;

use nom::number::complete::be_u8;

use super::Field;
use crate::constructor::{code, split};
use crate::octets::{Parsed, parse};
use crate::{DecodeError, Type, Value};

/// Which of the five performatives.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SaslDescriptor {
    /// `amqp:sasl-mechanisms:list`, 0x40.
    Mechanisms,
    /// `amqp:sasl-init:list`, 0x41.
    Init,
    /// `amqp:sasl-challenge:list`, 0x42.
    Challenge,
    /// `amqp:sasl-response:list`, 0x43.
    Response,
    /// `amqp:sasl-outcome:list`, 0x44.
    Outcome,
}

impl SaslDescriptor {
    /// The number.
    #[must_use]
    pub const fn code(self) -> u64 {
        match self {
            //= SRS_SASL_SERVER_IO_01_090
            Self::Mechanisms => 0x40,
            Self::Init => 0x41,
            Self::Challenge => 0x42,
            Self::Response => 0x43,
            Self::Outcome => 0x44,
        }
    }

    /// The fields of the definition, in their order.
    #[must_use]
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::Mechanisms => &[Field::SaslServerMechanisms],
            Self::Init => &[Field::Mechanism, Field::InitialResponse, Field::Hostname],
            Self::Challenge => &[Field::Challenge],
            Self::Response => &[Field::Response],
            Self::Outcome => &[Field::Code, Field::AdditionalData],
        }
    }

    /// `%x00 value`, where the value is a `ulong` or a `symbol` in any encoding
    pub(super) fn parse(input: &[u8]) -> Parsed<'_, Self> {
        // The form that peers send decides at three octets.
        //= SRS_AMQP_CODEC_01_039
        if let [code::DESCRIBED, code::SMALLULONG, number, rest @ ..] = input {
            let code = u64::from(*number);
            let unknown = DecodeError::UnknownDescriptor { code: Some(code) };
            return Ok((rest, Self::of_code(code).ok_or(unknown)?));
        }
        let (rest, first) = parse(be_u8, input)?;
        //= SRS_AMQP_CODEC_01_040
        if first != code::DESCRIBED {
            return Err(DecodeError::NotDescribed { found: Type::of_code(first)? });
        }
        let (rest, descriptor) = split(rest)?;
        let (known, code) = if let Value::Ulong(code) = descriptor {
            //= SRS_AMQP_CODEC_01_039
            (Self::of_code(code), Some(code))
        } else if let Value::Symbol(name) = descriptor {
            //= SRS_AMQP_CODEC_01_039
            (Self::of_name(name.as_str()), None)
        } else {
            //= SRS_AMQP_CODEC_01_040
            (None, None)
        };
        let descriptor = known.ok_or(DecodeError::UnknownDescriptor { code })?;
        Ok((rest, descriptor))
    }

    const fn of_code(code: u64) -> Option<Self> {
        match code {
            0x40 => Some(Self::Mechanisms),
            0x41 => Some(Self::Init),
            0x42 => Some(Self::Challenge),
            0x43 => Some(Self::Response),
            0x44 => Some(Self::Outcome),
            _ => None,
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        match name {
            "amqp:sasl-mechanisms:list" => Some(Self::Mechanisms),
            "amqp:sasl-init:list" => Some(Self::Init),
            "amqp:sasl-challenge:list" => Some(Self::Challenge),
            "amqp:sasl-response:list" => Some(Self::Response),
            "amqp:sasl-outcome:list" => Some(Self::Outcome),
            _ => None,
        }
    }
}

/// Says the name of the type, such as `sasl-init`.
impl fmt::Display for SaslDescriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mechanisms => "sasl-mechanisms",
            Self::Init => "sasl-init",
            Self::Challenge => "sasl-challenge",
            Self::Response => "sasl-response",
            Self::Outcome => "sasl-outcome",
        })
    }
}
