//! Messages of the Thrift negotiation, and the name in START.

use core::fmt::Write;

use xiom_thrift_codec::{DecodeError, Header, MechanismName, Message, Status};

use crate::dictionary::Dictionary;
use crate::{Seed, Target, oracle};

//= fuzz SRS_THRIFT_SASL_01_001, SRS_THRIFT_SASL_01_002, SRS_THRIFT_SASL_01_004
//= fuzz SRS_THRIFT_SASL_50_051
/// Decodes any octets; compares with a reader of its own; encodes again.
pub const TARGET: Target = Target {
    explain,
    seeds,
    dictionary: Dictionary::Thrift,
    memory: 16 << 10,
    longest: 1024,
    ..Target::new("thrift_message", "messages of the Thrift negotiation: any octets, any cut", run)
};

/// What the target allows for a payload; small, so that the fuzzer meets it.
const LIMIT: u32 = 300;

fn run(input: &[u8]) {
    let decoded = oracle::stream(input, |input| Message::decode(input, LIMIT), needed);
    assert_eq!(decoded.map(|(rest, it)| (rest, it.status.octet(), it.payload)), plain(input));
    if let Ok((rest, message)) = decoded {
        again(input, rest, &message);
    }
}

/// Encoding gives the octets back, and nothing shows the payload.
fn again(input: &[u8], rest: &[u8], message: &Message<'_>) {
    let header = message.header();
    let body = input.strip_prefix(&header.encode()).unwrap_or_default();
    assert_eq!(body.strip_prefix(message.payload), Some(rest));
    assert_eq!(Header::decode(input, LIMIT), Ok((body, header)));
    if oracle::sampled(input) {
        let other = oracle::another(message.payload);
        oracle::redacted(message, &Message { payload: &other, ..*message });
    }
    let named = MechanismName::new(message.payload);
    assert_eq!(named.is_ok(), is_name(message.payload));
    if let Ok(name) = named {
        assert_eq!(name.as_str().as_bytes(), message.payload);
    }
}

/// How many octets mend the fault.
pub(super) fn needed(fault: &DecodeError) -> Option<usize> {
    if let DecodeError::Incomplete { needed } = fault { Some(*needed) } else { None }
}

/// The same message, read by the words of the protocol's description and nothing of the codec.
fn plain(input: &[u8]) -> Result<(&[u8], u8, &[u8]), DecodeError> {
    let incomplete = |needed| Err(DecodeError::Incomplete { needed });
    let Some((status, rest)) = input.split_first() else { return incomplete(1) };
    if !(1..=5).contains(status) {
        return Err(DecodeError::UnknownStatus(*status));
    }
    let (rest, payload) = counted(rest, LIMIT)?;
    Ok((rest, *status, payload))
}

/// Four octets of length, most significant first, and so many octets.
pub(super) fn counted(input: &[u8], limit: u32) -> Result<(&[u8], &[u8]), DecodeError> {
    let Some((length, rest)) = input.split_first_chunk::<4>() else {
        return Err(DecodeError::Incomplete { needed: 4_usize.saturating_sub(input.len()) });
    };
    let size = length.iter().fold(0, |sum, octet| sum << 8 | u32::from(*octet));
    if limit < size {
        return Err(DecodeError::TooLarge { size, limit });
    }
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    match rest.split_at_checked(size) {
        Some((data, rest)) => Ok((rest, data)),
        None => Err(DecodeError::Incomplete { needed: size.saturating_sub(rest.len()) }),
    }
}

/// `1*20(%x41-5A / DIGIT / "-" / "_")` (RFC 4422, section 3.1)
fn is_name(octets: &[u8]) -> bool {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    !octets.is_empty() && octets.len() <= 20 && octets.iter().all(|it| alphabet.contains(it))
}

fn explain(input: &[u8]) -> String {
    let (mut rest, mut lines) = (input, String::new());
    loop {
        match Message::decode(rest, LIMIT) {
            Ok((after, message)) => {
                let _infallible = writeln!(lines, "{message}");
                rest = after;
            }
            Err(fault) => {
                let _infallible = writeln!(lines, "{} octets: {fault}", rest.len());
                return lines;
            }
        }
    }
}

fn seeds() -> Vec<Seed> {
    let message = |status, payload: &[u8]| {
        let message = Message { status, payload };
        [&message.header().encode()[..], payload].concat()
    };
    let of_each = Status::ALL.map(|status| {
        Seed::new(status.to_string().to_ascii_lowercase(), message(status, b"PLAIN"))
    });
    let plain = [
        message(Status::Start, b"PLAIN"),
        message(Status::Ok, b"\0user\0pencil"),
        message(Status::Complete, b""),
    ];
    let mut seeds = of_each.to_vec();
    seeds.push(Seed::new("plain-login", plain.concat()));
    seeds.push(Seed::new("too-large", *b"\x02\x7f\xff\xff\xff"));
    seeds.push(Seed::new("http", *b"HTTP/1.1 400 Bad Request"));
    seeds
}
