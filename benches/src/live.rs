//! A server on loopback in a thread of its own, so that its CPU time and its heap are those of the thread.
//!
//! Every connection is a task of the one runtime in that thread, as a program that uses the facade has it.

use alloc::sync::Arc;
use core::future::Future;
use core::net::{Ipv4Addr, SocketAddr};
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::time::Duration;
use std::sync::{Condvar, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, anyhow};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime;
use tokio::sync::Notify;
use xiom_core::Cause;

use crate::counting;
use crate::cpu::Moment;

/// How a connection ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum End {
    /// The client was let in, and has gone.
    Admitted,
    /// It was not in when its time was over.
    Deadline,
    /// It was refused, or has gone before it was in.
    Refused,
}

/// A running server; it ends when this is dropped.
#[derive(Debug)]
pub struct Live {
    address: SocketAddr,
    desk: Arc<Desk>,
    thread: Option<JoinHandle<Result<()>>>,
}

/// What a server has done so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Snapshot {
    /// CPU time of the server's thread.
    pub cpu: Duration,
    /// Octets on the heap that the server's thread has taken and not given back.
    pub held: u64,
    /// Connections that were accepted and have not ended.
    pub running: u64,
    /// Connections that have ended as [`End::Admitted`].
    pub admitted: u64,
    /// Connections that have ended as [`End::Deadline`].
    pub deadline: u64,
    /// Connections that have ended as [`End::Refused`].
    pub refused: u64,
}

/// Where a server is asked; nothing is allocated in between, lest the question change the answer.
#[derive(Debug, Default)]
struct Desk {
    asked: Notify,
    told: Mutex<Option<Snapshot>>,
    tell: Condvar,
    is_over: AtomicBool,
}

#[derive(Debug, Default)]
struct Counts {
    running: AtomicU64,
    admitted: AtomicU64,
    deadline: AtomicU64,
    refused: AtomicU64,
}

impl Live {
    /// Serves every connection with what `serve` makes of it.
    ///
    /// # Errors
    ///
    /// Returns an error when there is no socket to listen at.
    pub fn start<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> Result<Self>
    where
        F: Future<Output = End> + Send + 'static,
    {
        let desk = Arc::new(Desk::default());
        let (told, tell) = mpsc::channel();
        let at = Arc::clone(&desk);
        let thread = thread::spawn(move || {
            let start = Moment::now();
            let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let socket = TcpSocket::new_v4()?;
                socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
                let listener = socket.listen(BACKLOG)?;
                told.send(listener.local_addr()?)?;
                run(&listener, serve, &at, start).await
            })
        });
        let Ok(address) = tell.recv() else {
            let ended = thread.join().map_err(|_| anyhow!("the server has panicked"))?;
            return Err(ended.err().unwrap_or_else(|| anyhow!("the server has ended")));
        };
        Ok(Self { address, desk, thread: Some(thread) })
    }

    /// Serves with the facade: a client that is in may stay until it goes.
    ///
    /// # Errors
    ///
    /// As [`Self::start`].
    pub fn facade(server: xiom::Server) -> Result<Self> {
        let server = Arc::new(server);
        Self::start(move |socket| {
            let server = Arc::clone(&server);
            async move {
                match server.accept(socket).await {
                    Ok(mut stream) => {
                        let _ = stream.read(&mut [0]).await;
                        End::Admitted
                    }
                    Err(error) => match error.failure().map(|failure| failure.cause) {
                        Some(Cause::Deadline) => End::Deadline,
                        _ => End::Refused,
                    },
                }
            }
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has done so far.
    ///
    /// # Errors
    ///
    /// Returns an error when the server has ended.
    pub fn snapshot(&self) -> Result<Snapshot> {
        let Desk { asked, told, tell, .. } = &*self.desk;
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        *told = None;
        asked.notify_one();
        let answered = tell.wait_timeout_while(told, PATIENCE, |told| told.is_none());
        let (told, _) = answered.unwrap_or_else(PoisonError::into_inner);
        told.context("the server does not answer")
    }

    /// Waits until `is_reached`, looking every few milliseconds; at most a minute.
    ///
    /// # Errors
    ///
    /// Returns an error when that does not come, or the server has ended.
    pub fn until(&self, is_reached: impl Fn(&Snapshot) -> bool) -> Result<Snapshot> {
        for _ in 0..LOOKS {
            let snapshot = self.snapshot()?;
            if is_reached(&snapshot) {
                return Ok(snapshot);
            }
            thread::sleep(PAUSE);
        }
        Err(anyhow!("the server is at {:?}", self.snapshot()?))
    }

    /// Waits until `running` connections are there and nothing of the heap has changed for a while.
    ///
    /// # Errors
    ///
    /// As [`Self::until`].
    pub fn settled(&self, running: u64) -> Result<Snapshot> {
        let mut before = self.until(|snapshot| snapshot.running == running)?;
        let mut quiet = 0;
        for _ in 0..LOOKS {
            thread::sleep(PAUSE);
            let now = self.snapshot()?;
            quiet = if now.held == before.held { quiet + 1 } else { 0 };
            before = now;
            if quiet == QUIET {
                return Ok(now);
            }
        }
        Err(anyhow!("the server does not come to rest"))
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.desk.is_over.store(true, Ordering::Relaxed);
        self.desk.asked.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn run<F>(
    listener: &TcpListener,
    serve: impl Fn(TcpStream) -> F,
    desk: &Desk,
    start: Moment,
) -> Result<()>
where
    F: Future<Output = End> + Send + 'static,
{
    let counts = Arc::new(Counts::default());
    loop {
        tokio::select! {
            () = desk.asked.notified() => {
                if desk.is_over.load(Ordering::Relaxed) {
                    return Ok(());
                }
                let mut told = desk.told.lock().unwrap_or_else(PoisonError::into_inner);
                *told = Some(counts.snapshot(start));
                desk.tell.notify_one();
            }
            accepted = listener.accept() => {
                // A client that has gone before it was accepted is no fault of the listener.
                let Ok((socket, _)) = accepted else { continue };
                counts.running.fetch_add(1, Ordering::Relaxed);
                // In a box, lest the task have room for it twice: where it is kept, and where it is awaited.
                let (connection, counts) = (Box::pin(serve(socket)), Arc::clone(&counts));
                tokio::spawn(async move {
                    counts.note(connection.await);
                });
            }
        }
    }
}

impl Counts {
    fn note(&self, end: End) {
        let counter = match end {
            End::Admitted => &self.admitted,
            End::Deadline => &self.deadline,
            End::Refused => &self.refused,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        self.running.fetch_sub(1, Ordering::Relaxed);
    }

    fn snapshot(&self, start: Moment) -> Snapshot {
        Snapshot {
            cpu: start.elapsed(),
            held: counting::held(),
            running: self.running.load(Ordering::Relaxed),
            admitted: self.admitted.load(Ordering::Relaxed),
            deadline: self.deadline.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }
}

const BACKLOG: u32 = 4096;
const PAUSE: Duration = Duration::from_millis(10);
const LOOKS: u32 = 6000;
/// How long a server may take to answer what it does.
const PATIENCE: Duration = Duration::from_mins(1);
/// Looks without a change after which nothing is going on.
const QUIET: u32 = 10;
