//! A connection on its way to be open.
//!
//! Everything lies in the future: dropping it closes the socket, and nothing of it goes on elsewhere.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::io;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};
use xiom_core::{Connection, Fact, Layer, Limits, Rejected};

use crate::stream::Status;
use crate::wakers::Side;
use crate::{NoQuestions, Responder, Stream, refusal};

/// The future of an open [`Stream`].
///
/// It fails with an error whose source is the [`xiom_core::Failure`]; after that, the socket was taken
/// down. Until then it may be given up by [`Self::into_socket`] or by dropping it.
pub struct Opening<L, S = TcpStream, R: Responder<L> = NoQuestions> {
    stream: Result<Option<Stream<L, S>>, Rejected>,
    responder: R,
    answer: Option<Pin<Box<R::Future>>>,
    start: Instant,
    sleep: Pin<Box<Sleep>>,
}

impl<L: Layer, S: AsyncRead + AsyncWrite + Unpin, R: Responder<L>> Opening<L, S, R> {
    /// Opens `layers` over `socket`; the time counts from `start`.
    pub(crate) fn new(layers: L, socket: S, responder: R, limits: Limits, start: Instant) -> Self {
        let mut connection = Connection::new(limits);
        let opened = connection.open(layers, Duration::ZERO);
        let stream = opened.map(|()| Some(Stream::new(connection, socket)));
        let until = start.checked_add(limits.open).unwrap_or_else(|| start + FOREVER);
        Self { stream, responder, answer: None, start, sleep: Box::pin(sleep_until(until)) }
    }

    /// Gives up, and gives the socket back in whatever state it is; `None` when the future is done.
    #[must_use]
    pub fn into_socket(self) -> Option<S> {
        self.stream.ok().flatten().map(|stream| stream.socket)
    }

    fn poll_answer(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Ok(Some(stream)) = &mut self.stream else { return Poll::Ready(()) };
        let (Some(id), Some(layers)) = (stream.asked, stream.channel().layers()) else {
            return Poll::Ready(());
        };
        let responder = &mut self.responder;
        let future = self.answer.get_or_insert_with(|| Box::pin(responder.ask(layers)));
        let answer = ready!(future.as_mut().poll(context));
        (self.answer, stream.asked) = (None, None);
        // A deadline that came first has dropped the layers, and the open fails by that.
        let _ = stream.connection.answer(id, |layers, out| responder.answer(answer, layers, out));
        Poll::Ready(())
    }

    /// Does one thing that brings the open forward.
    fn poll_turn(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Ok(Some(stream)) = &mut self.stream else { return Poll::Ready(()) };
        if self.sleep.as_mut().poll(context).is_ready() {
            let limit = stream.channel().limits().open;
            stream.connection.handle(Fact::Time(self.start.elapsed().max(limit)));
            return Poll::Ready(());
        }
        if stream.asked.is_none() {
            return stream.poll_turn(context);
        }
        stream.push(Side::Reader, context);
        self.poll_answer(context)
    }
}

impl<L, S, R> Future for Opening<L, S, R>
where
    L: Layer,
    S: AsyncRead + AsyncWrite + Unpin,
    R: Responder<L>,
{
    type Output = io::Result<Stream<L, S>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        loop {
            let stream = match &mut this.stream {
                Ok(Some(stream)) => stream,
                Ok(None) => return Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
                Err(rejected) => return Poll::Ready(Err(io::Error::other(*rejected))),
            };
            stream.settle(true);
            if stream.take_working() {
                // Others get their turn between two slices of a long computation.
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            match stream.status {
                Status::Opening => ready!(this.poll_turn(context)),
                Status::Failed(failure) => {
                    let peer_text = stream.channel().peer_text().map(Box::from);
                    this.stream = Ok(None);
                    return Poll::Ready(Err(refusal(failure, peer_text)));
                }
                Status::Open | Status::Ended | Status::Closed => {
                    // The last words of the handshake may be ours, and the peer waits for them.
                    stream.push(Side::Reader, context);
                    let stream = this.stream.as_mut().ok().and_then(Option::take);
                    return Poll::Ready(stream.ok_or_else(|| io::ErrorKind::NotConnected.into()));
                }
            }
        }
    }
}

impl<L, S, R: Responder<L>> Unpin for Opening<L, S, R> {}

impl<L: fmt::Debug, S: fmt::Debug, R: Responder<L>> fmt::Debug for Opening<L, S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").field("stream", &self.stream).finish_non_exhaustive()
    }
}

/// Longer than any connection takes to open; a time that a timer can hold.
const FOREVER: Duration = Duration::from_secs(1 << 30);
