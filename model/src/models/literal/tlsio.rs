//! The TLS adapter that a document demands sentence by sentence, each sentence taken as it stands.
//!
//! The document calls the user in the midst of its steps, and its phrases "enter X" do not say whether the
//! state changes before the calls or after them: both are models, [`Order`]. Nothing is counted but the
//! messages in the queue, two at most; opens, closes and failures are without bound.

mod adapter;
mod defects;
mod properties;
mod run;

use core::fmt;

use stateright::{Model, Property};

pub use defects::tlsio_defects;

use super::oracle::{Oracle, scripts};
use super::{Defect, Shown, shown};
use crate::check::{Arrow, Checked, Return};
use run::Run;

/// The model.
#[derive(Clone, Copy, Debug)]
pub struct TlsIo {
    name: &'static str,
    order: Order,
    is_reentrant: bool,
    shown: &'static [Shown],
}

/// What "enter X" means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Order {
    /// The state changes, then the user is called.
    StateFirst,
    /// The user is called, then the state changes.
    CallsFirst,
}

/// One moment.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct World {
    /// Where the adapter is.
    pub state: State,
    /// The adapter was released.
    pub is_destroyed: bool,
    /// There is a TLS connection.
    pub is_connected: bool,
    /// Messages in the queue, by their numbers.
    pub queue: Vec<u8>,
    /// The handler of a close that is stored.
    pub handler: Handler,
    /// Where the user sees the adapter, by the document's list of external states.
    pub view: State,
    /// An accepted open has not completed.
    pub is_open_pending: bool,
    /// Accepted closes that have not completed; more than two are two.
    pub closes_pending: u8,
    /// Accepted messages that have not completed, in their order.
    pub sends_pending: Vec<u8>,
    /// A bit for each promise that the last step broke.
    pub broken: u32,
}

/// The document's states.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum State {
    /// `TLSIO_STATE_EXT_CLOSED`.
    Closed,
    /// `TLSIO_STATE_EXT_OPENING`.
    Opening,
    /// `TLSIO_STATE_EXT_OPEN`.
    Open,
    /// `TLSIO_STATE_EXT_CLOSING`.
    Closing,
    /// `TLSIO_STATE_EXT_ERROR`.
    Error,
}

/// What is stored to be called when a close completes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Handler {
    /// No close was ever called.
    Never,
    /// That of a close under way.
    Given,
    /// That of a close which has completed.
    Used,
}

/// What the user calls to begin a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// `tlsio_open_async`.
    Open,
    /// `tlsio_close_async`.
    Close,
    /// `tlsio_send_async`.
    Send,
    /// `tlsio_dowork`.
    Work,
    /// `tlsio_destroy`.
    Destroy,
}

/// What is decided within a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Choice {
    /// TLS has nothing new.
    Waits,
    /// The handshake is done.
    Shaken,
    /// The handshake fails.
    NotShaken,
    /// TLS takes a whole message.
    Takes,
    /// TLS takes a part of a message.
    TakesPart,
    /// TLS fails to send.
    SendFails,
    /// TLS has received data.
    HasData,
    /// TLS fails to read, or the peer has ended.
    ReadFails,
    /// TLS closes in a later call.
    ClosesLater,
    /// TLS closes at once.
    ClosesNow,
    /// The closing ends, gracefully or not.
    HasClosed,
    /// The user does nothing within a callback.
    UserReturns,
    /// The user calls within a callback.
    User(Event),
}

/// An event, and the choices that are made while it runs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Step {
    /// What begins.
    pub event: Event,
    /// What is decided, as far as it is not the usual.
    pub choices: Vec<Choice>,
}

impl World {
    /// A new adapter.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            state: State::Closed,
            is_destroyed: false,
            is_connected: false,
            queue: Vec::new(),
            handler: Handler::Never,
            view: State::Closed,
            is_open_pending: false,
            closes_pending: 0,
            sends_pending: Vec::new(),
            broken: 0,
        }
    }

    /// What the user may call without that it is refused or does nothing. A user who sees the adapter closed
    /// may open it, whatever it is.
    fn calls(&self) -> Vec<Event> {
        if self.is_destroyed {
            return Vec::new();
        }
        let mut calls = Vec::new();
        if self.state == State::Closed || self.view == State::Closed {
            calls.push(Event::Open);
        }
        if matches!(self.state, State::Opening | State::Open | State::Closing) {
            calls.push(Event::Work);
        }
        if self.state == State::Open && self.free().is_some() {
            calls.push(Event::Send);
        }
        calls.extend([Event::Close, Event::Destroy]);
        calls
    }

    /// The number of a message that may be sent.
    fn free(&self) -> Option<u8> {
        let is_free = |id: &u8| !self.queue.contains(id) && !self.sends_pending.contains(id);
        (0..MESSAGES).find(is_free)
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl TlsIo {
    /// A model named `name`, which reads "enter" as `order` and where `shown` is expected.
    #[must_use]
    pub const fn new(
        name: &'static str,
        order: Order,
        is_reentrant: bool,
        shown: &'static [Shown],
    ) -> Self {
        Self { name, order, is_reentrant, shown }
    }

    /// What is wrong with the document, as far as this reading shows it.
    #[must_use]
    pub fn defects(&self) -> Vec<Defect> {
        shown(tlsio_defects(), self.shown)
    }
}

impl Model for TlsIo {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        vec![World::new()]
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        for event in world.calls() {
            let run = |oracle: &mut Oracle<Choice>| {
                Run::step(world.clone(), event, self, oracle, false);
            };
            steps.extend(scripts(run).into_iter().map(|choices| Step { event, choices }));
        }
    }

    fn next_state(&self, world: &World, step: Step) -> Option<World> {
        let mut oracle = Oracle::new(step.choices);
        Some(Run::step(world.clone(), step.event, self, &mut oracle, false).0)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::properties()
    }

    fn format_action(&self, step: &Step) -> String {
        let choices = step.choices.iter().map(ToString::to_string);
        let event = format!("user: {}", step.event);
        core::iter::once(event).chain(choices).collect::<Vec<_>>().join("; ")
    }
}

impl Checked for TlsIo {
    type Plain = Self;

    fn name(&self) -> String {
        self.name.into()
    }

    fn about(&self) -> String {
        let order = match self.order {
            Order::StateFirst => "the state changes before the user is called",
            Order::CallsFirst => "the state changes after the user was called",
        };
        let user = if self.is_reentrant { ", who calls from within callbacks" } else { "" };
        format!("A TLS adapter in direct style, literally: {order}{user}.")
    }

    fn plain(&self) -> Self {
        *self
    }

    fn returns(&self) -> Vec<Return<Self>> {
        properties::returns()
    }

    fn participants(&self) -> Vec<&'static str> {
        vec!["user", "tlsio", "TLS"]
    }

    fn tell(&self, world: &World, step: &Step) -> Vec<Arrow> {
        let mut oracle = Oracle::new(step.choices.clone());
        Run::step(world.clone(), step.event, self, &mut oracle, true).1
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Close => "close",
            Self::Send => "send",
            Self::Work => "dowork",
            Self::Destroy => "destroy",
        })
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waits => "nothing new",
            Self::Shaken => "handshake done",
            Self::NotShaken => "handshake fails",
            Self::Takes => "message is taken",
            Self::TakesPart => "part of the message is taken",
            Self::SendFails => "send fails",
            Self::HasData => "data is there",
            Self::ReadFails => "read fails",
            Self::ClosesLater => "close takes time",
            Self::ClosesNow => "close is immediate",
            Self::HasClosed => "closing ends",
            Self::UserReturns => "user does nothing in the callback",
            Self::User(call) => return write!(f, "user in the callback: {call}"),
        })
    }
}

/// So many messages are pending at most.
const MESSAGES: u8 = 2;
