//! What is wrong with octets whatever the state: headers and frames that neither side may accept.

use xiom_core::{Cause, FrameFault as F, HeaderFault as H, SaslFault};

use crate::frames::{AMQP, HEADER, array, binary, body, frame, frame_of_type, outcome};

/// Octets that are no SASL header, named.
pub(crate) fn bad_headers() -> Vec<(&'static str, Vec<u8>, Cause)> {
    let version = |major, minor, revision| H::Version { major, minor, revision };
    let cases: [(&str, &[u8], H); 15] = [
        ("http", b"HTTP/1.1 400 Bad Request\r\n\r\n", H::NotAmqp),
        ("tls alert, 7 octets", b"\x15\x03\x01\x00\x02\x02\x46", H::NotAmqp),
        ("tls client hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", H::NotAmqp),
        ("one wrong octet", b"B", H::NotAmqp),
        ("wrong fourth octet", b"AMQQ", H::NotAmqp),
        ("lower case", b"amqp\x03\x01\x00\x00", H::NotAmqp),
        ("a frame at once", b"\x00\x00\x00\x10\x02\x01\x00\x00", H::NotAmqp),
        ("amqp, id 0", AMQP, H::PeerWithoutSasl),
        ("amqp 0-9-1", b"AMQP\x00\x00\x09\x01", H::PeerWithoutSasl),
        ("tls, id 2", b"AMQP\x02\x01\x00\x00", H::PeerRequiresTls),
        ("id 1", b"AMQP\x01\x01\x00\x00", H::UnknownProtocol(1)),
        ("id 255, cut", b"AMQP\xff", H::UnknownProtocol(255)),
        ("major 2", b"AMQP\x03\x02\x00\x00", version(2, 0, 0)),
        ("minor 1", b"AMQP\x03\x01\x01\x00", version(1, 1, 0)),
        ("revision 7", b"AMQP\x03\x01\x00\x07", version(1, 0, 7)),
    ];
    cases
        .into_iter()
        .map(|(name, octets, fault)| (name, octets.into(), Cause::Header(fault)))
        .collect()
}

/// Octets that are no frame of SASL in any state, named.
pub(crate) fn bad_frames() -> Vec<(String, Vec<u8>, Cause)> {
    let mut cases = bad_sizes();
    cases.extend(bad_types());
    let malformed = bad_bodies().into_iter().map(|(name, body)| (name, frame(&body), F::Malformed));
    let cases = cases.into_iter().chain(malformed);
    let mut cases: Vec<_> = cases
        .map(|(name, octets, fault)| (String::from(name), octets, Cause::Frame(fault)))
        .collect();
    for code in [5, 0x50, 255] {
        let fault = Cause::Sasl(SaslFault::UnknownOutcome(code));
        cases.push((format!("outcome {code}"), outcome(code, None), fault));
    }
    let nothing = frame(&body(0x40, 1, &array(0xA3, &[])));
    cases.push(("empty offer".into(), nothing, Cause::Sasl(SaslFault::NothingOffered)));
    cases
}

type Bad = (&'static str, Vec<u8>, F);

/// Sizes are judged on the first octets, so that the cases end there (AMQP 1.0 part 2 section 2.3.1).
fn bad_sizes() -> Vec<Bad> {
    let mut cases: Vec<Bad> = (0..8_u32)
        .map(|size| ("size below the header", size.to_be_bytes().into(), F::Size(size)))
        .collect();
    let too_large = |size| F::TooLarge { size, limit: 512 };
    for (name, size) in [("one above the limit", 513), ("largest", u32::MAX)] {
        cases.push((name, size.to_be_bytes().into(), too_large(size)));
    }
    cases.push(("another header", HEADER.into(), too_large(0x414D_5150)));
    cases.push(("http", b"HTTP".into(), too_large(0x4854_5450)));
    for (size, doff) in [(16_u32, 0_u8), (16, 1), (16, 5), (8, 3), (512, 129), (512, 255)] {
        let octets = [&size.to_be_bytes()[..], &[doff, 1, 0, 0]].concat();
        cases.push(("data offset", octets, F::DataOffset { doff, size }));
    }
    cases
}

fn bad_types() -> Vec<Bad> {
    let ok = body(0x44, 1, &[0x50, 0x00]);
    let open = body(0x10, 1, &[0xA1, 1, b'c']);
    let null = [&ok[..], &[0x40]].concat();
    let within = body(0x44, 1, &[0x50, 0x00, 0x40]);
    vec![
        ("amqp heartbeat", frame_of_type(0, &[]), F::Type(0)),
        ("amqp open", frame_of_type(0, &open), F::Type(0)),
        ("outcome in an amqp frame", frame_of_type(0, &ok), F::Type(0)),
        ("type 2", frame_of_type(2, &ok), F::Type(2)),
        ("type 255", frame_of_type(255, &[]), F::Type(255)),
        ("no body", frame(&[]), F::Empty),
        ("extended header, no body", b"\0\0\0\x0c\x03\x01\0\0four".into(), F::Empty),
        ("two values", null, F::Trailing),
        ("two outcomes", [&ok[..], &ok].concat(), F::Trailing),
        ("a value behind the last field", within, F::Trailing),
    ]
    .into_iter()
    .map(|(name, octets, fault)| {
        let octets = if fault == F::Trailing { frame(&octets) } else { octets };
        (name, octets, fault)
    })
    .collect()
}

/// Bodies that are no performative, small and large.
fn bad_bodies() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("null", vec![0x40]),
        ("a list without a descriptor", vec![0xC0, 3, 1, 0x50, 0]),
        ("a descriptor alone", vec![0x00, 0x53, 0x44]),
        ("half a descriptor", vec![0x00, 0x53]),
        ("unknown constructor", vec![0x00, 0x53, 0x44, 0x01]),
        ("unknown number", body(0x45, 1, &[0x50, 0])),
        ("the number of open", body(0x10, 1, &[0x50, 0])),
        ("unknown name", [&[0x00, 0xA3, 14][..], b"amqp:open:list", &[0x45]].concat()),
        ("number of another type", vec![0x00, 0x52, 0x44, 0xC0, 3, 1, 0x50, 0]),
        ("map of fields", vec![0x00, 0x53, 0x44, 0xC1, 1, 0]),
        ("too many fields", body(0x44, 3, &[0x50, 0, 0x40, 0x40])),
        ("fields that are not there", body(0x44, 255, &[0x50, 0])),
        ("outcome without fields", vec![0x00, 0x53, 0x44, 0x45]),
        ("outcome of null", body(0x44, 1, &[0x40])),
        ("outcome of uint", body(0x44, 1, &[0x43])),
        ("outcome of ulong", body(0x44, 1, &[0x44])),
        ("outcome of boolean", body(0x44, 1, &[0x42])),
        ("outcome with a string", body(0x44, 2, &[0x50, 0, 0xA1, 1, b'v'])),
        ("challenge of null", body(0x42, 1, &[0x40])),
        ("challenge of string", body(0x42, 1, &[0xA1, 1, b'c'])),
        ("response without fields", vec![0x00, 0x53, 0x43, 0x45]),
        ("offer of null", body(0x40, 1, &[0x40])),
        ("offer without fields", vec![0x00, 0x53, 0x40, 0x45]),
        ("offer of strings", body(0x40, 1, &array(0xA1, &["PLAIN"]))),
        ("offer of a string", body(0x40, 1, b"\xA1\x05PLAIN")),
        ("offer of binary", body(0x40, 1, &binary(b"PLAIN"))),
        ("offer as a list", body(0x40, 1, b"\xC0\x08\x01\xA3\x05PLAIN")),
        ("offer of nulls", body(0x40, 1, &[0xE0, 2, 3, 0x40])),
        ("offer beyond ascii", body(0x40, 1, &array(0xA3, &["PLAIN", "PL\u{c4}IN"]))),
        ("init without fields", vec![0x00, 0x53, 0x41, 0x45]),
        ("init of null", body(0x41, 1, &[0x40])),
        ("init of a string", body(0x41, 1, b"\xA1\x05PLAIN")),
        ("init with a string", body(0x41, 2, b"\xA3\x05PLAIN\xA1\x01x")),
        ("hostname that is not utf-8", body(0x41, 3, b"\xA3\x05PLAIN\x40\xA1\x02\xC3\x28")),
        ("hostname as a symbol", body(0x41, 3, b"\xA3\x05PLAIN\x40\xA3\x01h")),
        ("symbol beyond ascii", body(0x41, 1, b"\xA3\x02\xC3\x84")),
        ("descriptors all the way", vec![0x00; 500]),
        ("lists in lists", body(0x44, 1, &nested(80))),
        ("arrays in arrays", body(0x44, 1, &nested_arrays(60))),
        ("descriptors in descriptors", described(120)),
        ("a symbol of 4 GiB", b"\x00\xB3\xFF\xFF\xFF\xFFamqp".into()),
        ("a list of 4 GiB", b"\x00\x53\x44\xD0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF".into()),
        ("a binary of 4 GiB", body(0x42, 1, b"\xB0\xFF\xFF\xFF\xFFx")),
        ("an array of 4 billion", body(0x40, 1, b"\xF0\0\0\0\x05\xFF\xFF\xFF\xFF\xA3")),
        ("4 billion of nothing", body(0x40, 1, b"\xF0\0\0\0\x05\xFF\xFF\xFF\xFF\x41")),
        ("an array of 255 in 2", body(0x40, 1, &[0xE0, 2, 255, 0xA3])),
        ("an element beyond its array", body(0x40, 1, b"\xE0\x04\x01\xA3\xFFP")),
    ]
}

/// Lists of one list each.
fn nested(levels: u8) -> Vec<u8> {
    (0..levels).fold(vec![0x45], |inner, _| {
        let size = u8::try_from(inner.len() + 1).unwrap();
        [&[0xC0, size, 1], &inner[..]].concat()
    })
}

/// Arrays of one array each: each level gives the constructor and the next one's size.
fn nested_arrays(levels: u8) -> Vec<u8> {
    (0..levels).fold(vec![0xE0, 1, 0], |inner, _| {
        let size = u8::try_from(inner.len() + 1).unwrap();
        [&[0xE0, size, 1], &inner[..]].concat()
    })
}

/// A descriptor that is described itself, and so on.
fn described(levels: usize) -> Vec<u8> {
    [vec![0x00; levels], vec![0x53, 0x44], vec![0x45; levels]].concat()
}
