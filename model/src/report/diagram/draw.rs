//! The layout as a picture. Lines first, words last, so that no line crosses a word.

use maud::{Markup, html};

use super::super::svg::{self, LINE, Px};
use super::layout::{Back, Edge, Layout, NAME, PAD, Way};
use super::{Diagram, fold};

pub(super) fn draw(diagram: &Diagram, layout: &Layout) -> ((Px, Px), Markup) {
    let first = layout.node(diagram.initial);
    let body = html! {
        @for back in &layout.backs { (up(layout, back)) }
        @for edge in &layout.edges { (line(diagram, layout, edge)) }
        circle.first cx=(layout.mark) cy=(first.top - MARK) r="4" {}
        path.edge d={ "M" (layout.mark) "," (first.top - MARK) "V" (first.top - TIP) } {}
        (tip(layout.mark, first.top, false, false))
        @for state in 0..diagram.states.len() { (node(diagram, layout, state)) }
        @for edge in &layout.edges {
            @let back = (edge.way == Way::Back).then_some("back");
            text.label.(back.unwrap_or_default()) x=(edge.label_left()) y=(edge.lane - 6) {
                title { (told(diagram, edge.index)) } (edge.label)
            }
        }
    };
    (layout.size, body)
}

fn node(diagram: &Diagram, layout: &Layout, state: usize) -> Markup {
    let it = layout.node(state);
    let (name, middle) = (diagram.name(state), it.left + it.width / 2);
    let looped = diagram.edges.iter().find(|(from, to, _)| *from == state && to == from);
    html! {
        rect.box x=(it.left) y=(it.top) width=(it.width) height=(it.height) rx="6" {}
        text.name x=(middle) y=(it.top + LINE + 2) text-anchor="middle" {
            title { (name) } (svg::clip(name, NAME))
        }
        @if let Some((.., labels)) = looped {
            text.self x=(middle) y=(it.top + 2 * LINE + 1) text-anchor="middle" {
                title { (name) " stays: " (labels.join(", ")) } "↻ " (fold(labels, NAME))
            }
        }
    }
}

fn line(diagram: &Diagram, layout: &Layout, edge: &Edge) -> Markup {
    let (from, to) = (layout.node(edge.from), layout.node(edge.to));
    let start = from.top + from.height;
    let Edge { out, into, lane, .. } = edge;
    let title = html! { title { (told(diagram, edge.index)) } };
    match edge.way {
        Way::Down => html! {
            path.edge d={ "M" (out) "," (start) "V" (lane) "H" (into) "V" (to.top - TIP) } { (title) }
            (tip(*into, to.top, false, false))
        },
        Way::Level => {
            let end = to.top + to.height;
            html! {
                path.edge d={ "M" (out) "," (start) "V" (lane) "H" (into) "V" (end + TIP) } { (title) }
                (tip(*into, end, true, false))
            }
        }
        Way::Back => {
            let up = layout.backs.iter().find(|it| it.to == edge.to).map_or(*lane, |it| it.lane);
            html! {
                path.edge.back d={ "M" (out) "," (start) "V" (lane) "H" (into) "V" (up) } { (title) }
            }
        }
    }
}

/// The last piece of all that leads back to one state.
fn up(layout: &Layout, back: &Back) -> Markup {
    let top = layout.node(back.to).top;
    let Back { line, lane, into, .. } = back;
    html! {
        path.edge.back d={ "M" (line) "," (lane) "H" (into) "V" (top - TIP) } {}
        (tip(*into, top, false, true))
    }
}

/// The tip of an arrow at `x`, `y`.
fn tip(x: Px, y: Px, is_up: bool, is_back: bool) -> Markup {
    let base = if is_up { y + TIP } else { y - TIP };
    let back = if is_back { "back" } else { "" };
    html! {
        path.end.(back) d={ "M" (x) "," (y) "L" (x - 4) "," (base) "L" (x + 4) "," (base) "Z" } {}
    }
}

fn told(diagram: &Diagram, edge: usize) -> String {
    diagram.edges.get(edge).map_or_else(String::new, |(from, to, labels)| {
        format!("{} → {}: {}", diagram.name(*from), diagram.name(*to), labels.join(", "))
    })
}

/// The length of a tip.
const TIP: Px = 7;
/// How far above the initial state its mark is.
const MARK: Px = PAD + 10;
