//! The end of a connection in memory keeps the contract of drivers, and the toy engine is a function.

use core::time::Duration;

use xiom_core::{Action, Cause, Fact, Limits, OpenResult, Plain, SendId, SendResult, Stage};
use xiom_testing::{Endpoint, ToyEngine, pump, seal, unseal};
use xiom_tls::Tls;

#[test]
fn two_ends_talk_and_part() {
    let mut a = Endpoint::open(Plain::default());
    let mut b = Endpoint::open(Plain::default());
    assert!(a.send(b"ping") && b.send(b"pong"));
    pump(&mut a, &mut b, 3);
    assert_eq!((&a.received[..], &b.received[..]), (&b"pong"[..], &b"ping"[..]));
    assert!(a.close() && !a.close());
    pump(&mut a, &mut b, 3);
    assert!(b.told.contains(&Action::Ended), "{:?}", b.told);
    assert!(b.close());
    pump(&mut a, &mut b, 3);
    assert!(a.channel.is_closed() && b.channel.is_closed());
    assert_eq!(
        a.told,
        [
            Action::Connect,
            Action::Opened(OpenResult::Ok),
            Action::Sent(SendId(0), SendResult::Ok),
            Action::Shutdown,
            Action::Disconnect,
            Action::Closed,
        ]
    );
}

#[test]
fn the_clock_moves_only_when_told() {
    let limits = Limits { open: Duration::from_secs(3), ..Limits::default() };
    let mut end = Endpoint::open_within(Tls::new(ToyEngine::client()), limits);
    end.advance(Duration::from_secs(2));
    assert_eq!(end.failure(), None);
    end.advance(Duration::from_secs(1));
    assert_eq!(end.now, Duration::from_secs(3));
    assert_eq!(end.failure(), Some(Cause::Deadline.at(Stage::TlsHandshake)));
    assert!(end.channel.is_closed());
}

#[test]
fn what_is_not_whole_stays_in_the_input() {
    let mut end = Endpoint::open(Tls::new(ToyEngine::server()));
    let record = seal(b"whole");
    end.feed(b"h");
    end.feed(&record[..4]);
    assert_eq!((&end.input[..], &end.received[..]), (&record[..4], &b""[..]));
    end.feed(&record[4..]);
    assert_eq!((&end.input[..], &end.received[..]), (&b""[..], &b"whole"[..]));
    end.tell(Fact::Ended);
    assert!(end.failure().is_some());
}

#[test]
fn sealing_and_unsealing_are_each_others_inverse() {
    for len in [0, 1, 254, 255, 256, 1000] {
        let plain = vec![0x5A; len];
        let wire = [b"h".as_slice(), &seal(&plain)].concat();
        assert_eq!(unseal(&wire), Some(plain));
    }
    assert_eq!(unseal(b""), Some(Vec::new()));
    assert_eq!(unseal(b"hello"), None);
    assert_eq!(unseal(b"GET"), None);
    // The last record may be cut.
    assert_eq!(unseal(&[b'H', 0xF7, 9, 0x55 ^ b'x']), Some(b"x".to_vec()));
}
