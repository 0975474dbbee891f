//! A client and a server of AMQP SASL, both as they ship, over a network that cuts, delays and breaks.
//!
//! Each end is a shipped connection with a user who commands at any moment and a driver that keeps the contract
//! of drivers. Between them is nothing but octets on their way. What holds of the two together is judged: what
//! one side was told against what the other side did.

use core::hash::BuildHasher;
use core::marker::PhantomData;

use foldhash::quality::FixedState;
use stateright::{Model, Property};
use xiom_core::Plain;
use xiom_testing::ToyEngine;
use xiom_tls::Tls;

use crate::check::{Arrow, Checked, Return};
use crate::models::Size;

mod choices;
mod end;
mod logins;
mod promises;
mod tell;
mod world;

pub use end::Side;
pub use logins::{Answer, Below, ClientLayers, Login, ServerLayers};
pub use promises::PROMISES;
pub use world::{Setup, Step, World};

use end::View;

/// A client and a server over the layer `L`, which both use below SASL.
#[derive(Clone, Debug)]
pub struct Pair<L> {
    name: &'static str,
    about: &'static str,
    setups: Vec<Setup>,
    bounds: Bounds,
    below: PhantomData<fn() -> L>,
}

/// How much may happen; where there are two, to the client and to the server.
#[expect(clippy::struct_excessive_bools, reason = "each allows a thing of its own")]
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    cuts: Cuts,
    closes: [bool; 2],
    finishes: [bool; 2],
    sends: [bool; 2],
    /// A socket that does not come up, or a network that is torn.
    faults: u8,
    /// Deadlines pass.
    expires: bool,
    /// The application may say no.
    refuses: bool,
    /// Each user sends its message as soon as it is open.
    greets: bool,
    /// All paths of the same login come to the same end.
    meets: bool,
}

/// How octets are cut on their way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Cuts {
    /// At every octet.
    Every,
    /// All that is on its way, or half of it.
    Half,
    /// All that is on its way.
    Whole,
}

/// Everything that may happen, but for cuts at every octet.
const ALL: Bounds = Bounds {
    cuts: Cuts::Half,
    closes: [true, true],
    finishes: [true, true],
    sends: [true, true],
    faults: 1,
    expires: true,
    refuses: true,
    greets: false,
    meets: false,
};

/// The same, and all that is on its way arrives at once.
const WHOLE: Bounds = Bounds { cuts: Cuts::Whole, ..ALL };

/// Nobody commands anything but open and send, and nothing fails.
const CUTS: Bounds = Bounds {
    cuts: Cuts::Every,
    closes: [false, false],
    finishes: [false, false],
    sends: [false, false],
    faults: 0,
    expires: false,
    refuses: false,
    greets: true,
    meets: true,
};

/// The same, and each user sends its message when it likes.
const FREE: Bounds = Bounds { greets: false, sends: [true, true], ..CUTS };

/// PLAIN over TLS: users who close, an application that refuses, time that passes.
#[must_use]
pub fn plain(size: Size) -> Pair<Tls<ToyEngine>> {
    let about =
        "PLAIN over TLS: users who close at any moment, refusals, deadlines, a broken network.";
    let small = Bounds { finishes: [false, false], faults: 0, ..WHOLE };
    let review = Bounds { finishes: [false, false], ..WHOLE };
    Pair::new("pair-plain", about, Login::Plain, size.of(small, review, ALL))
}

/// PLAIN over TLS: users who half-close.
#[must_use]
pub fn goodbyes(size: Size) -> Pair<Tls<ToyEngine>> {
    let about = "PLAIN over TLS: users who half-close and close at any moment.";
    let small = Bounds { faults: 0, expires: false, refuses: false, ..WHOLE };
    let review = Bounds { cuts: Cuts::Half, ..small };
    let nightly = Bounds { faults: 0, ..ALL };
    Pair::new("pair-goodbyes", about, Login::Plain, size.of(small, review, nightly))
}

/// SCRAM with channel binding, over TLS.
#[must_use]
pub fn scram(size: Size) -> Pair<Tls<ToyEngine>> {
    let about =
        "SCRAM-SHA-256-PLUS over TLS: a client that closes, refusals, deadlines, a broken network.";
    let small = Bounds { finishes: [false, false], closes: [true, false], ..WHOLE };
    let review = Bounds { finishes: [false, false], faults: 0, ..ALL };
    Pair::new("pair-scram", about, Login::Scram, size.of(small, review, ALL))
}

/// ANONYMOUS over TLS.
#[must_use]
pub fn anonymous(size: Size) -> Pair<Tls<ToyEngine>> {
    let about = "ANONYMOUS over TLS: users who half-close, refusals, deadlines, a broken network.";
    let small = Bounds { closes: [false, false], ..ALL };
    let review = Bounds { closes: [false, false], cuts: Cuts::Every, ..ALL };
    let nightly = Bounds { closes: [true, false], cuts: Cuts::Every, ..ALL };
    Pair::new("pair-anonymous", about, Login::Anonymous, size.of(small, review, nightly))
}

/// PLAIN over a channel that is trusted as it is.
#[must_use]
pub fn clear(size: Size) -> Pair<Plain> {
    let about = "PLAIN without TLS: users who close, refusals, deadlines, a broken network.";
    let small = Bounds { finishes: [false, false], faults: 0, ..ALL };
    let review = Bounds { finishes: [false, false], ..ALL };
    Pair::new("pair-clear", about, Login::Plain, size.of(small, review, ALL))
}

/// PLAIN over TLS, at every cut: all come to the same end.
#[must_use]
pub fn plain_cuts(size: Size) -> Pair<Tls<ToyEngine>> {
    Pair::new("pair-plain-cuts", EVERY, Login::Plain, size.of(CUTS, FREE, FREE))
}

/// SCRAM without TLS, at every cut: all come to the same end.
#[must_use]
pub fn scram_cuts(size: Size) -> Pair<Plain> {
    Pair::new("pair-scram-cuts", EVERY, Login::Scram, size.of(CUTS, FREE, FREE))
}

/// DIGEST-MD5 with its layer, which every octet goes through from the outcome on.
#[must_use]
pub fn layer(size: Size) -> Pair<Plain> {
    let about =
        "DIGEST-MD5 with its layer: users who close and half-close, refusals, a broken network.";
    let small = Bounds { finishes: [false, false], faults: 0, ..WHOLE };
    let review = Bounds { faults: 0, ..WHOLE };
    Pair::new("pair-layer", about, Login::Digest, size.of(small, review, ALL))
}

/// DIGEST-MD5 with its layer, at every cut: all come to the same end.
#[must_use]
pub fn layer_cuts(size: Size) -> Pair<Plain> {
    Pair::new("pair-layer-cuts", EVERY, Login::Digest, size.of(CUTS, CUTS, FREE))
}

impl Size {
    /// The bounds of this size.
    const fn of(self, small: Bounds, review: Bounds, nightly: Bounds) -> Bounds {
        match self {
            Self::Small => small,
            Self::Review => review,
            Self::Nightly => nightly,
        }
    }
}

const EVERY: &str =
    "Every cut and every order of the same octets, with no fault and no command but open and send.";

impl<L: Below> Pair<L> {
    fn new(name: &'static str, about: &'static str, login: Login, bounds: Bounds) -> Self {
        let rights: &[bool] =
            if bounds.meets || login == Login::Anonymous { &[true] } else { &[true, false] };
        let setups = rights.iter().map(|is_right| Setup { login, is_right: *is_right }).collect();
        Self { name, about, setups, bounds, below: PhantomData }
    }
}

impl<L: Below> Model for Pair<L> {
    type State = World<L>;
    type Action = Step;

    fn init_states(&self) -> Vec<World<L>> {
        self.setups.iter().map(|setup| World::new(*setup)).collect()
    }

    fn actions(&self, world: &World<L>, steps: &mut Vec<Step>) {
        self.choose(world, steps);
    }

    fn next_state(&self, world: &World<L>, step: Step) -> Option<World<L>> {
        let mut next = world.clone();
        next.step(self, step);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        promises::properties(&self.bounds)
    }
}

impl<L: Below> Checked for Pair<L> {
    type Plain = Self;

    fn name(&self) -> String {
        self.name.into()
    }

    fn about(&self) -> String {
        self.about.into()
    }

    fn plain(&self) -> Self {
        self.clone()
    }

    fn returns(&self) -> Vec<Return<Self>> {
        let mut returns = vec![Return {
            name: "a pair that nobody disturbs comes to be open at both ends",
            pending: |_, world: &World<L>| !world.is_disturbed && world.setup.is_right,
            good: |_, world: &World<L>| !world.is_disturbed && world.is_open(),
            alone: false,
        }];
        if self.bounds.expires {
            //= model SRS_SASLCLIENTIO_50_027
            //= model SRS_SASL_SERVER_IO_50_010, SRS_SASL_SERVER_IO_50_020
            //= model SRS_TLSIO_50_024
            returns.push(Return {
                name: "an open and a close come to their ends by themselves",
                pending: |_, world: &World<L>| {
                    Side::BOTH.iter().any(|side| world.notes(*side).is_waiting())
                },
                good: |_, world: &World<L>| {
                    !Side::BOTH.iter().any(|side| world.notes(*side).is_waiting())
                },
                alone: true,
            });
        }
        returns.push(Return {
            name: "a message that was accepted comes to its end",
            pending: |_, world: &World<L>| {
                Side::BOTH.iter().any(|side| world.notes(*side).send_due)
            },
            good: |_, world: &World<L>| !Side::BOTH.iter().any(|side| world.notes(*side).send_due),
            alone: false,
        });
        if self.bounds.closes == [true, true] {
            returns.push(Return {
                name: "both ends can be laid to rest",
                pending: |_, world: &World<L>| {
                    Side::BOTH.iter().any(|side| !world.notes(*side).is_at_rest())
                },
                good: |_, world: &World<L>| {
                    Side::BOTH.iter().all(|side| world.notes(*side).is_at_rest())
                },
                alone: false,
            });
        }
        returns
    }

    fn is_own(&self, step: &Step) -> bool {
        matches!(step, Step::Poll(_) | Step::Expire(_) | Step::Disconnected(_))
    }

    //= model SRS_SASLCLIENTIO_50_012
    //= model SRS_SASL_SERVER_IO_01_055
    fn outcome(&self, world: &World<L>) -> Option<(u64, u64)> {
        let hasher = FixedState::with_seed(1);
        self.bounds.meets.then(|| (hasher.hash_one(world.setup), hasher.hash_one(world)))
    }

    fn participants(&self) -> Vec<&'static str> {
        vec!["client's user", "client", "network", "server", "server's user"]
    }

    fn tell(&self, world: &World<L>, step: &Step) -> Vec<Arrow> {
        world.tell(self, *step)
    }
}

impl<L: Below> World<L> {
    fn is_open(&self) -> bool {
        Side::BOTH.iter().all(|side| self.notes(*side).view == View::Open)
    }
}
