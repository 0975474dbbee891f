//! Two peers that log in as a document of Thrift says, octet by octet.
//!
//! The document lets its reader choose in four places, which [`Reading`] names. Each model takes one reading and
//! all pairs of mechanisms, a mechanism being what it says to up to three messages. Octets travel in
//! two pipes, one each way.

mod defects;
mod peer;
mod properties;

use core::fmt;

use stateright::{Model, Property};

pub use defects::thrift_defects;
pub(in crate::models) use peer::scripts;
pub use peer::{Peer, Phase, Reply};

use super::{Defect, Shown, shown};
use crate::check::{Arrow, Checked};

/// The model.
#[derive(Clone, Copy, Debug)]
pub struct Thrift {
    name: &'static str,
    reading: Reading,
    network: Network,
    shown: &'static [Shown],
}

/// How the document is understood where it can be understood in two ways.
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reading {
    /// An OK may be empty, in spite of the "non-zero length" of steps 6 and 7.
    pub allows_empty: bool,
    /// A client that has not said COMPLETE answers the server's.
    pub client_answers: bool,
    /// A server that has said COMPLETE waits for the client's.
    pub server_waits: bool,
    /// A client that is told COMPLETE asks its mechanism.
    pub client_asks: bool,
}

/// Who speaks with whom, and how octets travel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Network {
    /// All octets that are under way arrive at once.
    Whole,
    /// Octets arrive all at once or one by one.
    Cut,
    /// There is no server: somebody says two messages of [`SAYINGS`].
    Stranger,
}

/// One moment.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct World {
    /// Which pair of mechanisms this is.
    pub pair: u16,
    /// The client.
    pub client: Peer,
    /// The server, unless there is a stranger.
    pub server: Peer,
    /// Octets under way to the server.
    pub to_server: Vec<u8>,
    /// Octets under way to the client.
    pub to_client: Vec<u8>,
    /// How many messages the stranger still says.
    pub sayings: u8,
}

/// What happens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// All that is under way reaches the server.
    ToServer,
    /// All that is under way reaches the client.
    ToClient,
    /// One octet reaches the server.
    OneToServer,
    /// One octet reaches the client.
    OneToClient,
    /// The stranger says one of [`SAYINGS`] to the client.
    Say(usize),
}

impl Thrift {
    /// A model named `name` of `reading` over `network`, where `shown` is expected.
    #[must_use]
    pub const fn new(
        name: &'static str,
        reading: Reading,
        network: Network,
        shown: &'static [Shown],
    ) -> Self {
        Self { name, reading, network, shown }
    }

    /// What is wrong with the document in this reading.
    #[must_use]
    pub fn defects(&self) -> Vec<Defect> {
        shown(thrift_defects(), self.shown)
    }

    fn deliver(&self, world: &mut World, step: Step) {
        let World { client, server, to_server, to_client, .. } = world;
        let count = |step, pipe: &Vec<u8>| if step { 1 } else { pipe.len() };
        match step {
            Step::ToServer | Step::OneToServer => {
                let count = count(step == Step::OneToServer, to_server);
                server.read(to_server.drain(..count), self.reading, to_client);
            }
            Step::ToClient | Step::OneToClient => {
                let count = count(step == Step::OneToClient, to_client);
                client.read(to_client.drain(..count), self.reading, to_server);
            }
            Step::Say(saying) => {
                let octets = SAYINGS.get(saying).copied().unwrap_or_default();
                client.read(octets.iter().copied(), self.reading, to_server);
                // Nobody is there to read what the client says.
                to_server.clear();
                world.sayings -= 1;
            }
        }
    }
}

impl Model for Thrift {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        let is_stranger = self.network == Network::Stranger;
        let scripts = peer::scripts();
        let servers = if is_stranger { vec![Vec::new()] } else { scripts.clone() };
        let pairs = scripts.iter().flat_map(|client| servers.iter().map(move |it| (client, it)));
        let start = |(pair, (client, server)): (u16, (&Vec<Reply>, &Vec<Reply>))| {
            let mut to_server = Vec::new();
            let client = Peer::client(client.clone(), self.reading, &mut to_server);
            if is_stranger {
                to_server.clear();
            }
            World {
                pair,
                client,
                server: Peer::server(server.clone()),
                to_server,
                to_client: Vec::new(),
                sayings: if is_stranger { 2 } else { 0 },
            }
        };
        (0..).zip(pairs).map(start).collect()
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        let pipes = [
            (&world.to_server, Step::ToServer, Step::OneToServer),
            (&world.to_client, Step::ToClient, Step::OneToClient),
        ];
        for (pipe, all, one) in pipes {
            if !pipe.is_empty() {
                steps.push(all);
            }
            if pipe.len() > 1 && self.network == Network::Cut {
                steps.push(one);
            }
        }
        if world.sayings > 0 && world.client.phase != Phase::Failed {
            steps.extend((0..SAYINGS.len()).map(Step::Say));
        }
    }

    fn next_state(&self, world: &World, step: Step) -> Option<World> {
        let mut next = world.clone();
        self.deliver(&mut next, step);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::properties(self.network)
    }

    fn format_action(&self, step: &Step) -> String {
        step.to_string()
    }
}

impl Checked for Thrift {
    type Plain = Self;

    fn name(&self) -> String {
        self.name.into()
    }

    fn about(&self) -> String {
        let Reading { allows_empty, client_answers, server_waits, client_asks } = self.reading;
        let not = |is_so| if is_so { "" } else { "not " };
        format!(
            "Login over Thrift, literally: an OK may {}be empty, the client does {}answer COMPLETE, the \
             server does {}wait for it, the client does {}ask its mechanism.",
            not(allows_empty),
            not(client_answers),
            not(server_waits),
            not(client_asks)
        )
    }

    fn plain(&self) -> Self {
        *self
    }

    /// How a pair of mechanisms ends, which must not depend on how the octets are cut.
    fn outcome(&self, world: &World) -> Option<(u64, u64)> {
        let ends = [world.client.phase, world.server.phase].map(|phase| match phase {
            Phase::Open => 2,
            Phase::Failed => 1,
            Phase::Start | Phase::Initial | Phase::Exchange => 0,
        });
        let [client, server] = ends;
        let is_pair = self.network != Network::Stranger;
        is_pair.then_some((u64::from(world.pair), 3 * client + server))
    }

    fn participants(&self) -> Vec<&'static str> {
        let other = if self.network == Network::Stranger { "stranger" } else { "server" };
        vec!["client", other]
    }

    fn tell(&self, world: &World, step: &Step) -> Vec<Arrow> {
        let words = |pipe: &[u8]| peer::words(pipe);
        let (from, to, text) = match step {
            Step::ToServer => (0, 1, words(&world.to_server)),
            Step::ToClient => (1, 0, words(&world.to_client)),
            Step::OneToServer => (0, 1, "one octet".into()),
            Step::OneToClient => (1, 0, "one octet".into()),
            Step::Say(saying) => (1, 0, words(SAYINGS.get(*saying).copied().unwrap_or_default())),
        };
        let mut next = world.clone();
        self.deliver(&mut next, *step);
        let mut arrows = vec![Arrow::new(from, to, text)];
        let ends = [(0, &world.client, &next.client), (1, &world.server, &next.server)];
        for (who, before, after) in ends {
            if before.phase != after.phase && matches!(after.phase, Phase::Open | Phase::Failed) {
                arrows.push(Arrow::new(who, who, format!("{:?}", after.phase).to_lowercase()));
            }
        }
        arrows
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ToServer => "what the client said reaches the server",
            Self::ToClient => "what the server said reaches the client",
            Self::OneToServer => "one octet reaches the server",
            Self::OneToClient => "one octet reaches the client",
            Self::Say(saying) => {
                let words = peer::words(SAYINGS.get(*saying).copied().unwrap_or_default());
                return write!(f, "the stranger says {words}");
            }
        })
    }
}

/// What a stranger may say.
pub const SAYINGS: [&[u8]; 7] = [
    &[5, 0, 0, 0, 0],
    &[5, 0, 0, 0, 1, b'x'],
    &[2, 0, 0, 0, 0],
    &[2, 0, 0, 0, 1, b'x'],
    &[3, 0, 0, 0, 0],
    &[9, 0, 0, 0, 0],
    &[2, 0x7f, 0xff, 0xff, 0xff],
];
