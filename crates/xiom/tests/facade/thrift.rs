//! Thrift over real sockets: both sides, both runtimes, each mechanism, and what is refused.

use core::time::Duration;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use xiom::core::{Cause, Stage, ThriftFault};
use xiom::rustls::ServerOptions;
use xiom::sasl::PeerProof;
use xiom::sasl::scram::Hash;
use xiom::{
    Address, Client, ClientBuilder, Error, Protocol, Server, ServerBuilder, TlsStyle, UrlFault,
    UserTable,
};

use crate::pki::Pki;

/// A server of Thrift that knows `ann`, over TLS if it has a certificate.
fn serve(pki: Option<&Pki>) -> ServerBuilder {
    let mut users = UserTable::new();
    users.add("ann", "pencil", &[Hash::Sha256, Hash::Sha512], 4096).unwrap();
    let builder = Server::builder(users).protocol(Protocol::Thrift).allow_cleartext();
    match pki {
        None => builder,
        Some(pki) => {
            let (chain, key) = &pki.server;
            builder.tls(TlsStyle::Direct, ServerOptions::new(chain, key.as_str().into()))
        }
    }
}

/// A client with `password` for the server at `port`, which trusts the certificate if there is one.
pub(crate) fn dial(port: u16, password: &str, pki: Option<&Pki>) -> ClientBuilder {
    let scheme = if pki.is_some() { "thrift+sasl+tls" } else { "thrift+sasl" };
    let builder = Client::builder(&format!("{scheme}://ann:{password}@localhost:{port}")).unwrap();
    match pki {
        None => builder.allow_cleartext(),
        Some(pki) => builder.only_roots(&pki.authority),
    }
}

pub(crate) fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// Accepts one client and sends back what it sent; by which mechanism it came in, or why not.
pub(crate) fn echo(
    listener: TcpListener,
    server: Server,
) -> JoinHandle<Result<&'static str, Error>> {
    thread::spawn(move || {
        let mut stream = server.accept_blocking(listener.accept().unwrap().0)?;
        let layers = stream.xio().channel().layers().unwrap();
        let established = layers.upper().established().unwrap();
        assert_eq!(established.principal().acts_as(), Some("ann"));
        let mechanism = established.mechanism();
        let mut octets = Vec::new();
        stream.read_to_end(&mut octets)?;
        stream.send_message(&octets).unwrap();
        stream.close().unwrap();
        Ok(mechanism)
    })
}

const MECHANISMS: [&str; 3] = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"];

#[test]
fn each_mechanism_over_tcp_and_tls_without_a_runtime() {
    let pki = Pki::new();
    let sent = vec![7; 300_000];
    for pki in [None, Some(&pki)] {
        for mechanism in MECHANISMS {
            let (listener, port) = listen();
            let server = echo(listener, serve(pki).build().unwrap());
            let client = dial(port, "pencil", pki).only_mechanisms([mechanism]).build().unwrap();
            let mut stream = client.connect_blocking().unwrap();
            let layers = stream.xio().channel().layers().unwrap();
            let proof = layers.upper().established().unwrap().peer();
            assert_eq!(proof == PeerProof::Verified, mechanism != "PLAIN");
            stream.send_message(&sent).unwrap();
            stream.finish().unwrap();
            let mut got = Vec::new();
            stream.read_to_end(&mut got).unwrap();
            assert!(got == sent, "{mechanism}: {} octets came back", got.len());
            stream.close().unwrap();
            assert_eq!(server.join().unwrap().unwrap(), mechanism);
        }
    }
}

#[tokio::test]
async fn each_mechanism_over_tcp_and_tls_with_tokio() {
    let pki = Pki::new();
    let sent = vec![7; 300_000];
    for pki in [None, Some(&pki)] {
        let server = serve(pki).build().unwrap();
        for mechanism in MECHANISMS {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let port = listener.local_addr().unwrap().port();
            let client = dial(port, "pencil", pki).only_mechanisms([mechanism]).build().unwrap();
            let accepting = async {
                let mut stream = server.accept(listener.accept().await.unwrap().0).await.unwrap();
                let mut octets = Vec::new();
                stream.read_to_end(&mut octets).await.unwrap();
                stream.send_message(&octets).await.unwrap();
                stream.close().await.unwrap();
            };
            let connecting = async {
                let mut stream = client.connect().await.unwrap();
                let layers = stream.channel().layers().unwrap();
                assert_eq!(layers.upper().established().unwrap().mechanism(), mechanism);
                stream.send_message(&sent).await.unwrap();
                stream.shutdown().await.unwrap();
                let mut got = Vec::new();
                stream.read_to_end(&mut got).await.unwrap();
                assert!(got == sent, "{mechanism}: {} octets came back", got.len());
                stream.close().await.unwrap();
            };
            tokio::join!(accepting, connecting);
        }
    }
}

#[test]
fn a_client_of_thrift_takes_plain_where_nothing_is_said() {
    let pki = Pki::new();
    let (listener, port) = listen();
    let server = echo(listener, serve(Some(&pki)).build().unwrap());
    let client = dial(port, "pencil", Some(&pki)).build().unwrap();
    client.connect_blocking().unwrap().close().unwrap();
    assert_eq!(server.join().unwrap().unwrap(), "PLAIN");
}

const REFUSED: Cause = Cause::Thrift(ThriftFault::Refused);

//= test SRS_THRIFT_SASL_01_025
#[test]
fn a_wrong_password_comes_with_the_words_of_the_server() {
    let pki = Pki::new();
    for mechanism in MECHANISMS {
        let (listener, port) = listen();
        let server = echo(listener, serve(Some(&pki)).build().unwrap());
        let client = dial(port, "wrong", Some(&pki)).only_mechanisms([mechanism]);
        let error = client.build().unwrap().connect_blocking().map(drop).unwrap_err();
        let Error::Failed { failure, peer_text, .. } = &error else { panic!("{error:?}") };
        assert_eq!(*failure, REFUSED.at(Stage::SaslExchange), "{mechanism}");
        assert_eq!(peer_text.as_deref(), Some("authentication failed"));
        assert!(error.to_string().ends_with(r#": "authentication failed""#), "{error}");
        assert!(!error.is_retryable());
        let error = std::io::Error::from(error);
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        assert_eq!(xiom::xio::peer_text_of(&error), Some("authentication failed"));
        assert_eq!(xiom::xio::failure_of(&error), Some(REFUSED.at(Stage::SaslExchange)));
        assert!(server.join().unwrap().is_err());
    }
}

//= test SRS_THRIFT_SASL_01_025
#[tokio::test]
async fn a_wrong_password_comes_with_the_words_of_the_server_with_tokio() {
    let server = serve(None).build().unwrap();
    let client = dial(1, "wrong", None).build().unwrap();
    let (near, far) = tokio::io::duplex(100);
    let (refused, refusing) = tokio::join!(client.connect_over(near), server.accept(far));
    let Err(Error::Failed { failure, peer_text, .. }) = refused.map(drop) else { panic!() };
    assert_eq!(failure, REFUSED.at(Stage::SaslExchange));
    assert_eq!(peer_text.as_deref(), Some("authentication failed"));
    assert!(refusing.is_err());
}

#[test]
fn a_mechanism_that_the_server_does_not_accept() {
    let (listener, port) = listen();
    let server = echo(listener, serve(None).only_mechanisms(["PLAIN"]).build().unwrap());
    let client = dial(port, "pencil", None).only_mechanisms(["SCRAM-SHA-256"]).build().unwrap();
    let error = client.connect_blocking().map(drop).unwrap_err();
    assert_eq!(error.failure().unwrap().cause, REFUSED);
    assert!(server.join().unwrap().is_err());
}

#[test]
fn a_password_never_travels_in_clear_by_itself() {
    let (listener, port) = listen();
    let server = echo(listener, serve(None).build().unwrap());
    let url = format!("thrift+sasl://ann:pencil@localhost:{port}");
    let error = Client::new(&url).unwrap().connect_blocking().map(drop).unwrap_err();
    let in_clear = Cause::Mechanism(xiom::core::AuthFault::NotConfidential);
    assert_eq!(error.failure().unwrap().cause, in_clear);
    assert!(server.join().unwrap().is_err());
}

#[test]
fn a_frame_beyond_the_limit_fails_before_an_octet_of_it_comes_up() {
    let (listener, port) = listen();
    let server = serve(None).thrift_frame_limit(1000).build().unwrap();
    assert_eq!((server.thrift_frame_limit(), server.protocol()), (1000, Protocol::Thrift));
    let server = echo(listener, server);
    let client = dial(port, "pencil", None).build().unwrap();
    assert_eq!(client.thrift_frame_limit(), 16_384_000);
    let mut stream = client.connect_blocking().unwrap();
    stream.send_message(&[0; 1001]).unwrap();
    // The server hangs up, in whatever way the system tells that.
    let _ = stream.finish();
    let Err(Error::Io(error)) = server.join().unwrap() else { panic!() };
    let too_large = Cause::Thrift(ThriftFault::FrameTooLarge { size: 1001, limit: 1000 });
    assert_eq!(xiom::xio::failure_of(&error), Some(too_large.at(Stage::Open)));
}

#[test]
fn a_message_beyond_the_limit_of_frames_is_several() {
    let (listener, port) = listen();
    let server = echo(listener, serve(None).thrift_frame_limit(1000).build().unwrap());
    let client = dial(port, "pencil", None).thrift_frame_limit(1000).build().unwrap();
    let mut stream = client.connect_blocking().unwrap();
    stream.send_message(&[3; 2500]).unwrap();
    stream.finish().unwrap();
    let mut got = Vec::new();
    stream.read_to_end(&mut got).unwrap();
    assert_eq!(got, [3; 2500]);
    stream.close().unwrap();
    server.join().unwrap().unwrap();
}

//= test SRS_THRIFT_SASL_50_023
#[test]
fn a_server_cannot_be_made_with_a_mechanism_that_is_not_there() {
    for names in [&["SCRAM-SHA-1"][..], &["PLAIN", "GSSAPI"], &["PLANE"]] {
        let built = serve(None).only_mechanisms(names.iter().copied()).build();
        assert!(matches!(built, Err(Error::NoMechanism)), "{names:?}");
    }
    assert!(serve(None).only_mechanisms(["plain", "SCRAM-SHA-512"]).build().is_ok());
    // Over AMQP the server makes an offer, and a name that is not there is just not in it.
    let amqp = serve(None).protocol(Protocol::Amqp).only_mechanisms(["SCRAM-SHA-1"]);
    assert!(amqp.build().is_ok());
}

//= test SRS_THRIFT_SASL_50_035
#[test]
fn a_silent_server_meets_the_deadline() {
    let (_silent, port) = listen();
    let client = dial(port, "pencil", None).deadline(Duration::from_millis(1)).build().unwrap();
    let error = client.connect_blocking().map(drop).unwrap_err();
    assert_eq!(error.failure().unwrap().cause, Cause::Deadline);
    assert!(error.is_retryable());
}

#[test]
fn a_server_that_speaks_something_else() {
    let (listener, port) = listen();
    let peer = thread::spawn(move || {
        let mut socket = listener.accept().unwrap().0;
        socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        // A client that hangs up early makes this fail, which is its right.
        let _ = socket.read_to_end(&mut Vec::new());
    });
    let client = dial(port, "pencil", None).build().unwrap();
    let error = client.connect_blocking().map(drop).unwrap_err();
    let unknown = Cause::Thrift(ThriftFault::UnknownStatus(b'H'));
    assert_eq!(error.failure(), Some(unknown.at(Stage::SaslExchange)));
    peer.join().unwrap();
}

#[test]
fn urls_of_thrift() {
    let cases = [
        ("thrift+sasl://ann:pencil@hive.example", UrlFault::Port),
        ("thrift+sasl+tls://hive.example", UrlFault::Port),
        ("thrift+sasl://ann@hive.example:10000", UrlFault::Password),
        ("thrift+sasl://:pencil@hive.example:10000", UrlFault::User),
        ("thrift://ann:pencil@hive.example:10000", UrlFault::Scheme),
        ("thrift+tls://hive.example:10000", UrlFault::Scheme),
    ];
    for (url, fault) in cases {
        let error = Client::builder(url).map(drop).unwrap_err();
        assert!(matches!(error, Error::Url(found) if found == fault), "{url}: {error:?}");
    }
    for (url, is_tls) in [("thrift+sasl://h:1", false), ("thrift+sasl+tls://h:1", true)] {
        let address = Address::parse(url).unwrap();
        assert_eq!((address.protocol(), address.is_tls()), (Protocol::Thrift, is_tls));
        assert_eq!(address.to_string(), url);
    }
}
