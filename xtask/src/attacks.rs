//! The table of attacks in `spec/attacks.md`: every row has a test, and every test is there.

use std::fs;
use std::path::Path;

use anyhow::Result;

/// How many attacks the table lists.
const COUNT: usize = 37;

/// What is wrong with the table below `root`.
///
/// # Errors
///
/// Returns an error when the table cannot be read.
pub(crate) fn faults(root: &Path) -> Result<Vec<String>> {
    let table = fs::read_to_string(root.join("spec/attacks.md"))?;
    Ok(judge(&table, |file| fs::read_to_string(root.join(file)).ok()))
}

fn judge(table: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut rows = 0_usize;
    for line in table.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [number, .., tests] = cells.as_slice() else { continue };
        let Ok(number) = number.parse::<usize>() else { continue };
        rows = rows.saturating_add(1);
        if number != rows {
            faults.push(format!("spec/attacks.md: row {number} stands where {rows} is due"));
        }
        let tests: Vec<&str> = tests.split('`').filter(|part| part.contains("::")).collect();
        if tests.is_empty() {
            faults.push(format!("spec/attacks.md: attack {number} has no test"));
        }
        faults.extend(tests.into_iter().filter(|test| !exists(test, &read)).map(|test| {
            format!("spec/attacks.md: attack {number} names `{test}`, which is not there")
        }));
    }
    if rows != COUNT {
        faults.push(format!("spec/attacks.md: {rows} attacks, {COUNT} are due"));
    }
    faults
}

fn exists(test: &str, read: impl Fn(&str) -> Option<String>) -> bool {
    let Some((file, name)) = test.split_once("::") else { return false };
    read(file).is_some_and(|text| text.contains(&format!("#[test]\nfn {name}()")))
        || read(file).is_some_and(|text| text.contains(&format!("#[test]\n    fn {name}()")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_test_is_found() {
        let row = |number| format!("| {number} | attack | defence | `tests/a.rs::good` |\n");
        let rows: String = (1..=COUNT).map(row).collect();
        let read = |file: &str| (file == "tests/a.rs").then(|| "#[test]\nfn good() {}\n".into());
        assert_eq!(judge(&rows, read), Vec::<String>::new());
        let bad = rows.replacen("::good", "::gone", 1);
        assert_eq!(judge(&bad, read).len(), 1);
        assert_eq!(judge(&rows.replacen("`tests/a.rs::good`", "none", 1), read).len(), 1);
        assert_eq!(judge(rows.split_once('\n').map_or("", |(_, rest)| rest), read).len(), COUNT);
    }
}
