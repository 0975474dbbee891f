//! Where records and plain octets lie, and how sealed ones get into a wire buffer.
//!
//! rustls decrypts in the caller's input (its `MessageDecrypter` cannot do otherwise: the plain octets
//! borrow from the sealed ones), then lends them from a `Vec` of its own. So the plain octets are found
//! in the input again, and copied there only if they should not be where they belong.

use core::ops::Range;

use rustls::unbuffered::{EncodeError, EncodeTlsData, EncryptError};
use xiom_core::{TlsFault, WireBuf};

/// Octets that sealing `plain` octets takes at most, but for a key update before them.
pub(crate) const fn sealed_len(plain: usize) -> usize {
    plain.saturating_add((plain / FRAGMENT).saturating_add(1).saturating_mul(OVERHEAD))
}

/// Appends what `seal` writes, asked again with more room if `guess` is not enough.
pub(crate) fn append(
    guess: usize,
    out: &mut WireBuf,
    mut seal: impl FnMut(&mut [u8]) -> Result<usize, EncryptError>,
) -> Result<(), TlsFault> {
    let count = match seal(out.spare(guess)) {
        Err(EncryptError::InsufficientSize(size)) => seal(out.spare(size.required_size)),
        result => result,
    };
    out.commit(count.map_err(|_| TlsFault::Engine)?);
    Ok(())
}

/// Appends a message of the protocol itself.
pub(crate) fn encode<D>(data: &mut EncodeTlsData<'_, D>, out: &mut WireBuf) {
    let count = match data.encode(&mut []) {
        Err(EncodeError::InsufficientSize(size)) => data.encode(out.spare(size.required_size)),
        result => result,
    };
    out.commit(count.unwrap_or(0));
}

/// Where `plain` lies in the `consumed` octets of `input` that it came from; put there if need be.
///
/// The place follows from the length of the record, never from a search: plain octets that repeat
/// themselves look the same one octet further.
pub(crate) fn place(
    plain: &[u8],
    input: &mut [u8],
    consumed: usize,
    layout: Layout,
) -> Result<Range<usize>, TlsFault> {
    let added = consumed.saturating_sub(plain.len());
    let starts: &[usize] = match layout {
        Layout::Tls13 if added == HEADER + TAG + 1 => &[HEADER],
        Layout::Tls12 if added == HEADER + TAG => &[HEADER],
        // ring moves the plain octets to the place of the nonce.
        Layout::Tls12 if added == HEADER + NONCE + TAG => &[HEADER + NONCE, HEADER],
        // Padded, or not alone in what was consumed.
        Layout::Tls13 | Layout::Tls12 | Layout::Unknown => &[],
    };
    for start in starts.iter().filter(|_| is_one_record(input, consumed)) {
        let range = *start..start.saturating_add(plain.len());
        let octets = input.get(range.clone()).unwrap_or_default();
        // A place that is certain is only checked for a provider that decrypts elsewhere.
        if (layout == Layout::Tls13 && is_alike(octets, plain)) || octets == plain {
            return Ok(range);
        }
    }
    let start = consumed.checked_sub(plain.len()).ok_or(TlsFault::Engine)?;
    input.get_mut(start..consumed).ok_or(TlsFault::Engine)?.copy_from_slice(plain);
    Ok(start..consumed)
}

/// What is known of the octets that a record was decrypted in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Layout {
    /// They start with a record of TLS 1.3: header, plain octets, content type, tag.
    Tls13,
    /// They start with a record of TLS 1.2: header, perhaps a nonce, plain octets, tag.
    Tls12,
    /// Nothing.
    Unknown,
}

/// Whether the first `consumed` octets of `input` are one record with octets of the user.
fn is_one_record(input: &[u8], consumed: usize) -> bool {
    matches!(input, [23, _, _, high, low, ..]
        if consumed == HEADER + usize::from(u16::from_be_bytes([*high, *low])))
}

/// Whether the ends of both agree: those of sealed octets would not.
fn is_alike(octets: &[u8], plain: &[u8]) -> bool {
    octets.first_chunk::<SAMPLE>().is_some_and(|first| plain.starts_with(first))
        && octets.last_chunk::<SAMPLE>().is_some_and(|last| plain.ends_with(last))
}

/// The end of the last whole record in `input`, where one starts at `from` (RFC 8446 section 5.1).
pub(crate) fn whole_records(input: &[u8], from: usize) -> usize {
    let mut end = from;
    while let Some([_, _, _, high, low, rest @ ..]) = input.get(end..) {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        if rest.len() < length {
            break;
        }
        end = end.saturating_add(HEADER).saturating_add(length);
    }
    end
}

/// Whether `input` can be the start of a record: a known type, and a version that begins with 3.
pub(crate) fn may_be_tls(input: &[u8]) -> bool {
    let is_type = input.first().is_none_or(|first| (20..=24).contains(first));
    is_type && input.get(1).is_none_or(|major| *major == 3)
}

const FRAGMENT: usize = 1 << 14;
const HEADER: usize = 5;
/// Header, explicit nonce of TLS 1.2, tag, and content type of TLS 1.3: 29 octets at most.
const OVERHEAD: usize = 32;
/// The explicit nonce of AES-GCM in TLS 1.2 (RFC 5288 section 3).
const NONCE: usize = 8;
const TAG: usize = 16;
const SAMPLE: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    /// A record of `len` octets after `before` others and with `after` behind, filled with `fill`.
    fn record(before: usize, plain: &[u8], after: usize, fill: u8) -> Vec<u8> {
        let length = u16::try_from(before + plain.len() + after).unwrap().to_be_bytes();
        let mut input = [&[23, 3, 3], &length[..], &vec![fill; before], plain].concat();
        input.extend(vec![fill; after]);
        input
    }

    #[test]
    fn plain_octets_are_found_where_they_are() {
        use Layout::{Tls12, Tls13};
        for (layout, before, after) in
            [(Tls13, 0, 17), (Tls12, 0, 16), (Tls12, 8, 16), (Tls12, 0, 24)]
        {
            for len in [1, 15, 16, 17, 40] {
                let plain: Vec<u8> = (1..=len).collect();
                let mut input = record(before, &plain, after, 0xEE);
                let (consumed, start) = (input.len(), 5 + before);
                input.extend([0xDD; 30]);
                let expected = input.clone();
                let range = place(&plain, &mut input, consumed, layout);
                assert_eq!((range, input), (Ok(start..start + plain.len()), expected));
            }
        }
    }

    #[test]
    fn octets_that_repeat_themselves_are_not_taken_one_octet_off() {
        // The ends look the same wherever one begins; what is between must not move.
        let plain = [&[0; 40][..], b"between", &[0; 40]].concat();
        for (layout, before, after) in [
            (Layout::Tls13, 0, 17),
            (Layout::Tls13, 0, 18),
            (Layout::Tls12, 8, 16),
            (Layout::Tls12, 0, 24),
            (Layout::Unknown, 0, 17),
        ] {
            let mut input = record(before, &plain, after, 0);
            let consumed = input.len();
            let range = place(&plain, &mut input, consumed, layout).unwrap();
            assert_eq!(input[range], plain[..], "{layout:?} {before} {after}");
        }
    }

    #[test]
    fn plain_octets_that_are_elsewhere_are_put_at_the_end() {
        let mut input = record(0, b"sealed", 17, 0xEE);
        assert_eq!(place(b"padded", &mut input, 28, Layout::Tls13), Ok(22..28));
        assert_eq!(&input[22..28], b"padded");
        assert_eq!(place(b"too long", &mut input, 7, Layout::Tls13), Err(TlsFault::Engine));
        // Two records were consumed, and only the last one has octets of the user.
        let mut input = [record(0, b"ticket", 17, 0xEE), record(0, b"octets", 17, 0xEE)].concat();
        let consumed = input.len();
        assert_eq!(place(b"octets", &mut input, consumed, Layout::Tls13), Ok(50..56));
        assert_eq!(&input[50..56], b"octets");
    }

    #[test]
    fn whole_records_end_before_a_partial_one() {
        let input = [23, 3, 3, 0, 1, 9, 23, 3, 3, 0, 0, 23, 3, 3, 0, 2, 9];
        assert_eq!(whole_records(&input, 0), 11);
        assert_eq!(whole_records(&input, 6), 11);
        assert_eq!(whole_records(&input[..10], 0), 6);
        assert_eq!(whole_records(&[], 0), 0);
    }
}
