//! Who waits: a socket keeps one waker for writing, yet both directions may wait for it.
//!
//! A reader also pushes what this side still has to say, so the waker that the socket gets for writing
//! wakes both; each direction has a place of its own, which only itself overwrites.

use alloc::sync::Arc;
use alloc::task::Wake;
use core::task::{Context, Waker};
use std::sync::{Mutex, PoisonError};

/// The direction that waits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Side {
    Reader,
    Writer,
}

/// The two places; as a waker it wakes whoever waits there.
#[derive(Debug, Default)]
pub(crate) struct Wakers {
    reader: Mutex<Option<Waker>>,
    writer: Mutex<Option<Waker>>,
}

impl Wakers {
    /// Remembers who waits on `side`.
    pub(crate) fn register(&self, side: Side, context: &Context<'_>) {
        let mut place = self.place(side).lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *place {
            Some(waker) => waker.clone_from(context.waker()),
            None => *place = Some(context.waker().clone()),
        }
    }

    /// Wakes who waits on `side`.
    pub(crate) fn wake_side(&self, side: Side) {
        let waker = self.place(side).lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    const fn place(&self, side: Side) -> &Mutex<Option<Waker>> {
        match side {
            Side::Reader => &self.reader,
            Side::Writer => &self.writer,
        }
    }
}

impl Wake for Wakers {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.wake_side(Side::Reader);
        self.wake_side(Side::Writer);
    }
}
