//! Why octets are no value, or a value has no octets: numbers and names of the specification, never the peer's octets.

use core::{error, fmt};

use crate::{Field, Type};

/// Why octets could not be decoded.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum DecodeError {
    /// The input ends early; it may be the start of something good.
    Incomplete {
        /// Octets to add before another try can tell more.
        needed: usize,
    },
    /// The octets do not begin with `AMQP`: whoever speaks, it is another protocol.
    NotAmqp,
    /// The protocol id is none of AMQP (0), TLS (2) and SASL (3).
    UnknownProtocol(u8),
    /// The frame announces fewer octets than its own header takes.
    FrameSize(u32),
    /// The frame announces more octets than the caller allows.
    TooLarge {
        /// Octets announced.
        size: u32,
        /// Octets allowed.
        limit: u32,
    },
    /// The data offset lies inside the frame header or behind the frame.
    DataOffset {
        /// Data offset, in words of four octets.
        doff: u8,
        /// Octets of the frame.
        size: u32,
    },
    /// The frame type is unknown, or not the one that is due.
    FrameType(u8),
    /// A SASL frame without a body.
    EmptyFrame,
    /// A value ends before its own length, or before its constructor is complete.
    Truncated,
    /// Octets are left where the frame, value or compound should end.
    Trailing {
        /// Octets left.
        octets: usize,
    },
    /// The format code is not assigned.
    UnknownConstructor(u8),
    /// Values are nested deeper than the caller allows.
    Depth {
        /// Levels allowed.
        limit: u8,
    },
    /// A compound or array counts more elements than its octets can hold.
    Count {
        /// Elements counted.
        count: u32,
        /// Octets there are.
        octets: usize,
    },
    /// Arrays count more elements that take no octets than the caller allows in one value.
    ZeroWidth {
        /// Elements counted by the array that goes too far.
        count: u32,
        /// Elements allowed in the whole value.
        limit: u32,
    },
    /// A map counts a key without a value.
    OddMap {
        /// Keys and values counted.
        count: u32,
    },
    /// A boolean octet is neither 0 nor 1.
    InvalidBoolean(u8),
    /// A char is no Unicode scalar value.
    InvalidChar(u32),
    /// A string is not UTF-8.
    NotUtf8,
    /// A symbol is not ASCII.
    NotAscii,
    /// A SASL frame's body is not a described value.
    NotDescribed {
        /// What it is.
        found: Type,
    },
    /// The descriptor names no SASL performative.
    UnknownDescriptor {
        /// Its number, when it is one.
        code: Option<u64>,
    },
    /// The described value of a performative is not a list.
    NotList {
        /// What it is.
        found: Type,
    },
    /// A performative has more fields than its definition.
    TooManyFields {
        /// Fields on the wire.
        count: u32,
        /// Fields defined.
        defined: usize,
    },
    /// A mandatory field is null or left out.
    MissingField(Field),
    /// A field has another type than its definition says.
    WrongType {
        /// The field.
        field: Field,
        /// The type on the wire.
        found: Type,
    },
    /// A server offers an empty array of mechanisms.
    NoMechanism,
    /// A sasl-code that the specification does not define.
    UnknownCode(u8),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete { needed } => write!(f, "input needs {needed} more octets"),
            Self::NotAmqp => f.write_str("peer does not speak AMQP"),
            Self::UnknownProtocol(id) => write!(f, "unknown protocol id {id}"),
            Self::FrameSize(size) => write!(f, "frame of {size} octets is shorter than its header"),
            Self::TooLarge { size, limit } => {
                write!(f, "frame of {size} octets exceeds the limit of {limit}")
            }
            Self::DataOffset { doff, size } => {
                write!(f, "data offset of {doff} words does not fit a frame of {size} octets")
            }
            Self::FrameType(octet) => write!(f, "unexpected frame type {octet}"),
            Self::EmptyFrame => f.write_str("empty frame during the SASL exchange"),
            Self::Truncated => f.write_str("value ends early"),
            Self::Trailing { octets } => write!(f, "{octets} octets too many"),
            Self::UnknownConstructor(code) => write!(f, "unknown format code {code:#04x}"),
            Self::Depth { limit } => write!(f, "values nested deeper than {limit} levels"),
            Self::Count { count, octets } => {
                write!(f, "{count} elements announced in {octets} octets")
            }
            Self::ZeroWidth { count, limit } => {
                write!(f, "{count} elements without octets exceed the limit of {limit}")
            }
            Self::OddMap { count } => {
                write!(f, "map of {count} elements has a key without a value")
            }
            Self::InvalidBoolean(octet) => write!(f, "boolean octet {octet:#04x}"),
            Self::InvalidChar(scalar) => write!(f, "char {scalar:#x} is no Unicode scalar value"),
            Self::NotUtf8 => f.write_str("string is not UTF-8"),
            Self::NotAscii => f.write_str("symbol is not ASCII"),
            Self::NotDescribed { found } => write!(f, "{found} in place of a SASL performative"),
            Self::UnknownDescriptor { code: Some(code) } => {
                write!(f, "descriptor {code:#04x} is no SASL performative")
            }
            Self::UnknownDescriptor { code: None } => {
                f.write_str("descriptor is no SASL performative")
            }
            Self::NotList { found } => {
                write!(f, "{found} in place of the fields of a performative")
            }
            Self::TooManyFields { count, defined } => {
                write!(f, "{count} fields where {defined} are defined")
            }
            Self::MissingField(field) => write!(f, "field {field} is missing"),
            Self::WrongType { field, found } => write!(f, "field {field} is a {found}"),
            Self::NoMechanism => f.write_str("no mechanism is offered"),
            Self::UnknownCode(code) => write!(f, "unknown sasl-code {code}"),
        }
    }
}

impl error::Error for DecodeError {}

/// Why a value cannot be built, because it would have no encoding.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum EncodeError {
    /// A symbol must be ASCII.
    NotAscii,
    /// The elements of an array share one constructor: one type, and the same descriptors.
    MixedArray {
        /// The first element that differs from element 0.
        index: usize,
    },
    /// A server must offer a mechanism.
    NoMechanism,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAscii => f.write_str("symbol is not ASCII"),
            Self::MixedArray { index } => {
                write!(f, "array element {index} has another type than the first")
            }
            Self::NoMechanism => f.write_str("no mechanism is offered"),
        }
    }
}

impl error::Error for EncodeError {}
