//! The first model: the composed client stack, exhaustively within small bounds.
//!
//! State counts are recorded: a changed count is a changed machine, and shows in a review.
#![cfg(test)]

use stateright::{Checker, Model};
use xiom_model::Graph;
use xiom_model::cuts;
use xiom_model::peer::Unit;
use xiom_model::stack::{Bounds, PROMISES, View, World};

/// Little room, so that the second message waits in plain.
const BASE: Bounds = Bounds {
    opens: 1,
    closes: 1,
    finishes: 0,
    sends: 1,
    faults: 1,
    units: 5,
    pairs: false,
    wire: 8,
};

/// Explores, checks every promise and every return, and compares with stateright's own search.
fn check(bounds: Bounds, states: usize) -> Graph<Bounds> {
    let graph = Graph::explore(bounds, |world: &World| world.broken != 0);
    for (bit, promise) in PROMISES.iter().enumerate() {
        let broken = graph.find(|world| world.broken & (1 << bit) != 0);
        assert!(broken.is_none(), "{promise}: {:?}", broken.map(|index| graph.path(index)));
    }
    returns(&graph, "open", |w| w.open_pending, |w| !w.open_pending);
    returns(&graph, "close", |w| w.close_pending, |w| !w.close_pending);
    returns(&graph, "send", |w| !w.accepted.is_empty(), |w| w.accepted.is_empty());
    assert!(graph.find(|w| w.view == View::Open).is_some(), "no open: green would be vacuous");
    assert!(graph.find(|w| w.confirmed != 0).is_some(), "no message: green would be vacuous");
    let checker = bounds.checker().spawn_bfs().join();
    assert_eq!(checker.unique_state_count(), graph.len(), "the two searches disagree");
    assert_eq!(checker.discoveries().len(), 0);
    assert_eq!(graph.len(), states, "the recorded number of states changed");
    graph
}

/// From every state where something is pending, a good state stays reachable.
fn returns(
    graph: &Graph<Bounds>,
    name: &str,
    pending: fn(&World) -> bool,
    good: fn(&World) -> bool,
) {
    let (count, first) = graph.stuck(pending, good);
    assert_eq!(count, 0, "{name} is stuck after {:?}", first.map(|index| graph.path(index)));
}

#[test]
fn one_connection_with_two_messages_and_a_half_close() {
    check(Bounds { finishes: 1, sends: 2, ..BASE }, 220_087);
}

#[test]
fn two_messages_that_are_both_sealed() {
    check(Bounds { sends: 2, wire: 64, ..BASE }, 101_835);
}

#[test]
fn units_that_come_together() {
    check(Bounds { pairs: true, ..BASE }, 227_702);
}

#[test]
fn two_connections_one_after_the_other() {
    let graph = check(Bounds { opens: 2, closes: 2, ..BASE }, 255_414);
    let again = |world: &World| world.view == View::Open && world.opens == 2;
    assert!(graph.find(again).is_some(), "no second open: green would be vacuous");
    let closed = |world: &World| world.view == View::Closed && world.opens == 1;
    returns(&graph, "open again", closed, |world| world.view == View::Open);
}

#[test]
fn the_outcome_does_not_depend_on_the_cut() {
    use Unit as U;
    let prefixes: [&[U]; 7] = [
        &[],
        &[U::Hello],
        &[U::Hello, U::Header],
        &[U::Hello, U::Header, U::Plain],
        &[U::Hello, U::HeaderPlain],
        &[U::Hello, U::Header, U::Plain, U::Ok],
        &[U::Hello, U::HeaderPlain, U::OkData],
    ];
    let mut states = 0;
    for prefix in prefixes {
        for suffix in U::ALL.into_iter().flat_map(|a| U::ALL.map(|b| [a, b])) {
            let script = [prefix, &suffix].concat();
            let (count, ends) = cuts::explore(&script);
            assert_eq!(ends, 1, "{script:?}");
            states += count;
        }
    }
    assert_eq!(states, 74_872, "the recorded number of states changed");
}
