//! A cargo project in a temporary directory, without dependencies.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use xiom_trace::run::{Execution, Ran, Request, WantedDoc, WantedSpan, WantedTest, execute};
use xiom_trace::{Finding, Span};

pub(crate) struct Project {
    directory: tempfile::TempDir,
    pub(crate) tests: Vec<WantedTest>,
    pub(crate) spans: Vec<WantedSpan>,
    pub(crate) docs: Vec<WantedDoc>,
    pub(crate) exclude: Vec<String>,
    pub(crate) cover: bool,
}

impl Project {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self {
            directory,
            tests: Vec::new(),
            spans: Vec::new(),
            docs: Vec::new(),
            exclude: Vec::new(),
            cover: true,
        }
    }

    /// A project of one package, `demo`.
    pub(crate) fn demo(files: &[(&str, &str)]) -> Self {
        let project = Self::new(files);
        fs::write(project.root().join("Cargo.toml"), DEMO).unwrap();
        project
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.directory.path().join("")
    }

    /// Wants the test `item` of `file`, with all spans; returns its number.
    pub(crate) fn test(&mut self, file: &str, item: &str) -> usize {
        self.tests.push(WantedTest { file: file.into(), item: item.into(), spans: Vec::new() });
        self.tests.len() - 1
    }

    /// Wants the span of the text `code`, which stands once in `file`, and in it the part `principal`.
    pub(crate) fn span(&mut self, file: &str, code: &str, principal: &str) -> usize {
        let text = fs::read_to_string(self.root().join(file)).unwrap();
        let from = text.find(code).unwrap_or_else(|| panic!("no `{code}`"));
        assert_eq!(text.matches(code).count(), 1, "`{code}` stands more than once");
        let inner = from + code.find(principal).unwrap();
        self.spans.push(WantedSpan {
            file: file.into(),
            span: span(&text, from, code.len()),
            principal: Some(span(&text, inner, principal.len())),
        });
        self.spans.len() - 1
    }

    pub(crate) fn run(&self) -> Result<Execution, Finding> {
        let before = files(&self.root());
        let target = tempfile::tempdir().unwrap();
        let options = ["--offline".into(), format!("--target-dir={}", target.path().display())];
        let mut tests = self.tests.clone();
        for test in &mut tests {
            test.spans = (0..self.spans.len()).collect();
        }
        let request = Request {
            root: &self.root(),
            tests,
            spans: self.spans.clone(),
            docs: self.docs.clone(),
            builds: Vec::new(),
            exclude: &self.exclude,
            features: &options,
            jobs: None,
            cover: self.cover,
            wrapper: Some(env!("CARGO_BIN_EXE_xiom-trace").into()),
        };
        let execution = execute(&request, &mut |_| {});
        let mut left = files(&self.root());
        left.retain(|it| !before.contains(it) && !it.ends_with("Cargo.lock"));
        assert_eq!(left, HashSet::new(), "files stay behind");
        execution
    }
}

/// Whether `ran` executed the principal part of the span `number`.
pub(crate) fn reached(ran: &Ran, number: usize) -> bool {
    ran.reaches.iter().any(|it| it.span == number && it.principal)
}

fn span(text: &str, from: usize, length: usize) -> Span {
    let place = |at: usize| {
        let line = text[..at].matches('\n').count() + 1;
        let start = text[..at].rfind('\n').map_or(0, |it| it + 1);
        (line, text[start..at].chars().count() + 1)
    };
    let (line, column) = place(from);
    let (end_line, end_column) = place(from + length);
    Span { line, column, end_line, end_column }
}

fn files(directory: &Path) -> HashSet<PathBuf> {
    let mut found = HashSet::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path);
        }
    }
    found
}

const DEMO: &str = r#"
[package]
name = "demo"
version = "1.2.3"
edition = "2024"
"#;
