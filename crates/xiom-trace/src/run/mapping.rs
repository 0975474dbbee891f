//! The coverage map that the compiler leaves in an object: which counter counts which region of the source.
//!
//! `__llvm_covmap` holds the tables of file names, `__llvm_covfun` one record per function: its files, the
//! expressions over its counters, and its regions. Only regions of code are kept.

use std::collections::HashMap;

use md5::{Digest, Md5};

use super::octets::{Malformed, Octets};

/// What a counter of a region is made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Counter {
    /// It never counts.
    Zero,
    /// The counter of this number.
    Counted(usize),
    /// The expression of this number.
    Expression(usize),
}

/// A sum or a difference of two counters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expression {
    pub(super) left: Counter,
    pub(super) right: Counter,
    pub(super) subtract: bool,
}

/// One region of code: lines and columns from 1, columns in octets, the end exclusive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    /// The file, as an index into the names of the record's table.
    pub(super) file: usize,
    pub(super) counter: Counter,
    pub(super) start: (usize, usize),
    pub(super) end: (usize, usize),
}

/// What the compiler says of one function.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) name: u64,
    /// The hash of its structure; zero for a function that is in no program.
    pub(super) hash: u64,
    /// The table of file names.
    pub(super) files: u64,
    pub(super) expressions: Vec<Expression>,
    pub(super) regions: Vec<Region>,
}

/// The tables of file names by their hash; names are as the compiler got them, the first is its directory.
pub(super) type FileTables = HashMap<u64, Vec<String>>;

/// Reads the tables of `__llvm_covmap` into `tables`.
pub(super) fn read_tables(section: &[u8], tables: &mut FileTables) -> Result<(), Malformed> {
    let mut rest = Octets::new(section);
    while !rest.is_empty() {
        let (_records, size, _coverage, version) =
            (rest.u32()?, rest.u32()?, rest.u32()?, rest.u32()?);
        if !VERSIONS.contains(&version) {
            return Err(Malformed("holds a coverage map of a version that is not known here"));
        }
        let encoded = rest.take_long(u64::from(size))?;
        let hash = Octets::new(&Md5::digest(encoded)).u64()?;
        tables.insert(hash, read_names(encoded)?);
        align(&mut rest, section.len())?;
    }
    Ok(())
}

fn read_names(encoded: &[u8]) -> Result<Vec<String>, Malformed> {
    let mut rest = Octets::new(encoded);
    let count = rest.size()?;
    let (size, compressed) = (rest.size()?, rest.size()?);
    if size > LARGEST_TABLE {
        return Err(Malformed("holds too large a table of file names"));
    }
    let unpacked;
    let mut names = if compressed == 0 {
        rest
    } else {
        let packed = rest.take(compressed)?;
        unpacked = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(packed, size)
            .map_err(|_| Malformed("holds a table of file names that cannot be unpacked"))?;
        Octets::new(&unpacked)
    };
    let mut found = Vec::new();
    for _ in 0..count {
        let length = names.size()?;
        found.push(String::from_utf8_lossy(names.take(length)?).into_owned());
    }
    Ok(found)
}

/// Reads the records of `__llvm_covfun` whose table of files `wanted` accepts.
pub(super) fn read_records(
    section: &[u8],
    wanted: impl Fn(u64) -> bool,
    records: &mut Vec<Record>,
) -> Result<(), Malformed> {
    let mut rest = Octets::new(section);
    while !rest.is_empty() {
        let name = rest.u64()?;
        let size = rest.u32()?;
        let (hash, files) = (rest.u64()?, rest.u64()?);
        let data = rest.take_long(u64::from(size))?;
        if wanted(files) {
            records.push(read_record(name, hash, files, data)?);
        }
        align(&mut rest, section.len())?;
    }
    Ok(())
}

fn read_record(name: u64, hash: u64, files: u64, data: &[u8]) -> Result<Record, Malformed> {
    let mut rest = Octets::new(data);
    let mut table = Vec::new();
    for _ in 0..rest.size()? {
        table.push(rest.size()?);
    }
    // Whether an expression adds or subtracts stands in the counters that name it.
    let mut operands = Vec::new();
    for _ in 0..rest.size()? {
        operands.push((rest.uleb()?, rest.uleb()?));
    }
    let mut expressions = Vec::with_capacity(operands.len());
    for &(left, right) in &operands {
        expressions.push(Expression {
            left: counter(left)?,
            right: counter(right)?,
            subtract: false,
        });
    }
    for (left, right) in operands {
        note_sign(left, &mut expressions)?;
        note_sign(right, &mut expressions)?;
    }
    let mut regions = Vec::new();
    for file in table {
        let mut line = 0;
        for _ in 0..rest.size()? {
            let header = rest.uleb()?;
            let code = read_kind(header, &mut rest)?;
            let (start, end, gap) = read_place(&mut rest, &mut line)?;
            note_sign(header, &mut expressions)?;
            if code && !gap {
                regions.push(Region { file, counter: counter(header)?, start, end });
            }
        }
    }
    Ok(Record { name, hash, files, expressions, regions })
}

type Position = (usize, usize);

fn read_place(
    rest: &mut Octets<'_>,
    line: &mut usize,
) -> Result<(Position, Position, bool), Malformed> {
    let start_line = line.saturating_add(rest.size()?);
    let start_column = rest.size()?;
    let end_line = start_line.saturating_add(rest.size()?);
    let end_column = rest.uleb()?;
    *line = start_line;
    let gap = end_column & GAP != 0;
    let end_column =
        usize::try_from(end_column & !GAP).map_err(|_| Malformed("column out of range"))?;
    // Two zeros stand for whole lines.
    if start_column == 0 && end_column == 0 {
        return Ok(((start_line, 1), (end_line, usize::MAX), gap));
    }
    Ok(((start_line, start_column), (end_line, end_column), gap))
}

/// Whether a region is code; what only other kinds of region have is passed over.
fn read_kind(header: u64, rest: &mut Octets<'_>) -> Result<bool, Malformed> {
    if header & TAG != 0 {
        return Ok(true);
    }
    if header & EXPANSION != 0 {
        return Ok(false);
    }
    let numbers = match header >> KIND {
        0 => return Ok(true),
        // Skipped.
        2 => 0,
        // A branch: two counters. A decision: its bitmap and the number of its conditions.
        4 | 5 => 2,
        // A branch of a decision: two counters and three conditions.
        6 => 5,
        _ => return Err(Malformed("holds a kind of region that is not known here")),
    };
    for _ in 0..numbers {
        rest.uleb()?;
    }
    Ok(false)
}

fn counter(encoded: u64) -> Result<Counter, Malformed> {
    let number = usize::try_from(encoded >> 2).map_err(|_| Malformed("counter out of range"))?;
    Ok(match encoded & TAG {
        0 => Counter::Zero,
        1 => Counter::Counted(number),
        _ => Counter::Expression(number),
    })
}

fn note_sign(encoded: u64, expressions: &mut [Expression]) -> Result<(), Malformed> {
    if let Counter::Expression(number) = counter(encoded)? {
        let expression = expressions.get_mut(number).ok_or(Malformed("expression out of range"))?;
        expression.subtract = encoded & TAG == SUBTRACT;
    }
    Ok(())
}

/// Steps over the octets that align the next record to eight.
fn align(rest: &mut Octets<'_>, whole: usize) -> Result<(), Malformed> {
    let over = whole.saturating_sub(rest.len()) % 8;
    if over != 0 {
        rest.take((8 - over).min(rest.len()))?;
    }
    Ok(())
}

/// The versions 6 and 7 of the map, which are written as one less.
const VERSIONS: [u32; 2] = [5, 6];
const LARGEST_TABLE: usize = 1 << 24;
const TAG: u64 = 3;
const SUBTRACT: u64 = 2;
const EXPANSION: u64 = 4;
const KIND: u32 = 3;
/// The bit of an end column that marks a gap between regions.
const GAP: u64 = 1 << 31;
