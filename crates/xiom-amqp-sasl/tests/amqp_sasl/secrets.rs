//! No state of a login shows the password to `Debug`, and no failure names it.

use core::fmt::Debug;

use xiom_amqp_sasl::{Client, ClientConfig};
use xiom_core::{
    Action, Connection, Fact, Layer, Limits, News, OpenResult, Phase, Plain, Secret, Stack,
};
use xiom_sasl::Credentials;
use xiom_sasl::server::LookupAnswer;
use xiom_testing::Endpoint;

use crate::frames::{
    HEADER, body, challenge, frame, frame_of_type, init, mechanisms, outcome, response,
};
use crate::rig::{
    ClientSide, Kind, answer_by, client_config, converse, ground, open, opened, server_side,
};

const PASSWORD: &str = "Tr0ub4dor&3x";
/// The password in every form in which octets are usually printed; Base64 depends on what comes before.
const FORMS: [&str; 7] = [
    PASSWORD,
    "VHIwdWI0ZG9yJjN4",
    "RyMHViNGRvciYze",
    "UcjB1YjRkb3ImM3",
    "84,114,48,117,98,52,100,111,114,38,51,120",
    "547230756234646f72263378",
    "547230756234646F72263378",
];

fn shows_password(text: &str) -> bool {
    let text: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    FORMS.iter().any(|form| text.contains(form))
}

fn assert_keeps(thing: &impl Debug, context: &str) {
    let text = format!("{thing:?} {thing:#?}");
    assert!(!shows_password(&text), "{context}: {text}");
}

fn client(kind: Kind) -> ClientSide {
    let mechanism = kind.client_of(Credentials::new("user", PASSWORD));
    // The name comes behind the password, so that a server holds all of it in half a frame.
    let config = ClientConfig { hostname: Some("broker".into()), ..client_config() };
    Stack::new(Client::new(vec![mechanism], config), Plain::asserting(ground()))
}

/// What there is to print of one end: the channel with its layers, the buffer, and all it told.
fn assert_end<L: Layer + Debug>(end: &Endpoint<L>, context: &str) {
    assert_keeps(&end.channel, context);
    assert_keeps(&end.wire, context);
    assert_keeps(&end.told, context);
}

#[test]
fn the_search_finds_what_it_looks_for() {
    assert!(shows_password(PASSWORD));
    assert!(shows_password(&format!("{:?} {:#?}", 7, PASSWORD.as_bytes())));
    assert!(shows_password("AHVzZXIAVHIwdWI0ZG9yJjN4"), "the message of PLAIN in Base64");
    assert!(!shows_password("[..]"));
}

//= test SRS_SASLCLIENTIO_50_030
#[test]
fn neither_end_shows_the_password_in_any_state_of_a_login() {
    for kind in [Kind::Plain, Kind::Scram, Kind::ScramPlus] {
        let (mut client, mut server) = (open(client(kind)), open(server_side(kind)));
        let keys = || {
            let hash = xiom_sasl::scram::Hash::Sha256;
            xiom_sasl::ScramKeys::derive(hash, PASSWORD, b"salt", 64).unwrap()
        };
        loop {
            let up = client.take();
            for octet in &up {
                server.feed(&[*octet]);
                assert_end(&server, "server");
                while answer_by(&mut server, |server, out| {
                    assert_keeps(&server.question(), "question");
                    match server.question() {
                        Some(xiom_amqp_sasl::Question::Lookup(_)) => {
                            server.lookup(LookupAnswer::Scram(&keys()), out);
                        }
                        _ => server.authorize(true, out),
                    }
                    assert_keeps(server, "server, answered");
                }) {
                    assert_end(&server, "server, answered");
                }
            }
            let down = server.take();
            for octet in &down {
                client.feed(&[*octet]);
                assert_end(&client, "client");
            }
            if up.is_empty() && down.is_empty() {
                break;
            }
        }
        assert_eq!(
            (opened(&client), opened(&server)),
            (vec![OpenResult::Ok], vec![OpenResult::Ok])
        );
    }
}

#[test]
fn layers_that_compute_do_not_show_it_either() {
    let (mut client_out, mut server_out) = Default::default();
    let mut client = client(Kind::Scram);
    client.open(&ground(), &mut client_out);
    let said = crate::rig::transcript(Kind::Scram).server;
    let mut octets = said.clone();
    let mut at = 0;
    while let Some(got) = client.receive(&mut octets[at..], &mut client_out) {
        at += got.consumed;
    }
    assert!(matches!(client.phase(), Phase::Working(_)));
    assert_keeps(&client, "client at work");

    let mut server = server_side(Kind::Plain);
    server.open(&ground(), &mut server_out);
    let message = format!("\0user\0{PASSWORD}");
    let mut octets = [HEADER, &init("PLAIN", Some(message.as_bytes()))].concat();
    let mut at = 0;
    while let Some(got) = server.receive(&mut octets[at..], &mut server_out) {
        at += got.consumed;
    }
    server.with_upper(&mut server_out, |server, out| {
        assert_keeps(server, "server that asks");
        server.lookup(LookupAnswer::Scram(&crate::rig::keys()), out);
    });
    assert!(matches!(server.phase(), Phase::Working(_)));
    assert_keeps(&server, "server at work");
    server.work(u32::MAX, &mut server_out);
    assert!(matches!(server.phase(), Phase::Failed(_)), "another password");
    assert_keeps(&server, "server that refused");
}

#[test]
fn a_connection_with_its_buffers_does_not_show_it() {
    let mut connection = Connection::new(Limits::CLIENT);
    connection.open(client(Kind::Plain), core::time::Duration::ZERO).unwrap();
    assert_keeps(&connection, "closed");
    let mut told = Vec::new();
    let mut drain = |connection: &mut Connection<ClientSide>| {
        while let Some(news) = connection.poll() {
            assert_keeps(connection, "polled");
            told.push(news);
            if told.last() == Some(&News::Action(Action::Connect)) {
                connection.handle(Fact::Connected);
            }
        }
    };
    drain(&mut connection);
    // A server that echoes the password in its octets.
    let greeting = format!("hello {PASSWORD}");
    let octets = [
        HEADER,
        &mechanisms(&["PLAIN"]),
        &outcome(0, Some(PASSWORD.as_bytes())),
        greeting.as_bytes(),
    ];
    for octet in octets.concat() {
        connection.room()[0] = octet;
        connection.fill(1);
        assert_keeps(&connection, "filled");
        drain(&mut connection);
    }
    assert!(told.contains(&News::Action(Action::Opened(OpenResult::Ok))));
    let mut written = connection.pending().windows(PASSWORD.len());
    assert!(written.any(|part| part == PASSWORD.as_bytes()), "it is there, and not shown");
}

//= test SRS_SASLCLIENTIO_50_030
#[test]
fn no_failure_repeats_what_a_peer_said() {
    let secret = PASSWORD.as_bytes();
    let offer = [HEADER, &mechanisms(&["PLAIN"])].concat();
    let octets: [Vec<u8>; 9] = [
        secret.into(),
        [b"AMQP", secret].concat(),
        [HEADER, secret].concat(),
        [HEADER, &mechanisms(&[PASSWORD])].concat(),
        [HEADER, &frame(secret)].concat(),
        [HEADER, &frame_of_type(0, secret)].concat(),
        [&offer[..], &challenge(secret)].concat(),
        [&offer[..], &outcome(1, Some(secret))].concat(),
        [&offer[..], &frame(&body(0x44, 1, &[0xA0, 3, 1, 2, 3]))].concat(),
    ];
    for octets in octets {
        let mut end = open(client(Kind::Plain));
        end.take();
        end.feed(&octets);
        end.take();
        end.tell(Fact::Ended);
        let [OpenResult::Failed(failure)] = opened(&end)[..] else { panic!("{octets:?}") };
        assert_keeps(&failure, "failure");
        assert!(!shows_password(&failure.to_string()), "{failure}");
        assert_end(&end, "client that failed");
    }
    let messages = [
        init("PLAIN", Some(secret)),
        init("PLAIN", Some(&[b"\0user\0", secret, b"\0"].concat())),
        init("PLAIN", Some(&[b"\0user\0", secret].concat())),
        init(PASSWORD, Some(secret)),
        response(secret),
        frame(secret),
    ];
    for octets in messages {
        let mut end = open(server_side(Kind::Plain));
        end.feed(&[HEADER, &octets].concat());
        assert_end(&end, "server");
        crate::rig::answer_all(&mut end);
        end.take();
        end.tell(Fact::Ended);
        let [OpenResult::Failed(failure)] = opened(&end)[..] else { panic!("{octets:?}") };
        assert!(!shows_password(&failure.to_string()), "{failure}");
        assert_end(&end, "server that failed");
    }
    assert_keeps(&Secret::new(PASSWORD), "secret");
}

//= test SRS_SASLCLIENTIO_50_031
#[test]
fn secrets_go_as_soon_as_nobody_needs_them() {
    let spare = Kind::Plain.client_of(Credentials::new("spare", PASSWORD));
    let mechanisms = vec![spare, Kind::Scram.client()];
    let config = ClientConfig { hostname: Some("broker".into()), ..client_config() };
    let mut client = open(Stack::new(Client::new(mechanisms, config), Plain::asserting(ground())));
    let text = |end: &Endpoint<ClientSide>| format!("{:?}", end.channel.layers().unwrap().upper());
    assert!(text(&client).contains("spare"));

    let mut server = open(server_side(Kind::Scram));
    server.feed(&client.take());
    client.feed(&server.take());
    assert!(!text(&client).contains("spare"), "the credentials of what was not chosen");
    assert!(text(&client).contains("broker"));

    converse(&mut client, &mut server, usize::MAX, b"");
    assert_eq!((opened(&client), opened(&server)), (vec![OpenResult::Ok], vec![OpenResult::Ok]));
    assert!(!text(&client).contains("broker"), "all that the exchange needed");
    let text = format!("{:?}", server.channel.layers().unwrap().upper());
    assert!(!text.contains("Session") && text.contains("session: None"), "{text}");
}
