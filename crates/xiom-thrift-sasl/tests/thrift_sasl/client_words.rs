//! What a server says in its words: texts of BAD and ERROR, and challenges that are none.

use xiom_core::{AuthFault, Cause, Fact, OpenResult, Stage, ThriftFault};
use xiom_sasl::Protection;

use crate::messages::{BAD, ERROR, OK, first, message, parse};
use crate::rig::{Kind, client_config, client_side, client_with, open, opened, transcript};
use crate::script::{Case, client_refuses};

//= test SRS_THRIFT_SASL_50_026, SRS_THRIFT_SASL_01_025, SRS_THRIFT_SASL_01_027
#[test]
fn the_text_of_a_refusal_is_shown_bounded_and_in_utf_8() {
    let long = "x".repeat(100_000);
    let cases: [(&[u8], Option<String>); 9] = [
        (b"", None),
        (b" \r\n\t ", None),
        (b"no such account", Some("no such account".into())),
        ("d\u{e9}sol\u{e9}".as_bytes(), Some("d\u{e9}sol\u{e9}".into())),
        (b"\xff", Some("\u{fffd}".into())),
        (b"caf\xe9 ferm\xe9", Some("caf\u{fffd} ferm\u{fffd}".into())),
        (&b"\xff".repeat(100_000), Some("\u{fffd}".repeat(1024))),
        (long.as_bytes(), Some("x".repeat(1024))),
        (&["\u{e9}".repeat(600).as_bytes()].concat(), Some("\u{e9}".repeat(512))),
    ];
    for (text, shown) in cases {
        for (status, fault) in [(BAD, ThriftFault::Refused), (ERROR, ThriftFault::NotUnderstood)] {
            let mut client = open(client_side(Kind::Plain));
            client.take();
            client.feed(&message(status, text));
            let failure = Cause::Thrift(fault).at(Stage::SaslExchange);
            assert_eq!(opened(&client), [OpenResult::Failed(failure)]);
            assert_eq!(client.channel.peer_text(), shown.as_deref());
            assert_eq!(client.take(), b"");
            assert!(!failure.to_string().contains("account"), "the words are kept apart");
        }
    }
}

/// The words of a refusal are those of one connection.
//= test SRS_THRIFT_SASL_01_025
#[test]
fn the_text_is_gone_with_the_next_open() {
    let mut client = open(client_side(Kind::Plain));
    client.take();
    client.feed(&message(BAD, b"closed on Sundays"));
    assert_eq!(client.channel.peer_text(), Some("closed on Sundays"));
    let again = client.channel.open(client_side(Kind::Plain), client.now, &mut client.wire);
    assert_eq!((again, client.channel.peer_text()), (Ok(()), None));
}

//= test SRS_THRIFT_SASL_01_026, SRS_THRIFT_SASL_01_019, SRS_THRIFT_SASL_01_024
/// What is no challenge is not understood; what is one and not right is refused.
#[test]
fn a_challenge_that_is_none_is_answered_by_error_and_a_false_one_by_bad() {
    let error = message(ERROR, b"malformed message of the mechanism");
    let bad = message(BAD, b"authentication failed");
    let long = vec![b'r'; 70_000];
    let other_nonce = b"r=other,s=c2FsdA==,i=64";
    let cases: [(Kind, &[u8], AuthFault, &[u8]); 9] = [
        (Kind::CramMd5, b"", AuthFault::Malformed, &error),
        (Kind::CramMd5, b"\xff", AuthFault::Malformed, &error),
        (Kind::DigestMd5, b"", AuthFault::Malformed, &error),
        (Kind::DigestMd5, b"realm", AuthFault::Malformed, &error),
        (Kind::Scram, b"", AuthFault::Malformed, &error),
        (Kind::Scram, b"r", AuthFault::Malformed, &error),
        (Kind::Scram, other_nonce, AuthFault::Nonce, &bad),
        (Kind::Scram, &long, AuthFault::TooLong, &error),
        (Kind::CramMd5, &long, AuthFault::TooLong, &error),
    ];
    for (kind, challenge, fault, word) in cases {
        let said = transcript(kind);
        let sent = [&first(&parse(&said.client), 2)[..], word].concat();
        let failure = Cause::Mechanism(fault).at(Stage::SaslExchange);
        let octets = message(OK, challenge);
        if octets.len() < 1000 {
            let name = format!("{kind:?} {challenge:?}");
            client_refuses(&Case { name, octets, sent, failure, text: None }, kind);
        } else {
            let mut client = open(client_side(kind));
            client.feed(&octets);
            assert_eq!(client.take(), sent, "{kind:?}");
            client.tell(Fact::Ended);
            assert_eq!(client.failure(), Some(failure), "{kind:?}");
        }
    }
}

//= test SRS_THRIFT_SASL_01_024
/// A false proof in a challenge is refused by BAD, for the server still takes messages.
#[test]
fn a_server_that_proves_nothing_in_a_challenge_is_told_so() {
    for kind in [Kind::DigestMd5, Kind::Scram] {
        let said = transcript(kind);
        let mut server = parse(&said.server);
        let (_, mut proof) = server.pop().unwrap();
        let last = proof.len() - 3;
        proof[last] ^= 1;
        let octets = [first(&server, server.len()), message(OK, &proof)].concat();
        let failure = Cause::Mechanism(AuthFault::ServerNotVerified).at(Stage::SaslExchange);
        let sent = [said.client, message(BAD, b"authentication failed")].concat();
        let name = format!("{kind:?}");
        client_refuses(&Case { name, octets, sent, failure, text: None }, kind);
    }
}

//= test SRS_THRIFT_SASL_01_005
#[test]
fn a_client_names_its_only_mechanism() {
    for kind in Kind::ALL {
        let mut client = open(client_with(kind.client(), client_config(Protection::None)));
        let said = parse(&client.take());
        let starts: Vec<_> = said.iter().filter(|(status, _)| *status == 1).collect();
        assert_eq!(starts, [&(1, kind.name().as_bytes().to_vec())]);
    }
}
