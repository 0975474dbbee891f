//! What the types alone prove of a polled connection: each item is checked by the compiler, and none is
//! ever run.

use core::net::SocketAddr;
use core::time::Duration;
use std::io;
use std::net::TcpStream;

use xiom_xio::{Config, Remote, Told, Xio};

use crate::common::Toy;

type Tell = fn(Told<'_>);

//= by-construction SRS_TLSIO_30_012: whom to reach, and within which bounds, are arguments of their own types
//= by-construction SRS_TLSIO_30_013: both are values, which cannot be left out
const _: fn(Remote, Config) -> Xio<Toy> = Xio::client;

//= by-construction SRS_TLSIO_30_015: a port has 16 bits
const _: fn(&str, u16) -> io::Result<Remote> = Remote::resolve;

//= by-construction SRS_TLSIO_30_015: a port has 16 bits
const _: fn(&SocketAddr) -> u16 = SocketAddr::port;

//= by-construction SRS_TLSIO_30_017: the connection makes its own sockets, or is given one that was accepted; nothing else fits
const _: fn(TcpStream, Config) -> io::Result<Xio<Toy>> = Xio::server;

const fn is_owned<T: 'static>() {}

//= by-construction SRS_TLSIO_30_021: layers, buffers and socket are parts of the value, which refers to nothing else
const _: () = is_owned::<Xio<Toy>>();

//= by-construction SRS_TLSIO_30_022: dropping takes the whole value, in any state
const _: fn(Xio<Toy>) = drop;

//= by-construction SRS_TLSIO_30_022: what is told, is told by a call on the value, and to nobody later
const _: fn(&mut Xio<Toy>, Duration, Tell) = Xio::dowork;
