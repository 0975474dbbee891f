//! From counters to spans: which regions of the cited code a process executed.
//!
//! The compiler counts regions, mostly single expressions: a keyword or a brace is in none. A block was entered
//! when any region in it was executed, but for one: the closing brace of an `if` without `else` is the
//! region of the branch that was *not* taken.

use alloc::collections::BTreeSet;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::count::Counts;
use super::mapping::{Counter, Record};
use super::object::Object;
use super::profile::Profile;
use super::source::Source;
use super::{Reached, WantedSpan};
use crate::Span;

/// All that is known of the wanted spans in the objects that were read.
#[derive(Debug)]
pub(super) struct Coverage {
    wanted: Vec<(usize, WantedSpan)>,
    files: Files,
    objects: Vec<Instrumented>,
    spans: Vec<Known>,
}

/// The regions of one wanted span.
#[derive(Debug, Default)]
struct Known {
    regions: Vec<Span>,
    /// Any of these, executed, shows that the principal part was.
    principal: Vec<Span>,
}

/// What one object says of the wanted files.
#[derive(Debug)]
struct Instrumented {
    functions: Vec<u8>,
    records: Vec<Record>,
    /// By file and span: the counters of the region, each with its record.
    regions: HashMap<(usize, Span), Vec<(usize, Counter)>>,
    /// By file: the last region of each function.
    ends: BTreeSet<(usize, Span)>,
}

/// What the profiles of one test said.
#[derive(Debug, Default)]
pub(super) struct Measured {
    pub(super) reaches: Vec<Reached>,
    /// Objects, by their number, that a profile belongs to.
    pub(super) objects: BTreeSet<usize>,
    /// Whether a profile belongs to no object.
    pub(super) foreign: bool,
    /// Why a profile could not be read.
    pub(super) unreadable: Option<String>,
}

impl Coverage {
    pub(super) fn new(root: &Path, spans: &[WantedSpan]) -> Self {
        let mut files = Files::new(root);
        let wanted = spans.iter().map(|span| (files.add(&span.file), span.clone())).collect();
        Self { wanted, files, objects: Vec::new(), spans: Vec::new() }
    }

    /// Reads the object at `path`; its number is its place in the order of the calls, also if that fails.
    pub(super) fn add(&mut self, path: &Path) -> Result<(), String> {
        let read = Object::read(path, |base, name| self.files.find(base, name).is_some());
        let (object, outcome) = match read {
            Ok(object) => (object, Ok(())),
            Err(why) => (Object::default(), Err(why)),
        };
        let mut regions: HashMap<_, Vec<_>> = HashMap::new();
        let mut ends = BTreeSet::new();
        for (index, record) in object.records.iter().enumerate() {
            let Some(names) = object.tables.get(&record.files) else { continue };
            let base = names.first().map_or("", String::as_str);
            let mut last: Option<(usize, Span)> = None;
            for region in &record.regions {
                let file = names.get(region.file).and_then(|name| self.files.find(base, name));
                let Some(file) = file else { continue };
                let Some(source) = self.files.sources.get(file) else { continue };
                let span = source.span(region.start, region.end);
                regions.entry((file, span)).or_default().push((index, region.counter));
                if last.is_none_or(|(_, last)| last.end() < span.end()) {
                    last = Some((file, span));
                }
            }
            ends.extend(last);
        }
        let Object { functions, records, .. } = object;
        self.objects.push(Instrumented { functions, records, regions, ends });
        outcome
    }

    /// Looks the regions of all wanted spans up in the objects read so far.
    pub(super) fn resolve(&mut self) {
        let objects = || self.objects.iter();
        let all: BTreeSet<(usize, Span)> =
            objects().flat_map(|it| it.regions.keys().copied()).collect();
        let ends: BTreeSet<(usize, Span)> =
            objects().flat_map(|it| it.ends.iter().copied()).collect();
        let of = |file: usize, set: &BTreeSet<(usize, Span)>| -> BTreeSet<Span> {
            set.iter().filter(|it| it.0 == file).map(|it| it.1).collect()
        };
        let files = 0..self.files.sources.len();
        let files: Vec<_> = files.map(|file| (of(file, &all), of(file, &ends))).collect();
        let known = |(file, wanted): &(usize, WantedSpan)| {
            let (all, ends) = files.get(*file)?;
            Some(Known::of(wanted, all, ends, self.files.sources.get(*file)?))
        };
        self.spans = self.wanted.iter().map(|it| known(it).unwrap_or_default()).collect();
    }

    /// Whether there is a wanted span without regions.
    pub(super) fn is_incomplete(&self) -> bool {
        self.wanted
            .iter()
            .zip(&self.spans)
            .any(|((_, wanted), known)| wanted.principal.is_some() && known.regions.is_empty())
    }

    //= SRS_TRACE_01_027
    /// The regions of each wanted span.
    pub(super) fn regions(&self) -> Vec<Vec<Span>> {
        self.spans.iter().map(|known| known.regions.clone()).collect()
    }

    /// What the profiles `octets` say of the wanted spans `cited`.
    pub(super) fn measure(&self, octets: &[Vec<u8>], cited: &[usize]) -> Measured {
        let mut measured = Measured::default();
        let mut counted = Vec::new();
        for octets in octets {
            let profile = match Profile::read(octets) {
                Ok(profile) => profile,
                Err(malformed) => {
                    measured.unreadable = Some(malformed.to_string());
                    continue;
                }
            };
            let owner =
                self.objects.iter().enumerate().find(|(_, it)| profile.is_of(&it.functions));
            match owner {
                Some((number, object)) => {
                    measured.objects.insert(number);
                    counted.push((object, Counts::new(profile)));
                }
                None => measured.foreign = true,
            }
        }
        for &cited in cited {
            let Some(known) = self.spans.get(cited) else { continue };
            let Some((file, _)) = self.wanted.get(cited) else { continue };
            let mut hit = |span: &Span| {
                counted.iter_mut().any(|(object, counts)| object.count(counts, *file, *span) > 0)
            };
            let regions = known.regions.iter().enumerate().filter(|(_, span)| hit(span));
            let regions: Vec<usize> = regions.map(|(index, _)| index).collect();
            let principal = known.principal.iter().any(&mut hit);
            if principal || !regions.is_empty() {
                measured.reaches.push(Reached { span: cited, regions, principal });
            }
        }
        measured
    }

    /// How often the region `span` of the wanted span `cited` was executed, as one profile says.
    pub(super) fn count(&self, octets: &[u8], cited: usize, region: usize) -> Option<u64> {
        let mut counts = Counts::new(Profile::read(octets).ok()?);
        let (file, _) = self.wanted.get(cited)?;
        let span = self.spans.get(cited)?.regions.get(region)?;
        let object = self.objects.iter().find(|it| counts.profile.is_of(&it.functions))?;
        Some(object.count(&mut counts, *file, *span))
    }
}

impl Instrumented {
    /// How often a region was executed: of all instances of a generic function, the largest number.
    fn count(&self, counts: &mut Counts<'_>, file: usize, span: Span) -> u64 {
        let counters = self.regions.get(&(file, span)).map_or(&[][..], Vec::as_slice);
        let counted = counters.iter().filter_map(|(index, counter)| {
            let record = self.records.get(*index)?;
            Some(counts.of(*index, record, *counter))
        });
        counted.max().unwrap_or(0)
    }
}

impl Known {
    fn of(
        wanted: &WantedSpan,
        all: &BTreeSet<Span>,
        ends: &BTreeSet<Span>,
        source: &Source,
    ) -> Self {
        let Some(principal) = wanted.principal else { return Self::default() };
        let inside = |outer: Span| all.iter().copied().filter(move |it| outer.contains(*it));
        let around = |point| {
            let holding = all.iter().copied().filter(|it| it.holds(point));
            holding.max_by_key(|it| (it.start(), core::cmp::Reverse(it.end())))
        };
        let mut regions: Vec<Span> = inside(wanted.span).collect();
        if regions.is_empty() {
            regions.extend(around(wanted.span.start()));
        }
        let closing = |it: &Span| is_closing_brace(*it, principal, source);
        //= SRS_TRACE_01_025
        let (braces, mut shows): (Vec<Span>, Vec<Span>) = inside(principal).partition(closing);
        if shows.is_empty() && !braces.is_empty() {
            // The body of a function that does nothing: its brace is the last of all its regions. After the
            // brace of a branch comes another one, and a branch that holds but items shows nothing.
            let principal = braces.into_iter().filter(|it| ends.contains(it)).collect();
            return Self { regions, principal };
        }
        if shows.is_empty() {
            shows.extend(around(principal.start()));
        }
        Self { regions, principal: shows }
    }
}

/// Whether `region` is but the closing brace of `block`.
fn is_closing_brace(region: Span, block: Span, source: &Source) -> bool {
    region.end() == block.end()
        && region.start() > block.start()
        && region.line == region.end_line
        && region.column.saturating_add(1) == region.end_column
        && source.character(region.line, region.column) == Some('}')
}

/// The wanted files, and which of them a name in a coverage map means.
#[derive(Debug)]
struct Files {
    root: PathBuf,
    paths: Vec<PathBuf>,
    names: Vec<String>,
    sources: Vec<Source>,
    found: HashMap<PathBuf, Option<usize>>,
}

impl Files {
    fn new(root: &Path) -> Self {
        Self {
            root: root.into(),
            paths: Vec::new(),
            names: Vec::new(),
            sources: Vec::new(),
            found: HashMap::new(),
        }
    }

    fn add(&mut self, file: &str) -> usize {
        if let Some(index) = self.names.iter().position(|it| it == file) {
            return index;
        }
        let path = self.root.join(file);
        // A file that cannot be read has no lines: none of its regions is found.
        self.sources.push(Source::new(&fs::read_to_string(&path).unwrap_or_default()));
        self.paths.push(path.canonicalize().unwrap_or(path));
        self.names.push(file.into());
        self.names.len().saturating_sub(1)
    }

    /// The wanted file that the compiler, working in `base`, called `name`.
    fn find(&mut self, base: &str, name: &str) -> Option<usize> {
        let path = Path::new(base).join(name);
        if let Some(found) = self.found.get(&path) {
            return *found;
        }
        let candidate = self.paths.iter().any(|it| it.file_name() == path.file_name());
        let real = candidate.then(|| path.canonicalize().ok()).flatten();
        let found = real.and_then(|real| self.paths.iter().position(|it| *it == real));
        self.found.insert(path, found);
        found
    }
}
