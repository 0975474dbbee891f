//! Xiom as the client of a server of Thrift, over the paved path.

use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use xiom::core::{Cause, LayerFault, ThriftFault};
use xiom::sasl::{Credentials, PeerProof, Policy};
use xiom::thrift_sasl::LastWord;
use xiom::{Client, Error, Kerberos, Login, Stream};

use super::case::{Case, Trial};
use super::program::Kind;
use super::{FRAME, PASSWORD, TOO_LONG, USER, WRONG_PASSWORD, octets, quote, sizes};
use crate::check::{OPEN_DEADLINE, Success};
use crate::sasl::{HOST, Layer};

/// Plays `case` against the server of this `kind` on `port`.
pub(crate) async fn play(case: Case, layer: Layer, kind: Kind, port: u16) -> Result<Success> {
    let client = client(case, layer, kind, port)?;
    let start = Instant::now();
    let connected = client.connect().await;
    let took = start.elapsed();
    let must_fail = matches!(case.trial, Trial::Wrong | Trial::Unknown);
    let mut stream = match connected {
        Ok(_) if must_fail => bail!("was let in"),
        Ok(stream) => stream,
        Err(error) if must_fail => return Ok(Success { note: refusal(&error)?, took }),
        Err(error) => return Err(error.into()),
    };
    prove(&stream, case, layer)?;
    let note = match case.trial {
        Trial::TooLong => too_long(&mut stream).await?,
        Trial::Good | Trial::SaysOk | Trial::Wrong | Trial::Unknown => {
            echo(&mut stream, sizes(kind, case, layer)).await?;
            stream.close().await.context("after the octets")?;
            "ok".to_owned()
        }
    };
    Ok(Success { note, took })
}

fn client(case: Case, layer: Layer, kind: Kind, port: u16) -> Result<Client> {
    let protection = layer.protection();
    let policy = Policy {
        allow_cleartext: true,
        allow_legacy: true,
        require_layer: protection,
        max_layer: protection,
        ..Policy::default()
    };
    let is_wrong = case.trial == Trial::Wrong;
    let login = if case.mechanism == "GSSAPI" {
        Login::Kerberos(Kerberos::default())
    } else {
        Login::Password(Credentials::new(USER, if is_wrong { WRONG_PASSWORD } else { PASSWORD }))
    };
    let mut builder = Client::builder(&format!("thrift+sasl://{HOST}:{port}"))?
        .login(login)
        .only_mechanisms([case.mechanism])
        .policy(policy)
        .thrift_frame_limit(FRAME)
        .deadline(OPEN_DEADLINE);
    if case.trial == Trial::SaysOk {
        builder = builder.last_word(LastWord::Ok);
    }
    // A frame is a request there.
    if kind == Kind::Nonblocking {
        builder = builder.whole_frames();
    }
    if is_wrong && case.mechanism == "GSSAPI" {
        builder = builder.service("amqp");
    }
    Ok(builder.build()?)
}

/// Checks that the server refused, and shows what it said.
fn refusal(error: &Error) -> Result<String> {
    let Error::Failed { failure, peer_text, .. } = error else { bail!("failed: {error}") };
    let is_refusal = failure.cause == Cause::Thrift(ThriftFault::Refused);
    ensure!(is_refusal, "failed in another way than expected: {error}");
    let words = peer_text.as_deref().context("the server's words are lost")?;
    Ok(format!("refused {}", quote(words)))
}

/// Checks that the proof says what was to be proven.
fn prove(stream: &Stream, case: Case, layer: Layer) -> Result<()> {
    let layers = stream.channel().layers().context("the open channel has no layers")?;
    let proof = layers.upper().established().context("the login left no proof")?;
    ensure!(proof.mechanism() == case.mechanism, "another mechanism was used");
    ensure!(proof.protection() == layer.protection(), "another layer: {:?}", proof.protection());
    let proves = ["DIGEST-MD5", "GSSAPI"].contains(&case.mechanism);
    ensure!((proof.peer() == PeerProof::Verified) == proves, "the server's proof is wrong");
    Ok(())
}

/// Sends octets of every size, and compares what comes back.
async fn echo(stream: &mut Stream, sizes: &[usize]) -> Result<()> {
    for &size in sizes {
        if size == 0 {
            // Nothing is no message here; let the server send an empty frame, which must be no end.
            write(stream, b"octets 0").await?;
            continue;
        }
        let there = octets(size);
        write(stream, &there).await?;
        let mut back = vec![0; size];
        stream.read_exact(&mut back).await.with_context(|| format!("{size} octets"))?;
        ensure!(back == there, "other octets came back, of {size}");
    }
    Ok(())
}

async fn write(stream: &mut Stream, octets: &[u8]) -> Result<()> {
    stream.write_all(octets).await.context("cannot write")?;
    stream.flush().await.context("cannot flush")
}

/// Asks for a frame that is too long, which must end the connection for that reason.
async fn too_long(stream: &mut Stream) -> Result<String> {
    write(stream, format!("octets {TOO_LONG}").as_bytes()).await?;
    let mut octet = [0];
    match stream.read(&mut octet).await {
        Ok(count) => bail!("{count} octets of it were read"),
        Err(error) => judge_length(&error),
    }
}

/// Checks that `error` says that a frame was too long.
pub(super) fn judge_length(error: &std::io::Error) -> Result<String> {
    match xiom::xio::failure_of(error).map(|failure| failure.cause) {
        Some(
            Cause::Thrift(ThriftFault::FrameTooLarge { .. })
            | Cause::Protection(LayerFault::TooLong { .. }),
        ) => Ok("refused".to_owned()),
        _ => bail!("failed in another way than expected: {error}"),
    }
}
