//! The recorded counts: a changed count is a changed machine, and shows in a review.

use alloc::collections::BTreeMap;
use core::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::Deserialize;

use super::ModelResult;

/// What is recorded of a model.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// Unique states.
    pub states: usize,
    /// Steps between them.
    pub transitions: usize,
    /// Steps of the longest of all shortest paths.
    pub depth: usize,
    /// Different inputs that came to an end.
    #[serde(default)]
    pub inputs: usize,
}

/// All that is recorded: by size, then by the name of the model.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(transparent)]
pub struct Counts(BTreeMap<String, BTreeMap<String, Count>>);

impl Counts {
    /// Reads what is recorded in `file`; a file that is not there records nothing.
    ///
    /// # Errors
    ///
    /// Returns the file and the reason when it cannot be read or understood.
    pub fn read(file: &Path) -> Result<Self, Unreadable> {
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Unreadable::new(file, &error)),
        };
        toml::from_str(&text).map_err(|error| Unreadable::new(file, &error))
    }

    /// Writes all that is recorded to `file`, sorted.
    ///
    /// # Errors
    ///
    /// Returns what the file system says.
    pub fn write(&self, file: &Path) -> io::Result<()> {
        fs::write(file, format!("{HEAD}{self}"))
    }

    /// What is recorded of `model`.
    #[must_use]
    pub fn of(&self, size: &str, model: &str) -> Option<Count> {
        self.0.get(size)?.get(model).copied()
    }

    /// Records what `result` counted, unless it did not count to the end.
    pub fn record(&mut self, result: &ModelResult) {
        if !result.is_cut {
            let models = self.0.entry(result.size.clone()).or_default();
            models.insert(result.model.clone(), Count::of(result));
        }
    }

    /// The names that are recorded for `size` and that `is_known` does not know.
    pub fn stale(&self, size: &str, is_known: impl Fn(&str) -> bool) -> Vec<String> {
        let names = self.0.get(size).into_iter().flat_map(BTreeMap::keys);
        names.filter(|name| !is_known(name)).cloned().collect()
    }

    /// Forgets the names that `is_known` does not know.
    pub fn forget(&mut self, is_known: impl Fn(&str) -> bool) {
        for models in self.0.values_mut() {
            models.retain(|name, _| is_known(name));
        }
    }

    /// Adds a failure to `result` for each count that is not the recorded one.
    pub(super) fn judge(&self, result: &mut ModelResult) {
        // A search that was cut counts nothing, and has failed already.
        if result.is_cut {
            return;
        }
        let now = Count::of(result);
        let Some(then) = self.of(&result.size, &result.model) else {
            let Count { states, transitions, depth, .. } = now;
            let counted = format!("{states} states, {transitions} transitions, depth {depth}");
            result.failures.push(format!("no count is recorded, and there are {counted}"));
            return;
        };
        let counts = [
            ("states", then.states, now.states),
            ("transitions", then.transitions, now.transitions),
            ("depth", then.depth, now.depth),
            ("inputs", then.inputs, now.inputs),
        ];
        for (what, then, now) in counts.into_iter().filter(|(_, then, now)| then != now) {
            result.failures.push(format!("{what}: {then} recorded, {now} found"));
        }
    }
}

/// TOML with one line for each model, so that a change shows as one.
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (size, models) in &self.0 {
            writeln!(f, "\n[{size:?}]")?;
            for (model, count) in models {
                let Count { states, transitions, depth, inputs } = count;
                write!(f, "{model:?} = {{ states = {states}, transitions = {transitions}")?;
                writeln!(f, ", depth = {depth}, inputs = {inputs} }}")?;
            }
        }
        Ok(())
    }
}

impl Count {
    fn of(result: &ModelResult) -> Self {
        let ModelResult { states, transitions, depth, inputs, .. } = *result;
        Self { states, transitions, depth, inputs }
    }
}

/// A file that cannot be read or understood.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unreadable {
    /// The file.
    pub file: PathBuf,
    /// The reason.
    pub reason: String,
}

impl Unreadable {
    pub(crate) fn new(file: &Path, reason: &impl fmt::Display) -> Self {
        Self { file: file.into(), reason: reason.to_string() }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file.display(), self.reason)
    }
}

impl core::error::Error for Unreadable {}

const HEAD: &str = "\
# What each model counts; `xiom-model --record` writes this file.
# A changed count is a changed machine: say in the review why it changed.
";
