//! One model, whatever its type: explored twice, judged, told.

use core::any::{self, Any};
use core::fmt::{self, Debug};
use core::panic::AssertUnwindSafe;
use core::time::Duration;
use std::panic::catch_unwind;
use std::time::Instant;

use super::{
    Counts, Engine, Inspected, Kill, ModelResult, Progress, Replayed, Saved, budget, explorer,
    judge, kills, saved,
};
use crate::check::{Checked, Graph, second};
use crate::models::Size;

/// What may be chosen about a run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Let stateright's own search count as well.
    pub second: bool,
    /// The recorded counts to compare with.
    pub counts: Option<Counts>,
    /// The mutant that is switched on, by its number.
    pub mutant: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self { second: true, counts: None, mutant: None }
    }
}

/// What can be done with a model whose type is forgotten.
pub trait Job: Debug + Send + Sync {
    /// What is explored.
    fn about(&self, size: Size) -> String;

    /// Explores the model, without knowledge of what is expected of it; `name` is for `progress`.
    fn run(
        &self,
        size: Size,
        options: &Options,
        name: &str,
        progress: &dyn Progress,
    ) -> ModelResult;

    /// See [`kills()`].
    fn kills(&self, size: Size) -> Vec<Kill>;

    /// See [`super::kills_again`].
    fn kills_again(&self, size: Size, kill: &Kill) -> Option<Kill>;

    /// Plays a saved scenario.
    ///
    /// # Errors
    ///
    /// Returns the reason when it does not fit the model any more.
    fn replay(&self, size: Size, saved: &Saved) -> Result<Replayed, String>;

    /// Where stateright's Explorer shows a saved scenario: what follows the address of its server.
    ///
    /// # Errors
    ///
    /// Returns the reason when it does not fit the model any more.
    fn address(&self, size: Size, saved: &Saved) -> Result<String, String>;

    /// Serves stateright's Explorer on `port` of loopback until the process ends.
    fn serve(&self, size: Size, port: u16);
}

/// A model that can be made.
pub(super) struct Made<M> {
    make: fn(Size) -> M,
    inspect: fn(&M) -> Inspected,
}

impl<M> Made<M> {
    pub(super) fn new(make: fn(Size) -> M, inspect: fn(&M) -> Inspected) -> Self {
        Self { make, inspect }
    }
}

// Derived, it would ask the model for the same.
impl<M> fmt::Debug for Made<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(any::type_name::<M>())
    }
}

impl<M: Checked + 'static> Job for Made<M> {
    fn about(&self, size: Size) -> String {
        (self.make)(size).about()
    }

    fn run(
        &self,
        size: Size,
        options: &Options,
        name: &str,
        progress: &dyn Progress,
    ) -> ModelResult {
        let model = (self.make)(size);
        let start = Instant::now();
        let advance = |states, depth| progress.advance(name, states, depth);
        let graph = Graph::explore(&model, budget(size), advance);
        let mut result = judge::result(&model, &graph, budget(size));
        let spent = start.elapsed();
        (result.seconds, result.rate) = (spent.as_secs_f64(), rate(result.states, spent));
        let inspected = (self.inspect)(&model);
        (result.machine, result.diagrams) = (inspected.machine, inspected.diagrams);
        // Stateright's search has no limit: what hit ours would hit the memory.
        if options.second && !result.is_cut {
            progress.second(name);
            drop(graph);
            second(&model, &mut result);
        }
        result
    }

    fn kills_again(&self, size: Size, kill: &Kill) -> Option<Kill> {
        kills::again(&(self.make)(size), budget(size), kill)
    }

    fn kills(&self, size: Size) -> Vec<Kill> {
        kills::of(&(self.make)(size), budget(size))
    }

    fn replay(&self, size: Size, saved: &Saved) -> Result<Replayed, String> {
        saved::replay(&(self.make)(size), saved, budget(size))
    }

    fn address(&self, size: Size, saved: &Saved) -> Result<String, String> {
        explorer::address(&(self.make)(size).plain(), saved)
    }

    fn serve(&self, size: Size, port: u16) {
        explorer::serve((self.make)(size).plain(), port);
    }
}

/// Lets stateright's search count the same states and decide the same properties.
fn second<M: Checked>(model: &M, result: &mut ModelResult) {
    let start = Instant::now();
    let counted = second::count(model);
    let spent = start.elapsed();
    let states = counted.states;
    if states != result.states {
        let ours = result.states;
        result.failures.push(format!("stateright's search counts {states} states, ours {ours}"));
    }
    for (name, is_right) in counted.verdicts {
        let ours = result.properties.iter().find(|it| it.name == name).map(|it| it.holds);
        if ours != Some(is_right) {
            result.failures.push(format!("stateright's search decides `{name}` otherwise"));
        }
    }
    let (seconds, rate) = (spent.as_secs_f64(), rate(states, spent));
    result.second = Some(Engine { states, seconds, rate });
}

/// States in a second.
fn rate(states: usize, spent: Duration) -> usize {
    let micros = usize::try_from(spent.as_micros()).unwrap_or(usize::MAX).max(1);
    states.saturating_mul(1_000_000) / micros
}

/// What `deed` gives, or the words of its panic.
pub(super) fn caught<T>(deed: impl FnOnce() -> T) -> Result<T, String> {
    // Nothing that `deed` has touched outlives its panic: models are made within.
    catch_unwind(AssertUnwindSafe(deed)).map_err(|panic| words(&*panic))
}

fn words(panic: &(dyn Any + Send)) -> String {
    let literal = panic.downcast_ref::<&str>().map(|it| (*it).to_owned());
    let formatted = || panic.downcast_ref::<String>().cloned();
    literal.or_else(formatted).unwrap_or_else(|| "it does not say why".into())
}
