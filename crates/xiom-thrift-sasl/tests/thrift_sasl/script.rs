//! A scripted peer: the same octets in every fragmentation, and what one end may make of them.

use xiom_core::{Fact, Failure, Layer, OpenResult};
use xiom_testing::Endpoint;

use crate::messages::{BAD, COMPLETE, message};
use crate::rig::{CHANNEL, Kind, PASSWORD, answer_all, client_side, open, opened, server_side};

/// What the peer sends, all that may be sent in return, how the open must fail, and what is kept of the
/// peer's words.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) octets: Vec<u8>,
    pub(crate) sent: Vec<u8>,
    pub(crate) failure: Failure,
    pub(crate) text: Option<String>,
}

/// The fragmentations that are tried: whole, one octet at a time, and each split in two near an end.
pub(crate) fn cuts(octets: &[u8]) -> Vec<Vec<&[u8]>> {
    let split = |at| vec![&octets[..at], &octets[at..]];
    let near = octets.len().saturating_sub(12);
    let splits = (1..octets.len()).filter(|at| *at < 6 || near < *at).map(split);
    [vec![octets], octets.chunks(1).collect()].into_iter().chain(splits).collect()
}

/// What comes after the octets that end an open, and must not make a difference: another refusal, a success,
/// and what would be a frame.
fn more() -> Vec<u8> {
    [&message(BAD, b"late words")[..], &message(COMPLETE, b""), b"\0\0\0\x01x"].concat()
}

/// Plays `case` in every fragmentation, with and without octets behind it, to a peer that ends and to
/// one that stays silent until the deadline.
pub(crate) fn refuses<L: Layer>(
    case: &Case,
    layers: impl Fn() -> L,
    react: impl Fn(&mut Endpoint<L>),
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
                assert_eq!(end.channel.peer_text(), case.text.as_deref(), "{context}");
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
    refuses(case, || client_side(kind), |_| {});
}

/// Plays `case` to a server with the mechanism `kind`, whose application answers at once.
pub(crate) fn server_refuses(case: &Case, kind: Kind) {
    refuses(case, || server_side(kind), answer_all);
}
