//! One exchange, Xiom's mechanism on one side and a process on the other, step by step.

use anyhow::{Result, bail};
use xiom::core::AuthFault;
use xiom::sasl::client::{ClientMechanism, ClientStep};
use xiom::sasl::server::{ServerInput, ServerMechanism, ServerStep};
use xiom::sasl::{Context, Established, Principal};
use zeroize::Zeroizing;

use super::lines::{Line, Process};
use super::{account, kerberos};

/// How an exchange ended.
#[derive(Debug)]
pub(crate) enum Ended<L> {
    /// Both sides are content.
    Established(Established<L>),
    /// Xiom has found a fault, and the peer was told so.
    Xiom(AuthFault),
    /// The peer has found a fault.
    Peer(String),
}

/// Runs Xiom's client.
pub(crate) async fn client<M: ClientMechanism>(
    mut mechanism: M,
    cx: &Context<'_>,
    peer: &mut Process,
) -> Result<Ended<M::Layer>> {
    let mut out = Zeroizing::new(Vec::new());
    let step = mechanism.start(cx, &mut out);
    match worked(&mut mechanism, cx, step, &mut out) {
        Ok(true) => peer.say("init", Some(&out)).await?,
        Ok(false) => peer.say("init", None).await?,
        Err(fault) => return give_up(fault, peer).await,
    }
    loop {
        let line = peer.hear().await?;
        if let Line::Fail(words) = line {
            return Ok(Ended::Peer(words));
        }
        if let Line::Ok(data) = line {
            let outcome = mechanism.outcome_ok(cx, data.as_deref());
            return Ok(outcome.map_or_else(Ended::Xiom, Ended::Established));
        }
        let Line::Challenge(data) = line else { bail!("peer is out of turn: {line:?}") };
        out.clear();
        let step = mechanism.challenge(cx, &data, &mut out);
        match worked(&mut mechanism, cx, step, &mut out) {
            Ok(_) => peer.say("response", Some(&out)).await?,
            Err(fault) => return give_up(fault, peer).await,
        }
    }
}

/// Goes on until there is something to send; tells whether there is a message, be it empty.
fn worked<M: ClientMechanism>(
    mechanism: &mut M,
    cx: &Context<'_>,
    mut step: Result<ClientStep, AuthFault>,
    out: &mut Vec<u8>,
) -> Result<bool, AuthFault> {
    while step? == ClientStep::Working {
        step = mechanism.work(cx, SLICE, out);
    }
    Ok(step? == ClientStep::Send)
}

/// Tells the peer that there is no more to come, which it must take for a failure.
async fn give_up<L>(fault: AuthFault, peer: &mut Process) -> Result<Ended<L>> {
    peer.say("fail", None).await?;
    let line = peer.hear().await?;
    let Line::Fail(_) = line else { bail!("Xiom: {fault}, and the peer goes on: {line:?}") };
    Ok(Ended::Xiom(fault))
}

/// Runs Xiom's server; its last word goes with the outcome if `with_outcome`, or else as a challenge.
pub(crate) async fn server<M: ServerMechanism>(
    mechanism: M,
    cx: &Context<'_>,
    with_outcome: bool,
    peer: &mut Process,
) -> Result<Ended<M::Layer>> {
    let line = peer.hear().await?;
    if let Line::Fail(words) = line {
        return Ok(Ended::Peer(words));
    }
    let Line::Init(initial) = line else { bail!("peer is out of turn: {line:?}") };
    let mut out = Vec::new();
    let mut step = mechanism.step(cx, ServerInput::Initial(initial.as_deref()), &mut out);
    loop {
        step = match step {
            ServerStep::Challenge(mechanism) => {
                let data = match ask(&out, peer).await? {
                    Ok(data) => data,
                    Err(words) => return Ok(Ended::Peer(words)),
                };
                out.clear();
                mechanism.step(cx, ServerInput::Response(&data), &mut out)
            }
            ServerStep::Lookup(mechanism, request) => {
                let found = account::look_up(&request)?;
                mechanism.step(cx, ServerInput::Lookup(found.answer()), &mut out)
            }
            ServerStep::Authorize(mechanism, who) => {
                mechanism.step(cx, ServerInput::Authorized(is_itself(&who)), &mut out)
            }
            ServerStep::Working(mechanism) => {
                mechanism.step(cx, ServerInput::Work(SLICE), &mut out)
            }
            ServerStep::Success { established, additional } => {
                let last = additional.then_some(out.as_slice());
                return match conclude(last, with_outcome, peer).await? {
                    None => Ok(Ended::Established(established)),
                    Some(words) => Ok(Ended::Peer(words)),
                };
            }
            ServerStep::Failure { fault, send } => {
                return refuse(fault, send.then_some(out.as_slice()), peer).await;
            }
            _ => bail!("the mechanism asks for what is not known here"),
        };
    }
}

/// Says the outcome; gives what the peer objects to it.
async fn conclude(
    last: Option<&[u8]>,
    with_outcome: bool,
    peer: &mut Process,
) -> Result<Option<String>> {
    let Some(last) = last else { return peer.say("ok", None).await.map(|()| None) };
    if with_outcome {
        return peer.say("ok", Some(last)).await.map(|()| None);
    }
    match ask(last, peer).await? {
        Ok(empty) if empty.is_empty() => peer.say("ok", None).await.map(|()| None),
        Ok(_) => bail!("peer answered the last challenge with octets"),
        Err(words) => Ok(Some(words)),
    }
}

/// Sends a challenge; gives the response, or why there is none.
async fn ask(challenge: &[u8], peer: &mut Process) -> Result<Result<Vec<u8>, String>> {
    peer.say("challenge", Some(challenge)).await?;
    let line = peer.hear().await?;
    if let Line::Fail(words) = line {
        return Ok(Err(words));
    }
    let Line::Response(data) = line else { bail!("peer is out of turn: {line:?}") };
    Ok(Ok(data))
}

/// Says the mechanism's word on the failure, if it has one, and then the outcome.
async fn refuse<L>(fault: AuthFault, word: Option<&[u8]>, peer: &mut Process) -> Result<Ended<L>> {
    if let Some(word) = word
        && ask(word, peer).await?.is_err()
    {
        return Ok(Ended::Xiom(fault));
    }
    give_up(fault, peer).await
}

/// Nobody may act as another.
fn is_itself(who: &Principal) -> bool {
    who.authzid.as_deref().is_none_or(|name| [account::USER, kerberos::PRINCIPAL].contains(&name))
}

/// Iterations of a key derivation at a time; fewer than there are, so that there is more than one slice.
const SLICE: u32 = 1000;
