//! Layers and ends for the tests: toy TLS, and a layer that asks for a word.

use core::net::SocketAddr;
use core::time::Duration;
use std::net::{TcpListener, TcpStream};

use socket2::{Domain, Socket, Type};
use xiom_core::{
    Action, AuthFault, Cause, Layer, OpenResult, Phase, Received, Security, SendId, Stage, WireBuf,
};
use xiom_testing::ToyEngine;
use xiom_tls::Tls;
use xiom_xio::{Clock, Config, Remote, Told, Xio, listen};

pub(crate) type Toy = Tls<ToyEngine>;

pub(crate) fn client() -> Toy {
    Tls::new(ToyEngine::client())
}

pub(crate) fn server() -> Toy {
    Tls::new(ToyEngine::server())
}

pub(crate) fn listener() -> (TcpListener, SocketAddr) {
    let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// An address where nobody listens, nor will anybody else as long as the socket lives.
pub(crate) fn nobody() -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&"127.0.0.1:0".parse::<SocketAddr>().unwrap().into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, address)
}

/// One end with what it was told.
pub(crate) struct End<L> {
    pub(crate) xio: Xio<L>,
    pub(crate) told: Vec<Action>,
    pub(crate) got: Vec<u8>,
}

impl<L: Layer> End<L> {
    pub(crate) fn client(remote: impl Into<Remote>, layers: L) -> Self {
        Self::open(Xio::client(remote.into(), Config::CLIENT), layers)
    }

    pub(crate) fn server(socket: TcpStream, layers: L) -> Self {
        Self::open(Xio::server(socket, Config::SERVER).unwrap(), layers)
    }

    fn open(mut xio: Xio<L>, layers: L) -> Self {
        xio.open(layers, Duration::ZERO).unwrap();
        Self { xio, told: Vec::new(), got: Vec::new() }
    }

    pub(crate) fn work(&mut self, now: Duration) {
        let (told, got) = (&mut self.told, &mut self.got);
        self.xio.dowork(now, |news| match news {
            Told::Action(action) => told.push(action),
            Told::Received(octets) => got.extend_from_slice(octets),
        });
    }

    pub(crate) fn has_opened(&self) -> bool {
        self.told.contains(&Action::Opened(OpenResult::Ok))
    }

    pub(crate) fn send_all(&mut self, octets: &[u8]) {
        for (index, part) in octets.chunks(10_000).enumerate() {
            self.xio.send(SendId(u32::try_from(index).unwrap()), part).unwrap();
        }
    }
}

/// Works on both until `done`; fails rather than hang.
pub(crate) fn work_until<A: Layer, B: Layer>(
    a: &mut End<A>,
    b: &mut End<B>,
    done: impl Fn(&End<A>, &End<B>) -> bool,
) {
    let clock = Clock::start();
    while !done(a, b) {
        assert!(clock.now() < Duration::from_mins(1), "{:?} {:?}", a.told, b.told);
        a.work(Duration::ZERO);
        b.work(Duration::ZERO);
    }
}

/// Both ends of an open connection.
pub(crate) fn pair() -> (End<Toy>, End<Toy>) {
    let (listener, address) = listener();
    let mut a = End::client(address, client());
    a.work(Duration::ZERO);
    let mut b = End::server(listener.accept().unwrap().0, server());
    work_until(&mut a, &mut b, |a, b| a.has_opened() && b.has_opened());
    (a, b)
}

/// Takes one octet, asks the user whether it is right, and is open; octets then pass unchanged.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asker {
    pub(crate) phase: Phase,
    pub(crate) word: u8,
}

impl Asker {
    pub(crate) fn answer(&mut self, is_right: bool) {
        let refused = Cause::Mechanism(AuthFault::BadCredentials).at(Stage::SaslLookup);
        self.phase = if is_right { Phase::Open } else { Phase::Failed(refused) };
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
