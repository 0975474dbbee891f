//! Layers and ends for the tests: toy TLS, and a layer that asks for a word and computes.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, duplex};
use tokio::net::{TcpListener, TcpStream};
use xiom_core::{AuthFault, Cause, Failure, Layer, Phase, Received, Security, Stage, WireBuf};
use xiom_testing::ToyEngine;
use xiom_tls::Tls;
use xiom_tokio::{Acceptor, Connector, Stream};

pub(crate) type Toy = Tls<ToyEngine>;

pub(crate) fn client() -> Toy {
    Tls::new(ToyEngine::client())
}

pub(crate) fn server() -> Toy {
    Tls::new(ToyEngine::server())
}

/// Opens both ends over the two sockets.
pub(crate) async fn open<A, B>(near: A, far: B) -> (Stream<Toy, A>, Stream<Toy, B>)
where
    A: AsyncRead + AsyncWrite + Unpin,
    B: AsyncRead + AsyncWrite + Unpin,
{
    let near = Connector::default().connect(near, client());
    let far = Acceptor::default().accept(far, server());
    let (near, far) = tokio::join!(near, far);
    (near.unwrap(), far.unwrap())
}

/// Both ends over a pipe of `size` octets.
pub(crate) async fn pipe(size: usize) -> (Stream<Toy, DuplexStream>, Stream<Toy, DuplexStream>) {
    let (near, far) = duplex(size);
    open(near, far).await
}

/// Both ends over loopback.
pub(crate) async fn loopback() -> (Stream<Toy>, Stream<Toy>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (near, far) = tokio::join!(TcpStream::connect(address), listener.accept());
    open(near.unwrap(), far.unwrap().0).await
}

pub(crate) fn failure(error: &io::Error) -> Failure {
    *error.get_ref().unwrap().downcast_ref::<Failure>().unwrap()
}

/// Octets that tell where they belong.
pub(crate) fn octets(count: u32) -> Vec<u8> {
    (0..count).map(|index| u8::try_from(index % 251).unwrap()).collect()
}

/// Takes one octet, asks the user whether it is right, computes for a while and is open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asker {
    phase: Phase,
    pub(crate) word: u8,
    pub(crate) slices: u32,
}

impl Asker {
    pub(crate) fn answer(&mut self, is_right: bool) {
        let refused = Cause::Mechanism(AuthFault::BadCredentials).at(Stage::SaslLookup);
        self.phase =
            if is_right { Phase::Working(Stage::SaslExchange) } else { Phase::Failed(refused) };
    }
}

impl Layer for Asker {
    fn open(&mut self, _below: &Security, _out: &mut WireBuf) {
        self.phase = Phase::Opening(Stage::SaslInit);
    }

    fn receive(&mut self, input: &mut [u8], _out: &mut WireBuf) -> Option<Received> {
        match (self.phase, &*input) {
            (Phase::Opening(_), [word, ..]) => {
                (self.word, self.phase) = (*word, Phase::Asking(Stage::SaslLookup));
                Some(Received::skip(1))
            }
            (Phase::Open, _) => Received::pass(input),
            _ => None,
        }
    }

    fn send(&mut self, octets: &[u8], out: &mut WireBuf) {
        out.extend(octets);
    }

    fn close(&mut self, _out: &mut WireBuf) {}

    fn end(&mut self) {
        self.phase = Phase::Ended;
    }

    fn phase(&self) -> Phase {
        self.phase
    }

    fn security(&self) -> Security {
        Security::default()
    }

    fn work(&mut self, _iterations: u32, _out: &mut WireBuf) {
        self.slices += 1;
        if self.slices == 10 {
            self.phase = Phase::Open;
        }
    }
}

/// Puts its length before each message; what comes passes unchanged.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lengths {
    phase: Phase,
}

impl Layer for Lengths {
    fn open(&mut self, _below: &Security, _out: &mut WireBuf) {
        self.phase = Phase::Open;
    }

    fn receive(&mut self, input: &mut [u8], _out: &mut WireBuf) -> Option<Received> {
        Received::pass(input)
    }

    fn send(&mut self, octets: &[u8], out: &mut WireBuf) {
        out.extend(&u32::try_from(octets.len()).unwrap().to_be_bytes());
        out.extend(octets);
    }

    fn close(&mut self, _out: &mut WireBuf) {}

    fn end(&mut self) {
        self.phase = Phase::Ended;
    }

    fn phase(&self) -> Phase {
        self.phase
    }

    fn security(&self) -> Security {
        Security::default()
    }
}
