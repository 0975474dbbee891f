//! Laws for random users, passwords, salts, slices and damage.

use proptest::prelude::*;
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::server::{self, LookupAnswer};
use xiom_sasl::{Context, Credentials, Nonce, PeerProof, ScramKeys};

use crate::common::{
    Placement, Store, challenged, decoy, exchange, greeted, quick, respond, scram_server, secure,
};

const PRINTABLE: &str = "[ -~]{1,40}";

fn store(user: &str, password: &str, salt: &[u8], iterations: u32) -> Store {
    let keys = ScramKeys::derive(Hash::Sha256, password, salt, iterations).unwrap();
    Store { user: user.into(), keys }
}

fn scram(
    variant: Variant,
    credentials: Credentials,
    nonce: [u8; Nonce::ENTROPY],
) -> client::Mechanism {
    client::Scram::new(variant, credentials, Nonce::new(nonce)).unwrap().into()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn scram_agrees(
        user in PRINTABLE,
        password in PRINTABLE,
        authzid in proptest::option::of(PRINTABLE),
        salt in prop::collection::vec(any::<u8>(), 1..80),
        iterations in 1_u32..100,
        nonce in any::<[u8; Nonce::ENTROPY]>(),
        plus in any::<bool>(),
        in_challenge in any::<bool>(),
    ) {
        let (security, limits) = (secure(), quick());
        let cx = Context::new(&security, &limits);
        let variant = if plus { Variant::Sha256Plus } else { Variant::Sha256 };
        let placement = if in_challenge { Placement::Challenge } else { Placement::Additional };
        let mut credentials = Credentials::new(&*user, &*password);
        credentials.authzid = authzid.map(Into::into);
        let client = scram(variant, credentials, nonce);
        let store = store(&user, &password, &salt, iterations);
        let (at_client, at_server) =
            exchange(client, scram_server(variant), (&cx, &cx), &store, placement, |_, _| {}).unwrap();
        prop_assert_eq!(&at_client, &at_server);
        prop_assert_eq!(at_client.peer(), PeerProof::Verified);
        prop_assert_eq!(at_client.bound().is_some(), plus);
    }

    #[test]
    fn plain_agrees(
        user in "\\PC{1,20}",
        password in PRINTABLE,
        salt in prop::collection::vec(any::<u8>(), 1..80),
        iterations in 1_u32..100,
    ) {
        let (security, limits) = (secure(), quick());
        let cx = Context::new(&security, &limits);
        let client = client::Plain::new(Credentials::new(&*user, &*password)).unwrap().into();
        let server = server::Plain::new(decoy()).into();
        let store = store(&user, &password, &salt, iterations);
        let (at_client, at_server) =
            exchange(client, server, (&cx, &cx), &store, Placement::Additional, |_, _| {}).unwrap();
        prop_assert_eq!(at_client, at_server);
    }

    #[test]
    fn another_password_never_agrees(user in PRINTABLE, right in PRINTABLE, wrong in PRINTABLE) {
        prop_assume!(right != wrong);
        let (security, limits) = (secure(), quick());
        let cx = Context::new(&security, &limits);
        let credentials = Credentials::new(&*user, &*wrong);
        let store = store(&user, &right, &[1; 16], 2);
        let scram = scram(Variant::Sha256, credentials.clone(), [1; Nonce::ENTROPY]);
        let plain = client::Plain::new(credentials).unwrap().into();
        for (client, server) in [
            (scram, scram_server(Variant::Sha256)),
            (plain, server::Plain::new(decoy()).into()),
        ] {
            let end = exchange(client, server, (&cx, &cx), &store, Placement::Additional, |_, _| {});
            prop_assert!(end.is_err());
        }
    }

    #[test]
    fn a_flipped_bit_never_authenticates(
        plus in any::<bool>(),
        in_challenge in any::<bool>(),
        message in 0_usize..4,
        at in any::<prop::sample::Index>(),
        bit in 0_u32..8,
    ) {
        let (security, limits) = (secure(), quick());
        let cx = Context::new(&security, &limits);
        let variant = if plus { Variant::Sha256Plus } else { Variant::Sha256 };
        let placement = if in_challenge { Placement::Challenge } else { Placement::Additional };
        let client = scram(variant, Credentials::new("user", "pencil"), [1; Nonce::ENTROPY]);
        let server = scram_server(variant);
        let store = Store::new("user", "pencil");
        let mut flipped = false;
        let end = exchange(client, server, (&cx, &cx), &store, placement, |number, octets| {
            if number == message {
                let at = at.index(octets.len());
                octets[at] ^= 1 << bit;
                flipped = true;
            }
        });
        prop_assert!(end.is_err());
        prop_assert!(flipped);
    }

    //= test SRS_SASL_MECHANISMS_01_030
    #[test]
    fn slices_do_not_matter(iterations in 1_u32..100, slices in prop::collection::vec(0_u32..20, 1..8)) {
        let (security, limits) = (secure(), quick());
        let cx = Context::new(&security, &limits);
        let credentials = Credentials::new("user", "pencil");
        let client = scram(Variant::Sha256, credentials, [1; Nonce::ENTROPY]);
        let (mut client, first) = greeted(&client, &cx);
        let store = store("user", "pencil", &[1; 16], iterations);
        let answer = LookupAnswer::Scram(&store.keys);
        let (_, challenge) = challenged(scram_server(Variant::Sha256), &cx, &first, answer);
        let mut whole = client.clone();
        let expected = respond(&mut whole, &cx, &challenge).unwrap();
        let mut out = Vec::new();
        let mut step = client.challenge(&cx, &challenge, &mut out).unwrap();
        for slice in slices.iter().cycle() {
            if step != ClientStep::Working {
                break;
            }
            step = client.work(&cx, *slice, &mut out).unwrap();
        }
        prop_assert_eq!((client, out), (whole, expected));
    }
}
