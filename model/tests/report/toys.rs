//! A toy: a door that is asked for, opened, knocked at and closed, with one flaw or none.

use core::hash::{Hash, Hasher};

use stateright::{Model, Property};
use xiom_model::check::{Arrow, Checked, Return};
use xiom_model::models::Size;
use xiom_model::run::{Entry, Subject};

/// What is wrong with the door.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Flaw {
    None,
    /// A third knock is heard.
    Broken,
    /// Nobody grants.
    Unseen,
    /// The door does not close by itself.
    Stuck,
    /// A door that was refused is not like one that was closed.
    Conflict,
    /// Knocks have no end.
    Endless,
    /// The other search does not see knocks.
    Blind,
    /// A knock breaks the model.
    Panics,
    /// There are two properties of one name.
    Twins,
    /// Nothing ever closes, and nothing waits for it.
    Idle,
    /// The other search hears another knock.
    Fickle,
    /// Words that a page must not read as its own.
    Sharp,
}

#[derive(Clone, Debug)]
pub(crate) struct Toy {
    pub(crate) flaw: Flaw,
    pub(crate) name: &'static str,
    pub(crate) is_plain: bool,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Place {
    Idle,
    Asking,
    Open,
    Closing,
    Closed,
    Refused,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Door {
    pub(crate) place: Place,
    pub(crate) knocks: u32,
    is_blind: bool,
}

impl Hash for Door {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.place.hash(state);
        if !self.is_blind {
            self.knocks.hash(state);
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Act {
    Ask,
    Grant,
    Refuse,
    Knock,
    Close,
    Done,
}

impl Toy {
    /// The toy with `flaw`, as an entry.
    pub(crate) fn entry(flaw: Flaw, subject: Subject) -> Entry {
        type Make = (&'static str, fn(Size) -> Toy);
        let (name, make): Make = match flaw {
            Flaw::None => ("toy", |_| Toy::new(Flaw::None, "toy")),
            Flaw::Broken => ("toy-broken", |_| Toy::new(Flaw::Broken, "toy-broken")),
            Flaw::Unseen => ("toy-unseen", |_| Toy::new(Flaw::Unseen, "toy-unseen")),
            Flaw::Stuck => ("toy-stuck", |_| Toy::new(Flaw::Stuck, "toy-stuck")),
            Flaw::Conflict => ("toy-conflict", |_| Toy::new(Flaw::Conflict, "toy-conflict")),
            Flaw::Endless => ("toy-endless", |_| Toy::new(Flaw::Endless, "toy-endless")),
            Flaw::Blind => ("toy-blind", |_| Toy::new(Flaw::Blind, "toy-blind")),
            Flaw::Panics => ("toy-panics", |_| Toy::new(Flaw::Panics, "toy-panics")),
            Flaw::Twins => ("toy-twins", |_| Toy::new(Flaw::Twins, "toy-twins")),
            Flaw::Idle => ("toy-idle", |_| Toy::new(Flaw::Idle, "toy-idle")),
            Flaw::Fickle => ("toy-fickle", |_| Toy::new(Flaw::Fickle, "toy-fickle")),
            Flaw::Sharp => ("toy-sharp", |_| Toy::new(Flaw::Sharp, "toy-sharp")),
        };
        Entry::new(name, subject, make)
    }

    pub(crate) fn new(flaw: Flaw, name: &'static str) -> Self {
        Self { flaw, name, is_plain: false }
    }

    /// How many knocks may be heard.
    fn heard(&self) -> u32 {
        if self.flaw == Flaw::Fickle && self.is_plain { 1 } else { 2 }
    }

    fn most(&self) -> u32 {
        if matches!(self.flaw, Flaw::Broken | Flaw::Sharp) {
            3
        } else if self.flaw == Flaw::Endless {
            u32::MAX
        } else {
            2
        }
    }
}

impl Model for Toy {
    type State = Door;
    type Action = Act;

    fn init_states(&self) -> Vec<Door> {
        let is_blind = self.is_plain && self.flaw == Flaw::Blind;
        vec![Door { place: Place::Idle, knocks: 0, is_blind }]
    }

    fn actions(&self, door: &Door, actions: &mut Vec<Act>) {
        match door.place {
            Place::Idle => actions.push(Act::Ask),
            Place::Asking => {
                if self.flaw != Flaw::Unseen {
                    actions.push(Act::Grant);
                }
                actions.push(Act::Refuse);
            }
            Place::Open => {
                if door.knocks < self.most() {
                    actions.push(Act::Knock);
                }
                if self.flaw != Flaw::Idle {
                    actions.push(Act::Close);
                }
            }
            Place::Closing if self.flaw != Flaw::Stuck || door.knocks == 0 => {
                actions.push(Act::Done);
            }
            Place::Closing | Place::Closed | Place::Refused => {}
        }
    }

    fn next_state(&self, door: &Door, act: Act) -> Option<Door> {
        let mut next = door.clone();
        next.place = match act {
            Act::Ask => Place::Asking,
            Act::Grant => Place::Open,
            Act::Refuse => Place::Refused,
            Act::Knock => {
                assert!(self.flaw != Flaw::Panics, "the door is broken");
                next.knocks += 1;
                Place::Open
            }
            Act::Close => Place::Closing,
            Act::Done => Place::Closed,
        };
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let heard: fn(&Self, &Door) -> bool =
            |toy, door| toy.flaw == Flaw::Endless || door.knocks <= toy.heard();
        let name = if self.flaw == Flaw::Sharp { SHARP } else { "no third knock is heard" };
        let mut properties = vec![
            Property::always(name, heard),
            Property::sometimes("it opens", |_, door: &Door| door.place == Place::Open),
        ];
        if self.flaw == Flaw::Twins {
            properties.push(Property::sometimes("it opens", |_, _| true));
        }
        properties
    }
}

impl Checked for Toy {
    type Plain = Self;

    fn name(&self) -> String {
        self.name.into()
    }

    fn about(&self) -> String {
        format!("A door that is knocked at; what is wrong with it: {:?}.", self.flaw)
    }

    fn plain(&self) -> Self {
        Self { is_plain: true, ..self.clone() }
    }

    fn returns(&self) -> Vec<Return<Self>> {
        // Nothing closes what nobody opens.
        let pending = |toy: &Self, door: &Door| {
            let place = if toy.flaw == Flaw::Unseen { Place::Asking } else { Place::Closing };
            door.place == place
        };
        let good = |_: &Self, door: &Door| matches!(door.place, Place::Closed | Place::Refused);
        vec![Return { name: "closing ends", pending, good, alone: self.flaw != Flaw::Unseen }]
    }

    fn is_own(&self, act: &Act) -> bool {
        *act == Act::Done
    }

    fn outcome(&self, door: &Door) -> Option<(u64, u64)> {
        let is_refused = door.place == Place::Refused && self.flaw == Flaw::Conflict;
        let is_end = matches!(door.place, Place::Closed | Place::Refused);
        is_end.then_some((door.knocks.into(), is_refused.into()))
    }

    fn participants(&self) -> Vec<&'static str> {
        vec!["visitor", "door", "host"]
    }

    fn tell(&self, door: &Door, act: &Act) -> Vec<Arrow> {
        let text = if self.flaw == Flaw::Sharp { SHARP.into() } else { format!("{act:?}") };
        match act {
            Act::Ask => {
                vec![
                    Arrow::new(0, 1, text),
                    Arrow::new(1, 2, "may a visitor come in at this hour?"),
                ]
            }
            Act::Grant | Act::Refuse => vec![Arrow::new(2, 0, text)],
            Act::Knock => vec![
                Arrow::new(0, 1, text),
                Arrow::new(1, 1, format!("{} knocks were heard before", door.knocks)),
            ],
            Act::Close => vec![Arrow::new(0, 1, text)],
            Act::Done => vec![Arrow::new(1, 1, "closed")],
        }
    }
}

/// What must be escaped.
pub(crate) const SHARP: &str = "<script>alert('1 & 2')</script> \"knock\"";
