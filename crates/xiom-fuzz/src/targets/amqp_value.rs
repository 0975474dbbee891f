//! Values of the AMQP type system: any octets.

use xiom_amqp_codec::{DecodeError, Limits, List, Map, Value};

use crate::dictionary::Dictionary;
use crate::{Seed, Target, oracle};

//= fuzz SRS_AMQP_CODEC_01_002, SRS_AMQP_CODEC_01_003, SRS_AMQP_CODEC_01_012
/// Decodes any octets; what is a value is encoded again, in fewer octets or as many, and is the same.
pub const TARGET: Target = Target {
    explain,
    seeds,
    dictionary: Dictionary::Amqp,
    longest: 2048,
    ..Target::new(
        "amqp_value",
        "values of AMQP 1.0: any octets, and the smallest form of them",
        run,
    )
};

/// The default, except that elements which take no octets are few: each is visited several times, and an
/// engine likes to make sixty thousand of them.
const LIMITS: Limits = Limits { depth: 32, zero_width: 64 };
/// Limits that a fuzzer meets soon.
const TIGHT: Limits = Limits { depth: 3, zero_width: 9 };

fn run(input: &[u8]) {
    let decoded = Value::decode_with(input, LIMITS);
    tight(input, &decoded);
    let Ok((rest, value)) = decoded else {
        assert!(!matches!(decoded, Err(DecodeError::Incomplete { .. })), "values do not stream");
        return;
    };
    assert!(input.ends_with(rest), "the rest is not the end of the input");
    let octets = input.get(..input.len().saturating_sub(rest.len())).unwrap_or_default();
    let part = octets.get(..oracle::cut(octets)).unwrap_or_default();
    let of_part = Value::decode_with(part, LIMITS);
    if part.len() < octets.len() {
        assert!(of_part.is_err(), "a value from a part of it");
        assert!(!matches!(of_part, Err(DecodeError::Incomplete { .. })), "values do not stream");
    }
    smallest(&value, octets.len());
}

/// Tighter limits change nothing but what they refuse.
fn tight(input: &[u8], usual: &Result<(&[u8], Value<'_>), DecodeError>) {
    let decoded = Value::decode_with(input, TIGHT);
    match decoded {
        Err(DecodeError::Depth { limit }) => assert_eq!(limit, TIGHT.depth),
        Err(DecodeError::ZeroWidth { limit, .. }) => assert_eq!(limit, TIGHT.zero_width),
        other => assert_eq!(other, *usual),
    }
}

/// The smallest form of `value`, which was read from `read` octets, is not longer, and means the same.
pub(super) fn smallest(value: &Value<'_>, read: usize) {
    let mut out = Vec::with_capacity(read);
    value.encode(&mut out);
    assert_eq!(out.len(), value.encoded_len());
    assert!(out.len() <= read, "{} octets from {read}", out.len());
    let again = Value::decode(&out);
    assert_eq!(again, Ok(*value), "another value after encoding");
    let Ok(again) = again else { return };
    assert_eq!(oracle::hash(&again), oracle::hash(value), "equal values, different hashes");
    let mut twice = Vec::with_capacity(out.len());
    again.encode(&mut twice);
    assert_eq!(twice, out, "the smallest form has another form");
    if let Value::List(list) = value {
        let items: Vec<_> = list.iter().collect();
        assert_eq!(items.len(), list.len());
        assert_eq!(Value::List(List::new(&items)), *value);
    } else if let Value::Map(map) = value {
        let entries: Vec<_> = map.iter().collect();
        assert_eq!(entries.len(), map.len());
        assert_eq!(Value::Map(Map::new(&entries)), *value);
    } else if let Value::Binary(octets) = value {
        oracle::redacted(value, &Value::Binary(&oracle::another(octets)));
    }
}

pub(super) fn explain(input: &[u8]) -> String {
    match Value::decode_prefix(input) {
        Ok((rest, value)) => format!("{value}\n{} octets left\n", rest.len()),
        Err(fault) => format!("{fault}\n{}", crate::target::octets(input)),
    }
}

pub(super) fn seeds() -> Vec<Seed> {
    let octets: [(&str, &[u8]); 16] = [
        ("null", b"\x40"),
        ("true", b"\x56\x01"),
        ("uint", b"\x70\x00\x00\x00\x05"),
        ("ulong", b"\x80\x00\x00\x00\x00\x00\x00\x00\x05"),
        ("long", b"\x81\xff\xff\xff\xff\xff\xff\xff\xfb"),
        ("double", b"\x82\x3f\xf8\x00\x00\x00\x00\x00\x00"),
        ("char", b"\x73\x00\x01\xf6\x00"),
        ("uuid", b"\x98\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"),
        ("binary", b"\xb0\x00\x00\x00\x03\x01\x02\x03"),
        ("string", b"\xa1\x05hello"),
        ("symbol", b"\xa3\x05PLAIN"),
        ("list", b"\xc0\x0a\x03\x52\x05\xa1\x04five\x40"),
        ("map", b"\xc1\x0a\x04\xa3\x01a\x41\xa3\x01b\x54\xff"),
        ("array", b"\xe0\x0e\x02\xa3\x05queue\x05topic"),
        ("array-described", b"\xf0\x00\x00\x00\x0a\x00\x00\x00\x02\x00\x53\x01\x50\x01\x02"),
        ("described", b"\x00\xa3\x03a:b\xd0\x00\x00\x00\x05\x00\x00\x00\x01\x42"),
    ];
    octets.map(|(name, octets)| Seed::new(name, octets)).to_vec()
}
