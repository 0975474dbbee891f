//! Both ends of the paved path with Kerberos: tickets of a real realm, over AMQP and the loopback interface.
//!
//! Octets go there and back through each layer.

use std::time::Instant;

use anyhow::{Result, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use xiom::core::OutcomeCode;
use xiom::sasl::server::LookupRequest;
use xiom::sasl::{Identity, Policy, Principal};
use xiom::{Answer, Client, Found, Kerberos, Login, Offers, Server, Users};

use super::account::HOST;
use super::case::Layer;
use super::kerberos::PRINCIPAL;
use crate::check::{Success, bounded};
use crate::realm::Realm;
use crate::report::{Column as _, Report};

/// Every layer, if there is a realm.
pub(super) async fn speak(report: &mut Report<Layer>) {
    for layer in Layer::ALL {
        if Realm::is_here() {
            let result = bounded(Box::pin(login(layer))).await;
            report.tried("xiom, both ends", &"GSSAPI over AMQP", layer, result);
        }
    }
}

/// Lets the one principal of the realm in.
struct Members;

impl Users for Members {
    fn offers(&self) -> Offers {
        Offers::NONE
    }

    fn look_up<'a>(&'a self, _: &'a LookupRequest) -> Answer<'a, Result<Found<'a>, OutcomeCode>> {
        Answer::Now(Err(OutcomeCode::Sys))
    }

    fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Result<bool, OutcomeCode>> {
        let is_member = who.identity == Identity::Kerberos(PRINCIPAL.into());
        Answer::Now(Ok(is_member && who.authzid.is_none()))
    }
}

async fn login(layer: Layer) -> Result<Success> {
    let protection = layer.protection();
    let policy = Policy { require_layer: protection, max_layer: protection, ..Policy::default() };
    let listener = TcpListener::bind((HOST, 0)).await?;
    let server = Server::builder(Members)
        .policy(policy.clone())
        .frame_limit(FRAME)
        .kerberos(Some(HOST), None)?
        .build()?;
    let client = Client::builder(&format!("amqp://{HOST}:{}", listener.local_addr()?.port()))?
        .login(Login::Kerberos(Kerberos::default()))
        .policy(policy)
        .frame_limit(FRAME)
        .build()?;
    let start = Instant::now();
    let accepting = async {
        let (socket, _) = listener.accept().await?;
        anyhow::Ok(server.accept(socket).await?)
    };
    let connecting = async { anyhow::Ok(client.connect().await?) };
    let (mut accepted, mut stream) = tokio::try_join!(accepting, connecting)?;
    let took = start.elapsed();
    let Some(established) = stream.channel().layers().and_then(|it| it.upper().established())
    else {
        bail!("the login left no proof")
    };
    ensure!(established.protection() == protection, "another layer: {established:?}");
    let message: Vec<u8> = (0..OCTETS).map(|number| number.to_le_bytes()[0]).collect();
    let mut heard = vec![0; message.len()];
    let talk = async {
        stream.write_all(&message).await?;
        stream.flush().await?;
        let mut back = vec![0; message.len()];
        stream.read_exact(&mut back).await?;
        std::io::Result::Ok(back)
    };
    let echo = async {
        accepted.read_exact(&mut heard).await?;
        accepted.write_all(&heard).await?;
        accepted.flush().await
    };
    let (back, ()) = tokio::try_join!(talk, echo)?;
    ensure!(back == message, "other octets came back");
    Ok(Success { note: "octets came back".to_owned(), took })
}

/// Octets that go there and back: more than one token holds.
const OCTETS: u32 = 200_000;
/// Octets of a frame that a ticket fits into.
const FRAME: u32 = 8192;
