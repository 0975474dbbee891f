//! The limit of a frame, both ways: what is too large is not sent, and not awaited.

use xiom_amqp_sasl::{Client, ClientConfig, FrameLimit, Server, ServerConfig};
use xiom_core::{AuthFault, Cause, Fact, FrameFault, OpenResult, Plain, Stack, Stage};
use xiom_sasl::scram::Hash;
use xiom_sasl::server::LookupAnswer;
use xiom_sasl::{Credentials, ScramKeys};
use xiom_testing::{Endpoint, pump};

use crate::frames::{HEADER, mechanisms};
use crate::rig::{
    ClientSide, Kind, ServerSide, answer_by, client_config, ground, open, opened, reply,
    server_config, server_side,
};

/// A client whose sasl-init has `size` octets in all.
fn client(size: usize, frame_limit: FrameLimit) -> Endpoint<ClientSide> {
    // 8 of the frame, 3 of the descriptor, then a list32 and a binary32: 9, 7 of the name, 5; NUL user NUL: 6.
    let password = "x".repeat(size - 8 - 3 - 9 - 7 - 5 - 6);
    let mechanism = Kind::Plain.client_of(Credentials::new("user", &*password));
    let config = ClientConfig { frame_limit, ..client_config() };
    open(Stack::new(Client::new(vec![mechanism], config), Plain::asserting(ground())))
}

fn server(frame_limit: FrameLimit) -> Endpoint<ServerSide> {
    let config = ServerConfig { frame_limit, ..server_config() };
    open(Stack::new(Server::new(vec![Kind::Plain.server()], config), Plain::asserting(ground())))
}

/// Lets both talk, and the server accept any password.
fn login(client: &mut Endpoint<ClientSide>, server: &mut Endpoint<ServerSide>) {
    pump(client, server, usize::MAX);
    answer_by(server, |server, out| server.lookup(LookupAnswer::Verified(true), out));
    answer_by(server, reply);
    pump(client, server, usize::MAX);
}

const SMALL: FrameLimit = FrameLimit::MIN;

//= test SRS_SASLCLIENTIO_01_071
#[test]
fn an_init_of_exactly_the_limit_passes_and_one_octet_more_does_not() {
    for (limit, size) in [(SMALL, 512), (FrameLimit::new(2000), 2000)] {
        let (mut client, mut server) = (client(size, limit), server(limit));
        login(&mut client, &mut server);
        assert_eq!(
            (opened(&client), opened(&server)),
            (vec![OpenResult::Ok], vec![OpenResult::Ok])
        );
    }
    for (limit, size) in [(SMALL, 513), (FrameLimit::new(2000), 2001)] {
        let mut client = client(size, limit);
        assert_eq!(client.take(), HEADER);
        client.feed(&[HEADER, &mechanisms(&["PLAIN"])].concat());
        assert!(client.wire.is_empty(), "nothing of the init");
        let size = u32::try_from(size).unwrap();
        let cause = Cause::Frame(FrameFault::OwnTooLarge { size, limit: limit.octets() });
        let failure = OpenResult::Failed(cause.at(Stage::SaslMechanisms));
        assert_eq!(opened(&client), [failure]);
        assert!(client.channel.is_closed());
        crate::rig::client_recovers(&mut client, Kind::Plain);
    }
}

#[test]
fn no_limit_is_below_what_every_peer_may_send_or_above_64_kib() {
    for octets in [0, 1, 8, 511, 512] {
        assert_eq!(FrameLimit::new(octets).octets(), 512);
    }
    assert_eq!(FrameLimit::new(513).octets(), 513);
    for octets in [65_536, 65_537, u32::MAX] {
        assert_eq!(FrameLimit::new(octets).octets(), 65_536);
    }
}

#[test]
fn a_peer_with_a_smaller_limit_refuses_what_we_may_send() {
    let (mut client, mut server) = (client(600, FrameLimit::new(4096)), server(SMALL));
    login(&mut client, &mut server);
    let cause = Cause::Frame(FrameFault::TooLarge { size: 600, limit: 512 });
    assert_eq!(opened(&server), [OpenResult::Failed(cause.at(Stage::SaslInit))]);
    let ended = Cause::EndOfStream.at(Stage::SaslExchange);
    assert_eq!(opened(&client), [OpenResult::Failed(ended)]);
}

#[test]
fn a_server_does_not_send_a_challenge_beyond_the_limit() {
    let mut client = open(crate::rig::client_side(Kind::Scram));
    let mut server = open(server_side(Kind::Scram));
    pump(&mut client, &mut server, usize::MAX);
    let keys = ScramKeys::derive(Hash::Sha256, "pencil", &[1; 400], 64).unwrap();
    let before = server.wire.appended();
    assert!(answer_by(&mut server, |server, out| server.lookup(LookupAnswer::Scram(&keys), out)));
    assert_eq!(server.wire.appended(), before, "nothing of the challenge");
    pump(&mut client, &mut server, usize::MAX);
    let [OpenResult::Failed(failure)] = opened(&server)[..] else {
        panic!("{:?}", opened(&server))
    };
    assert_eq!(failure.stage, Stage::SaslLookup);
    assert!(matches!(
        failure.cause,
        Cause::Frame(FrameFault::OwnTooLarge { limit: 512, size: 513.. })
    ));
}

#[test]
fn a_message_beyond_the_limit_of_the_mechanism_is_refused_although_the_frame_is_not() {
    let limits = xiom_sasl::Limits { message: 40, ..crate::rig::sasl_limits() };
    let config = ServerConfig { limits, frame_limit: FrameLimit::MAX, ..ServerConfig::default() };
    let server = Server::new(vec![Kind::Plain.server()], config);
    let mut server = open(Stack::new(server, Plain::asserting(ground())));
    let mut client = client(4000, FrameLimit::MAX);
    pump(&mut client, &mut server, usize::MAX);
    let failure = Cause::Mechanism(AuthFault::TooLong).at(Stage::SaslInit);
    assert_eq!(opened(&server), [OpenResult::Failed(failure)]);
}

//= test SRS_SASLCLIENTIO_01_088, SRS_SASLCLIENTIO_50_013
#[test]
fn a_frame_is_refused_by_its_size_before_any_of_its_body_comes() {
    for announced in [513_u32, 1 << 16, u32::MAX] {
        let mut client = client(100, SMALL);
        client.take();
        client.feed(HEADER);
        client.feed(&announced.to_be_bytes()[..3]);
        assert!(opened(&client).is_empty());
        client.feed(&announced.to_be_bytes()[3..]);
        let cause = Cause::Frame(FrameFault::TooLarge { size: announced, limit: 512 });
        let failure = OpenResult::Failed(cause.at(Stage::SaslMechanisms));
        assert_eq!(opened(&client), [failure]);
    }
}

//= test SRS_SASLCLIENTIO_50_027
#[test]
fn a_frame_within_the_limit_that_never_ends_meets_the_deadline() {
    let mut client = client(100, SMALL);
    client.feed(&[HEADER, &[0, 0, 2, 0, 2, 1, 0, 0], &[0; 503]].concat());
    assert!(opened(&client).is_empty());
    client.tell(Fact::Time(crate::rig::CHANNEL.open));
    let failure = OpenResult::Failed(Cause::Deadline.at(Stage::SaslMechanisms));
    assert_eq!(opened(&client), [failure]);
}
