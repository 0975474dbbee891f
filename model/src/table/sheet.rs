//! One machine's table as Markdown, and read again.
//!
//! Rows are states, in the order in which they were found, and columns are events, or the other way round where
//! that is shorter. What is wider than a screen is split; where nothing may happen, a row is left out of a part.

use alloc::collections::BTreeMap;
use core::fmt::Write as _;

use super::explore::{Found, Outcome};
use super::picture;
use crate::report::Diagram;
use crate::report::diagram::mermaid;

/// What is known of one machine.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Its name in the names of files.
    pub slug: &'static str,
    /// Its name.
    pub title: &'static str,
    /// What it is.
    pub about: &'static str,
    /// What an exploration found.
    pub found: Found,
    /// How it is drawn.
    pub views: Vec<View>,
}

/// A picture of a machine that shows a part of each state's name.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Its name.
    pub name: &'static str,
    /// The part of a state's name that is shown.
    pub part: fn(&str) -> String,
}

impl View {
    /// The picture that shows whole names.
    #[must_use]
    pub fn whole(name: &'static str) -> Vec<Self> {
        vec![Self { name, part: str::to_owned }]
    }
}

/// The cells of a table: state and event.
pub type Cells = BTreeMap<(String, String), String>;

impl Sheet {
    /// The pictures, with every label.
    #[must_use]
    pub fn diagrams(&self) -> Vec<Diagram> {
        self.views.iter().map(|view| picture::picture(&self.found, view)).collect()
    }

    /// The file of the machine.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!("# {}\n\n{}\n", self.title, wrapped(self.about));
        let ends: Vec<String> = self.ends().map(|end| format!("`{end}`")).collect();
        if !ends.is_empty() {
            let ends = format!("Nothing leads out of {}.", ends.join(" and "));
            let _ = write!(text, "\n{}\n", wrapped(&ends));
        }
        let mut groups: Vec<&str> = Vec::new();
        for group in self.found.events.values() {
            if !groups.contains(group) {
                groups.push(group);
            }
        }
        for group in groups {
            let _ = write!(text, "\n## {group}\n");
            for columns in self.tables(group) {
                let _ = write!(text, "\n{}", table(&columns));
            }
        }
        for diagram in self.diagrams() {
            let _ = write!(text, "\n## Diagram: {}\n", diagram.machine);
            let _ = write!(text, "\n```mermaid\n{}```\n", mermaid(&picture::folded(diagram)));
        }
        text
    }

    /// What the table says in each cell that says something.
    #[must_use]
    pub fn cells(&self) -> Cells {
        let pairs = self.found.states.iter().flat_map(|state| {
            self.found.events.keys().map(move |event| (state.clone(), event.clone()))
        });
        let cells = pairs.map(|(state, event)| {
            let cell = self.cell(&state, &event);
            ((state, event), cell)
        });
        cells.filter(|(_, cell)| !cell.is_empty()).collect()
    }

    fn ends(&self) -> impl Iterator<Item = &String> {
        self.found.states.iter().filter(|state| self.found.is_final(state))
    }

    fn cell(&self, state: &str, event: &str) -> String {
        let words = self.found.outcomes(state, event).map(|outcome| match outcome {
            Outcome::Refused("") => "refused".into(),
            Outcome::Refused(why) => format!("refused: {why}"),
            Outcome::Ignored => "–".into(),
            Outcome::Took { to, said } if to == state && said.is_empty() => "noted".into(),
            Outcome::Took { to, said } if to == state => said.clone(),
            Outcome::Took { to, said } if said.is_empty() => format!("→ {to}"),
            Outcome::Took { to, said } => format!("→ {to}: {said}"),
        });
        words.collect::<Vec<String>>().join("; ")
    }

    /// The events of `group` in as many tables as a screen needs, turned so that they are shortest.
    fn tables(&self, group: &str) -> Vec<Columns> {
        let events = self.found.events.iter().filter(|(_, it)| **it == group);
        let events: Vec<&String> = events.map(|(name, _)| name).collect();
        let states: Vec<&String> = self.found.states.iter().collect();
        let states = states.into_iter().filter(|state| !self.found.is_final(state));
        let states: Vec<&String> = states.collect();
        let wide = split(STATE, &states, &events, |state, event| self.cell(state, event));
        let tall = split(EVENT, &events, &states, |event, state| self.cell(state, event));
        let lines = |tables: &[Columns]| -> usize {
            tables.iter().map(|table| table.first().map_or(0, Vec::len).saturating_add(2)).sum()
        };
        if lines(&tall) < lines(&wide) { tall } else { wide }
    }
}

/// A table as its columns, each with its head.
type Columns = Vec<Vec<String>>;

/// A table with these rows and columns, in as many parts as a screen needs.
fn split(
    corner: &str,
    rows: &[&String],
    columns: &[&String],
    cell: impl Fn(&str, &str) -> String,
) -> Vec<Columns> {
    let head = |head: &str, cells: Vec<String>| [vec![head.to_owned()], cells].concat();
    let names = head(corner, rows.iter().map(|row| format!("`{row}`")).collect());
    let mut tables: Vec<Columns> = Vec::new();
    for name in columns {
        let cells: Vec<String> = rows.iter().map(|row| cell(row, name)).collect();
        if cells.iter().all(String::is_empty) {
            continue;
        }
        let column = head(name, cells);
        match tables.last_mut() {
            Some(table) if row_width(table) + width(&column) + 3 <= SCREEN => table.push(column),
            _ => tables.push(vec![names.clone(), column]),
        }
    }
    tables.into_iter().map(|table| without_blank_rows(&table)).collect()
}

/// Reads what [`Sheet::markdown`] wrote.
#[must_use]
pub fn read(text: &str) -> Cells {
    let (mut cells, mut heads, mut is_turned) = (Cells::new(), Vec::new(), false);
    for line in text.lines() {
        let Some(line) = line.strip_prefix('|') else {
            heads.clear();
            continue;
        };
        let row: Vec<String> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
        let Some((first, rest)) = row.split_first() else { continue };
        if first.starts_with("--") {
            continue;
        }
        if first == STATE || first == EVENT {
            (is_turned, heads) = (first == EVENT, rest.to_vec());
            continue;
        }
        let name = first.trim_matches('`');
        for (head, cell) in heads.iter().zip(rest).filter(|(_, cell)| !cell.is_empty()) {
            let (state, event) = if is_turned { (&**head, name) } else { (name, &**head) };
            cells.insert((state.to_owned(), event.to_owned()), cell.clone());
        }
    }
    cells
}

fn without_blank_rows(table: &[Vec<String>]) -> Vec<Vec<String>> {
    let is_kept = |row: usize| {
        row == 0 || table.iter().skip(1).any(|it| it.get(row).is_some_and(|it| !it.is_empty()))
    };
    let kept = |column: &Vec<String>| {
        let cells = column.iter().enumerate().filter(|(row, _)| is_kept(*row));
        cells.map(|(_, cell)| cell.clone()).collect()
    };
    table.iter().map(kept).collect()
}

fn table(columns: &[Vec<String>]) -> String {
    let rows = columns.first().map_or(0, Vec::len);
    let mut text = String::new();
    for row in 0..rows {
        for column in columns {
            let cell = column.get(row).map_or("", String::as_str);
            let _ = write!(text, "| {cell:0$} ", width(column));
        }
        text.push_str("|\n");
        if row == 0 {
            for column in columns {
                let _ = write!(text, "|{}", "-".repeat(width(column) + 2));
            }
            text.push_str("|\n");
        }
    }
    text
}

/// Letters of the widest cell.
fn width(column: &[String]) -> usize {
    column.iter().map(|cell| cell.chars().count()).max().unwrap_or_default()
}

fn row_width(columns: &[Vec<String>]) -> usize {
    columns.iter().map(|column| width(column) + 3).sum::<usize>() + 1
}

/// Lines of a screen's width.
pub(super) fn wrapped(text: &str) -> String {
    textwrap::fill(text, SCREEN)
}

/// The head of the first column.
const STATE: &str = "state";
/// The same where rows are events.
const EVENT: &str = "event";
/// Letters of a line on a screen.
const SCREEN: usize = 120;
/// The event by which deeds are taken; pictures name the deeds in its place.
pub(super) const POLL: &str = "the next deed";
