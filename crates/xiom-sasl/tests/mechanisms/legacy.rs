//! The two ends of DIGEST-MD5, step by step, and the ranges of layers that they permit.

use xiom_core::{AuthFault, Security};
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::digest_md5::{DigestKey, DigestLayer};
use xiom_sasl::server::{
    self, LookupAnswer, LookupRequest, ServerInput, ServerMechanism, ServerStep,
};
use xiom_sasl::{Context, Credentials, Established, LayerRange, Limits, Nonce, Protection};

use crate::common::{CLIENT_NONCE, SERVER_NONCE, decoy};

pub(crate) const REALM: &str = "example.com";
pub(crate) const HOST: &str = "broker.example.com";

/// What stands below: nothing, and the usual limits.
#[derive(Default)]
pub(crate) struct Below {
    pub(crate) security: Security,
    pub(crate) limits: Limits,
}

impl Below {
    /// A context that permits layers from `least` to `most`.
    pub(crate) fn cx(&self, least: Protection, most: Protection) -> Context<'_> {
        Context::new(&self.security, &self.limits).with_layers(LayerRange { least, most })
    }

    /// A context that permits every layer, and none.
    pub(crate) fn any(&self) -> Context<'_> {
        self.cx(Protection::None, Protection::Confidentiality)
    }
}

pub(crate) fn client_of(credentials: Credentials) -> client::DigestMd5 {
    client::DigestMd5::new(credentials, "amqp", HOST, Nonce::new(CLIENT_NONCE)).unwrap()
}

pub(crate) fn client(password: &str) -> client::DigestMd5 {
    client_of(Credentials::new("chris", password))
}

pub(crate) fn server() -> server::DigestMd5 {
    server::DigestMd5::new("amqp", HOST, REALM, decoy(), Nonce::new(SERVER_NONCE)).unwrap()
}

pub(crate) fn key(password: &str) -> DigestKey {
    DigestKey::derive("chris", REALM, password).unwrap()
}

/// A server that awaits the response, and its challenge.
pub(crate) fn challenged(
    server: server::DigestMd5,
    cx: &Context<'_>,
) -> Result<(server::DigestMd5, String), AuthFault> {
    let mut out = Vec::new();
    let step = server.step(cx, ServerInput::Initial(None), &mut out);
    let ServerStep::Challenge(server) = step else { return Err(refusal(&step, &out)) };
    Ok((server, String::from_utf8(out).unwrap()))
}

/// A client that awaits the server's proof, and its response.
pub(crate) fn responded(
    mut client: client::DigestMd5,
    cx: &Context<'_>,
    challenge: &str,
) -> Result<(client::DigestMd5, String), AuthFault> {
    let mut out = Vec::new();
    assert_eq!(client.start(cx, &mut out), Ok(ClientStep::NoInitialResponse));
    let step = client.challenge(cx, challenge.as_bytes(), &mut out);
    assert!(step.is_ok() || out.is_empty(), "nothing is said on an error");
    assert_eq!(step?, ClientStep::Send);
    Ok((client, String::from_utf8(out).unwrap()))
}

/// A server that knows the response to be good, and asks whether the user may come in.
pub(crate) fn proven(
    server: server::DigestMd5,
    cx: &Context<'_>,
    response: &[u8],
    answer: LookupAnswer<'_>,
) -> Result<server::DigestMd5, AuthFault> {
    let mut out = Vec::new();
    let step = server.step(cx, ServerInput::Response(response), &mut out);
    let ServerStep::Lookup(server, request) = step else { return Err(refusal(&step, &out)) };
    assert!(matches!(&request, LookupRequest::DigestMd5 { realm, .. } if **realm == *REALM));
    assert!(request.admits(&answer));
    let step = server.step(cx, ServerInput::Lookup(answer), &mut out);
    let ServerStep::Authorize(server, _) = step else { return Err(refusal(&step, &out)) };
    assert!(out.is_empty(), "no proof before the permission");
    Ok(server)
}

/// The success of a server, and its last word.
pub(crate) fn permitted(
    server: server::DigestMd5,
    cx: &Context<'_>,
) -> (Established<DigestLayer>, Vec<u8>) {
    let mut out = Vec::new();
    let step = server.step(cx, ServerInput::Authorized(true), &mut out);
    let ServerStep::Success { established, additional: true } = step else { panic!("{step:?}") };
    (established, out)
}

/// The fault of a step that must be a silent failure.
pub(crate) fn refusal(step: &ServerStep<server::DigestMd5>, out: &[u8]) -> AuthFault {
    let ServerStep::Failure { fault, send: false } = step else { panic!("{step:?}") };
    assert_eq!(out, b"");
    *fault
}

/// A whole exchange under what each side permits; `edit` sees the challenge.
pub(crate) fn meet(
    (client_cx, server_cx): (&Context<'_>, &Context<'_>),
    edit: impl FnOnce(String) -> String,
) -> Result<[Established<DigestLayer>; 2], AuthFault> {
    let (server, challenge) = challenged(server(), server_cx)?;
    let (client, response) = responded(client("secret"), client_cx, &edit(challenge))?;
    let answer = key("secret");
    let answer = LookupAnswer::DigestMd5(&answer);
    let server = proven(server, server_cx, response.as_bytes(), answer)?;
    let (at_server, last) = permitted(server, server_cx);
    let at_client = client.outcome_ok(client_cx, Some(&last))?;
    Ok([at_client, at_server])
}

/// A protection and what to take out of the challenge, so that this cipher is left.
pub(crate) const QUALITIES: [(Protection, &str); 3] = [
    (Protection::Integrity, ""),
    (Protection::Confidentiality, ",rc4"),
    (Protection::Confidentiality, "3des,"),
];

/// The layers of both ends after an exchange.
pub(crate) fn layers(below: &Below, (protection, without): (Protection, &str)) -> [DigestLayer; 2] {
    let cx = below.cx(protection, protection);
    let ends = meet((&cx, &cx), |challenge| challenge.replace(without, "")).unwrap();
    ends.map(|mut established| {
        assert_eq!(established.protection(), protection);
        established.take_layer().unwrap()
    })
}
