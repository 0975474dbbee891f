//! Gathers the octets of one message of a peer, however they were cut.
//!
//! A length is judged as soon as it is known, before what it announces is awaited; memory grows with the
//! octets that came. A unit that lies whole in the input is not copied.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use crate::secret::wipe_all;
use crate::{Received, Secret};

/// The octets of the present unit, as far as they came in earlier reads; wiped and not printed, as they
/// may hold secrets.
///
/// ```
/// use xiom_core::{Extent, Unit};
///
/// let length = |octets: &[u8]| match octets.first() {
///     Some(length) => Ok::<_, ()>(Extent::Known(1 + usize::from(*length))),
///     None => Ok(Extent::AtLeast(1)),
/// };
/// let mut unit = Unit::default();
/// let got = unit.receive(b"\x02h", length, |_| unreachable!("it is not whole"));
/// assert_eq!(got.unwrap().consumed, 2);
/// let got = unit.receive(b"i!", length, |whole| assert_eq!(whole, Ok(&b"\x02hi"[..])));
/// assert_eq!(got.unwrap().consumed, 1);
/// ```
#[derive(Clone, Default, Eq, Hash, PartialEq)]
pub struct Unit(Vec<u8>);

impl Unit {
    /// Takes octets from the front of `input`, and shows a whole unit, or what is wrong, to `judge`.
    ///
    /// `length` is shown the octets of the unit, as far as they are there.
    pub fn receive<E>(
        &mut self,
        input: &[u8],
        length: impl Fn(&[u8]) -> Result<Extent, E>,
        judge: impl FnOnce(Result<&[u8], E>),
    ) -> Option<Received> {
        let (consumed, gathered) = self.gather(input, length);
        match gathered {
            //= SRS_SASLCLIENTIO_01_028
            Gathered::Part => return (consumed != 0).then(|| Received::skip(consumed)),
            Gathered::Here(range) => judge(Ok(input.get(range).unwrap_or_default())),
            Gathered::Kept(octets) => judge(Ok(octets.expose())),
            Gathered::Bad(error) => judge(Err(error)),
        }
        Some(Received::skip(consumed))
    }

    /// Whether no unit has begun.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    //= SRS_SASLCLIENTIO_50_012
    //= SRS_THRIFT_SASL_50_027, SRS_THRIFT_SASL_50_039
    /// Takes octets from the front of `input` up to the end of one unit.
    fn gather<E>(
        &mut self,
        input: &[u8],
        length: impl Fn(&[u8]) -> Result<Extent, E>,
    ) -> (usize, Gathered<E>) {
        if self.0.is_empty()
            && let Ok(Extent::Known(length)) = length(input)
            && length <= input.len()
        {
            return (length, Gathered::Here(0..length));
        }
        let mut taken = 0_usize;
        loop {
            let missing = match length(&self.0) {
                Ok(Extent::Known(length)) if length <= self.0.len() => {
                    return (taken, Gathered::Kept(Secret::from(core::mem::take(&mut self.0))));
                }
                Ok(Extent::Known(length)) => length.saturating_sub(self.0.len()),
                Ok(Extent::AtLeast(missing)) => missing.max(1),
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

    //= SRS_THRIFT_SASL_50_032
    /// Appends `part` of the `missing` octets; a buffer that is outgrown is wiped.
    fn append(&mut self, part: &[u8], missing: usize) {
        if self.0.capacity().saturating_sub(self.0.len()) < part.len() {
            // Twice what has come, never what was merely announced.
            let room = missing.min(self.0.len().saturating_add(part.len())).max(part.len());
            let mut grown = Vec::with_capacity(self.0.len().saturating_add(room));
            grown.extend_from_slice(&self.0);
            wipe_all(&mut self.0);
            self.0 = grown;
        }
        self.0.extend_from_slice(part);
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        wipe_all(&mut self.0);
    }
}

impl fmt::Debug for Unit {
    //= SRS_SASLCLIENTIO_50_030
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} octets]", self.0.len())
    }
}

/// How long a unit is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Extent {
    /// So many octets in all.
    Known(usize),
    /// Not known until so many more octets are there.
    AtLeast(usize),
}

/// What was gathered.
#[derive(Debug)]
enum Gathered<E> {
    /// More octets are needed.
    Part,
    /// A whole unit lies there in the input.
    Here(Range<usize>),
    /// A whole unit, of which parts came earlier.
    Kept(Secret),
    /// No unit starts with these octets.
    Bad(E),
}
