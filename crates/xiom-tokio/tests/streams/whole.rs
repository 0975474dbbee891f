//! One stream in one task.

use std::io::{ErrorKind, IoSlice};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, duplex};
use xiom_core::{Cause, Plain, Stage, TlsFault};
use xiom_testing::{HELLO, seal};
use xiom_tokio::{Acceptor, Connector, Stream};

use crate::common::{Toy, failure, loopback, octets, pipe, server};

async fn echo<S: AsyncRead + AsyncWrite + Unpin>(a: Stream<Toy, S>, mut b: Stream<Toy, S>) {
    let sent = octets(300_000);
    let (mut read, mut write) = a.into_split();
    let writing = async {
        for part in sent.chunks(7919) {
            write.write_all(part).await.unwrap();
        }
        write.shutdown().await.unwrap();
    };
    let reading = async {
        let mut got = Vec::new();
        read.read_to_end(&mut got).await.unwrap();
        got
    };
    let echoing = async {
        let mut room = [0; 1013];
        loop {
            let count = b.read(&mut room).await.unwrap();
            if count == 0 {
                return b.shutdown().await.unwrap();
            }
            b.write_all(&room[..count]).await.unwrap();
        }
    };
    let ((), got, ()) = tokio::join!(writing, reading, echoing);
    assert!(got == sent);
}

#[tokio::test]
async fn echoes_through_a_narrow_pipe() {
    let (a, b) = pipe(100).await;
    echo(a, b).await;
}

#[tokio::test]
async fn echoes_through_loopback() {
    let (a, b) = loopback().await;
    echo(a, b).await;
}

#[tokio::test]
async fn shutdown_ends_one_direction_only() {
    let (mut a, mut b) = loopback().await;
    a.write_all(b"question").await.unwrap();
    a.shutdown().await.unwrap();
    a.shutdown().await.unwrap();
    assert_eq!(a.write(b"late").await.unwrap_err().kind(), ErrorKind::BrokenPipe);
    let mut got = Vec::new();
    b.read_to_end(&mut got).await.unwrap();
    assert_eq!(got, b"question");
    let (sent, mut got) = (octets(200_000), Vec::new());
    let (wrote, read) = tokio::join!(
        async {
            b.write_all(&sent).await?;
            b.shutdown().await
        },
        a.read_to_end(&mut got)
    );
    wrote.unwrap();
    assert_eq!(read.unwrap(), sent.len());
    assert!(got == sent);
    let (a, b) = tokio::join!(a.close(), b.close());
    a.unwrap();
    b.unwrap();
}

#[tokio::test]
async fn close_is_in_order() {
    let (mut a, mut b) = pipe(64).await;
    a.write_all(&[5; 1000]).await.unwrap();
    let mut got = Vec::new();
    let (closed, ended) = tokio::join!(a.close(), async {
        b.read_to_end(&mut got).await?;
        b.close().await
    });
    closed.unwrap();
    ended.unwrap();
    assert_eq!(got, [5; 1000]);
}

#[tokio::test(start_paused = true)]
async fn close_gives_a_peer_up_that_does_not_end() {
    let (a, _b) = pipe(64).await;
    let start = tokio::time::Instant::now();
    a.close().await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 5);
}

#[tokio::test]
async fn truncation_is_an_unexpected_end_with_its_failure() {
    let (mut a, mut b) = pipe(4096).await;
    b.write_all(b"part").await.unwrap();
    drop(b);
    let mut got = Vec::new();
    let error = a.read_to_end(&mut got).await.unwrap_err();
    assert_eq!((got, error.kind()), (b"part".to_vec(), ErrorKind::UnexpectedEof));
    assert_eq!(failure(&error), Cause::Tls(TlsFault::Truncated).at(Stage::Open));
    assert_eq!(a.failure(), Some(failure(&error)));
    let error = a.write(b"more").await.unwrap_err();
    assert_eq!(failure(&error), Cause::Tls(TlsFault::Truncated).at(Stage::Open));
    assert!(a.close().await.is_err());
}

#[tokio::test]
async fn small_slices_share_a_record() {
    let (near, mut far) = duplex(4096);
    let mut stream = Acceptor::default().accept(near, server());
    let (stream, sent) = tokio::join!(&mut stream, far.write_all(&[HELLO]));
    sent.unwrap();
    let mut stream = stream.unwrap();
    assert!(stream.is_write_vectored());
    let slices = [IoSlice::new(b""), IoSlice::new(b"ab"), IoSlice::new(b""), IoSlice::new(b"cde")];
    assert_eq!(stream.write_vectored(&slices).await.unwrap(), 5);
    stream.flush().await.unwrap();
    let mut got = vec![0; 1 + seal(b"abcde").len()];
    far.read_exact(&mut got).await.unwrap();
    assert_eq!(got[1..], seal(b"abcde"));
}

#[tokio::test]
async fn a_vectored_write_takes_what_fits_in_a_record() {
    let (near, mut far) = duplex(64 << 10);
    let mut stream = Connector::default().connect(near, Plain::default()).await.unwrap();
    let (small, large) = ([1; 10], vec![2; 20_000]);
    let slices = [IoSlice::new(&small), IoSlice::new(&large)];
    assert_eq!(stream.write_vectored(&slices).await.unwrap(), 16 << 10);
    let slices = [IoSlice::new(&large), IoSlice::new(&small)];
    assert_eq!(stream.write_vectored(&slices).await.unwrap(), 20_000);
    let mut got = vec![0; (16 << 10) + 20_000];
    far.read_exact(&mut got).await.unwrap();
    assert_eq!((got[9], got[10]), (1, 2));
}

#[tokio::test]
async fn lends_octets_where_they_were_decrypted() {
    let (mut a, mut b) = pipe(4096).await;
    b.write_all(b"one\ntwo\n").await.unwrap();
    let first = a.fill_buf().await.unwrap().as_ptr();
    a.consume(4);
    let rest = a.fill_buf().await.unwrap();
    assert_eq!((rest, rest.as_ptr()), (&b"two\n"[..], first.wrapping_add(4)));
    let mut line = String::new();
    a.read_line(&mut line).await.unwrap();
    assert_eq!(line, "two\n");
}

#[tokio::test]
async fn many_small_writes_while_octets_lie_unread() {
    let (mut a, mut b) = loopback().await;
    b.write_all(&[3; 5000]).await.unwrap();
    a.read_exact(&mut [0; 10]).await.unwrap();
    // More messages than may be in flight.
    for _ in 0..3000 {
        a.write_all(b"x").await.unwrap();
    }
    a.read_exact(&mut [0; 4990]).await.unwrap();
    a.shutdown().await.unwrap();
    let mut got = Vec::new();
    b.read_to_end(&mut got).await.unwrap();
    assert_eq!(got, [b'x'; 3000]);
}

#[tokio::test]
async fn large_writes_stay_bounded() {
    let (near, _far) = duplex(16);
    let mut stream = Connector::default().connect(near, Plain::default()).await.unwrap();
    let mut accepted = 0;
    let huge = vec![0; 1 << 20];
    while let Ok(result) =
        tokio::time::timeout(core::time::Duration::ZERO, stream.write(&huge)).await
    {
        accepted += result.unwrap();
    }
    // One full wire buffer and the message that filled it.
    assert!((64 << 10..=128 << 10).contains(&accepted), "{accepted}");
}
