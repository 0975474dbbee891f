//! `trace diff`: what changed against a revision, from its documents, citations and lock.

use std::path::Path;
use std::process::Command;

use clap::Args;

use super::{Ended, Where, check, draw};
use crate::evidence::Evidence;
use crate::report::diff;
use crate::{Class, Finding, Level, Project, Rule, Trace};

/// Rows that are shown at most in each part; the rest is counted.
const MOST: usize = 100;

#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// The revision to compare with.
    #[arg(value_name = "REV")]
    revision: String,
}

pub(super) fn run(place: &Where, arguments: &Arguments) -> Ended {
    let trace = place.trace()?;
    let folder = tempfile::tempdir().map_err(|error| failed(&error.to_string()))?;
    unpack(&trace.project.root, &arguments.revision, folder.path())?;
    let before = Project::new(folder.path(), &place.spec);
    if !before.has_manifest() {
        let message = format!("{} has no manifest in `{}`", arguments.revision, place.spec);
        let finding = Finding::new(Rule::Unreadable, "", 0, message);
        return Err(Box::new(finding.help("compare with a revision that was traced already")));
    }
    let before = Trace::load(&before, trace.today)?;
    let diff = diff(&accepted(&before), &accepted(&trace));
    if place.json {
        draw::json(&diff);
    } else {
        anstream::println!("{}", diff.markdown(MOST));
    }
    Ok(Class::Note)
}

/// The evidence that a revision carries in itself: its links, and the levels in its lock.
fn accepted(trace: &Trace) -> Evidence {
    let mut evidence = check::statically(trace);
    for requirement in &mut evidence.requirements {
        let entry = trace.lock.entries.get(&requirement.id);
        requirement.level = entry.map_or(Level::L0, |entry| entry.level);
    }
    evidence
}

/// Puts the tree of `revision` into `folder`.
fn unpack(root: &Path, revision: &str, folder: &Path) -> Result<(), Finding> {
    let archive = folder.join("archive.tar");
    let git = Command::new("git")
        .current_dir(root)
        .args(["archive", "--format=tar", "--output"])
        .arg(&archive)
        .arg(revision)
        .output();
    let git = git.map_err(|error| failed(&error.to_string()))?;
    if !git.status.success() {
        return Err(failed(&String::from_utf8_lossy(&git.stderr)));
    }
    let tar = Command::new("tar").current_dir(folder).arg("-xf").arg(&archive).status();
    match tar {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failed(&format!("tar ended with {status}"))),
        Err(error) => Err(failed(&error.to_string())),
    }
}

fn failed(message: &str) -> Finding {
    let message = format!("the revision cannot be read: {}", message.trim());
    let finding = Finding::new(Rule::Unreadable, "", 0, message);
    finding.help("name a commit, branch or tag of this repository; git and tar are needed")
}
