//! A global allocator that counts, while it is asked to, what the process holds and the most it held.
//!
//! It asks the system's allocator for exactly what it was asked for, growth in place included. While it does
//! not count, which is while time is measured, it costs one load of a flag.
#![expect(
    unsafe_code,
    reason = "a global allocator is an unsafe trait; this one counts and hands on"
)]

use core::alloc::{GlobalAlloc, Layout};
use core::sync::atomic::{AtomicBool, AtomicIsize, Ordering::Relaxed};
use std::alloc::System;

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

static COUNTS: AtomicBool = AtomicBool::new(false);
/// Octets taken and not given back; below 0 when older ones were given back.
static HELD: AtomicIsize = AtomicIsize::new(0);
static MOST: AtomicIsize = AtomicIsize::new(0);

/// The most octets that all threads held at once during `deed`, beyond those that they held before it.
pub(crate) fn most_held(deed: impl FnOnce()) -> usize {
    HELD.store(0, Relaxed);
    MOST.store(0, Relaxed);
    COUNTS.store(true, Relaxed);
    deed();
    COUNTS.store(false, Relaxed);
    MOST.load(Relaxed).unsigned_abs()
}

fn note(taken: usize, given: usize) {
    if COUNTS.load(Relaxed) {
        let change = taken.wrapping_sub(given).cast_signed();
        MOST.fetch_max(HELD.fetch_add(change, Relaxed).wrapping_add(change), Relaxed);
    }
}

// SAFETY: every call is handed on to the system's allocator as it came, and its result handed back; the
// counting neither allocates nor unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size(), 0);
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size(), 0);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size, layout.size());
        // SAFETY: as above; `pointer` came from `System` with this layout.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        note(0, layout.size());
        // SAFETY: as above; `pointer` came from `System` with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}
