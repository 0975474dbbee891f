//! Tables on the standard output, and the same as JSON for whoever compares runs.

use std::fs;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

/// Writes `report` as `name`.json into `folder`, and says where.
///
/// # Errors
///
/// Returns an error when the file cannot be written.
pub fn write(folder: &Path, name: &str, report: &impl Serialize) -> Result<()> {
    fs::create_dir_all(folder)?;
    let path = folder.join(name).with_extension("json");
    fs::write(&path, serde_json::to_string_pretty(report)?)?;
    println!("written to {}", path.display());
    Ok(())
}

/// The word for a goal, reached or not.
#[must_use]
pub const fn verdict(is_held: bool) -> &'static str {
    if is_held { "held" } else { "BEHIND" }
}
