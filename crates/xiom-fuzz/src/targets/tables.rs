//! What the targets of tables share: an input drives one machine of `spec/tables`, event by event.
//!
//! An input is an octet for the machine, an octet for the way in which it is set up, and steps: an octet for
//! the event and one for its argument, which must make no difference to what the table says. Every reaction is
//! one that the exploration saw under the name of the state; one that is refused changes nothing.

use core::fmt::Write;
use std::sync::OnceLock;

use xiom_model::table::{self, Chart};

use crate::{Pair, Seed};

/// Hears of a machine, its state and an event.
type See<'a> = dyn FnMut(&str, &str, &str) + 'a;

/// Machines, each explored once, when it is first asked for.
pub(super) struct Machines<const N: usize> {
    slugs: [&'static str; N],
    charts: [OnceLock<Vec<Box<dyn Chart>>>; N],
}

impl<const N: usize> Machines<N> {
    pub(super) const fn new(slugs: [&'static str; N]) -> Self {
        Self { slugs, charts: [const { OnceLock::new() }; N] }
    }

    /// The scenes of the machine of this number, explored.
    fn charts(&self, number: usize) -> &[Box<dyn Chart>] {
        let (Some(slug), Some(charts)) = (self.slugs.get(number), self.charts.get(number)) else {
            return &[];
        };
        charts.get_or_init(|| {
            let table = table::find(slug).ok().flatten();
            let scenes = table.map(|table| table.scenes).unwrap_or_default();
            let charts: Result<Vec<_>, _> = scenes.into_iter().map(table::Scene::chart).collect();
            let charts = charts.unwrap_or_default();
            assert!(!charts.is_empty(), "{slug} has no table");
            charts
        })
    }

    /// The machine that an input chooses, and its steps.
    fn choose<'a>(&self, input: &'a [u8]) -> Option<(&'static str, &dyn Chart, &'a [u8])> {
        let (&[machine, scene], steps) = input.split_first_chunk()?;
        let number = usize::from(machine).checked_rem(N)?;
        let charts = self.charts(number);
        let scene = usize::from(scene).checked_rem(charts.len())?;
        Some((self.slugs.get(number)?, charts.get(scene)?.as_ref(), steps))
    }

    /// Explores the machine that an input chooses.
    pub(super) fn prepare(&self, input: &[u8]) {
        let _explored = self.choose(input);
    }

    /// Drives it.
    pub(super) fn run(&self, input: &[u8]) {
        self.drive(input, None);
    }

    fn drive(&self, input: &[u8], mut see: Option<&mut See<'_>>) {
        let Some((slug, chart, steps)) = self.choose(input) else { return };
        let count = chart.found().events.len();
        for steps in lives(steps) {
            let (pairs, _) = steps.as_chunks::<2>();
            let mut steps = pairs.iter().map(|[event, argument]| {
                (usize::from(*event).checked_rem(count).unwrap_or_default(), *argument)
            });
            let walked = match &mut see {
                None => chart.walk(&mut steps, None),
                Some(see) => {
                    chart.walk(&mut steps, Some(&mut |state, event| see(slug, state, event)))
                }
            };
            match (walked, &mut see) {
                (Ok(()), _) => {}
                (Err(departure), None) => unreachable!("{slug}: {departure:?}"),
                // Who only wants to hear of the walk hears of its end, too.
                (Err(departure), Some(see)) => {
                    return see(slug, "UNSEEN", &format!("{departure:?}"));
                }
            }
        }
    }

    /// The pairs that an input meets.
    pub(super) fn coverage(&self, input: &[u8]) -> Vec<Pair> {
        let mut pairs = Vec::new();
        self.drive(input, Some(&mut |slug, state, event| pairs.push(pair(slug, state, event))));
        pairs
    }

    /// The pairs that can be met.
    pub(super) fn reachable(&self) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for (number, slug) in self.slugs.iter().enumerate() {
            for chart in self.charts(number) {
                let cells = chart.found().cells.keys();
                pairs.extend(cells.map(|(state, event)| pair(slug, state, event)));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    /// One line a step: the state, and what happened there.
    pub(super) fn explain(&self, input: &[u8]) -> String {
        let mut lines = String::new();
        self.drive(
            input,
            Some(&mut |slug, state, event| {
                let _infallible = writeln!(lines, "{slug}: in {state}, {event}");
            }),
        );
        lines
    }

    /// Walks that together meet every pair, as the table has them and with other arguments.
    pub(super) fn seeds(&self) -> Vec<Seed> {
        let mut seeds = Vec::new();
        for (number, slug) in self.slugs.iter().enumerate() {
            for (scene, chart) in self.charts(number).iter().enumerate() {
                let head = [number, scene].map(|number| u8::try_from(number).unwrap_or_default());
                let tours = chart.tours(LONGEST_TOUR);
                for (place, lives) in packed(&tours).into_iter().enumerate() {
                    let octets = [&head[..], &lives].concat();
                    seeds.push(Seed::new(format!("{slug}-{scene}-{place:02}"), octets));
                }
                if let Some(tour) = tours.first() {
                    let steps = (0_u8..).zip(tour).flat_map(|(at, event)| {
                        [u8::try_from(*event).unwrap_or_default(), at.wrapping_mul(37)]
                    });
                    let octets = head.into_iter().chain(steps).collect::<Vec<u8>>();
                    seeds.push(Seed::new(format!("{slug}-{scene}-varied"), octets));
                }
            }
        }
        seeds
    }
}

/// The steps between which the machine is dropped, and a new one made.
fn lives(steps: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (pairs, _) = steps.as_chunks::<2>();
    pairs.split(|[event, _]| *event == DROP).map(<[[u8; 2]]>::as_flattened)
}

/// Many walks in few inputs.
fn packed(tours: &[Vec<usize>]) -> Vec<Vec<u8>> {
    let mut inputs: Vec<Vec<u8>> = Vec::new();
    for tour in tours {
        let steps = tour.iter().flat_map(|event| [u8::try_from(*event).unwrap_or_default(), 0]);
        let steps: Vec<u8> = steps.collect();
        match inputs.last_mut() {
            Some(input) if input.len().saturating_add(steps.len()) < LONGEST_SEED => {
                input.extend([DROP, 0]);
                input.extend(steps);
            }
            _ => inputs.push(steps),
        }
    }
    inputs
}

fn pair(slug: &str, state: &str, event: &str) -> Pair {
    (format!("{slug}: {state}"), event.to_owned())
}

/// The event that is none: the machine is dropped, wherever it stands.
const DROP: u8 = 0xFF;
/// Octets of an input that a machine can be driven by.
pub(super) const LONGEST: usize = 1024;
/// Octets of a seed.
const LONGEST_SEED: usize = 900;
/// Steps of one walk.
const LONGEST_TOUR: usize = 200;
