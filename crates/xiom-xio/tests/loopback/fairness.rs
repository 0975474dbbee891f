//! How much one call does, and in which order it tells what came of it.

use core::time::Duration;
use std::io::Write;
use std::net::TcpStream;

use xiom_core::Plain;

use crate::common::{End, listener};

/// An open end over no layers, and its peer.
fn open() -> (End<Plain>, TcpStream) {
    let (listener, address) = listener();
    let peer = TcpStream::connect(address).unwrap();
    let mut end = End::server(listener.accept().unwrap().0, Plain::default());
    end.work(Duration::ZERO);
    assert!(end.has_opened());
    (end, peer)
}

//= test SRS_TLSIO_50_031
#[test]
fn one_call_reads_sixteen_times_at_most() {
    let (mut end, mut peer) = open();
    peer.set_nonblocking(true).unwrap();
    let mut sent = 0;
    while let Ok(count) = peer.write(&[7; 16 << 10]) {
        sent += count;
    }
    // Each read may fill the buffer, which grows to 72 KiB.
    let most = 16 * (72 << 10);
    assert!(most < sent, "{sent} octets fit between the two");
    end.work(Duration::ZERO);
    assert!(!end.got.is_empty() && end.got.len() <= most, "{} octets", end.got.len());
    while end.got.len() < sent {
        end.work(Duration::ZERO);
    }
    assert!(end.got == vec![7; sent]);
}

//= test SRS_TLSIO_50_003
#[test]
#[cfg(target_os = "linux")]
fn what_the_peer_said_comes_before_the_failure_to_write() {
    use xiom_core::{Action, Cause, SendId, SendResult, Stage};

    let (mut end, mut peer) = open();
    peer.write_all(b"answer").unwrap();
    // It resets the connection.
    socket2::SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
    drop(peer);
    end.xio.send(SendId(1), b"lost").unwrap();
    while !matches!(end.told.last(), Some(Action::Failed(_))) {
        end.work(Duration::ZERO);
    }
    assert_eq!(end.got, b"answer", "nothing is read after a failure");
    assert!(end.told.contains(&Action::Sent(SendId(1), SendResult::Failed)), "{:?}", end.told);
    let Some(Action::Failed(failure)) = end.told.last() else { unreachable!() };
    assert!(matches!(failure.cause, Cause::Socket(_)) && failure.stage == Stage::Open);
}
