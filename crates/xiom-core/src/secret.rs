//! Octets that nobody may see: wiped on drop, compared in constant time, never printed.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};

use subtle::ConstantTimeEq;
use zeroize::Zeroize as _;

/// A password, a key or a token.
///
/// `Hash` and `Clone` exist so that a machine which holds a secret can be driven by a model checker.
///
/// ```
/// let secret = xiom_core::Secret::new("swordfish");
/// assert_eq!(format!("{secret:?}"), "[..]");
/// assert_eq!(secret, xiom_core::Secret::new(b"swordfish".as_slice()));
/// ```
#[derive(Clone, Default)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Takes `octets` over.
    pub fn new(octets: impl Into<Vec<u8>>) -> Self {
        Self(octets.into())
    }

    /// The octets, for the one place that needs them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// How many octets there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        wipe_all(&mut self.0);
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Secret {}

impl Hash for Secret {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[..]")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<Vec<u8>> for Secret {
    fn from(octets: Vec<u8>) -> Self {
        Self(octets)
    }
}

/// Overwrites `octets`, a word at a time: each write is one that no compiler leaves out, so fewer are faster.
///
/// ```
/// let mut octets = *b"swordfish";
/// xiom_core::wipe(&mut octets);
/// assert_eq!(octets, [0; 9]);
/// ```
pub fn wipe(octets: &mut [u8]) {
    let (head, words, tail) = bytemuck::pod_align_to_mut::<u8, u64>(octets);
    head.zeroize();
    words.zeroize();
    tail.zeroize();
}

/// Overwrites all memory of `octets`, and leaves none of them.
///
/// It is rarely called from where every message passes, which it would crowd if it stood there in place.
#[inline(never)]
pub(crate) fn wipe_all(octets: &mut Vec<u8>) {
    // What was there before a buffer was cut is still there behind its end.
    octets.resize(octets.capacity(), 0);
    wipe(octets);
    octets.clear();
}
