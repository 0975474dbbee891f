//! Good logins with one octet damaged: whatever comes of it, it does not depend on how the octets were cut.

use xiom_core::{Fact, Layer, OpenResult};
use xiom_testing::Endpoint;

use crate::rig::{Kind, answer_all, client_side, open, opened, server_side, transcript};

/// How the open ended, what was sent, and what came up.
type Result = (Vec<OpenResult>, Vec<u8>, Vec<u8>);

fn play<L: Layer>(layers: L, octets: &[u8], piece: usize, react: fn(&mut Endpoint<L>)) -> Result {
    let (mut end, mut sent) = (open(layers), Vec::new());
    for part in octets.chunks(piece) {
        end.feed(part);
        react(&mut end);
        sent.extend(end.take());
    }
    end.tell(Fact::Ended);
    sent.extend(end.take());
    (opened(&end), sent, end.received)
}

/// Plays `octets` with each of them changed in several ways; gives how many of the opens succeeded.
fn damage<L: Layer>(
    octets: &[u8],
    layers: impl Fn() -> L,
    react: fn(&mut Endpoint<L>),
) -> Vec<usize> {
    let mut harmless = Vec::new();
    for at in 0..octets.len() {
        let original = octets[at];
        for octet in [original ^ 1, original ^ 0x80, 0x00, 0x45, 0xFF] {
            let mut damaged = octets.to_vec();
            damaged[at] = octet;
            damaged.extend_from_slice(b"octets behind the login");
            let whole = play(layers(), &damaged, usize::MAX, react);
            for piece in [1, 2, 3, 7] {
                let cut = play(layers(), &damaged, piece, react);
                assert_eq!(cut, whole, "octet {at} is {octet:#04x}, pieces of {piece}");
            }
            let [result] = whole.0[..] else { panic!("{:?}", whole.0) };
            match result {
                OpenResult::Ok if octet != original => harmless.push(at),
                OpenResult::Ok => {}
                OpenResult::Cancelled | OpenResult::Failed(_) => {
                    assert!(whole.2.is_empty(), "octet {at} is {octet:#04x}");
                }
            }
        }
    }
    harmless.dedup();
    harmless
}

/// The two octets of each frame header that a reader ignores in SASL (AMQP 1.0 part 5 section 5.3.1).
fn ignored(octets: &[u8]) -> Vec<usize> {
    let mut ignored = Vec::new();
    let mut start = 8;
    while let Some(size) = octets.get(start..start + 4) {
        ignored.extend([start + 6, start + 7]);
        start += usize::try_from(u32::from_be_bytes(size.try_into().unwrap())).unwrap();
    }
    ignored
}

//= test SRS_SASLCLIENTIO_50_012
#[test]
fn a_client_judges_damaged_octets_alike_however_they_are_cut() {
    for kind in Kind::ALL {
        let octets = transcript(kind).server;
        let harmless = damage(&octets, || client_side(kind), |_| {});
        assert_eq!(harmless, ignored(&octets), "{kind:?}: every other octet counts");
    }
}

#[test]
fn a_server_judges_damaged_octets_alike_however_they_are_cut() {
    for kind in Kind::ALL {
        let octets = transcript(kind).client;
        let harmless = damage(&octets, || server_side(kind), answer_all);
        let told = match kind {
            // The trace of ANONYMOUS proves nothing, and may be anything.
            Kind::Anonymous => octets.len() - 5..octets.len(),
            Kind::Plain | Kind::External | Kind::Scram | Kind::ScramPlus => 0..0,
        };
        let expected = |at: &usize| ignored(&octets).contains(at) || told.contains(at);
        let surprising: Vec<_> = harmless.iter().filter(|at| !expected(at)).collect();
        assert!(surprising.is_empty(), "{kind:?}: {surprising:?}");
    }
}
