//! The server: header and mechanisms, init, challenges, outcome (AMQP 1.0 part 5 section 5.3.2).
//!
//! One init and one outcome in a connection; a mechanism that was offered, by its exact name; nothing is
//! parsed while the application is asked; ok is said only when the mechanism and the application both
//! agree. A login that fails is told its outcome, a peer that breaks the protocol is told nothing, and
//! nothing of the rest is read.

use alloc::boxed::Box;
use alloc::vec::Vec;

use xiom_amqp_codec::{ProtocolHeader, SaslCode};
use xiom_core::{
    Cause, Failure, Layer, OutcomeCode, Phase, Received, SaslFault, Security, Stage, Unit, WireBuf,
};
use xiom_sasl::server::{LookupAnswer, Mechanism, Question, ServerInput, ServerMechanism};
use xiom_sasl::{BindingOffer, Established, NoLayer, Policy};

use crate::opened::Opened;
use crate::unit::Want;
use crate::{FrameLimit, header};

mod session;

use session::{Session, Step};

/// What a server demands and bounds.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct ServerConfig {
    /// What a mechanism must give to be offered.
    pub policy: Policy,
    /// The bounds of the mechanism's exchange.
    pub limits: xiom_sasl::Limits,
    /// The bound of a frame.
    pub frame_limit: FrameLimit,
}

/// One exchange as the server sees it; `M` are the mechanisms it may offer, each good for one exchange.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Server<M: ServerMechanism = Mechanism> {
    state: State,
    /// What the exchange needs; gone when it has ended, so that secrets go early.
    session: Option<Box<Session<M>>>,
    opened: Option<Opened<M::Layer>>,
}

impl<M: ServerMechanism> Server<M> {
    /// A server that offers those of `mechanisms` that `config` permits on the channel.
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
            unit: Unit::default(),
            rounds: 0,
        };
        //= SRS_SASL_SERVER_IO_01_008
        Self { state: State::Idle, session: Some(Box::new(session)), opened: None }
    }

    /// The question to the application, while the layer asks.
    #[must_use]
    pub fn question(&self) -> Option<&Question> {
        self.session.as_ref()?.question.as_ref()
    }

    /// Answers [`Question::Lookup`]; an answer that does not fit the question ends the exchange.
    pub fn lookup(&mut self, answer: LookupAnswer<'_>, out: &mut WireBuf) {
        let question = self.take_question();
        if let Some(Question::Lookup(request)) = &question
            && request.admits(&answer)
        {
            return self.step(ServerInput::Lookup(answer), out);
        }
        //= SRS_SASL_SERVER_IO_50_015
        self.refuse_for(question.is_some(), SaslFault::WrongAnswer, SaslCode::Sys, out);
    }

    /// Answers [`Question::Authorize`].
    pub fn authorize(&mut self, granted: bool, out: &mut WireBuf) {
        let question = self.take_question();
        if let Some(Question::Authorize(_)) = question {
            return self.step(ServerInput::Authorized(granted), out);
        }
        //= SRS_SASL_SERVER_IO_50_015
        self.refuse_for(question.is_some(), SaslFault::WrongAnswer, SaslCode::Sys, out);
    }

    /// Answers any question by a refusal for an error of the application, such as a store that is down.
    pub fn refuse(&mut self, code: OutcomeCode, out: &mut WireBuf) {
        let asked = self.take_question().is_some();
        let wire = match code {
            OutcomeCode::Auth => SaslCode::Auth,
            //= SRS_SASL_SERVER_IO_01_116
            OutcomeCode::Sys => SaslCode::Sys,
            //= SRS_SASL_SERVER_IO_01_117
            OutcomeCode::SysPerm => SaslCode::SysPerm,
            //= SRS_SASL_SERVER_IO_01_118
            OutcomeCode::SysTemp => SaslCode::SysTemp,
        };
        self.refuse_for(asked, SaslFault::Unavailable(code), wire, out);
    }

    /// The proof of the login, once open.
    #[must_use]
    pub fn established(&self) -> Option<&Established<NoLayer>> {
        self.opened.as_ref().map(Opened::established)
    }

    /// Whether every octet goes through a security layer.
    fn is_protected(&self) -> bool {
        self.opened.as_ref().is_some_and(|opened| !opened.is_transparent())
    }

    fn take_question(&mut self) -> Option<Question> {
        self.session.as_mut()?.question.take()
    }

    /// Ends the exchange with `code`, if a question was open.
    fn refuse_for(&mut self, asked: bool, fault: SaslFault, code: SaslCode, out: &mut WireBuf) {
        //= SRS_SASL_SERVER_IO_01_072
        let Some(session) = self.session.as_ref().filter(|_| asked) else { return };
        let result = session.end(code, None, out);
        self.conclude(result.and(Err(Cause::Sasl(fault))));
    }

    fn step(&mut self, input: ServerInput<'_>, out: &mut WireBuf) {
        let Some(session) = &mut self.session else { return };
        let result = session.step(input, out);
        self.follow(result);
    }

    fn follow(&mut self, result: Result<Step<M>, Cause>) {
        let result = result.map(|step| match step {
            Step::State(state) => state,
            //= SRS_SASL_SERVER_IO_01_064
            Step::Success(established) => {
                self.opened = Some(Opened::new(established));
                State::Open
            }
        });
        self.conclude(result);
    }

    fn conclude(&mut self, result: Result<State, Cause>) {
        self.state = result.unwrap_or_else(|cause| State::Failed(cause.at(self.state.stage())));
        //= SRS_SASL_SERVER_IO_01_108, SRS_SASL_SERVER_IO_50_007
        if matches!(self.state, State::Open | State::Failed(_)) {
            self.session = None;
        }
    }

    /// Passes octets after the outcome, through the security layer if there is one.
    fn pass(&mut self, input: &mut [u8]) -> Option<Received> {
        match self.opened.as_mut()?.receive(input) {
            Ok(received) => received,
            Err(cause) => {
                self.conclude(Err(cause));
                Received::discard(input)
            }
        }
    }

    /// Takes one whole header or frame; what the peer does wrong becomes a state.
    fn judge(&mut self, octets: Result<&[u8], Cause>, out: &mut WireBuf) {
        let Some(session) = &mut self.session else { return };
        let result = if self.state == State::AwaitingHeader {
            // Also to a wrong header the answer is the one that is spoken here (part 2 section 2.2).
            //= SRS_SASL_SERVER_IO_50_001
            out.extend(&ProtocolHeader::SASL.encode());
            octets
                .and_then(|octets| header::judge(octets, ProtocolHeader::SASL))
                .and_then(|()| session.offer(out))
        } else {
            octets.and_then(|octets| session.advance(self.state, octets, out))
        };
        self.follow(result);
    }
}

impl<M: ServerMechanism> Layer for Server<M> {
    fn open(&mut self, below: &Security, _out: &mut WireBuf) {
        if let Some(session) = &mut self.session {
            session.security = below.clone();
            //= SRS_SASL_SERVER_IO_01_089
            self.state = State::AwaitingHeader;
        }
    }

    fn receive(&mut self, input: &mut [u8], out: &mut WireBuf) -> Option<Received> {
        let want = match self.state {
            State::AwaitingHeader => Want::Header,
            State::AwaitingInit | State::AwaitingResponse => {
                Want::Frame(self.session.as_ref()?.config.frame_limit.octets())
            }
            //= SRS_SASL_SERVER_IO_01_053, SRS_SASL_SERVER_IO_01_057, SRS_SASL_SERVER_IO_01_059
            //= SRS_SASL_SERVER_IO_01_074, SRS_SASL_SERVER_IO_01_078, SRS_SASL_SERVER_IO_01_109
            State::Open => return self.pass(input),
            State::Asking | State::Working => return None,
            State::Idle | State::Ended | State::Failed(_) => return Received::discard(input),
        };
        let mut unit = core::mem::take(&mut self.session.as_mut()?.unit);
        //= SRS_SASL_SERVER_IO_01_055
        let received = want.receive(&mut unit, input, |octets| self.judge(octets, out));
        if let Some(session) = &mut self.session {
            session.unit = unit;
        }
        received
    }

    fn send(&mut self, octets: &[u8], out: &mut WireBuf) {
        let Some(opened) = &mut self.opened else { return };
        if let Err(cause) = opened.send(octets, out) {
            self.conclude(Err(cause));
        }
    }

    fn close(&mut self, _out: &mut WireBuf) {}

    fn end(&mut self) {
        match self.state {
            State::Open | State::Ended => {
                let end = self.opened.as_ref().map_or(Ok(()), Opened::end);
                self.conclude(end.map(|()| State::Ended));
            }
            State::Failed(_) => {}
            State::Idle
            | State::AwaitingHeader
            | State::AwaitingInit
            | State::AwaitingResponse
            | State::Asking
            | State::Working => self.conclude(Err(Cause::EndOfStream)),
        }
    }

    fn phase(&self) -> Phase {
        let stage = self.state.stage();
        match self.state {
            State::Idle => Phase::Idle,
            State::AwaitingHeader | State::AwaitingInit | State::AwaitingResponse => {
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
        self.session.as_ref().map(|session| session.security.clone()).unwrap_or_default()
    }

    fn is_transparent(&self) -> bool {
        matches!(self.state, State::Open | State::Ended) && !self.is_protected()
    }

    fn work(&mut self, iterations: u32, out: &mut WireBuf) {
        //= SRS_SASL_SERVER_IO_50_017
        if self.state == State::Working {
            self.step(ServerInput::Work(iterations), out);
        }
    }
}

/// Where the exchange stands.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum State {
    Idle,
    AwaitingHeader,
    AwaitingInit,
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
            Self::Idle | Self::AwaitingHeader => Stage::SaslHeader,
            Self::AwaitingInit => Stage::SaslInit,
            Self::AwaitingResponse | Self::Working => Stage::SaslExchange,
            Self::Asking => Stage::SaslLookup,
            Self::Open | Self::Ended => Stage::Open,
            Self::Failed(failure) => failure.stage,
        }
    }
}

/// A call that the contract of layers rules out, such as an answer after the end.
const GONE: Cause = Cause::Sasl(SaslFault::WrongAnswer);
