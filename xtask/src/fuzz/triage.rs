//! An input that fails: made small, told in words, kept.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::Sanitizer;
use super::tools::{ask, build, kept, place, targets, text};
use crate::step;

/// Minimises `file`, tells it, and keeps it as the regression `name`.
pub(super) fn run(file: &Path, name: Option<&str>) -> Result<()> {
    let target = file.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    let target = target.context("the folder of the input tells its target")?.to_owned();
    let is_known = targets()?.iter().any(|known| known.name == target);
    ensure!(is_known, "no target is called {target}, as the folder of the input is");
    let file = file.canonicalize().with_context(|| file.display().to_string())?;
    let program = build(Sanitizer::None, Some(&target))?.join(&target);
    let small = place(&["triage", &target]);
    fs::create_dir_all(&small)?;
    let small = small.join(file.file_name().context("a file has a name")?);
    fs::copy(&file, &small)?;
    let exact = format!("-exact_artifact_path={}", text(&small)?);
    let words = [text(&program)?, "-minimize_crash=1", "-max_total_time=60", &exact, text(&file)?];
    // It ends with a fault when there is nothing to remove; then the copy is the smallest.
    let _smaller = step::output(&words);
    let input = fs::read(&small)?;
    println!("{} octets of {}", input.len(), fs::read(&file)?.len());
    println!("{}", ask(&["explain", &target, text(&small)?])?);
    println!("{}", test(&target, name.unwrap_or("what_went_wrong"), &input));
    if let Some(name) = name {
        return keep(&target, name, &input);
    }
    println!("`--name NAME` keeps it in fuzz/regressions/{target}; every test run replays that");
    Ok(())
}

/// A test of the input, to be put where the fault is mended.
fn test(target: &str, name: &str, input: &[u8]) -> String {
    let function = name.replace('-', "_");
    let octets = input.escape_ascii();
    format!(
        "#[test]\nfn {function}() {{\n    \
         xiom_fuzz::targets::{target}::TARGET.run(b\"{octets}\");\n}}\n"
    )
}

fn keep(target: &str, name: &str, input: &[u8]) -> Result<()> {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    ensure!(!name.is_empty() && name.chars().all(is_name), "a name has a-z, 0-9 and hyphens");
    let folder = kept(&["regressions", target]);
    fs::create_dir_all(&folder)?;
    let path = folder.join(name);
    ensure!(!path.exists(), "{} is there already", path.display());
    fs::write(&path, input)?;
    let list = kept(&["regressions", "README.md"]);
    let text = fs::read_to_string(&list)?;
    fs::write(list, format!("{text}| `{target}/{name}` | {} |\n", name.replace('-', " ")))?;
    println!("kept as {}; say in fuzz/regressions/README.md what went wrong", path.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_rust() {
        let text = test("amqp_value", "odd-map", b"\xC1\"\\\n");
        let file: syn::File = syn::parse_str(&text).unwrap();
        assert_eq!(file.items.len(), 1);
        assert!(text.contains(r#"amqp_value::TARGET.run(b"\xc1\"\\\n")"#), "{text}");
    }
}
