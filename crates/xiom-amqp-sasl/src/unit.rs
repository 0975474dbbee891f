//! Gathers the octets of one header or frame, however they were cut.
//!
//! Sizes are judged as soon as they are known, before the body is awaited. A unit that lies whole in the
//! input is not copied.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use xiom_amqp_codec::{DecodeError, FrameHeader, ProtocolHeader};
use xiom_core::{Cause, Received};
use zeroize::{Zeroize, Zeroizing};

use crate::{frame, header};

/// The octets of the present unit, as far as they came in earlier reads; wiped and not printed, as they
/// may hold secrets.
#[derive(Clone, Default, Eq, Hash, PartialEq)]
pub(crate) struct Unit(Vec<u8>);

impl Unit {
    /// Takes octets from the front of `input`, and shows a whole unit, or what is wrong, to `judge`.
    pub(crate) fn receive(
        &mut self,
        input: &[u8],
        want: Want,
        judge: impl FnOnce(Result<&[u8], Cause>),
    ) -> Option<Received> {
        let (consumed, gathered) = self.gather(input, want);
        match gathered {
            //= SRS_SASLCLIENTIO_01_028
            Gathered::Part => return (consumed != 0).then(|| Received::skip(consumed)),
            Gathered::Here(range) => judge(Ok(input.get(range).unwrap_or_default())),
            Gathered::Kept(octets) => judge(Ok(&octets)),
            //= SRS_SASL_SERVER_IO_01_073
            //= SRS_SASLCLIENTIO_01_122
            Gathered::Bad(error) => judge(Err(want.fault(error))),
        }
        Some(Received::skip(consumed))
    }

    //= SRS_SASLCLIENTIO_50_012
    /// Takes octets from the front of `input` up to the end of one unit.
    fn gather(&mut self, input: &[u8], want: Want) -> (usize, Gathered) {
        if self.0.is_empty()
            && let Ok(length) = want.length(input)
            && length <= input.len()
        {
            return (length, Gathered::Here(0..length));
        }
        let mut taken = 0_usize;
        loop {
            let missing = match want.length(&self.0) {
                Ok(length) if length <= self.0.len() => {
                    return (taken, Gathered::Kept(Zeroizing::new(core::mem::take(&mut self.0))));
                }
                Ok(length) => length.saturating_sub(self.0.len()),
                Err(DecodeError::Incomplete { needed }) => needed,
                Err(error) => return (taken, Gathered::Bad(error)),
            };
            let rest = input.get(taken..).unwrap_or_default();
            let part = rest.get(..missing).unwrap_or(rest);
            //= SRS_SASL_SERVER_IO_01_054
            if part.is_empty() {
                return (taken, Gathered::Part);
            }
            self.append(part, missing);
            taken = taken.saturating_add(part.len());
        }
    }

    /// Appends `part` of the `missing` octets; a buffer that is outgrown is wiped.
    fn append(&mut self, part: &[u8], missing: usize) {
        if self.0.capacity().saturating_sub(self.0.len()) < part.len() {
            let mut grown = Vec::with_capacity(self.0.len().saturating_add(missing));
            grown.extend_from_slice(&self.0);
            self.0.zeroize();
            self.0 = grown;
        }
        self.0.extend_from_slice(part);
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Unit {
    //= SRS_SASLCLIENTIO_50_030
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} octets]", self.0.len())
    }
}

/// What the octets are to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Want {
    /// A protocol header.
    Header,
    /// A frame of at most so many octets.
    Frame(u32),
}

impl Want {
    /// Octets of the unit that starts with `octets`.
    fn length(self, octets: &[u8]) -> Result<usize, DecodeError> {
        match self {
            Self::Header => ProtocolHeader::decode(octets).map(|_| ProtocolHeader::LENGTH),
            Self::Frame(limit) => {
                let (_, header) = FrameHeader::decode(octets, limit)?;
                usize::try_from(header.size).map_err(|_| DecodeError::FrameSize(header.size))
            }
        }
    }
}

impl Want {
    /// The failure that octets which start no such unit mean.
    fn fault(self, error: DecodeError) -> Cause {
        match self {
            Self::Header => header::fault(error),
            Self::Frame(_) => frame::fault(error),
        }
    }
}

/// What was gathered.
#[derive(Debug)]
enum Gathered {
    /// More octets are needed.
    Part,
    /// A whole unit lies there in the input.
    Here(Range<usize>),
    /// A whole unit, of which parts came earlier.
    Kept(Zeroizing<Vec<u8>>),
    /// No unit starts with these octets.
    Bad(DecodeError),
}
