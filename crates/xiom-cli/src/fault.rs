//! A failure as it is reported: layer, stage, cause, who has to change something, and what to try.

use serde::Serialize;
use xiom::Protocol;
use xiom::core::{Blame, Failure};
use xiom::sasl::Side;

use crate::hint::hint;
use crate::render;

/// A failure for people and programs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Fault {
    /// The layer that failed.
    pub(crate) layer: String,
    /// The phase in which it failed, as in the timeline.
    pub(crate) stage: &'static str,
    /// The cause, for programs.
    pub(crate) cause: String,
    /// The cause in words.
    pub(crate) message: String,
    /// What the peer said in its own words when it refused.
    pub(crate) peer_text: Option<String>,
    /// Who has to change something.
    pub(crate) blame: &'static str,
    /// Whether the same attempt may succeed later, with nothing changed.
    pub(crate) retryable: bool,
    /// What to try.
    pub(crate) hint: &'static str,
}

impl Fault {
    /// The failure of a client that was to speak `protocol`, and what the server said of it.
    pub(crate) fn of_client(
        failure: &Failure,
        protocol: Protocol,
        peer_text: Option<&str>,
    ) -> Self {
        Self::new(failure, peer_text, hint(failure, protocol, Side::Client))
    }

    /// The failure of a server that was to speak `protocol`, and what the client said of it.
    pub(crate) fn of_server(
        failure: &Failure,
        protocol: Protocol,
        peer_text: Option<&str>,
    ) -> Self {
        Self::new(failure, peer_text, hint(failure, protocol, Side::Server))
    }

    fn new(failure: &Failure, peer_text: Option<&str>, hint: &'static str) -> Self {
        Self {
            layer: failure.layer().to_string(),
            stage: crate::timeline::phase(failure.stage),
            cause: format!("{:?}", failure.cause),
            message: failure.cause.to_string(),
            peer_text: peer_text.map(render::plain),
            blame: blame(failure.cause.blame()),
            retryable: failure.cause.is_retryable(),
            hint,
        }
    }

    /// The cause in words, and those of the peer.
    pub(crate) fn words(&self) -> String {
        match &self.peer_text {
            Some(text) => format!("{}: \"{text}\"", self.message),
            None => self.message.clone(),
        }
    }
}

const fn blame(blame: Blame) -> &'static str {
    match blame {
        Blame::Network => "network",
        Blame::Peer => "peer",
        Blame::Configuration => "configuration",
        Blame::Credentials => "credentials",
    }
}
