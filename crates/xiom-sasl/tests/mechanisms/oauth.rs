//! OAUTHBEARER and XOAUTH2: recorded messages, refusals, and octets that do not belong there.

use xiom_core::{AuthFault, Security};
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::oauth::Variant;
use xiom_sasl::server::{
    self, LookupAnswer, LookupRequest, ServerInput, ServerMechanism, ServerStep,
};
use xiom_sasl::{Context, Identity, Limits, Principal};

use crate::common::{refusal, secure};

const TOKEN: &str = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";
const VARIANTS: [Variant; 2] = [Variant::OAuthBearer, Variant::XOAuth2];

fn said(variant: Variant, user: Option<&str>, cx: &Context<'_>) -> (client::OAuth, Vec<u8>) {
    let mut client = client::OAuth::new(variant, TOKEN, user).unwrap();
    let mut out = Vec::new();
    assert_eq!(client.start(cx, &mut out), Ok(ClientStep::Send));
    (client, out)
}

fn asked(variant: Variant, cx: &Context<'_>, message: &[u8]) -> ServerStep<server::OAuth> {
    server::OAuth::new(variant).step(cx, ServerInput::Initial(Some(message)), &mut Vec::new())
}

/// RFC 7628 section 4.1 without the pairs of the host, and the form that mail services document.
#[test]
fn messages_are_those_of_the_documents() {
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    let (_, bearer) = said(Variant::OAuthBearer, Some("user@example.com"), &cx);
    let expected = format!("n,a=user@example.com,\x01auth=Bearer {TOKEN}\x01\x01");
    assert_eq!(bearer, expected.as_bytes());
    let (_, bare) = said(Variant::OAuthBearer, None, &cx);
    assert_eq!(bare, format!("n,,\x01auth=Bearer {TOKEN}\x01\x01").as_bytes());
    let (_, forerunner) = said(Variant::XOAuth2, Some("someuser@example.com"), &cx);
    let expected = format!("user=someuser@example.com\x01auth=Bearer {TOKEN}\x01\x01");
    assert_eq!(forerunner, expected.as_bytes());

    let message = format!(
        "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01auth=Bearer {TOKEN}\x01\x01"
    );
    let step = asked(Variant::OAuthBearer, &cx, message.as_bytes());
    let ServerStep::Lookup(_, LookupRequest::Bearer { token }) = step else { panic!("{step:?}") };
    assert_eq!(token.expose(), TOKEN.as_bytes());
}

//= test SRS_SASL_MECHANISMS_01_027, SRS_SASL_MECHANISMS_01_022
#[test]
fn a_good_token_logs_in_after_a_permission() {
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    for variant in VARIANTS {
        let (client, message) = said(variant, Some("ursel"), &cx);
        let step = asked(variant, &cx, &message);
        let ServerStep::Lookup(server, request) = step else { panic!("{step:?}") };
        assert!(request.admits(&LookupAnswer::Subject("kurt")));
        assert!(!request.admits(&LookupAnswer::Verified(true)));
        let answer = ServerInput::Lookup(LookupAnswer::Subject("kurt"));
        let early = server.clone().step(&cx, ServerInput::Authorized(true), &mut Vec::new());
        assert_eq!(refusal(early.map(Into::into, Into::into)), AuthFault::Unexpected);
        let step = server.step(&cx, answer, &mut Vec::new());
        let ServerStep::Authorize(server, principal) = step else { panic!("{step:?}") };
        let authzid = Some("ursel".into());
        assert_eq!(principal, Principal { identity: Identity::Bearer("kurt".into()), authzid });
        let refused = server.clone().step(&cx, ServerInput::Authorized(false), &mut Vec::new());
        assert_eq!(refusal(refused.map(Into::into, Into::into)), AuthFault::NotAuthorized);
        let step = server.step(&cx, ServerInput::Authorized(true), &mut Vec::new());
        let ServerStep::Success { established, .. } = step else { panic!("{step:?}") };
        assert_eq!(established.principal().acts_as(), Some("ursel"));
        let established = client.outcome_ok(&cx, None).unwrap();
        assert_eq!(established.principal().acts_as(), Some("ursel"));
        assert_eq!(established.mechanism(), server::OAuth::new(variant).properties().name);
    }
}

//= test SRS_SASL_MECHANISMS_01_077
//= test SRS_SASL_MECHANISMS_01_019, SRS_SASL_MECHANISMS_01_021
#[test]
fn a_refused_token_is_told_and_never_in() {
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    for (variant, word) in [(Variant::OAuthBearer, b"\x01".as_slice()), (Variant::XOAuth2, b"")] {
        let (mut client, message) = said(variant, Some("ursel"), &cx);
        let step = asked(variant, &cx, &message);
        let ServerStep::Lookup(server, _) = step else { panic!("{step:?}") };
        let (mut error, mut answer) = (Vec::new(), Vec::new());
        let step = server.step(&cx, ServerInput::Lookup(LookupAnswer::Unknown), &mut error);
        let ServerStep::Challenge(server) = step else { panic!("{step:?}") };
        assert!(error.starts_with(b"{\"status\":"));
        assert_eq!(client.challenge(&cx, &error, &mut answer), Ok(ClientStep::Send));
        assert_eq!(answer, word);
        let step = server.step(&cx, ServerInput::Response(&answer), &mut Vec::new());
        assert!(matches!(step, ServerStep::Failure { fault: AuthFault::BadCredentials, .. }));
        assert_eq!(client.clone().outcome_ok(&cx, None), Err(AuthFault::BadCredentials));
        assert_eq!(client.challenge(&cx, &error, &mut answer), Err(AuthFault::Unexpected));
        assert_eq!(client.outcome_ok(&cx, None), Err(AuthFault::Unexpected));
    }
}

//= test SRS_SASL_MECHANISMS_01_076, SRS_SASL_MECHANISMS_01_021, SRS_SASL_MECHANISMS_01_023
/// Attack 11, tokens: what is shown in clear belongs to whoever listens.
#[test]
fn tokens_need_a_confidential_channel() {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    for variant in VARIANTS {
        let mut client = client::OAuth::new(variant, TOKEN, Some("user")).unwrap();
        let mut out = Vec::new();
        assert_eq!(client.start(&cx, &mut out), Err(AuthFault::NotConfidential));
        assert_eq!((out.len(), client.start(&cx, &mut out)), (0, Err(AuthFault::Unexpected)));
        for input in [
            ServerInput::Initial(None),
            ServerInput::Initial(Some(b"n,,\x01auth=Bearer t\x01\x01")),
        ] {
            let step = server::OAuth::new(variant).step(&cx, input, &mut Vec::new());
            assert!(matches!(step, ServerStep::Failure { fault: AuthFault::NotConfidential, .. }));
        }
        let allowed = cx.with_cleartext(true);
        let mut client = client::OAuth::new(variant, TOKEN, Some("user")).unwrap();
        assert_eq!(client.start(&allowed, &mut out), Ok(ClientStep::Send));
    }
}

//= test SRS_SASL_MECHANISMS_01_068
/// Attack 12, tokens: no separator comes in through a name or a token.
#[test]
fn separators_cannot_be_injected_into_pairs() {
    for token in ["", "a\x01b", "a b", "a,b", "a=b", "=", "a\0", "ä"] {
        let fault = client::OAuth::new(Variant::OAuthBearer, token, None).unwrap_err();
        let empty = token.is_empty();
        let expected =
            if empty { AuthFault::NoCredentials } else { AuthFault::ProhibitedCharacter };
        assert_eq!(fault, expected, "{token}");
    }
    for user in ["a\x01auth=Bearer x", "\0", "a\n"] {
        for variant in VARIANTS {
            let fault = client::OAuth::new(variant, TOKEN, Some(user)).unwrap_err();
            assert_eq!(fault, AuthFault::ProhibitedCharacter);
        }
    }
    let missing =
        [(Variant::XOAuth2, None), (Variant::XOAuth2, Some("")), (Variant::OAuthBearer, Some(""))];
    for (variant, user) in missing {
        let fault = client::OAuth::new(variant, TOKEN, user).unwrap_err();
        assert_eq!(fault, AuthFault::NoCredentials);
    }
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    let (_, escaped) = said(Variant::OAuthBearer, Some("a,b=c"), &cx);
    assert!(escaped.starts_with(b"n,a=a=2Cb=3Dc,\x01"));
    let step = asked(Variant::OAuthBearer, &cx, &escaped);
    let ServerStep::Lookup(server, _) = step else { panic!("{step:?}") };
    let step = server.step(&cx, ServerInput::Lookup(LookupAnswer::Subject("x")), &mut Vec::new());
    let ServerStep::Authorize(_, principal) = step else { panic!("{step:?}") };
    assert_eq!(principal.authzid.as_deref(), Some("a,b=c"));
}

//= test SRS_SASL_MECHANISMS_01_078
#[test]
fn a_message_holds_one_token_in_pairs() {
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    let taken = |variant, message: &str| {
        matches!(asked(variant, &cx, message.as_bytes()), ServerStep::Lookup(..))
    };
    for (message, good) in [
        ("n,,\x01auth=Bearer t\x01\x01", true),
        ("y,,\x01auth=bearer t\x01\x01", true),
        ("n,,\x01host=h\x01port=1\x01auth=Bearer t\x01\x01", true),
        ("n,,\x01auth=Bearer t\x01auth=Bearer t\x01\x01", false),
        ("n,,\x01auth=Basic t\x01\x01", false),
        ("n,,\x01auth=Bearer  t\x01\x01", false),
        ("n,,\x01auth=Bearer\x01\x01", false),
        ("n,,\x01auth=Bearer \x01\x01", false),
        ("n,,\x01auth=Bearer t\x01", false),
        ("n,,\x01host=h\x01\x01", false),
        ("n,,\x01\x01", false),
        ("\x01", false),
        ("p=tls-exporter,,\x01auth=Bearer t\x01\x01", false),
        ("n,b=x,\x01auth=Bearer t\x01\x01", false),
        ("n,a=,\x01auth=Bearer t\x01\x01", false),
        ("n,a=a=2X,\x01auth=Bearer t\x01\x01", false),
        ("n,,,\x01auth=Bearer t\x01\x01", false),
        ("n,,\x01h0st=h\x01auth=Bearer t\x01\x01", false),
        ("n,,\x01=h\x01auth=Bearer t\x01\x01", false),
        ("n,,\x01\x01auth=Bearer t\x01\x01", false),
        ("n,,\x01auth=Bearer t\x01\x01x", false),
    ] {
        assert_eq!(taken(Variant::OAuthBearer, message), good, "{message:?}");
        let user = format!("user=u{}", message.get(message.find('\x01').unwrap()..).unwrap());
        let header = message.starts_with("n,,\x01") || message.starts_with("y,,\x01");
        if header {
            assert_eq!(taken(Variant::XOAuth2, &user), good, "{user:?}");
        }
    }
    assert!(!taken(Variant::XOAuth2, "user=\x01auth=Bearer t\x01\x01"));
    assert!(!taken(Variant::XOAuth2, "n,,\x01auth=Bearer t\x01\x01"));
}

//= test SRS_SASL_MECHANISMS_01_029
/// Every sequence of up to four octets of what the grammar is made of: a refusal, never a panic.
#[test]
fn short_messages_never_reach_the_application() {
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    let alphabet = b"ny,ap=u\x01B \0\xff";
    let mut octets = Vec::new();
    for count in 0..=4_u32 {
        for number in 0..alphabet.len().pow(count) {
            octets.clear();
            let mut left = number;
            for _ in 0..count {
                octets.push(alphabet[left % alphabet.len()]);
                left /= alphabet.len();
            }
            for variant in VARIANTS {
                let step = asked(variant, &cx, &octets);
                assert!(matches!(step, ServerStep::Failure { .. }), "{}", octets.escape_ascii());
            }
        }
    }
}

//= test SRS_SASL_MECHANISMS_01_075, SRS_SASL_MECHANISMS_01_019, SRS_SASL_MECHANISMS_01_021
#[test]
fn mssbcbs_carries_nothing() {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    let started = || {
        let (mut client, mut out) = (client::Mssbcbs::new(), Vec::new());
        assert_eq!(client.start(&cx, &mut out), Ok(ClientStep::NoInitialResponse));
        assert!(out.is_empty());
        client
    };
    let mut out = Vec::new();
    let mut client = started();
    assert_eq!(client.clone().outcome_ok(&cx, None).unwrap().principal().acts_as(), None);
    assert_eq!(client.challenge(&cx, b"", &mut out), Ok(ClientStep::Send));
    assert!(out.is_empty() && client.clone().outcome_ok(&cx, None).is_ok());
    assert_eq!(client.challenge(&cx, b"", &mut out), Err(AuthFault::Unexpected));
    assert_eq!(client.outcome_ok(&cx, None), Err(AuthFault::Unexpected));
    assert_eq!(started().challenge(&cx, b"x", &mut out), Err(AuthFault::Unexpected));
    assert_eq!(started().start(&cx, &mut out), Err(AuthFault::Unexpected));
    assert_eq!(started().work(&cx, 1, &mut out), Err(AuthFault::Unexpected));
    assert_eq!(client::Mssbcbs::new().outcome_ok(&cx, None), Err(AuthFault::Unexpected));

    let server = server::Mssbcbs::new();
    let ServerStep::Challenge(server) = server.step(&cx, ServerInput::Initial(None), &mut out)
    else {
        panic!("an absent message is asked for");
    };
    let step = server.clone().step(&cx, ServerInput::Response(b"x"), &mut out);
    assert!(matches!(step, ServerStep::Failure { fault: AuthFault::Malformed, .. }));
    let step = server.step(&cx, ServerInput::Response(b""), &mut out);
    let ServerStep::Authorize(server, _) = step else { panic!("{step:?}") };
    let step = server.step(&cx, ServerInput::Authorized(true), &mut out);
    assert!(matches!(step, ServerStep::Success { additional: false, .. }));
    assert!(client::Mssbcbs::new().properties().anonymous);
}
