//! Every cut of the same octets: what a peer says must come to the same, however it was cut.
//!
//! It drives the shipped [`Connection`], the loop that every adapter runs. The scripts are all beginnings of
//! the exchanges whose end is known, each followed by anything else that the peer may say.

use core::time::Duration;

use stateright::{Model, Property};
use xiom_core::{Action, Connection, Fact, Limits, News};

use super::Size;
use crate::check::{Arrow, Checked, fingerprint};
use crate::world::{Answer, ChannelModel, Layers, Setup};

/// The scripts of one kind of machine, in every cut.
#[derive(Clone, Debug)]
pub struct Cuts<L> {
    name: &'static str,
    setup: Setup<L>,
    scripts: Vec<Script>,
    /// Octets of the longest read that leaves something for another one.
    longest: usize,
}

/// What a peer says in one connection.
#[derive(Clone, Debug)]
struct Script {
    names: Vec<&'static str>,
    octets: Vec<u8>,
}

/// What was told to the user after some octets, and the machine as it then stands.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Run<L> {
    script: usize,
    fed: usize,
    connection: Connection<L>,
    heard: Vec<Heard>,
    /// More was owed after a read than can be due.
    is_restless: bool,
}

/// One thing that the user hears; octets in a row are one.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum Heard {
    Deed(Action),
    Data(Vec<u8>),
}

impl<L: Layers> Cuts<L> {
    /// The cuts of all scripts of `model`, under a name of their own.
    #[must_use]
    pub fn new(name: &'static str, model: &ChannelModel<L>, size: Size) -> Self {
        let setup = model.setup().clone();
        let anything = 0..setup.units.len();
        let mut beginnings: Vec<Vec<usize>> =
            setup.scripts.iter().flat_map(|script| beginnings(&setup, script.said)).collect();
        beginnings.sort_unstable();
        beginnings.dedup();
        let scripts = beginnings.iter().flat_map(|beginning| {
            anything.clone().map(move |unit| [&beginning[..], &[unit]].concat())
        });
        let scripts = scripts.map(|units: Vec<usize>| {
            let units = units.iter().filter_map(|index| setup.units.get(*index));
            let octets = units.clone().flat_map(|unit| unit.octets.clone()).collect();
            Script { names: units.map(|unit| unit.name).collect(), octets }
        });
        let scripts = scripts.collect();
        let longest = match size {
            Size::Small => 4,
            // More than the head of a frame: longer reads only join what is already whole.
            Size::Review => 16,
            Size::Nightly => usize::MAX,
        };
        Self { name, setup, scripts, longest }
    }

    fn octets(&self, script: usize) -> &[u8] {
        self.scripts.get(script).map(|script| script.octets.as_slice()).unwrap_or_default()
    }

    fn start(&self, script: usize) -> Run<L> {
        let mut connection = Connection::new(Limits { work: 1, ..Limits::default() });
        // A fresh connection is closed, so it opens.
        let is_open = connection.open((self.setup.layers)(), Duration::ZERO).is_ok();
        if is_open && connection.poll() == Some(News::Action(Action::Connect)) {
            connection.handle(Fact::Connected);
        }
        Run { script, fed: 0, connection, heard: Vec::new(), is_restless: false }
    }
}

/// The units that the letters of `said` stand for, and all beginnings of them.
fn beginnings<L: Layers>(setup: &Setup<L>, said: &str) -> Vec<Vec<usize>> {
    let unit = |letter: char| {
        setup.units.iter().position(|unit| unit.means.len() == 1 && unit.means.contains(letter))
    };
    let units: Vec<usize> = said.chars().filter_map(unit).collect();
    (0..=units.len()).map(|count| units.iter().copied().take(count).collect()).collect()
}

impl<L: Layers> Run<L> {
    /// Feeds `octets` in one read; the application says yes to every question.
    fn feed(&mut self, octets: &[u8], yes: Option<&Answer<L>>) {
        self.fed += octets.len();
        if let Some(room) = self.connection.room().get_mut(..octets.len()) {
            room.copy_from_slice(octets);
        }
        self.connection.fill(octets.len());
        let mut left = MOST_NEWS;
        while let Some(news) = self.connection.poll() {
            left = left.saturating_sub(1);
            if left == 0 {
                self.is_restless = true;
                return;
            }
            match (news, self.heard.last_mut()) {
                (News::Action(Action::Work), _) => {}
                (News::Action(Action::Ask(id)), _) => {
                    if let Some(yes) = yes {
                        // It is the question that was just asked.
                        let _ = self.connection.answer(id, yes.give);
                    }
                }
                (News::Data(range), Some(Heard::Data(before))) => {
                    before.extend(self.connection.octets(range));
                }
                (News::Data(range), _) => {
                    self.heard.push(Heard::Data(self.connection.octets(range).to_vec()));
                }
                (News::Action(deed), _) => self.heard.push(Heard::Deed(deed)),
            }
        }
    }
}

impl<L: Layers> Model for Cuts<L> {
    type State = Run<L>;
    type Action = usize;

    fn init_states(&self) -> Vec<Run<L>> {
        (0..self.scripts.len()).map(|script| self.start(script)).collect()
    }

    fn actions(&self, run: &Run<L>, counts: &mut Vec<usize>) {
        if run.is_restless {
            return;
        }
        let rest = self.octets(run.script).len().saturating_sub(run.fed);
        counts.extend(1..=rest.min(self.longest));
        counts.extend((self.longest < rest).then_some(rest));
    }

    fn next_state(&self, run: &Run<L>, count: usize) -> Option<Run<L>> {
        let mut next = run.clone();
        let octets = self.octets(run.script);
        let octets = octets.get(run.fed..run.fed + count).unwrap_or_default();
        next.feed(octets, self.setup.answers.first());
        Some(next)
    }

    fn format_action(&self, count: &usize) -> String {
        format!("{count} octets come")
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(
                "it is ready for the next octets, or over",
                |_: &Self, run: &Run<L>| {
                    run.connection.channel().is_reading()
                        || run.connection.channel().layers().is_none()
                },
            ),
            Property::sometimes("the channel opens", |_: &Self, run: &Run<L>| {
                run.connection.channel().is_open()
            }),
            Property::sometimes("octets come up", |_: &Self, run: &Run<L>| {
                run.heard.iter().any(|heard| matches!(heard, Heard::Data(_)))
            }),
        ]
    }
}

impl<L: Layers> Checked for Cuts<L> {
    type Plain = Self;

    fn name(&self) -> String {
        self.name.into()
    }

    fn about(&self) -> String {
        let reads = if self.longest == usize::MAX {
            "any length".into()
        } else {
            format!("1 to {} octets, and of all that is left", self.longest)
        };
        format!("{} scripts of what a peer says, in reads of {reads}.", self.scripts.len())
    }

    fn plain(&self) -> Self {
        self.clone()
    }

    //= model SRS_SASLCLIENTIO_01_028, SRS_SASLCLIENTIO_50_012
    //= model SRS_SASL_SERVER_IO_01_054
    //= model SRS_TLSIO_30_102
    fn outcome(&self, run: &Run<L>) -> Option<(u64, u64)> {
        if run.is_restless {
            return None;
        }
        Some((fingerprint(&run.script), fingerprint(&(&run.connection, &run.heard))))
    }

    fn participants(&self) -> Vec<&'static str> {
        vec!["user", "connection", "peer"]
    }

    fn tell(&self, run: &Run<L>, count: &usize) -> Vec<Arrow> {
        let script = self.scripts.get(run.script);
        let names = script.map(|script| script.names.join(", ")).unwrap_or_default();
        let heard = self.next_state(run, *count).map_or_else(Vec::new, |next| next.heard);
        let said = format!("{count} octets of: {names}");
        let news = heard.iter().skip(run.heard.len());
        let news = news.map(|heard| Arrow::new(1, 0, format!("{heard:?}")));
        [Arrow::new(2, 1, said)].into_iter().chain(news).collect()
    }
}

/// More deeds than can be due after one read.
const MOST_NEWS: u32 = 64;
