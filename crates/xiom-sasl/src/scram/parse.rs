//! Reading SCRAM messages (RFC 5802 section 7): total, in the order of the grammar, without an index.
//!
//! Extensions may follow the attributes of a message and are ignored; a letter that means something
//! elsewhere, or one that comes twice, is refused wherever it stands.

use alloc::boxed::Box;

use xiom_core::{AuthFault, Secret};

use super::message::{fault_of, unescape};
use crate::Limits;
use crate::encoding::from_base64;
use crate::nonce::is_printable;

/// `client-first-message = gs2-cbind-flag "," ["a=" saslname] "," bare`
#[derive(Debug)]
pub(crate) struct ClientFirst<'a> {
    pub(crate) flag: Flag<'a>,
    pub(crate) authzid: Option<Box<str>>,
    /// The flag and the authorization identity with their commas, as they stand.
    pub(crate) header: &'a str,
    /// What follows the header, as it stands.
    pub(crate) bare: &'a str,
    pub(crate) user: Box<str>,
    pub(crate) nonce: &'a str,
}

/// `gs2-cbind-flag`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Flag<'a> {
    /// `n`: the client cannot bind.
    Unable,
    /// `y`: the client can bind, and believes that the server cannot.
    Withheld,
    /// `p=name`: the exchange is bound.
    Bound(&'a str),
}

/// `server-first-message = nonce "," salt "," iteration-count`
#[derive(Debug)]
pub(crate) struct ServerFirst<'a> {
    pub(crate) nonce: &'a str,
    pub(crate) salt: Secret,
    pub(crate) iterations: u32,
}

/// `client-final-message = channel-binding "," nonce "," proof`
#[derive(Debug)]
pub(crate) struct ClientFinal<'a> {
    pub(crate) binding: Secret,
    pub(crate) nonce: &'a str,
    pub(crate) proof: Secret,
    /// What precedes the proof, without the comma.
    pub(crate) without_proof: &'a str,
}

//= SRS_SASL_MECHANISMS_01_029
pub(crate) fn client_first<'a>(
    message: &'a [u8],
    limits: &Limits,
) -> Result<ClientFirst<'a>, AuthFault> {
    let message = text(message, limits)?;
    let (flag, rest) = message.split_once(',').ok_or(AuthFault::Malformed)?;
    let (authzid, bare) = rest.split_once(',').ok_or(AuthFault::Malformed)?;
    let header = message.strip_suffix(bare).ok_or(AuthFault::Malformed)?;
    let mut attributes = Attributes::new(bare);
    let user = unescape(attributes.next('n')?)?;
    let nonce = attributes.nonce(limits)?;
    attributes.extensions()?;
    Ok(ClientFirst {
        flag: cbind_flag(flag)?,
        authzid: authzid_of(authzid)?,
        header,
        bare,
        user: user.into(),
        nonce,
    })
}

fn cbind_flag(flag: &str) -> Result<Flag<'_>, AuthFault> {
    match flag {
        "n" => Ok(Flag::Unable),
        "y" => Ok(Flag::Withheld),
        flag => {
            let name = flag.strip_prefix("p=").ok_or(AuthFault::Malformed)?;
            let is_char = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'-');
            let is_name = !name.is_empty() && name.bytes().all(is_char);
            is_name.then_some(Flag::Bound(name)).ok_or(AuthFault::Malformed)
        }
    }
}

fn authzid_of(authzid: &str) -> Result<Option<Box<str>>, AuthFault> {
    if authzid.is_empty() {
        return Ok(None);
    }
    let escaped = authzid.strip_prefix("a=").ok_or(AuthFault::Malformed)?;
    Ok(Some(unescape(escaped)?.into()))
}

//= SRS_SASL_MECHANISMS_01_029
pub(crate) fn server_first<'a>(
    message: &'a [u8],
    limits: &Limits,
) -> Result<ServerFirst<'a>, AuthFault> {
    let message = text(message, limits)?;
    if let Some(error) = message.strip_prefix("e=") {
        return Err(server_error(error));
    }
    let mut attributes = Attributes::new(message);
    let nonce = attributes.nonce(limits)?;
    let salt = from_base64(attributes.next('s')?)?;
    let iterations = posit_number(attributes.next('i')?)?;
    attributes.extensions()?;
    if limits.salt < salt.len() {
        return Err(AuthFault::TooLong);
    }
    //= SRS_SASL_MECHANISMS_01_048
    if !limits.iterations.contains(&iterations) {
        return Err(AuthFault::Iterations(iterations));
    }
    Ok(ServerFirst { nonce, salt, iterations })
}

/// `posit-number = %x31-39 *DIGIT`; what does not fit is the greatest number.
fn posit_number(digits: &str) -> Result<u32, AuthFault> {
    let first = digits.bytes().next();
    if !digits.bytes().all(|octet| octet.is_ascii_digit()) || first.is_none_or(|it| it == b'0') {
        return Err(AuthFault::Malformed);
    }
    Ok(digits.parse().unwrap_or(u32::MAX))
}

//= SRS_SASL_MECHANISMS_01_029
pub(crate) fn client_final<'a>(
    message: &'a [u8],
    limits: &Limits,
) -> Result<ClientFinal<'a>, AuthFault> {
    let message = text(message, limits)?;
    let (without_proof, proof) = message.rsplit_once(",p=").ok_or(AuthFault::Malformed)?;
    let mut attributes = Attributes::new(without_proof);
    let binding = from_base64(attributes.next('c')?)?;
    let nonce = attributes.nonce(limits)?;
    attributes.extensions()?;
    Ok(ClientFinal { binding, nonce, proof: from_base64(proof)?, without_proof })
}

//= SRS_SASL_MECHANISMS_01_029
/// `server-final-message = (server-error / verifier)`: gives the verifier.
pub(crate) fn server_final(message: &[u8], limits: &Limits) -> Result<Secret, AuthFault> {
    let message = text(message, limits)?;
    let mut attributes = Attributes::new(message);
    if let Some(rest) = message.strip_prefix("e=") {
        return Err(server_error(rest));
    }
    let verifier = from_base64(attributes.next('v')?)?;
    attributes.extensions()?;
    Ok(verifier)
}

//= SRS_SASL_MECHANISMS_01_065
fn server_error(rest: &str) -> AuthFault {
    fault_of(rest.split(',').next().unwrap_or_default())
}

fn text<'a>(message: &'a [u8], limits: &Limits) -> Result<&'a str, AuthFault> {
    //= SRS_SASL_MECHANISMS_01_026
    if limits.message < message.len() {
        return Err(AuthFault::TooLong);
    }
    match str::from_utf8(message) {
        Ok(text) if !text.contains('\0') => Ok(text),
        Ok(_) | Err(_) => Err(AuthFault::Malformed),
    }
}

/// `attr-val *("," attr-val)`
struct Attributes<'a> {
    parts: core::str::Split<'a, char>,
}

impl<'a> Attributes<'a> {
    fn new(message: &'a str) -> Self {
        Self { parts: message.split(',') }
    }

    /// The value of the next attribute, which must be `name`.
    fn next(&mut self, name: char) -> Result<&'a str, AuthFault> {
        let (found, value) = attribute(self.parts.next().ok_or(AuthFault::Malformed)?)?;
        match found {
            //= SRS_SASL_MECHANISMS_01_060
            'm' => Err(AuthFault::Extension),
            found if found == name => Ok(value),
            //= SRS_SASL_MECHANISMS_01_060
            _ => Err(AuthFault::Malformed),
        }
    }

    fn nonce(&mut self, limits: &Limits) -> Result<&'a str, AuthFault> {
        let nonce = self.next('r')?;
        if limits.nonce < nonce.len() {
            Err(AuthFault::TooLong)
        } else if is_printable(nonce) {
            Ok(nonce)
        } else {
            Err(AuthFault::Malformed)
        }
    }

    /// Ignores what is left, unless it may not stand there.
    fn extensions(self) -> Result<(), AuthFault> {
        let mut seen = 0_u64;
        for part in self.parts {
            let (name, _) = attribute(part)?;
            let bit = 1_u64.wrapping_shl(u32::from(name).saturating_sub(u32::from('A')));
            match name {
                //= SRS_SASL_MECHANISMS_01_060
                'm' => return Err(AuthFault::Extension),
                //= SRS_SASL_MECHANISMS_01_060
                'a' | 'c' | 'e' | 'i' | 'n' | 'p' | 'r' | 's' | 'v' => {
                    return Err(AuthFault::Malformed);
                }
                //= SRS_SASL_MECHANISMS_01_060
                _ if seen & bit != 0 => return Err(AuthFault::Malformed),
                _ => seen |= bit,
            }
        }
        Ok(())
    }
}

/// `attr-val = ALPHA "=" value`, where the value has one character or more.
fn attribute(part: &str) -> Result<(char, &str), AuthFault> {
    let (name, value) = part.split_once('=').ok_or(AuthFault::Malformed)?;
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) if letter.is_ascii_alphabetic() && !value.is_empty() => {
            Ok((letter, value))
        }
        _ => Err(AuthFault::Malformed),
    }
}
