//! The primitive types that Rust has no type for, or none that can be compared and hashed (part 1, section 1.6).
//!
//! Invariant: equality is equality of octets, so every value of the crate is `Eq` and `Hash`; a NaN equals itself.

use core::fmt;

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
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Symbol<'a>(
    /// Octets, because most names are compared and few are shown.
    pub(crate) &'a [u8],
);

impl<'a> Symbol<'a> {
    //= SRS_AMQP_CODEC_01_028
    /// Takes `name` for a symbol.
    ///
    /// # Errors
    ///
    /// Returns [`EncodeError::NotAscii`] when it cannot be one.
    pub const fn new(name: &'a str) -> Result<Self, EncodeError> {
        if name.is_ascii() { Ok(Self(name.as_bytes())) } else { Err(EncodeError::NotAscii) }
    }

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        // Nothing but ASCII becomes a symbol.
        match core::str::from_utf8(self.0) {
            Ok(name) => name,
            Err(_) => "",
        }
    }
}

impl fmt::Debug for Symbol<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Symbol").field(&self.as_str()).finish()
    }
}

impl AsRef<str> for Symbol<'_> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for Symbol<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Symbol<'_> {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl<'a> TryFrom<&'a str> for Symbol<'a> {
    type Error = EncodeError;

    fn try_from(name: &'a str) -> Result<Self, EncodeError> {
        Self::new(name)
    }
}
