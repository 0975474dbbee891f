//! The five SASL performatives and the frames that carry them (part 5, section 5.3).
//!
//! Invariant: a SASL frame holds exactly one performative, and a performative holds exactly the fields of its
//! definition; whatever else the octets say is an error. `Display` and `Debug` show secrets by their length alone.

mod descriptor;
mod exchange;
mod fields;
mod init;
mod mechanisms;
mod outcome;

use alloc::vec::Vec;
use core::fmt;

pub use descriptor::SaslDescriptor;
pub use exchange::{Challenge, Response};
pub use fields::Field;
pub use init::Init;
pub use mechanisms::{MechanismNames, Mechanisms};
pub use outcome::{Outcome, SaslCode};

use crate::display::separated;
use crate::encode::{described_len, put_described};
use crate::octets::Parsed;
use crate::{DecodeError, Frame, FrameHeader, FrameType, Value};
use fields::Fields;

/// One SASL performative; its strings and octets borrow from the input.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub enum Performative<'a> {
    /// The server offers mechanisms: `sasl-mechanisms`.
    Mechanisms(Mechanisms<'a>),
    /// The client chooses one: `sasl-init`.
    Init(Init<'a>),
    /// The server asks: `sasl-challenge`.
    Challenge(Challenge<'a>),
    /// The client answers: `sasl-response`.
    Response(Response<'a>),
    /// The server decides: `sasl-outcome`.
    Outcome(Outcome<'a>),
}

impl<'a> Performative<'a> {
    //= SRS_AMQP_CODEC_01_010
    /// Decodes the SASL frame at the front of `input`, and returns the octets after it.
    ///
    /// ```
    /// use xiom_amqp_codec::{MIN_MAX_FRAME_SIZE, Performative, SaslCode};
    ///
    /// let input = b"\0\0\0\x10\x02\x01\0\0\x00\x53\x44\xC0\x03\x01\x50\x00AMQP";
    /// let (rest, frame) = Performative::decode_frame(input, MIN_MAX_FRAME_SIZE)?;
    /// let Performative::Outcome(outcome) = frame else { unreachable!() };
    /// assert_eq!(outcome.code, SaslCode::Ok);
    /// assert_eq!(rest, b"AMQP");
    /// # Ok::<(), xiom_amqp_codec::DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`DecodeError::Incomplete`] when `input` ends inside the frame. What the first eight octets tell is
    /// told before the body is there: what [`FrameHeader::decode`] says, [`DecodeError::FrameType`] of an AMQP frame
    /// and [`DecodeError::EmptyFrame`]. The rest is said by [`Performative::decode`].
    pub fn decode_frame(input: &'a [u8], limit: u32) -> Parsed<'a, Self> {
        let (_, header) = FrameHeader::decode(input, limit)?;
        //= SRS_AMQP_CODEC_01_005
        //= SRS_SASLCLIENTIO_50_014
        if header.frame_type != FrameType::Sasl {
            return Err(DecodeError::FrameType(header.frame_type.octet()));
        }
        //= SRS_AMQP_CODEC_01_005
        //= SRS_SASLCLIENTIO_50_014
        if header.is_empty() {
            return Err(DecodeError::EmptyFrame);
        }
        //= SRS_AMQP_CODEC_01_021
        let (rest, Frame { body, .. }) = header.frame(input)?;
        Ok((rest, Self::decode(body)?))
    }

    //= SRS_AMQP_CODEC_01_012
    /// Decodes the body of a SASL frame.
    ///
    /// `body = %x00 descriptor fields`, where a descriptor is a `ulong` or a `symbol` and fields are a `list`
    ///
    /// # Errors
    ///
    /// Returns [`DecodeError::NotDescribed`], [`DecodeError::UnknownDescriptor`] or [`DecodeError::NotList`] when
    /// `body` is no performative; [`DecodeError::TooManyFields`], [`DecodeError::MissingField`],
    /// [`DecodeError::WrongType`], [`DecodeError::NoMechanism`] or [`DecodeError::UnknownCode`] when its fields are not
    /// those of the definition; [`DecodeError::Trailing`] when octets are left; and what [`Value::decode`] says of
    /// values.
    pub fn decode(body: &'a [u8]) -> Result<Self, DecodeError> {
        let (rest, descriptor) = SaslDescriptor::parse(body)?;
        let mut fields = Fields::parse(rest, descriptor)?;
        let performative = match descriptor {
            SaslDescriptor::Mechanisms => Self::Mechanisms(Mechanisms::parse(&mut fields)?),
            SaslDescriptor::Init => Self::Init(Init::parse(&mut fields)?),
            SaslDescriptor::Challenge => Self::Challenge(Challenge::parse(&mut fields)?),
            SaslDescriptor::Response => Self::Response(Response::parse(&mut fields)?),
            SaslDescriptor::Outcome => Self::Outcome(Outcome::parse(&mut fields)?),
        };
        //= SRS_AMQP_CODEC_01_044
        fields.end()?;
        Ok(performative)
    }

    //= SRS_AMQP_CODEC_01_011
    /// Appends the whole frame to `out`, in the fewest octets; nothing is allocated when `out` has room for them.
    //= SRS_SASL_SERVER_IO_01_023
    pub fn encode_frame(&self, out: &mut Vec<u8>) {
        let start = out.len();
        //= SRS_SASL_SERVER_IO_01_070
        out.extend_from_slice(&[0; FrameHeader::LENGTH]);
        self.encode(out);
        // The size is known once the body is there: so nothing is measured twice.
        if let Some((header, body)) =
            out.get_mut(start..).and_then(<[u8]>::split_first_chunk_mut::<{ FrameHeader::LENGTH }>)
        {
            //= SRS_AMQP_CODEC_01_022
            *header = FrameHeader::new(FrameType::Sasl, body.len()).encode();
        }
    }

    //= SRS_AMQP_CODEC_01_037
    /// The octets that [`Performative::encode_frame`] appends, to be compared with the peer's limit.
    #[must_use]
    pub fn encoded_frame_len(&self) -> usize {
        FrameHeader::LENGTH.saturating_add(self.encoded_len())
    }

    /// Appends the body of the frame to `out`, in the fewest octets.
    pub fn encode(&self, out: &mut Vec<u8>) {
        self.with_fields(|fields| put_described(self.descriptor().code(), fields, out));
    }

    /// The octets that [`Performative::encode`] appends.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        self.with_fields(|fields| described_len(self.descriptor().code(), fields))
    }

    /// Which performative this is.
    #[must_use]
    pub const fn descriptor(&self) -> SaslDescriptor {
        match self {
            Self::Mechanisms(_) => SaslDescriptor::Mechanisms,
            Self::Init(_) => SaslDescriptor::Init,
            Self::Challenge(_) => SaslDescriptor::Challenge,
            Self::Response(_) => SaslDescriptor::Response,
            Self::Outcome(_) => SaslDescriptor::Outcome,
        }
    }

    /// Hands the fields to `read` as they are on the wire, without null fields at the end.
    #[inline]
    fn with_fields<T>(&self, read: impl FnOnce(&[Value<'_>]) -> T) -> T {
        let fields = self.fields();
        read(match &fields {
            //= SRS_AMQP_CODEC_01_038
            [one, Value::Null, Value::Null] => core::slice::from_ref(one),
            //= SRS_AMQP_CODEC_01_038
            [two @ .., Value::Null] => two,
            all => all,
        })
    }

    /// The fields in the order of the definition, null where there is none.
    fn fields(&self) -> [Value<'_>; 3] {
        match self {
            Self::Mechanisms(mechanisms) => [mechanisms.value(), Value::Null, Value::Null],
            Self::Init(init) => [
                Value::Symbol(init.mechanism),
                init.initial_response.map_or(Value::Null, Value::Binary),
                init.hostname.map_or(Value::Null, Value::String),
            ],
            Self::Challenge(challenge) => {
                [Value::Binary(challenge.challenge), Value::Null, Value::Null]
            }
            Self::Response(response) => {
                [Value::Binary(response.response), Value::Null, Value::Null]
            }
            Self::Outcome(outcome) => [
                Value::Ubyte(outcome.code.octet()),
                outcome.additional_data.map_or(Value::Null, Value::Binary),
                Value::Null,
            ],
        }
    }
}

/// Says `sasl-init(mechanism=PLAIN, initial-response=[24 octets], hostname="host")`.
impl fmt::Display for Performative<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let descriptor = self.descriptor();
        let fields = self.fields();
        let named = descriptor.fields().iter().zip(&fields);
        let present = named.filter(|(_, value)| **value != Value::Null);
        write!(f, "{descriptor}(")?;
        separated(f, present.map(|(field, value)| Named { field: *field, value }))?;
        f.write_str(")")
    }
}

impl fmt::Debug for Performative<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

struct Named<'a> {
    field: Field,
    value: &'a Value<'a>,
}

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.field, self.value) {
            (Field::Code, Value::Ubyte(octet)) => match SaslCode::from_octet(*octet) {
                Ok(code) => write!(f, "{}={code}", self.field),
                Err(_) => write!(f, "{}={octet}", self.field),
            },
            (field, value) => write!(f, "{field}={value}"),
        }
    }
}
