//! Frames and protocol headers of AMQP: any octets, cut anywhere.

use core::fmt::Write;

use xiom_amqp_codec::{
    DecodeError, Frame, FrameHeader, FrameType, MIN_MAX_FRAME_SIZE, ProtocolHeader,
};

use crate::dictionary::Dictionary;
use crate::{Seed, Target, oracle};

//= fuzz SRS_AMQP_CODEC_01_001, SRS_AMQP_CODEC_01_017, SRS_AMQP_CODEC_01_018
//= fuzz SRS_AMQP_CODEC_01_049
/// Decodes any octets as a protocol header and as a frame.
pub const TARGET: Target = Target {
    explain,
    seeds,
    dictionary: Dictionary::Amqp,
    memory: 16 << 10,
    longest: 1024,
    ..Target::new("amqp_frame", "frames and protocol headers of AMQP 1.0: any octets, any cut", run)
};

fn run(input: &[u8]) {
    if let Ok((rest, header)) = oracle::stream(input, ProtocolHeader::decode, needed) {
        assert_eq!(input.strip_prefix(&header.encode()), Some(rest));
    }
    let decode = |input| Frame::decode(input, MIN_MAX_FRAME_SIZE);
    let Ok((rest, frame)) = oracle::stream(input, decode, needed) else { return };
    let Frame { header, extended_header, body } = frame;
    let parts = input.strip_prefix(&header.encode());
    let parts = parts.and_then(|octets| octets.strip_prefix(extended_header));
    let parts = parts.and_then(|octets| octets.strip_prefix(body));
    assert_eq!(parts, Some(rest), "the parts of a frame are not the frame");
    assert!(header.size <= MIN_MAX_FRAME_SIZE);
    let of_header = FrameHeader::decode(input, MIN_MAX_FRAME_SIZE).map(|(_, it)| it);
    assert_eq!(of_header, Ok(header));
    if extended_header.is_empty() && header.type_specific == 0 {
        assert_eq!(FrameHeader::new(header.frame_type, body.len()), header);
    }
    if oracle::sampled(input) {
        let (extended, other) = (oracle::another(extended_header), oracle::another(body));
        oracle::redacted(&frame, &Frame { header, extended_header: &extended, body: &other });
    }
}

/// How many octets mend the fault.
pub(super) fn needed(fault: &DecodeError) -> Option<usize> {
    if let DecodeError::Incomplete { needed } = fault { Some(*needed) } else { None }
}

fn explain(input: &[u8]) -> String {
    let (mut rest, mut lines) = (input, String::new());
    loop {
        let _infallible = match ProtocolHeader::decode(rest) {
            Ok((after, header)) => {
                rest = after;
                writeln!(lines, "{header}")
            }
            Err(no_header) => match Frame::decode(rest, MIN_MAX_FRAME_SIZE) {
                Ok((after, frame)) => {
                    rest = after;
                    writeln!(lines, "{}", frame.header)
                }
                Err(no_frame) => {
                    let _infallible =
                        writeln!(lines, "{} octets: {no_header}; {no_frame}", rest.len());
                    return lines;
                }
            },
        };
    }
}

fn seeds() -> Vec<Seed> {
    let header = |frame_type, body: &[u8]| {
        [&FrameHeader::new(frame_type, body.len()).encode()[..], body].concat()
    };
    vec![
        Seed::new(
            "headers",
            [ProtocolHeader::TLS, ProtocolHeader::SASL, ProtocolHeader::AMQP]
                .map(ProtocolHeader::encode)
                .concat(),
        ),
        Seed::new("heartbeat", header(FrameType::Amqp, b"")),
        Seed::new("sasl", header(FrameType::Sasl, b"\x00\x53\x44\xc0\x03\x01\x50\x00")),
        Seed::new("extended", *b"\0\0\0\x0e\x03\x00\0\x07\x01\x02\x03\x04\x40\x41"),
        Seed::new("too-large", *b"HTTP/1.1 400"),
    ]
}
