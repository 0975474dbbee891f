//! One shipped machine with all that may happen to it, explored exhaustively within small bounds.
//!
//! A user may command between any two deeds, which is what re-entrancy comes to. Octets and facts come
//! only while nothing is owed, as the contract with drivers says; octets only while the channel reads.
//! What a sceptic would write down is part of the state, and each broken promise sets a bit.

mod bench;
mod drive;
mod env;
mod lean;
mod progress;
mod promises;
mod setup;
mod step;
mod take;
mod tap;
mod tell;

use stateright::{Model, Property};

pub mod words;

pub use bench::{Bench, FEW, Face, MESSAGE, Response, Stimulus};
pub use drive::Drive;
pub use env::{Env, Socket, Spent, View};
pub use lean::{Kept, Lean};
pub use progress::Progress;
pub use promises::{PROMISES, Promise};
pub use setup::{Answer, End, Layers, Script, Setup, Unit};
pub use step::{Amount, Below, Command, Step};
pub use tap::{Frames, Tap};

use crate::check::{Arrow, Checked, Return};
use crate::machine::{Direct, Hold, Store};

/// How much may happen in one exploration.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bounds {
    /// How often each thing may happen.
    pub spent: Spent,
    /// Units that a peer says in one connection.
    pub units: u8,
    /// Two units may come in one read.
    pub pairs: bool,
}

/// One state: the machine, and its surroundings.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct World<H> {
    /// The machine, as the model holds it.
    pub held: H,
    /// Its surroundings.
    pub env: Env,
}

/// One kind of machine, with bounds, held in one way.
#[derive(Debug)]
pub struct ChannelModel<L: Layers, H = Store<Bench<L>>> {
    setup: Setup<L>,
    bounds: Bounds,
    hold: H,
    /// No exchange opens.
    never_opens: bool,
}

impl<L: Layers> ChannelModel<L> {
    /// The model whose machine is stored, each of its states once.
    #[must_use]
    pub fn new(setup: Setup<L>, bounds: Bounds) -> Self {
        let never_opens = setup.scripts.iter().all(|script| !script.opens);
        Self { setup, bounds, hold: Store::default(), never_opens }
    }

    /// The states of the machine and the steps between them, as far as they were explored.
    pub const fn store(&self) -> &Store<Bench<L>> {
        &self.hold
    }
}

impl<L: Layers, H: Hold<Bench<L>>> ChannelModel<L, H> {
    /// What the machine is, and what meets it.
    pub const fn setup(&self) -> &Setup<L> {
        &self.setup
    }

    fn face(&self, world: &World<H::Held>) -> Face {
        self.hold.face(&self.setup, &world.held)
    }
}

impl<L: Layers, H: Hold<Bench<L>>> Model for ChannelModel<L, H> {
    type State = World<H::Held>;
    type Action = Step;

    fn init_states(&self) -> Vec<Self::State> {
        let held = self.hold.hold(&self.setup, Bench::new(&self.setup));
        vec![World { held, env: Env::default() }]
    }

    fn actions(&self, world: &Self::State, steps: &mut Vec<Step>) {
        if world.env.broken == 0 {
            step::offer(self, &world.env, &self.face(world), steps);
        }
    }

    fn next_state(&self, world: &Self::State, step: Step) -> Option<Self::State> {
        let mut next = world.clone();
        take::take(self, &mut next, step);
        Some(next)
    }

    fn format_action(&self, step: &Step) -> String {
        tell::words(&self.setup, *step)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        fn holds<const BIT: u32, L: Layers, H: Hold<Bench<L>>>(
            _: &ChannelModel<L, H>,
            world: &World<H::Held>,
        ) -> bool {
            world.env.broken & (1 << BIT) == 0
        }
        let conditions: [fn(&Self, &Self::State) -> bool; PROMISES.len()] = [
            holds::<0, L, H>,
            holds::<1, L, H>,
            holds::<2, L, H>,
            holds::<3, L, H>,
            holds::<4, L, H>,
            holds::<5, L, H>,
            holds::<6, L, H>,
            holds::<7, L, H>,
            holds::<8, L, H>,
            holds::<9, L, H>,
            holds::<10, L, H>,
            holds::<11, L, H>,
            holds::<12, L, H>,
            holds::<13, L, H>,
            holds::<14, L, H>,
            holds::<15, L, H>,
            holds::<16, L, H>,
            holds::<17, L, H>,
            holds::<18, L, H>,
            holds::<19, L, H>,
            holds::<20, L, H>,
            holds::<21, L, H>,
            holds::<22, L, H>,
            holds::<23, L, H>,
        ];
        let always = PROMISES.into_iter().zip(conditions);
        let always = always.map(|(name, holds)| Property::always(name, holds));
        always.chain(self.witnesses()).collect()
    }
}

impl<L: Layers, H: Hold<Bench<L>>> ChannelModel<L, H> {
    /// What must happen somewhere, or green would be vacuous.
    fn witnesses(&self) -> Vec<Property<Self>> {
        let sometimes =
            |name, shown: fn(&Self, &World<H::Held>) -> bool| Property::sometimes(name, shown);
        let refusal = sometimes("a refusal is judged", |_, world| world.env.judged);
        if self.never_opens {
            return vec![
                refusal,
                sometimes("an open is refused", |_, world| {
                    world.env.view == View::Closed && world.env.spent.opens != 0
                }),
            ];
        }
        let mut witnesses = vec![
            sometimes("the channel opens", |_, world| world.env.view == View::Open),
            sometimes("a message arrives", |_, world| world.env.confirmed != 0),
        ];
        if self.bounds.spent.faults != 0 {
            witnesses
                .push(sometimes("a failure is told", |_, world| world.env.view == View::Broken));
        }
        if 1 < self.bounds.spent.opens {
            witnesses.push(sometimes("the channel opens again", |_, world| {
                world.env.view == View::Open && 1 < world.env.spent.opens
            }));
        }
        if !self.setup.answers.is_empty() {
            witnesses.push(sometimes("the application is asked", |_, world| world.env.asking));
        }
        witnesses
    }
}

impl<L: Layers, H: Hold<Bench<L>>> Checked for ChannelModel<L, H> {
    type Plain = ChannelModel<L, Direct>;

    fn name(&self) -> String {
        self.setup.name.into()
    }

    fn about(&self) -> String {
        self.setup.about.into()
    }

    fn plain(&self) -> Self::Plain {
        ChannelModel {
            setup: self.setup.clone(),
            bounds: self.bounds,
            hold: Direct,
            never_opens: self.never_opens,
        }
    }

    fn returns(&self) -> Vec<Return<Self>> {
        let mut returns: Vec<Return<Self>> = vec![
            //= model SRS_TLSIO_50_004
            Return {
                name: "an open ends by itself, by time alone",
                pending: |_, world| world.env.open_pending,
                good: |_, world| !world.env.open_pending,
                alone: true,
            },
            //= model SRS_TLSIO_50_024
            Return {
                name: "a close ends by itself, by time alone",
                pending: |_, world| world.env.close_pending,
                good: |_, world| !world.env.close_pending,
                alone: true,
            },
        ];
        if !self.never_opens {
            returns.push(Return {
                name: "every message can be completed",
                pending: |_, world| world.env.pending() != 0,
                good: |_, world| world.env.pending() == 0,
                alone: false,
            });
        }
        if 1 < self.bounds.spent.opens && !self.never_opens {
            returns.push(Return {
                name: "a closed channel can open again, whatever happened before",
                pending: |model, world| {
                    world.env.view == View::Closed
                        && world.env.spent.opens < model.bounds.spent.opens
                },
                good: |_, world| world.env.view == View::Open,
                alone: false,
            });
        }
        returns
    }

    fn is_own(&self, step: &Step) -> bool {
        step.is_own()
    }

    fn participants(&self) -> Vec<&'static str> {
        tell::PARTICIPANTS.to_vec()
    }

    fn tell(&self, world: &Self::State, step: &Step) -> Vec<Arrow> {
        let mut next = world.clone();
        let response = take::take(self, &mut next, *step);
        tell::arrows(&self.setup, *step, &response)
    }
}
