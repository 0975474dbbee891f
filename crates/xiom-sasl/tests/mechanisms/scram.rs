//! Channel binding, errors of the server, and limits of SCRAM.

use xiom_core::{AuthFault, Bindings, Security};
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::server::{LookupAnswer, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{
    BindingOffer, BindingType, Context, Credentials, Limits, Nonce, PeerProof, ScramKeys,
};

use crate::common::{
    Both, End, Placement, Store, challenged, exchange, greeted, keys, quick, refusal, respond,
    scram_client, scram_server, secure,
};

fn meet(
    variants: (Variant, Variant),
    (client_side, server_side): (&Security, &Security),
    (client_offer, server_offer): (BindingOffer, BindingOffer),
) -> Result<Both, End> {
    let limits = quick();
    let client_cx = Context::new(client_side, &limits).with_binding(client_offer);
    let server_cx = Context::new(server_side, &limits).with_binding(server_offer);
    let (client, server) = (scram_client(variants.0, "user", "pencil"), scram_server(variants.1));
    let store = Store::new("user", "pencil");
    exchange(client, server, (&client_cx, &server_cx), &store, Placement::Additional, |_, _| {})
}

//= test SRS_SASL_MECHANISMS_01_053, SRS_SASL_MECHANISMS_01_054
/// Attack 8: the table of RFC 5802 section 6.
#[test]
fn flags_follow_the_table() {
    use AuthFault::{ChannelBinding, ChannelBindingDowngrade};
    use BindingOffer::{None, Offered, Withheld};
    use Variant::{Sha256, Sha256Plus};
    let security = secure();
    let cases = [
        ((Sha256, Sha256), (None, None), Ok(())),
        ((Sha256, Sha256), (None, Offered), Ok(())),
        ((Sha256, Sha256), (Offered, Offered), Ok(())),
        ((Sha256, Sha256), (Withheld, None), Ok(())),
        ((Sha256, Sha256), (Withheld, Offered), Err(ChannelBindingDowngrade)),
        ((Sha256Plus, Sha256Plus), (Offered, Offered), Ok(())),
        ((Sha256Plus, Sha256), (Offered, Offered), Err(ChannelBinding)),
        ((Sha256, Sha256Plus), (None, Offered), Err(ChannelBinding)),
        ((Sha256, Sha256Plus), (Withheld, Offered), Err(ChannelBindingDowngrade)),
    ];
    for (variants, offers, expected) in cases {
        let end = meet(variants, (&security, &security), offers);
        assert_eq!(end.map(|_| ()), expected.map_err(End::Server), "{variants:?} {offers:?}");
    }
}

/// Every variant logs in with keys of its own hash, and with no others.
#[test]
fn every_variant_logs_in_with_keys_of_its_hash() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits).with_binding(BindingOffer::Offered);
    for variant in Variant::ALL {
        for hash in [Hash::Sha1, Hash::Sha256, Hash::Sha512] {
            let (mut client, first) = greeted(&scram_client(variant, "user", "pencil"), &cx);
            let first = ServerInput::Initial(Some(&first));
            let step = scram_server(variant).step(&cx, first, &mut Vec::new());
            let ServerStep::Lookup(server, request) = step else { panic!("{step:?}") };
            let keys = ScramKeys::derive(hash, "pencil", &[1; 16], 2).unwrap();
            let answer = LookupAnswer::Scram(&keys);
            let fits = hash == variant.hash();
            assert_eq!(request.admits(&answer), fits);
            let mut out = Vec::new();
            let step = server.step(&cx, ServerInput::Lookup(answer), &mut out);
            if !fits {
                let fault = AuthFault::NoCredentials;
                assert!(matches!(step, ServerStep::Failure { fault: it, .. } if it == fault));
                continue;
            }
            let ServerStep::Challenge(server) = step else { panic!("{step:?}") };
            let last = respond(&mut client, &cx, &out).unwrap();
            let step = server.step(&cx, ServerInput::Response(&last), &mut Vec::new());
            let ServerStep::Authorize(server, _) = step else { panic!("{step:?}") };
            out.clear();
            let step = server.step(&cx, ServerInput::Authorized(true), &mut out);
            let ServerStep::Success { established, .. } = step else { panic!("{step:?}") };
            let proven = client.outcome_ok(&cx, Some(&out)).unwrap();
            assert_eq!(proven.mechanism(), established.mechanism());
            assert_eq!(proven.bound().is_some(), variant.binds());
            assert_eq!(proven.mechanism().ends_with("-PLUS"), variant.binds());
        }
    }
}

//= test SRS_SASL_MECHANISMS_01_056, SRS_SASL_MECHANISMS_01_057, SRS_SASL_MECHANISMS_01_058
#[test]
fn plus_binds_to_the_channel() {
    let offers = (BindingOffer::Offered, BindingOffer::Offered);
    let plus = (Variant::Sha256Plus, Variant::Sha256Plus);
    let here = secure();
    let (client, server) = meet(plus, (&here, &here), offers).unwrap();
    for established in [client, server] {
        assert_eq!(established.bound(), Some(BindingType::TlsExporter));
        assert_eq!(established.peer(), PeerProof::Verified);
    }

    let bindings = Bindings { exporter: Some([8; 32]), ..here.bindings.clone() };
    let elsewhere = Security { bindings, ..here.clone() };
    let end = meet(plus, (&here, &elsewhere), offers);
    assert_eq!(end, Err(End::Server(AuthFault::ChannelBinding)));

    let bindings = Bindings { exporter: None, ..here.bindings.clone() };
    let end_point = Security { bindings, ..here.clone() };
    let (client, server) = meet(plus, (&end_point, &here), offers).unwrap();
    assert_eq!(client.bound(), Some(BindingType::TlsServerEndPoint));
    assert_eq!(server.bound(), Some(BindingType::TlsServerEndPoint));
    let end = meet(plus, (&here, &end_point), offers);
    assert_eq!(end, Err(End::Server(AuthFault::ChannelBinding)), "the server has no exporter");

    let bare = Security { bindings: Bindings::default(), ..here };
    let end = meet(plus, (&bare, &bare), offers);
    assert_eq!(end, Err(End::Client(AuthFault::NoCredentials)));
}

//= test SRS_SASL_MECHANISMS_01_055
#[test]
fn headers_name_the_binding() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let start = |variant, cx: &Context<'_>| greeted(&scram_client(variant, "u", "p"), cx).1;
    assert!(start(Variant::Sha256Plus, &cx).starts_with(b"p=tls-exporter,,n=u,r="));
    assert!(start(Variant::Sha256, &cx).starts_with(b"n,,n=u,r="));
    let withheld = cx.with_binding(BindingOffer::Withheld);
    assert!(start(Variant::Sha256, &withheld).starts_with(b"y,,n=u,r="));
}

//= test SRS_SASL_MECHANISMS_01_053, SRS_SASL_MECHANISMS_01_054, SRS_SASL_MECHANISMS_01_057
/// The words of RFC 5802 section 7 for a binding that cannot be.
#[test]
fn a_client_is_told_why_binding_failed() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits).with_binding(BindingOffer::Offered);
    let cases = [
        (Variant::Sha256Plus, "p=tls-unique", "e=unsupported-channel-binding-type"),
        (Variant::Sha256Plus, "n", "e=channel-bindings-dont-match"),
        (Variant::Sha256Plus, "y", "e=server-does-support-channel-binding"),
        (Variant::Sha256, "y", "e=server-does-support-channel-binding"),
        (Variant::Sha256, "p=tls-exporter", "e=channel-binding-not-supported"),
        (Variant::Sha256, "p=", "e=invalid-encoding"),
        (Variant::Sha256, "p=tls_exporter", "e=invalid-encoding"),
    ];
    for (variant, flag, told) in cases {
        let (message, mut out) = (format!("{flag},,n=user,r=abc"), Vec::new());
        let input = ServerInput::Initial(Some(message.as_bytes()));
        let step = scram_server(variant).step(&cx, input, &mut out);
        assert!(matches!(step, ServerStep::Failure { send: true, .. }));
        assert_eq!(str::from_utf8(&out), Ok(told), "{variant:?} {flag}");
    }
}

//= test SRS_SASL_MECHANISMS_01_058
/// A header that was changed on the way is noticed although the first message's proof leaves it out.
#[test]
fn header_is_repeated_in_the_last_message() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let store = Store::new("user", "pencil");
    for replacement in [&b"y,,"[..], b"n,a=root,"] {
        let (client, server) =
            (scram_client(Variant::Sha256, "user", "pencil"), scram_server(Variant::Sha256));
        let end = exchange(client, server, (&cx, &cx), &store, Placement::Additional, |at, it| {
            if at == 0 {
                it.splice(..3, replacement.iter().copied());
            }
        });
        assert_eq!(end, Err(End::Server(AuthFault::ChannelBinding)));
    }
}

//= test SRS_SASL_MECHANISMS_01_065
#[test]
fn errors_of_the_server_end_the_exchange() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let keys = keys("pencil");
    let (mut client, first) = greeted(&scram_client(Variant::Sha256, "user", "pencil"), &cx);
    let server = scram_server(Variant::Sha256);
    let (_, challenge) = challenged(server, &cx, &first, LookupAnswer::Scram(&keys));
    let early = client.clone();
    respond(&mut client, &cx, &challenge).unwrap();
    for (value, fault) in [
        ("e=invalid-proof", AuthFault::BadCredentials),
        ("e=unknown-user", AuthFault::BadCredentials),
        ("e=channel-bindings-dont-match", AuthFault::ChannelBinding),
        ("e=server-does-support-channel-binding", AuthFault::ChannelBindingDowngrade),
        ("e=other-error", AuthFault::ServerError),
        ("e=no-resources,x=1", AuthFault::ServerError),
        ("e=", AuthFault::ServerError),
    ] {
        for client in [&client, &early] {
            let result = client.clone().challenge(&cx, value.as_bytes(), &mut Vec::new());
            assert_eq!(result, Err(fault));
        }
        let result = client.clone().outcome_ok(&cx, Some(value.as_bytes()));
        assert_eq!(result, Err(fault));
    }
}

#[test]
fn a_second_signature_is_out_of_turn() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let keys = keys("pencil");
    let (mut client, first) = greeted(&scram_client(Variant::Sha256, "user", "pencil"), &cx);
    let server = scram_server(Variant::Sha256);
    let (server, challenge) = challenged(server, &cx, &first, LookupAnswer::Scram(&keys));
    let last = respond(&mut client, &cx, &challenge).unwrap();
    let step = server.step(&cx, ServerInput::Response(&last), &mut Vec::new());
    let ServerStep::Authorize(server, _) = step else { panic!("{step:?}") };
    let mut signature = Vec::new();
    server.step(&cx, ServerInput::Authorized(true), &mut signature);
    assert_eq!(client.challenge(&cx, &signature, &mut Vec::new()), Ok(ClientStep::Send));
    let again = client.clone().outcome_ok(&cx, Some(&signature));
    assert_eq!(again, Err(AuthFault::Unexpected));
    let again = client.clone().challenge(&cx, &signature, &mut Vec::new());
    assert_eq!(again, Err(AuthFault::Unexpected));
    assert!(client.outcome_ok(&cx, None).is_ok());
}

//= test SRS_SASL_MECHANISMS_01_026
#[test]
fn sizes_are_bounded() {
    let security = secure();
    let limits = Limits { message: 90, salt: 8, nonce: 40, ..quick() };
    let cx = Context::new(&security, &limits);
    let (client, first) = greeted(&scram_client(Variant::Sha256, "user", "pencil"), &cx);
    let nonce = str::from_utf8(&first).unwrap().rsplit_once("r=").unwrap().1;
    let challenge =
        |message: String| client.clone().challenge(&cx, message.as_bytes(), &mut Vec::new());
    assert_eq!(challenge(format!("r={nonce}12345678,s=MTIzNDU2Nzg=,i=2")), Ok(ClientStep::Working));
    let too_long = [
        format!("r={nonce}123456789,s=MTIzNDU2Nzg=,i=2"),
        format!("r={nonce}12345678,s=MTIzNDU2Nzg5,i=2"),
        format!("r={nonce}12345678,s=MTIzNDU2Nzg=,i=2,x={}", "x".repeat(40)),
    ];
    for message in too_long {
        assert_eq!(challenge(message), Err(AuthFault::TooLong));
    }
    for message in
        [format!("n,,n=user,r={}", "x".repeat(41)), format!("n,,n={},r=x", "x".repeat(90))]
    {
        let input = ServerInput::Initial(Some(message.as_bytes()));
        let step = scram_server(Variant::Sha256).step(&cx, input, &mut Vec::new());
        assert_eq!(refusal(step), AuthFault::TooLong);
    }
}

//= test SRS_SASL_MECHANISMS_01_064
#[test]
fn what_cannot_be_prepared_is_refused() {
    for (user, password, fault) in [
        ("", "pencil", AuthFault::NoCredentials),
        ("user", "", AuthFault::NoCredentials),
        ("us\u{e000}r", "pencil", AuthFault::ProhibitedCharacter),
        ("user", "p\u{221}ncil", AuthFault::ProhibitedCharacter),
        ("us\ner", "pencil", AuthFault::ProhibitedCharacter),
        ("user", "\u{7f}", AuthFault::ProhibitedCharacter),
    ] {
        let credentials = Credentials::new(user, password);
        let nonce = Nonce::new([0; Nonce::ENTROPY]);
        assert_eq!(client::Scram::new(Variant::Sha256, credentials, nonce), Err(fault));
    }
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let mut out = Vec::new();
    let input = ServerInput::Initial(Some("n,,n=us\u{e000}r,r=abc".as_bytes()));
    let fault = refusal(scram_server(Variant::Sha256).step(&cx, input, &mut out));
    assert_eq!(
        (fault, &*out),
        (AuthFault::ProhibitedCharacter, &b"e=invalid-username-encoding"[..])
    );
}

#[test]
fn an_answer_to_another_question_ends_the_exchange() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let input = ServerInput::Initial(Some(b"n,,n=user,r=abc"));
    let step = scram_server(Variant::Sha256).step(&cx, input, &mut Vec::new());
    let ServerStep::Lookup(server, request) = step else { panic!("{step:?}") };
    let answer = LookupAnswer::Verified(true);
    assert!(!request.admits(&answer));
    let step = server.step(&cx, ServerInput::Lookup(answer), &mut Vec::new());
    assert_eq!(refusal(step), AuthFault::NoCredentials);
}
