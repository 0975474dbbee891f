//! Every shipped machine, explored in small: all that is promised holds, and the two searches agree with each
//! other and with what is recorded.
#![cfg(test)]

use std::path::Path;

use xiom_model::models::{self, Size};
use xiom_model::run::{self, Counts, Entry, Options, Subject};

#[test]
fn every_shipped_machine_keeps_what_is_promised() {
    let entries = models::all();
    let shipped: Vec<&Entry> = entries.iter().filter(|it| it.subject == Subject::Shipped).collect();
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("counts.toml");
    let counts = Counts::read(&recorded).unwrap();
    let options = Options { counts: Some(counts.clone()), ..Options::default() };
    let results = run::all(&shipped, Size::Small, &options, &counts, &run::Quiet);
    let failures: Vec<_> = results.iter().flat_map(|it| &it.failures).collect();
    assert_eq!(failures, Vec::<&String>::new());
    assert!(10 < results.len(), "{} models are not all there are", results.len());
}
