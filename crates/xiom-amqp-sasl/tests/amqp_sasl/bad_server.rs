//! The table of bad input to a server: each case ends in one typed failure, however the octets are cut.

use xiom_amqp_sasl::{FrameLimit, Server, ServerConfig};
use xiom_core::{AuthFault, Cause, FrameFault, Performative, Plain, SaslFault, Stack, Stage};
use xiom_sasl::Limits;

use crate::bad_frame::{bad_frames, bad_headers};
use crate::frames::{HEADER, challenge, init, mechanisms, outcome, response};
use crate::rig::{Kind, ServerSide, ground, server_config, transcript};
use crate::script::{Case, server_refuses, server_refuses_with};

fn offer(kind: Kind) -> Vec<u8> {
    [HEADER, &mechanisms(&[kind.name()])].concat()
}

/// A case behind the header of the client; `told` is sent after the offer.
fn in_init(name: &str, octets: &[u8], told: &[u8], expected: Cause) -> Case {
    Case {
        name: name.into(),
        octets: [HEADER, octets].concat(),
        sent: [&offer(Kind::Plain)[..], told].concat(),
        failure: expected.at(Stage::SaslInit),
    }
}

/// A case behind an init without an initial response, which the server answers by an empty challenge.
fn in_exchange(name: &str, octets: &[u8], told: &[u8], expected: Cause) -> Case {
    Case {
        name: name.into(),
        octets: [HEADER, &init("PLAIN", None), octets].concat(),
        sent: [&offer(Kind::Plain)[..], &challenge(b""), told].concat(),
        failure: expected.at(Stage::SaslExchange),
    }
}

#[test]
fn a_wrong_header_is_answered_with_ours_and_nothing_else() {
    for (name, octets, expected) in bad_headers() {
        let failure = expected.at(Stage::SaslHeader);
        let case = Case { name: name.into(), octets, sent: HEADER.into(), failure };
        server_refuses(&case, Kind::Plain);
    }
}

//= test SRS_SASL_SERVER_IO_01_065, SRS_SASL_SERVER_IO_01_073, SRS_SASL_SERVER_IO_01_077
#[test]
fn a_bad_frame_in_the_place_of_the_init_is_not_answered() {
    for (name, octets, expected) in bad_frames() {
        server_refuses(&in_init(&name, &octets, b"", expected), Kind::Plain);
    }
}

//= test SRS_SASL_SERVER_IO_01_065, SRS_SASL_SERVER_IO_01_077
#[test]
fn a_bad_frame_in_the_exchange_is_not_answered() {
    for (name, octets, expected) in bad_frames() {
        server_refuses(&in_exchange(&name, &octets, b"", expected), Kind::Plain);
    }
}

//= test SRS_SASL_SERVER_IO_01_082, SRS_SASL_SERVER_IO_01_100
#[test]
fn a_mechanism_that_was_not_offered_is_refused_by_its_exact_name() {
    let expected = Cause::Sasl(SaslFault::NotOffered);
    let names = ["ANONYMOUS", "EXTERNAL", "SCRAM-SHA-256", "plain", "PLAIN ", "PLAI", "PLAINX", ""];
    for name in names {
        for message in [None, Some(&b"\0user\0pencil"[..])] {
            let case = in_init(name, &init(name, message), &outcome(1, None), expected);
            server_refuses(&case, Kind::Plain);
        }
    }
}

#[test]
fn a_second_init_or_a_response_before_init_is_no_second_chance() {
    let unexpected = |performative| Cause::Frame(FrameFault::Unexpected(performative));
    let message = Some(&b"\0user\0pencil"[..]);
    let early =
        in_init("early", &response(b"\0user\0pencil"), b"", unexpected(Performative::Response));
    server_refuses(&early, Kind::Plain);
    let second =
        in_exchange("second", &init("PLAIN", message), b"", unexpected(Performative::Init));
    server_refuses(&second, Kind::Plain);
}

#[test]
fn a_message_that_breaks_the_grammar_is_refused_with_an_outcome() {
    let expected = Cause::Mechanism(AuthFault::Malformed);
    let messages: [&[u8]; 9] = [
        b"",
        b"user",
        b"\0user",
        b"\0\0pencil",
        b"\0user\0",
        b"\0user\0pencil\0",
        b"\0user\0pencil\0more",
        b"\0us\xC3\0pencil",
        b"\0\0\0\0",
    ];
    for message in messages {
        let told = outcome(1, None);
        let case = in_init("initial", &init("PLAIN", Some(message)), &told, expected);
        server_refuses(&case, Kind::Plain);
        server_refuses(&in_exchange("response", &response(message), &told, expected), Kind::Plain);
    }
}

#[test]
fn wrong_credentials_end_it_at_the_look_up_and_are_told_by_outcome_auth() {
    for message in [&b"\0user\0pencil2"[..], b"\0nobody\0pencil"] {
        let case = Case {
            name: "credentials".into(),
            octets: [HEADER, &init("PLAIN", Some(message))].concat(),
            sent: [&offer(Kind::Plain)[..], &outcome(1, None)].concat(),
            failure: Cause::Mechanism(AuthFault::BadCredentials).at(Stage::SaslLookup),
        };
        server_refuses(&case, Kind::Plain);
    }
}

//= test SRS_SASL_SERVER_IO_50_021
#[test]
fn a_false_proof_and_an_unknown_user_get_the_same_words() {
    let said = transcript(Kind::Scram).client;
    let mut forged = said.clone();
    let at = forged.len() - 10;
    forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
    let unknown = replace(&said, b"n=user", b"n=resu");
    for octets in [forged, unknown] {
        let first = server_first(&octets);
        let told = outcome(1, None);
        let case = Case {
            name: "proof".into(),
            octets,
            sent: [&offer(Kind::Scram)[..], &first, &told].concat(),
            failure: Cause::Mechanism(AuthFault::BadCredentials).at(Stage::SaslExchange),
        };
        server_refuses(&case, Kind::Scram);
    }
}

/// The challenge that a fresh server gives to the first message in `octets`.
fn server_first(octets: &[u8]) -> Vec<u8> {
    let mut end = crate::rig::open(crate::rig::server_side(Kind::Scram));
    let last = octets.windows(4).position(|four| four == [0, 0x53, 0x43, 0xC0]).unwrap() - 8;
    end.feed(&octets[..last]);
    crate::rig::answer_all(&mut end);
    end.take().split_off(offer(Kind::Scram).len())
}

fn replace(octets: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = octets.windows(from.len()).position(|part| part == from).unwrap();
    [&octets[..at], to, &octets[at + from.len()..]].concat()
}

#[test]
fn challenges_are_counted() {
    let case = Case {
        name: "no rounds".into(),
        octets: [HEADER, &init("PLAIN", None)].concat(),
        sent: [&offer(Kind::Plain)[..], &outcome(1, None)].concat(),
        failure: Cause::Sasl(SaslFault::TooManyRounds(0)).at(Stage::SaslInit),
    };
    server_refuses_with(&case, || {
        let limits = Limits { rounds: 0, ..server_config().limits };
        side(ServerConfig { limits, ..server_config() })
    });
}

#[test]
fn the_limit_of_a_frame_is_the_configured_one() {
    let expected = Cause::Frame(FrameFault::TooLarge { size: 8193, limit: 8192 });
    let case = in_init("too large", &8193_u32.to_be_bytes(), b"", expected);
    server_refuses_with(&case, || {
        let frame_limit = FrameLimit::new(8192);
        side(ServerConfig { frame_limit, ..server_config() })
    });
}

#[test]
fn a_server_with_nothing_to_offer_says_its_header_alone() {
    let case = Case {
        name: "nothing".into(),
        octets: HEADER.into(),
        sent: HEADER.into(),
        failure: Cause::Sasl(SaslFault::NoCommonMechanism).at(Stage::SaslHeader),
    };
    server_refuses_with(&case, || {
        Stack::new(Server::new(Vec::new(), server_config()), Plain::asserting(ground()))
    });
}

fn side(config: ServerConfig) -> ServerSide {
    Stack::new(Server::new(vec![Kind::Plain.server()], config), Plain::asserting(ground()))
}
