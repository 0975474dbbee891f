//! The loop of a server.

use std::io::Write;
use std::thread::{self, JoinHandle};

use thrift::TransportErrorKind;
use thrift::protocol::{TBinaryInputProtocol, TBinaryOutputProtocol, TOutputProtocol};
use thrift::transport::TIoChannel;
use xiom::ClientLayers;
use xiom_thrift::Channel;

use crate::peer::{Echo, call, client, listen, reply, server};

/// A client, and the end of the loop that serves it, with whom it served.
fn pair() -> (Channel<ClientLayers>, JoinHandle<(String, thrift::Result<()>)>) {
    let (listener, port) = listen();
    let server = server();
    let thread = thread::spawn(move || {
        let channel = xiom_thrift::accept(&server, listener.accept().unwrap().0).unwrap();
        let user = channel.shared().with(|stream| {
            let established = stream.xio().channel().layers().unwrap().upper().established();
            established.unwrap().principal().acts_as().unwrap().to_owned()
        });
        (user, xiom_thrift::serve(channel, &Echo))
    });
    (xiom_thrift::connect(&client(port).build().unwrap()).unwrap(), thread)
}

//= test SRS_THRIFT_SASL_02_005
#[test]
fn requests_are_answered_until_the_client_ends_between_two() {
    let (channel, serving) = pair();
    let (read, write) = channel.split().unwrap();
    let mut input = TBinaryInputProtocol::new(read, true);
    let mut output = TBinaryOutputProtocol::new(write, true);
    for text in ["", "hello", &"x".repeat(300_000)] {
        call(&mut output, text).unwrap();
        output.flush().unwrap();
        assert_eq!(reply(&mut input).unwrap(), text);
    }
    // Requests may be on their way together.
    for text in ["one", "two"] {
        call(&mut output, text).unwrap();
        output.flush().unwrap();
    }
    assert_eq!(reply(&mut input).unwrap(), "one");
    assert_eq!(reply(&mut input).unwrap(), "two");
    drop((input, output));
    let (user, served) = serving.join().unwrap();
    assert_eq!(user, "ann");
    served.unwrap();
}

//= test SRS_THRIFT_SASL_02_005
#[test]
fn a_request_that_is_cut_off_is_an_error() {
    let (mut channel, serving) = pair();
    let mut request = Vec::new();
    call(&mut TBinaryOutputProtocol::new(&mut request, true), "hello").unwrap();
    channel.write_all(&request[..request.len() - 1]).unwrap();
    channel.flush().unwrap();
    channel.close().unwrap();
    let error = serving.join().unwrap().1.unwrap_err();
    let thrift::Error::Transport(error) = error else { panic!("{error:?}") };
    assert_eq!(error.kind, TransportErrorKind::EndOfFile);
}
