//! `Hi`, which is PBKDF2 for one block (RFC 5802 section 2.2), in slices.
//!
//! The state is plain octets: the key is prepared anew for each slice, so a state can be cloned, hashed
//! and compared, and cutting the work differently cannot change the result.

use xiom_core::Secret;

use super::hash::{Hash, Tag};

/// A derivation under way.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Hi {
    hash: Hash,
    password: Secret,
    u: Tag,
    sum: Tag,
    left: u32,
}

impl Hi {
    /// Does the first of `iterations`; none counts as one.
    pub(crate) fn new(hash: Hash, password: &[u8], salt: &[u8], iterations: u32) -> Self {
        let u = hash.hmac(password, &[salt, &1_u32.to_be_bytes()]);
        let left = iterations.saturating_sub(1);
        Self { hash, password: Secret::new(password), sum: u.clone(), u, left }
    }

    //= SRS_SASL_MECHANISMS_01_030
    /// Goes at most `count` iterations further, and at least one; gives the salted password at the end.
    pub(crate) fn run(&mut self, count: u32) -> Option<Tag> {
        let count = count.max(1).min(self.left);
        self.hash.iterate(self.password.expose(), &mut self.u, &mut self.sum, count);
        self.left = self.left.saturating_sub(count);
        (self.left == 0).then(|| self.sum.clone())
    }
}
