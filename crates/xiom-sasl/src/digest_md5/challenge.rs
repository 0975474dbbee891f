//! The server's messages: `digest-challenge` (RFC 2831 section 2.1.1) and `response-auth` (section 2.1.3).

use alloc::string::String;
use alloc::vec::Vec;

use xiom_core::{AuthFault, Secret};

use super::directives::{Directives, buffer, elements, keyword, once, plain, quote};
use super::{Quality, check_nonce};
use crate::Context;

/// What a server offers.
pub(crate) struct Challenge {
    pub(crate) realms: Vec<String>,
    pub(crate) nonce: String,
    qop: Option<String>,
    ciphers: Option<String>,
    /// Octets of the longest token that the server takes.
    pub(crate) buffer: u32,
    /// The server reads UTF-8.
    pub(crate) utf_8: bool,
}

impl Challenge {
    pub(crate) fn parse(cx: &Context<'_>, message: &[u8]) -> Result<Self, AuthFault> {
        let mut directives = Directives::new(cx, message)?;
        let (mut realms, mut nonce, mut qop, mut ciphers) = (Vec::new(), None, None, None);
        let (mut maxbuf, mut charset, mut algorithm, mut stale) = (None, None, None, None);
        while let Some((name, value)) = directives.next()? {
            match &*name.to_ascii_lowercase() {
                "realm" => realms.push(value),
                "nonce" => once(&mut nonce, value)?,
                "qop" => once(&mut qop, value)?,
                "cipher" => once(&mut ciphers, value)?,
                "maxbuf" => once(&mut maxbuf, buffer(&value)?)?,
                "charset" => once(&mut charset, keyword(&value, "utf-8")?)?,
                "algorithm" => once(&mut algorithm, keyword(&value, "md5-sess")?)?,
                "stale" => once(&mut stale, ())?,
                //= SRS_SASL_MECHANISMS_01_082
                _ => {}
            }
        }
        let nonce = nonce.ok_or(AuthFault::Malformed)?;
        check_nonce(cx, &nonce)?;
        algorithm.ok_or(AuthFault::Malformed)?;
        let buffer = maxbuf.unwrap_or(DEFAULT_BUFFER);
        Ok(Self { realms, nonce, qop, ciphers, buffer, utf_8: charset.is_some() })
    }

    //= SRS_SASL_MECHANISMS_01_080
    /// Whether the server has `quality`; names that are not known are as good as absent.
    pub(crate) fn offers(&self, quality: Quality) -> bool {
        let has = |list: Option<&str>, name: &str| {
            elements(list.unwrap_or_default()).any(|element| element.eq_ignore_ascii_case(name))
        };
        has(Some(self.qop.as_deref().unwrap_or("auth")), quality.name())
            && quality.cipher().is_none_or(|cipher| has(self.ciphers.as_deref(), cipher))
    }
}

/// Writes a challenge that offers `qualities`, none of which is a layer unless there is a `buffer`.
pub(crate) fn write(realm: &str, nonce: &str, qualities: &[Quality], buffer: u32) -> String {
    let mut out = String::new();
    quote("realm", realm, &mut out);
    quote("nonce", nonce, &mut out);
    let mut names: Vec<&str> = qualities.iter().rev().map(|quality| quality.name()).collect();
    names.dedup();
    quote("qop", &names.join(","), &mut out);
    plain("algorithm", "md5-sess", &mut out);
    plain("charset", "utf-8", &mut out);
    if names != [Quality::Auth.name()] {
        plain("maxbuf", &alloc::format!("{buffer}"), &mut out);
    }
    let ciphers: Vec<&str> = qualities.iter().filter_map(|quality| quality.cipher()).collect();
    if !ciphers.is_empty() {
        quote("cipher", &ciphers.join(","), &mut out);
    }
    out
}

/// `response-auth = "rspauth" "=" response-value`: gives the value.
pub(crate) fn proof(cx: &Context<'_>, message: &[u8]) -> Result<Secret, AuthFault> {
    let (mut directives, mut proof) = (Directives::new(cx, message)?, None);
    while let Some((name, value)) = directives.next()? {
        if name.eq_ignore_ascii_case("rspauth") {
            once(&mut proof, Secret::new(value))?;
        }
    }
    proof.ok_or(AuthFault::Malformed)
}

/// What a side takes that announces nothing.
pub(crate) const DEFAULT_BUFFER: u32 = 65536;
