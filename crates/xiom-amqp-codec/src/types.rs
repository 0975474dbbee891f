//! The names of the types (part 1, section 1.6), and the format codes that belong to each.

use core::fmt;

use crate::constructor::{by_code, code};
use crate::{DecodeError, Value};

/// A type of the AMQP type system, whatever its encoding.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(missing_docs, reason = "the names are those of part 1, section 1.6")]
pub enum Type {
    Null,
    Boolean,
    Ubyte,
    Ushort,
    Uint,
    Ulong,
    Byte,
    Short,
    Int,
    Long,
    Float,
    Double,
    Decimal32,
    Decimal64,
    Decimal128,
    Char,
    Timestamp,
    Uuid,
    Binary,
    String,
    Symbol,
    List,
    Map,
    Array,
    /// Any type with a descriptor (part 1, section 1.3).
    Described,
}

impl Type {
    /// The type of a primitive format code.
    #[inline]
    pub(crate) fn of_code(code: u8) -> Result<Self, DecodeError> {
        TYPES.get(usize::from(code)).copied().flatten().ok_or(DecodeError::UnknownConstructor(code))
    }

    const fn assigned(code: u8) -> Option<Self> {
        Some(match code {
            code::NULL => Self::Null,
            code::TRUE | code::FALSE | code::BOOLEAN => Self::Boolean,
            code::UBYTE => Self::Ubyte,
            code::USHORT => Self::Ushort,
            code::UINT0 | code::SMALLUINT | code::UINT => Self::Uint,
            code::ULONG0 | code::SMALLULONG | code::ULONG => Self::Ulong,
            code::BYTE => Self::Byte,
            code::SHORT => Self::Short,
            code::SMALLINT | code::INT => Self::Int,
            code::SMALLLONG | code::LONG => Self::Long,
            code::FLOAT => Self::Float,
            code::DOUBLE => Self::Double,
            code::DECIMAL32 => Self::Decimal32,
            code::DECIMAL64 => Self::Decimal64,
            code::DECIMAL128 => Self::Decimal128,
            code::CHAR => Self::Char,
            code::TIMESTAMP => Self::Timestamp,
            code::UUID => Self::Uuid,
            code::VBIN8 | code::VBIN32 => Self::Binary,
            code::STR8 | code::STR32 => Self::String,
            code::SYM8 | code::SYM32 => Self::Symbol,
            code::LIST0 | code::LIST8 | code::LIST32 => Self::List,
            code::MAP8 | code::MAP32 => Self::Map,
            code::ARRAY8 | code::ARRAY32 => Self::Array,
            code::DESCRIBED => Self::Described,
            _ => return None,
        })
    }

    /// The format code with the fewest octets of data: what the elements of an empty array are sent as.
    pub(crate) const fn narrowest_code(self) -> u8 {
        match self {
            Self::Null => code::NULL,
            Self::Boolean => code::TRUE,
            Self::Ubyte => code::UBYTE,
            Self::Ushort => code::USHORT,
            Self::Uint => code::UINT0,
            Self::Ulong => code::ULONG0,
            Self::Byte => code::BYTE,
            Self::Short => code::SHORT,
            Self::Int => code::SMALLINT,
            Self::Long => code::SMALLLONG,
            Self::Float => code::FLOAT,
            Self::Double => code::DOUBLE,
            Self::Decimal32 => code::DECIMAL32,
            Self::Decimal64 => code::DECIMAL64,
            Self::Decimal128 => code::DECIMAL128,
            Self::Char => code::CHAR,
            Self::Timestamp => code::TIMESTAMP,
            Self::Uuid => code::UUID,
            Self::Binary => code::VBIN8,
            Self::String => code::STR8,
            Self::Symbol => code::SYM8,
            Self::List => code::LIST0,
            Self::Map => code::MAP8,
            Self::Array => code::ARRAY8,
            Self::Described => code::DESCRIBED,
        }
    }

    /// The type of `value`.
    #[must_use]
    pub const fn of(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Boolean(_) => Self::Boolean,
            Value::Ubyte(_) => Self::Ubyte,
            Value::Ushort(_) => Self::Ushort,
            Value::Uint(_) => Self::Uint,
            Value::Ulong(_) => Self::Ulong,
            Value::Byte(_) => Self::Byte,
            Value::Short(_) => Self::Short,
            Value::Int(_) => Self::Int,
            Value::Long(_) => Self::Long,
            Value::Float(_) => Self::Float,
            Value::Double(_) => Self::Double,
            Value::Decimal32(_) => Self::Decimal32,
            Value::Decimal64(_) => Self::Decimal64,
            Value::Decimal128(_) => Self::Decimal128,
            Value::Char(_) => Self::Char,
            Value::Timestamp(_) => Self::Timestamp,
            Value::Uuid(_) => Self::Uuid,
            Value::Binary(_) => Self::Binary,
            Value::String(_) => Self::String,
            Value::Symbol(_) => Self::Symbol,
            Value::List(_) => Self::List,
            Value::Map(_) => Self::Map,
            Value::Array(_) => Self::Array,
            Value::Described(_) => Self::Described,
        }
    }
}

/// [`Type::assigned`] for each format code, because every field asks.
const TYPES: [Option<Type>; 256] = by_code!(Option<Type>, None, Type::assigned);

/// Says the specification's name, such as `ulong`.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Ubyte => "ubyte",
            Self::Ushort => "ushort",
            Self::Uint => "uint",
            Self::Ulong => "ulong",
            Self::Byte => "byte",
            Self::Short => "short",
            Self::Int => "int",
            Self::Long => "long",
            Self::Float => "float",
            Self::Double => "double",
            Self::Decimal32 => "decimal32",
            Self::Decimal64 => "decimal64",
            Self::Decimal128 => "decimal128",
            Self::Char => "char",
            Self::Timestamp => "timestamp",
            Self::Uuid => "uuid",
            Self::Binary => "binary",
            Self::String => "string",
            Self::Symbol => "symbol",
            Self::List => "list",
            Self::Map => "map",
            Self::Array => "array",
            Self::Described => "described value",
        })
    }
}
