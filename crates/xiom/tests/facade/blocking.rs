//! Without a runtime: threads, sockets, both TLS styles.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use xiom::sasl::{BindingType, Identity, PeerProof};
use xiom::{Client, Login, TlsStyle};

use crate::pki::Pki;

/// Accepts one client and echoes until it ends; who came in, and how.
fn echo(
    listener: TcpListener,
    server: xiom::Server,
) -> thread::JoinHandle<(Identity, Option<BindingType>)> {
    thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        let mut stream = server.accept_blocking(socket).unwrap();
        let layers = stream.xio().channel().layers().unwrap();
        let established = layers.upper().established().unwrap();
        let who = (established.principal().identity.clone(), established.bound());
        let mut octets = Vec::new();
        stream.read_to_end(&mut octets).unwrap();
        stream.write_all(&octets).unwrap();
        stream.close().unwrap();
        who
    })
}

fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[test]
fn password_over_both_styles_binds_the_channel_and_echoes() {
    let pki = Pki::new();
    for style in [TlsStyle::Direct, TlsStyle::Header] {
        let (listener, port) = listen();
        let server = echo(listener, pki.serve(Some(style)));
        let client = Client::builder(&format!("amqps://user:password@localhost:{port}"))
            .unwrap()
            .tls(style)
            .only_roots(&pki.authority)
            .build()
            .unwrap();
        let mut stream = client.connect_blocking().unwrap();
        let established = stream.xio().channel().layers().unwrap().upper().established().unwrap();
        assert_eq!(established.peer(), PeerProof::Verified);
        let sent: Vec<u8> = (0..300_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        stream.write_all(&sent).unwrap();
        stream.finish().unwrap();
        let mut got = Vec::new();
        stream.read_to_end(&mut got).unwrap();
        assert!(got == sent, "{} octets came back of {}", got.len(), sent.len());
        stream.close().unwrap();
        let who = (Identity::User("user".into()), Some(BindingType::TlsExporter));
        assert_eq!(server.join().unwrap(), who);
    }
}

#[test]
fn a_certificate_is_an_identity() {
    let pki = Pki::new();
    let (listener, port) = listen();
    let server = echo(listener, pki.serve(Some(TlsStyle::Direct)));
    let (chain, key) = &pki.client;
    let client = Client::builder(&format!("amqps://localhost:{port}"))
        .unwrap()
        .only_roots(&pki.authority)
        .certificate(chain, key.as_str())
        .build()
        .unwrap();
    client.connect_blocking().unwrap().close().unwrap();
    assert_eq!(server.join().unwrap().0, Identity::External("client1".into()));
}

#[test]
fn without_tls_scram_still_proves_both_ends() {
    let pki = Pki::new();
    let (listener, port) = listen();
    let server = echo(listener, pki.serve(None));
    let mut stream =
        xiom::blocking::connect(&format!("amqp://user:password@127.0.0.1:{port}")).unwrap();
    let established = stream.xio().channel().layers().unwrap().upper().established().unwrap();
    assert_eq!(established.peer(), PeerProof::Verified, "PLAIN would not");
    stream.close().unwrap();
    assert_eq!(server.join().unwrap(), (Identity::User("user".into()), None));
}

#[test]
fn anonymous_is_what_a_url_without_a_user_means() {
    let pki = Pki::new();
    let (listener, port) = listen();
    let server = echo(listener, pki.serve(None));
    let client = Client::builder(&format!("amqp://127.0.0.1:{port}"))
        .unwrap()
        .login(Login::Anonymous("guest".to_owned()))
        .build()
        .unwrap();
    client.connect_blocking().unwrap().close().unwrap();
    assert_eq!(server.join().unwrap().0, Identity::Anonymous("guest".into()));
}
