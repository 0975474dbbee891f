//! With tokio: connect, resume, tunnel.

use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::net::TcpListener;
use xiom::{Client, TlsStyle};

use crate::pki::Pki;

#[tokio::test]
async fn a_second_connection_resumes_the_session_of_the_first() {
    let pki = Pki::new();
    let server = pki.serve(Some(TlsStyle::Direct));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        for _ in 0..2 {
            let (socket, _) = listener.accept().await.unwrap();
            let mut stream = server.accept(socket).await.unwrap();
            let mut octets = [0; 5];
            stream.read_exact(&mut octets).await.unwrap();
            stream.write_all(&octets).await.unwrap();
            stream.close().await.unwrap();
        }
    });
    let client = Client::builder(&format!("amqps://user:password@localhost:{port}"))
        .unwrap()
        .only_roots(&pki.authority)
        .build()
        .unwrap();
    for resumed in [false, true] {
        let mut stream = client.connect().await.unwrap();
        stream.write_all(b"hello").await.unwrap();
        let mut octets = [0; 5];
        stream.read_exact(&mut octets).await.unwrap();
        assert_eq!(&octets, b"hello");
        let engine = stream.channel().layers().unwrap().lower().engine().unwrap();
        assert_eq!(engine.facts().unwrap().resumed, resumed);
        stream.close().await.unwrap();
    }
    task.await.unwrap();
}

#[tokio::test]
async fn a_tunnel_is_as_good_as_a_socket() {
    let pki = Pki::new();
    let server = pki.serve(Some(TlsStyle::Header));
    let (near, far) = duplex(1000);
    let task = tokio::spawn(async move { server.accept(far).await.unwrap().close().await });
    let client = Client::builder("amqps://user:password@localhost")
        .unwrap()
        .tls(TlsStyle::Header)
        .only_roots(&pki.authority)
        .build()
        .unwrap();
    let mut stream = client.connect_over(near).await.unwrap();
    assert_eq!(stream.read(&mut [0; 8]).await.unwrap(), 0, "the server ends in order");
    stream.close().await.unwrap();
    task.await.unwrap().unwrap();
}
