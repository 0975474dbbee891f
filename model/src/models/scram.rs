//! SCRAM between the shipped client and the shipped server, over a wire that an attacker holds.
//!
//! Both sides are real, with three iterations in the place of thousands. The attacker has every message of this
//! exchange and of an older one; what reaches a side is what it delivers, edited or not. Notes are taken of
//! what each side said and took, so that agreement is judged on octets and not on the word of the machines.

use alloc::sync::Arc;

use stateright::{Model, Property};
use xiom_core::{Bindings, EndPoint, Security};
use xiom_sasl::client::ClientMechanism;
use xiom_sasl::scram::Variant;
use xiom_sasl::{BindingOffer, Context};

use crate::check::{Arrow, Checked, Return};
use crate::models::Size;

mod attacker;
mod bench;
mod note;
mod promises;
mod server;
mod tell;
mod world;

pub use attacker::{Edit, Forged, Source};
pub use promises::PROMISES;
pub use world::{Step, World};

use attacker::forgeries;
use bench::Bench;
use promises::properties;

/// The exchange, for some setups of its two ends.
#[derive(Clone, Debug)]
pub struct Exchange {
    name: &'static str,
    about: &'static str,
    setups: Vec<Setup>,
    /// How many messages may be edited on one path.
    edits: u8,
    bench: Arc<Bench>,
}

/// What the two ends are, and what lies between them.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Setup {
    /// The mechanism that the client runs.
    pub client: Variant,
    /// The mechanism that the server runs: another one when the attacker has changed its name.
    pub server: Variant,
    /// What the client thinks of the server's offer.
    pub heard: BindingOffer,
    /// What the server offered.
    pub offered: BindingOffer,
    /// The channels below.
    pub channel: Below,
    /// Who logs in.
    pub user: User,
    /// The client asks to act as somebody else.
    pub acts: bool,
}

/// The channels below the two ends.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Below {
    /// One channel from end to end.
    Same,
    /// Two channels, and somebody between them.
    Two,
    /// One channel that has no exporter.
    EndPoint,
    /// Only the client's end has an exporter.
    Uneven,
}

/// Who logs in.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum User {
    /// A user that the server knows.
    Known,
    /// The same with a wrong password; a second server is asked, which does not know the user.
    Wrong,
    /// A user that the server does not know.
    Unknown,
    /// The attacker itself, with an account of its own.
    Insider,
}

/// Without channel binding, whatever the two ends think that the other one could.
#[must_use]
pub fn exchange(size: Size) -> Exchange {
    use BindingOffer as B;
    let heard = [(B::None, B::None), (B::Withheld, B::None), (B::None, B::Offered)];
    let heard = [heard.as_slice(), &[(B::Withheld, B::Offered), (B::Offered, B::Offered)]].concat();
    let users = [User::Known, User::Wrong, User::Unknown];
    let plain = |(heard, offered), user, acts| Setup {
        client: Variant::Sha256,
        server: Variant::Sha256,
        heard,
        offered,
        channel: Below::Same,
        user,
        acts,
    };
    let setups = heard.iter().flat_map(|heard| {
        let each = move |user| [false, true].map(|acts| plain(*heard, user, acts));
        users.into_iter().flat_map(each)
    });
    let about = "SCRAM-SHA-256 without channel binding, and an attacker who holds every message.";
    Exchange::new("scram", about, setups.collect(), size)
}

/// With channel binding, over one channel and over two; and with a mechanism whose name was changed.
#[must_use]
pub fn bound(size: Size) -> Exchange {
    use {BindingOffer as B, Variant as V};
    let ends = [
        (V::Sha256Plus, V::Sha256Plus, B::Offered, Below::Same),
        (V::Sha256Plus, V::Sha256Plus, B::Offered, Below::Two),
        (V::Sha256Plus, V::Sha256Plus, B::Offered, Below::EndPoint),
        (V::Sha256Plus, V::Sha256Plus, B::Offered, Below::Uneven),
        (V::Sha256, V::Sha256Plus, B::None, Below::Same),
        (V::Sha256, V::Sha256Plus, B::Withheld, Below::Same),
        (V::Sha256Plus, V::Sha256, B::Offered, Below::Same),
    ];
    let setups = ends.into_iter().flat_map(|(client, server, heard, channel)| {
        let each = move |(user, acts)| Setup {
            client,
            server,
            heard,
            offered: BindingOffer::Offered,
            channel,
            user,
            acts,
        };
        [(User::Known, false), (User::Known, true), (User::Wrong, false)].map(each)
    });
    let about =
        "SCRAM-SHA-256-PLUS over one channel and over two, and its name changed on the way.";
    Exchange::new("scram-bound", about, setups.collect(), size)
}

impl Exchange {
    fn new(name: &'static str, about: &'static str, setups: Vec<Setup>, size: Size) -> Self {
        let edits = match size {
            Size::Small => 1,
            Size::Review => 2,
            Size::Nightly => 4,
        };
        Self { name, about, setups, edits, bench: Arc::new(Bench::new()) }
    }

    /// Lets `deed` see what the client's mechanism may consult.
    fn client<T>(&self, setup: Setup, deed: impl FnOnce(&Context<'_>) -> T) -> T {
        let security = setup.channel.security(true);
        deed(&Context::new(&security, &self.bench.limits).with_binding(setup.heard))
    }

    /// Lets `deed` see what the server's mechanism may consult.
    fn server<T>(&self, setup: Setup, deed: impl FnOnce(&Context<'_>) -> T) -> T {
        let security = setup.channel.security(false);
        deed(&Context::new(&security, &self.bench.limits).with_binding(setup.offered))
    }

    /// What the attacker says as a user of its own, on a channel of its own to the server: the first message,
    /// or the last one for a challenge.
    fn insider(&self, setup: Setup, challenge: Option<&[u8]>) -> Option<Vec<u8>> {
        let mut client = bench::client(setup.server, User::Insider, false, bench::NONCE)?;
        let (mut first, mut last) = (Vec::new(), Vec::new());
        let security = setup.channel.security(false);
        let cx = Context::new(&security, &self.bench.limits);
        client.start(&cx, &mut first).ok()?;
        let Some(challenge) = challenge else { return Some(first) };
        client.challenge(&cx, challenge, &mut Vec::new()).ok()?;
        client.work(&cx, bench::ITERATIONS, &mut last).ok()?;
        Some(last)
    }
}

impl Below {
    /// What the layer below gives at one end.
    fn security(self, is_client: bool) -> Security {
        let exporter = match (self, is_client) {
            (Self::Same, _) | (Self::Two | Self::Uneven, true) => Some([7; 32]),
            (Self::Two, false) => Some([8; 32]),
            (Self::EndPoint, _) | (Self::Uneven, false) => None,
        };
        let end_point = EndPoint::new(&[9; 32]).filter(|_| self != Self::Two);
        let bindings = Bindings { exporter, end_point };
        Security { confidential: true, bindings, ..Security::default() }
    }
}

impl Setup {
    /// Whether an exchange that nobody touches succeeds.
    #[must_use]
    pub fn succeeds(self) -> bool {
        let fits = match (self.client, self.server) {
            (Variant::Sha256, Variant::Sha256) => {
                self.heard != BindingOffer::Withheld || self.offered != BindingOffer::Offered
            }
            (Variant::Sha256Plus, Variant::Sha256Plus) => {
                matches!(self.channel, Below::Same | Below::EndPoint)
            }
            _ => false,
        };
        fits && self.user == User::Known
    }
}

impl Model for Exchange {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        self.setups.iter().filter_map(|setup| World::new(*setup)).collect()
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        if world.broken == 0 {
            forgeries(self, world, steps);
            world.own_steps(steps);
        }
    }

    fn next_state(&self, world: &World, step: Step) -> Option<World> {
        let mut next = world.clone();
        next.step(self, step);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties()
    }
}

impl Checked for Exchange {
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
        vec![Return {
            name: "an exchange that should succeed does, when nobody touches it",
            pending: |_, world| world.is_fresh() && world.setup.succeeds(),
            good: |_, world| world.is_agreed(),
            alone: false,
        }]
    }

    fn is_own(&self, step: &Step) -> bool {
        matches!(step, Step::Work(_))
    }

    fn participants(&self) -> Vec<&'static str> {
        vec!["client", "attacker", "server", "application"]
    }

    fn tell(&self, world: &World, step: &Step) -> Vec<Arrow> {
        world.tell(self, *step)
    }
}
