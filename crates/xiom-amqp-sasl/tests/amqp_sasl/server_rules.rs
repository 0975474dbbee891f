//! What a server keeps to beyond the letter of the specification: one offer, one outcome, and early octets kept.

use core::time::Duration;

use xiom_amqp_sasl::{Question, Server, ServerConfig};
use xiom_core::{
    Action, AskId, AuthFault, Cause, Fact, FrameFault, OpenResult, Performative, Plain, SaslFault,
    Security, Stack, Stage,
};
use xiom_sasl::Policy;
use xiom_sasl::server::LookupAnswer;
use xiom_testing::{Endpoint, ToyEngine, seal};
use xiom_tls::Tls;

use crate::frames::{AMQP, HEADER, init, mechanisms, one_of_each, outcome, response};
use crate::rig::{
    CHANNEL, Kind, PLAIN_MESSAGE, ServerSide, answer_all, answer_by, ground, open, opened, reply,
    server_config, server_over, server_side, transcript,
};
use crate::script::cuts;

pub(crate) const TLS: &[u8] = b"AMQP\x02\x01\x00\x00";

pub(crate) fn offer() -> Vec<u8> {
    [HEADER, &mechanisms(&["PLAIN"])].concat()
}

pub(crate) fn login() -> Vec<u8> {
    [HEADER, &init("PLAIN", Some(PLAIN_MESSAGE))].concat()
}

/// A server of PLAIN that was shown `octets`.
pub(crate) fn shown(octets: &[u8]) -> Endpoint<ServerSide> {
    let mut end = open(server_side(Kind::Plain));
    end.feed(octets);
    end
}

/// A server with `kinds` and `policy` over a channel that gives `security`.
fn server_on(security: Security, kinds: &[Kind], policy: Policy) -> Endpoint<ServerSide> {
    let mechanisms = kinds.iter().map(|kind| kind.server()).collect();
    let server = Server::new(mechanisms, ServerConfig { policy, ..server_config() });
    open(Stack::new(server, Plain::asserting(security)))
}

pub(crate) fn asked(end: &Endpoint<ServerSide>) -> Vec<AskId> {
    let id = |action: &Action| if let Action::Ask(id) = action { Some(*id) } else { None };
    end.told.iter().filter_map(id).collect()
}

pub(crate) fn question(end: &Endpoint<ServerSide>) -> Option<Question> {
    end.channel.layers()?.upper().question().cloned()
}

/// The descriptors of the frames that a server wrote behind its header, and nothing else.
pub(crate) fn written(said: &[u8]) -> Vec<u8> {
    let mut rest = said.strip_prefix(HEADER).unwrap();
    let mut descriptors = Vec::new();
    while let [a, b, c, d, _, _, _, _, _, _, descriptor, ..] = rest {
        descriptors.push(*descriptor);
        rest = &rest[usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).unwrap()..];
    }
    assert!(rest.is_empty());
    descriptors
}

/// How often a server wrote `sasl-mechanisms`.
fn offers(said: &[u8]) -> usize {
    written(said).into_iter().filter(|descriptor| *descriptor == 0x40).collect::<Vec<_>>().len()
}

pub(crate) fn failed(end: &mut Endpoint<ServerSide>, cause: Cause, stage: Stage) {
    end.take();
    end.tell(Fact::Ended);
    assert_eq!(opened(end), [OpenResult::Failed(cause.at(stage))]);
}

//= test SRS_SASL_SERVER_IO_50_001
#[test]
fn the_header_is_said_once_to_a_right_and_to_a_wrong_one() {
    for first in
        [HEADER, AMQP, TLS, b"HTTP/1.1 400", b"\x16\x03\x01\x02\x00", b"AMQP\x03\x01\x00\x01"]
    {
        for parts in cuts(&[first, HEADER].concat()) {
            let mut end = open(server_side(Kind::Plain));
            for part in parts {
                end.feed(part);
            }
            let said = end.take();
            assert!(said.starts_with(HEADER));
            assert!(!said[HEADER.len()..].windows(4).any(|four| four == b"AMQP"), "{first:?}");
            assert_eq!(said.len() == HEADER.len(), first != HEADER, "{first:?}");
        }
    }
}

//= test SRS_SASL_SERVER_IO_50_002
#[test]
fn the_offer_is_said_once_whatever_the_client_sends() {
    for (_, octets) in one_of_each() {
        let mut end = shown(&[HEADER, &octets, HEADER, &octets].concat());
        answer_all(&mut end);
        assert_eq!(offers(&end.take()), 1);
    }
    for kind in Kind::ALL {
        assert_eq!(offers(&transcript(kind).server), 1, "{kind:?}");
    }
}

//= test SRS_SASL_SERVER_IO_50_003, SRS_SASL_SERVER_IO_50_004
#[test]
fn an_offer_that_this_channel_leaves_empty_fails_the_open_and_says_so() {
    let mut end = server_on(Security::default(), &[Kind::Plain], Policy::default());
    end.feed(&login());
    assert_eq!(end.wire.pending(), HEADER);
    assert!(asked(&end).is_empty());
    failed(&mut end, Cause::Sasl(SaslFault::NoCommonMechanism), Stage::SaslHeader);
}

//= test SRS_SASL_SERVER_IO_50_004
#[test]
fn what_shows_a_password_is_offered_in_clear_only_where_the_user_allows_it() {
    let kinds = [Kind::Anonymous, Kind::Plain];
    let allowed = Policy { allow_cleartext: true, ..Policy::default() };
    let confidential = Security { confidential: true, ..Security::default() };
    let (both, one) = (mechanisms(&["ANONYMOUS", "PLAIN"]), mechanisms(&["ANONYMOUS"]));
    for (security, policy, offer) in [
        (Security::default(), Policy::default(), one),
        (Security::default(), allowed, both.clone()),
        (confidential, Policy::default(), both),
    ] {
        let mut end = server_on(security, &kinds, policy);
        end.feed(HEADER);
        assert_eq!(end.take(), [HEADER, &offer].concat());
    }
}

//= test SRS_SASL_SERVER_IO_50_005, SRS_SASL_SERVER_IO_01_100
#[test]
fn what_was_not_offered_does_not_run_although_it_is_configured() {
    let kinds = [Kind::Anonymous, Kind::Plain, Kind::External];
    for (name, message) in [("PLAIN", PLAIN_MESSAGE), ("EXTERNAL", b"admin")] {
        let mut end = server_on(Security::default(), &kinds, Policy::default());
        end.feed(&[HEADER, &init(name, Some(message))].concat());
        assert!(asked(&end).is_empty(), "nobody is asked");
        let said = [HEADER, &mechanisms(&["ANONYMOUS"]), &outcome(1, None)].concat();
        assert_eq!(end.wire.pending(), said);
        failed(&mut end, Cause::Sasl(SaslFault::NotOffered), Stage::SaslInit);
        assert!(end.is_shut && end.channel.is_closed());
    }
}

//= test SRS_SASL_SERVER_IO_50_006
#[test]
fn ok_is_said_only_after_the_mechanism_succeeded() {
    for kind in Kind::ALL {
        let mut end = open(server_side(kind));
        end.feed(&transcript(kind).client);
        loop {
            assert!(!written(end.wire.pending()).contains(&0x44), "{kind:?}");
            assert!(opened(&end).is_empty());
            let question = question(&end);
            assert!(answer_by(&mut end, reply), "{kind:?}");
            if matches!(question, Some(Question::Authorize(_))) {
                break;
            }
        }
        assert_eq!(written(end.wire.pending()).last(), Some(&0x44));
        assert_eq!(opened(&end), [OpenResult::Ok]);
        let established = end.channel.layers().unwrap().upper().established().unwrap();
        assert_eq!(established.mechanism(), kind.name());
    }
}

//= test SRS_SASL_SERVER_IO_50_007
#[test]
fn there_is_one_outcome_however_the_exchange_ends() {
    type Deed = fn(&mut Server, &mut xiom_core::WireBuf);
    let deeds: [Deed; 5] = [
        reply,
        |server, out| server.lookup(LookupAnswer::Verified(false), out),
        |server, out| server.authorize(true, out),
        |server, out| server.refuse(xiom_core::OutcomeCode::SysTemp, out),
        |server, out| server.lookup(LookupAnswer::Unknown, out),
    ];
    for first in deeds {
        let mut end = shown(&[&login()[..], &init("PLAIN", Some(PLAIN_MESSAGE))].concat());
        assert!(answer_by(&mut end, first));
        for deed in deeds {
            answer_by(&mut end, deed);
        }
        end.feed(&login());
        assert_eq!(written(&end.take()), [0x40, 0x44]);
    }
}

//= test SRS_SASL_SERVER_IO_50_008
#[test]
fn after_a_refusal_there_is_no_second_guess_and_nothing_goes_to_the_user() {
    let guess = init("PLAIN", Some(b"\0user\0pencil2"));
    let right = init("PLAIN", Some(PLAIN_MESSAGE));
    let octets = [HEADER, &guess, &right, &response(PLAIN_MESSAGE), AMQP].concat();
    for parts in cuts(&octets) {
        let mut end = open(server_side(Kind::Plain));
        let mut said = Vec::new();
        for part in parts {
            end.feed(part);
            answer_all(&mut end);
            said.extend(end.take());
        }
        assert_eq!(said, [offer(), outcome(1, None)].concat());
        assert_eq!(asked(&end).len(), 1);
        failed(&mut end, Cause::Mechanism(AuthFault::BadCredentials), Stage::SaslLookup);
        assert!(end.received.is_empty() && end.wire.is_empty());
    }
}

//= test SRS_SASL_SERVER_IO_50_009
#[test]
fn a_peer_that_breaks_the_protocol_is_told_no_outcome() {
    for (performative, octets) in one_of_each() {
        if performative != Performative::Init {
            let mut end = shown(&[HEADER, &octets].concat());
            assert_eq!(end.wire.pending(), offer(), "{performative}");
            let unexpected = FrameFault::Unexpected(performative);
            failed(&mut end, Cause::Frame(unexpected), Stage::SaslInit);
        }
    }
}

//= test SRS_SASL_SERVER_IO_50_010
#[test]
fn a_refusal_that_is_not_taken_holds_the_connection_no_longer_than_the_limits() {
    let wait = CHANNEL.close.min(CHANNEL.open);
    let mut end = shown(&[HEADER, &init("NONE", None)].concat());
    assert_eq!(end.channel.poll_deadline(), Some(wait));
    end.advance(wait / 2);
    assert!(opened(&end).is_empty() && !end.wire.is_empty());
    end.advance(wait / 2);
    let failure = Cause::Sasl(SaslFault::NotOffered).at(Stage::SaslInit);
    assert_eq!(opened(&end), [OpenResult::Failed(failure)]);

    let mut late = open(server_side(Kind::Plain));
    late.advance(CHANNEL.open.saturating_sub(Duration::from_secs(1)));
    late.feed(&[HEADER, &init("NONE", None)].concat());
    assert_eq!(late.channel.poll_deadline(), Some(CHANNEL.open), "the earlier of the two");
}

//= test SRS_SASL_SERVER_IO_50_011
#[test]
fn what_comes_while_the_application_is_asked_waits_unparsed_and_the_socket_is_not_read() {
    for early in [AMQP, &[0, 0, 0, 1], &init("PLAIN", Some(PLAIN_MESSAGE)), HEADER] {
        let mut end = shown(&login());
        assert!(!end.channel.is_reading());
        end.feed(early);
        assert_eq!((&end.input[..], &end.received[..]), (early, &b""[..]));
        assert!(opened(&end).is_empty());
        assert_eq!(end.take(), offer());
        answer_all(&mut end);
        assert!(end.channel.is_reading());
        assert_eq!((&end.input[..], &end.received[..]), (&b""[..], early));
    }
}

//= test SRS_SASL_SERVER_IO_50_012
#[test]
fn what_came_early_in_the_record_of_the_last_frame_is_the_users() {
    let octets = [b"h", &seal(&[&login()[..], AMQP, b"open"].concat())[..]].concat();
    for parts in cuts(&octets) {
        let tls = Tls::new(ToyEngine::server().with_security(ground()));
        let mut end = open(server_over(Kind::Plain, tls));
        for part in parts {
            end.feed(part);
        }
        assert!(end.received.is_empty());
        answer_all(&mut end);
        assert_eq!(
            (opened(&end), &end.received[..]),
            (vec![OpenResult::Ok], &b"AMQP\x00\x01\x00\x00open"[..])
        );
    }
}
