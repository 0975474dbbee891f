//! SASL performatives of both implementations side by side.

use fe2o3_amqp_types::sasl::{
    SaslChallenge, SaslCode as TheirCode, SaslInit, SaslMechanisms, SaslOutcome, SaslResponse,
};
use serde_amqp::primitives::Symbol;
use serde_amqp::serde::Serialize;
use serde_amqp::serde::de::DeserializeOwned;
use xiom_amqp_codec::{DecodeError, Frame, Performative, SaslCode};

/// Shows the body of the frame `input`, which ours reads as `ours`, to the other, and back.
pub(super) fn compare(input: &[u8], ours: &Performative<'_>) {
    let Ok((_, Frame { body, .. })) = Frame::decode(input, u32::MAX) else { return };
    match ours {
        Performative::Mechanisms(names) => both::<SaslMechanisms>(body, ours, |theirs| {
            let theirs = theirs.sasl_server_mechanisms.0.iter().map(Symbol::as_str);
            names.iter().eq(theirs)
        }),
        Performative::Init(init) => both::<SaslInit>(body, ours, |theirs| {
            let response = theirs.initial_response.as_ref().map(|octets| octets.as_slice());
            theirs.mechanism.as_str() == init.mechanism.as_str()
                && response == init.initial_response
                && theirs.hostname.as_deref() == init.hostname
        }),
        Performative::Challenge(it) => {
            both::<SaslChallenge>(body, ours, |theirs| theirs.challenge.as_slice() == it.challenge);
        }
        Performative::Response(it) => {
            both::<SaslResponse>(body, ours, |theirs| theirs.response.as_slice() == it.response);
        }
        Performative::Outcome(it) => both::<SaslOutcome>(body, ours, |theirs| {
            let data = theirs.additional_data.as_ref().map(|octets| octets.as_slice());
            code(&theirs.code) == it.code && data == it.additional_data
        }),
    }
}

/// The other reads `body` and what ours writes, as `same` says; ours reads what the other writes.
fn both<T: DeserializeOwned + Serialize>(
    body: &[u8],
    ours: &Performative<'_>,
    same: impl Fn(&T) -> bool,
) {
    let theirs = serde_amqp::from_slice::<T>(body);
    assert!(theirs.as_ref().is_ok_and(&same), "the other reads {ours} in another way");
    let mut written = Vec::new();
    ours.encode(&mut written);
    let again = serde_amqp::from_slice::<T>(&written);
    assert!(again.is_ok_and(|again| same(&again)), "the other reads what is written as another");
    let written = theirs.ok().and_then(|theirs| serde_amqp::to_vec(&theirs).ok());
    let read: Option<Result<_, DecodeError>> = written.as_deref().map(Performative::decode);
    assert_eq!(read, Some(Ok(*ours)), "what the other writes");
}

const fn code(theirs: &TheirCode) -> SaslCode {
    match theirs {
        TheirCode::Ok => SaslCode::Ok,
        TheirCode::Auth => SaslCode::Auth,
        TheirCode::Sys => SaslCode::Sys,
        TheirCode::SysPerm => SaslCode::SysPerm,
        TheirCode::SysTemp => SaslCode::SysTemp,
    }
}
