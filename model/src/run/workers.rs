//! All models, on as many threads as there are processors.

use alloc::collections::VecDeque;
use core::cmp::Reverse;
use core::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::{Counts, Entry, ModelResult, Options, Progress, word};
use crate::models::Size;

/// Runs `entries`; the results stand in their order.
///
/// What is recorded as the longest begins first, and what is not recorded may be longer still.
#[must_use]
pub fn all(
    entries: &[&Entry],
    size: Size,
    options: &Options,
    recorded: &Counts,
    progress: &dyn Progress,
) -> Vec<ModelResult> {
    let mut queue: Vec<(usize, &Entry)> = entries.iter().copied().enumerate().collect();
    let length = |entry: &Entry| recorded.of(word(size), entry.name).map(|count| count.states);
    queue.sort_by_key(|(_, entry)| Reverse(length(entry).unwrap_or(usize::MAX)));
    let queue = Mutex::new(VecDeque::from(queue));
    let results = Mutex::new(Vec::new());
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(entries.len());
    let take = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let work = || {
        while let Some((index, entry)) = take() {
            let result = entry.run(size, options, progress);
            let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
            results.push((index, result));
        }
    };
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(work);
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
