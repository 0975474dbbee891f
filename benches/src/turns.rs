//! Deeds measured in turns, so that whatever disturbs one of them disturbs the others as well.

use core::time::Duration;

use crate::cpu::Moment;

/// Something to do and to measure.
pub type Deed<'a> = Box<dyn FnMut() + 'a>;

/// The least CPU time of each deed in `rounds` rounds; every second round goes backwards.
///
/// The best counts, for a disturbance only ever makes a run slower.
pub fn best(rounds: u32, deeds: &mut [Deed<'_>]) -> Vec<Duration> {
    let mut best = vec![Duration::MAX; deeds.len()];
    for round in 0..rounds {
        let mut pairs: Vec<_> = deeds.iter_mut().zip(&mut best).collect();
        if round % 2 == 1 {
            pairs.reverse();
        }
        for (deed, best) in pairs {
            let start = Moment::now();
            deed();
            *best = start.elapsed().min(*best);
        }
    }
    best
}

/// Microseconds.
#[must_use]
pub fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
