//! Good exchanges: which layer, whose name, how many tokens.

use xiom_sasl::{Either, Identity, PeerProof, Policy};

use super::*;

//= test SRS_SASL_MECHANISMS_01_107, SRS_SASL_MECHANISMS_01_108
/// Every pair of permitted layers: the strongest in common, or none of it.
#[test]
fn the_strongest_layer_in_common_is_taken() {
    let ranges = || {
        EACH.into_iter()
            .flat_map(|least| EACH.into_iter().map(move |most| LayerRange { least, most }))
    };
    for client_layers in ranges() {
        for server_layers in ranges() {
            let common =
                |layer: &Protection| client_layers.admits(*layer) && server_layers.admits(*layer);
            let best = EACH.into_iter().filter(common).max();
            let end = negotiate(client(), server(), (client_layers, server_layers));
            match (best, end) {
                (Some(best), Ok((mut client, mut server))) => {
                    assert_eq!([client.protection(), server.protection()], [best; 2]);
                    let is_layered = best != Protection::None;
                    assert_eq!(client.take_layer().is_some(), is_layered);
                    assert_eq!(server.take_layer().is_some(), is_layered);
                }
                (None, Err(End::Client(fault) | End::Server(fault))) => {
                    assert_eq!(fault, AuthFault::NoCommonLayer);
                }
                other => panic!("{client_layers:?} {server_layers:?}: {other:?}"),
            }
        }
    }
}

//= test SRS_SASL_MECHANISMS_01_110, SRS_SASL_MECHANISMS_01_111
#[test]
fn the_authorization_identity_goes_behind_the_choice() {
    for authzid in
        [None, Some("r"), Some("root"), Some("r\u{f6}\u{f6}t with a name of some length")]
    {
        let client = client::Gssapi::new(FakeGss::initiator(TIM), authzid).unwrap();
        let (client, server) = negotiate(client, server(), (ANY, ANY)).unwrap();
        for end in [client, server] {
            assert_eq!(end.mechanism(), "GSSAPI");
            assert_eq!(end.peer(), PeerProof::Verified);
            assert_eq!(end.bound(), None);
            assert_eq!(end.principal().identity, Identity::Kerberos(TIM.into()));
            assert_eq!(end.principal().authzid.as_deref(), authzid);
            assert_eq!(end.principal().acts_as(), authzid.or(Some(TIM)));
        }
    }
    let new = |authzid| client::Gssapi::new(FakeGss::initiator(TIM), Some(authzid)).map(|_| ());
    assert_eq!(new(""), Err(AuthFault::NoCredentials));
    assert_eq!(new("a\0b"), Err(AuthFault::ProhibitedCharacter));
}

//= test SRS_SASL_MECHANISMS_01_100
/// Whichever end is complete first, and with or without a last token.
#[test]
fn any_number_of_tokens_leads_to_the_offer() {
    for tokens in 1..=6_u8 {
        let client = client::Gssapi::new(FakeGss::initiator(TIM).with_tokens(tokens), None);
        let server = server::Gssapi::new(FakeGss::acceptor().with_tokens(tokens));
        let (security, limits) = (Security::default(), Limits::default());
        let cx = Context::new(&security, &limits);
        let mut sizes = Vec::new();
        let both = exchange(client.unwrap(), server, (&cx, &cx), |_, it| sizes.push(it.len()));
        assert!(both.is_ok(), "{tokens}: {both:?}");
        // The server's last token is answered by nothing, the client's last one by the offer.
        let empty = sizes.iter().filter(|size| **size == 0).count();
        assert_eq!(empty, usize::from(tokens % 2 == 0), "{tokens}: {sizes:?}");
        assert_eq!(sizes.len(), usize::from(tokens) + empty + 2);
    }
}

//= test SRS_SASL_MECHANISMS_01_100
/// Octet by octet: what RFC 4752 section 3 asks for.
#[test]
fn the_messages_are_those_of_the_rfc() {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits).with_layers(ANY);
    let client = client::Gssapi::new(FakeGss::initiator("t"), Some("u")).unwrap();
    let mut messages = Vec::new();
    exchange(client, server(), (&cx, &cx), |_, it| messages.push(it.clone())).unwrap();
    let [first, second, third, offer, choice] = <[Vec<u8>; 5]>::try_from(messages).unwrap();
    assert_eq!((&*first, &*second, &*third), (&b"`\0t"[..], &b"`\x01"[..], &b""[..]));
    // A token that can be read, from the acceptor, the first: all three layers, 64 KiB.
    assert_eq!(offer[..7], [b'i', 0, 0, 0b111, 1, 0, 0]);
    assert_eq!(offer.len(), 8);
    // One layer, 64 KiB, and the authorization identity without an end.
    assert_eq!(choice[..8], [b'i', 1, 0, 0b100, 1, 0, 0, b'u']);
    assert_eq!(choice.len(), 9);
}

//= test SRS_SASL_MECHANISMS_01_023
#[test]
fn a_server_asks_for_the_first_token() {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    let (mut client, mut first, mut out) = (client(), Vec::new(), Vec::new());
    client.start(&cx, &mut first).unwrap();
    let step = server().step(&cx, ServerInput::Initial(None), &mut out);
    let ServerStep::Challenge(server) = step else { panic!("{step:?}") };
    assert_eq!(out, b"");
    let step = server.step(&cx, ServerInput::Response(&first), &mut out);
    assert!(matches!(step, ServerStep::Challenge(_)), "{step:?}");
    assert_eq!(out, b"`\x01");
}

/// The facts that the policy decides by.
#[test]
fn a_strict_policy_chooses_kerberos() {
    let security = Security::default();
    let policy = Policy {
        require_mutual: true,
        require_layer: Protection::Confidentiality,
        ..Policy::default()
    };
    let candidates: [Either<client::Mechanism, client::Gssapi<FakeGss>>; 2] =
        [Either::A(client::Anonymous::new("").unwrap().into()), Either::B(client())];
    let choice = policy.select(&candidates, ["ANONYMOUS", "GSSAPI"], &security).choice();
    assert_eq!(choice.unwrap().index, 1);
    let properties = server().properties();
    assert_eq!(properties, client().properties());
    assert!(properties.client_first && !properties.dictionary && !properties.reveals_secret);
    assert_eq!(properties.strength, 256);
}
