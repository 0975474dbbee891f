//! Values as a person reads them in a trace, in one line.
//!
//! Invariant: the octets of a binary value are never shown, for any of them may be a password; `Debug` says the same.

use core::fmt::{self, Display, Formatter, Write};

use crate::{
    Array, Decimal32, Decimal64, Decimal128, Described, Double, Float, List, Map, Symbol,
    Timestamp, Uuid, Value,
};

/// Lists as `(..)`, arrays as `[..]`, maps as `{key: value}`, described values as `@descriptor value`, binary values as
/// `[n octets]`.
impl Display for Value<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(truth) => truth.fmt(f),
            Self::Ubyte(number) => number.fmt(f),
            Self::Ushort(number) => number.fmt(f),
            Self::Uint(number) => number.fmt(f),
            Self::Ulong(number) => number.fmt(f),
            Self::Byte(number) => number.fmt(f),
            Self::Short(number) => number.fmt(f),
            Self::Int(number) => number.fmt(f),
            Self::Long(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
            Self::Double(number) => number.fmt(f),
            Self::Decimal32(number) => number.fmt(f),
            Self::Decimal64(number) => number.fmt(f),
            Self::Decimal128(number) => number.fmt(f),
            Self::Char(scalar) => fmt::Debug::fmt(scalar, f),
            Self::Timestamp(time) => time.fmt(f),
            Self::Uuid(uuid) => uuid.fmt(f),
            //= SRS_AMQP_CODEC_01_049
            Self::Binary(octets) => write!(f, "[{} octets]", octets.len()),
            Self::String(text) => fmt::Debug::fmt(text, f),
            Self::Symbol(name) => name.fmt(f),
            Self::List(list) => list.fmt(f),
            Self::Map(map) => map.fmt(f),
            Self::Array(array) => array.fmt(f),
            Self::Described(described) => described.fmt(f),
        }
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl Display for List<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('(')?;
        separated(f, self)?;
        f.write_char(')')
    }
}

impl fmt::Debug for List<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl Display for Array<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('[')?;
        separated(f, self)?;
        f.write_char(']')
    }
}

impl fmt::Debug for Array<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl Display for Map<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let entry = |(key, value)| Entry { key, value };
        f.write_char('{')?;
        separated(f, self.iter().map(entry))?;
        f.write_char('}')
    }
}

impl fmt::Debug for Map<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl Display for Described<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (descriptor, value) = (self.descriptor(), self.value());
        // The specification writes descriptors in hexadecimal, and so does whoever looks them up.
        if let Value::Ulong(code) = descriptor {
            write!(f, "@{code:#04x} {value}")
        } else {
            write!(f, "@{descriptor} {value}")
        }
    }
}

impl fmt::Debug for Described<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl Display for Float {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f32::from(*self).fmt(f)
    }
}

impl Display for Double {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f64::from(*self).fmt(f)
    }
}

impl Display for Decimal32 {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "decimal32:{:08x}", u32::from_be_bytes(self.0))
    }
}

impl Display for Decimal64 {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "decimal64:{:016x}", u64::from_be_bytes(self.0))
    }
}

impl Display for Decimal128 {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "decimal128:{:032x}", u128::from_be_bytes(self.0))
    }
}

impl Display for Timestamp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}

/// Groups of hexadecimal digits, as RFC 4122 writes them.
impl Display for Uuid {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, octet) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_char('-')?;
            }
            write!(f, "{octet:02x}")?;
        }
        Ok(())
    }
}

/// The name, with control characters escaped.
impl Display for Symbol<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.as_str().escape_debug().fmt(f)
    }
}

/// Writes `items` with commas between them.
pub(crate) fn separated<T: Display>(
    f: &mut Formatter<'_>,
    items: impl IntoIterator<Item = T>,
) -> fmt::Result {
    for (index, item) in items.into_iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(f, "{comma}{item}")?;
    }
    Ok(())
}

struct Entry<'a> {
    key: Value<'a>,
    value: Value<'a>,
}

impl Display for Entry<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.value)
    }
}
