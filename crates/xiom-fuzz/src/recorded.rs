//! Recorded handshakes as seeds: lines of JSON, a message or a frame each, in hexadecimal.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use xiom_fuzz::Seed;
use xiom_thrift_codec::{FrameHeader, Message, Status};

/// What `wire` makes of the lines in the `.jsonl` files of `folder`, each once.
pub(crate) fn seeds(folder: &Path, wire: fn(&Value) -> Option<Vec<u8>>) -> Result<Vec<Seed>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        files.push(entry?.path());
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let mut seeds: Vec<Seed> = Vec::new();
    for path in files {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        for (number, line) in (1..).zip(fs::read_to_string(&path)?.lines()) {
            let octets = wire(&serde_json::from_str(line)?);
            let is_new = |octets: &Vec<u8>| seeds.iter().all(|seed| seed.octets != *octets);
            if let Some(octets) = octets.filter(is_new) {
                seeds.push(Seed::new(format!("{name}-{number}"), octets));
            }
        }
    }
    Ok(seeds)
}

/// The octets of a line, if it is a message of the negotiation.
pub(crate) fn message(line: &Value) -> Option<Vec<u8>> {
    let named = line.get("status")?.as_str()?;
    let status = Status::ALL.into_iter().find(|status| status.to_string() == named)?;
    let payload = octets(line.get("payload")?)?;
    let header = Message { status, payload: &payload }.header();
    Some([&header.encode()[..], &payload].concat())
}

/// The octets of a line, if it is a frame.
pub(crate) fn frame(line: &Value) -> Option<Vec<u8>> {
    let data = octets(line.get("frame")?)?;
    let length = u32::try_from(data.len()).ok()?;
    Some([&FrameHeader { length }.encode()[..], &data].concat())
}

/// What hexadecimal digits say.
fn octets(digits: &Value) -> Option<Vec<u8>> {
    let octet = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    digits.as_str()?.as_bytes().chunks(2).map(octet).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_line_is_a_message_or_a_frame() {
        let line = serde_json::json!({"from": "server", "status": "BAD", "payload": "6e6f"});
        assert_eq!(message(&line).unwrap(), b"\x03\x00\x00\x00\x02no");
        assert_eq!(frame(&line), None);
        let line = serde_json::json!({"from": "client", "frame": "6e6f"});
        assert_eq!(frame(&line).unwrap(), b"\x00\x00\x00\x02no");
        assert_eq!(message(&line), None);
        let line = serde_json::json!({"from": "client", "end": true});
        assert_eq!((message(&line), frame(&line)), (None, None));
    }
}
