//! The two ends, what each said and took, and the steps between them.
//!
//! The driver of a mechanism is here as thin as it can be: what is delivered goes in, what comes out is the
//! attacker's. A note of what a side took is made only where the side went on with it.

use xiom_sasl::client::{ClientMechanism, ClientStep, Scram};
use xiom_sasl::server::ServerInput;
use xiom_sasl::{Established, Identity, NoLayer};

use super::attacker::{Edit, Forged};
use super::bench::{self, AUTHZID, INSIDER, NOBODY, NONCE, SERVER_NONCE, USER};
use super::note::{form, is_in_order, value, without_proof};
use super::promises as p;
use super::server::{Kind, ServerEnd};
use super::{Exchange, Setup, User};

type Octets = Option<Box<[u8]>>;

/// One state: the two ends, and the notes.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct World {
    /// What the ends are.
    pub setup: Setup,
    pub(super) client: ClientEnd,
    pub(super) server: ServerEnd,
    /// A server that does not know the user, and is told what the first one is told.
    twin: Option<ServerEnd>,
    /// What each side said.
    pub(super) said: Messages,
    /// What the other side took it for.
    took: Messages,
    pub(super) edits: u8,
    /// The server's signature came as a challenge.
    pub(super) was_early: bool,
    /// A bit for each broken promise, see [`super::PROMISES`].
    pub broken: u16,
}

/// The messages of one exchange; the server's last may be an error.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(super) struct Messages {
    pub(super) first: Octets,
    pub(super) challenge: Octets,
    pub(super) last: Octets,
    pub(super) verifier: Octets,
}

/// Where the client stands.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) enum ClientEnd {
    Fresh(Box<Scram>),
    Awaiting(Box<Scram>),
    /// Derives: iterations demanded, and done.
    Working(Box<Scram>, u32, u32),
    Established(Box<Established<NoLayer>>),
    /// A call failed; the mechanism is kept, to be asked again.
    Failed(Box<Scram>),
    /// The mechanism is gone.
    Over,
}

/// One thing that may happen.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Step {
    /// The client says its first message.
    Start,
    /// The client goes so many iterations on.
    Work(u32),
    /// The application answers the look-up.
    Lookup,
    /// The application grants or refuses.
    Authorize(bool),
    /// A message comes to the client as a challenge.
    ToClient(Forged),
    /// A message comes to the server, as the initial response or a later one; none: no initial response.
    ToServer(Option<Forged>),
    /// The client is told that all is well, with additional data or without.
    Outcome(Option<Forged>),
    /// The client is told that it is refused.
    Refuse,
}

impl World {
    /// Nothing has happened yet.
    pub(super) fn new(setup: Setup) -> Option<Self> {
        let client = bench::client(setup.client, setup.user, setup.acts, NONCE)?;
        let server = bench::server(setup.server, SERVER_NONCE)?;
        let twin = (setup.user == User::Wrong).then(|| ServerEnd::Fresh(Box::new(server.clone())));
        Some(Self {
            setup,
            client: ClientEnd::Fresh(Box::new(client)),
            server: ServerEnd::Fresh(Box::new(server)),
            twin,
            said: Messages::default(),
            took: Messages::default(),
            edits: 0,
            was_early: false,
            broken: 0,
        })
    }

    pub(super) fn check(&mut self, promise: usize, holds: bool) {
        if !holds {
            self.broken |= 1 << promise;
        }
    }

    /// Whether nothing has happened.
    pub(super) fn is_fresh(&self) -> bool {
        matches!(self.client, ClientEnd::Fresh(_)) && matches!(self.server, ServerEnd::Fresh(_))
    }

    /// Whether both sides succeeded.
    pub(super) fn is_agreed(&self) -> bool {
        matches!(self.client, ClientEnd::Established(_)) && self.server.established().is_some()
    }

    /// Whether the server let the attacker in as a user of its own.
    pub(super) fn is_insider_in(&self) -> bool {
        let identity = Identity::User(INSIDER.into());
        self.server.established().is_some_and(|it| it.principal().identity == identity)
    }

    pub(super) fn has_failed(&self, is_client: bool) -> bool {
        if is_client {
            matches!(self.client, ClientEnd::Failed(_))
        } else {
            self.server.fault().is_some()
        }
    }

    /// Whether the client is shown a challenge: one that failed, only whole ones.
    pub(super) fn client_takes(&self, is_whole: bool) -> bool {
        match &self.client {
            ClientEnd::Awaiting(_) => true,
            ClientEnd::Failed(_) => is_whole,
            ClientEnd::Fresh(_)
            | ClientEnd::Working(..)
            | ClientEnd::Established(_)
            | ClientEnd::Over => false,
        }
    }

    pub(super) fn client_awaits_outcome(&self) -> bool {
        !matches!(self.client, ClientEnd::Established(_) | ClientEnd::Over)
    }

    pub(super) fn server_takes(&self) -> bool {
        matches!(self.server, ServerEnd::Fresh(_) | ServerEnd::Awaiting(_))
    }

    /// The steps that need no message.
    pub(super) fn own_steps(&self, steps: &mut Vec<Step>) {
        match &self.client {
            ClientEnd::Fresh(_) => steps.push(Step::Start),
            ClientEnd::Working(..) => steps.extend([Step::Work(1), Step::Work(2)]),
            ClientEnd::Awaiting(_)
            | ClientEnd::Established(_)
            | ClientEnd::Failed(_)
            | ClientEnd::Over => {}
        }
        if self.client_awaits_outcome() {
            steps.extend([Step::Outcome(None), Step::Refuse]);
        }
        match &self.server {
            ServerEnd::Fresh(_) => steps.push(Step::ToServer(None)),
            ServerEnd::Looking(_) => steps.push(Step::Lookup),
            ServerEnd::Authorizing(..) => {
                steps.extend([Step::Authorize(true), Step::Authorize(false)]);
            }
            ServerEnd::Awaiting(_) | ServerEnd::Done(_) | ServerEnd::Failed(_) => {}
        }
    }

    pub(super) fn step(&mut self, model: &Exchange, step: Step) {
        if let Step::ToClient(forged) | Step::ToServer(Some(forged)) | Step::Outcome(Some(forged)) =
            step
        {
            self.edits += u8::from(forged.edit != Edit::Whole);
        }
        let octets = |forged: Forged| forged.octets(model, self).unwrap_or_default();
        match step {
            Step::Start => self.start(model),
            Step::Work(count) => self.work(model, count),
            Step::Lookup => {
                let name = self.name().unwrap_or(NOBODY).to_owned();
                // The attacker may know that its own user exists.
                self.twin = self.twin.take().filter(|_| name != INSIDER);
                let answer = ServerInput::Lookup(model.bench.look_up(&name));
                let unknown = ServerInput::Lookup(model.bench.look_up(NOBODY));
                self.serve(model, answer, unknown);
            }
            Step::Authorize(granted) => {
                let input = ServerInput::Authorized(granted);
                self.serve(model, input, input);
            }
            Step::ToClient(forged) => {
                let octets = octets(forged);
                self.challenge(model, &octets);
            }
            Step::ToServer(forged) => {
                let octets = forged.map(octets);
                self.hear(model, octets.as_deref());
            }
            Step::Outcome(forged) => {
                let octets = forged.map(octets);
                self.outcome(model, octets.as_deref());
            }
            Step::Refuse => self.client = ClientEnd::Over,
        }
    }

    /// The user of the first message that the server took.
    fn name(&self) -> Option<&str> {
        value(self.took.first.as_deref()?, 'n')
    }

    fn start(&mut self, model: &Exchange) {
        let ClientEnd::Fresh(mut client) = self.client.clone() else { return };
        let mut out = Vec::new();
        let result = model.client(self.setup, |cx| client.start(cx, &mut out));
        self.client = match result {
            Ok(_) => {
                self.said.first = Some(out.into());
                ClientEnd::Awaiting(client)
            }
            Err(_) => ClientEnd::Failed(client),
        };
    }

    fn work(&mut self, model: &Exchange, count: u32) {
        let ClientEnd::Working(mut client, demanded, done) = self.client.clone() else { return };
        let mut out = Vec::new();
        let result = model.client(self.setup, |cx| client.work(cx, count, &mut out));
        let done = done + count;
        self.client = match result {
            Ok(ClientStep::Working) => {
                // The first iteration is done with the challenge.
                self.check(p::BOUNDED, done + 1 < demanded);
                ClientEnd::Working(client, demanded, done.min(demanded))
            }
            Ok(_) => {
                self.check(p::BOUNDED, self.said.last.is_none());
                self.said.last = Some(out.into());
                ClientEnd::Awaiting(client)
            }
            Err(_) => ClientEnd::Failed(client),
        };
    }

    /// A challenge comes to the client.
    fn challenge(&mut self, model: &Exchange, octets: &[u8]) {
        let (mut client, has_failed) = match self.client.clone() {
            ClientEnd::Awaiting(client) => (client, false),
            ClientEnd::Failed(client) => (client, true),
            ClientEnd::Fresh(_)
            | ClientEnd::Working(..)
            | ClientEnd::Established(_)
            | ClientEnd::Over => return,
        };
        let result = model.client(self.setup, |cx| client.challenge(cx, octets, &mut Vec::new()));
        self.check(p::FAILED, !has_failed || result.is_err());
        self.client = match result {
            Ok(ClientStep::Working) => {
                let demanded = self.judge_challenge(model, octets);
                self.took.challenge = Some(octets.into());
                ClientEnd::Working(client, demanded, 0)
            }
            Ok(_) => {
                self.judge_verifier(octets);
                self.took.verifier = Some(octets.into());
                self.was_early = true;
                ClientEnd::Awaiting(client)
            }
            Err(_) => {
                self.check(p::BELIEVED, !self.is_the_signature(Some(octets)));
                ClientEnd::Failed(client)
            }
        };
    }

    /// Whether the client, which awaits it, is shown the server's signature of an untouched exchange.
    fn is_the_signature(&self, octets: Option<&[u8]>) -> bool {
        matches!(self.client, ClientEnd::Awaiting(_))
            && self.took.verifier.is_none()
            && self.server.established().is_some()
            && self.is_untouched()
            && octets == self.said.verifier.as_deref()
    }

    /// Judges a challenge that the client took; gives the iterations that it demands.
    fn judge_challenge(&mut self, model: &Exchange, octets: &[u8]) -> u32 {
        let demanded = value(octets, 'i').and_then(|count| count.parse().ok()).unwrap_or_default();
        let nonce = value(octets, 'r').and_then(|nonce| nonce.strip_prefix(NONCE));
        self.check(p::COUNT, model.bench.limits.iterations.contains(&demanded));
        self.check(p::COUNT, nonce.is_some_and(|rest| !rest.is_empty()));
        self.check(p::ORDER, is_in_order(octets, 0, "rsi"));
        self.check(p::BOUNDED, self.took.challenge.is_none());
        demanded
    }

    /// Judges a proof of the server that the client took.
    fn judge_verifier(&mut self, octets: &[u8]) {
        let shown = self.said.verifier.as_deref().and_then(|it| value(it, 'v'));
        self.check(p::SIGNATURE, shown.is_some() && value(octets, 'v') == shown);
        self.check(p::ORDER, is_in_order(octets, 0, "v"));
        self.check(p::BEHIND, self.took.verifier.is_none());
        self.check(p::BEHIND, value(octets, 'e').is_none());
    }

    /// The client is told that all is well.
    fn outcome(&mut self, model: &Exchange, additional: Option<&[u8]>) {
        let (client, has_failed) = match self.client.clone() {
            ClientEnd::Fresh(client)
            | ClientEnd::Awaiting(client)
            | ClientEnd::Working(client, ..) => (client, false),
            ClientEnd::Failed(client) => (client, true),
            ClientEnd::Established(_) | ClientEnd::Over => return,
        };
        let Ok(established) = model.client(self.setup, |cx| client.outcome_ok(cx, additional))
        else {
            self.check(p::BELIEVED, !self.is_the_signature(additional));
            self.client = ClientEnd::Over;
            return;
        };
        self.check(p::FAILED, !has_failed);
        match additional {
            Some(octets) if self.took.verifier.is_none() => {
                self.judge_verifier(octets);
                self.took.verifier = Some(octets.into());
            }
            additional => {
                self.check(p::BEHIND, additional.is_none_or(<[u8]>::is_empty));
                self.check(p::SIGNATURE, self.took.verifier.is_some());
            }
        }
        let same = self.server.established().is_some_and(|it| *it == established);
        self.check(p::AGREEMENT, same);
        self.check(p::EDITED, self.is_untouched());
        self.check(p::CHANNELS, self.ends_fit());
        self.client = ClientEnd::Established(Box::new(established));
    }

    /// Whether what the proof covers came through as it was said.
    fn is_untouched(&self) -> bool {
        let last =
            |messages: &Messages| messages.last.clone().map(|it| without_proof(&it).to_owned());
        self.said.first.is_some()
            && self.said.challenge.is_some()
            && self.said.last.is_some()
            && self.said.first == self.took.first
            && self.said.challenge == self.took.challenge
            && last(&self.said) == last(&self.took)
    }

    /// Whether the two ends run the same mechanism, and where it binds, over one channel.
    fn ends_fit(&self) -> bool {
        let one = |is_client| self.setup.channel.security(is_client).bindings;
        self.setup.client == self.setup.server
            && (!self.setup.client.binds() || one(true) == one(false))
    }

    /// A message comes to the server.
    fn hear(&mut self, model: &Exchange, octets: Option<&[u8]>) {
        let input = match (&self.server, octets) {
            (ServerEnd::Fresh(_), octets) => ServerInput::Initial(octets),
            (ServerEnd::Awaiting(_), Some(octets)) => ServerInput::Response(octets),
            _ => return,
        };
        let kind = self.serve(model, input, input);
        let Some(octets) = octets else { return };
        match kind {
            Kind::Lookup => {
                self.check(p::ORDER, is_in_order(octets, 2, "nr"));
                self.check(p::FLAG, self.flag_fits(octets));
                self.took.first = Some(octets.into());
            }
            Kind::Authorize => {
                self.check(p::ORDER, is_in_order(octets, 0, "crp"));
                self.took.last = Some(octets.into());
                let nonce = self.said.challenge.as_deref().and_then(|it| value(it, 'r'));
                self.check(p::LET_IN, value(octets, 'r') == nonce);
                if self.name() != Some(INSIDER) {
                    let is_user = self.name() == Some(USER);
                    self.check(p::LET_IN, is_user && self.setup.user == User::Known);
                    self.check(p::EDITED, self.is_untouched());
                    self.check(p::CHANNELS, self.ends_fit());
                }
            }
            Kind::Failure => {
                let is_the_proof = Some(octets) == self.said.last.as_deref()
                    && self.said.first == self.took.first
                    && self.said.challenge == self.took.challenge;
                self.check(p::BELIEVED, !is_the_proof || !self.setup.succeeds());
                (self.took.first, self.took.last) = (None, None);
            }
            Kind::Challenge | Kind::Success => {}
        }
    }

    /// Whether the flag of a first message that the server took fits the server (RFC 5802 section 6).
    fn flag_fits(&self, octets: &[u8]) -> bool {
        let bindings = self.setup.channel.security(false).bindings;
        let text = str::from_utf8(octets).unwrap_or_default();
        match (self.setup.server.binds(), text.split(',').next()) {
            (false, Some("n")) => true,
            (false, Some("y")) => self.setup.offered != xiom_sasl::BindingOffer::Offered,
            (true, Some("p=tls-exporter")) => bindings.exporter.is_some(),
            (true, Some("p=tls-server-end-point")) => bindings.end_point.is_some(),
            _ => false,
        }
    }

    /// Lets the server go a step, and its twin, and notes what it says.
    fn serve(&mut self, model: &Exchange, input: ServerInput<'_>, twin: ServerInput<'_>) -> Kind {
        let (kind, out) = model.server(self.setup, |cx| self.server.advance(cx, input));
        if let Some(mut other) = self.twin.take() {
            let (twin_kind, twin_out) = model.server(self.setup, |cx| other.advance(cx, twin));
            let same = kind == twin_kind
                && form(&out) == form(&twin_out)
                && self.server.fault() == other.fault();
            let salt = value(&twin_out, 's');
            // Another name has another salt.
            let is_user = self.name() == Some(USER);
            self.check(p::UNKNOWN, same);
            self.check(p::UNKNOWN, !is_user || salt.is_none() || is_user_salt(model, salt));
            self.twin = Some(other);
        }
        let is_good = kind == Kind::Success;
        self.check(p::SHOWN, is_good || value(&out, 'v').is_none());
        match kind {
            Kind::Challenge if !out.is_empty() => {
                self.check(p::BOUNDED, self.said.challenge.is_none());
                self.said.challenge = Some(out.into());
            }
            Kind::Success => self.succeed(&out, input),
            Kind::Failure if !out.is_empty() => self.said.verifier = Some(out.into()),
            Kind::Lookup | Kind::Authorize => self.check(p::SHOWN, out.is_empty()),
            Kind::Challenge | Kind::Failure => {}
        }
        kind
    }

    fn succeed(&mut self, out: &[u8], input: ServerInput<'_>) {
        self.check(p::LET_IN, matches!(input, ServerInput::Authorized(true)));
        self.check(p::LET_IN, self.took.last.is_some());
        let who = self.server.established().map(Established::principal);
        let is_insider = self.name() == Some(INSIDER);
        let (name, acts) = if is_insider { (INSIDER, false) } else { (USER, self.setup.acts) };
        let right = who.is_some_and(|who| {
            who.identity == Identity::User(name.into())
                && (is_insider || who.authzid.as_deref() == acts.then_some(AUTHZID))
        });
        self.check(p::AGREEMENT, right);
        self.said.verifier = Some(out.into());
    }

    /// Whether a side prints what nobody may see.
    pub(super) fn shows_a_secret(&self, model: &Exchange) -> bool {
        let text = format!("{:?} {:?} {:?}", self.client, self.server, self.twin);
        let proof = self.said.last.as_deref().and_then(|it| value(it, 'p'));
        let verifier = self.said.verifier.as_deref().and_then(|it| value(it, 'v'));
        let spoken = proof.into_iter().chain(verifier);
        model.bench.secrets.iter().map(String::as_str).chain(spoken).any(|it| text.contains(it))
    }
}

fn is_user_salt(model: &Exchange, salt: Option<&str>) -> bool {
    salt == Some(model.bench.decoy_salt.as_str())
}
