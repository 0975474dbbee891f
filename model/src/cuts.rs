//! Every cut of the same octets at every octet: the outcome must not depend on it.

use core::time::Duration;
use std::collections::HashSet;

use xiom_core::{Action, Connection, Fact, Limits, News};

use crate::peer::Unit;
use crate::stack::{Layers, layers};

/// What was told to the user after some octets, and the machine as it then stands.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Run {
    connection: Connection<Layers>,
    fed: usize,
    heard: Vec<Heard>,
}

/// One thing that the user hears; octets in a row are one.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum Heard {
    Deed(Action),
    Data(Vec<u8>),
}

impl Run {
    /// A connection whose socket has just come up.
    fn new() -> Self {
        let mut connection = Connection::new(Limits::default());
        // A fresh connection is closed, so it opens.
        let _ = connection.open(layers(), Duration::ZERO);
        let _ = connection.poll();
        connection.handle(Fact::Connected);
        Self { connection, fed: 0, heard: Vec::new() }
    }

    /// Feeds `octets` in one read.
    fn feed(&mut self, octets: &[u8]) {
        self.fed += octets.len();
        if let Some(room) = self.connection.room().get_mut(..octets.len()) {
            room.copy_from_slice(octets);
        }
        self.connection.fill(octets.len());
        while let Some(news) = self.connection.poll() {
            match (news, self.heard.last_mut()) {
                (News::Data(range), Some(Heard::Data(before))) => {
                    before.extend(self.connection.octets(range));
                }
                (News::Data(range), _) => {
                    self.heard.push(Heard::Data(self.connection.octets(range).to_vec()));
                }
                (News::Action(deed), _) => self.heard.push(Heard::Deed(deed)),
            }
        }
    }
}

/// How many different states and how many different ends all cuts of `script` lead to.
#[must_use]
pub fn explore(script: &[Unit]) -> (usize, usize) {
    let octets: Vec<u8> = script.iter().flat_map(|unit| unit.octets()).collect();
    let (mut seen, mut ends) = (HashSet::new(), HashSet::new());
    let mut todo = vec![Run::new()];
    while let Some(run) = todo.pop() {
        let rest = octets.get(run.fed..).unwrap_or_default();
        if rest.is_empty() {
            ends.insert(run);
            continue;
        }
        for count in 1..=rest.len() {
            let mut next = run.clone();
            next.feed(rest.get(..count).unwrap_or_default());
            if seen.insert(next.clone()) {
                todo.push(next);
            }
        }
    }
    (seen.len(), ends.len())
}
