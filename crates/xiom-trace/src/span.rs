//! Spans of source text.

use serde::{Deserialize, Serialize};

/// A range of source text: lines and columns from 1, columns in characters, the end exclusive.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
pub struct Span {
    /// The first line.
    pub line: usize,
    /// The column on the first line.
    pub column: usize,
    /// The last line.
    pub end_line: usize,
    /// The column after the end, on the last line.
    pub end_column: usize,
}

impl Span {
    /// Where it begins: line and column.
    #[must_use]
    pub const fn start(self) -> (usize, usize) {
        (self.line, self.column)
    }

    /// Where it ends: line and column after it.
    #[must_use]
    pub const fn end(self) -> (usize, usize) {
        (self.end_line, self.end_column)
    }

    /// Whether all of `other` lies in it.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start() <= other.start() && other.end() <= self.end()
    }

    /// Whether the position `(line, column)` lies in it.
    #[must_use]
    pub fn holds(self, position: (usize, usize)) -> bool {
        self.start() <= position && position < self.end()
    }
}
