//! Nanoseconds per SASL frame and per value, decoded and encoded, without an allocation.
//!
//! Decoding ends with every symbol and value visited. Encoding starts from borrowed parts, measures nothing
//! beforehand, and writes into a buffer that has room; a copy of 64 KiB is the limit of the largest value.

use core::hint::black_box;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use xiom_amqp_codec::{
    Challenge, Init, List, MIN_MAX_FRAME_SIZE, Map, Mechanisms, Outcome, Performative, SaslCode,
    Symbol, Value,
};
use xiom_benches::suite::Suite;

fn main() -> Result<()> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().context("no target folder")?;
    let mut suite = Suite::new(target, "codec");
    frames(&mut suite)?;
    values(&mut suite)?;
    for case in suite.cases() {
        ensure!(case.allocations == 0, "{} {} allocates", case.group, case.name);
    }
    suite.finish()
}

fn frames(suite: &mut Suite) -> Result<()> {
    let challenge = [0x5A; 200];
    let cases = [
        ("mechanisms 1", Performative::Mechanisms(Mechanisms::new(&ONE)?)),
        ("mechanisms 8", Performative::Mechanisms(Mechanisms::new(&EIGHT)?)),
        ("init plain", Performative::Init(init()?)),
        ("challenge 200", Performative::Challenge(Challenge { challenge: &challenge })),
        ("outcome", Performative::Outcome(Outcome { code: SaslCode::Ok, additional_data: None })),
    ];
    for (name, performative) in cases {
        let mut frame = Vec::with_capacity(performative.encoded_frame_len());
        performative.encode_frame(&mut frame);
        decode_frame(suite, name, &frame, performative)?;
    }
    for (name, names) in [("mechanisms 1 sym32", &ONE[..]), ("mechanisms 8 sym32", &EIGHT)] {
        let mechanisms = Performative::Mechanisms(Mechanisms::new(names)?);
        decode_frame(suite, name, &wide_mechanisms(names)?, mechanisms)?;
    }
    encode_mechanisms(suite, "mechanisms 1", &ONE);
    encode_mechanisms(suite, "mechanisms 8", &EIGHT);
    encode_frame(suite, "init plain", || init().ok().map(Performative::Init));
    encode_frame(suite, "challenge 200", || {
        Some(Performative::Challenge(Challenge { challenge: black_box(&challenge) }))
    });
    encode_frame(suite, "outcome", || {
        let code = black_box(SaslCode::Ok);
        Some(Performative::Outcome(Outcome { code, additional_data: None }))
    });
    Ok(())
}

fn init() -> Result<Init<'static>> {
    let mechanism = Symbol::new(black_box("PLAIN"))?;
    let initial_response = Some(black_box(&b"\0user\0password"[..]));
    Ok(Init { mechanism, initial_response, hostname: Some(black_box("broker.example.org")) })
}

fn decode_frame(
    suite: &mut Suite,
    name: &'static str,
    frame: &[u8],
    expected: Performative<'_>,
) -> Result<()> {
    let (_, decoded) = Performative::decode_frame(frame, MIN_MAX_FRAME_SIZE)?;
    ensure!(decoded == expected, "{name} is not what was encoded");
    suite.case("decode", name, Some(frame.len()), || {
        let decoded = Performative::decode_frame(black_box(frame), MIN_MAX_FRAME_SIZE);
        if let Ok((_, Performative::Mechanisms(mechanisms))) = &decoded {
            mechanisms.iter().for_each(|name| {
                black_box(name);
            });
        }
        black_box(decoded).is_ok()
    });
    Ok(())
}

fn encode_mechanisms(suite: &mut Suite, name: &'static str, names: &[&str]) {
    encode_frame(suite, name, || {
        Mechanisms::new(black_box(names)).ok().map(Performative::Mechanisms)
    });
}

fn encode_frame<'a>(
    suite: &mut Suite,
    name: &'static str,
    build: impl Fn() -> Option<Performative<'a>>,
) {
    let octets = build().map(|performative| performative.encoded_frame_len());
    let mut out = Vec::with_capacity(1 << 10);
    suite.case("encode", name, octets, || {
        out.clear();
        if let Some(performative) = build() {
            performative.encode_frame(black_box(&mut out));
        }
        black_box(&out).len()
    });
}

/// `sasl-mechanisms` with four octets for each length, as some servers send it.
fn wide_mechanisms(names: &[&str]) -> Result<Vec<u8>> {
    let mut array = u32::try_from(names.len())?.to_be_bytes().to_vec();
    array.push(0xB3);
    for name in names {
        array.extend(u32::try_from(name.len())?.to_be_bytes());
        array.extend(name.as_bytes());
    }
    let mut list = 1_u32.to_be_bytes().to_vec();
    list.push(0xF0);
    list.extend(u32::try_from(array.len())?.to_be_bytes());
    list.extend(array);
    let mut body = vec![0x00, 0x53, 0x40, 0xD0];
    body.extend(u32::try_from(list.len())?.to_be_bytes());
    body.extend(list);
    let mut frame = u32::try_from(body.len() + 8)?.to_be_bytes().to_vec();
    frame.extend([2, 1, 0, 0]);
    frame.extend(body);
    Ok(frame)
}

fn values(suite: &mut Suite) -> Result<()> {
    let names: Vec<String> = (0..32).map(|index| format!("property-{index}")).collect();
    let mut entries = Vec::new();
    for (index, name) in (0_u32..).zip(&names) {
        let value = if index % 2 == 0 { Value::String(name) } else { Value::Uint(index * 1000) };
        entries.push((Value::Symbol(Symbol::new(name)?), value));
    }
    let numbers: Vec<Value<'_>> = (0..1000).map(|number| Value::Int(number * 1000)).collect();
    let large = vec![0x5A; LARGE];
    let cases = [
        ("map 32", Value::Map(Map::new(&entries))),
        ("list 1000", Value::List(List::new(&numbers))),
        ("binary 64 KiB", Value::Binary(&large)),
    ];
    for (name, value) in cases {
        let mut octets = Vec::with_capacity(value.encoded_len());
        value.encode(&mut octets);
        ensure!(Value::decode(&octets)? == value, "{name} is not what was encoded");
        suite.case("decode", name, Some(octets.len()), || {
            Value::decode(black_box(&octets)).map(visit).is_ok()
        });
        let mut out = Vec::with_capacity(octets.len());
        suite.case("encode", name, Some(octets.len()), || {
            out.clear();
            black_box(&value).encode(black_box(&mut out));
            black_box(&out).len()
        });
        if let Value::Binary(octets) = value {
            // The limit of what is not borrowed: the same octets to the same place.
            suite.case("limit", "copy 64 KiB", Some(octets.len()), || {
                out.clear();
                out.extend_from_slice(&[0; 5]);
                black_box(&mut out).extend_from_slice(black_box(octets));
            });
        }
    }
    Ok(())
}

/// Looks at all that a value holds.
fn visit(value: Value<'_>) {
    if let Value::Map(map) = value {
        map.iter().for_each(|entry| {
            black_box(entry);
        });
    } else if let Value::List(list) = value {
        list.iter().for_each(|item| {
            black_box(item);
        });
    } else {
        black_box(value);
    }
}

const LARGE: usize = 64 << 10;
const ONE: [&str; 1] = ["PLAIN"];
const EIGHT: [&str; 8] = [
    "SCRAM-SHA-256-PLUS",
    "SCRAM-SHA-256",
    "SCRAM-SHA-512",
    "EXTERNAL",
    "PLAIN",
    "ANONYMOUS",
    "GSSAPI",
    "XOAUTH2",
];
