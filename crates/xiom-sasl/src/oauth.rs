//! OAuth 2 bearer tokens over SASL: what client and server share.
//!
//! `OAUTHBEARER` is RFC 7628; `XOAUTH2` is its forerunner, which large mail services and some brokers
//! speak. The two sides are [`crate::client::OAuth`] and [`crate::server::OAuth`].

use crate::Properties;

/// The mechanisms of the family.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Variant {
    /// `OAUTHBEARER` (RFC 7628): the token says who the client is; a GS2 header may ask for another.
    OAuthBearer,
    /// `XOAUTH2`: a user beside the token.
    XOAuth2,
}

impl Variant {
    pub(crate) const fn properties(self) -> Properties {
        let name = match self {
            Self::OAuthBearer => "OAUTHBEARER",
            Self::XOAuth2 => "XOAUTH2",
        };
        Properties { reveals_secret: true, ..Properties::named(name) }
    }
}

/// What separates the pairs of a message.
pub(crate) const SEPARATOR: u8 = 1;

//= SRS_SASL_MECHANISMS_01_068
/// `b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="` (RFC 6750 section 2.1)
pub(crate) fn is_token(token: &[u8]) -> bool {
    let is_char = |octet: u8| {
        octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~' | b'+' | b'/')
    };
    let padding = token.iter().rev().take_while(|octet| **octet == b'=').count();
    let body = token.get(..token.len().saturating_sub(padding)).unwrap_or_default();
    !body.is_empty() && body.iter().copied().all(is_char)
}

//= SRS_SASL_MECHANISMS_01_068
/// A name that fits into a pair: not empty, no control character.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(char::is_control)
}
