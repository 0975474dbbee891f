//! Frames: known octets, each length, each cut.

use xiom_thrift_codec::{DecodeError, Frame, FrameHeader, MAX_LENGTH};

//= test SRS_THRIFT_SASL_01_030, SRS_THRIFT_SASL_01_002
#[test]
fn a_frame_is_a_length_and_that_many_octets() {
    let data = [9; 0x0102];
    let octets = [&[0, 0, 1, 2][..], &data, b"next"].concat();
    let (rest, frame) = Frame::decode(&octets, MAX_LENGTH).unwrap();
    assert_eq!((rest, frame.data), (&b"next"[..], &data[..]));
    let header = FrameHeader { length: 0x0102 };
    assert_eq!(header.encode(), [0, 0, 1, 2]);
    assert_eq!(FrameHeader::decode(&octets, MAX_LENGTH), Ok((&octets[4..], header)));
}

#[test]
fn a_frame_may_be_empty() {
    assert_eq!(Frame::decode(b"\0\0\0\0", 1), Ok((&b""[..], Frame { data: b"" })));
}

//= test SRS_THRIFT_SASL_50_027
#[test]
fn each_cut_says_how_much_is_missing_at_least() {
    let octets = b"\0\0\0\x03abc";
    for end in 0..octets.len() {
        let needed = if end < 4 { 4 - end } else { 7 - end };
        let incomplete = Err(DecodeError::Incomplete { needed });
        assert_eq!(Frame::decode(&octets[..end], 3).map(|_| ()), incomplete, "{end}");
    }
}

//= test SRS_THRIFT_SASL_50_027, SRS_THRIFT_SASL_50_030
#[test]
fn a_length_is_judged_on_its_own_octets() {
    for length in [0, 1, 16_384_000, 16_384_001, 0x7FFF_FFFF, 0x8000_0000, u32::MAX] {
        for limit in [1, 16_384_000, 0x7FFF_FFFF, u32::MAX] {
            let kept = limit.min(MAX_LENGTH);
            let octets = length.to_be_bytes();
            let decoded = FrameHeader::decode(&octets, limit);
            if length <= kept {
                assert_eq!(decoded, Ok((&b""[..], FrameHeader { length })));
            } else {
                let fault = DecodeError::TooLarge { size: length, limit: kept };
                assert_eq!(decoded, Err(fault));
                assert_eq!(Frame::decode(&octets, limit), Err(fault));
            }
        }
    }
}

#[test]
fn data_is_shown_by_its_size() {
    assert_eq!(format!("{:?}", Frame { data: b"tanstaaf" }), "Frame { data: [8 octets] }");
}
