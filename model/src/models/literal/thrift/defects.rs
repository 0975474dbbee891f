//! What does not hold between the peers, in each reading.

use super::properties as p;
use super::{Network, Reading, Thrift};
use crate::models::literal::{Defect, Shown};

impl Thrift {
    /// As it is written: no empty OK, both sides say COMPLETE and wait for the other's.
    #[must_use]
    pub const fn literal() -> Self {
        let reading = Reading { allows_empty: false, ..BOTH };
        Self::new("literal-thrift", reading, Network::Whole, LITERAL)
    }

    /// The same with an empty OK.
    #[must_use]
    pub const fn mutual() -> Self {
        Self::new("literal-thrift-mutual", BOTH, Network::Whole, MUTUAL)
    }

    /// The same, with octets that also arrive one by one.
    #[must_use]
    pub const fn mutual_cut() -> Self {
        Self::new("literal-thrift-mutual-cut", BOTH, Network::Cut, MUTUAL_CUT)
    }

    /// The client does not answer COMPLETE, and the server waits.
    #[must_use]
    pub const fn server_waits() -> Self {
        let reading = Reading { client_answers: false, ..BOTH };
        Self::new("literal-thrift-server-waits", reading, Network::Whole, SERVER_WAITS)
    }

    /// The client answers COMPLETE, and the server does not wait.
    #[must_use]
    pub const fn client_answers() -> Self {
        let reading = Reading { server_waits: false, ..BOTH };
        Self::new("literal-thrift-client-answers", reading, Network::Whole, CLIENT_ANSWERS)
    }

    /// The server's COMPLETE ends the exchange.
    #[must_use]
    pub const fn server_ends() -> Self {
        Self::new("literal-thrift-server-ends", ONE, Network::Whole, SERVER_ENDS)
    }

    /// The server's COMPLETE ends the exchange, and the client believes it.
    #[must_use]
    pub const fn credulous() -> Self {
        let reading = Reading { client_asks: false, ..ONE };
        Self::new("literal-thrift-credulous", reading, Network::Whole, CREDULOUS)
    }

    /// The client that asks its mechanism, and somebody who says anything.
    #[must_use]
    pub const fn stranger() -> Self {
        Self::new("literal-thrift-stranger", ONE, Network::Stranger, STRANGER)
    }

    /// The client that believes COMPLETE, and somebody who says anything.
    #[must_use]
    pub const fn credulous_stranger() -> Self {
        let reading = Reading { client_asks: false, ..ONE };
        Self::new(
            "literal-thrift-credulous-stranger",
            reading,
            Network::Stranger,
            CREDULOUS_STRANGER,
        )
    }

    /// Every configuration.
    #[must_use]
    pub fn all() -> Vec<Self> {
        vec![
            Self::literal(),
            Self::mutual(),
            Self::mutual_cut(),
            Self::server_waits(),
            Self::client_answers(),
            Self::server_ends(),
            Self::credulous(),
            Self::stranger(),
            Self::credulous_stranger(),
        ]
    }
}

/// What is wrong with the document, each with the steps of the reading that shows it first.
#[must_use]
pub const fn thrift_defects() -> &'static [Defect] {
    &DEFECTS
}

/// Both sides say COMPLETE, and wait for the other's.
const BOTH: Reading =
    Reading { allows_empty: true, client_answers: true, server_waits: true, client_asks: true };
/// Only the client waits for COMPLETE.
const ONE: Reading = Reading { client_answers: false, server_waits: false, ..BOTH };

const LITERAL: &[Shown] = &[("H3", 1)];
const MUTUAL: &[Shown] = &[];
const MUTUAL_CUT: &[Shown] = &[];
const SERVER_WAITS: &[Shown] = &[("H2", 3), ("H3", 3), ("H5", 3), ("H6", 3)];
const CLIENT_ANSWERS: &[Shown] = &[("H2", 3), ("H3", 3), ("H5", 3), ("H6", 3), ("H7", 3)];
const SERVER_ENDS: &[Shown] = &[("H2", 3), ("H3", 3), ("H5", 3), ("H6", 3)];
const CREDULOUS: &[Shown] = &[("H1", 2)];
const STRANGER: &[Shown] = &[("H5", 1)];
const CREDULOUS_STRANGER: &[Shown] = &[("H1", 1), ("H5", 1)];

const DEFECTS: [Defect; 6] = [
    Defect {
        id: "H1",
        property: p::OWN_MECHANISM,
        steps: 1,
        sentence: "A client that stops at COMPLETE is open to a server that has proven nothing.",
    },
    Defect {
        id: "H2",
        property: p::ONE_SIDED,
        steps: 3,
        sentence: "One peer is open, and the other waits or has failed.",
    },
    Defect {
        id: "H3",
        property: p::NO_DEADLOCK,
        steps: 1,
        sentence: "A peer waits for what the other has no way to say, or never says.",
    },
    Defect { id: "H5", property: p::BOUNDED, steps: 1, sentence: "Any length is waited for." },
    Defect {
        id: "H6",
        property: p::MEANT,
        steps: 3,
        sentence: "Octets of a message are read as the length of a frame, or the other way round.",
    },
    Defect {
        id: "H7",
        property: p::INTACT,
        steps: 3,
        sentence: "Data that was sent never arrives, because it is taken for the rest of a frame that never \
                    was.",
    },
];
