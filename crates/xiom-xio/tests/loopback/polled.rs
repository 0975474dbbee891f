//! The polled connection over loopback sockets; time is an argument, so nothing waits for it.

use core::net::SocketAddr;
use core::time::Duration;
use std::io::Write;
use std::net::{TcpListener, TcpStream};

use xiom_core::{
    Action, AuthFault, Cause, OpenResult, Plain, Rejected, SendId, SendResult, SocketFault, Stage,
    TlsFault,
};
use xiom_xio::{Config, Interest, Remote, Xio};

use crate::common::{Asker, End, client, listener, nobody, pair, server, work_until};

#[test]
fn both_send_much_before_either_is_done() {
    let (mut a, mut b) = pair();
    let octets: Vec<u8> = (0..500_000_u32).map(|i| u8::try_from(i % 251).unwrap()).collect();
    a.send_all(&octets);
    b.send_all(&octets);
    work_until(&mut a, &mut b, |a, b| a.got.len() == octets.len() && b.got.len() == octets.len());
    assert!(a.got == octets && b.got == octets);
    work_until(&mut a, &mut b, |a, b| a.told.len() == 51 && b.told.len() == 51);
    let sent = |id: usize| Action::Sent(SendId(u32::try_from(id).unwrap()), SendResult::Ok);
    assert!(a.told[1..].iter().enumerate().all(|(id, told)| *told == sent(id)), "{:?}", a.told);
    assert_eq!(a.xio.interest(), Interest { is_readable: true, is_writable: false });
}

#[test]
fn close_is_in_order_on_both_sides() {
    let (mut a, mut b) = pair();
    a.xio.send(SendId(1), b"last").unwrap();
    a.xio.close(Duration::ZERO).unwrap();
    assert_eq!(a.xio.close(Duration::ZERO), Err(Rejected::State));
    work_until(&mut a, &mut b, |_, b| b.told.contains(&Action::Ended));
    assert_eq!(b.got, b"last");
    b.xio.close(Duration::ZERO).unwrap();
    work_until(&mut a, &mut b, |a, b| a.xio.channel().is_closed() && b.xio.channel().is_closed());
    assert_eq!(a.told[1..], [Action::Sent(SendId(1), SendResult::Ok), Action::Closed]);
    assert_eq!(b.told[1..], [Action::Ended, Action::Closed]);
    assert!(a.xio.socket().is_none() && a.xio.interest() == Interest::default());
}

#[test]
fn half_close_leaves_the_other_direction() {
    let (mut a, mut b) = pair();
    a.xio.finish().unwrap();
    assert_eq!(a.xio.send(SendId(1), b"late"), Err(Rejected::State));
    work_until(&mut a, &mut b, |_, b| b.told.contains(&Action::Ended));
    b.send_all(&vec![7; 100_000]);
    b.xio.finish().unwrap();
    work_until(&mut a, &mut b, |a, _| a.told.contains(&Action::Ended));
    assert_eq!(a.got, vec![7; 100_000]);
}

#[test]
fn the_next_address_is_tried_and_the_attempts_are_told() {
    let (listener, address) = listener();
    let (_silent, refusing) = nobody();
    let mut a = End::client(Remote::from_iter([refusing, address]), Plain::default());
    a.work(Duration::ZERO);
    let mut b = End::server(listener.accept().unwrap().0, Plain::default());
    work_until(&mut a, &mut b, |a, _| a.has_opened());
    let tried: Vec<_> =
        a.xio.attempts().list().iter().map(|tried| (tried.address, tried.fault)).collect();
    assert_eq!(tried, [(refusing, Some(SocketFault::Refused)), (address, None)]);
}

#[test]
fn open_again_after_it_was_refused() {
    let (socket, address) = nobody();
    let mut a = End::client(address, client());
    while a.told.is_empty() {
        a.work(Duration::ZERO);
    }
    let failure = Cause::Socket(SocketFault::Refused).at(Stage::Connecting);
    assert_eq!(a.told, [Action::Opened(OpenResult::Failed(failure))]);
    let before = a.xio.socket_number();

    socket.listen(1).unwrap();
    let listener = TcpListener::from(socket);
    a.xio.open(client(), Duration::ZERO).unwrap();
    a.work(Duration::ZERO);
    assert_ne!(a.xio.socket_number(), before);
    let mut b = End::server(listener.accept().unwrap().0, server());
    work_until(&mut a, &mut b, |a, b| a.has_opened() && b.has_opened());
    assert_eq!(a.xio.attempts().list().len(), 1);
}

#[test]
fn no_address_is_a_failure_of_its_own() {
    let mut a = End::client(Remote::default(), Plain::default());
    a.work(Duration::ZERO);
    let failure = Cause::Socket(SocketFault::NotFound).at(Stage::Connecting);
    assert_eq!(a.told, [Action::Opened(OpenResult::Failed(failure))]);
}

/// A listener whose queue is full, so that connecting to it stays on its way.
#[cfg(target_os = "linux")]
fn full() -> (socket2::Socket, Vec<socket2::Socket>, SocketAddr) {
    use socket2::{Domain, Socket, Type};
    let (listener, address) = nobody();
    listener.listen(0).unwrap();
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let client = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            client.set_nonblocking(true).unwrap();
            let _ = client.connect(&address.into());
            client
        })
        .collect();
    (listener, clients, address)
}

#[test]
#[cfg(target_os = "linux")]
fn each_address_has_its_share_of_the_time() {
    let (_full, _clients, silent) = full();
    let (listener, address) = listener();
    let mut a = End::client(Remote::from_iter([silent, address]), Plain::default());
    a.work(Duration::ZERO);
    assert_eq!(a.xio.interest(), Interest { is_readable: false, is_writable: true });
    assert_eq!(a.xio.poll_deadline(), Some(Duration::from_secs(15)));
    let before = a.xio.socket_number();
    a.work(Duration::from_secs(15));
    assert_ne!(a.xio.socket_number(), before);
    let mut b = End::server(listener.accept().unwrap().0, Plain::default());
    work_until(&mut a, &mut b, |a, _| a.has_opened());
    let first = a.xio.attempts().list()[0];
    assert_eq!((first.fault, first.took.as_secs()), (Some(SocketFault::TimedOut), 15));
}

#[test]
#[cfg(target_os = "linux")]
fn close_while_connecting_cancels() {
    let (_full, _clients, silent) = full();
    let mut a = End::client(silent, client());
    a.work(Duration::ZERO);
    a.xio.close(Duration::ZERO).unwrap();
    a.work(Duration::ZERO);
    assert_eq!(a.told, [Action::Opened(OpenResult::Cancelled), Action::Closed]);
    assert!(a.xio.socket().is_none());
}

#[test]
fn a_silent_peer_meets_the_deadline() {
    let (listener, address) = listener();
    let mut a = End::client(address, client());
    a.work(Duration::ZERO);
    let _silent = listener.accept().unwrap();
    while a.xio.attempts().list().is_empty() {
        a.work(Duration::ZERO);
    }
    assert_eq!(a.xio.poll_deadline(), Some(Duration::from_secs(30)));
    a.work(Duration::from_secs(30));
    let failure = Cause::Deadline.at(Stage::TlsHandshake);
    assert_eq!(a.told, [Action::Opened(OpenResult::Failed(failure))]);
}

#[test]
fn an_end_without_goodbye_is_a_truncation() {
    let (mut a, b) = pair();
    drop(b);
    while a.told.len() < 2 {
        a.work(Duration::ZERO);
    }
    assert_eq!(a.told[1], Action::Failed(Cause::Tls(TlsFault::Truncated).at(Stage::Open)));
    assert!(!a.xio.interest().is_readable);
    a.xio.close(Duration::ZERO).unwrap();
    a.work(Duration::ZERO);
    assert_eq!(a.told.last(), Some(&Action::Closed));
}

#[test]
fn nothing_is_read_while_a_question_is_open() {
    let (listener, address) = listener();
    let mut peer = TcpStream::connect(address).unwrap();
    peer.write_all(b"!rest").unwrap();
    let mut b = End::server(listener.accept().unwrap().0, Asker::default());
    while b.told.is_empty() {
        b.work(Duration::ZERO);
    }
    let [Action::Ask(id)] = b.told[..] else { panic!("{:?}", b.told) };
    assert_eq!(b.xio.channel().layers().map(|layers| layers.word), Some(b'!'));
    assert_eq!(b.xio.interest(), Interest::default());
    b.xio.answer(id, |layers, _| layers.answer(true)).unwrap();
    while b.got != b"rest" {
        b.work(Duration::ZERO);
    }
    assert!(b.has_opened());
}

#[test]
fn a_refusal_takes_the_socket_down() {
    let (listener, address) = listener();
    let mut peer = TcpStream::connect(address).unwrap();
    peer.write_all(b"?").unwrap();
    let mut b = End::server(listener.accept().unwrap().0, Asker::default());
    while b.told.is_empty() {
        b.work(Duration::ZERO);
    }
    let [Action::Ask(id)] = b.told[..] else { panic!("{:?}", b.told) };
    b.xio.answer(id, |layers, _| layers.answer(false)).unwrap();
    b.work(Duration::ZERO);
    let failure = Cause::Mechanism(AuthFault::BadCredentials).at(Stage::SaslLookup);
    assert_eq!(b.told[1..], [Action::Opened(OpenResult::Failed(failure))]);
    assert!(b.xio.socket().is_none());
    // An accepted socket serves one open.
    b.xio.open(Asker::default(), Duration::ZERO).unwrap();
    b.work(Duration::ZERO);
    assert!(matches!(b.told[2], Action::Opened(OpenResult::Failed(_))));
}

#[test]
fn options_reach_the_socket() {
    let (listener, address) = listener();
    let config = Config { keepalive: Some(Duration::from_secs(7)), ..Config::CLIENT };
    let mut xio = Xio::client(address.into(), config);
    xio.open(Plain::default(), Duration::ZERO).unwrap();
    xio.dowork(Duration::ZERO, |_| {});
    let _peer = listener.accept().unwrap();
    let socket = socket2::SockRef::from(xio.socket().unwrap());
    assert!(socket.tcp_nodelay().unwrap() && socket.keepalive().unwrap());
}
