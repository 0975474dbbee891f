//! Values of both implementations side by side.

use serde_amqp::Value as Theirs;
use serde_amqp::described::Described;
use serde_amqp::descriptor::Descriptor;
use xiom_amqp_codec::{Array, List, Map, Type, Value};

use super::Exception;

/// Whether both mean the same.
pub(super) fn same(ours: &Value<'_>, theirs: &Theirs) -> bool {
    match (ours, theirs) {
        (Value::Null, Theirs::Null) => true,
        (Value::Boolean(ours), Theirs::Bool(theirs)) => ours == theirs,
        (Value::Ubyte(ours), Theirs::Ubyte(theirs)) => ours == theirs,
        (Value::Ushort(ours), Theirs::Ushort(theirs)) => ours == theirs,
        (Value::Uint(ours), Theirs::Uint(theirs)) => ours == theirs,
        (Value::Ulong(ours), Theirs::Ulong(theirs)) => ours == theirs,
        (Value::Byte(ours), Theirs::Byte(theirs)) => ours == theirs,
        (Value::Short(ours), Theirs::Short(theirs)) => ours == theirs,
        (Value::Int(ours), Theirs::Int(theirs)) => ours == theirs,
        (Value::Long(ours), Theirs::Long(theirs)) => ours == theirs,
        (Value::Float(ours), Theirs::Float(theirs)) => {
            f32::from(*ours).to_bits() == theirs.0.to_bits()
        }
        (Value::Double(ours), Theirs::Double(theirs)) => {
            f64::from(*ours).to_bits() == theirs.0.to_bits()
        }
        (Value::Decimal32(ours), Theirs::Decimal32(theirs)) => ours.0 == *theirs.as_inner(),
        (Value::Decimal64(ours), Theirs::Decimal64(theirs)) => ours.0 == *theirs.as_inner(),
        (Value::Decimal128(ours), Theirs::Decimal128(theirs)) => ours.0 == *theirs.as_inner(),
        (Value::Char(ours), Theirs::Char(theirs)) => ours == theirs,
        (Value::Timestamp(ours), Theirs::Timestamp(theirs)) => ours.0 == theirs.milliseconds(),
        (Value::Uuid(ours), Theirs::Uuid(theirs)) => ours.0 == *theirs.as_inner(),
        (Value::Binary(ours), Theirs::Binary(theirs)) => *ours == theirs.as_slice(),
        (Value::String(ours), Theirs::String(theirs)) => ours == theirs,
        (Value::Symbol(ours), Theirs::Symbol(theirs)) => ours.as_str() == theirs.as_str(),
        (Value::List(ours), Theirs::List(theirs)) => all_same(ours.iter(), theirs),
        (Value::Array(ours), Theirs::Array(theirs)) => all_same(ours.iter(), &theirs.0),
        (Value::Map(ours), Theirs::Map(theirs)) => {
            let mut pairs = ours.iter().zip(theirs);
            let pair = |((key, value), (their_key, their_value)): ((_, _), (&_, &_))| {
                same(&key, their_key) && same(&value, their_value)
            };
            ours.len() == theirs.len() && pairs.all(pair)
        }
        (Value::Described(ours), Theirs::Described(theirs)) => {
            let Described { descriptor, value } = &**theirs;
            let is_same = match (ours.descriptor(), descriptor) {
                (Value::Ulong(ours), Descriptor::Code(theirs)) => ours == *theirs,
                (Value::Symbol(ours), Descriptor::Name(theirs)) => ours.as_str() == theirs.as_str(),
                _ => false,
            };
            is_same && same(&ours.value(), value)
        }
        _ => false,
    }
}

fn all_same<'a>(ours: impl ExactSizeIterator<Item = Value<'a>>, theirs: &[Theirs]) -> bool {
    ours.len() == theirs.len() && ours.zip(theirs).all(|(ours, theirs)| same(&ours, theirs))
}

/// Why the other implementation may do something else with `value`.
#[expect(clippy::wildcard_enum_match_arm, reason = "scalars are read alike")]
pub(super) fn exception(value: &Value<'_>) -> Option<Exception> {
    match value {
        Value::List(list) => of_list(list),
        Value::Map(map) => of_map(map),
        Value::Array(array) => of_array(array),
        Value::Described(described) => match described.descriptor() {
            Value::Ulong(_) | Value::Symbol(_) => exception(&described.value()),
            _ => Some(Exception::ReservedDescriptor),
        },
        _ => None,
    }
}

fn of_list(list: &List<'_>) -> Option<Exception> {
    list.iter().find_map(|value| exception(&value))
}

fn of_map(map: &Map<'_>) -> Option<Exception> {
    let keys: Vec<_> = map.iter().map(|(key, _)| key).collect();
    let has_float = |key: &Value<'_>| {
        let kind = Type::of(key);
        let is_scalar = !matches!(kind, Type::List | Type::Map | Type::Array | Type::Described);
        !is_scalar || matches!(kind, Type::Float | Type::Double)
    };
    let twice = keys.iter().enumerate().any(|(at, key)| {
        has_float(key) || keys.iter().skip(at.saturating_add(1)).any(|other| other == key)
    });
    let inner = || map.iter().find_map(|(_, value)| exception(&value));
    if twice { Some(Exception::KeyTwice) } else { inner() }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "other elements have octets, and only those")]
fn of_array(array: &Array<'_>) -> Option<Exception> {
    match array.element_type() {
        Type::List | Type::Map | Type::Array | Type::Described => Some(Exception::ArrayOfCompounds),
        Type::Null | Type::Boolean | Type::Uint | Type::Ulong => Some(Exception::ArrayOfNothing),
        _ if array.is_empty() => Some(Exception::ArrayOfNothing),
        _ => None,
    }
}
