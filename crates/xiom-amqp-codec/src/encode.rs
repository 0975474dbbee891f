//! Encoding: each value in the fewest octets that the specification offers for it.
//!
//! Invariant: `encode` appends exactly `encoded_len` octets, and at no moment more. A length past four octets
//! saturates, and so does a count; no frame can hold such a value, which the caller sees when it compares
//! `encoded_len` with the peer's limit.
//!
//! [`Value::form`] alone says what is smallest. It tells a [`Sink`], of which there are three: the octets themselves,
//! the data of an array's elements, which share one code, and the measure.

use alloc::vec::Vec;

use crate::array::innermost;
use crate::constructor::{code, is_narrow, overhead, width};
use crate::{Array, Described, List, Map, Value};

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
    #[inline]
    pub fn encode(&self, out: &mut Vec<u8>) {
        self.form(out);
    }

    //= SRS_AMQP_CODEC_01_037
    /// The octets that [`Value::encode`] appends.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        Measure::of(self).len()
    }

    //= SRS_AMQP_CODEC_01_034
    /// Tells `sink` the smallest form of the value.
    #[inline]
    fn form(&self, sink: &mut impl Sink) {
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
            Self::Symbol(name) => sink.sized(code::SYM8, name.as_str().as_bytes()),
            Self::List(list) => sink.compound(code::LIST8, list),
            Self::Map(map) => sink.compound(code::MAP8, map),
            Self::Array(array) => sink.compound(code::ARRAY8, array),
            Self::Described(described) => sink.described(described),
        }
    }
}

/// Who is told the form of a value.
trait Sink {
    /// `octets` behind the format code that fixes their number.
    fn fixed<const N: usize>(&mut self, code: u8, octets: [u8; N]);

    /// `octets` behind their length; `narrow` is the format code for short ones.
    fn sized(&mut self, narrow: u8, octets: &[u8]);

    /// `content` behind its size and count; `narrow` is the format code for a small one.
    fn compound(&mut self, narrow: u8, content: &impl Content);

    /// A value and its descriptor.
    fn described(&mut self, described: &Described<'_>);
}

/// What a compound holds.
trait Content {
    /// Values behind size and count.
    fn count(&self) -> usize;

    /// Octets behind size and count.
    fn measure(&self) -> usize;

    /// Appends the octets behind size and count.
    fn put(&self, out: &mut Vec<u8>);
}

impl Content for List<'_> {
    fn count(&self) -> usize {
        self.len()
    }

    fn measure(&self) -> usize {
        let mut octets = 0;
        self.each(|value| octets += value.encoded_len());
        octets
    }

    fn put(&self, out: &mut Vec<u8>) {
        self.each(|value| value.form(out));
    }
}

impl Content for Map<'_> {
    fn count(&self) -> usize {
        2 * self.len()
    }

    fn measure(&self) -> usize {
        let mut octets = 0;
        self.each(|value| octets += value.encoded_len());
        octets
    }

    fn put(&self, out: &mut Vec<u8>) {
        self.each(|value| value.form(out));
    }
}

impl Content for Array<'_> {
    fn count(&self) -> usize {
        self.len()
    }

    fn measure(&self) -> usize {
        let (code, content) = elements(self);
        let mut octets = 1 + self.len() * overhead(code) + content;
        self.shape().each_descriptor(|descriptor| octets += 1 + descriptor.encoded_len());
        octets
    }

    /// `constructor *data`
    fn put(&self, out: &mut Vec<u8>) {
        self.shape().each_descriptor(|descriptor| {
            out.push(code::DESCRIBED);
            descriptor.form(out);
        });
        let (code, _) = elements(self);
        out.push(code);
        let mut element = Element { code, out };
        self.each_primitive(|value| value.form(&mut element));
    }
}

//= SRS_AMQP_CODEC_01_035
/// The narrowest format code that holds every element of `array`, and the octets that they have in any code.
fn elements(array: &Array<'_>) -> (u8, usize) {
    let (mut common, mut content) = (None, 0);
    array.each_primitive(|value| {
        let form = Measure::of(value);
        content += form.content;
        common = Some(common.map_or(form.code, |common| common_code(common, form.code)));
    });
    (common.unwrap_or_else(|| array.shape().primitive_type().narrowest_code()), content)
}

/// The narrowest code of one type that holds what either code holds.
fn common_code(one: u8, other: u8) -> u8 {
    match (one, other) {
        (code::TRUE, code::FALSE) | (code::FALSE, code::TRUE) => code::BOOLEAN,
        _ => one.max(other),
    }
}

/// The octets.
impl Sink for Vec<u8> {
    #[inline]
    fn fixed<const N: usize>(&mut self, code: u8, octets: [u8; N]) {
        // Code and octets at once, so that room is looked for once.
        let mut whole = [code; 17];
        if let Some(data) = whole.get_mut(1..).and_then(<[u8]>::first_chunk_mut) {
            *data = octets;
        }
        self.extend_from_slice(whole.get(..=N).unwrap_or_default());
    }

    #[inline]
    fn sized(&mut self, narrow: u8, octets: &[u8]) {
        match u8::try_from(octets.len()) {
            Ok(length) => self.extend_from_slice(&[narrow, length]),
            Err(_) => {
                self.push(narrow + TO_WIDE);
                self.extend_from_slice(&saturated(octets.len()));
            }
        }
        self.extend_from_slice(octets);
    }

    fn compound(&mut self, narrow: u8, content: &impl Content) {
        let (count, start) = (content.count(), self.len());
        // Nothing is measured beforehand: a size is written when what it counts is there.
        let mut code = compound_code(narrow, 0, count);
        self.push(code);
        put_compound(code, content, self);
        let octets = self.len().saturating_sub(start + 1 + overhead(code));
        if code == narrow && compound_code(narrow, octets, count) != narrow {
            // The content is too long for the narrow form, which only now is known: it moves behind a wider head.
            code = narrow + TO_WIDE;
            self.splice(start..start, [code; WIDER]);
            put_lengths(code, octets, count, self.get_mut(start + 1..).unwrap_or_default());
        }
    }

    fn described(&mut self, described: &Described<'_>) {
        self.push(code::DESCRIBED);
        described.descriptor().form(self);
        described.value().form(self);
    }
}

/// The data of an array's element, behind the code that all of them share.
struct Element<'a> {
    code: u8,
    out: &'a mut Vec<u8>,
}

impl Sink for Element<'_> {
    /// A shorter encoding leaves out what is the same in all octets of a small number.
    #[inline]
    fn fixed<const N: usize>(&mut self, code: u8, octets: [u8; N]) {
        let implied = match (code, octets.first()) {
            (code::TRUE, _) => 1,
            (code::SMALLINT | code::SMALLLONG, Some(0x80..)) => 0xFF,
            _ => 0,
        };
        (N..width(self.code)).for_each(|_| self.out.push(implied));
        self.out.extend_from_slice(&octets);
    }

    #[inline]
    fn sized(&mut self, _: u8, octets: &[u8]) {
        match u8::try_from(octets.len()) {
            Ok(length) if is_narrow(self.code) => self.out.push(length),
            _ => self.out.extend_from_slice(&saturated(octets.len())),
        }
        self.out.extend_from_slice(octets);
    }

    fn compound(&mut self, _: u8, content: &impl Content) {
        put_compound(self.code, content, self.out);
    }

    fn described(&mut self, described: &Described<'_>) {
        innermost(described.value()).form(self);
    }
}

/// What a value takes.
#[derive(Clone, Copy)]
struct Measure {
    code: u8,
    /// Octets whose number the code does not tell, lengths and counts apart.
    content: usize,
}

impl Measure {
    #[inline]
    fn of(value: &Value<'_>) -> Self {
        let mut measure = Self { code: code::NULL, content: 0 };
        value.form(&mut measure);
        measure
    }

    #[inline]
    const fn len(self) -> usize {
        1 + overhead(self.code) + self.content
    }
}

impl Sink for Measure {
    #[inline]
    fn fixed<const N: usize>(&mut self, code: u8, _: [u8; N]) {
        *self = Self { code, content: 0 };
    }

    #[inline]
    fn sized(&mut self, narrow: u8, octets: &[u8]) {
        let code = if octets.len() <= OCTET_MAX { narrow } else { narrow + TO_WIDE };
        *self = Self { code, content: octets.len() };
    }

    fn compound(&mut self, narrow: u8, content: &impl Content) {
        let octets = content.measure();
        *self = Self { code: compound_code(narrow, octets, content.count()), content: octets };
    }

    fn described(&mut self, described: &Described<'_>) {
        let content = described.descriptor().encoded_len() + described.value().encoded_len();
        *self = Self { code: code::DESCRIBED, content };
    }
}

/// The code of a compound with so many octets behind size and count; a size counts the octets of the count too.
const fn compound_code(narrow: u8, octets: usize, count: usize) -> u8 {
    match (narrow, count) {
        (code::LIST8, 0) => code::LIST0,
        _ if octets < OCTET_MAX && count <= OCTET_MAX => narrow,
        _ => narrow + TO_WIDE,
    }
}

/// `size count content` behind `code`; nothing behind `list0`.
fn put_compound(code: u8, content: &impl Content, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice([0; 8].get(..overhead(code)).unwrap_or_default());
    content.put(out);
    let octets = out.len().saturating_sub(start + overhead(code));
    put_lengths(code, octets, content.count(), out.get_mut(start..).unwrap_or_default());
}

/// Overwrites the beginning of `data` with `size count`, for so many `octets` behind them.
fn put_lengths(code: u8, octets: usize, count: usize, data: &mut [u8]) {
    let size = octets + overhead(code) / 2;
    if overhead(code) == 0 {
    } else if is_narrow(code) {
        if let Some(lengths) = data.first_chunk_mut() {
            *lengths = [size, count].map(|length| u8::try_from(length).unwrap_or(u8::MAX));
        }
    } else if let Some((first, rest)) = data.split_first_chunk_mut()
        && let Some(second) = rest.first_chunk_mut()
    {
        (*first, *second) = (saturated(size), saturated(count));
    }
}

/// A length or count in four octets.
fn saturated(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()
}

/// The largest length that one octet holds.
const OCTET_MAX: usize = 0xFF;
/// What turns a code with one octet of length into the one with four.
const TO_WIDE: u8 = 0x10;
/// Octets that a wide compound takes besides those of a narrow one.
const WIDER: usize = overhead(code::LIST32) - overhead(code::LIST8);
