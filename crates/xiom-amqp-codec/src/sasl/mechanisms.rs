//! `sasl-mechanisms`: the server offers mechanisms (part 5, section 5.3.3.1).
//!
//! Invariant: there is at least one, and each is ASCII.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::slice;

use nom::ToUsize;

use super::fields::{Fields, mandatory};
use super::{Field, Performative};
use crate::constructor::{Constructor, is_narrow};
use crate::octets::{narrow, wide};
use crate::run::Run;
use crate::value::symbol;
use crate::{Array, DecodeError, EncodeError, Type, Value};

/// The mechanisms that a server offers, in its order.
///
/// ```
/// use xiom_amqp_codec::{EncodeError, Mechanisms};
///
/// let offer = Mechanisms::new(&["SCRAM-SHA-256", "PLAIN"])?;
/// assert!(offer.contains("PLAIN") && !offer.contains("plain"));
/// assert_eq!(Mechanisms::new(&[]), Err(EncodeError::NoMechanism));
/// # Ok::<(), EncodeError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Mechanisms<'a>(Repr<'a>);

#[derive(Clone, Copy)]
enum Repr<'a> {
    /// A field that may hold many values may hold one without an array (part 1, section 1.4); some peers send it so.
    One(&'a str),
    Packed(Packed<'a>),
    View(Run<'a>),
    Names(&'a [&'a str]),
}

/// Names as they came, between lengths whose octets are ASCII too, as they are below 128: so all of it was judged at
/// once, and each name is a piece of one text.
#[derive(Clone, Copy)]
struct Packed<'a> {
    left: u32,
    text: &'a str,
    /// Whether a length has four octets, and not one.
    is_wide: bool,
}

impl<'a> Packed<'a> {
    /// The names of `run`, if they are good and short; `None` says nothing.
    fn of(run: Run<'a>) -> Option<Self> {
        let (left, mut rest) = (run.left(), run.octets());
        let is_wide = !is_narrow(run.shared()?.code());
        for _ in 0..left {
            if is_wide { wide(&mut rest) } else { narrow(&mut rest) }.ok()?;
        }
        let text = core::str::from_utf8(run.octets()).ok()?;
        (rest.is_empty() && text.is_ascii()).then_some(Self { left, text, is_wide })
    }

    #[inline]
    fn next_name(&mut self) -> Option<&'a str> {
        let left = self.left.checked_sub(1)?;
        let octets = self.text.as_bytes();
        let (length, width) = if self.is_wide {
            (u32::from_be_bytes(*octets.first_chunk()?).to_usize(), 4)
        } else {
            (usize::from(*octets.first()?), 1)
        };
        let (name, text) = self.text.get(width..)?.split_at_checked(length)?;
        (self.left, self.text) = (left, text);
        Some(name)
    }

    fn array(self) -> Array<'a> {
        let constructor = if self.is_wide { Constructor::WIDE_SYMBOL } else { Constructor::SYMBOL };
        Array::of(Run::of(self.left, self.text.as_bytes(), constructor))
    }
}

impl<'a> Mechanisms<'a> {
    /// The offer of the mechanisms `names`.
    ///
    /// # Errors
    ///
    /// Returns [`EncodeError::NoMechanism`] when there is none, and [`EncodeError::NotAscii`] when one is no symbol.
    pub fn new(names: &'a [&'a str]) -> Result<Self, EncodeError> {
        //= SRS_AMQP_CODEC_01_046
        //= SRS_SASL_SERVER_IO_01_093, SRS_SASL_SERVER_IO_01_097, SRS_SASL_SERVER_IO_50_003
        if names.is_empty() {
            return Err(EncodeError::NoMechanism);
        }
        //= SRS_SASL_SERVER_IO_01_022
        Array::symbols(names)?;
        Ok(Self(Repr::Names(names)))
    }

    //= SRS_SASLCLIENTIO_01_041
    /// `sasl-server-mechanisms:symbol / sasl-server-mechanisms:array-of-symbol`
    pub(super) fn parse(fields: &mut Fields<'a>) -> Result<Self, DecodeError> {
        let field = Field::SaslServerMechanisms;
        //= SRS_SASLCLIENTIO_01_042
        let (found, encoded) = mandatory(field, fields.any()?)?;
        //= SRS_AMQP_CODEC_01_045
        //= SRS_SASLCLIENTIO_50_016
        if found == Type::Symbol {
            let name = symbol(encoded.content())?;
            return Ok(Self(Repr::One(name.as_str())));
        }
        if found == Type::Array {
            let run = Run::parse_array(encoded.constructor.code(), encoded.content())?;
            return Self::many(field, run);
        }
        //= SRS_AMQP_CODEC_01_043
        Err(DecodeError::WrongType { field, found })
    }

    fn many(field: Field, run: Run<'a>) -> Result<Self, DecodeError> {
        let found = Array::of(run).element_type();
        //= SRS_AMQP_CODEC_01_043
        //= SRS_SASLCLIENTIO_50_017
        if found != Type::Symbol {
            return Err(DecodeError::WrongType { field, found });
        }
        //= SRS_AMQP_CODEC_01_046
        //= SRS_SASLCLIENTIO_01_042
        if run.left() == 0 {
            return Err(DecodeError::NoMechanism);
        }
        if let Some(names) = Packed::of(run) {
            return Ok(Self(Repr::Packed(names)));
        }
        let mut rest = run;
        while let Some(name) = rest.next_encoded() {
            symbol(name?.content())?;
        }
        rest.end()?;
        Ok(Self(Repr::View(run)))
    }

    /// The names, in the server's order.
    #[must_use]
    pub fn iter(&self) -> MechanismNames<'a> {
        match self.0 {
            Repr::One(name) => MechanismNames(Names::One(Some(name))),
            Repr::Packed(names) => MechanismNames(Names::Packed(names)),
            Repr::View(run) => MechanismNames(Names::View(run)),
            Repr::Names(names) => MechanismNames(Names::Slice(names.iter())),
        }
    }

    /// Whether `mechanism` is offered, in exactly these letters.
    #[must_use]
    pub fn contains(&self, mechanism: &str) -> bool {
        self.iter().any(|name| name == mechanism)
    }

    /// The field: one mechanism is sent as an array too, which every peer reads.
    pub(super) fn value(&self) -> Value<'_> {
        Value::Array(match &self.0 {
            Repr::One(name) => Array::ascii(slice::from_ref(name)),
            Repr::Packed(names) => names.array(),
            Repr::View(run) => Array::of(*run),
            //= SRS_SASL_SERVER_IO_01_091
            Repr::Names(names) => Array::ascii(names),
        })
    }
}

impl<'a> IntoIterator for &Mechanisms<'a> {
    type Item = &'a str;
    type IntoIter = MechanismNames<'a>;

    fn into_iter(self) -> MechanismNames<'a> {
        self.iter()
    }
}

impl Eq for Mechanisms<'_> {}

impl PartialEq for Mechanisms<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other)
    }
}

impl Hash for Mechanisms<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.iter().len().hash(state);
        self.iter().for_each(|name| name.hash(state));
    }
}

impl fmt::Debug for Mechanisms<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Performative::Mechanisms(*self).fmt(f)
    }
}

/// The names of [`Mechanisms`], in the server's order.
#[derive(Clone)]
pub struct MechanismNames<'a>(Names<'a>);

#[derive(Clone)]
enum Names<'a> {
    One(Option<&'a str>),
    Packed(Packed<'a>),
    View(Run<'a>),
    Slice(slice::Iter<'a, &'a str>),
}

impl<'a> Iterator for MechanismNames<'a> {
    type Item = &'a str;

    #[inline]
    fn next(&mut self) -> Option<&'a str> {
        match &mut self.0 {
            Names::One(name) => name.take(),
            Names::Packed(names) => names.next_name(),
            Names::View(run) => {
                let name = run.next_apart()?.ok()?;
                core::str::from_utf8(name.content()).ok()
            }
            Names::Slice(names) => names.next().copied(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Names::One(name) => (name.iter().len(), Some(name.iter().len())),
            Names::Packed(names) => (names.left.to_usize(), Some(names.left.to_usize())),
            Names::View(run) => (run.left().to_usize(), Some(run.left().to_usize())),
            Names::Slice(names) => names.size_hint(),
        }
    }
}

impl ExactSizeIterator for MechanismNames<'_> {}
