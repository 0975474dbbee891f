//! PLAIN, EXTERNAL and ANONYMOUS under attack, and the keys that PLAIN is verified with.

use xiom_core::{AuthFault, Security};
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::server::{self, LookupAnswer, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{Context, Credentials, Limits, ScramKeys};

use crate::common::{decoy, keys, quick, refusal, scram_server, secure};

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
        (slices, refusal(step.map(server::Mechanism::from)))
    };
    assert_eq!(talk(LookupAnswer::Scram(&keys)), (1, AuthFault::BadCredentials));
    assert_eq!(talk(LookupAnswer::Unknown), (1, AuthFault::BadCredentials));
    assert_eq!(talk(LookupAnswer::Verified(false)), (0, AuthFault::BadCredentials));
}

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
    let message = "\0user\0p\u{e9}ncil".as_bytes();
    for answer in [LookupAnswer::Scram(&keys), LookupAnswer::Unknown] {
        assert_eq!(talk(message, answer), AuthFault::ProhibitedCharacter);
    }
    let fault = talk(b"\0user\0pencil", LookupAnswer::Scram(&keys));
    assert_eq!(fault, AuthFault::Iterations(101));
}

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
    assert_eq!(derive("p\u{e9}ncil", b"salt", 1), Err(AuthFault::ProhibitedCharacter));
}
