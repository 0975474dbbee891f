//! What one exchange of the server needs, and the mechanism's steps in it; dropped when it ends.

use alloc::vec::Vec;

use xiom_amqp_codec::{Challenge, Init, Mechanisms, Outcome, Performative, SaslCode};
use xiom_core::{Cause, SaslFault, Security, Unit, WireBuf};
use xiom_sasl::server::{Offer, Question, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{BindingOffer, Established};
use zeroize::Zeroizing;

use super::{GONE, ServerConfig, State};
use crate::frame;

/// What one exchange needs.
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
    pub(super) unit: Unit,
}

impl<M: ServerMechanism> Session<M> {
    /// Sends `sasl-mechanisms`.
    pub(super) fn offer(&mut self, out: &mut WireBuf) -> Result<Step<M>, Cause> {
        //= SRS_SASL_SERVER_IO_50_002
        let mechanisms = core::mem::take(&mut self.mechanisms);
        let offer = Offer::new(mechanisms, &self.config.policy, &self.security);
        let names: Vec<_> = offer.names().collect();
        let nothing = |_| Cause::Sasl(SaslFault::NoCommonMechanism);
        let mechanisms = Performative::Mechanisms(Mechanisms::new(&names).map_err(nothing)?);
        //= SRS_SASL_SERVER_IO_01_018, SRS_SASL_SERVER_IO_01_081, SRS_SASL_SERVER_IO_01_083
        frame::send(&mechanisms, self.config.frame_limit, out)?;
        self.binding = offer.binding();
        self.offer = Some(offer);
        Ok(Step::State(State::AwaitingInit))
    }

    //= SRS_SASL_SERVER_IO_01_060
    pub(super) fn advance(
        &mut self,
        state: State,
        octets: &[u8],
        out: &mut WireBuf,
    ) -> Result<Step<M>, Cause> {
        use {Performative as P, State as S};
        match (state, frame::decode(octets, self.config.frame_limit)?) {
            //= SRS_SASL_SERVER_IO_01_084, SRS_SASL_SERVER_IO_01_098, SRS_SASL_SERVER_IO_01_102
            (S::AwaitingInit, P::Init(init)) => self.start(&init, out),
            //= SRS_SASL_SERVER_IO_01_061, SRS_SASL_SERVER_IO_01_086, SRS_SASL_SERVER_IO_01_105
            //= SRS_SASL_SERVER_IO_01_106
            (S::AwaitingResponse, P::Response(response)) => {
                self.step(ServerInput::Response(response.response), out)
            }
            //= SRS_SASL_SERVER_IO_50_009
            (
                S::Idle
                | S::AwaitingHeader
                | S::AwaitingInit
                | S::AwaitingResponse
                | S::Asking
                | S::Working
                | S::Open
                | S::Ended
                | S::Failed(_),
                performative,
            ) => Err(frame::unexpected(&performative)),
        }
    }

    fn start(&mut self, init: &Init<'_>, out: &mut WireBuf) -> Result<Step<M>, Cause> {
        let offer = self.offer.take().ok_or(GONE)?;
        //= SRS_SASL_SERVER_IO_01_099
        self.running = offer.select(init.mechanism.as_str());
        //= SRS_SASL_SERVER_IO_01_100, SRS_SASL_SERVER_IO_50_005
        if self.running.is_none() {
            self.end(SaslCode::Auth, None, out)?;
            return Err(Cause::Sasl(SaslFault::NotOffered));
        }
        //= SRS_SASL_SERVER_IO_01_061, SRS_SASL_SERVER_IO_01_101
        self.step(ServerInput::Initial(init.initial_response), out)
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
            //= SRS_SASL_SERVER_IO_50_016
            ServerStep::Authorize(mechanism, principal) => {
                Ok(self.ask(mechanism, Question::Authorize(principal)))
            }
            ServerStep::Working(mechanism) => {
                self.running = Some(mechanism);
                Ok(Step::State(State::Working))
            }
            //= SRS_SASL_SERVER_IO_01_114, SRS_SASL_SERVER_IO_50_006
            ServerStep::Success { established, additional } => {
                //= SRS_SASL_SERVER_IO_01_111
                self.end(SaslCode::Ok, additional.then_some(&message), out)?;
                Ok(Step::Success(established))
            }
            // Whatever the mechanism has to say: on a failure the field is not set (section 5.3.3.5).
            //= SRS_SASL_SERVER_IO_01_066, SRS_SASL_SERVER_IO_01_115
            ServerStep::Failure { fault, .. } => {
                //= SRS_SASL_SERVER_IO_01_112
                self.end(SaslCode::Auth, None, out)?;
                Err(Cause::Mechanism(fault))
            }
            _ => Err(GONE),
        }
    }

    fn challenge(
        &mut self,
        mechanism: M,
        message: &[u8],
        out: &mut WireBuf,
    ) -> Result<Step<M>, Cause> {
        let limit = self.config.limits.rounds;
        //= SRS_SASL_SERVER_IO_50_018
        if limit <= self.rounds {
            self.end(SaslCode::Auth, None, out)?;
            return Err(Cause::Sasl(SaslFault::TooManyRounds(limit)));
        }
        //= SRS_SASL_SERVER_IO_01_088
        self.rounds = self.rounds.saturating_add(1);
        self.running = Some(mechanism);
        //= SRS_SASL_SERVER_IO_01_085, SRS_SASL_SERVER_IO_01_103, SRS_SASL_SERVER_IO_01_104
        let challenge = Performative::Challenge(Challenge { challenge: message });
        frame::send(&challenge, self.config.frame_limit, out)?;
        Ok(Step::State(State::AwaitingResponse))
    }

    //= SRS_SASL_SERVER_IO_50_013
    fn ask(&mut self, mechanism: M, question: Question) -> Step<M> {
        self.running = Some(mechanism);
        self.question = Some(question);
        Step::State(State::Asking)
    }

    /// Sends `sasl-outcome`.
    //= SRS_SASL_SERVER_IO_01_087, SRS_SASL_SERVER_IO_01_107
    pub(super) fn end(
        &self,
        code: SaslCode,
        data: Option<&Zeroizing<Vec<u8>>>,
        out: &mut WireBuf,
    ) -> Result<(), Cause> {
        let additional_data = data.map(|data| data.as_slice());
        //= SRS_SASL_SERVER_IO_01_110
        let outcome = Performative::Outcome(Outcome { code, additional_data });
        frame::send(&outcome, self.config.frame_limit, out)
    }
}

/// Where a step led.
pub(super) enum Step<M: ServerMechanism> {
    State(State),
    Success(Established<M::Layer>),
}
