//! Lengths: judged on their four octets, in the negotiation and after it.

use xiom_core::{Cause, LayerFault, OpenResult, Stage, ThriftFault};
use xiom_sasl::Protection;
use xiom_thrift_sasl::{ClientConfig, FrameLimit, PayloadLimit, ServerConfig};

use crate::messages::{BAD, COMPLETE, ERROR, OK, START, message};
use crate::rig::{
    ClientSide, Kind, ServerSide, answer_all, client_config, client_with, open, opened, pair,
    pair_with, server_config, server_with,
};
use crate::script::{Case, refuses};

/// Lengths beyond every bound that a test sets, up to what is negative to others.
const HUGE: [u32; 4] = [0x7FFF_FFFF, 0x8000_0000, 0x8000_0001, 0xFFFF_FFFF];

fn head(status: u8, length: u32) -> Vec<u8> {
    [&[status][..], &length.to_be_bytes()].concat()
}

fn too_large(size: u32, limit: u32) -> Cause {
    Cause::Thrift(ThriftFault::TooLarge { size, limit })
}

fn bounded_client(limit: u32) -> ClientSide {
    let payload_limit = PayloadLimit::new(limit);
    let config = ClientConfig { payload_limit, ..client_config(Protection::None) };
    client_with(Kind::CramMd5.client(), config)
}

fn bounded_server(limit: u32) -> ServerSide {
    let payload_limit = PayloadLimit::new(limit);
    let config = ServerConfig { payload_limit, ..server_config(Protection::None) };
    server_with(vec![Kind::Plain.server()], config)
}

//= test SRS_THRIFT_SASL_50_027, SRS_THRIFT_SASL_50_030, SRS_THRIFT_SASL_50_031
#[test]
fn a_length_beyond_the_bound_is_answered_by_error() {
    let started = [message(START, b"CRAM-MD5"), message(OK, b"")].concat();
    for limit in [0, 1, 100, u32::MAX] {
        let kept = limit.clamp(1, 0x7FFF_FFFF);
        for size in HUGE.into_iter().chain([kept + 1]).filter(|size| kept < *size) {
            let word = message(ERROR, b"message too large");
            for status in [START, OK] {
                let case = Case {
                    name: format!("a client's {status} of {size} for {limit}"),
                    octets: head(status, size),
                    sent: [&started[..], &word].concat(),
                    failure: too_large(size, kept).at(Stage::SaslExchange),
                    text: None,
                };
                refuses(&case, || bounded_client(limit), |_| {});
            }
            for status in [START, OK, COMPLETE] {
                let case = Case {
                    name: format!("a server's {status} of {size} for {limit}"),
                    octets: head(status, size),
                    sent: word.clone(),
                    failure: too_large(size, kept).at(Stage::SaslStart),
                    text: None,
                };
                refuses(&case, || bounded_server(limit), answer_all);
            }
        }
    }
}

//= test SRS_THRIFT_SASL_50_018, SRS_THRIFT_SASL_50_019
/// Its text is not read.
#[test]
fn a_refusal_is_one_however_long_its_text_is() {
    let started = [message(START, b"CRAM-MD5"), message(OK, b"")].concat();
    for (status, fault) in [(BAD, ThriftFault::Refused), (ERROR, ThriftFault::NotUnderstood)] {
        for size in HUGE.into_iter().chain([101]) {
            let case = |name: &str, sent: &[u8], stage| Case {
                name: format!("{name}'s {status} of {size}"),
                octets: head(status, size),
                sent: sent.to_vec(),
                failure: Cause::Thrift(fault).at(stage),
                text: None,
            };
            let at_client = case("a client", &started, Stage::SaslExchange);
            refuses(&at_client, || bounded_client(100), |_| {});
            let at_server = case("a server", &[], Stage::SaslStart);
            refuses(&at_server, || bounded_server(100), answer_all);
        }
    }
}

//= test SRS_THRIFT_SASL_50_007
/// The server takes frames by then.
#[test]
fn a_length_of_complete_beyond_the_bound_is_not_answered() {
    let started = [message(START, b"CRAM-MD5"), message(OK, b"")].concat();
    for size in HUGE.into_iter().chain([101]) {
        let case = Case {
            name: format!("COMPLETE of {size}"),
            octets: head(COMPLETE, size),
            sent: started.clone(),
            failure: too_large(size, 100).at(Stage::SaslExchange),
            text: None,
        };
        refuses(&case, || bounded_client(100), |_| {});
    }
}

//= test SRS_THRIFT_SASL_50_028
#[test]
fn the_bound_of_a_payload_is_a_mebioctet_and_exact() {
    assert_eq!(PayloadLimit::default().octets(), 1 << 20);
    let config = || client_config(Protection::None);
    let client = |size: u32| {
        let mut end = open(client_with(Kind::Plain.client(), config()));
        end.take();
        end.feed(&head(COMPLETE, size));
        end.feed(&vec![b'?'; usize::try_from(size).unwrap()]);
        opened(&end)
    };
    assert_eq!(client(1 << 20), [OpenResult::Ok]);
    let failure = too_large((1 << 20) + 1, 1 << 20).at(Stage::SaslExchange);
    assert_eq!(client((1 << 20) + 1), [OpenResult::Failed(failure)]);
}

//= test SRS_THRIFT_SASL_50_028
#[test]
fn a_bound_of_the_users_is_exact_on_both_sides() {
    let plain = b"\0user\0pencil";
    let size = u32::try_from(plain.len()).unwrap();
    let octets = [message(START, b"PLAIN"), message(COMPLETE, plain)].concat();
    let server = |limit| {
        let mut end = open(bounded_server(limit));
        end.feed(&octets);
        answer_all(&mut end);
        end.take()
    };
    assert_eq!(server(size), message(COMPLETE, b""));
    assert_eq!(server(size - 1), message(ERROR, b"message too large"));

    let challenge = b"<1896.697170952@postoffice.reston.mci.net>";
    let size = u32::try_from(challenge.len()).unwrap();
    let client = |limit| {
        let mut end = open(bounded_client(limit));
        end.take();
        end.feed(&message(OK, challenge));
        end.take()[0]
    };
    assert_eq!((client(size), client(size - 1)), (COMPLETE, ERROR));
}

//= test SRS_THRIFT_SASL_50_029, SRS_THRIFT_SASL_50_030
#[test]
fn the_bound_of_a_frame_is_that_of_others_and_can_be_set() {
    assert_eq!(FrameLimit::default().octets(), 16_384_000);
    assert_eq!(FrameLimit::new(u32::MAX).octets(), 2_147_483_647);
    assert_eq!(FrameLimit::new(2_147_483_648).octets(), 2_147_483_647);
    assert_eq!(FrameLimit::new(2_147_483_647).octets(), 2_147_483_647);
    assert_eq!(FrameLimit::new(2_147_483_646).octets(), 2_147_483_646);
    assert_eq!((FrameLimit::new(0).octets(), FrameLimit::new(1).octets()), (1, 1));
    assert_eq!(PayloadLimit::new(u32::MAX).octets(), 2_147_483_647);
}

//= test SRS_THRIFT_SASL_01_037, SRS_THRIFT_SASL_50_027, SRS_THRIFT_SASL_50_031
//= test SRS_THRIFT_SASL_50_029, SRS_THRIFT_SASL_50_030
#[test]
fn a_frame_beyond_the_bound_ends_all_in_silence() {
    for (limit, size) in [(16, 17), (16, 0x8000_0000), (1, 2), (u32::MAX, 0x8000_0000)]
        .into_iter()
        .chain(HUGE.map(|size| (1024, size)))
    {
        let frame_limit = FrameLimit::new(limit);
        let client = ClientConfig { frame_limit, ..client_config(Protection::None) };
        let server = ServerConfig { frame_limit, ..server_config(Protection::None) };
        let (mut client, mut server) = pair_with(Kind::Plain, client, server);
        let octets = [&b"\0\0\0\x01a"[..], &size.to_be_bytes(), b"\0\0\0\x01b"].concat();
        let limit = frame_limit.octets();
        let cause = Cause::Thrift(ThriftFault::FrameTooLarge { size, limit });
        for octet in &octets {
            server.feed(&[*octet]);
        }
        client.feed(&octets);
        assert_eq!(client.failure(), Some(cause.at(Stage::Open)));
        assert_eq!(server.failure(), Some(cause.at(Stage::Open)));
        assert_eq!((&client.received[..], &server.received[..]), (&b"a"[..], &b"a"[..]));
        assert!(!client.send(b"more") && !server.send(b"more"));
        assert_eq!((client.take(), server.take()), (vec![], vec![]));
    }
}

//= test SRS_THRIFT_SASL_50_029
#[test]
fn a_frame_of_exactly_the_bound_passes() {
    let frame_limit = FrameLimit::new(16);
    let server = ServerConfig { frame_limit, ..server_config(Protection::None) };
    let (_, mut server) = pair_with(Kind::Plain, client_config(Protection::None), server);
    server.feed(&[&[0, 0, 0, 16][..], &[7; 16]].concat());
    assert_eq!(server.received, [7; 16]);
    assert_eq!(server.failure(), None);
}

//= test SRS_THRIFT_SASL_50_049, SRS_THRIFT_SASL_50_030
#[test]
fn a_token_beyond_the_bound_of_a_frame_ends_all_in_silence() {
    for kind in [Kind::DigestMd5, Kind::Gssapi] {
        for size in HUGE.into_iter().chain([16_384_001]) {
            let (mut client, _) = pair(kind, Protection::Integrity);
            client.feed(&size.to_be_bytes());
            let fault = LayerFault::too_long(usize::try_from(size).unwrap(), 16_384_000);
            let failure = Cause::Protection(fault).at(Stage::Open);
            assert_eq!(client.failure(), Some(failure), "{kind:?}");
            assert!(!client.send(b"more"));
            assert_eq!(client.take(), b"");
        }
    }
}
