//! Security layers over AMQP: from the exact octet after the outcome, both ways, to the first fault.

use xiom_amqp_sasl::{Client, ClientConfig, Server, ServerConfig};
use xiom_core::{Cause, Fact, Layer, LayerFault, OpenResult, Plain, Security, Stack, Stage};
use xiom_sasl::{Identity, Limits, Policy, Protection, client, server};
use xiom_testing::{Endpoint, FakeGss, ToyEngine};
use xiom_tls::Tls;

use crate::rig::{Transcript, converse, opened};

type ClientSide<L> = Stack<Client<client::Gssapi<FakeGss>>, L>;
type ServerSide<L> = Stack<Server<server::Gssapi<FakeGss>>, L>;

const SIZES: [usize; 5] = [1, 2, 5, 23, usize::MAX];
const LONG: &[u8] =
    b"a message that needs more than one token of this size, and then some more of it";

fn policy(require_layer: Protection) -> Policy {
    Policy { require_layer, ..Policy::default() }
}

/// Tokens of 40 octets at most.
fn limits() -> Limits {
    Limits { layer_buffer: 40, ..Limits::default() }
}

fn client_of<L: Layer>(policy: Policy, lower: L) -> Endpoint<ClientSide<L>> {
    let mechanism = client::Gssapi::new(FakeGss::initiator("tim@REALM"), None).unwrap();
    let config = ClientConfig { policy, limits: limits(), ..ClientConfig::default() };
    Endpoint::open(Stack::new(Client::new(vec![mechanism], config), lower))
}

fn server_of<L: Layer>(policy: Policy, lower: L) -> Endpoint<ServerSide<L>> {
    let mechanism = server::Gssapi::new(FakeGss::acceptor());
    let config = ServerConfig { policy, limits: limits(), ..ServerConfig::default() };
    Endpoint::open(Stack::new(Server::new(vec![mechanism], config), lower))
}

fn pair(protection: Protection) -> (Endpoint<ClientSide<Plain>>, Endpoint<ServerSide<Plain>>) {
    let policy = Policy { max_layer: protection, ..Policy::default() };
    (client_of(policy.clone(), Plain::default()), server_of(policy, Plain::default()))
}

fn login<A: Layer, B: Layer>(
    client: &mut Endpoint<ClientSide<A>>,
    server: &mut Endpoint<ServerSide<B>>,
    piece: usize,
    greeting: &[u8],
) -> Transcript {
    let said = converse(client, server, piece, greeting);
    assert_eq!((opened(client), opened(server)), (vec![OpenResult::Ok], vec![OpenResult::Ok]));
    said
}

fn contains(octets: &[u8], part: &[u8]) -> bool {
    octets.windows(part.len()).any(|window| window == part)
}

//= test SRS_SASL_MECHANISMS_01_074, SRS_SASL_MECHANISMS_01_123
#[test]
fn a_layer_begins_right_behind_the_outcome_however_octets_are_cut() {
    for protection in [Protection::None, Protection::Integrity, Protection::Confidentiality] {
        for piece in SIZES {
            let (mut client, mut server) = pair(protection);
            let said = login(&mut client, &mut server, piece, LONG);
            assert_eq!(client.received, LONG, "{protection:?} by {piece}");
            assert!(client.send(LONG) && client.send(b"short"));
            let more = converse(&mut client, &mut server, piece, b"");
            assert_eq!(server.received, [LONG, b"short"].concat(), "{protection:?} by {piece}");
            let in_clear = protection == Protection::None;
            assert_eq!(contains(&said.server, LONG), in_clear, "in tokens of 40 octets");
            assert_eq!(contains(&more.client, b"short"), protection != Protection::Confidentiality);
            let layers = server.channel.layers().unwrap();
            let established = layers.upper().established().unwrap();
            assert_eq!(established.protection(), protection);
            let identity = Identity::Kerberos("tim@REALM".into());
            assert_eq!(established.principal().identity, identity);
            assert_eq!(layers.is_transparent(), in_clear);
        }
    }
}

//= test SRS_SASL_MECHANISMS_01_122
#[test]
fn over_tls_a_layer_is_negotiated_only_when_it_is_required() {
    for required in [Protection::None, Protection::Confidentiality] {
        for piece in SIZES {
            let mut client = client_of(policy(required), Tls::new(ToyEngine::client()));
            let mut server = server_of(policy(required), Tls::new(ToyEngine::server()));
            login(&mut client, &mut server, piece, LONG);
            assert_eq!(client.received, LONG);
            assert!(client.send(LONG));
            converse(&mut client, &mut server, piece, b"");
            assert_eq!(server.received, LONG);
            let established = client.channel.layers().unwrap().upper().established();
            assert_eq!(established.unwrap().protection(), required);
        }
    }
}

//= test SRS_SASL_MECHANISMS_01_107
/// Attack 22: a layer that is required and cannot be had is an error, and never a login without it.
#[test]
fn a_layer_that_cannot_be_had_is_no_login() {
    let none = Policy { max_layer: Protection::None, ..Policy::default() };
    for (client_policy, server_policy) in
        [(policy(Protection::Integrity), none.clone()), (none, policy(Protection::Integrity))]
    {
        let mut client = client_of(client_policy, Plain::default());
        let mut server = server_of(server_policy, Plain::default());
        converse(&mut client, &mut server, usize::MAX, b"");
        assert!(!opened(&client).contains(&OpenResult::Ok));
        assert!(!opened(&server).contains(&OpenResult::Ok));
    }
}

//= test SRS_SASL_MECHANISMS_01_121, SRS_SASL_MECHANISMS_01_072
/// Attack 20: a token that is repeated, changed or missing its predecessor ends both ways.
#[test]
fn the_first_fault_ends_both_ways() {
    let said = |client: &mut Endpoint<ClientSide<Plain>>, octets: &[u8]| {
        assert!(client.send(octets));
        client.take()
    };
    for case in 0..4 {
        let (mut client, mut server) = pair(Protection::Integrity);
        login(&mut client, &mut server, usize::MAX, b"");
        let (first, second) = (said(&mut client, b"first"), said(&mut client, b"second"));
        let (heard, fault) = match case {
            0 => (vec![first.clone(), first], LayerFault::OutOfSequence),
            1 => (vec![second], LayerFault::OutOfSequence),
            2 => {
                let mut changed = first;
                changed[7] ^= 1;
                (vec![changed, second], LayerFault::BadMac)
            }
            _ => {
                let long = [&[0, 0, 0, 41][..], &[0; 41]].concat();
                (vec![long], LayerFault::TooLong { size: 41, limit: 40 })
            }
        };
        let passes = usize::from(case == 0);
        for octets in &heard {
            server.feed(octets);
        }
        assert_eq!(server.received, b"first"[..5 * passes], "case {case}");
        let failure = server.failure().unwrap();
        assert_eq!(failure, Cause::Protection(fault).at(Stage::Open), "case {case}");
        assert!(!server.send(b"more"), "nothing goes out after the fault");
        assert!(!contains(&server.take(), b"more"));
    }
}

//= test SRS_SASL_MECHANISMS_01_120
#[test]
fn an_end_within_a_token_is_a_failure() {
    for cut in 0..13 {
        let (mut client, mut server) = pair(Protection::Integrity);
        login(&mut client, &mut server, usize::MAX, b"");
        assert!(client.send(b"hello"));
        let octets = client.take();
        server.feed(&octets[..cut]);
        server.tell(Fact::Ended);
        let failure = (cut != 0).then(|| Cause::EndOfStream.at(Stage::Open));
        assert_eq!(server.failure(), failure, "cut at {cut}");
    }
}

/// What a channel asserts decides, not what carries it.
#[test]
fn an_asserted_channel_needs_no_layer() {
    let ground = || Plain::asserting(Security { confidential: true, ..Security::default() });
    let mut client = client_of(Policy::default(), ground());
    let mut server = server_of(Policy::default(), ground());
    login(&mut client, &mut server, 3, b"");
    let established = client.channel.layers().unwrap().upper().established();
    assert_eq!(established.unwrap().protection(), Protection::None);
}
