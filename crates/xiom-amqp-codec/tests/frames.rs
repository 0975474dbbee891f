//! Known octets of frames (part 2, section 2.3) and protocol headers (part 2, section 2.2; part 5, section 5.3.1).

use proptest::prelude::*;
use xiom_amqp_codec::{
    DecodeError as E, Frame, FrameHeader, FrameType, ProtocolHeader, ProtocolId, Value,
};

//= test SRS_AMQP_CODEC_01_001, SRS_AMQP_CODEC_01_003, SRS_AMQP_CODEC_01_013
//= test SRS_AMQP_CODEC_01_016
#[test]
fn protocol_headers() {
    let cases = [
        (*b"AMQP\x00\x01\x00\x00", ProtocolHeader::AMQP, "AMQP 1.0.0"),
        (*b"AMQP\x02\x01\x00\x00", ProtocolHeader::TLS, "AMQP TLS 1.0.0"),
        (*b"AMQP\x03\x01\x00\x00", ProtocolHeader::SASL, "AMQP SASL 1.0.0"),
        (
            *b"AMQP\x00\x00\x09\x01",
            ProtocolHeader { id: ProtocolId::Amqp, major: 0, minor: 9, revision: 1 },
            "AMQP 0.9.1",
        ),
    ];
    for (octets, header, name) in cases {
        assert_eq!(ProtocolHeader::decode(&octets), Ok((&[][..], header)));
        assert_eq!(header.encode(), octets);
        assert_eq!(header.to_string(), name);
        for cut in 0..octets.len() {
            let needed = octets.len() - cut;
            assert_eq!(ProtocolHeader::decode(&octets[..cut]), Err(E::Incomplete { needed }));
        }
    }
    assert_eq!(ProtocolHeader::decode(b"AMQP\x03\x01\x00\x00\x00").unwrap().0, [0]);
}

//= test SRS_AMQP_CODEC_01_014, SRS_AMQP_CODEC_01_015
#[test]
fn another_protocol_is_told_at_its_first_wrong_octet() {
    for octets in
        [&b"H"[..], b"HTT", b"\x16\x03\x01", b"AMX", b"AMQp\x00\x01\x00\x00", b"\x00\x00\x00\x08"]
    {
        assert_eq!(ProtocolHeader::decode(octets), Err(E::NotAmqp), "{octets:02X?}");
    }
    assert_eq!(
        ProtocolHeader::decode(b"AMQP\x01"),
        Err(E::UnknownProtocol(1)),
        "AMQP 0-10 over TCP"
    );
    assert_eq!(ProtocolHeader::decode(b"AMQP\xFF\x01\x00\x00"), Err(E::UnknownProtocol(255)));
}

//= test SRS_AMQP_CODEC_01_003, SRS_AMQP_CODEC_01_019, SRS_AMQP_CODEC_01_049
#[test]
fn an_amqp_frame_with_an_extended_header() {
    // Figure 2.14: the body begins where the data offset says.
    let input = b"\x00\x00\x00\x11\x03\x00\x00\x07skip\x00\x53\x18\x45Xrest";
    let (rest, frame) = Frame::decode(input, 512).unwrap();
    assert_eq!(rest, b"rest");
    assert_eq!(frame.header.type_specific, 7);
    assert_eq!(frame.extended_header, b"skip");
    assert_eq!(frame.header.to_string(), "amqp-frame(size=17, doff=3, channel=7)");
    let (payload, performative) = Value::decode_prefix(frame.body).unwrap();
    assert_eq!(performative.to_string(), "@0x18 ()");
    assert_eq!(payload, b"X");
    assert!(!format!("{frame:?}").contains("skip"));
}

//= test SRS_AMQP_CODEC_01_001, SRS_AMQP_CODEC_01_004, SRS_AMQP_CODEC_01_017
//= test SRS_AMQP_CODEC_01_018, SRS_AMQP_CODEC_01_020
#[test]
fn malformed_frames() {
    let cases: &[(&[u8], E)] = &[
        (b"\x00\x00\x00", E::Incomplete { needed: 1 }),
        (b"\x00\x00\x00\x00", E::FrameSize(0)),
        (b"\x00\x00\x00\x01", E::FrameSize(1)),
        (b"\x00\x00\x00\x02", E::FrameSize(2)),
        (b"\x00\x00\x00\x03", E::FrameSize(3)),
        (b"\x00\x00\x00\x04", E::FrameSize(4)),
        (b"\x00\x00\x00\x05", E::FrameSize(5)),
        (b"\x00\x00\x00\x06", E::FrameSize(6)),
        (b"\x00\x00\x00\x07", E::FrameSize(7)),
        (b"\x00\x00\x02\x00", E::Incomplete { needed: 4 }),
        (b"\x00\x00\x02\x01", E::TooLarge { size: 513, limit: 512 }),
        (b"\xFF\xFF\xFF\xFF", E::TooLarge { size: u32::MAX, limit: 512 }),
        (b"AMQP", E::TooLarge { size: 0x414D_5150, limit: 512 }),
        (b"\x00\x00\x00\x10\x00\x00\x00\x00", E::DataOffset { doff: 0, size: 16 }),
        (b"\x00\x00\x00\x10\x01\x00\x00\x00", E::DataOffset { doff: 1, size: 16 }),
        (b"\x00\x00\x00\x10\x05\x00\x00\x00", E::DataOffset { doff: 5, size: 16 }),
        (b"\x00\x00\x00\x08\xFF\x00\x00\x00", E::DataOffset { doff: 255, size: 8 }),
        (b"\x00\x00\x00\x10\x02\x02\x00\x00", E::FrameType(2)),
        (b"\x00\x00\x00\x10\x04\x00\x00\x00", E::Incomplete { needed: 8 }),
    ];
    for (octets, error) in cases {
        assert_eq!(Frame::decode(octets, 512), Err(*error), "{octets:02X?}");
    }
}

proptest! {
    //= test SRS_AMQP_CODEC_01_001, SRS_AMQP_CODEC_01_019
    #[test]
    fn every_strict_prefix_of_a_frame_is_incomplete(
        channel: u16,
        words in 0_u8..8,
        body in prop::collection::vec(any::<u8>(), 0..300),
        cut: prop::sample::Index,
    ) {
        let extended = vec![0xEE; usize::from(words) * 4];
        let mut header = FrameHeader::new(FrameType::Amqp, extended.len() + body.len());
        header.doff += words;
        header.type_specific = channel;
        let octets = [&header.encode()[..], &extended, &body].concat();

        let (rest, frame) = Frame::decode(&octets, 512).unwrap();
        prop_assert!(rest.is_empty());
        prop_assert_eq!(frame, Frame { header, extended_header: &extended, body: &body });

        let cut = cut.index(octets.len());
        let Err(E::Incomplete { needed }) = Frame::decode(&octets[..cut], 512) else {
            return Err(TestCaseError::fail("a prefix is no frame"));
        };
        prop_assert!((1..=octets.len() - cut).contains(&needed));
    }

    //= test SRS_AMQP_CODEC_01_012
    #[test]
    fn no_octets_panic(octets in prop::collection::vec(any::<u8>(), 0..64), limit: u32) {
        let _ = Frame::decode(&octets, limit);
        let _ = ProtocolHeader::decode(&octets);
    }
}
