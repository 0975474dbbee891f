//! Octets of messages and frames, written down without the codec.

pub(crate) const START: u8 = 1;
pub(crate) const OK: u8 = 2;
pub(crate) const BAD: u8 = 3;
pub(crate) const ERROR: u8 = 4;
pub(crate) const COMPLETE: u8 = 5;

/// The statuses that there are not, HTTP and TLS among them.
pub(crate) const UNKNOWN: [u8; 6] = [0, 6, 22, b'H', 0x80, 255];

/// A message: status, length, payload.
pub(crate) fn message(status: u8, payload: &[u8]) -> Vec<u8> {
    [&[status][..], &frame(payload)].concat()
}

/// A frame: length, data.
pub(crate) fn frame(data: &[u8]) -> Vec<u8> {
    [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], data].concat()
}

/// The statuses and payloads of messages that follow one another, and nothing behind them.
pub(crate) fn parse(mut octets: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut messages = Vec::new();
    while let Some((status, rest)) = octets.split_first() {
        let (payload, rest) = split_frame(rest);
        messages.push((*status, payload.to_vec()));
        octets = rest;
    }
    messages
}

/// The data of the first frame, and the octets behind it.
pub(crate) fn split_frame(octets: &[u8]) -> (&[u8], &[u8]) {
    let (length, rest) = octets.split_first_chunk().unwrap();
    rest.split_at(usize::try_from(u32::from_be_bytes(*length)).unwrap())
}

/// The data of frames that follow one another, and nothing behind them.
pub(crate) fn parse_frames(mut octets: &[u8]) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    while !octets.is_empty() {
        let (data, rest) = split_frame(octets);
        frames.push(data.to_vec());
        octets = rest;
    }
    frames
}

/// The octets of the first `count` of these messages.
pub(crate) fn first(messages: &[(u8, Vec<u8>)], count: usize) -> Vec<u8> {
    messages[..count].iter().flat_map(|(status, payload)| message(*status, payload)).collect()
}

/// The statuses of messages that follow one another.
pub(crate) fn statuses(octets: &[u8]) -> Vec<u8> {
    parse(octets).into_iter().map(|(status, _)| status).collect()
}
