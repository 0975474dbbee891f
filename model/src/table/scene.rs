//! A machine of a table, set up in one or more ways: each is explored, and can be driven afterwards.

use core::fmt::Debug;

use super::explore::{Event, Fault, Found, Machine};
use super::survey::{Departure, Survey, Walker};
use super::{BOUND, Sheet, View};

/// What a table is drawn from.
#[derive(Debug)]
pub struct Table {
    /// Its name in the names of files.
    pub slug: &'static str,
    /// Its name.
    pub title: &'static str,
    /// What it is.
    pub about: &'static str,
    /// The machine, set up in one or more ways.
    pub scenes: Vec<Box<dyn Scene>>,
    /// How it is drawn.
    pub views: Vec<View>,
}

impl Table {
    /// A table that is drawn whole.
    pub(super) fn new(
        [slug, title, about]: [&'static str; 3],
        scenes: Vec<Box<dyn Scene>>,
    ) -> Self {
        Self { slug, title, about, scenes, views: View::whole(title) }
    }

    /// What all scenes together show.
    ///
    /// # Errors
    ///
    /// Returns the [`Fault`] of the first scene that has no table.
    pub fn sheet(self) -> Result<Sheet, Fault> {
        let Self { slug, title, about, scenes, views } = self;
        let mut found: Option<Found> = None;
        for scene in scenes {
            let more = scene.chart()?.found().clone();
            found = Some(match found {
                Some(found) => found.and(more),
                None => more,
            });
        }
        Ok(Sheet { slug, title, about, found: found.unwrap_or_default(), views })
    }
}

/// A machine in its first state, and all that may happen to it.
pub trait Scene: Debug + Send + Sync {
    /// Explores it.
    ///
    /// # Errors
    ///
    /// Returns a [`Fault`] when what was found is no table.
    fn chart(self: Box<Self>) -> Result<Box<dyn Chart>, Fault>;
}

/// Hears of a state and of an event.
pub type See<'a> = dyn FnMut(&str, &str) + 'a;

/// A scene that is explored.
pub trait Chart: Debug + Send + Sync {
    /// What was found.
    fn found(&self) -> &Found;

    /// Drives a fresh machine: each step is the number of an event and an argument, which is 0 for what the
    /// table shows and may be anything, for it must make no difference to what the table says. `see` hears of
    /// the state and of the event, wherever the event may happen.
    ///
    /// # Errors
    ///
    /// Returns a [`Departure`] when the machine does what was never seen under the name of its state.
    fn walk(
        &self,
        steps: &mut dyn Iterator<Item = (usize, u8)>,
        see: Option<&mut See<'_>>,
    ) -> Result<(), Departure>;

    /// A few walks, as numbers of events, that together meet every event wherever it may happen.
    fn tours(&self, longest: usize) -> Vec<Vec<usize>>;
}

/// A machine and its alphabet.
#[derive(Debug)]
pub(super) struct Setting<M> {
    pub(super) initial: M,
    pub(super) events: Vec<Event<M>>,
}

impl<M: Machine + Debug + Send + Sync + 'static> Setting<M> {
    pub(super) fn scene(initial: M, events: Vec<Event<M>>) -> Box<dyn Scene> {
        Box::new(Self { initial, events })
    }
}

impl<M: Machine + Debug + Send + Sync + 'static> Scene for Setting<M> {
    fn chart(self: Box<Self>) -> Result<Box<dyn Chart>, Fault> {
        let Self { initial, events } = *self;
        let survey = Survey::new(initial, &events, BOUND)?;
        Ok(Box::new(Charted { events, survey }))
    }
}

/// The same, explored.
#[derive(Debug)]
struct Charted<M> {
    events: Vec<Event<M>>,
    survey: Survey<M>,
}

impl<M: Machine + Debug + Send + Sync> Chart for Charted<M> {
    fn found(&self) -> &Found {
        &self.survey.found
    }

    fn walk(
        &self,
        steps: &mut dyn Iterator<Item = (usize, u8)>,
        mut see: Option<&mut See<'_>>,
    ) -> Result<(), Departure> {
        let Some(mut walker) = Walker::new(&self.survey) else { return Ok(()) };
        for (number, argument) in steps {
            let Some(event) = self.events.get(number) else { continue };
            let before = see.is_some().then(|| walker.state());
            let is_due = walker.step(event, number, argument)?;
            if let (true, Some(see), Some(state)) = (is_due, &mut see, before) {
                see(&state, &event.name);
            }
        }
        Ok(())
    }

    fn tours(&self, longest: usize) -> Vec<Vec<usize>> {
        self.survey.tours(longest)
    }
}
