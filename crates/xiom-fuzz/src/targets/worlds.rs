//! What the targets of channels share: an input is one long path through the world of a model.
//!
//! An input is an octet for the setup, and steps: an octet for what happens, with the deeds that are performed
//! before it, and an octet for its argument; octets of the peer of any content follow their length. What may
//! not happen does not, so that every input means something, and an octet means the same wherever it stands.
//! Every step is judged by the promises of the model; at the end the channel is closed, and must come to rest
//! by itself, or it is dropped.

use core::fmt::Write;
use std::sync::OnceLock;

use xiom_model::models::Size;
use xiom_model::table::See;
use xiom_model::world::{
    Amount, Below, ChannelModel, Command, Drive, Layers, Lean, Socket, Step, View,
};

use crate::{Pair, Seed, oracle};

/// A model that an input can drive.
pub(super) trait World: Send + Sync {
    /// Drives it; `see` hears of every step that happened, and of where the user and the socket stood.
    fn drive<'s>(&self, input: &[u8], see: Option<&'s mut See<'s>>);

    /// How many exchanges are known.
    fn scripts(&self) -> usize;

    /// How many units a peer may say.
    fn units(&self) -> usize;
}

/// Makes a model of a size.
pub(super) type Make<L> = fn(Size) -> ChannelModel<L>;

/// The model that `make` makes, without its bounds.
pub(super) fn world<L: Layers>(make: Make<L>) -> Box<dyn World> {
    Box::new(make(Size::Small).lean())
}

impl<L: Layers> World for ChannelModel<L, Lean> {
    fn drive<'s>(&self, input: &[u8], see: Option<&'s mut See<'s>>) {
        let (rest, sampled) =
            (input.last().is_none_or(|last| last & 1 == 0), oracle::sampled(input));
        let mut path = Path { drive: Drive::new(self), see, left: MOST_STEPS };
        let mut input = input;
        while let Some((&[code, argument], more)) = input.split_first_chunk() {
            input = path.take(code, argument, more);
            if path.left == 0 {
                break;
            }
        }
        if sampled {
            let shown = format!("{:?}", path.drive.bench());
            assert!(!SECRETS.iter().any(|secret| shown.contains(secret)), "{shown}");
        }
        if rest {
            let (steps, is_at_rest) = path.drive.rest(MOST_OWN_STEPS);
            assert!(is_at_rest, "does not close by itself: {steps} steps");
            path.judge("rest");
        }
    }

    fn scripts(&self) -> usize {
        self.setup().scripts.len()
    }

    fn units(&self) -> usize {
        self.setup().units.len()
    }
}

/// A path, as far as it has come.
struct Path<'a, 'b, L: Layers> {
    drive: Drive<'a, L>,
    see: Option<&'b mut See<'b>>,
    /// Steps that may still happen: counters of the model hold no more.
    left: usize,
}

impl<L: Layers> Path<'_, '_, L> {
    /// Does what a step says; gives what is left of the input.
    fn take<'i>(&mut self, code: u8, argument: u8, rest: &'i [u8]) -> &'i [u8] {
        self.left = self.left.saturating_sub(1);
        // Deeds that wait are performed mostly; otherwise so many, which is what re-entrancy comes to.
        let most = match code >> 5 {
            few @ 4.. => usize::from(few & 3),
            _ => MOST_OWN_STEPS,
        };
        let done = self.drive.settle(most);
        assert!(done < MOST_OWN_STEPS, "owes without end");
        self.judge("deeds");
        let count = usize::from(argument);
        match code & 0x1F {
            BEGIN => {
                let (unit, count) = (argument & 0x1F, usize::from(argument >> 5));
                let did = self.drive.begin(unit, count.saturating_add(1));
                self.told(did, || format!("the first octets of unit {unit}"));
            }
            RESUME => {
                let did = self.drive.resume(count);
                self.told(did, || format!("{count} octets of its rest"));
            }
            TAKE => {
                let did = self.drive.take(count);
                self.told(did, || format!("the socket takes {count} octets"));
            }
            RAW => {
                let (octets, rest) = rest.split_at(rest.len().min(usize::from(argument & 0x3F)));
                let did = self.drive.hear(octets);
                self.told(did, || format!("the peer says \"{}\"", octets.escape_ascii()));
                return rest;
            }
            FOLLOW => {
                let count = self.drive.env().spent.opens;
                if count < MOST_OPENS {
                    self.drive.follow(usize::from(argument), MOST_OWN_STEPS);
                    self.told(true, || format!("all of exchange {argument}"));
                }
            }
            code => {
                if let Some(step) = step(code, argument) {
                    let did = self.drive.step(step).is_some();
                    let words = self.see.is_some().then(|| self.drive.words(step));
                    self.told(did, || words.unwrap_or_default());
                }
            }
        }
        rest
    }

    /// Judges what happened, and tells of it.
    fn told(&mut self, did: bool, words: impl FnOnce() -> String) {
        if !did {
            return;
        }
        if let Some(see) = &mut self.see {
            let (view, socket) = (self.drive.env().view, self.drive.env().socket);
            see(&place(view, socket), &words());
        }
        self.judge("step");
    }

    /// Judges; who only wants to hear of the path hears of the broken promise, too, and of no more.
    fn judge(&mut self, when: &str) {
        let Some(broken) = self.drive.broken().next() else { return };
        self.left = 0;
        match &mut self.see {
            Some(see) => see("BROKEN", broken),
            None => unreachable!("broken after a {when}: {broken}"),
        }
    }
}

/// The step of a code, whatever stands around it.
const fn step(code: u8, argument: u8) -> Option<Step> {
    Some(match code {
        0 => Step::Command(Command::Open),
        1 => Step::Command(Command::Close),
        2 => Step::Command(Command::Finish),
        3 => Step::Command(Command::Send),
        4 => Step::Command(Command::SendHuge),
        5 => Step::Answer(argument & 7),
        6 => Step::Stray,
        7 => Step::Poll,
        8 => Step::Receive,
        SAID => Step::Said(argument & 0x1F, None),
        10 => Step::Take(Amount::All),
        CONNECTED => Step::Below(Below::Connected),
        12 => Step::Below(Below::Refused),
        13 => Step::Below(Below::Ended),
        14 => Step::Below(Below::Lost),
        15 => Step::Below(Below::Disconnected),
        16 => Step::Below(Below::Expire),
        17 => Step::Drop,
        _ => return None,
    })
}

const SAID: u8 = 9;
const CONNECTED: u8 = 11;
/// The first octets of a unit.
const BEGIN: u8 = 18;
/// More of it.
const RESUME: u8 = 19;
/// The socket takes so many octets.
const TAKE: u8 = 20;
/// So many octets of the input come from the peer.
const RAW: u8 = 21;
/// An exchange whose end is known, from its beginning.
const FOLLOW: u8 = 22;

fn place(view: View, socket: Socket) -> String {
    format!("{view:?}, {socket:?}")
}

/// The worlds of a target, made when they are first asked for.
pub(super) struct Worlds {
    make: fn() -> Vec<Box<dyn World>>,
    made: OnceLock<Vec<Box<dyn World>>>,
}

impl Worlds {
    pub(super) const fn new(make: fn() -> Vec<Box<dyn World>>) -> Self {
        Self { make, made: OnceLock::new() }
    }

    fn made(&self) -> &[Box<dyn World>] {
        self.made.get_or_init(self.make)
    }

    pub(super) fn prepare(&self, _input: &[u8]) {
        let _made = self.made();
    }

    pub(super) fn run(&self, input: &[u8]) {
        self.drive(input, None);
    }

    fn drive<'s>(&self, input: &[u8], see: Option<&'s mut See<'s>>) {
        let Some((first, steps)) = input.split_first() else { return };
        let number = usize::from(*first).checked_rem(self.made().len()).unwrap_or_default();
        if let Some(world) = self.made().get(number) {
            world.drive(steps, see);
        }
    }

    /// Where the user and the socket stood, and what happened.
    pub(super) fn coverage(&self, input: &[u8]) -> Vec<Pair> {
        let mut pairs = Vec::new();
        self.drive(input, Some(&mut |place, words| pairs.push((place.into(), words.into()))));
        pairs
    }

    pub(super) fn explain(&self, input: &[u8]) -> String {
        let mut lines = String::new();
        self.drive(
            input,
            Some(&mut |place, words| {
                let _infallible = writeln!(lines, "{words}: {place}");
            }),
        );
        lines
    }

    /// Every exchange, alone and with a life behind it; every unit, whole and in parts.
    pub(super) fn seeds(&self) -> Vec<Seed> {
        let mut seeds = Vec::new();
        for (number, world) in (0_u8..).zip(self.made()) {
            let few = |count: usize| 0..u8::try_from(count).unwrap_or(u8::MAX);
            for script in few(world.scripts()).step_by(4) {
                let scripts = (script..script.saturating_add(4)).take(world.scripts());
                let lives = scripts.flat_map(|script| [FOLLOW, script, 3, 0, 10, 0, 1, 0, 17, 0]);
                let octets: Vec<u8> = [number].into_iter().chain(lives).collect();
                seeds.push(Seed::new(format!("{number}-exchange-{script:02}"), octets));
            }
            for unit in few(world.units()) {
                let whole = [number, 0, 0, CONNECTED, 0, 10, 0, SAID, unit, 10, 0, 16, 0, 0, 0];
                let parts =
                    [CONNECTED, 0, 10, 0, BEGIN, unit | 0x20, RESUME, 2, 3, 0, RESUME, 99, 2, 0];
                let octets = [&whole[..], &parts].concat();
                seeds.push(Seed::new(format!("{number}-unit-{unit:02}"), octets));
            }
            let life = [
                number, FOLLOW, 0, 3, 0, 0xA3, 0, 0xC3, 0, TAKE, 2, SAID, 0, 2, 0, 10, 0, 13, 0, 8,
                0, 15, 0, 0, 0, CONNECTED, 0, RAW, 4, b'A', b'M', b'Q', b'P', 14, 0, 4, 0, 6, 0,
                12, 0,
            ];
            seeds.push(Seed::new(format!("{number}-life"), life));
        }
        seeds
    }
}

/// Own steps that close anything: deeds, slices and reads of what was said before, an end and a deadline.
const MOST_OWN_STEPS: usize = 128;
/// Steps of one input.
const MOST_STEPS: usize = 100;
/// Opens of one input; an exchange says several units and more.
const MOST_OPENS: u8 = 24;
/// What no `Debug` shows: the model's password.
const SECRETS: [&str; 2] = ["swordfish", "115, 119, 111, 114, 100, 102"];
