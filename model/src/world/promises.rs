//! What is promised of every channel, a bit each in [`super::env::Env::broken`].
//!
//! A promise is checked where it could break, and the bit stays. Above each stand the requirements that
//! it witnesses.

/// What is promised, by the number of its bit.
pub const PROMISES: [&str; 24] = [
    //= model SRS_SASLCLIENTIO_50_025, SRS_SASLCLIENTIO_50_026
    //= model SRS_TLSIO_30_057, SRS_TLSIO_50_006
    //= model SRS_SASL_SERVER_IO_01_032
    "an open completes exactly once, and as cancelled when a close came first",
    //= model SRS_TLSIO_50_007, SRS_TLSIO_50_028
    //= model SRS_SASL_SERVER_IO_01_030
    "a close completes exactly once, last",
    //= model SRS_TLSIO_30_091, SRS_TLSIO_30_009
    "sends complete exactly once, in order",
    //= model SRS_TLSIO_30_093
    "a send is ok only when all its octets were taken",
    //= model SRS_TLSIO_50_017, SRS_TLSIO_50_018, SRS_TLSIO_50_019
    "no octet of a cancelled message leaves",
    //= model SRS_TLSIO_30_078, SRS_TLSIO_50_009, SRS_TLSIO_50_027
    //= model SRS_SASLCLIENTIO_50_021, SRS_SASLCLIENTIO_50_023
    //= model SRS_SASL_SERVER_IO_50_008
    "no octet comes up before open, or after close, failure or the peer's end",
    //= model SRS_TLSIO_30_005
    //= model SRS_SASLCLIENTIO_01_102
    "a failure is told once, while open, after all sends",
    //= model SRS_TLSIO_30_006, SRS_TLSIO_30_082
    //= model SRS_SASLCLIENTIO_50_026
    "closed means: socket gone, nothing pending, no layers left",
    //= model SRS_TLSIO_30_037, SRS_TLSIO_30_066, SRS_TLSIO_50_022
    //= model SRS_SASLCLIENTIO_01_098
    //= model SRS_SASL_SERVER_IO_01_028, SRS_SASL_SERVER_IO_01_035
    "a refused command changes nothing",
    //= model SRS_TLSIO_30_080
    //= model SRS_SASLCLIENTIO_01_009, SRS_SASLCLIENTIO_01_015
    "the socket is brought up and taken down in turn",
    //= model SRS_TLSIO_30_083
    //= model SRS_SASLCLIENTIO_50_004, SRS_SASLCLIENTIO_50_008, SRS_SASLCLIENTIO_01_072
    //= model SRS_SASL_SERVER_IO_01_064, SRS_SASL_SERVER_IO_50_009
    "open means: the peer said, and was told, all of an exchange that opens, in this connection",
    //= model SRS_TLSIO_50_008
    "nothing but a handshake goes in clear",
    //= model SRS_SASLCLIENTIO_50_019
    //= model SRS_SASL_MECHANISMS_01_041
    "no password goes in clear",
    //= model SRS_TLSIO_50_023, SRS_TLSIO_50_025
    "writing is shut down once, when all is written and the goodbye said",
    //= model SRS_TLSIO_50_011, SRS_TLSIO_50_014, SRS_TLSIO_50_015
    "an end is told once, at once, and only when the peer said goodbye; what it says later counts for nothing",
    //= model SRS_SASL_SERVER_IO_01_066, SRS_SASL_SERVER_IO_01_100, SRS_SASL_SERVER_IO_50_006
    //= model SRS_SASLCLIENTIO_01_063, SRS_SASLCLIENTIO_50_018, SRS_SASLCLIENTIO_50_020
    "a refusal is due, and tells the peer what is due and nothing else",
    //= model SRS_SASLCLIENTIO_01_001, SRS_SASLCLIENTIO_50_010
    //= model SRS_SASL_SERVER_IO_01_018, SRS_SASL_SERVER_IO_01_087, SRS_SASL_SERVER_IO_50_018
    "a header, an offer, an init and an outcome are written once at most, challenges within the bound",
    //= model SRS_TLSIO_50_004, SRS_TLSIO_50_024
    //= model SRS_SASLCLIENTIO_50_027
    //= model SRS_SASL_SERVER_IO_50_020
    "every wait for an open or a close has a deadline, and nothing else has",
    //= model SRS_TLSIO_50_020, SRS_TLSIO_50_021
    "no buffer and no queue grows above its bound",
    //= model SRS_SASL_SERVER_IO_50_014
    "an answer that nobody waits for is refused",
    //= model SRS_TLSIO_30_065, SRS_TLSIO_30_035
    "what the channel says of itself is what the user was told",
    //= model SRS_SASL_SERVER_IO_50_011
    //= model SRS_SASLCLIENTIO_50_009
    "nothing is read while an answer is awaited",
    //= model SRS_TLSIO_30_063, SRS_TLSIO_30_064
    //= model SRS_SASLCLIENTIO_01_021
    "a message that has room is accepted",
    //= model SRS_TLSIO_30_071, SRS_TLSIO_30_078
    //= model SRS_SASLCLIENTIO_01_099
    "what comes after a close or a failure is discarded at once",
];

/// The number of each promise.
#[expect(missing_docs, reason = "the words stand in `PROMISES`")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Promise {
    OpenOnce,
    CloseOnce,
    SendOnce,
    SentIsTaken,
    CancelledStays,
    DataInOpen,
    FailedOnce,
    Rest,
    RefusedIsNothing,
    SocketInTurn,
    OpenIsProven,
    NothingInClear,
    NoPasswordInClear,
    Goodbye,
    EndOnce,
    Refusal,
    Frames,
    Deadline,
    Bounds,
    StaleAnswer,
    Agreement,
    Paused,
    RoomIsGiven,
    Discarded,
}

impl Promise {
    /// The bit of the promise.
    #[must_use]
    pub const fn bit(self) -> u32 {
        1 << self.index()
    }

    /// Where its words stand in [`PROMISES`].
    #[must_use]
    pub const fn index(self) -> u32 {
        match self {
            Self::OpenOnce => 0,
            Self::CloseOnce => 1,
            Self::SendOnce => 2,
            Self::SentIsTaken => 3,
            Self::CancelledStays => 4,
            Self::DataInOpen => 5,
            Self::FailedOnce => 6,
            Self::Rest => 7,
            Self::RefusedIsNothing => 8,
            Self::SocketInTurn => 9,
            Self::OpenIsProven => 10,
            Self::NothingInClear => 11,
            Self::NoPasswordInClear => 12,
            Self::Goodbye => 13,
            Self::EndOnce => 14,
            Self::Refusal => 15,
            Self::Frames => 16,
            Self::Deadline => 17,
            Self::Bounds => 18,
            Self::StaleAnswer => 19,
            Self::Agreement => 20,
            Self::Paused => 21,
            Self::RoomIsGiven => 22,
            Self::Discarded => 23,
        }
    }
}
