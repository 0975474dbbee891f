//! Runs of values: what a list, map or array holds, read one after the other.
//!
//! Invariant: the public iterators stand on octets that [`crate::limits::check`] has walked, so they yield exactly as
//! many values as they say.

use core::slice;

use nom::number::complete::{be_u8, be_u32};
use nom::{Parser, ToUsize};

use crate::constructor::{Constructor, Encoded, code, free_width, is_narrow, overhead, pass_text};
use crate::octets::{Parsed, end, parse};
use crate::{DecodeError, Symbol, Type, Value};

/// Counted values in octets that hold nothing else.
#[derive(Clone, Copy)]
pub(crate) struct Run<'a> {
    left: u32,
    octets: &'a [u8],
    /// The one constructor of an array's elements; elsewhere each value brings its own.
    shared: Option<Constructor<'a>>,
}

impl<'a> Run<'a> {
    pub(crate) const EMPTY: Self = Self { left: 0, octets: &[], shared: None };

    /// An array of so many elements.
    pub(crate) const fn of(left: u32, octets: &'a [u8], constructor: Constructor<'a>) -> Self {
        Self { left, octets, shared: Some(constructor) }
    }

    /// `run = count *value`; `list0` has no octets at all
    pub(crate) fn parse(code: u8, data: &'a [u8]) -> Result<Self, DecodeError> {
        if code == code::LIST0 {
            return Ok(Self::EMPTY);
        }
        let (octets, left) = count(code, data)?;
        Self { left, octets, shared: None }.fitting(1)
    }

    /// `array-run = count constructor *data`
    pub(crate) fn parse_array(code: u8, data: &'a [u8]) -> Result<Self, DecodeError> {
        let (rest, left) = count(code, data)?;
        let (octets, shared) = Constructor::parse(rest)?;
        // Without an element nothing else would judge the code.
        //= SRS_AMQP_CODEC_01_024
        Type::of_code(shared.code())?;
        Self { left, octets, shared: Some(shared) }.fitting(overhead(shared.code()))
    }

    /// Cuts off the next value.
    #[inline]
    pub(crate) fn next_encoded(&mut self) -> Option<Result<Encoded<'a>, DecodeError>> {
        self.left = self.left.checked_sub(1)?;
        let cut = match self.shared {
            Some(constructor) => Encoded::parse_data(self.octets, constructor),
            None => Encoded::parse(self.octets),
        };
        Some(cut.map(|(rest, encoded)| {
            self.octets = rest;
            encoded
        }))
    }

    /// Cuts off the next value by a copy, so that a loop may keep the run in registers: what is lent to a call lies in
    /// memory.
    #[inline]
    pub(crate) fn next_apart(&mut self) -> Option<Result<Encoded<'a>, DecodeError>> {
        let mut run = *self;
        let encoded = run.next_encoded();
        *self = run;
        encoded
    }

    /// Passes over values as long as they are good scalars.
    #[inline]
    pub(crate) fn pass_scalars(&mut self) {
        if let Some(constructor) = self.shared {
            return self.pass_elements(constructor.first());
        }
        while let Some(left) = self.left.checked_sub(1)
            && let Some((&code, rest)) = self.octets.split_first()
        {
            if let Some(width) = free_width(code) {
                let Some(rest) = rest.get(width..) else { return };
                (self.left, self.octets) = (left, rest);
                self.pass_alike(code, width);
            } else if let Some(rest) = pass_text(code, rest) {
                (self.left, self.octets) = (left, rest);
            } else {
                return;
            }
        }
    }

    /// Passes over the elements of an array at once, if each has as many octets and any are good.
    fn pass_elements(&mut self, code: u8) {
        if let Some(width) = free_width(code)
            && let Some(rest) = self.octets.get(self.left.to_usize().saturating_mul(width)..)
        {
            (self.left, self.octets) = (0, rest);
        }
    }

    /// Passes over values that repeat `code`: where the next one begins is known before it is looked at.
    #[inline]
    fn pass_alike(&mut self, code: u8, width: usize) {
        while let Some(left) = self.left.checked_sub(1)
            && self.octets.first() == Some(&code)
            && let Some(rest) = self.octets.get(1 + width..)
        {
            (self.left, self.octets) = (left, rest);
        }
    }

    /// Reads the next value: itself, not what it holds.
    #[inline]
    pub(crate) fn next_value<E>(&mut self) -> Option<Result<Value<'a>, E>>
    where
        E: From<DecodeError>,
    {
        let (code, input) = match self.shared {
            Some(constructor) => (constructor.first(), self.octets),
            None => match self.octets.split_first() {
                Some((code, rest)) => (*code, rest),
                None => (code::DESCRIBED, self.octets),
            },
        };
        if code == code::DESCRIBED {
            return Some(self.next_apart()?.and_then(Encoded::value).map_err(E::from));
        }
        self.left = self.left.checked_sub(1)?;
        let mut rest = input;
        let value = Value::read(code, &mut rest);
        self.octets = rest;
        Some(value)
    }

    /// Refuses octets behind the last value.
    pub(crate) fn end(&self) -> Result<(), DecodeError> {
        end(self.octets)
    }

    /// Takes the data of the next value, if its format code is `code`, which has one octet of length. `None` says
    /// nothing.
    #[inline]
    pub(crate) fn take_narrow(&mut self, code: u8) -> Option<&'a [u8]> {
        let left = self.left.checked_sub(1)?;
        let (&[first, length], rest) = self.octets.split_first_chunk()?;
        let (data, rest) = rest.split_at_checked(usize::from(length))?;
        if first != code {
            return None;
        }
        (self.left, self.octets) = (left, rest);
        Some(data)
    }

    /// Takes the one octet of data of the next value, if its format code is `code`. `None` says nothing.
    #[inline]
    pub(crate) fn take_octet(&mut self, code: u8) -> Option<u8> {
        let left = self.left.checked_sub(1)?;
        let (&[first, octet], rest) = self.octets.split_first_chunk()?;
        if first != code {
            return None;
        }
        (self.left, self.octets) = (left, rest);
        Some(octet)
    }

    /// The octets that are left.
    pub(crate) const fn octets(&self) -> &'a [u8] {
        self.octets
    }

    pub(crate) const fn left(&self) -> u32 {
        self.left
    }

    pub(crate) const fn shared(&self) -> Option<Constructor<'a>> {
        self.shared
    }

    /// The same array without its descriptors.
    pub(crate) fn bare(self) -> Self {
        Self { shared: self.shared.map(Constructor::primitive), ..self }
    }

    pub(crate) const fn without_elements(self) -> Self {
        Self { left: 0, ..self }
    }

    /// Compares the count with the octets there are, when each value takes `least` of them.
    fn fitting(self, least: usize) -> Result<Self, DecodeError> {
        let (count, octets) = (self.left, self.octets.len());
        //= SRS_AMQP_CODEC_01_006
        if count.to_usize().saturating_mul(least) > octets {
            return Err(DecodeError::Count { count, octets });
        }
        Ok(self)
    }
}

/// `count = octet / 4octet`
fn count(code: u8, data: &[u8]) -> Parsed<'_, u32> {
    if is_narrow(code) { parse(be_u8.map(u32::from), data) } else { parse(be_u32, data) }
}

/// The error of octets that were checked, which have none: a loop over values carries no octets of it along.
struct Checked;

impl From<DecodeError> for Checked {
    #[inline]
    fn from(_: DecodeError) -> Self {
        Self
    }
}

/// The values of a [`List`](crate::List) or an [`Array`](crate::Array), in order.
#[derive(Clone)]
pub struct Items<'a>(Source<'a>);

#[derive(Clone)]
enum Source<'a> {
    Run(Run<'a>),
    Values(slice::Iter<'a, Value<'a>>),
    Symbols(slice::Iter<'a, &'a str>),
}

impl<'a> Items<'a> {
    pub(crate) const fn run(run: Run<'a>) -> Self {
        Self(Source::Run(run))
    }

    pub(crate) fn values(values: &'a [Value<'a>]) -> Self {
        Self(Source::Values(values.iter()))
    }

    pub(crate) fn symbols(names: &'a [&'a str]) -> Self {
        Self(Source::Symbols(names.iter()))
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Value<'a>;

    #[inline]
    fn next(&mut self) -> Option<Value<'a>> {
        match &mut self.0 {
            Source::Run(run) => run.next_value::<Checked>()?.ok(),
            Source::Values(values) => values.next().copied(),
            Source::Symbols(names) => {
                names.next().map(|name| Value::Symbol(Symbol(name.as_bytes())))
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Source::Run(run) => (run.left.to_usize(), Some(run.left.to_usize())),
            Source::Values(values) => values.size_hint(),
            Source::Symbols(names) => names.size_hint(),
        }
    }
}

impl ExactSizeIterator for Items<'_> {}

/// The keys of a [`Map`](crate::Map) and their values, in order.
#[derive(Clone)]
pub struct Entries<'a>(Pairs<'a>);

#[derive(Clone)]
enum Pairs<'a> {
    Run(Run<'a>),
    Values(slice::Iter<'a, (Value<'a>, Value<'a>)>),
}

impl<'a> Entries<'a> {
    pub(crate) const fn run(run: Run<'a>) -> Self {
        Self(Pairs::Run(run))
    }

    pub(crate) fn values(entries: &'a [(Value<'a>, Value<'a>)]) -> Self {
        Self(Pairs::Values(entries.iter()))
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Value<'a>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Pairs::Run(run) => {
                let mut next = || run.next_value::<Checked>()?.ok();
                Some((next()?, next()?))
            }
            Pairs::Values(entries) => entries.next().copied(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Pairs::Run(run) => (run.left.to_usize() / 2, Some(run.left.to_usize() / 2)),
            Pairs::Values(entries) => entries.size_hint(),
        }
    }
}

impl ExactSizeIterator for Entries<'_> {}
