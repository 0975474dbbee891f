//! Protected octets on the wire: cuts, lengths, and what a fault leaves behind.

use core::ops::Range;

use proptest::prelude::*;
use xiom_core::{LayerFault, WireBuf};
use xiom_sasl::{Buffers, Protection, SecurityLayer};

/// A layer that numbers its tokens and turns each octet round; 8 octets of plain, 16 of a token.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
struct Turning {
    sent: u8,
    taken: u8,
    poisoned: bool,
}

impl SecurityLayer for Turning {
    fn protection(&self) -> Protection {
        Protection::Confidentiality
    }

    fn max_plain(&self) -> usize {
        8
    }

    fn max_token(&self) -> usize {
        16
    }

    fn max_sent(&self) -> usize {
        9
    }

    fn set_max_sent(&mut self, _: usize) {}

    fn set_max_token(&mut self, _: usize) {}

    fn wrap(&mut self, plain: &[u8], out: &mut WireBuf) -> Result<(), LayerFault> {
        if 8 < plain.len() {
            return Err(LayerFault::too_long(plain.len(), 8));
        }
        out.extend(&[self.sent]);
        out.extend(&plain.iter().map(|octet| !octet).collect::<Vec<_>>());
        self.sent = self.sent.wrapping_add(1);
        Ok(())
    }

    fn unwrap(&mut self, token: &mut [u8]) -> Result<Range<usize>, LayerFault> {
        if self.poisoned {
            return Err(LayerFault::Poisoned);
        }
        self.poisoned = true;
        let (number, plain) = token.split_first_mut().ok_or(LayerFault::Malformed)?;
        if *number != self.taken {
            return Err(LayerFault::OutOfSequence);
        }
        for octet in plain.iter_mut() {
            *octet = !*octet;
        }
        self.taken = self.taken.wrapping_add(1);
        self.poisoned = false;
        Ok(1..token.len())
    }
}

fn wire(octets: &[u8]) -> Vec<u8> {
    let mut out = WireBuf::default();
    Buffers::new(Turning::default()).send(octets, &mut out).unwrap();
    out.pending().to_vec()
}

/// Feeds `reads` one after the other, each with what was left of the one before; gives all plain octets.
fn receive(buffers: &mut Buffers<Turning>, reads: &[&[u8]]) -> Result<Vec<u8>, LayerFault> {
    let (mut input, mut plain) = (Vec::new(), Vec::new());
    for read in reads {
        input.extend_from_slice(read);
        while let Some(received) = buffers.receive(&mut input)? {
            plain.extend_from_slice(received.octets(&input));
            assert!(received.gathered.is_none() || received.data.is_empty());
            assert_ne!(received.consumed, 0, "no progress");
            input.drain(..received.consumed);
        }
        assert!(input.is_empty(), "octets of a token are kept in the layer");
    }
    Ok(plain)
}

//= test SRS_SASL_MECHANISMS_01_071
#[test]
fn octets_are_cut_for_the_buffer_of_the_peer() {
    let sent = wire(b"twenty octets, just so");
    let lengths: Vec<&[u8]> = vec![&sent[..4], &sent[13..17], &sent[26..30]];
    assert_eq!(lengths, [[0, 0, 0, 9], [0, 0, 0, 9], [0, 0, 0, 7]]);
    let mut out = WireBuf::default();
    let mut buffers = Buffers::new(Turning::default());
    assert_eq!(buffers.put(&[0; 9], &mut out), Err(LayerFault::too_long(9, 8)));
    let mut buffers = Buffers::new(Turning::default());
    let mut out = WireBuf::default();
    out.extend(b"before");
    buffers.put(b"", &mut out).unwrap();
    assert_eq!(out.pending(), b"before\0\0\0\x01\0");
}

//= test SRS_SASL_MECHANISMS_01_121
/// A length that is refused ends both directions, although the layer has not seen it.
#[test]
fn a_fault_in_one_direction_ends_the_other() {
    let mut buffers = Buffers::new(Turning::default());
    assert!(receive(&mut buffers, &[&[0, 0, 0, 17]]).is_err());
    let mut out = WireBuf::default();
    out.extend(b"before");
    assert_eq!(buffers.put(b"more", &mut out), Err(LayerFault::Poisoned));
    assert_eq!(out.pending(), b"before", "nothing of it goes out");

    let mut buffers = Buffers::new(Turning::default());
    assert!(buffers.put(&[0; 9], &mut out).is_err());
    assert_eq!(out.pending(), b"before", "nothing of it goes out");
    assert_eq!(receive(&mut buffers, &[&wire(b"eight...")]), Err(LayerFault::Poisoned));
}

//= test SRS_SASL_MECHANISMS_01_073
#[test]
fn a_length_is_judged_before_anything_is_kept() {
    for length in [17, 1 << 16, u32::MAX] {
        let mut buffers = Buffers::new(Turning::default());
        let expected = LayerFault::too_long(usize::try_from(length).unwrap(), 16);
        assert_eq!(receive(&mut buffers, &[&length.to_be_bytes()]), Err(expected));
        let mut buffers = Buffers::new(Turning::default());
        let octets = length.to_be_bytes();
        let reads: Vec<&[u8]> = octets.chunks(1).collect();
        assert_eq!(receive(&mut buffers, &reads), Err(expected));
    }
    // An empty token is the layer's to judge.
    let mut buffers = Buffers::new(Turning::default());
    assert_eq!(receive(&mut buffers, &[&[0; 4]]), Err(LayerFault::Malformed));
}

#[test]
fn nothing_passes_after_a_token_that_is_not_the_next() {
    let sent = wire(b"first...second..");
    for reads in [[&sent[13..], &sent[..13]], [&sent[..13], &sent[..13]]] {
        let mut buffers = Buffers::new(Turning::default());
        assert_eq!(receive(&mut buffers, &reads), Err(LayerFault::OutOfSequence));
        assert_eq!(receive(&mut buffers, &[&sent[13..]]), Err(LayerFault::Poisoned));
    }
}

#[test]
fn an_end_is_in_order_between_tokens_only() {
    let sent = wire(b"eight...");
    for cut in 0..sent.len() {
        let mut buffers = Buffers::new(Turning::default());
        assert_eq!(receive(&mut buffers, &[&sent[..cut]]), Ok(Vec::new()));
        assert_eq!(buffers.is_between(), cut == 0);
        assert_eq!(receive(&mut buffers, &[&sent[cut..]]).as_deref(), Ok(b"eight...".as_slice()));
        assert!(buffers.is_between());
    }
}

#[test]
fn octets_under_way_are_not_shown() {
    let mut buffers = Buffers::new(Turning::default());
    receive(&mut buffers, &[&[0, 0, 0, 9, 0, b'p', b'w']]).unwrap();
    assert_eq!(format!("{buffers:?}"), "Buffers { gathered: 7, .. }");
}

proptest! {
    //= test SRS_SASL_MECHANISMS_01_123
    /// However the octets are cut, the same come out, in their order.
    #[test]
    fn cuts_do_not_matter(
        octets in prop::collection::vec(any::<u8>(), 0..64),
        cuts in prop::collection::vec(1_usize..20, 1..100),
    ) {
        let sent = wire(&octets);
        let (mut reads, mut rest) = (Vec::new(), sent.as_slice());
        for cut in cuts {
            let (read, left) = rest.split_at(cut.min(rest.len()));
            reads.push(read);
            rest = left;
        }
        reads.push(rest);
        let mut buffers = Buffers::new(Turning::default());
        prop_assert_eq!(receive(&mut buffers, &reads), Ok(octets));
        prop_assert!(buffers.is_between());
    }
}
