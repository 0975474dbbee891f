//! Described values: a value, and another that says what it means (part 1, section 1.3).

use core::hash::{Hash, Hasher};

use crate::Value;
use crate::constructor::Encoded;

/// A value with a descriptor, which is most often a `ulong` or a `symbol` but may be any value.
///
/// ```
/// use xiom_amqp_codec::{Described, Value};
///
/// let url = Value::decode(b"\x00\xA3\x03url\xA1\x0Ehttp://example")?;
/// let Value::Described(url) = url else { unreachable!() };
/// assert_eq!(url.value(), Value::String("http://example"));
/// assert_eq!(url, Described::new(&url.descriptor(), &url.value()));
/// # Ok::<(), xiom_amqp_codec::DecodeError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Described<'a>(Repr<'a>);

#[derive(Clone, Copy)]
enum Repr<'a> {
    /// The octets of one that was decoded.
    View(Encoded<'a>),
    Values {
        descriptor: &'a Value<'a>,
        value: &'a Value<'a>,
    },
}

impl<'a> Described<'a> {
    /// Describes `value` by `descriptor`.
    #[must_use]
    pub const fn new(descriptor: &'a Value<'a>, value: &'a Value<'a>) -> Self {
        Self(Repr::Values { descriptor, value })
    }

    /// The view of `encoded`, whose constructor has a descriptor.
    pub(crate) const fn view(encoded: Encoded<'a>) -> Self {
        Self(Repr::View(encoded))
    }

    /// What the value means.
    #[must_use]
    pub fn descriptor(&self) -> Value<'a> {
        match self.0 {
            Repr::View(encoded) => match encoded.constructor.peel() {
                Some(Ok((descriptor, _))) => descriptor,
                Some(Err(_)) | None => Value::Null,
            },
            Repr::Values { descriptor, .. } => *descriptor,
        }
    }

    /// The value, which may be described once more.
    #[must_use]
    pub fn value(&self) -> Value<'a> {
        match self.0 {
            Repr::View(Encoded { constructor, data }) => match constructor.peel() {
                Some(Ok((_, constructor))) => {
                    Encoded { constructor, data }.value().unwrap_or(Value::Null)
                }
                Some(Err(_)) | None => Value::Null,
            },
            Repr::Values { value, .. } => *value,
        }
    }

    /// The octets of one that was decoded.
    pub(crate) const fn encoded(&self) -> Option<Encoded<'a>> {
        match self.0 {
            Repr::View(encoded) => Some(encoded),
            Repr::Values { .. } => None,
        }
    }
}

impl Eq for Described<'_> {}

impl PartialEq for Described<'_> {
    //= SRS_AMQP_CODEC_01_033
    fn eq(&self, other: &Self) -> bool {
        self.descriptor() == other.descriptor() && self.value() == other.value()
    }
}

impl Hash for Described<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.descriptor().hash(state);
        self.value().hash(state);
    }
}
