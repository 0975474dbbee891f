//! Mechanisms that say what was recorded, and insist on hearing what was recorded.
//!
//! The proof at the end is that of ANONYMOUS, since only a mechanism of the library can give one.

use alloc::collections::VecDeque;

use xiom_core::AuthFault;
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::server::{self, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{Context, Established, Properties};

use crate::recording::{Recording, Side};

type ClientLayer = <client::Anonymous as ClientMechanism>::Layer;
type ServerLayer = <server::Anonymous as ServerMechanism>::Layer;

/// The client's mechanism.
#[derive(Clone, Debug)]
pub(crate) struct ClientReplay {
    properties: Properties,
    says: VecDeque<Vec<u8>>,
    hears: VecDeque<Vec<u8>>,
    proof: client::Anonymous,
}

/// The server's mechanism.
#[derive(Clone, Debug)]
pub(crate) struct ServerReplay {
    properties: Properties,
    says: VecDeque<Vec<u8>>,
    hears: VecDeque<Vec<u8>>,
    proof: server::Anonymous,
}

fn properties(recording: &Recording) -> Properties {
    let client_first = ["PLAIN", "GSSAPI"].contains(&recording.mechanism);
    Properties { client_first, ..Properties::named(recording.mechanism) }
}

impl ClientReplay {
    pub(crate) fn new(recording: &Recording) -> Self {
        Self {
            properties: properties(recording),
            says: recording.words(Side::Client).into(),
            hears: recording.words(Side::Server).into(),
            proof: client::Anonymous::new("").unwrap(),
        }
    }

    fn say(&mut self, out: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        out.extend(self.says.pop_front().ok_or(AuthFault::Unexpected)?);
        Ok(ClientStep::Send)
    }
}

impl ClientMechanism for ClientReplay {
    type Layer = ClientLayer;

    fn properties(&self) -> Properties {
        self.properties
    }

    fn start(&mut self, cx: &Context<'_>, out: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        self.proof.start(cx, &mut Vec::new())?;
        self.say(out)?;
        Ok(if self.properties.client_first {
            ClientStep::Send
        } else {
            ClientStep::NoInitialResponse
        })
    }

    fn challenge(
        &mut self,
        _: &Context<'_>,
        data: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        assert_eq!(self.hears.pop_front().as_deref(), Some(data), "another challenge");
        self.say(out)
    }

    fn work(&mut self, _: &Context<'_>, _: u32, _: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        Err(AuthFault::Unexpected)
    }

    fn is_done(&self) -> bool {
        // In DIGEST-MD5 the server's proof is in its last word, in GSSAPI before that.
        let is_proven = self.properties.name != "DIGEST-MD5" || self.hears.is_empty();
        self.says.is_empty() && self.hears.len() <= 1 && is_proven
    }

    fn outcome_ok(
        mut self,
        cx: &Context<'_>,
        additional: Option<&[u8]>,
    ) -> Result<Established<ClientLayer>, AuthFault> {
        let heard = self.hears.pop_front().unwrap_or_default();
        assert_eq!(heard, additional.unwrap_or_default(), "another last word");
        assert!(self.says.is_empty() && self.hears.is_empty(), "the end comes early");
        self.proof.outcome_ok(cx, None)
    }
}

impl ServerReplay {
    pub(crate) fn new(recording: &Recording) -> Self {
        Self {
            properties: properties(recording),
            says: recording.words(Side::Server).into(),
            hears: recording.words(Side::Client).into(),
            proof: server::Anonymous::new(),
        }
    }

    /// Hears a word, and says the next one; before the last one the application is asked.
    fn go_on(mut self, cx: &Context<'_>, heard: &[u8], out: &mut Vec<u8>) -> ServerStep<Self> {
        assert_eq!(self.hears.pop_front().as_deref(), Some(heard), "another response");
        if self.says.len() > 1 {
            out.extend(self.says.pop_front().unwrap_or_default());
            return ServerStep::Challenge(self);
        }
        let Self { properties, says, hears, proof } = self;
        let step = proof.step(cx, ServerInput::Initial(Some(b"")), &mut Vec::new());
        step.map(|proof| Self { properties, says, hears, proof }, |layer| layer)
    }
}

impl ServerMechanism for ServerReplay {
    type Layer = ServerLayer;

    fn properties(&self) -> Properties {
        self.properties
    }

    fn step(self, cx: &Context<'_>, input: ServerInput<'_>, out: &mut Vec<u8>) -> ServerStep<Self> {
        match input {
            ServerInput::Initial(response) => {
                assert_eq!(response.is_some(), self.properties.client_first);
                self.go_on(cx, response.unwrap_or_default(), out)
            }
            ServerInput::Response(response) => self.go_on(cx, response, out),
            ServerInput::Authorized(_) => {
                let step = self.proof.step(cx, input, &mut Vec::new());
                let ServerStep::Success { established, .. } = step else { panic!("not let in") };
                let last = self.says.back().map(Vec::as_slice).unwrap_or_default();
                out.extend(last);
                ServerStep::Success { established, additional: !last.is_empty() }
            }
            ServerInput::Lookup(_) | ServerInput::Work(_) | _ => panic!("out of turn: {input:?}"),
        }
    }
}
