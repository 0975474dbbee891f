//! Recovery over real sockets: a fault, a close that is told, and an open that succeeds.

use core::time::Duration;
use std::net::TcpListener;

use xiom_core::{Action, OpenResult, SendId};

use crate::common::{End, Toy, client, listener, nobody, server, work_until};

/// Closes, and opens anew to whoever listens.
fn retry(a: &mut End<Toy>, listener: &TcpListener) {
    a.xio.close(Duration::ZERO).unwrap();
    while a.told.last() != Some(&Action::Closed) {
        a.work(Duration::ZERO);
    }
    a.told.clear();
    a.xio.open(client(), Duration::ZERO).unwrap();
    a.work(Duration::ZERO);
    let mut b = End::server(listener.accept().unwrap().0, server());
    work_until(a, &mut b, |a, b| a.has_opened() && b.has_opened());
    a.xio.send(SendId(1), b"again").unwrap();
    work_until(a, &mut b, |_, b| b.got == b"again");
}

//= test SRS_TLSIO_30_200
#[test]
fn after_an_open_that_was_refused() {
    let (socket, address) = nobody();
    let mut a = End::client(address, client());
    while a.told.is_empty() {
        a.work(Duration::ZERO);
    }
    assert!(matches!(a.told[..], [Action::Opened(OpenResult::Failed(_))]), "{:?}", a.told);
    socket.listen(1).unwrap();
    retry(&mut a, &TcpListener::from(socket));
}

//= test SRS_TLSIO_30_201
#[test]
fn after_a_peer_that_left_without_goodbye() {
    let (listener, address) = listener();
    let mut a = End::client(address, client());
    a.work(Duration::ZERO);
    let mut b = End::server(listener.accept().unwrap().0, server());
    work_until(&mut a, &mut b, |a, b| a.has_opened() && b.has_opened());
    drop(b);
    while !matches!(a.told.last(), Some(Action::Failed(_))) {
        a.work(Duration::ZERO);
    }
    retry(&mut a, &listener);
}
