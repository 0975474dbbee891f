//! From a socket to an open stream, and the ways in which that fails.

use core::time::Duration;
use std::io::ErrorKind;

use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::yield_now;
use tokio::time::{Instant, timeout};
use xiom_core::{AuthFault, Cause, Plain, SocketFault, Stage, TlsFault};
use xiom_testing::HELLO;
use xiom_tokio::{Acceptor, Config, Connector, Remote, Respond, dial, resolve};

use crate::common::{Asker, client, failure, server};

#[tokio::test(start_paused = true)]
async fn a_silent_peer_meets_the_deadline() {
    let (near, _far) = duplex(64);
    let start = Instant::now();
    let error = Connector::default().connect(near, client()).await.unwrap_err();
    assert_eq!(start.elapsed().as_secs(), 30);
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(failure(&error), Cause::Deadline.at(Stage::TlsHandshake));
}

#[tokio::test]
async fn a_refused_open_gives_the_failure_and_ends_the_socket() {
    let (near, mut far) = duplex(64);
    far.write_all(b"HTTP").await.unwrap();
    let error = Acceptor::default().accept(near, server()).await.unwrap_err();
    assert_eq!(failure(&error), Cause::Tls(TlsFault::NotTls).at(Stage::TlsHandshake));
    assert_eq!(error.kind(), ErrorKind::InvalidData);
    assert_eq!(far.read(&mut [0; 8]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_peer_that_leaves_is_an_unexpected_end() {
    let (near, far) = duplex(64);
    drop(far);
    let error = Acceptor::default().accept(near, server()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    assert_eq!(failure(&error).stage, Stage::TlsHandshake);
}

#[tokio::test]
async fn dropping_it_midway_closes_the_socket() {
    let (near, mut far) = duplex(64);
    let mut opening = Connector::default().connect(near, client());
    assert!(timeout(Duration::ZERO, &mut opening).await.is_err());
    assert_eq!(far.read_u8().await.unwrap(), HELLO);
    drop(opening);
    assert_eq!(far.read(&mut [0; 8]).await.unwrap(), 0);
}

#[tokio::test]
async fn giving_it_up_gives_the_socket_back() {
    let (near, mut far) = duplex(64);
    let mut opening = Connector::default().connect(near, client());
    assert!(timeout(Duration::ZERO, &mut opening).await.is_err());
    let mut near = opening.into_socket().unwrap();
    near.write_all(b"plain").await.unwrap();
    let mut got = [0; 6];
    far.read_exact(&mut got).await.unwrap();
    assert_eq!(&got, b"hplain");
}

#[tokio::test]
async fn waiting_in_pieces_is_waiting_once() {
    let (near, far) = duplex(64);
    let mut opening = Connector::default().connect(near, client());
    for _ in 0..10 {
        assert!(timeout(Duration::ZERO, &mut opening).await.is_err());
    }
    let (a, b) = tokio::join!(opening, Acceptor::default().accept(far, server()));
    assert!(a.is_ok() && b.is_ok());
}

#[tokio::test]
async fn questions_are_answered_later_and_computing_lets_others_run() {
    let (near, mut far) = duplex(64);
    far.write_all(b"!rest").await.unwrap();
    let responder = Respond {
        ask: |layers: &Asker| {
            let word = layers.word;
            async move {
                yield_now().await;
                word == b'!'
            }
        },
        answer: |is_right, layers: &mut Asker, _: &mut _| layers.answer(is_right),
    };
    let opening = Acceptor::default().accept_with(near, Asker::default(), responder);
    let turns = core::cell::Cell::new(0);
    let others = async {
        loop {
            turns.set(turns.get() + 1);
            yield_now().await;
        }
    };
    let stream = tokio::select! { stream = opening => stream, () = others => unreachable!() };
    let mut stream = stream.unwrap();
    assert!(9 <= turns.get(), "{}", turns.get());
    assert_eq!(stream.channel().layers().unwrap().slices, 10);
    let mut got = [0; 4];
    stream.read_exact(&mut got).await.unwrap();
    assert_eq!(&got, b"rest");
}

#[tokio::test]
async fn a_function_answers_at_once() {
    let (near, mut far) = duplex(64);
    far.write_all(b"?").await.unwrap();
    let answer = |layers: &mut Asker, _: &mut _| layers.answer(layers.word == b'!');
    let opening = Acceptor::default().accept_with(near, Asker::default(), answer);
    let error = opening.await.unwrap_err();
    let expected = Cause::Mechanism(AuthFault::BadCredentials).at(Stage::SaslLookup);
    assert_eq!((failure(&error), error.kind()), (expected, ErrorKind::PermissionDenied));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_come_meets_the_deadline() {
    let (near, mut far) = duplex(64);
    far.write_all(b"!").await.unwrap();
    let error = Acceptor::default().accept(near, Asker::default()).await.unwrap_err();
    assert_eq!(failure(&error), Cause::Deadline.at(Stage::SaslLookup));
}

#[tokio::test]
async fn addresses_are_tried_in_order() {
    // Bound, so that nobody else gets the port, but not listening.
    let silent = TcpSocket::new_v4().unwrap();
    silent.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let refusing = silent.local_addr().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let remote = Remote::from_iter([refusing, address]);
    let dialed = dial(&remote, &Config::CLIENT).await;
    assert!(dialed.socket.unwrap().nodelay().unwrap());
    let tried: Vec<_> =
        dialed.attempts.list().iter().map(|tried| (tried.address, tried.fault)).collect();
    assert_eq!(tried, [(refusing, Some(SocketFault::Refused)), (address, None)]);
    assert!(Connector::default().dial(&remote, Plain::default()).await.is_ok());

    let error = Connector::default().dial(&refusing.into(), Plain::default()).await.unwrap_err();
    assert_eq!(failure(&error), Cause::Socket(SocketFault::Refused).at(Stage::Connecting));
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn names_resolve() {
    assert_eq!(resolve("[::1]", 2).await.unwrap().addresses(), ["[::1]:2".parse().unwrap()]);
}
