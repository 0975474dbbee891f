//! The choice of a mechanism: every configuration, offer, channel and demand, judged by the rules themselves.
//!
//! The rules are written down here a second time, from the requirements; the shipped policy must come to
//! nothing that they forbid, and to something where they permit it.

use stateright::{Model, Property};
use xiom_core::{Bindings, Security};
use xiom_sasl::client::{self, ClientMechanism};
use xiom_sasl::scram::Variant;
use xiom_sasl::server::{self, Offer};
use xiom_sasl::{Credentials, Decoy, Nonce, Policy as Demands, Protection};

use super::Size;
use crate::check::{Arrow, Checked};

/// All questions that may be put to a policy.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    name: &'static str,
    about: &'static str,
    /// The mechanisms that are configured and offered or not, indices into [`NAMES`].
    cast: &'static [u8],
    /// Bits of demands that are varied.
    demands: u8,
}

/// What is asked of a policy, and what it said.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Asked {
    /// What is configured, a bit for each of [`NAMES`].
    configured: u8,
    /// What the peer offers.
    offered: u8,
    /// What is demanded and allowed, a bit each.
    demands: u8,
    /// What the channel gives, a bit each.
    channel: u8,
    /// What came of it.
    said: Option<Said>,
}

/// What a policy said.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Said {
    /// The client's choice, an index into [`NAMES`].
    Choice(Option<u8>),
    /// The server's offer, a bit for each of [`NAMES`].
    Offer(u8),
}

/// Whom the policy is asked for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Side {
    /// A client chooses.
    Choose,
    /// A server offers what is configured.
    Offer,
}

/// The mechanisms, in the order of their bits.
pub const NAMES: [&str; 7] = [
    "ANONYMOUS",
    "PLAIN",
    "EXTERNAL",
    "SCRAM-SHA-256",
    "SCRAM-SHA-256-PLUS",
    "DIGEST-MD5",
    "CRAM-MD5",
];

const ANONYMOUS: u8 = 0;
const PLAIN: u8 = 1;
const EXTERNAL: u8 = 2;
const SCRAM: u8 = 3;
const PLUS: u8 = 4;
const DIGEST: u8 = 5;
const CRAM: u8 = 6;

/// The model of what is in use today.
#[must_use]
pub fn policy(size: Size) -> Policy {
    Policy {
        name: "policy",
        about: "Every configuration, offer, channel and demand, and what a policy makes of it.",
        cast: &[ANONYMOUS, PLAIN, EXTERNAL, SCRAM, PLUS],
        demands: if size == Size::Nightly { 0b1111 } else { 0b1100 },
    }
}

/// The model of what is broken, and of what protects the octets afterwards.
#[must_use]
pub fn legacy(_: Size) -> Policy {
    Policy {
        name: "policy-legacy",
        about: "The same with mechanisms that are broken, and a demand for a security layer.",
        cast: &[PLAIN, SCRAM, DIGEST, CRAM],
        demands: 0b11_0101,
    }
}

impl Asked {
    const fn is_demanded(self, bit: u8) -> bool {
        self.demands >> bit & 1 != 0
    }

    const fn gives(self, bit: u8) -> bool {
        self.channel >> bit & 1 != 0
    }

    fn policy(self) -> Demands {
        Demands {
            allow_cleartext: self.is_demanded(0),
            allow_anonymous: self.is_demanded(1),
            require_mutual: self.is_demanded(2),
            require_binding: self.is_demanded(3),
            allow_legacy: self.is_demanded(4),
            require_layer: if self.is_demanded(5) {
                Protection::Integrity
            } else {
                Protection::None
            },
            ..Demands::default()
        }
    }

    fn security(self) -> Security {
        let bindings = Bindings { exporter: self.gives(1).then_some([7; 32]), end_point: None };
        let peer = self.gives(2).then(|| "cn".into());
        Security { confidential: self.gives(0), certificate: self.gives(2), peer, bindings }
    }

    /// Whether the rules permit `mechanism` on this channel.
    const fn permits(self, mechanism: u8) -> bool {
        let shows = mechanism != PLAIN || self.gives(0) || self.is_demanded(0);
        let mutual = !self.is_demanded(2) || matches!(mechanism, SCRAM | PLUS | DIGEST);
        let bound = !self.is_demanded(3) || mechanism == PLUS;
        let binding = mechanism != PLUS || self.gives(1);
        let certified = mechanism != EXTERNAL || self.gives(2);
        let whole = mechanism != DIGEST && mechanism != CRAM || self.is_demanded(4);
        let layered = !self.is_demanded(5) || mechanism == DIGEST;
        shows && mutual && bound && binding && certified && whole && layered
    }

    /// Whether the rules permit a client to take `mechanism`.
    const fn may_choose(self, mechanism: u8) -> bool {
        let has = self.configured >> mechanism & self.offered >> mechanism & 1 != 0;
        let steps_in =
            mechanism == ANONYMOUS && self.configured != 1 << ANONYMOUS && !self.is_demanded(1);
        has && !steps_in && self.permits(mechanism)
    }

    fn choose(self) -> Said {
        let mechanisms = clients(self.configured);
        let offers = (0..).zip(NAMES).filter(|(bit, _)| self.offered >> bit & 1 != 0);
        let offers = offers.map(|(_, name)| name);
        let selection = self.policy().select(&mechanisms, offers, &self.security());
        let choice = selection.choice().ok().and_then(|choice| mechanisms.get(choice.index));
        Said::Choice(choice.and_then(|mechanism| number(mechanism.properties().name)))
    }

    fn offer(self) -> Said {
        let offer = Offer::new(servers(self.configured), &self.policy(), &self.security());
        Said::Offer(offer.names().filter_map(number).fold(0, |bits, number| bits | 1 << number))
    }
}

fn number(name: &str) -> Option<u8> {
    (0..).zip(NAMES).find(|(_, it)| *it == name).map(|(number, _)| number)
}

fn clients(configured: u8) -> Vec<client::Mechanism> {
    let scram = |variant| {
        let nonce = Nonce::new([9; Nonce::ENTROPY]);
        client::Scram::new(variant, Credentials::new("u", "p"), nonce).ok().map(Into::into)
    };
    let make = |number| match number {
        ANONYMOUS => client::Anonymous::new("").ok().map(Into::into),
        PLAIN => client::Plain::new(Credentials::new("u", "p")).ok().map(Into::into),
        EXTERNAL => client::External::new(None).ok().map(Into::into),
        SCRAM => scram(Variant::Sha256),
        PLUS => scram(Variant::Sha256Plus),
        DIGEST => {
            let (credentials, nonce) = (Credentials::new("u", "p"), Nonce::new([9; 24]));
            client::DigestMd5::new(credentials, "amqp", "h", nonce).ok().map(Into::into)
        }
        _ => client::CramMd5::new(Credentials::new("u", "p")).ok().map(Into::into),
    };
    (0..=CRAM).filter(|number| configured >> number & 1 != 0).filter_map(make).collect()
}

fn servers(configured: u8) -> Vec<server::Mechanism> {
    let decoy = || Decoy::new([1; 32], 4096, 16);
    let scram = |variant| server::Scram::new(variant, decoy(), Nonce::new([9; Nonce::ENTROPY]));
    let make = |number| match number {
        ANONYMOUS => Some(server::Anonymous::new().into()),
        PLAIN => Some(server::Plain::new(decoy()).into()),
        EXTERNAL => Some(server::External::new().into()),
        SCRAM => Some(scram(Variant::Sha256).into()),
        PLUS => Some(scram(Variant::Sha256Plus).into()),
        DIGEST => server::DigestMd5::new("amqp", "h", "r", decoy(), Nonce::new([9; 24]))
            .ok()
            .map(Into::into),
        _ => server::CramMd5::new("h", decoy(), &Nonce::new([9; 24])).ok().map(Into::into),
    };
    (0..=CRAM).filter(|number| configured >> number & 1 != 0).filter_map(make).collect()
}

impl Model for Policy {
    type State = Asked;
    type Action = Side;

    fn init_states(&self) -> Vec<Asked> {
        let bits = |set: u8| (0..).zip(self.cast).filter(move |(bit, _)| set >> bit & 1 != 0);
        let every = (0..1_u8 << self.cast.len())
            .map(|set| bits(set).fold(0, |all, (_, mechanism)| all | 1 << mechanism));
        let pairs = every.clone().flat_map(|a| every.clone().map(move |b| (a, b)));
        let varied = (0..64_u8).filter(|bits| bits & !self.demands == 0);
        let around = varied.flat_map(|demands| (0..8).map(move |channel| (demands, channel)));
        let around: Vec<_> = around.collect();
        let asked = pairs.flat_map(|(configured, offered)| {
            around.iter().map(move |&(demands, channel)| Asked {
                configured,
                offered,
                demands,
                channel,
                said: None,
            })
        });
        asked.collect()
    }

    fn actions(&self, asked: &Asked, sides: &mut Vec<Side>) {
        if asked.said.is_none() {
            sides.push(Side::Choose);
            // To a server it makes no difference what anybody else offers.
            sides.extend((asked.offered == 0).then_some(Side::Offer));
        }
    }

    fn next_state(&self, asked: &Asked, side: Side) -> Option<Asked> {
        let said = match side {
            Side::Choose => asked.choose(),
            Side::Offer => asked.offer(),
        };
        Some(Asked { said: Some(said), ..*asked })
    }

    fn format_action(&self, side: &Side) -> String {
        match side {
            Side::Choose => "the client chooses".into(),
            Side::Offer => "the server offers".into(),
        }
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let always = Property::<Self>::always;
        vec![
            //= model SRS_SASL_MECHANISMS_01_001, SRS_SASL_MECHANISMS_01_006
            //= model SRS_SASLCLIENTIO_50_018, SRS_SASLCLIENTIO_50_019, SRS_SASLCLIENTIO_50_020
            always("what is chosen is configured, offered and permitted", |_, asked| {
                chosen(*asked).is_none_or(|it| asked.may_choose(it))
            }),
            always("something is chosen where something is permitted", |_, asked| {
                let is_permitted = (0..=CRAM).any(|it| asked.may_choose(it));
                asked.said != Some(Said::Choice(None)) || !is_permitted
            }),
            always("nothing weaker is chosen than what is permitted as well", |_, asked| {
                let Some(chosen) = chosen(*asked) else { return true };
                let better = |it: u8| rank(chosen) < rank(it) && asked.may_choose(it);
                !(0..=CRAM).any(better)
            }),
            //= model SRS_SASL_MECHANISMS_01_016
            //= model SRS_SASL_SERVER_IO_01_019
            always(
                "a server offers what is configured and permitted, and all of it",
                |_, asked| {
                    let Some(Said::Offer(offer)) = asked.said else { return true };
                    (0..=CRAM).all(|it| {
                        let due = asked.configured >> it & 1 != 0 && asked.permits(it);
                        (offer >> it & 1 != 0) == due
                    })
                },
            ),
            Property::sometimes("PLAIN is chosen", |_, asked| chosen(*asked) == Some(PLAIN)),
            Property::sometimes("the best mechanism is chosen", |model, asked| {
                let best = model.cast.iter().copied().max_by_key(|it| rank(*it));
                best.is_some() && chosen(*asked) == best
            }),
            Property::sometimes("the worst mechanism is chosen", |model, asked| {
                let worst = model.cast.iter().copied().min_by_key(|it| rank(*it));
                worst.is_some() && chosen(*asked) == worst
            }),
        ]
    }
}

const fn chosen(asked: Asked) -> Option<u8> {
    match asked.said {
        Some(Said::Choice(chosen)) => chosen,
        Some(Said::Offer(_)) | None => None,
    }
}

/// How well a mechanism protects: what is broken the least, then nobody, a binding the most.
const fn rank(mechanism: u8) -> u8 {
    match mechanism {
        CRAM => 0,
        DIGEST => 1,
        ANONYMOUS => 2,
        PLAIN => 3,
        // What a certificate proves is not weaker than a password, nor stronger than a proof of both.
        EXTERNAL | SCRAM => 4,
        _ => 5,
    }
}

impl Checked for Policy {
    type Plain = Self;

    fn name(&self) -> String {
        self.name.into()
    }

    fn about(&self) -> String {
        self.about.into()
    }

    fn plain(&self) -> Self {
        *self
    }

    fn participants(&self) -> Vec<&'static str> {
        vec!["configuration", "policy"]
    }

    fn tell(&self, asked: &Asked, side: &Side) -> Vec<Arrow> {
        let said = self.next_state(asked, *side).map(|it| format!("{:?}", it.said));
        let names = |bits: u8| {
            let names = (0..).zip(NAMES).filter(|(bit, _)| bits >> bit & 1 != 0);
            names.map(|(_, name)| name).collect::<Vec<_>>().join(" ")
        };
        let (configured, offered) = (names(asked.configured), names(asked.offered));
        let question = format!(
            "configured {configured}; offered {offered}; demands {:06b}; channel {:03b}",
            asked.demands, asked.channel
        );
        vec![Arrow::new(0, 1, question), Arrow::new(1, 0, said.unwrap_or_default())]
    }
}
