//! A socket that does what it is told: blocked, failing or holding back what it took.

use alloc::sync::Arc;
use alloc::task::Wake;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, Waker};
use std::io::{self, ErrorKind};
use std::sync::{Mutex, MutexGuard};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use xiom_core::Plain;
use xiom_tokio::{Connector, Stream};

/// Gives `input`, then waits; takes `budget` octets, then waits or fails; wakes nobody.
#[derive(Debug, Default)]
struct Script {
    input: Vec<u8>,
    budget: usize,
    written: Vec<u8>,
    /// How many octets were written at the last flush.
    flushed: usize,
    is_shut: bool,
    fault: Option<ErrorKind>,
    /// Who waits to write.
    waker: Option<Waker>,
}

/// Remembers that it was woken.
#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[derive(Clone, Debug)]
struct Socket(Arc<Mutex<Script>>);

impl Socket {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap()
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut script = self.script();
        if script.input.is_empty() {
            return Poll::Pending;
        }
        let count = script.input.len().min(buf.remaining());
        buf.put_slice(&script.input.drain(..count).collect::<Vec<_>>());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut script = self.script();
        if let Some(fault) = script.fault {
            return Poll::Ready(Err(fault.into()));
        }
        let count = buf.len().min(script.budget);
        if count == 0 {
            script.waker = Some(context.waker().clone());
            return Poll::Pending;
        }
        script.budget -= count;
        script.written.extend_from_slice(&buf[..count]);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut script = self.script();
        script.flushed = script.written.len();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.script().is_shut = true;
        Poll::Ready(Ok(()))
    }
}

async fn open(script: Script) -> (Stream<Plain, Socket>, Socket) {
    let socket = Socket(Arc::new(Mutex::new(script)));
    let stream = Connector::default().connect(socket.clone(), Plain::default()).await.unwrap();
    (stream, socket)
}

fn poll_read(stream: &mut Stream<Plain, Socket>) -> Poll<Vec<u8>> {
    let mut room = [0; 16];
    let mut room = ReadBuf::new(&mut room);
    let mut context = Context::from_waker(Waker::noop());
    let polled = Pin::new(stream).poll_read(&mut context, &mut room);
    polled.map(|result| {
        result.unwrap();
        room.filled().to_vec()
    })
}

//= test SRS_TLSIO_50_003
#[tokio::test]
async fn what_was_received_comes_before_the_failure_to_write() {
    let fault = Some(ErrorKind::BrokenPipe);
    let script = Script { input: b"answer".to_vec(), fault, ..Script::default() };
    let (mut stream, _socket) = open(script).await;
    assert_eq!(stream.write(b"lost").await.unwrap(), 4);
    assert_eq!(stream.flush().await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    let mut got = Vec::new();
    let error = stream.read_to_end(&mut got).await.unwrap_err();
    assert_eq!((got, error.kind()), (b"answer".to_vec(), ErrorKind::ConnectionReset));
    assert!(stream.failure().is_some());
}

#[tokio::test]
async fn a_read_pushes_what_a_write_left_behind() {
    let (mut stream, socket) = open(Script { budget: 3, ..Script::default() }).await;
    stream.write_all(b"request").await.unwrap();
    assert!(poll_read(&mut stream).is_pending());
    assert_eq!(socket.script().written, b"req");
    socket.script().budget = 100;
    assert!(poll_read(&mut stream).is_pending());
    // Nothing twice, and nothing held back by a socket with a buffer of its own.
    let script = socket.script();
    assert_eq!((&*script.written, script.flushed), (&b"request"[..], 7));
}

#[tokio::test]
async fn a_write_is_told_once_also_when_the_socket_is_blocked() {
    let (mut stream, socket) = open(Script::default()).await;
    assert_eq!(stream.write(&vec![1; 64 << 10]).await.unwrap(), 64 << 10);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..3 {
        assert!(Pin::new(&mut stream).poll_write(&mut context, b"next").is_pending());
    }
    socket.script().budget = usize::MAX;
    stream.write_all(b"next").await.unwrap();
    assert_eq!(socket.script().written.len(), (64 << 10) + 4);
}

#[tokio::test]
async fn shutdown_comes_after_everything_and_may_be_repeated() {
    let (mut stream, socket) = open(Script::default()).await;
    stream.write_all(b"last").await.unwrap();
    let mut context = Context::from_waker(Waker::noop());
    assert!(Pin::new(&mut stream).poll_shutdown(&mut context).is_pending());
    assert!(!socket.script().is_shut);
    socket.script().budget = 4;
    // A reader may bring it to an end as well.
    assert!(poll_read(&mut stream).is_pending());
    assert!(socket.script().is_shut);
    stream.shutdown().await.unwrap();
    socket.script().input = b"still here".to_vec();
    assert_eq!(poll_read(&mut stream), Poll::Ready(b"still here".to_vec()));
}

#[tokio::test]
async fn a_socket_that_can_be_written_wakes_the_writer_although_a_reader_came_later() {
    let (mut stream, socket) = open(Script::default()).await;
    stream.write_all(b"more").await.unwrap();
    let flag = Arc::new(Flag::default());
    let waker = Waker::from(flag.clone());
    let flushed = Pin::new(&mut stream).poll_flush(&mut Context::from_waker(&waker));
    assert!(flushed.is_pending());
    assert!(poll_read(&mut stream).is_pending());
    let waker = socket.script().waker.take().unwrap();
    waker.wake();
    assert!(flag.0.load(Ordering::SeqCst));
}
