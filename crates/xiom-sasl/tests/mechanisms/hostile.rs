//! Octets that no honest peer sends: no panic, no success, nothing said on an error.

use xiom_core::AuthFault;
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::scram::Variant;
use xiom_sasl::server::{self, LookupAnswer, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{Context, Credentials, Identity};

use crate::common::{
    challenged, decoy, greeted, keys, quick, respond, scram_client, scram_server, secure,
};

/// What the grammars care about, and what they do not expect.
const ALPHABET: &[u8] = b"\0,=nypamrsvceix1+/ \x7f\x80\xc3\xff";

/// Calls `deed` with each sequence of up to `length` octets of the alphabet.
fn each(length: usize, deed: &mut impl FnMut(&[u8])) {
    fn extend(octets: &mut Vec<u8>, left: usize, deed: &mut impl FnMut(&[u8])) {
        deed(octets);
        if left == 0 {
            return;
        }
        for octet in ALPHABET {
            octets.push(*octet);
            extend(octets, left - 1, deed);
            octets.pop();
        }
    }
    extend(&mut Vec::new(), length, deed);
}

/// Calls `deed` with `message` cut anywhere, or with one octet replaced, removed or inserted.
pub(crate) fn each_damage(message: &[u8], deed: &mut impl FnMut(&[u8])) {
    for at in 0..message.len() {
        deed(&message[..at]);
        deed(&[&message[..at], &message[at + 1..]].concat());
        for octet in ALPHABET {
            deed(&[&message[..at], &[*octet], &message[at..]].concat());
            if *octet != message[at] {
                deed(&[&message[..at], &[*octet], &message[at + 1..]].concat());
            }
        }
    }
}

//= test SRS_SASL_MECHANISMS_01_029
#[test]
fn short_challenges_never_move_a_client() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let keys = keys("pencil");
    let (first, message) = greeted(&scram_client(Variant::Sha256, "user", "pencil"), &cx);
    let server = scram_server(Variant::Sha256);
    let (_, challenge) = challenged(server, &cx, &message, LookupAnswer::Scram(&keys));
    let mut last = first.clone();
    respond(&mut last, &cx, &challenge).unwrap();
    let plain = client::Plain::new(Credentials::new("user", "pencil")).unwrap();
    let (plain, _) = greeted(&plain.into(), &cx);
    each(3, &mut |octets| {
        for client in [&first, &last, &plain] {
            let (mut client, mut out) = (client.clone(), Vec::new());
            assert!(client.challenge(&cx, octets, &mut out).is_err());
            assert_eq!(out, b"");
            assert!(client.outcome_ok(&cx, None).is_err());
        }
        assert!(last.clone().outcome_ok(&cx, Some(octets)).is_err());
        assert!(first.clone().outcome_ok(&cx, Some(octets)).is_err());
    });
}

//= test SRS_SASL_MECHANISMS_01_029
#[test]
fn short_messages_never_move_a_server() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let keys = keys("pencil");
    let (_, first) = greeted(&scram_client(Variant::Sha256, "user", "pencil"), &cx);
    let server = scram_server(Variant::Sha256);
    let (last, _) = challenged(server, &cx, &first, LookupAnswer::Scram(&keys));
    each(3, &mut |octets| {
        let plain = server::Mechanism::from(server::Plain::new(decoy()));
        for (server, input) in [
            (scram_server(Variant::Sha256), ServerInput::Initial(Some(octets))),
            (scram_server(Variant::Sha256Plus), ServerInput::Initial(Some(octets))),
            (last.clone(), ServerInput::Response(octets)),
            (plain, ServerInput::Initial(Some(octets))),
        ] {
            let step = server.step(&cx, input, &mut Vec::new());
            assert!(matches!(step, ServerStep::Failure { .. }), "{}", octets.escape_ascii());
        }
    });
}

//= test SRS_SASL_MECHANISMS_01_039
#[test]
fn short_plain_messages_are_taken_by_the_grammar_alone() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let mut taken = 0_u32;
    each(4, &mut |octets| {
        let parts: Vec<&[u8]> = octets.split(|octet| *octet == 0).collect();
        let fits = matches!(*parts, [_, [_, ..], [_, ..]]) && str::from_utf8(octets).is_ok();
        let server = server::Mechanism::from(server::Plain::new(decoy()));
        let step = server.step(&cx, ServerInput::Initial(Some(octets)), &mut Vec::new());
        assert_eq!(matches!(step, ServerStep::Lookup(..)), fits, "{}", octets.escape_ascii());
        taken += u32::from(fits);
    });
    assert_eq!(taken, 19 * 19, "one octet of ascii for each of user and password");
}

//= test SRS_SASL_MECHANISMS_01_036
#[test]
fn short_identities_are_utf_8_without_nul_or_refused() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    each(2, &mut |octets| {
        let text = str::from_utf8(octets);
        let server = server::Mechanism::from(server::External::new());
        let step = server.step(&cx, ServerInput::Initial(Some(octets)), &mut Vec::new());
        let fits = text.is_ok_and(|text| !text.contains('\0'));
        assert_eq!(matches!(step, ServerStep::Authorize(..)), fits);
        let server = server::Mechanism::from(server::Anonymous::new());
        let step = server.step(&cx, ServerInput::Initial(Some(octets)), &mut Vec::new());
        let traced = if let ServerStep::Authorize(_, principal) = &step {
            Some(&principal.identity)
        } else {
            None
        };
        let clean = |text: &str| !text.chars().any(char::is_control);
        let expected =
            text.ok().map(|text| Identity::Anonymous(if clean(text) { text } else { "" }.into()));
        assert_eq!(traced, expected.as_ref());
    });
    let long = "\u{e9}".repeat(256);
    assert_eq!(client::Anonymous::new(&long), Err(AuthFault::TooLong));
    assert!(client::Anonymous::new(&long[..510]).is_ok());
}

//= test SRS_SASL_MECHANISMS_01_029
#[test]
fn damaged_messages_never_succeed() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let keys = keys("pencil");
    let (mut client, first) = greeted(&scram_client(Variant::Sha256, "user", "pencil"), &cx);
    let server = scram_server(Variant::Sha256);
    let (server, challenge) = challenged(server, &cx, &first, LookupAnswer::Scram(&keys));
    let greeted = client.clone();
    let last = respond(&mut client, &cx, &challenge).unwrap();

    each_damage(&last, &mut |last| {
        let step = server.clone().step(&cx, ServerInput::Response(last), &mut Vec::new());
        assert!(matches!(step, ServerStep::Failure { .. }), "{}", last.escape_ascii());
    });
    // What a server is told before the last message only shows in its proof.
    each_damage(&challenge, &mut |challenge| {
        let (mut client, mut out) = (greeted.clone(), Vec::new());
        let mut step = client.challenge(&cx, challenge, &mut out);
        while step == Ok(ClientStep::Working) {
            step = client.work(&cx, u32::MAX, &mut out);
        }
        if step.is_ok() {
            let step = server.clone().step(&cx, ServerInput::Response(&out), &mut Vec::new());
            assert!(matches!(step, ServerStep::Failure { .. }), "{}", challenge.escape_ascii());
        }
    });
    let step = server.step(&cx, ServerInput::Response(&last), &mut Vec::new());
    let ServerStep::Authorize(server, _) = step else { panic!("{step:?}") };
    let mut signature = Vec::new();
    server.step(&cx, ServerInput::Authorized(true), &mut signature);
    each_damage(&signature, &mut |signature| {
        assert!(client.clone().outcome_ok(&cx, Some(signature)).is_err());
        assert!(client.clone().challenge(&cx, signature, &mut Vec::new()).is_err());
    });
    assert!(client.outcome_ok(&cx, Some(&signature)).is_ok());
}

//= test SRS_SASL_MECHANISMS_01_022
#[test]
fn inputs_out_of_turn_end_a_server() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let mechanisms = || {
        [
            server::Mechanism::from(server::Anonymous::new()),
            server::Plain::new(decoy()).into(),
            server::External::new().into(),
            scram_server(Variant::Sha256),
        ]
    };
    for input in [
        ServerInput::Response(b""),
        ServerInput::Lookup(LookupAnswer::Verified(true)),
        ServerInput::Authorized(true),
        ServerInput::Work(1),
    ] {
        for mechanism in mechanisms() {
            let fault = crate::common::refusal(mechanism.step(&cx, input, &mut Vec::new()));
            assert_eq!(fault, AuthFault::Unexpected);
        }
    }
    for mechanism in mechanisms() {
        let step = mechanism.step(&cx, ServerInput::Initial(None), &mut Vec::new());
        let ServerStep::Challenge(mechanism) = step else { panic!("{step:?}") };
        for input in [ServerInput::Initial(Some(b"\0a\0b")), ServerInput::Authorized(true)] {
            let step = mechanism.clone().step(&cx, input, &mut Vec::new());
            assert_eq!(crate::common::refusal(step), AuthFault::Unexpected);
        }
    }
}
