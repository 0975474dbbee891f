//! What is promised of one side whoever speaks to it, and what must be possible so that no promise is empty.

use stateright::Property;

use super::sceptic::{Stand, Why};
use super::world::World;
use super::{Side, Stranger};

/// What is promised, each a bit of [`World::broken`].
pub const PROMISES: [&str; 15] = [
    //= model SRS_THRIFT_SASL_50_004, SRS_THRIFT_SASL_50_006, SRS_THRIFT_SASL_50_017
    //= model SRS_THRIFT_SASL_50_009
    "whoever speaks to it, a side is open only when its own mechanism is done",
    //= model SRS_THRIFT_SASL_50_002, SRS_THRIFT_SASL_50_004, SRS_THRIFT_SASL_01_028
    "a client is open only when it was told COMPLETE, a server only when its application has said yes",
    //= model SRS_THRIFT_SASL_50_018, SRS_THRIFT_SASL_50_019, SRS_THRIFT_SASL_01_029
    "BAD and ERROR end the negotiation in any state, and are not answered",
    //= model SRS_THRIFT_SASL_01_029, SRS_THRIFT_SASL_01_037, SRS_THRIFT_SASL_01_012
    "what has failed stays so: it says nothing, passes nothing up, and no octet changes it",
    //= model SRS_THRIFT_SASL_50_027, SRS_THRIFT_SASL_50_030, SRS_THRIFT_SASL_50_032
    "a length beyond its bound ends all as soon as its four octets are there",
    //= model SRS_THRIFT_SASL_01_009, SRS_THRIFT_SASL_01_011, SRS_THRIFT_SASL_50_022
    "START that names nothing that is accepted ends the negotiation",
    //= model SRS_THRIFT_SASL_50_014, SRS_THRIFT_SASL_50_015, SRS_THRIFT_SASL_50_016
    //= model SRS_THRIFT_SASL_50_008, SRS_THRIFT_SASL_50_033
    "a message that is out of order ends the negotiation",
    //= model SRS_THRIFT_SASL_50_020, SRS_THRIFT_SASL_50_043
    "what the protocol allows is taken, be it empty or of exactly the bound",
    //= model SRS_THRIFT_SASL_01_022, SRS_THRIFT_SASL_01_023, SRS_THRIFT_SASL_01_024
    //= model SRS_THRIFT_SASL_50_001, SRS_THRIFT_SASL_50_002, SRS_THRIFT_SASL_50_007
    //= model SRS_THRIFT_SASL_01_026, SRS_THRIFT_SASL_50_031, SRS_THRIFT_SASL_50_010
    "what is said is what is due and nothing else: START and COMPLETE once, and one refusal where one is due",
    //= model SRS_THRIFT_SASL_50_041, SRS_THRIFT_SASL_50_042
    "no octet goes up before it is open",
    //= model SRS_THRIFT_SASL_01_030, SRS_THRIFT_SASL_01_032, SRS_THRIFT_SASL_50_040
    "what goes up is the data of the frames, whole and in order",
    //= model SRS_THRIFT_SASL_50_041
    "nothing is parsed while the application is asked",
    //= model SRS_THRIFT_SASL_50_036, SRS_THRIFT_SASL_50_037, SRS_THRIFT_SASL_50_038
    "the end of the octets is in order between two frames, and nowhere else",
    //= model SRS_THRIFT_SASL_01_025, SRS_THRIFT_SASL_01_027, SRS_THRIFT_SASL_50_026
    "the text of a refusal comes to the user as UTF-8",
    //= model SRS_THRIFT_SASL_01_030, SRS_THRIFT_SASL_50_044
    "what is sent goes out in frames within the bound, and octets that come are taken at once",
];

pub(super) const OWN: usize = 0;
pub(super) const TOLD: usize = 1;
pub(super) const REFUSED: usize = 2;
pub(super) const FINAL: usize = 3;
pub(super) const LENGTH: usize = 4;
pub(super) const NAME: usize = 5;
pub(super) const OUT_OF_ORDER: usize = 6;
pub(super) const GOES_ON: usize = 7;
pub(super) const WORDS: usize = 8;
pub(super) const BEFORE: usize = 9;
pub(super) const INTACT: usize = 10;
pub(super) const PAUSED: usize = 11;
pub(super) const ENDS: usize = 12;
pub(super) const TEXT: usize = 13;
pub(super) const FRAMED: usize = 14;
pub(super) const TAKEN: usize = FRAMED;

type Condition = fn(&Stranger, &World) -> bool;

pub(super) fn properties(side: Side) -> Vec<Property<Stranger>> {
    fn holds<const BIT: usize>(_: &Stranger, world: &World) -> bool {
        world.broken & (1 << BIT) == 0
    }
    let conditions: [Condition; PROMISES.len()] = [
        holds::<OWN>,
        holds::<TOLD>,
        holds::<REFUSED>,
        holds::<FINAL>,
        holds::<LENGTH>,
        holds::<NAME>,
        holds::<OUT_OF_ORDER>,
        holds::<GOES_ON>,
        holds::<WORDS>,
        holds::<BEFORE>,
        holds::<INTACT>,
        holds::<PAUSED>,
        holds::<ENDS>,
        holds::<TEXT>,
        holds::<FRAMED>,
    ];
    let promises = PROMISES.into_iter().zip(conditions);
    promises.map(|(name, holds)| Property::always(name, holds)).chain(witnesses(side)).collect()
}

/// What must be possible.
fn witnesses(side: Side) -> Vec<Property<Stranger>> {
    let mut witnesses: Vec<(&'static str, Condition)> = vec![
        ("it is open, data has come, and the end is in order", |_, world| {
            world.sceptic.stand == Stand::Ended && world.has_data
        }),
        ("it is open and fails for a length", |_, world| {
            world.sent && world.failed_for == Some(Why::Length)
        }),
        ("it fails for a length in the negotiation", |_, world| {
            !world.sent && world.failed_for == Some(Why::Length)
        }),
        ("it is refused", |_, world| world.failed_for == Some(Why::Refused)),
        ("it fails for what is out of order", |_, world| {
            world.failed_for == Some(Why::Other) && !world.is_ended
        }),
    ];
    if side == Side::Server {
        witnesses.push(("a name is refused", |_, world| world.failed_for == Some(Why::Name)));
        witnesses.push((
            "octets wait while the application is asked, and are taken then",
            |_, world| world.has_waited && world.has_data,
        ));
    }
    witnesses.into_iter().map(|(name, shows)| Property::sometimes(name, shows)).collect()
}
