//! The five performatives at the server: what it offers, takes, asks and decides (AMQP 1.0 part 5 section 5.3.3).

use xiom_amqp_sasl::{Server, ServerConfig};
use xiom_core::{
    Action, Cause, Fact, FrameFault, OpenResult, OutcomeCode, Plain, SaslFault, Security, Stack,
    Stage,
};
use xiom_sasl::server::{self, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{Context, MechanismLayer, Policy, Properties};
use xiom_testing::Endpoint;

use crate::frames::{
    AMQP, HEADER, binary, body, challenge, frame, hex, init, mechanisms, outcome, response, symbol,
};
use crate::rig::{
    Kind, PLAIN_MESSAGE, ServerSide, answer_all, answer_by, ground, open, opened, reply,
    server_config, server_side, transcript,
};

/// Says back what it hears, so many times, and then lets in whom the application lets in.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Echo {
    name: &'static str,
    left: u8,
    inner: server::Mechanism,
}

impl ServerMechanism for Echo {
    type Layer = MechanismLayer;

    fn properties(&self) -> Properties {
        Properties::named(self.name)
    }

    fn step(self, cx: &Context<'_>, input: ServerInput<'_>, out: &mut Vec<u8>) -> ServerStep<Self> {
        let (name, echo) = (self.name, self.left.checked_sub(1));
        match (echo, input) {
            (Some(left), ServerInput::Initial(said)) => {
                out.extend_from_slice(said.map_or(&b"none"[..], |_| b"some "));
                out.extend_from_slice(said.unwrap_or_default());
                ServerStep::Challenge(Self { left, ..self })
            }
            (Some(left), ServerInput::Response(said)) => {
                out.extend_from_slice(said);
                ServerStep::Challenge(Self { left, ..self })
            }
            (_, input) => {
                let first = ServerInput::Initial(Some(b""));
                let said = matches!(input, ServerInput::Initial(_) | ServerInput::Response(_));
                let step = self.inner.step(cx, if said { first } else { input }, out);
                step.map(|inner| Self { name, left: 0, inner }, |layer| layer)
            }
        }
    }
}

type EchoSide = Stack<Server<Echo>, Plain>;

const fn named(name: &'static str, left: u8) -> Echo {
    Echo { name, left, inner: server::Mechanism::Anonymous(server::Anonymous::new()) }
}

fn server_of<M: ServerMechanism>(mechanisms: Vec<M>) -> Stack<Server<M>, Plain> {
    Stack::new(Server::new(mechanisms, server_config()), Plain::asserting(ground()))
}

/// A server that was shown `octets` behind the header, and whose header and offer are taken.
fn shown(mechanisms: Vec<Echo>, octets: &[u8]) -> Endpoint<EchoSide> {
    let mut end = open(server_of(mechanisms));
    end.feed(HEADER);
    end.take();
    end.feed(octets);
    end
}

/// A server of PLAIN whose application was asked for the password.
fn asked() -> Endpoint<ServerSide> {
    let mut end = open(server_side(Kind::Plain));
    end.feed(&[HEADER, &init("PLAIN", Some(PLAIN_MESSAGE))].concat());
    assert_eq!(end.take(), [HEADER, &mechanisms(&["PLAIN"])].concat());
    end
}

/// Every octet there is.
fn every_octet() -> Vec<u8> {
    (0..=u8::MAX).collect()
}

//= test SRS_SASL_SERVER_IO_01_019, SRS_SASL_SERVER_IO_01_092
#[test]
fn the_offer_holds_what_the_server_would_run_on_this_channel_and_nothing_else() {
    let all: Vec<_> = Kind::ALL.map(Kind::server).into();
    let certificate = Security { peer: Some("CN=client".into()), ..Security::default() };
    let cases: [(Security, &[&str]); 3] = [
        (Security::default(), &["ANONYMOUS", "SCRAM-SHA-256"]),
        (certificate, &["ANONYMOUS", "EXTERNAL", "SCRAM-SHA-256"]),
        (ground(), &["ANONYMOUS", "PLAIN", "EXTERNAL", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"]),
    ];
    for (security, names) in cases {
        let server = Server::new(all.clone(), server_config());
        let mut end = open(Stack::new(server, Plain::asserting(security.clone())));
        end.feed(HEADER);
        assert_eq!(end.take(), [HEADER, &mechanisms(names)].concat());
        for kind in Kind::ALL {
            let server = Server::new(all.clone(), server_config());
            let mut end = open(Stack::new(server, Plain::asserting(security.clone())));
            end.feed(&[HEADER, &init(kind.name(), None)].concat());
            let refused = end.take().ends_with(&outcome(1, None));
            assert_eq!(refused, !names.contains(&kind.name()), "{kind:?}");
        }
    }
}

//= test SRS_SASL_SERVER_IO_01_020, SRS_SASL_SERVER_IO_01_095
#[test]
fn the_offer_tells_each_mechanism_by_its_own_name_in_the_order_of_the_configuration() {
    for names in [["B", "A", "C"], ["C", "B", "A"], ["A-LONGER_NAME-1", "Z", "B"]] {
        let mut end = open(server_of(names.map(|name| named(name, 0)).into()));
        end.feed(HEADER);
        assert_eq!(end.take(), [HEADER, &mechanisms(&names)].concat());
    }
}

//= test SRS_SASL_SERVER_IO_01_022
#[test]
fn a_name_that_is_no_symbol_is_not_sent() {
    let mut end = open(server_of(vec![named("PLAIN", 0), named("PL\u{c4}IN", 0)]));
    end.feed(HEADER);
    assert_eq!(end.take(), HEADER);
    end.tell(Fact::Ended);
    let failure = Cause::Sasl(SaslFault::NoCommonMechanism).at(Stage::SaslHeader);
    assert_eq!(opened(&end), [OpenResult::Failed(failure)]);
}

//= test SRS_SASL_SERVER_IO_01_023, SRS_SASL_SERVER_IO_01_090, SRS_SASL_SERVER_IO_01_091
#[test]
fn the_offer_is_one_sasl_frame_with_an_array_of_symbols_in_it() {
    let header = "414d5150 03 01 00 00";
    let one = "00000014 02 01 0000 00 53 40 c0 07 01 e0 04 01 a3 01 41";
    let two = "00000017 02 01 0000 00 53 40 c0 0a 01 e0 07 02 a3 01 41 02 4242";
    let cases = [(vec![named("A", 0)], one), (vec![named("A", 0), named("BB", 0)], two)];
    for (mechanisms, offer) in cases {
        let mut end = open(server_of(mechanisms));
        end.feed(HEADER);
        assert_eq!(end.take(), hex(&[header, offer].concat()));
    }
}

//= test SRS_SASL_SERVER_IO_01_027
#[test]
fn an_offer_beyond_the_limit_of_a_frame_is_not_sent_and_fails_the_open() {
    let offer = |count| vec![named("A-NAME-OF-NINETEEN-X", 0); count];
    let mut end = open(server_of(offer(22)));
    end.feed(HEADER);
    assert_eq!(end.take().len(), HEADER.len() + 492);
    let mut end = open(server_of(offer(23)));
    end.feed(HEADER);
    assert_eq!(end.take(), HEADER, "nothing of the offer");
    end.tell(Fact::Ended);
    let too_large = Cause::Frame(FrameFault::OwnTooLarge { size: 513, limit: 512 });
    assert_eq!(opened(&end), [OpenResult::Failed(too_large.at(Stage::SaslHeader))]);
}

//= test SRS_SASL_SERVER_IO_01_010
#[test]
fn frames_are_the_same_in_every_connection_and_wherever_they_stand_in_it() {
    let plain = transcript(Kind::Plain);
    assert_eq!(plain.server, [HEADER, &mechanisms(&["PLAIN"]), &outcome(0, None)].concat());
    assert_eq!(plain.client, [HEADER, &init("PLAIN", Some(PLAIN_MESSAGE))].concat());
    let scram = transcript(Kind::Scram).server;
    assert!(scram.starts_with(&[HEADER, &mechanisms(&["SCRAM-SHA-256"])].concat()));
    assert_eq!(transcript(Kind::Scram).server, scram);
}

//= test SRS_SASL_SERVER_IO_01_082, SRS_SASL_SERVER_IO_01_084, SRS_SASL_SERVER_IO_01_099
#[test]
fn the_mechanism_that_was_chosen_runs_and_is_the_one_that_is_told() {
    for kind in [Kind::Anonymous, Kind::Plain, Kind::External] {
        let all: Vec<_> = Kind::ALL.map(Kind::server).into();
        let mut end = open(server_of(all));
        let message = if kind == Kind::Plain { PLAIN_MESSAGE } else { b"" };
        end.feed(&[HEADER, &init(kind.name(), Some(message))].concat());
        answer_all(&mut end);
        assert_eq!(opened(&end), [OpenResult::Ok]);
        let established = end.channel.layers().unwrap().upper().established().unwrap();
        assert_eq!(established.mechanism(), kind.name());
    }
}

//= test SRS_SASL_SERVER_IO_01_083
#[test]
fn nothing_but_the_offer_comes_before_init() {
    let mut end = shown(vec![named("ECHO", 1)], b"");
    let init = init("ECHO", None);
    for octet in &init[..init.len() - 1] {
        end.feed(&[*octet]);
        assert!(end.wire.is_empty() && opened(&end).is_empty());
    }
    end.feed(&init[init.len() - 1..]);
    assert_eq!(end.take(), challenge(b"none"));
}

//= test SRS_SASL_SERVER_IO_01_098, SRS_SASL_SERVER_IO_01_101, SRS_SASL_SERVER_IO_01_061
#[test]
fn the_initial_response_reaches_the_mechanism_as_it_is_and_an_empty_one_is_not_none() {
    let all = every_octet();
    let cases: [(Option<&[u8]>, Vec<u8>); 3] = [
        (None, b"none".into()),
        (Some(b""), b"some ".into()),
        (Some(&all[..200]), [b"some ", &all[..200]].concat()),
    ];
    for (message, heard) in cases {
        let mut end = shown(vec![named("ECHO", 1)], &init("ECHO", message));
        assert_eq!(end.take(), challenge(&heard));
    }
}

//= test SRS_SASL_SERVER_IO_01_102
#[test]
fn a_hostname_makes_no_difference() {
    for host in ["broker", "", "another.example"] {
        let name = [&[0xA1, u8::try_from(host.len()).unwrap()][..], host.as_bytes()].concat();
        let fields = [symbol("PLAIN"), binary(PLAIN_MESSAGE), name].concat();
        for init in [frame(&body(0x41, 3, &fields)), init("PLAIN", Some(PLAIN_MESSAGE))] {
            let mut end = open(server_side(Kind::Plain));
            end.feed(&[HEADER, &init].concat());
            answer_all(&mut end);
            assert_eq!(opened(&end), [OpenResult::Ok]);
            let said = [HEADER, &mechanisms(&["PLAIN"]), &outcome(0, None)].concat();
            assert_eq!(end.take(), said);
        }
    }
}

//= test SRS_SASL_SERVER_IO_01_062, SRS_SASL_SERVER_IO_01_085, SRS_SASL_SERVER_IO_01_103
//= test SRS_SASL_SERVER_IO_01_104
#[test]
fn a_challenge_carries_what_the_mechanism_says_whatever_the_octets() {
    let all = every_octet();
    for said in [&b""[..], b"\x00", &all[..100], &all[156..]] {
        let mut end = shown(vec![named("ECHO", 2)], &init("ECHO", None));
        end.take();
        end.feed(&response(said));
        assert_eq!(end.take(), challenge(said));
    }
}

//= test SRS_SASL_SERVER_IO_01_061, SRS_SASL_SERVER_IO_01_086, SRS_SASL_SERVER_IO_01_105
//= test SRS_SASL_SERVER_IO_01_106
#[test]
fn each_response_reaches_the_mechanism_that_asked_as_it_is() {
    let all = every_octet();
    let mut end = shown(vec![named("OTHER", 9), named("ECHO", 4)], &init("ECHO", None));
    end.take();
    for said in [&all[..120], b"", &all[120..]] {
        end.feed(&response(said));
        assert_eq!(end.take(), challenge(said));
    }
    end.feed(&response(b"last"));
    answer_all(&mut end);
    assert_eq!(end.take(), outcome(0, None));
}

//= test SRS_SASL_SERVER_IO_01_088
#[test]
fn there_are_as_many_challenges_as_the_mechanism_wants() {
    for rounds in 0..=16 {
        let mut end = shown(vec![named("ECHO", rounds)], &init("ECHO", None));
        let mut challenges = 0;
        while challenges < rounds {
            challenges += 1;
            assert_eq!(end.take(), challenge(b"none"), "challenge {challenges} of {rounds}");
            end.feed(&response(b"none"));
        }
        answer_all(&mut end);
        assert_eq!(end.take(), outcome(0, None), "after {rounds}");
        assert_eq!(opened(&end), [OpenResult::Ok]);
    }
}

//= test SRS_SASL_SERVER_IO_01_063
#[test]
fn a_challenge_beyond_the_limit_of_a_frame_is_not_sent_and_fails_the_open() {
    for (octets, size) in [(482, 512), (483, 513), (484, 514)] {
        let mut end = shown(vec![named("E", 1)], &wide_init("E", &vec![b'x'; octets]));
        let sent = end.take();
        end.tell(Fact::Ended);
        let [OpenResult::Failed(failure)] = opened(&end)[..] else { panic!("{:?}", end.told) };
        if size <= 512 {
            assert_eq!((sent.len(), failure.cause), (size, Cause::EndOfStream));
        } else {
            assert_eq!(sent, b"", "nothing of the challenge");
            let size = u32::try_from(size).unwrap();
            let too_large = Cause::Frame(FrameFault::OwnTooLarge { size, limit: 512 });
            assert_eq!(failure, too_large.at(Stage::SaslInit));
        }
    }
}

/// `sasl-init` in the wide forms, `list32` and `vbin32`.
fn wide_init(mechanism: &str, data: &[u8]) -> Vec<u8> {
    let long = |length: usize| u32::try_from(length).unwrap().to_be_bytes();
    let fields = [&symbol(mechanism)[..], &[0xB0], &long(data.len()), data].concat();
    let head = [&[0x00, 0x53, 0x41, 0xD0][..], &long(fields.len() + 4), &long(2)].concat();
    frame(&[head, fields].concat())
}

//= test SRS_SASL_SERVER_IO_01_064, SRS_SASL_SERVER_IO_01_087, SRS_SASL_SERVER_IO_01_109
//= test SRS_SASL_SERVER_IO_01_114
#[test]
fn ok_ends_the_exchange_and_from_then_on_octets_are_those_of_the_protocol_above() {
    let mut end = asked();
    assert!(answer_by(&mut end, reply) && opened(&end).is_empty());
    assert!(answer_by(&mut end, reply));
    assert_eq!(opened(&end), [OpenResult::Ok]);
    assert_eq!(end.take(), hex("00000010 02 01 0000 00 53 44 c0 03 01 50 00"));
    end.feed(AMQP);
    assert!(end.send(AMQP));
    assert_eq!(end.take(), AMQP);
    assert_eq!(end.received, AMQP);
    assert_eq!(opened(&end), [OpenResult::Ok], "once");
}

//= test SRS_SASL_SERVER_IO_01_066, SRS_SASL_SERVER_IO_01_107, SRS_SASL_SERVER_IO_01_115
#[test]
fn what_the_mechanism_refuses_is_told_by_auth_and_fails_the_open_when_the_socket_is_gone() {
    let mut end = open(server_side(Kind::Plain));
    end.feed(&[HEADER, &init("PLAIN", Some(b"no message of PLAIN"))].concat());
    assert!(opened(&end).is_empty(), "the outcome is still to be written");
    assert!(end.take().ends_with(&outcome(1, None)));
    assert_eq!(end.told.last(), Some(&Action::Shutdown));
    end.tell(Fact::Ended);
    let [.., disconnect, result] = end.told[..] else { panic!("{:?}", end.told) };
    let failure = Cause::Mechanism(xiom_core::AuthFault::Malformed).at(Stage::SaslInit);
    assert_eq!(disconnect, Action::Disconnect);
    assert_eq!(result, Action::Opened(OpenResult::Failed(failure)));
}

//= test SRS_SASL_SERVER_IO_01_112
#[test]
fn a_refusal_carries_no_data_although_the_mechanism_has_a_word_for_it() {
    let mut forged = transcript(Kind::Scram).client;
    let at = forged.len() - 10;
    forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
    let mut end = open(server_side(Kind::Scram));
    end.feed(&forged);
    answer_all(&mut end);
    let said = end.take();
    assert!(said.ends_with(&outcome(1, None)), "code auth, and nothing else");
    assert!(!said.windows(2).any(|two| two == b"e="), "not the error of RFC 5802 section 7");
}

//= test SRS_SASL_SERVER_IO_01_110, SRS_SASL_SERVER_IO_01_113
#[test]
fn every_outcome_has_a_code_and_it_is_one_of_five() {
    use OutcomeCode as O;
    for (code, octet) in [(O::Auth, 1), (O::Sys, 2), (O::SysPerm, 3), (O::SysTemp, 4)] {
        let mut end = asked();
        assert!(answer_by(&mut end, |server, out| server.refuse(code, out)));
        assert_eq!(end.take(), outcome(octet, None));
    }
    let mut end = asked();
    answer_all(&mut end);
    assert_eq!(end.take(), outcome(0, None));
}

//= test SRS_SASL_SERVER_IO_01_116, SRS_SASL_SERVER_IO_01_117, SRS_SASL_SERVER_IO_01_118
#[test]
fn an_error_of_the_applications_system_is_told_by_its_code() {
    use OutcomeCode as O;
    for (code, octet) in [(O::Sys, 2), (O::SysPerm, 3), (O::SysTemp, 4)] {
        let mut end = asked();
        assert!(answer_by(&mut end, |server, out| server.refuse(code, out)));
        assert_eq!(end.take(), outcome(octet, None));
        end.tell(Fact::Ended);
        let failure = Cause::Sasl(SaslFault::Unavailable(code)).at(Stage::SaslLookup);
        assert_eq!(opened(&end), [OpenResult::Failed(failure)]);
    }
}

//= test SRS_SASL_SERVER_IO_01_108
#[test]
fn nothing_follows_an_outcome() {
    for verified in [true, false] {
        let mut end = asked();
        let answer = xiom_sasl::server::LookupAnswer::Verified(verified);
        assert!(answer_by(&mut end, |server, out| server.lookup(answer, out)));
        answer_by(&mut end, reply);
        assert_eq!(end.take(), outcome(u8::from(!verified), None));
        for octets in [init("PLAIN", Some(PLAIN_MESSAGE)), response(b"again"), HEADER.to_vec()] {
            end.feed(&octets);
            assert!(!answer_by(&mut end, reply) && end.take().is_empty());
        }
    }
}

//= test SRS_SASL_SERVER_IO_01_094
#[test]
fn a_server_that_requires_nothing_offers_anonymous_alone_and_lets_everybody_in() {
    for message in [None, Some(&b""[..]), Some(b"somebody"), Some(b"\x00")] {
        let server = Server::new(vec![Kind::Anonymous.server()], ServerConfig::default());
        let mut end = open(Stack::new(server, Plain::default()));
        end.feed(&[HEADER, &init("ANONYMOUS", message)].concat());
        if message.is_none() {
            end.feed(&response(b""));
        }
        answer_all(&mut end);
        assert_eq!(opened(&end), [OpenResult::Ok]);
        assert!(end.take().starts_with(&[HEADER, &mechanisms(&["ANONYMOUS"])].concat()));
    }
}

//= test SRS_SASL_SERVER_IO_01_070
#[test]
fn every_frame_has_at_least_the_octets_of_its_header() {
    let mut end = shown(vec![named("ECHO", 2)], &init("ECHO", None));
    end.feed(&response(b""));
    end.feed(&response(b""));
    answer_all(&mut end);
    let said = end.take();
    let mut rest = &said[..];
    let mut sizes = Vec::new();
    while let [a, b, c, d, ..] = rest {
        let size = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).unwrap();
        sizes.push(size);
        rest = &rest[size..];
    }
    assert_eq!(sizes, [challenge(b"none").len(), challenge(b"").len(), outcome(0, None).len()]);
    assert!(rest.is_empty() && sizes.iter().all(|size| 8 < *size));
}

//= test SRS_SASL_SERVER_IO_01_097, SRS_SASL_SERVER_IO_01_093
#[test]
fn a_server_without_mechanisms_sends_no_offer() {
    for policy in [Policy::default(), Policy { allow_cleartext: true, ..Policy::default() }] {
        let server = Server::<Echo>::new(Vec::new(), ServerConfig { policy, ..server_config() });
        let mut end = open(Stack::new(server, Plain::asserting(ground())));
        end.feed(HEADER);
        assert_eq!(end.take(), HEADER);
        end.tell(Fact::Ended);
        let failure = Cause::Sasl(SaslFault::NoCommonMechanism).at(Stage::SaslHeader);
        assert_eq!(opened(&end), [OpenResult::Failed(failure)]);
    }
}
