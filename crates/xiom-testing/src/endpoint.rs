//! One end of a connection in memory: a channel with its buffers, its clock and all it told.
//!
//! It keeps the contract of the channel's drivers: facts and octets come in only while nothing is owed.

use core::time::Duration;

use xiom_core::{
    Action, Channel, Fact, Failure, Layer, Limits, OpenResult, Rejected, SendId, WireBuf,
};

/// A channel over the layers `L`, with an imaginary socket below that always connects.
#[derive(Clone, Debug)]
pub struct Endpoint<L> {
    /// The channel; after a command to it call [`Self::drain`].
    pub channel: Channel<L>,
    /// What goes to the peer; [`pump`] takes from it.
    pub wire: WireBuf,
    /// What came from the peer and was not consumed yet.
    pub input: Vec<u8>,
    /// All deeds for the user and the socket so far, oldest first, without [`Action::Work`].
    pub told: Vec<Action>,
    /// All octets for the user so far.
    pub received: Vec<u8>,
    /// The clock; [`Self::advance`] moves it.
    pub now: Duration,
    /// Nothing more will be written: the peer learns it once the wire is empty.
    pub is_shut: bool,
    peer_knows: bool,
    next: u32,
}

impl<L: Layer> Endpoint<L> {
    /// Opens `layers` over a socket that connects at once.
    #[must_use]
    pub fn open(layers: L) -> Self {
        Self::open_within(layers, Limits::default())
    }

    /// The same, within other limits.
    #[must_use]
    pub fn open_within(layers: L, limits: Limits) -> Self {
        let mut end = Self {
            channel: Channel::new(limits),
            wire: WireBuf::default(),
            input: Vec::new(),
            told: Vec::new(),
            received: Vec::new(),
            now: Duration::ZERO,
            is_shut: false,
            peer_knows: false,
            next: 0,
        };
        // A fresh channel is closed, so it accepts this.
        let _ = end.channel.open(layers, end.now, &mut end.wire);
        end.drain();
        end
    }

    /// Performs all that is owed.
    pub fn drain(&mut self) {
        while let Some(action) = self.channel.poll_action(&mut self.wire) {
            match action {
                Action::Work => continue,
                Action::Connect => self.channel.handle(Fact::Connected, &mut self.wire),
                Action::Disconnect => {
                    self.is_shut = true;
                    self.channel.handle(Fact::Disconnected, &mut self.wire);
                }
                Action::Shutdown => self.is_shut = true,
                Action::Opened(_)
                | Action::Ask(_)
                | Action::Sent(..)
                | Action::Ended
                | Action::Failed(_)
                | Action::Closed => {}
            }
            self.told.push(action);
        }
    }

    /// Lets `octets` come from the peer, and shows the channel as many as it takes.
    pub fn feed(&mut self, octets: &[u8]) {
        self.input.extend_from_slice(octets);
        self.drain();
        while let Some(got) = self.channel.receive(&mut self.input, &mut self.wire) {
            self.received.extend_from_slice(got.octets(&self.input));
            self.input.drain(..got.consumed.min(self.input.len()));
            self.drain();
        }
    }

    /// Reports `fact` and performs what follows.
    pub fn tell(&mut self, fact: Fact) {
        self.drain();
        self.channel.handle(fact, &mut self.wire);
        self.drain();
    }

    /// Lets `time` pass.
    pub fn advance(&mut self, time: Duration) {
        self.now = self.now.saturating_add(time);
        self.tell(Fact::Time(self.now));
    }

    /// Sends `octets` under the next number, counted from 0.
    ///
    /// # Errors
    ///
    /// Returns [`Rejected`] when the channel refuses the command.
    pub fn try_send(&mut self, octets: &[u8]) -> Result<SendId, Rejected> {
        let id = SendId(self.next);
        self.channel.send(id, octets, &mut self.wire)?;
        self.next = self.next.wrapping_add(1);
        Ok(id)
    }

    /// Sends `octets`; whether the channel accepted them.
    pub fn send(&mut self, octets: &[u8]) -> bool {
        self.try_send(octets).is_ok()
    }

    /// Closes, and performs what follows; whether the channel accepted the command.
    pub fn close(&mut self) -> bool {
        let accepted = self.channel.close(self.now, &mut self.wire).is_ok();
        self.drain();
        accepted
    }

    /// Takes all octets that wait for the peer, as a socket that takes everything.
    pub fn take(&mut self) -> Vec<u8> {
        let octets = self.wire.pending().to_vec();
        self.wire.take(octets.len());
        self.drain();
        octets
    }

    /// Why the channel did not open or broke, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        self.told.iter().rev().find_map(|action| match action {
            Action::Failed(failure) | Action::Opened(OpenResult::Failed(failure)) => Some(*failure),
            Action::Connect
            | Action::Shutdown
            | Action::Disconnect
            | Action::Ask(_)
            | Action::Work
            | Action::Opened(_)
            | Action::Sent(..)
            | Action::Ended
            | Action::Closed => None,
        })
    }

    /// Moves what waits here to `peer`, in pieces of at most `piece` octets; whether anything moved.
    fn give<P: Layer>(&mut self, peer: &mut Endpoint<P>, piece: usize) -> bool {
        self.drain();
        let octets = self.take();
        for part in octets.chunks(piece.max(1)) {
            peer.feed(part);
        }
        let ends = self.is_shut && self.wire.is_empty() && !self.peer_knows;
        if ends {
            self.peer_knows = true;
            peer.tell(Fact::Ended);
        }
        ends || !octets.is_empty()
    }
}

/// Moves octets both ways, in pieces of at most `piece`, until neither side has any left.
///
/// A side that has shut down, and whose octets are all moved, ends for the other one.
pub fn pump<A: Layer, B: Layer>(a: &mut Endpoint<A>, b: &mut Endpoint<B>, piece: usize) {
    while a.give(b, piece) | b.give(a, piece) {}
}
