//! `cargo xtask test`: everything that needs only the toolchain.

use anyhow::Result;

use crate::{step, tidy, trace};

/// Runs all steps.
pub(crate) fn run() -> Result<()> {
    step::step("format", || step::run(&["cargo", "fmt", "--all", "--check"]))?;
    step::step("house rules", tidy::run)?;
    step::step("requirements and citations", trace::check)?;
    step::step("clippy", || {
        let clippy = ["cargo", "clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
        step::run(&clippy)
    })?;
    step::step("docs", || {
        let doc = ["cargo", "doc", "--workspace", "--no-deps"];
        step::run_with(&doc, &[("RUSTDOCFLAGS", "-D warnings")])
    })?;
    step::step("tests", || step::run(&["cargo", "test", "--workspace"]))
}
