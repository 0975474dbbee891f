//! From a trace and what was executed to evidence: the one place where levels are decided.
//!
//! A level is the minimum over all that is owed. What is not known is never counted as good.

use alloc::collections::BTreeMap;

use crate::citation::Kind;
use crate::evidence::{Code, Outcome, Proof, Reach, Requirement, Test, Waiver, Witness};
use crate::run::{Execution, Ran, WantedDoc, WantedSpan, WantedTest};
use crate::scan::Link;
use crate::spec::{Specification, Stated};
use crate::{Class, Finding, Level, Rule, Status, Trace};

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
    test_of: BTreeMap<(String, String), usize>,
    span_of: BTreeMap<(String, crate::Span), usize>,
    doc_of: BTreeMap<(String, crate::Span), usize>,
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
        plan
    }

    fn add(&mut self, trace: &Trace, stated: &Stated) {
        let spans: Vec<usize> =
            trace.links_of(&stated.id, Kind::Code).map(|link| self.span(link)).collect();
        for link in trace.links_of(&stated.id, Kind::Test) {
            let key = (link.place.file.clone(), link.place.item.clone());
            let (file, item) = key.clone();
            let index = *self.test_of.entry(key).or_insert_with(|| {
                self.tests.push(WantedTest { file, item, spans: Vec::new() });
                self.tests.len().saturating_sub(1)
            });
            if let Some(test) = self.tests.get_mut(index) {
                test.spans.extend(&spans);
                test.spans.sort_unstable();
                test.spans.dedup();
            }
        }
        for link in trace.links_of(&stated.id, Kind::ByConstruction).filter(|link| link.is_proof) {
            if link.compile_fail {
                self.doc(link);
            } else if !self.proofs.contains(&link.place.file) {
                self.proofs.push(link.place.file.clone());
            }
        }
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
}

/// What was executed, by the plan it was executed for.
#[derive(Clone, Copy, Debug)]
pub struct Executed<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What came of it.
    pub execution: &'a Execution,
    /// The highest level that was looked for.
    pub to: Level,
}

impl Executed<'_> {
    fn test(&self, link: &Link) -> Option<&Ran> {
        let key = (link.place.file.clone(), link.place.item.clone());
        self.execution.tests.get(*self.plan.test_of.get(&key)?)
    }

    fn span(&self, link: &Link) -> Option<usize> {
        self.plan.span_of.get(&(link.place.file.clone(), link.place.span)).copied()
    }

    fn is_proven(&self, link: &Link) -> bool {
        let key = (link.place.file.clone(), link.place.span);
        if let Some(index) = self.plan.doc_of.get(&key) {
            return self.execution.docs.get(*index).copied().unwrap_or(false);
        }
        let index = self.plan.proofs.iter().position(|file| *file == link.place.file);
        index.and_then(|index| self.execution.built.get(index)).copied().unwrap_or(false)
    }
}

/// The evidence for one requirement; what is wrong with it goes to `findings`.
pub(crate) fn requirement(
    trace: &Trace,
    (document, stated): (&Specification, &Stated),
    executed: Option<Executed<'_>>,
    findings: &mut Vec<Finding>,
) -> Requirement {
    let links = |kind| trace.links_of(&stated.id, kind);
    let code_links: Vec<&Link> = links(Kind::Code).collect();
    let test_links: Vec<&Link> = links(Kind::Test).collect();
    let mut code: Vec<Code> = code_links.iter().map(|link| code(link, executed)).collect();
    let tests: Vec<Test> =
        test_links.iter().map(|link| test(link, &code_links, executed)).collect();
    for (index, test) in tests.iter().enumerate() {
        for reach in test.reaches.iter().filter(|reach| reach.principal) {
            if let Some(code) = code.get_mut(reach.code) {
                code.reached_by.push(index);
            }
        }
    }
    let mut requirement = Requirement {
        id: stated.id.clone(),
        document: document.entry.name.clone(),
        line: stated.line,
        end_line: stated.end_line,
        section: stated.section.clone(),
        strength: stated.strength,
        text: stated.text.clone(),
        text_hash: stated.hash.clone(),
        status: Status::Gap,
        level: Level::L0,
        owed: document.entry.minimum,
        code,
        tests,
        proofs: links(Kind::ByConstruction).map(proof).collect(),
        witnesses: [Kind::Model, Kind::Fuzz].into_iter().flat_map(links).map(witness).collect(),
        waiver: trace.waiver(&stated.id).map(waiver),
        next: String::new(),
    };
    let is_owed = requirement.waiver.is_none() && !trace.is_planned(document);
    let mut own = Vec::new();
    requirement.level = level(&requirement, trace, &test_links, executed, &mut own);
    let looked_for = executed.map_or(Level::L1, |executed| executed.to);
    let owed = requirement.owed.min(looked_for);
    if is_owed && requirement.level < owed && own.is_empty() && !has_gate(trace, &stated.id) {
        let message = format!("{} is at {}, it owes {owed}", stated.id, requirement.level);
        own.push(
            Finding::new(Rule::BelowMinimum, &document.file, stated.line, message).help(
                "a citing test was not run: its package is excluded, or cannot list its tests",
            ),
        );
    }
    let accepted = trace.lock.entries.get(&stated.id).map_or(Level::L0, |it| it.level);
    //= SRS_TRACE_01_032
    if is_owed && requirement.level < accepted.min(looked_for) {
        let message = format!("{} is at {}, {accepted} was accepted", stated.id, requirement.level);
        own.push(Finding::new(Rule::BelowLock, &document.file, stated.line, message).help(
            "mend what was lost: a level is given up only with the link or the text that had it",
        ));
    }
    if !is_owed {
        own.clear();
    }
    findings.extend(own.into_iter().map(|finding| finding.about(&stated.id)));
    (requirement.status, requirement.next) = status(&requirement, trace, document, owed, findings);
    requirement
}

fn has_gate(trace: &Trace, id: &str) -> bool {
    let mut about = trace.findings.iter().filter(|it| it.id.as_deref() == Some(id));
    about.any(|it| it.class() == Class::Gate)
}

fn status(
    it: &Requirement,
    trace: &Trace,
    document: &Specification,
    owed: Level,
    findings: &[Finding],
) -> (Status, String) {
    let about = || {
        trace.findings.iter().chain(findings).filter(|finding| finding.id.as_ref() == Some(&it.id))
    };
    let next = |class| about().find(|it| it.class() == class).map(|it| it.help.clone());
    if it.waiver.is_some() {
        (Status::Waived, String::new())
    } else if trace.is_planned(document) {
        (Status::Planned, String::new())
    } else if it.level < owed || about().any(|it| it.class() == Class::Gate) {
        (Status::Gap, next(Class::Gate).unwrap_or_default())
    } else if about().any(|it| it.class() == Class::Suspect) {
        (Status::Suspect, next(Class::Suspect).unwrap_or_default())
    } else {
        (Status::Met, String::new())
    }
}

/// The level of `it`: the minimum over its obligations.
fn level(
    it: &Requirement,
    trace: &Trace,
    test_links: &[&Link],
    executed: Option<Executed<'_>>,
    findings: &mut Vec<Finding>,
) -> Level {
    let proofs: Vec<&Link> =
        trace.links_of(&it.id, Kind::ByConstruction).filter(|link| link.is_proof).collect();
    let is_cited = !it.code.is_empty() || !it.proofs.is_empty();
    let is_tested = !it.tests.is_empty() || (it.code.is_empty() && !proofs.is_empty());
    if !is_cited || !is_tested {
        return Level::L0;
    }
    let Some(executed) = executed else { return Level::L1 };
    let mut has_passed = proofs.iter().all(|link| executed.is_proven(link));
    for link in proofs.iter().filter(|link| !executed.is_proven(link)) {
        let (rule, message, help) = if link.compile_fail {
            (
                Rule::FailedTest,
                format!("the example on `{}` compiles, or was not run", link.place.item),
                "it must fail to compile, and for the reason that the citation gives",
            )
        } else {
            (
                Rule::NoProof,
                "the file was not compiled, so the compiler has proved nothing".to_owned(),
                "mind `cfg` and missing `mod` lines",
            )
        };
        findings.push(Finding::new(rule, &link.place.file, link.line, message).help(help));
    }
    for (test, link) in it.tests.iter().zip(test_links) {
        has_passed &= judge_outcome(test, link, executed, findings);
    }
    if !has_passed {
        return Level::L1;
    }
    if executed.to < Level::L3 {
        return Level::L2;
    }
    if judge_reach(it, test_links, executed, findings) { Level::L3 } else { Level::L2 }
}

/// Whether the test ran and passed.
fn judge_outcome(
    test: &Test,
    link: &Link,
    executed: Executed<'_>,
    findings: &mut Vec<Finding>,
) -> bool {
    let name = &test.place.item;
    let (rule, message, help) = match test.outcome {
        Outcome::Passed | Outcome::PassedWithoutProfile => return true,
        Outcome::NotRun => return false,
        //= SRS_TRACE_01_028
        Outcome::Ignored => (
            Rule::IgnoredTest,
            format!("`{name}` is ignored: it never runs"),
            "take the mark off, or cite a test that runs".to_owned(),
        ),
        //= SRS_TRACE_01_029
        Outcome::Gone => (
            Rule::GoneTest,
            format!("no test binary lists `{name}`: renamed, or not compiled"),
            "mind `cfg` and missing `mod` lines; move the citation with the test".to_owned(),
        ),
        Outcome::Failed => {
            let tail = executed.test(link).map_or("", |ran| ran.output_tail.trim());
            (Rule::FailedTest, format!("`{name}` failed"), format!("its output ends:\n{tail}"))
        }
    };
    findings.push(Finding::new(rule, &link.place.file, link.line, message).help(help));
    false
}

/// Whether each span was executed by a citing test, and each citing test executed one.
fn judge_reach(
    it: &Requirement,
    test_links: &[&Link],
    executed: Executed<'_>,
    findings: &mut Vec<Finding>,
) -> bool {
    if it.code.is_empty() {
        return true;
    }
    let before = findings.len();
    for (test, link) in it.tests.iter().zip(test_links) {
        let is_foreign = executed.test(link).is_some_and(|ran| ran.foreign_profile);
        let has_profile = test.outcome != Outcome::PassedWithoutProfile;
        let (rule, message, help) = if !has_profile && is_foreign {
            (
                Rule::ForeignProfile,
                format!("`{}` left only the profile of another program", test.place.item),
                "build again; programs that a test starts do not count for it",
            )
        } else if !has_profile {
            (
                Rule::NoProfile,
                format!(
                    "`{}` passed and left no profile: what it executed is unknown",
                    test.place.item
                ),
                "a test that aborts or exits leaves none: let it return",
            )
        } else if test.reaches.iter().any(|reach| reach.principal) {
            continue;
        } else {
            (
                //= SRS_TRACE_01_030
                Rule::HollowTest,
                format!("`{}` never executes the code that {} cites", test.place.item, it.id),
                "test what the code does, or cite the code that the test is about",
            )
        };
        findings.push(Finding::new(rule, &link.place.file, link.line, message).help(help));
    }
    for code in &it.code {
        let place = &code.place;
        let (rule, message, help) = if code.regions.is_empty() {
            (
                Rule::NoRegions,
                format!("coverage knows no code in `{}` here", place.item),
                "cite the statement that does the work, or prove it by construction",
            )
        } else if code.reached_by.is_empty() {
            (
                //= SRS_TRACE_01_031
                Rule::UnreachedCode,
                format!("no test that cites {} executes this part of `{}`", it.id, place.item),
                "write the test that goes through it, or cite it where it belongs",
            )
        } else {
            continue;
        };
        findings.push(Finding::new(rule, &place.file, place.span.line, message).help(help));
    }
    findings.len() == before
}

fn code(link: &Link, executed: Option<Executed<'_>>) -> Code {
    let regions = executed.and_then(|it| it.execution.spans.get(it.span(link)?));
    Code {
        place: link.place.clone(),
        principal: link.principal,
        hash: link.hash.clone(),
        regions: regions.cloned().unwrap_or_default(),
        reached_by: Vec::new(),
    }
}

fn test(link: &Link, code: &[&Link], executed: Option<Executed<'_>>) -> Test {
    let ran = executed.as_ref().and_then(|it| it.test(link));
    let reaches = executed.iter().flat_map(|it| {
        let ran = it.test(link).into_iter().flat_map(|ran| &ran.reaches);
        ran.filter_map(|reached| {
            let is_it = |link: &&Link| it.span(link) == Some(reached.span);
            let regions = reached.regions.clone();
            let code = code.iter().position(is_it)?;
            Some(Reach { code, regions, principal: reached.principal })
        })
    });
    let mut reaches: Vec<Reach> = reaches.collect();
    reaches.sort_by_key(|reach| reach.code);
    Test {
        place: link.place.clone(),
        hash: link.hash.clone(),
        package: ran.map(|it| it.package.clone()).unwrap_or_default(),
        binary: ran.map(|it| it.binary.clone()).unwrap_or_default(),
        outcome: ran.map_or(Outcome::NotRun, |it| it.outcome),
        milliseconds: ran.map_or(0, |it| it.milliseconds),
        reaches,
    }
}

fn proof(link: &Link) -> Proof {
    Proof { place: link.place.clone(), hash: link.hash.clone(), reason: link.reason.clone() }
}

fn witness(link: &Link) -> Witness {
    let kind = link.kind.word().into();
    Witness { place: link.place.clone(), kind, hash: link.hash.clone() }
}

fn waiver(link: &Link) -> Waiver {
    let until = link.until.map(|date| date.to_string()).unwrap_or_default();
    Waiver { place: link.place.clone(), reason: link.reason.clone(), until }
}
