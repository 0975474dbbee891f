//! The client: header, mechanisms, init, challenges, outcome (AMQP 1.0 part 5 section 5.3.2).
//!
//! Open means proven: header exchanged, mechanism offered and permitted, init sent, the mechanism done and
//! content with the server, outcome ok, all in this session. Every other frame ends it.

use alloc::boxed::Box;
use alloc::vec::Vec;

use xiom_amqp_codec::{Performative, ProtocolHeader};
use xiom_core::{
    AuthFault, Cause, Failure, Layer, Phase, Received, Security, Stage, Unit, WireBuf,
};
use xiom_sasl::client::{ClientMechanism, Mechanism};
use xiom_sasl::{BindingOffer, Established, NoLayer, Policy};

use crate::opened::Opened;
use crate::unit::Want;
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
pub struct Client<M: ClientMechanism = Mechanism> {
    state: State,
    /// What the exchange needs; gone when it has ended, so that secrets go early.
    session: Option<Box<Session<M>>>,
    opened: Option<Opened<M::Layer>>,
}

impl<M: ClientMechanism> Client<M> {
    //= SRS_SASLCLIENTIO_01_004
    /// A client that logs in with the best of `mechanisms` that the server offers and `config` permits.
    #[must_use]
    pub fn new(mechanisms: Vec<M>, config: ClientConfig) -> Self {
        let session = Session {
            candidates: mechanisms,
            chosen: None,
            config,
            security: Security::default(),
            binding: BindingOffer::None,
            unit: Unit::default(),
            rounds: 0,
        };
        //= SRS_SASLCLIENTIO_01_089
        Self { state: State::Idle, session: Some(Box::new(session)), opened: None }
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
        //= SRS_SASLCLIENTIO_01_088
        let result = octets.and_then(|octets| self.advance(octets, out));
        self.conclude(result);
    }

    fn conclude(&mut self, result: Result<State, Cause>) {
        //= SRS_SASLCLIENTIO_01_073, SRS_SASLCLIENTIO_50_001
        self.state = result.unwrap_or_else(|cause| State::Failed(cause.at(self.state.stage())));
        //= SRS_SASLCLIENTIO_50_021, SRS_SASLCLIENTIO_50_031
        if matches!(self.state, State::Open | State::Failed(_)) {
            self.session = None;
        }
    }

    fn advance(&mut self, octets: &[u8], out: &mut WireBuf) -> Result<State, Cause> {
        use {Performative as P, State as S};
        let session = self.session.as_mut().ok_or(GONE)?;
        //= SRS_SASLCLIENTIO_01_001
        if self.state == S::AwaitingHeader {
            header::judge(octets, ProtocolHeader::SASL)?;
            //= SRS_SASLCLIENTIO_01_067
            return Ok(S::AwaitingMechanisms);
        }
        match (self.state, frame::decode(octets, session.config.frame_limit)?) {
            //= SRS_SASLCLIENTIO_01_034
            (S::AwaitingMechanisms, P::Mechanisms(offer)) => session.choose(offer.iter(), out),
            //= SRS_SASLCLIENTIO_01_036
            (S::AwaitingOutcome, P::Challenge(challenge)) => {
                session.respond(challenge.challenge, out)
            }
            //= SRS_SASLCLIENTIO_01_038, SRS_SASLCLIENTIO_01_058
            (S::AwaitingOutcome, P::Outcome(outcome)) => {
                self.opened = Some(Opened::new(session.establish(&outcome)?));
                //= SRS_SASLCLIENTIO_01_072
                Ok(S::Open)
            }
            //= SRS_SASLCLIENTIO_01_032, SRS_SASLCLIENTIO_01_040, SRS_SASLCLIENTIO_50_004
            //= SRS_SASLCLIENTIO_50_008
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

impl<M: ClientMechanism> Layer for Client<M> {
    fn open(&mut self, below: &Security, out: &mut WireBuf) {
        if let Some(session) = &mut self.session {
            session.security = below.clone();
            self.state = State::AwaitingHeader;
            //= SRS_SASLCLIENTIO_01_001, SRS_SASLCLIENTIO_01_078, SRS_SASLCLIENTIO_50_011
            out.extend(&ProtocolHeader::SASL.encode());
        }
    }

    fn receive(&mut self, input: &mut [u8], out: &mut WireBuf) -> Option<Received> {
        let want = match self.state {
            State::AwaitingHeader => Want::Header,
            //= SRS_SASLCLIENTIO_01_068
            State::AwaitingMechanisms | State::AwaitingOutcome => {
                Want::Frame(self.session.as_ref()?.config.frame_limit.octets())
            }
            //= SRS_SASLCLIENTIO_01_027, SRS_SASLCLIENTIO_01_059, SRS_SASLCLIENTIO_01_117
            //= SRS_SASLCLIENTIO_01_143, SRS_SASLCLIENTIO_01_144, SRS_SASLCLIENTIO_50_022
            State::Open => return self.pass(input),
            //= SRS_SASLCLIENTIO_50_009
            State::ComputingInit | State::ComputingResponse => return None,
            //= SRS_SASLCLIENTIO_01_031, SRS_SASLCLIENTIO_01_123, SRS_SASLCLIENTIO_01_142
            State::Idle | State::Ended | State::Failed(_) => return Received::discard(input),
        };
        let mut unit = core::mem::take(&mut self.session.as_mut()?.unit);
        //= SRS_SASLCLIENTIO_01_030
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
            //= SRS_SASLCLIENTIO_50_028
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
        matches!(self.state, State::Open | State::Ended) && !self.is_protected()
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
    //= SRS_SASLCLIENTIO_50_029
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
