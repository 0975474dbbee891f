//! Thrift over secure channels: what is written between two flushes leaves as one frame of Thrift SASL.
//!
//! Servers such as `HiveServer2` take a frame for a request, and whatever writes in small pieces, as every
//! protocol of Thrift does, must not make many frames of them. The adapters here gather what is written,
//! within a bound, and send it whole on flush. Where the login brought a security layer, a frame keeps within
//! the buffer that the peer has announced, unless [`xiom::ClientBuilder::whole_frames`] says otherwise.
//!
//! # Blocking, with the `thrift` crate
//!
//! [`connect`] gives a [`Channel`], on which the protocols and the generated clients of the `thrift` crate
//! work; [`accept`] and [`serve`] are the other side.
//!
//! ```no_run
//! use thrift::protocol::{TBinaryInputProtocol, TBinaryOutputProtocol};
//! use thrift::transport::TIoChannel;
//!
//! let client = xiom::Client::new("thrift+sasl+tls://user:password@hive.example:10000")?;
//! let (read, write) = xiom_thrift::connect(&client)?.split()?;
//! let input = TBinaryInputProtocol::new(read, true);
//! let output = TBinaryOutputProtocol::new(write, true);
//! // A generated client takes both: let mut hive = TCLIServiceSyncClient::new(input, output);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `examples/hive` runs statements on `HiveServer2`, Spark's Thrift server or Impala.
//!
//! # tokio
//!
//! `tokio::Stream` (feature `tokio`) is `AsyncRead` and `AsyncWrite` with the same rule: a flush sends one
//! frame. Whatever speaks Thrift on any such stream speaks on it, if it flushes behind each message.
//! `volo-thrift` takes it from a `MakeTransport` that calls `tokio::connect`, with a codec that adds no frames
//! of its own; that is not tested here, for it brings 130 crates along.
//!
//! # Poll-driven
//!
//! Without a runtime and without threads `xiom-xio` needs no adapter, for there one send is one frame:
//! serialize a request into memory, and hand it over whole.
//!
//! ```
//! use std::net::TcpListener;
//! use xiom::core::SendId;
//! use xiom::xio::{Clock, Config, Remote, Told, Xio};
//!
//! # let users = xiom::UserTable::new().with("ann", "pencil")?;
//! # let server = xiom::Server::builder(users).protocol(xiom::Protocol::Thrift).build()?;
//! # let listener = TcpListener::bind("127.0.0.1:0")?;
//! # let port = listener.local_addr()?.port();
//! # let thread = std::thread::spawn(move || -> std::io::Result<usize> {
//! #     use std::io::Read;
//! #     let mut stream = server.accept_blocking(listener.accept()?.0)?;
//! #     stream.read(&mut [0; 64])
//! # });
//! let url = format!("thrift+sasl://ann:pencil@127.0.0.1:{port}");
//! let client = xiom::Client::builder(&url)?.only_mechanisms(["SCRAM-SHA-256"]).build()?;
//! let remote = Remote::resolve(client.address().host(), client.address().port())?;
//!
//! let clock = Clock::start();
//! let mut xio = Xio::client(remote, Config::CLIENT);
//! xio.open(client.layers()?, clock.now())?;
//! while !xio.channel().is_open() {
//!     xio.dowork(clock.now(), |told| {
//!         if let Told::Action(action) = told {
//!             println!("{action:?}"); // Opened, or why not.
//!         }
//!     });
//! }
//! let request = b"\x80\x01\0\x01\0\0\0\x04ping\0\0\0\0\0"; // As any protocol writes it.
//! xio.send(SendId(1), request)?;
//! xio.dowork(clock.now(), |_| {});
//! # assert_eq!(thread.join().unwrap()?, request.len());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

extern crate alloc;

#[cfg(feature = "blocking")]
mod channel;
mod error;
#[cfg(feature = "blocking")]
mod serve;
#[cfg(feature = "tokio")]
pub mod tokio;
#[cfg(any(feature = "blocking", feature = "tokio"))]
mod written;

#[cfg(feature = "blocking")]
pub use channel::{Channel, accept, connect};
pub use error::{Error, Overfull};
#[cfg(feature = "blocking")]
pub use serve::serve;
#[cfg(feature = "blocking")]
pub use thrift;
pub use xiom;
