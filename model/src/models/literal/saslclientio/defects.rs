//! What does not hold of the client, in each configuration.
//!
//! Lengths are those of shortest ways, and a call from within a callback takes no step of its own. So an octet
//! that is no frame, in the read of the header, and an open within the callback use up a codec and begin the
//! next session in one step; an old connection that ends in a newer session is found as early.

use super::properties as p;
use super::{Bounds, SaslClientIo};
use crate::models::literal::{Defect, Shown};

impl SaslClientIo {
    /// A user who calls when nothing runs, and calls below that do not fail.
    #[must_use]
    pub const fn plain() -> Self {
        Self::new("literal-saslclientio-plain", NOTHING, PLAIN)
    }

    /// Calls below may fail.
    #[must_use]
    pub const fn faulty() -> Self {
        Self::new("literal-saslclientio-faulty", Bounds { faults: true, ..NOTHING }, FAULTY)
    }

    /// Calls below may fail, and the user calls from within callbacks: the configuration that shows most.
    #[must_use]
    pub const fn reentrant() -> Self {
        let bounds = Bounds { faults: true, is_reentrant: true, ..NOTHING };
        Self::new("literal-saslclientio", bounds, REENTRANT)
    }

    /// Octets may come while the io below closes.
    #[must_use]
    pub const fn late() -> Self {
        let bounds = Bounds { is_late: true, ..NOTHING };
        Self::new("literal-saslclientio-late", bounds, LATE)
    }

    /// The server's header may come before the io below has reported that it is open.
    #[must_use]
    pub const fn early() -> Self {
        let bounds = Bounds { is_early: true, ..NOTHING };
        Self::new("literal-saslclientio-early", bounds, EARLY)
    }

    /// The server's header may come within the call that sends ours.
    #[must_use]
    pub const fn echoing() -> Self {
        let bounds = Bounds { echoes: true, ..NOTHING };
        Self::new("literal-saslclientio-echoing", bounds, ECHOING)
    }

    /// The user destroys, also from within callbacks.
    #[must_use]
    pub const fn destroying() -> Self {
        let bounds = Bounds { is_reentrant: true, destroys: true, ..NOTHING };
        Self::new("literal-saslclientio-destroying", bounds, DESTROYING)
    }

    /// Every configuration.
    #[must_use]
    pub fn all() -> Vec<Self> {
        vec![
            Self::plain(),
            Self::faulty(),
            Self::reentrant(),
            Self::late(),
            Self::early(),
            Self::echoing(),
            Self::destroying(),
        ]
    }
}

/// What is wrong with the document, each with the steps of the configuration that shows it first.
#[must_use]
pub const fn saslclientio_defects() -> &'static [Defect] {
    &DEFECTS
}

const NOTHING: Bounds = Bounds {
    faults: false,
    is_reentrant: false,
    destroys: false,
    is_early: false,
    is_late: false,
    echoes: false,
};

const PLAIN: &[Shown] = &[
    ("D1", 4),
    ("D4", 4),
    ("D5", 4),
    ("D6", 2),
    ("D7", 4),
    ("D7.1", 6),
    ("D8", 3),
    ("D9", 6),
    ("D9.1", 3),
    ("D10", 5),
    ("D10.1", 5),
    ("D11", 3),
    ("D13", 2),
    ("D16", 3),
    ("D18", 3),
    ("D20", 5),
    ("D21", 0),
    ("D21.1", 0),
    ("D21.2", 0),
    ("D21.3", 0),
];
const FAULTY: &[Shown] = &[
    ("D1", 4),
    ("D3", 4),
    ("D4", 4),
    ("D5", 4),
    ("D6", 2),
    ("D7", 2),
    ("D7.1", 2),
    ("D7.2", 2),
    ("D8", 1),
    ("D9", 6),
    ("D9.1", 3),
    ("D10", 5),
    ("D10.1", 4),
    ("D11", 3),
    ("D13", 2),
    ("D16", 3),
    ("D18", 3),
    ("D20", 5),
    ("D21", 0),
    ("D21.1", 0),
    ("D21.2", 0),
    ("D21.3", 0),
];
const REENTRANT: &[Shown] = &[
    ("D1", 4),
    ("D2", 5),
    ("D3", 4),
    ("D4", 4),
    ("D5", 4),
    ("D6", 2),
    ("D7", 2),
    ("D7.1", 2),
    ("D7.2", 2),
    ("D8", 1),
    ("D9", 5),
    ("D9.1", 3),
    ("D10", 4),
    ("D10.1", 3),
    ("D11", 3),
    ("D12", 4),
    ("D13", 2),
    ("D16", 3),
    ("D18", 3),
    ("D19", 4),
    ("D20", 5),
    ("D21", 0),
    ("D21.1", 0),
    ("D21.2", 0),
];
const LATE: &[Shown] = &[
    ("D1", 4),
    ("D4", 4),
    ("D5", 4),
    ("D6", 2),
    ("D7", 4),
    ("D7.1", 6),
    ("D8", 3),
    ("D9", 6),
    ("D9.1", 3),
    ("D10", 5),
    ("D10.1", 5),
    ("D11", 3),
    ("D13", 2),
    ("D16", 3),
    ("D18", 3),
    ("D20", 5),
    ("D21", 0),
    ("D21.1", 0),
    ("D21.2", 0),
    ("D21.3", 0),
];
const EARLY: &[Shown] = &[
    ("D1", 4),
    ("D4", 4),
    ("D5", 4),
    ("D6", 2),
    ("D7", 4),
    ("D7.1", 6),
    ("D8", 3),
    ("D9", 6),
    ("D9.1", 3),
    ("D10", 5),
    ("D10.1", 5),
    ("D11", 3),
    ("D13", 2),
    ("D16", 3),
    ("D17", 2),
    ("D18", 3),
    ("D20", 5),
    ("D21", 0),
    ("D21.1", 0),
    ("D21.2", 0),
    ("D21.3", 0),
];
const ECHOING: &[Shown] = &[
    ("D1", 4),
    ("D4", 4),
    ("D5", 4),
    ("D6", 2),
    ("D7", 4),
    ("D7.1", 6),
    ("D8", 3),
    ("D9", 6),
    ("D9.1", 3),
    ("D10", 5),
    ("D10.1", 5),
    ("D11", 3),
    ("D13", 2),
    ("D15", 3),
    ("D15.1", 2),
    ("D16", 3),
    ("D18", 3),
    ("D20", 5),
    ("D21", 0),
    ("D21.1", 0),
    ("D21.2", 0),
    ("D21.3", 0),
];
const DESTROYING: &[Shown] = &[
    ("D1", 4),
    ("D4", 4),
    ("D5", 4),
    ("D6", 2),
    ("D7", 4),
    ("D8", 2),
    ("D9", 5),
    ("D9.1", 3),
    ("D10", 4),
    ("D10.1", 4),
    ("D11", 3),
    ("D12", 4),
    ("D13", 2),
    ("D14", 3),
    ("D14.1", 3),
    ("D16", 3),
    ("D18", 3),
    ("D19", 4),
    ("D20", 5),
    ("D21", 0),
    ("D21.1", 0),
    ("D21.2", 0),
];

const DEFECTS: [Defect; 30] = [
    Defect {
        id: "D1",
        property: p::MECHANISM_REFUSED,
        steps: 4,
        sentence: "After the mechanism has refused a challenge, while the io below still closes, an outcome \
                    ok of the same read opens.",
    },
    Defect {
        id: "D2",
        property: p::HEALTHY_INIT,
        steps: 5,
        sentence: "The send of an init fails, the user opens anew in the callback, and the step that comes \
                    back marks the init of the new session as sent: an outcome ok opens a sound connection on \
                    which nothing was said.",
    },
    Defect {
        id: "D3",
        property: p::INIT_SENT,
        steps: 4,
        sentence: "The send of an init fails and is forgotten: an outcome ok of the same read opens.",
    },
    Defect {
        id: "D4",
        property: p::REFUSED_OCTETS,
        steps: 4,
        sentence: "The outcome is noted before its code is looked at: octets behind a failed one go up.",
    },
    Defect {
        id: "D5",
        property: p::MECHANISM_WAITS,
        steps: 4,
        sentence: "An outcome ok opens although the mechanism still waits for the server's proof.",
    },
    Defect {
        id: "D6",
        property: p::OPEN_LOST,
        steps: 2,
        sentence: "A close that overtakes an open completes alone; the open never completes.",
    },
    Defect {
        id: "D7",
        property: p::CLOSE_FAILS,
        steps: 2,
        sentence: "A close that fails below leaves the state of closing.",
    },
    Defect {
        id: "D7.1",
        property: p::CLOSING_RETURNS,
        steps: 2,
        sentence: "From there no call is accepted and no report heard: the client closes for ever.",
    },
    Defect {
        id: "D7.2",
        property: p::OPEN_RETURNS,
        steps: 2,
        sentence: "An open that was under way never completes.",
    },
    Defect {
        id: "D8",
        property: p::OPEN_FAILS,
        steps: 1,
        sentence: "An open that fails below leaves the state of opening, which refuses the next open.",
    },
    Defect {
        id: "D9",
        property: p::FRESH_CODEC,
        steps: 5,
        sentence: "The codec outlives the session: a new one reads with what is left of the old one.",
    },
    Defect {
        id: "D9.1",
        property: p::OPENS_AGAIN,
        steps: 3,
        sentence: "After one octet that begins no frame no session can succeed any more.",
    },
    Defect {
        id: "D10",
        property: p::OLD_CLOSE,
        steps: 4,
        sentence: "The end of the old connection completes the open of a newer session.",
    },
    Defect {
        id: "D10.1",
        property: p::OPEN_ONCE,
        steps: 3,
        sentence: "An open that was refused is completed all the same.",
    },
    Defect {
        id: "D11",
        property: p::ONE_CLOSE,
        steps: 3,
        sentence: "A failure of the codec is handled as a callback and once more as a value: the io below is \
                    closed twice.",
    },
    Defect {
        id: "D12",
        property: p::OLD_READ,
        steps: 4,
        sentence: "The loop over a read goes on after a callback has begun a new session, which is shown the \
                    rest.",
    },
    Defect {
        id: "D13",
        property: p::BELOW_LEFT,
        steps: 2,
        sentence: "A failure of the io below while opening is told, and the io below is left unclosed.",
    },
    Defect {
        id: "D14",
        property: p::CALLED,
        steps: 3,
        sentence: "A destroy leaves the io below with callbacks into freed memory.",
    },
    Defect {
        id: "D14.1",
        property: p::TOUCHED,
        steps: 3,
        sentence: "A destroy within a callback returns into a step that goes on with freed memory.",
    },
    Defect {
        id: "D15",
        property: p::BOUNDS,
        steps: 3,
        sentence: "After a header that came within the send of ours, the next octet is compared with one \
                    behind the header.",
    },
    Defect {
        id: "D15.1",
        property: p::ONE_HEADER,
        steps: 2,
        sentence: "A header that comes within the send of ours makes the client send its own again.",
    },
    Defect {
        id: "D16",
        property: p::OFFERED,
        steps: 3,
        sentence: "A list with an item that is no symbol counts as a match: the credentials are sent for a \
                    mechanism that was not offered.",
    },
    Defect {
        id: "D17",
        property: p::LOST,
        steps: 2,
        sentence: "Octets that come before the io below has reported that it is open are dropped.",
    },
    Defect {
        id: "D18",
        property: p::UNKNOWN,
        steps: 3,
        sentence: "An unknown frame and a second offer are passed over: the handshake need never end.",
    },
    Defect {
        id: "D19",
        property: p::LATE_OCTETS,
        steps: 4,
        sentence: "The user closes when the open completes, and is shown the rest of the read.",
    },
    Defect {
        id: "D20",
        property: p::CLOSE_IGNORED,
        steps: 5,
        sentence: "The end of the io below while open is not told: the user sees the client open for ever.",
    },
    Defect {
        id: "D21",
        property: p::CHALLENGE_STATE,
        steps: 0,
        sentence: "The state of a received challenge is never entered.",
    },
    Defect {
        id: "D21.1",
        property: p::RESPONSE_STATE,
        steps: 0,
        sentence: "The state of a sent response is never entered.",
    },
    Defect {
        id: "D21.2",
        property: p::ERROR_STATE,
        steps: 0,
        sentence: "The state of a failed negotiation is never entered.",
    },
    Defect {
        id: "D21.3",
        property: p::HEADER_FIRST,
        steps: 0,
        sentence: "The state of a header that came first is not entered, unless something calls from within.",
    },
];
