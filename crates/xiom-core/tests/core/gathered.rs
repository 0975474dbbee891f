//! Octets that a layer has gathered from several reads: they come up once, in order, and stay where they are.

use core::time::Duration;

use proptest::prelude::*;
use xiom_core::{
    Connection, Fact, InputBuf, Layer, Limits, News, Phase, Received, Secret, Security, WireBuf,
};

/// A layer that shows each octet up to a `;` in place, and gathers what lies between `;` and `.`.
#[derive(Debug, Default)]
struct Gatherer {
    phase: Phase,
    kept: Option<Vec<u8>>,
}

impl Layer for Gatherer {
    fn open(&mut self, _below: &Security, _out: &mut WireBuf) {
        self.phase = Phase::Open;
    }

    fn receive(&mut self, input: &mut [u8], _out: &mut WireBuf) -> Option<Received> {
        if input.is_empty() {
            return None;
        }
        let Some(kept) = &mut self.kept else {
            let count = input.iter().position(|octet| *octet == b';').unwrap_or(input.len());
            if count == 0 {
                self.kept = Some(Vec::new());
                return Some(Received::skip(1));
            }
            return Some(Received::plain(count, 0..count));
        };
        let Some(end) = input.iter().position(|octet| *octet == b'.') else {
            kept.extend_from_slice(input);
            return Received::discard(input);
        };
        kept.extend_from_slice(&input[..end]);
        let octets = Secret::new(self.kept.take().unwrap_or_default());
        Some(Received::gathered(end + 1, octets))
    }

    fn send(&mut self, _octets: &[u8], _out: &mut WireBuf) {}

    fn close(&mut self, _out: &mut WireBuf) {}

    fn end(&mut self) {}

    fn phase(&self) -> Phase {
        self.phase
    }

    fn security(&self) -> Security {
        Security::default()
    }
}

/// What comes up of `reads`; the ranges of one read are looked at when all of it was polled.
fn plain(reads: &[&[u8]]) -> Vec<u8> {
    let mut connection = Connection::new(Limits::default());
    connection.open(Gatherer::default(), Duration::ZERO).unwrap();
    connection.poll();
    connection.handle(Fact::Connected);
    while connection.poll().is_some() {}
    let mut plain = Vec::new();
    for read in reads {
        connection.room()[..read.len()].copy_from_slice(read);
        connection.fill(read.len());
        let mut ranges = Vec::new();
        while let Some(news) = connection.poll() {
            let News::Data(range) = news else { panic!("{news:?}") };
            ranges.push(range);
        }
        for range in ranges {
            plain.extend_from_slice(connection.octets(range));
        }
        connection.release();
    }
    plain
}

#[test]
fn gathered_octets_come_up_in_their_place() {
    assert_eq!(plain(&[b"ab;cd.ef"]), b"abcdef");
    assert_eq!(plain(&[b"ab;", b"c", b"d", b".ef;", b"gh.i"]), b"abcdefghi");
    assert_eq!(plain(&[b";1234567890", b".;.x;", b".y"]), b"1234567890xy");
}

#[test]
fn a_longer_piece_moves_only_what_is_unread() {
    let mut input = InputBuf::default();
    input.room()[..6].copy_from_slice(b"abcdef");
    input.fill(6);
    let first = input.locate(&(0..2));
    input.consume(2);
    let second = input.replace(1, b"a long piece");
    assert_eq!(input.octets(first), b"ab");
    assert_eq!(input.octets(second), b"a long piece");
    assert_eq!(input.unread(), b"def");
    let third = input.replace(3, b"!");
    assert_eq!((input.octets(third), input.is_empty()), (b"!".as_slice(), true));
}

/// The room stays bounded, whatever was put in between.
#[test]
fn a_full_buffer_stays_full() {
    let mut input = InputBuf::default();
    let mut filled = 0;
    while filled < InputBuf::CAPACITY {
        filled += input.room().len();
        input.fill(InputBuf::CAPACITY);
    }
    assert!(input.is_full() && input.room().is_empty());
    input.replace(1, &vec![7; 70_000]);
    assert_eq!(input.len(), InputBuf::CAPACITY - 1);
    assert_eq!(input.room().len(), 1);
    input.fill(1);
    assert!(input.is_full() && input.room().is_empty());
}

proptest! {
    #[test]
    fn reads_do_not_matter(
        octets in prop::collection::vec(prop::sample::select(b"ab;.".as_slice()), 0..60),
        cuts in prop::collection::vec(1_usize..9, 60),
    ) {
        let (mut reads, mut rest) = (Vec::new(), octets.as_slice());
        for cut in cuts {
            let (read, left) = rest.split_at(cut.min(rest.len()));
            reads.push(read);
            rest = left;
        }
        prop_assert_eq!(plain(&reads), plain(&[&octets]));
    }
}
