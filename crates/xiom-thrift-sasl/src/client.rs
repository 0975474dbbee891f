//! The client: START and the initial response, then challenges, then the server's COMPLETE.
//!
//! Open means proven: the mechanism was permitted on this channel, the server said COMPLETE in this very
//! negotiation, and the mechanism is content with it. A client that is not content with a COMPLETE says
//! nothing, for the server takes frames by then.

use alloc::boxed::Box;

use xiom_core::{
    AuthFault, Cause, Failure, Layer, Phase, Received, Security, Stage, Unit, WireBuf,
};
use xiom_sasl::client::{ClientMechanism, Mechanism};
use xiom_sasl::{Established, NoLayer, Policy};
use xiom_thrift_codec::{Message, Status};

use crate::message;
use crate::opened::Opened;
use crate::{FrameLimit, PayloadLimit};

mod session;

use session::{Reply, Session};

/// What a client demands and bounds.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct ClientConfig {
    /// What the mechanism must give.
    pub policy: Policy,
    /// The bounds of the mechanism's exchange.
    pub limits: xiom_sasl::Limits,
    /// The bound of a message of the negotiation.
    pub payload_limit: PayloadLimit,
    /// The bound of a frame.
    pub frame_limit: FrameLimit,
    /// How the client says that its side has come to its end.
    pub last_word: LastWord,
    /// Each message of the user is one frame, within its bound, although the peer has announced a smaller
    /// buffer for tokens: for servers that take a frame for a request.
    pub whole_frames: bool,
}

/// How a client says that its side has come to its end; servers take both.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum LastWord {
    /// By COMPLETE.
    #[default]
    Complete,
    /// By OK, as for every other message.
    Ok,
}

/// One negotiation as the client sees it, with its only mechanism, and the frames after it.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Client<M: ClientMechanism = Mechanism> {
    state: State,
    unit: Unit,
    /// What the negotiation needs; gone when it has ended, so that secrets go early.
    session: Option<Box<Session<M>>>,
    opened: Option<Box<Opened<M::Layer>>>,
    peer_text: Option<Box<str>>,
}

impl<M: ClientMechanism> Client<M> {
    //= SRS_THRIFT_SASL_01_005
    /// A client that logs in with `mechanism`, if `config` permits that on the channel.
    #[must_use]
    pub fn new(mechanism: M, config: ClientConfig) -> Self {
        let session = Session {
            mechanism: Some(mechanism),
            config,
            security: Security::default(),
            rounds: 0,
        };
        Self {
            state: State::Idle,
            unit: Unit::default(),
            session: Some(Box::new(session)),
            opened: None,
            peer_text: None,
        }
    }

    /// The proof of the login, once open.
    #[must_use]
    pub fn established(&self) -> Option<&Established<NoLayer>> {
        self.opened.as_deref().map(Opened::established)
    }

    /// Takes one message; what the peer does wrong becomes a state.
    fn judge(
        &mut self,
        status: Option<Status>,
        message: Result<Message<'_>, Cause>,
        out: &mut WireBuf,
    ) {
        match message.and_then(|message| self.advance(message, out)) {
            //= SRS_THRIFT_SASL_50_007
            Err(cause) if status == Some(Status::Complete) => self.fail(cause),
            result => self.conclude(result, out),
        }
    }

    fn advance(&mut self, message: Message<'_>, out: &mut WireBuf) -> Result<State, Cause> {
        let session = self.session.as_mut().ok_or(GONE)?;
        match message.status {
            //= SRS_THRIFT_SASL_50_008
            Status::Ok if !session.is_done() => session.respond(message.payload, out),
            //= SRS_THRIFT_SASL_01_028, SRS_THRIFT_SASL_50_004, SRS_THRIFT_SASL_50_012
            Status::Complete => {
                let established = session.establish(message.payload)?;
                let (limit, is_whole) = (session.config.frame_limit, session.config.whole_frames);
                let security = core::mem::take(&mut session.security);
                self.opened = Some(Box::new(Opened::new(established, security, limit, is_whole)));
                //= SRS_THRIFT_SASL_50_001
                Ok(State::Open)
            }
            Status::Start | Status::Ok | Status::Bad | Status::Error => {
                Err(message::unexpected(message, &mut self.peer_text))
            }
        }
    }

    fn conclude(&mut self, result: Result<State, Cause>, out: &mut WireBuf) {
        match result {
            Ok(state) => self.enter(state),
            Err(cause) => {
                message::give_up(cause, out);
                self.fail(cause);
            }
        }
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        if matches!(state, State::Open | State::Failed(_)) {
            self.session = None;
        }
    }

    /// Fails without a word.
    fn fail(&mut self, cause: Cause) {
        self.enter(State::Failed(cause.at(self.state.stage())));
    }

    /// Takes octets of frames.
    fn pass(&mut self, input: &mut [u8]) -> Option<Received> {
        match self.opened.as_mut()?.receive(input) {
            Ok(received) => received,
            //= SRS_THRIFT_SASL_01_037
            Err(cause) => {
                self.fail(cause);
                Received::discard(input)
            }
        }
    }
}

impl<M: ClientMechanism> Layer for Client<M> {
    fn open(&mut self, below: &Security, out: &mut WireBuf) {
        if let Some(session) = &mut self.session {
            session.security = below.clone();
            //= SRS_THRIFT_SASL_01_007
            match session.start(out) {
                Ok(state) => self.enter(state),
                // Nothing was said that the peer would have to be told about.
                Err(cause) => self.fail(cause),
            }
        }
    }

    fn receive(&mut self, input: &mut [u8], out: &mut WireBuf) -> Option<Received> {
        let limit = match self.state {
            State::AwaitingReply => self.session.as_ref()?.config.payload_limit,
            //= SRS_THRIFT_SASL_50_040
            State::Open => return self.pass(input),
            State::ComputingInitial | State::ComputingResponse => return None,
            //= SRS_THRIFT_SASL_01_029, SRS_THRIFT_SASL_50_019
            State::Idle | State::Ended | State::Failed(_) => return Received::discard(input),
        };
        let mut unit = core::mem::take(&mut self.unit);
        let received = message::receive(&mut unit, input, limit, |status, message| {
            self.judge(status, message, out);
        });
        self.unit = unit;
        received
    }

    //= SRS_THRIFT_SASL_50_042
    fn send(&mut self, octets: &[u8], out: &mut WireBuf) {
        let Some(opened) = &mut self.opened else { return };
        if let Err(cause) = opened.send(octets, out) {
            self.fail(cause);
        }
    }

    //= SRS_THRIFT_SASL_50_042
    fn lead(&mut self, length: usize, out: &mut WireBuf) -> bool {
        self.opened.as_ref().is_some_and(|opened| opened.lead(length, out))
    }

    fn close(&mut self, _out: &mut WireBuf) {}

    fn end(&mut self) {
        match self.state {
            State::Open | State::Ended => {
                let end = self.opened.as_ref().map_or(Ok(()), |opened| opened.end());
                match end {
                    Ok(()) => self.state = State::Ended,
                    Err(cause) => self.fail(cause),
                }
            }
            State::Failed(_) => {}
            //= SRS_THRIFT_SASL_50_037, SRS_THRIFT_SASL_50_038
            State::Idle
            | State::ComputingInitial
            | State::AwaitingReply
            | State::ComputingResponse => self.fail(Cause::EndOfStream),
        }
    }

    fn phase(&self) -> Phase {
        let stage = self.state.stage();
        match self.state {
            State::Idle => Phase::Idle,
            State::AwaitingReply => Phase::Opening(stage),
            State::ComputingInitial | State::ComputingResponse => Phase::Working(stage),
            State::Open => Phase::Open,
            State::Ended => Phase::Ended,
            State::Failed(failure) => Phase::Failed(failure),
        }
    }

    fn security(&self) -> Security {
        let negotiating = self.session.as_ref().map(|session| &session.security);
        negotiating.or(self.opened.as_ref().map(|it| it.security())).cloned().unwrap_or_default()
    }

    fn take_peer_text(&mut self) -> Option<Box<str>> {
        self.peer_text.take()
    }

    fn work(&mut self, iterations: u32, out: &mut WireBuf) {
        let reply = match self.state {
            State::ComputingInitial => Reply::Initial,
            State::ComputingResponse => Reply::Response,
            State::Idle | State::AwaitingReply | State::Open | State::Ended | State::Failed(_) => {
                return;
            }
        };
        let Some(session) = &mut self.session else { return };
        match session.work(reply, iterations, out) {
            // Nothing was said yet.
            Err(cause) if reply == Reply::Initial => self.fail(cause),
            result => self.conclude(result, out),
        }
    }
}

/// Where the negotiation stands.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum State {
    Idle,
    ComputingInitial,
    AwaitingReply,
    ComputingResponse,
    Open,
    Ended,
    Failed(Failure),
}

impl State {
    const fn stage(self) -> Stage {
        match self {
            Self::Idle | Self::ComputingInitial => Stage::SaslStart,
            Self::AwaitingReply | Self::ComputingResponse => Stage::SaslExchange,
            Self::Open | Self::Ended => Stage::Open,
            Self::Failed(failure) => failure.stage,
        }
    }
}

/// A call that the contract of layers rules out, such as octets after the end.
const GONE: Cause = Cause::Mechanism(AuthFault::Unexpected);
