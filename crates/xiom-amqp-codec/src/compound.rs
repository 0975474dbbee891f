//! Lists and maps: views of decoded octets, or slices of values that wait to be encoded (part 1, section 1.6).

use core::hash::{Hash, Hasher};

use crate::run::Run;
use crate::{DecodeError, Entries, Items, Value};

/// A sequence of values of any types.
///
/// ```
/// use xiom_amqp_codec::{List, Value};
///
/// let Value::List(list) = Value::decode(b"\xC0\x04\x02\x41\x52\x05")? else { unreachable!() };
/// assert_eq!(list.len(), 2);
/// assert_eq!(list, List::new(&[Value::Boolean(true), Value::Uint(5)]));
/// # Ok::<(), xiom_amqp_codec::DecodeError>(())
/// ```
#[derive(Clone, Copy)]
pub struct List<'a>(ListRepr<'a>);

#[derive(Clone, Copy)]
enum ListRepr<'a> {
    View(Run<'a>),
    Values(&'a [Value<'a>]),
}

impl<'a> List<'a> {
    /// The list of `values`.
    #[must_use]
    pub const fn new(values: &'a [Value<'a>]) -> Self {
        Self(ListRepr::Values(values))
    }

    /// The view of `list0`.
    pub(crate) const EMPTY: Self = Self(ListRepr::View(Run::EMPTY));

    pub(crate) fn view(code: u8, data: &'a [u8]) -> Result<Self, DecodeError> {
        Run::parse(code, data).map(|run| Self(ListRepr::View(run)))
    }

    /// The values, in order.
    #[must_use]
    pub fn iter(&self) -> Items<'a> {
        match self.0 {
            ListRepr::View(run) => Items::run(run),
            ListRepr::Values(values) => Items::values(values),
        }
    }

    /// The values of one that was built.
    pub(crate) const fn built(&self) -> Option<&'a [Value<'a>]> {
        match self.0 {
            ListRepr::View(_) => None,
            ListRepr::Values(values) => Some(values),
        }
    }

    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().len()
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The octets of one that was decoded.
    pub(crate) const fn run(&self) -> Option<Run<'a>> {
        match self.0 {
            ListRepr::View(run) => Some(run),
            ListRepr::Values(_) => None,
        }
    }
}

impl<'a> IntoIterator for List<'a> {
    type Item = Value<'a>;
    type IntoIter = Items<'a>;

    fn into_iter(self) -> Items<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &List<'a> {
    type Item = Value<'a>;
    type IntoIter = Items<'a>;

    fn into_iter(self) -> Items<'a> {
        self.iter()
    }
}

impl Eq for List<'_> {}

impl PartialEq for List<'_> {
    //= SRS_AMQP_CODEC_01_033
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other)
    }
}

impl Hash for List<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
        self.iter().for_each(|value| value.hash(state));
    }
}

/// Keys and their values, in an order that counts.
///
/// The specification forbids equal keys; to look for them takes memory or time that a decoder does not owe, so that
/// is left to whoever knows the keys.
///
/// ```
/// use xiom_amqp_codec::{Map, Symbol, Value};
///
/// let entries = [(Value::Symbol(Symbol::new("product")?), Value::String("xiom"))];
/// let map = Value::Map(Map::new(&entries));
/// let mut out = Vec::new();
/// map.encode(&mut out);
/// assert_eq!(Value::decode(&out), Ok(map));
/// assert_eq!(map.to_string(), r#"{product: "xiom"}"#);
/// # Ok::<(), xiom_amqp_codec::EncodeError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Map<'a>(MapRepr<'a>);

#[derive(Clone, Copy)]
enum MapRepr<'a> {
    View(Run<'a>),
    Entries(&'a [(Value<'a>, Value<'a>)]),
}

impl<'a> Map<'a> {
    /// The map of `entries`.
    #[must_use]
    pub const fn new(entries: &'a [(Value<'a>, Value<'a>)]) -> Self {
        Self(MapRepr::Entries(entries))
    }

    pub(crate) fn view(code: u8, data: &'a [u8]) -> Result<Self, DecodeError> {
        let run = Run::parse(code, data)?;
        //= SRS_AMQP_CODEC_01_030
        if !run.left().is_multiple_of(2) {
            return Err(DecodeError::OddMap { count: run.left() });
        }
        Ok(Self(MapRepr::View(run)))
    }

    //= SRS_AMQP_CODEC_01_050
    /// The keys and their values, in order.
    #[must_use]
    pub fn iter(&self) -> Entries<'a> {
        match self.0 {
            MapRepr::View(run) => Entries::run(run),
            MapRepr::Entries(entries) => Entries::values(entries),
        }
    }

    /// The entries of one that was built.
    pub(crate) const fn built(&self) -> Option<&'a [(Value<'a>, Value<'a>)]> {
        match self.0 {
            MapRepr::View(_) => None,
            MapRepr::Entries(entries) => Some(entries),
        }
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().len()
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The octets of one that was decoded.
    pub(crate) const fn run(&self) -> Option<Run<'a>> {
        match self.0 {
            MapRepr::View(run) => Some(run),
            MapRepr::Entries(_) => None,
        }
    }
}

impl<'a> IntoIterator for Map<'a> {
    type Item = (Value<'a>, Value<'a>);
    type IntoIter = Entries<'a>;

    fn into_iter(self) -> Entries<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &Map<'a> {
    type Item = (Value<'a>, Value<'a>);
    type IntoIter = Entries<'a>;

    fn into_iter(self) -> Entries<'a> {
        self.iter()
    }
}

impl Eq for Map<'_> {}

impl PartialEq for Map<'_> {
    //= SRS_AMQP_CODEC_01_033
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other)
    }
}

impl Hash for Map<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
        self.iter().for_each(|entry| entry.hash(state));
    }
}
