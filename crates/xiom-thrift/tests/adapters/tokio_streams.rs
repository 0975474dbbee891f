//! Streams of tokio.

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, duplex};
use xiom::{Client, Server, UserTable};
use xiom_thrift::{Error, Overfull};

use crate::peer::{client, frames, server};

//= test SRS_THRIFT_SASL_50_044
#[tokio::test]
async fn what_is_written_between_two_flushes_is_one_frame() {
    let (port, peer) = frames();
    let client = client(port).build().unwrap();
    let mut stream = xiom_thrift::tokio::connect(&client).await.unwrap();
    stream.flush().await.unwrap();
    for _ in 0..300 {
        stream.write_all(b"0123456789").await.unwrap();
    }
    stream.flush().await.unwrap();
    stream.write_all(&vec![0; 2_000_000]).await.unwrap();
    stream.flush().await.unwrap();
    stream.write_all(b"a shutdown flushes").await.unwrap();
    stream.shutdown().await.unwrap();
    assert_eq!(peer.join().unwrap(), [3000, 2_000_000, 18]);
}

//= test SRS_THRIFT_SASL_50_034, SRS_THRIFT_SASL_02_003
#[tokio::test]
async fn too_much_without_a_flush_is_refused_and_drops_the_message() {
    let (port, peer) = frames();
    let client = client(port).thrift_frame_limit(100).build().unwrap();
    let mut stream = xiom_thrift::tokio::connect(&client).await.unwrap();
    stream.write_all(&[0; 60]).await.unwrap();
    let error = stream.write_all(&[0; 60]).await.unwrap_err();
    let overfull: &Overfull = error.get_ref().unwrap().downcast_ref().unwrap();
    assert_eq!(*overfull, Overfull { size: 120, limit: 100 });
    stream.write_all(&[0; 100]).await.unwrap();
    stream.flush().await.unwrap();
    let mut stream = stream.with_limit(250);
    stream.write_all(&[0; 250]).await.unwrap();
    stream.flush().await.unwrap();
    stream.close().await.unwrap();
    assert_eq!(peer.join().unwrap(), [100, 100, 100, 50]);
}

//= test SRS_THRIFT_SASL_02_006
#[tokio::test]
async fn what_is_for_amqp_is_refused_before_it_connects() {
    // Nobody listens, and nobody is asked.
    let client = Client::new("amqp://ann:pencil@127.0.0.1:1").unwrap();
    let refused = xiom_thrift::tokio::connect(&client).await;
    assert!(matches!(refused, Err(Error::NotThrift)));
    let server = Server::builder(UserTable::new().with_anonymous()).build().unwrap();
    let refused = xiom_thrift::tokio::accept(&server, duplex(100).0).await;
    assert!(matches!(refused, Err(Error::NotThrift)));
}

#[tokio::test]
async fn both_sides_over_a_tunnel() {
    let (near, far) = duplex(100);
    let (client, server) = (client(1).build().unwrap(), server());
    let connecting = client.connect_over(near);
    let (near, far) = tokio::join!(connecting, xiom_thrift::tokio::accept(&server, far));
    let (mut near, mut far) = (xiom_thrift::tokio::Stream::new(near.unwrap()), far.unwrap());
    let sent = vec![b'x'; 100_000];
    let sending = async {
        near.write_all(&sent).await.unwrap();
        near.write_all(b"\n").await.unwrap();
        near.flush().await.unwrap();
        let mut got = String::new();
        near.read_to_string(&mut got).await.unwrap();
        assert_eq!(got, "good");
    };
    let answering = async {
        let mut line = Vec::new();
        far.read_until(b'\n', &mut line).await.unwrap();
        assert_eq!(line.len(), 100_001);
        far.write_all(b"good").await.unwrap();
        far.shutdown().await.unwrap();
    };
    tokio::join!(sending, answering);
}
