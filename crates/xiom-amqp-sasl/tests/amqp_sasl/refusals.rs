//! What an application may answer, and what the client then learns.

use xiom_amqp_sasl::{Question, Server};
use xiom_core::{AuthFault, Cause, OpenResult, OutcomeCode, SaslFault, Secret, Stage, WireBuf};
use xiom_sasl::server::{LookupAnswer, LookupRequest};
use xiom_sasl::{Identity, Principal};
use xiom_testing::{Endpoint, pump};

use crate::rig::{
    ClientSide, Kind, PASSWORD, ServerSide, answer_by, client_side, keys, open, opened, reply,
    server_side,
};

type Deed = fn(&mut Server, &mut WireBuf);

/// Both ends, with the first question of the server open.
fn asked(kind: Kind) -> (Endpoint<ClientSide>, Endpoint<ServerSide>) {
    let (mut client, mut server) = (open(client_side(kind)), open(server_side(kind)));
    pump(&mut client, &mut server, usize::MAX);
    assert!(server.channel.layers().unwrap().upper().question().is_some());
    (client, server)
}

/// Answers the first questions well and the next one by `deed`; both ends fail as told.
fn refuses(kind: Kind, well: usize, deed: Deed, cause: Cause, seen: OutcomeCode) {
    let (mut client, mut server) = asked(kind);
    for _ in 0..well {
        assert!(answer_by(&mut server, reply));
        pump(&mut client, &mut server, usize::MAX);
    }
    assert!(answer_by(&mut server, deed));
    assert!(server.channel.layers().is_none(), "secrets go early");
    pump(&mut client, &mut server, usize::MAX);
    let failure = cause.at(Stage::SaslLookup);
    assert_eq!(opened(&server), [OpenResult::Failed(failure)], "{kind:?} after {well}");
    let failure = Cause::Sasl(SaslFault::Refused(seen)).at(Stage::SaslExchange);
    assert_eq!(opened(&client), [OpenResult::Failed(failure)], "{kind:?} after {well}");
    assert!(!answer_by(&mut server, deed), "one question, one answer");
}

#[test]
fn the_questions_say_who_asks_for_what() {
    let user: Box<str> = "user".into();
    let principal = Principal { identity: Identity::User(user.clone()), authzid: None };
    for kind in [Kind::Plain, Kind::Scram] {
        let (mut client, mut server) = asked(kind);
        let request = match kind {
            Kind::Plain => {
                LookupRequest::Password { user: user.clone(), password: Secret::new(PASSWORD) }
            }
            Kind::Scram | Kind::Anonymous | Kind::External | Kind::ScramPlus => {
                let hash = xiom_sasl::scram::Hash::Sha256;
                LookupRequest::Scram { user: user.clone(), hash }
            }
        };
        let question =
            |end: &Endpoint<ServerSide>| end.channel.layers()?.upper().question().cloned();
        assert_eq!(question(&server), Some(Question::Lookup(request)));
        assert!(answer_by(&mut server, reply));
        pump(&mut client, &mut server, usize::MAX);
        assert_eq!(question(&server), Some(Question::Authorize(principal.clone())));
    }
}

#[test]
fn a_refusal_of_the_application_goes_out_with_its_code() {
    use OutcomeCode as O;
    let deeds: [(Deed, O); 4] = [
        (|server, out| server.refuse(O::Auth, out), O::Auth),
        (|server, out| server.refuse(O::Sys, out), O::Sys),
        (|server, out| server.refuse(O::SysPerm, out), O::SysPerm),
        (|server, out| server.refuse(O::SysTemp, out), O::SysTemp),
    ];
    for (deed, code) in deeds {
        let cause = Cause::Sasl(SaslFault::Unavailable(code));
        for kind in Kind::ALL {
            refuses(kind, 0, deed, cause, code);
        }
        for kind in [Kind::Plain, Kind::Scram, Kind::ScramPlus] {
            refuses(kind, 1, deed, cause, code);
        }
    }
}

#[test]
fn who_is_proven_and_not_permitted_does_not_come_in() {
    let deny: Deed = |server, out| server.authorize(false, out);
    let cause = Cause::Mechanism(AuthFault::NotAuthorized);
    for (kind, well) in [
        (Kind::Anonymous, 0),
        (Kind::External, 0),
        (Kind::Plain, 1),
        (Kind::Scram, 1),
        (Kind::ScramPlus, 1),
    ] {
        refuses(kind, well, deny, cause, OutcomeCode::Auth);
    }
}

#[test]
fn an_answer_that_does_not_fit_the_question_is_an_error_of_this_system() {
    let cause = Cause::Sasl(SaslFault::WrongAnswer);
    let permit: Deed = |server, out| server.authorize(true, out);
    let verified: Deed = |server, out| server.lookup(LookupAnswer::Verified(true), out);
    let by_keys: Deed = |server, out| server.lookup(LookupAnswer::Scram(&keys()), out);
    let unknown: Deed = |server, out| server.lookup(LookupAnswer::Unknown, out);
    for kind in [Kind::Plain, Kind::Scram] {
        refuses(kind, 0, permit, cause, OutcomeCode::Sys);
        for deed in [verified, by_keys, unknown] {
            refuses(kind, 1, deed, cause, OutcomeCode::Sys);
        }
    }
    refuses(Kind::Scram, 0, verified, cause, OutcomeCode::Sys);
    for deed in [verified, by_keys, unknown] {
        refuses(Kind::Anonymous, 0, deed, cause, OutcomeCode::Sys);
    }
}

#[test]
fn answers_without_a_question_change_nothing() {
    let deeds: [Deed; 4] = [
        |server, out| server.authorize(true, out),
        |server, out| server.lookup(LookupAnswer::Verified(true), out),
        |server, out| server.refuse(OutcomeCode::Sys, out),
        |server, out| server.lookup(LookupAnswer::Unknown, out),
    ];
    for deed in deeds {
        let mut server = Server::new(vec![Kind::Plain.server()], crate::rig::server_config());
        let (before, mut out) = (server.clone(), WireBuf::default());
        deed(&mut server, &mut out);
        assert_eq!(server, before);
        assert!(out.is_empty());
    }
    let (_, mut server) = asked(Kind::Plain);
    crate::rig::answer_all(&mut server);
    let mut open = server.channel.layers().unwrap().upper().clone();
    let (before, mut out) = (open.clone(), WireBuf::default());
    for deed in deeds {
        deed(&mut open, &mut out);
        assert_eq!(open, before);
        assert!(out.is_empty());
    }
}
