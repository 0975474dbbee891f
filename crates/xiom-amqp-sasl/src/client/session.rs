//! What one exchange of the client needs, and the mechanism's steps in it; dropped when it ends.

use alloc::vec::Vec;

use xiom_amqp_codec::{Init, Outcome, Performative, Response, SaslCode, Symbol};
use xiom_core::{AuthFault, Cause, OutcomeCode, SaslFault, Security, Unit, WireBuf};
use xiom_sasl::client::{ClientMechanism, ClientStep};
use xiom_sasl::{BindingOffer, Context, Established, Verdict};
use zeroize::Zeroizing;

use super::{ClientConfig, GONE, State};
use crate::frame;

/// What one exchange needs.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Session<M> {
    pub(super) candidates: Vec<M>,
    pub(super) chosen: Option<M>,
    pub(super) config: ClientConfig,
    pub(super) security: Security,
    pub(super) binding: BindingOffer,
    pub(super) rounds: u8,
    pub(super) unit: Unit,
}

impl<M: ClientMechanism> Session<M> {
    /// Chooses a mechanism and sends `sasl-init`.
    pub(super) fn choose<'a>(
        &mut self,
        offers: impl Iterator<Item = &'a str> + Clone,
        out: &mut WireBuf,
    ) -> Result<State, Cause> {
        let Self { config: ClientConfig { policy, .. }, candidates, security, .. } = self;
        let choice = policy.choose(candidates, offers.clone(), security).map_err(|fault| {
            // The most helpful of the reasons: the peer offers it, and this channel forbids it.
            let in_clear = |verdict| verdict == Verdict::NotConfidential;
            let selection = policy.select(candidates, offers, security);
            if selection.entries().iter().any(|entry| in_clear(entry.verdict)) {
                //= SRS_SASLCLIENTIO_50_019
                Cause::Mechanism(AuthFault::NotConfidential)
            } else {
                //= SRS_SASLCLIENTIO_50_018
                Cause::Sasl(fault)
            }
        })?;
        self.binding = choice.binding;
        if self.candidates.len() <= choice.index {
            return Err(GONE);
        }
        //= SRS_SASLCLIENTIO_01_033
        self.chosen = Some(self.candidates.swap_remove(choice.index));
        //= SRS_SASLCLIENTIO_50_031
        self.candidates.clear();
        self.step(Reply::Init, M::start, out)
    }

    pub(super) fn respond(&mut self, challenge: &[u8], out: &mut WireBuf) -> Result<State, Cause> {
        let limit = self.config.limits.rounds;
        //= SRS_SASLCLIENTIO_50_010
        if limit <= self.rounds {
            return Err(Cause::Sasl(SaslFault::TooManyRounds(limit)));
        }
        self.rounds = self.rounds.saturating_add(1);
        let step = |mechanism: &mut M, cx: &Context<'_>, message: &mut Vec<u8>| {
            //= SRS_SASLCLIENTIO_01_052, SRS_SASLCLIENTIO_01_053
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
        let Self { config, security, binding, chosen, .. } = self;
        let mechanism = chosen.as_mut().ok_or(GONE)?;
        let cx = config.policy.context(security, &config.limits, *binding);
        let mut message = Zeroizing::new(Vec::new());
        //= SRS_SASLCLIENTIO_01_048, SRS_SASLCLIENTIO_01_057, SRS_SASLCLIENTIO_50_005
        let step = step(mechanism, &cx, &mut message).map_err(Cause::Mechanism)?;
        let octets = match step {
            //= SRS_SASLCLIENTIO_01_047, SRS_SASLCLIENTIO_01_054
            ClientStep::Send => Some(message.as_slice()),
            //= SRS_SASLCLIENTIO_01_054
            ClientStep::NoInitialResponse => None,
            ClientStep::Working => {
                return Ok(match reply {
                    Reply::Init => State::ComputingInit,
                    Reply::Response => State::ComputingResponse,
                });
            }
            _ => return Err(Cause::Mechanism(AuthFault::Unexpected)),
        };
        let performative = match reply {
            //= SRS_SASLCLIENTIO_01_035, SRS_SASLCLIENTIO_01_045, SRS_SASLCLIENTIO_01_049
            //= SRS_SASLCLIENTIO_01_050, SRS_SASLCLIENTIO_01_051
            Reply::Init => Performative::Init(Init {
                mechanism: Symbol::new(mechanism.properties().name).map_err(|_| GONE)?,
                initial_response: octets,
                hostname: config.hostname.as_deref(),
            }),
            //= SRS_SASLCLIENTIO_01_037, SRS_SASLCLIENTIO_01_055, SRS_SASLCLIENTIO_01_056
            Reply::Response => {
                Performative::Response(Response { response: octets.unwrap_or_default() })
            }
        };
        //= SRS_SASLCLIENTIO_01_070
        frame::send(&performative, config.frame_limit, out)?;
        //= SRS_SASLCLIENTIO_01_039
        Ok(State::AwaitingOutcome)
    }

    /// Asks the mechanism whether it is content, when the server is.
    pub(super) fn establish(
        &mut self,
        outcome: &Outcome<'_>,
    ) -> Result<Established<M::Layer>, Cause> {
        let refused = |code| Err(Cause::Sasl(SaslFault::Refused(code)));
        match outcome.code {
            SaslCode::Ok => {}
            //= SRS_SASLCLIENTIO_01_063
            SaslCode::Auth => return refused(OutcomeCode::Auth),
            //= SRS_SASLCLIENTIO_01_064
            SaslCode::Sys => return refused(OutcomeCode::Sys),
            //= SRS_SASLCLIENTIO_01_065
            SaslCode::SysPerm => return refused(OutcomeCode::SysPerm),
            //= SRS_SASLCLIENTIO_01_066
            SaslCode::SysTemp => return refused(OutcomeCode::SysTemp),
        }
        let mechanism = self.chosen.take().ok_or(GONE)?;
        let cx = self.config.policy.context(&self.security, &self.config.limits, self.binding);
        //= SRS_SASLCLIENTIO_01_061, SRS_SASLCLIENTIO_50_003
        mechanism.outcome_ok(&cx, outcome.additional_data).map_err(Cause::Mechanism)
    }
}

/// What the mechanism's next message is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Reply {
    Init,
    Response,
}
