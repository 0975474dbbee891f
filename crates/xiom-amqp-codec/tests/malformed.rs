//! Octets that are no value, each with the error that says why.

use xiom_amqp_codec::{DecodeError as E, Limits, Value};

/// Each of these octets is refused with its error.
fn refused(cases: &[(&[u8], E)]) {
    for (octets, error) in cases {
        assert_eq!(Value::decode(octets), Err(*error), "{octets:02X?}");
    }
}

//= test SRS_AMQP_CODEC_01_002
/// A short read is an error, for more octets would not mend it.
#[test]
fn values_do_not_stream() {
    refused(&[
        (b"", E::Truncated),
        (b"\x00", E::Truncated),
        (b"\x00\x53", E::Truncated),
        (b"\x00\x53\x24", E::Truncated),
        (b"\x70\x00\x00\x00", E::Truncated),
        (b"\xA1", E::Truncated),
        (b"\xA1\x05hell", E::Truncated),
        (b"\xB0\xFF\xFF\xFF\xFF", E::Truncated),
        (b"\xC0\x00", E::Truncated),
        (b"\xD0\x00\x00\x00\x03\x00\x00\x00", E::Truncated),
        (b"\xE0\x01\x00", E::Truncated),
        (b"\xE0\x03\x00\x00\x53", E::Truncated),
    ]);
}

//= test SRS_AMQP_CODEC_01_029
/// Behind a value, a list, and an array, be it without elements.
#[test]
fn octets_too_many_are_refused_at_every_level() {
    refused(&[
        (b"\x40\x40", E::Trailing { octets: 1 }),
        (b"\xC0\x03\x01\x40\x40", E::Trailing { octets: 1 }),
        (b"\xC0\x03\x00\x40\x40", E::Trailing { octets: 2 }),
        (b"\xE0\x04\x01\x50\x01\x02", E::Trailing { octets: 1 }),
        (b"\xE0\x03\x01\x40\x40", E::Trailing { octets: 1 }),
    ]);
}

//= test SRS_AMQP_CODEC_01_024
/// Also where no element uses them.
#[test]
fn format_codes_that_nobody_has_assigned() {
    refused(&[
        (b"\x01", E::UnknownConstructor(0x01)),
        (b"\x46", E::UnknownConstructor(0x46)),
        (b"\x5F", E::UnknownConstructor(0x5F)),
        (b"\xA2\x00", E::UnknownConstructor(0xA2)),
        (b"\xFF", E::UnknownConstructor(0xFF)),
        (b"\xC0\x02\x01\x57", E::UnknownConstructor(0x57)),
        (b"\xE0\x02\x00\x57", E::UnknownConstructor(0x57)),
        (b"\x00\x57\x40", E::UnknownConstructor(0x57)),
    ]);
}

//= test SRS_AMQP_CODEC_01_006
/// Judged before an element is visited.
#[test]
fn counts_that_their_octets_cannot_hold() {
    refused(&[
        (b"\xC0\x02\x02\x40", E::Count { count: 2, octets: 1 }),
        (b"\xD0\x00\x00\x00\x04\xFF\xFF\xFF\xFF", E::Count { count: u32::MAX, octets: 0 }),
        (b"\xD1\x00\x00\x00\x04\x7F\xFF\xFF\xFE", E::Count { count: 0x7FFF_FFFE, octets: 0 }),
        (b"\xE0\x05\x02\x60\x00\x00\x00", E::Count { count: 2, octets: 3 }),
        (b"\xF0\x00\x00\x00\x05\xFF\xFF\xFF\xFF\x84", E::Count { count: u32::MAX, octets: 0 }),
    ]);
}

//= test SRS_AMQP_CODEC_01_008
/// Nine octets can count four billion elements.
#[test]
fn counts_of_elements_without_octets() {
    refused(&[
        (
            b"\xF0\x00\x00\x00\x05\xFF\xFF\xFF\xFF\x41",
            E::ZeroWidth { count: u32::MAX, limit: 65_536 },
        ),
        (
            b"\xF0\x00\x00\x00\x05\x00\x01\x00\x01\x45",
            E::ZeroWidth { count: 65_537, limit: 65_536 },
        ),
    ]);
}

//= test SRS_AMQP_CODEC_01_030
/// Keys and values are counted together.
#[test]
fn a_key_without_a_value() {
    refused(&[(b"\xC1\x02\x01\x40", E::OddMap { count: 1 })]);
}

//= test SRS_AMQP_CODEC_01_025, SRS_AMQP_CODEC_01_026, SRS_AMQP_CODEC_01_027
//= test SRS_AMQP_CODEC_01_028
/// What the format code promises, and the octets do not keep.
#[test]
fn octets_that_are_no_content() {
    refused(&[
        (b"\x56\x02", E::InvalidBoolean(2)),
        (b"\xE0\x03\x01\x56\xFF", E::InvalidBoolean(0xFF)),
        (b"\x73\x00\x00\xD8\x00", E::InvalidChar(0xD800)),
        (b"\x73\x00\x11\x00\x00", E::InvalidChar(0x11_0000)),
        (b"\xA1\x01\xFF", E::NotUtf8),
        (b"\xA1\x02\xC0\x80", E::NotUtf8),
        (b"\xC0\x04\x01\xA1\x01\xC3", E::NotUtf8),
        (b"\xA3\x02\xC3\xA9", E::NotAscii),
        (b"\xA3\x01\xFF", E::NotAscii),
        (b"\xE0\x05\x01\xA3\x02\xC3\xA9", E::NotAscii),
        (b"\x00\xA3\x01\x80\x40", E::NotAscii),
    ]);
}

//= test SRS_AMQP_CODEC_01_007
#[test]
fn nesting_ends_at_the_limit() {
    let limit = Limits::default().depth;
    let nested = |levels: u8| {
        let mut octets = vec![0x40];
        for _ in 0..levels {
            let size = octets.len().to_be_bytes();
            let [.., low] = size;
            octets.splice(0..0, [0xC0, low + 1, 1]);
        }
        octets
    };
    assert!(Value::decode(&nested(limit)).is_ok());
    assert_eq!(Value::decode(&nested(limit + 1)), Err(E::Depth { limit }));

    let described = |levels: u8| [b"\x00\x53\x01".repeat(levels.into()), vec![0x40]].concat();
    assert!(Value::decode(&described(limit)).is_ok());
    assert_eq!(Value::decode(&described(limit + 1)), Err(E::Depth { limit }));

    let flat = Limits { depth: 0, ..Limits::default() };
    assert!(Value::decode_with(b"\xA1\x05hello", flat).is_ok());
    for deep in [
        &b"\x45"[..],
        b"\x00\x53\x01\x40",
        b"\xC1\x01\x00",
        b"\xE0\x02\x01\x40",
        b"\xE0\x02\x00\xA3",
    ] {
        let error = Value::decode_with(deep, flat).err();
        assert_eq!(error, Some(E::Depth { limit: 0 }), "{deep:02X?}");
    }
    let low = Limits { depth: 1, ..Limits::default() };
    assert_eq!(Value::decode_with(b"\xC0\x02\x01\x45", low), Err(E::Depth { limit: 1 }));
}

//= test SRS_AMQP_CODEC_01_007, SRS_AMQP_CODEC_01_009
#[test]
fn bombs_of_descriptors_exhaust_no_stack() {
    // A million descriptors before, inside and behind each other.
    let before = vec![0; 1_000_000];
    assert_eq!(Value::decode(&before), Err(E::Truncated));
    let behind = [b"\x00\x40".repeat(500_000), vec![0x40]].concat();
    assert_eq!(Value::decode(&behind), Err(E::Depth { limit: 32 }));
    let inside = [vec![0; 500_000], vec![0x40; 500_001]].concat();
    assert_eq!(Value::decode(&inside), Err(E::Depth { limit: 32 }));
}

//= test SRS_AMQP_CODEC_01_008
#[test]
fn elements_without_octets_are_counted_over_the_whole_value() {
    // Two arrays of 40 000 times `true`: each is within the limit, both are not.
    let array = b"\xF0\x00\x00\x00\x05\x00\x00\x9C\x40\x41";
    assert!(Value::decode(array).is_ok());
    let list = [&b"\xC0\x15\x02"[..], array, array].concat();
    assert_eq!(Value::decode(&list), Err(E::ZeroWidth { count: 40_000, limit: 65_536 }));
    let limits = Limits { zero_width: 80_000, ..Limits::default() };
    assert!(Value::decode_with(&list, limits).is_ok());
}

//= test SRS_AMQP_CODEC_01_050
/// To look for equal keys takes memory or time that a decoder does not owe.
#[test]
fn equal_keys_are_left_to_the_reader() {
    let Ok(Value::Map(map)) = Value::decode(b"\xC1\x09\x04\x50\x01\x50\x02\x50\x01\x50\x03") else {
        panic!("no map")
    };
    let entry = |value| (Value::Ubyte(1), Value::Ubyte(value));
    assert!(map.iter().eq([entry(2), entry(3)]));
}
