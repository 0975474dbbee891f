//! Xiom as the client of Apache Spark's Thrift server, which speaks as `HiveServer2` does.
//!
//! A login is done when the server has opened a session above it: its answer to the first call came back through the
//! layer. Then the example `hive` of `xiom-thrift` runs a statement.

use core::time::Duration;
use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use xiom::core::{Cause, ThriftFault};
use xiom::sasl::{Credentials, Policy};
use xiom::{Client, Error, Kerberos, Login, Stream};

use crate::broker::{State, free_ports, peers};
use crate::check::{Success, bounded};
use crate::realm::Realm;
use crate::report::{Column as _, Report};
use crate::sasl::{HOST, Layer};

/// How the server is started, what is tried then, and the only layer that it takes.
const TRIALS: [(&str, &str, bool, Layer); 3] = [
    ("none", "PLAIN", true, Layer::None),
    ("kerberos", "GSSAPI", true, Layer::Confidentiality),
    ("kerberos", "PLAIN", false, Layer::None),
];

/// The row of the example.
const EXAMPLE: &str = "the example hive, SELECT";

/// How long the first statement may take, for which the server loads a lot.
const STATEMENT: Duration = Duration::from_mins(2);

/// How to get the peer.
pub(crate) const HINT: &str = "cargo xtask interop spark --install";

/// Every way in, with the server started for it.
pub(crate) async fn speak(cache: &Path, report: &mut Report<Layer>) {
    if !cache.join("spark/bin/python").exists() {
        return report.absent("spark", HINT);
    }
    // It may take longer than an attempt.
    let built = build_example().await;
    for how in ["none", "kerberos"] {
        let name = format!("spark, authentication {how}");
        if how == "kerberos" && !Realm::is_here() {
            report.impossible(&name, &"GSSAPI", Layer::Confidentiality, "no realm");
            continue;
        }
        if let Err(error) = speak_with(how, &name, cache, built.as_ref().err(), report).await {
            report.broken(&name, &error);
        }
    }
}

async fn speak_with(
    how: &str,
    name: &str,
    cache: &Path,
    no_example: Option<&anyhow::Error>,
    report: &mut Report<Layer>,
) -> Result<()> {
    let [port, ..] = free_ports()?;
    let arguments = [cache.into(), port.to_string().into(), how.into()];
    let _server = State::start("thrift/spark", &arguments).await?;
    for (_, mechanism, is_good, only) in TRIALS.into_iter().filter(|trial| trial.0 == how) {
        let check =
            if is_good { mechanism.to_owned() } else { format!("{mechanism}, not in the server") };
        for layer in Layer::ALL {
            if layer == only {
                let attempt = play(mechanism, is_good, layer, port);
                report.tried(name, &check, layer, bounded(Box::pin(attempt)).await);
            } else {
                report.impossible(name, &check, layer, "not taken");
            }
        }
    }
    let layer = if how == "none" { Layer::None } else { Layer::Confidentiality };
    match no_example {
        Some(error) => report.impossible(name, &EXAMPLE, layer, &error.to_string()),
        None => {
            report.tried(name, &EXAMPLE, layer, run_example(how, port).await);
        }
    }
    Ok(())
}

/// `cargo WORD` for the example.
fn cargo(word: &str) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.args([word, "--quiet", "--package", "xiom-thrift", "--example", "hive"]);
    command.current_dir(peers()).stdin(Stdio::null()).kill_on_drop(true);
    command
}

async fn build_example() -> Result<()> {
    let source = peers().join("../../crates/xiom-thrift/examples/hive");
    ensure!(source.exists(), "no example here");
    ensure!(cargo("build").status().await?.success(), "the example cannot be built");
    Ok(())
}

/// Lets the example count rows, which come in several answers.
async fn run_example(how: &str, port: u16) -> Result<Success> {
    let mut command = cargo("run");
    command.arg("--");
    match how {
        "none" => command
            .arg(format!("thrift+sasl://user:password@{HOST}:{port}"))
            .arg("--allow-cleartext"),
        _ => command.arg(format!("thrift+sasl://{HOST}:{port}")).arg("--kerberos"),
    };
    command.args(["--count", "SELECT id FROM range(5000)"]);
    let start = Instant::now();
    let Ok(output) = tokio::time::timeout(STATEMENT, command.output()).await else {
        bail!("no rows for {} s", STATEMENT.as_secs());
    };
    let output = output?;
    let words = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}", words.lines().last().unwrap_or("it fails"));
    let rows = String::from_utf8_lossy(&output.stdout);
    ensure!(rows.trim() == "5000 rows", "another answer: {rows}");
    Ok(Success { note: "5000 rows".to_owned(), took: start.elapsed() })
}

async fn play(mechanism: &str, is_good: bool, layer: Layer, port: u16) -> Result<Success> {
    let protection = layer.protection();
    let policy = Policy {
        allow_cleartext: true,
        require_layer: protection,
        max_layer: protection,
        ..Policy::default()
    };
    let login = match mechanism {
        "GSSAPI" => Login::Kerberos(Kerberos::default()),
        _ => Login::Password(Credentials::new("user", "password")),
    };
    let client = Client::builder(&format!("thrift+sasl://{HOST}:{port}"))?
        .login(login)
        .only_mechanisms([mechanism])
        .policy(policy)
        .build()?;
    let start = Instant::now();
    let connected = client.connect().await;
    let took = start.elapsed();
    let note = match connected {
        Ok(stream) if is_good => open_session(stream).await?,
        Ok(_) => bail!("was let in"),
        Err(error) if is_good => return Err(error.into()),
        Err(error) => refusal(&error)?,
    };
    Ok(Success { note, took })
}

/// Checks that the server refused, and shows what it said.
fn refusal(error: &Error) -> Result<String> {
    let Error::Failed { failure, peer_text, .. } = error else { bail!("failed: {error}") };
    let is_refusal = failure.cause == Cause::Thrift(ThriftFault::Refused);
    ensure!(is_refusal, "failed in another way than expected: {error}");
    Ok(format!("refused {:?}", peer_text.as_deref().context("the server's words are lost")?))
}

/// Calls `OpenSession`, and checks that the answer is one to it and says that all is well.
async fn open_session(mut stream: Stream) -> Result<String> {
    stream.write_all(CALL).await?;
    stream.flush().await?;
    let mut answer = vec![0; ANSWER.len()];
    stream.read_exact(&mut answer).await.context("no answer to the call")?;
    ensure!(answer == ANSWER, "another answer: {answer:02x?}");
    stream.close().await?;
    Ok("session opened".to_owned())
}

/// `OpenSession` in Thrift's binary protocol: version and kind (call), name, number; field 1 of the arguments, the
/// request; field 1 of that, the version of Hive's protocol (8).
const CALL: &[u8] = b"\x80\x01\x00\x01\0\0\0\x0bOpenSession\0\0\0\x07\
    \x0c\x00\x01\x08\x00\x01\0\0\0\x07\x00\x00";

/// The beginning of the answer: kind (reply), name, number; field 0, the result; field 1 of that, the status; field 1
/// of that, the code (success).
const ANSWER: &[u8] = b"\x80\x01\x00\x02\0\0\0\x0bOpenSession\0\0\0\x07\
    \x0c\x00\x00\x0c\x00\x01\x08\x00\x01\0\0\0\0";
