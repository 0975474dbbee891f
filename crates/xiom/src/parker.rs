//! Waiting for a future without a runtime: the thread sleeps until it is woken, or the time is over.

use alloc::sync::Arc;
use alloc::task::Wake;
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::thread::{self, Thread};
use std::time::Instant;

/// Runs `future` on this thread for at most `limit`; `None` when it is not done then.
pub(crate) fn wait<F: Future>(future: F, limit: Duration) -> Option<F::Output> {
    let (start, mut future) = (Instant::now(), pin!(future));
    let waker = Waker::from(Arc::new(Parker(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
        let left = limit.saturating_sub(start.elapsed());
        if left.is_zero() {
            return None;
        }
        // Woken early, or for nothing: the future is polled again, and says so.
        thread::park_timeout(left);
    }
}

/// The thread that waits.
struct Parker(Thread);

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use core::future::{pending, poll_fn, ready};

    use super::*;

    #[test]
    fn what_is_there_needs_no_time() {
        assert_eq!(wait(ready(1), Duration::ZERO), Some(1));
    }

    #[test]
    fn what_never_comes_is_given_up() {
        assert_eq!(wait(pending::<()>(), Duration::from_millis(1)), None);
    }

    #[test]
    fn another_thread_can_wake() {
        let (mut polls, mut threads) = (0, Vec::new());
        let future = poll_fn(|context| {
            polls += 1;
            if polls == 3 {
                return Poll::Ready(polls);
            }
            let waker = context.waker().clone();
            threads.push(thread::spawn(move || waker.wake()));
            Poll::Pending
        });
        assert_eq!(wait(future, Duration::from_mins(1)), Some(3));
        for thread in threads {
            thread.join().unwrap();
        }
    }
}
