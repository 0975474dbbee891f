//! Encoding: each value in the fewest octets that the specification offers for it.
//!
//! Invariant: `encode` appends exactly `encoded_len` octets. A length past four octets saturates, and so does a count;
//! no frame can hold such a value, which the caller sees when it compares `encoded_len` with the peer's limit.
//!
//! [`Value::form`] alone says what is smallest. It tells a [`Sink`]: [`Length`] counts octets and [`Room`] writes them,
//! each in one pass, however deep values are nested. For arrays, whose elements share one code, [`Common`] finds that
//! code, and [`Element`] writes what is behind it.
//!
//! [`Common`]: elements::Common
//! [`Element`]: elements::Element

mod elements;
mod room;

use alloc::vec::Vec;

use crate::constructor::{code, overhead};
use crate::{List, Map, Value};
use room::Room;

impl Value<'_> {
    //= SRS_AMQP_CODEC_01_011, SRS_AMQP_CODEC_01_036
    /// Appends the value to `out`, in the fewest octets; nothing is allocated when `out` has room for them.
    ///
    /// ```
    /// use xiom_amqp_codec::Value;
    ///
    /// let mut out = Vec::new();
    /// Value::Ulong(0x40).encode(&mut out);
    /// Value::Int(-1).encode(&mut out);
    /// Value::String("é").encode(&mut out);
    /// assert_eq!(out, [0x53, 0x40, 0x54, 0xFF, 0xA1, 2, 0xC3, 0xA9]);
    /// ```
    pub fn encode(&self, out: &mut Vec<u8>) {
        self.form(Room::behind(out)).finish();
    }

    //= SRS_AMQP_CODEC_01_037
    /// The octets that [`Value::encode`] appends.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        self.form(Length(0)).0
    }

    //= SRS_AMQP_CODEC_01_034
    /// Tells `sink` the smallest form of the value.
    #[expect(clippy::inline_always, reason = "a loop over values shall not call for each number")]
    #[inline(always)]
    fn form<S: Sink>(&self, sink: S) -> S {
        match self {
            Self::Null => sink.fixed(code::NULL, []),
            Self::Boolean(true) => sink.fixed(code::TRUE, []),
            Self::Boolean(false) => sink.fixed(code::FALSE, []),
            Self::Ubyte(number) => sink.fixed(code::UBYTE, [*number]),
            Self::Ushort(number) => sink.fixed(code::USHORT, number.to_be_bytes()),
            Self::Uint(number) => match u8::try_from(*number) {
                Ok(0) => sink.fixed(code::UINT0, []),
                Ok(small) => sink.fixed(code::SMALLUINT, [small]),
                Err(_) => sink.fixed(code::UINT, number.to_be_bytes()),
            },
            Self::Ulong(number) => match u8::try_from(*number) {
                Ok(0) => sink.fixed(code::ULONG0, []),
                Ok(small) => sink.fixed(code::SMALLULONG, [small]),
                Err(_) => sink.fixed(code::ULONG, number.to_be_bytes()),
            },
            Self::Byte(number) => sink.fixed(code::BYTE, number.to_be_bytes()),
            Self::Short(number) => sink.fixed(code::SHORT, number.to_be_bytes()),
            Self::Int(number) => match i8::try_from(*number) {
                Ok(small) => sink.fixed(code::SMALLINT, small.to_be_bytes()),
                Err(_) => sink.fixed(code::INT, number.to_be_bytes()),
            },
            Self::Long(number) => match i8::try_from(*number) {
                Ok(small) => sink.fixed(code::SMALLLONG, small.to_be_bytes()),
                Err(_) => sink.fixed(code::LONG, number.to_be_bytes()),
            },
            Self::Float(number) => sink.fixed(code::FLOAT, number.0.to_be_bytes()),
            Self::Double(number) => sink.fixed(code::DOUBLE, number.0.to_be_bytes()),
            Self::Decimal32(number) => sink.fixed(code::DECIMAL32, number.0),
            Self::Decimal64(number) => sink.fixed(code::DECIMAL64, number.0),
            Self::Decimal128(number) => sink.fixed(code::DECIMAL128, number.0),
            Self::Char(scalar) => sink.fixed(code::CHAR, u32::from(*scalar).to_be_bytes()),
            Self::Timestamp(time) => sink.fixed(code::TIMESTAMP, time.0.to_be_bytes()),
            Self::Uuid(uuid) => sink.fixed(code::UUID, uuid.0),
            Self::Binary(octets) => sink.sized(code::VBIN8, octets),
            Self::String(text) => sink.sized(code::STR8, text.as_bytes()),
            Self::Symbol(name) => sink.sized(code::SYM8, name.0),
            Self::List(list) => sink.compound(code::LIST8, list),
            Self::Map(map) => sink.compound(code::MAP8, map),
            Self::Array(array) => sink.compound(code::ARRAY8, array),
            Self::Described(described) => {
                let sink = sink.fixed(code::DESCRIBED, []);
                sink.value(&described.descriptor()).value(&described.value())
            }
        }
    }
}

//= SRS_AMQP_CODEC_01_036
/// Appends the list of `fields`, described by the number `descriptor`.
pub(crate) fn put_described(descriptor: u64, fields: &[Value<'_>], out: &mut Vec<u8>) {
    tell_described(descriptor, fields, Room::behind(out)).finish();
}

//= SRS_AMQP_CODEC_01_037
/// The octets that [`put_described`] appends.
pub(crate) fn described_len(descriptor: u64, fields: &[Value<'_>]) -> usize {
    tell_described(descriptor, fields, Length(0)).0
}

#[inline]
fn tell_described<S: Sink>(descriptor: u64, fields: &[Value<'_>], sink: S) -> S {
    let sink = Value::Ulong(descriptor).form(sink.fixed(code::DESCRIBED, []));
    sink.compound(code::LIST8, &List::new(fields))
}

/// Who is told the form of a value: it is handed on from one value to the next, so that a loop keeps it in registers.
trait Sink: Sized {
    /// `octets` behind the format code that fixes their number.
    fn fixed<const N: usize>(self, code: u8, octets: [u8; N]) -> Self;

    /// `octets` behind their length; `narrow` is the format code for short ones.
    fn sized(self, narrow: u8, octets: &[u8]) -> Self;

    /// `content` behind its size and count; `narrow` is the format code for a small one.
    fn compound(self, narrow: u8, content: &impl Content) -> Self;

    /// The form of `value`, which is not told in place.
    fn value(self, value: &Value<'_>) -> Self;
}

/// What a compound holds.
trait Content {
    /// Values behind size and count.
    fn count(&self) -> usize;

    /// Octets behind size and count.
    fn length(&self) -> usize;

    /// Writes the octets behind size and count.
    fn put<'a>(&self, room: Room<'a>) -> Room<'a>;
}

/// Lists and maps: values with a constructor each.
trait Values {
    /// How many there are.
    fn count(&self) -> usize;

    /// Tells `sink` all of them.
    fn tell<S: Sink>(&self, sink: S) -> S;
}

impl Values for List<'_> {
    fn count(&self) -> usize {
        self.len()
    }

    #[inline]
    fn tell<S: Sink>(&self, sink: S) -> S {
        match self.built() {
            Some(values) => values.iter().fold(sink, |sink, value| value.form(sink)),
            None => self.iter().fold(sink, |sink, value| sink.value(&value)),
        }
    }
}

impl Values for Map<'_> {
    fn count(&self) -> usize {
        2 * self.len()
    }

    #[inline]
    fn tell<S: Sink>(&self, sink: S) -> S {
        match self.built() {
            Some(entries) => {
                entries.iter().fold(sink, |sink, (key, value)| value.form(key.form(sink)))
            }
            None => self.iter().fold(sink, |sink, (key, value)| sink.value(&key).value(&value)),
        }
    }
}

impl<T: Values> Content for T {
    fn count(&self) -> usize {
        Values::count(self)
    }

    fn length(&self) -> usize {
        self.tell(Length(0)).0
    }

    fn put<'a>(&self, room: Room<'a>) -> Room<'a> {
        self.tell(room)
    }
}

/// Octets, counted.
struct Length(usize);

impl Sink for Length {
    #[inline]
    fn fixed<const N: usize>(self, _: u8, _: [u8; N]) -> Self {
        Self(self.0 + 1 + N)
    }

    #[inline]
    fn sized(self, narrow: u8, octets: &[u8]) -> Self {
        Self(self.0 + 1 + overhead(sized_code(narrow, octets)) + octets.len())
    }

    #[inline]
    fn compound(self, narrow: u8, content: &impl Content) -> Self {
        let length = content.length();
        Self(self.0 + 1 + overhead(compound_code(narrow, length, content.count())) + length)
    }

    #[inline]
    fn value(self, value: &Value<'_>) -> Self {
        Self(self.0 + value.encoded_len())
    }
}

/// The code of octets behind their length.
const fn sized_code(narrow: u8, octets: &[u8]) -> u8 {
    if octets.len() <= OCTET_MAX { narrow } else { narrow + TO_WIDE }
}

/// The code of a compound with so many octets behind size and count; a size counts the octets of the count too.
const fn compound_code(narrow: u8, length: usize, count: usize) -> u8 {
    match (narrow, count) {
        (code::LIST8, 0) => code::LIST0,
        _ if length < OCTET_MAX && count <= OCTET_MAX => narrow,
        _ => narrow + TO_WIDE,
    }
}

/// The largest length that one octet holds.
const OCTET_MAX: usize = 0xFF;
/// What turns a code with one octet of length into the one with four.
const TO_WIDE: u8 = 0x10;
