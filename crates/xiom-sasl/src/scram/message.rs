//! Writing SCRAM messages (RFC 5802 section 7): escapes, headers, and the names of errors.

use alloc::string::String;

use xiom_core::AuthFault;

/// `saslname`: `,` and `=` are written as `=2C` and `=3D`.
pub(crate) fn escape(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            //= SRS_SASL_MECHANISMS_01_059
            ',' => escaped.push_str("=2C"),
            //= SRS_SASL_MECHANISMS_01_059
            '=' => escaped.push_str("=3D"),
            character => escaped.push(character),
        }
    }
    escaped
}

/// The reverse of [`escape`]; anything else behind a `=` is an error, and so is an empty name.
pub(crate) fn unescape(escaped: &str) -> Result<String, AuthFault> {
    let mut parts = escaped.split('=');
    let mut name = String::from(parts.next().unwrap_or_default());
    for part in parts {
        let (character, rest) = match (part.strip_prefix("2C"), part.strip_prefix("3D")) {
            (Some(rest), _) => (',', rest),
            (None, Some(rest)) => ('=', rest),
            //= SRS_SASL_MECHANISMS_01_059
            (None, None) => return Err(AuthFault::Malformed),
        };
        name.push(character);
        name.push_str(rest);
    }
    if name.is_empty() { Err(AuthFault::Malformed) } else { Ok(name) }
}

/// `server-error-value`: what a server says of its own fault.
///
/// One word for a wrong password and for an unknown user, lest anybody learn which users exist.
pub(crate) const fn error_value(fault: AuthFault) -> Option<&'static str> {
    Some(match fault {
        AuthFault::BadCredentials => "invalid-proof",
        AuthFault::ChannelBinding => "channel-bindings-dont-match",
        AuthFault::ChannelBindingDowngrade => "server-does-support-channel-binding",
        AuthFault::Extension => "extensions-not-supported",
        AuthFault::ProhibitedCharacter => "invalid-username-encoding",
        AuthFault::Malformed => "invalid-encoding",
        AuthFault::TooLong
        | AuthFault::Nonce
        | AuthFault::NotAuthorized
        | AuthFault::NoCredentials
        | AuthFault::Iterations(_) => "other-error",
        AuthFault::Unexpected
        | AuthFault::NotConfidential
        | AuthFault::ServerNotVerified
        | AuthFault::ServerError
        | _ => return None,
    })
}

/// What a client makes of a server's word; nobody has signed it, so it can only end the exchange.
pub(crate) fn fault_of(error_value: &str) -> AuthFault {
    match error_value {
        "invalid-proof" | "unknown-user" => AuthFault::BadCredentials,
        "channel-bindings-dont-match"
        | "channel-binding-not-supported"
        | "unsupported-channel-binding-type" => AuthFault::ChannelBinding,
        "server-does-support-channel-binding" => AuthFault::ChannelBindingDowngrade,
        _ => AuthFault::ServerError,
    }
}
