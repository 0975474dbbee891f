//! Both ends of a login: mechanisms, an application that answers, and the conversation of two channels.

use core::ops::RangeInclusive;

use xiom_core::{
    Action, Bindings, Fact, Layer, Limits, OpenResult, Plain, Secret, Security, Stack, WireBuf,
};
use xiom_sasl::digest_md5::DigestKey;
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::server::{LookupAnswer, LookupRequest, Question, ServerMechanism};
use xiom_sasl::{
    Credentials, Decoy, Either, Nonce, Policy, Protection, ScramKeys, client, oauth, server,
};
use xiom_testing::{Endpoint, FakeGss};
use xiom_thrift_sasl::{Client, ClientConfig, Server, ServerConfig};

pub(crate) type ClientMechanism = Either<client::Mechanism, client::Gssapi<FakeGss>>;
pub(crate) type Mechanism = Either<server::Mechanism, server::Gssapi<FakeGss>>;
pub(crate) type ClientSide<L = Plain> = Stack<Client<ClientMechanism>, L>;
pub(crate) type ServerSide<L = Plain, M = Mechanism> = Stack<Server<M>, L>;

pub(crate) const USER: &str = "user";
pub(crate) const PASSWORD: &str = "pencil";
pub(crate) const REALM: &str = "realm";
/// Few iterations make fast tests, and slices of these make the computation wait.
const ITERATIONS: RangeInclusive<u32> = 1..=4096;
pub(crate) const CHANNEL: Limits = Limits { work: 16, ..Limits::CLIENT };

/// The mechanisms of both ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Anonymous,
    CramMd5,
    DigestMd5,
    External,
    Gssapi,
    Mssbcbs,
    OAuth,
    Plain,
    Scram,
}

impl Kind {
    pub(crate) const ALL: [Self; 9] = [
        Self::Anonymous,
        Self::CramMd5,
        Self::DigestMd5,
        Self::External,
        Self::Gssapi,
        Self::Mssbcbs,
        Self::OAuth,
        Self::Plain,
        Self::Scram,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "ANONYMOUS",
            Self::CramMd5 => "CRAM-MD5",
            Self::DigestMd5 => "DIGEST-MD5",
            Self::External => "EXTERNAL",
            Self::Gssapi => "GSSAPI",
            Self::Mssbcbs => "MSSBCBS",
            Self::OAuth => "OAUTHBEARER",
            Self::Plain => "PLAIN",
            Self::Scram => "SCRAM-SHA-256",
        }
    }

    /// Whether a wrong password is a wrong login.
    pub(crate) fn has_password(self) -> bool {
        match self {
            Self::CramMd5 | Self::DigestMd5 | Self::OAuth | Self::Plain | Self::Scram => true,
            Self::Anonymous | Self::External | Self::Gssapi | Self::Mssbcbs => false,
        }
    }

    pub(crate) fn client(self) -> ClientMechanism {
        self.client_of(USER, PASSWORD)
    }

    pub(crate) fn client_of(self, user: &str, password: &str) -> ClientMechanism {
        let credentials = Credentials::new(user, password);
        let nonce = Nonce::new([1; 24]);
        Either::A(match self {
            Self::Anonymous => client::Anonymous::new("trace").unwrap().into(),
            Self::CramMd5 => client::CramMd5::new(credentials).unwrap().into(),
            Self::DigestMd5 => {
                client::DigestMd5::new(credentials, "hive", "localhost", nonce).unwrap().into()
            }
            Self::External => client::External::new(None).unwrap().into(),
            Self::Gssapi => {
                let context = FakeGss::initiator(user);
                return Either::B(client::Gssapi::new(context, None).unwrap());
            }
            Self::Mssbcbs => client::Mssbcbs::new().into(),
            Self::OAuth => {
                client::OAuth::new(oauth::Variant::OAuthBearer, password, None).unwrap().into()
            }
            Self::Plain => client::Plain::new(credentials).unwrap().into(),
            Self::Scram => client::Scram::new(Variant::Sha256, credentials, nonce).unwrap().into(),
        })
    }

    pub(crate) fn server(self) -> Mechanism {
        let decoy = Decoy::new([3; 32], 64, 16);
        let nonce = Nonce::new([2; 24]);
        Either::A(match self {
            Self::Anonymous => server::Anonymous::new().into(),
            Self::CramMd5 => server::CramMd5::new("localhost", decoy, &nonce).unwrap().into(),
            Self::DigestMd5 => {
                let digest = server::DigestMd5::new("hive", "localhost", REALM, decoy, nonce);
                digest.unwrap().into()
            }
            Self::External => server::External::new().into(),
            Self::Gssapi => return Either::B(server::Gssapi::new(FakeGss::acceptor())),
            Self::Mssbcbs => server::Mssbcbs::new().into(),
            Self::OAuth => server::OAuth::new(oauth::Variant::OAuthBearer).into(),
            Self::Plain => server::Plain::new(decoy).into(),
            Self::Scram => server::Scram::new(Variant::Sha256, decoy, nonce).into(),
        })
    }
}

fn sasl_limits() -> xiom_sasl::Limits {
    xiom_sasl::Limits { iterations: ITERATIONS, ..xiom_sasl::Limits::default() }
}

/// A policy that permits every mechanism, and negotiates exactly this layer on [`ground`].
fn policy(layer: Protection) -> Policy {
    Policy { allow_legacy: true, require_layer: layer, ..Policy::default() }
}

pub(crate) fn client_config(layer: Protection) -> ClientConfig {
    let policy = policy(layer);
    ClientConfig { policy, limits: sasl_limits(), ..ClientConfig::default() }
}

pub(crate) fn server_config(layer: Protection) -> ServerConfig {
    let policy = policy(layer);
    ServerConfig { policy, limits: sasl_limits(), ..ServerConfig::default() }
}

/// A channel that gives all that any mechanism asks for.
pub(crate) fn ground() -> Security {
    Security {
        confidential: true,
        certificate: true,
        peer: Some("CN=client".into()),
        bindings: Bindings::default(),
    }
}

pub(crate) fn client_with(mechanism: ClientMechanism, config: ClientConfig) -> ClientSide {
    Stack::new(Client::new(mechanism, config), Plain::asserting(ground()))
}

pub(crate) fn server_with(mechanisms: Vec<Mechanism>, config: ServerConfig) -> ServerSide {
    Stack::new(Server::new(mechanisms, config), Plain::asserting(ground()))
}

pub(crate) fn client_side(kind: Kind) -> ClientSide {
    client_with(kind.client(), client_config(Protection::None))
}

pub(crate) fn server_side(kind: Kind) -> ServerSide {
    server_with(vec![kind.server()], server_config(Protection::None))
}

pub(crate) fn open<L: Layer>(layers: L) -> Endpoint<L> {
    Endpoint::open_within(layers, CHANNEL)
}

/// An application that knows one user, and lets everybody in who is proven.
pub(crate) fn reply<M: ServerMechanism>(server: &mut Server<M>, out: &mut WireBuf) {
    use {LookupAnswer as A, LookupRequest as R};
    let Some(question) = server.question().cloned() else { return };
    match question {
        Question::Lookup(R::Scram { user, .. }) if &*user == USER => {
            let keys = ScramKeys::derive(Hash::Sha256, PASSWORD, b"salt of the user", 64).unwrap();
            server.lookup(A::Scram(&keys), out);
        }
        Question::Lookup(R::Password { user, password }) => {
            let verified = &*user == USER && password == Secret::new(PASSWORD);
            server.lookup(A::Verified(verified), out);
        }
        Question::Lookup(R::Bearer { token }) if token == Secret::new(PASSWORD) => {
            server.lookup(A::Subject(USER), out);
        }
        Question::Lookup(R::DigestMd5 { user, realm }) if &*user == USER => {
            let key = DigestKey::derive(USER, &realm, PASSWORD).unwrap();
            server.lookup(A::DigestMd5(&key), out);
        }
        Question::Lookup(R::SharedSecret { user }) if &*user == USER => {
            server.lookup(A::Secret(&Secret::new(PASSWORD)), out);
        }
        Question::Lookup(_) => server.lookup(A::Unknown, out),
        Question::Authorize(_) => server.authorize(true, out),
    }
}

/// Answers the open question by `deed`; whether there was one.
pub(crate) fn answer_by<L: Layer, M: ServerMechanism>(
    end: &mut Endpoint<ServerSide<L, M>>,
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
    let answer = |stack: &mut ServerSide<L, M>, out: &mut WireBuf| stack.with_upper(out, deed);
    let answered = end.channel.answer(id, &mut end.wire, answer).is_ok();
    end.feed(&[]);
    answered
}

/// Answers all questions as [`reply`] does.
pub(crate) fn answer_all<L: Layer, M: ServerMechanism>(end: &mut Endpoint<ServerSide<L, M>>) {
    while answer_by(end, reply) {}
}

/// What both ends wrote.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Transcript {
    pub(crate) client: Vec<u8>,
    pub(crate) server: Vec<u8>,
}

/// Lets both ends talk in pieces of `piece` octets until neither has more to say, and tells an end when the
/// other one has ended; each says its `greetings` as soon as it is open.
pub(crate) fn converse_by<A: Layer, B: Layer, M: ServerMechanism>(
    (client, server): (&mut Endpoint<A>, &mut Endpoint<ServerSide<B, M>>),
    piece: usize,
    greetings: [&[u8]; 2],
    answer: impl Fn(&mut Endpoint<ServerSide<B, M>>),
) -> Transcript {
    let mut said = Transcript::default();
    let mut greeted = greetings.map(<[u8]>::is_empty);
    let mut ended = [false; 2];
    loop {
        if client.channel.is_open() && !core::mem::replace(&mut greeted[0], true) {
            assert!(server.channel.is_open(), "a client is open, and its server is not");
            assert!(client.send(greetings[0]));
        }
        let up = client.take();
        for part in up.chunks(piece) {
            server.feed(part);
            answer(server);
        }
        if client.is_shut && !core::mem::replace(&mut ended[0], true) {
            server.tell(Fact::Ended);
        }
        if server.channel.is_open() && !core::mem::replace(&mut greeted[1], true) {
            assert!(server.send(greetings[1]));
        }
        let down = server.take();
        down.chunks(piece).for_each(|part| client.feed(part));
        if server.is_shut && !core::mem::replace(&mut ended[1], true) {
            client.tell(Fact::Ended);
        }
        let is_greeted = greeted[0] || !client.channel.is_open();
        if up.is_empty() && down.is_empty() && is_greeted {
            return said;
        }
        said.client.extend(up);
        said.server.extend(down);
    }
}

/// The same with an application that answers all questions as [`reply`] does.
pub(crate) fn converse<A: Layer, B: Layer, M: ServerMechanism>(
    client: &mut Endpoint<A>,
    server: &mut Endpoint<ServerSide<B, M>>,
    piece: usize,
) -> Transcript {
    converse_by((client, server), piece, [b"", b""], answer_all)
}

/// What both ends write in a good login with `kind`.
pub(crate) fn transcript(kind: Kind) -> Transcript {
    let (mut client, mut server) = (open(client_side(kind)), open(server_side(kind)));
    let said = converse(&mut client, &mut server, usize::MAX);
    assert!(client.channel.is_open() && server.channel.is_open(), "{kind:?}");
    said
}

/// Two ends that have logged in with `kind`, with a layer of this `protection`.
pub(crate) fn pair(
    kind: Kind,
    protection: Protection,
) -> (Endpoint<ClientSide>, Endpoint<ServerSide>) {
    pair_with(kind, client_config(protection), server_config(protection))
}

pub(crate) fn pair_with(
    kind: Kind,
    client: ClientConfig,
    server: ServerConfig,
) -> (Endpoint<ClientSide>, Endpoint<ServerSide>) {
    let mut client = open(client_with(kind.client(), client));
    let mut server = open(server_with(vec![kind.server()], server));
    converse(&mut client, &mut server, usize::MAX);
    assert_eq!((opened(&client), opened(&server)), (vec![OpenResult::Ok], vec![OpenResult::Ok]));
    (client, server)
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

/// How often the end of the peer was told.
pub(crate) fn ended<L: Layer>(end: &Endpoint<L>) -> usize {
    end.told.iter().filter(|action| **action == Action::Ended).count()
}
