//! The hashes of the SCRAM family, and the octets they give: wiped, hidden, compared in constant time.

use core::fmt;
use core::hash::Hasher;

use hmac::Hmac;
use hmac::digest::{Digest, Key, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::rounds::Rounds;

/// The hash of a SCRAM mechanism.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Hash {
    /// SHA-1 (RFC 5802): its weakness is to collisions, which SCRAM does not rest on.
    Sha1,
    /// SHA-256 (RFC 7677).
    Sha256,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// Bits of the result.
    #[must_use]
    pub const fn bits(self) -> u16 {
        match self {
            Self::Sha1 => 160,
            Self::Sha256 => 256,
            Self::Sha512 => 512,
        }
    }

    const fn len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// Takes a result of this hash; `None` for any other length.
    pub(crate) fn tag(self, octets: &[u8]) -> Option<Tag> {
        (octets.len() == self.len()).then(|| Tag::new(octets))
    }

    /// `H(data)`
    pub(crate) fn digest(self, data: &[u8]) -> Tag {
        match self {
            Self::Sha1 => Tag::new(&Sha1::digest(data)),
            Self::Sha256 => Tag::new(&Sha256::digest(data)),
            Self::Sha512 => Tag::new(&Sha512::digest(data)),
        }
    }

    /// `HMAC(key, parts)`, the parts one after the other.
    pub(crate) fn hmac(self, key: &[u8], parts: &[&[u8]]) -> Tag {
        match self {
            Self::Sha1 => hmac::<Hmac<Sha1>, Sha1>(key, parts),
            Self::Sha256 => hmac::<Hmac<Sha256>, Sha256>(key, parts),
            Self::Sha512 => hmac::<Hmac<Sha512>, Sha512>(key, parts),
        }
    }

    /// Goes `count` iterations of `Hi` further: `u` becomes `HMAC(key, u)`, and `sum` takes it in.
    pub(crate) fn iterate(self, key: &[u8], u: &mut Tag, sum: &mut Tag, count: u32) {
        let (u, sum) = (u.octets_mut(), sum.octets_mut());
        match self {
            Self::Sha1 => SHA1.run(self, key, u, sum, count),
            Self::Sha256 => SHA256.run(self, key, u, sum, count),
            Self::Sha512 => SHA512.run(self, key, u, sum, count),
        }
    }

    /// As [`fill_block`], with this hash.
    pub(crate) fn fill_key(self, key: &[u8], block: &mut [u8]) {
        fill_block(key, block, |key| self.digest(key));
    }
}

/// Writes `key` into `block`, which is zero: as it is, or its hash when it is longer (RFC 2104 section
/// 2).
fn fill_block(key: &[u8], block: &mut [u8], digest: impl FnOnce(&[u8]) -> Tag) {
    let hashed;
    let key = if block.len() < key.len() {
        hashed = digest(key);
        hashed.octets()
    } else {
        key
    };
    for (slot, octet) in block.iter_mut().zip(key) {
        *slot = *octet;
    }
}

/// `HMAC(key, parts)`, the parts one after the other.
pub(crate) fn hmac<M: KeyInit + Mac, D: Digest>(key: &[u8], parts: &[&[u8]]) -> Tag {
    let mut block = Key::<M>::default();
    fill_block(key, &mut block, |key| Tag::new(&D::digest(key)));
    let mut mac = M::new(&block);
    block.as_mut_slice().zeroize();
    for part in parts {
        mac.update(part);
    }
    let mut octets = mac.finalize().into_bytes();
    let tag = Tag::new(&octets);
    octets.as_mut_slice().zeroize();
    tag
}

/// The result of a hash: a key, a proof or a signature.
#[derive(Clone)]
pub(crate) struct Tag {
    pub(crate) octets: Zeroizing<[u8; Self::MAX]>,
    len: usize,
}

impl Tag {
    /// Octets of the longest hash of the family.
    const MAX: usize = 64;

    pub(crate) fn new(octets: &[u8]) -> Self {
        let mut tag =
            Self { octets: Zeroizing::new([0; Self::MAX]), len: octets.len().min(Self::MAX) };
        for (slot, octet) in tag.octets.iter_mut().zip(octets) {
            *slot = *octet;
        }
        tag
    }

    pub(crate) fn octets(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or_default()
    }

    fn octets_mut(&mut self) -> &mut [u8] {
        self.octets.get_mut(..self.len).unwrap_or_default()
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

/// The words to begin with are those of FIPS 180-4 sections 5.3.1, 5.3.3 and 5.3.5.
const SHA1: Rounds<u32, 5, 64> = Rounds {
    initial: [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0],
    compress: sha1::block_api::compress,
};
const SHA256: Rounds<u32, 8, 64> = Rounds {
    initial: [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ],
    compress: sha2::block_api::compress256,
};
const SHA512: Rounds<u64, 8, 128> = Rounds {
    initial: [
        0x6a09_e667_f3bc_c908,
        0xbb67_ae85_84ca_a73b,
        0x3c6e_f372_fe94_f82b,
        0xa54f_f53a_5f1d_36f1,
        0x510e_527f_ade6_82d1,
        0x9b05_688c_2b3e_6c1f,
        0x1f83_d9ab_fb41_bd6b,
        0x5be0_cd19_137e_2179,
    ],
    compress: sha2::block_api::compress512,
};
