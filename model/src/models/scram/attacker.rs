//! What the attacker may deliver: every message that it has, whole or edited, and words of its own.
//!
//! An edit is symbolic, so that a path stays readable; it is offered only where it changes the octets.

use alloc::borrow::Cow;

use super::Exchange;
use super::world::{Step, World};

/// A message that the attacker has.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Source {
    /// The client's first message of this exchange.
    ClientFirst,
    /// The server's challenge of this exchange.
    ServerFirst,
    /// The client's last message of this exchange.
    ClientLast,
    /// The server's signature, or its error.
    ServerLast,
    /// The same of an older exchange.
    OldClientFirst,
    /// The same of an older exchange.
    OldServerFirst,
    /// The same of an older exchange.
    OldClientLast,
    /// The same of an older exchange.
    OldServerLast,
    /// The first message of a user of the attacker's own, with the nonce of the client.
    InsiderFirst,
    /// The last message of that user, for the server's challenge.
    InsiderLast,
    /// No octets at all.
    Empty,
    /// An error that nobody said.
    Error,
}

/// What the attacker does to a message.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Edit {
    /// Nothing.
    Whole,
    /// Another nonce.
    OtherNonce,
    /// The nonce without the server's part, or half of the client's.
    ShortNonce,
    /// A nonce with one character more.
    LongNonce,
    /// Another salt.
    Salt,
    /// Another count of iterations.
    Iterations(&'static str),
    /// Another proof.
    Proof,
    /// Another signature of the server.
    Verifier,
    /// Another flag of channel binding.
    Flag(&'static str),
    /// Other data of channel binding.
    Binding,
    /// The last message with the header of a client that says `y`.
    Header,
    /// Another user.
    User,
    /// Another identity to act as.
    Authzid,
    /// No identity to act as.
    NoAuthzid,
    /// A mandatory extension before the other attributes.
    Mandatory,
    /// A mandatory extension behind them.
    MandatoryLast,
    /// An extension that may be ignored.
    Optional,
    /// An attribute of another message behind them.
    Reserved,
    /// An attribute less, counted from the end.
    Drop(usize),
    /// The last attribute twice.
    Twice,
    /// The last two attributes in the other order.
    Swap,
    /// The last octet less.
    Cut,
}

impl Edit {
    const ALL: [Self; 29] = [
        Self::Whole,
        Self::OtherNonce,
        Self::ShortNonce,
        Self::LongNonce,
        Self::Salt,
        Self::Iterations("0"),
        Self::Iterations("1"),
        Self::Iterations("4"),
        Self::Iterations("5"),
        Self::Iterations("99999999999"),
        Self::Proof,
        Self::Verifier,
        Self::Flag("n"),
        Self::Flag("y"),
        Self::Flag("p=tls-exporter"),
        Self::Binding,
        Self::Header,
        Self::User,
        Self::Authzid,
        Self::NoAuthzid,
        Self::Mandatory,
        Self::MandatoryLast,
        Self::Optional,
        Self::Reserved,
        Self::Drop(0),
        Self::Drop(1),
        Self::Twice,
        Self::Swap,
        Self::Cut,
    ];

    /// The octets after the edit; `None` when it does not change them.
    fn apply(self, octets: &[u8]) -> Option<Vec<u8>> {
        let text = str::from_utf8(octets).ok()?;
        let edited = match self {
            Self::Whole => return Some(octets.to_vec()),
            Self::OtherNonce => set(text, "r=", flip),
            Self::ShortNonce => set(text, "r=", |nonce| cut(nonce, nonce.len() / 2)),
            Self::LongNonce => set(text, "r=", |nonce| format!("{nonce}x")),
            Self::Salt => set(text, "s=", flip),
            Self::Iterations(count) => set(text, "i=", |_| count.into()),
            Self::Proof => set(text, "p=", flip),
            Self::Verifier => set(text, "v=", flip),
            Self::Flag(flag) => {
                let (_, rest) = text.split_once(',').filter(|_| text.contains(",n="))?;
                format!("{flag},{rest}")
            }
            Self::Binding => set(text, "c=", flip),
            Self::Header => text.replace("c=biws", "c=eSws"),
            Self::User => set(text, "n=", |_| "root".into()),
            Self::Authzid if text.contains(",a=") => set(text, "a=", |_| "root".into()),
            Self::Authzid => text.replacen(",,n=", ",a=root,n=", 1),
            Self::NoAuthzid => set(text, "a=", |_| String::new()).replacen(",a=,", ",,", 1),
            Self::Mandatory if text.contains(",n=") => text.replacen(",n=", ",m=x,n=", 1),
            Self::Mandatory => format!("m=x,{text}"),
            Self::MandatoryLast => extend(text, "m=x"),
            Self::Optional => extend(text, "x=y"),
            Self::Reserved => extend(text, "s=c2FsdA=="),
            Self::Drop(back) => {
                let mut parts: Vec<&str> = text.split(',').collect();
                let index = parts.len().checked_sub(back + 1)?;
                parts.remove(index);
                parts.join(",")
            }
            Self::Twice => last(text, |last| format!("{last},{last}")),
            Self::Swap => {
                let (rest, last) = text.rsplit_once(',')?;
                let (rest, before) = rest.rsplit_once(',')?;
                format!("{rest},{last},{before}")
            }
            Self::Cut => cut(text, text.len().saturating_sub(1)),
        };
        (edited != text).then(|| edited.into_bytes())
    }
}

/// Changes the value behind `name`, in every place.
fn set(text: &str, name: &str, change: impl Fn(&str) -> String) -> String {
    let change = |part: &str| match part.strip_prefix(name) {
        Some(value) => format!("{name}{}", change(value)),
        None => part.into(),
    };
    text.split(',').map(change).collect::<Vec<_>>().join(",")
}

/// Changes the last attribute.
fn last(text: &str, change: impl Fn(&str) -> String) -> String {
    match text.rsplit_once(',') {
        Some((rest, last)) => format!("{rest},{}", change(last)),
        None => change(text),
    }
}

/// Adds an attribute behind the others, but for a proof, which comes last.
fn extend(text: &str, attribute: &str) -> String {
    match text.rsplit_once(",p=") {
        Some((rest, proof)) => format!("{rest},{attribute},p={proof}"),
        None => format!("{text},{attribute}"),
    }
}

/// Another first character, from the same alphabet.
fn flip(value: &str) -> String {
    let first = if value.starts_with('A') { 'B' } else { 'A' };
    core::iter::once(first).chain(value.chars().skip(1)).collect()
}

fn cut(text: &str, length: usize) -> String {
    text.chars().take(length).collect()
}

/// A message as it is delivered.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Forged {
    /// Where it comes from.
    pub source: Source,
    /// What was done to it.
    pub edit: Edit,
}

impl Forged {
    /// The octets, if the attacker can make them.
    pub(super) fn octets(self, model: &Exchange, world: &World) -> Option<Vec<u8>> {
        self.edit.apply(&self.source.octets(model, world)?)
    }
}

impl Source {
    const ALL: [Self; 12] = [
        Self::ClientFirst,
        Self::ServerFirst,
        Self::ClientLast,
        Self::ServerLast,
        Self::OldClientFirst,
        Self::OldServerFirst,
        Self::OldClientLast,
        Self::OldServerLast,
        Self::InsiderFirst,
        Self::InsiderLast,
        Self::Empty,
        Self::Error,
    ];

    fn octets<'a>(self, model: &'a Exchange, world: &'a World) -> Option<Cow<'a, [u8]>> {
        let [first, challenge, last, verifier] = &model.bench.old;
        let octets = match self {
            Self::ClientFirst => world.said.first.as_deref()?,
            Self::ServerFirst => world.said.challenge.as_deref()?,
            Self::ClientLast => world.said.last.as_deref()?,
            Self::ServerLast => world.said.verifier.as_deref()?,
            Self::OldClientFirst => first,
            Self::OldServerFirst => challenge,
            Self::OldClientLast => last,
            Self::OldServerLast => verifier,
            Self::InsiderFirst => {
                world.said.first.as_ref()?;
                return model.insider(world.setup, None).map(Cow::Owned);
            }
            Self::InsiderLast => {
                let challenge = world.said.challenge.as_deref()?;
                return model.insider(world.setup, Some(challenge)).map(Cow::Owned);
            }
            Self::Empty => b"",
            Self::Error => b"e=other-error",
        };
        Some(Cow::Borrowed(octets))
    }

    /// Whether the attacker says it as a user of its own.
    fn is_own(self) -> bool {
        matches!(self, Self::InsiderFirst | Self::InsiderLast)
    }

    /// Whether the message belongs to this exchange.
    fn is_present(self) -> bool {
        matches!(self, Self::ClientFirst | Self::ServerFirst | Self::ClientLast | Self::ServerLast)
    }
}

/// All that the attacker may do in `world`.
pub(super) fn forgeries(model: &Exchange, world: &World, steps: &mut Vec<Step>) {
    let may_edit = world.edits < model.edits;
    for source in Source::ALL {
        for edit in Edit::ALL {
            let is_whole = edit == Edit::Whole;
            let forged = Forged { source, edit };
            let may = is_whole || may_edit && source.is_present();
            // What the attacker says as a user of its own is of use at the server alone.
            let may_hear = may && !source.is_own();
            let challenge = may_hear && world.client_takes(is_whole);
            let outcome = may_hear
                && world.client_awaits_outcome()
                && (is_whole || source == Source::ServerLast);
            let message = may && world.server_takes();
            let may = challenge || outcome || message;
            if !may || forged.octets(model, world).is_none() {
                continue;
            }
            steps.extend(challenge.then_some(Step::ToClient(forged)));
            steps.extend(outcome.then_some(Step::Outcome(Some(forged))));
            steps.extend(message.then_some(Step::ToServer(Some(forged))));
        }
    }
}
