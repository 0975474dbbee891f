//! Mechanisms that compute, ask and go on for long: what comes meanwhile waits, and the rounds are bounded.

use xiom_core::{
    AuthFault, Cause, Layer, OpenResult, Phase, Plain, Received, SaslFault, Stack, Stage,
    ThriftFault, ThriftStatus, WireBuf,
};
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::server::{self, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{Context, Established, NoLayer, Properties, Protection};
use xiom_thrift_sasl::{Client, Server};

use crate::messages::{BAD, COMPLETE, ERROR, OK, START, first, message, parse};
use crate::rig::{
    Kind, answer_all, client_config, converse, ground, open, opened, server_config, transcript,
};
use crate::script::{Case, refuses};

fn feed(layer: &mut impl Layer, octets: &[u8], out: &mut WireBuf) -> Vec<u8> {
    let mut input = octets.to_vec();
    while let Some(got) = layer.receive(&mut input, out) {
        assert!(got.octets(&input).is_empty());
        input.drain(..got.consumed);
    }
    input
}

//= test SRS_THRIFT_SASL_50_041, SRS_THRIFT_SASL_50_019, SRS_THRIFT_SASL_01_012
#[test]
fn a_layer_that_computes_or_asks_parses_nothing_and_one_that_failed_swallows_all() {
    let said = transcript(Kind::Scram);
    let (first_two, challenge) = (first(&parse(&said.client), 2), first(&parse(&said.server), 1));
    let mut out = WireBuf::default();
    let mut client = Client::new(Kind::Scram.client(), client_config(Protection::None));
    client.open(&ground(), &mut out);
    assert_eq!(client.phase(), Phase::Opening(Stage::SaslExchange));
    assert_eq!(feed(&mut client, &challenge, &mut out), b"");
    assert_eq!(client.phase(), Phase::Working(Stage::SaslExchange));

    let mut server = Server::new(vec![Kind::Scram.server()], server_config(Protection::None));
    assert_eq!(server.phase(), Phase::Idle);
    server.open(&ground(), &mut out);
    assert_eq!(server.phase(), Phase::Opening(Stage::SaslStart));
    assert_eq!(feed(&mut server, &first_two, &mut out), b"");
    assert_eq!(server.phase(), Phase::Asking(Stage::SaslLookup));

    let written = out.appended();
    let each: Vec<Vec<u8>> = (0..=6).map(|status| message(status, b"payload")).collect();
    for octets in &each {
        assert_eq!(feed(&mut client, octets, &mut out), *octets);
        assert_eq!(feed(&mut server, octets, &mut out), *octets);
        assert_eq!(out.appended(), written);
    }
    client.end();
    server.end();
    assert_eq!(client.phase(), Phase::Failed(Cause::EndOfStream.at(Stage::SaslExchange)));
    assert_eq!(server.phase(), Phase::Failed(Cause::EndOfStream.at(Stage::SaslLookup)));
    for octets in &each {
        let all = Some(Received::skip(octets.len()));
        assert_eq!(client.receive(&mut octets.clone(), &mut out), all);
        assert_eq!(server.receive(&mut octets.clone(), &mut out), all);
        client.work(1, &mut out);
        server.work(1, &mut out);
        server.authorize(true, &mut out);
        client.send(b"late", &mut out);
        server.send(b"late", &mut out);
        client.end();
        server.end();
        assert_eq!(out.appended(), written);
    }
    client.open(&ground(), &mut out);
    server.open(&ground(), &mut out);
    assert!(
        matches!(client.phase(), Phase::Failed(_)) && matches!(server.phase(), Phase::Failed(_))
    );
    assert_eq!(out.appended(), written, "a layer serves one connection");
}

//= test SRS_THRIFT_SASL_50_039
/// What comes while a client computes is judged after its response.
#[test]
fn what_comes_while_a_client_computes_waits() {
    let said = transcript(Kind::Scram);
    let challenge = first(&parse(&said.server), 1);
    let cases = [
        (START, Cause::Thrift(ThriftFault::Unexpected(ThriftStatus::Start)), true),
        (COMPLETE, Cause::Mechanism(AuthFault::ServerNotVerified), false),
        (BAD, Cause::Thrift(ThriftFault::Refused), false),
    ];
    for (status, cause, is_answered) in cases {
        let word = message(ERROR, b"message out of order");
        let word = if is_answered { &word[..] } else { b"" };
        let case = Case {
            name: format!("{status}"),
            octets: [&challenge[..], &message(status, b"")].concat(),
            sent: [&said.client[..], word].concat(),
            failure: cause.at(Stage::SaslExchange),
            text: None,
        };
        crate::script::client_refuses(&case, Kind::Scram);
    }
}

/// ANONYMOUS, but slow to begin, and patient with any number of challenges.
#[derive(Clone, Debug)]
struct Patient {
    inner: client::Anonymous,
    /// What its computation comes to.
    result: Result<(), AuthFault>,
}

impl ClientMechanism for Patient {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        self.inner.properties()
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
        self.result?;
        self.inner.start(cx, out)
    }

    fn is_done(&self) -> bool {
        false
    }

    fn outcome_ok(
        self,
        cx: &Context<'_>,
        data: Option<&[u8]>,
    ) -> Result<Established<NoLayer>, AuthFault> {
        self.inner.outcome_ok(cx, data)
    }
}

fn patient(result: Result<(), AuthFault>) -> Stack<Client<Patient>, Plain> {
    let inner = client::Anonymous::new("trace").unwrap();
    let config = client_config(Protection::None);
    Stack::new(Client::new(Patient { inner, result }, config), Plain::default())
}

//= test SRS_THRIFT_SASL_50_033
#[test]
fn endless_challenges_end_at_the_limit_of_rounds() {
    let started = [message(START, b"ANONYMOUS"), message(OK, b"trace")].concat();
    let case = Case {
        name: "endless".into(),
        octets: message(OK, b"?").repeat(17),
        sent: [started, message(OK, b"").repeat(16), message(BAD, b"authentication failed")]
            .concat(),
        failure: Cause::Sasl(SaslFault::TooManyRounds(16)).at(Stage::SaslExchange),
        text: None,
    };
    refuses(&case, || patient(Ok(())), |_| {});
    let mut client = open(patient(Ok(())));
    client.feed(&[message(OK, b"?").repeat(16), message(COMPLETE, b"")].concat());
    assert_eq!(opened(&client), [OpenResult::Ok]);
}

/// Nothing was said yet, so there is nobody to be told.
#[test]
fn a_slow_start_that_fails_says_nothing() {
    let mut client = open(patient(Err(AuthFault::NoCredentials)));
    assert_eq!(client.take(), b"");
    let failure = Cause::Mechanism(AuthFault::NoCredentials).at(Stage::SaslStart);
    assert_eq!(opened(&client), [OpenResult::Failed(failure)]);
}

/// ANONYMOUS, but with as many questions before as `left`.
#[derive(Clone, Debug)]
struct Curious {
    left: u8,
    inner: server::Anonymous,
}

impl ServerMechanism for Curious {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        self.inner.properties()
    }

    fn step(self, cx: &Context<'_>, input: ServerInput<'_>, out: &mut Vec<u8>) -> ServerStep<Self> {
        let wrap = |inner| Self { left: 0, inner };
        match (self.left.checked_sub(1), input) {
            (Some(left), ServerInput::Initial(_) | ServerInput::Response(_)) => {
                ServerStep::Challenge(Self { left, ..self })
            }
            (None, ServerInput::Response(data)) => {
                self.inner.step(cx, ServerInput::Initial(Some(data)), out).map(wrap, |it| it)
            }
            (_, input) => self.inner.step(cx, input, out).map(wrap, |it| it),
        }
    }
}

fn curious(left: u8) -> Stack<Server<Curious>, Plain> {
    let mechanism = Curious { left, inner: server::Anonymous::new() };
    Stack::new(Server::new(vec![mechanism], server_config(Protection::None)), Plain::default())
}

//= test SRS_THRIFT_SASL_50_033
#[test]
fn a_server_asks_no_more_often_than_the_limit_of_rounds() {
    let case = Case {
        name: "curious".into(),
        octets: [message(START, b"ANONYMOUS"), message(OK, b"?").repeat(17)].concat(),
        sent: [message(OK, b"").repeat(16), message(BAD, b"authentication failed")].concat(),
        failure: Cause::Sasl(SaslFault::TooManyRounds(16)).at(Stage::SaslExchange),
        text: None,
    };
    refuses(&case, || curious(17), answer_all);
}

/// Tells in its challenge what it was given first.
#[derive(Clone, Debug)]
struct Telling(Properties);

impl ServerMechanism for Telling {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        self.0
    }

    fn step(self, _: &Context<'_>, input: ServerInput<'_>, out: &mut Vec<u8>) -> ServerStep<Self> {
        out.extend_from_slice(format!("{input:?}").as_bytes());
        ServerStep::Challenge(self)
    }
}

//= test SRS_THRIFT_SASL_50_021, SRS_THRIFT_SASL_01_016
#[test]
fn an_empty_first_response_is_none_where_the_server_speaks_first() {
    let anonymous = server::Anonymous::new().properties();
    for (client_first, response, told) in [
        (true, &b""[..], "Initial(Some([]))"),
        (true, b"a", "Initial(Some([97]))"),
        (false, b"", "Initial(None)"),
        (false, b"a", "Initial(Some([97]))"),
    ] {
        let mechanism = Telling(Properties { client_first, ..anonymous });
        let config = server_config(Protection::None);
        let mut server = open(Stack::new(Server::new(vec![mechanism], config), Plain::default()));
        server.feed(&[message(START, b"ANONYMOUS"), message(OK, response)].concat());
        assert_eq!(server.take(), message(OK, told.as_bytes()));
        // Later an empty response is just that.
        server.feed(&message(OK, b""));
        assert_eq!(server.take(), message(OK, b"Response([])"));
    }
}

//= test SRS_THRIFT_SASL_50_011, SRS_THRIFT_SASL_50_020, SRS_THRIFT_SASL_01_018
//= test SRS_THRIFT_SASL_01_020
/// Empty challenges and responses, as many as the limit admits.
#[test]
fn empty_messages_are_messages() {
    for piece in [1, 3, usize::MAX] {
        let (mut client, mut server) = (open(patient(Ok(()))), open(curious(16)));
        let said = converse(&mut client, &mut server, piece);
        assert_eq!(opened(&client), [OpenResult::Ok]);
        assert_eq!(opened(&server), [OpenResult::Ok]);
        assert_eq!(said.server, [message(OK, b"").repeat(16), message(COMPLETE, b"")].concat());
    }
}
