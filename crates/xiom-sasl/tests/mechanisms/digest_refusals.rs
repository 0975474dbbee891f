//! DIGEST-MD5: replays, forged fields, duplicates, and octets that no honest peer sends.

use xiom_core::AuthFault;
use xiom_sasl::client::ClientMechanism;
use xiom_sasl::server::{LookupAnswer, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{Identity, Limits, Protection};

use crate::hostile::each_damage;
use crate::legacy::{
    Below, challenged, client, key, meet, permitted, proven, refusal, responded, server,
};

/// Ends an exchange on this response, changed by `edit`.
fn judge(below: &Below, edit: impl FnOnce(String) -> String) -> Result<(), AuthFault> {
    let cx = below.any();
    let (server, challenge) = challenged(server(), &cx).unwrap();
    let (_, response) = responded(client("secret"), &cx, &challenge).unwrap();
    let (changed, key) = (edit(response.clone()), key("secret"));
    assert_ne!(changed, response);
    proven(server, &cx, changed.as_bytes(), LookupAnswer::DigestMd5(&key)).map(drop)
}

/// Answers this challenge, changed by `edit`.
fn answer(below: &Below, edit: impl FnOnce(String) -> String) -> Result<String, AuthFault> {
    let cx = below.any();
    let (_, challenge) = challenged(server(), &cx).unwrap();
    let changed = edit(challenge.clone());
    assert_ne!(changed, challenge);
    responded(client("secret"), &cx, &changed).map(|(_, response)| response)
}

//= test SRS_SASL_MECHANISMS_01_083, SRS_SASL_MECHANISMS_01_084, SRS_SASL_MECHANISMS_01_085
#[test]
fn what_belongs_to_another_exchange_is_refused() {
    let below = Below::default();
    for (from, to, fault) in [
        ("nonce=\"Xl5e", "nonce=\"Yl5e", AuthFault::Nonce),
        ("nc=00000001", "nc=00000002", AuthFault::Nonce),
        ("nc=00000001", "nc=1", AuthFault::Nonce),
        ("nc=00000001,", "", AuthFault::Malformed),
        ("uri=\"amqp/", "uri=\"imap/", AuthFault::BadCredentials),
        ("/broker.example.com", "/other.example.com", AuthFault::BadCredentials),
        ("/broker.example.com", "/broker.example.com/x", AuthFault::BadCredentials),
        ("realm=\"example.com\"", "realm=\"example.org\"", AuthFault::BadCredentials),
        ("realm=\"example.com\",", "", AuthFault::BadCredentials),
        ("qop=auth-conf", "qop=auth-x", AuthFault::NoCommonLayer),
        ("cipher=3des", "cipher=des", AuthFault::NoCommonLayer),
        ("cipher=3des", "cipher=rc4-40", AuthFault::NoCommonLayer),
        (",cipher=3des", "", AuthFault::NoCommonLayer),
        ("qop=auth-conf", "qop=auth", AuthFault::BadCredentials),
        ("qop=auth-conf", "qop=auth-int", AuthFault::BadCredentials),
        ("qop=auth-conf,", "", AuthFault::BadCredentials),
        ("maxbuf=65536", "maxbuf=17", AuthFault::NoCommonLayer),
        ("cipher=3des", "cipher=3des,authzid=\"root\"", AuthFault::BadCredentials),
        ("cipher=3des", "cipher=3des,authzid=\"\"", AuthFault::NoCredentials),
        ("\"chris\"", "\"caf\u{e9}\"", AuthFault::ProhibitedCharacter),
        ("\"chris\"", "\"\"", AuthFault::NoCredentials),
    ] {
        let end = judge(&below, |response| response.replacen(from, to, 1));
        assert_eq!(end, Err(fault), "{from} {to}");
    }
}

//= test SRS_SASL_MECHANISMS_01_085
/// Somebody on the way takes the layers out of the challenge; the server notices what it did not offer.
#[test]
fn a_layer_that_was_taken_out_is_missed() {
    let below = Below::default();
    let (least, any) = (below.cx(Protection::Integrity, Protection::Confidentiality), below.any());
    let strip = |challenge: String| challenge.replace("qop=\"auth-int,auth-conf\"", "qop=\"auth\"");
    assert_eq!(meet((&any, &least), strip).map(drop), Err(AuthFault::NoCommonLayer));
    assert_eq!(meet((&least, &least), strip).map(drop), Err(AuthFault::NoCommonLayer));
    // What the server itself had offered is for the client to insist on.
    let to_integrity = |challenge: String| challenge.replace(",auth-conf", "");
    assert!(meet((&any, &least), to_integrity).is_ok());
}

//= test SRS_SASL_MECHANISMS_01_082
#[test]
fn a_directive_that_comes_twice_is_refused() {
    let below = Below::default();
    for twice in [
        "nonce=\"nonce-of-server\"",
        "qop=\"auth\"",
        "cipher=\"3des\"",
        "maxbuf=65536",
        "charset=utf-8",
        "algorithm=md5-sess",
        "stale=true,stale=true",
    ] {
        let end = answer(&below, |challenge| format!("{challenge},{twice}"));
        assert_eq!(end, Err(AuthFault::Malformed), "{twice}");
    }
    let end = answer(&below, |challenge| format!("{challenge},realm=\"x\",stale=true,new=1,new=2"));
    assert!(end.is_ok(), "realms are many, and what is not known does not count");
    for twice in [
        "username=\"chris\"",
        "realm=\"example.com\"",
        "nonce=\"x\"",
        "cnonce=\"x\"",
        "nc=00000001",
        "qop=auth-conf",
        "digest-uri=\"amqp/broker.example.com\"",
        "response=00000000000000000000000000000000",
        "maxbuf=65536",
        "charset=utf-8",
        "cipher=3des",
        "authzid=\"x\",authzid=\"x\"",
    ] {
        let end = judge(&below, |response| format!("{response},{twice}"));
        assert_eq!(end, Err(AuthFault::Malformed), "{twice}");
    }
    assert_eq!(judge(&below, |response| format!("{response},new=1, ,new=\"2\" ,")), Ok(()));
}

//= test SRS_SASL_MECHANISMS_01_066
#[test]
fn what_does_not_follow_the_grammar_is_refused() {
    let below = Below::default();
    for (from, to) in [
        ("algorithm=md5-sess,", ""),
        ("algorithm=md5-sess", "algorithm=md5"),
        ("charset=utf-8", "charset=latin1"),
        ("maxbuf=65536", "maxbuf"),
        ("maxbuf=65536", "maxbuf=\"65536"),
        ("maxbuf=65536", "maxbuf=\"6\u{7}5536\""),
        ("maxbuf=65536", "maxbuf=6 5536"),
        ("maxbuf=65536", "=65536"),
        ("maxbuf=65536", "max/buf=65536"),
        ("nonce=\"Xl5e", "nonce=Xl5e"),
        ("nonce=", "nonse="),
        ("cipher=\"3des,rc4\"", "cipher=\"3des,rc4\\"),
    ] {
        let end = answer(&below, |challenge| challenge.replacen(from, to, 1));
        assert_eq!(end, Err(AuthFault::Malformed), "{from} {to}");
    }
    let loose = |challenge: String| {
        let spaced = challenge.replace(',', " ,, ").replacen("realm=", ",\r\n REALM\t= ", 1);
        spaced.replace("65536", "\"6\\5536\"")
    };
    assert!(answer(&below, loose).is_ok_and(|response| response.contains("maxbuf=65536")));
    for name in ["username=\"chris\",", "nonce=", "cnonce=", "digest-uri=", "response="] {
        let end = judge(&below, |response| response.replacen(name, "new=", 1));
        assert_eq!(end, Err(AuthFault::Malformed), "{name}");
    }
}

//= test SRS_SASL_MECHANISMS_01_086
#[test]
fn a_buffer_has_bounds() {
    let below = Below::default();
    for (buffer, is_good) in [
        ("0", false),
        ("16", false),
        ("17", true),
        ("16777215", true),
        ("16777216", false),
        ("4294967297", false),
        ("99999999999999999999", false),
        ("+65536", false),
        ("0x1000", false),
    ] {
        let named = format!("maxbuf={buffer}");
        let end = answer(&below, |challenge| {
            let challenge = challenge.replace("realm", "Realm");
            challenge.replace("maxbuf=65536", &named)
        });
        assert_eq!(end.is_ok(), is_good, "{buffer}");
        let end = judge(&below, |response| {
            response.replace("cipher=3des", "cipher=rc4").replace("maxbuf=65536", &named)
        });
        // The proof does not cover the buffer, so that a good one is as good as the client's.
        assert_eq!(end, if is_good { Ok(()) } else { Err(AuthFault::Malformed) }, "{buffer}");
    }
    for (own, announced) in
        [(17, Some("maxbuf=17,")), (u32::MAX, Some("maxbuf=16777215,")), (16, None)]
    {
        let limits = Limits { layer_buffer: own, ..Limits::default() };
        let below = Below { limits, ..Below::default() };
        let cx = below.any();
        let (_, challenge) = challenged(server(), &cx).unwrap();
        assert_eq!(challenge.contains("maxbuf"), announced.is_some());
        assert!(announced.is_none_or(|announced| challenge.contains(announced)));
        let least = below.cx(Protection::Integrity, Protection::Confidentiality);
        assert_eq!(challenged(server(), &least).is_ok(), announced.is_some());
    }
}

//= test SRS_SASL_MECHANISMS_01_087
//= test SRS_SASL_MECHANISMS_01_026
#[test]
fn lengths_have_bounds() {
    let below = Below { limits: Limits { nonce: 100, ..Limits::default() }, ..Below::default() };
    let replace = |text: String, name: &str, value: &str| {
        let start = text.find(&format!(",{name}=\"")).unwrap() + name.len() + 3;
        let end = start + text[start..].find('"').unwrap();
        [&text[..start], value, &text[end..]].concat()
    };
    for (length, fault) in [
        (0, Some(AuthFault::Nonce)),
        (7, Some(AuthFault::Nonce)),
        (8, None),
        (100, None),
        (101, Some(AuthFault::TooLong)),
    ] {
        let nonce = "n".repeat(length);
        let end = answer(&below, |challenge| replace(challenge, "nonce", &nonce));
        assert_eq!(end.err(), fault);
        let end = judge(&below, |response| replace(response, "cnonce", &nonce));
        assert_eq!(end, Err(fault.unwrap_or(AuthFault::BadCredentials)));
    }
    let below = Below { limits: Limits { message: 400, ..Limits::default() }, ..Below::default() };
    let pad = |text: String| format!("{text},{}", " ".repeat(400));
    assert_eq!(answer(&below, pad), Err(AuthFault::TooLong));
    assert_eq!(judge(&below, pad), Err(AuthFault::TooLong));
}

//= test SRS_SASL_MECHANISMS_01_083, SRS_SASL_MECHANISMS_01_022
#[test]
fn inputs_out_of_turn_end_a_server() {
    let below = Below::default();
    let cx = below.any();
    let (waiting, challenge) = challenged(server(), &cx).unwrap();
    let (_, response) = responded(client("secret"), &cx, &challenge).unwrap();
    let (response, key) = (response.as_bytes(), key("secret"));
    let answer = LookupAnswer::DigestMd5(&key);
    // A response to a challenge that was not given is a subsequent authentication, which there is not.
    let inputs = [
        ServerInput::Initial(Some(response)),
        ServerInput::Initial(None),
        ServerInput::Response(response),
        ServerInput::Lookup(answer),
        ServerInput::Authorized(true),
        ServerInput::Work(1),
    ];
    let proven = proven(waiting.clone(), &cx, response, answer).unwrap();
    for (server, expected) in [(server(), 1), (waiting, 2), (proven, 4)] {
        for (index, input) in inputs.iter().enumerate().filter(|(index, _)| *index != expected) {
            let mut out = Vec::new();
            let step = server.clone().step(&cx, *input, &mut out);
            assert_eq!(refusal(&step, &out), AuthFault::Unexpected, "{expected} {index}");
        }
    }
    let mut out = Vec::new();
    let step = server().step(&cx, ServerInput::Initial(Some(b"")), &mut out);
    assert!(matches!(step, ServerStep::Challenge(_)), "as good as none");
}

//= test SRS_SASL_MECHANISMS_01_021, SRS_SASL_MECHANISMS_01_024
#[test]
fn a_client_that_failed_once_is_of_no_use() {
    let below = Below::default();
    let cx = below.any();
    let (_, challenge) = challenged(server(), &cx).unwrap();
    let (waiting, _) = responded(client("secret"), &cx, &challenge).unwrap();
    let mut out = Vec::new();
    let unexpected = Err(AuthFault::Unexpected);
    let mut idle = client("secret");
    assert_eq!(idle.challenge(&cx, challenge.as_bytes(), &mut out), unexpected);
    let mut started = waiting.clone();
    assert_eq!(started.start(&cx, &mut out), unexpected);
    let mut working = waiting;
    assert_eq!(working.work(&cx, 1, &mut out), unexpected);
    for mut client in [idle, started, working] {
        assert_eq!(client.start(&cx, &mut out), unexpected);
        assert_eq!(client.challenge(&cx, challenge.as_bytes(), &mut out), unexpected);
        assert_eq!(client.outcome_ok(&cx, None).map(drop), Err(AuthFault::ServerNotVerified));
    }
    assert_eq!(out, b"");
}

//= test SRS_SASL_MECHANISMS_01_029
/// Cuts, and octets that were replaced, removed or inserted: what is proven is covered by the proof.
#[test]
fn damaged_messages_never_succeed() {
    let below = Below::default();
    let cx = below.cx(Protection::None, Protection::None);
    let (server, challenge) = challenged(server(), &cx).unwrap();
    let (waiting, response) = responded(client("secret"), &cx, &challenge).unwrap();
    let key = key("secret");
    let answer = LookupAnswer::DigestMd5(&key);
    // Who has another name has another key; and spaces between directives say nothing.
    let (mut told, mut untold, mut renamed) = (0_u32, 0_u32, 0_u32);
    each_damage(response.as_bytes(), &mut |damaged| match proven(
        server.clone(),
        &cx,
        damaged,
        answer,
    ) {
        Err(_) => told += 1,
        Ok(server) => {
            let (established, last) = permitted(server, &cx);
            let is_same = established.principal().identity == Identity::User("chris".into());
            renamed += u32::from(!is_same);
            untold += u32::from(is_same);
            assert!(!is_same || waiting.clone().outcome_ok(&cx, Some(&last)).is_ok());
        }
    });
    assert_ne!(renamed, 0);
    assert!(untold * 20 < told, "{untold} {told}");
    let (_, last) = permitted(proven(server, &cx, response.as_bytes(), answer).unwrap(), &cx);
    each_damage(&last, &mut |damaged| {
        let trimmed = str::from_utf8(damaged).map(|it| it.replace([' ', ','], ""));
        if trimmed.is_ok_and(|it| it.as_bytes() == last) {
            return;
        }
        let end = waiting.clone().outcome_ok(&cx, Some(damaged));
        assert!(end.is_err(), "{}", damaged.escape_ascii());
    });
}
