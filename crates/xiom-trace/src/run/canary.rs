//! The canary: a program whose counts are known, measured in every run before anything is claimed.
//!
//! The format of profiles belongs to the compiler and changes with it. A reader that misreads it must not be
//! believed, so it first has to read these counts, which come from counters, from sums and differences, from
//! instances of a generic function, from threads, and from code that never ran.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::build::profile_pattern;
use super::coverage::Coverage;
use super::text::tail;
use super::{WantedSpan, wrapper};
use crate::{Finding, Rule, Span};

/// Compiles the canary with `rustc`, runs it, and compares all counts.
pub(super) fn sing(rustc: &Path, root: &Path, scratch: &Path) -> Result<(), Finding> {
    let directory = scratch.join("canary");
    let outcome = fs::create_dir(&directory)
        .map_err(|error| format!("no temporary file can be written: {error}"))
        .and_then(|()| measure(rustc, root, &directory));
    outcome.map_err(|why| {
        Finding::new(Rule::CanaryDied, "", 0, why)
            .help("no execution is claimed; use a compiler whose profiles this version reads")
    })
}

fn measure(rustc: &Path, root: &Path, directory: &Path) -> Result<(), String> {
    let program = directory.join(format!("canary{}", std::env::consts::EXE_SUFFIX));
    let profile = record(rustc, root, directory, &program)?;
    compare(directory, &program, &profile)
}

/// Compiles and runs the canary; its profile.
fn record(rustc: &Path, root: &Path, directory: &Path, program: &Path) -> Result<Vec<u8>, String> {
    fs::write(directory.join("canary.rs"), SOURCE).map_err(|error| error.to_string())?;
    let mut compile = Command::new(rustc);
    compile
        .args(["--edition=2021", "--crate-name=canary", "-Cdebuginfo=0"])
        .args(wrapper::FLAGS)
        .arg(directory.join("canary.rs"))
        .arg("-o")
        .arg(program)
        // The toolchain of the project is chosen by the directory.
        .current_dir(root);
    run(&mut compile, "it does not compile")?;
    let mut sing = Command::new(program);
    run(sing.env("LLVM_PROFILE_FILE", profile_pattern(directory)), "it does not run")?;
    let profile = fs::read_dir(directory)
        .map_err(|error| error.to_string())?
        .filter_map(Result::ok)
        .find(|entry| entry.path().extension().is_some_and(|it| it == "profraw"))
        .ok_or("it left no profile")?;
    fs::read(profile.path()).map_err(|error| error.to_string())
}

/// Compares all counts with what is known.
fn compare(directory: &Path, program: &Path, profile: &[u8]) -> Result<(), String> {
    let spans: Vec<WantedSpan> = COUNTS.iter().filter_map(|(code, _)| locate(code)).collect();
    let mut coverage = Coverage::new(directory, &spans);
    coverage.add(program)?;
    coverage.resolve();
    for (index, (code, expected)) in COUNTS.iter().enumerate() {
        match coverage.count(profile, index, 0) {
            Some(counted) if counted == *expected => {}
            Some(counted) => {
                return Err(format!(
                    "`{code}` ran {expected} times and was counted {counted} times"
                ));
            }
            None => return Err(format!("`{code}` is in no region, or the profile cannot be read")),
        }
    }
    Ok(())
}

fn run(command: &mut Command, complaint: &str) -> Result<(), String> {
    let output =
        command.stdin(Stdio::null()).output().map_err(|error| format!("{complaint}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{complaint}:\n{}", tail(&String::from_utf8_lossy(&output.stderr))))
}

/// The place of `code` in the canary, where it stands once.
fn locate(code: &str) -> Option<WantedSpan> {
    let (line, text) = SOURCE.lines().enumerate().find(|(_, text)| text.contains(code))?;
    let column = text.split(code).next()?.chars().count().saturating_add(1);
    let line = line.saturating_add(1);
    let end_column = column.saturating_add(code.chars().count());
    let span = Span { line, column, end_line: line, end_column };
    Some(WantedSpan { file: "canary.rs".into(), span, principal: Some(span) })
}

const SOURCE: &str = r#"
fn guarded(n: u32) -> u32 {
    if n < 2 { return early(n); }
    if n > 9 { return never(n); }
    let word = "äöü"; late(n) + word.len() as u32
}
fn early(n: u32) -> u32 { n + 1 }
fn late(n: u32) -> u32 { n + 2 }
fn never(n: u32) -> u32 { n + 3 }
fn generic<T: Copy>(one: T, two: T, first: bool) -> T {
    if first { id(one) } else { id(two) }
}
fn id<T>(it: T) -> T { it }
fn unused<T: Copy>(it: T) -> T { id::<T>(it) }
fn shared(n: u32) { std::hint::black_box(n); }
fn main() {
    let mut sum = 0;
    for n in 0..7 { sum += guarded(n); }
    generic(1_u8, 2, true);
    generic("a", "b", false);
    std::thread::scope(|scope| {
        for _ in 0..2 { scope.spawn(|| (0..5_000).for_each(shared)); }
    });
    std::process::exit(if sum == 63 { 0 } else { 1 });
}
"#;

/// What is in the canary, and how often it runs.
const COUNTS: [(&str, u64); 9] = [
    ("early(n);", 2),
    ("never(n);", 0),
    ("late(n) +", 5),
    ("n + 2", 5),
    ("n + 3", 0),
    ("id(one)", 1),
    ("id(two)", 1),
    ("id::<T>(it)", 0),
    ("std::hint::black_box(n)", 10_000),
];

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::object::Object;
    use super::super::profile::Profile;
    use super::*;

    struct Recorded {
        directory: tempfile::TempDir,
        program: PathBuf,
        profile: Vec<u8>,
    }

    fn recorded() -> Recorded {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().canonicalize().unwrap();
        let program = root.join("canary");
        let profile = record(Path::new("rustc"), &root, &root, &program).unwrap();
        Recorded { directory, program, profile }
    }

    #[test]
    fn it_lives_and_each_wrong_count_kills_it() {
        let Recorded { directory, program, profile } = recorded();
        let root = directory.path().canonicalize().unwrap();
        assert_eq!(compare(&root, &program, &profile), Ok(()));
        // The counters stand behind the records; each that is not zero is one more in turn.
        let word = |at: usize| u64::from_ne_bytes(profile[at..at + 8].try_into().unwrap());
        let [ids, functions, counters] = [2, 3, 5].map(|it| usize::try_from(word(it * 8)).unwrap());
        let first = 128 + ids + functions * 64;
        let mut killed = 0;
        for index in 0..counters {
            let mut wrong = profile.clone();
            wrong[first + index * 8] ^= 1;
            killed += usize::from(compare(&root, &program, &wrong).is_err());
        }
        assert!(killed >= COUNTS.len(), "{killed} of {counters} counters are watched");
    }

    #[test]
    fn what_is_cut_short_or_changed_is_refused_and_never_panics() {
        let Recorded { directory: _kept, program, profile } = recorded();
        let names =
            usize::try_from(u64::from_ne_bytes(profile[72..80].try_into().unwrap())).unwrap();
        for length in 0..profile.len() - 8 {
            let cut = Profile::read(&profile[..length]).is_err();
            assert!(cut || length + 8 > profile.len() - names, "{length} of {}", profile.len());
        }
        for at in 0..profile.len() {
            let mut changed = profile.clone();
            changed[at] ^= 0xff;
            if let Ok(read) = Profile::read(&changed) {
                let _ = read.counters(1, 1);
            }
        }
        let whole = fs::read(&program).unwrap();
        let [from, to] = section(&whole, "__llvm_covfun");
        let mut refused = 0;
        for at in from..to {
            let mut changed = whole.clone();
            changed[at] ^= 0x55;
            refused += usize::from(Object::parse(&changed, |_, _| true).is_err());
        }
        assert!(refused > 0);
    }

    fn section(program: &[u8], name: &str) -> [usize; 2] {
        use object::{Object as _, ObjectSection as _};
        let file = object::File::parse(program).unwrap();
        let (from, size) = file.section_by_name(name).unwrap().file_range().unwrap();
        [from, from + size].map(|it| usize::try_from(it).unwrap())
    }

    #[test]
    fn without_a_compiler_there_is_no_canary() {
        let directory = tempfile::tempdir().unwrap();
        let finding = sing(Path::new("no-such-compiler"), directory.path(), directory.path());
        assert_eq!(finding.unwrap_err().rule, Rule::CanaryDied);
    }
}
