//! Few inputs that reach much: a greedy cover, read from the file in which libFuzzer notes a merge.
//!
//! Invariant: each input picked reaches something that those before it do not, and most of that.

use alloc::collections::BTreeSet;
use core::cmp::Reverse;

use anyhow::{Context, Result};

/// An input, and what it reaches.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Input {
    path: String,
    octets: usize,
    reached: BTreeSet<u32>,
}

/// What was picked.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Picked {
    /// The inputs, the most telling first.
    pub(super) paths: Vec<String>,
    /// How much they reach.
    pub(super) reached: usize,
    /// How much all inputs reach.
    pub(super) all: usize,
}

/// At most `most` inputs of the merge that `notes` tell of; of two that add as much, the smaller.
pub(super) fn pick(notes: &str, most: usize) -> Result<Picked> {
    let mut inputs = read(notes).context("the engine's notes of a merge are not understood")?;
    let all: BTreeSet<u32> = inputs.iter().flat_map(|it| it.reached.iter().copied()).collect();
    let mut picked = Picked { all: all.len(), ..Picked::default() };
    while picked.paths.len() < most {
        let best =
            inputs.iter().max_by_key(|it| (it.reached.len(), Reverse((it.octets, &it.path))));
        let Some(Input { path, reached, .. }) = best.filter(|it| !it.reached.is_empty()).cloned()
        else {
            break;
        };
        picked.reached = picked.reached.saturating_add(reached.len());
        picked.paths.push(path);
        for input in &mut inputs {
            input.reached.retain(|it| !reached.contains(it));
        }
    }
    Ok(picked)
}

/// The number of files, of those that were there before, their paths; then `STARTED`, `FT` and `COV` of each.
fn read(notes: &str) -> Option<Vec<Input>> {
    let mut lines = notes.lines();
    let count: usize = lines.next()?.parse().ok()?;
    let _there_before = lines.next()?;
    let of = |path: &str| Input { path: path.to_owned(), octets: 0, reached: BTreeSet::new() };
    let mut inputs: Vec<Input> = lines.by_ref().take(count).map(of).collect();
    for line in lines {
        let mut words = line.split(' ');
        let (kind, index) = (words.next()?, words.next()?.parse::<usize>().ok()?);
        let input = inputs.get_mut(index)?;
        match kind {
            "STARTED" => input.octets = words.next()?.parse().ok()?,
            "FT" => input.reached = words.filter_map(|word| word.parse().ok()).collect(),
            _ => {}
        }
    }
    Some(inputs)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTES: &str = "4\n0\nc/a\nc/b\nc/c\nc/d\nSTARTED 0 9\nFT 0 1 2\nCOV 0 1\nSTARTED 1 3\n\
                         FT 1 1 2\nCOV 1\nSTARTED 2 5\nFT 2 1 3\nCOV 2 3\nSTARTED 3 1\nFT 3 3\nCOV 3\n";

    #[test]
    fn few_inputs_reach_all() {
        // The smaller of the two that reach 1 and 2, then the smaller of the two that add 3.
        let paths = vec!["c/b".to_owned(), "c/d".to_owned()];
        assert_eq!(pick(NOTES, 9).unwrap(), Picked { paths, reached: 3, all: 3 });
        let paths = vec!["c/b".to_owned()];
        assert_eq!(pick(NOTES, 1).unwrap(), Picked { paths, reached: 2, all: 3 });
    }

    #[test]
    fn other_notes_are_refused() {
        for notes in ["", "x\n0\n", "1\n0\nc/a\nSTARTED 1 1\n", "1\n0\nc/a\nFT x 1\n"] {
            assert!(pick(notes, 9).is_err(), "{notes}");
        }
    }
}
