//! From cited test functions to tests in test programs, and back with their results.

use alloc::collections::{BTreeMap, BTreeSet};

use std::path::Path;

use super::build;
use super::list::Listed;
use super::pool::{Done, Job};
use super::process::Surroundings;
use super::workspace::{Target, Workspace};
use super::{Ran, Reached, Request};
use crate::{Finding, Outcome};

/// A test program that was built.
#[derive(Debug)]
pub(super) struct Listable<'a> {
    /// Its number in the coverage.
    pub(super) number: usize,
    pub(super) file: &'a build::Program,
    /// The name of its package.
    pub(super) package: &'a str,
    pub(super) surroundings: Surroundings,
}

/// The wanted tests.
#[derive(Debug)]
pub(super) struct Tests<'a> {
    /// The packages that hold them.
    pub(super) packages: BTreeSet<usize>,
    /// The arguments of cargo that select their targets.
    pub(super) targets: BTreeSet<Vec<String>>,
    wanted: Vec<Wanted<'a>>,
    /// By program and name: the spans to measure.
    runs: BTreeMap<(usize, String), BTreeSet<usize>>,
}

/// One wanted test, and where it was found.
#[derive(Debug)]
struct Wanted<'a> {
    package: String,
    /// Its package is never built.
    excluded: bool,
    candidates: Vec<(&'a Target, String)>,
    spans: &'a [usize],
    found: Found,
}

#[derive(Debug)]
enum Found {
    Gone,
    /// The program that may have it does not list its tests.
    Unlisted,
    Ignored {
        program: usize,
        name: String,
    },
    /// The names of its cases, or its own.
    Runs {
        program: usize,
        names: Vec<String>,
    },
}

impl<'a> Tests<'a> {
    /// Says in which packages and targets the tests of `request` may be.
    pub(super) fn place(workspace: &'a Workspace, root: &Path, request: &'a Request<'_>) -> Self {
        let (mut packages, mut targets) = (BTreeSet::new(), BTreeSet::new());
        let mut wanted = Vec::new();
        for test in &request.tests {
            let file = root.join(&test.file);
            let Some((index, package)) = workspace.package_of(&file) else {
                wanted.push(Wanted::nowhere(&test.spans));
                continue;
            };
            let excluded = request.exclude.contains(&package.name);
            let mut candidates = package.candidates(&file);
            for (target, module) in &mut candidates {
                *module = [module, &test.item].map(String::as_str).join("::");
                *module = module.trim_start_matches("::").into();
                if !excluded {
                    packages.insert(index);
                    targets.extend(target.flag());
                }
            }
            wanted.push(Wanted {
                package: package.name.clone(),
                excluded,
                candidates,
                spans: &test.spans,
                found: Found::Gone,
            });
        }
        for file in &request.builds {
            let file = root.join(file);
            let package = workspace.package_of(&file);
            let package = package.filter(|(_, it)| !request.exclude.contains(&it.name));
            if let Some((index, package)) = package {
                packages.insert(index);
                targets.extend(package.candidates(&file).iter().filter_map(|it| it.0.flag()));
            }
        }
        Self { packages, targets, wanted, runs: BTreeMap::new() }
    }

    /// Finds the tests in the lists of `programs`.
    pub(super) fn find(
        &mut self,
        programs: &[Listable<'_>],
        scratch: &Path,
        findings: &mut Vec<Finding>,
    ) {
        let mut listed: BTreeMap<usize, Option<Listed>> = BTreeMap::new();
        for wanted in self.wanted.iter_mut().filter(|it| !it.excluded) {
            for (target, name) in &wanted.candidates {
                let is = |it: &Listable<'_>| {
                    it.package == wanted.package && it.file.target.label() == target.label()
                };
                let Some(index) = programs.iter().position(is) else { continue };
                let Some(program) = programs.get(index) else { continue };
                let list = listed.entry(index).or_insert_with(|| {
                    Listed::of(program.file, &program.surroundings, scratch)
                        .map_err(|finding| findings.push(finding))
                        .ok()
                });
                let Some(list) = list else {
                    wanted.found = Found::Unlisted;
                    continue;
                };
                let names = list.find(name);
                if let Some(name) = names.iter().find(|it| list.is_ignored(it)) {
                    wanted.found = Found::Ignored { program: index, name: (*name).into() };
                    break;
                }
                if !names.is_empty() {
                    let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
                    for name in &names {
                        let spans = self.runs.entry((index, name.clone())).or_default();
                        spans.extend(wanted.spans);
                    }
                    wanted.found = Found::Runs { program: index, names };
                    break;
                }
            }
        }
    }

    /// What is to run: each test once, whatever cites it.
    pub(super) fn jobs<'b>(&self, programs: &'b [Listable<'_>]) -> Vec<Job<'b>> {
        let job = |((program, name), spans): (&(usize, String), &BTreeSet<usize>)| {
            let program = programs.get(*program)?;
            Some(Job {
                program: &program.file.path,
                name: name.clone(),
                surroundings: &program.surroundings,
                object: program.number,
                spans: spans.iter().copied().collect(),
            })
        };
        self.runs.iter().filter_map(job).collect()
    }

    /// The same runs, for people: a command per program.
    pub(super) fn commands(&self, programs: &[Listable<'_>], features: &[String]) -> Vec<String> {
        let mut commands: BTreeMap<usize, String> = BTreeMap::new();
        for (index, name) in self.runs.keys() {
            let Some(program) = programs.get(*index) else { continue };
            let command = commands.entry(*index).or_insert_with(|| {
                let mut parts =
                    vec!["test".to_owned(), "-p".to_owned(), program.package.to_owned()];
                parts.extend(program.file.target.flag().unwrap_or_default());
                parts.extend(features.iter().cloned());
                format!("{} -- --exact", super::command(&parts, false))
            });
            command.push(' ');
            command.push_str(name);
        }
        commands.into_values().collect()
    }

    /// The wanted tests with the results of what was run, which are in the order of the jobs.
    pub(super) fn judge(&self, programs: &[Listable<'_>], done: &[Done]) -> Vec<Ran> {
        let results: BTreeMap<_, &Done> = self.runs.keys().zip(done).collect();
        self.wanted
            .iter()
            .map(|wanted| {
                let label = |program: usize| {
                    programs.get(program).map(|it| it.file.target.label()).unwrap_or_default()
                };
                let mut ran = wanted.not_run();
                match &wanted.found {
                    Found::Gone | Found::Unlisted => {}
                    Found::Ignored { program, name } => {
                        ran.binary = label(*program);
                        ran.name.clone_from(name);
                    }
                    Found::Runs { program, names } => {
                        ran.binary = label(*program);
                        let cases = names.iter().filter_map(|name| {
                            results.get(&(*program, name.clone())).map(|done| (name, *done))
                        });
                        ran.add(cases, wanted.spans);
                    }
                }
                ran
            })
            .collect()
    }
}

impl<'a> Wanted<'a> {
    fn nowhere(spans: &'a [usize]) -> Self {
        Self {
            package: String::new(),
            excluded: false,
            candidates: Vec::new(),
            spans,
            found: Found::Gone,
        }
    }

    fn not_run(&self) -> Ran {
        let outcome = match self.found {
            Found::Gone if !self.excluded => Outcome::Gone,
            Found::Ignored { .. } => Outcome::Ignored,
            Found::Gone | Found::Unlisted | Found::Runs { .. } => Outcome::NotRun,
        };
        Ran {
            outcome,
            package: self.package.clone(),
            binary: String::new(),
            name: self.candidates.first().map(|it| it.1.clone()).unwrap_or_default(),
            milliseconds: 0,
            output_tail: String::new(),
            foreign_profile: false,
            reaches: Vec::new(),
        }
    }
}

impl Ran {
    /// Adds what the cases of a test did; the worst outcome among them is its own.
    fn add<'a>(&mut self, cases: impl Iterator<Item = (&'a String, &'a Done)>, cited: &[usize]) {
        for (number, (name, done)) in cases.enumerate() {
            if number == 0 {
                self.outcome = done.outcome;
                self.name.clone_from(name);
            } else {
                self.outcome = worse(self.outcome, done.outcome);
                self.name = format!("{}, {name}", self.name);
            }
            self.milliseconds = self.milliseconds.saturating_add(done.milliseconds);
            self.foreign_profile |= done.foreign;
            if self.output_tail.is_empty() {
                self.output_tail.clone_from(&done.output_tail);
            }
            for reached in done.reaches.iter().filter(|it| cited.contains(&it.span)) {
                match self.reaches.iter_mut().find(|it| it.span == reached.span) {
                    Some(known) => known.add(reached),
                    None => self.reaches.push(reached.clone()),
                }
            }
        }
    }
}

impl Reached {
    fn add(&mut self, other: &Self) {
        self.principal |= other.principal;
        self.regions.extend(&other.regions);
        self.regions.sort_unstable();
        self.regions.dedup();
    }
}

/// The worse of two outcomes of tests that ran.
fn worse(one: Outcome, other: Outcome) -> Outcome {
    let rank = |outcome| match outcome {
        Outcome::Passed => 0,
        Outcome::PassedWithoutProfile => 1,
        Outcome::Ignored => 2,
        Outcome::Gone => 3,
        Outcome::NotRun => 4,
        Outcome::Failed => 5,
    };
    if rank(other) > rank(one) { other } else { one }
}
