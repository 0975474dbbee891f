//! What one negotiation of the client needs, and the mechanism's steps in it; dropped when it ends.

use alloc::vec::Vec;

use xiom_core::{AuthFault, Cause, SaslFault, Security, WireBuf};
use xiom_sasl::client::{ClientMechanism, ClientStep};
use xiom_sasl::{BindingOffer, Context, Established, Side, Verdict};
use xiom_thrift_codec::{MechanismName, Status};
use zeroize::Zeroizing;

use super::{ClientConfig, GONE, LastWord, State};
use crate::message;

/// What one negotiation needs.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Session<M> {
    /// Gone once it has given its proof.
    pub(super) mechanism: Option<M>,
    pub(super) config: ClientConfig,
    pub(super) security: Security,
    pub(super) rounds: u8,
}

impl<M: ClientMechanism> Session<M> {
    /// Sends START and, when the mechanism has not to compute it first, the initial response.
    pub(super) fn start(&mut self, out: &mut WireBuf) -> Result<State, Cause> {
        let properties = self.mechanism.as_ref().ok_or(GONE)?.properties();
        //= SRS_THRIFT_SASL_01_009
        if MechanismName::new(properties.name.as_bytes()).is_err() {
            return Err(Cause::Sasl(SaslFault::NotPermitted));
        }
        //= SRS_THRIFT_SASL_50_045
        match self.config.policy.objection(&properties, &self.security, Side::Client) {
            None => {}
            Some(Verdict::NotConfidential) => {
                return Err(Cause::Mechanism(AuthFault::NotConfidential));
            }
            Some(_) => return Err(Cause::Sasl(SaslFault::NotPermitted)),
        }
        self.step(Reply::Initial, M::start, out)
    }

    /// Whether nothing but COMPLETE may come.
    pub(super) fn is_done(&self) -> bool {
        self.mechanism.as_ref().is_none_or(M::is_done)
    }

    //= SRS_THRIFT_SASL_01_019, SRS_THRIFT_SASL_01_021
    pub(super) fn respond(&mut self, challenge: &[u8], out: &mut WireBuf) -> Result<State, Cause> {
        let limit = self.config.limits.rounds;
        //= SRS_THRIFT_SASL_50_033
        if limit <= self.rounds {
            return Err(Cause::Sasl(SaslFault::TooManyRounds(limit)));
        }
        self.rounds = self.rounds.saturating_add(1);
        let step = |mechanism: &mut M, cx: &Context<'_>, message: &mut Vec<u8>| {
            mechanism.challenge(cx, challenge, message)
        };
        self.step(Reply::Response, step, out)
    }

    pub(super) fn work(
        &mut self,
        reply: Reply,
        iterations: u32,
        out: &mut WireBuf,
    ) -> Result<State, Cause> {
        let step = |mechanism: &mut M, cx: &Context<'_>, message: &mut Vec<u8>| {
            mechanism.work(cx, iterations, message)
        };
        self.step(reply, step, out)
    }

    /// Lets the mechanism do one step, and sends what it says as `reply`.
    fn step(
        &mut self,
        reply: Reply,
        step: impl FnOnce(&mut M, &Context<'_>, &mut Vec<u8>) -> Result<ClientStep, AuthFault>,
        out: &mut WireBuf,
    ) -> Result<State, Cause> {
        let Self { config, security, mechanism, .. } = self;
        let mechanism = mechanism.as_mut().ok_or(GONE)?;
        let cx = config.policy.context(security, &config.limits, binding(mechanism));
        let mut message = Zeroizing::new(Vec::new());
        match step(mechanism, &cx, &mut message).map_err(Cause::Mechanism)? {
            //= SRS_THRIFT_SASL_50_020
            ClientStep::Send | ClientStep::NoInitialResponse => {}
            ClientStep::Working => {
                return Ok(match reply {
                    Reply::Initial => State::ComputingInitial,
                    Reply::Response => State::ComputingResponse,
                });
            }
            _ => return Err(GONE),
        }
        //= SRS_THRIFT_SASL_01_015, SRS_THRIFT_SASL_01_022, SRS_THRIFT_SASL_50_010
        let status = match config.last_word {
            LastWord::Complete if mechanism.is_done() => Status::Complete,
            LastWord::Complete | LastWord::Ok => Status::Ok,
        };
        if reply == Reply::Initial {
            //= SRS_THRIFT_SASL_01_008, SRS_THRIFT_SASL_01_014
            message::send(Status::Start, mechanism.properties().name.as_bytes(), out)?;
        }
        //= SRS_THRIFT_SASL_01_013, SRS_THRIFT_SASL_01_020, SRS_THRIFT_SASL_01_023
        //= SRS_THRIFT_SASL_50_011
        message::send(status, &message, out)?;
        Ok(State::AwaitingReply)
    }

    //= SRS_THRIFT_SASL_50_005, SRS_THRIFT_SASL_50_006, SRS_THRIFT_SASL_50_017
    /// Asks the mechanism whether it is content, when the server is.
    pub(super) fn establish(&mut self, last: &[u8]) -> Result<Established<M::Layer>, Cause> {
        let mechanism = self.mechanism.take().ok_or(GONE)?;
        let Self { config, security, .. } = self;
        let cx = config.policy.context(security, &config.limits, binding(&mechanism));
        let additional = (!last.is_empty()).then_some(last);
        mechanism.outcome_ok(&cx, additional).map_err(Cause::Mechanism)
    }
}

/// A client that cannot see an offer knows of no binding but its own mechanism's.
fn binding<M: ClientMechanism>(mechanism: &M) -> BindingOffer {
    if mechanism.properties().binds { BindingOffer::Offered } else { BindingOffer::None }
}

/// What the mechanism's next message is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Reply {
    Initial,
    Response,
}
