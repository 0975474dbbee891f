//! AG (pending implies EF good), on the whole graph, backwards from the good states.

use super::seen::index;
use super::{Checked, Graph, graph};

/// A return, and what cannot return.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stuck {
    /// The name of the return.
    pub name: &'static str,
    /// Whether a state is pending at all; without one, green would be vacuous.
    pub is_pending: bool,
    /// How many states that are pending cannot reach a good one.
    pub states: usize,
    /// The nearest of them.
    pub first: Option<u32>,
}

impl Stuck {
    /// Whether something is pending somewhere, and returns from everywhere.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.is_pending && self.states == 0
    }
}

impl<M: Checked> Graph<'_, M> {
    /// Judges every return of the model. None holds in a search that was cut: nothing follows there what
    /// was not expanded, and what is pending may not have been found.
    #[must_use]
    pub fn returns(&self) -> Vec<Stuck> {
        let returns = self.model.returns();
        let nothing = |it: &super::Return<M>| Stuck {
            name: it.name,
            is_pending: false,
            states: 0,
            first: None,
        };
        let mut judged: Vec<Stuck> = returns.iter().map(nothing).collect();
        if self.explored.is_cut {
            return judged;
        }
        // The steps turned round are the largest thing here, so there is one kind of them at a time.
        for alone in [false, true] {
            if returns.iter().all(|it| it.alone != alone) {
                continue;
            }
            let wanted = if alone { graph::OWN } else { 0 };
            let edges = self.backwards(|successor| successor & wanted == wanted);
            let judged = judged.iter_mut().zip(&returns).enumerate();
            for (bit, (stuck, _)) in judged.filter(|(_, (_, it))| it.alone == alone) {
                self.judge(stuck, bit, &self.reach(&edges, bit));
            }
        }
        judged
    }

    fn judge(&self, stuck: &mut Stuck, bit: usize, reaches: &[bool]) {
        for (number, (marks, reaches)) in (0_u32..).zip(self.marks.as_slice().iter().zip(reaches)) {
            let is_pending = marks >> (2 * bit + 1) & 1 != 0;
            stuck.is_pending |= is_pending;
            if is_pending && !reaches {
                stuck.states += 1;
                stuck.first.get_or_insert(number);
            }
        }
    }

    /// Which states can reach one that is good.
    fn reach(&self, edges: &Backwards, bit: usize) -> Vec<bool> {
        let is_good = |marks: &u16| marks >> (2 * bit) & 1 != 0;
        let mut reaches: Vec<bool> = self.marks.as_slice().iter().map(is_good).collect();
        let mut todo = Vec::new();
        for (good, marks) in (0_u32..).zip(self.marks.as_slice()) {
            // What lies before one good state is done before the next one begins, so few wait.
            todo.extend(is_good(marks).then_some(good));
            while let Some(number) = todo.pop() {
                for earlier in edges.before(number) {
                    if let Some(reached @ false) = reaches.get_mut(index(*earlier)) {
                        *reached = true;
                        todo.push(*earlier);
                    }
                }
            }
        }
        reaches
    }

    /// The steps whose successor is `wanted`, turned round.
    fn backwards(&self, wanted: impl Fn(u32) -> bool) -> Backwards {
        // The count of each state's steps stands two places behind it: the first place is always 0, and the
        // second moves from where its steps begin to where they end as they are filled in.
        let mut starts = vec![0_u32; self.fingerprints.len() + 2];
        for successor in self.successors.as_slice().iter().filter(|it| wanted(**it)) {
            if let Some(count) = starts.get_mut(index(successor & !graph::OWN) + 2) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut sources = vec![0; index(sum)];
        for (source, successors) in self.sources() {
            for successor in successors.iter().filter(|it| wanted(**it)) {
                if let Some(at) = starts.get_mut(index(successor & !graph::OWN) + 1) {
                    if let Some(slot) = sources.get_mut(index(*at)) {
                        *slot = source;
                    }
                    *at += 1;
                }
            }
        }
        Backwards { starts, sources }
    }
}

/// Of each state, the states before it.
struct Backwards {
    starts: Vec<u32>,
    sources: Vec<u32>,
}

impl Backwards {
    fn before(&self, number: u32) -> &[u32] {
        let start = |number: usize| self.starts.get(number).map_or(0, |start| index(*start));
        let number = index(number);
        self.sources.get(start(number)..start(number + 1)).unwrap_or_default()
    }
}
