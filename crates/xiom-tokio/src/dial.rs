//! Connecting: one address after the other, each with its share of the time.
//!
//! At any moment at most one socket is on its way; dropping the future closes it.

use core::time::Duration;
use std::io;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout};
use xiom_core::SocketFault;
use xiom_xio::{Attempt, Attempts, Config, Remote, socket_fault};

/// How a dial ended, with what was tried.
#[derive(Debug)]
pub struct Dialed {
    /// The socket, set up as the configuration says, or why there is none.
    pub socket: Result<TcpStream, SocketFault>,
    /// The addresses that were tried, in order.
    pub attempts: Attempts,
}

/// Looks `host` up by the system's resolver, on tokio's threads for what blocks.
///
/// # Errors
///
/// Returns the resolver's error.
pub async fn resolve(host: &str, port: u16) -> io::Result<Remote> {
    Ok(lookup_host((Remote::host(host), port)).await?.collect())
}

/// Connects to the first address of `remote` that answers, within [`xiom_core::Limits::open`].
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
/// let config = xiom_tokio::Config::CLIENT;
/// let dialed = xiom_tokio::dial(&listener.local_addr()?.into(), &config).await;
/// assert!(dialed.socket.is_ok());
/// assert_eq!(dialed.attempts.list()[0].fault, None);
/// # std::io::Result::Ok(()) })?;
/// # std::io::Result::Ok(())
/// ```
pub async fn dial(remote: &Remote, config: &Config) -> Dialed {
    let (start, mut attempts) = (Instant::now(), Attempts::default());
    let mut addresses = remote.addresses().iter();
    while let Some(address) = addresses.next() {
        let since = Instant::now();
        let left = config.limits.open.saturating_sub(since.duration_since(start));
        let sharers = u32::try_from(addresses.len()).unwrap_or(u32::MAX).saturating_add(1);
        let socket = match timeout(left / sharers, TcpStream::connect(address)).await {
            Ok(socket) => socket
                .and_then(|socket| config.apply(&socket).map(|()| socket))
                .map_err(|error| socket_fault(error.kind())),
            Err(_) => Err(SocketFault::TimedOut),
        };
        let took: Duration = since.elapsed();
        attempts.push(Attempt { address: *address, fault: socket.as_ref().err().copied(), took });
        if socket.is_ok() {
            return Dialed { socket, attempts };
        }
    }
    Dialed { socket: Err(attempts.fault()), attempts }
}
