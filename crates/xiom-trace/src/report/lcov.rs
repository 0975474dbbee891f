//! Coverage of the documents as an LCOV tracefile: the hits of a line are a level.

use alloc::collections::BTreeMap;
use core::fmt::Write as _;

use crate::{Evidence, Level};

pub(super) fn lcov(evidence: &Evidence) -> String {
    let mut out = String::new();
    for document in &evidence.documents {
        let mut lines: BTreeMap<usize, u8> = BTreeMap::new();
        for it in evidence.requirements.iter().filter(|it| it.document == document.name) {
            for line in it.line..=it.end_line {
                let hits = lines.entry(line).or_insert(u8::MAX);
                *hits = (*hits).min(number(it.level));
            }
        }
        let hit = lines.values().filter(|hits| **hits > 0).count();
        let file = document.file.replace(['\r', '\n'], " ");
        let _ = writeln!(out, "TN:requirements\nSF:{file}");
        for (line, hits) in &lines {
            let _ = writeln!(out, "DA:{line},{hits}");
        }
        let _ = writeln!(out, "LF:{}\nLH:{hit}\nend_of_record", lines.len());
    }
    out
}

const fn number(level: Level) -> u8 {
    match level {
        Level::L0 => 0,
        Level::L1 => 1,
        Level::L2 => 2,
        Level::L3 => 3,
        Level::L4 => 4,
        Level::L5 => 5,
    }
}
