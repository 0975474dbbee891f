//! The ciphers of RFC 2831 section 2.4, each with what it carries from one token to the next.
//!
//! Invariant: the state is plain octets, which are wiped, so that a layer can be cloned and compared.

use core::fmt;
use core::hash::{Hash, Hasher};

use cbc::cipher::{Array, BlockModeDecrypt, BlockModeEncrypt, Iv, Key, KeyIvInit};
use des::TdesEde2;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeLess};
use zeroize::{Zeroize, Zeroizing};

use super::Cipher;
use crate::scram::hash::Tag;

/// A cipher of one direction.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Stream {
    TripleDes(TripleDes),
    Rc4(Rc4),
}

impl Stream {
    /// Begins with the 16 octets of a `key`.
    pub(crate) fn new(cipher: Cipher, key: &Tag) -> Self {
        match cipher {
            Cipher::TripleDes => Self::TripleDes(TripleDes::new(key)),
            Cipher::Rc4 => Self::Rc4(Rc4::new(key.octets())),
        }
    }

    /// Octets of padding before a MAC that ends a token of `len` octets without it.
    pub(crate) const fn padding(&self, len: usize) -> usize {
        match self {
            Self::TripleDes(_) => BLOCK - len % BLOCK,
            Self::Rc4(_) => 0,
        }
    }

    /// Whether a token may have `len` octets of cipher text.
    pub(crate) const fn is_whole(&self, len: usize) -> bool {
        match self {
            Self::TripleDes(_) => len.is_multiple_of(BLOCK),
            Self::Rc4(_) => true,
        }
    }

    pub(crate) fn encrypt(&mut self, octets: &mut [u8]) {
        match self {
            Self::TripleDes(cipher) => cipher.encrypt(octets),
            Self::Rc4(cipher) => cipher.apply(octets),
        }
    }

    pub(crate) fn decrypt(&mut self, octets: &mut [u8]) {
        match self {
            Self::TripleDes(cipher) => cipher.decrypt(octets),
            Self::Rc4(cipher) => cipher.apply(octets),
        }
    }

    //= SRS_SASL_MECHANISMS_01_067
    /// How many octets at the end of `padded` are padding, and whether they are as they must be.
    ///
    /// Bad padding counts as one octet, so that the MAC is judged all the same.
    pub(crate) fn judge_padding(&self, padded: &[u8]) -> (usize, Choice) {
        let Self::TripleDes(_) = self else { return (0, Choice::from(1)) };
        let count = padded.last().copied().unwrap_or_default();
        let longest = u8::try_from(padded.len().min(BLOCK)).unwrap_or_default();
        let mut is_good = !count.ct_eq(&0) & !longest.ct_lt(&count);
        for (distance, octet) in (0_u8..).zip(padded.iter().rev().take(BLOCK)) {
            is_good &= octet.ct_eq(&count) | !distance.ct_lt(&count);
        }
        let count = u8::conditional_select(&1, &count, is_good);
        (usize::from(count).min(padded.len()), is_good)
    }
}

/// Triple DES of two keys in CBC, which goes on from token to token.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct TripleDes {
    /// Two keys of 64 bits.
    key: Tag,
    /// The last block of cipher text.
    last: Tag,
}

impl TripleDes {
    /// The first 14 octets are the keys, 7 bits an octet, and the last 8 what comes before the first block.
    fn new(key: &Tag) -> Self {
        let mut wide = Zeroizing::new([0; 2 * BLOCK]);
        let halves = wide.chunks_mut(BLOCK).zip(key.octets().chunks(BLOCK - 1));
        for (wide, narrow) in halves {
            spread(narrow, wide);
        }
        let last = key.octets().last_chunk::<BLOCK>().copied().unwrap_or_default();
        Self { key: Tag::new(wide.as_slice()), last: Tag::new(&last) }
    }

    fn encrypt(&mut self, octets: &mut [u8]) {
        let mut cipher: cbc::Encryptor<TdesEde2> = self.begin();
        let (blocks, _) = Array::slice_as_chunks_mut(octets);
        cipher.encrypt_blocks(blocks);
        self.remember(octets.last_chunk().copied());
    }

    fn decrypt(&mut self, octets: &mut [u8]) {
        let mut cipher: cbc::Decryptor<TdesEde2> = self.begin();
        let last = octets.last_chunk().copied();
        let (blocks, _) = Array::slice_as_chunks_mut(octets);
        cipher.decrypt_blocks(blocks);
        self.remember(last);
    }

    fn begin<M: KeyIvInit>(&self) -> M {
        let (mut key, mut iv) = (Key::<M>::default(), Iv::<M>::default());
        for (slot, octet) in key.iter_mut().zip(self.key.octets()) {
            *slot = *octet;
        }
        for (slot, octet) in iv.iter_mut().zip(self.last.octets()) {
            *slot = *octet;
        }
        let cipher = M::new(&key, &iv);
        key.as_mut_slice().zeroize();
        cipher
    }

    fn remember(&mut self, last: Option<[u8; BLOCK]>) {
        if let Some(last) = last {
            self.last = Tag::new(&last);
        }
    }
}

/// Spreads 56 bits over 8 octets, of which DES ignores the lowest bit.
fn spread(narrow: &[u8], wide: &mut [u8]) {
    let bits = narrow.iter().fold(0_u64, |bits, octet| (bits << 8) | u64::from(*octet));
    for (slot, shift) in wide.iter_mut().rev().zip((0_u32..).step_by(7)) {
        let [.., septet] = (bits >> shift).to_be_bytes();
        *slot = septet << 1;
    }
}

/// RC4, whose key stream goes on from token to token.
#[derive(Clone)]
pub(crate) struct Rc4 {
    table: Zeroizing<[u8; 256]>,
    i: u8,
    j: u8,
}

impl Rc4 {
    pub(crate) fn new(key: &[u8]) -> Self {
        let mut rc4 = Self { table: Zeroizing::new([0; 256]), i: 0, j: 0 };
        for (slot, value) in rc4.table.iter_mut().zip(0_u8..=u8::MAX) {
            *slot = value;
        }
        for (i, octet) in (0_u8..=u8::MAX).zip(key.iter().cycle()) {
            rc4.j = rc4.j.wrapping_add(rc4.at(i)).wrapping_add(*octet);
            rc4.table.swap(usize::from(i), usize::from(rc4.j));
        }
        rc4.j = 0;
        rc4
    }

    fn at(&self, place: u8) -> u8 {
        self.table.get(usize::from(place)).copied().unwrap_or_default()
    }

    pub(crate) fn apply(&mut self, octets: &mut [u8]) {
        for octet in octets {
            self.i = self.i.wrapping_add(1);
            self.j = self.j.wrapping_add(self.at(self.i));
            self.table.swap(usize::from(self.i), usize::from(self.j));
            *octet ^= self.at(self.at(self.i).wrapping_add(self.at(self.j)));
        }
    }
}

impl PartialEq for Rc4 {
    fn eq(&self, other: &Self) -> bool {
        let places = self.i.ct_eq(&other.i) & self.j.ct_eq(&other.j);
        bool::from(self.table.as_slice().ct_eq(other.table.as_slice()) & places)
    }
}

impl Eq for Rc4 {}

impl Hash for Rc4 {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.table.as_slice(), self.i, self.j).hash(state);
    }
}

impl fmt::Debug for Rc4 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[..]")
    }
}

/// Octets of a block of DES.
pub(crate) const BLOCK: usize = 8;
