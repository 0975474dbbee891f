//! The seam to nom: its parsers run here, and its types go no further than this file and its callers' arguments.

use nom::{Err, Needed, Parser, ToUsize};

use crate::DecodeError;

/// What a parser of this crate returns: the octets it left, and what it read.
pub(crate) type Parsed<'a, T> = Result<(&'a [u8], T), DecodeError>;

/// Runs a nom `parser`: one that stops short is [`DecodeError::Incomplete`] when it streams, else
/// [`DecodeError::Truncated`].
#[inline]
pub(crate) fn parse<'a, T>(
    mut parser: impl Parser<&'a [u8], Output = T, Error = ()>,
    input: &'a [u8],
) -> Parsed<'a, T> {
    parser.parse(input).map_err(|error| match error {
        //= SRS_AMQP_CODEC_01_001
        Err::Incomplete(Needed::Size(needed)) => DecodeError::Incomplete { needed: needed.get() },
        Err::Incomplete(Needed::Unknown) => DecodeError::Incomplete { needed: 1 },
        //= SRS_AMQP_CODEC_01_002
        Err::Error(()) | Err::Failure(()) => DecodeError::Truncated,
    })
}

/// Takes `count` octets where they must be: what every value is cut with, so it is spelt out for the optimizer.
#[inline]
pub(crate) fn take(input: &[u8], count: usize) -> Parsed<'_, &[u8]> {
    let (octets, rest) = input.split_at_checked(count).ok_or(DecodeError::Truncated)?;
    Ok((rest, octets))
}

//= SRS_AMQP_CODEC_01_029
/// Refuses what is left after the last thing that may be there.
#[inline]
pub(crate) fn end(rest: &[u8]) -> Result<(), DecodeError> {
    if rest.is_empty() { Ok(()) } else { Err(DecodeError::Trailing { octets: rest.len() }) }
}

/// Takes the next `N` octets off `rest`.
#[inline]
pub(crate) fn fixed<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], DecodeError> {
    let (octets, tail) = rest.split_first_chunk().ok_or(DecodeError::Truncated)?;
    *rest = tail;
    Ok(*octets)
}

/// Takes octets and the one of length in front of them off `rest`: `length8 *octet`
#[inline]
pub(crate) fn narrow<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], DecodeError> {
    let [length] = fixed(rest)?;
    let (tail, data) = take(rest, usize::from(length))?;
    *rest = tail;
    Ok(data)
}

/// Takes octets and the four of length in front of them off `rest`: `length32 *octet`
#[inline]
pub(crate) fn wide<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], DecodeError> {
    let length = u32::from_be_bytes(fixed(rest)?);
    let (tail, data) = take(rest, length.to_usize())?;
    *rest = tail;
    Ok(data)
}
