//! From a trace and what was executed to evidence: the one place where levels are decided.
//!
//! A level is the minimum over all that is owed. What is not known is never counted as good.

use crate::citation::Kind;
use crate::evidence::{Code, Corpus, Outcome, Proof, Reach, Requirement, Test, Waiver, Witness};
use crate::run::{Execution, Ran, Reached};
use crate::scan::Link;
use crate::spec::{Specification, Stated};
use crate::{Class, Finding, Level, Plan, Rule, Status, Trace, corpus};

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
        self.execution.tests.get(self.plan.test_of(link)?)
    }

    /// What running the corpus `number` did.
    fn corpus(&self, number: usize) -> Option<&Ran> {
        self.execution.tests.get(self.plan.corpora.get(number)?.1)
    }

    fn is_proven(&self, link: &Link) -> bool {
        if let Some(index) = self.plan.doc_of(link) {
            return self.execution.docs.get(index).copied().unwrap_or(false);
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
        witnesses: [Kind::Model, Kind::Fuzz]
            .into_iter()
            .flat_map(links)
            .map(|link| witness(link, executed))
            .collect(),
        waiver: trace.waiver(&stated.id).map(waiver),
        next: String::new(),
    };
    let mut own = Vec::new();
    requirement.level = level(&requirement, trace, &test_links, executed, &mut own);
    let looked_for = executed.map_or(Level::L1, |executed| executed.to);
    if requirement.waiver.is_none() && !trace.is_planned(document) {
        judge_level(&requirement, trace, document, looked_for, &mut own);
        if let Some(executed) = executed {
            judge_corpora(&requirement, links(Kind::Fuzz), executed, &mut own);
        }
        findings.extend(own.into_iter().map(|finding| finding.about(&stated.id)));
    }
    let owed = requirement.owed.min(looked_for);
    (requirement.status, requirement.next) = status(&requirement, trace, document, owed, findings);
    requirement
}

/// Whether the level is what is owed, and what it once was.
fn judge_level(
    it: &Requirement,
    trace: &Trace,
    document: &Specification,
    looked_for: Level,
    findings: &mut Vec<Finding>,
) {
    let owed = it.owed.min(looked_for);
    if it.level < owed && findings.is_empty() && !has_gate(trace, &it.id) {
        let message = format!("{} is at {}, it owes {owed}", it.id, it.level);
        findings.push(
            Finding::new(Rule::BelowMinimum, &document.file, it.line, message).help(
                "a citing test was not run: its package is excluded, or cannot list its tests",
            ),
        );
    }
    let accepted = trace.lock.entries.get(&it.id).map_or(Level::L0, |it| it.level);
    //= SRS_TRACE_01_032
    if it.level < accepted.min(looked_for) {
        let message = format!("{} is at {}, {accepted} was accepted", it.id, it.level);
        findings.push(Finding::new(Rule::BelowLock, &document.file, it.line, message).help(
            "mend what was lost: a level is given up only with the link or the text that had it",
        ));
    }
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

/// Whether the corpus of each citing fuzz target executes cited code; one that did not pass says nothing.
fn judge_corpora<'a>(
    it: &Requirement,
    fuzz_links: impl Iterator<Item = &'a Link>,
    executed: Executed<'_>,
    findings: &mut Vec<Finding>,
) {
    for link in fuzz_links.filter(|_| Level::L3 <= executed.to && !it.code.is_empty()) {
        let Some(corpus) = executed.plan.corpus_of(link) else { continue };
        let has_passed = executed.corpus(corpus).is_some_and(|it| it.outcome == Outcome::Passed);
        if has_passed && !it.code.iter().any(|code| code.corpora.contains(&corpus)) {
            //= SRS_TRACE_50_001
            let message = format!(
                "no committed input of `{}` executes the code that {} cites",
                corpus::target_of(&link.place.file),
                it.id
            );
            findings.push(
                Finding::new(Rule::HollowCorpus, &link.place.file, link.line, message)
                    .help("commit an input that reaches it, or take the citation off the target"),
            );
        }
    }
}

/// The corpora that executed the code of `link`.
fn corpora_of(link: &Link, executed: Executed<'_>) -> Vec<usize> {
    let span = executed.plan.span_of(link);
    let is_it = |it: &Reached| it.principal && Some(it.span) == span;
    let corpora = 0..executed.plan.corpora.len();
    corpora
        .filter(|it| executed.corpus(*it).is_some_and(|it| it.reaches.iter().any(is_it)))
        .collect()
}

/// The corpora that were run; one that did not pass goes to `findings`.
pub(crate) fn corpora(
    trace: &Trace,
    executed: Executed<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Corpus> {
    let mut corpora = Vec::new();
    for (index, (target, _)) in executed.plan.corpora.iter().enumerate() {
        let Some(ran) = executed.corpus(index) else { continue };
        corpora.push(Corpus {
            target: target.clone(),
            package: ran.package.clone(),
            binary: ran.binary.clone(),
            test: ran.name.clone(),
            outcome: ran.outcome,
            milliseconds: ran.milliseconds,
        });
        let (rule, what) = match ran.outcome {
            Outcome::Passed | Outcome::NotRun => continue,
            Outcome::PassedWithoutProfile if executed.to < Level::L3 => continue,
            Outcome::PassedWithoutProfile => (Rule::NoProfile, "left no profile"),
            Outcome::Failed => (Rule::FailedTest, "failed"),
            Outcome::Ignored => (Rule::IgnoredTest, "is ignored"),
            Outcome::Gone => (Rule::GoneTest, "is in no test binary"),
        };
        let file = trace.manifest.fuzz.as_ref().map_or("", |fuzz| &fuzz.file);
        //= SRS_TRACE_50_003
        let message = format!("the test `{}` of the corpus of `{target}` {what}", ran.name);
        let help = match ran.output_tail.trim() {
            "" => "`[fuzz]` in the manifest names the test that runs a corpus".to_owned(),
            tail => format!("its output ends:\n{tail}"),
        };
        findings.push(Finding::new(rule, file, 1, message).help(help));
    }
    corpora
}

fn code(link: &Link, executed: Option<Executed<'_>>) -> Code {
    let regions = executed.and_then(|it| it.execution.spans.get(it.plan.span_of(link)?));
    Code {
        place: link.place.clone(),
        principal: link.principal,
        hash: link.hash.clone(),
        regions: regions.cloned().unwrap_or_default(),
        reached_by: Vec::new(),
        corpora: executed.map_or_else(Vec::new, |it| corpora_of(link, it)),
    }
}

fn test(link: &Link, code: &[&Link], executed: Option<Executed<'_>>) -> Test {
    let ran = executed.as_ref().and_then(|it| it.test(link));
    let reaches = executed.iter().flat_map(|it| {
        let ran = it.test(link).into_iter().flat_map(|ran| &ran.reaches);
        ran.filter_map(|reached| {
            let is_it = |link: &&Link| it.plan.span_of(link) == Some(reached.span);
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

fn witness(link: &Link, executed: Option<Executed<'_>>) -> Witness {
    let kind = link.kind.word().into();
    let corpus = executed.filter(|_| link.kind == Kind::Fuzz);
    let corpus = corpus.and_then(|it| it.plan.corpus_of(link));
    Witness { place: link.place.clone(), kind, hash: link.hash.clone(), corpus }
}

fn waiver(link: &Link) -> Waiver {
    let until = link.until.map(|date| date.to_string()).unwrap_or_default();
    Waiver { place: link.place.clone(), reason: link.reason.clone(), until }
}
