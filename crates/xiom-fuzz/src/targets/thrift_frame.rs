//! Frames of Thrift after the negotiation.

use core::fmt::Write;

use xiom_thrift_codec::{Frame, FrameHeader};

use super::thrift_message::{counted, needed};
use crate::dictionary::Dictionary;
use crate::{Seed, Target, oracle};

//= fuzz SRS_THRIFT_SASL_01_030
/// Decodes any octets; compares with a reader of its own; encodes again.
pub const TARGET: Target = Target {
    explain,
    seeds,
    dictionary: Dictionary::Thrift,
    memory: 16 << 10,
    longest: 1024,
    ..Target::new(
        "thrift_frame",
        "frames of Thrift after the negotiation: any octets, any cut",
        run,
    )
};

/// What the target allows for a frame; small, so that the fuzzer meets it.
const LIMIT: u32 = 300;

fn run(input: &[u8]) {
    let decoded = oracle::stream(input, |input| Frame::decode(input, LIMIT), needed);
    assert_eq!(decoded.map(|(rest, it)| (rest, it.data)), counted(input, LIMIT));
    let Ok((rest, frame)) = decoded else { return };
    let length = u32::try_from(frame.data.len()).unwrap_or(u32::MAX);
    let body = input.strip_prefix(&FrameHeader { length }.encode()).unwrap_or_default();
    assert_eq!(body.strip_prefix(frame.data), Some(rest));
    if oracle::sampled(input) {
        let other = oracle::another(frame.data);
        oracle::redacted(&frame, &Frame { data: &other });
    }
}

fn explain(input: &[u8]) -> String {
    let (mut rest, mut lines) = (input, String::new());
    loop {
        match Frame::decode(rest, LIMIT) {
            Ok((after, Frame { data })) => {
                let _infallible = writeln!(lines, "frame of {} octets", data.len());
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
    vec![
        Seed::new("empty", [0; 4]),
        Seed::new("two", *b"\x00\x00\x00\x02hi\x00\x00\x00\x00"),
        Seed::new("too-large", *b"\x7f\xff\xff\xff"),
        Seed::new("cut", *b"\x00\x00\x00\x05PLAI"),
    ]
}
