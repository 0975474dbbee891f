//! PLAIN, EXTERNAL and ANONYMOUS under attack, and the keys that PLAIN is verified with.

use xiom_core::{AuthFault, Security};
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::server::{self, LookupAnswer, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{Context, Credentials, Limits, ScramKeys};

use crate::common::{
    decoy, greeted, keys, quick, refusal, respond, scram_client, scram_server, secure,
};

//= test SRS_SASL_MECHANISMS_01_019, SRS_SASL_MECHANISMS_01_024
/// Attack 1, the other mechanisms: ok before the client has said anything.
#[test]
fn ok_before_the_message_is_no_success() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let mechanisms = [
        client::Mechanism::from(client::Anonymous::new("").unwrap()),
        client::Plain::new(Credentials::new("user", "pencil")).unwrap().into(),
        client::External::new(None).unwrap().into(),
    ];
    for mut mechanism in mechanisms {
        assert_eq!(mechanism.clone().outcome_ok(&cx, None), Err(AuthFault::Unexpected));
        mechanism.start(&cx, &mut Vec::new()).unwrap();
        assert!(mechanism.clone().outcome_ok(&cx, None).is_ok());
        assert_eq!(mechanism.challenge(&cx, b"", &mut Vec::new()), Err(AuthFault::Unexpected));
        assert_eq!(mechanism.outcome_ok(&cx, None), Err(AuthFault::Unexpected));
    }
}

//= test SRS_SASL_MECHANISMS_01_042
/// Attack 15, PLAIN: an unknown user costs as many slices of work as a known one.
#[test]
fn plain_works_as_long_for_unknown_users() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let keys = keys("pencil");
    let talk = |answer: LookupAnswer<'_>| {
        let message = ServerInput::Initial(Some(b"\0user\0wrong"));
        let step = server::Plain::new(decoy()).step(&cx, message, &mut Vec::new());
        let ServerStep::Lookup(server, _) = step else { panic!("{step:?}") };
        let mut step = server.step(&cx, ServerInput::Lookup(answer), &mut Vec::new());
        let mut slices = 0;
        while let ServerStep::Working(server) = step {
            step = server.step(&cx, ServerInput::Work(1), &mut Vec::new());
            slices += 1;
        }
        (slices, refusal(step.map(server::Mechanism::from, xiom_sasl::MechanismLayer::from)))
    };
    assert_eq!(talk(LookupAnswer::Scram(&keys)), (1, AuthFault::BadCredentials));
    assert_eq!(talk(LookupAnswer::Unknown), (1, AuthFault::BadCredentials));
    assert_eq!(talk(LookupAnswer::Verified(false)), (0, AuthFault::BadCredentials));
}

//= test SRS_SASL_MECHANISMS_01_041
/// Attack 11: a secret on a channel that is not confidential, on either side.
#[test]
fn plain_needs_a_confidential_channel() {
    let (security, limits, mut out) = (Security::default(), quick(), Vec::new());
    let strict = Context::new(&security, &limits);
    let mut client = client::Plain::new(Credentials::new("user", "pencil")).unwrap();
    assert_eq!(client.clone().start(&strict, &mut out), Err(AuthFault::NotConfidential));
    assert_eq!(out, b"");
    for input in [ServerInput::Initial(None), ServerInput::Initial(Some(b"\0user\0pencil"))] {
        let server = server::Mechanism::from(server::Plain::new(decoy()));
        assert_eq!(refusal(server.step(&strict, input, &mut out)), AuthFault::NotConfidential);
    }
    let lax = strict.with_cleartext(true);
    assert_eq!(client.start(&lax, &mut out), Ok(ClientStep::Send));
}

//= test SRS_SASL_MECHANISMS_01_044
/// EXTERNAL rests on the channel alone, on both sides.
#[test]
fn external_needs_an_identity_below() {
    let (security, limits, mut out) = (Security::default(), quick(), Vec::new());
    let cx = Context::new(&security, &limits);
    let mut client = client::External::new(Some("root")).unwrap();
    assert_eq!(client.start(&cx, &mut out), Err(AuthFault::NoCredentials));
    let server = server::Mechanism::from(server::External::new());
    let fault = refusal(server.step(&cx, ServerInput::Initial(Some(b"root")), &mut out));
    assert_eq!(fault, AuthFault::NoCredentials);
    assert_eq!(out, b"");
    let nameless = Security { peer: Some("".into()), ..security.clone() };
    let server = server::Mechanism::from(server::External::new());
    let input = ServerInput::Initial(Some(b"root"));
    let fault = refusal(server.step(&Context::new(&nameless, &limits), input, &mut out));
    assert_eq!(fault, AuthFault::NoCredentials);
}

//= test SRS_SASL_MECHANISMS_01_026
/// Every mechanism bounds the message that it reads.
#[test]
fn messages_are_bounded() {
    let security = secure();
    let limits = Limits { message: 8, ..quick() };
    let cx = Context::new(&security, &limits);
    let servers: [server::Mechanism; 4] = [
        server::Anonymous::new().into(),
        server::Plain::new(decoy()).into(),
        server::External::new().into(),
        scram_server(Variant::Sha256),
    ];
    for server in servers {
        let input = ServerInput::Initial(Some(b"\0user\0pass"));
        let step = server.step(&cx, input, &mut Vec::new());
        assert_eq!(refusal(step), AuthFault::TooLong);
    }
}

//= test SRS_SASL_MECHANISMS_01_043, SRS_SASL_MECHANISMS_01_064
/// PLAIN against keys: what cannot be prepared, or costs more than the limit, is refused for known and
/// unknown users alike.
#[test]
fn plain_refuses_before_it_derives() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let keys = ScramKeys::derive(Hash::Sha256, "pencil", b"salt", 101).unwrap();
    let talk = |message: &[u8], answer: LookupAnswer<'_>| {
        let server = server::Mechanism::from(server::Plain::new(decoy()));
        let step = server.step(&cx, ServerInput::Initial(Some(message)), &mut Vec::new());
        let ServerStep::Lookup(server, _) = step else { panic!("{step:?}") };
        refusal(server.step(&cx, ServerInput::Lookup(answer), &mut Vec::new()))
    };
    let message = "\0user\0p\u{e000}ncil".as_bytes();
    for answer in [LookupAnswer::Scram(&keys), LookupAnswer::Unknown] {
        assert_eq!(talk(message, answer), AuthFault::ProhibitedCharacter);
    }
    let fault = talk(b"\0user\0pencil", LookupAnswer::Scram(&keys));
    assert_eq!(fault, AuthFault::Iterations(101));
}

//= test SRS_SASL_MECHANISMS_01_064
/// Keys of a store that cannot be right are not taken.
#[test]
fn keys_are_judged_when_loaded() {
    let (good, short) = ([1; 32], [1; 31]);
    let load = |salt: &[u8], iterations, stored: &[u8], server: &[u8]| {
        ScramKeys::new(Hash::Sha256, salt, iterations, stored, server)
    };
    assert!(load(b"salt", 4096, &good, &good).is_some());
    assert_eq!(load(b"", 4096, &good, &good), None);
    assert_eq!(load(b"salt", 0, &good, &good), None);
    assert_eq!(load(b"salt", 4096, &short, &good), None);
    assert_eq!(load(b"salt", 4096, &good, &short), None);
    let derive = |password: &str, salt, iterations| {
        ScramKeys::derive(Hash::Sha256, password, salt, iterations)
    };
    assert_eq!(derive("", b"salt", 1), Err(AuthFault::NoCredentials));
    assert_eq!(derive("pencil", b"", 1), Err(AuthFault::NoCredentials));
    assert_eq!(derive("pencil", b"salt", 0), Err(AuthFault::Iterations(0)));
    assert_eq!(derive("p\u{e000}ncil", b"salt", 1), Err(AuthFault::ProhibitedCharacter));
}

//= test SRS_SASL_MECHANISMS_01_021
/// One message, once: a second start, or work that nobody asked for, ends the mechanism.
#[test]
fn a_message_is_said_once() {
    let (security, limits, mut out) = (secure(), quick(), Vec::new());
    let cx = Context::new(&security, &limits);
    let mechanisms = [
        client::Mechanism::from(client::Anonymous::new("trace").unwrap()),
        client::Plain::new(Credentials::new("user", "pencil")).unwrap().into(),
        client::External::new(None).unwrap().into(),
    ];
    for mut mechanism in mechanisms {
        assert_eq!(mechanism.start(&cx, &mut out), Ok(ClientStep::Send));
        out.clear();
        for _ in 0..2 {
            assert_eq!(mechanism.start(&cx, &mut out), Err(AuthFault::Unexpected));
        }
        assert_eq!(mechanism.work(&cx, 1, &mut out), Err(AuthFault::Unexpected));
        assert_eq!(out, b"");
        assert_eq!(mechanism.outcome_ok(&cx, None), Err(AuthFault::Unexpected));
    }
}

fn servers() -> [server::Mechanism; 4] {
    [
        server::Anonymous::new().into(),
        server::Plain::new(decoy()).into(),
        server::External::new().into(),
        scram_server(Variant::Sha256),
    ]
}

//= test SRS_SASL_MECHANISMS_01_023
/// An absent initial response is asked for, an empty one is taken as the message that it is.
#[test]
fn an_absent_message_is_asked_for() {
    let (security, limits, mut out) = (secure(), quick(), Vec::new());
    let cx = Context::new(&security, &limits);
    for server in servers() {
        let challenge = server.clone().step(&cx, ServerInput::Initial(None), &mut out);
        let ServerStep::Challenge(asked) = challenge else { panic!("{challenge:?}") };
        assert_eq!(out, b"");
        let late = asked.step(&cx, ServerInput::Response(b""), &mut Vec::new());
        let early = server.step(&cx, ServerInput::Initial(Some(b"")), &mut Vec::new());
        assert!(!matches!(early, ServerStep::Challenge(_)));
        assert_eq!(early, late);
    }
}

//= test SRS_SASL_MECHANISMS_01_025
/// A message of 2 KiB, as tickets and tokens have it, is within the default bound.
#[test]
fn bounds_have_defaults_that_leave_room() {
    let (security, limits) = (secure(), Limits::default());
    assert_eq!((limits.rounds, limits.message), (16, 65_536));
    let cx = Context::new(&security, &limits);
    let talk = |size: usize| {
        let message = ["\0user\0", &"x".repeat(size - 6)].concat();
        let server = server::Mechanism::from(server::Plain::new(decoy()));
        server.step(&cx, ServerInput::Initial(Some(message.as_bytes())), &mut Vec::new())
    };
    for size in [513, 2048, limits.message] {
        assert!(matches!(talk(size), ServerStep::Lookup(..)), "{size}");
    }
    assert_eq!(refusal(talk(limits.message + 1)), AuthFault::TooLong);
}

//= test SRS_SASL_MECHANISMS_01_027
/// Attack 23, every mechanism: what was proven is no success until the application agrees.
#[test]
fn nobody_succeeds_without_a_permission() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let keys = keys("pencil");
    let plain = client::Plain::new(Credentials::new("user", "pencil")).unwrap();
    let clients = [
        client::Anonymous::new("trace").unwrap().into(),
        plain.into(),
        client::External::new(Some("root")).unwrap().into(),
        scram_client(Variant::Sha256, "user", "pencil"),
    ];
    for (client, server) in clients.iter().zip(servers()) {
        let (mut client, message) = greeted(client, &cx);
        let mut out = Vec::new();
        let mut step = server.step(&cx, ServerInput::Initial(Some(&message)), &mut out);
        let proven = loop {
            step = match step {
                ServerStep::Authorize(server, _) => break server,
                ServerStep::Lookup(server, _) => {
                    let answer = ServerInput::Lookup(LookupAnswer::Scram(&keys));
                    server.step(&cx, answer, &mut out)
                }
                ServerStep::Working(server) => server.step(&cx, ServerInput::Work(9), &mut out),
                ServerStep::Challenge(server) => {
                    let response = respond(&mut client, &cx, &out).unwrap();
                    server.step(&cx, ServerInput::Response(&response), &mut Vec::new())
                }
                ServerStep::Success { .. } => panic!("nobody was asked"),
                ServerStep::Failure { fault, .. } => panic!("{fault:?}"),
                other => panic!("{other:?}"),
            };
        };
        let refused = proven.clone().step(&cx, ServerInput::Authorized(false), &mut Vec::new());
        assert_eq!(refusal(refused), AuthFault::NotAuthorized);
        let permitted = proven.step(&cx, ServerInput::Authorized(true), &mut Vec::new());
        assert!(matches!(permitted, ServerStep::Success { .. }));
    }
}

//= test SRS_SASL_MECHANISMS_01_034
/// RFC 4505 section 2: characters are counted, not octets, and on both sides.
#[test]
fn traces_are_bounded_on_both_sides() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let talk = |message: &[u8]| {
        let server = server::Mechanism::from(server::Anonymous::new());
        server.step(&cx, ServerInput::Initial(Some(message)), &mut Vec::new())
    };
    let long = "\u{20ac}".repeat(256);
    let fits = "\u{20ac}".repeat(255);
    assert_eq!(client::Anonymous::new(&long), Err(AuthFault::TooLong));
    assert_eq!(refusal(talk(long.as_bytes())), AuthFault::TooLong);
    assert!(client::Anonymous::new(&fits).is_ok());
    assert!(matches!(talk(fits.as_bytes()), ServerStep::Authorize(..)));
    assert_eq!(refusal(talk(b"\xff")), AuthFault::Malformed);
}

//= test SRS_SASL_MECHANISMS_01_035
#[test]
fn a_client_sends_no_trace_with_controls() {
    for trace in ["\0", "a\0b", "line\n", "\u{7f}", "\u{85}"] {
        let result = client::Anonymous::new(trace);
        assert_eq!(result, Err(AuthFault::ProhibitedCharacter), "{}", trace.escape_debug());
    }
}

//= test SRS_SASL_MECHANISMS_01_040
#[test]
fn plain_takes_no_empty_part_and_no_nul() {
    let cases = [
        ("", "c", None, AuthFault::NoCredentials),
        ("b", "", None, AuthFault::NoCredentials),
        ("b", "c", Some(""), AuthFault::NoCredentials),
        ("b\0", "c", None, AuthFault::ProhibitedCharacter),
        ("b", "\0c", None, AuthFault::ProhibitedCharacter),
        ("b", "c", Some("a\0"), AuthFault::ProhibitedCharacter),
    ];
    for (user, password, authzid, fault) in cases {
        let mut credentials = Credentials::new(user, password);
        credentials.authzid = authzid.map(Into::into);
        assert_eq!(client::Plain::new(credentials), Err(fault));
    }
    let octets = Credentials { password: vec![b'p', 0xff].into(), ..Credentials::new("b", "c") };
    assert_eq!(client::Plain::new(octets), Err(AuthFault::ProhibitedCharacter));
}
