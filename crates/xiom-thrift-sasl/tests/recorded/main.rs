//! What foreign peers said to each other, read, written and lived through once more: see `README.md`.
//!
//! A mechanism that says what was recorded takes the place of a real one, so that the machines are held to every octet
//! also where nonces and tickets are involved.
#![cfg(test)]

extern crate alloc;

mod recording;
mod replay;

use xiom_core::{Action, Cause, Fact, Layer, Plain, Security, Stack, ThriftFault};
use xiom_sasl::server::{LookupAnswer, LookupRequest, Question, ServerMechanism};
use xiom_sasl::{Credentials, Decoy, Policy, client, server};
use xiom_testing::Endpoint;
use xiom_thrift_codec::{Frame, FrameHeader, MechanismName, Message, Status};
use xiom_thrift_sasl::{Client, ClientConfig, Server, ServerConfig};

use recording::{Recording, Side, Unit};
use replay::{ClientReplay, ServerReplay};

/// A unit on the wire, as the specification has it, and not as the codec writes it.
fn wire(unit: &Unit) -> Vec<u8> {
    let (mut wire, data) = match unit {
        Unit::Message(status, payload) => {
            let number = match status {
                Status::Start => 1,
                Status::Ok => 2,
                Status::Bad => 3,
                Status::Error => 4,
                Status::Complete => 5,
            };
            (vec![number], payload)
        }
        Unit::Frame(data) => (Vec::new(), data),
    };
    wire.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
    wire.extend(data);
    wire
}

/// The network below, which the user has said to be confidential.
fn network() -> Plain {
    Plain::asserting(Security { confidential: true, ..Security::default() })
}

fn policy() -> Policy {
    Policy { allow_legacy: true, ..Policy::default() }
}

//= test SRS_THRIFT_SASL_01_001, SRS_THRIFT_SASL_01_002, SRS_THRIFT_SASL_01_003
//= test SRS_THRIFT_SASL_01_004, SRS_THRIFT_SASL_01_030
#[test]
fn every_unit_is_read_and_written_back() {
    for recording in Recording::all() {
        for side in [Side::Client, Side::Server] {
            let sent = recording.units.iter().filter(|(from, _)| *from == side);
            let units = sent.map(|(_, unit)| unit).collect::<Vec<_>>();
            let all = units.iter().flat_map(|unit| wire(unit)).collect::<Vec<_>>();
            let (mut rest, mut back) = (all.as_slice(), Vec::new());
            for unit in units {
                match unit {
                    Unit::Message(status, payload) => {
                        let (after, message) = Message::decode(rest, 1 << 20).unwrap();
                        assert_eq!((message.status, message.payload), (*status, &payload[..]));
                        back.extend(message.header().encode());
                        back.extend(message.payload);
                        rest = after;
                    }
                    Unit::Frame(data) => {
                        let (after, frame) = Frame::decode(rest, 1 << 20).unwrap();
                        assert_eq!(frame.data, &data[..]);
                        let length = u32::try_from(frame.data.len()).unwrap();
                        back.extend(FrameHeader { length }.encode());
                        back.extend(frame.data);
                        rest = after;
                    }
                }
            }
            assert!(rest.is_empty() && back == all, "{}, {side:?}", recording.name);
        }
        let (_, name) = recording.messages(Side::Client)[0];
        assert_eq!(MechanismName::new(name).unwrap().as_str(), recording.mechanism);
    }
}

/// Lives through a recording as one `side` of it: what the other one sent comes in pieces, and what is sent must be
/// what was sent then. `answer` is the application.
fn live<L: Layer>(
    end: &mut Endpoint<L>,
    recording: &Recording,
    side: Side,
    piece: usize,
    answer: impl Fn(&mut Endpoint<L>),
) {
    let mut sent = Vec::new();
    for (from, unit) in &recording.units {
        if *from == side {
            if let Unit::Frame(data) = unit {
                assert!(end.send(data), "{}: not open", recording.name);
            }
            sent.extend(wire(unit));
            continue;
        }
        assert_eq!(end.take(), sent, "{}, {side:?}", recording.name);
        sent.clear();
        for part in wire(unit).chunks(piece) {
            end.feed(part);
            answer(end);
        }
        if let Unit::Frame(data) = unit {
            assert_eq!(core::mem::take(&mut end.received), *data, "{}", recording.name);
        }
    }
    assert_eq!(end.take(), sent, "{}, {side:?}", recording.name);
}

fn client_of<M: client::ClientMechanism>(
    mechanism: M,
    recording: &Recording,
) -> Endpoint<Stack<Client<M>, Plain>> {
    let last_word = recording.last_word();
    let config = ClientConfig { policy: policy(), last_word, ..ClientConfig::default() };
    Endpoint::open(Stack::new(Client::new(mechanism, config), network()))
}

fn server_of<M: ServerMechanism>(mechanism: M) -> Endpoint<Stack<Server<M>, Plain>> {
    let config = ServerConfig { policy: policy(), ..ServerConfig::default() };
    Endpoint::open(Stack::new(Server::new(vec![mechanism], config), network()))
}

/// The application: it knows one user, and lets everybody in who is proven.
fn answer<M: ServerMechanism>(end: &mut Endpoint<Stack<Server<M>, Plain>>) {
    let asked = |action: &Action| if let Action::Ask(id) = action { Some(*id) } else { None };
    let Some(id) = end.told.iter().rev().find_map(asked) else { return };
    let result = end.channel.answer(id, &mut end.wire, |stack, out| {
        stack.with_upper(out, |server, out| match server.question().cloned() {
            Some(Question::Lookup(LookupRequest::Password { user, password })) => {
                let is_right = &*user == "user" && password.expose() == b"password";
                server.lookup(LookupAnswer::Verified(is_right), out);
            }
            Some(Question::Lookup(_)) => server.lookup(LookupAnswer::Unknown, out),
            Some(Question::Authorize(_)) => server.authorize(true, out),
            None => {}
        });
    });
    end.feed(&[]);
    // One answer may lead to the next question; a question that was answered before is none.
    if result.is_ok() {
        answer(end);
    }
}

//= test SRS_THRIFT_SASL_01_014, SRS_THRIFT_SASL_01_015, SRS_THRIFT_SASL_01_022
//= test SRS_THRIFT_SASL_50_005, SRS_THRIFT_SASL_01_008
#[test]
fn a_client_says_what_every_recorded_client_said() {
    for recording in Recording::all().iter().filter(|recording| recording.is_open) {
        for piece in [1, usize::MAX] {
            let mut end = client_of(ClientReplay::new(recording), recording);
            live(&mut end, recording, Side::Client, piece, |_| {});
            assert!(end.channel.is_open(), "{}", recording.name);
        }
    }
}

//= test SRS_THRIFT_SASL_01_016, SRS_THRIFT_SASL_01_017, SRS_THRIFT_SASL_01_018
//= test SRS_THRIFT_SASL_50_009
#[test]
fn a_server_says_what_every_recorded_server_said() {
    for recording in Recording::all().iter().filter(|recording| recording.is_open) {
        for piece in [1, usize::MAX] {
            let mut end = server_of(ServerReplay::new(recording));
            live(&mut end, recording, Side::Server, piece, answer);
            assert!(end.channel.is_open(), "{}", recording.name);
        }
    }
}

//= test SRS_THRIFT_SASL_01_023, SRS_THRIFT_SASL_01_028, SRS_THRIFT_SASL_01_032
#[test]
fn plain_itself_says_what_was_recorded() {
    let all = Recording::all();
    let plain = all.iter().filter(|it| it.mechanism == "PLAIN" && it.is_open);
    let mut count = 0;
    for recording in plain {
        let mechanism = client::Plain::new(Credentials::new("user", "password")).unwrap();
        let mut end = client_of(client::Mechanism::from(mechanism), recording);
        live(&mut end, recording, Side::Client, usize::MAX, |_| {});
        assert!(end.channel.is_open(), "{}", recording.name);

        let mechanism = server::Plain::new(Decoy::new([7; 32], 4096, 16));
        let mut end = server_of(server::Mechanism::from(mechanism));
        live(&mut end, recording, Side::Server, usize::MAX, answer);
        assert!(end.channel.is_open(), "{}", recording.name);
        count += 1;
    }
    assert_eq!(count, 5);
}

//= test SRS_THRIFT_SASL_01_025, SRS_THRIFT_SASL_50_018, SRS_THRIFT_SASL_50_019
#[test]
fn every_recorded_refusal_reaches_the_application() {
    let all = Recording::all();
    let refused = all.iter().filter(|recording| !recording.is_open);
    let mut count = 0;
    for recording in refused {
        let mut end = client_of(ClientReplay::new(recording), recording);
        live(&mut end, recording, Side::Client, 1, |_| {});
        let failure = end.failure().unwrap();
        assert_eq!(failure.cause, Cause::Thrift(ThriftFault::Refused), "{}", recording.name);
        let messages = recording.messages(Side::Server);
        let (status, text) = messages.last().unwrap();
        assert_eq!(*status, Status::Bad);
        let shown = end.channel.peer_text().map(str::as_bytes);
        assert_eq!(shown, Some(*text), "{}", recording.name);
        count += 1;
    }
    assert_eq!(count, 6);
}

//= test SRS_THRIFT_SASL_50_024, SRS_THRIFT_SASL_50_025
#[test]
fn recorded_wrong_passwords_are_refused() {
    let all = Recording::all();
    let refused = all.iter().filter(|it| it.mechanism == "PLAIN" && !it.is_open);
    let mut texts = Vec::new();
    for recording in refused {
        let mut end =
            server_of(server::Mechanism::from(server::Plain::new(Decoy::new([7; 32], 4096, 16))));
        let client = recording.units.iter().filter(|(from, _)| *from == Side::Client);
        for (_, unit) in client {
            end.feed(&wire(unit));
            answer(&mut end);
        }
        end.tell(Fact::Ended);
        let sent = end.take();
        let (rest, message) = Message::decode(&sent, 1 << 20).unwrap();
        assert!(rest.is_empty() && message.status == Status::Bad, "{}", recording.name);
        texts.push(message.payload.to_vec());
    }
    assert!(texts.len() == 2 && texts[0] == texts[1] && !texts[0].is_empty());
}
