//! Where the time of a connection goes: one span for each phase, with the octets on the wire.
//!
//! Invariant: the spans follow each other without a gap, so their times add up to the whole.

use core::time::Duration;
use std::time::Instant;

use serde::Serialize;
use xiom::core::Stage;

/// One phase of a connection.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Span {
    /// What happened.
    pub(crate) phase: &'static str,
    /// How long it took.
    pub(crate) micros: u64,
    /// Octets to the peer, as they were on the wire.
    pub(crate) sent: u64,
    /// Octets from the peer, as they were on the wire.
    pub(crate) received: u64,
}

/// The spans of one connection, while it runs.
#[derive(Debug)]
pub(crate) struct Timeline {
    spans: Vec<Span>,
    since: Instant,
    /// Octets that were sent in the same breath as the end of a phase, and belong to the next.
    held: u64,
}

impl Timeline {
    /// Starts with `phase`, now.
    pub(crate) fn start(phase: &'static str) -> Self {
        let mut timeline = Self { spans: Vec::new(), since: Instant::now(), held: 0 };
        timeline.push(phase);
        timeline
    }

    /// Ends the present phase and begins `phase`, unless it is the same.
    pub(crate) fn enter(&mut self, phase: &'static str) {
        if self.spans.last().is_some_and(|span| span.phase == phase) {
            return;
        }
        self.stop();
        self.push(phase);
    }

    /// Ends the present phase; what follows without another is not counted.
    pub(crate) fn stop(&mut self) {
        let now = Instant::now();
        if let Some(span) = self.spans.last_mut() {
            span.micros = span.micros.saturating_add(micros(now - self.since));
        }
        self.since = now;
    }

    /// Counts octets to the peer.
    pub(crate) fn sent(&mut self, octets: usize) {
        let Some(span) = self.spans.last_mut() else { return };
        let total = span.sent.saturating_add(count(octets));
        // A layer that opens the next one lets it speak in the same call.
        span.sent = match span.phase {
            CONNECT => 0,
            TLS_HEADER => total.min(HEADER),
            _ => total,
        };
        self.held = self.held.saturating_add(total - span.sent);
    }

    /// Counts octets from the peer.
    pub(crate) fn received(&mut self, octets: usize) {
        if let Some(span) = self.spans.last_mut() {
            span.received = span.received.saturating_add(count(octets));
        }
    }

    /// How long the present phase has lasted, and all before it.
    pub(crate) fn elapsed(&self) -> Duration {
        let before: u64 = self.spans.iter().map(|span| span.micros).sum();
        Duration::from_micros(before).saturating_add(self.since.elapsed())
    }

    /// The spans so far.
    pub(crate) fn spans(&self) -> &[Span] {
        &self.spans
    }

    fn push(&mut self, phase: &'static str) {
        let sent = core::mem::take(&mut self.held);
        self.spans.push(Span { phase, micros: 0, sent, received: 0 });
    }
}

/// The whole time of `spans`.
pub(crate) fn total(spans: &[Span]) -> u64 {
    spans.iter().map(|span| span.micros).sum()
}

/// The name of the phase in which a channel at `stage` is.
pub(crate) const fn phase(stage: Stage) -> &'static str {
    match stage {
        Stage::Connecting => CONNECT,
        Stage::TlsHeader => TLS_HEADER,
        Stage::TlsHandshake => "tls handshake",
        Stage::SaslHeader => "sasl header",
        Stage::AmqpHeader => AMQP_HEADER,
        Stage::SaslMechanisms => "mechanisms",
        Stage::SaslStart => "start",
        Stage::SaslInit | Stage::SaslExchange | Stage::SaslLookup => "exchange",
        Stage::Open => OPEN,
        Stage::Closing => CLOSE,
        _ => "other",
    }
}

/// Microseconds of `time`.
pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn count(octets: usize) -> u64 {
    u64::try_from(octets).unwrap_or(u64::MAX)
}

/// The look-up of a name.
pub(crate) const RESOLVE: &str = "resolve";
/// The way to a socket.
pub(crate) const CONNECT: &str = "connect";
/// The AMQP header after SASL.
pub(crate) const AMQP_HEADER: &str = "amqp header";
/// Octets of the user.
pub(crate) const OPEN: &str = "open";
/// The goodbye.
pub(crate) const CLOSE: &str = "close";
const TLS_HEADER: &str = "tls header";
/// Octets of a protocol header.
const HEADER: u64 = 8;
