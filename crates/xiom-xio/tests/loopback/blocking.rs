//! The blocking connection over loopback sockets, with one thread for each side.

use core::time::Duration;
use std::io::{self, BufRead, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread::{self, JoinHandle};

use xiom_core::{AuthFault, Cause, Failure, Plain, SocketFault, Stage, TlsFault};
use xiom_xio::{Blocking, Config, Error, Remote};

use crate::common::{Asker, Toy, client, listener, nobody, server};

/// Both ends; `serve` runs in a thread of its own.
fn with_server<T: Send + 'static>(
    serve: impl FnOnce(Blocking<Toy>) -> T + Send + 'static,
) -> (Blocking<Toy>, JoinHandle<T>) {
    let (listener, address) = listener();
    let thread = thread::spawn(move || {
        let socket = listener.accept().unwrap().0;
        serve(Blocking::accept(socket, server(), Config::SERVER, |_, _| {}).unwrap())
    });
    (Blocking::connect(address.into(), client(), Config::CLIENT).unwrap(), thread)
}

#[test]
fn echoes_in_odd_pieces() {
    let (mut stream, thread) = with_server(|mut stream| {
        io::copy(&mut Read::by_ref(&mut stream).take(300_000), &mut io::sink()).unwrap();
        stream.write_all(&vec![9; 300_000]).unwrap();
        stream.close().unwrap();
    });
    for part in vec![8; 300_000].chunks(7919) {
        stream.write_all(part).unwrap();
    }
    stream.flush().unwrap();
    let mut got = Vec::new();
    stream.read_to_end(&mut got).unwrap();
    assert_eq!(got, vec![9; 300_000]);
    stream.close().unwrap();
    stream.close().unwrap();
    thread.join().unwrap();
}

#[test]
fn half_close_still_reads() {
    let (mut stream, thread) = with_server(|mut stream| {
        let mut got = Vec::new();
        stream.read_to_end(&mut got).unwrap();
        stream.write_all(&got).unwrap();
        stream.close().unwrap();
    });
    stream.write_all(b"all there is").unwrap();
    stream.finish().unwrap();
    assert_eq!(stream.write(b"late").unwrap_err().kind(), ErrorKind::BrokenPipe);
    let mut got = Vec::new();
    stream.read_to_end(&mut got).unwrap();
    assert_eq!(got, b"all there is");
    stream.close().unwrap();
    thread.join().unwrap();
}

#[test]
fn many_small_writes_between_small_reads() {
    let (mut stream, thread) = with_server(|mut stream| {
        stream.write_all(&[3; 5000]).unwrap();
        let mut got = Vec::new();
        stream.read_to_end(&mut got).unwrap();
        got
    });
    stream.read_exact(&mut [0; 10]).unwrap();
    // More messages than may be in flight, while octets lie unread.
    for _ in 0..3000 {
        stream.write_all(b"x").unwrap();
    }
    stream.read_exact(&mut [0; 4990]).unwrap();
    stream.finish().unwrap();
    assert_eq!(thread.join().unwrap(), [b'x'; 3000]);
}

#[test]
fn lends_lines() {
    let (mut stream, thread) = with_server(|mut stream| {
        stream.write_all(b"one\ntwo\n").unwrap();
        stream.close().unwrap();
    });
    assert_eq!(stream.fill_buf().unwrap().first(), Some(&b'o'));
    let lines = Read::by_ref(&mut stream).lines().map(Result::unwrap);
    assert_eq!(lines.collect::<Vec<_>>(), ["one", "two"]);
    stream.close().unwrap();
    thread.join().unwrap();
}

#[test]
fn truncation_keeps_its_failure() {
    let (mut stream, thread) = with_server(|mut stream| stream.write_all(b"par").unwrap());
    let mut got = Vec::new();
    let error = stream.read_to_end(&mut got).unwrap_err();
    assert_eq!((got, error.kind()), (b"par".to_vec(), ErrorKind::UnexpectedEof));
    let failure = error.get_ref().unwrap().downcast_ref::<Failure>().unwrap();
    assert_eq!(*failure, Cause::Tls(TlsFault::Truncated).at(Stage::Open));
    assert!(matches!(stream.close(), Err(Error::Failed { .. })));
    thread.join().unwrap();
}

#[test]
fn a_read_that_takes_too_long_loses_nothing() {
    let (mut stream, thread) = with_server(|mut stream| {
        let mut got = [0; 2];
        stream.read_exact(&mut got).unwrap();
        stream.write_all(&got).unwrap();
        stream.close().unwrap();
    });
    stream.set_read_timeout(Some(Duration::from_millis(1)));
    assert_eq!(stream.read(&mut [0; 2]).unwrap_err().kind(), ErrorKind::TimedOut);
    stream.set_read_timeout(None);
    stream.write_all(b"go").unwrap();
    let mut got = [0; 2];
    stream.read_exact(&mut got).unwrap();
    assert_eq!(got, *b"go");
    stream.close().unwrap();
    thread.join().unwrap();
}

#[test]
fn a_write_that_takes_too_long_says_so() {
    let (mut stream, thread) = with_server(|stream| stream);
    stream.set_write_timeout(Some(Duration::from_millis(1)));
    let error = loop {
        if let Err(error) = stream.write(&vec![0; 64 << 10]) {
            break error;
        }
    };
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    drop(thread.join().unwrap());
}

#[test]
fn a_refused_connection_tells_its_attempts() {
    let (_silent, refusing) = nobody();
    let error = Blocking::connect(refusing.into(), Plain::default(), Config::CLIENT).unwrap_err();
    let failure = Cause::Socket(SocketFault::Refused).at(Stage::Connecting);
    assert_eq!(error.failure(), Some(failure));
    let Error::Failed { attempts, .. } = &error else { panic!("{error}") };
    assert_eq!(attempts.list()[0].address, refusing);
    assert!(error.to_string().contains(&refusing.to_string()), "{error}");
    assert_eq!(io::Error::from(error).kind(), ErrorKind::ConnectionRefused);
}

#[test]
fn answers_questions() {
    for (word, is_right) in [(b'!', true), (b'?', false)] {
        let (listener, address) = listener();
        let mut peer = TcpStream::connect(address).unwrap();
        peer.write_all(&[word]).unwrap();
        let socket = listener.accept().unwrap().0;
        let answerer = |layers: &mut Asker, _: &mut _| layers.answer(layers.word == b'!');
        let result = Blocking::accept(socket, Asker::default(), Config::SERVER, answerer);
        assert_eq!(result.is_ok(), is_right);
        if let Err(error) = result {
            let failure = Cause::Mechanism(AuthFault::BadCredentials).at(Stage::SaslLookup);
            assert_eq!(error.failure(), Some(failure));
            assert_eq!(io::Error::from(error).kind(), ErrorKind::PermissionDenied);
        }
    }
}

#[test]
fn a_silent_peer_meets_the_deadline() {
    let (_listener, address) = listener();
    let mut config = Config::CLIENT;
    config.limits.open = Duration::from_millis(1);
    let error = Blocking::connect(address.into(), client(), config).unwrap_err();
    assert_eq!(error.failure().map(|failure| failure.cause), Some(Cause::Deadline));
}

#[test]
fn names_resolve() {
    assert!(Remote::resolve("localhost", 1).unwrap().addresses().iter().all(|it| it.port() == 1));
    assert_eq!(Remote::resolve("[::1]", 2).unwrap().addresses(), ["[::1]:2".parse().unwrap()]);
}
