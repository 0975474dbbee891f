//! What is promised of an exchange, and what must be possible so that no promise is empty.

use stateright::Property;

use super::{Exchange, World};

/// What is promised, each a bit of [`World::broken`].
pub const PROMISES: [&str; 14] = [
    //= model SRS_SASL_MECHANISMS_01_046, SRS_SASL_MECHANISMS_01_047
    "an established client agrees with a server that succeeded on the user, its role and the binding",
    //= model SRS_SASL_MECHANISMS_01_027, SRS_SASL_MECHANISMS_01_050
    "a server succeeds only for a known user's proof for this very nonce, after it was let in",
    //= model SRS_SASL_MECHANISMS_01_050, SRS_SASL_MECHANISMS_01_058
    "nothing succeeds after an edit of what the proof covers",
    //= model SRS_SASL_MECHANISMS_01_019, SRS_SASL_MECHANISMS_01_046
    "no client believes a server that has not shown its signature of this exchange",
    //= model SRS_SASL_MECHANISMS_01_058
    "nothing succeeds over two channels, nor between two mechanisms",
    //= model SRS_SASL_MECHANISMS_01_053, SRS_SASL_MECHANISMS_01_054, SRS_SASL_MECHANISMS_01_057
    "a flag of binding that does not fit the server is refused",
    //= model SRS_SASL_MECHANISMS_01_021, SRS_SASL_MECHANISMS_01_024
    "a mechanism that failed stays failed",
    //= model SRS_SASL_MECHANISMS_01_061
    //= model SRS_SASL_SERVER_IO_50_021
    "a wrong password and an unknown user are told the same, at every attempt",
    //= model SRS_SASL_MECHANISMS_01_048, SRS_SASL_MECHANISMS_01_049
    "only a count within the bounds and a nonce that goes on from ours is computed with",
    //= model SRS_SASL_MECHANISMS_01_022, SRS_SASL_MECHANISMS_01_030
    "neither side says or computes more than one exchange needs",
    //= model SRS_SASL_MECHANISMS_01_060
    "a message with an attribute that is mandatory, missing, twice or out of order is not taken",
    //= model SRS_SASL_MECHANISMS_01_065
    //= model SRS_SASLCLIENTIO_50_007
    "an error is no proof, and nothing stands behind a proof",
    //= model SRS_SASL_MECHANISMS_01_062
    "a server shows its signature with its success alone",
    //= model SRS_SASL_MECHANISMS_01_030, SRS_SASL_MECHANISMS_01_028
    "a proof and a signature that nobody touched are believed, however the derivation was cut",
];

/// A promise about every state, which needs no note.
//= model SRS_SASL_MECHANISMS_01_031
const HIDDEN: &str = "no password, key, nonce, proof or signature shows in what a side prints";

/// What must be possible.
const WITNESSES: [&str; 7] = [
    "both sides succeed",
    "both sides succeed for a user who acts as another",
    "a client is established by a signature that came as a challenge",
    "a client is established by a signature in the outcome",
    "the attacker logs in as a user of its own",
    "a client fails",
    "a server fails",
];

pub(super) const AGREEMENT: usize = 0;
pub(super) const LET_IN: usize = 1;
pub(super) const EDITED: usize = 2;
pub(super) const SIGNATURE: usize = 3;
pub(super) const CHANNELS: usize = 4;
pub(super) const FLAG: usize = 5;
pub(super) const FAILED: usize = 6;
pub(super) const UNKNOWN: usize = 7;
pub(super) const COUNT: usize = 8;
pub(super) const BOUNDED: usize = 9;
pub(super) const ORDER: usize = 10;
pub(super) const BEHIND: usize = 11;
pub(super) const SHOWN: usize = 12;
pub(super) const BELIEVED: usize = 13;

pub(super) fn properties() -> Vec<Property<Exchange>> {
    type Condition = fn(&Exchange, &World) -> bool;
    fn holds<const BIT: usize>(_: &Exchange, world: &World) -> bool {
        world.broken & (1 << BIT) == 0
    }
    let conditions: [Condition; PROMISES.len()] = [
        holds::<AGREEMENT>,
        holds::<LET_IN>,
        holds::<EDITED>,
        holds::<SIGNATURE>,
        holds::<CHANNELS>,
        holds::<FLAG>,
        holds::<FAILED>,
        holds::<UNKNOWN>,
        holds::<COUNT>,
        holds::<BOUNDED>,
        holds::<ORDER>,
        holds::<BEHIND>,
        holds::<SHOWN>,
        holds::<BELIEVED>,
    ];
    let witnesses: [Condition; WITNESSES.len()] = [
        |_, world| world.is_agreed(),
        |_, world| world.is_agreed() && world.setup.acts,
        |_, world| world.is_agreed() && world.was_early,
        |_, world| world.is_agreed() && !world.was_early,
        |_, world| world.is_insider_in(),
        |_, world| world.has_failed(true),
        |_, world| world.has_failed(false),
    ];
    let promises = PROMISES.into_iter().zip(conditions);
    let witnesses = WITNESSES.into_iter().zip(witnesses);
    promises
        .map(|(name, holds)| Property::always(name, holds))
        .chain([Property::always(HIDDEN, |model: &Exchange, world: &World| {
            !world.shows_a_secret(model)
        })])
        .chain(witnesses.map(|(name, shows)| Property::sometimes(name, shows)))
        .collect()
}
