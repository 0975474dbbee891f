//! The name of a mechanism in START (RFC 2222 section 3, RFC 4422 section 3.1).

use crate::DecodeError;

/// A name of 1 to 20 characters: upper case letters, digits, hyphens and underscores.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct MechanismName<'a>(&'a str);

impl<'a> MechanismName<'a> {
    //= SRS_THRIFT_SASL_01_009
    /// Takes the whole of `octets` for a name.
    ///
    /// ```
    /// use xiom_thrift_codec::{DecodeError, MechanismName};
    ///
    /// assert_eq!(MechanismName::new(b"DIGEST-MD5")?.as_str(), "DIGEST-MD5");
    /// assert_eq!(MechanismName::new(b"plain"), Err(DecodeError::MechanismName));
    /// # Ok::<(), DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`DecodeError::MechanismName`] for anything else.
    pub fn new(octets: &'a [u8]) -> Result<Self, DecodeError> {
        let is_char = |octet: &u8| {
            octet.is_ascii_uppercase() || octet.is_ascii_digit() || matches!(octet, b'-' | b'_')
        };
        let name = str::from_utf8(octets).map_err(|_| DecodeError::MechanismName)?;
        let is_name = (1..=20).contains(&octets.len()) && octets.iter().all(is_char);
        is_name.then_some(Self(name)).ok_or(DecodeError::MechanismName)
    }

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}
