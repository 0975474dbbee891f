//! Each status in each state of a client: legal in one, a typed failure and at most one word in the others.

use xiom_core::{AuthFault, Cause, OpenResult, Stage, ThriftFault, ThriftStatus};
use xiom_sasl::Protection;
use xiom_thrift_sasl::LastWord;

use crate::messages::{BAD, COMPLETE, ERROR, OK, START, UNKNOWN, first, message, parse};
use crate::rig::{
    ClientSide, Kind, client_config, client_side, client_with, open, opened, transcript,
};
use crate::script::{Case, client_refuses, refuses};

/// The client of `kind` after each number of challenges of its server, of which each is in order, and
/// whether it has said all it has to say.
fn in_each_state(mut deed: impl FnMut(Kind, usize, bool, &[u8], &[u8])) {
    for kind in Kind::ALL {
        let said = transcript(kind);
        let (client, server) = (parse(&said.client), parse(&said.server));
        for count in 0..server.len() {
            let is_done = client[count + 1].0 == COMPLETE;
            deed(kind, count, is_done, &first(&server, count), &first(&client, count + 2));
        }
    }
}

fn refuses_each(
    statuses: &[u8],
    is_legal: impl Fn(u8, bool) -> bool,
    expected: impl Fn(u8) -> (Cause, Vec<u8>, Option<String>),
) {
    in_each_state(|kind, count, is_done, heard, said| {
        for status in statuses.iter().copied().filter(|status| !is_legal(*status, is_done)) {
            let (fault, word, text) = expected(status);
            let case = Case {
                name: format!("{kind:?} after {count}, status {status}"),
                octets: [heard, &message(status, b"PLAIN")].concat(),
                sent: [said, &word].concat(),
                failure: fault.at(Stage::SaslExchange),
                text,
            };
            client_refuses(&case, kind);
        }
    });
}

//= test SRS_THRIFT_SASL_50_015, SRS_THRIFT_SASL_50_008
#[test]
fn start_never_comes_to_a_client_and_ok_not_to_one_that_is_done() {
    refuses_each(
        &[START, OK],
        |status, is_done| status == OK && !is_done,
        |status| {
            let status = if status == START { ThriftStatus::Start } else { ThriftStatus::Ok };
            let cause = Cause::Thrift(ThriftFault::Unexpected(status));
            (cause, message(ERROR, b"message out of order"), None)
        },
    );
}

//= test SRS_THRIFT_SASL_50_014
#[test]
fn an_unknown_status_is_answered_by_error() {
    refuses_each(
        &UNKNOWN,
        |_, _| false,
        |status| {
            let cause = Cause::Thrift(ThriftFault::UnknownStatus(status));
            (cause, message(ERROR, b"unknown status"), None)
        },
    );
}

//= test SRS_THRIFT_SASL_50_018, SRS_THRIFT_SASL_50_019
//= test SRS_THRIFT_SASL_01_025, SRS_THRIFT_SASL_01_027
#[test]
fn a_server_that_gives_up_gets_no_answer_and_its_words_are_kept() {
    refuses_each(
        &[BAD, ERROR],
        |_, _| false,
        |status| {
            let fault =
                if status == BAD { ThriftFault::Refused } else { ThriftFault::NotUnderstood };
            (Cause::Thrift(fault), Vec::new(), Some("PLAIN".into()))
        },
    );
}

//= test SRS_THRIFT_SASL_50_004, SRS_THRIFT_SASL_50_006, SRS_THRIFT_SASL_50_007
//= test SRS_THRIFT_SASL_50_017
/// A server that has proven nothing says that all is well, at every moment: nothing opens, nothing is said,
/// and nothing of the user leaves.
#[test]
fn an_early_complete_is_no_success() {
    in_each_state(|kind, count, is_done, heard, said| {
        let last = [&b""[..], b"v=bm90aGluZw==", b"rspauth=00000000000000000000000000000000"];
        for payload in last {
            let fault = match kind {
                Kind::CramMd5 if !is_done => AuthFault::Unexpected,
                Kind::CramMd5 if !payload.is_empty() => AuthFault::Unexpected,
                Kind::DigestMd5 | Kind::Scram if payload.is_empty() => AuthFault::ServerNotVerified,
                Kind::DigestMd5 if count == 1 && payload.starts_with(b"v") => AuthFault::Malformed,
                Kind::Scram if count == 1 && payload.starts_with(b"r") => AuthFault::Malformed,
                Kind::DigestMd5 | Kind::Scram => AuthFault::ServerNotVerified,
                Kind::Gssapi if !is_done => AuthFault::ServerNotVerified,
                Kind::CramMd5
                | Kind::Gssapi
                | Kind::Anonymous
                | Kind::External
                | Kind::Mssbcbs
                | Kind::OAuth
                | Kind::Plain => continue,
            };
            let case = Case {
                name: format!("{kind:?} after {count}, {payload:?}"),
                octets: [heard, &message(COMPLETE, payload)].concat(),
                sent: said.into(),
                failure: Cause::Mechanism(fault).at(Stage::SaslExchange),
                text: None,
            };
            client_refuses(&case, kind);
        }
    });
}

//= test SRS_THRIFT_SASL_50_052
/// Servers in the field send a greeting there.
#[test]
fn what_a_server_says_in_complete_means_nothing_to_a_mechanism_of_one_message() {
    for kind in [Kind::Anonymous, Kind::External, Kind::Mssbcbs, Kind::OAuth, Kind::Plain] {
        let mut client = open(client_side(kind));
        client.feed(&[&message(COMPLETE, b"welcome")[..], b"\0\0\0\x02up"].concat());
        assert_eq!(opened(&client), [OpenResult::Ok], "{kind:?}");
        assert_eq!(client.received, b"up");
    }
}

/// A client that always says OK judges what it hears as one that says COMPLETE.
//= test SRS_THRIFT_SASL_50_008, SRS_THRIFT_SASL_50_010
#[test]
fn a_client_that_says_ok_is_done_all_the_same() {
    let config = || xiom_thrift_sasl::ClientConfig {
        last_word: LastWord::Ok,
        ..client_config(Protection::None)
    };
    let side = || -> ClientSide { client_with(Kind::Plain.client(), config()) };
    let case = Case {
        name: "OK after OK".into(),
        octets: message(OK, b""),
        sent: [
            message(START, b"PLAIN"),
            message(OK, b"\0user\0pencil"),
            message(ERROR, b"message out of order"),
        ]
        .concat(),
        failure: Cause::Thrift(ThriftFault::Unexpected(ThriftStatus::Ok)).at(Stage::SaslExchange),
        text: None,
    };
    refuses(&case, side, |_| {});
}
