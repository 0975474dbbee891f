//! What one negotiation of the server needs, and the mechanism's steps in it; dropped when it ends.

use alloc::boxed::Box;
use alloc::vec::Vec;

use xiom_core::{Cause, SaslFault, Security, WireBuf};
use xiom_sasl::BindingOffer;
use xiom_sasl::server::{Offer, Question, ServerInput, ServerMechanism, ServerStep};
use xiom_thrift_codec::{MechanismName, Message, Status};
use zeroize::Zeroizing;

use super::{GONE, ServerConfig, State};
use crate::message;
use crate::opened::Opened;

/// What one negotiation needs.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Session<M: ServerMechanism> {
    pub(super) mechanisms: Vec<M>,
    pub(super) offer: Option<Offer<M>>,
    pub(super) running: Option<M>,
    pub(super) question: Option<Question>,
    pub(super) config: ServerConfig,
    pub(super) security: Security,
    pub(super) binding: BindingOffer,
    pub(super) rounds: u8,
}

impl<M: ServerMechanism> Session<M> {
    /// Takes one message in a state in which messages are awaited.
    pub(super) fn advance(
        &mut self,
        state: State,
        message: Message<'_>,
        text: &mut Option<Box<str>>,
        out: &mut WireBuf,
    ) -> Result<Step<M>, Cause> {
        use {State as S, Status as W};
        let payload = message.payload;
        match (state, message.status) {
            (S::AwaitingStart, W::Start) => self.start(payload),
            //= SRS_THRIFT_SASL_01_016, SRS_THRIFT_SASL_50_009
            (S::AwaitingInitial, W::Ok | W::Complete) => {
                self.step(ServerInput::Initial(self.initial(payload)), out)
            }
            (S::AwaitingResponse, W::Ok | W::Complete) => {
                self.step(ServerInput::Response(payload), out)
            }
            //= SRS_THRIFT_SASL_50_015, SRS_THRIFT_SASL_50_016
            (
                S::Idle
                | S::AwaitingStart
                | S::AwaitingInitial
                | S::AwaitingResponse
                | S::Asking
                | S::Working
                | S::Open
                | S::Ended
                | S::Failed(_),
                W::Start | W::Ok | W::Bad | W::Error | W::Complete,
            ) => Err(message::unexpected(message, text)),
        }
    }

    //= SRS_THRIFT_SASL_01_010, SRS_THRIFT_SASL_01_011, SRS_THRIFT_SASL_50_022
    fn start(&mut self, name: &[u8]) -> Result<Step<M>, Cause> {
        let offer = self.offer.take().ok_or(GONE)?;
        let name = MechanismName::new(name).ok();
        self.running = name.and_then(|name| offer.select(name.as_str()));
        if self.running.is_none() {
            return Err(Cause::Sasl(SaslFault::NotOffered));
        }
        Ok(Step::State(State::AwaitingInitial))
    }

    //= SRS_THRIFT_SASL_50_021
    /// The initial response; an empty one is none where the server speaks first.
    fn initial<'a>(&self, payload: &'a [u8]) -> Option<&'a [u8]> {
        let speaks_first =
            self.running.as_ref().is_some_and(|mechanism| mechanism.properties().client_first);
        (speaks_first || !payload.is_empty()).then_some(payload)
    }

    /// Lets the mechanism do one step, and does what it wants next.
    pub(super) fn step(
        &mut self,
        input: ServerInput<'_>,
        out: &mut WireBuf,
    ) -> Result<Step<M>, Cause> {
        let mechanism = self.running.take().ok_or(GONE)?;
        let Self { config, security, binding, .. } = self;
        let cx = config.policy.context(security, &config.limits, *binding);
        let mut message = Zeroizing::new(Vec::new());
        match mechanism.step(&cx, input, &mut message) {
            ServerStep::Challenge(mechanism) => self.challenge(mechanism, &message, out),
            ServerStep::Lookup(mechanism, request) => {
                Ok(self.ask(mechanism, Question::Lookup(request)))
            }
            ServerStep::Authorize(mechanism, principal) => {
                Ok(self.ask(mechanism, Question::Authorize(principal)))
            }
            ServerStep::Working(mechanism) => {
                self.running = Some(mechanism);
                Ok(Step::State(State::Working))
            }
            //= SRS_THRIFT_SASL_01_022, SRS_THRIFT_SASL_01_023, SRS_THRIFT_SASL_50_002
            //= SRS_THRIFT_SASL_50_012, SRS_THRIFT_SASL_50_013
            ServerStep::Success { established, additional } => {
                let last = if additional { message.as_slice() } else { &[] };
                message::send(Status::Complete, last, out)?;
                let (limit, is_whole) = (config.frame_limit, config.whole_frames);
                let opened = Opened::new(established, core::mem::take(security), limit, is_whole);
                Ok(Step::Success(Box::new(opened)))
            }
            // What the mechanism has to say is no text, which is all that BAD carries.
            ServerStep::Failure { fault, .. } => Err(Cause::Mechanism(fault)),
            _ => Err(GONE),
        }
    }

    //= SRS_THRIFT_SASL_01_017, SRS_THRIFT_SASL_01_018, SRS_THRIFT_SASL_50_011
    fn challenge(
        &mut self,
        mechanism: M,
        message: &[u8],
        out: &mut WireBuf,
    ) -> Result<Step<M>, Cause> {
        let limit = self.config.limits.rounds;
        //= SRS_THRIFT_SASL_50_033
        if limit <= self.rounds {
            return Err(Cause::Sasl(SaslFault::TooManyRounds(limit)));
        }
        self.rounds = self.rounds.saturating_add(1);
        self.running = Some(mechanism);
        message::send(Status::Ok, message, out)?;
        Ok(Step::State(State::AwaitingResponse))
    }

    fn ask(&mut self, mechanism: M, question: Question) -> Step<M> {
        self.running = Some(mechanism);
        self.question = Some(question);
        Step::State(State::Asking)
    }
}

/// Where a step led.
pub(super) enum Step<M: ServerMechanism> {
    State(State),
    Success(Box<Opened<M::Layer>>),
}
