//! Messages that are sent whole: each reaches the layers as one, and none in part.

use core::time::Duration;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc;
use std::thread;

use xiom_core::Rejected;
use xiom_xio::{Blocking, Config, Error, Shared};

use crate::common::{Lengths, listener};

/// A connection whose layer tells where each message ends, and the bare socket of its peer.
fn pair(config: Config) -> (Blocking<Lengths>, TcpStream) {
    let (listener, address) = listener();
    let stream = Blocking::connect(address.into(), Lengths::default(), config).unwrap();
    (stream, listener.accept().unwrap().0)
}

/// The lengths of all messages until the end.
fn lengths(mut socket: TcpStream) -> Vec<usize> {
    let (mut lengths, mut head) = (Vec::new(), [0; 4]);
    while socket.read_exact(&mut head).is_ok() {
        let length = u32::from_be_bytes(head).try_into().unwrap();
        socket.read_exact(&mut vec![0; length]).unwrap();
        lengths.push(length);
    }
    lengths
}

//= test SRS_THRIFT_SASL_02_001
#[test]
fn one_call_is_one_message_and_a_write_may_be_several() {
    let (mut stream, socket) = pair(Config::CLIENT);
    let peer = thread::spawn(move || lengths(socket));
    for size in [1, 65_536, 65_537, 5_000_000, 7] {
        stream.send_message(&vec![1; size]).unwrap();
    }
    stream.write_all(&vec![2; 65_537]).unwrap();
    stream.finish().unwrap();
    let expected = [1, 65_536, 65_537, 5_000_000, 7, 65_536, 1];
    assert_eq!(peer.join().unwrap(), expected);
}

//= test SRS_THRIFT_SASL_02_002
#[test]
fn a_message_beyond_the_limit_is_refused_whole() {
    let mut config = Config::CLIENT;
    config.limits.message = 10;
    let (mut stream, socket) = pair(config);
    let error = stream.send_message(&[1; 11]).unwrap_err();
    let expected = Rejected::TooLarge { size: 11, limit: 10 };
    assert!(matches!(error, Error::Rejected(rejected) if rejected == expected), "{error:?}");
    stream.send_message(&[1; 10]).unwrap();
    stream.finish().unwrap();
    assert_eq!(lengths(socket), [10]);
    let error = stream.send_message(&[1; 11]).unwrap_err();
    assert!(matches!(error, Error::Rejected(Rejected::State)), "{error:?}");
}

#[test]
fn a_message_without_room_waits_and_is_sent_whole_or_not_at_all() {
    let (mut stream, socket) = pair(Config::CLIENT);
    stream.set_write_timeout(Some(Duration::from_millis(1)));
    let mut sent = 0;
    let error = loop {
        match stream.send_message(&vec![1; 300_000]) {
            Ok(()) => sent += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(io::Error::from(error).kind(), ErrorKind::TimedOut);
    stream.set_write_timeout(None);
    let peer = thread::spawn(move || lengths(socket));
    stream.send_message(&[1; 3]).unwrap();
    stream.finish().unwrap();
    let mut expected = vec![300_000; sent];
    expected.push(3);
    assert_eq!(peer.join().unwrap(), expected);
}

//= test SRS_THRIFT_SASL_02_004
#[test]
fn who_reads_keeps_nobody_from_writing() {
    let (stream, mut socket) = pair(Config::CLIENT);
    let writer = Shared::new(stream);
    let (mut reader, (tell, told)) = (writer.clone(), mpsc::channel());
    let reading = thread::spawn(move || {
        let mut got = [0; 5];
        // It has waited once when the other begins.
        reader.with(|stream| stream.set_read_timeout(Some(Duration::from_millis(20))));
        assert_eq!(reader.read(&mut got).unwrap_err().kind(), ErrorKind::TimedOut);
        reader.with(|stream| stream.set_read_timeout(None));
        tell.send(()).unwrap();
        reader.read_exact(&mut got).unwrap();
        (got, reader.read(&mut got).unwrap())
    });
    told.recv().unwrap();
    // The peer answers only what was asked.
    writer.send_message(b"ask").unwrap();
    writer.flush().unwrap();
    socket.read_exact(&mut [0; 7]).unwrap();
    socket.write_all(b"reply").unwrap();
    socket.shutdown(Shutdown::Write).unwrap();
    assert_eq!(reading.join().unwrap(), (*b"reply", 0));
    writer.close().unwrap();
}

#[test]
fn who_writes_keeps_nobody_from_reading() {
    let (stream, mut socket) = pair(Config::CLIENT);
    let writer = Shared::new(stream);
    let mut reader = writer.clone();
    let writing = thread::spawn(move || {
        for _ in 0..20 {
            writer.send_message(&vec![1; 1_000_000]).unwrap();
        }
        writer.finish().unwrap();
    });
    // Nothing is taken of what is written until what the peer says was read.
    socket.write_all(b"hello").unwrap();
    let mut got = [0; 5];
    reader.read_exact(&mut got).unwrap();
    assert_eq!(got, *b"hello");
    assert_eq!(lengths(socket), [1_000_000; 20]);
    writing.join().unwrap();
}

#[test]
fn a_close_wakes_who_reads() {
    let mut config = Config::CLIENT;
    config.limits.close = Duration::from_millis(1);
    let (stream, _silent) = pair(config);
    let writer = Shared::new(stream);
    let (mut reader, (tell, told)) = (writer.clone(), mpsc::channel());
    let reading = thread::spawn(move || {
        tell.send(()).unwrap();
        reader.read(&mut [0; 5])
    });
    told.recv().unwrap();
    writer.close().unwrap();
    assert_eq!(reading.join().unwrap().unwrap(), 0);
    assert!(matches!(writer.send_message(b"late"), Err(Error::Rejected(Rejected::State))));
}
