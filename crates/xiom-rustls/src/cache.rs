//! One configuration per option set, so that sessions are resumed across holders of equal options.
//!
//! rustls offers a session again only under the very verifier and resolver it was stored under. The
//! cache keeps nothing alive: when the last holder goes, options and keys go with it.

use alloc::sync::{Arc, Weak};
use std::sync::{Mutex, PoisonError};

/// The holders that live, each with its options.
pub(crate) struct Cache<T>(Mutex<Vec<Weak<T>>>);

impl<T> Cache<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// The living holder for which `is_same` is true, or what `make` makes.
    pub(crate) fn find_or<E>(
        &self,
        is_same: impl Fn(&T) -> bool,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let mut holders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = holders.iter().filter_map(Weak::upgrade).find(|holder| is_same(holder))
        {
            return Ok(found);
        }
        let fresh = Arc::new(make()?);
        holders.retain(|holder| holder.strong_count() != 0);
        holders.push(Arc::downgrade(&fresh));
        Ok(fresh)
    }
}
