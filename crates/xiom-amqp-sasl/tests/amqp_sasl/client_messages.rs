//! What a mechanism says and hears through a client: every octet, and nothing else.

use alloc::rc::Rc;
use core::cell::RefCell;

use xiom_amqp_sasl::{Client, ClientConfig};
use xiom_core::{
    AuthFault, Cause, Direction, OpenResult, OutcomeCode, Plain, SaslFault, Stack, Stage, Tap,
};
use xiom_sasl::client::{ClientMechanism, ClientStep, Mechanism};
use xiom_sasl::{Context, Established, MechanismLayer, Properties};
use xiom_testing::Endpoint;

use crate::client_offer::settle;
use crate::frames::{HEADER, binary, body, challenge, frame, init, mechanisms, outcome, response};
use crate::rig::{
    Kind, PLAIN_MESSAGE, client_config, client_side, ground, open, opened, transcript,
};

/// What a mechanism was told: challenges, then the additional data of the outcome.
type Heard = Rc<RefCell<Vec<Option<Vec<u8>>>>>;

/// Nobody in particular, with messages of the test's own.
#[derive(Clone, Debug)]
struct Scripted {
    inner: Mechanism,
    first: Option<Vec<u8>>,
    answer: Vec<u8>,
    heard: Heard,
}

impl ClientMechanism for Scripted {
    type Layer = MechanismLayer;

    fn properties(&self) -> Properties {
        self.inner.properties()
    }

    fn start(&mut self, cx: &Context<'_>, out: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        self.inner.start(cx, &mut Vec::new())?;
        let Some(first) = &self.first else { return Ok(ClientStep::NoInitialResponse) };
        out.extend_from_slice(first);
        Ok(ClientStep::Send)
    }

    fn challenge(
        &mut self,
        _: &Context<'_>,
        data: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        self.heard.borrow_mut().push(Some(data.into()));
        out.extend_from_slice(&self.answer);
        Ok(ClientStep::Send)
    }

    fn work(&mut self, _: &Context<'_>, _: u32, _: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        Err(AuthFault::Unexpected)
    }

    fn is_done(&self) -> bool {
        self.inner.is_done()
    }

    fn outcome_ok(
        self,
        cx: &Context<'_>,
        additional: Option<&[u8]>,
    ) -> Result<Established<MechanismLayer>, AuthFault> {
        self.heard.borrow_mut().push(additional.map(Vec::from));
        self.inner.outcome_ok(cx, None)
    }
}

/// A client that was shown the offer and `frames`, what it has sent after its header, and what its mechanism heard.
fn play(
    first: Option<&[u8]>,
    answer: &[u8],
    frames: &[Vec<u8>],
) -> (Vec<OpenResult>, Vec<u8>, Vec<Option<Vec<u8>>>) {
    let heard = Heard::default();
    let mechanism = Scripted {
        inner: Kind::Anonymous.client(),
        first: first.map(Vec::from),
        answer: answer.into(),
        heard: heard.clone(),
    };
    let client = Client::new(vec![mechanism], ClientConfig::default());
    let mut end = open(Stack::new(client, Plain::default()));
    end.feed(&[HEADER, &mechanisms(&["ANONYMOUS"]), &frames.concat()].concat());
    let (result, said) = settle(&mut end);
    let heard = heard.borrow().clone();
    (result, said.strip_prefix(HEADER).unwrap().into(), heard)
}

/// Octets of every value in two pieces, none, and what looks like a frame.
fn messages() -> [Vec<u8>; 4] {
    [(0..=127).collect(), (128..=255).collect(), vec![], outcome(0, None)]
}

//= test SRS_SASLCLIENTIO_01_047, SRS_SASLCLIENTIO_01_048, SRS_SASLCLIENTIO_01_054
#[test]
fn the_initial_response_is_sent_as_the_mechanism_gave_it() {
    for message in messages() {
        let (_, said, _) = play(Some(&message), b"", &[]);
        assert_eq!(said, init("ANONYMOUS", Some(&message)));
    }
}

//= test SRS_SASLCLIENTIO_01_054, SRS_SASLCLIENTIO_01_045
#[test]
fn a_mechanism_without_an_initial_response_is_named_alone() {
    let (_, said, _) = play(None, b"", &[]);
    assert_eq!(said, init("ANONYMOUS", None));
}

//= test SRS_SASLCLIENTIO_01_036, SRS_SASLCLIENTIO_01_052, SRS_SASLCLIENTIO_01_053
#[test]
fn a_mechanism_hears_the_data_of_each_challenge() {
    let challenges = messages().map(|message| challenge(&message));
    let (result, _, heard) = play(None, b"", &challenges);
    assert_eq!(heard, messages().map(Some));
    assert!(result.is_empty(), "and the client waits for more");
}

//= test SRS_SASLCLIENTIO_01_037, SRS_SASLCLIENTIO_01_055, SRS_SASLCLIENTIO_01_056
//= test SRS_SASLCLIENTIO_01_057, SRS_SASLCLIENTIO_01_070
#[test]
fn a_response_carries_what_the_mechanism_answers() {
    for message in messages() {
        let (_, said, _) = play(None, &message, &[challenge(b"?"), challenge(b"?")]);
        let responses = response(&message).repeat(2);
        assert_eq!(said, [init("ANONYMOUS", None), responses].concat());
    }
}

//= test SRS_SASLCLIENTIO_01_038, SRS_SASLCLIENTIO_01_039
#[test]
fn the_outcome_may_come_after_any_number_of_challenges() {
    for count in 0..=16 {
        let frames = [challenge(b"?").repeat(count), outcome(0, None)];
        let (result, said, heard) = play(None, b"!", &frames);
        assert_eq!(result, [OpenResult::Ok], "{count}");
        assert_eq!(said, [init("ANONYMOUS", None), response(b"!").repeat(count)].concat());
        assert_eq!(heard.len(), count + 1);
    }
}

//= test SRS_SASLCLIENTIO_01_058
#[test]
fn no_challenge_ends_the_exchange_well() {
    let frames = challenge(b"v=").repeat(16);
    let (result, _, _) = play(None, b"", core::slice::from_ref(&frames));
    assert!(result.is_empty());
    let (result, _, _) = play(None, b"", &[frames, outcome(0, None)]);
    assert_eq!(result, [OpenResult::Ok]);
}

//= test SRS_SASLCLIENTIO_01_061
#[test]
fn the_mechanism_hears_the_additional_data_of_a_good_outcome() {
    for data in [None, Some(&b""[..]), Some(b"v=proof\0\xFF")] {
        let (result, _, heard) = play(None, b"", &[outcome(0, data)]);
        assert_eq!(result, [OpenResult::Ok]);
        assert_eq!(heard, [data.map(Vec::from)]);
    }
}

//= test SRS_SASLCLIENTIO_01_073
#[test]
fn the_mechanism_hears_nothing_of_a_refusal() {
    for data in [None, Some(&b"e=no"[..])] {
        let (result, _, heard) = play(None, b"", &[outcome(1, data), outcome(0, None)]);
        let failure = Cause::Sasl(SaslFault::Refused(OutcomeCode::Auth)).at(Stage::SaslExchange);
        assert_eq!(result, [OpenResult::Failed(failure)]);
        assert!(heard.is_empty());
    }
}

//= test SRS_SASLCLIENTIO_50_007
#[test]
fn data_behind_what_the_mechanism_needs_is_ignored_or_a_failure() {
    for kind in [Kind::Anonymous, Kind::Plain, Kind::External] {
        let mut end = open(client_side(kind));
        end.feed(&[HEADER, &mechanisms(&[kind.name()]), &outcome(0, Some(b"welcome"))].concat());
        assert_eq!(opened(&end), [OpenResult::Ok], "{kind:?}");
    }
    // The server's proof comes in a challenge, and then something else with the outcome.
    let said = transcript(Kind::Scram).server;
    let at = said.len() - 46;
    let (asked, proof) = (&said[..at - 18], &said[at..]);
    let mut end = open(client_side(Kind::Scram));
    end.feed(&[asked, &challenge(proof), &outcome(0, Some(proof))].concat());
    let failure = Cause::Mechanism(AuthFault::Unexpected).at(Stage::SaslExchange);
    assert_eq!(settle(&mut end).0, [OpenResult::Failed(failure)]);
}

//= test SRS_SASLCLIENTIO_01_049
#[test]
fn the_name_of_the_server_is_sent_as_it_is_configured() {
    for name in ["broker.example", "", "b\u{fc}cher.example"] {
        let config = ClientConfig { hostname: Some(name.into()), ..client_config() };
        let client = Client::new(vec![Kind::Plain.client()], config);
        let mut end = open(Stack::new(client, Plain::asserting(ground())));
        end.feed(&[HEADER, &mechanisms(&["PLAIN"])].concat());
        let hostname = [&[0xA1, u8::try_from(name.len()).unwrap()][..], name.as_bytes()].concat();
        let fields = [b"\xA3\x05PLAIN", &binary(PLAIN_MESSAGE)[..], &hostname].concat();
        assert_eq!(end.take(), [HEADER, &frame(&body(0x41, 3, &fields))].concat());
    }
}

//= test SRS_SASLCLIENTIO_01_131, SRS_SASLCLIENTIO_01_132
#[test]
fn a_window_below_the_client_shows_all_that_passes_and_changes_nothing() {
    for piece in [1, 7, usize::MAX] {
        let said = transcript(Kind::Plain);
        let shown = Rc::new(RefCell::new((Vec::new(), Vec::new())));
        let sink = shown.clone();
        let observer = move |direction, octets: &[u8]| {
            let mut shown = sink.borrow_mut();
            match direction {
                Direction::Received => shown.0.extend_from_slice(octets),
                Direction::Sent => shown.1.extend_from_slice(octets),
            }
        };
        let client = Client::new(vec![Kind::Plain.client()], client_config());
        let layers = Stack::new(Tap::new(client, observer), Plain::asserting(ground()));
        let mut end = Endpoint::open(layers);
        said.server.chunks(piece).for_each(|part| end.feed(part));
        assert_eq!(opened(&end), [OpenResult::Ok]);
        assert_eq!(end.take(), said.client);
        assert_eq!(*shown.borrow(), (said.server, said.client));
        end.feed(b"the user's");
        assert_eq!(end.received, b"the user's");
    }
}
