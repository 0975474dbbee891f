//! What is refused: each with the layer, the stage and the cause.

use core::net::SocketAddr;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use socket2::{Domain, Socket, Type};
use xiom::core::{
    AuthFault, Blame, Cause, CertificateFault, HeaderFault, LayerName, OutcomeCode, SaslFault,
    SocketFault, Stage, TlsFault,
};
use xiom::{Client, ClientBuilder, Error, TlsStyle, UrlFault};

use crate::pki::Pki;

/// The failure of a client that `build` describes, against a server that does `serve`.
fn fail(
    serve: impl FnOnce(TcpStream) + Send + 'static,
    build: impl FnOnce(u16) -> ClientBuilder,
) -> Error {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || serve(listener.accept().unwrap().0));
    let error = build(port).build().unwrap().connect_blocking().map(drop).unwrap_err();
    server.join().unwrap();
    error
}

/// A server of the facade that is to refuse; its own failure does not matter here.
fn refuse(server: xiom::Server) -> impl FnOnce(TcpStream) + Send + 'static {
    move |socket| assert!(server.accept_blocking(socket).is_err())
}

/// A server that says `octets` and waits for the end.
fn say(octets: &'static [u8]) -> impl FnOnce(TcpStream) + Send + 'static {
    move |mut socket| {
        // A client that hangs up early makes these fail, which is its right.
        let _ = socket.write_all(octets);
        let _ = socket.read_to_end(&mut Vec::new());
    }
}

fn url(port: u16, scheme: &str, password: &str) -> ClientBuilder {
    Client::builder(&format!("{scheme}://user:{password}@localhost:{port}")).unwrap()
}

fn cause(error: &Error) -> (Stage, Cause) {
    let failure = error.failure().unwrap_or_else(|| panic!("{error:?}"));
    (failure.stage, failure.cause)
}

#[test]
fn a_wrong_password() {
    let pki = Pki::new();
    let roots = pki.authority.clone();
    let server = refuse(pki.serve(Some(TlsStyle::Direct)));
    let error = fail(server, |port| url(port, "amqps", "wrong").only_roots(roots));
    let refused = Cause::Sasl(SaslFault::Refused(OutcomeCode::Auth));
    assert_eq!(cause(&error), (Stage::SaslExchange, refused));
    assert_eq!(refused.blame(), Blame::Credentials);
    assert!(!error.is_retryable());
}

#[test]
fn a_password_in_clear_is_never_sent() {
    let pki = Pki::new();
    let server = refuse(pki.serve(None));
    let error = fail(server, |port| url(port, "amqp", "password").only_mechanisms(["PLAIN"]));
    // The server does not offer it, and the client would not send it.
    assert_eq!(cause(&error).1, Cause::Sasl(SaslFault::NoCommonMechanism));
    let offer = b"AMQP\x03\x01\x00\x00\
        \x00\x00\x00\x18\x02\x01\x00\x00\x00\x53\x40\xc0\x0b\x01\xe0\x08\x01\xa3\x05PLAIN";
    let error = fail(say(offer), |port| url(port, "amqp", "password"));
    let in_clear = Cause::Mechanism(AuthFault::NotConfidential);
    assert_eq!(cause(&error), (Stage::SaslMechanisms, in_clear));
}

#[test]
fn an_authority_that_is_not_trusted() {
    let (pki, other) = (Pki::new(), Pki::new());
    let server = refuse(pki.serve(Some(TlsStyle::Direct)));
    let error = fail(server, |port| url(port, "amqps", "password").only_roots(other.authority));
    let unknown = Cause::Tls(TlsFault::Certificate(CertificateFault::UnknownIssuer));
    assert_eq!(cause(&error), (Stage::TlsHandshake, unknown));
    assert_eq!(error.layer(), Some(LayerName::Tls));
}

#[test]
fn servers_that_speak_something_else() {
    let header = |fault| Cause::Header(fault);
    let cases: [(&'static [u8], Cause); 4] = [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", header(HeaderFault::NotAmqp)),
        (b"AMQP\x00\x00\x09\x01", header(HeaderFault::PeerWithoutSasl)),
        (b"AMQP\x02\x01\x00\x00", header(HeaderFault::PeerRequiresTls)),
        (b"AMQP\x03\x02\x00\x00", header(HeaderFault::Version { major: 2, minor: 0, revision: 0 })),
    ];
    for (octets, expected) in cases {
        let error = fail(say(octets), |port| url(port, "amqp", "password"));
        assert_eq!(cause(&error), (Stage::SaslHeader, expected));
    }
}

#[test]
fn a_server_without_header_tls() {
    let pki = Pki::new();
    let roots = pki.authority.clone();
    let server = refuse(pki.serve(None));
    let build = |port| url(port, "amqp", "password").tls(TlsStyle::Header).only_roots(roots);
    let error = fail(server, build);
    let expected = Cause::Header(HeaderFault::PeerWithoutTls);
    assert_eq!(cause(&error), (Stage::TlsHeader, expected));
}

#[test]
fn nobody_listens() {
    // A port that is taken, so that no other test gets it, and on which nobody listens.
    let taken = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    taken.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let port = taken.local_addr().unwrap().as_socket().unwrap().port();
    let client = Client::new(&format!("amqp://user:password@127.0.0.1:{port}")).unwrap();
    let error = client.connect_blocking().map(drop).unwrap_err();
    let refused = Cause::Socket(SocketFault::Refused);
    assert_eq!(cause(&error), (Stage::Connecting, refused));
    assert!(error.is_retryable());
}

#[test]
fn urls_that_are_none() {
    let cases = [
        ("broker.example", UrlFault::Malformed),
        ("http://broker.example", UrlFault::Scheme),
        ("amqps://user@broker.example", UrlFault::Password),
        ("amqps://:password@broker.example", UrlFault::User),
        ("amqps://user:%FF@broker.example", UrlFault::Encoding),
        ("amqps://us%00er:password@broker.example", UrlFault::Encoding),
    ];
    for (url, fault) in cases {
        let error = Client::builder(url).map(drop).unwrap_err();
        assert!(matches!(error, Error::Url(found) if found == fault), "{url}: {error:?}");
    }
}

#[test]
fn a_password_shows_nowhere() {
    let client = Client::builder("amqp://user:SECRET@localhost").unwrap();
    let built = client.clone().build().unwrap();
    let shown = format!("{client:?} {built:?} {} {:?}", built.address(), built.layers().unwrap());
    assert!(!shown.contains("SECRET") && !shown.contains("83, 69, 67"), "{shown}");
}
