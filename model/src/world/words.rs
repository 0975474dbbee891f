//! What AMQP peers say, as octets.

use xiom_amqp_codec::{
    Challenge, Init, Mechanisms, Outcome, Performative, ProtocolHeader, Response, SaslCode, Symbol,
};

/// The protocol header of AMQP SASL.
#[must_use]
pub fn header() -> Vec<u8> {
    ProtocolHeader::SASL.encode().to_vec()
}

/// The protocol header that announces TLS.
#[must_use]
pub fn tls_header() -> Vec<u8> {
    ProtocolHeader::TLS.encode().to_vec()
}

/// `sasl-mechanisms`
#[must_use]
pub fn mechanisms(names: &[&str]) -> Vec<u8> {
    Mechanisms::new(names).map(|offer| frame(&Performative::Mechanisms(offer))).unwrap_or_default()
}

/// `sasl-init`
#[must_use]
pub fn init(mechanism: &str, response: Option<&[u8]>) -> Vec<u8> {
    let Ok(mechanism) = Symbol::new(mechanism) else { return Vec::new() };
    frame(&Performative::Init(Init { mechanism, initial_response: response, hostname: None }))
}

/// `sasl-challenge`
#[must_use]
pub fn challenge(challenge: &[u8]) -> Vec<u8> {
    frame(&Performative::Challenge(Challenge { challenge }))
}

/// `sasl-response`
#[must_use]
pub fn response(response: &[u8]) -> Vec<u8> {
    frame(&Performative::Response(Response { response }))
}

/// `sasl-outcome`
#[must_use]
pub fn outcome(code: SaslCode, additional_data: Option<&[u8]>) -> Vec<u8> {
    frame(&Performative::Outcome(Outcome { code, additional_data }))
}

/// The octets of a frame.
fn frame(performative: &Performative<'_>) -> Vec<u8> {
    let mut octets = Vec::new();
    performative.encode_frame(&mut octets);
    octets
}
