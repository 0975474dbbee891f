//! Recorded exchanges of the RFCs, octet by octet, and a second opinion on the key derivation.

use crate::common::{self, secure};
use hmac::{EagerHash, Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use xiom_core::{AuthFault, Security};
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::server::{
    self, LookupAnswer, LookupRequest, ServerInput, ServerMechanism, ServerStep,
};
use xiom_sasl::{Context, Credentials, Decoy, Identity, Limits, Nonce, PeerProof, ScramKeys};

/// RFC 7677 section 3.
const FIRST: &[u8] = b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
const CHALLENGE: &[u8] = b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
    s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
const LAST: &[u8] = b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
    p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
const SIGNATURE: &[u8] = b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
const SALT: [u8; 16] = [
    0x5b, 0x6d, 0x99, 0x68, 0x9d, 0x12, 0x35, 0x8e, 0xec, 0xa0, 0x4b, 0x14, 0x12, 0x36, 0xfa, 0x81,
];

fn rfc_7677_client() -> client::Scram {
    let nonce = Nonce::from_text("rOprNGfwEbeRWgbNEkqO").unwrap();
    client::Scram::new(Variant::Sha256, Credentials::new("user", "pencil"), nonce).unwrap()
}

/// A client that has sent its last message, having worked in slices of `slice`.
fn rfc_7677_client_last(cx: &Context<'_>, slice: u32) -> client::Scram {
    let (mut client, mut out) = (rfc_7677_client(), Vec::new());
    assert_eq!(client.start(cx, &mut out), Ok(ClientStep::Send));
    assert_eq!(out, FIRST);
    out.clear();
    let mut step = client.challenge(cx, CHALLENGE, &mut out).unwrap();
    let mut slices = 0;
    while step == ClientStep::Working {
        step = client.work(cx, slice, &mut out).unwrap();
        slices += 1;
    }
    assert_eq!(slices, 4095_u32.div_ceil(slice.max(1)));
    assert_eq!((step, &*out), (ClientStep::Send, LAST));
    client
}

//= test SRS_SASL_MECHANISMS_01_047
#[test]
fn rfc_7677_client_takes_the_signature_in_the_outcome() {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    let established = rfc_7677_client_last(&cx, 4096).outcome_ok(&cx, Some(SIGNATURE)).unwrap();
    assert_eq!(established.peer(), PeerProof::Verified);
    assert_eq!(established.principal().identity, Identity::User("user".into()));
    assert_eq!(established.bound(), None);
    assert_eq!(established.protection(), xiom_sasl::Protection::None);
}

//= test SRS_SASL_MECHANISMS_01_047
#[test]
fn rfc_7677_client_takes_the_signature_as_a_challenge() {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    for additional in [None, Some(b"".as_slice())] {
        let (mut client, mut out) = (rfc_7677_client_last(&cx, 1000), Vec::new());
        assert_eq!(client.challenge(&cx, SIGNATURE, &mut out), Ok(ClientStep::Send));
        assert_eq!(out, b"");
        assert_eq!(client.outcome_ok(&cx, additional).unwrap().peer(), PeerProof::Verified);
    }
}

//= test SRS_SASL_MECHANISMS_01_030
#[test]
fn any_slices_give_the_same_client() {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    let whole = rfc_7677_client_last(&cx, u32::MAX);
    for slice in [0, 1, 2, 7, 1024, 4094, 4095, 4096] {
        assert_eq!(rfc_7677_client_last(&cx, slice), whole);
    }
}

//= test SRS_SASL_MECHANISMS_01_062
#[test]
fn rfc_7677_server() {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    let nonce = Nonce::from_text("%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0").unwrap();
    let server = server::Scram::new(Variant::Sha256, Decoy::new([0; 32], 4096, 16), nonce);
    let mut out = Vec::new();

    let step = server.step(&cx, ServerInput::Initial(Some(FIRST)), &mut out);
    let ServerStep::Lookup(server, request) = step else { panic!("{step:?}") };
    assert_eq!(request, LookupRequest::Scram { user: "user".into(), hash: Hash::Sha256 });

    let keys = ScramKeys::derive(Hash::Sha256, "pencil", &SALT, 4096).unwrap();
    let step = server.step(&cx, ServerInput::Lookup(LookupAnswer::Scram(&keys)), &mut out);
    let ServerStep::Challenge(server) = step else { panic!("{step:?}") };
    assert_eq!(out, CHALLENGE);

    out.clear();
    let step = server.step(&cx, ServerInput::Response(LAST), &mut out);
    let ServerStep::Authorize(server, principal) = step else { panic!("{step:?}") };
    assert_eq!(principal.acts_as(), Some("user"));
    assert_eq!(out, b"", "the signature waits for the permission");

    let step = server.step(&cx, ServerInput::Authorized(true), &mut out);
    let ServerStep::Success { established, additional: true } = step else { panic!("{step:?}") };
    assert_eq!(out, SIGNATURE);
    assert_eq!(established.principal(), &principal);
}

/// RFC 5802 section 5, from both sides.
#[test]
fn rfc_5802_example() {
    const FIRST: &[u8] = b"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL";
    const CHALLENGE: &[u8] =
        b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096";
    const LAST: &[u8] =
        b"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=";
    const VERIFIER: &[u8] = b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=";
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    let nonce = Nonce::from_text("fyko+d2lbbFgONRv9qkxdawL").unwrap();
    let credentials = Credentials::new("user", "pencil");
    let mut client = client::Scram::new(Variant::Sha1, credentials, nonce).unwrap();
    let mut out = Vec::new();
    client.start(&cx, &mut out).unwrap();
    assert_eq!(out, FIRST);
    out.clear();
    client.challenge(&cx, CHALLENGE, &mut out).unwrap();
    assert_eq!(client.work(&cx, 4096, &mut out), Ok(ClientStep::Send));
    assert_eq!(out, LAST);
    assert!(client.clone().outcome_ok(&cx, Some(b"v=rmF9pqV8S7suAoZWja4dJRkFsKA=")).is_err());
    let established = client.outcome_ok(&cx, Some(VERIFIER)).unwrap();
    assert_eq!(established.mechanism(), "SCRAM-SHA-1");

    let nonce = Nonce::from_text("3rfcNHYJY1ZVvWVs7j").unwrap();
    let server = server::Scram::new(Variant::Sha1, Decoy::new([0; 32], 4096, 12), nonce);
    let step = server.step(&cx, ServerInput::Initial(Some(FIRST)), &mut Vec::new());
    let ServerStep::Lookup(server, _) = step else { panic!("{step:?}") };
    let salt = [0x41, 0x25, 0xc2, 0x47, 0xe4, 0x3a, 0xb1, 0xe9, 0x3c, 0x6d, 0xff, 0x76];
    let keys = ScramKeys::derive(Hash::Sha1, "pencil", &salt, 4096).unwrap();
    let mut out = Vec::new();
    let step = server.step(&cx, ServerInput::Lookup(LookupAnswer::Scram(&keys)), &mut out);
    let ServerStep::Challenge(server) = step else { panic!("{step:?}") };
    assert_eq!(out, CHALLENGE);
    let step = server.step(&cx, ServerInput::Response(LAST), &mut Vec::new());
    let ServerStep::Authorize(server, _) = step else { panic!("{step:?}") };
    out.clear();
    server.step(&cx, ServerInput::Authorized(true), &mut out);
    assert_eq!(out, VERIFIER);
}

//= test SRS_SASL_MECHANISMS_01_063
#[test]
fn keys_agree_with_another_pbkdf2() {
    agrees::<Sha1, 20>(Hash::Sha1);
    agrees::<Sha256, 32>(Hash::Sha256);
    agrees::<Sha512, 64>(Hash::Sha512);
}

fn agrees<D: EagerHash + Digest, const LEN: usize>(hash: Hash) {
    let hmac = |key: &[u8], data: &[u8]| {
        let mac = Hmac::<D>::new_from_slice(key).unwrap();
        mac.chain_update(data).finalize().into_bytes()
    };
    let (block, long) = ("p".repeat(128), "p".repeat(200));
    for (password, salt, iterations) in [
        ("pencil", &SALT[..], 4096),
        ("a", &[0], 1),
        (" ", &[255; 100], 2),
        (&block, &[7; 16], 3),
        (&long, &[1; 7], 333),
    ] {
        let salted = pbkdf2::pbkdf2_hmac_array::<D, LEN>(password.as_bytes(), salt, iterations);
        let keys = ScramKeys::derive(hash, password, salt, iterations).unwrap();
        let stored_key = D::digest(hmac(&salted, b"Client Key"));
        assert_eq!(keys.stored_key(), &*stored_key);
        assert_eq!(keys.server_key(), &*hmac(&salted, b"Server Key"));
        assert_eq!((keys.salt(), keys.iterations()), (salt, iterations));
    }
}

//= test SRS_SASL_MECHANISMS_01_038
/// RFC 4616 section 4.
#[test]
fn rfc_4616_examples() {
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    let ursel = Credentials::new("Kurt", "xipj3plmq").with_authzid("Ursel");
    let cases = [
        (Credentials::new("tim", "tanstaaftanstaaf"), b"\0tim\0tanstaaftanstaaf".as_slice()),
        (ursel, b"Ursel\0Kurt\0xipj3plmq"),
    ];
    for (credentials, message) in cases {
        let (mut client, mut out) = (client::Plain::new(credentials.clone()).unwrap(), Vec::new());
        assert_eq!(client.start(&cx, &mut out), Ok(ClientStep::Send));
        assert_eq!(out, message);
        let at_client = client.outcome_ok(&cx, Some(b"Welcome!")).unwrap();

        let server = server::Plain::new(common::decoy());
        let step = server.step(&cx, ServerInput::Initial(Some(message)), &mut out);
        let ServerStep::Lookup(server, request) = step else { panic!("{step:?}") };
        let Credentials { user, password, .. } = credentials;
        assert_eq!(request, LookupRequest::Password { user, password });
        let verified = ServerInput::Lookup(LookupAnswer::Verified(true));
        let step = server.step(&cx, verified, &mut out);
        let ServerStep::Authorize(server, _) = step else { panic!("{step:?}") };
        let step = server.step(&cx, ServerInput::Authorized(true), &mut out);
        let ServerStep::Success { established, additional: false } = step else {
            panic!("{step:?}")
        };
        assert_eq!(established, at_client);
        assert_eq!(established.peer(), PeerProof::NotOffered);
    }
}

//= test SRS_SASL_MECHANISMS_01_037
/// RFC 4505 section 5.
#[test]
fn rfc_4505_example() {
    let (security, limits, mut out) = (secure(), Limits::default(), Vec::new());
    let cx = Context::new(&security, &limits);
    let mut client = client::Anonymous::new("sirhc").unwrap();
    assert_eq!(client.start(&cx, &mut out), Ok(ClientStep::Send));
    assert_eq!(out, b"sirhc");
    assert_eq!(client.outcome_ok(&cx, None).unwrap().principal().acts_as(), None);

    let step = server::Anonymous::new().step(&cx, ServerInput::Initial(None), &mut out);
    let ServerStep::Challenge(server) = step else { panic!("{step:?}") };
    let step = server.step(&cx, ServerInput::Response(b"sirhc"), &mut out);
    let ServerStep::Authorize(server, principal) = step else { panic!("{step:?}") };
    assert_eq!(principal.identity, Identity::Anonymous("sirhc".into()));
    let step = server.step(&cx, ServerInput::Authorized(false), &mut out);
    let ServerStep::Failure { fault, send: false } = step else { panic!("{step:?}") };
    assert_eq!(fault, AuthFault::NotAuthorized);
}

//= test SRS_SASL_MECHANISMS_01_044, SRS_SASL_MECHANISMS_01_045
/// RFC 4422 appendix A.
#[test]
fn rfc_4422_external_examples() {
    let (security, limits) = (secure(), Limits::default());
    let cx = Context::new(&security, &limits);
    for (authzid, message, acts_as) in [
        (None, b"".as_slice(), "CN=client1"),
        (Some("fred@example.com"), b"fred@example.com", "fred@example.com"),
    ] {
        let (mut client, mut out) = (client::External::new(authzid).unwrap(), Vec::new());
        assert_eq!(client.start(&cx, &mut out), Ok(ClientStep::Send));
        assert_eq!(out, message);
        assert_eq!(client.outcome_ok(&cx, None).unwrap().principal().acts_as(), authzid);

        let step = server::External::new().step(&cx, ServerInput::Initial(None), &mut out);
        let ServerStep::Challenge(server) = step else { panic!("{step:?}") };
        let step = server.step(&cx, ServerInput::Response(message), &mut out);
        let ServerStep::Authorize(server, _) = step else { panic!("{step:?}") };
        let step = server.step(&cx, ServerInput::Authorized(true), &mut out);
        let ServerStep::Success { established, .. } = step else { panic!("{step:?}") };
        assert_eq!(established.principal().identity, Identity::External("CN=client1".into()));
        assert_eq!(established.principal().acts_as(), Some(acts_as));
    }
}

//= test SRS_SASL_MECHANISMS_01_036
/// What a deployed client sends in the place of a trace.
#[test]
fn a_trace_that_is_forbidden_is_dropped_and_not_the_client() {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    let input = ServerInput::Initial(Some(b"\0anonymous"));
    let step = server::Anonymous::new().step(&cx, input, &mut Vec::new());
    let ServerStep::Authorize(_, principal) = step else { panic!("{step:?}") };
    assert_eq!(principal.identity, Identity::Anonymous("".into()));
}
