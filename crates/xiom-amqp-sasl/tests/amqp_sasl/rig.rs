//! Both ends of a login: mechanisms, an application that answers, and the conversation of two channels.

use core::ops::RangeInclusive;

use xiom_amqp_sasl::{Client, ClientConfig, Question, Server, ServerConfig};
use xiom_core::{
    Action, Bindings, Layer, Limits, OpenResult, Plain, Secret, Security, Stack, WireBuf,
};
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::server::{LookupAnswer, LookupRequest, ServerMechanism};
use xiom_sasl::{Credentials, Decoy, Nonce, ScramKeys, client, server};
use xiom_testing::Endpoint;

pub(crate) type ClientSide<Lower = Plain> = Stack<Client, Lower>;
pub(crate) type ServerSide<Lower = Plain, M = server::Mechanism> = Stack<Server<M>, Lower>;

pub(crate) const PASSWORD: &str = "pencil";
/// What PLAIN sends with it (RFC 4616 section 2).
pub(crate) const PLAIN_MESSAGE: &[u8] = b"\0user\0pencil";
/// What the server says behind its outcome, in the same octets.
pub(crate) const GREETING: &[u8] = b"AMQP\x00\x01\x00\x00 right behind the outcome";
/// Few iterations make fast tests, and slices of these make the computation wait.
const ITERATIONS: RangeInclusive<u32> = 1..=4096;
pub(crate) const CHANNEL: Limits = Limits { work: 16, ..Limits::CLIENT };

/// The mechanisms of both ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Anonymous,
    Plain,
    External,
    Scram,
    ScramPlus,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] =
        [Self::Anonymous, Self::Plain, Self::External, Self::Scram, Self::ScramPlus];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "ANONYMOUS",
            Self::Plain => "PLAIN",
            Self::External => "EXTERNAL",
            Self::Scram => "SCRAM-SHA-256",
            Self::ScramPlus => "SCRAM-SHA-256-PLUS",
        }
    }

    pub(crate) fn client(self) -> client::Mechanism {
        self.client_of(Credentials::new("user", PASSWORD))
    }

    pub(crate) fn client_of(self, credentials: Credentials) -> client::Mechanism {
        let scram = |variant, credentials| {
            client::Scram::new(variant, credentials, Nonce::new([1; 24])).unwrap().into()
        };
        match self {
            Self::Anonymous => client::Anonymous::new("trace").unwrap().into(),
            Self::Plain => client::Plain::new(credentials).unwrap().into(),
            Self::External => client::External::new(None).unwrap().into(),
            Self::Scram => scram(Variant::Sha256, credentials),
            Self::ScramPlus => scram(Variant::Sha256Plus, credentials),
        }
    }

    pub(crate) fn server(self) -> server::Mechanism {
        let decoy = Decoy::new([3; 32], 64, 16);
        let nonce = Nonce::new([2; 24]);
        match self {
            Self::Anonymous => server::Anonymous::new().into(),
            Self::Plain => server::Plain::new(decoy).into(),
            Self::External => server::External::new().into(),
            Self::Scram => server::Scram::new(Variant::Sha256, decoy, nonce).into(),
            Self::ScramPlus => server::Scram::new(Variant::Sha256Plus, decoy, nonce).into(),
        }
    }
}

pub(crate) fn sasl_limits() -> xiom_sasl::Limits {
    xiom_sasl::Limits { iterations: ITERATIONS, ..xiom_sasl::Limits::default() }
}

pub(crate) fn client_config() -> ClientConfig {
    ClientConfig { limits: sasl_limits(), ..ClientConfig::default() }
}

pub(crate) fn server_config() -> ServerConfig {
    ServerConfig { limits: sasl_limits(), ..ServerConfig::default() }
}

/// A channel that gives all that any mechanism asks for.
pub(crate) fn ground() -> Security {
    Security {
        confidential: true,
        certificate: true,
        peer: Some("CN=client".into()),
        bindings: Bindings { exporter: Some([7; 32]), end_point: None },
    }
}

pub(crate) fn client_over<Lower: Layer>(kind: Kind, lower: Lower) -> ClientSide<Lower> {
    Stack::new(Client::new(vec![kind.client()], client_config()), lower)
}

pub(crate) fn server_over<Lower: Layer>(kind: Kind, lower: Lower) -> ServerSide<Lower> {
    Stack::new(Server::new(vec![kind.server()], server_config()), lower)
}

pub(crate) fn client_side(kind: Kind) -> ClientSide {
    client_over(kind, Plain::asserting(ground()))
}

pub(crate) fn server_side(kind: Kind) -> ServerSide {
    server_over(kind, Plain::asserting(ground()))
}

pub(crate) fn open<L: Layer>(layers: L) -> Endpoint<L> {
    Endpoint::open_within(layers, CHANNEL)
}

/// What the application keeps of its only user.
pub(crate) fn keys() -> ScramKeys {
    ScramKeys::derive(Hash::Sha256, PASSWORD, b"salt of the user", 64).unwrap()
}

/// An application that knows one user, and lets everybody in who is proven.
pub(crate) fn reply<M>(server: &mut Server<M>, out: &mut WireBuf)
where
    M: ServerMechanism,
{
    match server.question().cloned() {
        Some(Question::Lookup(LookupRequest::Scram { user, .. })) if &*user == "user" => {
            server.lookup(LookupAnswer::Scram(&keys()), out);
        }
        Some(Question::Lookup(LookupRequest::Password { user, password })) => {
            let verified = &*user == "user" && password == Secret::new(PASSWORD);
            server.lookup(LookupAnswer::Verified(verified), out);
        }
        Some(Question::Lookup(_)) => server.lookup(LookupAnswer::Unknown, out),
        Some(Question::Authorize(_)) => server.authorize(true, out),
        None => {}
    }
}

/// Answers the open question by `deed`; whether there was one.
pub(crate) fn answer_by<Lower: Layer, M: ServerMechanism>(
    end: &mut Endpoint<ServerSide<Lower, M>>,
    deed: impl FnOnce(&mut Server<M>, &mut WireBuf),
) -> bool {
    let asked = end.told.iter().rev().find_map(|action| match action {
        Action::Ask(id) => Some(*id),
        Action::Connect
        | Action::Shutdown
        | Action::Disconnect
        | Action::Work
        | Action::Opened(_)
        | Action::Sent(..)
        | Action::Ended
        | Action::Failed(_)
        | Action::Closed => None,
    });
    let Some(id) = asked else { return false };
    let answer = |stack: &mut ServerSide<Lower, M>, out: &mut WireBuf| stack.with_upper(out, deed);
    let answered = end.channel.answer(id, &mut end.wire, answer).is_ok();
    end.feed(&[]);
    answered
}

/// Answers all questions as [`reply`] does.
pub(crate) fn answer_all<Lower: Layer, M: ServerMechanism>(
    end: &mut Endpoint<ServerSide<Lower, M>>,
) {
    while answer_by(end, reply) {}
}

/// What both ends wrote.
pub(crate) struct Transcript {
    pub(crate) client: Vec<u8>,
    pub(crate) server: Vec<u8>,
}

/// Lets both ends talk in pieces of `piece` octets until neither has more to say; the server says
/// `greeting` as soon as it is open, so that it follows the outcome in the same octets.
pub(crate) fn converse<A: Layer, B: Layer, M: ServerMechanism>(
    client: &mut Endpoint<A>,
    server: &mut Endpoint<ServerSide<B, M>>,
    piece: usize,
    greeting: &[u8],
) -> Transcript {
    let mut said = Transcript { client: Vec::new(), server: Vec::new() };
    let mut greeted = greeting.is_empty();
    loop {
        let up = client.take();
        for part in up.chunks(piece) {
            server.feed(part);
            answer_all(server);
        }
        if server.channel.is_open() && !greeted {
            greeted = true;
            assert!(server.send(greeting));
        }
        let down = server.take();
        down.chunks(piece).for_each(|part| client.feed(part));
        if up.is_empty() && down.is_empty() {
            return said;
        }
        said.client.extend(up);
        said.server.extend(down);
    }
}

/// What both ends write in a good login with `kind`.
pub(crate) fn transcript(kind: Kind) -> Transcript {
    let (mut client, mut server) = (open(client_side(kind)), open(server_side(kind)));
    let said = converse(&mut client, &mut server, usize::MAX, b"");
    assert!(client.channel.is_open() && server.channel.is_open(), "{kind:?}");
    said
}

/// How often, and how, an open completed.
pub(crate) fn opened<L: Layer>(end: &Endpoint<L>) -> Vec<OpenResult> {
    let result = |action: &Action| match action {
        Action::Opened(result) => Some(*result),
        Action::Connect
        | Action::Shutdown
        | Action::Disconnect
        | Action::Ask(_)
        | Action::Work
        | Action::Sent(..)
        | Action::Ended
        | Action::Failed(_)
        | Action::Closed => None,
    };
    end.told.iter().filter_map(result).collect()
}

/// Opens the closed channel of `end` again, as its driver would.
pub(crate) fn reopen<L: Layer>(end: &mut Endpoint<L>, layers: L) {
    end.input.clear();
    end.told.clear();
    end.received.clear();
    end.is_shut = false;
    assert_eq!(end.channel.open(layers, end.now, &mut end.wire), Ok(()), "opens again");
    end.drain();
}

/// The closed channel of a client opens again, logs in, and octets pass.
pub(crate) fn client_recovers(end: &mut Endpoint<ClientSide>, kind: Kind) {
    reopen(end, client_side(kind));
    let mut server = open(server_side(kind));
    converse(end, &mut server, usize::MAX, GREETING);
    assert_eq!(opened(end), [OpenResult::Ok]);
    assert_eq!(end.received, GREETING);
}

/// The closed channel of a server opens again, lets a client in, and octets pass.
pub(crate) fn server_recovers(end: &mut Endpoint<ServerSide>, kind: Kind) {
    reopen(end, server_side(kind));
    let mut client = open(client_side(kind));
    converse(&mut client, end, usize::MAX, b"");
    assert_eq!(opened(end), [OpenResult::Ok]);
    assert!(client.send(b"hello"));
    end.feed(&client.take());
    assert_eq!(end.received, b"hello");
}
