//! DIGEST-MD5: what two honest ends agree on, and who proves what to whom.

use proptest::prelude::*;
use xiom_core::AuthFault;
use xiom_sasl::client::{ClientMechanism, ClientStep};
use xiom_sasl::digest_md5::DigestKey;
use xiom_sasl::server::{LookupAnswer, LookupRequest, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{
    Credentials, Identity, Limits, Nonce, PeerProof, Policy, Protection, ScramKeys, client, scram,
    server,
};

use crate::common::{CLIENT_NONCE, SERVER_NONCE, decoy};
use crate::legacy::{
    Below, HOST, REALM, challenged, client, client_of, key, meet, permitted, proven, responded,
    server,
};
use crate::secrets::hides;

const PROTECTIONS: [Protection; 3] =
    [Protection::None, Protection::Integrity, Protection::Confidentiality];

//= test SRS_SASL_MECHANISMS_01_080
/// Every pair of ranges ends in the strongest protection of both, or in none at all.
#[test]
fn the_strongest_common_layer_is_taken() {
    let below = Below::default();
    let ranges = || PROTECTIONS.into_iter().flat_map(|least| PROTECTIONS.map(|most| (least, most)));
    for (client_range, server_range) in
        ranges().flat_map(|client| ranges().map(move |server| (client, server)))
    {
        let least = client_range.0.max(server_range.0);
        let most = client_range.1.min(server_range.1);
        let cxs =
            (&below.cx(client_range.0, client_range.1), &below.cx(server_range.0, server_range.1));
        match meet(cxs, |challenge| challenge) {
            Ok(ends) => {
                assert!(least <= most, "{client_range:?} {server_range:?}");
                assert_eq!(ends[0].principal(), ends[1].principal());
                for mut end in ends {
                    assert_eq!(end.protection(), most);
                    assert_eq!(end.peer(), PeerProof::Verified);
                    assert_eq!(end.mechanism(), "DIGEST-MD5");
                    assert_eq!(end.take_layer().is_some(), most != Protection::None);
                }
            }
            Err(fault) => {
                assert_eq!(fault, AuthFault::NoCommonLayer);
                assert!(most < least, "{client_range:?} {server_range:?}");
            }
        }
    }
}

//= test SRS_SASL_MECHANISMS_01_080, SRS_SASL_MECHANISMS_01_081
#[test]
fn names_that_are_not_known_are_as_good_as_absent() {
    let below = Below::default();
    let cx = below.any();
    let head = r#"realm="example.com",nonce="nonce-of-server",algorithm=md5-sess"#;
    for (rest, taken) in [
        ("", "qop=auth"),
        (r#",qop="auth-x, auth-int ,AUTH""#, "qop=auth-int,maxbuf=65536"),
        (
            r#",qop="auth-conf,auth-int",cipher="des,rc4-56,rc4-40,aes""#,
            "qop=auth-int,maxbuf=65536",
        ),
        (r#",qop="auth-conf,auth""#, "qop=auth"),
        (r#",qop="auth,auth-conf",cipher="aes,rc4,des""#, "qop=auth-conf,maxbuf=65536,cipher=rc4"),
        (r#",qop="auth-conf",cipher="rc4,3des""#, "qop=auth-conf,maxbuf=65536,cipher=3des"),
        // A token of 3des has more overhead than there is room.
        (
            r#",qop="auth-conf",cipher="rc4,3des",maxbuf=18"#,
            "qop=auth-conf,maxbuf=65536,cipher=rc4",
        ),
    ] {
        let (_, response) = responded(client("secret"), &cx, &[head, rest].concat()).unwrap();
        assert!(response.ends_with(taken), "{rest} {response}");
    }
    for rest in [r#",qop="""#, r#",qop="auth-x""#, r#",qop="auth-conf",cipher="des""#] {
        let end = responded(client("secret"), &cx, &[head, rest].concat());
        assert_eq!(end.map(drop), Err(AuthFault::NoCommonLayer));
    }
    let (_, challenge) = challenged(server(), &cx).unwrap();
    assert!(challenge.ends_with(
        r#"qop="auth,auth-int,auth-conf",algorithm=md5-sess,charset=utf-8,maxbuf=65536,cipher="3des,rc4""#
    ));
}

//= test SRS_SASL_MECHANISMS_01_079
#[test]
fn the_server_proves_itself_or_nobody_is_in() {
    let below = Below::default();
    let cx = below.any();
    let (server, challenge) = challenged(server(), &cx).unwrap();
    let fresh = client("secret");
    let (waiting, response) = responded(fresh.clone(), &cx, &challenge).unwrap();
    let key = key("secret");
    let server = proven(server, &cx, response.as_bytes(), LookupAnswer::DigestMd5(&key)).unwrap();
    let (_, last) = permitted(server, &cx);

    let at = response.find("response=").unwrap() + "response=".len();
    let reflected = format!("rspauth={}", &response[at..at + 32]);
    let unproven = Err(AuthFault::ServerNotVerified);
    assert_eq!(fresh.outcome_ok(&cx, Some(&last)).map(drop), unproven);
    assert_eq!(waiting.clone().outcome_ok(&cx, None).map(drop), unproven);
    for (shown, fault) in [
        (reflected.as_bytes(), AuthFault::ServerNotVerified),
        (b"rspauth=00000000000000000000000000000000", AuthFault::ServerNotVerified),
        (&last[..last.len() - 1], AuthFault::ServerNotVerified),
        (&last.to_ascii_uppercase(), AuthFault::ServerNotVerified),
        (b"rspauth=", AuthFault::Malformed),
        (b"rspauth=1,rspauth=1", AuthFault::Malformed),
        (b"", AuthFault::Malformed),
    ] {
        assert_eq!(waiting.clone().outcome_ok(&cx, Some(shown)).map(drop), Err(fault));
        let mut client = waiting.clone();
        assert_eq!(client.challenge(&cx, shown, &mut Vec::new()), Err(fault));
        assert_eq!(client.outcome_ok(&cx, Some(&last)).map(drop), unproven);
    }

    assert!(waiting.clone().outcome_ok(&cx, Some(&last)).is_ok());
    let (mut client, mut out) = (waiting, Vec::new());
    assert_eq!(client.challenge(&cx, &last, &mut out), Ok(ClientStep::Send));
    assert_eq!(out, b"");
    for additional in [None, Some(b"".as_slice())] {
        let established = client.clone().outcome_ok(&cx, additional).unwrap();
        assert_eq!(established.protection(), Protection::Confidentiality);
    }
    let twice = client.clone().outcome_ok(&cx, Some(&last));
    assert_eq!(twice.map(drop), Err(AuthFault::Unexpected));
    assert_eq!(client.challenge(&cx, &last, &mut out), Err(AuthFault::Unexpected));
    assert_eq!(client.outcome_ok(&cx, None).map(drop), unproven);
}

//= test SRS_SASL_MECHANISMS_01_088
/// Nothing but the look-up itself tells an unknown user from a wrong password.
#[test]
fn an_unknown_user_ends_like_a_wrong_password() {
    let below = Below::default();
    let cx = below.any();
    let (right, wrong) = (key("secret"), key("other"));
    let (server, challenge) = challenged(server(), &cx).unwrap();
    let (_, response) = responded(client("secret"), &cx, &challenge).unwrap();
    for answer in [LookupAnswer::DigestMd5(&wrong), LookupAnswer::Unknown] {
        let end = proven(server.clone(), &cx, response.as_bytes(), answer);
        assert_eq!(end.map(drop), Err(AuthFault::BadCredentials));
    }
    let answer = LookupAnswer::DigestMd5(&right);
    assert!(proven(server.clone(), &cx, response.as_bytes(), answer).is_ok());

    let keys = ScramKeys::derive(scram::Hash::Sha256, "secret", &[1; 16], 1).unwrap();
    let secret = "secret".into();
    for answer in [
        LookupAnswer::Scram(&keys),
        LookupAnswer::Verified(true),
        LookupAnswer::Subject("chris"),
        LookupAnswer::Secret(&secret),
    ] {
        let input = ServerInput::Response(response.as_bytes());
        let step = server.clone().step(&cx, input, &mut Vec::new());
        let ServerStep::Lookup(server, request) = step else { panic!("{step:?}") };
        assert!(!request.admits(&answer));
        let step = server.step(&cx, ServerInput::Lookup(answer), &mut Vec::new());
        assert_eq!(crate::legacy::refusal(&step, b""), AuthFault::NoCredentials);
    }
    assert!(!LookupRequest::Bearer { token: secret }.admits(&LookupAnswer::DigestMd5(&right)));
}

//= test SRS_SASL_MECHANISMS_01_027
#[test]
fn nothing_is_proven_to_a_user_who_may_not_come_in() {
    let below = Below::default();
    let cx = below.any();
    let (server, challenge) = challenged(server(), &cx).unwrap();
    let credentials = Credentials::new("chris", "secret").with_authzid("ursel");
    let (_, response) = responded(client_of(credentials), &cx, &challenge).unwrap();
    let key = key("secret");
    let input = ServerInput::Response(response.as_bytes());
    let step = server.step(&cx, input, &mut Vec::new());
    let ServerStep::Lookup(server, _) = step else { panic!("{step:?}") };
    let mut out = Vec::new();
    let step = server.step(&cx, ServerInput::Lookup(LookupAnswer::DigestMd5(&key)), &mut out);
    let ServerStep::Authorize(server, asked) = step else { panic!("{step:?}") };
    assert_eq!(asked.identity, Identity::User("chris".into()));
    assert_eq!(asked.authzid.as_deref(), Some("ursel"));
    let step = server.step(&cx, ServerInput::Authorized(false), &mut out);
    assert_eq!(crate::legacy::refusal(&step, &out), AuthFault::NotAuthorized);
}

//= test SRS_SASL_MECHANISMS_01_091, SRS_SASL_MECHANISMS_01_090
#[test]
fn a_realm_is_offered_or_demanded() {
    let below = Below::default();
    let cx = below.any();
    let answer = |demanded: Option<&str>, realms: &str| {
        let client = client("secret");
        let client = match demanded {
            Some(realm) => client.with_realm(realm).unwrap(),
            None => client,
        };
        let challenge = format!(r#"{realms}nonce="nonce-of-server",algorithm=md5-sess"#);
        let (_, response) = responded(client, &cx, &challenge)?;
        let realm = response.split("realm=\"").nth(1).and_then(|rest| rest.split('"').next());
        Ok(realm.map(String::from))
    };
    let two = r#"realm="one",realm="two","#;
    assert_eq!(answer(None, two), Ok(Some("one".into())));
    assert_eq!(answer(Some("two"), two), Ok(Some("two".into())));
    assert_eq!(answer(Some("three"), two), Err(AuthFault::NoCredentials));
    assert_eq!(answer(None, ""), Ok(None));
    assert_eq!(answer(Some("mine"), ""), Ok(Some("mine".into())));
    assert_eq!(answer(None, "realm=\"\","), Ok(Some(String::new())));
    assert_eq!(answer(None, "realm=\"caf\u{e9}\","), Err(AuthFault::ProhibitedCharacter));
    assert_eq!(answer(None, "realm=\"caf\u{e9}\",realm=\"two\","), Ok(Some("two".into())));
}

//= test SRS_SASL_MECHANISMS_01_084
#[test]
fn a_server_may_have_several_names() {
    let below = Below::default();
    let cx = below.any();
    let aliased = || server().with_alias("hive", "default").unwrap();
    let key = key("secret");
    for (service, host, is_known) in [
        ("amqp", HOST, true),
        ("amqp", "BROKER.example.com", true),
        ("hive", "default", true),
        ("hive", HOST, false),
        ("amqp", "default", false),
    ] {
        let (server, challenge) = challenged(aliased(), &cx).unwrap();
        let (credentials, nonce) = (Credentials::new("chris", "secret"), Nonce::new(CLIENT_NONCE));
        let client = client::DigestMd5::new(credentials, service, host, nonce).unwrap();
        let (_, response) = responded(client, &cx, &challenge).unwrap();
        let end = proven(server, &cx, response.as_bytes(), LookupAnswer::DigestMd5(&key));
        let expected = if is_known { Ok(()) } else { Err(AuthFault::BadCredentials) };
        assert_eq!(end.map(drop), expected, "{service}/{host}");
    }
}

//= test SRS_SASL_MECHANISMS_01_090
#[test]
fn what_is_not_printable_ascii_is_refused() {
    let (nonce, refused) = (|| Nonce::new(CLIENT_NONCE), Err(AuthFault::ProhibitedCharacter));
    let credentials = || Credentials::new("chris", "secret");
    for odd in ["caf\u{e9}", "a\0b", "a\nb", "\u{7f}"] {
        for credentials in [
            Credentials::new(odd, "secret"),
            Credentials::new("chris", odd),
            credentials().with_authzid(odd),
        ] {
            let made = client::DigestMd5::new(credentials.clone(), "amqp", HOST, nonce());
            assert_eq!(made.map(drop), refused);
        }
        for (service, host) in [(odd, HOST), ("amqp", odd), ("amqp/x", HOST), ("amqp", "a/b")] {
            let made = client::DigestMd5::new(credentials(), service, host, nonce());
            assert_eq!(made.map(drop), refused);
            let made = server::DigestMd5::new(service, host, REALM, decoy(), nonce());
            assert_eq!(made.map(drop), refused);
            assert_eq!(server().with_alias(service, host).map(drop), refused);
        }
        let made = server::DigestMd5::new("amqp", HOST, odd, decoy(), nonce());
        assert_eq!(made.map(drop), refused);
        assert_eq!(client("secret").with_realm(odd).map(drop), refused);
        for [user, realm, password] in
            [[odd, REALM, "secret"], ["chris", odd, "secret"], ["chris", REALM, odd]]
        {
            assert_eq!(DigestKey::derive(user, realm, password).map(drop), refused);
        }
    }
    let empty = Err(AuthFault::NoCredentials);
    assert_eq!(DigestKey::derive("", REALM, "secret").map(drop), empty);
    assert_eq!(client::DigestMd5::new(credentials(), "", HOST, nonce()).map(drop), empty);
    let made = server::DigestMd5::new("amqp", HOST, "", decoy(), nonce());
    assert_eq!(made.map(drop), empty);
}

//= test SRS_SASL_MECHANISMS_01_013
/// The facts that the policy decides by.
#[test]
fn the_policy_asks_for_a_word_first() {
    let below = Below::default();
    let candidates = [client("secret")];
    let strict = Policy::default();
    let offers = ["DIGEST-MD5"];
    assert!(strict.select(&candidates, offers, &below.security).choice().is_err());
    let lenient = Policy {
        allow_legacy: true,
        require_mutual: true,
        require_layer: Protection::Confidentiality,
        ..strict
    };
    assert!(lenient.select(&candidates, offers, &below.security).choice().is_ok());
    assert_eq!(candidates[0].properties(), server().properties());
    assert!(!candidates[0].properties().client_first);
}

//= test SRS_SASL_MECHANISMS_01_031
#[test]
fn no_state_shows_a_secret() {
    let below = Below::default();
    let cx = below.any();
    let (password, key) = ("Sw0rdfish", key("Sw0rdfish"));
    let (server, challenge) = challenged(server(), &cx).unwrap();
    let fresh = client(password);
    let (waiting, response) = responded(fresh.clone(), &cx, &challenge).unwrap();
    let step =
        server.clone().step(&cx, ServerInput::Response(response.as_bytes()), &mut Vec::new());
    for name in [",nonce=\"", ",cnonce=\""] {
        let nonce = response.split(name).nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        hides(&step, nonce.as_bytes());
        hides(&waiting, nonce.as_bytes());
    }
    let answer = LookupAnswer::DigestMd5(&key);
    let server = proven(server, &cx, response.as_bytes(), answer).unwrap();
    let (mut established, last) = permitted(server.clone(), &cx);
    let layer = established.take_layer().unwrap();
    for secret in [password.as_bytes(), key.octets(), &last["rspauth=".len()..]] {
        hides(&fresh, secret);
        hides(&waiting, secret);
        hides(&server, secret);
        hides(&answer, secret);
        hides(&layer, secret);
    }
    let shown = format!("{layer:?}");
    let digits = shown.chars().filter(char::is_ascii_digit).collect::<String>();
    assert!(digits.len() < 40, "no key schedule and no table: {shown}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    //= test SRS_SASL_MECHANISMS_01_066
    #[test]
    fn both_ends_agree(
        [user, password, realm] in prop::array::uniform3("[ -~]{1,40}"),
        authzid in proptest::option::of("[ -~]{1,40}"),
        [ours, theirs] in any::<[[u8; Nonce::ENTROPY]; 2]>(),
        most in 0_usize..3,
        in_challenge in any::<bool>(),
    ) {
        let below = Below { limits: Limits::default(), ..Below::default() };
        let cx = below.cx(Protection::None, PROTECTIONS[most]);
        let mut credentials = Credentials::new(&*user, &*password);
        credentials.authzid = authzid.clone().map(Into::into);
        let client = client::DigestMd5::new(credentials, "amqp", HOST, Nonce::new(ours)).unwrap();
        let server = server::DigestMd5::new("amqp", HOST, &realm, decoy(), Nonce::new(theirs)).unwrap();
        let (server, challenge) = challenged(server, &cx).unwrap();
        let (mut client, response) = responded(client, &cx, &challenge).unwrap();
        let mut out = Vec::new();
        let step = server.step(&cx, ServerInput::Response(response.as_bytes()), &mut out);
        let ServerStep::Lookup(server, request) = step else { panic!("{step:?}") };
        let expected = LookupRequest::DigestMd5 { user: user.clone().into(), realm: realm.clone().into() };
        prop_assert_eq!(request, expected);
        let key = DigestKey::derive(&user, &realm, &*password).unwrap();
        let step = server.step(&cx, ServerInput::Lookup(LookupAnswer::DigestMd5(&key)), &mut out);
        let ServerStep::Authorize(server, _) = step else { panic!("{step:?}") };
        let (at_server, last) = permitted(server, &cx);
        let additional = if in_challenge {
            client.challenge(&cx, &last, &mut out).unwrap();
            None
        } else {
            Some(&*last)
        };
        let at_client = client.outcome_ok(&cx, additional).unwrap();
        prop_assert_eq!(at_client.principal(), at_server.principal());
        prop_assert_eq!(at_client.principal().authzid.as_deref(), authzid.as_deref());
        prop_assert_eq!(at_client.protection(), PROTECTIONS[most]);
        prop_assert_eq!(at_server.protection(), PROTECTIONS[most]);
    }
}

/// A nonce of the server that is used again is still another exchange for the client.
#[test]
fn another_nonce_is_another_proof() {
    let below = Below::default();
    let cx = below.any();
    let (_, challenge) = challenged(server(), &cx).unwrap();
    let answers = [CLIENT_NONCE, SERVER_NONCE].map(|nonce| {
        let credentials = Credentials::new("chris", "secret");
        let client = client::DigestMd5::new(credentials, "amqp", HOST, Nonce::new(nonce)).unwrap();
        let (_, response) = responded(client, &cx, &challenge).unwrap();
        response.split("response=").nth(1).unwrap()[..32].to_owned()
    });
    assert_ne!(answers[0], answers[1]);
}
