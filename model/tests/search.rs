//! The search itself, on toys whose answers are plain to see, and on random graphs beside a naive judge.
#![cfg(test)]

extern crate alloc;

use alloc::collections::btree_map::Entry;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use core::hash::{Hash, Hasher};

use proptest::collection::vec;
use proptest::prelude::*;
use stateright::{Model, Property};
use xiom_model::check::{Arrow, Budget, Checked, Graph, Return, Stuck, second};

/// A graph that is written down, each state a number.
#[derive(Clone, Debug, Default)]
struct Drawn {
    inits: Vec<Node>,
    /// From, to, and whether it needs nobody's help.
    steps: Vec<(u32, u32, bool)>,
    pending: BTreeSet<u32>,
    good: BTreeSet<u32>,
    /// What breaks the promise.
    bad: BTreeSet<u32>,
    /// Of states without successors: the input, and what it came to.
    outcomes: BTreeMap<u32, (u64, u64)>,
    /// How its states hash.
    hash: Hashing,
    /// What the boundary leaves out.
    outside: BTreeSet<u32>,
    /// Steps to these states are offered and never taken.
    refused: BTreeSet<u32>,
    /// It promises what the search does not judge.
    promises: bool,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Hashing {
    #[default]
    Right,
    /// All hashers are told the same of all states above the first.
    Poor,
    /// Only the hasher of our search is.
    PoorInOne,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Node(u32, Hashing);

impl Hash for Node {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let is_ours = core::any::type_name::<H>().contains("foldhash");
        let is_poor = match self.1 {
            Hashing::Right => false,
            Hashing::Poor => true,
            Hashing::PoorInOne => is_ours,
        };
        let told = if is_poor { self.0.min(1) } else { self.0 };
        told.hash(hasher);
    }
}

impl Model for Drawn {
    type State = Node;
    /// An index among the steps.
    type Action = usize;

    fn init_states(&self) -> Vec<Node> {
        self.inits.iter().map(|node| Node(node.0, self.hash)).collect()
    }

    fn actions(&self, node: &Node, actions: &mut Vec<usize>) {
        let steps = self.steps.iter().enumerate();
        actions.extend(steps.filter(|(_, step)| step.0 == node.0).map(|(index, _)| index));
    }

    fn next_state(&self, node: &Node, action: usize) -> Option<Node> {
        let next = self.steps[action].1;
        (!self.refused.contains(&next)).then_some(Node(next, node.1))
    }

    fn within_boundary(&self, node: &Node) -> bool {
        !self.outside.contains(&node.0)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        if self.promises {
            return vec![Property::eventually("in the end", |_, _| true)];
        }
        vec![
            Property::always("nothing bad", |drawn: &Self, node: &Node| {
                !drawn.bad.contains(&node.0)
            }),
            Property::sometimes("something good", |drawn: &Self, node: &Node| {
                drawn.good.contains(&node.0)
            }),
        ]
    }
}

impl Checked for Drawn {
    type Plain = Self;

    fn name(&self) -> String {
        "drawn".into()
    }

    fn about(&self) -> String {
        "A graph that is written down.".into()
    }

    fn plain(&self) -> Self {
        self.clone()
    }

    fn returns(&self) -> Vec<Return<Self>> {
        let returns = |name, alone| Return {
            name,
            pending: |drawn: &Self, node: &Node| drawn.pending.contains(&node.0),
            good: |drawn: &Self, node: &Node| drawn.good.contains(&node.0),
            alone,
        };
        vec![returns("by itself", true), returns("somehow", false)]
    }

    fn is_own(&self, action: &usize) -> bool {
        self.steps[*action].2
    }

    fn outcome(&self, node: &Node) -> Option<(u64, u64)> {
        self.outcomes.get(&node.0).copied()
    }

    fn participants(&self) -> Vec<&'static str> {
        vec!["graph"]
    }

    fn tell(&self, _: &Node, action: &usize) -> Vec<Arrow> {
        vec![Arrow::new(0, 0, action.to_string())]
    }
}

/// The graph of `steps` from the state 0, none of which needs help.
fn drawn(steps: &[(u32, u32)]) -> Drawn {
    let steps = steps.iter().map(|(from, to)| (*from, *to, true)).collect();
    Drawn { inits: vec![Node(0, Hashing::Right)], steps, ..Drawn::default() }
}

fn explore(drawn: &Drawn) -> Graph<'_, Drawn> {
    Graph::explore(drawn, Budget::REVIEW, |_, _| {})
}

/// The states on the way to the state `number`.
fn way(graph: &Graph<'_, Drawn>, drawn: &Drawn, number: u32) -> Vec<u32> {
    let (init, steps) = graph.path(number).expect("there is a way");
    let steps = steps.iter().map(|step| drawn.steps[*step].1);
    core::iter::once(init.0).chain(steps).collect()
}

/// Whether what is `pending` can return to what is `good`, by itself and somehow.
fn judge(steps: &[(u32, u32)], pending: &[u32], good: &[u32]) -> (bool, bool) {
    let pending = pending.iter().copied().collect();
    let drawn = Drawn { pending, good: good.iter().copied().collect(), ..drawn(steps) };
    let returns = explore(&drawn).returns();
    (returns[0].holds(), returns[1].holds())
}

#[test]
fn of_ways_of_several_lengths_the_shortest_is_told() {
    // 5 is reached in 4, 3 and 2 steps, and offered last where it is nearest.
    let steps = [(0, 1), (1, 2), (2, 3), (3, 5), (2, 5), (0, 4), (4, 0), (4, 5), (5, 6)];
    let drawn = Drawn { bad: [5, 6].into(), ..drawn(&steps) };
    let graph = explore(&drawn);
    let broken = graph.found()[0].state.expect("it is broken");
    assert!(!graph.found()[0].holds());
    assert_eq!(way(&graph, &drawn, broken), [0, 4, 5]);
    assert_eq!(graph.explored().depth, 3);
    assert_eq!(graph.explored().transitions, 9);
}

#[test]
fn a_way_begins_at_the_nearest_of_the_initial_states() {
    let inits = [0, 7, 0, 9].map(|it| Node(it, Hashing::Right)).to_vec();
    let steps = [(0, 1), (1, 5), (7, 7), (9, 5)];
    let drawn = Drawn { inits, bad: [5].into(), ..drawn(&steps) };
    let graph = explore(&drawn);
    assert_eq!(graph.explored().states, 5, "an initial state that is named twice is one");
    assert_eq!(way(&graph, &drawn, graph.found()[0].state.unwrap()), [9, 5]);
    assert_eq!(second::count(&drawn).states, 5);
    let itself = graph.path(1).unwrap();
    assert_eq!((itself.0.0, itself.1.len()), (7, 0));
}

#[test]
fn a_cycle_returns_as_long_as_it_can_be_left() {
    assert_eq!(judge(&[(0, 1), (1, 2), (2, 1), (2, 3)], &[1, 2], &[3]), (true, true));
    assert_eq!(judge(&[(0, 1), (1, 2), (2, 1), (0, 3)], &[1, 2], &[3]), (false, false));
    // The whole cycle is pending, and its only good state is on it.
    assert_eq!(judge(&[(0, 1), (1, 2), (2, 0)], &[1, 2], &[0]), (true, true));
}

#[test]
fn a_join_does_not_lend_what_only_one_way_to_it_has_seen() {
    // 1 is good and 2 is not; both join in 3, after which nothing is. A search that carries along what it
    // has seen on the way to 3 takes one way for the other.
    assert_eq!(judge(&[(0, 1), (0, 2), (1, 3), (2, 3)], &[2], &[1]), (false, false));
    assert_eq!(judge(&[(0, 2), (0, 1), (1, 3), (2, 3), (3, 1)], &[2, 3], &[1]), (true, true));
}

#[test]
fn a_step_on_the_spot_neither_returns_nor_hinders() {
    assert_eq!(judge(&[(0, 0), (0, 1)], &[0], &[1]), (true, true));
    assert_eq!(judge(&[(0, 0), (0, 1), (1, 1)], &[0, 1], &[2]), (false, false));
    assert_eq!(judge(&[(0, 0)], &[0], &[0]), (true, true));
}

#[test]
fn what_needs_help_is_no_return_by_itself() {
    let steps = vec![(0, 1, false), (0, 2, true), (2, 0, true), (2, 1, false)];
    let drawn = Drawn { steps, pending: [0, 2].into(), good: [1].into(), ..drawn(&[]) };
    let graph = explore(&drawn);
    let [alone, somehow] = &graph.returns()[..] else { panic!("there are two") };
    assert!(somehow.holds());
    assert_eq!((alone.is_pending, alone.states, alone.first), (true, 2, Some(0)));
}

#[test]
fn what_is_never_pending_does_not_hold() {
    assert_eq!(judge(&[(0, 1)], &[], &[1]), (false, false));
}

#[test]
fn two_ends_of_the_same_inputs_are_a_conflict_and_of_others_are_none() {
    let outcomes = [(1, (7, 1)), (2, (7, 1)), (3, (8, 2))].into();
    let same = Drawn { outcomes, ..drawn(&[(0, 1), (0, 2), (0, 3)]) };
    let graph = explore(&same);
    assert_eq!((graph.explored().conflict, graph.explored().inputs), (None, 2));
    let differing = Drawn { outcomes: [(1, (7, 1)), (3, (7, 2)), (2, (7, 1))].into(), ..same };
    let graph = explore(&differing);
    assert_eq!((graph.explored().conflict, graph.explored().inputs), (Some((1, 3)), 1));
}

#[test]
fn where_no_step_that_is_offered_can_be_taken_is_an_end() {
    let outcomes = [(1, (7, 1)), (2, (7, 2))].into();
    let refused = [9].into();
    let drawn = Drawn { outcomes, refused, ..drawn(&[(0, 1), (0, 2), (1, 9)]) };
    assert_eq!(explore(&drawn).explored().conflict, Some((1, 2)));
}

#[test]
fn a_search_beyond_its_budget_is_cut_and_proves_no_return() {
    let steps: Vec<(u32, u32)> = (0..50).map(|it| (it, it + 1)).collect();
    let chain = Drawn { pending: [0].into(), good: [1].into(), ..drawn(&steps) };
    let within = |states, depth| {
        let graph = Graph::explore(&chain, Budget { states, depth }, |_, _| {});
        let holds = graph.returns().iter().all(Stuck::holds);
        assert_ne!(graph.explored().is_cut, holds, "{states} {depth}");
        // What was found is found again, cut or not.
        let last = u32::try_from(graph.explored().states).unwrap() - 1;
        assert_eq!(way(&graph, &chain, last).len(), graph.explored().states);
        assert_eq!(graph.path(last + 1), None);
        graph.explored().is_cut
    };
    assert!(!within(51, 50));
    assert!(within(50, 50));
    assert!(within(51, 49));
    assert!(within(1, 50));
    assert!(within(51, 0));
}

#[test]
fn a_boundary_is_not_asked_and_so_makes_the_searches_disagree() {
    let drawn = Drawn { outside: [2].into(), ..drawn(&[(0, 1), (1, 2)]) };
    assert_eq!(explore(&drawn).explored().states, 3);
    assert_eq!(second::count(&drawn).states, 2);
}

#[test]
fn a_collision_in_one_hash_shows_in_the_count_of_the_other_search() {
    let drawn = Drawn { hash: Hashing::PoorInOne, ..drawn(&[(0, 1), (1, 2), (2, 3)]) };
    assert_eq!(explore(&drawn).explored().states, 2);
    assert_eq!(second::count(&drawn).states, 4);
}

/// Both searches know a state by what its `Hash` says, so no count can show what that leaves out: models
/// derive theirs.
#[test]
fn a_hash_that_leaves_something_out_deceives_both_searches() {
    let drawn = Drawn { hash: Hashing::Poor, ..drawn(&[(0, 1), (1, 2), (2, 3)]) };
    assert_eq!(explore(&drawn).explored().states, 2);
    assert_eq!(second::count(&drawn).states, 2);
}

#[test]
#[should_panic(expected = "in the end: make it a return")]
fn a_model_that_promises_eventually_is_refused() {
    let _graph = explore(&Drawn { promises: true, ..drawn(&[(0, 1)]) });
}

/// The distances of all states that can be reached from `from` by all steps, or by those that
/// need nobody's help.
fn distances(steps: &[(u32, u32, bool)], from: &[u32], own: bool) -> BTreeMap<u32, usize> {
    let mut found: BTreeMap<u32, usize> = from.iter().map(|it| (*it, 0)).collect();
    let mut todo: VecDeque<u32> = from.iter().copied().collect();
    while let Some(state) = todo.pop_front() {
        let next = found[&state] + 1;
        for step in steps.iter().filter(|it| it.0 == state && (it.2 || !own)) {
            if let Entry::Vacant(entry) = found.entry(step.1) {
                entry.insert(next);
                todo.push_back(step.1);
            }
        }
    }
    found
}

prop_compose! {
    fn any_graph()(size in 1..60_u32)(
        inits in vec(0..size, 1..4),
        steps in vec((0..size, 0..size, any::<bool>()), 0..150),
        pending in vec(0..size, 0..20),
        good in vec(0..size, 0..8),
        bad in vec(0..size, 0..4),
    ) -> Drawn {
        Drawn {
            inits: inits.into_iter().map(|it| Node(it, Hashing::Right)).collect(),
            steps,
            pending: pending.into_iter().collect(),
            good: good.into_iter().collect(),
            bad: bad.into_iter().collect(),
            ..Drawn::default()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_random_graph_is_judged_as_a_naive_search_does(drawn in any_graph()) {
        let graph = explore(&drawn);
        let inits: Vec<u32> = drawn.inits.iter().map(|it| it.0).collect();
        let known = distances(&drawn.steps, &inits, false);
        let explored = graph.explored();
        let mut found = BTreeMap::new();
        for number in 0..u32::try_from(explored.states).unwrap() {
            let way = way(&graph, &drawn, number);
            found.insert(*way.last().unwrap(), way.len() - 1);
        }
        prop_assert_eq!(&found, &known);
        prop_assert_eq!(explored.states, known.len());
        prop_assert_eq!(explored.depth, *known.values().max().unwrap());
        let steps = drawn.steps.iter().filter(|it| known.contains_key(&it.0)).count();
        prop_assert_eq!(explored.transitions, steps);
        prop_assert!(!explored.is_cut);
        for (stuck, own) in graph.returns().iter().zip([true, false]) {
            let reaches = |from: u32| {
                distances(&drawn.steps, &[from], own).keys().any(|it| drawn.good.contains(it))
            };
            let pending: Vec<u32> =
                drawn.pending.iter().copied().filter(|it| known.contains_key(it)).collect();
            let away: Vec<u32> = pending.iter().copied().filter(|it| !reaches(*it)).collect();
            prop_assert_eq!(stuck.is_pending, !pending.is_empty());
            prop_assert_eq!(stuck.states, away.len());
            let nearest = away.iter().map(|it| known[it]).min();
            let first = stuck.first.map(|it| way(&graph, &drawn, it));
            prop_assert_eq!(first.as_ref().map(|way| way.len() - 1), nearest);
            prop_assert!(first.is_none_or(|way| away.contains(way.last().unwrap())));
        }
        let nearest = |among: &BTreeSet<u32>| {
            among.iter().filter_map(|it| known.get(it)).min().copied()
        };
        for (decided, among) in graph.found().iter().zip([&drawn.bad, &drawn.good]) {
            let way = decided.state.map(|it| way(&graph, &drawn, it).len() - 1);
            prop_assert_eq!(way, nearest(among));
        }
        let second = second::count(&drawn);
        prop_assert_eq!(second.states, explored.states);
        let verdicts: Vec<_> = graph.found().iter().map(|it| (it.name, it.holds())).collect();
        prop_assert_eq!(second.verdicts, verdicts);
    }
}
