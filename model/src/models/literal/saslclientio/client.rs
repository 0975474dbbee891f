//! The client of the document, function by function.
//!
//! A function that gives `false` has returned non-zero in the document. Where the document uses the instance
//! after a call that may have destroyed it, [`Run::touch`] stands before.

use super::Read;
use super::run::Run;
use super::world::{Codec, Header, Io, Mechanism, Negotiation, Opened, Unit, promise};

/// The step ended because the instance is gone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Gone;

impl Run<'_> {
    /// The next statement reads or writes the instance.
    fn touch(&mut self) -> Result<(), Gone> {
        self.check(promise::TOUCHED, !self.world.is_destroyed);
        if self.world.is_destroyed { Err(Gone) } else { Ok(()) }
    }

    /// The io below calls the instance.
    fn enter(&mut self) -> Result<(), Gone> {
        self.check(promise::CALLED, !self.world.is_destroyed);
        if self.world.is_destroyed { Err(Gone) } else { Ok(()) }
    }

    /// `saslclientio_open`.
    pub(super) fn open(&mut self) -> bool {
        if !self.may_open() {
            return false;
        }
        self.begin_session();
        self.world.header = Header::Idle;
        self.world.negotiation = Negotiation::NotStarted;
        self.world.halves = 0;
        self.world.io = Io::OpeningUnderlying;
        self.xio_open()
    }

    /// `saslclientio_close`.
    pub(super) fn close(&mut self) -> Result<bool, Gone> {
        if !self.may_close() {
            return Ok(false);
        }
        self.world.io = Io::Closing;
        self.xio_close()
    }

    /// Whether `saslclientio_open` would do anything.
    pub(super) fn may_open(&self) -> bool {
        self.world.io == Io::NotOpen && !self.world.is_destroyed
    }

    /// Whether `saslclientio_close` would do anything.
    pub(super) fn may_close(&self) -> bool {
        !matches!(self.world.io, Io::NotOpen | Io::Closing) && !self.world.is_destroyed
    }

    /// `on_underlying_io_close_complete`.
    pub(super) fn on_close_complete(&mut self) -> Result<(), Gone> {
        self.enter()?;
        self.judge_close_complete();
        match self.world.io {
            Io::NotOpen | Io::Open | Io::Error => {}
            Io::OpeningUnderlying | Io::Handshake => {
                self.world.io = Io::NotOpen;
                self.tell_opened(Opened::Error);
            }
            Io::Closing => {
                self.world.io = Io::NotOpen;
                self.tell_closed();
            }
        }
        Ok(())
    }

    /// `handle_error`.
    fn handle_error(&mut self) -> Result<(), Gone> {
        self.touch()?;
        match self.world.io {
            Io::NotOpen | Io::Closing | Io::Error => {}
            Io::OpeningUnderlying | Io::Handshake => {
                if !self.xio_close()? {
                    self.world.io = Io::NotOpen;
                    self.tell_opened(Opened::Error);
                }
            }
            Io::Open => {
                self.world.io = Io::Error;
                self.tell_error();
            }
        }
        Ok(())
    }

    /// `on_underlying_io_open_complete`.
    pub(super) fn on_open_complete(&mut self, is_ok: bool) -> Result<(), Gone> {
        self.enter()?;
        if self.world.io != Io::OpeningUnderlying {
            return Ok(());
        }
        if !is_ok {
            return self.handle_error();
        }
        self.world.io = Io::Handshake;
        if self.world.header != Header::Idle || !self.send_header()? {
            return self.handle_error();
        }
        self.touch()?;
        self.world.header = Header::Sent;
        Ok(())
    }

    /// `on_underlying_io_error`.
    pub(super) fn on_error(&mut self) -> Result<(), Gone> {
        self.enter()?;
        match self.world.io {
            Io::NotOpen | Io::Closing | Io::Error => {}
            Io::OpeningUnderlying | Io::Handshake => {
                self.world.io = Io::NotOpen;
                self.tell_opened(Opened::Error);
            }
            Io::Open => {
                self.world.io = Io::Error;
                self.tell_error();
            }
        }
        Ok(())
    }

    /// `on_underlying_io_bytes_received`.
    pub(super) fn on_bytes(&mut self, read: Read) -> Result<(), Gone> {
        self.enter()?;
        match self.world.io {
            Io::Open => self.tell_bytes(self.session),
            Io::Handshake => return self.receive_all(read),
            Io::OpeningUnderlying => self.check(promise::LOST, false),
            Io::NotOpen | Io::Closing | Io::Error => {}
        }
        Ok(())
    }

    /// The loop over the octets of a read, which looks at nothing but the value returned.
    fn receive_all(&mut self, read: Read) -> Result<(), Gone> {
        let session = self.session;
        for unit in read.units() {
            self.touch()?;
            self.check(promise::OLD_READ, self.session == session);
            if !self.receive(unit, session)? {
                return self.handle_error();
            }
        }
        Ok(())
    }

    /// `saslclientio_receive_byte`, for the octets of one unit.
    fn receive(&mut self, unit: Unit, session: u8) -> Result<bool, Gone> {
        match (self.world.header, self.world.negotiation) {
            (Header::Received, _) | (Header::Exchanged, Negotiation::Error) => Ok(false),
            (Header::Idle | Header::Sent, _) => self.receive_header(unit),
            (Header::Exchanged, Negotiation::OutcomeReceived) => {
                self.tell_bytes(session);
                Ok(true)
            }
            (
                Header::Exchanged,
                Negotiation::NotStarted
                | Negotiation::MechanismsReceived
                | Negotiation::InitSent
                | Negotiation::ChallengeReceived
                | Negotiation::ResponseSent,
            ) => self.decode(unit),
        }
    }

    fn receive_header(&mut self, unit: Unit) -> Result<bool, Gone> {
        // The ninth octet is compared with what lies behind the eight of the header.
        self.check(promise::BOUNDS, self.world.halves < 2);
        let expected = if self.world.halves == 0 { Unit::Header1 } else { Unit::Header2 };
        if self.world.halves == 2 || unit != expected {
            return Ok(false);
        }
        self.world.halves += 1;
        if self.world.halves == 1 {
            return Ok(true);
        }
        if self.world.header == Header::Sent {
            self.world.header = Header::Exchanged;
            return Ok(true);
        }
        self.world.header = Header::Received;
        self.send_header()
    }

    /// `send_sasl_header`.
    fn send_header(&mut self) -> Result<bool, Gone> {
        self.check(promise::ONE_HEADER, !self.world.is_header_sent);
        self.world.is_header_sent = true;
        self.xio_send("header", true)
    }

    /// `frame_codec_receive_bytes`, which is not part of the document: it keeps its failure, and half of a
    /// frame.
    fn decode(&mut self, unit: Unit) -> Result<bool, Gone> {
        self.check(promise::FRESH_CODEC, !self.world.is_codec_old);
        match (self.world.codec, unit) {
            (Codec::Broken, _) => return Ok(false),
            (Codec::Half, _) | (Codec::Ready, Unit::Octets | Unit::Header1 | Unit::Header2) => {
                self.world.codec = Codec::Broken;
                // `on_frame_codec_error`; the value returned says the same once more.
                self.handle_error()?;
                return Ok(false);
            }
            (Codec::Ready, Unit::Half) => self.world.codec = Codec::Half,
            (Codec::Ready, frame) => self.on_frame(frame)?,
        }
        Ok(true)
    }

    /// `sasl_frame_received_callback`.
    fn on_frame(&mut self, frame: Unit) -> Result<(), Gone> {
        match self.world.io {
            Io::NotOpen | Io::Error => return Ok(()),
            Io::Open | Io::OpeningUnderlying | Io::Closing => return self.handle_error(),
            Io::Handshake => {}
        }
        if self.world.header != Header::Exchanged {
            return self.handle_error();
        }
        match frame {
            Unit::Offer | Unit::OtherOffer | Unit::BadOffer => self.on_mechanisms(frame),
            Unit::GoodChallenge | Unit::BadChallenge => self.on_challenge(frame),
            Unit::Ok | Unit::Refusal | Unit::BadOutcome => self.on_outcome(frame),
            Unit::Unknown | Unit::Header1 | Unit::Header2 | Unit::Octets | Unit::Half => {
                self.check(promise::UNKNOWN, false);
                Ok(())
            }
        }
    }

    fn on_mechanisms(&mut self, frame: Unit) -> Result<(), Gone> {
        if self.world.negotiation != Negotiation::NotStarted {
            self.check(promise::UNKNOWN, false);
            return Ok(());
        }
        if frame == Unit::OtherOffer {
            return self.handle_error();
        }
        // An item that is no symbol sets the index to the count, and the loop adds one: no longer equal to the
        // count, it looks like a match.
        self.world.negotiation = Negotiation::MechanismsReceived;
        self.send_init(frame)?;
        self.touch()?;
        self.world.negotiation = Negotiation::InitSent;
        Ok(())
    }

    /// `send_sasl_init`: to encode succeeds, whatever becomes of the octets.
    fn send_init(&mut self, offer: Unit) -> Result<(), Gone> {
        self.world.mechanism = Mechanism::Started;
        if !self.xio_send("sasl-init", false)? {
            return self.handle_error();
        }
        self.world.is_init_sent = true;
        self.check(promise::OFFERED, offer == Unit::Offer);
        Ok(())
    }

    fn is_exchange(&self) -> bool {
        matches!(self.world.negotiation, Negotiation::InitSent | Negotiation::ResponseSent)
    }

    fn on_challenge(&mut self, frame: Unit) -> Result<(), Gone> {
        if !self.is_exchange() {
            return self.handle_error();
        }
        if frame == Unit::BadChallenge {
            self.say((1, 1), || "the mechanism refuses the challenge".into());
            self.world.mechanism = Mechanism::Refused;
            return self.handle_error();
        }
        if self.world.mechanism == Mechanism::Started {
            self.world.mechanism = Mechanism::Done;
        }
        // As for the init: a failed send is handled, and then forgotten.
        if self.xio_send("sasl-response", false)? { Ok(()) } else { self.handle_error() }
    }

    fn on_outcome(&mut self, frame: Unit) -> Result<(), Gone> {
        if !self.is_exchange() {
            return self.handle_error();
        }
        self.world.negotiation = Negotiation::OutcomeReceived;
        self.world.is_refused = frame != Unit::Ok;
        if self.world.is_refused {
            return self.handle_error();
        }
        self.world.is_ok = true;
        self.world.io = Io::Open;
        self.tell_opened(Opened::Ok);
        Ok(())
    }
}
