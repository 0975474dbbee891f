//! A GSS context without cryptography, every output of which is a function of the octets it saw.
//!
//! A token of the exchange is [`CONTEXT`], its number, and in the first one the initiator's name. A token
//! of data is [`INTEGRITY`] or [`CONFIDENTIALITY`], the sender, a counter, the octets (masked with 55 hex if
//! encrypted, and with one more before them) and a sum over all that. It can be cloned, compared and hashed, so that a
//! model can explore both ends.

use xiom_core::{AuthFault, LayerFault, WireBuf};
use xiom_sasl::gss::{GssContext, GssFlags, Unwrapped};

/// The first octet of a token of the exchange.
pub const CONTEXT: u8 = b'`';
/// The first octet of a token that can be read.
pub const INTEGRITY: u8 = b'i';
/// The first octet of a token that cannot be read.
pub const CONFIDENTIALITY: u8 = b'c';

const MASK: u8 = 0x55;
/// The kind, the sender and the counter.
const HEADER: usize = 3;
/// `GSS_S_DEFECTIVE_TOKEN`
const DEFECTIVE: AuthFault = AuthFault::Gss { major: 9 << 16, minor: 0 };

/// The context in the place of a real one, for either end.
///
/// ```
/// use xiom_sasl::gss::GssContext;
/// use xiom_testing::FakeGss;
///
/// let (mut tim, mut broker) = (FakeGss::initiator("tim@EXAMPLE"), FakeGss::acceptor());
/// let (mut first, mut second) = (Vec::new(), Vec::new());
/// assert!(!tim.step(b"", &mut first)?);
/// assert!(broker.step(&first, &mut second)?);
/// assert!(tim.step(&second, &mut Vec::new())?);
/// assert_eq!(broker.initiator().as_deref(), Some("tim@EXAMPLE"));
/// # Ok::<(), xiom_core::AuthFault>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct FakeGss {
    is_initiator: bool,
    name: Option<Box<str>>,
    flags: GssFlags,
    encrypts: bool,
    /// Tokens of the exchange; both ends are made with the same number.
    tokens: u8,
    /// Tokens that passed so far.
    passed: u8,
    sent: u8,
    received: u8,
}

impl FakeGss {
    /// The end that speaks first, as `name`.
    #[must_use]
    pub fn initiator(name: &str) -> Self {
        Self { is_initiator: true, name: Some(name.into()), ..Self::acceptor() }
    }

    /// The other end.
    #[must_use]
    pub const fn acceptor() -> Self {
        Self {
            is_initiator: false,
            name: None,
            flags: GssFlags::ASKED,
            encrypts: true,
            tokens: 2,
            passed: 0,
            sent: 0,
            received: 0,
        }
    }

    /// The same, and this is what the context grants; without this what GSSAPI asks for.
    #[must_use]
    pub fn granting(self, flags: GssFlags) -> Self {
        Self { flags, ..self }
    }

    /// The same with so many tokens in the exchange; without this 2, as Kerberos has.
    #[must_use]
    pub fn with_tokens(self, tokens: u8) -> Self {
        Self { tokens, ..self }
    }

    /// The same, and it grants confidentiality but never encrypts.
    #[must_use]
    pub fn without_encryption(self) -> Self {
        Self { encrypts: false, ..self }
    }
}

impl GssContext for FakeGss {
    fn step(&mut self, token: &[u8], out: &mut Vec<u8>) -> Result<bool, AuthFault> {
        let is_first = self.is_initiator && self.passed == 0;
        if !is_first {
            let Some(([CONTEXT, number], name)) = token.split_first_chunk() else {
                return Err(DEFECTIVE);
            };
            let mine = self.is_initiator == number.is_multiple_of(2);
            if *number != self.passed || mine || self.tokens <= *number {
                return Err(DEFECTIVE);
            }
            match (*number, str::from_utf8(name)) {
                (0, Ok(name)) => self.name = Some(name.into()),
                (1.., Ok("")) => {}
                (_, Ok(_) | Err(_)) => return Err(DEFECTIVE),
            }
            self.passed = self.passed.saturating_add(1);
        } else if !token.is_empty() {
            return Err(DEFECTIVE);
        }
        if self.passed < self.tokens {
            out.extend_from_slice(&[CONTEXT, self.passed]);
            if is_first {
                out.extend_from_slice(self.name.as_deref().unwrap_or_default().as_bytes());
            }
            self.passed = self.passed.saturating_add(1);
        }
        Ok(self.passed == self.tokens)
    }

    fn flags(&self) -> GssFlags {
        self.flags
    }

    fn initiator(&self) -> Option<Box<str>> {
        self.name.clone()
    }

    fn wrap(
        &mut self,
        confidential: bool,
        plain: &[u8],
        out: &mut WireBuf,
    ) -> Result<bool, LayerFault> {
        let is_encrypted = confidential && self.encrypts && self.flags.confidentiality;
        let kind = if is_encrypted { CONFIDENTIALITY } else { INTEGRITY };
        let mut token = vec![kind, u8::from(self.is_initiator), self.sent];
        if is_encrypted {
            token.push(MASK);
            token.extend(plain.iter().map(|octet| octet ^ MASK));
        } else {
            token.extend_from_slice(plain);
        }
        token.push(sum(&token));
        out.extend(&token);
        self.sent = self.sent.wrapping_add(1);
        Ok(is_encrypted)
    }

    fn unwrap(&mut self, token: &mut [u8]) -> Result<Unwrapped, LayerFault> {
        let Some((seal, sealed)) = token.split_last() else { return Err(LayerFault::Malformed) };
        if sum(sealed) != *seal {
            return Err(LayerFault::BadMac);
        }
        let Some(([kind, sender, number], _)) = sealed.split_first_chunk::<HEADER>() else {
            return Err(LayerFault::Malformed);
        };
        let start = match *kind {
            INTEGRITY => HEADER,
            CONFIDENTIALITY => HEADER.saturating_add(1),
            _ => return Err(LayerFault::Malformed),
        };
        if *sender == u8::from(self.is_initiator) || *number != self.received {
            return Err(LayerFault::OutOfSequence);
        }
        let confidential = *kind == CONFIDENTIALITY;
        let plain = start..sealed.len();
        let octets = token.get_mut(plain.clone()).ok_or(LayerFault::Malformed)?;
        if confidential {
            for octet in octets {
                *octet ^= MASK;
            }
        }
        self.received = self.received.wrapping_add(1);
        Ok(Unwrapped { plain, confidential })
    }

    fn wrap_size_limit(&mut self, confidential: bool, max_token: u32) -> Result<u32, LayerFault> {
        Ok(max_token.saturating_sub(if confidential { 5 } else { 4 }))
    }
}

/// A sum that every change of a single octet changes.
fn sum(octets: &[u8]) -> u8 {
    octets.iter().fold(1, |sum: u8, octet| sum.rotate_left(1).wrapping_add(*octet))
}
