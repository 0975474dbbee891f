//! What kills each mutant, as it is recorded: as little as shows that each is seen, and each promise needed.

use alloc::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

use serde::{Deserialize, Serialize};

use super::{KillKind, Unreadable};
use crate::report::{Killed, Mutant};

/// The recorded kills, by the mutant's name.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct KilledBy(BTreeMap<String, Vec<Killed>>);

impl KilledBy {
    /// Reads the record; none if there is no file.
    ///
    /// # Errors
    ///
    /// Returns [`Unreadable`] for a file that cannot be understood.
    pub fn read(file: &Path) -> Result<Self, Unreadable> {
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Unreadable::new(file, &error)),
        };
        toml::from_str(&text).map_err(|error| Unreadable::new(file, &error))
    }

    /// Writes the record.
    ///
    /// # Errors
    ///
    /// Returns what the file system says.
    pub fn write(&self, file: &Path) -> io::Result<()> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        fs::write(file, [HEAD, &text].concat())
    }

    /// What kills the mutant of this name.
    #[must_use]
    pub fn of(&self, mutant: &str) -> Option<&[Killed]> {
        self.0.get(mutant).map(Vec::as_slice)
    }

    /// The cheapest kill of each mutant, and for each promise that none of them breaks, its cheapest one.
    #[must_use]
    pub fn choose(tried: &[Mutant]) -> Self {
        let mut chosen = Self::default();
        let mut broken = BTreeSet::new();
        for mutant in tried {
            if let Some(cheapest) = mutant.killed.iter().min_by_key(|it| cost(it)) {
                broken.insert(cheapest.property.clone());
                chosen.0.insert(mutant.name.clone(), vec![cheapest.clone()]);
            }
        }
        let kills =
            tried.iter().flat_map(|mutant| mutant.killed.iter().map(move |it| (mutant, it)));
        let mut kills: Vec<_> = kills.collect();
        kills.sort_by_key(|(_, killed)| cost(killed));
        for (mutant, killed) in kills {
            let is_promise = killed.kind != KillKind::Witness;
            if is_promise && broken.insert(killed.property.clone()) {
                chosen.0.entry(mutant.name.clone()).or_default().push(killed.clone());
            }
        }
        chosen
    }
}

/// What it takes to see a kill again: a search that ends early, or a whole one.
const fn cost(killed: &Killed) -> (bool, usize) {
    (!matches!(killed.kind, KillKind::Safety), killed.steps)
}

const HEAD: &str = "\
# What kills each mutant, as `cargo xtask model --record` found it: the shortest way to see it, and what
# shows that each promise sees some mutant. A review asks for these again.

";
