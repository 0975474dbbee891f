//! The mechanisms that a command may use, and the layer of SASL that uses them.

use xiom::amqp_sasl::ClientConfig;
use xiom::sasl::client::ClientMechanism as _;
use xiom::{ClientMechanism, ClientSasl, Login, Protocol, amqp_sasl, thrift_sasl};

/// The name of the service of servers that speak `protocol`, as Kerberos and DIGEST-MD5 know it.
pub(crate) const fn usual_service(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Thrift => "hive",
        Protocol::Amqp | _ => "amqp",
    }
}

/// The mechanisms of all `logins` for the `service` of a server called `host`, with fresh nonces; none but those
/// `named`, if any is.
///
/// # Errors
///
/// Returns [`xiom::Error`] when credentials cannot be sent, or when nothing is left.
pub(crate) fn mechanisms(
    logins: &[Login],
    named: &[String],
    service: &str,
    host: &str,
) -> Result<Vec<ClientMechanism>, xiom::Error> {
    let mut mechanisms = Vec::new();
    for login in logins {
        mechanisms.extend(login.mechanisms(service, host)?);
    }
    let is_named = |mechanism: &ClientMechanism| {
        named.iter().any(|name| name.eq_ignore_ascii_case(mechanism.properties().name))
    };
    mechanisms.retain(|mechanism| named.is_empty() || is_named(mechanism));
    if mechanisms.is_empty() { Err(xiom::Error::NoMechanism) } else { Ok(mechanisms) }
}

/// The layer that logs in with one of `mechanisms`.
///
/// # Errors
///
/// Returns [`xiom::Error::NoMechanism`] when there is none.
pub(crate) fn layer(
    protocol: Protocol,
    mut mechanisms: Vec<ClientMechanism>,
    config: &ClientConfig,
) -> Result<ClientSasl, xiom::Error> {
    if mechanisms.is_empty() {
        return Err(xiom::Error::NoMechanism);
    }
    Ok(match protocol {
        Protocol::Thrift => {
            let mechanism = mechanisms.swap_remove(Login::asked(&mechanisms).unwrap_or_default());
            let config = thrift_sasl::ClientConfig {
                policy: config.policy.clone(),
                limits: config.limits.clone(),
                ..Default::default()
            };
            ClientSasl::Thrift(thrift_sasl::Client::new(mechanism, config))
        }
        Protocol::Amqp | _ => ClientSasl::Amqp(amqp_sasl::Client::new(mechanisms, config.clone())),
    })
}
