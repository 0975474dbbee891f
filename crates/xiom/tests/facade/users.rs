//! Logins in memory, without TLS: a server of some users, and a client in the same task.

use tokio::io::{DuplexStream, duplex};
use xiom::core::{Cause, Stage};
use xiom::sasl::Principal;
use xiom::{Client, ClientBuilder, Error, Login, Server, ServerBuilder, Users};

/// What became of a login at each side: who the server says came in, and by which mechanism.
pub(crate) struct Visit {
    pub(crate) client: Result<(), Error>,
    pub(crate) server: Result<(Principal, &'static str), Error>,
}

impl Visit {
    pub(crate) fn mechanism(&self) -> &'static str {
        self.server.as_ref().unwrap().1
    }

    pub(crate) fn acts_as(&self) -> Option<&str> {
        self.server.as_ref().unwrap().0.acts_as()
    }

    pub(crate) fn client_cause(&self) -> Cause {
        self.client.as_ref().unwrap_err().failure().unwrap().cause
    }

    pub(crate) fn server_failure(&self) -> (Stage, Cause) {
        let failure = self.server.as_ref().unwrap_err().failure().unwrap();
        (failure.stage, failure.cause)
    }
}

/// A server of `users` that lets passwords and tokens travel in clear.
pub(crate) fn lax(users: impl Users + 'static) -> ServerBuilder {
    Server::builder(users).allow_cleartext()
}

/// A client of such a server that logs in so, by none but these mechanisms if any are given.
pub(crate) fn client(login: Login, mechanisms: &[&str]) -> ClientBuilder {
    Client::builder("amqp://localhost")
        .unwrap()
        .allow_cleartext()
        .login(login)
        .only_mechanisms(mechanisms.iter().copied())
}

pub(crate) fn password(user: &str, password: &str) -> Login {
    Login::Password(xiom::sasl::Credentials::new(user, password))
}

/// Lets `client` in at `server`, or not.
pub(crate) async fn visit(server: &Server, client: &Client) -> Visit {
    let (near, far): (DuplexStream, DuplexStream) = duplex(4096);
    let (client, server) = tokio::join!(client.connect_over(near), server.accept(far));
    let server = server.map(|stream| {
        let established = stream.channel().layers().unwrap().upper().established().unwrap();
        (established.principal().clone(), established.mechanism())
    });
    Visit { client: client.map(drop), server }
}
