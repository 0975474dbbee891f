//! `model/mutants.toml`: the mistakes that models must see, each a piece of text and what stands there
//! instead.
//!
//! An entry is judged by itself here; whether it fits the sources is seen when it is woven.

use std::collections::HashSet;

use anyhow::{Result, bail, ensure};
use serde::Deserialize;

/// One entry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mutant {
    /// What is wrong, in words; unique.
    pub(crate) name: String,
    /// The file, from the root of the project.
    pub(crate) file: String,
    /// Text that occurs in the file once.
    pub(crate) find: String,
    /// What takes its place, with [`TOKEN`] where the mistake is made.
    pub(crate) replace: String,
    /// What more is to be said.
    #[serde(default)]
    pub(crate) about: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    mutant: Vec<Mutant>,
}

/// The word in [`Mutant::replace`] that is true while the mutant is switched on.
pub(crate) const TOKEN: &str = "MUTANT";

/// Reads the entries; each gets its index as its number.
pub(crate) fn parse(text: &str) -> Result<Vec<Mutant>> {
    let List { mutant: mutants } = toml::from_str(text)?;
    let mut names = HashSet::new();
    for Mutant { name, find, replace, .. } in &mutants {
        ensure!(!name.trim().is_empty(), "a mutant without a name, at `{find}`");
        ensure!(names.insert(name), "two mutants have the name `{name}`");
        ensure!(!find.trim().is_empty(), "mutant `{name}`: `find` is empty");
        if words(find).next().is_some() {
            bail!("mutant `{name}`: `find` contains {TOKEN}, which no source does");
        }
        if words(replace).next().is_none() {
            bail!("mutant `{name}`: `replace` does not contain {TOKEN}, so it could not be off");
        }
    }
    Ok(mutants)
}

/// Where [`TOKEN`] stands in `text` as a word of its own.
pub(crate) fn words(text: &str) -> impl Iterator<Item = usize> + '_ {
    let is_word = |char: char| char.is_alphanumeric() || char == '_';
    text.match_indices(TOKEN).map(|(at, _)| at).filter(move |at| {
        let (before, rest) = text.split_at(*at);
        let after = rest.strip_prefix(TOKEN).unwrap_or_default();
        !before.ends_with(is_word) && !after.starts_with(is_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(entries: &str) -> String {
        parse(entries).unwrap_err().to_string()
    }

    #[test]
    fn an_entry_that_says_too_little_is_refused() {
        let good = "[[mutant]]\nname = 'n'\nfile = 'f'\nfind = 'a'\nreplace = 'MUTANT || a'\n";
        assert_eq!(parse(good).unwrap().len(), 1);
        assert!(refused(&good.repeat(2)).contains("two mutants have the name `n`"));
        assert!(refused(&good.replace("'n'", "' '")).contains("without a name, at `a`"));
        assert!(refused(&good.replace("= 'a'", "= ''")).contains("`find` is empty"));
        assert!(refused(&good.replace("= 'a'", "= 'MUTANT'")).contains("contains MUTANT"));
        assert!(refused(&good.replace("'MUTANT ", "'MUTANTS ")).contains("could not be off"));
        assert!(refused(&good.replace("find", "seek")).contains("seek"));
    }

    #[test]
    fn only_whole_words_are_tokens() {
        let at: Vec<_> = words("MUTANT MUTANTS A_MUTANT !MUTANT").collect();
        assert_eq!(at, [0, 25]);
    }
}
