//! What may happen next to the pair.
//!
//! Of an end that owes, only its polls and its user's commands are offered, see [`super::world`].

use super::end::{Side, Socket, View};
use super::logins::{Answer, Below};
use super::world::{Step, World};
use super::{Bounds, Cuts, Pair};

impl<L: Below> Pair<L> {
    pub(super) fn choose(&self, world: &World<L>, steps: &mut Vec<Step>) {
        if world.broken != 0 {
            return;
        }
        for side in Side::BOTH {
            if !world.notes(side).is_idle {
                steps.push(Step::Poll(side));
                self.bounds.commands(world, side, steps);
                return;
            }
        }
        for side in Side::BOTH {
            self.bounds.commands(world, side, steps);
            self.bounds.socket(world, side, steps);
            self.bounds.network(world, side, steps);
        }
        let is_up = world.notes(Side::Client).socket == Socket::Up
            || world.notes(Side::Server).socket == Socket::Up;
        if is_up && !world.is_torn && world.faults < self.bounds.faults {
            steps.push(Step::Tear);
        }
        if world.server.notes.asks.is_some() {
            steps.push(Step::Answer(Answer::Yes));
            if self.bounds.refuses {
                steps.extend([Step::Answer(Answer::No), Step::Answer(Answer::Down)]);
            }
        }
    }
}

impl Bounds {
    /// What the user of one end may command.
    fn commands<L: Below>(&self, world: &World<L>, side: Side, steps: &mut Vec<Step>) {
        let notes = world.notes(side);
        let may = |allowed: [bool; 2]| match (side, allowed) {
            (Side::Client, [client, _]) => client,
            (Side::Server, [_, server]) => server,
        };
        if notes.view == View::Fresh && (side == Side::Client || world.is_dialled) {
            steps.push(Step::Open(side));
        }
        let is_begun = !matches!(notes.view, View::Fresh | View::Over);
        if is_begun && !notes.closed && may(self.closes) {
            steps.push(Step::Close(side));
        }
        let is_open = notes.view == View::Open && !notes.finished;
        if is_open && may(self.finishes) {
            steps.push(Step::Finish(side));
        }
        if is_open && !notes.sent && may(self.sends) {
            steps.push(Step::Send(side));
        }
    }

    /// What may happen at the socket of one end.
    fn socket<L: Below>(&self, world: &World<L>, side: Side, steps: &mut Vec<Step>) {
        let is_faulty = world.faults < self.faults;
        match world.notes(side).socket {
            Socket::Gone => return,
            Socket::Connecting => {
                steps.push(Step::Connected(side));
                steps.extend((side == Side::Client && is_faulty).then_some(Step::Refused));
            }
            Socket::Up => {}
            Socket::Leaving => steps.push(Step::Disconnected(side)),
        }
        if !world.pending(side).is_empty() && world.notes(side).socket != Socket::Connecting {
            steps.push(Step::Take(side));
        }
        let waits = match side {
            Side::Client => world.client.has_deadline(),
            Side::Server => world.server.has_deadline(),
        };
        steps.extend((self.expires && waits).then_some(Step::Expire(side)));
    }

    /// What may arrive at one end.
    fn network<L: Below>(&self, world: &World<L>, side: Side, steps: &mut Vec<Step>) {
        let pipe = world.pipe(side.peer());
        let is_up = world.notes(side).socket == Socket::Up;
        let is_reading = match side {
            Side::Client => world.client.is_reading(),
            Side::Server => world.server.is_reading(),
        };
        let is_broken = world.is_torn || world.pipe(side).is_lost;
        if is_up && is_broken && !pipe.is_told {
            steps.push(Step::Lost(side));
        }
        if !is_reading || pipe.is_told {
            return;
        }
        let count = pipe.flight.len();
        match self.cuts {
            Cuts::Every => steps.extend((1..=count).map(|count| Step::Arrive(side, count))),
            Cuts::Half => {
                steps.extend((1 < count).then_some(Step::Arrive(side, count / 2)));
                steps.extend((0 < count).then_some(Step::Arrive(side, count)));
            }
            Cuts::Whole => steps.extend((0 < count).then_some(Step::Arrive(side, count))),
        }
        // Who tears the network may also forge an end, which TLS must notice.
        let is_forged = world.is_torn && L::SEALS;
        if count == 0 && (pipe.is_shut && !world.is_torn || is_forged) {
            steps.push(Step::End(side));
        }
    }
}
