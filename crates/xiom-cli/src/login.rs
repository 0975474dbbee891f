//! The mechanisms that a command may use.

use xiom::sasl::client::ClientMechanism as _;
use xiom::{ClientMechanism, Login};

/// The mechanisms of all `logins` for a server called `host`, with fresh nonces; none but those `named`, if any is.
///
/// # Errors
///
/// Returns [`xiom::Error`] when credentials cannot be sent, or when nothing is left.
pub(crate) fn mechanisms(
    logins: &[Login],
    named: &[String],
    host: &str,
) -> Result<Vec<ClientMechanism>, xiom::Error> {
    let mut mechanisms = Vec::new();
    for login in logins {
        mechanisms.extend(login.mechanisms(host)?);
    }
    let is_named = |mechanism: &ClientMechanism| {
        named.iter().any(|name| name.eq_ignore_ascii_case(mechanism.properties().name))
    };
    mechanisms.retain(|mechanism| named.is_empty() || is_named(mechanism));
    if mechanisms.is_empty() { Err(xiom::Error::NoMechanism) } else { Ok(mechanisms) }
}
