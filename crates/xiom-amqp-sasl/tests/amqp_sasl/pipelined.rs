//! Octets that come while the application is asked: not parsed, then the user's, or nobody's.

use xiom_core::{Action, AuthFault, Cause, Fact, OpenResult, Stage};
use xiom_sasl::server::LookupAnswer;
use xiom_testing::{Endpoint, ToyEngine, seal};
use xiom_tls::Tls;

use crate::frames::{AMQP, HEADER, init, mechanisms, one_of_each, outcome};
use crate::rig::{
    Kind, PLAIN_MESSAGE, ServerSide, answer_all, answer_by, ground, keys, open, opened, reply,
    server_over, server_recovers, server_side,
};
use crate::script::cuts;

fn login() -> Vec<u8> {
    [HEADER, &init("PLAIN", Some(PLAIN_MESSAGE))].concat()
}

/// What an eager client may send: its next protocol's header, frames of SASL, and garbage.
fn tails() -> Vec<Vec<u8>> {
    let mut tails: Vec<Vec<u8>> = one_of_each().into_iter().map(|(_, octets)| octets).collect();
    tails.push(AMQP.into());
    tails.push(vec![0xFF; 20]);
    tails.push(vec![0; 7]);
    tails
}

/// A server that has been shown `parts`, and has asked its one question.
fn asked(parts: &[&[u8]]) -> Endpoint<ServerSide> {
    let mut end = open(server_side(Kind::Plain));
    for part in parts {
        end.feed(part);
    }
    let questions = end.told.iter().filter(|action| matches!(action, Action::Ask(_))).count();
    assert_eq!(questions, 1);
    assert!(opened(&end).is_empty() && end.received.is_empty());
    assert!(!end.channel.is_reading(), "what else comes stays in the network");
    assert_eq!(end.take(), [HEADER, &mechanisms(&["PLAIN"])].concat());
    end
}

#[test]
fn they_are_the_users_once_the_application_agrees() {
    for tail in tails() {
        let octets = [login(), tail.clone()].concat();
        for parts in cuts(&octets) {
            let mut end = asked(&parts);
            assert_eq!(end.input, tail, "not parsed while asked");
            answer_all(&mut end);
            assert_eq!(opened(&end), [OpenResult::Ok]);
            assert_eq!(end.received, tail);
            assert_eq!(end.take(), outcome(0, None));
        }
    }
}

#[test]
fn they_are_the_users_after_a_slow_computation_too() {
    for tail in tails() {
        let octets = [login(), tail.clone()].concat();
        for parts in cuts(&octets) {
            let mut end = asked(&parts);
            assert!(answer_by(&mut end, |server, out| {
                server.lookup(LookupAnswer::Scram(&keys()), out);
            }));
            assert!(end.received.is_empty());
            answer_all(&mut end);
            assert_eq!((opened(&end), &end.received), (vec![OpenResult::Ok], &tail));
        }
    }
}

//= test SRS_SASL_SERVER_IO_50_008
#[test]
fn they_are_nobodys_when_the_application_refuses() {
    let cases: [(bool, AuthFault); 2] =
        [(false, AuthFault::BadCredentials), (true, AuthFault::NotAuthorized)];
    for tail in tails() {
        let octets = [login(), tail].concat();
        for (verified, fault) in cases {
            for parts in cuts(&octets) {
                let mut end = asked(&parts);
                answer_by(&mut end, |server, out| {
                    server.lookup(LookupAnswer::Verified(verified), out);
                });
                answer_by(&mut end, |server, out| server.authorize(false, out));
                assert_eq!(end.take(), outcome(1, None));
                end.feed(&login());
                end.tell(Fact::Ended);
                let failure = Cause::Mechanism(fault).at(Stage::SaslLookup);
                assert_eq!(opened(&end), [OpenResult::Failed(failure)]);
                assert!(end.received.is_empty() && end.wire.is_empty());
                server_recovers(&mut end, Kind::Plain);
            }
        }
    }
}

//= test SRS_SASL_SERVER_IO_50_012
#[test]
fn over_tls_they_wait_in_their_records() {
    for tail in tails() {
        let one_record = [b"h", &seal(&[login(), tail.clone()].concat())[..]].concat();
        let two_records = [b"h", &seal(&login())[..], &seal(&tail)].concat();
        let many =
            login().iter().chain(&tail).flat_map(|octet| seal(&[*octet])).collect::<Vec<_>>();
        for octets in [one_record, two_records, [b"h", &many[..]].concat()] {
            for parts in cuts(&octets) {
                let tls = Tls::new(ToyEngine::server().with_security(ground()));
                let mut end = open(server_over(Kind::Plain, tls));
                for part in &parts {
                    end.feed(part);
                }
                assert!(end.received.is_empty() && opened(&end).is_empty());
                assert!(answer_by(&mut end, reply) && end.received.is_empty());
                assert!(answer_by(&mut end, reply));
                assert_eq!((opened(&end), &end.received), (vec![OpenResult::Ok], &tail));
            }
        }
    }
}
