//! Any value of Thrift, read and written without generated code.
//!
//! The server cannot make this side allocate more than it sends: nothing is reserved for a count that it
//! announces, and depth has a bound.

use alloc::collections::BTreeMap;

use thrift::protocol::{
    TFieldIdentifier, TInputProtocol, TListIdentifier, TMapIdentifier, TOutputProtocol,
    TStructIdentifier, TType,
};
use thrift::{ProtocolError, ProtocolErrorKind};

/// A value; strings are octets, for Thrift does not tell them apart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Bool(bool),
    I8(i8),
    I16(i16),
    I32(i32),
    I64(i64),
    Double(f64),
    Bytes(Vec<u8>),
    /// Fields by their ids.
    Struct(BTreeMap<i16, Value>),
    /// Elements of one type.
    List(TType, Vec<Value>),
    /// Pairs of texts, which is the only map of these services.
    Texts(BTreeMap<String, String>),
}

impl Value {
    /// A struct of these fields.
    pub(crate) fn fields<const N: usize>(fields: [(i16, Value); N]) -> Self {
        Self::Struct(fields.into())
    }

    pub(crate) fn text(text: &str) -> Self {
        Self::Bytes(text.as_bytes().to_vec())
    }

    /// The field `id` of a struct.
    pub(crate) fn field(&self, id: i16) -> Option<&Self> {
        if let Self::Struct(fields) = self { fields.get(&id) } else { None }
    }

    /// The elements of a list; none of anything else.
    pub(crate) fn elements(&self) -> &[Self] {
        if let Self::List(_, elements) = self { elements } else { &[] }
    }

    /// A whole number of any width.
    pub(crate) fn number(&self) -> Option<i64> {
        match self {
            Self::I8(number) => Some((*number).into()),
            Self::I16(number) => Some((*number).into()),
            Self::I32(number) => Some((*number).into()),
            Self::I64(number) => Some(*number),
            Self::Bool(_)
            | Self::Double(_)
            | Self::Bytes(_)
            | Self::Struct(_)
            | Self::List(..)
            | Self::Texts(_) => None,
        }
    }

    /// What a person reads; structs, lists and maps have no such text.
    pub(crate) fn show(&self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Double(value) => value.to_string(),
            Self::Bytes(octets) => String::from_utf8_lossy(octets).into_owned(),
            Self::I8(_) | Self::I16(_) | Self::I32(_) | Self::I64(_) => {
                self.number().unwrap_or_default().to_string()
            }
            Self::Struct(_) | Self::List(..) | Self::Texts(_) => String::new(),
        }
    }

    pub(crate) fn read(input: &mut dyn TInputProtocol, kind: TType) -> thrift::Result<Self> {
        Self::read_within(input, kind, DEPTH)
    }

    fn read_within(input: &mut dyn TInputProtocol, kind: TType, depth: u8) -> thrift::Result<Self> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(refused(ProtocolErrorKind::DepthLimit, "values are nested too deeply"));
        };
        Ok(match kind {
            TType::Bool => Self::Bool(input.read_bool()?),
            TType::I08 => Self::I8(input.read_i8()?),
            TType::I16 => Self::I16(input.read_i16()?),
            TType::I32 => Self::I32(input.read_i32()?),
            TType::I64 => Self::I64(input.read_i64()?),
            TType::Double => Self::Double(input.read_double()?),
            TType::String => Self::Bytes(input.read_bytes()?),
            TType::Struct => read_struct(input, depth)?,
            TType::List => {
                let TListIdentifier { element_type, size } = input.read_list_begin()?;
                let elements = (0..size).map(|_| Self::read_within(input, element_type, depth));
                // A result grows as its elements come; an iterator of results promises no count.
                let elements = elements.collect::<thrift::Result<_>>()?;
                input.read_list_end()?;
                Self::List(element_type, elements)
            }
            TType::Map => read_texts(input)?,
            TType::Stop | TType::Void | TType::Set | TType::Utf7 | TType::Uuid => {
                return Err(refused(ProtocolErrorKind::NotImplemented, "no type of this service"));
            }
        })
    }

    pub(crate) fn write(&self, output: &mut dyn TOutputProtocol) -> thrift::Result<()> {
        match self {
            Self::Bool(value) => output.write_bool(*value),
            Self::I8(value) => output.write_i8(*value),
            Self::I16(value) => output.write_i16(*value),
            Self::I32(value) => output.write_i32(*value),
            Self::I64(value) => output.write_i64(*value),
            Self::Double(value) => output.write_double(*value),
            Self::Bytes(octets) => output.write_bytes(octets),
            Self::Struct(fields) => {
                output.write_struct_begin(&TStructIdentifier::new(""))?;
                for (id, value) in fields {
                    output.write_field_begin(&TFieldIdentifier::new("", value.kind(), *id))?;
                    value.write(output)?;
                    output.write_field_end()?;
                }
                output.write_field_stop()?;
                output.write_struct_end()
            }
            Self::List(kind, elements) => {
                output.write_list_begin(&TListIdentifier::new(*kind, count(elements.len())?))?;
                elements.iter().try_for_each(|element| element.write(output))?;
                output.write_list_end()
            }
            Self::Texts(texts) => {
                let size = count(texts.len())?;
                output.write_map_begin(&TMapIdentifier::new(TType::String, TType::String, size))?;
                for (key, text) in texts {
                    output.write_string(key)?;
                    output.write_string(text)?;
                }
                output.write_map_end()
            }
        }
    }

    const fn kind(&self) -> TType {
        match self {
            Self::Bool(_) => TType::Bool,
            Self::I8(_) => TType::I08,
            Self::I16(_) => TType::I16,
            Self::I32(_) => TType::I32,
            Self::I64(_) => TType::I64,
            Self::Double(_) => TType::Double,
            Self::Bytes(_) => TType::String,
            Self::Struct(_) => TType::Struct,
            Self::List(..) => TType::List,
            Self::Texts(_) => TType::Map,
        }
    }
}

fn read_struct(input: &mut dyn TInputProtocol, depth: u8) -> thrift::Result<Value> {
    let mut fields = BTreeMap::new();
    input.read_struct_begin()?;
    loop {
        let field = input.read_field_begin()?;
        let Some(id) = field.id.filter(|_| field.field_type != TType::Stop) else { break };
        fields.insert(id, Value::read_within(input, field.field_type, depth)?);
        input.read_field_end()?;
    }
    input.read_struct_end()?;
    Ok(Value::Struct(fields))
}

fn read_texts(input: &mut dyn TInputProtocol) -> thrift::Result<Value> {
    let TMapIdentifier { key_type, value_type, size } = input.read_map_begin()?;
    let is_text = |kind: Option<TType>| kind == Some(TType::String);
    if size != 0 && !(is_text(key_type) && is_text(value_type)) {
        return Err(refused(ProtocolErrorKind::NotImplemented, "no map of this service"));
    }
    let mut texts = BTreeMap::new();
    for _ in 0..size {
        texts.insert(input.read_string()?, input.read_string()?);
    }
    input.read_map_end()?;
    Ok(Value::Texts(texts))
}

fn count(size: usize) -> thrift::Result<i32> {
    i32::try_from(size).map_err(|_| refused(ProtocolErrorKind::SizeLimit, "too many elements"))
}

fn refused(kind: ProtocolErrorKind, text: &str) -> thrift::Error {
    thrift::Error::Protocol(ProtocolError::new(kind, text))
}

/// The deepest nesting that is read; a result has seven.
const DEPTH: u8 = 16;
