//! The SASL performatives of AMQP in their frames: any octets, cut anywhere.

use core::fmt::Write;

use xiom_amqp_codec::{
    Challenge, Init, MIN_MAX_FRAME_SIZE, Mechanisms, Outcome, Performative, Response, SaslCode,
    Symbol,
};

use super::amqp_frame::needed;
use crate::dictionary::Dictionary;
use crate::{Seed, Target, oracle};

//= fuzz SRS_AMQP_CODEC_01_011, SRS_AMQP_CODEC_01_012
/// Decodes any octets; what is a performative is encoded again and is the same, and shows no secret.
pub const TARGET: Target = Target {
    explain,
    seeds,
    dictionary: Dictionary::Amqp,
    memory: 16 << 10,
    longest: 1024,
    ..Target::new(
        "amqp_sasl",
        "SASL frames of AMQP 1.0: any octets, any cut; no secret in Debug",
        run,
    )
};

fn run(input: &[u8]) {
    let decode = |input| Performative::decode_frame(input, MIN_MAX_FRAME_SIZE);
    if let Ok((_, performative)) = oracle::stream(input, decode, needed) {
        again(&performative);
        if oracle::sampled(input) {
            secrets(&performative);
        }
    }
}

/// What is encoded means the same, and has one form.
fn again(performative: &Performative<'_>) {
    let mut out = Vec::with_capacity(performative.encoded_frame_len());
    performative.encode_frame(&mut out);
    assert_eq!(out.len(), performative.encoded_frame_len());
    let decoded = Performative::decode_frame(&out, u32::MAX);
    assert_eq!(decoded, Ok((&[][..], *performative)), "another performative after encoding");
    let Ok((_, decoded)) = decoded else { return };
    assert_eq!(oracle::hash(&decoded), oracle::hash(performative));
    let mut twice = Vec::with_capacity(out.len());
    decoded.encode_frame(&mut twice);
    assert_eq!(twice, out, "the smallest form has another form");
    if let Performative::Mechanisms(mechanisms) = performative {
        let names: Vec<&str> = mechanisms.iter().collect();
        assert_eq!(Mechanisms::new(&names), Ok(*mechanisms));
        assert!(names.iter().all(|name| mechanisms.contains(name)));
    }
}

/// Neither `Debug` nor `Display` depends on what a peer keeps to itself.
fn secrets(performative: &Performative<'_>) {
    let of = |octets: Option<&[u8]>| octets.map(oracle::another);
    let shown = |other: &Performative<'_>| {
        oracle::redacted(performative, other);
        assert_eq!(performative.to_string(), other.to_string(), "Display depends on the secret");
    };
    match performative {
        Performative::Mechanisms(_) => {}
        Performative::Init(init) => {
            let secret = of(init.initial_response);
            shown(&Performative::Init(Init { initial_response: secret.as_deref(), ..*init }));
        }
        Performative::Challenge(it) => {
            let challenge = &oracle::another(it.challenge);
            shown(&Performative::Challenge(Challenge { challenge }));
        }
        Performative::Response(it) => {
            let response = &oracle::another(it.response);
            shown(&Performative::Response(Response { response }));
        }
        Performative::Outcome(it) => {
            let secret = of(it.additional_data);
            shown(&Performative::Outcome(Outcome { additional_data: secret.as_deref(), ..*it }));
        }
    }
}

pub(super) fn explain(input: &[u8]) -> String {
    let (mut rest, mut lines) = (input, String::new());
    loop {
        match Performative::decode_frame(rest, MIN_MAX_FRAME_SIZE) {
            Ok((after, performative)) => {
                let _infallible = writeln!(lines, "{performative}");
                rest = after;
            }
            Err(fault) => {
                let _infallible = writeln!(lines, "{} octets: {fault}", rest.len());
                return lines;
            }
        }
    }
}

/// One frame of each performative, all of one exchange, and the forms that only some peers send.
pub(super) fn seeds() -> Vec<Seed> {
    let frame = |performative: Performative<'_>| {
        let mut out = Vec::new();
        performative.encode_frame(&mut out);
        out
    };
    let mut seeds = Vec::new();
    if let Ok(mechanisms) = Mechanisms::new(&["SCRAM-SHA-256", "PLAIN", "ANONYMOUS"]) {
        seeds.push(Seed::new("mechanisms", frame(Performative::Mechanisms(mechanisms))));
    }
    if let Ok(mechanism) = Symbol::new("PLAIN") {
        let init = Init {
            mechanism,
            initial_response: Some(b"\0user\0pencil"),
            hostname: Some("broker.example"),
        };
        seeds.push(Seed::new("init", frame(Performative::Init(init))));
        let bare = Init { mechanism, initial_response: None, hostname: None };
        seeds.push(Seed::new("init-bare", frame(Performative::Init(bare))));
    }
    let challenge =
        frame(Performative::Challenge(Challenge { challenge: b"r=nonce,s=c2FsdA==,i=4096" }));
    let response =
        frame(Performative::Response(Response { response: b"c=biws,r=nonce,p=cHJvb2Y=" }));
    seeds.push(Seed::new("exchange", [&challenge[..], &response].concat()));
    for (name, code) in
        [("ok", SaslCode::Ok), ("auth", SaslCode::Auth), ("sys-temp", SaslCode::SysTemp)]
    {
        let outcome = Outcome { code, additional_data: (code == SaslCode::Ok).then_some(b"v=") };
        seeds.push(Seed::new(format!("outcome-{name}"), frame(Performative::Outcome(outcome))));
    }
    // One symbol in the place of an array; a descriptor by its name; a list with four octets of size.
    seeds.push(Seed::new(
        "mechanisms-one",
        *b"\0\0\0\x15\x02\x01\0\0\x00\x53\x40\xc0\x08\x01\xa3\x05PLAIN",
    ));
    let named = *b"\0\0\0\x29\x02\x01\0\0\x00\xa3\x16amqp:sasl-outcome:list\xc0\x03\x01\x50\x01\0";
    seeds.push(Seed::new("outcome-named", named));
    seeds.push(Seed::new(
        "outcome-wide",
        *b"\0\0\0\x16\x02\x01\0\0\x00\x53\x44\xd0\0\0\0\x06\0\0\0\x01\x50\x00",
    ));
    seeds
}
