//! The corpora of fuzz targets: which there are, and whose citation is whose.

use std::fs;
use std::path::Path;

use crate::manifest::{Fuzz, Project};

/// The targets with a corpus: the folders of inputs that are not empty, by name.
pub(crate) fn targets(project: &Project, fuzz: &Fuzz) -> Vec<String> {
    let entries = fs::read_dir(project.root.join(&fuzz.corpora)).into_iter().flatten().flatten();
    let with_inputs = entries
        .filter(|entry| fs::read_dir(entry.path()).is_ok_and(|mut inputs| inputs.next().is_some()));
    let mut names: Vec<String> =
        with_inputs.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}

/// The target that cites from `file`: it is named like the file.
pub(crate) fn target_of(file: &str) -> &str {
    Path::new(file).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}
