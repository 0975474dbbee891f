//! Messages that are sent whole: each reaches the layers as one, and none in part.

use std::io::ErrorKind;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use xiom_core::Rejected;
use xiom_tokio::{Config, Connector, Stream};

use crate::common::Lengths;

async fn pair(size: usize, config: Config) -> (Stream<Lengths, DuplexStream>, DuplexStream) {
    let (near, far) = duplex(size);
    (Connector::new(config).connect(near, Lengths::default()).await.unwrap(), far)
}

/// The lengths of all messages until the end.
async fn lengths(mut socket: DuplexStream) -> Vec<usize> {
    let mut lengths = Vec::new();
    while let Ok(length) = socket.read_u32().await {
        let length = length.try_into().unwrap();
        socket.read_exact(&mut vec![0; length]).await.unwrap();
        lengths.push(length);
    }
    lengths
}

//= test SRS_THRIFT_SASL_02_001
#[tokio::test]
async fn one_call_is_one_message_and_a_write_may_be_several() {
    let (mut stream, far) = pair(1000, Config::CLIENT).await;
    let sizes = [1, 65_536, 65_537, 5_000_000, 7];
    let sending = async {
        for size in sizes {
            stream.send_message(&vec![1; size]).await.unwrap();
        }
        stream.write_all(&vec![2; 65_537]).await.unwrap();
        let (_read, mut write) = stream.into_split();
        write.send_message(&vec![3; 70_000]).await.unwrap();
        write.shutdown().await.unwrap();
    };
    let ((), got) = tokio::join!(sending, lengths(far));
    assert_eq!(got, [1, 65_536, 65_537, 5_000_000, 7, 65_536, 1, 70_000]);
}

//= test SRS_THRIFT_SASL_02_002
#[tokio::test]
async fn a_message_beyond_the_limit_is_refused_whole() {
    let mut config = Config::CLIENT;
    config.limits.message = 10;
    let (mut stream, far) = pair(1000, config).await;
    let rejected =
        |error: &std::io::Error| -> Rejected { *error.get_ref().unwrap().downcast_ref().unwrap() };
    let error = stream.send_message(&[1; 11]).await.unwrap_err();
    assert_eq!(rejected(&error), Rejected::TooLarge { size: 11, limit: 10 });
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    stream.send_message(&[1; 10]).await.unwrap();
    stream.shutdown().await.unwrap();
    let error = stream.send_message(&[1; 11]).await.unwrap_err();
    assert_eq!(rejected(&error), Rejected::State);
    assert_eq!(lengths(far).await, [10]);
}

#[tokio::test]
async fn a_message_that_is_given_up_is_not_sent() {
    let (mut stream, far) = pair(1000, Config::CLIENT).await;
    stream.send_message(&vec![1; 100_000]).await.unwrap();
    {
        let giving_up = stream.send_message(&[2; 500]);
        tokio::pin!(giving_up);
        let is_pending = core::future::poll_fn(|context| {
            core::task::Poll::Ready(giving_up.as_mut().poll(context).is_pending())
        });
        assert!(is_pending.await, "there is no room until the peer reads");
    }
    let sending = async {
        stream.send_message(&[3; 3]).await.unwrap();
        stream.shutdown().await.unwrap();
    };
    let ((), got) = tokio::join!(sending, lengths(far));
    assert_eq!(got, [100_000, 3]);
}
