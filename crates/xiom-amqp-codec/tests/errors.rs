//! What errors say: one line, lower case, no full stop, and the numbers that help.

use xiom_amqp_codec::{DecodeError as E, EncodeError, Field, Type};

#[test]
fn messages() {
    let cases = [
        (E::Incomplete { needed: 3 }, "input needs 3 more octets"),
        (E::NotAmqp, "peer does not speak AMQP"),
        (E::UnknownProtocol(1), "unknown protocol id 1"),
        (E::FrameSize(7), "frame of 7 octets is shorter than its header"),
        (E::TooLarge { size: 513, limit: 512 }, "frame of 513 octets exceeds the limit of 512"),
        (
            E::DataOffset { doff: 1, size: 8 },
            "data offset of 1 words does not fit a frame of 8 octets",
        ),
        (E::FrameType(9), "unexpected frame type 9"),
        (E::EmptyFrame, "empty frame during the SASL exchange"),
        (E::Truncated, "value ends early"),
        (E::Trailing { octets: 2 }, "2 octets too many"),
        (E::UnknownConstructor(5), "unknown format code 0x05"),
        (E::Depth { limit: 32 }, "values nested deeper than 32 levels"),
        (E::Count { count: 9, octets: 1 }, "9 elements announced in 1 octets"),
        (E::ZeroWidth { count: 9, limit: 1 }, "9 elements without octets exceed the limit of 1"),
        (E::OddMap { count: 3 }, "map of 3 elements has a key without a value"),
        (E::InvalidBoolean(2), "boolean octet 0x02"),
        (E::InvalidChar(0xD800), "char 0xd800 is no Unicode scalar value"),
        (E::NotUtf8, "string is not UTF-8"),
        (E::NotAscii, "symbol is not ASCII"),
        (E::NotDescribed { found: Type::Map }, "map in place of a SASL performative"),
        (E::UnknownDescriptor { code: Some(0x10) }, "descriptor 0x10 is no SASL performative"),
        (E::UnknownDescriptor { code: None }, "descriptor is no SASL performative"),
        (
            E::NotList { found: Type::Described },
            "described value in place of the fields of a performative",
        ),
        (E::TooManyFields { count: 4, defined: 3 }, "4 fields where 3 are defined"),
        (E::MissingField(Field::Code), "field code is missing"),
        (
            E::WrongType { field: Field::Hostname, found: Type::Symbol },
            "field hostname is a symbol",
        ),
        (E::NoMechanism, "no mechanism is offered"),
        (E::UnknownCode(5), "unknown sasl-code 5"),
    ];
    for (error, message) in cases {
        assert_eq!(error.to_string(), message);
    }
    assert_eq!(
        EncodeError::MixedArray { index: 2 }.to_string(),
        "array element 2 has another type than the first"
    );
}
