//! The hashes of the SCRAM family, and the octets they give: wiped, hidden, compared in constant time.

use core::fmt;
use core::hash::Hasher;

use hmac::Hmac;
use hmac::digest::{Digest, Key, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// The hash of a SCRAM mechanism.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Hash {
    /// SHA-256 (RFC 7677).
    Sha256,
}

impl Hash {
    /// Bits of the result.
    #[must_use]
    pub const fn bits(self) -> u16 {
        match self {
            Self::Sha256 => 256,
        }
    }

    const fn len(self) -> usize {
        match self {
            Self::Sha256 => 32,
        }
    }

    /// Takes a result of this hash; `None` for any other length.
    pub(crate) fn tag(self, octets: &[u8]) -> Option<Tag> {
        (octets.len() == self.len()).then(|| Tag::new(octets))
    }

    /// `H(data)`
    pub(crate) fn digest(self, data: &[u8]) -> Tag {
        match self {
            Self::Sha256 => Tag::new(&Sha256::digest(data)),
        }
    }

    /// `HMAC(key, parts)`, the parts one after the other.
    pub(crate) fn hmac(self, key: &[u8], parts: &[&[u8]]) -> Tag {
        match self {
            Self::Sha256 => hmac::<Hmac<Sha256>, Sha256>(key, parts),
        }
    }

    /// Goes `count` iterations of `Hi` further: `u` becomes `HMAC(key, u)`, and `sum` takes it in.
    pub(crate) fn iterate(self, key: &[u8], u: &mut Tag, sum: &mut Tag, count: u32) {
        match self {
            Self::Sha256 => iterate::<Hmac<Sha256>, Sha256>(key, u, sum, count),
        }
    }
}

fn hmac<M: KeyInit + Mac, D: Digest>(key: &[u8], parts: &[&[u8]]) -> Tag {
    let mut mac = keyed::<M, D>(key);
    for part in parts {
        mac.update(part);
    }
    let mut octets = mac.finalize().into_bytes();
    let tag = Tag::new(&octets);
    octets.as_mut_slice().zeroize();
    tag
}

/// The key is prepared once, so that an iteration costs two compressions.
fn iterate<M: KeyInit + Mac + Clone, D: Digest>(
    key: &[u8],
    u: &mut Tag,
    sum: &mut Tag,
    count: u32,
) {
    let prepared = keyed::<M, D>(key);
    for _ in 0..count {
        let mut mac = prepared.clone();
        mac.update(u.octets());
        u.set(&mac.finalize().into_bytes());
        sum.xor(u);
    }
}

/// HMAC under `key`: padded to a block, or hashed first when it is longer (RFC 2104 section 2).
fn keyed<M: KeyInit, D: Digest>(key: &[u8]) -> M {
    let mut block = Key::<M>::default();
    let mut hashed;
    let key = if block.len() < key.len() {
        hashed = Some(Tag::new(&D::digest(key)));
        hashed.as_mut().map_or(key, |tag| tag.octets())
    } else {
        key
    };
    for (slot, octet) in block.iter_mut().zip(key) {
        *slot = *octet;
    }
    let mac = M::new(&block);
    block.as_mut_slice().zeroize();
    mac
}

/// The result of a hash: a key, a proof or a signature.
#[derive(Clone)]
pub(crate) struct Tag {
    pub(crate) octets: Zeroizing<[u8; Self::MAX]>,
    len: usize,
}

impl Tag {
    /// Octets of the longest hash of the family.
    const MAX: usize = 32;

    fn new(octets: &[u8]) -> Self {
        let mut tag =
            Self { octets: Zeroizing::new([0; Self::MAX]), len: octets.len().min(Self::MAX) };
        tag.set(octets);
        tag
    }

    fn set(&mut self, octets: &[u8]) {
        for (slot, octet) in self.octets.iter_mut().zip(octets) {
            *slot = *octet;
        }
    }

    pub(crate) fn octets(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or_default()
    }

    pub(crate) fn xor(&mut self, other: &Self) {
        for (slot, octet) in self.octets.iter_mut().zip(other.octets.iter()) {
            *slot ^= octet;
        }
    }
}

impl ConstantTimeEq for Tag {
    fn ct_eq(&self, other: &Self) -> subtle::Choice {
        self.octets().ct_eq(other.octets())
    }
}

impl PartialEq for Tag {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for Tag {}

impl core::hash::Hash for Tag {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.octets().hash(state);
    }
}

impl fmt::Debug for Tag {
    //= SRS_SASL_MECHANISMS_01_031
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[..]")
    }
}
