//! How far an exchange follows one of the scripts whose end is known.

use super::setup::{Layers, Script, Setup};
use super::tap::Tap;

/// What was said and answered so far, against all scripts at once.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Progress {
    said: Words,
    answered: Words,
}

/// One of the two: the words of the peer, or those of the application.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
struct Words {
    /// How many there were, as long as they follow any script.
    count: u8,
    /// Scripts that were left, a bit each, and those to whose end they went.
    left: u64,
    done: u64,
}

impl Progress {
    /// The same after the peer said `means`.
    #[must_use]
    pub fn said<L: Layers>(mut self, setup: &Setup<L>, means: &str) -> Self {
        self.said.say(&setup.scripts, means, |script| script.said);
        self
    }

    /// The same after the application answered `means`.
    #[must_use]
    pub fn answered<L: Layers>(mut self, setup: &Setup<L>, means: &str) -> Self {
        self.answered.say(&setup.scripts, means, |script| &script.answers);
        self
    }

    /// Whether a script that opens was followed to its end, and `digest` is what it writes.
    #[must_use]
    pub fn may_open<L: Layers>(&self, setup: &Setup<L>, digest: u32) -> bool {
        let mut done = scripts(setup, self.done(setup));
        done.any(|script| script.opens && script.digest() == digest)
    }

    /// For a refusal: whether it was due, `digest` is what it should have written, and something was computed
    /// if it should be. `None` when no script was followed to its end and no further.
    #[must_use]
    pub fn should_refuse<L: Layers>(
        &self,
        setup: &Setup<L>,
        digest: u32,
        worked: bool,
    ) -> Option<bool> {
        let done = self.done(setup);
        if scripts(setup, done).any(|script| script.opens) {
            return Some(false);
        }
        let mut exact = scripts(setup, done & !self.said.left & !self.answered.left);
        exact.next().map(|script| script.digest() == digest && (worked || !script.works))
    }

    /// Whether any script was followed to its end, perhaps with more behind it.
    #[must_use]
    pub fn is_known<L: Layers>(&self, setup: &Setup<L>) -> bool {
        self.done(setup) != 0
    }

    fn done<L: Layers>(&self, setup: &Setup<L>) -> u64 {
        let unasked = (0..).zip(&setup.scripts).filter(|(_, script)| script.answers.is_empty());
        let unasked = unasked.fold(0, |mask, (bit, _)| mask | 1 << bit);
        self.said.done & (self.answered.done | unasked)
    }
}

impl Words {
    fn say(&mut self, scripts: &[Script], means: &str, of: fn(&Script) -> &str) {
        for letter in means.bytes() {
            let at = usize::from(self.count);
            self.count = self.count.saturating_add(1);
            for (bit, script) in (0..).map(|index| 1 << index).zip(scripts) {
                let words = of(script).as_bytes();
                if self.left & bit == 0 && words.get(at) == Some(&letter) {
                    self.done |= if words.len() == at + 1 { bit } else { 0 };
                } else {
                    self.left |= bit;
                }
            }
            // Nothing is left to follow: how many more words there are makes no difference.
            if self.left == every(scripts) {
                self.count = u8::MAX;
            }
        }
    }
}

/// A bit for each script.
fn every(scripts: &[Script]) -> u64 {
    scripts.iter().fold(0, |mask, _| mask << 1 | 1)
}

/// The scripts whose bit is set.
fn scripts<L: Layers>(setup: &Setup<L>, mask: u64) -> impl Iterator<Item = &Script> {
    let chosen = (0..).zip(&setup.scripts).filter(move |(bit, _)| mask >> bit & 1 != 0);
    chosen.map(|(_, script)| script)
}

impl Script {
    fn digest(&self) -> u32 {
        Tap::digest_of(&self.wrote)
    }
}
