//! The exchange of protocol headers: TLS announced on the plain port, AMQP without SASL, and all wrong answers.

use xiom_amqp_sasl::HeaderExchange;
use xiom_core::{
    Action, Cause, Fact, HeaderFault as H, Layer, OpenResult, Security, SocketFault, Stack, Stage,
};
use xiom_testing::{Endpoint, ToyEngine, unseal};
use xiom_tls::Tls;

use crate::frames::{AMQP, HEADER};
use crate::rig::{
    CHANNEL, ClientSide, GREETING, Kind, ServerSide, client_over, converse, ground, open, opened,
    reopen, server_over, transcript,
};
use crate::script::{Case, cuts, refuses};

const TLS: &[u8] = b"AMQP\x02\x01\x00\x00";

/// An exchange, with its header, its stage, and whether it speaks first.
type Exchange = (fn() -> HeaderExchange, &'static [u8], Stage, bool);

const EXCHANGES: [Exchange; 4] = [
    (HeaderExchange::tls_client, TLS, Stage::TlsHeader, true),
    (HeaderExchange::tls_server, TLS, Stage::TlsHeader, false),
    (HeaderExchange::amqp_client, AMQP, Stage::AmqpHeader, true),
    (HeaderExchange::amqp_server, AMQP, Stage::AmqpHeader, false),
];

/// What another header than `ours` means.
fn wrong_answers(ours: &[u8]) -> Vec<(&'static str, Vec<u8>, H)> {
    let tls = ours == TLS;
    let version = H::Version { major: 1, minor: 2, revision: 3 };
    let mut later = ours[..5].to_vec();
    later.extend([1, 2, 3]);
    let other = if tls { AMQP } else { TLS };
    let mut cases: Vec<(&str, Vec<u8>, H)> = vec![
        ("http", b"HTTP/1.1 400 Bad Request".into(), H::NotAmqp),
        ("tls alert, 7 octets", b"\x15\x03\x01\x00\x02\x02\x46".into(), H::NotAmqp),
        ("zeros", vec![0; 8], H::NotAmqp),
        ("fourth octet", b"AMQX".into(), H::NotAmqp),
        ("id 1", b"AMQP\x01\x01\x00\x00".into(), H::UnknownProtocol(1)),
        ("id 4", b"AMQP\x04".into(), H::UnknownProtocol(4)),
        ("other version", later, version),
    ];
    let (sasl, other_fault) = if tls {
        (H::PeerWithoutTls, H::PeerWithoutTls)
    } else {
        (H::PeerRequiresSasl, H::PeerRequiresTls)
    };
    cases.push(("sasl", HEADER.into(), sasl));
    cases.push(("the other one", other.into(), other_fault));
    cases
}

fn recovers(end: &mut Endpoint<HeaderExchange>, fresh: fn() -> HeaderExchange, header: &[u8]) {
    reopen(end, fresh());
    end.feed(&[header, GREETING].concat());
    assert_eq!(opened(end), [OpenResult::Ok]);
    assert_eq!((end.take(), &end.received[..]), (header.to_vec(), GREETING));
}

//= test SRS_SASLCLIENTIO_50_032
#[test]
fn the_right_header_opens_however_it_is_cut_and_what_follows_is_the_users() {
    for (fresh, header, _, speaks_first) in EXCHANGES {
        let octets = [header, GREETING].concat();
        for parts in cuts(&octets) {
            let mut end = open(fresh());
            assert_eq!(end.take(), if speaks_first { header } else { b"" });
            for part in &parts {
                end.feed(part);
            }
            assert_eq!(opened(&end), [OpenResult::Ok]);
            assert_eq!(end.received, GREETING);
            assert_eq!(end.take(), if speaks_first { b"" } else { header });
            assert!(end.send(b"as it is"));
            assert_eq!(end.take(), b"as it is");
        }
    }
}

//= test SRS_SASLCLIENTIO_50_033
#[test]
fn every_wrong_header_is_a_failure_that_says_what_the_peer_wants() {
    for (fresh, header, stage, _) in EXCHANGES {
        for (name, octets, fault) in wrong_answers(header) {
            let failure = Cause::Header(fault).at(stage);
            let case = Case { name: name.into(), octets, sent: header.into(), failure };
            refuses(&case, fresh, |_| {}, |end| recovers(end, fresh, header));
        }
    }
}

#[test]
fn an_exchange_that_breaks_at_any_octet_completes_once() {
    let reset = SocketFault::Reset;
    for (fresh, header, stage, _) in EXCHANGES {
        for at in 0..header.len() {
            let facts = [
                (Fact::Ended, Cause::EndOfStream),
                (Fact::Lost(reset), Cause::Socket(reset)),
                (Fact::Time(CHANNEL.open), Cause::Deadline),
            ];
            for (fact, cause) in facts {
                let mut end = open(fresh());
                end.feed(&header[..at]);
                end.take();
                end.tell(fact);
                assert_eq!(opened(&end), [OpenResult::Failed(cause.at(stage))]);
                recovers(&mut end, fresh, header);
            }
            let mut end = open(fresh());
            end.feed(&header[..at]);
            assert!(end.close());
            assert_eq!(opened(&end), [OpenResult::Cancelled]);
            assert_eq!(end.told.last(), Some(&Action::Closed));
            recovers(&mut end, fresh, header);
        }
    }
}

#[test]
fn the_layer_promises_what_is_below_it_and_nothing_more() {
    for (fresh, _, _, _) in EXCHANGES {
        let (mut layer, mut out) = (fresh(), xiom_core::WireBuf::default());
        assert_eq!(layer.security(), Security::default());
        layer.open(&ground(), &mut out);
        assert_eq!(layer.security(), ground());
        assert!(!layer.is_transparent());
    }
}

/// TLS that was announced by a header.
type Announced = Stack<Tls<ToyEngine>, HeaderExchange>;
type Ends = (Endpoint<ClientSide<Announced>>, Endpoint<ServerSide<Announced>>);

fn announced(kind: Kind) -> Ends {
    let client = Tls::new(ToyEngine::client().with_security(ground()));
    let server = Tls::new(ToyEngine::server().with_security(ground()));
    let client = Stack::new(client, HeaderExchange::tls_client());
    let server = Stack::new(server, HeaderExchange::tls_server());
    (open(client_over(kind, client)), open(server_over(kind, server)))
}

#[test]
fn a_full_login_over_announced_tls_by_pieces_of_every_size() {
    for kind in Kind::ALL {
        let plain = transcript(kind);
        for piece in (1..=130).chain([usize::MAX]) {
            let (mut client, mut server) = announced(kind);
            let said = converse(&mut client, &mut server, piece, GREETING);
            assert_eq!(opened(&client), [OpenResult::Ok], "{kind:?} by {piece}");
            assert_eq!(opened(&server), [OpenResult::Ok], "{kind:?} by {piece}");
            assert_eq!(client.received, GREETING);
            let under_tls = |octets: &[u8]| unseal(octets.strip_prefix(TLS)?);
            assert_eq!(under_tls(&said.client), Some(plain.client.clone()));
            assert_eq!(under_tls(&said.server), Some([&plain.server[..], GREETING].concat()));
            assert!(client.send(b"hello"));
            converse(&mut client, &mut server, piece, b"");
            assert_eq!(server.received, b"hello");
        }
    }
}

#[test]
fn each_layer_of_the_stack_tells_its_own_failure() {
    let cases: [(&[u8], Cause, Stage); 4] = [
        (HEADER, Cause::Header(H::PeerWithoutTls), Stage::TlsHeader),
        (b"HTTP", Cause::Header(H::NotAmqp), Stage::TlsHeader),
        (
            b"AMQP\x02\x01\x00\x00\x15\x03\x01",
            Cause::Tls(xiom_core::TlsFault::NotTls),
            Stage::TlsHandshake,
        ),
        // A record of 8 octets, each masked with 0x55: the header of AMQP.
        (
            b"AMQP\x02\x01\x00\x00H\xF7\x08\x14\x18\x04\x05\x55\x54\x55\x55",
            Cause::Header(H::PeerWithoutSasl),
            Stage::SaslHeader,
        ),
    ];
    for (octets, cause, stage) in cases {
        for parts in cuts(octets) {
            let (mut client, _) = announced(Kind::Plain);
            for part in parts {
                client.feed(part);
            }
            client.take();
            client.tell(Fact::Ended);
            assert_eq!(opened(&client), [OpenResult::Failed(cause.at(stage))]);
            assert!(client.received.is_empty());
        }
    }
}
