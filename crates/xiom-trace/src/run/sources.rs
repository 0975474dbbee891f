//! Which files were compiled, from the dependency information that the compiler leaves beside its products.

use alloc::collections::BTreeSet;

use std::fs;
use std::path::{Path, PathBuf};

use super::build::Built;

/// The source files of all that was built; relative ones are relative to `root`.
pub(super) fn compiled(built: &Built, root: &Path) -> BTreeSet<PathBuf> {
    let programs = built.tests.iter().chain(&built.others).map(|it| &it.path);
    let products = programs.chain(&built.archives);
    let texts = products.filter_map(|it| fs::read_to_string(information(it)?).ok());
    texts.flat_map(|text| sources(&text)).map(|it| root.join(it)).collect()
}

/// Where the information on `product` stands: the same name, without `lib`, ending in `.d`.
fn information(product: &Path) -> Option<PathBuf> {
    let name = product.with_extension("d");
    if name.is_file() {
        return Some(name);
    }
    let stem = name.file_name()?.to_str()?.strip_prefix("lib")?;
    Some(product.with_file_name(stem))
}

/// The files after the first colon of the first rule; a space within a name is escaped.
fn sources(text: &str) -> Vec<String> {
    let rule = text.lines().next().unwrap_or_default();
    let Some((_, files)) = rule.split_once(": ") else { return Vec::new() };
    let mut names = vec![String::new()];
    let mut characters = files.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' if characters.peek() == Some(&' ') => {
                characters.next();
                names.last_mut().into_iter().for_each(|name| name.push(' '));
            }
            ' ' => names.push(String::new()),
            c => names.last_mut().into_iter().for_each(|name| name.push(c)),
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[cfg(test)]
mod tests {
    use super::sources;

    #[test]
    fn names_with_spaces_are_one() {
        assert_eq!(
            sources("/t/a-1: src/lib.rs src/my\\ own.rs\n\n/t/a-1.d: x"),
            ["src/lib.rs", "src/my own.rs"]
        );
        assert_eq!(sources(""), Vec::<String>::new());
    }
}
