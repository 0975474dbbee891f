//! How a SASL mechanism fails.

use core::fmt;

use super::Blame;

/// Why one side of a mechanism gave up.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum AuthFault {
    /// A message of the peer does not follow the mechanism's grammar.
    Malformed,
    /// A message or an attribute of the peer exceeds the limit.
    TooLong,
    /// The peer's message has no business in this state.
    Unexpected,
    /// The peer's nonce does not extend ours, or does not repeat it.
    Nonce,
    /// The number of iterations lies outside of the bounds.
    Iterations(u32),
    /// The peer asks for an extension that is not known.
    Extension,
    /// The channel bindings differ: somebody stands between the two ends.
    ChannelBinding,
    /// The peer claims that this side has no channel binding, although it was offered.
    ChannelBindingDowngrade,
    /// The mechanism would show a secret on a channel that is not confidential.
    NotConfidential,
    /// The server said ok, and has not proven that it knows the credentials.
    ServerNotVerified,
    /// The proof, or the password, is wrong, or the user is not known.
    BadCredentials,
    /// The user may not act as the one it asks for.
    NotAuthorized,
    /// The server gave this mechanism's own error.
    ServerError,
    /// A user name or a password contains a character that the mechanism cannot carry.
    ProhibitedCharacter,
    /// The mechanism has no credentials, or no certificate, to work with.
    NoCredentials,
    /// The two ends have no security layer in common that both permit.
    NoCommonLayer,
    /// The GSS context lacks a protection that was asked for, or grants what was not.
    ContextFlags,
    /// The GSS library refused, with its two status codes (RFC 2744 section 3.9).
    Gss {
        /// The status of the interface.
        major: u32,
        /// The status of the mechanism below it, such as Kerberos.
        minor: u32,
    },
}

impl AuthFault {
    pub(super) const fn blame(self) -> Blame {
        match self {
            Self::BadCredentials
            | Self::NotAuthorized
            | Self::ServerError
            | Self::ProhibitedCharacter
            | Self::NoCredentials
            | Self::Gss { .. } => Blame::Credentials,
            Self::NotConfidential | Self::NoCommonLayer | Self::ContextFlags => {
                Blame::Configuration
            }
            Self::Malformed
            | Self::TooLong
            | Self::Unexpected
            | Self::Nonce
            | Self::Iterations(_)
            | Self::Extension
            | Self::ChannelBinding
            | Self::ChannelBindingDowngrade
            | Self::ServerNotVerified => Blame::Peer,
        }
    }
}

impl fmt::Display for AuthFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "peer sent a malformed message",
            Self::TooLong => "peer sent a message that exceeds the limit",
            Self::Unexpected => "peer sent a message out of turn",
            Self::Nonce => "peer's nonce does not belong to this exchange",
            Self::Iterations(count) => {
                return write!(f, "peer demands {count} iterations, outside of the bounds");
            }
            Self::Extension => "peer demands an unknown extension",
            Self::ChannelBinding => "channel bindings differ: somebody stands between the two ends",
            Self::ChannelBindingDowngrade => "channel binding was stripped on the way",
            Self::NotConfidential => "the secret would travel in clear: use tls",
            Self::ServerNotVerified => {
                "server said ok without proving that it knows the credentials"
            }
            Self::BadCredentials => "wrong user or password",
            Self::NotAuthorized => "the user may not act as the one it asks for",
            Self::ServerError => "server gave the mechanism's own error",
            Self::ProhibitedCharacter => "user or password has a character that cannot be sent",
            Self::NoCredentials => "no credentials for this mechanism",
            Self::NoCommonLayer => "no security layer that both ends permit",
            Self::ContextFlags => "the gss context grants less than was asked for, or more",
            Self::Gss { major, minor } => {
                return write!(f, "the gss library refused (status {major:#x}, mechanism {minor})");
            }
        })
    }
}

impl core::error::Error for AuthFault {}
