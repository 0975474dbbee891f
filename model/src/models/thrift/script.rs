//! Mechanisms that say what a script tells them to, on the client's side and on the server's.
//!
//! Within each is ANONYMOUS as it ships, for nobody else makes the proof of a login. When it has said its last
//! reply, the client's goes on answering whatever it is asked: that nobody asks is the client's business.

use xiom_core::AuthFault;
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::server::{self, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{Context, Established, NoLayer, Properties};

pub use crate::models::literal::thrift::Reply;

/// The name that it has.
pub const NAME: &str = "M";
/// What it says when it says something.
pub const TOKEN: &[u8] = b"x";

/// The client's side of a script.
pub type ClientScript = Scripted<client::Anonymous>;
/// The server's side of a script.
pub type ServerScript = Scripted<server::Anonymous>;

/// A script, and ANONYMOUS within it.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Scripted<M> {
    inner: M,
    /// What it will say, the next at the end.
    replies: Vec<Reply>,
    /// It is satisfied, and had something to say at last or not.
    done: Option<bool>,
}

impl<M> Scripted<M> {
    const fn new(inner: M, replies: Vec<Reply>) -> Self {
        Self { inner, replies, done: None }
    }
}

impl ClientScript {
    /// The client's side; the next reply stands at the end.
    #[must_use]
    pub fn client(replies: Vec<Reply>) -> Self {
        let inner = client::Anonymous::new("")
            .unwrap_or_else(|_| unreachable!("an empty trace is in order"));
        Self::new(inner, replies)
    }

    fn reply(&mut self, out: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        let (has_token, is_last) = match (self.replies.pop(), self.done) {
            (Some(Reply::More(has_token)), _) => (has_token, false),
            (Some(Reply::Done(has_token)), _) => (has_token, true),
            (Some(Reply::Reject), _) => return Err(AuthFault::ServerNotVerified),
            (None, Some(_)) => (true, true),
            (Some(Reply::Garble) | None, _) => return Err(AuthFault::Malformed),
        };
        if is_last {
            self.done = Some(has_token);
        }
        say(has_token, out);
        Ok(ClientStep::Send)
    }
}

impl ServerScript {
    /// The server's side; the next reply stands at the end.
    #[must_use]
    pub const fn server(replies: Vec<Reply>) -> Self {
        Self::new(server::Anonymous::new(), replies)
    }
}

fn say(has_token: bool, out: &mut Vec<u8>) {
    if has_token {
        out.extend_from_slice(TOKEN);
    }
}

impl ClientMechanism for ClientScript {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        Properties::named(NAME)
    }

    fn start(&mut self, cx: &Context<'_>, out: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        self.inner.start(cx, &mut Vec::new())?;
        match self.reply(out) {
            Ok(_) if out.is_empty() && self.done.is_none() => Ok(ClientStep::NoInitialResponse),
            step => step,
        }
    }

    fn challenge(
        &mut self,
        _: &Context<'_>,
        _: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        self.reply(out)
    }

    fn work(&mut self, _: &Context<'_>, _: u32, _: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        Err(AuthFault::Unexpected)
    }

    fn is_done(&self) -> bool {
        self.done.is_some()
    }

    /// The last word of the server satisfies a mechanism that has nothing more to say itself.
    fn outcome_ok(
        mut self,
        cx: &Context<'_>,
        additional: Option<&[u8]>,
    ) -> Result<Established<NoLayer>, AuthFault> {
        if self.done.is_none() {
            match (additional, self.replies.pop()) {
                (Some(_), Some(Reply::Done(false))) => {}
                (Some(_), Some(Reply::Garble)) => return Err(AuthFault::Malformed),
                (Some(_), Some(Reply::More(_) | Reply::Done(true))) => {
                    return Err(AuthFault::Unexpected);
                }
                (None, _) | (Some(_), Some(Reply::Reject) | None) => {
                    return Err(AuthFault::ServerNotVerified);
                }
            }
        }
        self.inner.outcome_ok(cx, None)
    }
}

impl ServerMechanism for ServerScript {
    type Layer = NoLayer;

    fn properties(&self) -> Properties {
        Properties::named(NAME)
    }

    fn step(
        mut self,
        cx: &Context<'_>,
        input: ServerInput<'_>,
        out: &mut Vec<u8>,
    ) -> ServerStep<Self> {
        let fail = |fault| ServerStep::Failure { fault, send: false };
        let is_message = matches!(input, ServerInput::Initial(_) | ServerInput::Response(_));
        let input = if is_message {
            match self.replies.pop() {
                Some(Reply::More(has_token)) => {
                    say(has_token, out);
                    return ServerStep::Challenge(self);
                }
                Some(Reply::Done(has_token)) => {
                    self.done = Some(has_token);
                    ServerInput::Initial(Some(b""))
                }
                Some(Reply::Reject) => return fail(AuthFault::BadCredentials),
                Some(Reply::Garble) | None => return fail(AuthFault::Malformed),
            }
        } else {
            input
        };
        let Self { inner, replies, done } = self;
        let step = inner.step(cx, input, &mut Vec::new());
        let step = step.map(|inner| Self { inner, replies, done }, |layer| layer);
        if let ServerStep::Success { established, .. } = step {
            let additional = done.unwrap_or_default();
            say(additional, out);
            ServerStep::Success { established, additional }
        } else {
            step
        }
    }
}
