//! Running models: from a list of entries to results that can be told.
//!
//! A model is made in the thread that explores it and never leaves it, for it may remember. What is proven
//! is judged here and only here: a hit budget, a missing witness, a changed count and a search that
//! disagrees are failures, never passes.

use crate::check::{Budget, Checked};
use crate::models::Size;
use crate::mutant;

mod counts;
mod explorer;
mod job;
mod judge;
mod killed_by;
mod kills;
mod result;
mod saved;
mod workers;

pub use counts::{Count, Counts, Unreadable};
pub use job::{Job, Options};
pub use killed_by::KilledBy;
pub use kills::{Kill, KillKind, kills, kills_again};
pub use result::{
    Counterexample, Engine, Kind, MachineSize, ModelResult, PropertyResult, Subject, Told,
};
pub use saved::{Replayed, Saved, Standing};
pub use workers::all;

use crate::report::Diagram;

/// A model in the list of those that are run.
#[derive(Debug)]
pub struct Entry {
    /// The name of the model; unique in the list.
    pub name: &'static str,
    /// What the model is of.
    pub subject: Subject,
    /// The properties that are known to be broken in a source document, and after how many steps of a
    /// shortest way; 0 where there is no way to show, as with a missing witness.
    pub expects: Vec<(&'static str, usize)>,
    /// The folders and files of all code that the model runs, where that is little; a mutant elsewhere is none
    /// of its business.
    pub within: Option<&'static [&'static str]>,
    job: Box<dyn Job>,
}

impl Entry {
    /// The model that `make` makes.
    #[must_use]
    pub fn new<M: Checked + 'static>(
        name: &'static str,
        subject: Subject,
        make: fn(Size) -> M,
    ) -> Self {
        Self::inspected(name, subject, make, |_| Inspected::default())
    }

    /// The model that `make` makes, which `inspect` is shown after it was explored.
    #[must_use]
    pub fn inspected<M: Checked + 'static>(
        name: &'static str,
        subject: Subject,
        make: fn(Size) -> M,
        inspect: fn(&M) -> Inspected,
    ) -> Self {
        Self {
            name,
            subject,
            expects: Vec::new(),
            within: None,
            job: Box::new(job::Made::new(make, inspect)),
        }
    }

    /// The same, with the defects that the document is known to have.
    #[must_use]
    pub fn expecting(self, defects: &[(&'static str, usize)]) -> Self {
        Self { expects: defects.to_vec(), ..self }
    }

    /// The same, running nothing but the code of `places`.
    #[must_use]
    pub fn within(self, places: &'static [&'static str]) -> Self {
        Self { within: Some(places), ..self }
    }

    /// What can be done with the model.
    #[must_use]
    pub fn job(&self) -> &dyn Job {
        &*self.job
    }

    /// Explores the model and judges it. A model that panics has failed.
    #[must_use]
    pub fn run(&self, size: Size, options: &Options, progress: &dyn Progress) -> ModelResult {
        progress.begin(self.name);
        // It is switched on in this thread, which explores the model.
        mutant::switch(options.mutant);
        let mut result = job::caught(|| self.job.run(size, options, self.name, progress))
            .unwrap_or_else(|message| ModelResult::panicked(self.name, &message));
        result.subject = self.subject;
        word(size).clone_into(&mut result.size);
        if result.model != self.name {
            let called = &result.model;
            result.failures.push(format!("the entry is called {}, its model {called}", self.name));
            self.name.clone_into(&mut result.model);
        }
        judge::defects(&mut result, &self.expects);
        if let Some(counts) = &options.counts {
            counts.judge(&mut result);
        }
        progress.end(&result);
        result
    }
}

/// What a model knows of its machine when it was explored.
#[derive(Clone, Debug, Default)]
pub struct Inspected {
    /// How large the machine is.
    pub machine: Option<MachineSize>,
    /// Its states and steps, as they are to be drawn.
    pub diagrams: Vec<Diagram>,
}

/// Who wants to know how far a run is; called from every thread.
pub trait Progress: Sync {
    /// The search of `model` begins.
    fn begin(&self, _model: &str) {}
    /// It has found so many states, at such a depth.
    fn advance(&self, _model: &str, _states: usize, _depth: usize) {}
    /// The second engine begins.
    fn second(&self, _model: &str) {}
    /// The model is done.
    fn end(&self, _result: &ModelResult) {}
}

/// Nobody wants to know.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Progress for Quiet {}

/// What a search of `size` may cost.
#[must_use]
pub const fn budget(size: Size) -> Budget {
    match size {
        Size::Small => Budget { states: 150_000, depth: Budget::REVIEW.depth },
        Size::Review => Budget::REVIEW,
        Size::Nightly => Budget { states: 200_000_000, depth: 4_000 },
    }
}

/// The word for `size` in files.
#[must_use]
pub const fn word(size: Size) -> &'static str {
    match size {
        Size::Small => "small",
        Size::Review => "review",
        Size::Nightly => "nightly",
    }
}
