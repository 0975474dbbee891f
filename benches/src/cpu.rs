//! The CPU time of the calling thread: it stands still while the thread waits for a processor.

use core::time::Duration;

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use rustix::time::{ClockId, Timespec, clock_gettime};

/// A moment on the clock of one thread; compare it with moments of the same thread only.
///
/// ```
/// let start = xiom_benches::cpu::Moment::now();
/// let sum: u64 = (0..1000).map(core::hint::black_box).sum();
/// assert_eq!(sum, 499_500);
/// assert!(!start.elapsed().is_zero());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Moment(Duration);

impl Moment {
    /// The present moment.
    #[must_use]
    pub fn now() -> Self {
        let Timespec { tv_sec, tv_nsec } = clock_gettime(ClockId::ThreadCPUTime);
        let seconds = Duration::from_secs(tv_sec.unsigned_abs());
        Self(seconds + Duration::from_nanos(tv_nsec.unsigned_abs()))
    }

    /// How long the thread has computed since.
    #[must_use]
    pub fn elapsed(self) -> Duration {
        Self::now().0.saturating_sub(self.0)
    }
}

/// This clock for criterion.
#[derive(Clone, Copy, Debug)]
pub struct ThreadTime;

impl Measurement for ThreadTime {
    type Intermediate = Moment;
    type Value = Duration;

    fn start(&self) -> Moment {
        Moment::now()
    }

    fn end(&self, start: Moment) -> Duration {
        start.elapsed()
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        const NANOSECONDS: &WallTime = &WallTime;
        NANOSECONDS.formatter()
    }
}
