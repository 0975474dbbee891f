//! What a client says in its words: texts of BAD and ERROR, and messages of the mechanism that are none.

use xiom_core::{AuthFault, Cause, OpenResult, Stage, ThriftFault};

use crate::messages::{BAD, COMPLETE, ERROR, OK, START, first, message, parse};
use crate::rig::{Kind, answer_all, open, opened, server_side, transcript};
use crate::script::{Case, server_refuses};

//= test SRS_THRIFT_SASL_50_026, SRS_THRIFT_SASL_01_025, SRS_THRIFT_SASL_01_027
#[test]
fn the_text_of_a_client_is_shown_bounded_and_in_utf_8() {
    for (text, shown) in [
        (&b""[..], None),
        (b"not for me", Some("not for me".to_owned())),
        (&b"\xff".repeat(5000), Some("\u{fffd}".repeat(1024))),
    ] {
        for (status, fault) in [(BAD, ThriftFault::Refused), (ERROR, ThriftFault::NotUnderstood)] {
            let mut server = open(server_side(Kind::Plain));
            server.feed(&message(status, text));
            let failure = Cause::Thrift(fault).at(Stage::SaslStart);
            assert_eq!(opened(&server), [OpenResult::Failed(failure)]);
            assert_eq!(server.channel.peer_text(), shown.as_deref());
            assert_eq!(server.take(), b"");
        }
    }
}

//= test SRS_THRIFT_SASL_01_026
/// No octet of the client comes back.
#[test]
fn a_message_that_is_none_is_answered_by_error() {
    let cases: [(Kind, usize, &[u8]); 12] = [
        (Kind::Anonymous, 1, b"\xff"),
        (Kind::External, 1, b"\xff"),
        (Kind::Mssbcbs, 1, b"trace"),
        (Kind::OAuth, 1, b"n,,pencil"),
        (Kind::Plain, 1, b""),
        (Kind::Plain, 1, b"user"),
        (Kind::Plain, 1, b"\0user\0\xff\xff"),
        (Kind::Scram, 1, b"n,,user"),
        (Kind::CramMd5, 1, b"early"),
        (Kind::DigestMd5, 1, b"early"),
        (Kind::CramMd5, 2, b"user"),
        (Kind::DigestMd5, 2, b"username"),
    ];
    for (kind, count, response) in cases {
        let said = transcript(kind);
        let (client, server) = (parse(&said.client), parse(&said.server));
        let case = Case {
            name: format!("{kind:?} {response:?}"),
            octets: [first(&client, count), message(OK, response)].concat(),
            sent: [
                first(&server, count - 1),
                message(ERROR, b"malformed message of the mechanism"),
            ]
            .concat(),
            failure: Cause::Mechanism(if response == b"early" {
                AuthFault::Unexpected
            } else {
                AuthFault::Malformed
            })
            .at(Stage::SaslExchange),
            text: None,
        };
        server_refuses(&case, kind);
    }
}

//= test SRS_THRIFT_SASL_50_002, SRS_THRIFT_SASL_50_009, SRS_THRIFT_SASL_01_024
/// A client that proves nothing, whatever it claims.
#[test]
fn a_false_proof_is_refused_by_bad() {
    for kind in [Kind::CramMd5, Kind::DigestMd5, Kind::Plain, Kind::Scram, Kind::OAuth] {
        let said = transcript(kind);
        let (mut client, server) = (parse(&said.client), parse(&said.server));
        let (_, mut proof) = client.pop().unwrap();
        // The last octet of a password, of a MAC, of a proof in Base64 or of a token.
        let at = proof.iter().rposition(u8::is_ascii_alphanumeric).unwrap();
        let at = if kind == Kind::DigestMd5 { find(&proof, b"response=") + 9 } else { at - 2 };
        proof[at] = if proof[at] == b'a' { b'b' } else { b'a' };
        for status in [OK, COMPLETE] {
            let mut end = open(server_side(kind));
            end.feed(&[first(&client, client.len()), message(status, &proof)].concat());
            answer_all(&mut end);
            let mut sent = end.take();
            if kind == Kind::OAuth {
                // RFC 7628 section 3.2.3: the server says why, and the client answers, before the end.
                assert_eq!(parse(&sent)[0].0, OK);
                end.feed(&message(OK, b"\x01"));
                sent = end.take();
            } else {
                sent.drain(..first(&server, server.len() - 1).len());
            }
            assert_eq!(sent, message(BAD, b"authentication failed"), "{kind:?}");
            end.tell(xiom_core::Fact::Ended);
            let failure =
                Cause::Mechanism(AuthFault::BadCredentials).at(end.failure().unwrap().stage);
            assert_eq!(opened(&end), [OpenResult::Failed(failure)], "{kind:?}");
        }
    }
}

fn find(octets: &[u8], part: &[u8]) -> usize {
    octets.windows(part.len()).position(|window| window == part).unwrap()
}

/// After BAD nothing of what follows is interpreted, be it another START.
#[test]
fn a_refused_client_has_no_second_try() {
    let mut server = open(server_side(Kind::Plain));
    let good = transcript(Kind::Plain).client;
    server.feed(&[message(START, b"NONE"), good.clone()].concat());
    assert_eq!(server.take(), message(BAD, b"mechanism not accepted"));
    for _ in 0..3 {
        server.feed(&good);
        answer_all(&mut server);
        assert_eq!(server.take(), b"");
    }
    assert!(!server.channel.is_open());
}
