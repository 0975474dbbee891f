//! Octets that reach the socket without a copy: the same on the wire, and the same completions.

use core::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use xiom_core::{
    Action, Channel, Fact, Layer, Limits, Phase, Plain, Received, Security, SendId, Stack, WireBuf,
};

use crate::greeter::Greeter;

/// Puts the length in front, up to nine octets; it divides what is longer.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Headed(Phase);

impl Layer for Headed {
    fn open(&mut self, _below: &Security, _out: &mut WireBuf) {
        self.0 = Phase::Open;
    }

    fn receive(&mut self, input: &mut [u8], _out: &mut WireBuf) -> Option<Received> {
        Received::discard(input)
    }

    fn send(&mut self, octets: &[u8], out: &mut WireBuf) {
        for part in octets.chunks(9) {
            assert!(self.lead(part.len(), out));
            out.extend(part);
        }
    }

    fn lead(&mut self, length: usize, out: &mut WireBuf) -> bool {
        let fits = length <= 9;
        if fits {
            out.extend(&[length.try_into().unwrap()]);
        }
        fits
    }

    fn close(&mut self, _out: &mut WireBuf) {}

    fn end(&mut self) {
        self.0 = Phase::Ended;
    }

    fn phase(&self) -> Phase {
        self.0
    }

    fn security(&self) -> Security {
        Security::default()
    }
}

/// An open channel, what its socket took, and the deeds that it owed.
struct Run<L> {
    channel: Channel<L>,
    wire: WireBuf,
    socket: Vec<u8>,
    deeds: Vec<Action>,
}

impl<L: Layer> Run<L> {
    fn open(layers: L, greeting: &[u8]) -> Self {
        let limits = Limits { wire: 16, queued: 64, message: 32, ..Limits::CLIENT };
        let (channel, wire) = (Channel::new(limits), WireBuf::default());
        let mut run = Self { channel, wire, socket: Vec::new(), deeds: Vec::new() };
        run.channel.open(layers, Duration::ZERO, &mut run.wire).unwrap();
        run.poll();
        run.channel.handle(Fact::Connected, &mut run.wire);
        run.take(usize::MAX);
        run.channel.receive(&mut greeting.to_vec(), &mut run.wire);
        run.poll();
        assert!(run.channel.is_open());
        run
    }

    fn poll(&mut self) {
        self.deeds.extend(core::iter::from_fn(|| self.channel.poll_action(&mut self.wire)));
    }

    fn take(&mut self, count: usize) {
        let pending = self.wire.pending();
        self.socket.extend(pending.get(..count).unwrap_or(pending));
        self.wire.take(count);
        self.poll();
    }
}

/// Each message with the octets that the socket takes at once, and later.
fn same(layers: &(impl Layer + Clone), greeting: &[u8], sent: &[(Vec<u8>, usize, usize)]) {
    let mut copied = Run::open(layers.clone(), greeting);
    let mut straight = Run::open(layers.clone(), greeting);
    for (id, (message, now, later)) in (0..).map(SendId).zip(sent) {
        let accepted = copied.channel.send(id, message, &mut copied.wire);
        let Run { channel, wire, socket, .. } = &mut straight;
        let mut left = *now;
        let again = channel.send_straight(id, message, wire, |pending, octets| {
            let both = [pending, octets].concat();
            let count = both.len().min(*now);
            socket.extend(&both[..count]);
            left = 0;
            count
        });
        assert_eq!(accepted, again);
        copied.take(*now);
        straight.take(left);
        copied.take(*later);
        straight.take(*later);
        assert_eq!(copied.wire, straight.wire);
        assert_eq!(copied.socket, straight.socket);
        assert_eq!(copied.deeds, straight.deeds);
    }
    copied.take(usize::MAX);
    straight.take(usize::MAX);
    assert_eq!((copied.socket, copied.deeds), (straight.socket, straight.deeds));
}

proptest! {
    //= test SRS_TLSIO_30_063, SRS_TLSIO_30_067, SRS_TLSIO_30_091
    //= test SRS_TLSIO_30_093
    #[test]
    fn a_message_written_straight_is_one_that_was_copied(
        sent in vec((vec(any::<u8>(), 0..34), 0_usize..40, 0_usize..60), 1..12),
    ) {
        same(&Plain::default(), b"", &sent);
        same(&Headed::default(), b"", &sent);
        same(&Stack::new(Plain::default(), Headed::default()), b"", &sent);
        same(&Stack::new(Headed::default(), Plain::default()), b"", &sent);
        same(&Stack::new(Headed::default(), Headed::default()), b"", &sent);
        same(&Greeter::default(), b"H", &sent);
    }
}

#[test]
fn octets_go_straight_where_no_layer_changes_them_and_only_there() {
    fn goes(layers: impl Layer, greeting: &[u8], message: &[u8]) -> bool {
        let mut run = Run::open(layers, greeting);
        let mut is_called = false;
        let write = |_: &[u8], octets: &[u8]| {
            is_called = true;
            assert_eq!(octets, message);
            0
        };
        run.channel.send_straight(SendId(1), message, &mut run.wire, write).unwrap();
        is_called
    }
    assert!(goes(Plain::default(), b"", b"octets"));
    assert!(goes(Headed::default(), b"", b"octets"));
    assert!(goes(Stack::new(Plain::default(), Headed::default()), b"", b"octets"));
    assert!(goes(Stack::new(Headed::default(), Plain::default()), b"", b"octets"));
    assert!(!goes(Headed::default(), b"", b"more than nine"));
    assert!(!goes(Stack::new(Headed::default(), Headed::default()), b"", b"octets"));
    assert!(!goes(Greeter::default(), b"H", b"octets"));
    assert!(!goes(Plain::default(), b"", b""));
}
