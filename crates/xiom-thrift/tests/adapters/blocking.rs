//! Channels of the `thrift` crate.

use std::io::{ErrorKind, Read, Write};
use std::sync::mpsc;
use std::thread;

use thrift::transport::TIoChannel;
use xiom::core::{Cause, Stage, ThriftFault};
use xiom::{Client, Server, UserTable};
use xiom_thrift::{Error, Overfull};

use crate::peer::{client, frames, listen, server};

//= test SRS_THRIFT_SASL_50_044
#[test]
fn what_is_written_between_two_flushes_is_one_frame() {
    let (port, peer) = frames();
    let mut channel = xiom_thrift::connect(&client(port).build().unwrap()).unwrap();
    channel.flush().unwrap();
    for _ in 0..300 {
        channel.write_all(b"0123456789").unwrap();
    }
    channel.flush().unwrap();
    channel.write_all(&vec![0; 2_000_000]).unwrap();
    channel.flush().unwrap();
    channel.flush().unwrap();
    channel.write_all(b"never flushed").unwrap();
    channel.close().unwrap();
    assert_eq!(peer.join().unwrap(), [3000, 2_000_000]);
}

//= test SRS_THRIFT_SASL_50_044
#[test]
fn what_exceeds_a_frame_is_several_in_their_order() {
    let (port, peer) = frames();
    let client = client(port).thrift_frame_limit(100).build().unwrap();
    let mut channel = xiom_thrift::connect(&client).unwrap().with_limit(250);
    channel.write_all(&[0; 250]).unwrap();
    channel.flush().unwrap();
    channel.close().unwrap();
    assert_eq!(peer.join().unwrap(), [100, 100, 50]);
}

//= test SRS_THRIFT_SASL_50_034, SRS_THRIFT_SASL_02_003
#[test]
fn too_much_without_a_flush_is_refused_and_drops_the_message() {
    let (port, peer) = frames();
    let client = client(port).thrift_frame_limit(100).build().unwrap();
    let mut channel = xiom_thrift::connect(&client).unwrap();
    channel.write_all(&[0; 60]).unwrap();
    let error = channel.write_all(&[0; 60]).unwrap_err();
    let overfull: &Overfull = error.get_ref().unwrap().downcast_ref().unwrap();
    assert_eq!(*overfull, Overfull { size: 120, limit: 100 });
    channel.flush().unwrap();
    channel.write_all(&[0; 100]).unwrap();
    channel.flush().unwrap();
    channel.close().unwrap();
    assert_eq!(peer.join().unwrap(), [100]);
}

//= test SRS_THRIFT_SASL_02_004
#[test]
fn a_half_that_reads_keeps_the_other_from_nothing() {
    let (listener, port) = listen();
    let server = server();
    let peer = thread::spawn(move || {
        let mut channel = xiom_thrift::accept(&server, listener.accept().unwrap().0).unwrap();
        channel.read_exact(&mut [0; 3]).unwrap();
        channel.write_all(b"reply").unwrap();
        channel.flush().unwrap();
        assert!(channel.is_at_end().unwrap());
    });
    let channel = xiom_thrift::connect(&client(port).build().unwrap()).unwrap();
    let (mut read, mut write) = channel.split().unwrap();
    let (tell, told) = mpsc::channel();
    let reading = thread::spawn(move || {
        tell.send(()).unwrap();
        let mut got = [0; 5];
        read.read_exact(&mut got).unwrap();
        got
    });
    told.recv().unwrap();
    write.write_all(b"ask").unwrap();
    write.flush().unwrap();
    assert_eq!(reading.join().unwrap(), *b"reply");
    write.close().unwrap();
    peer.join().unwrap();
}

//= test SRS_THRIFT_SASL_02_006
#[test]
fn what_is_for_amqp_is_refused_before_it_connects() {
    // Nobody listens, and nobody is asked.
    let client = Client::new("amqp://ann:pencil@127.0.0.1:1").unwrap();
    assert!(matches!(xiom_thrift::connect(&client), Err(Error::NotThrift)));
    let (listener, port) = listen();
    let _socket = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    let server = Server::builder(UserTable::new().with_anonymous()).build().unwrap();
    let refused = xiom_thrift::accept(&server, listener.accept().unwrap().0);
    assert!(matches!(refused, Err(Error::NotThrift)));
}

#[test]
fn a_wrong_password_keeps_its_failure_and_the_words_of_the_peer() {
    let (listener, port) = listen();
    let server = server();
    let peer = thread::spawn(move || {
        xiom_thrift::accept(&server, listener.accept().unwrap().0).map(drop).unwrap_err()
    });
    let url = format!("thrift+sasl://ann:wrong@127.0.0.1:{port}");
    let client = Client::builder(&url).unwrap().allow_cleartext().build().unwrap();
    let error = xiom_thrift::connect(&client).map(drop).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("authentication failed"), "{text}");
    let error = std::io::Error::from(error);
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    let failure = xiom::xio::failure_of(&error).unwrap();
    assert_eq!(failure, Cause::Thrift(ThriftFault::Refused).at(Stage::SaslExchange));
    let thrift::Error::Transport(error) = error.into() else { panic!() };
    assert_eq!(error.message, text);
    assert!(matches!(peer.join().unwrap(), Error::Connection(_)));
}
