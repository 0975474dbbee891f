//! CRAM-MD5: the recorded exchange, and what ends in a refusal.

use proptest::prelude::*;
use xiom_core::AuthFault;
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::server::{
    self, LookupAnswer, LookupRequest, ServerInput, ServerMechanism, ServerStep,
};
use xiom_sasl::{Context, Credentials, Identity, Limits, Nonce, PeerProof, Policy};

use crate::common::{SERVER_NONCE, decoy, secure};
use crate::secrets::hides;

/// RFC 2195 section 2.
const CHALLENGE: &[u8] = b"<1896.697170952@postoffice.reston.mci.net>";
const RESPONSE: &[u8] = b"tim b913a602c7eda7a495b4e6e7334d3890";

fn client(user: &str, password: &str) -> client::CramMd5 {
    client::CramMd5::new(Credentials::new(user, password)).unwrap()
}

fn server() -> server::CramMd5 {
    server::CramMd5::new("broker.example.com", decoy(), &Nonce::new(SERVER_NONCE)).unwrap()
}

/// The client's answer to `challenge`.
fn respond(
    client: &mut client::CramMd5,
    cx: &Context<'_>,
    challenge: &[u8],
) -> Result<Vec<u8>, AuthFault> {
    let mut out = Vec::new();
    assert_eq!(client.start(cx, &mut out), Ok(ClientStep::NoInitialResponse));
    let step = client.challenge(cx, challenge, &mut out);
    assert!(step.is_ok() || out.is_empty());
    assert_eq!(step?, ClientStep::Send);
    Ok(out)
}

fn challenged(cx: &Context<'_>) -> (server::CramMd5, Vec<u8>) {
    let mut out = Vec::new();
    let step = server().step(cx, ServerInput::Initial(None), &mut out);
    let ServerStep::Challenge(server) = step else { panic!("{step:?}") };
    (server, out)
}

#[expect(clippy::needless_pass_by_value, reason = "callers are done with the step")]
fn refusal(step: ServerStep<server::CramMd5>) -> AuthFault {
    let ServerStep::Failure { fault, send: false } = step else { panic!("{step:?}") };
    fault
}

/// The server's step after the look-up that the response leads to.
fn judge(
    server: server::CramMd5,
    cx: &Context<'_>,
    response: &[u8],
    answer: LookupAnswer<'_>,
) -> Result<ServerStep<server::CramMd5>, AuthFault> {
    let step = server.step(cx, ServerInput::Response(response), &mut Vec::new());
    let ServerStep::Lookup(server, request) = step else { return Err(refusal(step)) };
    assert!(matches!(request, LookupRequest::SharedSecret { .. }));
    Ok(server.step(cx, ServerInput::Lookup(answer), &mut Vec::new()))
}

#[test]
fn rfc_2195_client() {
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    let mut client = client("tim", "tanstaaftanstaaf");
    assert_eq!(respond(&mut client, &cx, CHALLENGE), Ok(RESPONSE.to_vec()));
    for additional in [None, Some(b"".as_slice())] {
        let established = client.clone().outcome_ok(&cx, additional).unwrap();
        assert_eq!(established.peer(), PeerProof::NotOffered);
        assert_eq!(established.mechanism(), "CRAM-MD5");
        assert_eq!(established.principal().identity, Identity::User("tim".into()));
    }
    let end = client.outcome_ok(&cx, Some(b"more"));
    assert_eq!(end.map(drop), Err(AuthFault::Unexpected));
}

//= test SRS_SASL_MECHANISMS_01_094, SRS_SASL_MECHANISMS_01_019, SRS_SASL_MECHANISMS_01_021
#[test]
fn a_client_signs_one_message_id_and_nothing_else() {
    let (security, limits) = (secure(), Limits { message: 100, ..Limits::default() });
    let cx = Context::new(&security, &limits);
    let fresh = client("tim", "tanstaaftanstaaf");
    let malformed = Err(AuthFault::Malformed);
    let texts =
        ["", "<>", "<@>", "<a@>", "<@b>", "<ab>", "a@b", "<a@b", "a@b>", "<a @b>", "<a@\u{e9}>"];
    for text in texts {
        let mut client = fresh.clone();
        assert_eq!(respond(&mut client, &cx, text.as_bytes()), malformed, "{text}");
        let again = client.challenge(&cx, CHALLENGE, &mut Vec::new());
        assert_eq!(again, Err(AuthFault::Unexpected));
        assert_eq!(client.outcome_ok(&cx, None).map(drop), Err(AuthFault::Unexpected));
    }
    let long = format!("<{}@b>", "a".repeat(100));
    assert_eq!(respond(&mut fresh.clone(), &cx, long.as_bytes()), Err(AuthFault::TooLong));
    let mut client = fresh.clone();
    respond(&mut client, &cx, CHALLENGE).unwrap();
    let (second, mut out) = (b"<2@b>", Vec::new());
    assert_eq!(client.clone().challenge(&cx, second, &mut out), Err(AuthFault::Unexpected));
    assert_eq!(client.clone().work(&cx, 1, &mut out), Err(AuthFault::Unexpected));
    assert_eq!(client.start(&cx, &mut out), Err(AuthFault::Unexpected));
    assert_eq!(out, b"");
    assert_eq!(client.outcome_ok(&cx, None).map(drop), Err(AuthFault::Unexpected));
    assert_eq!(fresh.outcome_ok(&cx, None).map(drop), Err(AuthFault::Unexpected));
}

//= test SRS_SASL_MECHANISMS_01_094
/// All challenges of up to 2 octets, and of up to 5 of what the grammar cares about.
#[test]
fn short_challenges_are_taken_by_the_grammar_alone() {
    fn extend(octets: &mut Vec<u8>, left: usize, alphabet: &[u8], deed: &mut impl FnMut(&[u8])) {
        deed(octets);
        for octet in alphabet.iter().filter(|_| 0 < left) {
            octets.push(*octet);
            extend(octets, left - 1, alphabet, deed);
            octets.pop();
        }
    }
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    let fresh = client("tim", "tanstaaftanstaaf");
    let mut taken = Vec::new();
    let mut deed = |octets: &[u8]| {
        if respond(&mut fresh.clone(), &cx, octets).is_ok() {
            taken.push(octets.to_vec());
        }
    };
    extend(&mut Vec::new(), 2, &(0..=u8::MAX).collect::<Vec<_>>(), &mut deed);
    extend(&mut Vec::new(), 5, b"<>@a \0\xc3", &mut deed);
    assert_eq!(taken.len(), 3 * 4, "one of `<>a`, the sign, and one of `<>@a`");
    assert!(taken.iter().all(|text| text.len() == 5));
}

//= test SRS_SASL_MECHANISMS_01_095, SRS_SASL_MECHANISMS_01_027
#[test]
fn an_unknown_user_ends_like_a_wrong_password() {
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    let (server, challenge) = challenged(&cx);
    let response = respond(&mut client("a user", "right"), &cx, &challenge).unwrap();
    let [right, wrong] = ["right", "wrong"].map(Into::into);
    for answer in [LookupAnswer::Secret(&wrong), LookupAnswer::Unknown] {
        let step = judge(server.clone(), &cx, &response, answer).unwrap();
        assert_eq!(refusal(step), AuthFault::BadCredentials);
    }
    let step = judge(server.clone(), &cx, &response, LookupAnswer::Verified(true)).unwrap();
    assert_eq!(refusal(step), AuthFault::NoCredentials);
    let request = LookupRequest::SharedSecret { user: "a user".into() };
    assert!(request.admits(&LookupAnswer::Secret(&right)));
    assert!(request.admits(&LookupAnswer::Unknown));
    assert!(!request.admits(&LookupAnswer::Verified(true)));

    let step = judge(server, &cx, &response, LookupAnswer::Secret(&right)).unwrap();
    let ServerStep::Authorize(server, principal) = step else { panic!("{step:?}") };
    assert_eq!(principal.identity, Identity::User("a user".into()));
    let denied = server.clone().step(&cx, ServerInput::Authorized(false), &mut Vec::new());
    assert_eq!(refusal(denied), AuthFault::NotAuthorized);
    let mut out = Vec::new();
    let step = server.step(&cx, ServerInput::Authorized(true), &mut out);
    assert!(matches!(step, ServerStep::Success { additional: false, .. }));
    assert_eq!(out, b"");
}

//= test SRS_SASL_MECHANISMS_01_029, SRS_SASL_MECHANISMS_01_090
#[test]
fn a_server_takes_a_response_to_its_own_challenge() {
    let (security, limits) = (secure(), Limits { message: 100, ..Limits::default() });
    let cx = Context::new(&security, &limits);
    let (server, challenge) = challenged(&cx);
    let password = "tanstaaftanstaaf".into();
    let answer = LookupAnswer::Secret(&password);
    for (response, fault) in [
        (b"".as_slice(), AuthFault::Malformed),
        (b"tim", AuthFault::Malformed),
        (b"\xff d", AuthFault::Malformed),
        (b" b913a602c7eda7a495b4e6e7334d3890", AuthFault::NoCredentials),
        (b"t\0m b913a602c7eda7a495b4e6e7334d3890", AuthFault::ProhibitedCharacter),
        ("caf\u{e9} b913a602c7eda7a495b4e6e7334d3890".as_bytes(), AuthFault::ProhibitedCharacter),
        (&[b' '; 101], AuthFault::TooLong),
    ] {
        let end = judge(server.clone(), &cx, response, answer);
        assert_eq!(end.map(drop), Err(fault), "{}", response.escape_ascii());
    }
    // One that was recorded, and ones that were changed.
    let response = respond(&mut client("tim", "tanstaaftanstaaf"), &cx, &challenge).unwrap();
    let upper = response.to_ascii_uppercase();
    let damaged = (0..response.len()).map(|at| response[..at].to_vec());
    for response in damaged.chain([RESPONSE.to_vec(), upper, [&*response, b"0"].concat()]) {
        if let Ok(step) = judge(server.clone(), &cx, &response, answer) {
            assert_eq!(refusal(step), AuthFault::BadCredentials);
        }
    }
    assert!(judge(server, &cx, &response, answer).is_ok());
}

//= test SRS_SASL_MECHANISMS_01_096
#[test]
fn what_cannot_be_carried_is_refused() {
    let made = |credentials| client::CramMd5::new(credentials).map(drop);
    let with_authzid = Credentials::new("tim", "secret").with_authzid("root");
    assert_eq!(made(with_authzid), Err(AuthFault::NoCredentials));
    assert_eq!(made(Credentials::new("", "secret")), Err(AuthFault::NoCredentials));
    assert_eq!(made(Credentials::new("tim", "")), Err(AuthFault::NoCredentials));
    let odd = Credentials::new("tim", "caf\u{e9}");
    assert_eq!(made(odd), Err(AuthFault::ProhibitedCharacter));
    for host in ["", "a b", "caf\u{e9}"] {
        let made = server::CramMd5::new(host, decoy(), &Nonce::new(SERVER_NONCE));
        assert_eq!(made.map(drop), Err(AuthFault::ProhibitedCharacter));
    }
}

//= test SRS_SASL_MECHANISMS_01_022, SRS_SASL_MECHANISMS_01_013
#[test]
fn inputs_out_of_turn_end_a_server() {
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    for input in [
        ServerInput::Initial(Some(RESPONSE)),
        ServerInput::Response(RESPONSE),
        ServerInput::Lookup(LookupAnswer::Unknown),
        ServerInput::Authorized(true),
        ServerInput::Work(1),
    ] {
        let fault = refusal(server().step(&cx, input, &mut Vec::new()));
        assert_eq!(fault, AuthFault::Unexpected);
        if !matches!(input, ServerInput::Response(_)) {
            let fault = refusal(challenged(&cx).0.step(&cx, input, &mut Vec::new()));
            assert_eq!(fault, AuthFault::Unexpected);
        }
    }
    let candidates = [client("tim", "secret")];
    let choice = Policy::default().select(&candidates, ["CRAM-MD5"], &security).choice();
    assert!(choice.is_err(), "broken by today's standard");
    assert_eq!(candidates[0].properties(), server().properties());
}

#[test]
fn no_state_shows_a_secret() {
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    let (server, challenge) = challenged(&cx);
    let mut client = client("user", "Sw0rdfish");
    let response = respond(&mut client, &cx, &challenge).unwrap();
    let step = server.step(&cx, ServerInput::Response(&response), &mut Vec::new());
    let password = "Sw0rdfish".into();
    for secret in [b"Sw0rdfish".as_slice(), &response["user ".len()..], &challenge] {
        hides(&client, secret);
        hides(&step, secret);
        hides(&LookupAnswer::Secret(&password), secret);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_ends_agree(
        user in "[ -~]{1,40}",
        [right, wrong] in prop::array::uniform2("[ -~]{1,100}"),
    ) {
        let (security, limits) = (secure(), Limits::default());
        let cx = Context::new(&security, &limits);
        let (server, challenge) = challenged(&cx);
        let response = respond(&mut client(&user, &right), &cx, &challenge).unwrap();
        let is_same = right == wrong;
        let [right, wrong] = [right, wrong].map(Into::into);
        let step = judge(server.clone(), &cx, &response, LookupAnswer::Secret(&right)).unwrap();
        let ServerStep::Authorize(_, principal) = step else { panic!("{step:?}") };
        prop_assert_eq!(principal.identity, Identity::User(user.into()));
        let step = judge(server, &cx, &response, LookupAnswer::Secret(&wrong)).unwrap();
        prop_assert!(is_same || refusal(step) == AuthFault::BadCredentials);
    }
}
