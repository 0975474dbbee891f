//! A global allocator that counts what the calling thread asks for.
//!
//! It asks the system's allocator for exactly what it was asked for, growth in place included, and counts in
//! cells of the thread: the measured code runs as it would without it.
#![expect(
    unsafe_code,
    reason = "a global allocator is an unsafe trait; this one counts and hands on"
)]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use std::alloc::System;
use std::thread::LocalKey;

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

std::thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    /// Octets taken and given back, which may come from another thread: only differences mean anything.
    static TAKEN: Cell<u64> = const { Cell::new(0) };
    static GIVEN: Cell<u64> = const { Cell::new(0) };
}

/// How often the thread has allocated, or made an allocation larger or smaller.
#[must_use]
pub fn allocations() -> u64 {
    ALLOCATIONS.get()
}

/// How often `deed` allocates.
///
/// ```
/// assert_eq!(xiom_benches::counting::allocations_of(|| drop(Box::new(7))), 1);
/// ```
pub fn allocations_of(deed: impl FnOnce()) -> u64 {
    let before = allocations();
    deed();
    allocations() - before
}

/// Octets that the thread has taken and not given back since the thread started.
///
/// ```
/// use xiom_benches::counting::held;
///
/// let before = held();
/// let octets = vec![0_u8; 1000];
/// assert_eq!(held() - before, 1000);
/// drop(octets);
/// assert_eq!(held(), before);
/// ```
#[must_use]
pub fn held() -> u64 {
    TAKEN.get().wrapping_sub(GIVEN.get())
}

fn add(counter: &'static LocalKey<Cell<u64>>, count: usize) {
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    // A thread that ends may free when its cells are gone.
    let _ = counter.try_with(|counter| counter.set(counter.get().wrapping_add(count)));
}

fn note(taken: usize) {
    add(&ALLOCATIONS, 1);
    add(&TAKEN, taken);
}

// SAFETY: every call is handed on to the system's allocator as it came, and its result handed back; the
// counting neither allocates nor unwinds, for the cells have neither an initializer to run nor a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size);
        add(&GIVEN, layout.size());
        // SAFETY: as above; `pointer` came from `System` with this layout.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        add(&GIVEN, layout.size());
        // SAFETY: as above; `pointer` came from `System` with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}
