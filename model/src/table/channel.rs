//! The life cycle: the shipped `Channel`, told every command, every fact, and all that layers may do.
//!
//! Facts come only while nothing is owed, and only those that the socket can tell where it stands, as the
//! contract with drivers says. Commands come at any moment.

use core::time::Duration;

use xiom_core::{
    Action, AskId, Channel, Fact, Limits, OpenResult, Rejected, SendId, SendResult, SocketFault,
    WireBuf,
};

use super::field::field;
use super::puppet::{self, Puppet};
use super::scene::{Setting, Table};
use super::{Event, Machine, Reaction, View};

/// The table of the life cycle.
pub(super) fn table() -> Table {
    let about = "The life of a connection, `xiom_core::Channel`, over layers that do all that layers may do. \
        A row is where the user stands, and where the socket stands.";
    let scenes = [Scene::Opening, Scene::Open];
    let scenes = scenes.map(|scene| Setting::scene(Bench::new(scene), events()));
    let views = vec![
        View { name: "Channel: the user", part: |label| before(label).into() },
        View { name: "Channel: the socket", part: |label| after(label).into() },
    ];
    Table { slug: "channel", title: "Channel", about, scenes: scenes.into(), views }
}

fn before(label: &str) -> &str {
    label.split_once(BETWEEN).map_or(label, |(state, _)| state)
}

fn after(label: &str) -> &str {
    label.split_once(BETWEEN).map_or(label, |(_, socket)| socket)
}

/// A channel with what its driver holds.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Bench {
    channel: Channel<Puppet>,
    wire: WireBuf,
    scene: Scene,
    asked: Option<AskId>,
    /// Questions so far, which the channel counts for ever.
    asks: u8,
    /// Messages that this connection accepted.
    sends: u8,
    /// The peer has ended its octets.
    ended: bool,
}

/// What is looked at closely: all at once would be many states and no other rows.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Scene {
    /// How layers open: no message is accepted.
    Opening,
    /// What happens to messages: layers open at once.
    Open,
}

impl Machine for Bench {
    fn label(&self) -> Option<String> {
        let text = format!("{:?}", self.channel);
        Some(format!("{}{BETWEEN}{}", field(&text, "state")?, field(&text, "socket")?))
    }
}

impl Bench {
    fn new(scene: Scene) -> Self {
        let limits = Limits {
            wire: 2,
            message: 2,
            queued: 2,
            messages: 2,
            open: Duration::ZERO,
            close: Duration::ZERO,
            ..Limits::default()
        };
        let (channel, wire) = (Channel::new(limits), WireBuf::default());
        Self { channel, wire, scene, asked: None, asks: 0, sends: 0, ended: false }
    }

    /// Where the socket stands; nowhere when a deed is owed, so that nothing may be reported.
    fn idle(&self) -> Option<String> {
        let (mut channel, mut wire) = (self.channel.clone(), self.wire.clone());
        let is_idle = channel.poll_action(&mut wire).is_none() && channel == self.channel;
        is_idle.then(|| field(&format!("{:?}", self.channel), "socket")).flatten()
    }

    fn is_idle(&self, sockets: &[&str]) -> bool {
        self.idle().is_some_and(|socket| sockets.contains(&&*socket))
    }

    fn fact(&mut self, sockets: &[&str], fact: Fact) -> Reaction {
        if !self.is_idle(sockets) {
            return Reaction::Absent;
        }
        self.channel.handle(fact, &mut self.wire);
        Reaction::Took(String::new())
    }

    fn send(&mut self, octets: &[u8]) -> Reaction {
        let is_open = self.channel.is_open();
        let sent = self.channel.send(SendId(0), octets, &mut self.wire);
        if is_open && sent.is_ok() {
            if self.sends == SENDS || self.scene == Scene::Opening {
                return Reaction::Absent;
            }
            self.sends = self.sends.saturating_add(1);
        }
        judge(sent)
    }

    fn receive(&mut self, octet: u8) -> Reaction {
        // Once is enough, and what has nothing to do with each other is not mixed.
        let is_over = match octet {
            puppet::ASK => ASKS <= self.asks,
            puppet::HALF => self.asks != 0 || self.sends != 0 || !self.channel.is_open(),
            _ => false,
        };
        let is_opening = [puppet::ASK, puppet::WORK, puppet::WORK_AND_FAIL].contains(&octet);
        let is_over = is_over || is_opening && self.scene == Scene::Open;
        if is_over || !self.is_idle(&CONNECTED) {
            return Reaction::Absent;
        }
        if self.channel.layers().is_none() && octet != puppet::DATA {
            return Reaction::Absent;
        }
        let is_asking = octet == puppet::ASK && self.channel.is_reading();
        self.asks = self.asks.saturating_add(u8::from(is_asking));
        let received = self.channel.receive(&mut [octet], &mut self.wire);
        let said = match received {
            None => "held",
            Some(received) if !received.data.is_empty() => "passed up",
            Some(_) => "",
        };
        Reaction::Took(said.into())
    }

    fn poll(&mut self) -> Reaction {
        let deed = self.channel.poll_action(&mut self.wire);
        if let Some(Action::Ask(asked)) = deed {
            self.asked = Some(asked);
        }
        Reaction::Took(deed.map_or("", word).into())
    }

    fn answer(&mut self, is_yes: bool) -> Reaction {
        let Some(asked) = self.asked else { return Reaction::Absent };
        let answer = |layers: &mut Puppet, _: &mut WireBuf| layers.answer(is_yes);
        judge(self.channel.answer(asked, &mut self.wire, answer))
    }
}

fn judge(result: Result<(), Rejected>) -> Reaction {
    match result {
        Ok(()) => Reaction::Took("accepted".into()),
        Err(Rejected::Full) => Reaction::Refused("full"),
        Err(Rejected::TooLarge { .. }) => Reaction::Refused("too large"),
        Err(_) => Reaction::Refused(""),
    }
}

const fn word(deed: Action) -> &'static str {
    match deed {
        Action::Connect => "Connect",
        Action::Shutdown => "Shutdown",
        Action::Disconnect => "Disconnect",
        Action::Ask(_) => "Ask",
        Action::Work => "Work",
        Action::Opened(OpenResult::Ok) => "Opened(Ok)",
        Action::Opened(OpenResult::Cancelled) => "Opened(Cancelled)",
        Action::Opened(OpenResult::Failed(_)) => "Opened(Failed)",
        Action::Sent(_, SendResult::Ok) => "Sent(Ok)",
        Action::Sent(_, SendResult::Cancelled) => "Sent(Cancelled)",
        Action::Sent(_, SendResult::Failed) => "Sent(Failed)",
        Action::Ended => "Ended",
        Action::Failed(_) => "Failed",
        Action::Closed => "Closed",
    }
}

fn events() -> Vec<Event<Bench>> {
    let mut events = commands();
    events.push(Event::new("Deeds", super::sheet::POLL, Bench::poll));
    events.extend(facts());
    let layers = [
        ("layers open", puppet::OPEN),
        ("layers ask", puppet::ASK),
        ("layers compute", puppet::WORK),
        ("layers compute, then fail", puppet::WORK_AND_FAIL),
        ("layers fail", puppet::FAIL),
        ("layers fail with a word", puppet::FAIL_ALOUD),
        ("layers see the end", puppet::END),
        ("half a unit", puppet::HALF),
        ("data", puppet::DATA),
    ];
    let layers = layers.map(|(name, octet)| {
        Event::new("What the layers do", name, move |bench: &mut Bench| bench.receive(octet))
    });
    events.extend(layers);
    events
}

fn commands() -> Vec<Event<Bench>> {
    let command = |name: &str, act: fn(&mut Bench) -> Reaction| Event::new("Commands", name, act);
    vec![
        command("open", |bench| {
            // The channel counts questions for ever: after one, what an open does is known already.
            if bench.channel.is_closed() && bench.asks != 0 {
                return Reaction::Absent;
            }
            let opened = bench.channel.open(Puppet::default(), Duration::ZERO, &mut bench.wire);
            if opened.is_ok() {
                (bench.ended, bench.sends) = (false, 0);
            }
            judge(opened)
        }),
        command("close", |bench| judge(bench.channel.close(Duration::ZERO, &mut bench.wire))),
        command("finish", |bench| judge(bench.channel.finish())),
        command("send", |bench| bench.send(MESSAGE))
            .varied(|bench, argument| bench.send(&[b'0'.saturating_add(argument), argument])),
        command("send what fails", |bench| bench.send(&[puppet::UNSEALABLE])),
        command("send too much", |bench| bench.send(&[0; 3])).varied(|bench, argument| {
            bench.send(&vec![argument; usize::from(argument).saturating_add(3)])
        }),
        command("answer yes", |bench| bench.answer(true)),
        command("answer no", |bench| bench.answer(false)),
    ]
}

fn facts() -> Vec<Event<Bench>> {
    let fact = |name: &str, act: fn(&mut Bench) -> Reaction| Event::new("Facts", name, act);
    vec![
        fact("Connected", |bench| bench.fact(&["Connecting"], Fact::Connected)),
        fact("Refused", |bench| bench.fact(&["Connecting"], Fact::Refused(SocketFault::Refused))),
        fact("Ended", |bench| {
            if core::mem::replace(&mut bench.ended, true) {
                return Reaction::Absent;
            }
            bench.fact(&CONNECTED, Fact::Ended)
        }),
        fact("Lost", |bench| bench.fact(&CONNECTED, Fact::Lost(SocketFault::Reset))),
        fact("Disconnected", |bench| bench.fact(&["Disconnecting"], Fact::Disconnected)),
        fact("the deadline", |bench| match bench.channel.poll_deadline() {
            Some(deadline) => bench.fact(&WITH_DEADLINE, Fact::Time(deadline)),
            None => Reaction::Absent,
        })
        .varied(|bench, late| match bench.channel.poll_deadline() {
            Some(deadline) => {
                let late = Duration::from_millis(late.into());
                bench.fact(&WITH_DEADLINE, Fact::Time(deadline.saturating_add(late)))
            }
            None => Reaction::Absent,
        }),
        fact("the socket takes all", |bench| bench.take(usize::MAX)),
        fact("the socket takes one octet", |bench| bench.take(1)),
    ]
}

impl Bench {
    fn take(&mut self, count: usize) -> Reaction {
        let is_whole = count == 1 && (self.wire.len() == 1 || self.wire.taken() != 0);
        if self.wire.is_empty() || is_whole || !self.is_idle(&["Up", "Draining"]) {
            return Reaction::Absent;
        }
        self.wire.take(count);
        Reaction::Took(String::new())
    }
}

/// Where the socket can be read.
const CONNECTED: [&str; 3] = ["Up", "Draining", "Shut"];
/// Where a deadline may come: everywhere.
const WITH_DEADLINE: [&str; 8] =
    ["Gone", "Dialing", "Connecting", "Up", "Draining", "Shut", "Leaving", "Disconnecting"];
/// What is sent: two of them fill the wire buffer and the queue.
const MESSAGE: &[u8] = b"me";
/// Messages that one connection accepts.
const SENDS: u8 = 2;
/// Questions after which no more are asked.
const ASKS: u8 = 1;
/// What stands between the two parts of a name.
const BETWEEN: &str = " · ";
