//! Arrays: values that share one constructor (part 1, section 1.6.24).
//!
//! Invariant: all elements have one type and, where they are described, the same descriptors.

use core::hash::{Hash, Hasher};

use crate::constructor::Constructor;
use crate::run::Run;
use crate::{DecodeError, EncodeError, Items, Type, Value};

/// A sequence of values of one type.
///
/// ```
/// use xiom_amqp_codec::{Array, Value};
///
/// let capabilities = Value::Array(Array::symbols(&["queue", "topic"])?);
/// let mut out = Vec::new();
/// capabilities.encode(&mut out);
/// assert_eq!(out, b"\xE0\x0E\x02\xA3\x05queue\x05topic");
/// assert_eq!(Value::decode(&out), Ok(capabilities));
/// # Ok::<(), xiom_amqp_codec::EncodeError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Array<'a>(Repr<'a>);

#[derive(Clone, Copy)]
enum Repr<'a> {
    View(Run<'a>),
    Values(&'a [Value<'a>]),
    Symbols(&'a [&'a str]),
}

impl<'a> Array<'a> {
    /// The array of `values`; without any it is an array of null.
    ///
    /// # Errors
    ///
    /// Returns [`EncodeError::MixedArray`] when they do not share a type and descriptors.
    pub fn new(values: &'a [Value<'a>]) -> Result<Self, EncodeError> {
        let array = Self(Repr::Values(values));
        let shape = array.shape();
        match values.iter().position(|value| Shape::Like(*value) != shape) {
            //= SRS_AMQP_CODEC_01_031
            Some(index) => Err(EncodeError::MixedArray { index }),
            None => Ok(array),
        }
    }

    /// The array of the symbols `names`.
    ///
    /// # Errors
    ///
    /// Returns [`EncodeError::NotAscii`] when one of them is no symbol.
    pub fn symbols(names: &'a [&'a str]) -> Result<Self, EncodeError> {
        if names.iter().all(|name| name.is_ascii()) {
            Ok(Self::ascii(names))
        } else {
            Err(EncodeError::NotAscii)
        }
    }

    /// The array of the symbols `names`, which are known to be ASCII.
    pub(crate) const fn ascii(names: &'a [&'a str]) -> Self {
        Self(Repr::Symbols(names))
    }

    /// The view of `run`, which has a constructor.
    pub(crate) const fn of(run: Run<'a>) -> Self {
        Self(Repr::View(run))
    }

    pub(crate) fn view(code: u8, data: &'a [u8]) -> Result<Self, DecodeError> {
        Run::parse_array(code, data).map(Self::of)
    }

    /// The elements, in order.
    #[must_use]
    pub fn iter(&self) -> Items<'a> {
        match self.0 {
            Repr::View(run) => Items::run(run),
            Repr::Values(values) => Items::values(values),
            Repr::Symbols(names) => Items::symbols(names),
        }
    }

    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().len()
    }

    /// Whether there is no element.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The type of the elements.
    #[must_use]
    pub fn element_type(&self) -> Type {
        if let Repr::View(run) = self.0
            && let Some(constructor) = run.shared()
        {
            // The code was judged when the array was read.
            return constructor.type_of().unwrap_or(Type::Null);
        }
        let shape = self.shape();
        if shape.peel().is_some() { Type::Described } else { shape.primitive_type() }
    }

    /// The octets of one that was decoded.
    pub(crate) const fn run(&self) -> Option<Run<'a>> {
        match self.0 {
            Repr::View(run) => Some(run),
            Repr::Values(_) | Repr::Symbols(_) => None,
        }
    }

    /// What the elements have in common.
    pub(crate) fn shape(&self) -> Shape<'a> {
        match self.0 {
            Repr::View(run) => run.shared().map_or(Shape::Like(Value::Null), Shape::Of),
            Repr::Values(values) => Shape::Like(values.first().copied().unwrap_or(Value::Null)),
            Repr::Symbols(_) => Shape::Of(Constructor::SYMBOL),
        }
    }

    /// The elements without the descriptors that they have in common.
    pub(crate) fn primitives(&self) -> impl Iterator<Item = Value<'a>> + use<'a> {
        let items = match self.0 {
            Repr::View(run) => Items::run(run.bare()),
            Repr::Values(_) | Repr::Symbols(_) => self.iter(),
        };
        items.map(innermost)
    }

    /// The names of one that was built from names.
    pub(crate) const fn names(&self) -> Option<&'a [&'a str]> {
        match self.0 {
            Repr::Symbols(names) => Some(names),
            Repr::View(_) | Repr::Values(_) => None,
        }
    }
}

impl<'a> IntoIterator for Array<'a> {
    type Item = Value<'a>;
    type IntoIter = Items<'a>;

    fn into_iter(self) -> Items<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &Array<'a> {
    type Item = Value<'a>;
    type IntoIter = Items<'a>;

    fn into_iter(self) -> Items<'a> {
        self.iter()
    }
}

impl Eq for Array<'_> {}

impl PartialEq for Array<'_> {
    //= SRS_AMQP_CODEC_01_033
    fn eq(&self, other: &Self) -> bool {
        self.shape() == other.shape() && self.primitives().eq(other.primitives())
    }
}

impl Hash for Array<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.shape().primitive_type().hash(state);
        self.len().hash(state);
        self.primitives().for_each(|value| value.hash(state));
    }
}

/// What makes elements alike: their descriptors, and the type that is described at last.
#[derive(Clone, Copy)]
pub(crate) enum Shape<'a> {
    /// The shape of the values of this constructor.
    Of(Constructor<'a>),
    /// The shape of this value.
    Like(Value<'a>),
}

impl<'a> Shape<'a> {
    /// Takes the outermost descriptor off, when there is one.
    pub(crate) fn peel(self) -> Option<(Value<'a>, Self)> {
        match self {
            Self::Of(constructor) => {
                let (descriptor, inner) = constructor.peel()?.ok()?;
                Some((descriptor, Self::Of(inner)))
            }
            Self::Like(value) => {
                let Value::Described(described) = value else { return None };
                Some((described.descriptor(), Self::Like(described.value())))
            }
        }
    }

    pub(crate) fn primitive_type(self) -> Type {
        match self {
            Self::Of(constructor) => Type::of_code(constructor.code()).unwrap_or(Type::Null),
            Self::Like(value) => Type::of(&innermost(value)),
        }
    }
}

impl PartialEq for Shape<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.peel(), other.peel()) {
            (Some(one), Some(other)) => one == other,
            (None, None) => self.primitive_type() == other.primitive_type(),
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

/// The value that is described at last.
pub(crate) fn innermost(value: Value<'_>) -> Value<'_> {
    let mut value = value;
    while let Value::Described(described) = value {
        value = described.value();
    }
    value
}
