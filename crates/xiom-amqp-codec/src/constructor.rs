//! Constructors: the octets in front of a value's data that say how to read it (part 1, section 1.2).
//!
//! Invariant: nothing here recurses, so that no input can exhaust the stack; depth is for `limits` to judge.

use nom::ToUsize;
use nom::number::complete::be_u8;

use crate::octets::{Parsed, parse, take};
use crate::{DecodeError, Described, Type, Value};

/// What a function says of each format code, looked up and not computed.
macro_rules! by_code {
    ($item:ty, $blank:expr, $of:path) => {{
        let mut items: [$item; 256] = [$blank; 256];
        let (mut rest, mut code) = (items.as_mut_slice(), 0_u8);
        while let Some((item, more)) = rest.split_first_mut() {
            *item = $of(code);
            (rest, code) = (more, code.wrapping_add(1));
        }
        items
    }};
}

pub(crate) use by_code;

/// The format codes of part 1, section 1.6. Within one type the wider encoding has the larger code, `boolean` apart.
pub(crate) mod code {
    pub(crate) const DESCRIBED: u8 = 0x00;
    pub(crate) const NULL: u8 = 0x40;
    pub(crate) const TRUE: u8 = 0x41;
    pub(crate) const FALSE: u8 = 0x42;
    pub(crate) const UINT0: u8 = 0x43;
    pub(crate) const ULONG0: u8 = 0x44;
    pub(crate) const LIST0: u8 = 0x45;
    pub(crate) const UBYTE: u8 = 0x50;
    pub(crate) const BYTE: u8 = 0x51;
    pub(crate) const SMALLUINT: u8 = 0x52;
    pub(crate) const SMALLULONG: u8 = 0x53;
    pub(crate) const SMALLINT: u8 = 0x54;
    pub(crate) const SMALLLONG: u8 = 0x55;
    pub(crate) const BOOLEAN: u8 = 0x56;
    pub(crate) const USHORT: u8 = 0x60;
    pub(crate) const SHORT: u8 = 0x61;
    pub(crate) const UINT: u8 = 0x70;
    pub(crate) const INT: u8 = 0x71;
    pub(crate) const FLOAT: u8 = 0x72;
    pub(crate) const CHAR: u8 = 0x73;
    pub(crate) const DECIMAL32: u8 = 0x74;
    pub(crate) const ULONG: u8 = 0x80;
    pub(crate) const LONG: u8 = 0x81;
    pub(crate) const DOUBLE: u8 = 0x82;
    pub(crate) const TIMESTAMP: u8 = 0x83;
    pub(crate) const DECIMAL64: u8 = 0x84;
    pub(crate) const DECIMAL128: u8 = 0x94;
    pub(crate) const UUID: u8 = 0x98;
    pub(crate) const VBIN8: u8 = 0xA0;
    pub(crate) const STR8: u8 = 0xA1;
    pub(crate) const SYM8: u8 = 0xA3;
    pub(crate) const VBIN32: u8 = 0xB0;
    pub(crate) const STR32: u8 = 0xB1;
    pub(crate) const SYM32: u8 = 0xB3;
    pub(crate) const LIST8: u8 = 0xC0;
    pub(crate) const MAP8: u8 = 0xC1;
    pub(crate) const LIST32: u8 = 0xD0;
    pub(crate) const MAP32: u8 = 0xD1;
    pub(crate) const ARRAY8: u8 = 0xE0;
    pub(crate) const ARRAY32: u8 = 0xF0;
}

/// `constructor = *(%x00 value) code`
#[derive(Clone, Copy)]
pub(crate) struct Constructor<'a>(&'a [u8]);

impl<'a> Constructor<'a> {
    pub(crate) const SYMBOL: Self = Self(&[code::SYM8]);
    pub(crate) const WIDE_SYMBOL: Self = Self(&[code::SYM32]);

    #[inline]
    pub(crate) fn parse(input: &'a [u8]) -> Parsed<'a, Self> {
        match take(input, 1)? {
            (_, [code::DESCRIBED]) => Self::parse_described(input),
            (rest, code) => Ok((rest, Self(code))),
        }
    }

    fn parse_described(input: &'a [u8]) -> Parsed<'a, Self> {
        let (mut rest, mut code) = parse(be_u8, input)?;
        //= SRS_AMQP_CODEC_01_009, SRS_AMQP_CODEC_01_032
        while code == code::DESCRIBED {
            (rest, code) = parse(be_u8, skip(rest)?)?;
        }
        let (rest, octets) = take(input, input.len().saturating_sub(rest.len()))?;
        Ok((rest, Self(octets)))
    }

    /// The format code of the primitive type that is described at last.
    #[inline]
    pub(crate) fn code(self) -> u8 {
        self.0.last().copied().unwrap_or(code::NULL)
    }

    /// The first octet: the format code, unless there are descriptors.
    #[inline]
    pub(crate) fn first(self) -> u8 {
        self.0.first().copied().unwrap_or(code::DESCRIBED)
    }

    /// The type of the values.
    #[inline]
    pub(crate) fn type_of(self) -> Result<Type, DecodeError> {
        match self.0 {
            [code] => Type::of_code(*code),
            _ => Ok(Type::Described),
        }
    }

    /// The same without its descriptors.
    pub(crate) fn primitive(self) -> Self {
        self.0.split_last_chunk::<1>().map_or(self, |(_, code)| Self(code))
    }

    /// Takes the outermost descriptor off, when there is one.
    pub(crate) fn peel(self) -> Option<Result<(Value<'a>, Self), DecodeError>> {
        let octets = self.0.strip_prefix(&[code::DESCRIBED])?;
        Some(split(octets).map(|(inner, descriptor)| (descriptor, Self(inner))))
    }
}

/// A value cut out of the input, but not read.
#[derive(Clone, Copy)]
pub(crate) struct Encoded<'a> {
    pub(crate) constructor: Constructor<'a>,
    /// What is behind the constructor; in an array the two do not stand side by side.
    pub(crate) data: &'a [u8],
}

impl<'a> Encoded<'a> {
    /// `value = constructor data`
    #[inline]
    pub(crate) fn parse(input: &'a [u8]) -> Parsed<'a, Self> {
        let (rest, constructor) = Constructor::parse(input)?;
        Self::parse_data(rest, constructor)
    }

    /// Cuts off the data of `constructor`.
    #[inline]
    pub(crate) fn parse_data(input: &'a [u8], constructor: Constructor<'a>) -> Parsed<'a, Self> {
        let (rest, data) = extent(constructor.code(), input)?;
        Ok((rest, Self { constructor, data }))
    }

    /// The type of the value.
    #[inline]
    pub(crate) fn type_of(self) -> Result<Type, DecodeError> {
        self.constructor.type_of()
    }

    /// The octets behind the length, where there is one.
    #[inline]
    pub(crate) fn content(self) -> &'a [u8] {
        let length = match self.constructor.code() >> 4 {
            0xA | 0xC | 0xE => 1,
            0xB | 0xD | 0xF => 4,
            _ => 0,
        };
        self.data.get(length..).unwrap_or_default()
    }

    /// Reads the value: itself, not what it holds.
    pub(crate) fn value(self) -> Result<Value<'a>, DecodeError> {
        let mut data = self.data;
        match self.constructor.0 {
            [code] => Value::read(*code, &mut data),
            _ => Ok(Value::Described(Described::view(self))),
        }
    }
}

/// Cuts and reads the value at the front of `input`: itself, not what it holds.
pub(crate) fn split(input: &[u8]) -> Parsed<'_, Value<'_>> {
    let (rest, encoded) = Encoded::parse(input)?;
    Ok((rest, encoded.value()?))
}

/// The octets of data that `code` stands for, when their number is fixed.
pub(crate) const fn width(code: u8) -> usize {
    match code >> 4 {
        0x5 => 1,
        0x6 => 2,
        0x7 => 4,
        0x8 => 8,
        0x9 => 16,
        _ => 0,
    }
}

/// The octets of data that `code` takes besides its content, which are the fewest that it can take.
pub(crate) const fn overhead(code: u8) -> usize {
    match code >> 4 {
        0xA => 1,
        0xB => 4,
        0xC | 0xE => 2,
        0xD | 0xF => 8,
        _ => width(code),
    }
}

/// Whether `code` writes lengths and counts in one octet; the others take four.
pub(crate) const fn is_narrow(code: u8) -> bool {
    matches!(code >> 4, 0xA | 0xC | 0xE)
}

/// How the end of a value's data is found.
#[derive(Clone, Copy)]
enum Extent {
    /// The format code fixes the width, and any octets are good.
    Any(u8),
    /// The format code fixes the width, and more is to be judged.
    Fixed(u8),
    /// One octet says the length.
    Narrow,
    /// Four octets say the length.
    Wide,
    /// No such format code.
    Unknown,
}

impl Extent {
    const fn of(code: u8) -> Self {
        match code {
            // An empty list is a level of nesting.
            code::LIST0 => Self::Fixed(0),
            code::BOOLEAN => Self::Fixed(1),
            code::CHAR => Self::Fixed(4),
            0x40..=0x44 => Self::Any(0),
            0x50..=0x55 => Self::Any(1),
            0x60..=0x61 => Self::Any(2),
            0x70..=0x74 => Self::Any(4),
            0x80..=0x84 => Self::Any(8),
            0x94 | 0x98 => Self::Any(16),
            0xA0 | 0xA1 | 0xA3 | 0xC0 | 0xC1 | 0xE0 => Self::Narrow,
            0xB0 | 0xB1 | 0xB3 | 0xD0 | 0xD1 | 0xF0 => Self::Wide,
            _ => Self::Unknown,
        }
    }
}

/// [`Extent::of`] each format code, because every value asks.
const EXTENTS: [Extent; 256] = by_code!(Extent, Extent::Unknown, Extent::of);

/// Cuts off the data of `code`: `*octet / length8 *octet / length32 *octet`
#[inline]
fn extent(code: u8, input: &[u8]) -> Parsed<'_, &[u8]> {
    let length = match EXTENTS.get(usize::from(code)) {
        Some(Extent::Any(width) | Extent::Fixed(width)) => usize::from(*width),
        Some(Extent::Narrow) => {
            let length = input.first().ok_or(DecodeError::Truncated)?;
            1 + usize::from(*length)
        }
        Some(Extent::Wide) => {
            let length = input.first_chunk().ok_or(DecodeError::Truncated)?;
            u32::from_be_bytes(*length).to_usize().saturating_add(4)
        }
        //= SRS_AMQP_CODEC_01_024
        Some(Extent::Unknown) | None => return Err(DecodeError::UnknownConstructor(code)),
    };
    take(input, length)
}

/// The octets of data behind `code` when their number is fixed and any octets are good.
#[inline]
pub(crate) fn free_width(code: u8) -> Option<usize> {
    match EXTENTS.get(usize::from(code))? {
        Extent::Any(width) => Some(usize::from(*width)),
        Extent::Fixed(_) | Extent::Narrow | Extent::Wide | Extent::Unknown => None,
    }
}

/// Passes over the short text or octets behind `code`, if they are good. `None` says nothing.
#[inline]
pub(crate) fn pass_text(code: u8, input: &[u8]) -> Option<&[u8]> {
    let (length, rest) = input.split_first()?;
    let (data, rest) = rest.split_at_checked(usize::from(*length))?;
    let is_good = match code {
        code::SYM8 => data.is_ascii(),
        code::STR8 => data.is_ascii() || core::str::from_utf8(data).is_ok(),
        code::VBIN8 => true,
        _ => false,
    };
    is_good.then_some(rest)
}

//= SRS_AMQP_CODEC_01_009
/// Passes over one value; a count of what is owed stands in for recursion.
fn skip(input: &[u8]) -> Result<&[u8], DecodeError> {
    let mut rest = input;
    let mut owed = 1_usize;
    while owed > 0 {
        let (tail, code) = parse(be_u8, rest)?;
        if code == code::DESCRIBED {
            // In place of one value two are due: the descriptor and the value it describes.
            owed += 1;
            rest = tail;
        } else {
            owed -= 1;
            (rest, _) = extent(code, tail)?;
        }
    }
    Ok(rest)
}
