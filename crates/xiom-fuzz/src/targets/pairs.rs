//! What the targets of pairs share: our client, our server, and somebody between them who holds every octet.
//!
//! An input is an octet for the mechanism, an octet for what lies below, and steps: an octet for what happens
//! and on which side, and an octet for its argument; octets that are put in follow their length. What is
//! promised:
//!
//! - SCRAM and DIGEST-MD5: whatever is done to the octets, a client is open only if the server's mechanism has
//!   succeeded, and a server succeeds only for a client that knows the password.
//! - PLAIN, ANONYMOUS and EXTERNAL prove no server: a client is open only if the server's mechanism has
//!   succeeded, as long as nobody changed an octet; a server succeeds only if its application said yes.
//! - Octets that are not changed come up as they were sent, in order, and none but those. With a layer of
//!   DIGEST-MD5 that holds also when they are changed: then they do not come up.
//! - The password is in no `Debug`, and on the wire in clear with PLAIN on a channel that is asserted to be
//!   confidential, and nowhere else.
//! - A pair that nobody disturbs opens at both ends and delivers, if the password is right, and at none if not.
//! - Each end, closed at any moment, comes to rest by itself.

use core::fmt::Write;

use xiom_model::models::answers::Asked;
use xiom_model::world::Layers;

use super::sasl::{PASSWORD, hides};
use crate::{Seed, oracle};

mod end;
mod logins;

pub(super) use logins::{Case, Login, Proven, amqp, thrift};

use end::End;
use logins::{denial, refusal, truth};

/// One run of a pair.
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
struct Pair<C: Layers, S: Asked + Proven> {
    case: Case,
    client: End<C>,
    server: End<S>,
    /// Octets on their way from the client to the server, and back.
    flights: [Vec<u8>; 2],
    /// All that each end has written.
    written: [Vec<u8>; 2],
    /// The server's mechanism has succeeded.
    is_proven: bool,
    /// The application told the truth at least once.
    is_granted: bool,
    /// An octet was changed, lost, moved or put in.
    is_edited: bool,
    /// A user, the application, the network or a clock ended something.
    is_disturbed: bool,
    mood: u8,
}

/// Runs a pair over these layers through an input.
pub(super) fn run<C: Layers, S: Asked + Proven>(case: Case, layers: (C, S), steps: &[u8]) {
    let (client, server) = layers;
    let mut pair = Pair {
        case,
        client: End::open(client),
        server: End::open(server),
        flights: [Vec::new(), Vec::new()],
        written: [Vec::new(), Vec::new()],
        is_proven: false,
        is_granted: false,
        is_edited: false,
        is_disturbed: false,
        mood: 0,
    };
    pair.settle();
    let mut rest = steps;
    while let Some((&[code, argument], more)) = rest.split_first_chunk() {
        rest = pair.step(code, argument, more);
        pair.settle();
    }
    if oracle::sampled(steps) {
        hides(&format!("{:?} {:?}", pair.client.connection, pair.server.connection));
    }
    pair.finish();
}

impl<C: Layers, S: Asked + Proven> Pair<C, S> {
    /// Does what a step says; gives what is left of the input.
    fn step<'i>(&mut self, code: u8, argument: u8, rest: &'i [u8]) -> &'i [u8] {
        let (side, count) = (usize::from(code >> 4 & 1), usize::from(argument));
        let history = self.written.get(side).map(Vec::as_slice).unwrap_or_default();
        let flight = match &mut self.flights {
            [up, _] if side == 0 => up,
            [_, down] => down,
        };
        let count = if count == 0 { flight.len() } else { count.min(flight.len()) };
        let before = flight.clone();
        match code & 0xF {
            DELIVER => self.deliver(side, count),
            DROP => drop(flight.drain(..count)),
            EDIT => {
                let at = usize::from(argument >> 3).checked_rem(flight.len());
                if let Some(octet) = at.and_then(|at| flight.get_mut(at)) {
                    *octet ^= 1 << (argument & 7);
                }
            }
            REORDER => {
                let both = flight.len().min(count.saturating_mul(2));
                flight.get_mut(..both).unwrap_or_default().rotate_left(count);
            }
            DUPLICATE => {
                let again: Vec<u8> = flight.iter().take(count).copied().collect();
                flight.splice(..0, again);
            }
            INJECT => {
                let (octets, rest) = rest.split_at(rest.len().min(usize::from(argument & 0x3F)));
                flight.splice(..0, octets.iter().copied());
                self.is_edited |= !octets.is_empty();
                return rest;
            }
            REFLECT => {
                let octets: Vec<u8> = flight.drain(..count).collect();
                self.is_edited |= !octets.is_empty();
                if let Some(other) = self.flights.get_mut(1 - side) {
                    other.splice(..0, octets);
                }
                return rest;
            }
            REPLAY => {
                let at = usize::from(argument).min(history.len());
                let old: Vec<u8> = history.iter().skip(at).take(REPLAYED).copied().collect();
                flight.splice(..0, old);
            }
            CALM => self.calm(),
            code => self.command(code, side, argument),
        }
        if (DROP..=DUPLICATE).contains(&(code & 0xF)) || code & 0xF == REPLAY {
            self.is_edited |= self.flights.get(side).is_some_and(|flight| *flight != before);
        }
        rest
    }

    /// What users, clocks and networks do to one end.
    fn command(&mut self, code: u8, side: usize, argument: u8) {
        match code {
            SEND if side == 0 => self.client.send(b'c'),
            SEND => self.server.send(b's'),
            MOOD => {
                self.mood = argument & 3;
                self.is_disturbed |= self.mood != 0;
            }
            code => {
                self.is_disturbed = true;
                if side == 0 {
                    self.client.disturb(code);
                } else {
                    self.server.disturb(code);
                }
            }
        }
    }

    fn deliver(&mut self, side: usize, count: usize) {
        let Some(flight) = self.flights.get_mut(side) else { return };
        let reads = if side == 0 { self.server.is_reading() } else { self.client.is_reading() };
        if !reads {
            return;
        }
        let octets: Vec<u8> = flight.drain(..count.min(flight.len())).collect();
        if side == 0 {
            self.server.read(&octets);
        } else {
            self.client.read(&octets);
        }
    }

    /// Everything that is on its way arrives, until nothing is.
    fn calm(&mut self) {
        for _ in 0..MOST_ROUNDS {
            let sizes = [0, 1].map(|side| self.flights.get(side).map_or(0, Vec::len));
            self.deliver(0, usize::MAX);
            self.deliver(1, usize::MAX);
            self.settle();
            let is_still = sizes == [0, 1].map(|side| self.flights.get(side).map_or(0, Vec::len));
            if sizes == [0, 0] || is_still {
                return;
            }
        }
    }

    /// Each end does what it owes, the application answers, and what was written is on its way.
    fn settle(&mut self) {
        self.client.drain();
        self.server.drain();
        while let Some(id) = self.server.asks.take() {
            self.is_granted |= self.mood < 2;
            let deed = match self.mood {
                0 | 1 => truth::<S::Server>,
                2 => denial,
                _ => refusal,
            };
            // A question that is over takes no answer.
            let _answered =
                self.server.connection.answer(id, |layers, out| layers.answer(out, deed));
            self.server.drain();
        }
        let layers = self.server.connection.channel().layers();
        self.is_proven |= self.server.opened || layers.is_some_and(Proven::is_proven);
        let octets = [self.client.take(), self.server.take()];
        for ((flight, written), octets) in
            self.flights.iter_mut().zip(&mut self.written).zip(octets)
        {
            flight.extend(&octets);
            written.extend(octets);
        }
        self.client.drain();
        self.server.drain();
        self.judge();
    }

    fn judge(&self) {
        let Self { case, is_proven, is_edited, .. } = *self;
        let login = case.login;
        assert!(!self.client.opened || is_proven || is_edited && !login.is_mutual(), "opens alone");
        let is_right = case.is_right || !login.has_password() || is_edited && !login.is_mutual();
        assert!(!is_proven || is_right && self.is_granted, "lets somebody in");
        if !is_edited || login.has_layer() {
            assert!(self.client.sent.starts_with(&self.server.heard), "not what the client sent");
            assert!(self.server.sent.starts_with(&self.client.heard), "not what the server sent");
        }
        if !case.may_show() {
            let shows = |octets: &Vec<u8>| {
                octets.windows(PASSWORD.len()).any(|it| it == PASSWORD.as_bytes())
            };
            assert!(!self.written.iter().any(shows), "the password in clear");
        }
    }

    /// What must come of the run; then both close, and come to rest.
    fn finish(&mut self) {
        if !self.is_edited && !self.is_disturbed {
            self.calm();
            let opens = self.case.opens();
            assert_eq!(
                [self.client.opened, self.server.opened],
                [opens; 2],
                "nobody disturbed them"
            );
            if opens {
                self.client.send(b'c');
                self.server.send(b's');
                self.settle();
                self.calm();
                assert_eq!(self.server.heard, self.client.sent, "the server hears all");
                assert_eq!(self.client.heard, self.server.sent, "the client hears all");
            }
        }
        self.client.close_at_last();
        self.server.close_at_last();
    }
}

/// The steps of an input, in words.
pub(super) fn explain(case: Case, steps: &[u8]) -> String {
    let mut lines = format!("{case:?}\n");
    let mut rest = steps;
    while let Some((&[code, argument], more)) = rest.split_first_chunk() {
        rest = more;
        let (towards, side) =
            if code >> 4 & 1 == 0 { ("server", "client") } else { ("client", "server") };
        let name = NAMES.get(usize::from(code & 0xF)).copied().unwrap_or_default();
        let _infallible = if code & 0xF == INJECT {
            let (octets, more) = rest.split_at(rest.len().min(usize::from(argument & 0x3F)));
            rest = more;
            writeln!(lines, "{name} towards the {towards}: \"{}\"", octets.escape_ascii())
        } else if matches!(code & 0xF, SEND..=LOST) {
            writeln!(lines, "{name}: the {side}")
        } else {
            writeln!(lines, "{name} towards the {towards}: {argument}")
        };
    }
    lines
}

/// A login undisturbed, octet by octet, and under every kind of disturbance, for each mechanism and channel.
pub(super) fn seeds() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (number, login) in (0_u8..).zip(Login::ALL) {
        for below in 0..8_u8 {
            let calm = vec![number, below, CALM, 0, SEND, 0, SEND | SERVER, 0];
            seeds.push(Seed::new(format!("{login:?}-{below}-calm").to_ascii_lowercase(), calm));
        }
        for below in [0, 1] {
            let mut cut = vec![number, below];
            cut.extend((0..120).flat_map(|_| [DELIVER, 7, DELIVER | SERVER, 5]));
            seeds.push(Seed::new(format!("{login:?}-{below}-cut").to_ascii_lowercase(), cut));
            let mut attack = vec![number, below, CALM, 0, SEND, 0, SEND | SERVER, 0, SEND, 0];
            attack.extend([EDIT, 0x41, DELIVER, 0, EDIT | SERVER, 0x28, DELIVER | SERVER, 0]);
            attack.extend([SEND, 0, DUPLICATE, 9, REORDER, 8, REPLAY, 40, REFLECT, 6, CALM, 0]);
            attack.extend([INJECT, 3, b'a', b'b', b'c', CALM, 0, CLOSE, 0, CALM, 0]);
            seeds.push(Seed::new(format!("{login:?}-{below}-attack").to_ascii_lowercase(), attack));
        }
        let ends =
            [number, 0, DELIVER, 0, DELIVER | SERVER, 0, MOOD, 2, CALM, 0, LOST, 0, FINISH, 0];
        seeds.push(Seed::new(format!("{login:?}-denied").to_ascii_lowercase(), ends));
    }
    seeds
}

const DELIVER: u8 = 0;
const DROP: u8 = 1;
const EDIT: u8 = 2;
const REORDER: u8 = 3;
const DUPLICATE: u8 = 4;
const INJECT: u8 = 5;
const REFLECT: u8 = 6;
const SEND: u8 = 7;
const FINISH: u8 = 8;
const CLOSE: u8 = 9;
const EXPIRE: u8 = 10;
const END: u8 = 11;
const LOST: u8 = 12;
const MOOD: u8 = 13;
const CALM: u8 = 14;
const REPLAY: u8 = 15;
/// The bit of the other direction, and of the server.
const SERVER: u8 = 0x10;
const NAMES: [&str; 16] = [
    "deliver",
    "drop",
    "edit",
    "reorder",
    "duplicate",
    "inject",
    "reflect",
    "send",
    "finish",
    "close",
    "expire",
    "end",
    "break",
    "the application",
    "calm",
    "replay",
];
/// Octets of what was written before that come again.
const REPLAYED: usize = 48;
/// More than a login and a farewell have.
const MOST_ROUNDS: usize = 64;
