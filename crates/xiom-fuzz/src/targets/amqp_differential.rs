//! AMQP values and SASL performatives, read and written by another implementation.
//!
//! What ours takes, the other must take and read the same, and each must read what the other writes. Where
//! they may differ is listed in `Exception`, each with its reason; anything else is a failure of the target.
//!
//! What ours refuses is shown to the other only where it is a scalar: the other is not written for octets
//! whose lengths and counts contradict each other.

use serde_amqp::Value as Theirs;
use xiom_amqp_codec::{DecodeError, Limits, Performative, Value};

use super::{amqp_sasl, amqp_value};
use crate::dictionary::Dictionary;
use crate::{Seed, Target};
use value::{exception, same};

mod performative;
mod value;

/// Reads any octets with both; each reads what the other writes.
pub const TARGET: Target = Target {
    explain,
    seeds,
    dictionary: Dictionary::Amqp,
    memory: 4 << 20,
    longest: 512,
    ..Target::new(
        "amqp_differential",
        "values and SASL performatives of AMQP 1.0, compared with another implementation",
        run,
    )
};

/// Why the two may differ on octets that ours takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Exception {
    /// A map that names a key twice is invalid (part 1, section 1.6.23): the other keeps one of the two, ours
    /// hands on both for its caller to judge. The other compares floating point numbers by their value and
    /// ours by their bits, so a key that holds one counts as named twice.
    KeyTwice,
    /// Descriptors that are neither `ulong` nor `symbol` are reserved (part 1, section 1.2): ours reads them, as
    /// it must to skip them, the other does not.
    ReservedDescriptor,
    /// An array of compounds or of described values: the specification has one constructor for all elements
    /// (part 1, section 1.6.24), the other expects one before each, or refuses.
    ArrayOfCompounds,
    /// An array whose elements take no octets, or which has none: the other refuses `null` and the codes that
    /// stand for one value, and writes no constructor into an empty array.
    ArrayOfNothing,
}

/// Limits within which a run is short.
const LIMITS: Limits = Limits { depth: 16, zero_width: 64 };

fn run(input: &[u8]) {
    match Value::decode_with(input, LIMITS) {
        Ok((rest, value)) => {
            let octets = input.get(..input.len().saturating_sub(rest.len())).unwrap_or_default();
            taken(octets, &value);
        }
        Err(fault) => refused(input, fault),
    }
    let frame = Performative::decode_frame(input, u32::MAX);
    if let Ok((_, performative)) = frame {
        performative::compare(input, &performative);
    }
}

fn taken(octets: &[u8], value: &Value<'_>) {
    let exception = exception(value);
    let theirs = match serde_amqp::from_slice::<Theirs>(octets) {
        Ok(theirs) => theirs,
        Err(fault) => {
            assert!(exception.is_some(), "the other refuses {value}: {fault}");
            return;
        }
    };
    if exception.is_some() {
        return;
    }
    assert!(same(value, &theirs), "ours {value}, the other {theirs:?}");
    let mut ours = Vec::new();
    value.encode(&mut ours);
    let again = serde_amqp::from_slice::<Theirs>(&ours);
    assert!(again.as_ref().is_ok_and(|again| same(value, again)), "{value} is read as {again:?}");
    let written = serde_amqp::to_vec(&theirs).unwrap_or_default();
    assert_eq!(Value::decode(&written), Ok(*value), "what the other writes");
}

/// What ours refuses of a scalar, the other refuses, too.
fn refused(input: &[u8], fault: DecodeError) {
    let is_fixed = input.first().is_some_and(|code| (0x40..0xA0).contains(code) && *code != 0x45);
    // Of what has a length, the other is shown strings that are there in full. It takes symbols for UTF-8, where
    // they are ASCII (part 1, section 1.6.21).
    let is_string = matches!(input.first(), Some(0xA1 | 0xB1)) && fault == DecodeError::NotUtf8;
    if !is_fixed && !is_string {
        return;
    }
    let theirs = serde_amqp::from_slice::<Theirs>(input);
    assert!(theirs.is_err(), "ours says {fault}, the other {theirs:?}");
}

fn explain(input: &[u8]) -> String {
    format!("{}{}", amqp_value::explain(input), amqp_sasl::explain(input))
}

fn seeds() -> Vec<Seed> {
    [amqp_value::seeds(), amqp_sasl::seeds()].concat()
}
