//! Source files: what stands where, in characters.

use crate::Span;

/// The text of one file.
#[derive(Debug)]
pub(super) struct Source {
    lines: Vec<String>,
}

impl Source {
    pub(super) fn new(text: &str) -> Self {
        Self { lines: text.lines().map(str::to_owned).collect() }
    }

    /// The span between two positions whose columns are in octets.
    pub(super) fn span(&self, start: (usize, usize), end: (usize, usize)) -> Span {
        Span {
            line: start.0,
            column: self.column(start),
            end_line: end.0,
            end_column: self.column(end),
        }
    }

    /// The compiler counts octets in a line, people and editors count characters.
    fn column(&self, (line, octet): (usize, usize)) -> usize {
        let Some(text) = line.checked_sub(1).and_then(|line| self.lines.get(line)) else {
            return octet;
        };
        let before = octet.saturating_sub(1).min(text.len());
        1 + text.char_indices().take_while(|(at, _)| *at < before).count()
    }

    /// The character at a position, with its column in characters.
    pub(super) fn character(&self, line: usize, column: usize) -> Option<char> {
        self.lines.get(line.checked_sub(1)?)?.chars().nth(column.checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_become_characters() {
        let source = Source::new("let é = \"äö\"; go();\nnext\n");
        let span = source.span((1, 18), (1, 22));
        assert_eq!((span.column, span.end_column), (15, 19));
        assert_eq!(source.character(1, 15), Some('g'));
        assert_eq!(source.character(2, 5), None);
    }

    #[test]
    fn what_lies_behind_the_line_or_the_file_stays_in_bounds() {
        let source = Source::new("ab\n");
        assert_eq!(source.span((1, 1), (1, usize::MAX)).end_column, 3);
        assert_eq!(source.span((7, 4), (7, 5)).column, 4);
    }
}
