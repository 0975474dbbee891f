//! The cited lines of source, with what was executed.

use alloc::collections::BTreeSet;
use core::cmp::Reverse;
use core::fmt::Write as _;

use maud::{Markup, PreEscaped, Render as _, html};

use crate::{Code, Span};

/// The most lines that are shown unfolded.
const OPEN: usize = 40;
/// The lines above the fold of a longer snippet.
const ABOVE: usize = 30;

/// What is known of a piece of text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Paint {
    Plain,
    Executed,
    Missed,
}

/// The lines of `code` in `text`; `executed` are its executed regions.
pub(super) fn snippet(text: &str, code: &Code, executed: &BTreeSet<usize>) -> Markup {
    let span = code.place.span;
    let lines: Vec<(usize, &str)> = text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim_end()))
        .skip_while(|(number, _)| *number < span.line)
        .take_while(|(number, _)| *number <= span.end_line)
        .collect();
    let sheet = Sheet { code, executed, margin: margin(&lines) };
    let (above, below) =
        if lines.len() > OPEN { lines.split_at(ABOVE) } else { (&*lines, &[][..]) };
    html! {
        (sheet.block(above))
        @if !below.is_empty() {
            details.more {
                summary { (below.len()) " more lines" }
                (sheet.block(below))
            }
        }
    }
}

/// The columns of white space that all lines have in front.
fn margin(lines: &[(usize, &str)]) -> usize {
    let filled = lines.iter().filter(|(_, line)| !line.trim().is_empty());
    filled.map(|(_, line)| indent(line)).min().unwrap_or_default()
}

fn indent(line: &str) -> usize {
    line.chars().take_while(|it| it.is_whitespace()).count()
}

struct Sheet<'a> {
    code: &'a Code,
    executed: &'a BTreeSet<usize>,
    margin: usize,
}

impl Sheet<'_> {
    fn block(&self, lines: &[(usize, &str)]) -> Markup {
        let (mut gutter, mut text) = (String::new(), String::new());
        let mut barred = false;
        for (number, line) in lines {
            let mark = self.line(*number, line, &mut text);
            let principal = self.principal(*number);
            if principal != barred {
                gutter.push_str(if principal { "<b>" } else { "</b>" });
                barred = principal;
            }
            let _ = writeln!(gutter, "{number} {mark}");
            text.push('\n');
        }
        if barred {
            gutter.push_str("</b>");
        }
        html! {
            div.src { pre.g { (PreEscaped(gutter)) } pre tabindex="0" { (PreEscaped(text)) } }
        }
    }

    /// Whether the line belongs to the part whose execution counts.
    fn principal(&self, line: usize) -> bool {
        let within = |span: Span| (span.line..=span.end_line).contains(&line);
        self.code.principal.is_some_and(within)
    }

    /// Appends one line to `out`; gives its mark for the margin.
    fn line(&self, number: usize, line: &str, out: &mut String) -> char {
        let begin = indent(line) + 1;
        let length = line.chars().count();
        let blank = begin.saturating_sub(1 + self.margin);
        out.extend(core::iter::repeat_n(' ', blank));
        let (mut hit, mut missed) = (false, false);
        for (from, to) in self.pieces(number, begin, length + 1) {
            let piece: String = line.chars().skip(from - 1).take(to - from).collect();
            let paint = self.paint((number, from));
            let tags = match paint {
                Paint::Plain => ("", ""),
                Paint::Executed => ("<b>", "</b>"),
                Paint::Missed => ("<u>", "</u>"),
            };
            hit |= paint == Paint::Executed;
            missed |= paint == Paint::Missed;
            out.push_str(tags.0);
            piece.render_to(out);
            out.push_str(tags.1);
        }
        match (hit, missed) {
            (true, true) => '±',
            (true, false) => '✓',
            (false, true) => '✗',
            (false, false) => ' ',
        }
    }

    /// The parts of a line of one paint each: columns, the end exclusive.
    fn pieces(&self, number: usize, begin: usize, end: usize) -> Vec<(usize, usize)> {
        let starts = self.code.regions.iter().map(|it| it.start());
        let edges = starts.chain(self.code.regions.iter().map(|it| it.end()));
        let inner = edges
            .filter(|(line, column)| *line == number && begin < *column && *column < end)
            .map(|(_, column)| column);
        let cuts: BTreeSet<usize> = [begin, end].into_iter().chain(inner).collect();
        let mut pieces: Vec<(usize, usize)> = Vec::new();
        for (from, to) in cuts.iter().zip(cuts.iter().skip(1)) {
            match pieces.last_mut() {
                Some(last) if self.paint((number, last.0)) == self.paint((number, *from)) => {
                    last.1 = *to;
                }
                _ => pieces.push((*from, *to)),
            }
        }
        pieces
    }

    /// The innermost region at a position decides.
    fn paint(&self, position: (usize, usize)) -> Paint {
        let regions = self.code.regions.iter().enumerate();
        let around = regions.filter(|(_, region)| region.holds(position));
        match around.max_by_key(|(_, region)| (region.start(), Reverse(region.end()))) {
            None => Paint::Plain,
            Some((index, _)) if self.executed.contains(&index) => Paint::Executed,
            Some(_) => Paint::Missed,
        }
    }
}

/// Lines, as a reader writes them: `12–14, 17`.
pub(super) fn ranges(lines: impl IntoIterator<Item = usize>) -> String {
    let sorted: BTreeSet<usize> = lines.into_iter().collect();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for line in sorted {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == line => *end = line,
            _ => runs.push((line, line)),
        }
    }
    let told: Vec<String> = runs
        .into_iter()
        .map(|(from, to)| if from == to { from.to_string() } else { format!("{from}–{to}") })
        .collect();
    told.join(", ")
}
