//! What a server asks its application, when and how that may answer, and what cannot come in without it.

use xiom_amqp_sasl::Question;
use xiom_core::{
    Action, AuthFault, Cause, Layer, OpenResult, OutcomeCode, Rejected, SaslFault, Stage, WireBuf,
};
use xiom_sasl::ScramKeys;
use xiom_sasl::scram::Hash;
use xiom_sasl::server::{LookupAnswer, LookupRequest};
use xiom_testing::Endpoint;

use crate::frames::outcome;
use crate::rig::{
    CHANNEL, Kind, ServerSide, answer_all, answer_by, ground, open, opened, reopen, reply,
    server_side, transcript,
};
use crate::server_rules::{asked, failed, login, offer, question, shown};

//= test SRS_SASL_SERVER_IO_50_013
#[test]
fn a_look_up_is_a_question_that_may_be_answered_later() {
    let mut end = shown(&login());
    let Some(Question::Lookup(LookupRequest::Password { user, .. })) = question(&end) else {
        panic!("{:?}", question(&end))
    };
    assert_eq!((&*user, asked(&end).len()), ("user", 1));
    for _ in 0..9 {
        end.advance(CHANNEL.open / 10);
        end.feed(b"");
        assert!(opened(&end).is_empty() && end.channel.poll_action(&mut end.wire).is_none());
    }
    answer_all(&mut end);
    assert_eq!(opened(&end), [OpenResult::Ok]);
}

//= test SRS_SASL_SERVER_IO_50_014
#[test]
fn an_answer_that_comes_too_late_is_refused_and_changes_nothing() {
    let answer = |end: &mut Endpoint<ServerSide>, id| {
        let before = (end.channel.clone(), end.wire.clone());
        let result = end.channel.answer(id, &mut end.wire, |_, _| panic!("nothing is done"));
        assert_eq!(result, Err::<(), _>(Rejected::State));
        assert_eq!((&end.channel, &end.wire), (&before.0, &before.1));
    };
    let mut end = shown(&login());
    let [lookup] = asked(&end)[..] else { panic!("{:?}", end.told) };
    assert!(answer_by(&mut end, reply));
    let [_, permission] = asked(&end)[..] else { panic!("{:?}", end.told) };
    answer(&mut end, lookup);
    assert!(answer_by(&mut end, reply));
    answer(&mut end, permission);
    assert!(end.channel.is_open());

    let mut end = shown(&login());
    let [lookup] = asked(&end)[..] else { panic!("{:?}", end.told) };
    assert!(end.close());
    answer(&mut end, lookup);
    reopen(&mut end, server_side(Kind::Plain));
    end.feed(&login());
    answer(&mut end, lookup);
    answer_all(&mut end);
    assert_eq!(opened(&end), [OpenResult::Ok]);
}

//= test SRS_SASL_SERVER_IO_50_015
#[test]
fn an_answer_to_another_question_is_an_error_of_this_system() {
    let mut early = shown(&login());
    assert!(answer_by(&mut early, |server, out| server.authorize(true, out)));
    let mut late = shown(&login());
    assert!(answer_by(&mut late, reply));
    assert!(answer_by(&mut late, |server, out| {
        server.lookup(LookupAnswer::Verified(true), out);
    }));
    for mut end in [early, late] {
        assert_eq!(end.wire.pending(), [offer(), outcome(2, None)].concat());
        failed(&mut end, Cause::Sasl(SaslFault::WrongAnswer), Stage::SaslLookup);
    }
}

//= test SRS_SASL_SERVER_IO_50_016
#[test]
fn nobody_comes_in_without_the_applications_permission() {
    for kind in Kind::ALL {
        let mut end = open(server_side(kind));
        end.feed(&transcript(kind).client);
        while !matches!(question(&end), Some(Question::Authorize(_))) {
            assert!(answer_by(&mut end, reply), "{kind:?}");
        }
        assert!(opened(&end).is_empty());
        assert!(answer_by(&mut end, |server, out| server.authorize(false, out)));
        assert!(end.wire.pending().ends_with(&outcome(1, None)), "{kind:?}");
        failed(&mut end, Cause::Mechanism(AuthFault::NotAuthorized), Stage::SaslLookup);
    }
}

//= test SRS_SASL_SERVER_IO_50_017
#[test]
fn a_slow_computation_is_done_in_slices() {
    let mut end = shown(&login());
    let [lookup] = asked(&end)[..] else { panic!("{:?}", end.told) };
    let keys = ScramKeys::derive(Hash::Sha256, "pencil", b"salt", 64).unwrap();
    let answered = end.channel.answer(lookup, &mut end.wire, |stack, out| {
        stack.with_upper(out, |server, out| server.lookup(LookupAnswer::Scram(&keys), out));
    });
    assert_eq!(answered, Ok(()));
    let mut slices = 0;
    while end.channel.poll_action(&mut end.wire) == Some(Action::Work) {
        slices += 1;
        assert!(end.wire.pending() == offer());
    }
    assert!(1 < slices, "64 iterations, {} at a time: {slices}", CHANNEL.work);
    assert!(matches!(question(&end), Some(Question::Authorize(_))));
}

//= test SRS_SASL_SERVER_IO_01_072
#[test]
fn once_open_no_call_adds_a_frame() {
    let mut end = shown(&login());
    answer_all(&mut end);
    let mut server = end.channel.layers().unwrap().upper().clone();
    let (before, mut out) = (server.clone(), WireBuf::default());
    server.refuse(OutcomeCode::Auth, &mut out);
    server.authorize(false, &mut out);
    server.lookup(LookupAnswer::Unknown, &mut out);
    server.work(u32::MAX, &mut out);
    server.close(&mut out);
    server.open(&ground(), &mut out);
    assert!(out.is_empty());
    assert_eq!(server, before);
}

//= test SRS_SASL_SERVER_IO_50_007, SRS_SASL_SERVER_IO_01_108
#[test]
fn a_server_that_has_refused_says_nothing_more_whoever_calls_it() {
    let (mut server, mut out) =
        (shown(&[]).channel.layers().unwrap().upper().clone(), WireBuf::default());
    let mut octets = login();
    let mut at = 0;
    while let Some(got) = server.receive(&mut octets[at..], &mut out) {
        at += got.consumed;
    }
    server.lookup(LookupAnswer::Verified(false), &mut out);
    assert_eq!(out.pending(), [offer(), outcome(1, None)].concat());
    let before = (server.clone(), out.clone());
    server.open(&ground(), &mut out);
    server.receive(&mut login(), &mut out);
    server.lookup(LookupAnswer::Verified(true), &mut out);
    server.authorize(true, &mut out);
    server.work(u32::MAX, &mut out);
    assert_eq!((server, out), before);
}
