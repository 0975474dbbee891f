//! When a client has said its part and needs no more proof: state by state, for each mechanism.

use xiom_core::AuthFault;
use xiom_sasl::client::{self, ClientMechanism, ClientStep, Mechanism};
use xiom_sasl::scram::Variant;
use xiom_sasl::{Context, Credentials, Either, Limits, Nonce, oauth};
use xiom_testing::FakeGss;

use crate::common::secure;

/// Starts; whether the mechanism was done before and is now.
fn started<M: ClientMechanism>(mechanism: &mut M, cx: &Context<'_>) -> [bool; 2] {
    let before = mechanism.is_done();
    mechanism.start(cx, &mut Vec::new()).unwrap();
    [before, mechanism.is_done()]
}

/// Takes a challenge, and computes if that is due; whether the mechanism is done then.
fn challenged<M: ClientMechanism>(
    mechanism: &mut M,
    cx: &Context<'_>,
    challenge: &[u8],
) -> Result<bool, AuthFault> {
    let mut out = Vec::new();
    let step = mechanism.challenge(cx, challenge, &mut out);
    if step == Ok(ClientStep::Working) {
        assert!(!mechanism.is_done(), "it computes yet");
        while mechanism.work(cx, 1000, &mut out) == Ok(ClientStep::Working) {
            assert!(!mechanism.is_done(), "it computes yet");
        }
    }
    assert!(step.is_ok() || !mechanism.is_done(), "a mechanism that failed is never done");
    step.map(|_| mechanism.is_done())
}

fn credentials() -> Credentials {
    Credentials::new("user", "pencil")
}

#[test]
fn a_mechanism_of_one_message_is_done_once_that_is_said() {
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    let mechanisms = [
        Mechanism::from(client::Anonymous::new("trace").unwrap()),
        client::External::new(None).unwrap().into(),
        client::Plain::new(credentials()).unwrap().into(),
    ];
    for mut mechanism in mechanisms {
        assert_eq!(started(&mut mechanism, &cx), [false, true]);
        let mut slow = mechanism.clone();
        assert!(slow.work(&cx, 1, &mut Vec::new()).is_err() && !slow.is_done());
        let mut again = mechanism.clone();
        assert!(again.start(&cx, &mut Vec::new()).is_err() && !again.is_done());
        assert!(challenged(&mut mechanism, &cx, b"").is_err());
    }
}

#[test]
fn mssbcbs_is_done_from_its_name_on() {
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    let mut mechanism = Mechanism::from(client::Mssbcbs::new());
    assert_eq!(started(&mut mechanism, &cx), [false, true]);
    assert_eq!(challenged(&mut mechanism, &cx, b""), Ok(true));
    assert!(challenged(&mut mechanism, &cx, b"").is_err());
}

/// The server may still say why it refuses, and wants that answered.
#[test]
fn a_bearer_of_a_token_is_never_done() {
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    for variant in [oauth::Variant::OAuthBearer, oauth::Variant::XOAuth2] {
        let mechanism = client::OAuth::new(variant, "token", Some("user")).unwrap();
        let mut mechanism = Mechanism::from(mechanism);
        assert_eq!(started(&mut mechanism, &cx), [false, false]);
        assert!(mechanism.clone().outcome_ok(&cx, None).is_ok());
        assert_eq!(challenged(&mut mechanism, &cx, b"{}"), Ok(false));
        assert_eq!(mechanism.outcome_ok(&cx, None), Err(AuthFault::BadCredentials));
    }
}

#[test]
fn scram_is_done_when_the_server_is_verified() {
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    let nonce = Nonce::from_text("rOprNGfwEbeRWgbNEkqO").unwrap();
    let scram = client::Scram::new(Variant::Sha256, credentials(), nonce).unwrap();
    let mut scram = Mechanism::from(scram);
    // RFC 7677 section 3
    let first = b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
        s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    assert_eq!(started(&mut scram, &cx), [false, false]);
    assert!(challenged(&mut scram.clone(), &cx, b"r=other").is_err());
    assert_eq!(challenged(&mut scram, &cx, first), Ok(false));
    assert!(challenged(&mut scram.clone(), &cx, b"v=bm90aGluZw==").is_err());
    let last = b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
    assert_eq!(challenged(&mut scram, &cx, last), Ok(true));
    assert!(challenged(&mut scram, &cx, last).is_err());
}

#[test]
fn gssapi_is_done_when_the_layer_is_chosen() {
    use xiom_sasl::server::{Gssapi, ServerInput, ServerMechanism, ServerStep};

    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    let next = |server: Gssapi<FakeGss>, input: ServerInput<'_>| {
        let mut out = Vec::new();
        let step = server.step(&cx, input, &mut out);
        let ServerStep::Challenge(server) = step else { panic!("{step:?}") };
        (server, out)
    };
    let gssapi = client::Gssapi::new(FakeGss::initiator("tim@EXAMPLE"), None).unwrap();
    let mut mechanism: Either<Mechanism, client::Gssapi<FakeGss>> = Either::B(gssapi);
    assert_eq!(started(&mut mechanism, &cx), [false, false]);
    let first = ServerInput::Initial(Some(b"`\0tim@EXAMPLE"));
    let (server, second) = next(Gssapi::new(FakeGss::acceptor()), first);
    assert!(challenged(&mut mechanism.clone(), &cx, b"?").is_err());
    assert_eq!(challenged(&mut mechanism, &cx, &second), Ok(false));
    let (_, offer) = next(server, ServerInput::Response(b""));
    assert!(challenged(&mut mechanism.clone(), &cx, b"?").is_err());
    assert_eq!(challenged(&mut mechanism, &cx, &offer), Ok(true));
    assert!(challenged(&mut mechanism, &cx, b"").is_err());
}

type Two = Either<client::Anonymous, client::External>;

#[test]
fn one_of_two_is_done_when_it_is() {
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    let anonymous = || client::Anonymous::new("").unwrap();
    let external = || client::External::new(None).unwrap();
    for mut mechanism in [Two::A(anonymous()), Two::B(external())] {
        assert_eq!(started(&mut mechanism, &cx), [false, true]);
    }
}

#[cfg(feature = "legacy")]
#[test]
fn cram_md5_is_done_when_it_has_answered() {
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    let mut cram = Mechanism::from(client::CramMd5::new(credentials()).unwrap());
    assert_eq!(started(&mut cram, &cx), [false, false]);
    assert!(challenged(&mut cram.clone(), &cx, b"?").is_err());
    let challenge = b"<1896.697170952@postoffice.reston.mci.net>";
    assert_eq!(challenged(&mut cram, &cx, challenge), Ok(true));
    assert!(challenged(&mut cram, &cx, challenge).is_err());
}

#[cfg(feature = "legacy")]
#[test]
fn digest_md5_is_done_when_the_server_is_verified() {
    use xiom_sasl::server::LookupAnswer;

    use crate::legacy;

    let below = legacy::Below::default();
    let cx = below.any();
    let (server, challenge) = legacy::challenged(legacy::server(), &cx).unwrap();
    let mut idle = legacy::client("secret");
    assert_eq!(started(&mut idle, &cx), [false, false]);
    assert!(challenged(&mut idle, &cx, b"?").is_err());
    let (mut client, response) =
        legacy::responded(legacy::client("secret"), &cx, &challenge).unwrap();
    assert!(!client.is_done(), "the server has proven nothing");
    let key = legacy::key("secret");
    let answer = LookupAnswer::DigestMd5(&key);
    let server = legacy::proven(server, &cx, response.as_bytes(), answer).unwrap();
    let (_, proof) = legacy::permitted(server, &cx);
    assert!(challenged(&mut client.clone(), &cx, b"rspauth=0").is_err());
    assert_eq!(challenged(&mut client, &cx, &proof), Ok(true));
    assert!(challenged(&mut client, &cx, &proof).is_err());
}
