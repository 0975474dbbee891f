//! The log of a server: one line for each thing that happened, for people or for programs.
//!
//! Invariant: no control character that a peer chose reaches the output, and no secret at all.

use core::net::SocketAddr;
use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;
use xiom::xio::{failure_of, peer_text_of};
use xiom::{Error, Protocol};

use crate::fault::Fault;
use crate::proof::{Proof, Tls};
use crate::render::{self, ACCENT, BAD, BOLD, DIM, GOOD};

/// Where the lines go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Log {
    pub(super) is_json: bool,
}

/// Something that happened.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(super) enum Event {
    /// Clients can connect.
    Listening { address: SocketAddr, protocol: &'static str, tls: &'static str },
    /// Somebody came in.
    Login { peer: SocketAddr, tls: Option<Tls>, mechanism: &'static str, login: Proof, micros: u64 },
    /// Somebody did not.
    Refused { peer: SocketAddr, failure: Option<Fault>, reason: String, micros: u64 },
    /// Somebody who was in has left, or was told goodbye.
    Closed { peer: SocketAddr, in_order: bool, failure: Option<Fault>, micros: u64 },
    /// The file of users was read again.
    Reloaded { users: usize },
    /// Something of this system is wrong, and the server goes on.
    Trouble { reason: String },
    /// The last word.
    Stopped(Summary),
}

/// What has happened in all.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Summary {
    pub(super) connections: u64,
    pub(super) logins: u64,
    pub(super) refused: u64,
}

impl Event {
    /// The refusal of `peer`, who was to speak `protocol`, for `error`, after `micros`.
    pub(super) fn refused(
        peer: SocketAddr,
        protocol: Protocol,
        error: &Error,
        micros: u64,
    ) -> Self {
        let text =
            if let Error::Failed { peer_text, .. } = error { peer_text.as_deref() } else { None };
        let failure = error.failure().map(|failure| Fault::of_server(&failure, protocol, text));
        Self::Refused { peer, failure, reason: error.to_string(), micros }
    }

    /// The end of `peer`'s connection, on which `protocol` was spoken.
    pub(super) fn closed(
        peer: SocketAddr,
        protocol: Protocol,
        result: &io::Result<()>,
        micros: u64,
    ) -> Self {
        let error = result.as_ref().err();
        let failure = error.and_then(failure_of);
        let failure = failure
            .map(|failure| Fault::of_server(&failure, protocol, error.and_then(peer_text_of)));
        Self::Closed { peer, in_order: result.is_ok(), failure, micros }
    }

    fn text(&self) -> String {
        match self {
            Self::Listening { address, protocol, tls } => {
                let how =
                    if *tls == "none" { "without tls".to_owned() } else { format!("{tls} tls") };
                format!("{BOLD}listening{BOLD:#} at {address}, {protocol} {how}")
            }
            Self::Login { peer, tls, mechanism, login, micros } => {
                let tls = tls.as_ref().map_or("no tls", |tls| tls.version.as_str());
                let (who, binding) = (login.who(), login.channel_binding.unwrap_or("not bound"));
                let protection = login.protection;
                let took = render::micros(*micros);
                format!(
                    "{GOOD}login{GOOD:#}    {peer}  {BOLD}{who}{BOLD:#}  {ACCENT}{mechanism}{ACCENT:#}  \
                     {DIM}{tls}, {binding}, protection {protection}, {took}{DIM:#}"
                )
            }
            Self::Refused { peer, failure, reason, micros } => {
                let took = render::micros(*micros);
                let place = match failure {
                    Some(fault) => format!("{} in {}: {}", fault.layer, fault.stage, fault.words()),
                    None => reason.clone(),
                };
                format!(
                    "{BAD}refused{BAD:#}  {peer}  {}  {DIM}{took}{DIM:#}",
                    render::plain(&place)
                )
            }
            Self::Closed { peer, failure, micros, .. } => {
                let how = failure.as_ref().map_or("in order", |fault| fault.message.as_str());
                format!("closed   {peer}  {DIM}{how}, after {}{DIM:#}", render::micros(*micros))
            }
            Self::Reloaded { users } => format!("{ACCENT}reloaded{ACCENT:#} {users} users"),
            Self::Trouble { reason } => {
                format!("{BAD}trouble{BAD:#}  {}", render::plain(reason))
            }
            Self::Stopped(Summary { connections, logins, refused }) => format!(
                "{BOLD}stopped{BOLD:#}: {connections} connections, {logins} logins, {refused} refused"
            ),
        }
    }
}

/// A line for programs.
#[derive(Serialize)]
struct Stamped<'a> {
    time: Timestamp,
    #[serde(flatten)]
    event: &'a Event,
}

impl Log {
    /// Writes the line of `event`; a log that nobody reads is no reason to stop serving.
    pub(super) fn tell(self, event: &Event) {
        let time = Timestamp::now();
        if self.is_json {
            let Ok(line) = serde_json::to_string(&Stamped { time, event }) else { return };
            let mut out = io::stdout().lock();
            let _ = writeln!(out, "{line}").and_then(|()| out.flush());
        } else {
            let mut out = anstream::stdout().lock();
            let line = event.text();
            let _ = writeln!(out, "{DIM}{time:.3}{DIM:#}  {line}").and_then(|()| out.flush());
        }
    }
}
