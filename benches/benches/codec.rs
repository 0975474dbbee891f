//! Nanoseconds per SASL frame and per value, decoded and encoded, without an allocation.
//!
//! A copy of 64 KiB is the limit of the largest value.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use xiom_benches::rows::codec::{Case, visit};
use xiom_benches::suite::Suite;

fn main() -> Result<()> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().context("no target folder")?;
    let mut suite = Suite::new(target, "codec");
    visit(|Case { group, name, octets, deed }| {
        suite.case(group, name, Some(octets.len()), deed);
        Ok(())
    })?;
    for case in suite.cases() {
        ensure!(case.allocations == 0, "{} {} allocates", case.group, case.name);
    }
    suite.finish()
}
