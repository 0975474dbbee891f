//! Good logins: every mechanism, over every kind of channel, however the octets are cut.

use xiom_core::{Layer, OpenResult, Plain, Stack};
use xiom_sasl::server::LookupAnswer;
use xiom_sasl::{BindingType, Established, Identity, NoLayer, PeerProof, Principal};
use xiom_testing::{Endpoint, ToyEngine, unseal};
use xiom_tls::Tls;

use crate::frames::{HEADER, body, frame, outcome, symbol};
use crate::rig::{
    ClientSide, GREETING, Kind, PLAIN_MESSAGE, ServerSide, answer_by, client_over, client_side,
    converse, ground, keys, open, opened, reply, server_over, server_side, transcript,
};

const PIECES: [usize; 5] = [1, 2, 3, 7, usize::MAX];

/// Who the client is in a login with `kind`, as both sides see it.
fn identities(kind: Kind) -> (Identity, Identity) {
    let both = |identity: Identity| (identity.clone(), identity);
    match kind {
        Kind::Anonymous => both(Identity::Anonymous("trace".into())),
        Kind::Plain | Kind::Scram | Kind::ScramPlus => both(Identity::User("user".into())),
        Kind::External => (Identity::External("".into()), Identity::External("CN=client".into())),
    }
}

fn assert_facts(kind: Kind, found: Option<&Established<NoLayer>>, identity: Identity) {
    let found = found.unwrap();
    let (peer, bound) = match kind {
        Kind::Anonymous | Kind::Plain | Kind::External => (PeerProof::NotOffered, None),
        Kind::Scram => (PeerProof::Verified, None),
        Kind::ScramPlus => (PeerProof::Verified, Some(BindingType::TlsExporter)),
    };
    assert_eq!(found.principal(), &Principal { identity, authzid: None }, "{kind:?}");
    assert_eq!((found.peer(), found.bound()), (peer, bound), "{kind:?}");
}

/// Logs in, and moves octets both ways, the first of them right behind the outcome.
fn login<A: Layer, B: Layer>(
    kind: Kind,
    piece: usize,
    client: &mut Endpoint<ClientSide<A>>,
    server: &mut Endpoint<ServerSide<B>>,
) {
    converse(client, server, piece, GREETING);
    assert_eq!(opened(client), [OpenResult::Ok], "{kind:?} by {piece}");
    assert_eq!(opened(server), [OpenResult::Ok], "{kind:?} by {piece}");
    assert_eq!(client.received, GREETING);
    let (at_client, at_server) = identities(kind);
    assert_facts(kind, client.channel.layers().unwrap().upper().established(), at_client);
    assert_facts(kind, server.channel.layers().unwrap().upper().established(), at_server);

    assert!(client.send(b"from the client"));
    converse(client, server, piece, b"");
    assert_eq!(server.received, b"from the client");
}

#[test]
fn every_mechanism_logs_in_over_an_asserted_channel() {
    for kind in Kind::ALL {
        for piece in PIECES {
            let (mut client, mut server) = (open(client_side(kind)), open(server_side(kind)));
            login(kind, piece, &mut client, &mut server);
        }
    }
}

#[test]
fn every_mechanism_logs_in_over_tls_and_leaves_nothing_in_clear() {
    for kind in Kind::ALL {
        for piece in PIECES {
            let client = Tls::new(ToyEngine::client().with_security(ground()));
            let server = Tls::new(ToyEngine::server().with_security(ground()));
            let mut client = open(client_over(kind, client));
            let mut server = open(server_over(kind, server));
            login(kind, piece, &mut client, &mut server);
        }
        let client = Tls::new(ToyEngine::client().with_security(ground()));
        let server = Tls::new(ToyEngine::server().with_security(ground()));
        let (mut client, mut server) =
            (open(client_over(kind, client)), open(server_over(kind, server)));
        let said = converse(&mut client, &mut server, usize::MAX, b"");
        let plain = transcript(kind);
        assert_eq!(unseal(&said.client), Some(plain.client), "{kind:?}");
        assert_eq!(unseal(&said.server), Some(plain.server), "{kind:?}");
    }
}

#[test]
fn the_server_opens_before_the_client_and_each_opens_once() {
    let (mut client, mut server) = (open(client_side(Kind::Plain)), open(server_side(Kind::Plain)));
    let said = transcript(Kind::Plain);
    server.feed(&said.client);
    assert!(opened(&server).is_empty(), "not before the application has decided");
    assert!(
        answer_by(&mut server, reply) && opened(&server).is_empty(),
        "verified is not permitted"
    );
    assert!(answer_by(&mut server, reply));
    assert_eq!(opened(&server), [OpenResult::Ok]);
    let (last, before) = said.server.split_last().unwrap();
    client.feed(before);
    assert!(opened(&client).is_empty());
    client.feed(&[*last]);
    assert_eq!(opened(&client), [OpenResult::Ok]);
}

#[test]
fn a_server_may_verify_a_password_by_the_keys_it_keeps() {
    for piece in PIECES {
        let mut client = open(client_side(Kind::Plain));
        let mut server = open(server_side(Kind::Plain));
        let up = client.take();
        server.feed(&up);
        client.feed(&server.take());
        client.take().chunks(piece).for_each(|part| server.feed(part));
        let by_keys = |server: &mut xiom_amqp_sasl::Server, out: &mut _| {
            server.lookup(LookupAnswer::Scram(&keys()), out);
        };
        assert!(answer_by(&mut server, by_keys));
        crate::rig::answer_all(&mut server);
        converse(&mut client, &mut server, piece, GREETING);
        assert_eq!(
            (opened(&client), opened(&server)),
            (vec![OpenResult::Ok], vec![OpenResult::Ok])
        );
        assert_eq!(client.received, GREETING);
    }
}

//= test SRS_SASLCLIENTIO_50_015, SRS_SASLCLIENTIO_50_016
#[test]
fn an_offer_of_one_bare_symbol_and_an_extended_header_are_understood() {
    let bare = frame(&body(0x40, 1, &symbol("PLAIN")));
    let wide = b"\0\0\0\x27\x02\x01\0\0\x00\x80\0\0\0\0\0\0\0\x40\xd0\0\0\0\x12\0\0\0\x01\xf0\0\0\0\x09\0\0\0\x01\xb3\0\0\0\x05PLAIN";
    let mut wide = wide.to_vec();
    wide[3] = u8::try_from(wide.len()).unwrap();
    wide[22] = u8::try_from(wide.len() - 23).unwrap();
    wide[31] = u8::try_from(wide.len() - 32).unwrap();
    let extended = [&[0, 0, 0, bare[3] + 4, 3, 1, 0xFF, 0xFF][..], b"skip", &bare[8..]].concat();
    let named =
        [&b"\x00\xa3\x19amqp:sasl-mechanisms:list"[..], &body(0x40, 1, &symbol("PLAIN"))[3..]];
    for offer in [bare, wide, extended, frame(&named.concat())] {
        let mut client = open(client_side(Kind::Plain));
        client.feed(&[HEADER, &offer, &outcome(0, None), b"up"].concat());
        assert_eq!(opened(&client), [OpenResult::Ok], "{offer:02x?}");
        assert_eq!(client.received, b"up");
    }
}

#[test]
fn an_initial_response_may_come_as_the_answer_to_an_empty_challenge() {
    let mut server = open(server_side(Kind::Plain));
    server.feed(&[HEADER, &crate::frames::init("PLAIN", None)].concat());
    assert!(server.take().ends_with(&crate::frames::challenge(b"")));
    server.feed(&crate::frames::response(PLAIN_MESSAGE));
    crate::rig::answer_all(&mut server);
    assert_eq!(opened(&server), [OpenResult::Ok]);
}

//= test SRS_SASLCLIENTIO_01_051
#[test]
fn the_hostname_is_sent_when_it_is_configured() {
    let config = xiom_amqp_sasl::ClientConfig {
        hostname: Some("broker".into()),
        ..crate::rig::client_config()
    };
    let client = xiom_amqp_sasl::Client::new(vec![Kind::Plain.client()], config);
    let mut client = open(Stack::new(client, Plain::asserting(ground())));
    let mut server = open(server_side(Kind::Plain));
    let said = converse(&mut client, &mut server, usize::MAX, b"");
    assert_eq!(opened(&client), [OpenResult::Ok]);
    let fields = [symbol("PLAIN"), crate::frames::binary(PLAIN_MESSAGE), b"\xA1\x06broker".into()];
    assert!(said.client.ends_with(&frame(&body(0x41, 3, &fields.concat()))));
}
