//! How a message is accepted: what is refused, what is sealed at once, and what waits.
//!
//! A message is sealed whole, in the order of acceptance; from then on it cannot be cancelled, only fail
//! with the connection.

use crate::channel::state::State;
use crate::{Channel, Layer, Rejected, SendId, WireBuf};

impl<L: Layer> Channel<L> {
    /// Accepts `octets` as the message `id`, sealed at once when nothing waits before them.
    ///
    /// # Errors
    ///
    /// Returns [`Rejected`], and changes nothing, unless open and within the limits.
    pub fn send(&mut self, id: SendId, octets: &[u8], out: &mut WireBuf) -> Result<(), Rejected> {
        self.send_straight(id, octets, out, |_, _| 0)
    }

    /// As [`Self::send`]; octets that go as they are may reach the socket without a copy.
    ///
    /// If they do, `write` is called once with what is pending and with the octets that follow it, and says how
    /// many of all those the socket took for good; the others are kept as ever.
    ///
    /// ```
    /// use core::time::Duration;
    /// use xiom_core::{Action, Channel, Fact, Limits, Plain, SendId, SendResult, WireBuf};
    ///
    /// let (mut channel, mut wire) = (Channel::new(Limits::default()), WireBuf::default());
    /// channel.open(Plain::default(), Duration::ZERO, &mut wire)?;
    /// while channel.poll_action(&mut wire).is_some() {}
    /// channel.handle(Fact::Connected, &mut wire);
    /// while channel.poll_action(&mut wire).is_some() {}
    ///
    /// let mut socket = Vec::new();
    /// channel.send_straight(SendId(7), b"hello", &mut wire, |pending, octets| {
    ///     socket.extend([pending, &octets[..3]].concat());
    ///     socket.len()
    /// })?;
    /// assert_eq!((&socket[..], wire.pending()), (&b"hel"[..], &b"lo"[..]));
    /// wire.take(2);
    /// let sent = Action::Sent(SendId(7), SendResult::Ok);
    /// assert_eq!(channel.poll_action(&mut wire), Some(sent));
    /// # Ok::<(), xiom_core::Rejected>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Self::send`].
    pub fn send_straight(
        &mut self,
        id: SendId,
        octets: &[u8],
        out: &mut WireBuf,
        write: impl FnOnce(&[u8], &[u8]) -> usize,
    ) -> Result<(), Rejected> {
        let (size, limit) = (octets.len(), self.limits.message);
        //= SRS_TLSIO_30_065, SRS_TLSIO_30_066
        //= SRS_SASL_SERVER_IO_01_039
        //= SRS_SASLCLIENTIO_01_019
        if !self.is_open() {
            return Err(Rejected::State);
        }
        //= SRS_TLSIO_50_020
        if limit < size {
            return Err(Rejected::TooLarge { size, limit });
        }
        //= SRS_TLSIO_30_064, SRS_TLSIO_30_066
        if self.limits.messages <= self.outbox.len() {
            return Err(Rejected::Full);
        }
        //= SRS_SASL_SERVER_IO_01_037
        if self.has_room(out) {
            //= SRS_TLSIO_30_063
            self.seal(id, octets, out, write);
            //= SRS_SASLCLIENTIO_01_021
            return Ok(());
        }
        //= SRS_TLSIO_30_064
        if self.limits.queued < self.outbox.octets().saturating_add(size) {
            return Err(Rejected::Full);
        }
        //= SRS_TLSIO_30_063
        self.outbox.push_waiting(id, octets);
        Ok(())
    }

    /// Whether the next message is sealed straight from the caller's octets.
    #[must_use]
    pub fn has_room(&self, out: &WireBuf) -> bool {
        self.is_open() && !self.outbox.has_waiting() && out.len() < self.limits.wire
    }

    pub(super) fn seal(
        &mut self,
        id: SendId,
        octets: &[u8],
        out: &mut WireBuf,
        write: impl FnOnce(&[u8], &[u8]) -> usize,
    ) {
        let start = out.appended();
        if let Some(layers) = self.session.as_mut().filter(|_| !octets.is_empty()) {
            if layers.lead(octets.len(), out) {
                let taken = write(out.pending(), octets);
                out.pass(octets, taken);
            } else {
                layers.send(octets, out);
            }
        }
        self.observe(out);
        // What failed to be sealed is never written, however many octets the socket takes.
        //= SRS_TLSIO_50_019
        let end = if self.state == State::Open { out.appended() } else { u64::MAX };
        //= SRS_TLSIO_30_067
        //= SRS_SASL_SERVER_IO_01_040
        //= SRS_SASLCLIENTIO_01_023
        self.outbox.push_sealed(id, start, end);
    }
}
