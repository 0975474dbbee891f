//! Each status in each state of a server: legal in one, a typed failure and at most one word in the others.

use xiom_core::{Cause, OpenResult, Stage, ThriftFault, ThriftStatus};

use crate::messages::{BAD, COMPLETE, ERROR, OK, START, UNKNOWN, first, message, parse};
use crate::rig::{Kind, answer_all, open, opened, server_side, transcript};
use crate::script::{Case, server_refuses};

/// The server of `kind` after each number of messages of its client, of which each is in order.
fn in_each_state(statuses: &[u8], expected: impl Fn(u8) -> (Cause, Vec<u8>, Option<String>)) {
    for kind in Kind::ALL {
        let said = transcript(kind);
        let (client, server) = (parse(&said.client), parse(&said.server));
        for count in 0..client.len() {
            for status in statuses.iter().copied() {
                let is_legal =
                    if count == 0 { status == START } else { [OK, COMPLETE].contains(&status) };
                if !is_legal {
                    let (fault, word, text) = expected(status);
                    let stage = if count == 0 { Stage::SaslStart } else { Stage::SaslExchange };
                    let case = Case {
                        name: format!("{kind:?} after {count}, status {status}"),
                        octets: [first(&client, count), message(status, b"PLAIN")].concat(),
                        sent: [first(&server, count.saturating_sub(1)), word].concat(),
                        failure: fault.at(stage),
                        text,
                    };
                    server_refuses(&case, kind);
                }
            }
        }
    }
}

//= test SRS_THRIFT_SASL_50_015, SRS_THRIFT_SASL_50_016
#[test]
fn start_comes_first_and_once_and_nothing_else_comes_first() {
    in_each_state(&[START, OK, COMPLETE], |status| {
        let status = match status {
            START => ThriftStatus::Start,
            OK => ThriftStatus::Ok,
            _ => ThriftStatus::Complete,
        };
        let cause = Cause::Thrift(ThriftFault::Unexpected(status));
        (cause, message(ERROR, b"message out of order"), None)
    });
}

//= test SRS_THRIFT_SASL_50_014
#[test]
fn an_unknown_status_is_answered_by_error() {
    in_each_state(&UNKNOWN, |status| {
        let cause = Cause::Thrift(ThriftFault::UnknownStatus(status));
        (cause, message(ERROR, b"unknown status"), None)
    });
}

//= test SRS_THRIFT_SASL_50_018, SRS_THRIFT_SASL_50_019
//= test SRS_THRIFT_SASL_01_025, SRS_THRIFT_SASL_01_027
#[test]
fn a_client_that_gives_up_gets_no_answer_and_its_words_are_kept() {
    in_each_state(&[BAD, ERROR], |status| {
        let fault = if status == BAD { ThriftFault::Refused } else { ThriftFault::NotUnderstood };
        (Cause::Thrift(fault), Vec::new(), Some("PLAIN".into()))
    });
}

//= test SRS_THRIFT_SASL_50_009
#[test]
fn ok_and_complete_of_a_client_mean_the_same() {
    for kind in Kind::ALL {
        let said = transcript(kind);
        for status in [OK, COMPLETE] {
            let mut messages = parse(&said.client);
            messages[1..].iter_mut().for_each(|(said, _)| *said = status);
            let mut server = open(server_side(kind));
            let mut sent = Vec::new();
            for (status, payload) in messages {
                assert!(!server.channel.is_open(), "a word of the client is no proof");
                server.feed(&message(status, &payload));
                answer_all(&mut server);
                sent.extend(server.take());
            }
            assert_eq!(opened(&server), [OpenResult::Ok], "{kind:?}");
            assert_eq!(sent, said.server);
        }
    }
}

/// A client that says COMPLETE, and proves nothing, is not in.
//= test SRS_THRIFT_SASL_50_009, SRS_THRIFT_SASL_50_002
#[test]
fn an_early_complete_of_a_client_is_no_login() {
    for kind in [Kind::CramMd5, Kind::DigestMd5, Kind::Gssapi, Kind::Plain, Kind::Scram] {
        let said = parse(&transcript(kind).client);
        for count in 1..said.len() {
            let mut server = open(server_side(kind));
            let octets = [first(&said, count), message(COMPLETE, b"")].concat();
            server.feed(&octets);
            answer_all(&mut server);
            let sent = server.take();
            let may_ask = count == 1 && said[1].1.is_empty();
            if may_ask {
                assert_eq!(parse(&sent)[0].0, OK, "{kind:?}: it is a message as any other");
                server.feed(&message(COMPLETE, b""));
                answer_all(&mut server);
            }
            let sent = [sent, server.take()].concat();
            assert!(!parse(&sent).iter().any(|(status, _)| *status == COMPLETE), "{kind:?}");
            assert!(matches!(opened(&server)[..], [] | [OpenResult::Failed(_)]), "{kind:?}");
            assert!(!server.channel.is_open());
        }
    }
}
