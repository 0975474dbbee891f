//! Documents, citations and lock of a project, joined: what is known without running anything.

use alloc::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::citation::Kind;
use crate::hash::sha256;
use crate::lock::{Accepted, Accord, Lock, compare};
use crate::manifest::{Manifest, Project};
use crate::scan::{self, Link};
use crate::spec::{self, Specification, Stated};
use crate::{Finding, Input, Level, Rule, corpus};

/// The name of the lock beside the manifest.
const LOCK: &str = "trace.lock";
/// More ids than this in one test are worth a word.
const HEAP: usize = 5;

/// A project's requirements and citations.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Where the project lies.
    pub project: Project,
    /// What the project says about its requirements.
    pub manifest: Manifest,
    /// The documents, in the order of the manifest.
    pub documents: Vec<Specification>,
    /// The links of each requirement, in the order of files and lines.
    pub links: BTreeMap<String, Vec<Link>>,
    /// What was accepted.
    pub lock: Lock,
    /// The files that were read.
    pub inputs: Vec<Input>,
    /// What is wrong, sorted by file and line.
    pub findings: Vec<Finding>,
    /// The day for which dates are judged.
    pub today: Date,
}

impl Trace {
    /// Reads and judges `project` as of `today`.
    ///
    /// # Errors
    ///
    /// Returns a finding when there is no usable manifest.
    pub fn load(project: &Project, today: Date) -> Result<Self, Finding> {
        let manifest = project.manifest()?;
        let mut findings = Vec::new();
        let documents: Vec<Specification> = manifest
            .documents
            .iter()
            .map(|entry| spec::read(project, entry, &mut findings))
            .collect();
        let scan = scan::scan(project, &manifest);
        findings.extend(scan.findings);
        let mut links: BTreeMap<String, Vec<Link>> = BTreeMap::new();
        for link in scan.links {
            links.entry(link.id.clone()).or_default().push(link);
        }
        let mut inputs = scan.inputs;
        for document in &documents {
            if let Ok(text) = project.read(&document.file) {
                let file = document.file.clone();
                inputs.push(Input { file, sha256: sha256(text.as_bytes()) });
            }
        }
        let lock_file = project.beside(LOCK);
        let lock = project.read(&lock_file).ok();
        let lock =
            lock.map_or_else(Lock::default, |text| Lock::parse(&lock_file, &text, &mut findings));
        let mut trace = Self {
            project: project.clone(),
            manifest,
            documents,
            links,
            lock,
            inputs,
            findings,
            today,
        };
        trace.judge(&scan.in_text);
        trace.findings.sort_by(|a, b| {
            (&a.file, a.line, a.rule, &a.id).cmp(&(&b.file, b.line, b.rule, &b.id))
        });
        Ok(trace)
    }

    /// All requirements with their documents.
    pub fn requirements(&self) -> impl Iterator<Item = (&Specification, &Stated)> {
        self.documents.iter().flat_map(|it| it.requirements.iter().map(move |stated| (it, stated)))
    }

    /// The requirement `id`.
    #[must_use]
    pub fn requirement(&self, id: &str) -> Option<(&Specification, &Stated)> {
        self.requirements().find(|(_, stated)| stated.id == id)
    }

    /// The links of `id` of the kind `kind`.
    pub fn links_of(&self, id: &str, kind: Kind) -> impl Iterator<Item = &Link> {
        self.links.get(id).into_iter().flatten().filter(move |link| link.kind == kind)
    }

    /// The waiver of `id` that holds today.
    #[must_use]
    pub fn waiver(&self, id: &str) -> Option<&Link> {
        self.links_of(id, Kind::Exception)
            .find(|link| link.until.is_some_and(|until| self.today <= until))
    }

    /// Whether nothing is owed for `document` yet.
    #[must_use]
    pub fn is_planned(&self, document: &Specification) -> bool {
        document.entry.planned_until.is_some_and(|until| self.today <= until)
    }

    /// The id among all that is most like `word`.
    #[must_use]
    pub fn nearest(&self, word: &str) -> Option<&str> {
        let ids = self.requirements().map(|(_, stated)| stated.id.as_str());
        ids.min_by_key(|id| strsim::levenshtein(id, word))
    }

    /// What `trace accept` would write for `id` at `level`.
    #[must_use]
    pub fn accord(&self, stated: &Stated, level: Level) -> Accepted {
        let links = self.links.get(&stated.id).into_iter().flatten();
        let mut links: Vec<Accord> = links
            .map(|link| Accord {
                kind: link.kind,
                item: format!("{}::{}", link.place.file, link.place.item),
                hash: link.hash.clone(),
            })
            .collect();
        links.sort();
        Accepted { text: stated.hash.clone(), level, links }
    }

    /// The lock's file, relative to the root.
    #[must_use]
    pub fn lock_file(&self) -> String {
        self.project.beside(LOCK)
    }

    fn judge(&mut self, in_text: &[(String, usize, String)]) {
        let mut findings = Vec::new();
        self.judge_ids(&mut findings);
        self.judge_mentions(&mut findings);
        self.judge_cited_ids(&mut findings);
        for (document, stated) in self.requirements() {
            if !self.is_planned(document) {
                self.judge_links(document, stated, &mut findings);
            }
            // What is wrong with a second statement of an id is that it is there.
            if self.requirement(&stated.id).is_some_and(|(_, first)| first.line == stated.line) {
                self.judge_lock(document, stated, &mut findings);
            }
        }
        for document in &self.documents {
            if let Some(until) = document.entry.planned_until.filter(|until| *until < self.today) {
                let message = format!("was planned until {until}");
                let finding = Finding::new(Rule::PlanExpired, &document.file, 1, message);
                findings.push(finding.help("implement it and take `planned-until` out"));
            }
        }
        for (file, line, id) in in_text {
            if self.requirement(id).is_some() {
                let message = format!("the citation of {id} stands in a string or documentation");
                let finding = Finding::new(Rule::CitationInText, file, *line, message).about(id);
                findings.push(finding.help("only a comment cites: write it as one, or reword it"));
            }
        }
        self.judge_stale(&mut findings);
        self.findings.extend(findings);
    }

    fn judge_ids(&self, findings: &mut Vec<Finding>) {
        let mut seen: BTreeMap<&str, (&str, &Stated)> = BTreeMap::new();
        for (document, stated) in self.requirements() {
            let Some((file, first)) = seen.insert(&stated.id, (&document.file, stated)) else {
                continue;
            };
            let same = first.hash == stated.hash;
            let (rule, what) = if same {
                (Rule::Restated, "again, with the same text,")
            } else {
                (Rule::DuplicateId, "with another text")
            };
            //= SRS_TRACE_01_007
            let message = format!("{} stands {what} at {file}:{}", stated.id, first.line);
            let finding = Finding::new(rule, &document.file, stated.line, message);
            findings.push(finding.about(&stated.id).help("give each meaning an id of its own"));
        }
    }

    fn judge_mentions(&self, findings: &mut Vec<Finding>) {
        let known: BTreeSet<&str> = self.requirements().map(|(_, it)| it.id.as_str()).collect();
        for name in &self.manifest.mentions {
            let file = self.project.beside(name);
            match self.project.read(&file) {
                Err(finding) => findings.push(finding),
                Ok(text) => {
                    let unknown =
                        spec::mentions(&text).filter(|(_, word)| self.is_unknown(word, &known));
                    //= SRS_TRACE_01_008
                    findings.extend(unknown.map(|(line, id)| self.unknown(&file, line, id)));
                }
            }
        }
    }

    /// Whether `word` begins as the ids of a document do and is none of them.
    fn is_unknown(&self, word: &str, known: &BTreeSet<&str>) -> bool {
        let family = |id: &str| id.split('_').next().map(str::to_owned);
        !known.contains(word)
            && self.requirements().any(|(_, stated)| family(&stated.id) == family(word))
    }

    //= SRS_TRACE_01_015
    fn unknown(&self, file: &str, line: usize, id: &str) -> Finding {
        let finding = Finding::new(Rule::UnknownId, file, line, format!("{id} is in no document"));
        match self.nearest(id) {
            Some(nearest) => finding.help(format!("did you mean {nearest}?")),
            None => finding,
        }
        .about(id)
    }

    fn judge_cited_ids(&self, findings: &mut Vec<Finding>) {
        let known: BTreeSet<&str> = self.requirements().map(|(_, it)| it.id.as_str()).collect();
        let mut per_test: BTreeMap<(&str, usize, &str), usize> = BTreeMap::new();
        for link in self.links.values().flatten() {
            if !known.contains(link.id.as_str()) {
                findings.push(self.unknown(&link.place.file, link.line, &link.id));
            }
            if link.kind == Kind::Test {
                let key =
                    (link.place.file.as_str(), link.place.span.line, link.place.item.as_str());
                let count = per_test.entry(key).or_default();
                *count = count.saturating_add(1);
            }
        }
        for ((file, line, item), count) in per_test {
            if HEAP < count {
                let message = format!("`{item}` cites {count} requirements");
                let finding = Finding::new(Rule::HeapedTest, file, line, message);
                findings.push(finding.help("narrower tests say more"));
            }
        }
    }

    fn judge_links(&self, document: &Specification, stated: &Stated, findings: &mut Vec<Finding>) {
        let id = stated.id.as_str();
        let mut push = |rule, link: Option<&Link>, message: String, help: String| {
            let (file, line) =
                link.map_or((document.file.as_str(), stated.line), |it| (&it.place.file, it.line));
            findings.push(Finding::new(rule, file, line, message).about(id).help(help));
        };
        for link in self.links_of(id, Kind::Exception) {
            if let Some(until) = link.until.filter(|until| *until < self.today) {
                let message = format!("the waiver of {id} ended on {until}");
                push(
                    Rule::WaiverExpired,
                    Some(link),
                    message,
                    "implement it, or decide anew".into(),
                );
            }
        }
        if self.waiver(id).is_some() {
            return;
        }
        if let Some(fuzz) = &self.manifest.fuzz {
            let targets = corpus::targets(&self.project, fuzz);
            for link in self.links_of(id, Kind::Fuzz) {
                let target = corpus::target_of(&link.place.file);
                //= SRS_TRACE_50_002
                if !targets.iter().any(|it| it == target) {
                    let message = format!("there is no input in {}/{target}", fuzz.corpora);
                    let help = "commit inputs: without them the citation claims what nothing shows";
                    push(Rule::MissingCorpus, Some(link), message, help.into());
                }
            }
        }
        let has = |kind| self.links_of(id, kind).next().is_some();
        for link in self.links_of(id, Kind::ByConstruction).filter(|link| !link.is_proof) {
            if !has(Kind::Test) {
                let message = format!("`{}` proves nothing by itself", link.place.item);
                let help =
                    "put it above a `const _` that fails to compile when it is false, an item \
                    with a `compile_fail` example, or cite a test"
                        .into();
                push(Rule::NoProof, Some(link), message, help);
            }
        }
        let by_construction = has(Kind::ByConstruction);
        if !has(Kind::Code) && !by_construction {
            let help = format!("write `//= {id}` above the code that satisfies it");
            push(Rule::MissingCode, None, format!("no code cites {id}"), help);
        }
        if !has(Kind::Test) && (has(Kind::Code) || !by_construction) {
            let help = format!("`trace new {id}` prints a test to begin with");
            push(Rule::MissingTest, None, format!("no test cites {id}"), help);
        }
    }

    fn judge_lock(&self, document: &Specification, stated: &Stated, findings: &mut Vec<Finding>) {
        let id = stated.id.as_str();
        let help = format!("read it, then `trace accept {id}` in the same change");
        let mut push = |rule, link: Option<&Link>, message: String| {
            let (file, line) =
                link.map_or((document.file.as_str(), stated.line), |it| (&it.place.file, it.line));
            findings.push(Finding::new(rule, file, line, message).about(id).help(help.clone()));
        };
        let now = self.accord(stated, Level::L0);
        let Some(accepted) = self.lock.entries.get(id) else {
            push(Rule::NewLink, None, format!("{id} and its links were never accepted"));
            return;
        };
        //= SRS_TRACE_01_019
        if accepted.text != now.text {
            push(Rule::TextChanged, None, format!("the text of {id} changed"));
        }
        for (rule, accord) in compare(&now.links, &accepted.links) {
            let link = self.links.get(id).into_iter().flatten().find(|link| {
                link.hash == accord.hash && accord.item.ends_with(link.place.item.as_str())
            });
            let what = if rule == Rule::NewLink {
                "is a new link"
            } else if rule == Rule::StaleLock {
                "is cited no more"
            } else {
                "changed"
            };
            push(rule, link, format!("{} {what}", accord.item));
        }
    }

    fn judge_stale(&self, findings: &mut Vec<Finding>) {
        let known: BTreeSet<&str> = self.requirements().map(|(_, it)| it.id.as_str()).collect();
        for id in self.lock.entries.keys().filter(|id| !known.contains(id.as_str())) {
            let message = format!("{id} was accepted and is in no document");
            let finding = Finding::new(Rule::StaleLock, &self.lock_file(), 1, message).about(id);
            findings.push(finding.help(format!("`trace accept {id}` takes it out of the lock")));
        }
    }
}
