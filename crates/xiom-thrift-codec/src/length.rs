//! A length and what it announces: the seam to nom, whose types go no further than this file.
//!
//! Invariant: a length is judged as soon as its four octets are there.

use nom::bytes::streaming::take;
use nom::number::streaming::{be_u8, be_u32};
use nom::{Err, Needed, Parser};

use crate::{DecodeError, MAX_LENGTH};

/// What a decoder of this crate returns: the octets it left, and what it read.
pub(crate) type Decoded<'a, T> = Result<(&'a [u8], T), DecodeError>;

pub(crate) fn octet(input: &[u8]) -> Decoded<'_, u8> {
    run(be_u8, input)
}

//= SRS_THRIFT_SASL_01_002
//= SRS_THRIFT_SASL_50_027, SRS_THRIFT_SASL_50_030
/// Takes a length of at most `limit`.
pub(crate) fn length(input: &[u8], limit: u32) -> Decoded<'_, u32> {
    let (rest, size) = run(be_u32, input)?;
    let limit = limit.min(MAX_LENGTH);
    if limit < size { Err(DecodeError::TooLarge { size, limit }) } else { Ok((rest, size)) }
}

pub(crate) fn octets(input: &[u8], count: u32) -> Decoded<'_, &[u8]> {
    run(take(count), input)
}

fn run<'a, T>(
    mut parser: impl Parser<&'a [u8], Output = T, Error = ()>,
    input: &'a [u8],
) -> Decoded<'a, T> {
    parser.parse(input).map_err(|error| match error {
        Err::Incomplete(Needed::Size(needed)) => DecodeError::Incomplete { needed: needed.get() },
        Err::Incomplete(Needed::Unknown) | Err::Error(()) | Err::Failure(()) => {
            DecodeError::Incomplete { needed: 1 }
        }
    })
}
