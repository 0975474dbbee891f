//! The client's message: `digest-response` (RFC 2831 section 2.1.2).

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;

use xiom_core::{AuthFault, Secret};

use super::challenge::DEFAULT_BUFFER;
use super::directives::{Directives, buffer, keyword, once, plain, quote};
use super::{COUNT, Quality, check_nonce};
use crate::Context;
use crate::prep::ascii;

/// What a client answers.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Response {
    pub(crate) user: Box<str>,
    pub(crate) realm: String,
    pub(crate) nonce: Secret,
    pub(crate) client_nonce: Secret,
    qop: Option<String>,
    cipher: Option<String>,
    pub(crate) uri: String,
    /// The proof, in hexadecimal.
    pub(crate) proof: Secret,
    /// Octets of the longest token that the client takes.
    pub(crate) buffer: u32,
    pub(crate) authzid: Option<Box<str>>,
}

/// The directives as they come.
#[derive(Default)]
struct Found {
    user: Option<String>,
    realm: Option<String>,
    nonce: Option<Secret>,
    client_nonce: Option<String>,
    count: Option<String>,
    qop: Option<String>,
    cipher: Option<String>,
    uri: Option<String>,
    proof: Option<Secret>,
    maxbuf: Option<u32>,
    charset: Option<()>,
    authzid: Option<String>,
}

impl Found {
    fn read(mut directives: Directives<'_>) -> Result<Self, AuthFault> {
        let mut found = Self::default();
        while let Some((name, value)) = directives.next()? {
            match &*name.to_ascii_lowercase() {
                "username" => once(&mut found.user, value)?,
                "realm" => once(&mut found.realm, value)?,
                "nonce" => once(&mut found.nonce, Secret::new(value))?,
                "cnonce" => once(&mut found.client_nonce, value)?,
                "nc" => once(&mut found.count, value)?,
                "qop" => once(&mut found.qop, value)?,
                "cipher" => once(&mut found.cipher, value)?,
                "digest-uri" => once(&mut found.uri, value)?,
                "response" => once(&mut found.proof, Secret::new(value))?,
                "maxbuf" => once(&mut found.maxbuf, buffer(&value)?)?,
                "charset" => once(&mut found.charset, keyword(&value, "utf-8")?)?,
                "authzid" => once(&mut found.authzid, value)?,
                //= SRS_SASL_MECHANISMS_01_082
                _ => {}
            }
        }
        Ok(found)
    }
}

impl Response {
    pub(crate) fn parse(cx: &Context<'_>, message: &[u8]) -> Result<Self, AuthFault> {
        let found = Found::read(Directives::new(cx, message)?)?;
        let user = found.user.ok_or(AuthFault::Malformed)?;
        let client_nonce = found.client_nonce.ok_or(AuthFault::Malformed)?;
        check_nonce(cx, &client_nonce)?;
        for name in [Some(&user), found.authzid.as_ref()].into_iter().flatten() {
            ascii(name.as_bytes())?;
        }
        //= SRS_SASL_MECHANISMS_01_083
        if found.count.ok_or(AuthFault::Malformed)? != COUNT {
            return Err(AuthFault::Nonce);
        }
        Ok(Self {
            user: user.into(),
            realm: found.realm.unwrap_or_default(),
            nonce: found.nonce.ok_or(AuthFault::Malformed)?,
            client_nonce: Secret::new(client_nonce),
            qop: found.qop,
            cipher: found.cipher,
            uri: found.uri.ok_or(AuthFault::Malformed)?,
            proof: found.proof.ok_or(AuthFault::Malformed)?,
            buffer: found.maxbuf.unwrap_or(DEFAULT_BUFFER),
            authzid: found.authzid.map(Box::from),
        })
    }

    /// Whether the client has taken `quality`.
    pub(crate) fn takes(&self, quality: Quality) -> bool {
        self.qop.as_deref().unwrap_or("auth").eq_ignore_ascii_case(quality.name())
            && quality.cipher().is_none_or(|cipher| {
                self.cipher.as_deref().is_some_and(|taken| taken.eq_ignore_ascii_case(cipher))
            })
    }
}

/// What a client writes.
pub(crate) struct Answer<'a> {
    pub(crate) user: &'a str,
    pub(crate) authzid: Option<&'a str>,
    pub(crate) realm: Option<&'a str>,
    pub(crate) nonce: &'a str,
    pub(crate) client_nonce: &'a str,
    pub(crate) uri: &'a str,
    pub(crate) quality: Quality,
    pub(crate) proof: &'a str,
    pub(crate) buffer: u32,
    pub(crate) utf_8: bool,
}

impl Answer<'_> {
    /// The message, in the order of the examples of RFC 2831 section 4.
    pub(crate) fn write(&self) -> String {
        let mut out = String::new();
        if self.utf_8 {
            plain("charset", "utf-8", &mut out);
        }
        quote("username", self.user, &mut out);
        if let Some(realm) = self.realm {
            quote("realm", realm, &mut out);
        }
        quote("nonce", self.nonce, &mut out);
        plain("nc", COUNT, &mut out);
        quote("cnonce", self.client_nonce, &mut out);
        quote("digest-uri", self.uri, &mut out);
        plain("response", self.proof, &mut out);
        plain("qop", self.quality.name(), &mut out);
        if self.quality != Quality::Auth {
            plain("maxbuf", &format!("{}", self.buffer), &mut out);
        }
        if let Some(cipher) = self.quality.cipher() {
            plain("cipher", cipher, &mut out);
        }
        if let Some(authzid) = self.authzid {
            quote("authzid", authzid, &mut out);
        }
        out
    }
}
