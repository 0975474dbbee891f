//! Figures beside their goals: one table, the same as JSON, and no goal that fails a run.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::report;

/// The figures of one benchmark program.
///
/// ```
/// let mut goals = xiom_benches::goals::Goals::new("demo");
/// goals.at_most("allocations of a login", 1.0, "", 1.0);
/// goals.figure("a login", 12.5, "us");
/// assert_eq!(goals.behind(), 0);
/// ```
#[derive(Debug, Serialize)]
pub struct Goals {
    name: &'static str,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    what: String,
    measured: f64,
    unit: &'static str,
    /// The most that it may be.
    goal: Option<f64>,
}

impl Row {
    fn is_held(&self) -> bool {
        self.goal.is_none_or(|goal| self.measured <= goal)
    }
}

impl Goals {
    /// No figures yet.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, rows: Vec::new() }
    }

    /// A figure that is to be at most `goal`.
    pub fn at_most(
        &mut self,
        what: impl Into<String>,
        measured: f64,
        unit: &'static str,
        goal: f64,
    ) {
        self.rows.push(Row { what: what.into(), measured, unit, goal: Some(goal) });
    }

    /// A figure to know.
    pub fn figure(&mut self, what: impl Into<String>, measured: f64, unit: &'static str) {
        self.rows.push(Row { what: what.into(), measured, unit, goal: None });
    }

    /// How many figures are behind their goals.
    #[must_use]
    pub fn behind(&self) -> usize {
        self.rows.iter().filter(|row| !row.is_held()).count()
    }

    /// Prints the table, and writes it if it was `measured` in earnest.
    ///
    /// # Errors
    ///
    /// Returns an error when it cannot be written.
    pub fn finish(self, target: &str, measured: bool) -> Result<()> {
        println!("\n{:<58} {:>13} {:>12}", self.name, "measured", "goal");
        for row in &self.rows {
            let Row { what, measured, unit, goal } = row;
            print!("{what:<58} {measured:>10.2} {unit:<2}");
            match goal {
                Some(goal) => println!(" {goal:>12.2}  {}", report::verdict(row.is_held())),
                None => println!(),
            }
        }
        if !measured {
            return Ok(());
        }
        let target = Path::new(target).parent().context("no target folder")?;
        report::write(&target.join("xiom-benches"), self.name, &self.rows)
    }
}
