//! An input that fails: made small, told in words, kept.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::tools::{Target, ask, build, kept, place, targets, text};
use super::{Sanitizer, engine};

/// Minimises `file`, tells it, and keeps it as the regression `name`.
pub(super) fn run(file: &Path, name: Option<&str>) -> Result<()> {
    let folder = file.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    let folder = folder.context("the folder of the input tells its target")?;
    let target = targets()?.into_iter().find(|target| target.name == folder);
    let target = target
        .with_context(|| format!("no target is called {folder}, as the folder of the input is"))?;
    let file = file.canonicalize().with_context(|| file.display().to_string())?;
    let programs = build(Sanitizer::None, Some(&target.name))?;
    let (small, words) = minimise(&programs, &target, &file)?;
    let input = fs::read(&small)?;
    println!("{} octets of {}", input.len(), fs::read(&file)?.len());
    println!("{}\n", words.join("\n"));
    println!("{}", ask(&["explain", &target.name, text(&small)?])?);
    println!("{}", test(&target.name, name.unwrap_or("what-went-wrong"), &input));
    if let Some(name) = name {
        return keep(&target.name, name, &input);
    }
    println!(
        "`--name NAME` keeps it in fuzz/regressions/{}; the test `{}` of `cargo test --package xiom-fuzz` \
         runs what is kept, and the one above is for the crate where the fault is mended",
        target.name, target.name
    );
    Ok(())
}

/// A smaller input that fails as well, and the lines that tell why it does.
fn minimise(programs: &Path, target: &Target, file: &Path) -> Result<(PathBuf, Vec<String>)> {
    let folder = place(&["triage", &target.name]);
    fs::create_dir_all(&folder)?;
    let small = folder.join(file.file_name().context("a file has a name")?);
    fs::copy(file, &small)?;
    let command = || engine::command(&programs.join(&target.name), target, &folder);
    let once = |input: &Path| -> Result<(bool, Vec<String>)> {
        let told = command()?.arg(input).output()?;
        let lines = String::from_utf8_lossy(&told.stderr).into_owned();
        let lines = lines.lines().filter(|line| engine::is_telling(line)).map(str::to_owned);
        Ok((told.status.success(), lines.collect()))
    };
    ensure!(!once(file)?.0, "{} passes now: there is nothing to triage", file.display());
    let mut command = command()?;
    command.args(["-minimize_crash=1", "-max_total_time=60"]);
    command.arg(format!("-exact_artifact_path={}", text(&small)?)).arg(file);
    // It ends with a fault when there is nothing to remove; then the copy is the smallest.
    let _smaller = command.output().with_context(|| format!("{command:?}"))?;
    let (passes, words) = once(&small)?;
    ensure!(!passes, "the smaller input passes, which is a fault of the engine or of the target");
    Ok((small, words))
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
