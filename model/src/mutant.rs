//! Mutants of the shipped machines: which there are, and which of them a model sees.
//!
//! This tree has none, and nothing that could switch one on. `cargo xtask model` weaves those of
//! `model/mutants.toml` into a copy of the sources, whose [`names`] tells them; one of them at most is
//! switched on, and only in the thread that did it.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::panic;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::report::{Killed, Mutant as Tried};
use crate::run::KillKind;

mod list;

/// A mistake in a machine, in words.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Mutant {
    /// What is wrong.
    pub name: &'static str,
    /// The file that holds the mistake, from the root of the project.
    pub file: &'static str,
    /// What more is to be said of it; may be empty.
    pub about: &'static str,
}

/// The mutants of this build; none in the shipped tree.
#[must_use]
pub const fn all() -> &'static [Mutant] {
    list::ALL
}

/// The names of [`all`].
#[must_use]
pub const fn names() -> &'static [&'static str] {
    list::NAMES
}

/// Switches the mutant `number` on in this thread, counted from 0 as in [`all`], and the others off.
pub fn switch(number: Option<usize>) {
    list::switch(number);
}

/// Runs `kills` with each mutant of [`all`] switched on, in `threads` threads; `begun` learns of each
/// before it runs.
///
/// What `kills` explores must be explored in the thread that calls it. A panic in it is a kill.
pub fn run_all(
    threads: usize,
    begun: impl Fn(usize, &Mutant) + Sync,
    kills: impl Fn(usize) -> Vec<Killed> + Sync,
) -> Vec<Tried> {
    let next = AtomicUsize::new(0);
    let tried = Mutex::new(Vec::new());
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(mutant) = all().get(number) else { return };
            begun(number, mutant);
            let result = try_one(number, mutant, &kills);
            tried.lock().unwrap_or_else(PoisonError::into_inner).push((number, result));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(work);
        }
    });
    let mut tried = tried.into_inner().unwrap_or_else(PoisonError::into_inner);
    tried.sort_by_key(|(number, _)| *number);
    tried.into_iter().map(|(_, tried)| tried).collect()
}

fn try_one(number: usize, mutant: &Mutant, kills: impl Fn(usize) -> Vec<Killed>) -> Tried {
    let start = Instant::now();
    let killed = caught(number, kills);
    let Mutant { name, file, about } = *mutant;
    let seconds = start.elapsed().as_secs_f64();
    Tried { name: name.into(), file: file.into(), about: about.into(), killed, seconds }
}

/// What `kills` finds while the mutant `number` is switched on, and in no other case.
fn caught(number: usize, kills: impl Fn(usize) -> Vec<Killed>) -> Vec<Killed> {
    switch(Some(number));
    let result = panic::catch_unwind(panic::AssertUnwindSafe(|| kills(number)));
    switch(None);
    result.unwrap_or_else(|payload| {
        let words = payload.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| payload.downcast_ref::<&str>().copied());
        let property = words.unwrap_or("a panic without words").into();
        vec![Killed { model: String::new(), property, kind: KillKind::Panic, steps: 0 }]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_tree_has_none() {
        assert_eq!(all(), []);
        assert_eq!(names(), [""; 0]);
        assert_eq!(run_all(2, |_, _| (), |_| Vec::new()), []);
    }

    #[test]
    fn a_panic_is_a_kill() {
        let kills = caught(0, |_| panic!("the machine broke"));
        let [kill] = &kills[..] else { panic!("{kills:?}") };
        assert_eq!((kill.kind, &*kill.property), (KillKind::Panic, "the machine broke"));
        assert_eq!(caught(0, |_| Vec::new()), []);
    }
}
