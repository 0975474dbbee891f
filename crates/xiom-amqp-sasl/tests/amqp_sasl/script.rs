//! A scripted peer: the same octets in every fragmentation, and what one end may make of them.

use xiom_core::{Fact, Failure, Layer, OpenResult};
use xiom_testing::Endpoint;

use crate::frames::{AMQP, outcome};
use crate::rig::{
    CHANNEL, ClientSide, Kind, PASSWORD, ServerSide, answer_all, client_recovers, client_side,
    open, opened, server_recovers, server_side,
};

/// What the peer sends, all that may be sent in return, and how the open must fail.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) octets: Vec<u8>,
    pub(crate) sent: Vec<u8>,
    pub(crate) failure: Failure,
}

/// Every fragmentation that is tried: whole, one octet at a time, and each split in two.
pub(crate) fn cuts(octets: &[u8]) -> Vec<Vec<&[u8]>> {
    let splits = (1..octets.len()).map(|at| vec![&octets[..at], &octets[at..]]);
    [vec![octets], octets.chunks(1).collect()].into_iter().chain(splits).collect()
}

/// What comes after the octets that end an open, and must not make a difference: a success, and what
/// would be the user's octets.
fn more() -> Vec<u8> {
    [&outcome(0, None)[..], AMQP, b"octets for nobody"].concat()
}

/// Plays `case` in every fragmentation, with and without octets behind it, to a peer that ends and to
/// one that stays silent until the deadline.
pub(crate) fn refuses<L: Layer>(
    case: &Case,
    layers: impl Fn() -> L,
    react: impl Fn(&mut Endpoint<L>),
    recovers: impl Fn(&mut Endpoint<L>),
) {
    let followed = [case.octets.clone(), more()].concat();
    for octets in [&case.octets, &followed] {
        for parts in cuts(octets) {
            for silent in [false, true] {
                let end = &mut open(layers());
                let sent = play(end, &parts, &react, silent);
                let cut: Vec<usize> = parts.iter().map(|part| part.len()).collect();
                let context = format!("{}, in parts of {cut:?}, silent {silent}", case.name);
                assert_eq!(opened(end), [OpenResult::Failed(case.failure)], "{context}");
                assert_eq!(sent, case.sent, "{context}");
                assert!(end.received.is_empty(), "{context}");
                assert!(end.channel.is_closed(), "{context}");
                recovers(end);
            }
        }
    }
    let words = format!("{0} {0:?}", case.failure);
    assert!(!words.contains(PASSWORD), "{words}");
}

fn play<L: Layer>(
    end: &mut Endpoint<L>,
    parts: &[&[u8]],
    react: &impl Fn(&mut Endpoint<L>),
    silent: bool,
) -> Vec<u8> {
    let mut sent = Vec::new();
    for part in parts {
        end.feed(part);
        react(end);
        sent.extend(end.take());
    }
    if silent {
        end.advance(CHANNEL.open);
    } else {
        end.tell(Fact::Ended);
    }
    sent.extend(end.take());
    sent
}

/// Plays `case` to a client with the mechanism `kind`.
pub(crate) fn client_refuses(case: &Case, kind: Kind) {
    client_refuses_with(case, || client_side(kind));
}

/// Plays `case` to clients of another make.
pub(crate) fn client_refuses_with(case: &Case, layers: impl Fn() -> ClientSide) {
    refuses(case, layers, |_| {}, |end| client_recovers(end, Kind::Plain));
}

/// Plays `case` to a server with the mechanism `kind`, whose application answers at once.
pub(crate) fn server_refuses(case: &Case, kind: Kind) {
    server_refuses_with(case, || server_side(kind));
}

/// Plays `case` to servers of another make.
pub(crate) fn server_refuses_with(case: &Case, layers: impl Fn() -> ServerSide) {
    refuses(case, layers, answer_all, |end| server_recovers(end, Kind::Plain));
}
