//! The page: whole, self-contained, and shown as it is meant.

use alloc::collections::BTreeMap;
use std::fs;

use sha2::{Digest, Sha256};
use xiom_trace::report::{Format, render, write};
use xiom_trace::{Evidence, Finding};

use crate::sample::{MARKUP, large, small, source};

fn page(evidence: &Evidence) -> String {
    let files = render(Format::Html, evidence, &source).unwrap();
    files.into_iter().next().unwrap().1
}

/// The part of the page before its script.
fn body(page: &str) -> &str {
    let start = page.find("<body").unwrap();
    page[start..].split("<script>").next().unwrap()
}

#[test]
fn each_requirement_is_anchored_once_in_each_view() {
    let page = page(&small());
    for number in 1..=5 {
        let id = format!("SRS_GATE_01_{number:03}");
        assert_eq!(page.matches(&format!("id=\"{id}\"")).count(), 1, "{id}");
        assert!(page.contains(&format!("href=\"#{id}\"")), "{id}");
    }
    assert_eq!(page.matches("id=\"spec-SRS_GATE_01_001\"").count(), 1);
}

#[test]
fn every_link_within_the_page_has_its_target() {
    let page = page(&small());
    let ids: Vec<&str> =
        page.split(" id=\"").skip(1).map(|it| it.split('"').next().unwrap()).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for id in &ids {
        *counts.entry(id).or_default() += 1;
    }
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    for link in page.split("href=\"#").skip(1).map(|it| it.split('"').next().unwrap()) {
        // Requirements of which the document shows no text have no place there.
        assert!(ids.contains(&link) || link.starts_with("spec-SRS_"), "{link}");
    }
}

#[test]
fn texts_are_shown_and_never_become_markup() {
    let page = page(&small());
    let body = body(&page);
    assert!(!body.contains("<script>alert"));
    assert!(body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(body.contains("src/&lt;gate&gt;.rs"));
    assert!(!body.contains("<img"), "markup of a document came through");
    assert!(MARKUP.contains("<script>"));
}

#[test]
fn nothing_is_fetched_and_links_lead_to_the_source_alone() {
    let page = page(&small());
    for attribute in ["src=\"", "href=\""] {
        for target in page.split(attribute).skip(1).map(|it| it.split('"').next().unwrap()) {
            let inside = target.starts_with('#') || target.starts_with("data:");
            assert!(inside || target.starts_with("https://example.org/blob/"), "{target}");
        }
    }
    for word in ["@import", "url(http", "fetch(", "XMLHttpRequest"] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn it_is_whole_without_its_script() {
    let page = page(&small());
    let body = body(&page);
    for word in ["Requirements", "Matrix", "Documents", "Code", "Gaps", "Audit", "Gate &amp; Co"] {
        assert!(body.contains(word), "{word}");
    }
    for word in
        ["met", "gap", "suspect", "waived", "planned", "failed", "ignored", "gone", "no profile"]
    {
        assert!(body.contains(word), "{word} is told by a word");
    }
    assert!(body.contains("Waived until 2027-06-30"));
    assert!(body.contains("a reference is never null"));
    assert!(body.contains("with changes"));
    assert!(body.contains("Gate::paint"));
    assert!(!body.contains("<section id=\"matrix\" hidden"));
}

#[test]
fn executed_lines_are_marked_in_the_margin() {
    let page = page(&small());
    assert!(page.contains("2 ✓"), "the executed guard");
    assert!(page.contains("3 ✗"), "the block that no test entered");
}

#[test]
fn it_stays_small() {
    let size = page(&large(900, 1, 1)).len();
    assert!(size < 1_500_000, "{size} octets for 900 requirements");
}

#[test]
fn an_empty_evidence_has_a_page() -> Result<(), Finding> {
    let mut evidence = small();
    evidence.requirements.clear();
    evidence.documents.clear();
    evidence.findings.clear();
    assert!(render(Format::Html, &evidence, &|_| None)?[0].1.contains("</html>"));
    Ok(())
}

//= test SRS_TRACE_01_033
#[test]
fn lines_that_changed_since_the_run_are_not_shown() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("src/<gate>.rs");
    fs::create_dir(root.path().join("src")).unwrap();
    fs::write(&file, source("src/<gate>.rs").unwrap()).unwrap();
    let mut evidence = small();
    let page = |evidence: &Evidence| {
        let files = write(evidence, root.path(), root.path(), &[Format::Html]).unwrap();
        fs::read_to_string(&files[0]).unwrap()
    };
    assert!(!page(&evidence).contains("2 ✓"), "the hash is another one");
    assert!(page(&evidence).contains("changed since the run"));
    let hash = Sha256::digest(fs::read(&file).unwrap());
    evidence.inputs[0].sha256 =
        hash.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().concat();
    assert!(page(&evidence).contains("2 ✓"));
}
