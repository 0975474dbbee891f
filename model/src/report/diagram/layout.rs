//! Where states, ports and lanes are.
//!
//! Between two ranks lies a band, and in it a lane for each edge, so that no two horizontal lines and no
//! two labels share a height. Ports of edges that leave stand on multiples of ten pixels, those of edges
//! that come in between them, so that no two vertical lines share a place. What leads back goes round the
//! right; what leads back to the same state shares its way from there.

use super::super::svg::{self, Px};
use super::{Diagram, fold, ranks};

/// The whole layout.
pub(super) struct Layout {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    /// Where each way back goes up: the state it leads to, the place of the line, the height of the lane
    /// above that state, and the port.
    pub(super) backs: Vec<Back>,
    /// Where the mark of the initial state points.
    pub(super) mark: Px,
    pub(super) size: (Px, Px),
}

/// A state.
#[derive(Clone, Copy, Default)]
pub(super) struct Node {
    pub(super) rank: usize,
    pub(super) left: Px,
    pub(super) top: Px,
    pub(super) width: Px,
    pub(super) height: Px,
}

/// An edge between two states.
pub(super) struct Edge {
    /// Its index in the diagram.
    pub(super) index: usize,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) way: Way,
    /// The label, as it is shown.
    pub(super) label: String,
    /// Where it leaves.
    pub(super) out: Px,
    /// Where it comes in; of a way back, where it goes up.
    pub(super) into: Px,
    /// The height of its lane.
    pub(super) lane: Px,
}

/// Which way an edge leads.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Way {
    /// Within a rank.
    Level,
    /// To a rank above.
    Back,
    /// To the next rank.
    Down,
}

pub(super) struct Back {
    pub(super) to: usize,
    pub(super) line: Px,
    pub(super) lane: Px,
    pub(super) into: Px,
}

impl Layout {
    pub(super) fn of(diagram: &Diagram) -> Self {
        let rows = ranks::ranks(diagram);
        let mut layout = Self {
            nodes: vec![Node::default(); diagram.states.len()],
            edges: Vec::new(),
            backs: Vec::new(),
            mark: 0,
            size: (0, 0),
        };
        for (rank, row) in rows.iter().enumerate() {
            for state in row {
                layout.nodes.get_mut(*state).into_iter().for_each(|node| node.rank = rank);
            }
        }
        layout.connect(diagram);
        let right = layout.across(diagram, &rows);
        layout.ports(diagram, right);
        layout.down(&rows);
        let ends = layout.edges.iter().map(|it| it.label_left() + svg::width(&it.label));
        let lines = layout.backs.iter().map(|it| it.line);
        layout.size.0 = ends.chain(lines).chain([right]).max().unwrap_or_default() + MARGIN;
        layout
    }

    pub(super) fn node(&self, state: usize) -> Node {
        self.nodes.get(state).copied().unwrap_or_default()
    }

    fn connect(&mut self, diagram: &Diagram) {
        for (index, (from, to, labels)) in diagram.edges.iter().enumerate() {
            if from == to {
                continue;
            }
            let way = match self.node(*to).rank.cmp(&self.node(*from).rank) {
                core::cmp::Ordering::Less => Way::Back,
                core::cmp::Ordering::Equal => Way::Level,
                core::cmp::Ordering::Greater => Way::Down,
            };
            let label = fold(labels, LABEL);
            let (from, to) = (*from, *to);
            self.edges.push(Edge { index, from, to, way, label, out: 0, into: 0, lane: 0 });
            if way == Way::Back && self.backs.iter().all(|it| it.to != to) {
                self.backs.push(Back { to, line: 0, lane: 0, into: 0 });
            }
        }
        // The shortest ways back stay inside.
        let nodes = &self.nodes;
        let rank = |state: usize| nodes.get(state).map_or(0, |it| it.rank);
        self.backs.sort_by_key(|it| core::cmp::Reverse(rank(it.to)));
    }

    /// Widths, and places in each rank; gives the right end of the widest.
    fn across(&mut self, diagram: &Diagram, rows: &[Vec<usize>]) -> Px {
        let mut widths = Vec::new();
        for (state, name) in diagram.states.iter().enumerate() {
            let looped = diagram.edges.iter().find(|(from, to, _)| *from == state && to == from);
            let words = looped.map_or(0, |(.., labels)| fold(labels, NAME).chars().count() + 2);
            let letters = name.chars().count().min(NAME).max(words);
            let below = self.edges.iter().filter(|it| it.from == state || it.is_level_to(state));
            let above = self.edges.iter().filter(|it| it.to == state).count() + 1;
            let ports = (below.count().max(above) + 1) * PORT;
            let node = Node {
                width: (letters * svg::LETTER + 2 * PAD).max(ports),
                height: if looped.is_some() { 2 * svg::LINE + PAD } else { svg::LINE + PAD + 4 },
                ..self.node(state)
            };
            self.nodes.get_mut(state).into_iter().for_each(|it| *it = node);
        }
        for row in rows {
            let width: Px = row.iter().map(|state| self.node(*state).width).sum();
            widths.push(width + row.len().saturating_sub(1) * SPACE);
        }
        let widest = widths.iter().copied().max().unwrap_or_default();
        for (row, width) in rows.iter().zip(widths) {
            let mut left = MARGIN + (widest - width) / 2;
            for state in row {
                if let Some(node) = self.nodes.get_mut(*state) {
                    node.left = left;
                    left += node.width + SPACE;
                }
            }
        }
        MARGIN + widest
    }

    /// Where edges leave and come in.
    fn ports(&mut self, diagram: &Diagram, right: Px) {
        for state in 0..self.nodes.len() {
            let node = self.node(state);
            let middle = |it: Node| it.left + it.width / 2;
            // Each port: where the other end is, and which end of which edge it is.
            let (mut below, mut above) = (Vec::new(), Vec::new());
            for (number, it) in self.edges.iter().enumerate() {
                let (from, to) = (middle(self.node(it.from)), middle(self.node(it.to)));
                if it.from == state {
                    let other = if it.way == Way::Back { Px::MAX } else { to };
                    below.push((other, End::Out(number)));
                }
                if it.to == state {
                    match it.way {
                        Way::Level => below.push((from, End::Into(number))),
                        Way::Down => above.push((from, End::Into(number))),
                        Way::Back => {}
                    }
                }
            }
            let back = self.backs.iter().position(|it| it.to == state);
            above.extend(back.map(|number| (Px::MAX, End::Back(number))));
            above.extend((state == diagram.initial).then_some((0, End::Mark)));
            self.spread(node, below, 0);
            self.spread(node, above, PORT / 2);
        }
        self.straighten();
        // Right of the words of what leads there.
        let words = self.edges.iter().filter(|it| it.way == Way::Back);
        let words = words.map(|it| it.out + PAD + svg::width(&it.label)).max().unwrap_or_default();
        for (number, back) in self.backs.iter_mut().enumerate() {
            back.line = right.max(words) + 2 * PAD + number * PORT;
        }
        for edge in self.edges.iter_mut().filter(|it| it.way == Way::Back) {
            let back = self.backs.iter().find(|it| it.to == edge.to);
            edge.into = back.map_or(right, |it| it.line);
        }
    }

    fn spread(&mut self, node: Node, mut ports: Vec<(Px, End)>, offset: Px) {
        ports.sort_by_key(|(other, _)| *other);
        let count = ports.len();
        for (number, (_, end)) in ports.into_iter().enumerate() {
            let exact = node.left + node.width * (number + 1) / (count + 1);
            let x = exact / PORT * PORT + offset;
            match end {
                End::Out(edge) => self.edges.get_mut(edge).into_iter().for_each(|it| it.out = x),
                End::Into(edge) => self.edges.get_mut(edge).into_iter().for_each(|it| it.into = x),
                End::Back(back) => self.backs.get_mut(back).into_iter().for_each(|it| it.into = x),
                End::Mark => self.mark = x,
            }
        }
    }

    /// What is straight but for the distance between the two kinds of ports becomes straight.
    fn straighten(&mut self) {
        for edge in self.edges.iter_mut().filter(|it| it.way == Way::Down) {
            if edge.out.abs_diff(edge.into) <= PORT / 2 {
                edge.into = edge.out;
            }
        }
    }

    /// Heights: the bands with their lanes, and the ranks between them.
    fn down(&mut self, rows: &[Vec<usize>]) {
        let mut y = MARGIN;
        for rank in 0..=rows.len() {
            y += BAND;
            let mut lanes: Vec<usize> = (0..self.edges.len()).collect();
            lanes.retain(|number| self.edges.get(*number).is_some_and(|it| self.below(it) == rank));
            lanes.sort_by_key(|number| self.edges.get(*number).map(Edge::order));
            for number in lanes {
                y += LANE;
                self.edges.get_mut(number).into_iter().for_each(|it| it.lane = y);
            }
            let nodes = &self.nodes;
            let is_here = |it: &&mut Back| nodes.get(it.to).is_some_and(|it| it.rank == rank);
            for back in self.backs.iter_mut().filter(is_here) {
                y += PORT;
                back.lane = y;
            }
            y += BAND;
            let nodes = || rows.get(rank).into_iter().flatten();
            let height = nodes().map(|state| self.node(*state).height).max().unwrap_or_default();
            for state in nodes() {
                self.nodes.get_mut(*state).into_iter().for_each(|node| node.top = y);
            }
            y += height;
        }
        self.size.1 = y;
    }

    /// The band in which the lane of `edge` is.
    fn below(&self, edge: &Edge) -> usize {
        self.node(edge.from).rank + 1
    }
}

enum End {
    Out(usize),
    Into(usize),
    Back(usize),
    Mark,
}

impl Edge {
    fn is_level_to(&self, state: usize) -> bool {
        self.way == Way::Level && self.to == state
    }

    /// In which order lanes of a band lie: what leads to the right begins at the right.
    fn order(&self) -> (Way, bool, Px) {
        let is_left = self.into < self.out;
        (self.way, is_left, if is_left { self.out } else { Px::MAX - self.out })
    }

    /// Where the label begins: beside the port, and within the picture.
    pub(super) fn label_left(&self) -> Px {
        if self.into < self.out {
            (self.out - PAD).saturating_sub(svg::width(&self.label)).max(PAD)
        } else {
            self.out + PAD
        }
    }
}

/// Letters of a state's name.
pub(super) const NAME: usize = 28;
/// Letters of a label.
const LABEL: usize = 34;
/// From one port to the next.
const PORT: Px = 10;
/// From one lane to the next.
const LANE: Px = 22;
/// Room above and below the lanes of a band.
const BAND: Px = 12;
/// Between two states of a rank.
const SPACE: Px = 40;
/// Room within and beside words.
pub(super) const PAD: Px = 8;
/// Room around the picture.
const MARGIN: Px = 12;

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn diagrams() -> impl Strategy<Value = Diagram> {
        let edge = (0..9_usize, 0..9_usize, prop::collection::vec("[a-z]{1,20}", 1..5));
        prop::collection::vec(edge, 0..40).prop_map(|edges| {
            let name = |state: usize| format!("state {state}");
            let steps = edges.into_iter().flat_map(|(from, to, labels)| {
                labels.into_iter().map(move |label| (name(from), label, name(to)))
            });
            Diagram::collect("machine", name(0), steps)
        })
    }

    proptest! {
        #[test]
        fn nothing_lies_upon_another(diagram in diagrams()) {
            let layout = Layout::of(&diagram);
            let edges = &layout.edges;
            let looped = diagram.edges.iter().filter(|(from, to, _)| from == to).count();
            prop_assert_eq!(edges.len() + looped, diagram.edges.len());

            let lanes: BTreeSet<Px> = edges.iter().map(|it| it.lane).collect();
            prop_assert_eq!(lanes.len(), edges.len(), "each lane has a height of its own");
            for (index, one) in layout.nodes.iter().enumerate() {
                for other in &layout.nodes[index + 1..] {
                    let apart = one.left + one.width < other.left
                        || other.left + other.width < one.left
                        || one.top + one.height < other.top
                        || other.top + other.height < one.top;
                    prop_assert!(apart, "states lie apart");
                }
                let is_across = |edge: &&Edge| {
                    one.top <= edge.lane && edge.lane <= one.top + one.height
                };
                prop_assert!(edges.iter().find(is_across).is_none(), "lanes lie between ranks");
            }
            let outs: BTreeSet<(usize, Px)> = edges.iter().map(|it| (it.from, it.out)).collect();
            prop_assert_eq!(outs.len(), edges.len(), "each edge leaves by a port of its own");
            for edge in edges {
                let node = layout.node(edge.from);
                prop_assert!((node.left..node.left + node.width).contains(&edge.out));
                let end = edge.label_left() + svg::width(&edge.label);
                prop_assert!(end <= layout.size.0 && edge.lane <= layout.size.1);
                let shared = edges.iter().filter(|it| {
                    edge.way == Way::Down && it.index != edge.index && it.out == edge.into
                        && layout.node(it.from).rank == layout.node(edge.from).rank
                });
                prop_assert_eq!(shared.count(), 0, "what leaves and what comes in stay apart");
            }
        }
    }
}
