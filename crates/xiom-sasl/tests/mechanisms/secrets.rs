//! Attack 26: no secret shows in `Debug`, at any moment of an exchange.

use core::fmt::Debug;

use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::scram::Variant;
use xiom_sasl::server::{
    self, LookupAnswer, LookupRequest, ServerInput, ServerMechanism, ServerStep,
};
use xiom_sasl::{Context, Credentials, Nonce, SecurityLayer};

use crate::common::{challenged, decoy, keys, quick, scram_client, scram_server, secure};

const PASSWORD: &str = "Sw0rdfish";

/// Neither as text, nor as the octets in decimal or hexadecimal.
pub(crate) fn hides(value: &impl Debug, secret: &[u8]) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        let shown: String = shown.split_whitespace().collect();
        assert!(!shown.contains(&*String::from_utf8_lossy(secret)), "{shown}");
        let decimal: Vec<String> = secret.iter().take(4).map(u8::to_string).collect();
        assert!(!shown.contains(&decimal.join(",")), "{shown}");
    }
}

//= test SRS_SASL_MECHANISMS_01_031
#[test]
fn no_state_of_a_scram_client_shows_the_password() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let (mut client, mut out) = (scram_client(Variant::Sha256, "user", PASSWORD), Vec::new());
    let (keys, password) = (keys(PASSWORD), PASSWORD.as_bytes());
    hides(&client, password);
    client.start(&cx, &mut out).unwrap();
    hides(&client, password);
    let server = scram_server(Variant::Sha256);
    let (server, challenge) = challenged(server, &cx, &out, LookupAnswer::Scram(&keys));
    for key in [keys.stored_key(), keys.server_key()] {
        hides(&server, key);
        hides(&keys, key);
        hides(&LookupAnswer::Scram(&keys), key);
    }
    out.clear();
    assert_eq!(client.challenge(&cx, &challenge, &mut out), Ok(ClientStep::Working));
    hides(&client, password);
    assert_eq!(client.work(&cx, 100, &mut out), Ok(ClientStep::Send));
    hides(&client, password);
    let step = server.step(&cx, ServerInput::Response(&out), &mut Vec::new());
    let ServerStep::Authorize(server, _) = step else { panic!("{step:?}") };
    out.clear();
    let waiting = server.clone();
    server.step(&cx, ServerInput::Authorized(true), &mut out);
    hides(&waiting, &out[2..]);
    hides(&client, &out[2..]);
}

//= test SRS_SASL_MECHANISMS_01_031
#[test]
fn no_state_of_plain_shows_the_password() {
    let (security, limits) = (secure(), quick());
    let cx = Context::new(&security, &limits);
    let (password, mut out) = (PASSWORD.as_bytes(), Vec::new());
    let credentials = Credentials::new("user", PASSWORD);
    hides(&credentials, password);
    let mut client = client::Mechanism::from(client::Plain::new(credentials).unwrap());
    hides(&client, password);
    client.start(&cx, &mut out).unwrap();
    hides(&client, password);
    let step = server::Plain::new(decoy()).step(&cx, ServerInput::Initial(Some(&out)), &mut vec![]);
    hides(&step, password);
    let ServerStep::Lookup(server, request) = step else { panic!("{step:?}") };
    hides(&request, password);
    let LookupRequest::Password { password: given, .. } = &request else { panic!("{request:?}") };
    assert_eq!(given.expose(), password);
    let step = server.step(&cx, ServerInput::Lookup(LookupAnswer::Unknown), &mut out);
    assert!(matches!(step, ServerStep::Working(_)));
    hides(&step, password);
}

//= test SRS_SASL_MECHANISMS_01_031
#[test]
fn nonces_and_decoys_are_not_shown() {
    hides(&Nonce::from_text("eighteen-character").unwrap(), b"eighteen-character");
    hides(&decoy(), &[3; 32]);
}

/// Whatever is stored of an exchange can be cloned, compared and hashed, for a model checker.
#[test]
fn mechanisms_are_plain_values() {
    fn plain<T: Clone + Eq + core::hash::Hash + Debug>() {}
    fn layer<T: SecurityLayer>() {}
    plain::<client::Mechanism>();
    plain::<server::Mechanism>();
    plain::<server::Offer<server::Mechanism>>();
    plain::<ServerStep<server::Mechanism>>();
    plain::<xiom_sasl::Established<xiom_sasl::NoLayer>>();
    plain::<xiom_sasl::Selection<'static>>();
    layer::<xiom_sasl::NoLayer>();
}
