//! Values of the AMQP type system that are built, not read: whatever can be built comes back.

use arbitrary::{Result, Unstructured};
use bumpalo::Bump;
use xiom_amqp_codec::{
    Array, Decimal32, Decimal64, Decimal128, Described, List, Map, Symbol, Timestamp, Uuid, Value,
};

use super::amqp_value::smallest;
use crate::{Seed, Target};

//= fuzz SRS_AMQP_CODEC_01_034, SRS_AMQP_CODEC_01_036
/// Builds a value as the input says, encodes and decodes it.
pub const TARGET: Target = Target {
    explain,
    seeds,
    memory: 1 << 20,
    longest: 1024,
    ..Target::new(
        "amqp_value_built",
        "values of AMQP 1.0 built from their parts: what is written is read",
        run,
    )
};

/// Levels of nesting that are built: within the default of the decoder.
const DEPTH: u8 = 8;

fn run(input: &[u8]) {
    let bump = Bump::new();
    if let Ok(value) = build(&mut Unstructured::new(input), &bump, DEPTH) {
        smallest(&value, value.encoded_len());
    }
}

/// The value that the octets say, from their front.
fn build<'a>(u: &mut Unstructured<'a>, bump: &'a Bump, depth: u8) -> Result<Value<'a>> {
    // Where the octets end, a scalar ends the recursion.
    let kind = if depth == 0 { u.int_in_range(0..=20)? } else { u.int_in_range(0..=25)? };
    Ok(match kind {
        0 => Value::Null,
        1 => Value::Boolean(u.arbitrary()?),
        2 => Value::Ubyte(u.arbitrary()?),
        3 => Value::Ushort(u.arbitrary()?),
        4 => Value::Uint(u.arbitrary()?),
        5 => Value::Ulong(u.arbitrary()?),
        6 => Value::Byte(u.arbitrary()?),
        7 => Value::Short(u.arbitrary()?),
        8 => Value::Int(u.arbitrary()?),
        9 => Value::Long(u.arbitrary()?),
        10 => Value::Float(f32::from_bits(u.arbitrary()?).into()),
        11 => Value::Double(f64::from_bits(u.arbitrary()?).into()),
        12 => Value::Decimal32(Decimal32(u.arbitrary()?)),
        13 => Value::Decimal64(Decimal64(u.arbitrary()?)),
        14 => Value::Decimal128(Decimal128(u.arbitrary()?)),
        15 => Value::Char(u.arbitrary()?),
        16 => Value::Timestamp(Timestamp(u.arbitrary()?)),
        17 => Value::Uuid(Uuid(u.arbitrary()?)),
        18 => Value::Binary(octets(u, bump)?),
        19 => Value::String(text(u, bump)?),
        20 => Symbol::new(ascii(u, bump)?).map_or(Value::Null, Value::Symbol),
        kind => compound(kind, u, bump, depth.saturating_sub(1))?,
    })
}

fn compound<'a>(
    kind: u8,
    u: &mut Unstructured<'a>,
    bump: &'a Bump,
    depth: u8,
) -> Result<Value<'a>> {
    let count = u.int_in_range(0_usize..=5)?;
    Ok(match kind {
        21 => Value::List(List::new(values(count, u, bump, depth)?)),
        22 => {
            let mut entries = bumpalo::collections::Vec::new_in(bump);
            for _ in 0..count {
                entries.push((build(u, bump, depth)?, build(u, bump, depth)?));
            }
            Value::Map(Map::new(entries.into_bump_slice()))
        }
        // Elements of one type, of several kinds: one that was built, and others where they fit.
        23 => array(values(count, u, bump, depth)?, bump),
        // Only where it cannot multiply what it multiplies.
        24 if depth < 2 => {
            let value = build(u, bump, depth)?;
            array(bump.alloc_slice_fill_copy(count, value), bump)
        }
        _ => {
            let descriptor = bump.alloc(build(u, bump, depth)?);
            Value::Described(Described::new(descriptor, bump.alloc(build(u, bump, depth)?)))
        }
    })
}

fn values<'a>(
    count: usize,
    u: &mut Unstructured<'a>,
    bump: &'a Bump,
    depth: u8,
) -> Result<&'a [Value<'a>]> {
    let mut values = bumpalo::collections::Vec::new_in(bump);
    for _ in 0..count {
        values.push(build(u, bump, depth)?);
    }
    Ok(values.into_bump_slice())
}

/// The array of `values`; where they do not fit together, of those that fit the first.
fn array<'a>(values: &'a [Value<'a>], bump: &'a Bump) -> Value<'a> {
    let fits = |value: &Value<'a>| {
        let pair = [values.first().copied().unwrap_or(*value), *value];
        Array::new(&pair).is_ok()
    };
    let alike = values.iter().copied().filter(fits);
    let alike = bump.alloc_slice_copy(&alike.collect::<Vec<_>>());
    Array::new(alike).map_or(Value::Null, Value::Array)
}

/// A few octets mostly, and more than one octet can count at times.
fn octets<'a>(u: &mut Unstructured<'a>, bump: &'a Bump) -> Result<&'a [u8]> {
    let length = u.int_in_range(0_usize..=9)?;
    if length == 9 {
        let octet = u.arbitrary()?;
        return Ok(bump.alloc_slice_fill_copy(u.int_in_range(250_usize..=260)?, octet));
    }
    u.bytes(length.min(u.len()))
}

fn text<'a>(u: &mut Unstructured<'a>, bump: &'a Bump) -> Result<&'a str> {
    let octets = octets(u, bump)?;
    Ok(octets.utf8_chunks().next().map_or("", |chunk| chunk.valid()))
}

fn ascii<'a>(u: &mut Unstructured<'a>, bump: &'a Bump) -> Result<&'a str> {
    let text = text(u, bump)?;
    let until = text.find(|c: char| !c.is_ascii()).unwrap_or(text.len());
    Ok(text.get(..until).unwrap_or_default())
}

/// Octets that build one value each, of every kind.
fn seeds() -> Vec<Seed> {
    let seed = |kind: u8| Seed::new(format!("kind-{kind}"), [&[kind, 2][..], &[7; 40]].concat());
    (0..=25).map(seed).collect()
}

fn explain(input: &[u8]) -> String {
    let bump = Bump::new();
    match build(&mut Unstructured::new(input), &bump, DEPTH) {
        Ok(value) => format!("{value}\n"),
        Err(fault) => format!("no value: {fault}\n"),
    }
}
