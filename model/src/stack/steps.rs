//! What may happen next in each state, and what must hold in all of them.

use stateright::{Model, Property};

use super::{Bounds, PROMISES, Socket, Step, View, World};
use crate::peer::Unit;

impl Model for Bounds {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self.wire)]
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        steps.extend((world.opens < self.opens).then_some(Step::Open));
        steps.extend((world.closes < self.closes).then_some(Step::Close));
        steps.extend((world.finishes < self.finishes).then_some(Step::Finish));
        steps.extend((world.sends < self.sends).then_some(Step::Send));
        if world.clone().settle() {
            steps.push(Step::Poll);
            return;
        }
        if !world.stalled && world.socket != Socket::Gone {
            steps.push(Step::Receive);
            return;
        }
        let faulty = world.faults < self.faults;
        match world.socket {
            Socket::Gone => return,
            Socket::Connecting => {
                steps.push(Step::Connected);
                steps.extend(faulty.then_some(Step::Refused));
            }
            Socket::Up | Socket::Shut | Socket::Deaf => self.traffic(world, faulty, steps),
            Socket::Dead => {}
            Socket::Leaving => steps.push(Step::Disconnected),
        }
        let waits = world.channel.poll_deadline().is_some();
        steps.extend(waits.then_some(Step::Expire));
    }

    fn next_state(&self, world: &World, step: Step) -> Option<World> {
        let mut next = world.clone();
        next.step(step);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        fn holds<const BIT: usize>(_: &Bounds, world: &World) -> bool {
            world.broken & (1 << BIT) == 0
        }
        let conditions: [fn(&Bounds, &World) -> bool; PROMISES.len()] = [
            holds::<0>,
            holds::<1>,
            holds::<2>,
            holds::<3>,
            holds::<4>,
            holds::<5>,
            holds::<6>,
            holds::<7>,
            holds::<8>,
            holds::<9>,
            holds::<10>,
            holds::<11>,
        ];
        PROMISES
            .into_iter()
            .zip(conditions)
            .map(|(name, holds)| Property::always(name, holds))
            .collect()
    }
}

impl Bounds {
    /// What may happen on a socket that is up.
    fn traffic(&self, world: &World, faulty: bool, steps: &mut Vec<Step>) {
        if !world.wire.is_empty() {
            steps.push(Step::TakeAll);
            steps.extend(faulty.then_some(Step::TakeOne));
        }
        if world.socket != Socket::Deaf {
            if world.socket == Socket::Shut {
                // A peer that was told goodbye ends, too: no fault.
                steps.push(Step::Ended);
            } else {
                steps.extend(faulty.then_some(Step::Ended));
            }
            self.words(world, steps);
        }
        steps.extend(faulty.then_some(Step::Lost));
    }

    fn words(&self, world: &World, steps: &mut Vec<Step>) {
        let deaf = match world.view {
            View::Opening => world.is_decided(),
            View::Open => world.ended,
            View::Closed | View::Broken | View::Closing => true,
        };
        let said: &[Unit] = match world.view {
            _ if deaf => &[Unit::Data],
            View::Open => &Unit::OPEN,
            View::Opening | View::Closed | View::Broken | View::Closing => &Unit::ALL,
        };
        if world.units < self.units {
            steps.extend(said.iter().map(|unit| Step::Said(*unit, None)));
        }
        if self.pairs && world.units + 1 < self.units && !deaf {
            let pairs = said.iter().flat_map(|a| said.iter().map(move |b| (*a, Some(*b))));
            steps.extend(pairs.map(|(a, b)| Step::Said(a, b)));
        }
    }
}
