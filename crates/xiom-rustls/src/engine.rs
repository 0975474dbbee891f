//! The TLS engine on rustls 0.23, unbuffered: octets in, at most one event out, no copy of its own.
//!
//! The traps of that interface are kept in here: octets of the user may come with the end of the
//! handshake; messages of the protocol may be due at any time; the peer's end is told once; the alert
//! leaves only when asked for after the error; and a part of a handshake message that lies in the
//! input is counted in every later call, also in one that needs no input.

use core::fmt;

use rustls::client::UnbufferedClientConnection;
use rustls::server::UnbufferedServerConnection;
use rustls::unbuffered::{ConnectionState, UnbufferedStatus, WriteTraffic};
use rustls::{AlertDescription, Error, ProtocolVersion, Side};
use xiom_core::{Bindings, EndPoint, Security, TlsFault, WireBuf};
use xiom_tls::{Event, Read, TlsEngine};

use crate::fault::fault;
use crate::records::{Layout, append, encode, may_be_tls, place, sealed_len, whole_records};
use crate::{Connection, Facts, binding, caught, identity};

/// The engine of the side that connects; made by [`crate::Client::engine`].
pub type ClientEngine = Rustls<UnbufferedClientConnection>;

/// The engine of the side that accepts; made by [`crate::Server::engine`].
pub type ServerEngine = Rustls<UnbufferedServerConnection>;

/// One TLS connection over a rustls connection of either side.
///
/// It is one pointer to all it holds, so that layers over it move cheaply and closed ones cost nothing.
pub struct Rustls<C>(Box<Inner<C>>);

struct Inner<C> {
    connection: C,
    progress: Progress,
    /// The peer said `close_notify`; rustls says so only once.
    is_peer_closed: bool,
    /// Octets of the input, from its front, that are known to be whole records.
    whole: usize,
    part: Part,
    /// What came with the end of the handshake: octets of the input it used, and the plain ones.
    early: Option<Box<(usize, Vec<u8>)>>,
    exporter: Option<[u8; 32]>,
    /// On the server, the hash of the certificate it shows.
    end_point: Option<EndPoint>,
    /// On the client, whether it holds a certificate.
    has_certificate: bool,
    server_name: Option<Box<str>>,
}

/// A part of a handshake message that rustls keeps in the input until the rest is there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Part {
    None,
    /// It lies in the octets that are known to be whole records.
    Held,
    /// The input of the present call starts with it, and so with no record.
    Shown,
}

/// How far a connection has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Progress {
    /// No record was seen.
    Fresh,
    Handshake,
    Established,
}

impl<C: Connection> Rustls<C> {
    /// An engine over a fresh connection, with what only the configuration knows.
    pub(crate) fn new(connection: C, end_point: Option<EndPoint>, has_certificate: bool) -> Self {
        Self(Box::new(Inner {
            connection,
            progress: Progress::Fresh,
            is_peer_closed: false,
            whole: 0,
            part: Part::None,
            early: None,
            exporter: None,
            end_point,
            has_certificate,
            server_name: None,
        }))
    }

    /// What the handshake agreed on; `None` before its end.
    #[must_use]
    pub fn facts(&self) -> Option<Facts> {
        let Inner { connection, server_name, .. } = &*self.0;
        self.0.is_established().then(|| Facts::new(connection.common(), server_name.as_deref()))?
    }
}

impl<C: Connection> Inner<C> {
    fn is_established(&self) -> bool {
        self.progress == Progress::Established
    }

    /// Takes what rustls told in passing during the handshake.
    fn catch(&mut self) {
        let caught = caught::take();
        if caught.server_name.is_some() {
            self.server_name = caught.server_name;
        }
        if let Some(secret) = caught.exporter {
            let suite = self.connection.common().negotiated_cipher_suite();
            self.exporter = suite
                .and_then(|suite| suite.tls13())
                .and_then(|suite| binding::exporter(suite, secret.expose()));
        }
    }

    /// Processes `input` until rustls has an event, or needs more.
    fn advance(&mut self, input: &mut [u8], out: &mut WireBuf) -> Result<Read, TlsFault> {
        let was_established = self.is_established();
        let mut consumed = 0;
        loop {
            let rest = input.get_mut(consumed..).unwrap_or_default();
            let UnbufferedStatus { discard, state, .. } = self.connection.process(rest);
            consumed = consumed.saturating_add(discard);
            let event = match state {
                Ok(ConnectionState::ReadTraffic(_)) => return self.lend(input, consumed),
                Ok(ConnectionState::EncodeTlsData(mut data)) => {
                    encode(&mut data, out);
                    continue;
                }
                Ok(ConnectionState::TransmitTlsData(data)) => {
                    data.done();
                    continue;
                }
                Ok(ConnectionState::WriteTraffic(_)) if !was_established => {
                    self.progress = Progress::Established;
                    Event::Established
                }
                // In the handshake the goodbye is an error of rustls; what it means, the layer judges.
                Ok(ConnectionState::PeerClosed | ConnectionState::Closed)
                | Err(Error::AlertReceived(AlertDescription::CloseNotify)) => {
                    return Ok(self.peer_closed(consumed));
                }
                Ok(_) => Event::NeedMore,
                Err(error) => {
                    let fault = fault(&error);
                    self.say_alert(out);
                    return Err(fault);
                }
            };
            self.part = if consumed < self.whole { Part::Held } else { Part::None };
            return Ok(Read { consumed, event });
        }
    }

    /// Puts the plain octets that rustls holds into the first `consumed` octets of `input`.
    fn lend(&mut self, input: &mut [u8], consumed: usize) -> Result<Read, TlsFault> {
        let layout = self.layout();
        // The first status borrows `input`; the octets are still there for a second one that does not.
        let UnbufferedStatus { state, .. } = self.connection.process(&mut []);
        let Ok(ConnectionState::ReadTraffic(mut traffic)) = state else {
            return Err(TlsFault::Engine);
        };
        let Some(Ok(record)) = traffic.next_record() else { return Err(TlsFault::Engine) };
        if self.progress == Progress::Established {
            let data = place(record.payload, input, consumed, layout)?;
            return Ok(Read { consumed, event: Event::Data(data) });
        }
        // Kept here: as long as rustls holds it, nothing can be written.
        self.early = Some(Box::new((consumed, record.payload.to_vec())));
        self.progress = Progress::Established;
        Ok(Read { consumed: 0, event: Event::Established })
    }

    /// How the next record lies in the input, which starts with one unless a part of a message is held.
    fn layout(&self) -> Layout {
        let version = self.connection.common().protocol_version();
        if self.part == Part::Shown {
            Layout::Unknown
        } else if version == Some(ProtocolVersion::TLSv1_3) {
            Layout::Tls13
        } else {
            Layout::Tls12
        }
    }

    const fn peer_closed(&mut self, consumed: usize) -> Read {
        self.is_peer_closed = true;
        Read { consumed, event: Event::PeerClosed }
    }

    /// Appends the alert that belongs to an error; it leaves only when asked for again.
    ///
    /// No further than that: what rustls has refused once it must not see again.
    fn say_alert(&mut self, out: &mut WireBuf) {
        while self.connection.common().wants_write() {
            let UnbufferedStatus { state, .. } = self.connection.process(&mut []);
            let Ok(ConnectionState::EncodeTlsData(mut data)) = state else { return };
            encode(&mut data, out);
        }
    }

    /// Runs `deed` when octets of the user may be written.
    fn with_traffic(
        &mut self,
        out: &mut WireBuf,
        deed: impl FnOnce(WriteTraffic<'_, C::Data>, &mut WireBuf) -> Result<(), TlsFault>,
    ) -> Result<(), TlsFault> {
        // rustls skips what it holds of the input before it looks for more, so there must be as much;
        // it is not looked at.
        let mut skipped = vec![0; if self.part == Part::Held { self.whole } else { 0 }];
        loop {
            let UnbufferedStatus { state, .. } = self.connection.process(&mut skipped);
            match state {
                Ok(ConnectionState::WriteTraffic(traffic)) => return deed(traffic, out),
                Ok(ConnectionState::EncodeTlsData(mut data)) => encode(&mut data, out),
                Ok(ConnectionState::TransmitTlsData(data)) => data.done(),
                Ok(ConnectionState::PeerClosed) => self.is_peer_closed = true,
                Ok(_) => return Err(TlsFault::Engine),
                Err(error) => return Err(fault(&error)),
            }
        }
    }
}

impl<C: Connection> TlsEngine for Rustls<C> {
    fn read(&mut self, input: &mut [u8], out: &mut WireBuf) -> Result<Read, TlsFault> {
        let inner = &mut *self.0;
        if let Some((consumed, plain)) = inner.early.take().map(|early| *early) {
            inner.whole = inner.whole.saturating_sub(consumed);
            let data = place(&plain, input, consumed, Layout::Unknown)?;
            return Ok(Read { consumed, event: Event::Data(data) });
        }
        if inner.is_peer_closed {
            return Ok(Read { consumed: 0, event: Event::PeerClosed });
        }
        match inner.progress {
            Progress::Established if input.is_empty() => {
                return Ok(Read { consumed: 0, event: Event::NeedMore });
            }
            Progress::Fresh if !may_be_tls(input) => return Err(TlsFault::NotTls),
            Progress::Fresh | Progress::Handshake | Progress::Established => {}
        }
        // Counted before rustls moves parts of a handshake message over the headers between them.
        inner.whole = whole_records(input, inner.whole);
        inner.part = if inner.part == Part::Held { Part::Shown } else { Part::None };
        if inner.progress == Progress::Fresh && inner.whole != 0 {
            inner.progress = Progress::Handshake;
        }
        let is_shaking = !inner.is_established();
        let read = inner.advance(input, out);
        if is_shaking {
            inner.catch();
        }
        let consumed = read.as_ref().map_or(0, |read| read.consumed);
        inner.whole = inner.whole.saturating_sub(consumed);
        read
    }

    fn write(&mut self, plain: &[u8], out: &mut WireBuf) -> Result<(), TlsFault> {
        self.0.with_traffic(out, |mut traffic, out| {
            append(sealed_len(plain.len()), out, |room| traffic.encrypt(plain, room))
        })
    }

    fn close_notify(&mut self, out: &mut WireBuf) {
        // A goodbye that cannot be said is not worth an error.
        let _ = self.0.with_traffic(out, |mut traffic, out| {
            append(sealed_len(2), out, |room| traffic.queue_close_notify(room))
        });
    }

    /// The bindings are derived from the certificates with each call: ask once, when established.
    fn security(&self) -> Security {
        let inner = &*self.0;
        if !inner.is_established() {
            return Security::default();
        }
        let common = inner.connection.common();
        let peer = common.peer_certificates().and_then(<[_]>::first);
        let (peer, end_point) = match C::SIDE {
            Side::Client => (None, peer.and_then(|peer| binding::end_point(peer))),
            Side::Server => {
                (peer.and_then(|peer| identity::identity(peer)), inner.end_point.clone())
            }
        };
        Security {
            confidential: true,
            certificate: inner.has_certificate,
            peer,
            bindings: Bindings { exporter: inner.exporter, end_point },
        }
    }
}

/// Without keys and octets.
impl<C> fmt::Debug for Rustls<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rustls").field("progress", &self.0.progress).finish_non_exhaustive()
    }
}
