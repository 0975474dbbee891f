//! One test for each known attack on these mechanisms, named after it.

use std::collections::HashSet;

use xiom_core::AuthFault;
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::scram::Variant;
use xiom_sasl::server::{
    self, LookupAnswer, LookupRequest, ServerInput, ServerMechanism, ServerStep,
};
use xiom_sasl::{Context, Credentials, Limits, Nonce};

use crate::common::{
    End, Placement, Store, challenged, decoy, exchange, greeted, keys, quick, refusal, respond,
    scram_client, scram_server, secure,
};

//= test SRS_SASL_MECHANISMS_01_046
/// Attack 1: the server says ok before it has proven itself, at each moment of the exchange.
#[test]
fn early_ok_is_no_success() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let mut client = scram_client(Variant::Sha256, "user", "pencil");
    let keys = keys("pencil");
    let refuses = |client: &client::Mechanism| {
        for additional in [None, Some(b"".as_slice()), Some(b"v=AAAA"), Some(b"Welcome!")] {
            let fault = client.clone().outcome_ok(&cx, additional).unwrap_err();
            let expected = [AuthFault::ServerNotVerified, AuthFault::Malformed];
            assert!(expected.contains(&fault), "{fault:?}");
        }
        let bare = client.clone().outcome_ok(&cx, None);
        assert_eq!(bare, Err(AuthFault::ServerNotVerified));
    };

    refuses(&client);
    let mut out = Vec::new();
    client.start(&cx, &mut out).unwrap();
    refuses(&client);
    let server = scram_server(Variant::Sha256);
    let (server, challenge) = challenged(server, &cx, &out, LookupAnswer::Scram(&keys));
    out.clear();
    assert_eq!(client.challenge(&cx, &challenge, &mut out), Ok(ClientStep::Working));
    refuses(&client);
    assert_eq!(client.work(&cx, 100, &mut out), Ok(ClientStep::Send));
    refuses(&client);

    let step = server.step(&cx, ServerInput::Response(&out), &mut Vec::new());
    let ServerStep::Authorize(server, _) = step else { panic!("{step:?}") };
    out.clear();
    let step = server.step(&cx, ServerInput::Authorized(true), &mut out);
    assert!(matches!(step, ServerStep::Success { additional: true, .. }));
    assert!(client.clone().outcome_ok(&cx, Some(&out)).is_ok());
    // An empty challenge instead of the signature.
    assert_eq!(client.challenge(&cx, b"", &mut Vec::new()), Err(AuthFault::Malformed));
    refuses(&client);
}

/// Attack 2: a wrong password must not look like the end of a good exchange.
#[test]
fn wrong_password_is_a_failure_on_both_sides() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let store = Store::new("user", "pencil");
    let plain = client::Plain::new(Credentials::new("user", "pencils")).unwrap();
    let pairs = [
        (scram_client(Variant::Sha256, "user", "pencils"), scram_server(Variant::Sha256)),
        (plain.into(), server::Plain::new(decoy()).into()),
    ];
    for (client, server) in pairs {
        let end = exchange(client, server, (&cx, &cx), &store, Placement::Additional, |_, _| {});
        assert_eq!(end, Err(End::Server(AuthFault::BadCredentials)));
    }
}

//= test SRS_SASL_MECHANISMS_01_021
/// Attack 3: no state is checked in debug builds only; after an error there is nothing but errors.
#[test]
fn a_failed_client_stays_failed() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let (mut client, _) = greeted(&scram_client(Variant::Sha256, "user", "pencil"), &cx);
    let mut out = Vec::new();
    assert_eq!(client.challenge(&cx, b"rubbish", &mut out), Err(AuthFault::Malformed));
    assert_eq!(
        client.challenge(&cx, b"r=a,s=QSXCR+Q6sek8bf92,i=2", &mut out),
        Err(AuthFault::Unexpected)
    );
    assert_eq!(client.work(&cx, 1, &mut out), Err(AuthFault::Unexpected));
    assert_eq!(client.start(&cx, &mut out), Err(AuthFault::Unexpected));
    assert_eq!(out, b"");
    assert_eq!(client.outcome_ok(&cx, None), Err(AuthFault::ServerNotVerified));
}

//= test SRS_SASL_MECHANISMS_01_048
/// Attacks 4 and 5: so many iterations that the client hangs, or so few that the proof is cheap.
#[test]
fn iterations_are_bounded_before_any_work() {
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    let (client, first) = greeted(&scram_client(Variant::Sha256, "user", "pencil"), &cx);
    let nonce = str::from_utf8(&first).unwrap().rsplit_once("r=").unwrap().1;
    let challenge = |count: &str| {
        let message = format!("r={nonce}server,s=QSXCR+Q6sek8bf92,i={count}");
        client.clone().challenge(&cx, message.as_bytes(), &mut Vec::new())
    };
    for (count, fault) in [
        ("1", AuthFault::Iterations(1)),
        ("4095", AuthFault::Iterations(4095)),
        ("1000001", AuthFault::Iterations(1_000_001)),
        ("4294967295", AuthFault::Iterations(u32::MAX)),
        ("99999999999999999999999", AuthFault::Iterations(u32::MAX)),
        ("0", AuthFault::Malformed),
        ("04096", AuthFault::Malformed),
        ("+4096", AuthFault::Malformed),
        ("-1", AuthFault::Malformed),
        ("4096 ", AuthFault::Malformed),
        ("", AuthFault::Malformed),
    ] {
        assert_eq!(challenge(count), Err(fault), "{count}");
    }
    assert_eq!(challenge("4096"), Ok(ClientStep::Working));
    assert_eq!(challenge("1000000"), Ok(ClientStep::Working));
}

//= test SRS_SASL_MECHANISMS_01_049, SRS_SASL_MECHANISMS_01_050
/// Attack 6: the peer's nonce does not extend ours, or does not repeat it.
#[test]
fn nonces_are_checked_on_both_sides() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let (client, first) = greeted(&scram_client(Variant::Sha256, "user", "pencil"), &cx);
    let nonce = str::from_utf8(&first).unwrap().rsplit_once("r=").unwrap().1;
    let shorter = &nonce[..nonce.len() - 1];
    let foreign = nonce.to_lowercase() + "server";
    for nonce in [nonce, shorter, &foreign, "x"] {
        let message = format!("r={nonce},s=QSXCR+Q6sek8bf92,i=2");
        let result = client.clone().challenge(&cx, message.as_bytes(), &mut Vec::new());
        assert_eq!(result, Err(AuthFault::Nonce));
    }

    let keys = keys("pencil");
    let server = scram_server(Variant::Sha256);
    let (server, challenge) = challenged(server, &cx, &first, LookupAnswer::Scram(&keys));
    let last = respond(&mut client.clone(), &cx, &challenge).unwrap();
    let last = str::from_utf8(&last).unwrap();
    let (before, proof) = last.rsplit_once(",p=").unwrap();
    for nonce in [format!("{before}x"), before[..before.len() - 1].into(), "c=biws,r=x".into()] {
        let message = format!("{nonce},p={proof}");
        let input = ServerInput::Response(message.as_bytes());
        let fault = refusal(server.clone().step(&cx, input, &mut Vec::new()));
        assert_eq!(fault, AuthFault::Nonce);
    }
}

//= test SRS_SASL_MECHANISMS_01_051
/// Attack 7: an empty or a weak nonce.
#[test]
fn weak_nonces_are_refused() {
    for text in
        ["", "short", "seventeen letters", "commas,are,not,printable", "nor controls \n here"]
    {
        assert_eq!(Nonce::from_text(text), None);
    }
    assert!(Nonce::from_text("eighteen-character").is_some());

    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let first = ServerInput::Initial(Some(b"n,,n=user,r="));
    let step = scram_server(Variant::Sha256).step(&cx, first, &mut Vec::new());
    assert_eq!(refusal(step), AuthFault::Malformed);
}

//= test SRS_SASL_MECHANISMS_01_039, SRS_SASL_MECHANISMS_01_059
/// Attack 12: separators within names make no new attributes.
#[test]
fn separators_cannot_be_injected() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let user = "a,r=fixed,m==2C";
    let (_, first) = greeted(&scram_client(Variant::Sha256, user, "pencil"), &cx);
    assert!(first.starts_with(b"n,,n=a=2Cr=3Dfixed=2Cm=3D=3D2C,r=wcHB"));
    let input = ServerInput::Initial(Some(&first));
    let step = scram_server(Variant::Sha256).step(&cx, input, &mut Vec::new());
    let ServerStep::Lookup(_, LookupRequest::Scram { user: seen, .. }) = step else {
        panic!("{step:?}")
    };
    assert_eq!(&*seen, user);

    for name in ["", "=", "a=", "=2", "=2c", "=3d", "=2D", "=00", "a=2Cb=4"] {
        for message in [format!("n,,n={name},r=abc"), format!("n,a={name},n=user,r=abc")] {
            let input = ServerInput::Initial(Some(message.as_bytes()));
            let step = scram_server(Variant::Sha256).step(&cx, input, &mut Vec::new());
            assert_eq!(refusal(step), AuthFault::Malformed, "{message}");
        }
    }

    for (user, password) in [("a\0b", "c"), ("a", "b\0c")] {
        let credentials = Credentials::new(user, password);
        assert_eq!(client::Plain::new(credentials), Err(AuthFault::ProhibitedCharacter));
    }
    let messages = [
        b"a\0b".as_slice(),
        b"\0a\0b\0",
        b"\0a\0b\0c",
        b"\0\0b",
        b"\0a\0",
        b"\0\0",
        b"",
        b"\0a\0\xff",
    ];
    for message in messages {
        let input = ServerInput::Initial(Some(message));
        let server = server::Mechanism::from(server::Plain::new(decoy()));
        let fault = refusal(server.step(&cx, input, &mut Vec::new()));
        assert_eq!(fault, AuthFault::Malformed, "{}", message.escape_ascii());
    }
    assert_eq!(client::External::new(Some("a\0b")), Err(AuthFault::ProhibitedCharacter));
}

//= test SRS_SASL_MECHANISMS_01_060
/// Attack 14: an attribute twice, out of order, or the mandatory extension `m`.
#[test]
fn duplicate_and_mandatory_attributes_are_refused() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let cases = [
        ("n,,m=x,n=user,r=abc", AuthFault::Extension),
        ("n,,n=user,m=x,r=abc", AuthFault::Extension),
        ("n,,n=user,r=abc,m=x", AuthFault::Extension),
        ("n,,n=user,n=root,r=abc", AuthFault::Malformed),
        ("n,,n=user,r=abc,r=abd", AuthFault::Malformed),
        ("n,,n=user,r=abc,n=root", AuthFault::Malformed),
        ("n,,n=user,r=abc,x=1,x=2", AuthFault::Malformed),
        ("n,,r=abc,n=user", AuthFault::Malformed),
        ("n,a=root,a=root,n=user,r=abc", AuthFault::Malformed),
        ("n,,n=user,r=abc,", AuthFault::Malformed),
        ("n,,n=user,r=abc,x=", AuthFault::Malformed),
        ("n,,n=user,r=abc,xy=1", AuthFault::Malformed),
    ];
    for (message, expected) in cases {
        let input = ServerInput::Initial(Some(message.as_bytes()));
        let fault = refusal(scram_server(Variant::Sha256).step(&cx, input, &mut Vec::new()));
        assert_eq!(fault, expected, "{message}");
    }
    let input = ServerInput::Initial(Some(b"n,,n=user,r=abc,x=1,Y=a=b"));
    let step = scram_server(Variant::Sha256).step(&cx, input, &mut Vec::new());
    assert!(matches!(step, ServerStep::Lookup(..)), "optional extensions are ignored");

    let (client, first) = greeted(&scram_client(Variant::Sha256, "user", "pencil"), &cx);
    let nonce = str::from_utf8(&first).unwrap().rsplit_once("r=").unwrap().1;
    let cases = [
        (format!("m=x,r={nonce}s,s=AAAA,i=2"), AuthFault::Extension),
        (format!("r={nonce}s,s=AAAA,i=2,m=x"), AuthFault::Extension),
        (format!("r={nonce}s,s=AAAA,i=2,i=9"), AuthFault::Malformed),
        (format!("r={nonce}s,s=AAAA,s=AAAA,i=2"), AuthFault::Malformed),
        (format!("s=AAAA,r={nonce}s,i=2"), AuthFault::Malformed),
    ];
    for (message, expected) in cases {
        let result = client.clone().challenge(&cx, message.as_bytes(), &mut Vec::new());
        assert_eq!(result, Err(expected), "{message}");
    }
}

//= test SRS_SASL_MECHANISMS_01_061
/// Attack 15: nobody learns from the server which users exist.
#[test]
fn unknown_users_look_like_known_ones() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let keys = keys("pencil");
    let (client, first) = greeted(&scram_client(Variant::Sha256, "user", "wrong"), &cx);
    let talk = |answer: LookupAnswer<'_>| {
        let server = scram_server(Variant::Sha256);
        let (server, challenge) = challenged(server, &cx, &first, answer);
        let last = respond(&mut client.clone(), &cx, &challenge).unwrap();
        let mut out = Vec::new();
        let fault = refusal(server.step(&cx, ServerInput::Response(&last), &mut out));
        (challenge, fault, out)
    };
    let (known, unknown) = (talk(LookupAnswer::Scram(&keys)), talk(LookupAnswer::Unknown));
    assert_eq!((known.1, &known.2), (unknown.1, &unknown.2));
    assert_eq!(known.2, b"e=invalid-proof");
    assert_eq!(known.0.len(), unknown.0.len(), "salts are of one length");
    assert_ne!(known.0, unknown.0);
    assert_eq!(unknown.0, talk(LookupAnswer::Unknown).0, "the same salt at every attempt");
    let salts: HashSet<Vec<u8>> = ["a", "b", "c"]
        .map(|user| {
            let (_, first) = greeted(&scram_client(Variant::Sha256, user, "x"), &cx);
            challenged(scram_server(Variant::Sha256), &cx, &first, LookupAnswer::Unknown).1
        })
        .into();
    assert_eq!(salts.len(), 3, "each name has a salt of its own");
}

//= test SRS_SASL_MECHANISMS_01_024
/// Attack 16: challenges without end.
#[test]
fn challenges_do_not_go_on() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let store = Store::new("user", "pencil");
    let (mut client, first) = greeted(&scram_client(Variant::Sha256, "user", "pencil"), &cx);
    let server = scram_server(Variant::Sha256);
    let (_, challenge) = challenged(server, &cx, &first, LookupAnswer::Scram(&store.keys));
    respond(&mut client, &cx, &challenge).unwrap();
    assert_eq!(respond(&mut client, &cx, &challenge), Err(End::Client(AuthFault::Malformed)));
    assert_eq!(respond(&mut client, &cx, &challenge), Err(End::Client(AuthFault::Unexpected)));
}

//= test SRS_SASL_MECHANISMS_01_027
/// Attack 23: an authorization identity that nobody has permitted.
#[test]
fn authzid_needs_a_permission() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let keys = keys("pencil");
    let credentials = Credentials::new("user", "pencil").with_authzid("root,=");
    let nonce = Nonce::new([1; Nonce::ENTROPY]);
    let client = client::Scram::new(Variant::Sha256, credentials, nonce).unwrap();
    let (mut client, first) = greeted(&client.into(), &cx);
    assert!(first.starts_with(b"n,a=root=2C=3D,n=user,r="));
    let server = scram_server(Variant::Sha256);
    let (server, challenge) = challenged(server, &cx, &first, LookupAnswer::Scram(&keys));
    let last = respond(&mut client, &cx, &challenge).unwrap();
    let mut out = Vec::new();
    let step = server.step(&cx, ServerInput::Response(&last), &mut out);
    let ServerStep::Authorize(server, principal) = step else { panic!("{step:?}") };
    assert_eq!(principal.authzid.as_deref(), Some("root,="));
    let fault = refusal(server.step(&cx, ServerInput::Authorized(false), &mut out));
    assert_eq!(fault, AuthFault::NotAuthorized);
    assert_eq!(out, b"e=other-error", "the signature is not shown");
}
