//! Every input of up to three octets: no panic, no disagreement between decoding and encoding.

use xiom_amqp_codec::{DecodeError, Frame, Performative, ProtocolHeader, Value};

fn every_input(mut check: impl FnMut(&[u8])) {
    check(&[]);
    for a in 0..=u8::MAX {
        check(&[a]);
        for b in 0..=u8::MAX {
            check(&[a, b]);
            for c in 0..=u8::MAX {
                check(&[a, b, c]);
            }
        }
    }
}

//= test SRS_AMQP_CODEC_01_036, SRS_AMQP_CODEC_01_037
#[test]
fn values() {
    let mut out = Vec::new();
    let mut good = 0_u32;
    every_input(|input| {
        if let Ok(value) = Value::decode(input) {
            good += 1;
            out.clear();
            value.encode(&mut out);
            assert!(out.len() <= input.len(), "{input:02X?}");
            assert_eq!(out.len(), value.encoded_len(), "{input:02X?}");
            assert_eq!(Value::decode(&out), Ok(value), "{input:02X?}");
        }
    });
    // Counted by hand from section 1.6.
    let one_octet = 6; // null, true, false, uint0, ulong0, list0
    let two_octets = 6 * 256 + 2 + 3; // six numbers, two booleans, three empty texts
    let shorts = 2 * 65_536;
    let texts = 256 + 128 + 128; // binary, UTF-8, ASCII
    let compounds = 2; // a list and a map of nothing
    let described = 6 * 6;
    assert_eq!(good, one_octet + two_octets + shorts + texts + compounds + described);
}

//= test SRS_AMQP_CODEC_01_012
#[test]
fn bodies_of_sasl_frames() {
    every_input(|input| {
        let prefixes: [&[u8]; 3] = [b"", b"\x00\x53\x40", b"\x00\x53\x44\xC0"];
        for prefix in prefixes {
            let body = [prefix, input].concat();
            match Performative::decode(&body) {
                Ok(performative) => assert!(performative.encoded_len() <= body.len() + 3),
                Err(error) => assert!(!matches!(error, DecodeError::Incomplete { .. })),
            }
        }
    });
}

//= test SRS_AMQP_CODEC_01_012
#[test]
fn beginnings_of_a_connection() {
    every_input(|input| {
        let incomplete = |error| matches!(error, DecodeError::Incomplete { .. });
        let header = ProtocolHeader::decode(input);
        assert_eq!(header.is_err_and(incomplete), b"AMQ".starts_with(input));
        assert_eq!(
            Frame::decode(input, 512),
            Err(DecodeError::Incomplete { needed: 4 - input.len() })
        );
    });
}
