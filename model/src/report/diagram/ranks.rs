//! Which state stands in which rank, and where in it.

use alloc::collections::VecDeque;

use super::Diagram;

/// The states, by rank; what is not reachable stands in the last.
pub(super) fn ranks(diagram: &Diagram) -> Vec<Vec<usize>> {
    let mut distance = vec![None; diagram.states.len()];
    let mut todo = VecDeque::new();
    if let Some(initial) = distance.get_mut(diagram.initial) {
        *initial = Some(0);
        todo.push_back((diagram.initial, 0));
    }
    let mut rows: Vec<Vec<usize>> = Vec::new();
    while let Some((state, rank)) = todo.pop_front() {
        if rows.len() == rank {
            rows.push(Vec::new());
        }
        rows.last_mut().into_iter().for_each(|row| row.push(state));
        for (_, to, _) in diagram.edges.iter().filter(|(from, ..)| *from == state) {
            if let Some(unknown @ None) = distance.get_mut(*to) {
                *unknown = Some(rank + 1);
                todo.push_back((*to, rank + 1));
            }
        }
    }
    let lost = distance.iter().enumerate().filter(|(_, it)| it.is_none());
    let lost: Vec<usize> = lost.map(|(state, _)| state).collect();
    rows.extend((!lost.is_empty()).then_some(lost));
    sort(diagram, &mut rows);
    rows
}

/// Puts each state of a rank below the middle of those that lead to it from the rank above.
fn sort(diagram: &Diagram, rows: &mut [Vec<usize>]) {
    let mut above: Vec<usize> = Vec::new();
    for row in rows {
        let middle = |state: &usize| {
            let parents = diagram.edges.iter().filter(|(_, to, _)| to == state);
            let places = parents.filter_map(|(from, ..)| above.iter().position(|it| it == from));
            let (count, sum) = places.fold((0, 0), |(count, sum), place| (count + 1, sum + place));
            (SCALE * sum).checked_div(count)
        };
        row.sort_by_key(|state| middle(state).unwrap_or(usize::MAX));
        above.clone_from(row);
    }
}

/// Keeps the fraction of a middle.
const SCALE: usize = 1_000;
