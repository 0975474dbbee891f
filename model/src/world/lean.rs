//! The machine of one long path: never stored, and copied only to judge a command that is refused.
//!
//! What is owed is not asked of a copy: something may be owed until a poll yields nothing.

use super::ChannelModel;
use super::bench::{Bench, Face, Response, Stimulus};
use super::env::{Socket, Spent};
use super::setup::{End, Layers, Setup};
use super::{Bounds, World};
use crate::machine::Hold;

/// Holds a machine as cheaply as can be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lean;

/// The machine, and whether something may be owed.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Kept<L> {
    pub(super) bench: Bench<L>,
    owed: bool,
}

impl<L: Layers> Hold<Bench<L>> for Lean {
    type Held = Kept<L>;

    fn hold(&self, _setup: &Setup<L>, bench: Bench<L>) -> Kept<L> {
        Kept { bench, owed: false }
    }

    fn react(&self, setup: &Setup<L>, held: &mut Kept<L>, stimulus: Stimulus) -> Response {
        let response = held.bench.react_lean(setup, stimulus);
        if stimulus == Stimulus::Poll {
            held.owed = response.deed.is_some();
        } else if !matches!(stimulus, Stimulus::Hear(_)) {
            held.owed |= response.changed;
        }
        response
    }

    fn face(&self, _setup: &Setup<L>, held: &Kept<L>) -> Face {
        held.bench.face_when(held.owed)
    }
}

impl<L: Layers> ChannelModel<L> {
    /// The same without bounds, for one path at a time.
    #[must_use]
    pub fn lean(self) -> ChannelModel<L, Lean> {
        let spent = Spent {
            opens: MANY,
            closes: MANY,
            finishes: MANY,
            sends: MANY,
            drops: MANY,
            faults: MANY,
            strays: MANY,
        };
        let bounds = Bounds { spent, units: MANY, pairs: false };
        ChannelModel { setup: self.setup, bounds, hold: Lean, never_opens: self.never_opens }
    }
}

impl<L: Layers> ChannelModel<L, Lean> {
    /// The socket takes at most `count` octets.
    pub(super) fn take_some(&self, world: &mut World<Kept<L>>, count: usize) {
        world.held.bench.take_some(count);
        world.held.owed = true;
        let face = self.hold.face(&self.setup, &world.held);
        world.env.took(&self.setup, &face);
        world.env.settled(&self.setup, &face);
    }

    /// A piece of a unit comes, the first or the last one or neither; octets that are no unit mean nothing.
    pub(super) fn hear_some(&self, world: &mut World<Kept<L>>, octets: &[u8], piece: Piece<'_>) {
        let face = self.hold.face(&self.setup, &world.held);
        let is_undecided = world.env.view == super::View::Opening && face.session;
        let env = &mut world.env;
        match piece.means {
            Some(means) if piece.is_first && is_undecided => {
                env.progress = env.progress.said(&self.setup, means);
            }
            Some(_) => {}
            None => env.disturbed = true,
        }
        env.units = env.units.saturating_add(u8::from(piece.is_first));
        if piece.is_last {
            env.goodbye |= piece.end == End::Goodbye && !env.partial;
        }
        env.partial = !piece.is_last || piece.end == End::Partial;
        world.held.bench.hear_some(octets);
        let face = self.hold.face(&self.setup, &world.held);
        world.env.settled(&self.setup, &face);
    }

    /// Whether octets may come.
    pub(super) fn is_heard(&self, world: &World<Kept<L>>) -> bool {
        let face = self.hold.face(&self.setup, &world.held);
        let is_up = matches!(world.env.socket, Socket::Up | Socket::Shut);
        is_up && face.reading && !face.owed && face.stalled
    }
}

/// A part of what a peer says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    /// What the whole means; `None` for octets that are no unit.
    pub(super) means: Option<&'a str>,
    pub(super) end: End,
    pub(super) is_first: bool,
    pub(super) is_last: bool,
}

/// More than one path has of anything, and less than counters hold.
const MANY: u8 = 250;
