//! Every scenario that ever showed a defect of a machine still plays, and shows it no more.
#![cfg(test)]

use std::fs;
use std::path::Path;

use xiom_model::models::{self, Size};
use xiom_model::run::{Saved, Standing};

#[test]
fn no_defect_comes_back() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    let entries = models::all();
    let mut played = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let saved: Saved = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let entry = entries.iter().find(|entry| entry.name == saved.scenario.model).unwrap();
        let size = saved.size().unwrap_or(Size::Small);
        let replayed = entry.job().replay(size, &saved);
        let replayed = replayed.unwrap_or_else(|words| panic!("{}: {words}", path.display()));
        assert_eq!(replayed.standing, Standing::Holds, "{}", path.display());
        played += 1;
    }
    assert!(0 < played, "there is none, although defects were found");
}
