//! Messages of the negotiation: known octets, each status, each length, each cut.

use xiom_thrift_codec::{DecodeError, Header, MAX_LENGTH, MechanismName, Message, Status};

//= test SRS_THRIFT_SASL_01_004
#[test]
fn the_statuses_are_those_of_the_specification() {
    let names = ["START", "OK", "BAD", "ERROR", "COMPLETE"];
    for (at, status) in Status::ALL.into_iter().enumerate() {
        let octet = u8::try_from(at + 1).unwrap();
        assert_eq!((status.octet(), status.to_string()), (octet, names[at].into()));
        assert_eq!(Status::from_octet(octet), Ok(status));
    }
    for octet in (0..=u8::MAX).filter(|octet| !(1..=5).contains(octet)) {
        assert_eq!(Status::from_octet(octet), Err(DecodeError::UnknownStatus(octet)));
        let input = [octet, 0, 0, 0, 0];
        // The first octet decides, whatever follows and whether it follows.
        for end in 1..=input.len() {
            let fault = Err(DecodeError::UnknownStatus(octet));
            assert_eq!(Header::decode(&input[..end], 0), fault);
            assert_eq!(Message::decode(&input[..end], 0).map(|_| ()), fault.map(|_| ()));
        }
    }
}

//= test SRS_THRIFT_SASL_01_001, SRS_THRIFT_SASL_01_002, SRS_THRIFT_SASL_01_003
#[test]
fn a_message_is_a_status_a_length_and_the_payload() {
    let payload = vec![7; 0x01_0203];
    let octets = [&[2, 0, 1, 2, 3][..], &payload, b"next"].concat();
    let (rest, message) = Message::decode(&octets, MAX_LENGTH).unwrap();
    assert_eq!((rest, message.status, message.payload), (&b"next"[..], Status::Ok, &payload[..]));
    assert_eq!(message.header().encode(), [2, 0, 1, 2, 3]);
    let header = Header { status: Status::Ok, length: 0x01_0203 };
    assert_eq!(Header::decode(&octets, MAX_LENGTH).unwrap().1, header);
}

//= test SRS_THRIFT_SASL_01_003
#[test]
fn a_message_may_be_empty() {
    for status in Status::ALL {
        let octets = Header { status, length: 0 }.encode();
        let (rest, message) = Message::decode(&octets, 0).unwrap();
        assert_eq!((rest, message), (&b""[..], Message { status, payload: b"" }));
    }
}

//= test SRS_THRIFT_SASL_50_027
#[test]
fn each_cut_says_how_much_is_missing_at_least() {
    let octets = b"\x01\0\0\0\x05PLAIN";
    for end in 0..octets.len() {
        let needed = match end {
            0 => 1,
            1..5 => 5 - end,
            _ => octets.len() - end,
        };
        let incomplete = Err(DecodeError::Incomplete { needed });
        assert_eq!(Message::decode(&octets[..end], 5).map(|_| ()), incomplete, "{end}");
        if end < 5 {
            assert_eq!(Header::decode(&octets[..end], 5).map(|_| ()), incomplete, "{end}");
        } else {
            let header = Header { status: Status::Start, length: 5 };
            assert_eq!(Header::decode(&octets[..end], 5), Ok((&octets[5..end], header)));
        }
    }
}

//= test SRS_THRIFT_SASL_50_027, SRS_THRIFT_SASL_50_030
#[test]
fn a_length_is_judged_on_its_own_octets() {
    let lengths = [0, 1, 99, 100, 101, 0x7FFF_FFFE, 0x7FFF_FFFF, 0x8000_0000, u32::MAX];
    for length in lengths {
        for limit in [0, 1, 100, 0x7FFF_FFFF, 0x8000_0000, u32::MAX] {
            let [a, b, c, d] = length.to_be_bytes();
            let octets = [2, a, b, c, d];
            let kept = limit.min(0x7FFF_FFFF);
            let decoded = Header::decode(&octets, limit);
            if length <= kept {
                assert_eq!(decoded, Ok((&b""[..], Header { status: Status::Ok, length })));
            } else {
                let fault = DecodeError::TooLarge { size: length, limit: kept };
                assert_eq!(decoded, Err(fault));
                assert_eq!(Message::decode(&octets, limit).unwrap_err(), fault);
            }
            assert_eq!(Header::decode(&octets[..4], limit).map(|_| ()), Err(INCOMPLETE));
        }
    }
    assert_eq!(MAX_LENGTH, 0x7FFF_FFFF);
}

const INCOMPLETE: DecodeError = DecodeError::Incomplete { needed: 1 };

//= test SRS_THRIFT_SASL_01_009
#[test]
fn a_name_has_1_to_20_characters_of_the_grammar() {
    let good = ["A", "PLAIN", "DIGEST-MD5", "SCRAM-SHA-256-PLUS", "A_9-", "ABCDEFGHIJKLMNOPQRST"];
    for name in good {
        assert_eq!(MechanismName::new(name.as_bytes()).unwrap().as_str(), name);
    }
    let long = [b'A'; 21];
    let bad: [&[u8]; 11] = [
        b"",
        &long,
        b"plain",
        b"Plain",
        b"PLAIN ",
        b"PLAI\0",
        b"A.B",
        b"A/B",
        b"A+",
        b"\xc3\x84",
        b"\xff",
    ];
    for name in bad {
        assert_eq!(MechanismName::new(name), Err(DecodeError::MechanismName), "{name:?}");
    }
    for octet in 0..=u8::MAX {
        let is_good =
            octet.is_ascii_uppercase() || octet.is_ascii_digit() || b"-_".contains(&octet);
        assert_eq!(MechanismName::new(&[octet]).is_ok(), is_good, "{octet}");
    }
}

//= test SRS_THRIFT_SASL_50_051
#[test]
fn a_payload_is_shown_by_its_size_and_a_name_as_it_is() {
    let message = |status, payload| Message { status, payload };
    let secret = message(Status::Complete, b"\0tim\0tanstaaf");
    assert_eq!(format!("{secret:?}"), "Message { status: Complete, payload: [13 octets] }");
    assert_eq!(secret.to_string(), "COMPLETE[13 octets]");
    assert_eq!(message(Status::Start, b"PLAIN").to_string(), "START(PLAIN)");
    // What is no name may be anything.
    assert_eq!(message(Status::Start, b"tanstaaf").to_string(), "START[8 octets]");
    assert_eq!(message(Status::Ok, b"PLAIN").to_string(), "OK[5 octets]");
}

#[test]
fn faults_are_told_in_numbers() {
    let texts = [
        (DecodeError::Incomplete { needed: 3 }, "input needs 3 more octets"),
        (DecodeError::UnknownStatus(72), "unknown status 72"),
        (DecodeError::TooLarge { size: 9, limit: 8 }, "9 octets announced, the limit is 8"),
        (DecodeError::MechanismName, "not the name of a mechanism"),
    ];
    for (fault, text) in texts {
        assert_eq!(fault.to_string(), text);
    }
}
