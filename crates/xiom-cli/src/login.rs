//! The mechanisms that a command may use.

use xiom::Login;
use xiom::sasl::client::{ClientMechanism, Mechanism};

/// The mechanisms of all `logins`, with fresh nonces; none but those `named`, if any is.
///
/// # Errors
///
/// Returns [`xiom::Error`] when credentials cannot be sent, or when nothing is left.
pub(crate) fn mechanisms(
    logins: &[Login],
    named: &[String],
) -> Result<Vec<Mechanism>, xiom::Error> {
    let mut mechanisms = Vec::new();
    for login in logins {
        mechanisms.extend(login.mechanisms()?);
    }
    let is_named = |mechanism: &Mechanism| {
        named.iter().any(|name| name.eq_ignore_ascii_case(mechanism.properties().name))
    };
    mechanisms.retain(|mechanism| named.is_empty() || is_named(mechanism));
    if mechanisms.is_empty() { Err(xiom::Error::NoMechanism) } else { Ok(mechanisms) }
}
