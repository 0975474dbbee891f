//! Offers, outcomes and frames as a client reads them: one subject at a time.

use xiom_amqp_sasl::{Client, ClientConfig, FrameLimit};
use xiom_core::{
    Cause, Fact, Failure, FrameFault, Layer, OpenResult, OutcomeCode, Performative as P, Plain,
    SaslFault, Stack, Stage,
};
use xiom_sasl::Credentials;
use xiom_testing::Endpoint;

use crate::frames::{
    HEADER, array, binary, body, frame, frame_of_type, init, mechanisms, outcome, symbol,
};
use crate::rig::{Kind, PLAIN_MESSAGE, client_config, client_side, ground, open, opened};

/// What `end` says, and what becomes of its open when a server that was refused ends too.
pub(crate) fn settle<L: Layer>(end: &mut Endpoint<L>) -> (Vec<OpenResult>, Vec<u8>) {
    let said = end.take();
    if end.channel.layers().is_none() {
        end.tell(Fact::Ended);
    }
    (opened(end), said)
}

/// What becomes of a client of `kinds`, and what it says after its header, when `octets` follow the header of the
/// server.
fn said(kinds: &[Kind], octets: &[u8]) -> (Vec<OpenResult>, Vec<u8>) {
    let client = Client::new(kinds.iter().map(|kind| kind.client()).collect(), client_config());
    let mut end = open(Stack::new(client, Plain::asserting(ground())));
    end.feed(&[HEADER, octets].concat());
    let (result, said) = settle(&mut end);
    (result, said.strip_prefix(HEADER).unwrap().into())
}

fn failed(failure: Failure) -> Vec<OpenResult> {
    vec![OpenResult::Failed(failure)]
}

fn plain_init() -> Vec<u8> {
    init("PLAIN", Some(PLAIN_MESSAGE))
}

//= test SRS_SASLCLIENTIO_01_041, SRS_SASLCLIENTIO_01_034
#[test]
fn an_offer_is_the_list_of_symbols_in_any_encoding() {
    let wide = b"\xF0\0\0\0\x16\0\0\0\x02\xB3\0\0\0\x05PLAIN\0\0\0\x04NONE";
    let offers = [
        mechanisms(&["PLAIN"]),
        mechanisms(&["NONE", "PLAIN", "OTHER"]),
        frame(&body(0x40, 1, wide)),
    ];
    for offer in offers {
        assert_eq!(said(&[Kind::Plain], &offer), (vec![], plain_init()), "{offer:02x?}");
    }
}

//= test SRS_SASLCLIENTIO_01_042
#[test]
fn an_offer_of_nothing_fails_the_open() {
    let (nothing, malformed) =
        (Cause::Sasl(SaslFault::NothingOffered), Cause::Frame(FrameFault::Malformed));
    let cases = [
        (body(0x40, 1, &array(0xA3, &[])), nothing),
        (body(0x40, 1, &[0x40]), malformed),
        (vec![0x00, 0x53, 0x40, 0x45], malformed),
    ];
    for (offer, cause) in cases {
        let expected = (failed(cause.at(Stage::SaslMechanisms)), vec![]);
        assert_eq!(said(&[Kind::Plain, Kind::Anonymous], &frame(&offer)), expected);
    }
}

//= test SRS_SASLCLIENTIO_50_017
#[test]
fn an_offer_with_an_item_that_is_no_symbol_selects_nothing() {
    let offers = [
        // Nulls, strings, binaries, integers, and symbols in a list.
        vec![0xE0, 2, 1, 0x40],
        array(0xA1, &["PLAIN"]),
        array(0xA0, &["PLAIN"]),
        vec![0xE0, 3, 1, 0x50, 0],
        b"\xC0\x08\x01\xA3\x05PLAIN".to_vec(),
        b"\xC0\x09\x02\x40\xA3\x05PLAIN".to_vec(),
    ];
    for offer in offers {
        let offer = [frame(&body(0x40, 1, &offer)), outcome(0, None)].concat();
        let failure = Cause::Frame(FrameFault::Malformed).at(Stage::SaslMechanisms);
        assert_eq!(said(&[Kind::Plain], &offer), (failed(failure), vec![]));
    }
}

//= test SRS_SASLCLIENTIO_01_033, SRS_SASLCLIENTIO_01_035, SRS_SASLCLIENTIO_01_045
#[test]
fn the_mechanism_is_one_of_ours_that_the_server_offers() {
    let kinds = [Kind::Plain, Kind::External, Kind::Anonymous];
    for (offer, name, response) in [
        (&["PLAIN", "X-OTHER"][..], "PLAIN", PLAIN_MESSAGE),
        (&["X-OTHER", "EXTERNAL"], "EXTERNAL", b""),
        (&["SCRAM-SHA-256", "PLAIN", "CRAM-MD5"], "PLAIN", PLAIN_MESSAGE),
    ] {
        assert_eq!(said(&kinds, &mechanisms(offer)), (vec![], init(name, Some(response))));
    }
}

//= test SRS_SASLCLIENTIO_01_050, SRS_SASLCLIENTIO_01_051
#[test]
fn without_a_configured_name_there_is_no_hostname() {
    let (_, init) = said(&[Kind::Plain], &mechanisms(&["PLAIN"]));
    let fields = [symbol("PLAIN"), binary(PLAIN_MESSAGE)].concat();
    assert_eq!(init, frame(&body(0x41, 2, &fields)));
}

//= test SRS_SASLCLIENTIO_01_060, SRS_SASLCLIENTIO_01_062
#[test]
fn the_code_alone_decides() {
    // In every legal encoding of the list, with data that says something else.
    let wide = b"\0\x53\x44\xD0\0\0\0\x06\0\0\0\x01\x50\0".to_vec();
    for ok in [frame(&wide), outcome(0, None), outcome(0, Some(b"e=refused"))] {
        let (result, _) = said(&[Kind::Plain], &[mechanisms(&["PLAIN"]), ok].concat());
        assert_eq!(result, [OpenResult::Ok]);
    }
    let refusal = [mechanisms(&["PLAIN"]), outcome(1, Some(b"ok"))].concat();
    let failure = Cause::Sasl(SaslFault::Refused(OutcomeCode::Auth)).at(Stage::SaslExchange);
    assert_eq!(said(&[Kind::Plain], &refusal).0, failed(failure));
}

/// How an open with the outcome `code` fails.
fn refused(code: u8) -> Cause {
    let octets = [mechanisms(&["PLAIN"]), outcome(code, None), outcome(0, None)].concat();
    let (result, _) = said(&[Kind::Plain], &octets);
    let [OpenResult::Failed(failure)] = result[..] else { panic!("{result:?}") };
    assert_eq!(failure.stage, Stage::SaslExchange);
    failure.cause
}

//= test SRS_SASLCLIENTIO_01_063
#[test]
fn code_1_is_for_the_credentials() {
    let cause = refused(1);
    assert_eq!(cause, Cause::Sasl(SaslFault::Refused(OutcomeCode::Auth)));
    assert_eq!((cause.blame(), cause.is_retryable()), (xiom_core::Blame::Credentials, false));
}

//= test SRS_SASLCLIENTIO_01_064
#[test]
fn code_2_is_for_an_error_of_the_server() {
    let cause = refused(2);
    assert_eq!(cause, Cause::Sasl(SaslFault::Refused(OutcomeCode::Sys)));
    assert_eq!((cause.blame(), cause.is_retryable()), (xiom_core::Blame::Peer, false));
}

//= test SRS_SASLCLIENTIO_01_065
#[test]
fn code_3_is_for_an_error_of_the_server_that_stays() {
    let cause = refused(3);
    assert_eq!(cause, Cause::Sasl(SaslFault::Refused(OutcomeCode::SysPerm)));
    assert_eq!((cause.blame(), cause.is_retryable()), (xiom_core::Blame::Peer, false));
}

//= test SRS_SASLCLIENTIO_01_066
#[test]
fn code_4_is_for_an_error_of_the_server_that_passes() {
    let cause = refused(4);
    assert_eq!(cause, Cause::Sasl(SaslFault::Refused(OutcomeCode::SysTemp)));
    assert_eq!((cause.blame(), cause.is_retryable()), (xiom_core::Blame::Peer, true));
}

//= test SRS_SASLCLIENTIO_50_006
#[test]
fn an_outcome_without_a_known_code_is_a_failure() {
    let malformed = Cause::Frame(FrameFault::Malformed);
    let unknown = |code| Cause::Sasl(SaslFault::UnknownOutcome(code));
    let cases: [(Vec<u8>, Cause); 8] = [
        (vec![0x00, 0x53, 0x44, 0x45], malformed),
        (body(0x44, 1, &[0x40]), malformed),
        (body(0x44, 2, &[0x40, 0xA0, 0]), malformed),
        (body(0x44, 1, &[0x43]), malformed),
        (body(0x44, 1, &[0x42]), malformed),
        (body(0x44, 1, &[0x55, 0]), malformed),
        (body(0x44, 1, &[0x50, 5]), unknown(5)),
        (body(0x44, 1, &[0x50, 255]), unknown(255)),
    ];
    for (outcome, cause) in cases {
        let octets = [mechanisms(&["PLAIN"]), frame(&outcome), b"up".to_vec()].concat();
        let (result, _) = said(&[Kind::Plain], &octets);
        assert_eq!(result, failed(cause.at(Stage::SaslExchange)), "{outcome:02x?}");
    }
}

//= test SRS_SASLCLIENTIO_50_004
#[test]
fn an_outcome_ok_opens_nothing_before_an_init_was_said() {
    let first = Cause::Frame(FrameFault::Unexpected(P::Outcome)).at(Stage::SaslMechanisms);
    assert_eq!(said(&[Kind::Plain], &outcome(0, None)), (failed(first), vec![]));
    // The init is too large to be sent, and the server takes it for granted.
    let long = Kind::Plain.client_of(Credentials::new("user", "x".repeat(500)));
    let client = Client::new(vec![long], client_config());
    let mut end = open(Stack::new(client, Plain::asserting(ground())));
    end.feed(&[HEADER, &mechanisms(&["PLAIN"]), &outcome(0, None), b"up"].concat());
    let (result, said) = settle(&mut end);
    let [OpenResult::Failed(failure)] = result[..] else { panic!("{result:?}") };
    assert!(matches!(failure.cause, Cause::Frame(FrameFault::OwnTooLarge { .. })));
    assert_eq!((said, end.received), (HEADER.to_vec(), vec![]));
}

//= test SRS_SASLCLIENTIO_50_014
#[test]
fn a_frame_of_another_kind_fails_the_open() {
    let offset = |doff, size| FrameFault::DataOffset { doff, size };
    let cases = [
        (frame_of_type(0, &body(0x40, 1, &symbol("PLAIN"))), FrameFault::Type(0)),
        (frame_of_type(9, &body(0x40, 1, &symbol("PLAIN"))), FrameFault::Type(9)),
        (frame(b""), FrameFault::Empty),
        (b"\0\0\0\x0C\x03\x01\0\0skip".to_vec(), FrameFault::Empty),
        (b"\0\0\0\x10\x01\x01\0\0".to_vec(), offset(1, 16)),
        (b"\0\0\0\x10\x05\x01\0\0".to_vec(), offset(5, 16)),
    ];
    for (octets, fault) in cases {
        let failure = Cause::Frame(fault).at(Stage::SaslMechanisms);
        assert_eq!(said(&[Kind::Plain], &octets), (failed(failure), vec![]));
    }
}

/// An offer of PLAIN behind an extended header that is filled up to `size` octets.
fn padded_offer(size: u32) -> Vec<u8> {
    let body = body(0x40, 1, &array(0xA3, &["PLAIN"]));
    let octets = usize::try_from(size).unwrap() - body.len();
    let doff = u8::try_from(octets / 4).unwrap();
    assert_eq!(octets % 4, 0);
    [&size.to_be_bytes()[..], &[doff, 1, 0, 0], &vec![0xEE; octets - 8], &body].concat()
}

//= test SRS_SASLCLIENTIO_50_015
#[test]
fn an_extended_header_is_skipped() {
    for size in [24, 28, 512] {
        assert_eq!(said(&[Kind::Plain], &padded_offer(size)), (vec![], plain_init()), "{size}");
    }
}

//= test SRS_SASLCLIENTIO_01_084
#[test]
fn each_client_decodes_within_its_own_limit() {
    let offer = padded_offer(600);
    for (limit, is_read) in [(512, false), (599, false), (600, true), (1024, true)] {
        let config = ClientConfig { frame_limit: FrameLimit::new(limit), ..client_config() };
        let client = Client::new(vec![Kind::Plain.client()], config);
        let mut end = open(Stack::new(client, Plain::asserting(ground())));
        end.feed(&[HEADER, &offer].concat());
        let failure = Cause::Frame(FrameFault::TooLarge { size: 600, limit });
        let expected = if is_read { vec![] } else { failed(failure.at(Stage::SaslMechanisms)) };
        let (result, said) = settle(&mut end);
        assert_eq!((result, said.ends_with(&plain_init())), (expected, is_read));
    }
}

//= test SRS_SASLCLIENTIO_01_089, SRS_SASLCLIENTIO_01_068
#[test]
fn a_client_knows_nothing_of_another_ones_half_frame() {
    let octets = [HEADER, &mechanisms(&["PLAIN"])].concat();
    for at in 0..octets.len() {
        let (mut one, mut other) = (open(client_side(Kind::Plain)), open(client_side(Kind::Plain)));
        one.feed(&octets[..at]);
        octets.chunks(5).for_each(|part| other.feed(part));
        assert!(other.take().ends_with(&plain_init()));
        assert_eq!(one.take(), HEADER);
        one.feed(&octets[at..]);
        assert_eq!(one.take(), plain_init());
    }
}

//= test SRS_SASLCLIENTIO_01_067, SRS_SASLCLIENTIO_01_001
#[test]
fn the_exchange_begins_with_the_header_of_the_server() {
    let mut end = open(client_side(Kind::Plain));
    assert_eq!(end.take(), HEADER, "ours does not wait for the server's");
    end.feed(&HEADER[..7]);
    assert!(end.take().is_empty());
    end.feed(&[&HEADER[7..], &mechanisms(&["PLAIN"])].concat());
    assert_eq!(end.take(), plain_init(), "in the same read");
}

//= test SRS_SASLCLIENTIO_01_120
#[test]
fn a_frame_is_appended_whole_to_what_was_not_yet_taken() {
    let mut end = open(client_side(Kind::Plain));
    end.wire.take(3);
    end.feed(&[HEADER, &mechanisms(&["PLAIN"])].concat());
    assert_eq!(end.take(), [&HEADER[3..], &plain_init()].concat());
}
