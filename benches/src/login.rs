//! One login of the mechanisms alone: both sides for the record, then either side against the record.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a good run has few of the steps; any other one ends it"
)]

use anyhow::{Result, bail, ensure};
use xiom_core::Security;
use xiom_sasl::client::{ClientMechanism, ClientStep};
use xiom_sasl::server::{LookupAnswer, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{Context, Limits};

/// What both sides have said.
#[derive(Debug)]
pub struct Login {
    /// The client's messages.
    up: Vec<Vec<u8>>,
    /// The server's challenges.
    down: Vec<Vec<u8>>,
    /// What comes with the outcome.
    additional: Option<Vec<u8>>,
}

/// A confidential channel whose other end has shown a certificate.
#[must_use]
pub fn security() -> Security {
    Security {
        confidential: true,
        certificate: true,
        peer: Some("CN=client".into()),
        ..Security::default()
    }
}

/// The context of a login.
#[must_use]
pub const fn context<'a>(security: &'a Security, limits: &'a Limits) -> Context<'a> {
    Context::new(security, limits)
}

impl Login {
    /// Runs both sides.
    ///
    /// # Errors
    ///
    /// Returns an error when they do not come to a good end.
    pub fn record<S: ServerMechanism>(
        mut client: impl ClientMechanism,
        server: S,
        cx: &Context<'_>,
        answer: LookupAnswer<'_>,
    ) -> Result<Self> {
        let mut said = Self { up: Vec::new(), down: Vec::new(), additional: None };
        let mut message = Vec::new();
        client.start(cx, &mut message)?;
        let mut out = Vec::new();
        let mut step = server.step(cx, ServerInput::Initial(Some(&message)), &mut out);
        said.up.push(message);
        loop {
            step = match until_heard(step, cx, answer, &mut out) {
                ServerStep::Challenge(server) => {
                    let mut message = Vec::new();
                    respond(&mut client, cx, &out, &mut message)?;
                    said.down.push(core::mem::take(&mut out));
                    let step = server.step(cx, ServerInput::Response(&message), &mut out);
                    said.up.push(message);
                    step
                }
                ServerStep::Success { additional, .. } => {
                    said.additional = additional.then_some(out);
                    client.outcome_ok(cx, said.additional.as_deref())?;
                    return Ok(said);
                }
                _ => bail!("the server refuses"),
            };
        }
    }

    /// Runs the client's side; `out` takes its messages.
    ///
    /// # Errors
    ///
    /// Returns an error when it does not succeed.
    pub fn client(
        &self,
        mut client: impl ClientMechanism,
        cx: &Context<'_>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        client.start(cx, out)?;
        for challenge in &self.down {
            out.clear();
            respond(&mut client, cx, challenge, out)?;
        }
        client.outcome_ok(cx, self.additional.as_deref())?;
        Ok(())
    }

    /// Runs the server's side; `out` takes its messages.
    ///
    /// # Errors
    ///
    /// Returns an error when it does not succeed.
    pub fn server<S: ServerMechanism>(
        &self,
        server: S,
        cx: &Context<'_>,
        answer: LookupAnswer<'_>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let mut said = self.up.iter();
        let initial = said.next().map(Vec::as_slice);
        let mut step = server.step(cx, ServerInput::Initial(initial), out);
        loop {
            step = match (until_heard(step, cx, answer, out), said.next()) {
                (ServerStep::Challenge(server), Some(message)) => {
                    out.clear();
                    server.step(cx, ServerInput::Response(message), out)
                }
                (ServerStep::Success { .. }, None) => return Ok(()),
                _ => bail!("the server refuses"),
            };
        }
    }
}

/// Answers questions and goes on with work, until the client is to speak or the end is there.
fn until_heard<S: ServerMechanism>(
    mut step: ServerStep<S>,
    cx: &Context<'_>,
    answer: LookupAnswer<'_>,
    out: &mut Vec<u8>,
) -> ServerStep<S> {
    loop {
        let (server, input) = match step {
            ServerStep::Lookup(server, _) => (server, ServerInput::Lookup(answer)),
            ServerStep::Authorize(server, _) => (server, ServerInput::Authorized(true)),
            ServerStep::Working(server) => (server, ServerInput::Work(SLICE)),
            other => return other,
        };
        step = server.step(cx, input, out);
    }
}

fn respond(
    client: &mut impl ClientMechanism,
    cx: &Context<'_>,
    challenge: &[u8],
    out: &mut Vec<u8>,
) -> Result<()> {
    let mut step = client.challenge(cx, challenge, out)?;
    while step == ClientStep::Working {
        step = client.work(cx, SLICE, out)?;
    }
    ensure!(step == ClientStep::Send, "the client does not answer");
    Ok(())
}

/// As [`xiom_core::Limits::work`].
const SLICE: u32 = 4096;
