//! SASL as the two protocols carry it: one type for each side, so that the stack has one type, too.

use xiom_core::{Layer, OutcomeCode, Phase, Received, Security, WireBuf};
use xiom_sasl::server::{LookupAnswer, Question};
use xiom_sasl::{Established, NoLayer};

use crate::forward::forward;
use crate::{ClientMechanism, ServerMechanism};

/// The client's side of SASL.
#[derive(Debug)]
#[non_exhaustive]
pub enum ClientSasl {
    /// In the frames of AMQP.
    Amqp(xiom_amqp_sasl::Client<ClientMechanism>),
    /// In the messages of Thrift SASL; from then on each message is a frame.
    Thrift(xiom_thrift_sasl::Client<ClientMechanism>),
}

impl ClientSasl {
    /// The proof of the login, once open.
    #[must_use]
    pub fn established(&self) -> Option<&Established<NoLayer>> {
        match self {
            Self::Amqp(client) => client.established(),
            Self::Thrift(client) => client.established(),
        }
    }
}

impl Layer for ClientSasl {
    forward!(Amqp, Thrift);
}

/// The server's side of SASL.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServerSasl {
    /// In the frames of AMQP.
    Amqp(xiom_amqp_sasl::Server<ServerMechanism>),
    /// In the messages of Thrift SASL; from then on each message is a frame.
    Thrift(xiom_thrift_sasl::Server<ServerMechanism>),
}

impl ServerSasl {
    /// The proof of the login, once open.
    #[must_use]
    pub fn established(&self) -> Option<&Established<NoLayer>> {
        match self {
            Self::Amqp(server) => server.established(),
            Self::Thrift(server) => server.established(),
        }
    }

    /// The question to the application, while the layer asks.
    #[must_use]
    pub fn question(&self) -> Option<&Question> {
        match self {
            Self::Amqp(server) => server.question(),
            Self::Thrift(server) => server.question(),
        }
    }

    /// Answers [`Question::Lookup`]; an answer that does not fit the question ends the exchange.
    pub fn lookup(&mut self, answer: LookupAnswer<'_>, out: &mut WireBuf) {
        match self {
            Self::Amqp(server) => server.lookup(answer, out),
            Self::Thrift(server) => server.lookup(answer, out),
        }
    }

    /// Answers [`Question::Authorize`].
    pub fn authorize(&mut self, granted: bool, out: &mut WireBuf) {
        match self {
            Self::Amqp(server) => server.authorize(granted, out),
            Self::Thrift(server) => server.authorize(granted, out),
        }
    }

    /// Answers any question by a refusal for an error of the application, such as a store that is down.
    pub fn refuse(&mut self, code: OutcomeCode, out: &mut WireBuf) {
        match self {
            Self::Amqp(server) => server.refuse(code, out),
            Self::Thrift(server) => server.refuse(code, out),
        }
    }
}

impl Layer for ServerSasl {
    forward!(Amqp, Thrift);
}
