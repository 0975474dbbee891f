//! A server that Xiom connects to: where it is, what it offers, and how to log in.

use anyhow::Result;
use xiom::core::Secret;
use xiom::sasl::Credentials;
use xiom::{Client, ClientBuilder, Login, TlsStyle};

use crate::check::{OPEN_DEADLINE, Transport};

/// A server, and everything that a client needs.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The name in the report.
    pub(crate) name: String,
    /// The name in its certificate.
    pub(crate) server_name: String,
    /// Its ports, in the order of the transports.
    pub(crate) ports: [Option<Port>; 3],
    pub(crate) ca: Vec<u8>,
    pub(crate) client_cert: Vec<u8>,
    pub(crate) client_key: Vec<u8>,
    pub(crate) user: String,
    pub(crate) password: String,
    /// Where a message comes back from, to be made unique by a suffix.
    pub(crate) address: String,
}

/// A port, and the mechanisms that are offered there.
#[derive(Clone, Debug)]
pub(crate) struct Port {
    pub(crate) number: u16,
    pub(crate) mechanisms: Vec<String>,
}

impl Target {
    /// The port for `transport`.
    pub(crate) fn port(&self, transport: Transport) -> Option<&Port> {
        let [tcp, tls, header] = &self.ports;
        match transport {
            Transport::Tcp => tcp.as_ref(),
            Transport::Tls => tls.as_ref(),
            Transport::Header => header.as_ref(),
        }
    }

    /// A client for `port` that speaks `style`, trusts the CA of this server alone and shows its certificate.
    pub(crate) fn client(&self, port: u16, style: Option<TlsStyle>) -> Result<ClientBuilder> {
        let url = format!("amqp://{}:{port}", self.server_name);
        let builder = Client::builder(&url)?
            .only_roots(&self.ca)
            .certificate(&self.client_cert, Secret::new(self.client_key.clone()))
            .deadline(OPEN_DEADLINE)
            .allow_cleartext();
        Ok(match style {
            Some(style) => builder.tls(style),
            None => builder,
        })
    }

    /// What belongs to `mechanism`.
    pub(crate) fn login(&self, mechanism: &str, password: &str) -> Login {
        match mechanism {
            "ANONYMOUS" => Login::Anonymous("xiom".to_owned()),
            "EXTERNAL" => Login::External(None),
            _ => Login::Password(Credentials::new(self.user.clone(), password)),
        }
    }
}
