//! The table of bad input to a client: each case ends in one typed failure, however the octets are cut.

use xiom_core::{AuthFault, Cause, FrameFault, OutcomeCode, Plain, SaslFault, Stack, Stage};

use xiom_amqp_sasl::{Client, ClientConfig, FrameLimit};
use xiom_sasl::Limits;

use crate::bad_frame::{bad_frames, bad_headers};
use crate::frames::{HEADER, body, challenge, frame, init, mechanisms, outcome, response, symbol};
use crate::rig::{ClientSide, Kind, PLAIN_MESSAGE, client_config, client_side, ground, transcript};
use crate::script::{Case, client_refuses, client_refuses_with};

/// What a client has sent once a mechanism is chosen.
pub(crate) fn header_and_init() -> Vec<u8> {
    [HEADER, &init("PLAIN", Some(PLAIN_MESSAGE))].concat()
}

fn offer() -> Vec<u8> {
    [HEADER, &mechanisms(&["PLAIN"])].concat()
}

/// A case behind the header of the server.
fn in_mechanisms(name: &str, octets: &[u8], expected: Cause) -> Case {
    Case {
        name: name.into(),
        octets: [HEADER, octets].concat(),
        sent: HEADER.into(),
        failure: expected.at(Stage::SaslMechanisms),
    }
}

/// A case behind the offer of the server.
fn in_exchange(name: &str, octets: &[u8], expected: Cause) -> Case {
    Case {
        name: name.into(),
        octets: [&offer()[..], octets].concat(),
        sent: header_and_init(),
        failure: expected.at(Stage::SaslExchange),
    }
}

//= test SRS_SASLCLIENTIO_01_003, SRS_SASLCLIENTIO_01_122
#[test]
fn a_wrong_header_ends_it_with_our_header_sent() {
    for (name, octets, expected) in bad_headers() {
        let failure = expected.at(Stage::SaslHeader);
        let case = Case { name: name.into(), octets, sent: HEADER.into(), failure };
        client_refuses(&case, Kind::Plain);
    }
}

//= test SRS_SASLCLIENTIO_01_119, SRS_SASLCLIENTIO_01_122
#[test]
fn a_bad_frame_in_the_place_of_the_offer_is_not_answered() {
    for (name, octets, expected) in bad_frames() {
        client_refuses(&in_mechanisms(&name, &octets, expected), Kind::Plain);
    }
}

//= test SRS_SASLCLIENTIO_01_119, SRS_SASLCLIENTIO_01_141
#[test]
fn a_bad_frame_in_the_exchange_is_not_answered() {
    for (name, octets, expected) in bad_frames() {
        client_refuses(&in_exchange(&name, &octets, expected), Kind::Plain);
    }
}

//= test SRS_SASLCLIENTIO_50_018
#[test]
fn an_offer_without_our_mechanism_gets_no_init() {
    let nothing_in_common = Cause::Sasl(SaslFault::NoCommonMechanism);
    let offers: [&[&str]; 8] = [
        &["EXTERNAL"],
        &["ANONYMOUS"],
        &["plain"],
        &["PLAIN "],
        &["PLAI", "PLAINX", "XPLAIN"],
        &[""],
        &["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "XOAUTH2"],
        &["X"; 100],
    ];
    for names in offers {
        let case = in_mechanisms("offer", &mechanisms(names), nothing_in_common);
        client_refuses(&case, Kind::Plain);
    }
    let bare = frame(&body(0x40, 1, &symbol("EXTERNAL")));
    client_refuses(&in_mechanisms("a bare symbol", &bare, nothing_in_common), Kind::Plain);
}

//= test SRS_SASLCLIENTIO_50_008
#[test]
fn a_second_offer_is_not_answered_with_the_credentials_again() {
    let unexpected = FrameFault::Unexpected(xiom_core::Performative::Mechanisms);
    let case = in_exchange("twice", &mechanisms(&["PLAIN"]), Cause::Frame(unexpected));
    client_refuses(&case, Kind::Plain);
}

//= test SRS_SASLCLIENTIO_01_073, SRS_SASLCLIENTIO_50_021
#[test]
fn a_refusal_is_told_by_its_code_whatever_follows_in_the_same_octets() {
    use OutcomeCode as O;
    for (code, refused) in [(1, O::Auth), (2, O::Sys), (3, O::SysPerm), (4, O::SysTemp)] {
        for data in [None, Some(&b""[..]), Some(b"e=invalid-proof")] {
            let expected = Cause::Sasl(SaslFault::Refused(refused));
            client_refuses(&in_exchange("refused", &outcome(code, data), expected), Kind::Plain);
        }
    }
}

//= test SRS_SASLCLIENTIO_50_005
#[test]
fn a_challenge_to_a_mechanism_of_one_message_ends_it() {
    for kind in [Kind::Anonymous, Kind::Plain, Kind::External] {
        for data in [&b""[..], b"Password:"] {
            let said = transcript(kind);
            let name = kind.name();
            let case = Case {
                name: name.into(),
                octets: [HEADER, &mechanisms(&[name]), &challenge(data)].concat(),
                sent: said.client,
                failure: Cause::Mechanism(AuthFault::Unexpected).at(Stage::SaslExchange),
            };
            client_refuses(&case, kind);
        }
    }
}

/// The four frames of a SCRAM server, without the outcome: header and offer, and its first message.
fn scram_prefix() -> (Vec<u8>, Vec<u8>) {
    let said = transcript(Kind::Scram).server;
    let outcome = said.len() - outcome(0, Some(&[b'v'; 46])).len();
    let offer = HEADER.len() + mechanisms(&["SCRAM-SHA-256"]).len();
    (said[..offer].to_vec(), said[offer..outcome].to_vec())
}

//= test SRS_SASLCLIENTIO_50_003
#[test]
fn a_scram_server_that_skips_its_part_is_not_believed() {
    let (offer, first) = scram_prefix();
    let said = transcript(Kind::Scram).client;
    let last = HEADER.len() + init("SCRAM-SHA-256", Some(b"n,,n=user,r=")).len() + 32;
    let (ok, unproven) = (outcome(0, None), Cause::Mechanism(AuthFault::ServerNotVerified));
    let malformed = Cause::Mechanism(AuthFault::Malformed);
    let wrong = [&b"v="[..], &[b'A'; 43], b"="].concat();
    let cases: [(&str, Vec<Vec<u8>>, bool, Cause); 10] = [
        ("ok at once", vec![ok.clone()], false, unproven),
        ("ok at once, with data", vec![outcome(0, Some(&wrong))], false, unproven),
        ("ok before the signature", vec![first.clone(), ok.clone()], true, unproven),
        ("false signature", vec![first.clone(), outcome(0, Some(&wrong))], true, unproven),
        ("false signature, asked", vec![first.clone(), challenge(&wrong)], true, unproven),
        ("empty data", vec![first.clone(), outcome(0, Some(b""))], true, malformed),
        ("empty challenge", vec![first.clone(), challenge(b"")], true, malformed),
        ("first again", vec![first.clone(), first.clone()], true, malformed),
        ("no first", vec![challenge(b"hello")], false, malformed),
        ("response", vec![first.clone(), response(b"")], true, {
            Cause::Frame(FrameFault::Unexpected(xiom_core::Performative::Response))
        }),
    ];
    for (name, frames, answered, expected) in cases {
        let sent = if answered { &said[..] } else { &said[..last] };
        let case = Case {
            name: name.into(),
            octets: [&offer[..], &frames.concat()].concat(),
            sent: sent.into(),
            failure: expected.at(Stage::SaslExchange),
        };
        client_refuses(&case, Kind::Scram);
    }
}

//= test SRS_SASLCLIENTIO_50_010
#[test]
fn challenges_are_counted() {
    let (offer, first) = scram_prefix();
    let said = transcript(Kind::Scram);
    let init = HEADER.len() + init("SCRAM-SHA-256", Some(b"n,,n=user,r=")).len() + 32;
    for (rounds, sent) in [(0, &said.client[..init]), (1, &said.client[..])] {
        let case = Case {
            name: format!("{rounds} rounds"),
            octets: [&offer[..], &first, &challenge(b"v=")].concat(),
            sent: sent.into(),
            failure: Cause::Sasl(SaslFault::TooManyRounds(rounds)).at(Stage::SaslExchange),
        };
        client_refuses_with(&case, || {
            let limits = Limits { rounds, ..client_config().limits };
            side(Kind::Scram, ClientConfig { limits, ..client_config() })
        });
    }
}

#[test]
fn the_limit_of_a_frame_is_the_configured_one() {
    let size = 1025_u32;
    let expected = Cause::Frame(FrameFault::TooLarge { size, limit: 1024 });
    let case = in_mechanisms("too large", &size.to_be_bytes(), expected);
    client_refuses_with(&case, || {
        let frame_limit = FrameLimit::new(1024);
        side(Kind::Plain, ClientConfig { frame_limit, ..client_config() })
    });
}

#[test]
fn without_mechanisms_there_is_no_init() {
    let case = in_mechanisms(
        "none configured",
        &mechanisms(&["PLAIN", "ANONYMOUS"]),
        Cause::Sasl(SaslFault::NoCommonMechanism),
    );
    client_refuses_with(&case, || {
        let (_, lower) = (client_side(Kind::Plain), Plain::asserting(ground()));
        Stack::new(Client::new(Vec::new(), client_config()), lower)
    });
}

fn side(kind: Kind, config: ClientConfig) -> ClientSide {
    Stack::new(Client::new(vec![kind.client()], config), Plain::asserting(ground()))
}
