//! What the models may do and the shipped code may not.
#![cfg(test)]

use xiom_core::{AuthFault, Security};
use xiom_sasl::client::{ClientMechanism, Scram};
use xiom_sasl::scram::Variant;
use xiom_sasl::{Context, Credentials, Limits, Nonce};

/// The one iteration of the model exists in the model alone.
#[test]
//= test SRS_SASL_MECHANISMS_01_048
fn nobody_but_the_model_takes_one_iteration() {
    let nonce = Nonce::from_text("the-client-s-nonce").unwrap();
    let mut client = Scram::new(Variant::Sha256, Credentials::new("u", "p"), nonce).unwrap();
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    client.start(&cx, &mut Vec::new()).unwrap();
    let challenge = b"r=the-client-s-nonce-goes-on,s=c2FsdA==,i=1";
    let result = client.challenge(&cx, challenge, &mut Vec::new());
    assert_eq!(result, Err(AuthFault::Iterations(1)));
}
