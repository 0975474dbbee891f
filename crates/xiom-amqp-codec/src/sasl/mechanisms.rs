//! `sasl-mechanisms`: the server offers mechanisms (part 5, section 5.3.3.1).
//!
//! Invariant: there is at least one, and each is ASCII.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::slice;

use nom::ToUsize;

use super::fields::{Fields, mandatory};
use super::{Field, Performative};
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
    View(Array<'a>),
    Names(&'a [&'a str]),
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
            let array = Array::view(encoded.constructor.code(), encoded.content())?;
            return Self::many(field, array);
        }
        //= SRS_AMQP_CODEC_01_043
        Err(DecodeError::WrongType { field, found })
    }

    fn many(field: Field, array: Array<'a>) -> Result<Self, DecodeError> {
        let found = array.element_type();
        //= SRS_AMQP_CODEC_01_043
        //= SRS_SASLCLIENTIO_50_017
        if found != Type::Symbol {
            return Err(DecodeError::WrongType { field, found });
        }
        let mut run = array.run().unwrap_or(Run::EMPTY);
        //= SRS_AMQP_CODEC_01_046
        //= SRS_SASLCLIENTIO_01_042
        if run.left() == 0 {
            return Err(DecodeError::NoMechanism);
        }
        while let Some(name) = run.next_encoded() {
            if !name?.content().is_ascii() {
                return Err(DecodeError::NotAscii);
            }
        }
        run.end()?;
        Ok(Self(Repr::View(array)))
    }

    /// The names, in the server's order.
    #[must_use]
    pub fn iter(&self) -> MechanismNames<'a> {
        match self.0 {
            Repr::One(name) => MechanismNames(Names::One(Some(name))),
            Repr::View(array) => MechanismNames(Names::View(array.run().unwrap_or(Run::EMPTY))),
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
            Repr::View(array) => *array,
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
    View(Run<'a>),
    Slice(slice::Iter<'a, &'a str>),
}

impl<'a> Iterator for MechanismNames<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        match &mut self.0 {
            Names::One(name) => name.take(),
            Names::View(run) => {
                let name = run.next_encoded()?.ok()?;
                core::str::from_utf8(name.content()).ok()
            }
            Names::Slice(names) => names.next().copied(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Names::One(name) => (name.iter().len(), Some(name.iter().len())),
            Names::View(run) => (run.left().to_usize(), Some(run.left().to_usize())),
            Names::Slice(names) => names.size_hint(),
        }
    }
}

impl ExactSizeIterator for MechanismNames<'_> {}
