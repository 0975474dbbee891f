//! Encoding: each value in the fewest octets that the specification offers for it.
//!
//! Invariant: `encode` appends exactly `encoded_len` octets. A length past four octets saturates, and so does a count;
//! no frame can hold such a value, which the caller sees when it compares `encoded_len` with the peer's limit.

use alloc::vec::Vec;

use crate::array::{Shape, innermost};
use crate::constructor::{code, is_narrow, overhead, width};
use crate::{Array, Value};

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
        if let Self::Described(described) = self {
            out.push(code::DESCRIBED);
            described.descriptor().encode(out);
            described.value().encode(out);
        } else {
            let form = Form::of(self);
            out.push(form.code);
            put(self, form, out);
        }
    }

    //= SRS_AMQP_CODEC_01_037
    /// The octets that [`Value::encode`] appends.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        if let Self::Described(described) = self {
            1 + described.descriptor().encoded_len() + described.value().encoded_len()
        } else {
            1 + Form::of(self).data_len()
        }
    }
}

/// How a value is written: measured once, because a compound's length is the sum of all it holds.
#[derive(Clone, Copy)]
struct Form {
    code: u8,
    /// Octets behind length and count; 0 where the code fixes the width.
    content: usize,
    /// Values in a compound.
    count: usize,
    /// The code of an array's elements.
    element: u8,
}

impl Form {
    //= SRS_AMQP_CODEC_01_034
    /// The smallest form of `value`, or of the primitive value that it describes at last.
    fn of(value: &Value<'_>) -> Self {
        Self::fixed(match value {
            Value::Null => code::NULL,
            Value::Boolean(true) => code::TRUE,
            Value::Boolean(false) => code::FALSE,
            Value::Ubyte(_) => code::UBYTE,
            Value::Ushort(_) => code::USHORT,
            Value::Uint(0) => code::UINT0,
            Value::Uint(1..=0xFF) => code::SMALLUINT,
            Value::Uint(_) => code::UINT,
            Value::Ulong(0) => code::ULONG0,
            Value::Ulong(1..=0xFF) => code::SMALLULONG,
            Value::Ulong(_) => code::ULONG,
            Value::Byte(_) => code::BYTE,
            Value::Short(_) => code::SHORT,
            Value::Int(-0x80..=0x7F) => code::SMALLINT,
            Value::Int(_) => code::INT,
            Value::Long(-0x80..=0x7F) => code::SMALLLONG,
            Value::Long(_) => code::LONG,
            Value::Float(_) => code::FLOAT,
            Value::Double(_) => code::DOUBLE,
            Value::Decimal32(_) => code::DECIMAL32,
            Value::Decimal64(_) => code::DECIMAL64,
            Value::Decimal128(_) => code::DECIMAL128,
            Value::Char(_) => code::CHAR,
            Value::Timestamp(_) => code::TIMESTAMP,
            Value::Uuid(_) => code::UUID,
            Value::Binary(octets) => return Self::sized(code::VBIN8, octets.len()),
            Value::String(text) => return Self::sized(code::STR8, text.len()),
            Value::Symbol(name) => return Self::sized(code::SYM8, name.as_str().len()),
            Value::List(list) => {
                let content = list.iter().map(|value| value.encoded_len()).sum();
                return Self::compound(code::LIST8, content, list.len());
            }
            Value::Map(map) => {
                let entry =
                    |(key, value): (Value<'_>, Value<'_>)| key.encoded_len() + value.encoded_len();
                let content = map.iter().map(entry).sum();
                return Self::compound(code::MAP8, content, 2 * map.len());
            }
            Value::Array(array) => return Self::array(array),
            Value::Described(_) => return Self::of(&innermost(*value)),
        })
    }

    const fn fixed(code: u8) -> Self {
        Self { code, content: 0, count: 0, element: code::NULL }
    }

    /// `content` octets behind a length.
    const fn sized(narrow: u8, content: usize) -> Self {
        let code = if content <= OCTET_MAX { narrow } else { narrow + TO_WIDE };
        Self { code, content, count: 0, element: code::NULL }
    }

    /// `content` octets behind a size, which counts the octets of `count` too.
    const fn compound(narrow: u8, content: usize, count: usize) -> Self {
        let code = match (narrow, count) {
            (code::LIST8, 0) => code::LIST0,
            _ if content < OCTET_MAX && count <= OCTET_MAX => narrow,
            _ => narrow + TO_WIDE,
        };
        Self { code, content, count, element: code::NULL }
    }

    /// The form of `array`, whose elements are all written in one code.
    fn array(array: &Array<'_>) -> Self {
        let (mut common, mut content) = (None, 0);
        for value in array.primitives() {
            let form = Self::of(&value);
            common = Some(common.map_or(form.code, |common| common_code(common, form.code)));
            content += form.content;
        }
        let shape = array.shape();
        let element = common.unwrap_or_else(|| shape.primitive_type().narrowest_code());
        content += array.len() * overhead(element) + constructor_len(shape);
        Self { element, ..Self::compound(code::ARRAY8, content, array.len()) }
    }

    /// The octets behind the format code.
    const fn data_len(self) -> usize {
        overhead(self.code) + self.content
    }
}

/// Appends the data of `value`, which is not described, behind the format code of `form`.
fn put(value: &Value<'_>, form: Form, out: &mut Vec<u8>) {
    match *value {
        Value::Null => {}
        Value::Boolean(truth) => put_number(&[u8::from(truth)], form, out),
        Value::Ubyte(number) => put_number(&number.to_be_bytes(), form, out),
        Value::Ushort(number) => put_number(&number.to_be_bytes(), form, out),
        Value::Uint(number) => put_number(&number.to_be_bytes(), form, out),
        Value::Ulong(number) => put_number(&number.to_be_bytes(), form, out),
        Value::Byte(number) => put_number(&number.to_be_bytes(), form, out),
        Value::Short(number) => put_number(&number.to_be_bytes(), form, out),
        Value::Int(number) => put_number(&number.to_be_bytes(), form, out),
        Value::Long(number) => put_number(&number.to_be_bytes(), form, out),
        Value::Float(number) => put_number(&number.0.to_be_bytes(), form, out),
        Value::Double(number) => put_number(&number.0.to_be_bytes(), form, out),
        Value::Decimal32(number) => put_number(&number.0, form, out),
        Value::Decimal64(number) => put_number(&number.0, form, out),
        Value::Decimal128(number) => put_number(&number.0, form, out),
        Value::Char(scalar) => put_number(&u32::from(scalar).to_be_bytes(), form, out),
        Value::Timestamp(time) => put_number(&time.0.to_be_bytes(), form, out),
        Value::Uuid(uuid) => put_number(&uuid.0, form, out),
        Value::Binary(octets) => put_octets(octets, form, out),
        Value::String(text) => put_octets(text.as_bytes(), form, out),
        Value::Symbol(name) => put_octets(name.as_str().as_bytes(), form, out),
        Value::List(list) => {
            put_size_and_count(form, out);
            list.iter().for_each(|value| value.encode(out));
        }
        Value::Map(map) => {
            put_size_and_count(form, out);
            for (key, value) in map {
                key.encode(out);
                value.encode(out);
            }
        }
        Value::Array(array) => {
            put_size_and_count(form, out);
            put_elements(&array, form.element, out);
        }
        Value::Described(_) => put(&innermost(*value), form, out),
    }
}

/// `constructor *data`
fn put_elements(array: &Array<'_>, element: u8, out: &mut Vec<u8>) {
    let mut shape = array.shape();
    while let Some((descriptor, inner)) = shape.peel() {
        out.push(code::DESCRIBED);
        descriptor.encode(out);
        shape = inner;
    }
    out.push(element);
    for value in array.primitives() {
        put(&value, Form { code: element, ..Form::of(&value) }, out);
    }
}

/// The last octets of a big-endian number, as many as its code has: a shorter encoding leaves out what they imply.
fn put_number(octets: &[u8], form: Form, out: &mut Vec<u8>) {
    let (_, octets) = octets.split_at(octets.len().saturating_sub(width(form.code)));
    out.extend_from_slice(octets);
}

fn put_octets(octets: &[u8], form: Form, out: &mut Vec<u8>) {
    out.reserve(form.data_len());
    put_length(octets.len(), form, out);
    out.extend_from_slice(octets);
}

/// `size count`; nothing for `list0`, which has neither.
fn put_size_and_count(form: Form, out: &mut Vec<u8>) {
    if form.code == code::LIST0 {
        return;
    }
    out.reserve(form.data_len());
    put_length(form.content + overhead(form.code) / 2, form, out);
    put_length(form.count, form, out);
}

fn put_length(length: usize, form: Form, out: &mut Vec<u8>) {
    if is_narrow(form.code) {
        out.push(u8::try_from(length).unwrap_or(u8::MAX));
    } else {
        out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    }
}

//= SRS_AMQP_CODEC_01_035
/// The narrowest code of one type that holds what either code holds.
fn common_code(one: u8, other: u8) -> u8 {
    match (one, other) {
        (code::TRUE, code::FALSE) | (code::FALSE, code::TRUE) => code::BOOLEAN,
        _ => one.max(other),
    }
}

fn constructor_len(shape: Shape<'_>) -> usize {
    let (mut shape, mut length) = (shape, 1);
    while let Some((descriptor, inner)) = shape.peel() {
        length += 1 + descriptor.encoded_len();
        shape = inner;
    }
    length
}

/// The largest length that one octet holds.
const OCTET_MAX: usize = 0xFF;
/// What turns a code with one octet of length into the one with four.
const TO_WIDE: u8 = 0x10;
