//! Known octets of the type system: every constructor of AMQP 1.0 part 1, section 1.6, and the smallest form of each.

use core::hash::{BuildHasher, BuildHasherDefault};
use std::hash::DefaultHasher;

use xiom_amqp_codec::{
    Array, Decimal32, Decimal64, Decimal128, Described, Double, EncodeError, Float, List, Map,
    Symbol, Timestamp, Type, Uuid, Value,
};

fn encoded(value: &Value<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    value.encode(&mut out);
    assert_eq!(out.len(), value.encoded_len(), "{value}");
    out
}

fn hash(value: &Value<'_>) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(value)
}

/// Octets, what they mean, and the fewest octets that mean it.
fn check(octets: &[u8], value: &Value<'_>, smallest: &[u8]) {
    let decoded = Value::decode(octets);
    assert_eq!(decoded.as_ref(), Ok(value), "{octets:02X?}");
    assert_eq!(encoded(value), smallest, "{value}");
    if let Ok(decoded) = decoded {
        assert_eq!(encoded(&decoded), smallest, "{value}");
        assert_eq!(hash(&decoded), hash(value), "{value}");
        assert_eq!(Type::of(&decoded), Type::of(value));
    }
}

//= test SRS_AMQP_CODEC_01_023, SRS_AMQP_CODEC_01_034
#[test]
fn scalars_of_fixed_width() {
    // Sections 1.6.1 to 1.6.18.
    check(b"\x40", &Value::Null, b"\x40");
    check(b"\x41", &Value::Boolean(true), b"\x41");
    check(b"\x42", &Value::Boolean(false), b"\x42");
    check(b"\x56\x01", &Value::Boolean(true), b"\x41");
    check(b"\x56\x00", &Value::Boolean(false), b"\x42");
    check(b"\x50\xFF", &Value::Ubyte(255), b"\x50\xFF");
    check(b"\x60\x12\x34", &Value::Ushort(0x1234), b"\x60\x12\x34");
    check(b"\x70\x12\x34\x56\x78", &Value::Uint(0x1234_5678), b"\x70\x12\x34\x56\x78");
    check(b"\x70\x00\x00\x01\x00", &Value::Uint(256), b"\x70\x00\x00\x01\x00");
    check(b"\x70\x00\x00\x00\xFF", &Value::Uint(255), b"\x52\xFF");
    check(b"\x52\x05", &Value::Uint(5), b"\x52\x05");
    check(b"\x52\x00", &Value::Uint(0), b"\x43");
    check(b"\x43", &Value::Uint(0), b"\x43");
    check(
        b"\x80\x01\x02\x03\x04\x05\x06\x07\x08",
        &Value::Ulong(0x0102_0304_0506_0708),
        b"\x80\x01\x02\x03\x04\x05\x06\x07\x08",
    );
    check(b"\x80\x00\x00\x00\x00\x00\x00\x00\x40", &Value::Ulong(0x40), b"\x53\x40");
    check(b"\x53\x00", &Value::Ulong(0), b"\x44");
    check(b"\x44", &Value::Ulong(0), b"\x44");
    check(b"\x51\x80", &Value::Byte(-128), b"\x51\x80");
    check(b"\x61\xFF\xFE", &Value::Short(-2), b"\x61\xFF\xFE");
    check(b"\x71\x80\x00\x00\x00", &Value::Int(i32::MIN), b"\x71\x80\x00\x00\x00");
    check(b"\x71\xFF\xFF\xFF\x80", &Value::Int(-128), b"\x54\x80");
    check(b"\x71\x00\x00\x00\x80", &Value::Int(128), b"\x71\x00\x00\x00\x80");
    check(b"\x54\x7F", &Value::Int(127), b"\x54\x7F");
    check(
        b"\x81\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F",
        &Value::Long(-129),
        b"\x81\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F",
    );
    check(b"\x81\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", &Value::Long(-1), b"\x55\xFF");
    check(b"\x55\x80", &Value::Long(-128), b"\x55\x80");
    check(b"\x72\x3F\xC0\x00\x00", &Value::Float(Float::from(1.5)), b"\x72\x3F\xC0\x00\x00");
    check(
        b"\x82\xBF\xF8\x00\x00\x00\x00\x00\x00",
        &Value::Double(Double::from(-1.5)),
        b"\x82\xBF\xF8\x00\x00\x00\x00\x00\x00",
    );
    check(b"\x73\x00\x01\xF6\x00", &Value::Char('\u{1F600}'), b"\x73\x00\x01\xF6\x00");
    check(
        b"\x83\x00\x00\x01\x31\x1A\xE4\x48\x17",
        &Value::Timestamp(Timestamp(0x0131_1AE4_4817)),
        b"\x83\x00\x00\x01\x31\x1A\xE4\x48\x17",
    );
}

//= test SRS_AMQP_CODEC_01_023
#[test]
fn scalars_kept_as_octets() {
    // Sections 1.6.13 to 1.6.15 and 1.6.18.
    let octets: [u8; 16] = *b"0123456789abcdef";
    check(b"\x740123", &Value::Decimal32(Decimal32(*b"0123")), b"\x740123");
    check(b"\x8401234567", &Value::Decimal64(Decimal64(*b"01234567")), b"\x8401234567");
    check(b"\x940123456789abcdef", &Value::Decimal128(Decimal128(octets)), b"\x940123456789abcdef");
    check(b"\x980123456789abcdef", &Value::Uuid(Uuid(octets)), b"\x980123456789abcdef");
}

//= test SRS_AMQP_CODEC_01_023, SRS_AMQP_CODEC_01_034
#[test]
fn scalars_of_variable_width() {
    // Sections 1.6.19 to 1.6.21; the string is the example of figure 1.5.
    check(b"\xA0\x03\x00\xFF\x80", &Value::Binary(&[0, 0xFF, 0x80]), b"\xA0\x03\x00\xFF\x80");
    check(b"\xB0\x00\x00\x00\x00", &Value::Binary(&[]), b"\xA0\x00");
    check(
        b"\xA1\x1EHello Glorious Messaging World",
        &Value::String("Hello Glorious Messaging World"),
        b"\xA1\x1EHello Glorious Messaging World",
    );
    check(b"\xB1\x00\x00\x00\x02\xC3\xA9", &Value::String("é"), b"\xA1\x02\xC3\xA9");
    check(
        b"\xB3\x00\x00\x00\x05PLAIN",
        &Value::Symbol(Symbol::new("PLAIN").unwrap()),
        b"\xA3\x05PLAIN",
    );

    let long = "x".repeat(256);
    let octets = [b"\xB1\x00\x00\x01\x00", long.as_bytes()].concat();
    check(&octets, &Value::String(&long), &octets);
    let short = Value::String(&long[..255]);
    assert_eq!(encoded(&short)[..2], [0xA1, 0xFF]);
}

//= test SRS_AMQP_CODEC_01_033, SRS_AMQP_CODEC_01_034
#[test]
fn lists() {
    // Section 1.6.22.
    check(b"\x45", &Value::List(List::new(&[])), b"\x45");
    check(b"\xC0\x01\x00", &Value::List(List::new(&[])), b"\x45");
    check(b"\xD0\x00\x00\x00\x04\x00\x00\x00\x00", &Value::List(List::new(&[])), b"\x45");
    let values = [Value::Boolean(true), Value::Uint(5)];
    let list = Value::List(List::new(&values));
    check(b"\xC0\x04\x02\x41\x52\x05", &list, b"\xC0\x04\x02\x41\x52\x05");
    check(
        b"\xD0\x00\x00\x00\x0B\x00\x00\x00\x02\x56\x01\x70\x00\x00\x00\x05",
        &list,
        b"\xC0\x04\x02\x41\x52\x05",
    );
    let nested = [list, Value::Null];
    check(
        b"\xC0\x08\x02\xC0\x04\x02\x41\x52\x05\x40",
        &Value::List(List::new(&nested)),
        b"\xC0\x08\x02\xC0\x04\x02\x41\x52\x05\x40",
    );
}

//= test SRS_AMQP_CODEC_01_034
#[test]
fn the_narrow_list_ends_where_its_size_does() {
    // The size counts the octet of the count: 254 octets of values fit, and so do no more than 255 values.
    let nulls = [Value::Null; 255];
    assert_eq!(encoded(&Value::List(List::new(&nulls[..254])))[..3], [0xC0, 255, 254]);
    assert_eq!(encoded(&Value::List(List::new(&nulls)))[..9], [0xD0, 0, 0, 1, 3, 0, 0, 0, 255],);
    let array = Value::Array(Array::new(&nulls).unwrap());
    assert_eq!(encoded(&array), [0xE0, 2, 255, 0x40]);
    let more = [Value::Null; 256];
    let array = Value::Array(Array::new(&more).unwrap());
    assert_eq!(encoded(&array), [0xF0, 0, 0, 0, 5, 0, 0, 1, 0, 0x40]);
}

//= test SRS_AMQP_CODEC_01_011, SRS_AMQP_CODEC_01_034, SRS_AMQP_CODEC_01_037
/// A size is known last: what is written before it moves, at every level, within the room that was announced.
#[test]
fn content_that_turns_out_long_is_in_its_place() {
    let octets: Vec<u8> = (0..=u8::MAX).cycle().take(700).collect();
    for length in (0..700).step_by(7).chain(240..270) {
        let text = [Value::Binary(&octets[..length]), Value::Int(-1), Value::Ulong(1 << 60)];
        let entries = [(Value::Uint(5), Value::List(List::new(&text))), (Value::Null, text[0])];
        let lists = [Value::List(List::new(&text)), Value::List(List::new(&text[1..]))];
        let values = [Value::Map(Map::new(&entries)), Value::Array(Array::new(&lists).unwrap())];
        let list = Value::List(List::new(&values));
        let mut out = Vec::with_capacity(3 + list.encoded_len());
        out.extend([1, 2, 3]);
        let room = out.capacity();
        list.encode(&mut out);
        assert_eq!(out.capacity(), room);
        assert_eq!(out.len(), 3 + list.encoded_len());
        assert_eq!(out[..3], [1, 2, 3]);
        let view = Value::decode(&out[3..]).unwrap();
        assert_eq!(view, list);
        assert_eq!(encoded(&view), out[3..]);
    }
}

//= test SRS_AMQP_CODEC_01_033, SRS_AMQP_CODEC_01_050
#[test]
fn maps() {
    // Section 1.6.23.
    check(b"\xC1\x01\x00", &Value::Map(Map::new(&[])), b"\xC1\x01\x00");
    let entries =
        [(Value::Symbol(Symbol::new("k").unwrap()), Value::Int(-1)), (Value::Null, Value::Null)];
    let map = Value::Map(Map::new(&entries));
    check(b"\xC1\x08\x04\xA3\x01k\x54\xFF\x40\x40", &map, b"\xC1\x08\x04\xA3\x01k\x54\xFF\x40\x40");
    check(
        b"\xD1\x00\x00\x00\x0B\x00\x00\x00\x04\xA3\x01k\x54\xFF\x40\x40",
        &map,
        b"\xC1\x08\x04\xA3\x01k\x54\xFF\x40\x40",
    );
    let turned = [entries[1], entries[0]];
    assert_ne!(Value::Map(Map::new(&turned)), map, "the order of entries counts");
}

//= test SRS_AMQP_CODEC_01_033, SRS_AMQP_CODEC_01_035
#[test]
fn arrays_share_the_narrowest_constructor() {
    // Section 1.6.24.
    let check = |octets: &[u8], values: &[Value<'_>], smallest: &[u8]| {
        check(octets, &Value::Array(Array::new(values).unwrap()), smallest);
    };
    check(
        b"\xE0\x04\x02\x52\x05\x00",
        &[Value::Uint(5), Value::Uint(0)],
        b"\xE0\x04\x02\x52\x05\x00",
    );
    check(
        b"\xE0\x0A\x02\x70\0\0\0\x05\0\0\x01\0",
        &[Value::Uint(5), Value::Uint(256)],
        b"\xE0\x0A\x02\x70\0\0\0\x05\0\0\x01\0",
    );
    check(
        b"\xE0\x0A\x02\x70\0\0\0\0\0\0\0\0",
        &[Value::Uint(0), Value::Uint(0)],
        b"\xE0\x02\x02\x43",
    );
    check(b"\xE0\x02\x03\x41", &[Value::Boolean(true); 3], b"\xE0\x02\x03\x41");
    check(
        b"\xE0\x04\x02\x56\x01\x00",
        &[Value::Boolean(true), Value::Boolean(false)],
        b"\xE0\x04\x02\x56\x01\x00",
    );
    check(
        b"\xE0\x04\x02\x54\xFF\x01",
        &[Value::Int(-1), Value::Int(1)],
        b"\xE0\x04\x02\x54\xFF\x01",
    );
    check(b"\xE0\x02\x02\x45", &[Value::List(List::new(&[])); 2], b"\xE0\x02\x02\x45");
    let one = [Value::Null];
    check(
        b"\xE0\x07\x02\xC0\x01\x00\x02\x01\x40",
        &[Value::List(List::new(&[])), Value::List(List::new(&one))],
        b"\xE0\x07\x02\xC0\x01\x00\x02\x01\x40",
    );
    let inner = [Value::Ubyte(7), Value::Ubyte(8)];
    check(
        b"\xE0\x0C\x02\xE0\x04\x02\x50\x07\x08\x04\x02\x50\x07\x08",
        &[Value::Array(Array::new(&inner).unwrap()); 2],
        b"\xE0\x0C\x02\xE0\x04\x02\x50\x07\x08\x04\x02\x50\x07\x08",
    );
}

//= test SRS_AMQP_CODEC_01_031
#[test]
fn arrays_of_described_elements_write_the_descriptor_once() {
    let (descriptor, other) = (Value::Ulong(0x24), Value::Ulong(0x25));
    let (five, zero) = (Value::Uint(5), Value::Uint(0));
    let elements = [Described::new(&descriptor, &five), Described::new(&descriptor, &zero)];
    let elements = elements.map(Value::Described);
    let array = Value::Array(Array::new(&elements).unwrap());
    check(b"\xE0\x07\x02\x00\x53\x24\x52\x05\x00", &array, b"\xE0\x07\x02\x00\x53\x24\x52\x05\x00");

    let mixed = [elements[0], Value::Described(Described::new(&other, &five))];
    assert_eq!(Array::new(&mixed), Err(EncodeError::MixedArray { index: 1 }));
    assert_eq!(Array::new(&[five, Value::Ulong(5)]), Err(EncodeError::MixedArray { index: 1 }));
    assert_eq!(Array::symbols(&["PLAIN", "é"]), Err(EncodeError::NotAscii));
}

//= test SRS_AMQP_CODEC_01_028
/// Section 1.6.21.
#[test]
fn a_symbol_is_ascii_or_nothing() {
    assert_eq!(Symbol::new("PL\u{c4}IN"), Err(EncodeError::NotAscii));
    assert_eq!(Symbol::try_from("\u{80}"), Err(EncodeError::NotAscii));
    assert_eq!(Symbol::new("\0\x7f").map(Symbol::as_str), Ok("\0\x7f"));
}

#[test]
fn an_empty_array_keeps_its_type() {
    let symbols = Value::decode(b"\xF0\x00\x00\x00\x05\x00\x00\x00\x00\xB3").unwrap();
    assert_eq!(encoded(&symbols), b"\xE0\x02\x00\xA3");
    assert_eq!(symbols, Value::Array(Array::symbols(&[]).unwrap()));
    assert_ne!(symbols, Value::decode(b"\xE0\x02\x00\xA1").unwrap());
}

//= test SRS_AMQP_CODEC_01_032, SRS_AMQP_CODEC_01_033
#[test]
fn described_values_nest_on_both_sides() {
    // Section 1.3.2: a descriptor may itself be described.
    let (ulong, null) = (Value::Ulong(1), Value::Null);
    let descriptor = Value::Described(Described::new(&ulong, &null));
    let value = Value::Described(Described::new(&ulong, &ulong));
    let both = Value::Described(Described::new(&descriptor, &value));
    check(
        b"\x00\x00\x53\x01\x40\x00\x53\x01\x53\x01",
        &both,
        b"\x00\x00\x53\x01\x40\x00\x53\x01\x53\x01",
    );
}

//= test SRS_AMQP_CODEC_01_049
#[test]
fn a_trace_shows_no_binary_octets() {
    let rendered = |octets: &[u8]| {
        let value = Value::decode(octets).unwrap();
        assert_eq!(format!("{value:?}"), value.to_string());
        value.to_string()
    };
    assert_eq!(
        rendered(b"\x00\x53\x10\xC0\x0C\x04\xA1\x02id\x40\x52\x05\xA0\x02pw"),
        r#"@0x10 ("id", null, 5, [2 octets])"#
    );
    assert_eq!(rendered(b"\xC1\x06\x02\xA3\x01\x0A\x50\x07"), r"{\n: 7}");
    assert_eq!(rendered(b"\x980123456789abcdef"), "30313233-3435-3637-3839-616263646566");
    assert_eq!(rendered(b"\x74\x00\x00\x00\x2A"), "decimal32:0000002a");
    assert_eq!(rendered(b"\x83\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), "-1 ms");
}
