//! A pair of mechanisms that talk to each other, through hands that may change each message.

use xiom_core::{AuthFault, Bindings, EndPoint, Security};
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::server::{
    self, LookupAnswer, LookupRequest, ServerInput, ServerMechanism, ServerStep,
};
use xiom_sasl::{
    Context, Credentials, Decoy, Established, Limits, MechanismLayer, Nonce, ScramKeys,
};

pub(crate) const CLIENT_NONCE: [u8; Nonce::ENTROPY] = [0xc1; Nonce::ENTROPY];
pub(crate) const SERVER_NONCE: [u8; Nonce::ENTROPY] = [0x5e; Nonce::ENTROPY];

/// A channel with everything below it.
pub(crate) fn secure() -> Security {
    Security {
        confidential: true,
        certificate: true,
        peer: Some("CN=client1".into()),
        bindings: Bindings { exporter: Some([7; 32]), end_point: EndPoint::new(&[9; 32]) },
    }
}

/// Limits under which a test does not have to hash thousands of times.
pub(crate) fn quick() -> Limits {
    Limits { iterations: 1..=100, ..Limits::default() }
}

pub(crate) fn scram_client(variant: Variant, user: &str, password: &str) -> client::Mechanism {
    let credentials = Credentials::new(user, password);
    client::Scram::new(variant, credentials, Nonce::new(CLIENT_NONCE)).unwrap().into()
}

pub(crate) fn scram_server(variant: Variant) -> server::Mechanism {
    server::Scram::new(variant, decoy(), Nonce::new(SERVER_NONCE)).into()
}

pub(crate) fn decoy() -> Decoy {
    Decoy::new([3; 32], 2, 16)
}

pub(crate) fn keys(password: &str) -> ScramKeys {
    ScramKeys::derive(Hash::Sha256, password, &[1; 16], 2).unwrap()
}

/// One user with keys, and nobody else.
pub(crate) struct Store {
    pub(crate) user: String,
    pub(crate) keys: ScramKeys,
}

impl Store {
    pub(crate) fn new(user: &str, password: &str) -> Self {
        Self { user: user.into(), keys: keys(password) }
    }

    pub(crate) fn answer(&self, request: &LookupRequest) -> LookupAnswer<'_> {
        let (LookupRequest::Scram { user, .. } | LookupRequest::Password { user, .. }) = request
        else {
            panic!("{request:?}")
        };
        if **user == *self.user { LookupAnswer::Scram(&self.keys) } else { LookupAnswer::Unknown }
    }
}

/// Where the server puts its last word.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Placement {
    Challenge,
    Additional,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    Client(AuthFault),
    Server(AuthFault),
}

pub(crate) type Both = (Established<MechanismLayer>, Established<MechanismLayer>);

/// Runs an exchange to its end; `tamper` sees each message with its number.
pub(crate) fn exchange(
    mut client: client::Mechanism,
    mut server: server::Mechanism,
    (client_cx, server_cx): (&Context<'_>, &Context<'_>),
    store: &Store,
    placement: Placement,
    mut tamper: impl FnMut(usize, &mut Vec<u8>),
) -> Result<Both, End> {
    let mut message = Vec::new();
    let step = client.start(client_cx, &mut message).map_err(End::Client)?;
    assert_eq!(step, ClientStep::Send);
    tamper(0, &mut message);
    let mut number = 1;
    let mut out = Vec::new();
    let mut step = server.step(server_cx, ServerInput::Initial(Some(&message)), &mut out);
    loop {
        step = match step {
            ServerStep::Lookup(mechanism, request) => {
                server = mechanism;
                server.step(server_cx, ServerInput::Lookup(store.answer(&request)), &mut out)
            }
            ServerStep::Authorize(mechanism, _) => {
                mechanism.step(server_cx, ServerInput::Authorized(true), &mut out)
            }
            ServerStep::Working(mechanism) => {
                mechanism.step(server_cx, ServerInput::Work(3), &mut out)
            }
            ServerStep::Challenge(mechanism) => {
                tamper(number, &mut out);
                let mut response = respond(&mut client, client_cx, &out)?;
                tamper(number + 1, &mut response);
                number += 2;
                out.clear();
                mechanism.step(server_cx, ServerInput::Response(&response), &mut out)
            }
            ServerStep::Failure { fault, send } => {
                assert_eq!(send, !out.is_empty());
                return Err(End::Server(fault));
            }
            ServerStep::Success { established, additional } => {
                tamper(number, &mut out);
                let mut data = additional.then_some(&*out);
                if let (Placement::Challenge, Some(last)) = (placement, data) {
                    assert_eq!(respond(&mut client, client_cx, last)?, b"");
                    data = None;
                }
                let proven = client.outcome_ok(client_cx, data).map_err(End::Client)?;
                return Ok((proven, established));
            }
            other => panic!("{other:?}"),
        };
    }
}

/// The client's response to `challenge`.
pub(crate) fn respond(
    client: &mut client::Mechanism,
    cx: &Context<'_>,
    challenge: &[u8],
) -> Result<Vec<u8>, End> {
    let mut out = Vec::new();
    let mut step = client.challenge(cx, challenge, &mut out).map_err(End::Client)?;
    while step == ClientStep::Working {
        assert!(out.is_empty());
        step = client.work(cx, 7, &mut out).map_err(End::Client)?;
    }
    assert_eq!(step, ClientStep::Send);
    Ok(out)
}

/// A client that awaits `server-first-message`, and what it has sent.
pub(crate) fn greeted(
    client: &client::Mechanism,
    cx: &Context<'_>,
) -> (client::Mechanism, Vec<u8>) {
    let (mut client, mut out) = (client.clone(), Vec::new());
    client.start(cx, &mut out).unwrap();
    (client, out)
}

/// A server that awaits `client-final-message`, and its challenge.
pub(crate) fn challenged(
    server: server::Mechanism,
    cx: &Context<'_>,
    first: &[u8],
    answer: LookupAnswer<'_>,
) -> (server::Mechanism, Vec<u8>) {
    let mut out = Vec::new();
    let ServerStep::Lookup(server, request) =
        server.step(cx, ServerInput::Initial(Some(first)), &mut out)
    else {
        panic!("no look-up for {}", first.escape_ascii())
    };
    assert!(request.admits(&answer));
    let ServerStep::Challenge(server) = server.step(cx, ServerInput::Lookup(answer), &mut out)
    else {
        panic!("no challenge")
    };
    (server, out)
}

/// The fault with which a server ends on this input, and what it says.
#[expect(clippy::needless_pass_by_value, reason = "callers are done with the step")]
pub(crate) fn refusal(step: ServerStep<server::Mechanism>) -> AuthFault {
    let ServerStep::Failure { fault, .. } = step else { panic!("{step:?}") };
    fault
}
