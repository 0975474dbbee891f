//! The layers, each alone: TLS over the toy engine, the header exchange, the SASL client and server.
//!
//! They are driven as a stack drives them: opened once, shown every unit whole, sent through only while
//! open, computing only while they compute. What they write is told by the names of its units.

use core::fmt::Debug;

use xiom_amqp_codec::{Performative, ProtocolHeader, SaslCode};
use xiom_amqp_sasl::{Client, HeaderExchange, Server};
use xiom_core::{Phase, Plain, Security, Stack, WireBuf};
use xiom_sasl::client::ClientMechanism;
use xiom_testing::{GOODBYE, HELLO, HELLO_BACK, RECORD};

use super::field::{field, short};
use super::scene::{Scene, Setting, Table};
use super::{Event, Machine, Reaction, slow};
use crate::models::{Size, client as clients, client_scram, server as servers, tlsio};
use crate::world::words::{header, tls_header};
use crate::world::{Answer, ChannelModel, Layers, Unit};

/// `Tls` of a client, which takes a missing goodbye for a failure.
pub(super) fn tls_client() -> Table {
    let about = "`xiom_tls::Tls` of a client, which takes a missing goodbye for a failure.";
    tls("tls-client", "Tls, client", about, &tlsio::client(Size::Small))
}

/// `Tls` of a server, which takes a missing goodbye between records for an end.
pub(super) fn tls_server() -> Table {
    let about =
        "`xiom_tls::Tls` of a server, which takes a missing goodbye between records for an end.";
    tls("tls-server", "Tls, server", about, &tlsio::server(Size::Small))
}

fn tls<L: Layers + Named>(
    slug: &'static str,
    title: &'static str,
    about: &'static str,
    model: &ChannelModel<L>,
) -> Table {
    let rest = Unit::new(REST, "", vec![b'd']);
    let units: Vec<Unit> = model.setup().units.iter().cloned().chain([rest]).collect();
    let scene = look((model.setup().layers)(), &units, &[], toy);
    Table::new([slug, title, about], vec![scene])
}

/// `HeaderExchange` of a client.
pub(super) fn header_client() -> Table {
    let about = "`xiom_amqp_sasl::HeaderExchange` of a client, with the header of TLS; with that of AMQP it \
        is the same machine.";
    headers("header-client", "HeaderExchange, client", about, HeaderExchange::tls_client())
}

/// `HeaderExchange` of a server.
pub(super) fn header_server() -> Table {
    let about = "`xiom_amqp_sasl::HeaderExchange` of a server, with the header of TLS; with that of AMQP it \
        is the same machine.";
    headers("header-server", "HeaderExchange, server", about, HeaderExchange::tls_server())
}

fn headers(
    slug: &'static str,
    title: &'static str,
    about: &'static str,
    layer: HeaderExchange,
) -> Table {
    let units = [
        Unit::new("the header of TLS", "", tls_header()),
        Unit::new("the header of SASL", "", header()),
        Unit::new("the header of AMQP", "", ProtocolHeader::AMQP.encode().to_vec()),
        Unit::new("another version", "", b"AMQP\x02\x02\x00\x00".to_vec()),
        Unit::new("no header", "", b"HTTP/1.1".to_vec()),
        Unit::new("data", "", b"d".to_vec()),
    ];
    Table::new([slug, title, about], vec![look(layer, &units, &[], amqp)])
}

/// The SASL client: with PLAIN, with SCRAM, and with a mechanism that computes before it speaks.
pub(super) fn client() -> Table {
    let about = "`xiom_amqp_sasl::Client` with PLAIN and SCRAM on a confidential channel, with PLAIN in \
        clear, and with a mechanism that computes before it speaks.";
    let in_clear = |unit: &Unit| match unit.means {
        "H" => Some(unit.clone()),
        "P" => Some(Unit { name: "an offer of PLAIN, in clear", ..unit.clone() }),
        _ => None,
    };
    let slow_offer = |unit: &Unit| match unit.means {
        "H" => Some(unit.clone()),
        "P" => Some(Unit { name: "an offer of what computes first", ..unit.clone() }),
        _ => None,
    };
    let whole =
        |unit: &Unit| (!unit.name.contains(" and ") && unit.means != "K-").then(|| unit.clone());
    let (plain, clear) = (clients::plain(Size::Small), clients::clear(Size::Small));
    let scram = client_scram::scram(Size::Small);
    let units = |model: &[Unit], take: &dyn Fn(&Unit) -> Option<Unit>| -> Vec<Unit> {
        model.iter().filter_map(take).collect()
    };
    let words = &plain.setup().units;
    let scenes = vec![
        look((plain.setup().layers)(), &units(words, &whole), &[], amqp),
        look((scram.setup().layers)(), &units(&scram.setup().units, &whole), &[], amqp),
        look((clear.setup().layers)(), &units(&clear.setup().units, &in_clear), &[], amqp),
        look(slow::layers(), &units(words, &slow_offer), &[], amqp),
    ];
    Table::new(["client", "Client", about], scenes)
}

/// The SASL server: with PLAIN and ANONYMOUS, and with SCRAM.
pub(super) fn server() -> Table {
    let about = "`xiom_amqp_sasl::Server` with PLAIN and ANONYMOUS, and with SCRAM, and an application that \
        answers in every way.";
    let (plain, scram) = (servers::plain(Size::Small), servers::scram(Size::Small));
    let whole = |units: &[Unit]| -> Vec<Unit> {
        let is_whole = |unit: &&Unit| !matches!(unit.means, "HI" | "I-" | "IZ");
        units.iter().filter(is_whole).cloned().collect()
    };
    let (one, two) = (plain.setup(), scram.setup());
    let scenes = vec![
        look((one.layers)(), &whole(&one.units), &one.answers, amqp),
        look((two.layers)(), &whole(&two.units), &two.answers, amqp),
    ];
    Table::new(["server", "Server", about], scenes)
}

/// A layer whose state has a name.
pub(super) trait Named: Debug {
    /// The name.
    fn state(&self) -> Option<String>;
}

impl<E: Debug> Named for xiom_tls::Tls<E> {
    fn state(&self) -> Option<String> {
        field(&format!("{self:?}"), "phase")
    }
}

impl Named for HeaderExchange {
    fn state(&self) -> Option<String> {
        field(&format!("{self:?}"), "phase")
    }
}

impl<M: ClientMechanism<Layer: Debug> + Debug> Named for Stack<Client<M>, Plain> {
    fn state(&self) -> Option<String> {
        field(&format!("{:?}", self.upper()), "state")
    }
}

impl Named for Stack<Server, Plain> {
    fn state(&self) -> Option<String> {
        field(&format!("{:?}", self.upper()), "state")
    }
}

/// A layer with what its driver knows.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Bare<L> {
    layer: L,
    /// What the layer wants more octets after.
    held: Vec<u8>,
    closed: bool,
    ended: bool,
}

impl<L: Layers + Named> Machine for Bare<L> {
    fn label(&self) -> Option<String> {
        self.layer.state()
    }
}

/// Names what was written.
pub(super) type Hear = fn(&[u8]) -> Vec<&'static str>;

pub(super) fn look<L: Layers + Named>(
    layer: L,
    units: &[Unit],
    answers: &[Answer<L>],
    hear: Hear,
) -> Box<dyn Scene> {
    let mut events = calls(hear);
    for unit in units {
        let octets = unit.octets.clone();
        // What completes a unit comes only after what began it, and nothing else does then.
        let (is_rest, is_data) = (unit.name == REST, unit.name == "data");
        let may = move |bare: &Bare<L>| {
            // The layers gather what is no whole unit: octets of the user come once it is open.
            let is_early = is_data && matches!(bare.layer.phase(), Phase::Opening(_));
            is_rest != bare.held.is_empty() && !is_early
        };
        let cut = octets.clone();
        let event = Event::new("The peer says", unit.name, move |bare: &mut Bare<L>| {
            if !may(bare) {
                return Reaction::Absent;
            }
            bare.run(hear, |bare, out, said| bare.receive(&octets, out, said))
        });
        events.push(event.varied(move |bare, place| {
            if !may(bare) {
                return Reaction::Absent;
            }
            bare.run(hear, |bare, out, said| {
                let place = usize::from(place).checked_rem(cut.len()).unwrap_or_default();
                let (first, second) = cut.split_at(place);
                bare.receive(first, out, said);
                bare.receive(second, out, said);
                said.dedup();
            })
        }));
    }
    for answer in answers {
        let give = answer.give;
        let name = format!("answer {}", answer.name);
        events.push(Event::new("The application", name, move |bare: &mut Bare<L>| {
            if !matches!(bare.layer.phase(), Phase::Asking(_)) {
                return Reaction::Absent;
            }
            bare.run(hear, |bare, out, _| give(&mut bare.layer, out))
        }));
    }
    let bare = Bare { layer, held: Vec::new(), closed: false, ended: false };
    Setting::scene(bare, events)
}

/// The calls of whoever drives the layer.
fn calls<L: Layers + Named>(hear: Hear) -> Vec<Event<Bare<L>>> {
    let call = |name: &str, may: fn(&Bare<L>) -> bool, act: fn(&mut Bare<L>, &mut WireBuf, u8)| {
        let vary = move |bare: &mut Bare<L>, argument: u8| {
            if !may(bare) {
                return Reaction::Absent;
            }
            bare.run(hear, |bare, out, _| act(bare, out, argument))
        };
        Event::new("Calls", name, move |bare: &mut Bare<L>| vary(bare, 0)).varied(vary)
    };
    vec![
        call(
            "open",
            |bare| bare.layer.phase() == Phase::Idle && !bare.closed && !bare.ended,
            |bare, out, _| bare.layer.open(&Security::default(), out),
        ),
        call(
            "work",
            |bare| matches!(bare.layer.phase(), Phase::Working(_)),
            |bare, out, more| bare.layer.work(u32::from(more).saturating_add(1), out),
        ),
        call(
            "send",
            |bare| matches!(bare.layer.phase(), Phase::Open | Phase::Ended) && !bare.closed,
            |bare, out, more| bare.layer.send(&vec![b'd'; usize::from(more & 0xF) + 1], out),
        ),
        call(
            "close",
            |bare| !bare.closed,
            |bare, out, _| {
                bare.closed = true;
                bare.layer.close(out);
            },
        ),
        call(
            "end",
            |bare| !bare.ended,
            |bare, _, _| {
                bare.ended = true;
                bare.layer.end();
            },
        ),
    ]
}

impl<L: Layers + Named> Bare<L> {
    /// Does `deed`, and tells what was written and why it failed, if it did.
    fn run(
        &mut self,
        hear: Hear,
        deed: impl FnOnce(&mut Self, &mut WireBuf, &mut Vec<String>),
    ) -> Reaction {
        let (mut out, mut said) = (WireBuf::default(), Vec::new());
        let before = self.layer.phase();
        let flags = (self.closed, self.ended);
        let layer = self.layer.clone();
        deed(self, &mut out, &mut said);
        said.extend(hear(out.pending()).into_iter().map(str::to_owned));
        if let (Phase::Failed(failure), false) =
            (self.layer.phase(), matches!(before, Phase::Failed(_)))
        {
            said.push(short(&format!("{:?}", failure.cause)));
        }
        // What only the driver notes is no change of the layer.
        if said.is_empty() && layer == self.layer && flags != (self.closed, self.ended) {
            (self.closed, self.ended) = flags;
        }
        Reaction::Took(said.join(", "))
    }

    fn receive(&mut self, octets: &[u8], out: &mut WireBuf, said: &mut Vec<String>) {
        let mut input = [&self.held, octets].concat();
        let mut start = 0_usize;
        while let Some(rest) = input.get_mut(start..).filter(|rest| !rest.is_empty()) {
            let Some(received) = self.layer.receive(rest, out) else { break };
            if !received.data.is_empty() {
                said.push("passed up".into());
            }
            start = start.saturating_add(received.consumed);
        }
        let rest = input.get(start..).unwrap_or_default();
        if self.layer.phase().is_paused() && start == 0 {
            // The driver does not read on.
            said.push("held".into());
        } else {
            self.held = rest.to_vec();
        }
    }
}

/// The words of the toy's protocol in `octets`.
fn toy(octets: &[u8]) -> Vec<&'static str> {
    let (mut words, mut rest) = (Vec::new(), octets);
    while let [first, more @ ..] = rest {
        let (word, skipped) = match (first, more.first()) {
            (&(HELLO | HELLO_BACK), _) => ("hello", 0),
            (&GOODBYE, _) => ("close_notify", 0),
            (&RECORD, Some(length)) => ("a record", usize::from(*length).saturating_add(1)),
            _ => ("an octet in clear", 0),
        };
        words.push(word);
        rest = more.get(skipped..).unwrap_or_default();
    }
    words
}

/// The headers and frames in `octets`.
fn amqp(octets: &[u8]) -> Vec<&'static str> {
    let mut words = Vec::new();
    let mut rest = octets;
    while !rest.is_empty() {
        if let Ok((more, _)) = ProtocolHeader::decode(rest) {
            words.push("header");
            rest = more;
        } else if let Ok((more, frame)) = Performative::decode_frame(rest, u32::MAX) {
            words.push(match frame {
                Performative::Mechanisms(_) => "mechanisms",
                Performative::Init(_) => "init",
                Performative::Challenge(_) => "challenge",
                Performative::Response(_) => "response",
                Performative::Outcome(outcome) => match outcome.code {
                    SaslCode::Ok => "outcome ok",
                    SaslCode::Auth => "outcome auth",
                    SaslCode::Sys => "outcome sys",
                    SaslCode::SysPerm => "outcome sys-perm",
                    SaslCode::SysTemp => "outcome sys-temp",
                },
            });
            rest = more;
        } else {
            words.push("passed down");
            break;
        }
    }
    words
}

/// What completes a unit that has begun.
const REST: &str = "the rest of the record";
