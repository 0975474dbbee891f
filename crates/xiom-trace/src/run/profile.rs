//! The raw profile that an instrumented process writes when it ends.
//!
//! A header of 64-bit numbers, then one record per instrumented function, then all counters. A record names
//! its function by a hash, and says where its counters begin relative to itself. What does not add up is
//! refused: a profile is read whole or not at all.

use std::collections::HashMap;

use super::octets::{Malformed, Octets};

/// The counters of one process.
#[derive(Debug)]
pub(super) struct Profile<'a> {
    /// The records of all functions, as the process held them in memory.
    records: &'a [u8],
    record_size: usize,
    counters: &'a [u8],
    /// By name and hash; a function that is inlined across units has a record, and counters, in each.
    functions: HashMap<(u64, u64), Vec<Function>>,
}

#[derive(Clone, Copy, Debug)]
struct Function {
    first: usize,
    count: usize,
}

impl<'a> Profile<'a> {
    pub(super) fn read(octets: &'a [u8]) -> Result<Self, Malformed> {
        let mut rest = Octets::new(octets);
        let header = Header::read(&mut rest)?;
        rest.take_long(header.binary_ids)?;
        let size = header.functions.checked_mul(header.layout.record);
        let records = rest.take(size.ok_or(Malformed("length out of range"))?)?;
        rest.take_long(header.before_counters)?;
        let counters = rest.take_long(header.counters.saturating_mul(COUNTER_LONG))?;
        rest.take_long(header.after_counters)?;
        rest.take_long(header.names)?;

        let mut functions: HashMap<_, Vec<Function>> = HashMap::with_capacity(header.functions);
        let mut delta = header.delta;
        for record in records.chunks_exact(header.layout.record) {
            let (identity, function) = header.layout.function(record, delta)?;
            if function.first.saturating_add(function.count) > counters.len() / COUNTER {
                return Err(Malformed("counters out of range"));
            }
            functions.entry(identity).or_default().push(function);
            delta = delta.wrapping_sub(header.layout.record_long);
        }
        Ok(Self { records, record_size: header.layout.record, counters, functions })
    }

    /// The counters of the function `name` as it was compiled under `hash`, in all its copies.
    pub(super) fn counters(&self, name: u64, hash: u64) -> Option<Counters<'a>> {
        let functions = self.functions.get(&(name, hash))?;
        let copies = functions.iter().map(|function| {
            let from = function.first.checked_mul(COUNTER)?;
            let to = function.first.checked_add(function.count)?.checked_mul(COUNTER)?;
            self.counters.get(from..to)
        });
        copies.collect::<Option<Vec<_>>>().map(Counters)
    }

    /// Whether the process ran the program whose records, as they stand in its file, are `section`.
    ///
    /// Of each record the name and the hash of the function are compared: the pointers behind them are
    /// changed when the program is loaded.
    pub(super) fn is_of(&self, section: &[u8]) -> bool {
        !section.is_empty()
            && section.len() == self.records.len()
            && section
                .chunks_exact(self.record_size)
                .zip(self.records.chunks_exact(self.record_size))
                .all(|(one, other)| one.get(..IDENTITY) == other.get(..IDENTITY))
    }
}

/// The counters of one function, in all its copies.
#[derive(Clone, Debug)]
pub(super) struct Counters<'a>(Vec<&'a [u8]>);

impl Counters<'_> {
    /// The counter `index`, summed over all copies; `None` if the function has no such counter.
    //= SRS_TRACE_01_026
    pub(super) fn at(&self, index: usize) -> Option<u64> {
        let from = index.checked_mul(COUNTER)?;
        let one = |copy: &&[u8]| copy.get(from..).and_then(|rest| Octets::new(rest).u64().ok());
        self.0.iter().map(one).reduce(|sum, count| Some(sum?.saturating_add(count?))).flatten()
    }
}

struct Header {
    layout: Layout,
    binary_ids: u64,
    functions: usize,
    before_counters: u64,
    counters: u64,
    after_counters: u64,
    names: u64,
    delta: u64,
}

impl Header {
    fn read(rest: &mut Octets<'_>) -> Result<Self, Malformed> {
        if rest.u64()? != MAGIC {
            return Err(Malformed("is not a raw profile of a 64-bit process of this machine"));
        }
        let version = rest.u64()?;
        if version & (BYTE_COUNTERS | ENTRIES_ONLY) != 0 {
            return Err(Malformed("does not count how often code ran"));
        }
        let layout = Layout::of(version & !FLAGS)?;
        let binary_ids = rest.u64()?;
        let functions =
            usize::try_from(rest.u64()?).map_err(|_| Malformed("length out of range"))?;
        let before_counters = rest.u64()?;
        let counters = rest.u64()?;
        let after_counters = rest.u64()?;
        let (_bitmap, _after_bitmap) = (rest.u64()?, rest.u64()?);
        let names = rest.u64()?;
        let delta = rest.u64()?;
        for _ in 0..layout.trailing {
            rest.u64()?;
        }
        Ok(Self {
            layout,
            binary_ids,
            functions,
            before_counters,
            counters,
            after_counters,
            names,
            delta,
        })
    }
}

/// Where the parts of a record stand.
#[derive(Clone, Copy)]
struct Layout {
    record: usize,
    record_long: u64,
    /// The numbers of the header after the distance from the records to the counters.
    trailing: usize,
    /// Octets of a record between the place of its counters and their number.
    pointers: usize,
}

impl Layout {
    const fn of(version: u64) -> Result<Self, Malformed> {
        match version {
            // The bitmap, the function and the values: three pointers. The last numbers of the header: two
            // distances, two of virtual tables from version 10 on, and the last kind of value.
            9 => Ok(Self { record: 64, record_long: 64, trailing: 3, pointers: 24 }),
            10 => Ok(Self { record: 64, record_long: 64, trailing: 5, pointers: 24 }),
            _ => Err(Malformed("is of a version of the format that is not known here")),
        }
    }

    fn function(self, record: &[u8], delta: u64) -> Result<((u64, u64), Function), Malformed> {
        let mut rest = Octets::new(record);
        let name = rest.u64()?;
        let hash = rest.u64()?;
        let offset = rest.u64()?.wrapping_sub(delta);
        rest.take(self.pointers)?;
        let count = usize::try_from(rest.u32()?).map_err(|_| Malformed("length out of range"))?;
        let offset = usize::try_from(offset).map_err(|_| Malformed("counters out of range"))?;
        if offset % COUNTER != 0 {
            return Err(Malformed("counters out of step"));
        }
        Ok(((name, hash), Function { first: offset / COUNTER, count }))
    }
}

/// "\xfflprofr\x81", as a number.
const MAGIC: u64 = 0xff6c_7072_6f66_7281;
const FLAGS: u64 = 0xff00_0000_0000_0000;
const BYTE_COUNTERS: u64 = 1 << 60;
const ENTRIES_ONLY: u64 = 1 << 61;
/// The octets of a counter.
const COUNTER: usize = 8;
const COUNTER_LONG: u64 = 8;
/// The octets at the start of a record that tell which function it is.
const IDENTITY: usize = 16;
