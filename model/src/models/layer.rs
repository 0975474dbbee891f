//! The octets after a login, through the shipped layers of both ends, over a wire that an attacker holds.
//!
//! Both layers come from a login of the shipped mechanisms. The attacker has every token that either end has
//! ever made; what reaches an end is what it delivers: whole or in parts, in any order, again, back to where it
//! came from, or with one octet changed.

use alloc::sync::Arc;

use stateright::{Model, Property};
use xiom_core::{Security, WireBuf};
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::digest_md5::DigestKey;
use xiom_sasl::server::{self, LookupAnswer, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{
    Buffers, Context, Credentials, Decoy, LayerRange, Limits, MechanismLayer, Nonce, Protection,
};

use crate::check::{Arrow, Checked, Return};
use crate::models::Size;

/// The two ends after a login, once for each protection.
#[derive(Clone, Debug)]
pub struct Layered {
    starts: Arc<[World]>,
    /// Tokens that each end makes.
    messages: usize,
    /// Deliveries on one path.
    deliveries: u8,
}

/// One end.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct End {
    buffers: Buffers<MechanismLayer>,
    /// Tokens that it made, each with its length.
    said: Vec<Vec<u8>>,
    /// Messages of the peer that came up.
    heard: usize,
    /// Octets came up, or a fault did not end it, where that must not be.
    is_wrong: bool,
    has_failed: bool,
    /// A message came up of which the two halves came one after the other.
    is_joined: bool,
}

/// Both ends, and how much the attacker has done.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct World {
    ends: [End; 2],
    deliveries: u8,
    /// Half of a token was delivered last to this end, and the rest of it must come next or nothing does.
    halves: [Option<(usize, usize)>; 2],
}

/// What happens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// The user of an end sends its next message.
    Send(usize),
    /// A token of an end, by its number, reaches an end, changed or not.
    Deliver {
        /// Whose token.
        from: usize,
        /// Which of them.
        number: usize,
        /// To which end.
        to: usize,
        /// What is changed.
        edit: Edit,
    },
    /// The first half of a token comes, and nothing else.
    Half {
        /// Which of the peer's tokens.
        number: usize,
        /// To which end.
        to: usize,
    },
    /// What is left of that token comes.
    Rest(usize),
}

/// What the attacker changes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Edit {
    /// Nothing.
    None,
    /// One octet, so far from the front.
    Front(usize),
    /// One octet, so far from the end.
    Back(usize),
    /// The length says one octet less, and the last one is gone.
    Short,
}

/// The octet of the message, of the MAC, of the type and of the number.
const EDITS: [Edit; 8] = [
    Edit::None,
    Edit::Front(0),
    Edit::Front(3),
    Edit::Front(4),
    Edit::Back(7),
    Edit::Back(5),
    Edit::Back(1),
    Edit::Short,
];

/// The model.
#[must_use]
pub fn layer(size: Size) -> Layered {
    let ranges = [(Protection::Integrity, 24), (Protection::Confidentiality, 40)];
    let starts = ranges.into_iter().filter_map(|(most, buffer)| start(most, buffer));
    let (messages, deliveries) = match size {
        Size::Small => (2, 2),
        Size::Review => (2, 3),
        Size::Nightly => (3, 5),
    };
    Layered { starts: starts.collect(), messages, deliveries }
}

/// Logs in with a layer of this protection, and takes the layers of both ends.
fn start(protection: Protection, buffer: u32) -> Option<World> {
    let (security, limits) =
        (Security::default(), Limits { layer_buffer: buffer, ..Limits::default() });
    let layers = LayerRange { least: protection, most: protection };
    let cx = Context::new(&security, &limits).with_layers(layers);
    let nonce = |text| Nonce::from_text(text);
    let credentials = Credentials::new("u", "p");
    let mut client =
        client::DigestMd5::new(credentials, "s", "h", nonce("the-client-s-nonce")?).ok()?;
    let decoy = Decoy::new([3; 32], 1, 4);
    let server = server::DigestMd5::new("s", "h", "r", decoy, nonce("the-server-s-nonce")?).ok()?;
    let (mut challenge, mut response, mut proof) = (Vec::new(), Vec::new(), Vec::new());
    let step = server.step(&cx, ServerInput::Initial(None), &mut challenge);
    let ServerStep::Challenge(server) = step else { return None };
    let first = client.start(&cx, &mut Vec::new()).ok()?;
    let second = client.challenge(&cx, &challenge, &mut response).ok()?;
    let ServerStep::Lookup(server, _) =
        server.step(&cx, ServerInput::Response(&response), &mut proof)
    else {
        return None;
    };
    let key = DigestKey::derive("u", "r", "p").ok()?;
    let answer = ServerInput::Lookup(LookupAnswer::DigestMd5(&key));
    let ServerStep::Authorize(server, _) = server.step(&cx, answer, &mut proof) else {
        return None;
    };
    let ServerStep::Success { mut established, .. } =
        server.step(&cx, ServerInput::Authorized(true), &mut proof)
    else {
        return None;
    };
    let mut proven = client.outcome_ok(&cx, Some(&proof)).ok()?;
    let is_right = (first, second) == (ClientStep::NoInitialResponse, ClientStep::Send);
    let layers = [proven.take_layer()?, established.take_layer()?];
    let ends = layers.map(|layer| End {
        buffers: Buffers::new(layer),
        said: Vec::new(),
        heard: 0,
        is_wrong: false,
        has_failed: false,
        is_joined: false,
    });
    is_right.then_some(World { ends, deliveries: 0, halves: [None; 2] })
}

/// What the user of `end` says as its message `number`.
fn message(end: usize, number: usize) -> Vec<u8> {
    let octet = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
    vec![b'a'.saturating_add(octet(end)), b'0'.saturating_add(octet(number))]
}

impl End {
    fn send(&mut self, octets: &[u8]) {
        let mut wire = WireBuf::default();
        let sent = self.buffers.send(octets, &mut wire);
        // A layer that has failed says nothing more, in either direction.
        self.is_wrong |= sent.is_ok() == self.has_failed;
        if sent.is_ok() {
            self.said.push(wire.pending().to_vec());
        }
    }

    /// Takes `octets`, which are the peer's next message untouched if `is_next`.
    fn hear(&mut self, octets: &[u8], is_next: bool, expected: &[u8]) {
        let mut input = octets.to_vec();
        let mut plain = Vec::new();
        while !input.is_empty() {
            match self.buffers.receive(&mut input) {
                Ok(Some(got)) => {
                    plain.extend_from_slice(got.octets(&input));
                    input.drain(..got.consumed.min(input.len()));
                }
                Ok(None) => break,
                Err(_) => {
                    self.has_failed = true;
                    break;
                }
            }
        }
        let is_right = plain == expected;
        let comes = !plain.is_empty();
        self.heard = self.heard.saturating_add(usize::from(comes));
        self.is_wrong |= comes && !(is_next && is_right) || is_next && !comes && !self.has_failed;
    }
}

impl World {
    fn octets(&self, from: usize, number: usize, edit: Edit) -> Option<Vec<u8>> {
        let mut octets = self.ends.get(from)?.said.get(number)?.clone();
        let last = octets.len().checked_sub(1)?;
        match edit {
            Edit::None => {}
            Edit::Front(at) => *octets.get_mut(at)? ^= 1,
            Edit::Back(at) => *octets.get_mut(last.checked_sub(at)?)? ^= 1,
            Edit::Short => {
                octets.pop();
                let length = octets.get_mut(3)?;
                *length = length.checked_sub(1)?;
            }
        }
        Some(octets)
    }

    fn take(&mut self, step: Step) -> Option<()> {
        match step {
            Step::Send(end) => {
                let it = self.ends.get_mut(end)?;
                let octets = message(end, it.said.len());
                it.send(&octets);
            }
            Step::Deliver { from, number, to, edit } => {
                self.deliveries = self.deliveries.saturating_add(1);
                let octets = self.octets(from, number, edit)?;
                let it = self.ends.get_mut(to)?;
                let is_next = from != to && edit == Edit::None && number == it.heard;
                let is_next = is_next && !it.has_failed;
                it.hear(&octets, is_next, &message(from, number));
            }
            Step::Half { number, to } => {
                self.deliveries = self.deliveries.saturating_add(1);
                let octets = self.octets(1_usize.checked_sub(to)?, number, Edit::None)?;
                let half = octets.len() / 2;
                self.ends.get_mut(to)?.hear(octets.get(..half)?, false, &[]);
                *self.halves.get_mut(to)? = Some((number, half));
            }
            Step::Rest(to) => {
                let (number, half) = self.halves.get_mut(to)?.take()?;
                let from = 1_usize.checked_sub(to)?;
                let octets = self.octets(from, number, Edit::None)?;
                let it = self.ends.get_mut(to)?;
                let is_next = number == it.heard && !it.has_failed;
                it.hear(octets.get(half..)?, is_next, &message(from, number));
                it.is_joined |= is_next && !it.has_failed;
            }
        }
        Some(())
    }
}

impl Model for Layered {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        self.starts.to_vec()
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        if world.ends.iter().any(|end| end.is_wrong) {
            return;
        }
        for (to, end) in world.ends.iter().enumerate() {
            if end.said.len() < self.messages {
                steps.push(Step::Send(to));
            }
            if let Some(Some(_)) = world.halves.get(to) {
                steps.push(Step::Rest(to));
                continue;
            }
            if self.deliveries <= world.deliveries {
                continue;
            }
            for (from, peer) in world.ends.iter().enumerate() {
                for number in 0..peer.said.len() {
                    let deliver = |edit| Step::Deliver { from, number, to, edit };
                    steps.extend(EDITS.map(deliver));
                    steps.extend((from != to).then_some(Step::Half { number, to }));
                }
            }
        }
    }

    fn next_state(&self, world: &World, step: Step) -> Option<World> {
        let mut next = world.clone();
        next.take(step)?;
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            //= model SRS_SASL_MECHANISMS_01_072, SRS_SASL_MECHANISMS_01_123
            Property::always(
                "what comes up is the next message of the peer untouched, and nothing after a fault",
                |_, world: &World| world.ends.iter().all(|end| !end.is_wrong),
            ),
            Property::sometimes("all messages of one end come up", |model, world: &World| {
                world.ends.iter().any(|end| end.heard == model.messages)
            }),
            Property::sometimes("messages come up at both ends", |_, world: &World| {
                world.ends.iter().all(|end| end.heard != 0)
            }),
            Property::sometimes("an end fails", |_, world: &World| {
                world.ends.iter().any(|end| end.has_failed)
            }),
            Property::sometimes("a message in two parts comes up", |_, world: &World| {
                world.ends.iter().any(|end| end.is_joined)
            }),
        ]
    }
}

impl Checked for Layered {
    type Plain = Self;

    fn name(&self) -> String {
        "layer".into()
    }

    fn about(&self) -> String {
        "DIGEST-MD5 with integrity and with confidentiality, and an attacker who holds every token."
            .into()
    }

    fn plain(&self) -> Self {
        self.clone()
    }

    fn returns(&self) -> Vec<Return<Self>> {
        vec![Return {
            name: "messages come up at both ends, when nobody touches them",
            pending: |_, world| world.deliveries == 0 && world.ends.iter().all(|it| it.heard == 0),
            good: |_, world| world.ends.iter().all(|end| end.heard == 1),
            alone: false,
        }]
    }

    fn participants(&self) -> Vec<&'static str> {
        vec!["client", "attacker", "server"]
    }

    fn tell(&self, world: &World, step: &Step) -> Vec<Arrow> {
        let place = |end: usize| if end == 0 { 0 } else { 2 };
        let (from, to, text) = match *step {
            Step::Send(end) => {
                let number = world.ends.get(end).map_or(0, |it| it.said.len());
                (place(end), 1, String::from_utf8_lossy(&message(end, number)).into_owned())
            }
            Step::Deliver { from, number, to, edit } => {
                let whose = if from == 0 { "client" } else { "server" };
                (1, place(to), format!("token {number} of the {whose}, {edit:?}"))
            }
            Step::Half { number, to } => (1, place(to), format!("half of token {number}")),
            Step::Rest(to) => (1, place(to), "the rest of it".into()),
        };
        vec![Arrow::new(from, to, text)]
    }
}
