//! What Thrift SASL peers say, as octets, and read again: by arithmetic of its own, not by the shipped codec.

/// The client names its mechanism.
pub const START: u8 = 1;
/// The exchange goes on.
pub const OK: u8 = 2;
/// Understood, and refused.
pub const BAD: u8 = 3;
/// Not understood.
pub const ERROR: u8 = 4;
/// This side has come to its good end.
pub const COMPLETE: u8 = 5;

/// A message of the negotiation.
#[must_use]
pub fn message(status: u8, payload: &[u8]) -> Vec<u8> {
    [&[status], &frame(payload)[..]].concat()
}

/// A frame.
#[must_use]
pub fn frame(data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), data].concat()
}

/// The head of a message that announces so much.
#[must_use]
pub fn announced(status: u8, length: u32) -> Vec<u8> {
    [&[status], &length.to_be_bytes()[..]].concat()
}

/// The number that four octets are; fewer are the beginning of one.
#[must_use]
pub fn number(octets: &[u8]) -> u32 {
    octets.iter().fold(0, |sum, octet| sum << 8 | u32::from(*octet))
}

/// The status and the payload of each message; what is none is left out.
#[must_use]
pub fn messages(mut octets: &[u8]) -> Vec<(u8, &[u8])> {
    let mut messages = Vec::new();
    while let Some((&status, rest)) = octets.split_first() {
        let Some((length, rest)) = rest.split_at_checked(4) else { break };
        let length = usize::try_from(number(length)).unwrap_or(usize::MAX);
        let Some((payload, rest)) = rest.split_at_checked(length) else { break };
        messages.push((status, payload));
        octets = rest;
    }
    messages
}

/// The name of a status.
#[must_use]
pub const fn name(status: u8) -> &'static str {
    match status {
        START => "START",
        OK => "OK",
        BAD => "BAD",
        ERROR => "ERROR",
        COMPLETE => "COMPLETE",
        _ => "an unknown status",
    }
}

/// The names of messages and frames; no frame here is so long that its length begins with a status.
#[must_use]
pub fn told(mut octets: &[u8]) -> Vec<&'static str> {
    let mut words = Vec::new();
    while let Some((&first, rest)) = octets.split_first() {
        let (word, head) = if first == 0 { ("a frame", octets) } else { (name(first), rest) };
        words.push(word);
        let length = head
            .get(..4)
            .map_or(usize::MAX, |it| usize::try_from(number(it)).unwrap_or(usize::MAX));
        octets = head.get(4_usize.saturating_add(length)..).unwrap_or_default();
    }
    words
}
