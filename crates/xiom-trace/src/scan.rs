//! Finds the citations in the sources of a project and what they attach to.

use std::fs;
use std::path::Path;

use jiff::civil::Date;
use proc_macro2::TokenStream;
use walkdir::{DirEntry, WalkDir};

use crate::citation::{self, Citation, Kind, MOST_IDS};
use crate::evidence::{Input, Place};
use crate::hash::{digest, sha256};
use crate::manifest::{Manifest, Project};
use crate::source::{Source, TokenKind};
use crate::spec::is_id_character;
use crate::target::{self, Shape, Target};
use crate::{Finding, Rule, Span};

/// One id cited at one place.
#[derive(Clone, Debug)]
pub struct Link {
    /// What the citation claims.
    pub kind: Kind,
    /// The id.
    pub id: String,
    /// The line of the citation itself.
    pub line: usize,
    /// What it attaches to.
    pub place: Place,
    /// The part of that whose execution counts.
    pub principal: Option<Span>,
    /// The hash of its tokens.
    pub hash: String,
    /// The reason, of a proof or a waiver.
    pub reason: String,
    /// The date of a waiver.
    pub until: Option<Date>,
    /// Whether the compiler alone proves it: a `const _`, or an example that must not compile.
    pub is_proof: bool,
    /// Whether that proof is an example that must not compile.
    pub compile_fail: bool,
}

/// All that the sources say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scan {
    /// The citations, by file and line.
    pub(crate) links: Vec<Link>,
    /// The files that were read.
    pub(crate) inputs: Vec<Input>,
    /// Ids after a citation mark inside of strings and documentation: file, line, id.
    pub(crate) in_text: Vec<(String, usize, String)>,
    /// What is wrong with the citations as written.
    pub(crate) findings: Vec<Finding>,
}

/// Reads every Rust file of the manifest's sources.
pub(crate) fn scan(project: &Project, manifest: &Manifest) -> Scan {
    let mut scan = Scan::default();
    for folder in &manifest.sources {
        let walk = WalkDir::new(project.root.join(folder)).sort_by_file_name();
        let wanted = |entry: &DirEntry| is_wanted(project, manifest, entry);
        for entry in walk.into_iter().filter_entry(wanted) {
            match entry {
                Ok(entry) if is_rust(entry.path()) => read(project, entry.path(), &mut scan),
                Ok(_) => {}
                Err(error) => scan.findings.push(
                    Finding::new(Rule::Unreadable, folder, 0, error.to_string())
                        .help("mend `sources` in the manifest"),
                ),
            }
        }
    }
    scan
}

fn is_wanted(project: &Project, manifest: &Manifest, entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let is_hidden = name.starts_with('.') && 0 < entry.depth();
    let file = relative(project, entry.path());
    !is_hidden && name != "target" && !manifest.exclude.contains(&file)
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "rs") && path.is_file()
}

/// `path` relative to the root, with `/`.
fn relative(project: &Project, path: &Path) -> String {
    let path = path.strip_prefix(&project.root).unwrap_or(path);
    path.to_string_lossy().replace('\\', "/")
}

fn read(project: &Project, path: &Path, scan: &mut Scan) {
    let file = relative(project, path);
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("cannot be read: {error}");
            let finding = Finding::new(Rule::Unreadable, &file, 0, message);
            scan.findings.push(finding.help("make it readable as UTF-8, or exclude it"));
            return;
        }
    };
    scan.inputs.push(Input { file: file.clone(), sha256: sha256(text.as_bytes()) });
    if ["//=", "Codes_", "Tests_"].iter().any(|mark| text.contains(mark)) {
        read_citations(&file, text, scan);
    }
}

fn read_citations(file: &str, text: String, scan: &mut Scan) {
    let lexed = text.parse::<TokenStream>().map_err(|error| (error.span(), error.to_string()));
    let parsed = lexed.and_then(|stream| {
        let tree = syn::parse2::<syn::File>(stream.clone());
        tree.map(|tree| (stream, tree)).map_err(|error| (error.span(), error.to_string()))
    });
    match parsed {
        Ok((stream, tree)) => {
            let source = Source::new(text, stream);
            attach(file, &source, &tree, scan);
            note_texts(file, &source, scan);
        }
        Err((place, error)) => {
            let message = format!("does not parse: {error}");
            let finding = Finding::new(Rule::Unparsable, file, place.start().line, message);
            scan.findings.push(finding.help("mend it, or exclude it: its citations are unknown"));
        }
    }
    // The spans of this file are not looked at again.
    proc_macro2::extra::invalidate_current_thread_spans();
}

/// The citations in the Rust source `text`, which is called `file`, and what is wrong with them.
#[must_use]
pub fn citations(file: &str, text: &str) -> (Vec<Link>, Vec<Finding>) {
    let mut scan = Scan::default();
    read_citations(file, text.to_owned(), &mut scan);
    (scan.links, scan.findings)
}

fn attach(file: &str, source: &Source, syntax: &syn::File, scan: &mut Scan) {
    let mut cited: Vec<(usize, Citation, Option<usize>)> = Vec::new();
    for comment in &source.comments {
        let line = source.line(comment.range.start);
        let findings = &mut scan.findings;
        match citation::parse(source.slice(&comment.range)) {
            Ok(citations) => {
                let next = source.token_after(comment.range.end);
                let next = next.and_then(|index| source.tokens.get(index));
                let next = next.map(|token| token.range.start);
                for citation in citations {
                    judge_form(file, line, &citation, comment.alone, findings);
                    cited.push((line, citation, next));
                }
            }
            //= SRS_TRACE_01_010
            Err(message) => {
                let finding = Finding::new(Rule::MalformedCitation, file, line, message);
                findings
                    .push(finding.help("write `//= ID`, `//= test ID` or `//= KIND ID: reason`"));
            }
        }
    }
    let mut starts: Vec<usize> = cited.iter().filter_map(|(.., next)| *next).collect();
    starts.sort_unstable();
    starts.dedup();
    let targets = target::find(syntax, source, &starts);
    for (line, citation, next) in cited {
        let index = next.and_then(|next| starts.binary_search(&next).ok());
        let target = index.and_then(|index| targets.get(index)).and_then(Option::as_ref);
        link(file, source, line, &citation, target, scan);
    }
}

fn judge_form(file: &str, line: usize, it: &Citation, alone: bool, findings: &mut Vec<Finding>) {
    if MOST_IDS < it.ids.len() {
        let message = format!("cites {} ids, at most {MOST_IDS} can be meant", it.ids.len());
        let finding = Finding::new(Rule::TooManyIds, file, line, message);
        findings.push(finding.help("cite each id at the very code that satisfies it"));
    }
    if !alone {
        let message = "stands behind code on its line".to_owned();
        let finding = Finding::new(Rule::MalformedCitation, file, line, message);
        findings.push(finding.help("put it on a line of its own, above what it covers"));
    }
}

fn link(
    file: &str,
    source: &Source,
    line: usize,
    citation: &Citation,
    target: Option<&Target>,
    scan: &mut Scan,
) {
    //= SRS_TRACE_01_013
    let Some(target) = target else {
        let message = "has nothing after it that it could cover".to_owned();
        let finding = Finding::new(Rule::AttachesToNothing, file, line, message);
        scan.findings.push(
            finding.help(
                "put it directly above an item, a field, a statement, a match arm or a block",
            ),
        );
        return;
    };
    if let Some(finding) = judge_target(file, line, citation, target) {
        scan.findings.push(finding);
        return;
    }
    let hash = digest(source.words(&target.range));
    let place =
        Place { file: file.into(), item: target.item.clone(), span: source.span(&target.range) };
    let principal = target.principal.as_ref().map(|range| source.span(range));
    for id in &citation.ids {
        scan.links.push(Link {
            kind: citation.kind,
            id: id.clone(),
            line,
            place: place.clone(),
            principal,
            hash: hash.clone(),
            reason: citation.reason.clone(),
            until: citation.until,
            is_proof: target.shape == Shape::Proof || target.compile_fail,
            compile_fail: target.compile_fail && target.shape != Shape::Proof,
        });
    }
}

/// What is wrong with a citation of this kind on this target.
fn judge_target(file: &str, line: usize, citation: &Citation, target: &Target) -> Option<Finding> {
    let in_test = target.in_test || file.starts_with("tests/") || file.contains("/tests/");
    let (rule, message, help) = match (citation.kind, target.shape) {
        //= SRS_TRACE_01_017
        (_, Shape::Module) => (
            Rule::CitationOnModule,
            "covers a whole module".to_owned(),
            "cite the item in it that satisfies the requirement",
        ),
        (Kind::Test, shape) if shape != Shape::Test => (
            Rule::NotATest,
            format!("`{}` is not marked as a test", target.item),
            "put it above a function with `#[test]`, before its attributes",
        ),
        //= SRS_TRACE_01_018
        (Kind::Code, _) if in_test => (
            Rule::CodeInTest,
            "cites test code as if it shipped".to_owned(),
            "write `//= test ID`, or cite the code that ships",
        ),
        (Kind::Code, Shape::Declaration | Shape::Proof) => (
            Rule::NoRegions,
            "a declaration is never executed, so no test can reach it".to_owned(),
            "cite the code that uses it, or prove it by construction",
        ),
        _ => return None,
    };
    let finding = Finding::new(rule, file, line, message).help(help);
    Some(match citation.ids.first() {
        Some(id) => finding.about(id),
        None => finding,
    })
}

fn note_texts(file: &str, source: &Source, scan: &mut Scan) {
    for token in &source.tokens {
        if !matches!(token.kind, TokenKind::Literal | TokenKind::Documentation) {
            continue;
        }
        let text = source.slice(&token.range);
        for (at, mark) in text.match_indices("//= ") {
            let rest = text.get(at.saturating_add(mark.len())..).unwrap_or_default();
            let ids = rest.lines().next().unwrap_or_default();
            let id = ids.split(|c| !is_id_character(c)).find(|word| word.contains('_'));
            if let Some(id) = id {
                let line = source.line(token.range.start.saturating_add(at));
                scan.in_text.push((file.into(), line, id.into()));
            }
        }
    }
}
