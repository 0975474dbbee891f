//! What has to be executed to judge a trace, and which link each piece stands for.
//!
//! Invariant: every test, span, documentation and corpus is in a plan once, whoever asks for it.

use alloc::collections::BTreeMap;

use crate::citation::Kind;
use crate::run::{Request, WantedDoc, WantedSpan, WantedTest};
use crate::scan::Link;
use crate::spec::Stated;
use crate::{Span, Trace, corpus};

/// What has to be executed, and which link each piece stands for.
#[derive(Debug, Default)]
pub struct Plan {
    /// The tests, each once.
    pub tests: Vec<WantedTest>,
    /// The cited spans, each once.
    pub spans: Vec<WantedSpan>,
    /// The documentation examples that must not compile.
    pub docs: Vec<WantedDoc>,
    /// The files of proofs: their packages have to be built.
    pub proofs: Vec<String>,
    /// The fuzz targets with a corpus, each with the test that runs it, as an index into [`Self::tests`].
    pub corpora: Vec<(String, usize)>,
    test_of: BTreeMap<(String, String), usize>,
    span_of: BTreeMap<(String, Span), usize>,
    doc_of: BTreeMap<(String, Span), usize>,
}

impl Plan {
    /// What `trace` needs executed for the documents that `wanted` names, or for all.
    #[must_use]
    pub fn new(trace: &Trace, wanted: &[String]) -> Self {
        let mut plan = Self::default();
        for (document, stated) in trace.requirements() {
            if wanted.is_empty() || wanted.contains(&document.entry.name) {
                plan.add(trace, stated);
            }
        }
        plan.add_corpora(trace);
        plan
    }

    /// What the corpora of the fuzz targets need executed, and nothing else.
    #[must_use]
    pub fn of_corpora(trace: &Trace) -> Self {
        let mut plan = Self::default();
        for (_, stated) in trace.requirements() {
            for link in trace.links_of(&stated.id, Kind::Code) {
                plan.span(link);
            }
        }
        plan.add_corpora(trace);
        plan
    }

    /// All of it, to be executed with coverage.
    #[must_use]
    pub fn request<'a>(&self, trace: &'a Trace) -> Request<'a> {
        Request {
            root: &trace.project.root,
            tests: self.tests.clone(),
            spans: self.spans.clone(),
            docs: self.docs.clone(),
            builds: self.proofs.clone(),
            exclude: &trace.manifest.exclude_packages,
            features: &[],
            jobs: None,
            cover: true,
            wrapper: None,
        }
    }

    fn add(&mut self, trace: &Trace, stated: &Stated) {
        let spans: Vec<usize> =
            trace.links_of(&stated.id, Kind::Code).map(|link| self.span(link)).collect();
        for link in trace.links_of(&stated.id, Kind::Test) {
            self.test(&link.place.file, &link.place.item, &spans);
        }
        for link in trace.links_of(&stated.id, Kind::ByConstruction).filter(|link| link.is_proof) {
            if link.compile_fail {
                self.doc(link);
            } else if !self.proofs.contains(&link.place.file) {
                self.proofs.push(link.place.file.clone());
            }
        }
    }

    /// Any corpus may execute any span.
    fn add_corpora(&mut self, trace: &Trace) {
        let Some(fuzz) = &trace.manifest.fuzz else { return };
        let spans: Vec<usize> = (0..self.spans.len()).collect();
        for target in corpus::targets(&trace.project, fuzz) {
            let index = self.test(&fuzz.file, &fuzz.test.replace("{target}", &target), &spans);
            self.corpora.push((target, index));
        }
    }

    /// The number of a test, which shall be asked about `spans`, too.
    fn test(&mut self, file: &str, item: &str, spans: &[usize]) -> usize {
        let index = *self.test_of.entry((file.into(), item.into())).or_insert_with(|| {
            self.tests.push(WantedTest { file: file.into(), item: item.into(), spans: Vec::new() });
            self.tests.len().saturating_sub(1)
        });
        if let Some(test) = self.tests.get_mut(index) {
            test.spans.extend(spans);
            test.spans.sort_unstable();
            test.spans.dedup();
        }
        index
    }

    fn span(&mut self, link: &Link) -> usize {
        let key = (link.place.file.clone(), link.place.span);
        *self.span_of.entry(key).or_insert_with(|| {
            self.spans.push(WantedSpan {
                file: link.place.file.clone(),
                span: link.place.span,
                principal: link.principal,
            });
            self.spans.len().saturating_sub(1)
        })
    }

    fn doc(&mut self, link: &Link) {
        let key = (link.place.file.clone(), link.place.span);
        self.doc_of.entry(key).or_insert_with(|| {
            self.docs.push(WantedDoc {
                file: link.place.file.clone(),
                first_line: link.place.span.line,
                last_line: link.place.span.end_line,
            });
            self.docs.len().saturating_sub(1)
        });
    }

    /// The number of the test that `link` cites from.
    pub(crate) fn test_of(&self, link: &Link) -> Option<usize> {
        self.test_of.get(&(link.place.file.clone(), link.place.item.clone())).copied()
    }

    /// The number of the span that `link` cites.
    pub(crate) fn span_of(&self, link: &Link) -> Option<usize> {
        self.span_of.get(&(link.place.file.clone(), link.place.span)).copied()
    }

    /// The number of the documentation that `link` cites.
    pub(crate) fn doc_of(&self, link: &Link) -> Option<usize> {
        self.doc_of.get(&(link.place.file.clone(), link.place.span)).copied()
    }

    /// The number of the corpus of the target that `link` cites from.
    pub(crate) fn corpus_of(&self, link: &Link) -> Option<usize> {
        let target = corpus::target_of(&link.place.file);
        self.corpora.iter().position(|(name, _)| *name == target)
    }
}
