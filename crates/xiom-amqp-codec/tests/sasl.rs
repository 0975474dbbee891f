//! Known octets of the SASL performatives (part 5, section 5.3.3), the forms that peers send, and malformed ones.

use proptest::prelude::*;
use xiom_amqp_codec::{
    Challenge, DecodeError as E, EncodeError, Field, FrameHeader, FrameType, Init, Mechanisms,
    Outcome, Performative, Response, SaslCode, Symbol, Type,
};

/// Puts `body` in a frame.
fn frame(body: &[u8]) -> Vec<u8> {
    [&FrameHeader::new(FrameType::Sasl, body.len()).encode()[..], body].concat()
}

/// Decodes `body` alone and in a frame, and takes the fewest octets that mean the same.
fn check(body: &[u8], performative: Performative<'_>, smallest: &[u8], rendered: &str) {
    assert_eq!(Performative::decode(body), Ok(performative), "{body:02X?}");
    let input = [&frame(body)[..], b"AMQP"].concat();
    assert_eq!(Performative::decode_frame(&input, 512), Ok((&b"AMQP"[..], performative)));

    let mut out = vec![0xEE];
    performative.encode_frame(&mut out);
    assert_eq!(out.get(1..), Some(&frame(smallest)[..]), "{performative}");
    assert_eq!(out.len(), 1 + performative.encoded_frame_len());
    assert_eq!(performative.to_string(), rendered);
    assert_eq!(format!("{performative:?}"), rendered);
}

//= test SRS_AMQP_CODEC_01_045
#[test]
fn mechanisms_in_every_form_that_peers_send() {
    // Section 5.3.3.1.
    let two = Performative::Mechanisms(Mechanisms::new(&["ANONYMOUS", "PLAIN"]).unwrap());
    let sym8 = b"\x00\x53\x40\xC0\x15\x01\xE0\x12\x02\xA3\x09ANONYMOUS\x05PLAIN";
    let rendered = "sasl-mechanisms(sasl-server-mechanisms=[ANONYMOUS, PLAIN])";
    // qpid-proton: array8 of sym8.
    check(sym8, two, sym8, rendered);
    // RabbitMQ: array32 of sym32.
    let sym32 = b"\x00\x53\x40\xC0\x21\x01\xF0\x00\x00\x00\x1B\x00\x00\x00\x02\xB3\x00\x00\x00\x09ANONYMOUS\x00\x00\x00\x05PLAIN";
    check(sym32, two, sym8, rendered);
    // One symbol without an array.
    let one = Performative::Mechanisms(Mechanisms::new(&["PLAIN"]).unwrap());
    let smallest = b"\x00\x53\x40\xC0\x0B\x01\xE0\x08\x01\xA3\x05PLAIN";
    let rendered = "sasl-mechanisms(sasl-server-mechanisms=[PLAIN])";
    check(b"\x00\x53\x40\xC0\x08\x01\xA3\x05PLAIN", one, smallest, rendered);
    check(b"\x00\x53\x40\xC0\x0B\x01\xB3\x00\x00\x00\x05PLAIN", one, smallest, rendered);
}

/// Short names are judged at once and long ones one by one, which nobody may tell from outside.
#[test]
fn mechanisms_of_any_length() {
    let name = "M".repeat(300);
    for length in [0, 1, 127, 128, 129, 255, 256, 257, 300] {
        let names = ["PLAIN", &name[..length], "X"];
        let array: Vec<u8> = names
            .iter()
            .flat_map(|name| {
                [&u32::try_from(name.len()).unwrap().to_be_bytes(), name.as_bytes()].concat()
            })
            .collect();
        let size = |octets: usize| u32::try_from(octets).unwrap().to_be_bytes();
        let body = [
            &b"\x00\x53\x40\xD0"[..],
            &size(array.len() + 14),
            &size(1),
            b"\xF0",
            &size(array.len() + 5),
            &size(3),
            b"\xB3",
            &array,
        ]
        .concat();
        let built = Performative::Mechanisms(Mechanisms::new(&names).unwrap());
        let mut smallest = Vec::new();
        built.encode(&mut smallest);
        for body in [&body, &smallest] {
            let decoded = Performative::decode(body).unwrap();
            assert_eq!(decoded, built);
            let Performative::Mechanisms(mechanisms) = decoded else { unreachable!() };
            assert!(mechanisms.iter().eq(names) && mechanisms.iter().len() == 3);
            let mut again = Vec::new();
            decoded.encode(&mut again);
            assert_eq!(again, smallest);
        }
        let mut bad = body.clone();
        *bad.last_mut().unwrap() = 0x80;
        assert_eq!(Performative::decode(&bad), Err(E::NotAscii));
        assert_eq!(Performative::decode(&body[..body.len() - 1]), Err(E::Truncated));
    }
}

//= test SRS_AMQP_CODEC_01_039, SRS_AMQP_CODEC_01_042
#[test]
fn descriptors_in_every_form() {
    let outcome = Performative::Outcome(Outcome { code: SaslCode::Ok, additional_data: None });
    let smallest = b"\x00\x53\x44\xC0\x03\x01\x50\x00";
    let name = b"amqp:sasl-outcome:list";
    let symbol8 = [b"\x00\xA3\x16", &name[..], b"\xC0\x03\x01\x50\x00"].concat();
    let symbol32 = [b"\x00\xB3\x00\x00\x00\x16", &name[..], b"\xC0\x03\x01\x50\x00"].concat();
    for body in [
        &smallest[..],
        b"\x00\x80\x00\x00\x00\x00\x00\x00\x00\x44\xC0\x03\x01\x50\x00",
        &symbol8,
        &symbol32,
        b"\x00\x53\x44\xD0\x00\x00\x00\x06\x00\x00\x00\x01\x50\x00",
        // An explicit null is an omitted field.
        b"\x00\x53\x44\xC0\x04\x02\x50\x00\x40",
    ] {
        check(body, outcome, smallest, "sasl-outcome(code=ok)");
    }
    for (name, body) in [
        ("mechanisms", &b"\xC0\x04\x01\xA3\x01P"[..]),
        ("init", b"\xC0\x04\x01\xA3\x01P"),
        ("challenge", b"\xC0\x03\x01\xA0\x00"),
        ("response", b"\xC0\x03\x01\xA0\x00"),
    ] {
        let symbol = format!("amqp:sasl-{name}:list");
        let body = [b"\x00\xA3", &[symbol.len().to_be_bytes()[7]][..], symbol.as_bytes(), body];
        let decoded =
            Performative::decode(&body.concat()).map(|body| body.descriptor().to_string());
        assert_eq!(decoded, Ok(format!("sasl-{name}")));
    }
}

//= test SRS_AMQP_CODEC_01_038, SRS_AMQP_CODEC_01_042, SRS_AMQP_CODEC_01_048
#[test]
fn init() {
    // Section 5.3.3.2.
    let plain = Init {
        mechanism: Symbol::new("PLAIN").unwrap(),
        initial_response: Some(b"\0user\0pw"),
        hostname: Some("host"),
    };
    let body = b"\x00\x53\x41\xC0\x18\x03\xA3\x05PLAIN\xA0\x08\0user\0pw\xA1\x04host";
    let rendered = r#"sasl-init(mechanism=PLAIN, initial-response=[8 octets], hostname="host")"#;
    check(body, Performative::Init(plain), body, rendered);
    assert_eq!(format!("{plain:?}"), rendered);

    let no_response = Init { initial_response: None, ..plain };
    let body = b"\x00\x53\x41\xC0\x0F\x03\xA3\x05PLAIN\x40\xA1\x04host";
    check(
        body,
        Performative::Init(no_response),
        body,
        r#"sasl-init(mechanism=PLAIN, hostname="host")"#,
    );

    let bare = Init { hostname: None, ..no_response };
    let body = b"\x00\x53\x41\xC0\x08\x01\xA3\x05PLAIN";
    check(body, Performative::Init(bare), body, "sasl-init(mechanism=PLAIN)");
    check(
        b"\x00\x53\x41\xC0\x0A\x03\xA3\x05PLAIN\x40\x40",
        Performative::Init(bare),
        body,
        "sasl-init(mechanism=PLAIN)",
    );

    let empty = Init { initial_response: Some(b""), ..bare };
    let body = b"\x00\x53\x41\xC0\x0A\x02\xA3\x05PLAIN\xA0\x00";
    check(
        body,
        Performative::Init(empty),
        body,
        "sasl-init(mechanism=PLAIN, initial-response=[0 octets])",
    );
}

//= test SRS_AMQP_CODEC_01_049
#[test]
fn challenge_and_response() {
    // Sections 5.3.3.3 and 5.3.3.4; the second one is too long for the narrow forms.
    let body = b"\x00\x53\x42\xC0\x05\x01\xA0\x02r=";
    let challenge = Challenge { challenge: b"r=" };
    check(body, Performative::Challenge(challenge), body, "sasl-challenge(challenge=[2 octets])");
    assert_eq!(format!("{challenge:?}"), "sasl-challenge(challenge=[2 octets])");
    let token = [b't'; 300];
    let body =
        [&b"\x00\x53\x43\xD0\x00\x00\x01\x35\x00\x00\x00\x01\xB0\x00\x00\x01\x2C"[..], &token]
            .concat();
    let response = Response { response: &token };
    check(&body, Performative::Response(response), &body, "sasl-response(response=[300 octets])");
    assert_eq!(format!("{response:?}"), "sasl-response(response=[300 octets])");
}

//= test SRS_AMQP_CODEC_01_047
#[test]
fn outcome() {
    // Sections 5.3.3.5 and 5.3.3.6.
    let codes = [
        (SaslCode::Ok, "ok"),
        (SaslCode::Auth, "auth"),
        (SaslCode::Sys, "sys"),
        (SaslCode::SysPerm, "sys-perm"),
        (SaslCode::SysTemp, "sys-temp"),
    ];
    for (octet, (code, name)) in (0_u8..).zip(codes) {
        let body = [&b"\x00\x53\x44\xC0\x07\x02\x50"[..], &[octet], b"\xA0\x02v="].concat();
        let outcome = Outcome { code, additional_data: Some(b"v=") };
        let rendered = format!("sasl-outcome(code={name}, additional-data=[2 octets])");
        check(&body, Performative::Outcome(outcome), &body, &rendered);
        assert_eq!(format!("{outcome:?}"), rendered);
    }
}

/// Each body is refused with its error, alone and in a frame.
fn refused(cases: &[(&[u8], E)]) {
    for (body, error) in cases {
        assert_eq!(Performative::decode(body), Err(*error), "{body:02X?}");
        let due = if body.is_empty() { E::EmptyFrame } else { *error };
        assert_eq!(Performative::decode_frame(&frame(body), 512), Err(due), "{body:02X?}");
    }
}

//= test SRS_AMQP_CODEC_01_040, SRS_AMQP_CODEC_01_044
#[test]
fn what_is_no_performative() {
    let cases: &[(&[u8], E)] = &[
        // No performative.
        (b"", E::Truncated),
        (b"\x40", E::NotDescribed { found: Type::Null }),
        (b"\xC0\x03\x01\x50\x00", E::NotDescribed { found: Type::List }),
        (b"\x01", E::UnknownConstructor(1)),
        (b"\x00\x53\x10\x45", E::UnknownDescriptor { code: Some(0x10) }),
        (b"\x00\x53\x45\x45", E::UnknownDescriptor { code: Some(0x45) }),
        (b"\x00\x44\x45", E::UnknownDescriptor { code: Some(0) }),
        (
            b"\x00\x80\x01\x00\x00\x00\x00\x00\x00\x40\x45",
            E::UnknownDescriptor { code: Some(0x0100_0000_0000_0040) },
        ),
        (b"\x00\x52\x40\x45", E::UnknownDescriptor { code: None }),
        (b"\x00\xA3\x04amqp\x45", E::UnknownDescriptor { code: None }),
        (b"\x00\x00\x53\x40\x40\x45", E::UnknownDescriptor { code: None }),
        (b"\x00\xA3\x01\x80\x45", E::NotAscii),
        (b"\x00\x53\x41", E::Truncated),
        (b"\x00\x53\x41\xC1\x01\x00", E::NotList { found: Type::Map }),
        (b"\x00\x53\x41\x00\x53\x41\x45", E::NotList { found: Type::Described }),
        // More than one performative, or than its fields.
        (b"\x00\x53\x44\xC0\x03\x01\x50\x00\x40", E::Trailing { octets: 1 }),
        (
            b"\x00\x53\x44\xC0\x03\x01\x50\x00\x00\x53\x44\xC0\x03\x01\x50\x00",
            E::Trailing { octets: 8 },
        ),
        (b"\x00\x53\x44\xC0\x04\x01\x50\x00\x40", E::Trailing { octets: 1 }),
        (b"\x00\x53\x44\xC0\x05\x03\x50\x00\x40\x40", E::TooManyFields { count: 3, defined: 2 }),
        (b"\x00\x53\x42\xC0\x04\x02\xA0\x00\x40", E::TooManyFields { count: 2, defined: 1 }),
        (
            b"\x00\x53\x41\xD0\x00\x00\x00\x04\xFF\xFF\xFF\xFF",
            E::Count { count: u32::MAX, octets: 0 },
        ),
    ];
    refused(cases);
}

//= test SRS_AMQP_CODEC_01_041, SRS_AMQP_CODEC_01_043, SRS_AMQP_CODEC_01_046
//= test SRS_AMQP_CODEC_01_047
#[test]
fn what_is_not_the_fields_of_the_definition() {
    let missing = E::MissingField;
    let wrong = |field, found| E::WrongType { field, found };
    let cases: &[(&[u8], E)] = &[
        // Fields that are not there.
        (b"\x00\x53\x40\x45", missing(Field::SaslServerMechanisms)),
        (b"\x00\x53\x40\xC0\x02\x01\x40", missing(Field::SaslServerMechanisms)),
        (b"\x00\x53\x41\x45", missing(Field::Mechanism)),
        (b"\x00\x53\x41\xC0\x04\x02\x40\xA0\x00", missing(Field::Mechanism)),
        (b"\x00\x53\x42\x45", missing(Field::Challenge)),
        (b"\x00\x53\x43\xC0\x02\x01\x40", missing(Field::Response)),
        (b"\x00\x53\x44\x45", missing(Field::Code)),
        (b"\x00\x53\x44\xC0\x02\x01\x40", missing(Field::Code)),
        // Fields of another type.
        (b"\x00\x53\x40\xC0\x04\x01\xA1\x01P", wrong(Field::SaslServerMechanisms, Type::String)),
        (
            b"\x00\x53\x40\xC0\x07\x01\xE0\x04\x01\xA1\x01P",
            wrong(Field::SaslServerMechanisms, Type::String),
        ),
        (
            b"\x00\x53\x40\xC0\x0A\x01\xE0\x07\x01\x00\x53\x01\xA3\x01P",
            wrong(Field::SaslServerMechanisms, Type::Described),
        ),
        (
            b"\x00\x53\x40\xC0\x07\x01\xC0\x04\x01\xA3\x01P",
            wrong(Field::SaslServerMechanisms, Type::List),
        ),
        (b"\x00\x53\x41\xC0\x04\x01\xA1\x01P", wrong(Field::Mechanism, Type::String)),
        (b"\x00\x53\x41\xC0\x06\x02\xA3\x01P\xA1\x00", wrong(Field::InitialResponse, Type::String)),
        (b"\x00\x53\x41\xC0\x07\x03\xA3\x01P\x40\xA3\x00", wrong(Field::Hostname, Type::Symbol)),
        (b"\x00\x53\x42\xC0\x03\x01\xA1\x00", wrong(Field::Challenge, Type::String)),
        (b"\x00\x53\x43\xC0\x02\x01\x45", wrong(Field::Response, Type::List)),
        (b"\x00\x53\x44\xC0\x03\x01\x52\x00", wrong(Field::Code, Type::Uint)),
        (b"\x00\x53\x44\xC0\x05\x02\x50\x00\xA1\x00", wrong(Field::AdditionalData, Type::String)),
        // Content.
        (b"\x00\x53\x40\xC0\x05\x01\xE0\x02\x00\xA3", E::NoMechanism),
        (b"\x00\x53\x40\xC0\x07\x01\xE0\x04\x01\xA3\x01\x80", E::NotAscii),
        (b"\x00\x53\x40\xC0\x08\x01\xE0\x05\x01\xA3\x01PP", E::Trailing { octets: 1 }),
        (b"\x00\x53\x40\xC0\x07\x01\xE0\x04\x01\xA3\x02P", E::Truncated),
        (b"\x00\x53\x40\xC0\x07\x01\xE0\x04\x03\xA3\x01P", E::Count { count: 3, octets: 2 }),
        (b"\x00\x53\x41\xC0\x04\x01\xA3\x01\xFF", E::NotAscii),
        (b"\x00\x53\x41\xC0\x08\x03\xA3\x01P\x40\xA1\x01\xFF", E::NotUtf8),
        (b"\x00\x53\x44\xC0\x03\x01\x50\x05", E::UnknownCode(5)),
        (b"\x00\x53\x44\xC0\x03\x01\x50\xFF", E::UnknownCode(255)),
    ];
    refused(cases);
}

//= test SRS_AMQP_CODEC_01_004, SRS_AMQP_CODEC_01_005, SRS_AMQP_CODEC_01_021
#[test]
fn frames_are_judged_before_their_body_is_there() {
    let decode = |octets| Performative::decode_frame(octets, 512).map(|_| ());
    assert_eq!(decode(b"\x00\x00\x00\x10\x02\x00\x00\x00"), Err(E::FrameType(0)), "an AMQP frame");
    assert_eq!(decode(b"\x00\x00\x00\x08\x02\x01\x00\x00"), Err(E::EmptyFrame));
    assert_eq!(
        decode(b"\x00\x00\x00\x0C\x03\x01\x00\x00"),
        Err(E::EmptyFrame),
        "no body behind the extended header"
    );
    assert_eq!(decode(b"\x00\x00\x02\x01"), Err(E::TooLarge { size: 513, limit: 512 }));
    // The extended header is skipped, and octets 6 and 7 are ignored.
    let extended = b"\x00\x00\x00\x14\x03\x01\xFF\xFFskip\x00\x53\x44\xC0\x03\x01\x50\x01";
    let (rest, outcome) = Performative::decode_frame(extended, 512).unwrap();
    assert_eq!((rest, outcome.to_string().as_str()), (&b""[..], "sasl-outcome(code=auth)"));
}

//= test SRS_AMQP_CODEC_01_021, SRS_AMQP_CODEC_01_022
/// Part 2, section 2.3, and part 5, section 5.3.1: size, data offset, type, and two octets of nothing.
#[test]
fn the_header_of_a_written_frame() {
    let outcome = Performative::Outcome(Outcome { code: SaslCode::Auth, additional_data: None });
    let mut out = Vec::new();
    outcome.encode_frame(&mut out);
    assert_eq!(out, b"\x00\x00\x00\x10\x02\x01\x00\x00\x00\x53\x44\xC0\x03\x01\x50\x01");
    let token = vec![7; 70_000];
    let response = Performative::Response(Response { response: &token });
    out.clear();
    response.encode_frame(&mut out);
    assert_eq!(out[..8], [0x00, 0x01, 0x11, 0x89, 0x02, 0x01, 0x00, 0x00]);
    assert_eq!(out.len(), 0x1_1189);
}

//= test SRS_AMQP_CODEC_01_046
#[test]
fn offers_that_cannot_be_sent() {
    assert_eq!(Mechanisms::new(&[]), Err(EncodeError::NoMechanism));
    assert_eq!(Mechanisms::new(&["PLAIN", "PLÄIN"]), Err(EncodeError::NotAscii));
}

proptest! {
    //= test SRS_AMQP_CODEC_01_036, SRS_AMQP_CODEC_01_037
    #[test]
    fn what_is_encoded_is_decoded(
        names in prop::collection::vec("[A-Z0-9_-]{1,20}", 1..12),
        octets in prop::option::of(prop::collection::vec(any::<u8>(), 0..600)),
        text in prop::option::of(".{0,20}"),
        cut: prop::sample::Index,
    ) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let data = octets.as_deref();
        let init = Init { mechanism: Symbol::new(names[0]).unwrap(), initial_response: data, hostname: text.as_deref() };
        let octets = data.unwrap_or_default();
        for performative in [
            Performative::Mechanisms(Mechanisms::new(&names).unwrap()),
            Performative::Init(init),
            Performative::Challenge(Challenge { challenge: octets }),
            Performative::Response(Response { response: octets }),
            Performative::Outcome(Outcome { code: SaslCode::SysTemp, additional_data: data }),
        ] {
            let mut out = Vec::new();
            performative.encode_frame(&mut out);
            prop_assert_eq!(out.len(), performative.encoded_frame_len());
            prop_assert_eq!(Performative::decode_frame(&out, 4096), Ok((&b""[..], performative)));
            let cut = cut.index(out.len());
            let prefix = Performative::decode_frame(&out[..cut], 4096);
            prop_assert!(matches!(prefix, Err(E::Incomplete { needed }) if (1..=out.len() - cut).contains(&needed)), "cut at {cut}");
            // Inside the frame a short read is no start of anything.
            let body = Performative::decode(&out[8..cut.max(8)]);
            prop_assert!(matches!(body, Err(error) if !matches!(error, E::Incomplete { .. })), "cut at {cut}");
        }
    }
}
