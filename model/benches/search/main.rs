//! What the search costs beside stateright's own: unique states in a second of CPU time, octets for a state.
//!
//! ```text
//! cargo bench -p xiom-model                     the models of a review
//! cargo bench -p xiom-model -- client-stack     one of them
//! ```
//!
//! Everything is measured in the same run, the searches in turn, and the fastest turn of each counts. The
//! yardstick is the CPU time of the process, for stateright searches on a thread of its own: while one
//! search runs there is nothing else in this process that computes, and the thread that waits for it
//! costs nothing. Both searches make their model and drop what they found within the time, and ours judges
//! the returns as well, which stateright's does not. Memory is measured in turns of its own: the most that
//! was held at once, with the model, its store, the frontier, the tables and the graph.

use core::time::Duration;
use std::env;
use std::process::ExitCode;

use rustix::time::{ClockId, Timespec, clock_gettime};
use xiom_model::check::{Budget, Checked, Graph, second};
use xiom_model::models::{Size, client, pair, server, tlsio};

mod counter;
mod counting;
mod locked;

use counter::Counter;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    // Without the flag that `cargo bench` gives, such as in a test run, it is enough that all of it works.
    let is_bench = arguments.iter().any(|it| it == "--bench");
    let size = if is_bench { Size::Review } else { Size::Small };
    let full = if is_bench { 100 } else { 10 };
    let turns = if is_bench { TURNS } else { 1 };
    let chosen: Vec<&str> =
        arguments.iter().filter(|it| !it.starts_with('-')).map(String::as_str).collect();
    let bench = Bench { chosen, turns };
    println!("{:<13} {:<31} {:>8} {:>10} {:>7} {:>8}", "", "", "states", "a second", "octets", "");
    let results = [
        bench.stored(|| client::over_tls(size)),
        bench.stored(|| tlsio::client(size)),
        bench.stored(|| server::over_tls(size)),
        bench.direct(|| pair::plain(size)),
        bench.direct(|| Counter { full }),
    ];
    let is_behind = results.iter().flatten().any(|agrees| !agrees);
    if is_behind {
        println!("the searches do not count the same states");
    }
    ExitCode::from(u8::from(is_behind))
}

struct Bench<'a> {
    /// The models to measure; all when there is none.
    chosen: Vec<&'a str>,
    /// How often each search is timed.
    turns: usize,
}

/// One search of one model.
struct Rival<'a> {
    name: &'static str,
    is_ours: bool,
    /// Gives how many unique states there are.
    search: Box<dyn Fn() -> usize + 'a>,
    states: usize,
    fastest: Duration,
    octets: usize,
}

impl<'a> Rival<'a> {
    fn new(name: &'static str, is_ours: bool, search: impl Fn() -> usize + 'a) -> Self {
        let search = Box::new(search);
        Self { name, is_ours, search, states: 0, fastest: Duration::MAX, octets: 0 }
    }
}

impl Bench<'_> {
    /// Measures a model that stores its machine; gives whether all searches count the same.
    fn stored<M>(&self, make: impl Fn() -> M) -> Option<bool>
    where
        M: Checked<State: Send + Sync, Action: Send> + Send + 'static,
    {
        let rivals = vec![
            Rival::new("stateright, machine", false, || second::count(&make()).states),
            Rival::new("stateright, store under a lock", false, || locked::count(make())),
            Rival::new("xiom, machine", true, || ours(&make().plain())),
            Rival::new("xiom, store", true, || ours(&make())),
        ];
        self.run(&make().name(), rivals)
    }

    /// Measures a model that holds its machine directly.
    fn direct<M: Checked>(&self, make: impl Fn() -> M) -> Option<bool> {
        let rivals = vec![
            Rival::new("stateright, machine", false, || second::count(&make()).states),
            Rival::new("xiom, machine", true, || ours(&make())),
        ];
        self.run(&make().name(), rivals)
    }

    fn run(&self, name: &str, mut rivals: Vec<Rival<'_>>) -> Option<bool> {
        if !self.chosen.is_empty() && !self.chosen.contains(&name) {
            return None;
        }
        for rival in &mut rivals {
            rival.octets = counting::most_held(|| rival.states = (rival.search)());
        }
        for _ in 0..self.turns {
            for rival in &mut rivals {
                let start = computed();
                (rival.search)();
                rival.fastest = rival.fastest.min(computed().saturating_sub(start));
            }
        }
        let yardstick = rivals.first()?;
        for rival in &rivals {
            tell(name, rival, yardstick);
        }
        Some(rivals.iter().all(|rival| rival.states == yardstick.states))
    }
}

/// Our search, with all that it judges; gives how many unique states there are.
fn ours<M: Checked>(model: &M) -> usize {
    let graph = Graph::explore(model, Budget::REVIEW, |_, _| {});
    let returns = graph.returns();
    assert!(returns.iter().all(xiom_model::check::Stuck::holds), "{returns:?}");
    graph.explored().states
}

fn tell(model: &str, rival: &Rival<'_>, yardstick: &Rival<'_>) {
    let states = count(rival.states);
    let (rate, octets) = (rate(rival), count(rival.octets) / states);
    print!("{model:<13} {:<31} {:>8} {rate:>10.0} {octets:>7.1}", rival.name, rival.states);
    if rival.is_ours {
        let (faster, less) =
            (rate / self::rate(yardstick), octets / (count(yardstick.octets) / states));
        let word = |holds| if holds { "held" } else { "behind" };
        print!("   {faster:>5.2} x the rate: {:<6}", word(FASTER <= faster));
        print!("   {less:>4.2} of the memory: {}", word(less <= LESS));
    }
    println!();
}

/// Unique states in a second of CPU time.
fn rate(rival: &Rival<'_>) -> f64 {
    count(rival.states) / rival.fastest.as_secs_f64()
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// The CPU time of all threads of the process.
fn computed() -> Duration {
    let Timespec { tv_sec, tv_nsec } = clock_gettime(ClockId::ProcessCPUTime);
    Duration::from_secs(tv_sec.unsigned_abs()) + Duration::from_nanos(tv_nsec.unsigned_abs())
}

/// How often each search is timed.
const TURNS: usize = 3;
/// Unique states in a second, as a multiple of stateright's.
const FASTER: f64 = 2.0;
/// Octets for a state, as a part of stateright's.
const LESS: f64 = 0.5;
