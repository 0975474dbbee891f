//! The primitive types that Rust has no type for, or none that can be compared and hashed (part 1, section 1.6).
//!
//! Invariant: equality is equality of octets, so every value of the crate is `Eq` and `Hash`; a NaN equals itself.

use crate::EncodeError;

/// A 32-bit IEEE 754 binary floating point number, compared by its bits.
///
/// ```
/// use xiom_amqp_codec::Float;
///
/// assert_eq!(f32::from(Float::from(1.5)), 1.5);
/// assert_eq!(Float::from(f32::NAN), Float::from(f32::NAN));
/// assert_ne!(Float::from(0.0), Float::from(-0.0));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Float(pub(crate) u32);

impl From<f32> for Float {
    fn from(value: f32) -> Self {
        Self(value.to_bits())
    }
}

impl From<Float> for f32 {
    fn from(value: Float) -> Self {
        Self::from_bits(value.0)
    }
}

/// A 64-bit IEEE 754 binary floating point number, compared by its bits.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Double(pub(crate) u64);

impl From<f64> for Double {
    fn from(value: f64) -> Self {
        Self(value.to_bits())
    }
}

impl From<Double> for f64 {
    fn from(value: Double) -> Self {
        Self::from_bits(value.0)
    }
}

/// A 32-bit IEEE 754-2008 decimal number in the binary integer decimal encoding, as its octets.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Decimal32(pub [u8; 4]);

/// A 64-bit IEEE 754-2008 decimal number in the binary integer decimal encoding, as its octets.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Decimal64(pub [u8; 8]);

/// A 128-bit IEEE 754-2008 decimal number in the binary integer decimal encoding, as its octets.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Decimal128(pub [u8; 16]);

/// A point in time: milliseconds since the Unix epoch, negative before it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Timestamp(pub i64);

/// A universally unique identifier (RFC 4122, section 4.1.2), as its octets.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Uuid(pub [u8; 16]);

/// A name from a constrained domain: ASCII, as its constructor has checked.
///
/// ```
/// use xiom_amqp_codec::{EncodeError, Symbol};
///
/// assert_eq!(Symbol::new("SCRAM-SHA-256")?.as_str(), "SCRAM-SHA-256");
/// assert_eq!(Symbol::new("PLÄIN"), Err(EncodeError::NotAscii));
/// # Ok::<(), EncodeError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Symbol<'a>(pub(crate) &'a str);

impl<'a> Symbol<'a> {
    //= SRS_AMQP_CODEC_01_028
    /// Takes `name` for a symbol.
    ///
    /// # Errors
    ///
    /// Returns [`EncodeError::NotAscii`] when it cannot be one.
    pub const fn new(name: &'a str) -> Result<Self, EncodeError> {
        if name.is_ascii() { Ok(Self(name)) } else { Err(EncodeError::NotAscii) }
    }

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

impl AsRef<str> for Symbol<'_> {
    fn as_ref(&self) -> &str {
        self.0
    }
}

impl PartialEq<str> for Symbol<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Symbol<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl<'a> TryFrom<&'a str> for Symbol<'a> {
    type Error = EncodeError;

    fn try_from(name: &'a str) -> Result<Self, EncodeError> {
        Self::new(name)
    }
}
