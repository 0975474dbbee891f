//! Preparation of user names and passwords; what cannot be prepared is refused, never passed through.

#[cfg(feature = "saslprep")]
use alloc::{borrow::Cow, string::String};

use xiom_core::AuthFault;
#[cfg(feature = "saslprep")]
use zeroize::Zeroizing;

/// `SASLprep` (RFC 4013): the identity on printable ASCII; beyond it the feature `saslprep` maps and
/// normalises, and without the feature there is nothing beyond it.
///
/// # Errors
///
/// Returns [`AuthFault::NoCredentials`] for nothing, also when nothing is left after the mapping, and
/// [`AuthFault::ProhibitedCharacter`] for what RFC 4013 section 2.3 forbids, such as controls, for
/// characters that Unicode 3.2 did not know, and for a mixture of directions of writing.
pub(crate) fn saslprep(text: &[u8]) -> Result<Prepared<'_>, AuthFault> {
    match str::from_utf8(text) {
        Ok("") => Err(AuthFault::NoCredentials),
        Ok(text) if is_printable(text) => Ok(Prepared::Same(text)),
        Ok(text) => beyond_ascii(text),
        //= SRS_SASL_MECHANISMS_01_064
        Err(_) => Err(AuthFault::ProhibitedCharacter),
    }
}

#[cfg(feature = "saslprep")]
fn beyond_ascii(text: &str) -> Result<Prepared<'_>, AuthFault> {
    //= SRS_SASL_MECHANISMS_01_064
    let prepared = stringprep::saslprep(text).map_err(|_| AuthFault::ProhibitedCharacter)?;
    if prepared.is_empty() {
        return Err(AuthFault::NoCredentials);
    }
    Ok(match prepared {
        Cow::Borrowed(text) => Prepared::Same(text),
        Cow::Owned(text) => Prepared::Changed(Zeroizing::new(text)),
    })
}

#[cfg(not(feature = "saslprep"))]
const fn beyond_ascii(_: &str) -> Result<Prepared<'_>, AuthFault> {
    Err(AuthFault::ProhibitedCharacter)
}

/// A text as it goes into keys and messages; wiped if it is a copy.
pub(crate) enum Prepared<'a> {
    /// The text itself.
    Same(&'a str),
    /// What became of it.
    #[cfg(feature = "saslprep")]
    Changed(Zeroizing<String>),
}

impl Prepared<'_> {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Same(text) => text,
            #[cfg(feature = "saslprep")]
            Self::Changed(text) => text,
        }
    }

    /// What became of the text, if it is not the same.
    pub(crate) fn changed(&self) -> Option<&str> {
        match self {
            Self::Same(_) => None,
            #[cfg(feature = "saslprep")]
            Self::Changed(text) => Some(text),
        }
    }
}

//= SRS_SASL_MECHANISMS_01_090
/// Printable ASCII and the space, not empty: what DIGEST-MD5 and CRAM-MD5 can carry.
///
/// Beyond ASCII the two ends of RFC 2831 rarely agree on what they hash.
#[cfg(feature = "legacy")]
pub(crate) fn ascii(text: &[u8]) -> Result<&str, AuthFault> {
    match str::from_utf8(text) {
        Ok("") => Err(AuthFault::NoCredentials),
        Ok(text) if is_printable(text) => Ok(text),
        Ok(_) | Err(_) => Err(AuthFault::ProhibitedCharacter),
    }
}

/// Whether `text` is printable ASCII and spaces.
fn is_printable(text: &str) -> bool {
    text.bytes().all(|octet| (0x20..0x7f).contains(&octet))
}

/// UTF-8 without NUL, not empty: what PLAIN and EXTERNAL can carry.
///
/// RFC 4616 section 2 leaves the preparation to the server, which knows how its passwords are stored.
pub(crate) fn safe(text: &[u8]) -> Result<&str, AuthFault> {
    match str::from_utf8(text) {
        //= SRS_SASL_MECHANISMS_01_040
        Ok("") => Err(AuthFault::NoCredentials),
        Ok(text) if !text.contains('\0') => Ok(text),
        //= SRS_SASL_MECHANISMS_01_040
        Ok(_) | Err(_) => Err(AuthFault::ProhibitedCharacter),
    }
}

/// A trace of ANONYMOUS: up to 255 characters without controls (RFC 4505 sections 2 and 3).
pub(crate) fn trace(text: &[u8]) -> Result<&str, AuthFault> {
    //= SRS_SASL_MECHANISMS_01_034
    let text = str::from_utf8(text).map_err(|_| AuthFault::Malformed)?;
    //= SRS_SASL_MECHANISMS_01_034
    if 255 < text.chars().count() {
        return Err(AuthFault::TooLong);
    }
    //= SRS_SASL_MECHANISMS_01_035
    if text.chars().any(char::is_control) {
        return Err(AuthFault::ProhibitedCharacter);
    }
    Ok(text)
}
