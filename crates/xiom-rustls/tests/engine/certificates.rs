//! Certificates that are not accepted: each has its own fault on both ends, and nothing goes up.

use alloc::sync::Arc;
use std::sync::Mutex;

use crate::support::{
    Authority, Identity, NAME, fault_at, handshake_fault, pair, self_signed, shake, tls12,
};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, date_time_ymd};
use xiom_core::{CertificateFault, Layer as _, Stage, TlsFault};
use xiom_rustls::{ClientOptions, Observer, ServerOptions};
use xiom_testing::pump;
use xiom_tls::Tls;

/// What a client and a server say when the server shows `identity`.
fn faults(client: ClientOptions, identity: &Identity) -> (TlsFault, TlsFault) {
    let client = client.build().unwrap();
    let (a, b) = shake(&client, &identity.server().build().unwrap());
    assert!(!a.channel.is_open() && a.received.is_empty());
    (handshake_fault(&a), b.failure().map(|_| handshake_or_open(&b)).unwrap())
}

fn handshake_or_open(end: &crate::support::ServerEnd) -> TlsFault {
    let stage = end.failure().unwrap().stage;
    fault_at(end, stage)
}

fn refused(fault: CertificateFault, alert: u8) -> (TlsFault, TlsFault) {
    (TlsFault::Certificate(fault), TlsFault::Alert(alert))
}

//= test SRS_TLSIO_50_002
#[test]
fn each_defect_has_its_fault() {
    use CertificateFault as F;
    type Change = fn(&mut CertificateParams);
    let expired: Change = |params| params.not_after = date_time_ymd(2021, 1, 1);
    let early: Change = |params| params.not_before = date_time_ymd(2110, 1, 1);
    let no_server: Change =
        |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let is_ca: Change = |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let cases: [(&str, Change, (TlsFault, TlsFault)); 5] = [
        (NAME, expired, refused(F::Expired, 45)),
        (NAME, early, refused(F::NotYetValid, 45)),
        ("other.example", |_| (), refused(F::WrongName, 42)),
        (NAME, no_server, refused(F::WrongPurpose, 43)),
        (NAME, is_ca, refused(F::WrongPurpose, 46)),
    ];
    let authority = Authority::new("authority");
    for (name, change, told) in cases {
        let identity = authority.issue(name, change);
        assert_eq!(faults(authority.client(), &identity), told);
    }
}

//= test SRS_TLSIO_50_002
#[test]
fn an_unknown_authority_and_a_self_signed_certificate_have_no_trusted_issuer() {
    let authority = Authority::new("authority");
    let stranger = Authority::new("stranger").issue(NAME, |_| ());
    let impostor = Authority::new("authority").issue(NAME, |_| ());
    for identity in [stranger, self_signed(NAME, |_| ())] {
        let told = faults(authority.client(), &identity);
        assert_eq!(told, refused(CertificateFault::UnknownIssuer, 48));
    }
    // The same name, another key.
    let told = faults(authority.client(), &impostor);
    assert_eq!(told.0, TlsFault::Certificate(CertificateFault::BadSignature));
}

#[test]
fn a_self_signed_certificate_is_accepted_when_it_is_trusted() {
    let identity = self_signed(NAME, |_| ());
    let client = ClientOptions::new().only_roots(&identity.chain).build().unwrap();
    let (a, b) = shake(&client, &identity.server().build().unwrap());
    assert!(a.channel.is_open() && b.channel.is_open());
}

/// A client with the certificate of `own`, if any, at a server that asks as `ask` says.
fn ask(
    own: Option<&Identity>,
    authority: &Authority,
    ask: impl FnOnce(ServerOptions) -> ServerOptions,
    is_tls12: bool,
) -> (crate::support::ClientEnd, crate::support::ServerEnd) {
    let mut client = authority.client();
    if let Some(own) = own {
        client = client.certificate(&own.chain, own.secret());
    }
    if is_tls12 {
        client = client.provider(tls12());
    }
    let server = ask(authority.issue(NAME, |_| ()).server()).build().unwrap();
    let (mut a, mut b) = shake(&client.build().unwrap(), &server);
    if a.failure().is_some() {
        a.close();
        pump(&mut a, &mut b, usize::MAX);
    }
    (a, b)
}

#[test]
fn a_client_certificate_names_the_peer() {
    let authority = Authority::new("authority");
    let own = authority.issue("sensor-7", |_| ());
    for is_tls12 in [false, true] {
        for is_required in [false, true] {
            let (a, b) = ask(
                Some(&own),
                &authority,
                |options| {
                    if is_required {
                        options.required_client_certificate(&authority.pem)
                    } else {
                        options.optional_client_certificate(&authority.pem)
                    }
                },
                is_tls12,
            );
            let security = b.channel.layers().unwrap().security();
            assert_eq!(security.peer.as_deref(), Some("sensor-7"));
            assert!(security.confidential);
            let security = a.channel.layers().unwrap().security();
            assert!(security.certificate && security.peer.is_none());
        }
    }
}

#[test]
fn an_optional_client_certificate_may_be_missing() {
    let authority = Authority::new("authority");
    let optional = |options: ServerOptions| options.optional_client_certificate(&authority.pem);
    let (a, b) = ask(None, &authority, optional, false);
    assert!(a.channel.is_open());
    assert_eq!(b.channel.layers().unwrap().security().peer, None);
    assert!(!a.channel.layers().unwrap().security().certificate);
}

#[test]
fn a_required_client_certificate_is_required() {
    let authority = Authority::new("authority");
    let required = |options: ServerOptions| options.required_client_certificate(&authority.pem);
    let (a, b) = ask(None, &authority, required, false);
    assert_eq!(handshake_fault(&b), TlsFault::Certificate(CertificateFault::Missing));
    // In TLS 1.3 the client was done before the server judged.
    assert_eq!(fault_at(&a, Stage::Open), TlsFault::Alert(116));
    let (a, b) = ask(None, &authority, required, true);
    assert_eq!(handshake_fault(&b), TlsFault::Certificate(CertificateFault::Missing));
    assert!(matches!(handshake_fault(&a), TlsFault::Alert(_)));
}

#[test]
fn a_client_certificate_of_another_authority_is_refused() {
    let authority = Authority::new("authority");
    let own = Authority::new("stranger").issue("sensor-7", |_| ());
    let required = |options: ServerOptions| options.required_client_certificate(&authority.pem);
    let optional = |options: ServerOptions| options.optional_client_certificate(&authority.pem);
    for (a, b) in
        [ask(Some(&own), &authority, required, false), ask(Some(&own), &authority, optional, false)]
    {
        let fault = TlsFault::Certificate(CertificateFault::UnknownIssuer);
        assert_eq!(handshake_fault(&b), fault);
        assert_eq!(fault_at(&a, Stage::Open), TlsFault::Alert(48));
    }
}

#[test]
fn an_observer_sees_the_chain_and_the_verdict_and_changes_nothing() {
    let authority = Authority::new("authority");
    for (name, verdict) in
        [(NAME, Ok(())), ("other.example", Err(TlsFault::Certificate(CertificateFault::WrongName)))]
    {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&seen);
        let observer = Observer::new(move |presented| {
            let chain: Vec<Vec<u8>> = presented.chain.iter().map(|der| der.to_vec()).collect();
            sink.lock().unwrap().push((chain, presented.verdict));
        });
        let client = authority.client().observer(observer).build().unwrap();
        let server = authority.issue(name, |_| ()).server().build().unwrap();
        let (a, _) = shake(&client, &server);
        assert_eq!(a.channel.is_open(), verdict.is_ok());
        let seen = seen.lock().unwrap();
        assert_eq!((seen.len(), seen[0].0.len(), seen[0].1), (1, 1, verdict));
        assert_eq!(seen[0].0[0][0], 0x30); // A DER sequence.
    }
}

#[test]
fn debug_shows_neither_keys_nor_octets() {
    let (client, server) = pair(|options| options, |options| options);
    let key = crate::support::self_signed(NAME, |_| ());
    let options = ClientOptions::new().certificate(&key.chain, key.secret());
    let text = format!("{client:?} {server:?} {options:?} {:?}", key.server());
    assert!(text.contains("[..]") && text.contains(" octets]"), "{text}");
    assert!(!text.contains("PRIVATE") && !text.contains("45, 45, 45"));
    let engine = Tls::new(server.engine().unwrap());
    assert!(!format!("{engine:?}").contains("key"));
}
