//! The server: START, the initial response, challenges, and COMPLETE, which nobody answers.
//!
//! One START and one COMPLETE in a connection; a mechanism that is accepted on this channel, by its exact
//! name; nothing is parsed while the application is asked; COMPLETE is said only when the mechanism and the
//! application both agree, and from then on there are only frames.

use alloc::boxed::Box;
use alloc::vec::Vec;

use xiom_core::{
    Cause, Failure, Layer, OutcomeCode, Phase, Received, SaslFault, Security, Stage, Unit, WireBuf,
};
use xiom_sasl::server::{LookupAnswer, Mechanism, Offer, Question, ServerInput, ServerMechanism};
use xiom_sasl::{BindingOffer, Established, NoLayer, Policy};

use crate::message;
use crate::opened::Opened;
use crate::{FrameLimit, PayloadLimit};

mod session;

use session::{Session, Step};

/// What a server demands and bounds.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct ServerConfig {
    /// What a mechanism must give to be accepted.
    pub policy: Policy,
    /// The bounds of the mechanism's exchange.
    pub limits: xiom_sasl::Limits,
    /// The bound of a message of the negotiation.
    pub payload_limit: PayloadLimit,
    /// The bound of a frame.
    pub frame_limit: FrameLimit,
    /// Each message of the user is one frame, within its bound, although the client has announced a
    /// smaller buffer for tokens.
    pub whole_frames: bool,
}

/// One negotiation as the server sees it, and the frames after it; `M` are the mechanisms it may accept,
/// each good for one negotiation.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Server<M: ServerMechanism = Mechanism> {
    state: State,
    unit: Unit,
    /// What the negotiation needs; gone when it has ended, so that secrets go early.
    session: Option<Box<Session<M>>>,
    opened: Option<Box<Opened<M::Layer>>>,
    peer_text: Option<Box<str>>,
}

impl<M: ServerMechanism> Server<M> {
    //= SRS_THRIFT_SASL_01_006
    /// A server that accepts those of `mechanisms` that `config` permits on the channel, each under its name.
    #[must_use]
    pub fn new(mechanisms: Vec<M>, config: ServerConfig) -> Self {
        let session = Session {
            mechanisms,
            offer: None,
            running: None,
            question: None,
            config,
            security: Security::default(),
            binding: BindingOffer::None,
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

    /// The question to the application, while the layer asks.
    #[must_use]
    pub fn question(&self) -> Option<&Question> {
        self.session.as_ref()?.question.as_ref()
    }

    /// Answers [`Question::Lookup`]; an answer that does not fit the question ends the negotiation.
    pub fn lookup(&mut self, answer: LookupAnswer<'_>, out: &mut WireBuf) {
        match self.take_question() {
            Some(Question::Lookup(request)) if request.admits(&answer) => {
                self.step(ServerInput::Lookup(answer), out);
            }
            Some(_) => self.refuse_for(SaslFault::WrongAnswer, out),
            None => {}
        }
    }

    /// Answers [`Question::Authorize`].
    pub fn authorize(&mut self, granted: bool, out: &mut WireBuf) {
        match self.take_question() {
            Some(Question::Authorize(_)) => self.step(ServerInput::Authorized(granted), out),
            Some(_) => self.refuse_for(SaslFault::WrongAnswer, out),
            None => {}
        }
    }

    /// Answers any question by a refusal for an error of the application, such as a store that is down.
    pub fn refuse(&mut self, code: OutcomeCode, out: &mut WireBuf) {
        if self.take_question().is_some() {
            self.refuse_for(SaslFault::Unavailable(code), out);
        }
    }

    /// The proof of the login, once open.
    #[must_use]
    pub fn established(&self) -> Option<&Established<NoLayer>> {
        self.opened.as_deref().map(Opened::established)
    }

    fn take_question(&mut self) -> Option<Question> {
        self.session.as_mut()?.question.take()
    }

    fn refuse_for(&mut self, fault: SaslFault, out: &mut WireBuf) {
        self.conclude(Err(Cause::Sasl(fault)), out);
    }

    fn step(&mut self, input: ServerInput<'_>, out: &mut WireBuf) {
        let Some(session) = &mut self.session else { return };
        let result = session.step(input, out);
        self.follow(result, out);
    }

    fn follow(&mut self, result: Result<Step<M>, Cause>, out: &mut WireBuf) {
        let result = result.map(|step| match step {
            Step::State(state) => state,
            //= SRS_THRIFT_SASL_50_003
            Step::Success(opened) => {
                self.opened = Some(opened);
                State::Open
            }
        });
        self.conclude(result, out);
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

    /// Fails without a word.
    fn fail(&mut self, cause: Cause) {
        self.enter(State::Failed(cause.at(self.state.stage())));
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        if matches!(state, State::Open | State::Failed(_)) {
            self.session = None;
        }
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

impl<M: ServerMechanism> Layer for Server<M> {
    fn open(&mut self, below: &Security, _out: &mut WireBuf) {
        if let Some(session) = &mut self.session {
            session.security = below.clone();
            let mechanisms = core::mem::take(&mut session.mechanisms);
            //= SRS_THRIFT_SASL_50_045
            let offer = Offer::new(mechanisms, &session.config.policy, below);
            session.binding = offer.binding();
            session.offer = Some(offer);
            self.state = State::AwaitingStart;
        }
    }

    fn receive(&mut self, input: &mut [u8], out: &mut WireBuf) -> Option<Received> {
        let limit = match self.state {
            State::AwaitingStart | State::AwaitingInitial | State::AwaitingResponse => {
                self.session.as_ref()?.config.payload_limit
            }
            //= SRS_THRIFT_SASL_50_040
            State::Open => return self.pass(input),
            //= SRS_THRIFT_SASL_50_041
            State::Asking | State::Working => return None,
            //= SRS_THRIFT_SASL_01_012, SRS_THRIFT_SASL_01_029, SRS_THRIFT_SASL_50_019
            State::Idle | State::Ended | State::Failed(_) => return Received::discard(input),
        };
        let mut unit = core::mem::take(&mut self.unit);
        let received = message::receive(&mut unit, input, limit, |_, message| {
            let Some(session) = &mut self.session else { return };
            let (state, text) = (self.state, &mut self.peer_text);
            let result = message.and_then(|message| session.advance(state, message, text, out));
            self.follow(result, out);
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
            | State::AwaitingStart
            | State::AwaitingInitial
            | State::AwaitingResponse
            | State::Asking
            | State::Working => self.fail(Cause::EndOfStream),
        }
    }

    fn phase(&self) -> Phase {
        let stage = self.state.stage();
        match self.state {
            State::Idle => Phase::Idle,
            State::AwaitingStart | State::AwaitingInitial | State::AwaitingResponse => {
                Phase::Opening(stage)
            }
            State::Asking => Phase::Asking(stage),
            State::Working => Phase::Working(stage),
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
        if self.state == State::Working {
            self.step(ServerInput::Work(iterations), out);
        }
    }
}

/// Where the negotiation stands.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum State {
    Idle,
    AwaitingStart,
    AwaitingInitial,
    AwaitingResponse,
    Asking,
    Working,
    Open,
    Ended,
    Failed(Failure),
}

impl State {
    const fn stage(self) -> Stage {
        match self {
            Self::Idle | Self::AwaitingStart => Stage::SaslStart,
            Self::AwaitingInitial | Self::AwaitingResponse | Self::Working => Stage::SaslExchange,
            Self::Asking => Stage::SaslLookup,
            Self::Open | Self::Ended => Stage::Open,
            Self::Failed(failure) => failure.stage,
        }
    }
}

/// A call that the contract of layers rules out, such as an answer after the end.
const GONE: Cause = Cause::Sasl(SaslFault::WrongAnswer);
