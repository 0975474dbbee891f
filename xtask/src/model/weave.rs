//! Mutants woven into the text of one file.
//!
//! Nothing but the text that a mutant finds is changed, and with every mutant off the file means what it
//! meant: that the list keeps that promise is what equal numbers of states show.

use alloc::collections::BTreeMap;
use core::ops::Range;

use anyhow::{Context, Result, bail, ensure};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::list::{Mutant, words};

/// The text of a file with its mutants.
#[derive(Debug)]
pub(crate) struct Woven {
    pub(crate) text: String,
    pub(crate) places: Vec<Place>,
}

/// Where mutants stand in a woven file.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// Their numbers.
    pub(super) mutants: Vec<usize>,
    /// Octets of the woven text.
    octets: Range<usize>,
    /// Lines of the woven text, counted from 1.
    pub(super) lines: Range<usize>,
}

/// Weaves `mutants`, each with its number, into `text`; `switch` is the path of the function that tells
/// whether a number is switched on.
pub(crate) fn weave(text: &str, mutants: &[(usize, &Mutant)], switch: &str) -> Result<Woven> {
    let mut found: BTreeMap<(usize, usize), Vec<(usize, &Mutant)>> = BTreeMap::new();
    for &(number, mutant) in mutants {
        let range = find(text, mutant)?;
        found.entry((range.start, range.end)).or_default().push((number, mutant));
    }
    let mut woven = Woven { text: String::new(), places: Vec::new() };
    let mut done = (0, "");
    for ((start, end), here) in found {
        let name = here.first().map_or("", |(_, mutant)| &mutant.name);
        ensure!(done.0 <= start, "mutants `{}` and `{name}` find overlapping texts", done.1);
        woven.text.push_str(text.get(done.0..start).unwrap_or_default());
        let from = woven.text.len();
        woven.text.push_str(&compose(&here, switch)?);
        woven.places.push(Place {
            mutants: here.iter().map(|(number, _)| *number).collect(),
            octets: from..woven.text.len(),
            lines: line(&woven.text, from)..line(&woven.text, woven.text.len()) + 1,
        });
        done = (end, name);
    }
    woven.text.push_str(text.get(done.0..).unwrap_or_default());
    judge(&woven, mutants)?;
    Ok(woven)
}

/// The one place of the text that `mutant` finds.
fn find(text: &str, mutant: &Mutant) -> Result<Range<usize>> {
    let Mutant { name, file, find, .. } = mutant;
    let (count, first) = occurrences(text, find);
    ensure!(count == 1, "mutant `{name}`: its text occurs {count} times in {file}, not once");
    Ok(first..first + find.len())
}

/// How often `wanted` occurs, overlaps included, and where it does first.
fn occurrences(text: &str, wanted: &str) -> (usize, usize) {
    let starts = text.char_indices().map(|(at, _)| at);
    let mut found = starts.filter(|at| text.get(*at..).is_some_and(|it| it.starts_with(wanted)));
    let first = found.next();
    (usize::from(first.is_some()) + found.count(), first.unwrap_or_default())
}

/// What takes the place of a text that all of `here` find: each is applied within that of the one before.
fn compose(here: &[(usize, &Mutant)], switch: &str) -> Result<String> {
    let mut text = here.first().map(|(_, mutant)| mutant.find.clone()).unwrap_or_default();
    for (number, Mutant { name, find, replace, .. }) in here {
        let (count, _) = occurrences(&text, find);
        if count != 1 {
            bail!(
                "mutant `{name}`: what an earlier mutant puts in the same place contains its text \
                 {count} times, not once"
            );
        }
        text = text.replacen(find, &call(replace, &format!("{switch}({number})")), 1);
    }
    Ok(text)
}

/// `text` with `call` for each token.
fn call(text: &str, call: &str) -> String {
    let (mut called, mut rest) = (String::new(), text);
    while let Some(at) = words(rest).next() {
        let (before, after) = rest.split_at(at);
        called.push_str(before);
        called.push_str(call);
        rest = after.strip_prefix(super::list::TOKEN).unwrap_or_default();
    }
    called + rest
}

/// The line of an octet, counted from 1.
fn line(text: &str, octet: usize) -> usize {
    text.get(..octet).unwrap_or_default().matches('\n').count() + 1
}

/// Refuses what is no Rust, and what is evaluated by the compiler, where nothing can be switched.
fn judge(woven: &Woven, mutants: &[(usize, &Mutant)]) -> Result<()> {
    let names = |place: &Place| {
        let here = mutants.iter().filter(|(number, _)| place.mutants.contains(number));
        here.map(|(_, mutant)| format!("`{}`", mutant.name)).collect::<Vec<_>>().join(", ")
    };
    let file = syn::parse_file(&woven.text).map_err(|error| {
        let line = error.span().start().line;
        let place = woven.places.iter().find(|place| place.lines.contains(&line));
        anyhow::anyhow!("{}: {error}, in line {line}", place.map(names).unwrap_or_default())
    });
    let file = file.context("what the mutants make is no Rust")?;
    let mut constants = Constants::default();
    constants.visit_file(&file);
    for place in &woven.places {
        let is_in = |range: &Range<usize>| {
            range.start <= place.octets.start && place.octets.end <= range.end
        };
        if let Some((_, what)) = constants.0.iter().find(|(range, _)| is_in(range)) {
            bail!("mutant {}: it stands in {what}, where nothing can be switched", names(place));
        }
    }
    Ok(())
}

/// The parts of a file that the compiler may evaluate.
#[derive(Default)]
struct Constants(Vec<(Range<usize>, &'static str)>);

impl Constants {
    fn function(&mut self, signature: &syn::Signature, body: &syn::Block) {
        if signature.constness.is_some() {
            self.0.push((body.span().byte_range(), "a `const fn`"));
        }
    }
}

impl<'ast> Visit<'ast> for Constants {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.0.push((item.span().byte_range(), "a constant"));
        visit::visit_item_const(self, item);
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.0.push((item.span().byte_range(), "a constant"));
        visit::visit_impl_item_const(self, item);
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.0.push((item.span().byte_range(), "a static"));
        visit::visit_item_static(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "//! A.\nfn f() -> bool {\n    g() && h()\n}\nconst fn k() -> u8 { 7 }\nconst C: u8 = 9;\n";

    fn mutant(find: &str, replace: &str) -> Mutant {
        let (name, file) = (format!("{find} is wrong"), String::from("f.rs"));
        let (find, replace) = (find.to_owned(), replace.to_owned());
        Mutant { name, file, find, replace, about: String::new() }
    }

    fn woven(mutants: &[Mutant]) -> Result<Woven> {
        let numbered: Vec<_> = mutants.iter().enumerate().collect();
        weave(TEXT, &numbered, "m::is")
    }

    fn refused(mutants: &[Mutant]) -> String {
        format!("{:#}", woven(mutants).unwrap_err())
    }

    #[test]
    fn each_mutant_stands_in_its_place() {
        let woven =
            woven(&[mutant("h()", "(!MUTANT && h())"), mutant("g()", "(MUTANT\n    || g())")]);
        let woven = woven.unwrap();
        let line = "    (m::is(1)\n    || g()) && (!m::is(0) && h())\n";
        assert_eq!(woven.text, TEXT.replace("    g() && h()\n", line));
        let lines: Vec<_> = woven.places.iter().map(|place| place.lines.clone()).collect();
        assert_eq!(lines, [3..5, 4..5]);
    }

    #[test]
    fn two_mutants_of_one_text_stand_within_each_other() {
        let woven = woven(&[mutant("g()", "(MUTANT || g())"), mutant("g()", "(!MUTANT && g())")]);
        assert!(woven.unwrap().text.contains("(m::is(0) || (!m::is(1) && g())) && h()"));
        let gone = [mutant("g()", "MUTANT"), mutant("g()", "!MUTANT")];
        assert!(refused(&gone).contains("contains its text 0 times, not once"));
    }

    #[test]
    fn a_text_that_is_not_there_once_is_refused() {
        let none = refused(&[mutant("q()", "MUTANT")]);
        assert!(none.contains("`q() is wrong`: its text occurs 0 times in f.rs"), "{none}");
        assert!(refused(&[mutant("()", "MUTANT")]).contains("occurs 4 times in f.rs"));
        assert_eq!(occurrences("aaa", "aa").0, 2);
    }

    #[test]
    fn overlapping_texts_are_refused() {
        let both = refused(&[mutant("g() &&", "MUTANT &&"), mutant("&& h()", "&& MUTANT")]);
        assert_eq!(both, "mutants `g() && is wrong` and `&& h() is wrong` find overlapping texts");
        assert!(refused(&[mutant("g()", "MUTANT"), mutant("g", "MUTANT")]).contains("overlapping"));
    }

    #[test]
    fn what_the_compiler_evaluates_is_refused() {
        let seven = refused(&[mutant("7", "if MUTANT { 8 } else { 7 }")]);
        assert!(seven.contains("`7 is wrong`: it stands in a `const fn`"), "{seven}");
        assert!(refused(&[mutant("9", "MUTANT")]).contains("it stands in a constant"));
    }

    #[test]
    fn what_is_no_rust_is_refused() {
        let broken = refused(&[mutant("g()", "(MUTANT || g()")]);
        assert!(broken.contains("no Rust"), "{broken}");
        assert!(refused(&[mutant("g()", "MUTANT g()")]).contains("`g() is wrong`"));
    }
}
