//! What must hold whatever the octets are: the judges that the targets share.
//!
//! Each judge panics with what it saw; none keeps anything.

use core::fmt::{Debug, Write};
use core::hash::{BuildHasher, BuildHasherDefault, Hash};
use std::hash::DefaultHasher;

/// What a decoder of a stream says: octets left and a value, or a fault.
pub type Decoded<'a, T, E> = Result<(&'a [u8], T), E>;

/// Judges a decoder of a stream on `input`: it takes from the front, leaves the rest as it is, and says the
/// same wherever the octets are cut.
///
/// `needed` tells the fault that more octets can mend. The reader that only ever asks for what is needed
/// must end where the one ends that has everything; so must one with any part of the input, unless it is told
/// to wait for more.
///
/// # Errors
///
/// Returns what `decode` says of the whole.
///
/// # Panics
///
/// Panics when one of that does not hold.
pub fn stream<'a, T: Debug + PartialEq, E: Debug + PartialEq>(
    input: &'a [u8],
    decode: impl Fn(&'a [u8]) -> Decoded<'a, T, E>,
    needed: impl Fn(&E) -> Option<usize>,
) -> Decoded<'a, T, E> {
    let whole = decode(input);
    if let Ok((rest, _)) = &whole {
        assert!(input.ends_with(rest), "the rest is not the end of the input");
    }
    let consumed = whole.as_ref().ok().map(|(rest, _)| input.len().saturating_sub(rest.len()));
    let same = |part: &'a [u8]| match (decode(part), &whole) {
        (Ok((rest, value)), Ok((_, expected))) => {
            assert_eq!(value, *expected, "another value from a part");
            let taken = part.len().saturating_sub(rest.len());
            assert_eq!(Some(taken), consumed, "another length from a part");
            None
        }
        (Err(fault), whole) => match (needed(&fault), whole) {
            (Some(more), Ok(_)) => {
                let until = part.len().saturating_add(more);
                assert!(
                    0 < more && consumed.is_some_and(|consumed| until <= consumed),
                    "asks for {more} octets"
                );
                Some(until)
            }
            (Some(more), Err(_)) => {
                assert!(0 < more, "asks for nothing");
                Some(part.len().saturating_add(more))
            }
            (None, whole) => {
                assert_eq!(Some(&fault), whole.as_ref().err(), "another fault from a part");
                None
            }
        },
        (Ok(_), Err(fault)) => unreachable!("a value from a part, and {fault:?} from all"),
    };
    let mut have = Some(0);
    while let Some(part) = have.and_then(|have| input.get(..have)) {
        have = same(part);
    }
    if let Some(part) = input.get(..cut(input)) {
        same(part);
    }
    whole
}

/// A place to cut `input`, which depends on nothing but its octets.
#[must_use]
pub fn cut(input: &[u8]) -> usize {
    let places = u64::try_from(input.len()).unwrap_or(u64::MAX).saturating_add(1);
    let place = (mixed(input) >> 8).checked_rem(places).unwrap_or_default();
    usize::try_from(place).unwrap_or_default()
}

/// Whether to judge by what is slow: one input in eight, which depends on nothing but its octets.
///
/// An engine tries many inputs that differ in nothing that matters, so that little is missed.
#[must_use]
pub fn sampled(input: &[u8]) -> bool {
    mixed(input).is_multiple_of(8)
}

/// A number from the length and the last octets, which are those that differ the most.
fn mixed(input: &[u8]) -> u64 {
    let last = input.last_chunk().copied().map_or(1, u64::from_le_bytes);
    let length = u64::try_from(input.len()).unwrap_or(u64::MAX);
    // The constant is the golden ratio in 64 bits: it carries every bit into the upper ones.
    (last ^ length).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32
}

/// Judges that `Debug` of `value` tells nothing of a secret: it shows the same for another secret of the same
/// length, which `other` holds.
///
/// # Panics
///
/// Panics when they differ.
pub fn redacted(value: &impl Debug, other: &impl Debug) {
    let shown = |value: &dyn Debug| {
        let mut text = String::new();
        let _infallible = write!(text, "{value:?}");
        text
    };
    assert_eq!(shown(value), shown(other), "Debug depends on the secret");
}

/// Octets of the same length as `secret`, each different.
#[must_use]
pub fn another(secret: &[u8]) -> Vec<u8> {
    secret.iter().map(|octet| !octet).collect()
}

/// The hash of `value`, the same in every run.
#[must_use]
pub fn hash(value: &impl Hash) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(value)
}
