//! Proofs that the compiler checks: each constant compiles only while the promise above it holds.

use alloc::vec::Vec;
use core::fmt::Debug;
use core::hash::Hash as Hashed;

use subtle::{Choice, ConstantTimeEq};
use xiom_core::{AuthFault, SaslFault, Secret};
use zeroize::Zeroizing;

use crate::client::{self, ClientMechanism, ClientStep};
use crate::scram::hash::Tag;
use crate::scram::{Hash, Variant, keys};
use crate::server::{self, ServerInput, ServerMechanism, ServerStep};
use crate::{Context, Credentials, Established, MechanismLayer, Nonce, Selection};

//= by-construction SRS_SASL_MECHANISMS_01_007: a selection holds one choice, and no list of choices
const _: fn(&Selection<'static>) -> Result<crate::Choice, SaslFault> = Selection::choice;

//= by-construction SRS_SASL_MECHANISMS_01_018: the client's one way there consumes the mechanism
const _: fn(client::Mechanism, &Context<'_>, Option<&[u8]>) -> Outcome =
    <client::Mechanism as ClientMechanism>::outcome_ok;

//= by-construction SRS_SASL_MECHANISMS_01_020: all fields are named here, and an end holds no mechanism
const _: fn(ServerStep<server::Mechanism>) -> Result<server::Mechanism, Option<AuthFault>> =
    |step| match step {
        ServerStep::Challenge(mechanism)
        | ServerStep::Lookup(mechanism, _)
        | ServerStep::Authorize(mechanism, _)
        | ServerStep::Working(mechanism) => Ok(mechanism),
        ServerStep::Success { established: _, additional: true | false } => Err(None),
        ServerStep::Failure { fault, send: true | false } => Err(Some(fault)),
    };

//= by-construction SRS_SASL_MECHANISMS_01_028: these are all inputs of a client; the crate has no std
const _: fn(&mut client::Mechanism, &Context<'_>, &[u8], &mut Vec<u8>) -> Step =
    <client::Mechanism as ClientMechanism>::challenge;

//= by-construction SRS_SASL_MECHANISMS_01_028: these are all inputs of a server; the crate has no std
const _: fn(
    server::Mechanism,
    &Context<'_>,
    ServerInput<'_>,
    &mut Vec<u8>,
) -> ServerStep<server::Mechanism> = <server::Mechanism as ServerMechanism>::step;

//= by-construction SRS_SASL_MECHANISMS_01_028: a mechanism is a value, which holds no callback
const _: () = plain_value::<client::Mechanism>();

//= by-construction SRS_SASL_MECHANISMS_01_028: a mechanism is a value, which holds no callback
const _: () = plain_value::<server::Mechanism>();

//= by-construction SRS_SASL_MECHANISMS_01_032: keys, proofs and signatures lie in what wipes itself
const _: fn(&Tag) -> &Zeroizing<[u8; 64]> = |tag| &tag.octets;

//= by-construction SRS_SASL_MECHANISMS_01_032: a `Secret` wipes itself
const _: fn(&Credentials) -> &Secret = |credentials| &credentials.password;

//= by-construction SRS_SASL_MECHANISMS_01_033: only comparisons in constant time give a `Choice`
const _: fn(Hash, &Tag, &Tag, &[u8]) -> Choice = keys::verify;

//= by-construction SRS_SASL_MECHANISMS_01_033: only comparisons in constant time give a `Choice`
const _: fn(&Tag, &Tag) -> Choice = <Tag as ConstantTimeEq>::ct_eq;

//= by-construction SRS_SASL_MECHANISMS_01_052: an array of this size cannot be had from half a source
const _: fn([u8; 24]) -> Nonce = Nonce::new;

//= by-construction SRS_SASL_MECHANISMS_01_052: without a nonce there is no mechanism
const _: fn(Variant, Credentials, Nonce) -> Result<client::Scram, AuthFault> = client::Scram::new;

type Outcome = Result<Established<MechanismLayer>, AuthFault>;
type Step = Result<ClientStep, AuthFault>;

/// Takes what can be cloned, compared, hashed and shown.
const fn plain_value<T: Clone + Eq + Hashed + Debug>() {}
