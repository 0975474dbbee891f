//! Frames of SASL and values of AMQP, decoded and encoded.
//!
//! Decoding ends with every symbol and value visited. Encoding starts from borrowed parts, measures nothing
//! beforehand, and writes into a buffer that has room.

use core::hint::black_box;

use anyhow::{Result, ensure};
use xiom_amqp_codec::{
    Challenge, Init, List, MIN_MAX_FRAME_SIZE, Map, Mechanisms, Outcome, Performative, SaslCode,
    Symbol, Value,
};

use super::Peers;
use crate::contest::{Contest, Rival, Unit, XIOM};

/// One thing to decode or to encode.
pub struct Case<'a> {
    /// `decode` or `encode`.
    pub group: &'static str,
    /// Of what.
    pub name: &'static str,
    /// The octets that are decoded, or that encoding gives.
    pub octets: &'a [u8],
    /// Does it once, with Xiom.
    pub deed: Box<dyn FnMut() + 'a>,
}

/// Measures the rows.
///
/// # Errors
///
/// Returns an error when what was encoded is not what is decoded.
pub fn run(contest: &mut Contest, peers: &impl Peers) -> Result<()> {
    visit(|case| {
        let row = format!("codec-{}/{}", case.group, case.name);
        if contest.wants(&row) {
            let rivals = peers.codec(&case);
            let mut deed = case.deed;
            let mut all = vec![Rival::operation(XIOM, &mut deed)];
            all.extend(rivals);
            contest.run(&row, Unit::Nanoseconds, all);
        }
        Ok(())
    })
}

/// Shows `visit` every case.
///
/// # Errors
///
/// Returns an error when what was encoded is not what is decoded, or `visit` does.
pub fn visit(mut visit: impl FnMut(Case<'_>) -> Result<()>) -> Result<()> {
    frames(&mut visit)?;
    values(&mut visit)
}

fn frames(visit: &mut impl FnMut(Case<'_>) -> Result<()>) -> Result<()> {
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
        decode_frame(visit, name, &frame, performative)?;
    }
    for (name, names) in [("mechanisms 1 sym32", &ONE[..]), ("mechanisms 8 sym32", &EIGHT)] {
        let mechanisms = Performative::Mechanisms(Mechanisms::new(names)?);
        decode_frame(visit, name, &wide_mechanisms(names)?, mechanisms)?;
    }
    encode_mechanisms(visit, "mechanisms 1", &ONE)?;
    encode_mechanisms(visit, "mechanisms 8", &EIGHT)?;
    encode_frame(visit, "init plain", || init().ok().map(Performative::Init))?;
    encode_frame(visit, "challenge 200", || {
        Some(Performative::Challenge(Challenge { challenge: black_box(&challenge) }))
    })?;
    encode_frame(visit, "outcome", || {
        let code = black_box(SaslCode::Ok);
        Some(Performative::Outcome(Outcome { code, additional_data: None }))
    })
}

fn init() -> Result<Init<'static>> {
    let mechanism = Symbol::new(black_box("PLAIN"))?;
    let initial_response = Some(black_box(&b"\0user\0password"[..]));
    Ok(Init { mechanism, initial_response, hostname: Some(black_box("broker.example.org")) })
}

fn decode_frame(
    visit: &mut impl FnMut(Case<'_>) -> Result<()>,
    name: &'static str,
    frame: &[u8],
    expected: Performative<'_>,
) -> Result<()> {
    let (_, decoded) = Performative::decode_frame(frame, MIN_MAX_FRAME_SIZE)?;
    ensure!(decoded == expected, "{name} is not what was encoded");
    let deed = Box::new(|| {
        let decoded = Performative::decode_frame(black_box(frame), MIN_MAX_FRAME_SIZE);
        if let Ok((_, Performative::Mechanisms(mechanisms))) = &decoded {
            mechanisms.iter().for_each(|name| {
                black_box(name);
            });
        }
        let _ = black_box(decoded);
    });
    visit(Case { group: "decode", name, octets: frame, deed })
}

fn encode_mechanisms(
    visit: &mut impl FnMut(Case<'_>) -> Result<()>,
    name: &'static str,
    names: &[&str],
) -> Result<()> {
    encode_frame(visit, name, || {
        Mechanisms::new(black_box(names)).ok().map(Performative::Mechanisms)
    })
}

fn encode_frame<'a>(
    visit: &mut impl FnMut(Case<'_>) -> Result<()>,
    name: &'static str,
    build: impl Fn() -> Option<Performative<'a>>,
) -> Result<()> {
    let mut octets = Vec::new();
    if let Some(performative) = build() {
        performative.encode_frame(&mut octets);
    }
    let mut out = Vec::with_capacity(1 << 10);
    let deed = Box::new(|| {
        out.clear();
        if let Some(performative) = build() {
            performative.encode_frame(black_box(&mut out));
        }
        black_box(&out);
    });
    visit(Case { group: "encode", name, octets: &octets, deed })
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

fn values(visit: &mut impl FnMut(Case<'_>) -> Result<()>) -> Result<()> {
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
        let octets = &octets;
        let deed = Box::new(|| {
            let _ = Value::decode(black_box(octets)).map(look);
        });
        visit(Case { group: "decode", name, octets, deed })?;
        let mut out = Vec::with_capacity(octets.len());
        let deed = Box::new(|| {
            out.clear();
            black_box(&value).encode(black_box(&mut out));
            black_box(&out);
        });
        visit(Case { group: "encode", name, octets, deed })?;
    }
    // The limit of what is not borrowed: the same octets to the same place.
    let mut out = Vec::with_capacity(LARGE + 5);
    let deed = Box::new(|| {
        out.clear();
        out.extend_from_slice(&[0; 5]);
        black_box(&mut out).extend_from_slice(black_box(&large));
    });
    visit(Case { group: "limit", name: "copy 64 KiB", octets: &large, deed })
}

/// Looks at all that a value holds.
fn look(value: Value<'_>) {
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
/// An offer of one name.
pub const ONE: [&str; 1] = ["PLAIN"];
/// An offer of eight names.
pub const EIGHT: [&str; 8] = [
    "SCRAM-SHA-256-PLUS",
    "SCRAM-SHA-256",
    "SCRAM-SHA-512",
    "EXTERNAL",
    "PLAIN",
    "ANONYMOUS",
    "GSSAPI",
    "XOAUTH2",
];
