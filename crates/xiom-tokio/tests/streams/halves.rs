//! Two tasks on one stream: neither waits for the other, and no wake-up is lost.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::task::spawn;
use xiom_tokio::Stream;

use crate::common::{Toy, loopback, octets, pipe};

/// Writes and reads `count` octets in two tasks.
async fn exchange<S>(stream: Stream<Toy, S>, count: u32) -> Stream<Toy, S>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut read, mut write) = stream.into_split();
    let writing = spawn(async move {
        write.write_all(&octets(count)).await.unwrap();
        write.flush().await.unwrap();
        write
    });
    let reading = spawn(async move {
        let mut got = vec![0; octets(count).len()];
        read.read_exact(&mut got).await.unwrap();
        assert!(got == octets(count));
        read
    });
    let (read, write) = tokio::join!(reading, writing);
    read.unwrap().reunite(write.unwrap()).unwrap()
}

#[tokio::test]
async fn both_sides_write_much_through_a_narrow_pipe() {
    let (a, b) = pipe(50).await;
    let (mut a, mut b) = tokio::join!(exchange(a, 200_000), exchange(b, 200_000));
    a.write_all(b"whole again").await.unwrap();
    let mut got = [0; 11];
    b.read_exact(&mut got).await.unwrap();
    assert_eq!(&got, b"whole again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_write_much_through_loopback() {
    let (a, b) = loopback().await;
    tokio::join!(exchange(a, 2_000_000), exchange(b, 2_000_000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn halves_of_tokio_work_as_well() {
    let (a, b) = pipe(50).await;
    let (mut read, mut write) = tokio::io::split(a);
    let writing = spawn(async move {
        write.write_all(&octets(100_000)).await.unwrap();
        write.shutdown().await.unwrap();
    });
    let reading = spawn(async move {
        let mut got = Vec::new();
        read.read_to_end(&mut got).await.unwrap();
        got
    });
    let (mut far_read, mut far_write) = b.into_split();
    let copied = tokio::io::copy(&mut far_read, &mut far_write).await.unwrap();
    far_write.shutdown().await.unwrap();
    assert_eq!(copied, 100_000);
    writing.await.unwrap();
    assert!(reading.await.unwrap() == octets(100_000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_write_much_in_threads() {
    let (a, b) = pipe(50).await;
    tokio::join!(exchange(a, 200_000), exchange(b, 200_000));
}

#[tokio::test]
async fn a_failure_reaches_the_half_that_waits_to_write() {
    let (a, b) = pipe(50).await;
    let (mut read, mut write) = a.into_split();
    let writing = spawn(async move { write.write_all(&octets(1_000_000)).await });
    tokio::task::yield_now().await;
    drop(b);
    assert!(read.read(&mut [0; 10]).await.is_err());
    assert!(writing.await.unwrap().is_err());
    assert!(read.failure().is_some());
}

#[tokio::test]
async fn halves_of_two_streams_stay_apart() {
    let (a, b) = pipe(50).await;
    let ((a_read, a_write), (b_read, b_write)) = (a.into_split(), b.into_split());
    let error = a_read.reunite(b_write).unwrap_err();
    assert_eq!(error.to_string(), "the halves are of different streams");
    assert!(error.read.reunite(a_write).is_ok());
    assert!(b_read.reunite(error.write).is_ok());
}
