//! The tables are what the code does: equal to the files, and a machine that is changed shows as a difference.
#![cfg(test)]

extern crate alloc;

use alloc::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use xiom_model::table::field::{field, short};
use xiom_model::table::files::{differences, write};
use xiom_model::table::{
    Event, Fault, Found, Machine, Outcome, Reaction, Sheet, View, all, explore, read,
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/tables")
}

#[test]
fn the_files_are_what_the_code_does() {
    let differences = differences(&all().unwrap(), &folder()).unwrap();
    let differences: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert_eq!(differences, [""; 0], "`cargo xtask table` writes them anew");
}

#[test]
fn every_state_that_a_file_names_is_reached() {
    for sheet in all().unwrap() {
        let text = fs::read_to_string(folder().join(format!("{}.md", sheet.slug))).unwrap();
        let cells = read(&text);
        assert_eq!(cells, sheet.cells(), "{}", sheet.slug);
        let rows = cells.keys().map(|(state, _)| state.clone());
        let named = cells.values().flat_map(|cell| cell.split("; ")).filter_map(|answer| {
            let to = answer.strip_prefix("→ ")?;
            Some(to.split(": ").next().unwrap_or(to).to_owned())
        });
        let named: BTreeSet<String> = rows.chain(named).collect();
        let reached: BTreeSet<String> = sheet.found.states.iter().cloned().collect();
        assert_eq!(named, reached, "{}", sheet.slug);
        assert!(3 < reached.len() && 3 < sheet.found.events.len(), "{}", sheet.slug);
    }
}

#[test]
fn each_machine_is_drawn_once_in_the_report() {
    let drawn = xiom_model::models::all().into_iter().flat_map(|entry| {
        let pictures = xiom_model::table::diagrams(entry.name);
        pictures.into_iter().map(|it| it.machine).collect::<Vec<_>>()
    });
    let mut drawn: Vec<String> = drawn.collect();
    let sheets = all().unwrap();
    let mut wanted: Vec<String> =
        sheets.iter().flat_map(|it| &it.views).map(|view| view.name.to_owned()).collect();
    drawn.sort();
    wanted.sort();
    assert_eq!(drawn, wanted);
}

#[test]
fn no_secret_is_written() {
    for (name, text) in xiom_model::table::files::files(&all().unwrap()) {
        for secret in ["swordfish", "-horse", "a-nonce-of", "cccccccc", "ssssssss"] {
            assert!(!text.contains(secret), "{name}: {secret}");
        }
        assert!(text.lines().any(|line| line.starts_with('|')), "{name}");
    }
}

/// A toy whose door is locked after `locks` knocks.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Door {
    state: State,
    knocks: u8,
    locks: u8,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum State {
    Closed,
    Open,
    Locked,
}

impl Machine for Door {
    fn label(&self) -> Option<String> {
        field(&format!("{self:?}"), "state")
    }
}

fn events() -> Vec<Event<Door>> {
    vec![
        Event::new("Door", "knock", |door: &mut Door| {
            if door.state != State::Closed {
                return Reaction::Refused("not closed");
            }
            door.knocks += 1;
            if door.knocks == door.locks {
                door.state = State::Locked;
                return Reaction::Took("click".into());
            }
            Reaction::Took(String::new())
        }),
        Event::new("Door", "open", |door: &mut Door| {
            if door.state == State::Closed {
                door.state = State::Open;
            }
            Reaction::Took(String::new())
        }),
    ]
}

fn door(locks: u8) -> Result<Found, Fault> {
    explore(Door { state: State::Closed, knocks: 0, locks }, &events(), 100)
}

fn sheet(locks: u8) -> Sheet {
    let found = door(locks).unwrap();
    Sheet { slug: "door", title: "Door", about: "A toy.", found, views: View::whole("Door") }
}

#[test]
fn outcomes_are_what_the_machine_did() {
    let found = door(2).unwrap();
    assert!(found.states.iter().eq(["Closed", "Open", "Locked"]), "{:?}", found.states);
    let cell = |state, event| found.outcomes(state, event).cloned().collect::<Vec<_>>();
    let took = |to: &str, said: &str| Outcome::Took { to: to.into(), said: said.into() };
    assert_eq!(cell("Closed", "knock"), [took("Closed", ""), took("Locked", "click")]);
    assert_eq!(cell("Open", "open"), [Outcome::Ignored]);
    assert_eq!(cell("Locked", "knock"), [Outcome::Refused("not closed")]);
    let text = sheet(2).markdown();
    assert!(text.contains("noted; → Locked: click"), "{text}");
    assert!(text.contains("refused: not closed"), "{text}");
    assert!(text.contains("s0 --> s2: knock"), "{text}");
    assert_eq!(read(&text), sheet(2).cells());
}

#[test]
fn a_changed_machine_is_a_difference() {
    let place = tempfile::tempdir().unwrap();
    write(&[sheet(2)], place.path()).unwrap();
    assert_eq!(differences(&[sheet(2)], place.path()).unwrap(), []);
    let found = differences(&[sheet(1)], place.path()).unwrap();
    let told: Vec<String> = found.iter().map(ToString::to_string).collect();
    let wanted = "door.md: row `Closed`, event `knock`: the file says `noted; → Locked: click`, \
        the code says `→ Locked: click`";
    assert_eq!(told.first().map(String::as_str), Some(wanted));
    // A file that was touched by hand, one that stands for nothing, one that is gone.
    let file = place.path().join("door.md");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("A toy.", "A door.")).unwrap();
    let found = differences(&[sheet(2)], place.path()).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].file_says.as_deref(), Some("A door."));
    fs::rename(&file, place.path().join("window.md")).unwrap();
    let found = differences(&[sheet(2)], place.path()).unwrap();
    let files: Vec<&str> = found.iter().map(|it| it.file.as_str()).collect();
    assert_eq!(files, ["window.md", "door.md"]);
}

#[test]
fn what_is_no_table_is_a_fault() {
    let endless = Event::new("Door", "knock", |door: &mut Door| {
        door.knocks += 1;
        Reaction::Took(String::new())
    });
    let closed = Door { state: State::Closed, knocks: 0, locks: 0 };
    assert_eq!(explore(closed.clone(), &[endless], 100), Err(Fault::Bound(100)));
    let liar = Event::new("Door", "knock", |door: &mut Door| {
        door.knocks = 1;
        Reaction::Refused("")
    });
    let changed = Fault::Changed("Closed".into(), "knock".into());
    assert_eq!(explore(closed.clone(), &[liar], 100), Err(changed));
    let twice = [events().remove(0), events().remove(0)];
    assert_eq!(explore(closed, &twice, 100), Err(Fault::Twice("knock".into())));
}

#[test]
fn a_field_is_read() {
    let text = format!("{:?}", Door { state: State::Open, knocks: 1, locks: 2 });
    assert_eq!(field(&text, "state").as_deref(), Some("Open"));
    let deep = "Wrap(A { list: [B { state: X }], state: Failed(F { stage: Open, n: (1, 2) }), z: {1: 2} })";
    assert_eq!(field(deep, "state").as_deref(), Some("Failed"));
    assert_eq!(
        field("A { state: Deriving { hi: [..], n: 2 }, .. }", "state").as_deref(),
        Some("Deriving")
    );
    let texts = r#"A { name: "x, state: No }", c: '"', d: '\'', e: "\\", f: "\"", state: Yes }"#;
    assert_eq!(field(texts, "state").as_deref(), Some("Yes"));
    assert_eq!(short("Frame(TooLarge { size: 1, limit: 2 })"), "Frame(TooLarge)");
}

#[test]
fn a_field_that_is_not_sure_is_none() {
    for hostile in [
        "",
        "A",
        "A {",
        "A { }",
        "A { state: 1 }",
        "A { state: [3 octets] }",
        "A { state: open }",
        "A { state: Open! }",
        "A { a: B { state: Open } }",
        "A { a: x, state: Open, state: Closed }",
        "A { a: (, state: Open }",
        "A { a: ], state: Open }",
        "A { a: \"x, state: Open }",
        "A { what is this, state: Open }",
        "A(B { state: Open })(C { state: Closed })",
        "{ state: Open }",
        "A { state: Open } B",
    ] {
        assert_eq!(field(hostile, "state"), None, "{hostile}");
    }
}
