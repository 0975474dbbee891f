//! Mechanisms that only Cyrus SASL brings to AMQP, and their security layers, with Proton on the other side.
//!
//! TLS would hide what a layer does, so all this goes over plain TCP: a login, a message there and back through
//! the layer, and a wrong password that is refused.

use core::fmt;
use core::net::Ipv4Addr;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use tokio::net::{TcpListener, TcpStream};
use xiom::amqp_sasl::{self, ClientConfig, FrameLimit, Question, ServerConfig};
use xiom::core::{AuthFault, Cause, Layer, Plain, SaslFault, Secret, Stack, WireBuf};
use xiom::sasl::digest_md5::DigestKey;
use xiom::sasl::server::{LookupAnswer, LookupRequest};
use xiom::sasl::{Credentials, Decoy, Established, Policy, Protection, client, server};
use xiom_tokio::{Acceptor, Connector, Stream, failure_of};

use crate::amqp;
use crate::check::{OPEN_DEADLINE, Success, Transport, bounded};
use crate::foreign::{Answer, Foreign};
use crate::report::{Column, Report};
use crate::sasl::nonce;
use crate::server::{PASSWORD, USER};
use crate::target::Target;

/// A mechanism, and the layer that must come out of it.
#[derive(Clone, Copy, Debug)]
struct Case {
    mechanism: &'static str,
    protection: Protection,
    is_wrong: bool,
}

impl Case {
    /// The good cases.
    const GOOD: [Self; 4] = [
        Self::new("CRAM-MD5", Protection::None),
        Self::new("DIGEST-MD5", Protection::None),
        Self::new("DIGEST-MD5", Protection::Integrity),
        Self::new("DIGEST-MD5", Protection::Confidentiality),
    ];

    const fn new(mechanism: &'static str, protection: Protection) -> Self {
        Self { mechanism, protection, is_wrong: false }
    }

    /// Every case, good and wrong.
    fn all() -> impl Iterator<Item = Self> {
        Self::GOOD.into_iter().flat_map(|case| [case, Self { is_wrong: true, ..case }])
    }

    fn password(self) -> &'static str {
        if self.is_wrong { "not the password" } else { PASSWORD }
    }

    /// Exactly this layer, and the broken mechanism may run.
    fn policy(self) -> Policy {
        let (require_layer, max_layer) = (self.protection, self.protection);
        Policy { allow_legacy: true, require_layer, max_layer, ..Policy::default() }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mechanism)?;
        f.write_str(match self.protection {
            Protection::None => "",
            Protection::Integrity => ", integrity",
            Protection::Confidentiality => ", confidentiality",
        })?;
        f.write_str(if self.is_wrong { ", wrong password" } else { "" })
    }
}

/// Tries everything with a broker that Cyrus SASL works for.
pub(crate) async fn outward(target: &Target, report: &mut Report<Transport>) {
    for case in Case::all() {
        // Cyrus offers 3DES, which it cannot make with OpenSSL 3, and Xiom takes that before RC4; a refusal
        // would show nothing, either.
        if case.protection == Protection::Confidentiality {
            for transport in Transport::ALL {
                report.impossible(&target.name, &case, transport, "its 3des fails");
            }
            continue;
        }
        let result = bounded(Box::pin(connect(target, case))).await;
        record(&target.name, case, result, report);
    }
}

/// Tries everything with a client that Cyrus SASL works for.
pub(crate) async fn inward(foreign: &Foreign, certs: &Path, report: &mut Report<Transport>) {
    for case in Case::all() {
        let result = bounded(Box::pin(accept(foreign, certs, case))).await;
        record(foreign.name, case, result, report);
    }
}

fn record(name: &str, case: Case, result: Result<Success>, report: &mut Report<Transport>) {
    report.tried(name, &case, Transport::Tcp, result);
    for transport in Transport::ALL.into_iter().filter(|each| *each != Transport::Tcp) {
        report.impossible(name, &case, transport, "tls hides it");
    }
}

async fn connect(target: &Target, case: Case) -> Result<Success> {
    let port = target.port(Transport::Tcp).context("no such port")?;
    ensure!(port.mechanisms.iter().any(|name| name == case.mechanism), "not offered");
    let config = ClientConfig {
        policy: case.policy(),
        frame_limit: FrameLimit::new(FRAME),
        ..ClientConfig::default()
    };
    let sasl = amqp_sasl::Client::new(vec![mechanism(target, case)?], config);
    let start = Instant::now();
    let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port.number)).await?;
    let connector = Connector::new(xiom::xio::Config::CLIENT);
    let opened = connector.connect(socket, Stack::new(sasl, Plain::default())).await;
    let took = start.elapsed();
    let stream = match opened {
        Ok(_) if case.is_wrong => bail!("was let in"),
        Ok(stream) => stream,
        Err(error) if case.is_wrong => {
            let failure = failure_of(&error).context("no failure in the error")?;
            let is_refusal = matches!(failure.cause, Cause::Sasl(SaslFault::Refused(_)));
            ensure!(is_refusal, "failed in another way than expected: {error}");
            return Ok(Success { note: "refused (auth)".to_owned(), took });
        }
        Err(error) => return Err(error.into()),
    };
    prove(&stream, case, |sasl| sasl.established().map(Established::protection))?;
    let address = format!("{}-{}-{:?}", target.address, case.mechanism, case.protection);
    amqp::round_trip(stream, &address).await.context("logged in, but amqp failed")?;
    Ok(Success { note: "ok".to_owned(), took })
}

/// Checks that the stream has the layer that was asked for.
fn prove<S: Layer>(
    stream: &Stream<Stack<S, Plain>, TcpStream>,
    case: Case,
    protection: impl FnOnce(&S) -> Option<Protection>,
) -> Result<()> {
    let layers = stream.channel().layers().context("the open channel has no layers")?;
    let protection = protection(layers.upper()).context("the login left no proof")?;
    ensure!(protection == case.protection, "another layer was negotiated: {protection:?}");
    Ok(())
}

/// Xiom's client; the realm of DIGEST-MD5 is the server's, which Cyrus takes beside that in the user's name.
fn mechanism(target: &Target, case: Case) -> Result<client::Mechanism> {
    let credentials = Credentials::new(target.user.as_str(), case.password());
    if case.mechanism == "CRAM-MD5" {
        return Ok(client::CramMd5::new(credentials)?.into());
    }
    Ok(client::DigestMd5::new(credentials, SERVICE, &target.server_name, nonce()?)?.into())
}

async fn accept(foreign: &Foreign, certs: &Path, case: Case) -> Result<Success> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    let mut command = foreign.command(case.mechanism, case.password(), port, Transport::Tcp, certs);
    let (output, served) = tokio::join!(command.output(), serve(&listener, case));
    let output = output.context("the client cannot be started")?;
    let answer: Answer = serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).trim().to_owned())?;
    let (success, echo) = served.with_context(|| answer.words())?;
    if answer.ok == case.is_wrong {
        // A client that is content may hang up before the echo is done with it.
        echo.with_context(|| answer.words())?;
        bail!("{}", answer.words());
    }
    Ok(success)
}

/// Takes one client; tells how the login went, and then the echo.
async fn serve(listener: &TcpListener, case: Case) -> Result<(Success, Result<()>)> {
    let accepting = tokio::time::timeout(OPEN_DEADLINE, listener.accept());
    let (socket, _) = accepting.await.context("no client came")??;
    let config = ServerConfig {
        policy: case.policy(),
        frame_limit: FrameLimit::new(FRAME),
        ..ServerConfig::default()
    };
    let decoy = Decoy::new([7; 32], 4096, 16);
    let mechanism: server::Mechanism = match case.mechanism {
        "CRAM-MD5" => server::CramMd5::new(HOST, decoy, &nonce()?)?.into(),
        _ => server::DigestMd5::new(SERVICE, HOST, REALM, decoy, nonce()?)?.into(),
    };
    let layers = Stack::new(amqp_sasl::Server::new(vec![mechanism], config), Plain::default());
    let start = Instant::now();
    let accepted = Acceptor::default().accept_with(socket, layers, respond).await;
    let took = start.elapsed();
    let stream = match accepted {
        Ok(_) if case.is_wrong => bail!("was let in"),
        Ok(stream) => stream,
        Err(error) if case.is_wrong => {
            let failure = failure_of(&error).context("no failure in the error")?;
            let is_refusal = failure.cause == Cause::Mechanism(AuthFault::BadCredentials);
            ensure!(is_refusal, "refused in another way than expected: {error}");
            return Ok((Success { note: "refused (auth)".to_owned(), took }, Ok(())));
        }
        Err(error) => return Err(error.into()),
    };
    prove(&stream, case, |sasl| sasl.established().map(Established::protection))?;
    let echo = amqp::echo(stream).await.context("logged in, but amqp failed");
    Ok((Success { note: "ok".to_owned(), took }, echo))
}

/// Answers for the one user that there is.
fn respond(layers: &mut Stack<amqp_sasl::Server, Plain>, out: &mut WireBuf) {
    layers.with_upper(out, |sasl, out| match sasl.question().cloned() {
        Some(Question::Lookup(LookupRequest::DigestMd5 { user, realm })) if *user == *USER => {
            match DigestKey::derive(USER, &realm, PASSWORD) {
                Ok(key) => sasl.lookup(LookupAnswer::DigestMd5(&key), out),
                Err(_) => sasl.lookup(LookupAnswer::Unknown, out),
            }
        }
        Some(Question::Lookup(LookupRequest::SharedSecret { user })) if *user == *USER => {
            sasl.lookup(LookupAnswer::Secret(&Secret::new(PASSWORD)), out);
        }
        Some(Question::Lookup(_)) => sasl.lookup(LookupAnswer::Unknown, out),
        Some(Question::Authorize(who)) => {
            sasl.authorize(who.authzid.is_none_or(|name| *name == *USER), out);
        }
        None => {}
    });
}

/// The service that clients want.
const SERVICE: &str = "amqp";

/// The host that clients connect to.
const HOST: &str = "localhost";

/// The realm of the server.
const REALM: &str = "xiom";

/// Octets of the longest SASL frame: a challenge of DIGEST-MD5 with a long list of ciphers fits.
const FRAME: u32 = 4096;
