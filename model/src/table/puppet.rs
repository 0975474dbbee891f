//! Layers that do what the octets they receive say, in the place of real ones below the life cycle.
//!
//! They keep the contract of layers: nothing is parsed while they ask or work, and the end is final.

use xiom_core::{
    Cause, Failure, Layer, Phase, Received, SaslFault, Security, Stage, TlsFault, WireBuf,
};

/// They open.
pub(super) const OPEN: u8 = b'o';
/// They ask the user.
pub(super) const ASK: u8 = b'a';
/// They compute for two slices.
pub(super) const WORK: u8 = b'w';
/// They compute for one slice, and fail.
pub(super) const WORK_AND_FAIL: u8 = b'x';
/// They fail.
pub(super) const FAIL: u8 = b'f';
/// They fail with last words.
pub(super) const FAIL_ALOUD: u8 = b'F';
/// They see the end of the peer's octets.
pub(super) const END: u8 = b'e';
/// They wait for the rest of something: the end of the stream is a failure now.
pub(super) const HALF: u8 = b'h';
/// They pass octets up.
pub(super) const DATA: u8 = b'd';
/// A message that begins so cannot be sealed.
pub(super) const UNSEALABLE: u8 = b'!';

/// The layers.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(super) struct Puppet {
    phase: Phase,
    /// Slices that are left, and whether they end in a failure.
    slices: u8,
    fails: bool,
    half: bool,
}

impl Puppet {
    /// The answer to a question lets them go on, or refuses the peer.
    pub(super) fn answer(&mut self, is_yes: bool) {
        self.phase = if is_yes { WAITING } else { Phase::Failed(REFUSED) };
    }

    /// What an octet of the peer does.
    fn obey(&mut self, octet: u8, out: &mut WireBuf) {
        let is_opening = matches!(self.phase, Phase::Opening(_));
        match octet {
            OPEN if is_opening => self.phase = Phase::Open,
            ASK if is_opening => self.phase = Phase::Asking(Stage::SaslLookup),
            WORK if is_opening => (self.phase, self.slices) = (WORKING, 2),
            WORK_AND_FAIL if is_opening => {
                (self.phase, self.slices, self.fails) = (WORKING, 1, true);
            }
            FAIL => self.phase = Phase::Failed(REFUSED),
            FAIL_ALOUD => {
                out.extend(b"!");
                self.phase = Phase::Failed(REFUSED);
            }
            END => self.phase = Phase::Ended,
            HALF => self.half = true,
            _ => {}
        }
    }
}

impl Layer for Puppet {
    fn open(&mut self, _: &Security, _: &mut WireBuf) {
        self.phase = WAITING;
    }

    fn receive(&mut self, input: &mut [u8], out: &mut WireBuf) -> Option<Received> {
        match (self.phase, input.first()) {
            (Phase::Asking(_) | Phase::Working(_), _) | (_, None) => None,
            (Phase::Open, Some(&DATA)) => Received::pass(input),
            (Phase::Opening(_) | Phase::Open, Some(&octet)) => {
                self.obey(octet, out);
                Some(Received::skip(1))
            }
            (Phase::Idle | Phase::Ended | Phase::Failed(_), _) => Received::discard(input),
        }
    }

    fn send(&mut self, octets: &[u8], out: &mut WireBuf) {
        if octets.first() == Some(&UNSEALABLE) {
            self.phase = Phase::Failed(Cause::Tls(TlsFault::Engine).at(Stage::Open));
        } else {
            out.extend(octets);
        }
    }

    fn close(&mut self, out: &mut WireBuf) {
        if matches!(self.phase, Phase::Open | Phase::Ended) {
            out.extend(b".");
        }
    }

    fn end(&mut self) {
        self.phase = match self.phase {
            Phase::Open if !self.half => Phase::Ended,
            phase @ (Phase::Ended | Phase::Failed(_)) => phase,
            phase @ (Phase::Idle
            | Phase::Opening(_)
            | Phase::Asking(_)
            | Phase::Working(_)
            | Phase::Open) => Phase::Failed(Cause::EndOfStream.at(phase.stage())),
        };
    }

    fn phase(&self) -> Phase {
        self.phase
    }

    fn security(&self) -> Security {
        Security::default()
    }

    fn work(&mut self, _: u32, _: &mut WireBuf) {
        self.slices = self.slices.saturating_sub(1);
        if self.slices == 0 {
            self.phase = if self.fails { Phase::Failed(REFUSED) } else { WAITING };
        }
    }
}

const WAITING: Phase = Phase::Opening(Stage::SaslExchange);
const WORKING: Phase = Phase::Working(Stage::SaslExchange);
const REFUSED: Failure = Cause::Sasl(SaslFault::NotOffered).at(Stage::SaslExchange);
