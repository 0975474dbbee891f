//! Xiom as the server of a client of Thrift, over the paved path.

use core::net::Ipv4Addr;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use xiom::core::{AuthFault, Cause, OutcomeCode, SaslFault};
use xiom::sasl::digest_md5::DigestKey;
use xiom::sasl::server::LookupRequest;
use xiom::sasl::{Identity, Policy, Principal};
use xiom::{
    Accepted, Answer, Error, Found, Offers, Protocol, Server, UserTable, Users, acts_as_itself,
};

use super::case::{Case, Trial};
use super::client::judge_length;
use super::program::{Kind, Outcome, Process, attempt};
use super::{FRAME, PASSWORD, USER, quote, sizes};
use crate::check::{OPEN_DEADLINE, Success};
use crate::realm::Realm;
use crate::sasl::{HOST, Layer, PRINCIPAL};

/// Plays `case` with the client that is behind `process`.
pub(crate) async fn play(
    case: Case,
    layer: Layer,
    kind: Kind,
    process: &mut Process,
) -> Result<Success> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let xiom = server(layer)?;
    let line = attempt(case, layer, listener.local_addr()?.port(), sizes(kind, case, layer));
    let (outcome, served) = tokio::join!(process.ask(&line), serve(&listener, &xiom, case, layer));
    let outcome = outcome?;
    let mut success = served.with_context(|| format!("{outcome:?}"))?;
    match (case.trial, outcome) {
        (Trial::Good | Trial::SaysOk, outcome) => outcome.is_good(layer)?,
        (Trial::TooLong, Outcome::Fail(_)) => {}
        (Trial::Wrong | Trial::Unknown, Outcome::Fail(words)) => {
            let text = if case.trial == Trial::Wrong { REFUSED } else { NOT_ACCEPTED };
            ensure!(words.contains(text), "the client does not know why: {words}");
            success.note = format!("refused {}", quote(text));
        }
        (Trial::TooLong | Trial::Wrong | Trial::Unknown, Outcome::Ok(_)) => bail!("was let in"),
    }
    Ok(success)
}

fn server(layer: Layer) -> Result<Server> {
    let protection = layer.protection();
    let policy = Policy {
        allow_cleartext: true,
        require_layer: protection,
        max_layer: protection,
        ..Policy::default()
    };
    let users = Members { table: UserTable::new().with(USER, PASSWORD)? };
    let mut builder = Server::builder(users)
        .protocol(Protocol::Thrift)
        .policy(policy)
        .allow_legacy(HOST, "xiom")
        .thrift_frame_limit(FRAME)
        .deadline(OPEN_DEADLINE);
    if Realm::is_here() {
        builder = builder.kerberos(Some(HOST), None)?;
    }
    Ok(builder.build()?)
}

/// Takes one client, and sends back what it sends.
async fn serve(
    listener: &TcpListener,
    server: &Server,
    case: Case,
    layer: Layer,
) -> Result<Success> {
    let accepting = tokio::time::timeout(OPEN_DEADLINE, listener.accept());
    let (socket, _) = accepting.await.context("no client came")??;
    let start = Instant::now();
    let accepted = server.accept(socket).await;
    let took = start.elapsed();
    let must_fail = matches!(case.trial, Trial::Wrong | Trial::Unknown);
    let mut stream = match accepted {
        Ok(_) if must_fail => bail!("was let in"),
        Ok(stream) => stream,
        Err(error) if must_fail => {
            ensure!(is_refusal(&error, case), "refused in another way than expected: {error}");
            return Ok(Success { note: "refused".to_owned(), took });
        }
        Err(error) => return Err(error.into()),
    };
    prove(&stream, case, layer)?;
    let note = match (case.trial, echo(&mut stream).await) {
        (Trial::TooLong, Ok(())) => bail!("the long frame was taken"),
        (Trial::TooLong, Err(error)) => judge_length(&error)?,
        (_, result) => {
            result.context("in the octets")?;
            "ok".to_owned()
        }
    };
    Ok(Success { note, took })
}

/// Whether this is why a client does not come in.
fn is_refusal(error: &Error, case: Case) -> bool {
    let Some(failure) = error.failure() else { return false };
    match (case.trial, case.mechanism) {
        (Trial::Unknown, _) => failure.cause == Cause::Sasl(SaslFault::NotOffered),
        (_, "GSSAPI") => matches!(failure.cause, Cause::Mechanism(AuthFault::Gss { .. })),
        _ => failure.cause == Cause::Mechanism(AuthFault::BadCredentials),
    }
}

/// Checks that the proof says who came in, and how.
fn prove(stream: &Accepted, case: Case, layer: Layer) -> Result<()> {
    let layers = stream.channel().layers().context("the open channel has no layers")?;
    let proof = layers.upper().established().context("the login left no proof")?;
    ensure!(proof.mechanism() == case.mechanism, "another mechanism was used");
    ensure!(proof.protection() == layer.protection(), "another layer: {:?}", proof.protection());
    let is_right = match &proof.principal().identity {
        Identity::User(name) => **name == *USER && case.mechanism != "GSSAPI",
        Identity::Kerberos(name) => **name == *PRINCIPAL && case.mechanism == "GSSAPI",
        Identity::Anonymous(_) | Identity::External(_) | Identity::Bearer(_) => false,
    };
    ensure!(is_right, "came in as another: {:?}", proof.principal());
    Ok(())
}

/// Sends everything back until the client hangs up.
async fn echo(stream: &mut Accepted) -> std::io::Result<()> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = stream.read(&mut buffer).await?;
        let Some(part @ [_, ..]) = buffer.get(..count) else { return Ok(()) };
        stream.write_all(part).await?;
        stream.flush().await?;
    }
}

/// The one user, by every mechanism.
struct Members {
    table: UserTable,
}

impl Users for Members {
    fn offers(&self) -> Offers {
        Offers { digest_md5: true, cram_md5: true, ..self.table.offers() }
    }

    fn look_up<'a>(
        &'a self,
        request: &'a LookupRequest,
    ) -> Answer<'a, Result<Found<'a>, OutcomeCode>> {
        match request {
            LookupRequest::DigestMd5 { user, realm } if **user == *USER => {
                let key = DigestKey::derive(USER, realm, PASSWORD);
                Answer::Now(key.map(Found::DigestMd5).map_err(|_| OutcomeCode::Sys))
            }
            LookupRequest::SharedSecret { user } if **user == *USER => {
                Answer::Now(Ok(Found::Password(PASSWORD.into())))
            }
            LookupRequest::Scram { .. }
            | LookupRequest::Password { .. }
            | LookupRequest::DigestMd5 { .. }
            | LookupRequest::SharedSecret { .. }
            | LookupRequest::Bearer { .. }
            | _ => self.table.look_up(request),
        }
    }

    fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Result<bool, OutcomeCode>> {
        let is_known = match &who.identity {
            Identity::User(name) => **name == *USER,
            Identity::Kerberos(name) => **name == *PRINCIPAL,
            Identity::Anonymous(_) | Identity::External(_) | Identity::Bearer(_) => false,
        };
        Answer::Now(Ok(is_known && acts_as_itself(who)))
    }
}

/// What Xiom says to a client that it refuses.
const REFUSED: &str = "authentication failed";
/// And to one whose mechanism it does not have.
const NOT_ACCEPTED: &str = "mechanism not accepted";
