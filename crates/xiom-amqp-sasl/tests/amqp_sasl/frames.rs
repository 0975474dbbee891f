//! Octets of the wire, put together by hand: nothing here comes from the encoder that is tested.

/// The SASL protocol header (AMQP 1.0 part 5 section 5.3.1).
pub(crate) const HEADER: &[u8] = b"AMQP\x03\x01\x00\x00";
/// The AMQP protocol header (AMQP 1.0 part 2 section 2.2).
pub(crate) const AMQP: &[u8] = b"AMQP\x00\x01\x00\x00";

/// A frame of 8 octets of header around `body`, of type 1 (AMQP 1.0 part 5 section 5.3.1).
pub(crate) fn frame(body: &[u8]) -> Vec<u8> {
    frame_of_type(1, body)
}

/// The same, of any type.
pub(crate) fn frame_of_type(kind: u8, body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len() + 8).unwrap();
    [&size.to_be_bytes(), &[2, kind, 0, 0][..], body].concat()
}

/// The body of a performative: a described `list8` of `count` fields.
pub(crate) fn body(code: u8, count: u8, fields: &[u8]) -> Vec<u8> {
    let size = u8::try_from(fields.len() + 1).unwrap();
    [&[0x00, 0x53, code, 0xC0, size, count][..], fields].concat()
}

/// `vbin8`
pub(crate) fn binary(octets: &[u8]) -> Vec<u8> {
    [&[0xA0, u8::try_from(octets.len()).unwrap()][..], octets].concat()
}

/// `sym8`
pub(crate) fn symbol(name: &str) -> Vec<u8> {
    [&[0xA3, u8::try_from(name.len()).unwrap()][..], name.as_bytes()].concat()
}

/// `array8` of elements with the constructor `code`, each of them with a length of one octet.
pub(crate) fn array(code: u8, elements: &[&str]) -> Vec<u8> {
    let count = u8::try_from(elements.len()).unwrap();
    let mut data = vec![count, code];
    for element in elements {
        data.push(u8::try_from(element.len()).unwrap());
        data.extend_from_slice(element.as_bytes());
    }
    [&[0xE0, u8::try_from(data.len()).unwrap()][..], &data].concat()
}

/// `sasl-mechanisms` (AMQP 1.0 part 5 section 5.3.3.1).
pub(crate) fn mechanisms(names: &[&str]) -> Vec<u8> {
    frame(&body(0x40, 1, &array(0xA3, names)))
}

/// `sasl-init` (AMQP 1.0 part 5 section 5.3.3.2).
pub(crate) fn init(mechanism: &str, response: Option<&[u8]>) -> Vec<u8> {
    let name = symbol(mechanism);
    match response {
        Some(response) => frame(&body(0x41, 2, &[name, binary(response)].concat())),
        None => frame(&body(0x41, 1, &name)),
    }
}

/// `sasl-challenge` (AMQP 1.0 part 5 section 5.3.3.3).
pub(crate) fn challenge(data: &[u8]) -> Vec<u8> {
    frame(&body(0x42, 1, &binary(data)))
}

/// `sasl-response` (AMQP 1.0 part 5 section 5.3.3.4).
pub(crate) fn response(data: &[u8]) -> Vec<u8> {
    frame(&body(0x43, 1, &binary(data)))
}

/// `sasl-outcome` (AMQP 1.0 part 5 section 5.3.3.5).
pub(crate) fn outcome(code: u8, data: Option<&[u8]>) -> Vec<u8> {
    match data {
        Some(data) => frame(&body(0x44, 2, &[vec![0x50, code], binary(data)].concat())),
        None => frame(&body(0x44, 1, &[0x50, code])),
    }
}

/// One well-formed frame of each performative.
pub(crate) fn one_of_each() -> [(xiom_core::Performative, Vec<u8>); 5] {
    use xiom_core::Performative as P;
    [
        (P::Mechanisms, mechanisms(&["PLAIN"])),
        (P::Init, init("PLAIN", Some(b"\0user\0pencil"))),
        (P::Challenge, challenge(b"who are you?")),
        (P::Response, response(b"nobody")),
        (P::Outcome, outcome(0, None)),
    ]
}

/// The octets of `hex`, in which spaces stand where they help the reader.
pub(crate) fn hex(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let octet = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(octet).collect()
}
