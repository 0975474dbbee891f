//! The client: header, mechanisms, init, challenges, outcome (AMQP 1.0 part 5 section 5.3.2).
//!
//! Open means proven: header exchanged, mechanism offered and permitted, init sent, the mechanism done and
//! content with the server, outcome ok, all in this session. Every other frame ends it.

use alloc::boxed::Box;
use alloc::vec::Vec;

use xiom_amqp_codec::{Performative, ProtocolHeader};
use xiom_core::{AuthFault, Cause, Failure, Layer, Phase, Received, Security, Stage, WireBuf};
use xiom_sasl::client::{ClientMechanism, Mechanism};
use xiom_sasl::{BindingOffer, Established, NoLayer, Policy};

use crate::unit::{Unit, Want};
use crate::{FrameLimit, frame, header};

mod session;

use session::{Reply, Session};

/// What a client demands and bounds.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct ClientConfig {
    /// What a mechanism must give.
    pub policy: Policy,
    /// The bounds of the mechanism's exchange.
    pub limits: xiom_sasl::Limits,
    /// The bound of a frame.
    pub frame_limit: FrameLimit,
    /// The name of the server, as `sasl-init` carries it for servers with many names.
    pub hostname: Option<Box<str>>,
}

/// One exchange as the client sees it; `M` are the configured mechanisms, each good for one exchange.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Client<M = Mechanism> {
    state: State,
    unit: Unit,
    /// What the exchange needs; gone when it has ended, so that secrets go early.
    session: Option<Box<Session<M>>>,
    established: Option<Box<Established<NoLayer>>>,
}

impl<M: ClientMechanism<Layer = NoLayer>> Client<M> {
    /// A client that logs in with the best of `mechanisms` that the server offers and `config` permits.
    #[must_use]
    pub fn new(mechanisms: Vec<M>, config: ClientConfig) -> Self {
        let session = Session {
            candidates: mechanisms,
            chosen: None,
            config,
            security: Security::default(),
            binding: BindingOffer::None,
            rounds: 0,
        };
        let (unit, session) = (Unit::default(), Some(Box::new(session)));
        Self { state: State::Idle, unit, session, established: None }
    }

    /// The proof of the login, once open.
    #[must_use]
    pub fn established(&self) -> Option<&Established<NoLayer>> {
        self.established.as_deref()
    }

    /// Takes one whole header or frame; what the peer does wrong becomes a state.
    fn judge(&mut self, octets: Result<&[u8], Cause>, out: &mut WireBuf) {
        let result = octets.and_then(|octets| self.advance(octets, out));
        self.conclude(result);
    }

    fn conclude(&mut self, result: Result<State, Cause>) {
        self.state = result.unwrap_or_else(|cause| State::Failed(cause.at(self.state.stage())));
        if matches!(self.state, State::Open | State::Failed(_)) {
            self.session = None;
        }
    }

    fn advance(&mut self, octets: &[u8], out: &mut WireBuf) -> Result<State, Cause> {
        use {Performative as P, State as S};
        let session = self.session.as_mut().ok_or(GONE)?;
        if self.state == S::AwaitingHeader {
            header::judge(octets, ProtocolHeader::SASL)?;
            return Ok(S::AwaitingMechanisms);
        }
        match (self.state, frame::decode(octets, session.config.frame_limit)?) {
            (S::AwaitingMechanisms, P::Mechanisms(offer)) => session.choose(offer.iter(), out),
            (S::AwaitingOutcome, P::Challenge(challenge)) => {
                session.respond(challenge.challenge, out)
            }
            (S::AwaitingOutcome, P::Outcome(outcome)) => {
                self.established = Some(session.establish(&outcome)?);
                Ok(S::Open)
            }
            (
                S::Idle
                | S::AwaitingHeader
                | S::AwaitingMechanisms
                | S::ComputingInit
                | S::AwaitingOutcome
                | S::ComputingResponse
                | S::Open
                | S::Ended
                | S::Failed(_),
                performative,
            ) => Err(frame::unexpected(&performative)),
        }
    }
}

impl<M: ClientMechanism<Layer = NoLayer>> Layer for Client<M> {
    fn open(&mut self, below: &Security, out: &mut WireBuf) {
        if let Some(session) = &mut self.session {
            session.security = below.clone();
            self.state = State::AwaitingHeader;
            out.extend(&ProtocolHeader::SASL.encode());
        }
    }

    fn receive(&mut self, input: &mut [u8], out: &mut WireBuf) -> Option<Received> {
        let want = match self.state {
            State::AwaitingHeader => Want::Header,
            State::AwaitingMechanisms | State::AwaitingOutcome => {
                Want::Frame(self.session.as_ref()?.config.frame_limit.octets())
            }
            State::Open => return Received::pass(input),
            State::ComputingInit | State::ComputingResponse => return None,
            State::Idle | State::Ended | State::Failed(_) => return Received::discard(input),
        };
        let mut unit = core::mem::take(&mut self.unit);
        let received = unit.receive(input, want, |octets| self.judge(octets, out));
        self.unit = unit;
        received
    }

    fn send(&mut self, octets: &[u8], out: &mut WireBuf) {
        out.extend(octets);
    }

    fn close(&mut self, _out: &mut WireBuf) {}

    fn end(&mut self) {
        match self.state {
            State::Open | State::Ended => self.state = State::Ended,
            State::Failed(_) => {}
            State::Idle
            | State::AwaitingHeader
            | State::AwaitingMechanisms
            | State::ComputingInit
            | State::AwaitingOutcome
            | State::ComputingResponse => self.conclude(Err(Cause::EndOfStream)),
        }
    }

    fn phase(&self) -> Phase {
        let stage = self.state.stage();
        match self.state {
            State::Idle => Phase::Idle,
            State::AwaitingHeader | State::AwaitingMechanisms | State::AwaitingOutcome => {
                Phase::Opening(stage)
            }
            State::ComputingInit | State::ComputingResponse => Phase::Working(stage),
            State::Open => Phase::Open,
            State::Ended => Phase::Ended,
            State::Failed(failure) => Phase::Failed(failure),
        }
    }

    fn security(&self) -> Security {
        self.session.as_ref().map(|session| session.security.clone()).unwrap_or_default()
    }

    fn is_transparent(&self) -> bool {
        matches!(self.state, State::Open | State::Ended)
    }

    fn work(&mut self, iterations: u32, out: &mut WireBuf) {
        let reply = match self.state {
            State::ComputingInit => Reply::Init,
            State::ComputingResponse => Reply::Response,
            State::Idle
            | State::AwaitingHeader
            | State::AwaitingMechanisms
            | State::AwaitingOutcome
            | State::Open
            | State::Ended
            | State::Failed(_) => return,
        };
        let Some(session) = &mut self.session else { return };
        let result = session.work(reply, iterations, out);
        self.conclude(result);
    }
}

/// Where the exchange stands.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum State {
    Idle,
    AwaitingHeader,
    AwaitingMechanisms,
    ComputingInit,
    AwaitingOutcome,
    ComputingResponse,
    Open,
    Ended,
    Failed(Failure),
}

impl State {
    const fn stage(self) -> Stage {
        match self {
            Self::Idle | Self::AwaitingHeader => Stage::SaslHeader,
            Self::AwaitingMechanisms => Stage::SaslMechanisms,
            Self::ComputingInit | Self::AwaitingOutcome | Self::ComputingResponse => {
                Stage::SaslExchange
            }
            Self::Open | Self::Ended => Stage::Open,
            Self::Failed(failure) => failure.stage,
        }
    }
}

/// A call that the contract of layers rules out, such as octets after the end.
const GONE: Cause = Cause::Mechanism(AuthFault::Unexpected);
