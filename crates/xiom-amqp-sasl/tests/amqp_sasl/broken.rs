//! A connection that breaks at every octet of a login: each open completes once, and the channel opens again.

use xiom_core::{Action, Cause, Fact, Layer, OpenResult, Phase, SocketFault, Stage, TlsFault};
use xiom_testing::{Endpoint, HELLO_BACK, ToyEngine, seal};
use xiom_tls::Tls;

use crate::rig::{
    CHANNEL, Kind, answer_all, answer_by, client_over, client_recovers, client_side, ground, open,
    opened, reopen, reply, server_recovers, server_side, transcript,
};

/// How it breaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Break {
    Close,
    Reset,
    End,
    Silence,
}

const BREAKS: [Break; 4] = [Break::Close, Break::Reset, Break::End, Break::Silence];

/// How many headers and frames are complete after `at` octets, which start with a header.
fn units(octets: &[u8], at: usize) -> usize {
    let mut complete = 0;
    let mut end = 8;
    while end <= at {
        complete += 1;
        let Some(size) = octets.get(end..end + 4) else { break };
        end += usize::try_from(u32::from_be_bytes(size.try_into().unwrap())).unwrap();
    }
    complete
}

fn client_stage(octets: &[u8], at: usize) -> Stage {
    match units(octets, at) {
        0 => Stage::SaslHeader,
        1 => Stage::SaslMechanisms,
        _ => Stage::SaslExchange,
    }
}

fn server_stage(octets: &[u8], at: usize) -> Stage {
    match units(octets, at) {
        0 => Stage::SaslHeader,
        1 => Stage::SaslInit,
        _ => Stage::SaslExchange,
    }
}

fn count<L: Layer>(end: &Endpoint<L>, wanted: Action) -> usize {
    end.told.iter().filter(|action| **action == wanted).count()
}

/// Breaks an open that is under way at `stage`.
fn break_opening<L: Layer>(end: &mut Endpoint<L>, how: Break, stage: Stage, context: &str) {
    assert!(opened(end).is_empty(), "{context}");
    assert_eq!(end.channel.layers().map(|layers| layers.phase().stage()), Some(stage), "{context}");
    let failed = |cause: Cause| OpenResult::Failed(cause.at(stage));
    let expected = match how {
        Break::Close => {
            assert!(end.close(), "{context}");
            OpenResult::Cancelled
        }
        Break::Reset => {
            end.tell(Fact::Lost(SocketFault::Reset));
            failed(Cause::Socket(SocketFault::Reset))
        }
        Break::End => {
            end.tell(Fact::Ended);
            failed(Cause::EndOfStream)
        }
        Break::Silence => {
            assert_eq!(end.channel.poll_deadline(), Some(CHANNEL.open), "{context}");
            end.advance(CHANNEL.open);
            failed(Cause::Deadline)
        }
    };
    end.take(); // What a layer still has to say is written before the socket goes.
    assert_eq!(opened(end), [expected], "{context}");
    assert_eq!(count(end, Action::Closed), usize::from(how == Break::Close), "{context}");
    assert_eq!(count(end, Action::Disconnect), 1, "{context}");
}

/// Breaks an open channel, and closes it where the break has not.
fn break_open<L: Layer>(end: &mut Endpoint<L>, how: Break, context: &str) {
    assert_eq!(opened(end), [OpenResult::Ok], "{context}");
    assert_eq!(end.channel.poll_deadline(), None, "{context}");
    let told = end.told.len();
    match how {
        Break::Close => {}
        Break::Reset => {
            end.tell(Fact::Lost(SocketFault::Reset));
            let failure = Cause::Socket(SocketFault::Reset).at(Stage::Open);
            assert_eq!(end.told[told..], [Action::Failed(failure)], "{context}");
        }
        Break::End => {
            end.tell(Fact::Ended);
            assert_eq!(end.told[told..], [Action::Ended], "{context}");
        }
        Break::Silence => {
            end.advance(CHANNEL.open);
            assert!(end.told[told..].is_empty(), "{context}");
        }
    }
    assert!(end.close(), "{context}");
    end.take();
    end.advance(CHANNEL.close);
    assert_eq!(opened(end), [OpenResult::Ok], "{context}");
    assert_eq!(count(end, Action::Closed), 1, "{context}");
}

/// Breaks a login after each of `octets`, in every way.
fn break_everywhere<L: Layer>(
    octets: &[u8],
    layers: impl Fn() -> L,
    react: impl Fn(&mut Endpoint<L>),
    stage: impl Fn(&[u8], usize) -> Stage,
    recovers: impl Fn(&mut Endpoint<L>),
) {
    for at in 0..=octets.len() {
        for (how, piece) in BREAKS.into_iter().flat_map(|how| [(how, 1), (how, usize::MAX)]) {
            let context = format!("{how:?} after {at} octets by {piece}");
            let mut end = open(layers());
            for part in octets[..at].chunks(piece) {
                end.feed(part);
                react(&mut end);
                end.take();
            }
            let is_asking = end
                .channel
                .layers()
                .is_some_and(|layers| matches!(layers.phase(), Phase::Asking(_)));
            if end.channel.is_open() {
                assert_eq!(at, octets.len(), "{context}");
                break_open(&mut end, how, &context);
            } else if is_asking {
                break_opening(&mut end, how, Stage::SaslLookup, &context);
            } else {
                assert!(at < octets.len(), "{context}");
                break_opening(&mut end, how, stage(octets, at), &context);
            }
            let told = end.told.clone();
            end.feed(&octets[at..]);
            end.feed(b"octets for nobody");
            assert!(end.received.is_empty(), "{context}");
            assert_eq!(end.told, told, "{context}");
            assert!(end.channel.is_closed() && end.wire.is_empty(), "{context}");
            recovers(&mut end);
        }
    }
}

//= test SRS_SASLCLIENTIO_50_025, SRS_SASLCLIENTIO_50_026, SRS_SASLCLIENTIO_50_028
//= test SRS_SASLCLIENTIO_50_029
#[test]
fn a_client_survives_a_break_at_every_octet() {
    for kind in Kind::ALL {
        let octets = transcript(kind).server;
        let recovers = |end: &mut Endpoint<_>| client_recovers(end, kind);
        break_everywhere(&octets, || client_side(kind), |_| {}, client_stage, recovers);
    }
}

#[test]
fn a_server_survives_a_break_at_every_octet() {
    for kind in Kind::ALL {
        let octets = transcript(kind).client;
        let recovers = |end: &mut Endpoint<_>| server_recovers(end, kind);
        break_everywhere(&octets, || server_side(kind), answer_all, server_stage, recovers);
    }
}

#[test]
fn a_server_whose_application_does_not_answer_survives_a_break_at_every_octet() {
    for kind in Kind::ALL {
        let octets = transcript(kind).client;
        let recovers = |end: &mut Endpoint<_>| {
            assert!(!answer_by(end, reply), "an answer comes too late");
            server_recovers(end, kind);
        };
        break_everywhere(&octets, || server_side(kind), |_| {}, server_stage, recovers);
    }
}

//= test SRS_SASL_SERVER_IO_50_020
#[test]
fn a_server_waits_for_its_application_only_until_the_deadline() {
    for kind in Kind::ALL {
        for answers in 0..2 {
            let mut end = open(server_side(kind));
            end.feed(&transcript(kind).client);
            let answered = (0..answers).filter(|_| answer_by(&mut end, reply)).count();
            if opened(&end) == [OpenResult::Ok] {
                continue; // This mechanism asks once.
            }
            assert_eq!(answered, answers);
            end.advance(CHANNEL.open);
            let failure = Cause::Deadline.at(Stage::SaslLookup);
            assert_eq!(opened(&end), [OpenResult::Failed(failure)], "{kind:?}");
            assert!(!answer_by(&mut end, reply));
        }
    }
}

#[test]
fn a_peer_that_takes_nothing_holds_a_refusal_no_longer_than_the_deadline() {
    let mut end = open(server_side(Kind::Plain));
    end.feed(b"HTTP");
    assert!(opened(&end).is_empty(), "the header of the answer is still to be written");
    end.advance(CHANNEL.open);
    let failure = Cause::Header(xiom_core::HeaderFault::NotAmqp).at(Stage::SaslHeader);
    assert_eq!(opened(&end), [OpenResult::Failed(failure)]);
    server_recovers(&mut end, Kind::Plain);
}

#[test]
fn a_login_over_tls_survives_a_break_at_every_octet() {
    let plain = transcript(Kind::Plain).server;
    let records: Vec<u8> = plain.iter().flat_map(|octet| seal(&[*octet])).collect();
    let octets = [&[HELLO_BACK][..], &records].concat();
    let tls = || Tls::new(ToyEngine::client().with_security(ground()));
    for at in 0..octets.len() {
        // A record of one octet takes three, and a part of it gives nothing.
        let stage = match at.checked_sub(1) {
            None => Stage::TlsHandshake,
            Some(sealed) => client_stage(&plain, sealed / 3),
        };
        for how in BREAKS {
            let mut end = open(client_over(Kind::Plain, tls()));
            end.feed(&octets[..at]);
            end.take();
            if how == Break::End && 0 < at {
                end.tell(Fact::Ended);
                let [OpenResult::Failed(failure)] = opened(&end)[..] else { panic!("{at}") };
                assert_eq!(failure.cause, Cause::Tls(TlsFault::Truncated), "after {at}");
            } else {
                break_opening(&mut end, how, stage, &format!("{how:?} after {at} octets"));
            }
            end.feed(&octets[at..]);
            assert!(end.received.is_empty() && end.channel.is_closed());
            reopen(&mut end, client_over(Kind::Plain, tls()));
            end.feed(&octets);
            assert_eq!(opened(&end), [OpenResult::Ok]);
        }
    }
}

//= test SRS_SASLCLIENTIO_01_101
#[test]
fn a_lower_layer_that_fails_in_the_login_tells_how_far_the_channel_had_come() {
    let plain = transcript(Kind::Plain).server;
    for (complete, stage) in
        [(0, Stage::SaslHeader), (8, Stage::SaslMechanisms), (32, Stage::SaslExchange)]
    {
        let octets = [&[HELLO_BACK][..], &seal(&plain[..complete])].concat();
        for fault in [TlsFault::Truncated, TlsFault::Protocol] {
            let tls = Tls::new(ToyEngine::client().with_security(ground()));
            let mut end = open(client_over(Kind::Plain, tls));
            end.feed(&octets);
            end.take();
            if fault == TlsFault::Truncated {
                end.tell(Fact::Ended);
            } else {
                end.feed(b"no record");
            }
            assert_eq!(opened(&end), [OpenResult::Failed(Cause::Tls(fault).at(stage))]);
        }
    }
}
