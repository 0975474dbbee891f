//! A value of the AMQP 1.0 type system, borrowed from the octets it was read from.

use crate::constructor::{code, split};
use crate::limits::check;
use crate::octets::{Parsed, end, fixed, narrow, wide};
use crate::{
    Array, Decimal32, Decimal64, Decimal128, DecodeError, Described, Double, Float, Limits, List,
    Map, Symbol, Timestamp, Uuid,
};

/// One value of any type (part 1, section 1.6).
///
/// A decoded compound is a view of octets that were checked to their last element, so that visiting it cannot fail
/// and nothing is allocated. To encode one, build it from a slice of values.
///
/// Values are equal when they mean the same, whatever their encoding: `smalluint` 5 equals `uint` 5. Floating point
/// numbers are compared by their bits, maps in their order, as the specification asks.
///
/// `Debug` and `Display` show a binary value by its length alone, because it may be a secret.
///
/// ```
/// use xiom_amqp_codec::{List, Value};
///
/// let fields = [Value::Uint(5), Value::String("five"), Value::Null];
/// let list = Value::List(List::new(&fields));
/// let mut out = Vec::new();
/// list.encode(&mut out);
/// assert_eq!(out, b"\xC0\x0A\x03\x52\x05\xA1\x04five\x40");
///
/// let decoded = Value::decode(&out)?;
/// assert_eq!(decoded, list);
/// assert_eq!(decoded.to_string(), r#"(5, "five", null)"#);
/// # Ok::<(), xiom_amqp_codec::DecodeError>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// True or false.
    Boolean(bool),
    /// Unsigned, 8 bits.
    Ubyte(u8),
    /// Unsigned, 16 bits.
    Ushort(u16),
    /// Unsigned, 32 bits.
    Uint(u32),
    /// Unsigned, 64 bits.
    Ulong(u64),
    /// Signed, 8 bits.
    Byte(i8),
    /// Signed, 16 bits.
    Short(i16),
    /// Signed, 32 bits.
    Int(i32),
    /// Signed, 64 bits.
    Long(i64),
    /// Floating point, 32 bits.
    Float(Float),
    /// Floating point, 64 bits.
    Double(Double),
    /// Decimal, 32 bits.
    Decimal32(Decimal32),
    /// Decimal, 64 bits.
    Decimal64(Decimal64),
    /// Decimal, 128 bits.
    Decimal128(Decimal128),
    /// One Unicode scalar value.
    Char(char),
    /// A point in time.
    Timestamp(Timestamp),
    /// A universally unique identifier.
    Uuid(Uuid),
    /// Octets.
    Binary(&'a [u8]),
    /// Text.
    String(&'a str),
    /// A name from a constrained domain.
    Symbol(Symbol<'a>),
    /// Values of any types.
    List(List<'a>),
    /// Keys and their values.
    Map(Map<'a>),
    /// Values of one type.
    Array(Array<'a>),
    /// A value, and another that says what it means.
    Described(Described<'a>),
}

impl<'a> Value<'a> {
    //= SRS_AMQP_CODEC_01_010, SRS_AMQP_CODEC_01_036
    /// Decodes the one value that `input` is.
    ///
    /// ```
    /// use xiom_amqp_codec::{DecodeError, Value};
    ///
    /// assert_eq!(Value::decode(b"\xA1\x05hello"), Ok(Value::String("hello")));
    /// assert_eq!(Value::decode(b"\xA1\x05hell"), Err(DecodeError::Truncated));
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`DecodeError::Trailing`] when octets are left, and what [`Value::decode_prefix`] says of the value.
    pub fn decode(input: &'a [u8]) -> Result<Self, DecodeError> {
        let (rest, value) = Self::decode_prefix(input)?;
        end(rest).map(|()| value)
    }

    //= SRS_AMQP_CODEC_01_012
    /// Decodes the value at the front of `input`, and returns the octets after it.
    ///
    /// So is the body of an AMQP frame read: a performative, then its payload.
    ///
    /// `value = constructor data`
    ///
    /// ```
    /// use xiom_amqp_codec::Value;
    ///
    /// let (payload, performative) = Value::decode_prefix(b"\x00\x53\x14\xC0\x02\x01\x43payload")?;
    /// let Value::Described(transfer) = performative else { unreachable!() };
    /// assert_eq!(transfer.descriptor(), Value::Ulong(0x14));
    /// assert_eq!(payload, b"payload");
    /// # Ok::<(), xiom_amqp_codec::DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Value::decode_with`], within the default [`Limits`].
    pub fn decode_prefix(input: &'a [u8]) -> Parsed<'a, Self> {
        Self::decode_with(input, Limits::default())
    }

    /// Decodes the value at the front of `input` within `limits`, and returns the octets after it.
    ///
    /// # Errors
    ///
    /// Returns [`DecodeError::Truncated`] when `input` ends inside the value: values come in frames, which say their
    /// size, so that more octets would not mend it. Any other error but [`DecodeError::Incomplete`] says what of the
    /// value is malformed, or which of the `limits` it breaks.
    pub fn decode_with(input: &'a [u8], limits: Limits) -> Parsed<'a, Self> {
        //= SRS_AMQP_CODEC_01_002
        let (rest, value) = split(input)?;
        check(value, limits)?;
        //= SRS_AMQP_CODEC_01_003
        Ok((rest, value))
    }

    //= SRS_AMQP_CODEC_01_023
    /// Takes the data of a primitive format code off `rest` and reads it: itself, not what it holds.
    ///
    /// Each code is looked at once: where the next value begins does not wait for a width that is looked up.
    #[inline]
    pub(crate) fn read<E>(code: u8, rest: &mut &'a [u8]) -> Result<Self, E>
    where
        E: From<DecodeError>,
    {
        Ok(match code {
            code::NULL => Self::Null,
            code::TRUE => Self::Boolean(true),
            code::FALSE => Self::Boolean(false),
            code::BOOLEAN => Self::Boolean(boolean(fixed(rest)?)?),
            code::UBYTE => Self::Ubyte(u8::from_be_bytes(fixed(rest)?)),
            code::USHORT => Self::Ushort(u16::from_be_bytes(fixed(rest)?)),
            code::UINT0 => Self::Uint(0),
            code::SMALLUINT => Self::Uint(u8::from_be_bytes(fixed(rest)?).into()),
            code::UINT => Self::Uint(u32::from_be_bytes(fixed(rest)?)),
            code::ULONG0 => Self::Ulong(0),
            code::SMALLULONG => Self::Ulong(u8::from_be_bytes(fixed(rest)?).into()),
            code::ULONG => Self::Ulong(u64::from_be_bytes(fixed(rest)?)),
            code::BYTE => Self::Byte(i8::from_be_bytes(fixed(rest)?)),
            code::SHORT => Self::Short(i16::from_be_bytes(fixed(rest)?)),
            code::SMALLINT => Self::Int(i8::from_be_bytes(fixed(rest)?).into()),
            code::INT => Self::Int(i32::from_be_bytes(fixed(rest)?)),
            code::SMALLLONG => Self::Long(i8::from_be_bytes(fixed(rest)?).into()),
            code::LONG => Self::Long(i64::from_be_bytes(fixed(rest)?)),
            code::FLOAT => Self::Float(Float(u32::from_be_bytes(fixed(rest)?))),
            code::DOUBLE => Self::Double(Double(u64::from_be_bytes(fixed(rest)?))),
            code::DECIMAL32 => Self::Decimal32(Decimal32(fixed(rest)?)),
            code::DECIMAL64 => Self::Decimal64(Decimal64(fixed(rest)?)),
            code::DECIMAL128 => Self::Decimal128(Decimal128(fixed(rest)?)),
            code::CHAR => Self::Char(character(u32::from_be_bytes(fixed(rest)?))?),
            code::TIMESTAMP => Self::Timestamp(Timestamp(i64::from_be_bytes(fixed(rest)?))),
            code::UUID => Self::Uuid(Uuid(fixed(rest)?)),
            code::VBIN8 => Self::Binary(narrow(rest)?),
            code::VBIN32 => Self::Binary(wide(rest)?),
            code::STR8 => Self::String(string(narrow(rest)?)?),
            code::STR32 => Self::String(string(wide(rest)?)?),
            code::SYM8 => Self::Symbol(symbol(narrow(rest)?)?),
            code::SYM32 => Self::Symbol(symbol(wide(rest)?)?),
            code::LIST0 => Self::List(List::EMPTY),
            code::LIST8 => Self::List(List::view(code, narrow(rest)?)?),
            code::LIST32 => Self::List(List::view(code, wide(rest)?)?),
            code::MAP8 => Self::Map(Map::view(code, narrow(rest)?)?),
            code::MAP32 => Self::Map(Map::view(code, wide(rest)?)?),
            code::ARRAY8 => Self::Array(Array::view(code, narrow(rest)?)?),
            code::ARRAY32 => Self::Array(Array::view(code, wide(rest)?)?),
            _ => return Err(DecodeError::UnknownConstructor(code).into()),
        })
    }
}

/// `boolean = %x00 / %x01`
fn boolean(octets: [u8; 1]) -> Result<bool, DecodeError> {
    match octets {
        [0] => Ok(false),
        [1] => Ok(true),
        //= SRS_AMQP_CODEC_01_025
        [octet] => Err(DecodeError::InvalidBoolean(octet)),
    }
}

//= SRS_AMQP_CODEC_01_026
/// `char = 4octet`, a Unicode scalar value in UTF-32BE
fn character(scalar: u32) -> Result<char, DecodeError> {
    char::from_u32(scalar).ok_or(DecodeError::InvalidChar(scalar))
}

//= SRS_AMQP_CODEC_01_027
/// `string = *octet` in UTF-8
pub(crate) fn string(data: &[u8]) -> Result<&str, DecodeError> {
    core::str::from_utf8(data).map_err(|_| DecodeError::NotUtf8)
}

//= SRS_AMQP_CODEC_01_028
/// `symbol = *(%x00-7F)`
#[inline]
pub(crate) fn symbol(data: &[u8]) -> Result<Symbol<'_>, DecodeError> {
    if data.is_ascii() { Ok(Symbol(data)) } else { Err(DecodeError::NotAscii) }
}
