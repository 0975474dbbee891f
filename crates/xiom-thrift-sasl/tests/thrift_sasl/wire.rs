//! Known octets: what goes over the wire, message by message, as deployed peers write it.

use xiom_core::OpenResult;
use xiom_sasl::Protection;
use xiom_thrift_sasl::{ClientConfig, LastWord};

use crate::messages::{COMPLETE, OK, START, parse, statuses};
use crate::rig::{
    Kind, Transcript, client_config, client_with, converse, open, opened, server_config,
    server_side, server_with, transcript,
};

fn said_with(kind: Kind, last_word: LastWord) -> Transcript {
    let config = ClientConfig { last_word, ..client_config(Protection::None) };
    let mut client = open(client_with(kind.client(), config));
    let mut server = open(server_side(kind));
    let said = converse(&mut client, &mut server, usize::MAX);
    assert_eq!((opened(&client), opened(&server)), (vec![OpenResult::Ok], vec![OpenResult::Ok]));
    said
}

//= test SRS_THRIFT_SASL_01_001, SRS_THRIFT_SASL_01_004, SRS_THRIFT_SASL_01_008
//= test SRS_THRIFT_SASL_01_013, SRS_THRIFT_SASL_01_007
#[test]
fn the_octets_of_a_login_with_plain() {
    let said = transcript(Kind::Plain);
    let start = b"\x01\x00\x00\x00\x05PLAIN";
    let response = b"\x05\x00\x00\x00\x0c\x00user\x00pencil";
    assert_eq!(said.client, [&start[..], response].concat());
    assert_eq!(said.server, b"\x05\x00\x00\x00\x00");
}

//= test SRS_THRIFT_SASL_50_010
#[test]
fn the_octets_of_a_login_with_plain_by_ok() {
    let said = said_with(Kind::Plain, LastWord::Ok);
    let start = b"\x01\x00\x00\x00\x05PLAIN";
    let response = b"\x02\x00\x00\x00\x0c\x00user\x00pencil";
    assert_eq!(said.client, [&start[..], response].concat());
    assert_eq!(said.server, b"\x05\x00\x00\x00\x00");
}

/// Statuses, and whether there is a payload.
type Shape = &'static [(u8, bool)];

const FULL: bool = true;
const EMPTY: bool = false;

/// Who says what, as in the recorded handshakes of deployed peers: the client's messages, and the server's.
const HANDSHAKES: [(Kind, Shape, Shape); 9] = [
    (Kind::Anonymous, &[(START, FULL), (COMPLETE, FULL)], &[(COMPLETE, EMPTY)]),
    (Kind::External, &[(START, FULL), (COMPLETE, EMPTY)], &[(COMPLETE, EMPTY)]),
    (Kind::Mssbcbs, &[(START, FULL), (COMPLETE, EMPTY)], &[(COMPLETE, EMPTY)]),
    // The server may say why it refuses, and wants an answer to that: the client is not done.
    (Kind::OAuth, &[(START, FULL), (OK, FULL)], &[(COMPLETE, EMPTY)]),
    (Kind::Plain, &[(START, FULL), (COMPLETE, FULL)], &[(COMPLETE, EMPTY)]),
    (
        Kind::CramMd5,
        &[(START, FULL), (OK, EMPTY), (COMPLETE, FULL)],
        &[(OK, FULL), (COMPLETE, EMPTY)],
    ),
    (Kind::DigestMd5, &[(START, FULL), (OK, EMPTY), (OK, FULL)], &[(OK, FULL), (COMPLETE, FULL)]),
    (Kind::Scram, &[(START, FULL), (OK, FULL), (OK, FULL)], &[(OK, FULL), (COMPLETE, FULL)]),
    (
        Kind::Gssapi,
        &[(START, FULL), (OK, FULL), (OK, EMPTY), (COMPLETE, FULL)],
        &[(OK, FULL), (OK, FULL), (COMPLETE, EMPTY)],
    ),
];

fn shape(octets: &[u8]) -> Vec<(u8, bool)> {
    let messages = parse(octets).into_iter();
    messages.map(|(status, payload)| (status, !payload.is_empty())).collect()
}

//= test SRS_THRIFT_SASL_01_017, SRS_THRIFT_SASL_01_020, SRS_THRIFT_SASL_01_015
//= test SRS_THRIFT_SASL_01_022, SRS_THRIFT_SASL_01_023
#[test]
fn statuses_follow_the_recorded_handshakes() {
    for (kind, client, server) in HANDSHAKES {
        let said = said_with(kind, LastWord::Complete);
        assert_eq!((shape(&said.client), shape(&said.server)), (client.into(), server.into()));

        let by_ok = said_with(kind, LastWord::Ok);
        assert_eq!(statuses(&by_ok.client)[1..], vec![OK; client.len() - 1], "{kind:?}");
        let payloads = |octets: &[u8]| -> Vec<Vec<u8>> {
            parse(octets).into_iter().map(|(_, payload)| payload).collect()
        };
        assert_eq!(payloads(&by_ok.client), payloads(&said.client));
        assert_eq!(by_ok.server, said.server, "a server does not care: {kind:?}");
    }
}

//= test SRS_THRIFT_SASL_01_019, SRS_THRIFT_SASL_50_005
/// RFC 7677 section 3 in messages: the server's last word rides in COMPLETE.
#[test]
fn the_octets_of_the_scram_client_of_rfc_7677() {
    use xiom_core::{Plain, Stack};
    use xiom_sasl::scram::Variant;
    use xiom_sasl::{Credentials, Nonce, client};
    use xiom_thrift_sasl::Client;

    use crate::messages::message;

    let first = b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
        s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    let last = b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
    let nonce = Nonce::from_text("rOprNGfwEbeRWgbNEkqO").unwrap();
    let said = [
        message(START, b"SCRAM-SHA-256"),
        message(OK, b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO"),
        message(
            OK,
            b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
            p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        ),
    ];
    // The last word in COMPLETE, or in a challenge of its own with an empty answer (RFC 4422 section 3.6).
    let in_complete = [message(OK, first), message(COMPLETE, last)].concat();
    let in_challenge = [message(OK, first), message(OK, last), message(COMPLETE, b"")].concat();
    let answer = message(COMPLETE, b"");
    for (heard, said) in
        [(in_complete, said.concat()), (in_challenge, [said.concat(), answer].concat())]
    {
        let credentials = Credentials::new("user", "pencil");
        let scram = client::Scram::new(Variant::Sha256, credentials, nonce.clone()).unwrap();
        let client: Client = Client::new(scram.into(), ClientConfig::default());
        let mut end = open(Stack::new(client, Plain::default()));
        end.feed(&[&heard[..], b"\0\0\0\x02up"].concat());
        assert_eq!(end.take(), said);
        assert_eq!(opened(&end), [OpenResult::Ok]);
        assert_eq!(end.received, b"up");
    }
}

//= test SRS_THRIFT_SASL_50_008
/// DIGEST-MD5 of servers that prove themselves in a challenge.
#[test]
fn a_server_may_prove_itself_in_a_challenge() {
    use crate::messages::message;

    for kind in [Kind::DigestMd5, Kind::Scram] {
        let said = transcript(kind);
        let server = parse(&said.server);
        let (proof, challenges) = server.split_last().unwrap();
        let mut client = open(client_with(kind.client(), client_config(Protection::None)));
        for (status, payload) in challenges {
            client.feed(&message(*status, payload));
        }
        client.feed(&message(OK, &proof.1));
        assert_eq!(opened(&client), [], "{kind:?}: the server has not said that all is well");
        assert_eq!(client.take(), [said.client, message(COMPLETE, b"")].concat());
        client.feed(&message(COMPLETE, b""));
        assert_eq!(opened(&client), [OpenResult::Ok], "{kind:?}");
    }
}

//= test SRS_THRIFT_SASL_50_021
/// An empty first response is none to a mechanism in which the server speaks first, and an empty one to others.
#[test]
fn an_empty_first_response_is_what_the_mechanism_makes_of_it() {
    use crate::messages::message;
    use crate::rig::answer_all;

    let first = |kind: Kind, payload: &[u8]| {
        let mut server = open(server_with(vec![kind.server()], server_config(Protection::None)));
        let start = message(START, kind.name().as_bytes());
        server.feed(&[start, message(OK, payload)].concat());
        answer_all(&mut server);
        let sent = server.take();
        sent.first().copied()
    };
    for kind in [Kind::CramMd5, Kind::DigestMd5] {
        assert_eq!(first(kind, b""), Some(OK), "{kind:?}");
        assert_eq!(first(kind, b"?"), Some(crate::messages::ERROR), "{kind:?}");
    }
    assert_eq!(first(Kind::External, b""), Some(COMPLETE));
    assert_eq!(first(Kind::Mssbcbs, b""), Some(COMPLETE));
    assert_eq!(first(Kind::Anonymous, b""), Some(COMPLETE));
    assert_eq!(first(Kind::Plain, b""), Some(crate::messages::ERROR), "it is malformed");
    assert_eq!(first(Kind::Scram, b""), Some(crate::messages::ERROR), "it is malformed");
}
