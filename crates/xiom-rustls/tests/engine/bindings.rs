//! Channel bindings: both ends have the same, and rustls' own export agrees.

use rcgen::{KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};
use sha2::{Digest as _, Sha256, Sha384};
use xiom_core::Layer as _;
use xiom_testing::Endpoint;
use xiom_tls::Tls;

use crate::bare::Bare;
use crate::support::{Authority, NAME, built_in, client_end, pair, server_end, shake, tls12};

#[test]
fn the_exporter_is_that_of_the_buffered_rustls() {
    // Also the suites with the shorter hash.
    for keep in ["TLS13_AES_256_GCM_SHA384", "TLS13_AES_128_GCM_SHA256"] {
        let mut provider = built_in();
        provider.cipher_suites.retain(|suite| suite.suite().as_str() == Some(keep));
        let mut bare = Bare::with_client(|_| (), |options| options.provider(provider.into()));
        bare.shake();
        let label = b"EXPORTER-Channel-Binding";
        let exported = bare.server.export_keying_material([0; 32], label, Some(b"")).unwrap();
        let layer = bare.client.channel.layers().unwrap();
        assert_eq!(layer.security().bindings.exporter, Some(exported));
        assert_eq!(layer.engine().facts().unwrap().suite, keep);
    }
}

#[test]
fn both_ends_have_the_same_bindings() {
    let (client, server) = pair(|options| options, |options| options);
    let (a, b) = shake(&client, &server);
    let a = a.channel.layers().unwrap().security().bindings;
    assert_eq!(a, b.channel.layers().unwrap().security().bindings);
    assert!(a.exporter.is_some() && a.end_point.is_some());
}

#[test]
fn tls12_has_the_end_point_only() {
    let (client, server) = pair(|options| options.provider(tls12()), |options| options);
    let (a, b) = shake(&client, &server);
    let a = a.channel.layers().unwrap().security().bindings;
    assert_eq!(a, b.channel.layers().unwrap().security().bindings);
    assert!(a.exporter.is_none() && a.end_point.is_some());
}

#[test]
fn the_end_point_is_hashed_as_the_certificate_was_signed() {
    let p256 = Authority::new("P-256");
    let p384 =
        Authority::with_key("P-384", KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap());
    let ed25519 = Authority::with_key("Ed25519", KeyPair::generate_for(&PKCS_ED25519).unwrap());
    for authority in [&p256, &p384, &ed25519] {
        let server = authority.issue(NAME, |_| ()).server().build().unwrap();
        let (a, b) = shake(&authority.client().build().unwrap(), &server);
        let layer = a.channel.layers().unwrap();
        let der = &layer.engine().facts().unwrap().peer_certificates[0];
        let expected = match authority.name {
            "P-256" => Some(Sha256::digest(der).to_vec()),
            "P-384" => Some(Sha384::digest(der).to_vec()),
            _ => None,
        };
        let end_point = layer.security().bindings.end_point;
        assert_eq!(end_point.as_ref().map(|hash| hash.octets().to_vec()), expected);
        assert_eq!(b.channel.layers().unwrap().security().bindings.end_point, end_point);
    }
}

#[test]
fn handshakes_that_run_side_by_side_keep_their_own_bindings_and_names() {
    let authority = Authority::new("authority");
    let identity = authority.issue(NAME, |params| {
        let other = rcgen::SanType::DnsName("other.example".try_into().unwrap());
        params.subject_alt_names.push(other);
    });
    let server = identity.server().build().unwrap();
    let client = authority.client().build().unwrap();
    let mut pairs = [NAME, "other.example"].map(|name| {
        let client = Endpoint::open(Tls::new(client.engine(name).unwrap()));
        (name, client, server_end(&server))
    });
    for _ in 0..4 {
        for (_, a, b) in &mut pairs {
            b.feed(&a.take());
        }
        for (_, a, b) in &mut pairs {
            a.feed(&b.take());
        }
    }
    let found = pairs.map(|(name, a, b)| {
        let (a, b) = (a.channel.layers().unwrap(), b.channel.layers().unwrap());
        assert_eq!(b.engine().facts().unwrap().server_name.as_deref(), Some(name));
        assert_eq!(a.security().bindings, b.security().bindings);
        a.security().bindings.exporter.unwrap()
    });
    assert_ne!(found[0], found[1]);
}

#[test]
fn an_engine_may_change_threads_within_a_handshake() {
    let (client, server) = pair(|options| options, |options| options);
    let (mut a, mut b) = (client_end(&client), server_end(&server));
    b.feed(&a.take());
    let flight = b.take();
    let mut a = std::thread::spawn(move || {
        a.feed(&flight);
        a
    })
    .join()
    .unwrap();
    b.feed(&a.take());
    let a = a.channel.layers().unwrap().security().bindings;
    assert!(a.exporter.is_some() && a == b.channel.layers().unwrap().security().bindings);
}
