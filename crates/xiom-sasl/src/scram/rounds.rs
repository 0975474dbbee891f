//! HMAC of one result after the other, which is where all the time of a derivation goes.
//!
//! Invariant: an iteration is two compressions and nothing else that counts. A result always fills the
//! same part of a block, so the padding is written once, and what lies on the stack is wiped once.

use core::ops::BitXorAssign;

use zeroize::{Zeroize, Zeroizing};

use super::hash::Hash;

/// A hash of words `W` by its parts (FIPS 180-4 sections 5.3 and 6): `N` words of result, and blocks of
/// `B` octets.
pub(crate) struct Rounds<W, const N: usize, const B: usize> {
    /// The words to begin with.
    pub(crate) initial: [W; N],
    /// One block more.
    pub(crate) compress: fn(&mut [W; N], &[[u8; B]]),
}

impl<W: Word, const N: usize, const B: usize> Rounds<W, N, B> {
    /// Goes `count` iterations of `Hi` further: `u` becomes `HMAC(key, u)`, and `sum` takes it in.
    #[inline]
    pub(crate) fn run(&self, hash: Hash, key: &[u8], u: &mut [u8], sum: &mut [u8], count: u32) {
        let (inner, outer) = (self.keyed(hash, key, INNER), self.keyed(hash, key, OUTER));
        let mut block = Zeroizing::new([0; B]);
        pad(&mut *block, u.len());
        copy(u, &mut *block);
        let (mut state, mut total) = (Self::words(u), Self::words(sum));
        for _ in 0..count {
            self.step(&inner, &mut state, &mut block);
            self.step(&outer, &mut state, &mut block);
            for (total, word) in total.iter_mut().zip(state.iter()) {
                *total ^= *word;
            }
        }
        copy(&*block, u);
        W::write(&total, &mut block);
        copy(&*block, sum);
    }

    /// Goes on from `start` with `block`, whose message becomes the result.
    ///
    /// Apart from its callers, or the compiler takes the words one by one where they are used one by one.
    #[inline(never)]
    fn step(&self, start: &[W; N], state: &mut [W; N], block: &mut [u8; B]) {
        *state = *start;
        (self.compress)(state, core::slice::from_ref(&*block));
        W::write(state, block);
    }

    /// The state behind the block of the key, which is the same in every iteration (RFC 2104 section 4).
    fn keyed(&self, hash: Hash, key: &[u8], mask: u8) -> Zeroizing<[W; N]> {
        let mut block = Zeroizing::new([0; B]);
        hash.fill_key(key, &mut *block);
        for octet in block.iter_mut() {
            *octet ^= mask;
        }
        let mut state = Zeroizing::new(self.initial);
        (self.compress)(&mut state, core::slice::from_ref(&block));
        state
    }

    fn words(octets: &[u8]) -> Zeroizing<[W; N]> {
        let mut words = Zeroizing::new([W::default(); N]);
        W::read(octets, &mut *words);
        words
    }
}

/// Ends the message of one block of the key and `len` octets, which lie in front of `block` (FIPS 180-4
/// section 5.1).
fn pad(block: &mut [u8], len: usize) {
    let bits = u64::try_from((block.len() + len) * 8).unwrap_or_default().to_be_bytes();
    if let Some(slot) = block.get_mut(len) {
        *slot = 0x80;
    }
    for (slot, octet) in block.iter_mut().rev().zip(bits.iter().rev()) {
        *slot = *octet;
    }
}

fn copy(from: &[u8], to: &mut [u8]) {
    for (slot, octet) in to.iter_mut().zip(from) {
        *slot = *octet;
    }
}

/// The words that a hash computes with.
///
/// Arrays tell the compiler how many there are, so that it writes several at once: a block that was written
/// word by word makes the compression wait, which reads it in larger pieces.
pub(crate) trait Word: BitXorAssign + Copy + Default + Zeroize {
    /// Writes `words` to the front of `octets`, the most significant octet first.
    fn write<const N: usize, const B: usize>(words: &[Self; N], octets: &mut [u8; B]);

    /// Reads `words` from `octets`.
    fn read(octets: &[u8], words: &mut [Self]);
}

impl Word for u32 {
    #[inline]
    fn write<const N: usize, const B: usize>(words: &[Self; N], octets: &mut [u8; B]) {
        for (slot, word) in octets.as_chunks_mut().0.iter_mut().zip(words) {
            *slot = word.to_be_bytes();
        }
    }

    fn read(octets: &[u8], words: &mut [Self]) {
        for (word, chunk) in words.iter_mut().zip(octets.as_chunks().0) {
            *word = Self::from_be_bytes(*chunk);
        }
    }
}

impl Word for u64 {
    #[inline]
    fn write<const N: usize, const B: usize>(words: &[Self; N], octets: &mut [u8; B]) {
        for (slot, word) in octets.as_chunks_mut().0.iter_mut().zip(words) {
            *slot = word.to_be_bytes();
        }
    }

    fn read(octets: &[u8], words: &mut [Self]) {
        for (word, chunk) in words.iter_mut().zip(octets.as_chunks().0) {
            *word = Self::from_be_bytes(*chunk);
        }
    }
}

const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;
