//! What does not hold of the adapter, in each reading.
//!
//! Lengths are those of shortest ways, and a call from within a callback takes no step of its own: with such
//! calls the same defect may be nearer, by a way that is less plain.

use super::properties as p;
use super::{Order, TlsIo};
use crate::models::literal::{Defect, Shown};

impl TlsIo {
    /// The state changes first, and the user calls when nothing runs.
    #[must_use]
    pub const fn state_first() -> Self {
        Self::new("literal-tlsio-state-first", Order::StateFirst, false, STATE_FIRST)
    }

    /// The state changes last, and the user calls when nothing runs.
    #[must_use]
    pub const fn calls_first() -> Self {
        Self::new("literal-tlsio-calls-first", Order::CallsFirst, false, CALLS_FIRST)
    }

    /// The state changes first, and the user calls from within callbacks.
    #[must_use]
    pub const fn state_first_reentrant() -> Self {
        Self::new(
            "literal-tlsio-state-first-reentrant",
            Order::StateFirst,
            true,
            STATE_FIRST_REENTRANT,
        )
    }

    /// The state changes last, and the user calls from within callbacks.
    #[must_use]
    pub const fn calls_first_reentrant() -> Self {
        Self::new(
            "literal-tlsio-calls-first-reentrant",
            Order::CallsFirst,
            true,
            CALLS_FIRST_REENTRANT,
        )
    }

    /// Every configuration.
    #[must_use]
    pub fn all() -> Vec<Self> {
        vec![
            Self::state_first(),
            Self::calls_first(),
            Self::state_first_reentrant(),
            Self::calls_first_reentrant(),
        ]
    }
}

/// What is wrong with the document, each with the steps of the reading that shows it first.
#[must_use]
pub const fn tlsio_defects() -> &'static [Defect] {
    &DEFECTS
}

const STATE_FIRST: &[Shown] = &[
    ("T1", 2),
    ("T2", 3),
    ("T3", 2),
    ("T4", 4),
    ("T4.1", 4),
    ("T5", 3),
    ("T6", 4),
    ("T7", 5),
    ("T8", 2),
];
const CALLS_FIRST: &[Shown] = &[
    ("T1", 2),
    ("T2", 3),
    ("T3", 2),
    ("T4", 4),
    ("T4.1", 4),
    ("T5", 3),
    ("T6", 4),
    ("T7", 5),
    ("T8", 2),
];
const STATE_FIRST_REENTRANT: &[Shown] = &[
    ("T1", 2),
    ("T2", 2),
    ("T3", 2),
    ("T4", 2),
    ("T4.1", 2),
    ("T5", 2),
    ("T6", 3),
    ("T7", 3),
    ("T8", 2),
    ("T8.1", 2),
    ("R1", 2),
    ("R2", 2),
    ("R3", 3),
    ("R4", 3),
    ("R5", 3),
    ("R6", 3),
    ("R7", 2),
    ("R8", 2),
    ("R10", 5),
];
const CALLS_FIRST_REENTRANT: &[Shown] = &[
    ("T1", 2),
    ("T2", 1),
    ("T3", 2),
    ("T4", 2),
    ("T4.1", 2),
    ("T5", 3),
    ("T6", 4),
    ("T7", 4),
    ("T8", 1),
    ("T8.1", 1),
    ("R1", 2),
    ("R2", 2),
    ("R3", 4),
    ("R4", 4),
    ("R5", 4),
    ("R6", 4),
    ("R7", 3),
    ("R8", 1),
    ("R9", 2),
    ("R10", 7),
];

const DEFECTS: [Defect; 20] = [
    Defect {
        id: "T1",
        property: p::HANDLER_NULL,
        steps: 2,
        sentence: "A failed open and a destroy call the handler of a close, which no close has given.",
    },
    Defect {
        id: "T2",
        property: p::HANDLER_OLD,
        steps: 1,
        sentence: "A failed open, a destroy and a dowork within the callback call the handler of a close that has \
                    completed.",
    },
    Defect {
        id: "T3",
        property: p::DESTROYED_OPEN,
        steps: 2,
        sentence: "A destroy while opening leaves the open without an end.",
    },
    Defect {
        id: "T4",
        property: p::CLOSED,
        steps: 2,
        sentence: "A second close while closing is accepted, and one of the two never completes.",
    },
    Defect {
        id: "T4.1",
        property: p::CLOSE_RETURNS,
        steps: 2,
        sentence: "Its handler is never called, whatever follows.",
    },
    Defect {
        id: "T5",
        property: p::READS,
        steps: 2,
        sentence: "Without messages in the queue dowork does nothing, and so reads nothing.",
    },
    Defect {
        id: "T6",
        property: p::FAILURE_TOLD,
        steps: 3,
        sentence: "A read that fails, or a peer that ends, has no sentence: the adapter stays open.",
    },
    Defect {
        id: "T7",
        property: p::ERROR_CANCELS,
        steps: 3,
        sentence: "An error destroys the failed message alone, the others stay.",
    },
    Defect {
        id: "T8",
        property: p::THROUGH_CLOSING,
        steps: 1,
        sentence: "A failed open enters closed, although every way there leads through closing.",
    },
    Defect {
        id: "T8.1",
        property: p::OPEN_ACCEPTED,
        steps: 1,
        sentence: "Who is told that all is over and opens anew at once is refused, for the state has yet to \
                    change.",
    },
    Defect {
        id: "R1",
        property: p::OPEN_ONCE,
        steps: 2,
        sentence: "A close in the callback of a cancelled or failed open completes the open again.",
    },
    Defect {
        id: "R2",
        property: p::OPEN_LATE,
        steps: 2,
        sentence: "A dowork in the callback of a cancelled or failed open lets it succeed.",
    },
    Defect {
        id: "R3",
        property: p::SENT_ONCE,
        steps: 3,
        sentence: "A close in the callback of a failed or cancelled message completes it again: it is still \
                    in the queue.",
    },
    Defect { id: "R4", property: p::DELETED_ONCE, steps: 3, sentence: "Then it is deleted twice." },
    Defect {
        id: "R5",
        property: p::LATE_ERROR,
        steps: 3,
        sentence: "A close in the callback of a failed message is followed by the error.",
    },
    Defect {
        id: "R6",
        property: p::LATE_OCTETS,
        steps: 3,
        sentence: "A close in the callback of received octets is followed by more of them.",
    },
    Defect {
        id: "R7",
        property: p::SENT,
        steps: 2,
        sentence: "A message that is sent in the callback of an open which then fails never completes.",
    },
    Defect {
        id: "R8",
        property: p::TOUCHED,
        steps: 1,
        sentence: "A destroy within a callback returns into a step that goes on.",
    },
    Defect {
        id: "R9",
        property: p::AGREED,
        steps: 2,
        sentence: "After calls from within callbacks the state that changes last is not what the user was \
                    told.",
    },
    Defect {
        id: "R10",
        property: p::IN_ORDER,
        steps: 5,
        sentence: "The message that is deleted twice may be one that was sent in between: it never completes, \
                    and later ones do.",
    },
];
