//! Each way in which a run can fail, shown by a toy that fails in just this way.
#![cfg(test)]

use core::net::Ipv4Addr;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, thread};

use clap::Parser;
use tempfile::TempDir;
use xiom_model::cli::{self, Arguments, Bars, Lines};
use xiom_model::models::Size;
use xiom_model::report::{self, Killed, Mutant, Report};
use xiom_model::run::{
    Counts, Entry, KillKind, Kind, ModelResult, Options, PropertyResult, Quiet, Saved, Standing,
    Subject, all, kills,
};

#[path = "report/toys.rs"]
mod toys;

use toys::{Flaw, SHARP, Toy};

const HEARD: &str = "no third knock is heard";
const OPENS: &str = "it opens";
const CLOSES: &str = "closing ends";
const CUTS: &str = "the same inputs come to the same, however they are cut";

fn run(flaw: Flaw, subject: Subject, expects: &[(&'static str, usize)]) -> ModelResult {
    let entry = Toy::entry(flaw, subject).expecting(expects);
    entry.run(Size::Small, &Options::default(), &Quiet)
}

fn property<'a>(result: &'a ModelResult, name: &str) -> &'a PropertyResult {
    result.properties.iter().find(|it| it.name == name).unwrap()
}

/// The toy with `flaw` fails, for this one reason.
#[track_caller]
fn fails(flaw: Flaw, reason: &str) -> ModelResult {
    let result = run(flaw, Subject::Shipped, &[]);
    assert_eq!(result.failures, [reason]);
    result
}

#[test]
fn a_sound_model_is_green() {
    let result = run(Flaw::None, Subject::Shipped, &[]);
    assert_eq!(result.failures, [""; 0]);
    assert_eq!((result.states, result.transitions, result.depth, result.inputs), (12, 11, 6, 3));
    assert_eq!(result.second.as_ref().unwrap().states, 12);
    let kinds: Vec<_> = result.properties.iter().map(|it| (it.kind, it.holds)).collect();
    let all = [Kind::Always, Kind::Sometimes, Kind::Return, Kind::Confluence];
    assert_eq!(kinds, all.map(|kind| (kind, true)));
}

#[test]
fn a_broken_promise_is_shown_on_a_shortest_way() {
    let result = fails(Flaw::Broken, "`no third knock is heard` is broken after 5 steps");
    let shown = property(&result, HEARD).counterexample.as_ref().unwrap();
    assert_eq!(shown.scenario.steps, ["Ask", "Grant", "Knock", "Knock", "Knock"]);
    assert_eq!(shown.participants, ["visitor", "door", "host"]);
    let steps: Vec<_> = shown.arrows.iter().map(|it| (it.step, it.from, it.to)).collect();
    let knocks = [(2, 0, 1), (2, 1, 1), (3, 0, 1), (3, 1, 1), (4, 0, 1), (4, 1, 1)];
    assert_eq!(steps, [&[(0, 0, 1), (0, 1, 2), (1, 2, 0)], &knocks[..]].concat());
}

#[test]
fn a_witness_that_is_missing_is_a_failure() {
    fails(Flaw::Unseen, "`it opens` was never seen: green would be vacuous");
}

#[test]
fn what_cannot_return_is_a_failure() {
    let reason = "`closing ends` is stuck in 2 states, the nearest after 4 steps";
    let result = fails(Flaw::Stuck, reason);
    let shown = property(&result, CLOSES).counterexample.as_ref().unwrap();
    assert_eq!(shown.scenario.steps, ["Ask", "Grant", "Knock", "Close"]);
}

#[test]
fn what_is_never_pending_is_a_failure() {
    fails(Flaw::Idle, "`closing ends` is never pending: green would be vacuous");
}

#[test]
fn outcomes_that_differ_are_shown_on_both_ways() {
    let reason = format!("`{CUTS}` come to something else after 2 and after 4 steps");
    let result = fails(Flaw::Conflict, &reason);
    let shown = property(&result, CUTS);
    assert_eq!(shown.counterexample.as_ref().unwrap().scenario.steps.len(), 4);
    assert_eq!(shown.contrast.as_ref().unwrap().scenario.steps, ["Ask", "Refuse"]);
}

#[test]
fn a_budget_that_is_hit_proves_nothing() {
    let result = run(Flaw::Endless, Subject::Shipped, &[]);
    assert!(result.is_cut && result.second.is_none());
    let first = "the budget of 150000 states and 400 steps does not suffice: nothing is proven";
    assert_eq!(result.failures[0], first);
    let proven: Vec<_> = result.properties.iter().filter(|it| it.holds).collect();
    assert_eq!(proven.len(), 1, "only what was seen: {proven:?}");
    assert_eq!(proven[0].name, OPENS);
}

#[test]
fn engines_that_disagree_are_a_failure() {
    fails(Flaw::Blind, "stateright's search counts 6 states, ours 12");
    let options = Options { second: false, ..Options::default() };
    let alone = Toy::entry(Flaw::Blind, Subject::Shipped).run(Size::Small, &options, &Quiet);
    assert!(alone.is_green() && alone.second.is_none());
}

#[test]
fn engines_that_decide_otherwise_are_a_failure() {
    fails(Flaw::Fickle, "stateright's search decides `no third knock is heard` otherwise");
}

#[test]
fn a_panic_is_a_failure_of_its_model_only() {
    let entries = [Flaw::Panics, Flaw::None].map(|flaw| Toy::entry(flaw, Subject::Shipped));
    let entries: Vec<&Entry> = entries.iter().collect();
    let results = all(&entries, Size::Small, &Options::default(), &Counts::default(), &Quiet);
    assert_eq!(results[0].failures, ["the model panicked: the door is broken"]);
    assert!(results[1].is_green());
}

#[test]
fn a_name_stands_for_one_thing() {
    fails(Flaw::Twins, "there are two properties with the name `it opens`");
    let misnamed = Entry::new("gate", Subject::Shipped, |_| Toy::new(Flaw::None, "toy"));
    let result = misnamed.run(Size::Small, &Options::default(), &Quiet);
    assert_eq!(result.failures, ["the entry is called gate, its model toy"]);
}

#[test]
fn a_count_that_changed_or_is_missing_is_a_failure() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("counts.toml");
    let mut result = run(Flaw::None, Subject::Shipped, &[]);
    let judged = |counts: &Counts| {
        let options = Options { second: false, counts: Some(counts.clone()), ..Options::default() };
        Toy::entry(Flaw::None, Subject::Shipped).run(Size::Small, &options, &Quiet).failures
    };
    let missing = "no count is recorded, and there are 12 states, 11 transitions, depth 6";
    assert_eq!(judged(&Counts::read(&file).unwrap()), [missing]);

    let mut counts = Counts::default();
    counts.record(&result);
    counts.write(&file).unwrap();
    assert_eq!(Counts::read(&file).unwrap(), counts);
    assert_eq!(judged(&counts), [""; 0]);

    (result.states, result.transitions, result.depth, result.inputs) = (13, 12, 7, 4);
    counts.record(&result);
    let changed = [
        "states: 13 recorded, 12 found",
        "transitions: 12 recorded, 11 found",
        "depth: 7 recorded, 6 found",
        "inputs: 4 recorded, 3 found",
    ];
    assert_eq!(judged(&counts), changed);

    fs::write(&file, "small = 1").unwrap();
    assert_eq!(Counts::read(&file).unwrap_err().file, file);
}

#[test]
fn a_document_must_have_its_known_defects_and_no_others() {
    let judged =
        |flaw, expects: &[(&'static str, usize)]| run(flaw, Subject::Document, expects).failures;
    assert_eq!(judged(Flaw::Broken, &[(HEARD, 5)]), [""; 0]);
    let other = format!("`{HEARD}` is known to be broken after 4 steps, and is after 5");
    assert_eq!(judged(Flaw::Broken, &[(HEARD, 4)]), [other]);
    let healed = format!("`{HEARD}` is known to be broken after 5 steps, and holds");
    assert_eq!(judged(Flaw::None, &[(HEARD, 5)]), [healed]);
    let extra = format!("`{HEARD}` is broken after 5 steps");
    assert_eq!(judged(Flaw::Broken, &[]), [extra]);
    let gone = "`no fire` is expected to be broken, but is no property";
    assert_eq!(judged(Flaw::Broken, &[(HEARD, 5), ("no fire", 1)]), [gone]);
    assert_eq!(judged(Flaw::Unseen, &[(OPENS, 0)]), [""; 0]);
    assert_eq!(judged(Flaw::Stuck, &[(CLOSES, 4)]), [""; 0]);
    assert_eq!(judged(Flaw::Conflict, &[(CUTS, 4)]), [""; 0]);
    let shipped = run(Flaw::Broken, Subject::Shipped, &[(HEARD, 5)]).failures;
    assert_eq!(shipped, ["defects may be expected of a document only"]);
}

#[test]
fn mutants_are_killed_by_what_sees_them() {
    let seen = |flaw| {
        let kills = kills(&Toy::entry(flaw, Subject::Shipped), Size::Small);
        kills.into_iter().map(|it| (it.property, it.steps, it.kind)).collect::<Vec<_>>()
    };
    assert_eq!(seen(Flaw::None), []);
    assert_eq!(seen(Flaw::Broken), [(HEARD.to_owned(), 5, KillKind::Safety)]);
    assert_eq!(seen(Flaw::Stuck), [(CLOSES.to_owned(), 4, KillKind::Return)]);
    assert_eq!(seen(Flaw::Unseen), [(OPENS.to_owned(), 0, KillKind::Witness)]);
    assert_eq!(seen(Flaw::Conflict), [(CUTS.to_owned(), 4, KillKind::Confluence)]);
    assert_eq!(seen(Flaw::Panics), [("the door is broken".to_owned(), 0, KillKind::Panic)]);
    // A budget that is hit shows no witness to be missing, and nothing to be stuck.
    assert_eq!(seen(Flaw::Endless), []);
}

fn mutant(name: &str, killed: &[(&str, &str, usize)]) -> Mutant {
    let killed = killed.iter().map(|(model, property, steps)| Killed {
        model: (*model).into(),
        property: (*property).into(),
        steps: *steps,
        kind: KillKind::Safety,
    });
    Mutant {
        name: name.into(),
        about: "it is wrong".into(),
        killed: killed.collect(),
        ..Mutant::default()
    }
}

#[test]
fn a_survivor_and_a_property_that_kills_nothing_are_failures() {
    let models = || vec![run(Flaw::None, Subject::Shipped, &[])];
    let failures = |mutants| {
        let report = Report::new("small", models(), Some(mutants));
        report.failures().map(|(_, failure)| failure.to_owned()).collect::<Vec<_>>()
    };
    let all = mutant("all", &[HEARD, OPENS, CLOSES, CUTS].map(|name| ("toy", name, 3)));
    assert_eq!(failures(vec![all.clone()]), [""; 0]);
    let survives = "the mutant hidden survives: it is wrong";
    assert_eq!(failures(vec![all.clone(), mutant("hidden", &[])]), [survives]);
    let some = mutant("some", &[HEARD, OPENS, CUTS].map(|name| ("toy", name, 3)));
    assert_eq!(failures(vec![some]), ["no mutant breaks `closing ends`"]);
    let gone = "old is killed by `no fire`, which toy has not";
    assert_eq!(failures(vec![all.clone(), mutant("old", &[("toy", "no fire", 1)])]), [gone]);
    // That none was measured, and each promise; what must merely be possible is none.
    assert_eq!(failures(vec![]).len(), 4);

    let report = Report::new("small", models(), Some(vec![all]));
    assert_eq!(report.models[0].properties[0].mutants, ["all"]);
    let summary = "1 model, 12 states, 4 properties hold, 1 of 1 mutant killed";
    assert_eq!(report.summary(), summary);
    assert!(!Report::new("small", Vec::new(), None).is_green(), "nothing would be green");
}

fn entries(flaws: &[Flaw]) -> Vec<Entry> {
    flaws.iter().map(|flaw| Toy::entry(*flaw, Subject::Shipped)).collect()
}

/// Runs the program as if from a command line, with everything it writes in `folder`.
fn program(flaws: &[Flaw], folder: &Path, words: &[&str]) -> ExitCode {
    let (out, counts) = (folder.join("out"), folder.join("counts.toml"));
    let arguments = ["xiom-model", "--small", "--out"].map(PathBuf::from).into_iter();
    let arguments = arguments.chain([out, "--counts".into(), counts]);
    let arguments = arguments.chain(words.iter().map(Into::into));
    let arguments = arguments.map(PathBuf::into_os_string);
    match Arguments::try_parse_from(arguments) {
        Ok(arguments) => cli::main(&entries(flaws), &arguments),
        Err(error) => cli::refused(&error),
    }
}

#[test]
fn the_exit_code_says_what_came_of_it() {
    let folder = TempDir::new().unwrap();
    let code = |flaws: &[Flaw], words: &[&str]| program(flaws, folder.path(), words);
    let toy = [Flaw::None];
    assert_eq!(code(&toy, &[]), ExitCode::from(1), "nothing is recorded");
    assert_eq!(code(&toy, &["--record"]), ExitCode::from(0));
    assert_eq!(code(&toy, &[]), ExitCode::from(0));
    assert_eq!(code(&toy, &["--one-engine", "--json", "--only", "toy"]), ExitCode::from(0));
    assert_eq!(code(&toy, &["--only", "gate"]), ExitCode::from(3));
    assert_eq!(code(&toy, &["--fast"]), ExitCode::from(3));
    assert_eq!(code(&toy, &["--help"]), ExitCode::from(0));
    assert_eq!(code(&toy, &["--list"]), ExitCode::from(0));
    assert_eq!(code(&toy, &["--mutants", "no/such/file"]), ExitCode::from(3));
    assert_eq!(code(&[], &["--record"]), ExitCode::from(1), "nothing was run");
    assert_eq!(code(&[Flaw::None, Flaw::None], &["--record"]), ExitCode::from(1), "two of a name");
    // What is recorded and no longer there is a failure until it is recorded anew.
    assert_eq!(code(&[Flaw::None, Flaw::Twins], &["--record"]), ExitCode::from(1));
    assert_eq!(code(&toy, &[]), ExitCode::from(1));
    assert_eq!(code(&toy, &["--record"]), ExitCode::from(0));
    assert_eq!(code(&toy, &[]), ExitCode::from(0));
}

#[test]
fn a_counterexample_is_saved_and_played_again() {
    let folder = TempDir::new().unwrap();
    let code = |flaws: &[Flaw], words: &[&str]| program(flaws, folder.path(), words);
    for (flaw, property, name) in [
        (Flaw::Broken, HEARD, "no-third-knock-is-heard"),
        (Flaw::Stuck, CLOSES, "closing-ends"),
        (Flaw::Conflict, CUTS, "the-same-inputs-come-to-the-same-however-they-are-cut"),
    ] {
        let entry = Toy::entry(flaw, Subject::Shipped);
        assert_eq!(code(&[flaw], &["--record"]), ExitCode::from(1));
        let file = folder.path().join(format!("out/found/{}-{name}.json", entry.name));
        let text = fs::read_to_string(&file).unwrap();
        let saved: Saved = serde_json::from_str(&text).unwrap();
        assert_eq!(saved.scenario.property, property);
        let replay = ["--replay", file.to_str().unwrap()];
        assert_eq!(code(&[flaw], &replay), ExitCode::from(1), "still broken");
        let healed = Entry::new("toy", Subject::Shipped, |_| Toy::new(Flaw::None, "toy"));
        let standing = healed.job().replay(Size::Small, &saved);
        if flaw == Flaw::Broken {
            assert!(standing.unwrap_err().starts_with("step 5, `Knock`, is not offered any more"));
        } else {
            assert_eq!(standing.unwrap().standing, Standing::Holds);
        }
        assert_eq!(code(&[Flaw::None], &replay), ExitCode::from(2), "no such model");
        assert!(file.with_extension("svg").is_file());
    }
    assert_eq!(code(&[Flaw::None], &["--replay", "no/such/file"]), ExitCode::from(3));
}

#[test]
fn the_page_asks_for_nothing_and_escapes_what_it_tells() {
    let folder = TempDir::new().unwrap();
    let flaws = [Flaw::Sharp, Flaw::Unseen, Flaw::Conflict, Flaw::None];
    assert_eq!(program(&flaws, folder.path(), &["--record"]), ExitCode::from(1));
    let page = fs::read_to_string(folder.path().join("out/report.html")).unwrap();
    for outside in ["http://", "https://", "src=", "url(", "@import", "<link"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(!page.contains(SHARP) && !page.contains("<script>alert"));
    assert!(page.contains("&lt;script&gt;alert"));
    assert_eq!(page.matches("<script").count(), 1, "its own");
}

#[test]
fn what_is_written_can_be_read() {
    let folder = TempDir::new().unwrap();
    let flaws = [Flaw::Sharp, Flaw::Conflict, Flaw::None];
    assert_eq!(program(&flaws, folder.path(), &["--record"]), ExitCode::from(1));
    let out = folder.path().join("out");
    let text = fs::read_to_string(out.join("report.json")).unwrap();
    let report: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(report.models.len(), 3);
    let junit = fs::read_to_string(out.join("junit.xml")).unwrap();
    assert_eq!(elements(&junit, "testsuite"), 4);
    assert_eq!(elements(&junit, "testcase"), 3 * 5 + 1);
    assert_eq!(elements(&junit, "failure"), 2 * 2, "the property and the model");
    for file in fs::read_dir(out.join("found")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|it| it == "svg") {
            let picture = fs::read_to_string(&path).unwrap();
            assert_eq!(elements(&picture, "svg"), 1, "{}", path.display());
        }
    }
    // Of an earlier run nothing stays.
    fs::write(out.join("found/old.json"), "{}").unwrap();
    report::write(&Report::new("small", report.models, None), &out).unwrap();
    assert!(!out.join("found/old.json").exists());
}

/// How many elements `name` the XML `text` has; it is well-formed.
fn elements(text: &str, name: &str) -> usize {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut count, mut depth) = (0, 0);
    loop {
        let event = reader.read_event().unwrap();
        if let Event::Start(it) | Event::Empty(it) = &event {
            count += usize::from(it.name().as_ref() == name);
        }
        depth += i32::from(matches!(event, Event::Start(_)));
        depth -= i32::from(matches!(event, Event::End(_)));
        if matches!(event, Event::Eof) {
            assert_eq!(depth, 0);
            return count;
        }
    }
}

#[test]
fn progress_is_told_and_disturbs_nothing() {
    let entry = Toy::entry(Flaw::None, Subject::Shipped);
    let bars = Bars::new(indicatif::ProgressDrawTarget::hidden());
    assert!(entry.run(Size::Small, &Options::default(), &bars).is_green());
    let mut told = Vec::new();
    let lines = Lines::new(&mut told);
    assert!(entry.run(Size::Small, &Options::default(), &lines).is_green());
    drop(lines);
    let told = String::from_utf8(told).unwrap();
    assert!(told.starts_with("toy: green, 12 states, depth 6, "), "{told}");
}

#[test]
fn the_table_has_a_line_for_each_model() {
    let models = [Flaw::None, Flaw::Broken].map(|flaw| run(flaw, Subject::Shipped, &[]));
    let table = cli::table(&Report::new("small", models.into(), None));
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[1].starts_with("✓ toy ") && lines[1].contains(" 4/4 "), "{table}");
    assert!(lines[2].starts_with("✗ toy-broken ") && lines[2].contains(" 3/4 "), "{table}");
}

#[test]
fn the_explorer_shows_a_counterexample_at_its_address() {
    let entry = Toy::entry(Flaw::Broken, Subject::Shipped);
    let result = entry.run(Size::Small, &Options::default(), &Quiet);
    let saved = Saved::new("small", property(&result, HEARD)).unwrap();
    let view = entry.job().address(Size::Small, &saved).unwrap();
    assert_eq!(view, "/#/steps/0/0/0/0/0/0");
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    // It serves until the process ends, as it must.
    thread::spawn(move || entry.job().serve(Size::Small, free.port()));
    let mut stream = loop {
        match TcpStream::connect(free) {
            Ok(stream) => break stream,
            Err(_) => thread::yield_now(),
        }
    };
    stream.write_all(b"GET /.states/0/0/0/0/0 HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("knocks: 3") && answer.contains("<svg"), "{answer}");
    assert!(answer.contains(HEARD) && answer.contains(OPENS), "{answer}");
}
