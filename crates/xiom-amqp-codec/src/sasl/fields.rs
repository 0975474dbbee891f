//! The fields of a performative, read in the order of its definition.
//!
//! Invariant: a field that is null and one that is left out at the end are the same (part 1, section 1.4).

use core::fmt;

use nom::ToUsize;

use super::SaslDescriptor;
use crate::constructor::{Encoded, code};
use crate::octets::end;
use crate::run::Run;
use crate::value::{string, symbol};
use crate::{DecodeError, Symbol, Type};

/// A field of a SASL performative.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Field {
    /// `sasl-server-mechanisms` of sasl-mechanisms.
    SaslServerMechanisms,
    /// `mechanism` of sasl-init.
    Mechanism,
    /// `initial-response` of sasl-init.
    InitialResponse,
    /// `hostname` of sasl-init.
    Hostname,
    /// `challenge` of sasl-challenge.
    Challenge,
    /// `response` of sasl-response.
    Response,
    /// `code` of sasl-outcome.
    Code,
    /// `additional-data` of sasl-outcome.
    AdditionalData,
}

/// Says the specification's name, such as `initial-response`.
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SaslServerMechanisms => "sasl-server-mechanisms",
            Self::Mechanism => "mechanism",
            Self::InitialResponse => "initial-response",
            Self::Hostname => "hostname",
            Self::Challenge => "challenge",
            Self::Response => "response",
            Self::Code => "code",
            Self::AdditionalData => "additional-data",
        })
    }
}

/// The fields that are still to be read.
pub(super) struct Fields<'a>(Run<'a>);

impl<'a> Fields<'a> {
    /// Reads the one list that `input` is.
    pub(super) fn parse(input: &'a [u8], descriptor: SaslDescriptor) -> Result<Self, DecodeError> {
        let (rest, encoded) = Encoded::parse(input)?;
        let found = encoded.type_of()?;
        //= SRS_AMQP_CODEC_01_040
        if found != Type::List {
            return Err(DecodeError::NotList { found });
        }
        //= SRS_AMQP_CODEC_01_044
        end(rest)?;
        let run = Run::parse(encoded.constructor.code(), encoded.content())?;
        let (count, defined) = (run.left(), descriptor.fields().len());
        //= SRS_AMQP_CODEC_01_044
        if count.to_usize() > defined {
            return Err(DecodeError::TooManyFields { count, defined });
        }
        Ok(Self(run))
    }

    /// The next field and its type, when it is there and not null.
    pub(super) fn any(&mut self) -> Result<Option<(Type, Encoded<'a>)>, DecodeError> {
        //= SRS_AMQP_CODEC_01_042
        let Some(encoded) = self.0.next_encoded().transpose()? else { return Ok(None) };
        let found = encoded.type_of()?;
        //= SRS_AMQP_CODEC_01_042
        Ok((found != Type::Null).then_some((found, encoded)))
    }

    /// The next field as the octets that `field` must be.
    pub(super) fn binary(&mut self, field: Field) -> Result<Option<&'a [u8]>, DecodeError> {
        self.data(field, Type::Binary)
    }

    /// The next field as the text that `field` must be.
    pub(super) fn string(&mut self, field: Field) -> Result<Option<&'a str>, DecodeError> {
        self.data(field, Type::String)?.map(string).transpose()
    }

    /// The next field as the name that `field` must be.
    pub(super) fn symbol(&mut self, field: Field) -> Result<Option<Symbol<'a>>, DecodeError> {
        self.data(field, Type::Symbol)?.map(symbol).transpose()
    }

    /// The next field as the octet that `field` must be.
    pub(super) fn ubyte(&mut self, field: Field) -> Result<Option<u8>, DecodeError> {
        // It has no other form.
        if let Some(octet) = self.0.take_octet(code::UBYTE) {
            return Ok(Some(octet));
        }
        match self.any()? {
            //= SRS_AMQP_CODEC_01_043
            Some((found, _)) => Err(DecodeError::WrongType { field, found }),
            None => Ok(None),
        }
    }

    /// The data of the next field, whose type must be `due`.
    #[inline]
    fn data(&mut self, field: Field, due: Type) -> Result<Option<&'a [u8]>, DecodeError> {
        // The form that peers send is cut at its length.
        if let Some(data) = self.0.take_narrow(due.narrowest_code()) {
            return Ok(Some(data));
        }
        match self.any()? {
            Some((found, encoded)) if found == due => Ok(Some(encoded.content())),
            //= SRS_AMQP_CODEC_01_043
            Some((found, _)) => Err(DecodeError::WrongType { field, found }),
            None => Ok(None),
        }
    }

    /// Refuses octets behind the last field.
    pub(super) fn end(&self) -> Result<(), DecodeError> {
        self.0.end()
    }
}

//= SRS_AMQP_CODEC_01_041
/// What `field` must hold, unless it is null or left out.
pub(super) fn mandatory<T>(field: Field, value: Option<T>) -> Result<T, DecodeError> {
    value.ok_or(DecodeError::MissingField(field))
}
