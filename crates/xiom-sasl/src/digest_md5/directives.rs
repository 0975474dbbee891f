//! The lists of `name=value` that all messages consist of (RFC 2831 section 7.1): total, without an index.
//!
//! Invariant: what [`quote`] writes is read back as it was.

use alloc::string::String;

use xiom_core::AuthFault;

use crate::Context;

/// `1#(token "=" (token | quoted-string))`, of which elements may be empty.
pub(crate) struct Directives<'a> {
    rest: &'a str,
}

impl<'a> Directives<'a> {
    /// Reads `message`, unless it is too long or not UTF-8.
    pub(crate) fn new(cx: &Context<'_>, message: &'a [u8]) -> Result<Self, AuthFault> {
        cx.check_size(message)?;
        str::from_utf8(message).map(|rest| Self { rest }).map_err(|_| AuthFault::Malformed)
    }

    //= SRS_SASL_MECHANISMS_01_029
    //= SRS_SASL_MECHANISMS_01_066
    /// The name and the value of the next one, without quotes.
    pub(crate) fn next(&mut self) -> Result<Option<(&'a str, String)>, AuthFault> {
        let start = self.rest.trim_start_matches(|it| it == ',' || is_space(it));
        if start.is_empty() {
            return Ok(None);
        }
        let (name, rest) = start.split_once('=').ok_or(AuthFault::Malformed)?;
        let (name, rest) = (name.trim_end_matches(is_space), rest.trim_start_matches(is_space));
        let (value, rest) = match rest.strip_prefix('"').map(unquote) {
            Some(quoted) => quoted?,
            None => token(rest)?,
        };
        let rest = rest.trim_start_matches(is_space);
        let is_whole = rest.is_empty() || rest.starts_with(',');
        let is_name = !name.is_empty() && name.chars().all(is_token_char);
        if !is_whole || !is_name {
            return Err(AuthFault::Malformed);
        }
        self.rest = rest;
        Ok(Some((name, value)))
    }
}

/// A value without quotes, and what follows it.
fn token(text: &str) -> Result<(String, &str), AuthFault> {
    let end = text.find(|it| !is_token_char(it)).unwrap_or(text.len());
    match text.split_at_checked(end) {
        Some((value, rest)) if !value.is_empty() => Ok((value.into(), rest)),
        Some(_) | None => Err(AuthFault::Malformed),
    }
}

/// The value up to the closing quote, and what follows it.
fn unquote(quoted: &str) -> Result<(String, &str), AuthFault> {
    let (mut value, mut rest) = (String::new(), quoted.chars());
    loop {
        let character = match rest.next() {
            Some('"') => return Ok((value, rest.as_str())),
            Some('\\') => rest.next(),
            other => other,
        };
        match character {
            Some(character) if !character.is_control() => value.push(character),
            Some(_) | None => return Err(AuthFault::Malformed),
        }
    }
}

//= SRS_SASL_MECHANISMS_01_066
/// Appends `,name="value"`, with a backslash before each quote and backslash.
pub(crate) fn quote(name: &str, value: &str, out: &mut String) {
    plain(name, "\"", out);
    for character in value.chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
}

/// Appends `,name=value`, and no comma at the very front.
pub(crate) fn plain(name: &str, value: &str, out: &mut String) {
    if !out.is_empty() {
        out.push(',');
    }
    out.push_str(name);
    out.push('=');
    out.push_str(value);
}

//= SRS_SASL_MECHANISMS_01_082
/// Fills a directive that comes once at most.
pub(crate) fn once<T>(slot: &mut Option<T>, value: T) -> Result<(), AuthFault> {
    slot.replace(value).map_or(Ok(()), |_| Err(AuthFault::Malformed))
}

/// The elements of a list such as `qop`.
pub(crate) fn elements(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(|element| element.trim_matches(is_space))
}

/// `1*DIGIT` in the bounds of a buffer.
pub(crate) fn buffer(digits: &str) -> Result<u32, AuthFault> {
    let is_number = digits.bytes().all(|octet| octet.is_ascii_digit());
    let size = digits.parse().ok().filter(|size| is_number && super::is_buffer(*size));
    size.ok_or(AuthFault::Malformed)
}

/// A keyword, such as `charset=utf-8`, that has one value only.
pub(crate) fn keyword(value: &str, expected: &str) -> Result<(), AuthFault> {
    if value.eq_ignore_ascii_case(expected) { Ok(()) } else { Err(AuthFault::Malformed) }
}

/// A character of `LWS`.
const fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

/// A character of `token`.
const fn is_token_char(character: char) -> bool {
    character.is_ascii_graphic()
        && !matches!(
            character,
            '(' | ')'
                | '<'
                | '>'
                | '@'
                | ','
                | ';'
                | ':'
                | '\\'
                | '"'
                | '/'
                | '['
                | ']'
                | '?'
                | '='
        )
        && !matches!(character, '{' | '}')
}
