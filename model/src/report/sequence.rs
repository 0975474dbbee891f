//! A counterexample as a sequence diagram: lifelines, arrows, notes, in the order of the steps.
//!
//! Arrows stand below each other, each with room for all of its words; none is left out.

use maud::{Markup, html};

use super::svg::{self, LINE, Px};
use crate::run::{Counterexample, Told};

/// The diagram as a file of its own.
#[must_use]
pub fn svg(it: &Counterexample) -> String {
    let (size, body) = draw(it);
    svg::file(&it.scenario.property, size, &body)
}

/// The diagram as a part of a page.
pub(super) fn inline(it: &Counterexample) -> Markup {
    let (size, body) = draw(it);
    svg::inline(&format!("Sequence: {}", it.scenario.property), size, &body)
}

/// The diagram as Mermaid text.
#[must_use]
pub fn mermaid(it: &Counterexample) -> String {
    let names = it.participants.iter().enumerate();
    let names =
        names.map(|(number, name)| format!("  participant p{number} as {}\n", svg::plain(name)));
    let said = it.arrows.iter().map(|Told { from, to, text, .. }| {
        let words = svg::plain(text);
        if from == to {
            format!("  Note over p{from}: {words}\n")
        } else {
            format!("  p{from}->>p{to}: {words}\n")
        }
    });
    let head = core::iter::once("sequenceDiagram\n".to_owned());
    head.chain(names).chain(said).collect()
}

fn draw(it: &Counterexample) -> ((Px, Px), Markup) {
    let frame = Frame::of(it);
    let mut rows = Vec::new();
    let mut y = HEAD + LINE;
    let mut step = None;
    for told in &it.arrows {
        let is_first = step.replace(told.step) != Some(told.step);
        let row = Row { told, number: is_first.then_some(told.step + 1), y };
        let (markup, height) = frame.row(&row);
        rows.push(markup);
        y += height + GAP;
    }
    let height = y + GAP;
    let body = html! {
        @for number in 0..it.participants.len() {
            line.life x1=(frame.x(number)) y1=(HEAD) x2=(frame.x(number)) y2=(height - GAP) {}
        }
        @for (number, name) in it.participants.iter().enumerate() { (frame.head(number, name)) }
        @for row in &rows { (row) }
    };
    ((frame.width(), height), body)
}

/// Where the lifelines are.
struct Frame {
    participants: usize,
    /// From one lifeline to the next.
    column: Px,
}

struct Row<'a> {
    told: &'a Told,
    /// The number of the step, where it begins.
    number: Option<usize>,
    y: Px,
}

impl Frame {
    fn of(it: &Counterexample) -> Self {
        // Narrow while the words are short, and never wider than a line can be read.
        let longest = it.arrows.iter().map(|told| svg::width(&told.text)).max().unwrap_or_default();
        let names = it.participants.iter().map(|name| svg::width(name)).max().unwrap_or_default();
        let column = longest.max(names).saturating_add(4 * PAD).clamp(NARROW, WIDE);
        Self { participants: it.participants.len().max(1), column }
    }

    fn x(&self, number: usize) -> Px {
        MARGIN + self.column / 2 + number.min(self.participants - 1) * self.column
    }

    fn width(&self) -> Px {
        MARGIN + self.participants * self.column + PAD
    }

    fn head(&self, number: usize, name: &str) -> Markup {
        let (x, width) = (self.x(number), self.column - 2 * PAD);
        let shown = svg::clip(name, (width - PAD) / svg::LETTER);
        html! {
            rect.box x=(x - width / 2) y="4" width=(width) height=(HEAD - 4) rx="4" {}
            text.name x=(x) y=(HEAD / 2 + 6) text-anchor="middle" { title { (name) } (shown) }
        }
    }

    /// A row, and how high it is.
    fn row(&self, row: &Row<'_>) -> (Markup, Px) {
        let Row { told, number, y } = row;
        let (markup, height) =
            if told.from == told.to { self.note(told, *y) } else { self.arrow(told, *y) };
        let markup = html! {
            @if let Some(number) = number {
                text.number x=(MARGIN - PAD) y=(y + LINE - 4) text-anchor="end" { (number) }
            }
            (markup)
        };
        (markup, height)
    }

    fn note(&self, told: &Told, y: Px) -> (Markup, Px) {
        let (x, width) = (self.x(told.from), self.column - 2 * PAD);
        let lines = svg::wrap(&told.text, (width - PAD) / svg::LETTER);
        let height = lines.len() * LINE + PAD;
        let markup = html! {
            rect.note x=(x - width / 2) y=(y) width=(width) height=(height) rx="3" {}
            @for (index, line) in lines.iter().enumerate() {
                text x=(x) y=(y + (index + 1) * LINE) text-anchor="middle" { (line) }
            }
        };
        (markup, height)
    }

    fn arrow(&self, told: &Told, y: Px) -> (Markup, Px) {
        let (from, to) = (self.x(told.from), self.x(told.to));
        let span = from.abs_diff(to);
        let lines = svg::wrap(&told.text, span.saturating_sub(2 * PAD) / svg::LETTER);
        let tip = y + lines.len() * LINE + 4;
        let (middle, back) = (from.min(to) + span / 2, if from < to { to - 8 } else { to + 8 });
        let markup = html! {
            @for (index, line) in lines.iter().enumerate() {
                text.said x=(middle) y=(y + (index + 1) * LINE - 4) text-anchor="middle" { (line) }
            }
            line.arrow x1=(from) y1=(tip) x2=(to) y2=(tip) {}
            path.tip d={ "M" (to) "," (tip) "L" (back) "," (tip - 4) "L" (back) "," (tip + 4) "Z" } {}
        };
        (markup, tip + 4 - y)
    }
}

/// The height of the participants' names.
const HEAD: Px = 32;
/// From one row to the next.
const GAP: Px = 8;
/// Room beside words.
const PAD: Px = 8;
/// Room for the numbers of the steps.
const MARGIN: Px = 30;
/// The distance of lifelines is between these.
const NARROW: Px = 120;
const WIDE: Px = 220;
