//! The copy, of a small project and of this one.

use super::*;
use crate::model::list;
use crate::step::root;

const CORE_TOML: &str = "[package]\nname = 'xiom-core'\n[lints]\nworkspace = true\n";
const OTHER_TOML: &str = "[package]\nname = 'other'\n[dependencies]\nxiom-core.workspace = true\n";
const MODEL_TOML: &str = "[package]\nname = 'xiom-model'\n[dependencies]\nother.workspace = true\n\
    alone.workspace = true\n[dev-dependencies]\nserde = '1'\n";
const ROOT_TOML: &str = "[workspace]\nmembers = ['crates/*', 'model']\npackage = { version = '1.0.0' }\n[workspace.dependencies]\n\
    xiom-core = { path = 'crates/xiom-core' }\nother = { path = 'crates/other' }\n\
    alone = { path = 'crates/alone' }\n";

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("Cargo.toml", ROOT_TOML),
        ("Cargo.lock", "version = 4\n"),
        ("crates/xiom-core/Cargo.toml", CORE_TOML),
        ("crates/xiom-core/src/lib.rs", "#![no_std]\nmod a;\n"),
        ("crates/xiom-core/src/a.rs", "fn a() -> bool { 1 < 2 }\nconst fn b() -> u8 { 3 }\n"),
        ("crates/other/Cargo.toml", OTHER_TOML),
        ("crates/other/src/lib.rs", "fn o() -> bool { 4 < 5 }\n"),
        ("crates/alone/Cargo.toml", "[package]\nname = 'alone'\n"),
        ("crates/alone/src/lib.rs", "fn o() -> bool { 4 < 5 }\n"),
        ("crates/unneeded/src/lib.rs", "fn u() -> bool { 6 < 7 }\n"),
        ("model/Cargo.toml", MODEL_TOML),
        ("model/src/lib.rs", "mod mutant;\n"),
        ("model/src/main.rs", "fn main() {}\n"),
        ("model/src/mutant/list.rs", "// none\n"),
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn mutant(name: &str, file: &str, find: &str) -> Mutant {
    let replace = format!("(MUTANT || {find})");
    let (name, file, find) = (name.to_owned(), file.to_owned(), find.to_owned());
    Mutant { name, file, find, replace, about: "why \"so\"".to_owned() }
}

fn is_rust(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "rs")
}

fn text(copy: &Copy, file: &str) -> String {
    String::from_utf8(copy.files[file].clone()).unwrap()
}

#[test]
fn mutants_are_woven_inside_and_outside_of_the_core() {
    let project = project();
    let list = [
        mutant("two", "crates/other/src/lib.rs", "4 < 5"),
        mutant("one", "crates/xiom-core/src/a.rs", "1 < 2"),
    ];
    let copy = copy(project.path(), &list).unwrap();
    let other = text(&copy, "crates/other/src/lib.rs");
    assert_eq!(other, "fn o() -> bool { (::xiom_core::mutant::is(0) || 4 < 5) }\n");
    assert!(text(&copy, "crates/xiom-core/src/a.rs").contains("(crate::mutant::is(1) || 1 < 2)"));
    assert!(text(&copy, LIBRARY).starts_with("#![no_std]\nmod a;\n"));
    assert!(text(&copy, LIBRARY).contains("pub mod mutant;"));
    assert_eq!(copy.mutants_at("crates/xiom-core/src/a.rs", 1), [1]);
    assert_eq!(copy.mutants_at("crates/xiom-core/src/a.rs", 2), [0; 0]);
    assert!(text(&copy, "model/Cargo.toml").contains(PROGRAM));
    assert!(!copy.files.contains_key("crates/unneeded/src/lib.rs"));
}

#[test]
fn the_generated_list_says_names_files_and_reasons() {
    let project = project();
    let list = [mutant("a \\ b", "crates/other/src/lib.rs", "4 < 5")];
    let text = text(&copy(project.path(), &list).unwrap(), LIST);
    let file = syn::parse_file(&text).unwrap();
    assert_eq!(file.items.len(), 4, "{text}");
    let entry =
        r#"Mutant { name: "a \\ b", file: "crates/other/src/lib.rs", about: "why \"so\"" }"#;
    assert!(text.contains(entry), "{text}");
    assert!(text.contains("const NAMES: &[&str] = &[\n    \"a \\\\ b\",\n]"), "{text}");
    assert!(text.contains("xiom_core::mutant::switch(number)"));
}

#[test]
fn a_mutant_where_nothing_can_be_switched_is_refused() {
    let project = project();
    let refused = |file, find| {
        let list = [mutant("it", file, find)];
        format!("{:#}", copy(project.path(), &list).unwrap_err())
    };
    let unknown = refused("crates/unneeded/src/lib.rs", "6 < 7");
    assert_eq!(unknown, "mutant `it`: the models run no file crates/unneeded/src/lib.rs");
    assert!(refused("crates/other/src/no.rs", "6").contains("run no file crates/other/src/no.rs"));
    assert!(refused("model/src/lib.rs", "mod").contains("not what is judged"));
    assert!(refused("crates/alone/src/lib.rs", "4 < 5").contains("cannot reach the switch"));
    assert!(refused("crates/xiom-core/src/a.rs", "3").contains("in a `const fn`"));
}

#[test]
fn only_what_differs_is_written() {
    let (project, target) = (project(), tempfile::tempdir().unwrap());
    let list = [mutant("two", "crates/other/src/lib.rs", "4 < 5")];
    let files = copy(project.path(), &list).unwrap();
    let all = files.write(target.path()).unwrap();
    assert_eq!(all, files.files.len());
    // As cargo does.
    fs::write(target.path().join("Cargo.lock"), "less").unwrap();
    fs::create_dir_all(target.path().join("crates/gone/src")).unwrap();
    fs::write(target.path().join("crates/other/src/gone.rs"), "").unwrap();
    assert_eq!(files.write(target.path()).unwrap(), 0);
    assert_eq!(fs::read(target.path().join("Cargo.lock")).unwrap(), b"less");
    assert!(!target.path().join("crates/gone").exists());
    assert!(!target.path().join("crates/other/src/gone.rs").exists());

    fs::write(project.path().join("crates/alone/src/lib.rs"), "//! Changed.\n").unwrap();
    assert_eq!(copy(project.path(), &list).unwrap().write(target.path()).unwrap(), 1);
}

#[test]
fn the_mutants_of_this_project_can_be_woven() {
    let text = fs::read_to_string(root().join("model/mutants.toml")).unwrap();
    let mutants = list::parse(&text).unwrap();
    let copy = copy(root(), &mutants).unwrap();
    let places = copy.places.values().flatten();
    assert_eq!(places.map(|place| place.mutants.len()).sum::<usize>(), mutants.len());
}

#[test]
fn the_shipped_tree_contains_no_switch() {
    let mut files = BTreeMap::new();
    for folder in ["crates", "model"] {
        collect(root(), &root().join(folder), &mut files).unwrap();
    }
    let sources = files.iter().filter(|(name, _)| is_rust(name));
    let sources: Vec<(&String, _)> =
        sources.map(|(name, octets)| (name, String::from_utf8_lossy(octets))).collect();
    assert!(100 < sources.len());
    for (name, text) in sources {
        assert!(!text.contains("mutant::is"), "{name} asks for a mutant");
        assert_eq!(list::words(&text).count(), 0, "{name} has the token of a mutant");
    }
    assert!(!files.contains_key(SWITCH));
}
