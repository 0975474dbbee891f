//! A server made of bare octets, which shows the frames that a client sends, and an echo as a service.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use thrift::protocol::{TInputProtocol, TMessageIdentifier, TMessageType, TOutputProtocol};
use thrift::server::TProcessor;
use xiom::{Client, ClientBuilder, Protocol, Server, UserTable};

/// A client of `ann` for the server at `port`, by PLAIN in clear.
pub(crate) fn client(port: u16) -> ClientBuilder {
    Client::builder(&format!("thrift+sasl://ann:pencil@127.0.0.1:{port}"))
        .unwrap()
        .allow_cleartext()
}

/// A server that knows `ann`.
pub(crate) fn server() -> Server {
    let users = UserTable::new().with("ann", "pencil").unwrap();
    Server::builder(users).protocol(Protocol::Thrift).allow_cleartext().build().unwrap()
}

pub(crate) fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// Lets a client in, whoever it is, and collects the lengths of its frames until it ends.
pub(crate) fn frames() -> (u16, JoinHandle<Vec<usize>>) {
    let (listener, port) = listen();
    let thread = thread::spawn(move || {
        let mut socket = listener.accept().unwrap().0;
        for status in [1, 5] {
            let mut head = [0];
            socket.read_exact(&mut head).unwrap();
            assert_eq!(head, [status], "START, then the one response of PLAIN");
            let length = length(&mut socket).unwrap();
            socket.read_exact(&mut vec![0; length]).unwrap();
        }
        socket.write_all(b"\x05\0\0\0\0").unwrap();
        let mut lengths = Vec::new();
        while let Some(length) = length(&mut socket) {
            socket.read_exact(&mut vec![0; length]).unwrap();
            lengths.push(length);
        }
        lengths
    });
    (port, thread)
}

fn length(socket: &mut TcpStream) -> Option<usize> {
    let mut octets = [0; 4];
    socket.read_exact(&mut octets).ok()?;
    u32::from_be_bytes(octets).try_into().ok()
}

/// A service with one method, which answers by the text that it got.
pub(crate) struct Echo;

impl TProcessor for Echo {
    fn process(
        &self,
        input: &mut dyn TInputProtocol,
        output: &mut dyn TOutputProtocol,
    ) -> thrift::Result<()> {
        let call = input.read_message_begin()?;
        let text = input.read_string()?;
        input.read_message_end()?;
        let (name, number) = (call.name, call.sequence_number);
        output.write_message_begin(&TMessageIdentifier::new(name, TMessageType::Reply, number))?;
        output.write_string(&text)?;
        output.write_message_end()?;
        output.flush()
    }
}

/// Writes a call of [`Echo`], without a flush.
pub(crate) fn call(output: &mut dyn TOutputProtocol, text: &str) -> thrift::Result<()> {
    output.write_message_begin(&TMessageIdentifier::new("echo", TMessageType::Call, 7))?;
    output.write_string(text)?;
    output.write_message_end()
}

/// Reads the answer of [`Echo`].
pub(crate) fn reply(input: &mut dyn TInputProtocol) -> thrift::Result<String> {
    let reply = input.read_message_begin()?;
    assert_eq!((reply.message_type, reply.sequence_number), (TMessageType::Reply, 7));
    input.read_string()
}
