//! What an application may answer to a server's questions: yes, no, not now, and nonsense.

use xiom_core::{OutcomeCode, Stack, WireBuf};
use xiom_sasl::Identity;
use xiom_sasl::server::{LookupAnswer, LookupRequest, Question};

use super::exchange::{self, BOSS};
use crate::world::{Answer, Layers};

/// Layers with a server on top that asks.
pub trait Asked: Layers {
    /// The server.
    type Server: Asks;

    /// Lets `deed` answer the server.
    fn answer(&mut self, out: &mut WireBuf, deed: fn(&mut Self::Server, &mut WireBuf));
}

/// A server that asks its application.
pub trait Asks {
    /// The question, while it asks.
    fn question(&self) -> Option<&Question>;

    /// Answers a look-up.
    fn lookup(&mut self, answer: LookupAnswer<'_>, out: &mut WireBuf);

    /// Answers whether the client may come in.
    fn authorize(&mut self, granted: bool, out: &mut WireBuf);

    /// Answers any question by a refusal.
    fn refuse(&mut self, code: OutcomeCode, out: &mut WireBuf);
}

macro_rules! asked {
    ($server:ty) => {
        impl<Low: Layers> Asked for Stack<$server, Low> {
            type Server = $server;

            fn answer(&mut self, out: &mut WireBuf, deed: fn(&mut $server, &mut WireBuf)) {
                self.with_upper(out, deed);
            }
        }

        impl Asks for $server {
            fn question(&self) -> Option<&Question> {
                self.question()
            }

            fn lookup(&mut self, answer: LookupAnswer<'_>, out: &mut WireBuf) {
                self.lookup(answer, out);
            }

            fn authorize(&mut self, granted: bool, out: &mut WireBuf) {
                self.authorize(granted, out);
            }

            fn refuse(&mut self, code: OutcomeCode, out: &mut WireBuf) {
                self.refuse(code, out);
            }
        }
    };
}

asked!(xiom_amqp_sasl::Server);
asked!(xiom_thrift_sasl::Server);

/// All of them.
pub(super) fn answers<L: Asked>() -> Vec<Answer<L>> {
    vec![
        Answer { name: "yes", means: "y", give: |layers, out| layers.answer(out, yes) },
        Answer { name: "no", means: "n", give: |layers, out| layers.answer(out, no) },
        Answer { name: "here are keys", means: "k", give: |layers, out| layers.answer(out, keys) },
        Answer { name: "nobody", means: "u", give: |layers, out| layers.answer(out, nobody) },
        Answer { name: "not now", means: "s", give: |layers, out| layers.answer(out, not_now) },
        Answer { name: "nonsense", means: "w", give: |layers, out| layers.answer(out, nonsense) },
    ]
}

fn yes<S: Asks>(server: &mut S, out: &mut WireBuf) {
    match server.question() {
        Some(Question::Lookup(LookupRequest::Scram { .. })) => {
            server.lookup(LookupAnswer::Scram(&exchange::keys()), out);
        }
        Some(Question::Lookup(_)) => server.lookup(LookupAnswer::Verified(true), out),
        // Whoever comes with a certificate comes for somebody else, and must say so.
        Some(Question::Authorize(who)) => {
            let is_external = matches!(who.identity, Identity::External(_));
            server.authorize(!is_external || who.authzid.as_deref() == Some(BOSS), out);
        }
        None => server.authorize(true, out),
    }
}

/// The store holds keys in the place of passwords.
fn keys<S: Asks>(server: &mut S, out: &mut WireBuf) {
    match server.question() {
        Some(Question::Lookup(_)) => {
            server.lookup(LookupAnswer::Scram(&exchange::keys()), out);
        }
        Some(Question::Authorize(_)) | None => server.authorize(true, out),
    }
}

/// There is no such user.
fn nobody<S: Asks>(server: &mut S, out: &mut WireBuf) {
    match server.question() {
        Some(Question::Lookup(_)) => server.lookup(LookupAnswer::Unknown, out),
        Some(Question::Authorize(_)) | None => server.authorize(false, out),
    }
}

/// To a look-up of keys there is no "no": it says that the user is unknown.
fn no<S: Asks>(server: &mut S, out: &mut WireBuf) {
    match server.question() {
        Some(Question::Lookup(LookupRequest::Scram { .. })) => {
            server.lookup(LookupAnswer::Unknown, out);
        }
        Some(Question::Lookup(_)) => server.lookup(LookupAnswer::Verified(false), out),
        Some(Question::Authorize(_)) | None => server.authorize(false, out),
    }
}

fn not_now<S: Asks>(server: &mut S, out: &mut WireBuf) {
    server.refuse(OutcomeCode::Sys, out);
}

/// The answer to the other kind of question.
fn nonsense<S: Asks>(server: &mut S, out: &mut WireBuf) {
    match server.question() {
        Some(Question::Lookup(_)) => server.authorize(true, out),
        Some(Question::Authorize(_)) | None => server.lookup(LookupAnswer::Verified(true), out),
    }
}
