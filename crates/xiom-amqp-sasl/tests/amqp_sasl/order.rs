//! Each performative in each state: legal in exactly one, a typed failure in every other.

use xiom_amqp_sasl::{Client, ClientConfig, Server};
use xiom_core::{
    AuthFault, Cause, FrameFault, HeaderFault, Layer, OpenResult, Performative as P, Phase, Plain,
    Received, SaslFault, Security, Stack, Stage, WireBuf,
};
use xiom_sasl::client::{ClientMechanism, ClientStep, Mechanism};
use xiom_sasl::server::{self, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{Context, Established, MechanismLayer, Properties};

use crate::bad_client::header_and_init;
use crate::frames::{HEADER, challenge, init, mechanisms, one_of_each, outcome, response};
use crate::rig::{
    GREETING, Kind, answer_all, client_config, client_side, converse, ground, open, opened, reopen,
    server_config, server_side, transcript,
};
use crate::script::{Case, client_refuses, refuses, server_refuses};

fn unexpected(performative: P) -> Cause {
    Cause::Frame(FrameFault::Unexpected(performative))
}

//= test SRS_SASLCLIENTIO_01_118
#[test]
fn no_performative_may_come_before_the_header() {
    for (performative, octets) in one_of_each() {
        let case = Case {
            name: format!("{performative}"),
            octets,
            sent: HEADER.into(),
            failure: Cause::Header(HeaderFault::NotAmqp).at(Stage::SaslHeader),
        };
        client_refuses(&case, Kind::Plain);
        server_refuses(&case, Kind::Plain);
    }
}

//= test SRS_SASLCLIENTIO_01_032, SRS_SASLCLIENTIO_50_008
#[test]
fn a_client_that_awaits_the_offer_takes_nothing_else() {
    for (performative, octets) in one_of_each() {
        if performative != P::Mechanisms {
            let case = Case {
                name: format!("{performative}"),
                octets: [HEADER, &octets].concat(),
                sent: HEADER.into(),
                failure: unexpected(performative).at(Stage::SaslMechanisms),
            };
            client_refuses(&case, Kind::Plain);
        }
    }
}

//= test SRS_SASLCLIENTIO_01_040, SRS_SASLCLIENTIO_50_008
#[test]
fn a_client_that_awaits_the_outcome_takes_nothing_but_what_a_server_says() {
    for (performative, octets) in one_of_each() {
        let expected = match performative {
            P::Mechanisms | P::Init | P::Response => unexpected(performative),
            P::Challenge => Cause::Mechanism(AuthFault::Unexpected),
            P::Outcome => continue,
        };
        let case = Case {
            name: format!("{performative}"),
            octets: [HEADER, &mechanisms(&["PLAIN"]), &octets].concat(),
            sent: header_and_init(),
            failure: expected.at(Stage::SaslExchange),
        };
        client_refuses(&case, Kind::Plain);
    }
}

#[test]
fn what_comes_while_a_client_computes_is_judged_after_its_response() {
    let said = transcript(Kind::Scram);
    let first = said.server.len() - outcome(0, Some(&[b'v'; 46])).len();
    for (performative, octets) in one_of_each() {
        let expected = match performative {
            P::Mechanisms | P::Init | P::Response => unexpected(performative),
            P::Challenge => Cause::Mechanism(AuthFault::Malformed),
            P::Outcome => Cause::Mechanism(AuthFault::ServerNotVerified),
        };
        let case = Case {
            name: format!("{performative}"),
            octets: [&said.server[..first], &octets].concat(),
            sent: said.client.clone(),
            failure: expected.at(Stage::SaslExchange),
        };
        client_refuses(&case, Kind::Scram);
    }
}

//= test SRS_SASL_SERVER_IO_01_060
#[test]
fn a_server_that_awaits_init_takes_nothing_else() {
    for (performative, octets) in one_of_each() {
        if performative != P::Init {
            let case = Case {
                name: format!("{performative}"),
                octets: [HEADER, &octets].concat(),
                sent: [HEADER, &mechanisms(&["PLAIN"])].concat(),
                failure: unexpected(performative).at(Stage::SaslInit),
            };
            server_refuses(&case, Kind::Plain);
        }
    }
}

//= test SRS_SASL_SERVER_IO_01_060
#[test]
fn a_server_that_awaits_a_response_takes_nothing_else() {
    let said = transcript(Kind::Scram);
    let challenged = said.server.len() - outcome(0, Some(&[b'v'; 46])).len();
    let last = said.client.windows(4).position(|four| four == [0, 0x53, 0x43, 0xC0]).unwrap() - 8;
    for (performative, octets) in one_of_each() {
        if performative != P::Response {
            let case = Case {
                name: format!("{performative}"),
                octets: [&said.client[..last], &octets].concat(),
                sent: said.server[..challenged].into(),
                failure: unexpected(performative).at(Stage::SaslExchange),
            };
            server_refuses(&case, Kind::Scram);
        }
    }
}

//= test SRS_SASLCLIENTIO_01_117
#[test]
fn once_open_performatives_are_octets_of_the_user() {
    let all: Vec<u8> = one_of_each().into_iter().flat_map(|(_, octets)| octets).collect();
    for kind in Kind::ALL {
        let said = transcript(kind);
        let mut client = open(client_side(kind));
        client.feed(&[&said.server[..], &all, HEADER].concat());
        assert_eq!(client.received, [&all[..], HEADER].concat());
        let mut server = open(server_side(kind));
        server.feed(&[&said.client[..], &all, HEADER].concat());
        answer_all(&mut server);
        assert_eq!(server.received, [&all[..], HEADER].concat());
    }
}

//= test SRS_SASLCLIENTIO_01_031, SRS_SASLCLIENTIO_50_009
#[test]
fn a_layer_that_computes_or_asks_parses_nothing_and_one_that_failed_swallows_all() {
    let mut out = WireBuf::default();
    let said = transcript(Kind::Scram);
    let first = said.server.len() - outcome(0, Some(&[b'v'; 46])).len();
    let mut client = Client::new(vec![Kind::Scram.client()], client_config());
    client.open(&ground(), &mut out);
    feed(&mut client, &mut said.server[..first].to_vec(), &mut out);
    assert_eq!(client.phase(), Phase::Working(Stage::SaslExchange));

    let mut server = Server::new(vec![Kind::Scram.server()], server_config());
    server.open(&ground(), &mut out);
    feed(&mut server, &mut said.client.clone(), &mut out);
    assert_eq!(server.phase(), Phase::Asking(Stage::SaslLookup));

    let written = out.appended();
    for (_, mut octets) in one_of_each() {
        assert_eq!(client.receive(&mut octets, &mut out), None);
        assert_eq!(server.receive(&mut octets, &mut out), None);
        assert_eq!(out.appended(), written);
    }
    client.end();
    server.end();
    assert_eq!(client.phase(), Phase::Failed(Cause::EndOfStream.at(Stage::SaslExchange)));
    assert_eq!(server.phase(), Phase::Failed(Cause::EndOfStream.at(Stage::SaslLookup)));
    for (_, mut octets) in one_of_each() {
        let all = octets.len();
        assert_eq!(client.receive(&mut octets, &mut out), Some(Received::skip(all)));
        assert_eq!(server.receive(&mut octets, &mut out), Some(Received::skip(all)));
        assert_eq!(out.appended(), written);
    }
    client.open(&Security::default(), &mut out);
    server.open(&Security::default(), &mut out);
    assert!(
        matches!(client.phase(), Phase::Failed(_)) && matches!(server.phase(), Phase::Failed(_))
    );
    assert_eq!(out.appended(), written, "a layer serves one connection");
}

fn feed(layer: &mut impl Layer, octets: &mut [u8], out: &mut WireBuf) {
    let mut at = 0;
    while let Some(got) = layer.receive(&mut octets[at..], out) {
        assert!(got.data.is_empty());
        at += got.consumed;
    }
}

/// ANONYMOUS, but slow to begin, and patient with any number of challenges.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Patient(Mechanism);

impl ClientMechanism for Patient {
    type Layer = MechanismLayer;

    fn properties(&self) -> Properties {
        self.0.properties()
    }

    fn start(&mut self, _: &Context<'_>, _: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        Ok(ClientStep::Working)
    }

    fn challenge(
        &mut self,
        _: &Context<'_>,
        _: &[u8],
        _: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        Ok(ClientStep::Send)
    }

    fn work(
        &mut self,
        cx: &Context<'_>,
        _: u32,
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        self.0.start(cx, out)
    }

    fn is_done(&self) -> bool {
        self.0.is_done()
    }

    fn outcome_ok(
        self,
        cx: &Context<'_>,
        data: Option<&[u8]>,
    ) -> Result<Established<MechanismLayer>, AuthFault> {
        self.0.outcome_ok(cx, data)
    }
}

fn patient() -> Stack<Client<Patient>, Plain> {
    let config = ClientConfig::default();
    Stack::new(Client::new(vec![Patient(Kind::Anonymous.client())], config), Plain::default())
}

//= test SRS_SASLCLIENTIO_50_010
#[test]
fn a_slow_start_and_endless_challenges_end_at_the_limit_of_rounds() {
    let offer = [HEADER, &mechanisms(&["ANONYMOUS"])].concat();
    let started = [HEADER, &init("ANONYMOUS", Some(b"trace"))].concat();
    let case = |name: &str, behind: &[u8], replies: &[u8], expected: Cause| Case {
        name: name.into(),
        octets: [&offer[..], behind].concat(),
        sent: [&started[..], replies].concat(),
        failure: expected.at(Stage::SaslExchange),
    };
    let endless = challenge(b"?").repeat(17);
    let too_many = Cause::Sasl(SaslFault::TooManyRounds(16));
    let cases = [
        case("endless", &endless, &response(b"").repeat(16), too_many),
        case("offer", &mechanisms(&["ANONYMOUS"]), b"", unexpected(P::Mechanisms)),
        case("init", &init("ANONYMOUS", None), b"", unexpected(P::Init)),
        case("response", &response(b""), b"", unexpected(P::Response)),
    ];
    for case in cases {
        refuses(
            &case,
            patient,
            |_| {},
            |end| {
                reopen(end, patient());
                converse(end, &mut open(server_side(Kind::Anonymous)), usize::MAX, GREETING);
                assert_eq!(opened(end), [OpenResult::Ok]);
                assert_eq!(end.received, GREETING);
            },
        );
    }
}

/// ANONYMOUS, but with as many questions before as `left`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Curious {
    left: u8,
    inner: server::Mechanism,
}

impl ServerMechanism for Curious {
    type Layer = MechanismLayer;

    fn properties(&self) -> Properties {
        self.inner.properties()
    }

    fn step(self, cx: &Context<'_>, input: ServerInput<'_>, out: &mut Vec<u8>) -> ServerStep<Self> {
        match (self.left.checked_sub(1), input) {
            (Some(left), ServerInput::Initial(_) | ServerInput::Response(_)) => {
                ServerStep::Challenge(Self { left, ..self })
            }
            (None, ServerInput::Response(data)) => {
                self.inner.step(cx, ServerInput::Initial(Some(data)), out).map(wrap, |layer| layer)
            }
            (_, input) => self.inner.step(cx, input, out).map(wrap, |layer| layer),
        }
    }
}

fn wrap(inner: server::Mechanism) -> Curious {
    Curious { left: 0, inner }
}

fn curious(left: u8) -> Stack<Server<Curious>, Plain> {
    let mechanism = Curious { left, inner: Kind::Anonymous.server() };
    Stack::new(Server::new(vec![mechanism], server_config()), Plain::default())
}

#[test]
fn a_server_asks_no_more_often_than_the_limit_of_rounds() {
    let case = Case {
        name: "curious".into(),
        octets: [HEADER, &init("ANONYMOUS", None), &response(b"?").repeat(16)].concat(),
        sent: [HEADER, &mechanisms(&["ANONYMOUS"]), &challenge(b"").repeat(16), &outcome(1, None)]
            .concat(),
        failure: Cause::Sasl(SaslFault::TooManyRounds(16)).at(Stage::SaslExchange),
    };
    refuses(
        &case,
        || curious(17),
        answer_all,
        |end| {
            reopen(end, curious(16));
            let mut client = open(patient());
            converse(&mut client, end, usize::MAX, b"");
            assert_eq!(
                (opened(&client), opened(end)),
                (vec![OpenResult::Ok], vec![OpenResult::Ok])
            );
        },
    );
}
