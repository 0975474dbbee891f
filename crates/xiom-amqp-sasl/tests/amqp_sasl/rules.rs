//! What never happens: a password in clear, a weaker choice by itself, a server that is believed without proof.

use xiom_amqp_sasl::{Client, ClientConfig, Server, ServerConfig};
use xiom_core::{
    AuthFault, Bindings, Cause, Failure, OpenResult, Plain, SaslFault, Security, Stack, Stage,
};
use xiom_sasl::{BindingType, Identity, PeerProof, Policy, Principal};
use xiom_testing::{Endpoint, ToyEngine};
use xiom_tls::Tls;

use crate::frames::{HEADER, init, mechanisms, outcome};
use crate::rig::{
    ClientSide, Kind, PLAIN_MESSAGE, ServerSide, answer_by, client_config, client_over, converse,
    ground, open, opened, server_config, server_over,
};
use crate::script::{Case, client_refuses_with};

fn client_on(security: Security, kinds: &[Kind], policy: Policy) -> ClientSide {
    let mechanisms = kinds.iter().map(|kind| kind.client()).collect();
    let config = ClientConfig { policy, ..client_config() };
    Stack::new(Client::new(mechanisms, config), Plain::asserting(security))
}

fn server_on(security: Security, kinds: &[Kind], policy: Policy) -> ServerSide {
    let mechanisms = kinds.iter().map(|kind| kind.server()).collect();
    let config = ServerConfig { policy, ..server_config() };
    Stack::new(Server::new(mechanisms, config), Plain::asserting(security))
}

fn confidential() -> Security {
    Security { confidential: true, ..Security::default() }
}

fn failed(failure: Failure) -> [OpenResult; 1] {
    [OpenResult::Failed(failure)]
}

//= test SRS_SASLCLIENTIO_50_019, SRS_SASLCLIENTIO_50_020
#[test]
fn a_client_shows_no_password_on_a_channel_that_is_not_confidential() {
    for offer in [&["PLAIN"][..], &["ANONYMOUS", "PLAIN", "EXTERNAL"]] {
        let case = Case {
            name: format!("{offer:?}"),
            octets: [HEADER, &mechanisms(offer)].concat(),
            sent: HEADER.into(),
            failure: Cause::Mechanism(AuthFault::NotConfidential).at(Stage::SaslMechanisms),
        };
        let (kinds, policy) = ([Kind::Plain], Policy::default);
        client_refuses_with(&case, || client_on(Security::default(), &kinds, policy()));
        // Nor does it go on as nobody, although that is configured too.
        let kinds = [Kind::Plain, Kind::Anonymous];
        client_refuses_with(&case, || client_on(Security::default(), &kinds, policy()));
    }
}

//= test SRS_SASLCLIENTIO_50_019
#[test]
fn a_client_shows_the_password_where_the_user_says_so() {
    let permissive = Policy { allow_cleartext: true, ..Policy::default() };
    let sides = [
        client_on(confidential(), &[Kind::Plain], Policy::default()),
        client_on(Security::default(), &[Kind::Plain], permissive),
    ];
    for side in sides {
        let mut client = open(side);
        client.feed(&[HEADER, &mechanisms(&["PLAIN"]), &outcome(0, None)].concat());
        assert_eq!(client.take(), [HEADER, &init("PLAIN", Some(PLAIN_MESSAGE))].concat());
        assert_eq!(opened(&client), [OpenResult::Ok]);
    }
}

#[test]
fn tls_that_does_not_say_whom_it_talks_to_is_not_confidential() {
    let tls = || ToyEngine::client().with_security(Security::default());
    let mut client = open(client_over(Kind::Plain, Tls::new(tls())));
    let mut server = open(server_over(Kind::Plain, Tls::new(ToyEngine::server())));
    converse(&mut client, &mut server, usize::MAX, b"");
    let failure = Cause::Mechanism(AuthFault::NotConfidential).at(Stage::SaslMechanisms);
    assert_eq!(opened(&client), failed(failure));
}

#[test]
fn a_server_does_not_offer_what_the_channel_cannot_carry() {
    let all = Kind::ALL;
    let cleartext = Policy { allow_cleartext: true, ..Policy::default() };
    let binding = Policy { require_binding: true, ..Policy::default() };
    let mutual = Policy { require_mutual: true, ..Policy::default() };
    let certificate = Security { peer: Some("CN=client".into()), ..Security::default() };
    let cases: [(Security, &Policy, &[&str]); 7] = [
        (Security::default(), &Policy::default(), &["ANONYMOUS", "SCRAM-SHA-256"]),
        (Security::default(), &cleartext, &["ANONYMOUS", "PLAIN", "SCRAM-SHA-256"]),
        (confidential(), &Policy::default(), &["ANONYMOUS", "PLAIN", "SCRAM-SHA-256"]),
        (certificate, &Policy::default(), &["ANONYMOUS", "EXTERNAL", "SCRAM-SHA-256"]),
        (ground(), &Policy::default(), &all.map(Kind::name)),
        (ground(), &mutual, &["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"]),
        (ground(), &binding, &["SCRAM-SHA-256-PLUS"]),
    ];
    for (security, policy, names) in cases {
        let mut server = open(server_on(security, &all, policy.clone()));
        server.feed(HEADER);
        assert_eq!(server.take(), [HEADER, &mechanisms(names)].concat());
    }
    let mut server = open(server_on(Security::default(), &[Kind::Plain], Policy::default()));
    server.feed(&[HEADER, &init("PLAIN", Some(PLAIN_MESSAGE))].concat());
    assert_eq!(server.take(), HEADER);
    server.tell(xiom_core::Fact::Ended);
    let failure = Cause::Sasl(SaslFault::NoCommonMechanism).at(Stage::SaslHeader);
    assert_eq!(opened(&server), failed(failure));
}

//= test SRS_SASLCLIENTIO_01_043, SRS_SASLCLIENTIO_01_046
#[test]
fn a_client_takes_the_strongest_whatever_the_order_of_the_offer() {
    let kinds = [Kind::Anonymous, Kind::Plain, Kind::Scram, Kind::ScramPlus];
    let (none, plus) = (None, Some(BindingType::TlsExporter));
    for reversed in [false, true] {
        for (security, bound) in
            [(ground(), plus), (confidential(), none), (Security::default(), none)]
        {
            let mut offered = kinds.to_vec();
            if reversed {
                offered.reverse();
            }
            let mut client = open(client_on(security.clone(), &kinds, Policy::default()));
            let mut server = open(server_on(security, &offered, Policy::default()));
            converse(&mut client, &mut server, usize::MAX, b"");
            let established = client.channel.layers().unwrap().upper().established().unwrap();
            assert_eq!((established.peer(), established.bound()), (PeerProof::Verified, bound));
        }
    }
}

#[test]
fn who_strips_the_binding_from_the_offer_is_found_out() {
    // Both ends can bind, and somebody between them took SCRAM-SHA-256-PLUS out of the offer.
    let kinds = [Kind::Scram, Kind::ScramPlus];
    let mut client = open(client_on(ground(), &kinds, Policy::default()));
    let mut server = open(server_on(ground(), &kinds, Policy::default()));
    server.feed(&client.take());
    client.feed(&[HEADER, &mechanisms(&["SCRAM-SHA-256"])].concat());
    server.take();
    server.feed(&client.take());
    assert_eq!(server.take(), outcome(1, None));
    server.tell(xiom_core::Fact::Ended);
    let failure = Cause::Mechanism(AuthFault::ChannelBindingDowngrade).at(Stage::SaslInit);
    assert_eq!(opened(&server), failed(failure));
}

#[test]
fn who_stands_between_two_channels_is_found_out() {
    let other = Bindings { exporter: Some([8; 32]), end_point: None };
    let far = Security { bindings: other, ..ground() };
    let mut client = open(client_on(ground(), &[Kind::ScramPlus], Policy::default()));
    let mut server = open(server_on(far, &[Kind::ScramPlus], Policy::default()));
    converse(&mut client, &mut server, usize::MAX, b"");
    server.tell(xiom_core::Fact::Ended);
    let failure = Cause::Mechanism(AuthFault::ChannelBinding).at(Stage::SaslExchange);
    assert_eq!(opened(&server), failed(failure));
    assert!(matches!(opened(&client)[..], [OpenResult::Failed(_)]));
}

#[test]
fn whom_a_user_wants_to_act_as_is_asked_and_told() {
    let credentials = || xiom_sasl::Credentials::new("user", "pencil").with_authzid("admin");
    for kind in [Kind::Plain, Kind::Scram] {
        let client = Client::new(vec![kind.client_of(credentials())], client_config());
        let mut client = open(Stack::new(client, Plain::asserting(ground())));
        let mut server: Endpoint<ServerSide> = open(crate::rig::server_side(kind));
        xiom_testing::pump(&mut client, &mut server, 7);
        assert!(answer_by(&mut server, crate::rig::reply));
        xiom_testing::pump(&mut client, &mut server, 7);
        let identity = Identity::User("user".into());
        let principal = Principal { identity, authzid: Some("admin".into()) };
        assert!(answer_by(&mut server, |server, out| {
            let asked = xiom_amqp_sasl::Question::Authorize(principal.clone());
            assert_eq!(server.question(), Some(&asked));
            server.authorize(true, out);
        }));
        xiom_testing::pump(&mut client, &mut server, 7);
        for established in [
            client.channel.layers().unwrap().upper().established().unwrap(),
            server.channel.layers().unwrap().upper().established().unwrap(),
        ] {
            assert_eq!(established.principal(), &principal);
            assert_eq!(established.principal().acts_as(), Some("admin"));
        }
    }
}
