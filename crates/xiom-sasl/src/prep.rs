//! Preparation of user names and passwords; what cannot be prepared is refused, never passed through.

use xiom_core::AuthFault;

/// `SASLprep` (RFC 4013) where it is the identity: printable ASCII and the space.
///
/// # Errors
///
/// Returns [`AuthFault::NoCredentials`] for nothing, and [`AuthFault::ProhibitedCharacter`] for controls
/// and for anything beyond ASCII.
pub(crate) fn saslprep(text: &[u8]) -> Result<&str, AuthFault> {
    match str::from_utf8(text) {
        Ok("") => Err(AuthFault::NoCredentials),
        Ok(text) if text.bytes().all(|octet| (0x20..0x7f).contains(&octet)) => Ok(text),
        //= SRS_SASL_MECHANISMS_01_064
        Ok(_) | Err(_) => Err(AuthFault::ProhibitedCharacter),
    }
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
