//! The programs of `xtask/peers/thrift`: how they are started, and the lines in which they are spoken to.
//!
//! A program ends with its input, so dropping it ends it.

use core::time::Duration;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::case::{Case, Trial};
use super::{PASSWORD, TOO_LONG, USER, WRONG_PASSWORD};
use crate::Peer;
use crate::broker::peers;
use crate::sasl::{Layer, run};

/// What is at the other end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// Java's blocking server.
    Blocking,
    /// Java's non-blocking server.
    Nonblocking,
    /// Java's client.
    Java,
    /// Thrift's client in Python, over pure-sasl.
    Pure,
    /// `thrift_sasl` in Python, over Cyrus SASL.
    Cyrus,
}

impl Kind {
    pub(crate) const fn is_server(self) -> bool {
        matches!(self, Self::Blocking | Self::Nonblocking)
    }

    /// The name in the report.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Blocking => "java server, blocking",
            Self::Nonblocking => "java server, non-blocking",
            Self::Java => "java client",
            Self::Pure => "python client, thrift",
            Self::Cyrus => "python client, thrift_sasl",
        }
    }
}

/// The Java programs, compiled.
#[derive(Debug)]
pub(crate) struct Java {
    classes: TempDir,
}

impl Java {
    /// Compiles them.
    pub(crate) fn compile() -> Result<Self> {
        let classes = tempfile::Builder::new().prefix("xiom-interop-").tempdir()?;
        let source = peers().join("thrift/ThriftPeer.java");
        let mut command = std::process::Command::new("javac");
        command.args(["-cp", JARS, "-d"]).arg(classes.path()).arg(source);
        run(&mut command)?;
        Ok(Self { classes })
    }

    fn command(&self) -> Command {
        let mut command = Command::new("java");
        // Such a short life is not worth the better compiler.
        command.args(["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"]);
        command.arg(format!("{}:{JARS}", self.classes.path().display())).arg("ThriftPeer");
        command
    }

    /// Starts both servers; gives the port of the blocking one and of the other.
    pub(crate) async fn servers(&self) -> Result<(Process, [u16; 2])> {
        let mut command = self.command();
        command.arg("role=server").args([format!("user={USER}"), format!("password={PASSWORD}")]);
        command.env_remove("KRB5CCNAME");
        let mut process = Process::start(command)?;
        let line = process.hear().await?;
        let ports = line.strip_prefix("ready ").and_then(|ports| ports.split_once(' '));
        let (blocking, nonblocking) = ports.with_context(|| format!("not ready: {line:?}"))?;
        Ok((process, [blocking.parse()?, nonblocking.parse()?]))
    }

    /// Starts the client.
    pub(crate) fn client(&self) -> Result<Process> {
        let mut command = self.command();
        command.arg("role=client").env_remove("KRB5_KTNAME");
        Process::start(command)
    }
}

/// Checks that what `peer` needs is installed.
pub(crate) fn find(peer: Peer, cache: &Path) -> Result<()> {
    if peer == Peer::Libthrift {
        let is_there = JARS.split(':').all(|jar| Path::new(jar).exists());
        ensure!(is_there, "libthrift for Java is not installed");
        return run(std::process::Command::new("javac").arg("-version"));
    }
    let packages = "import kerberos, puresasl, thrift, thrift_sasl";
    run(std::process::Command::new(interpreter(cache)).args(["-c", packages]))
}

fn interpreter(cache: &Path) -> PathBuf {
    let installed = cache.join("thrift/bin/python");
    if installed.exists() { installed } else { PathBuf::from("python3") }
}

/// Starts the client in Python that `kind` is.
pub(crate) fn python(cache: &Path, kind: Kind) -> Result<Process> {
    let script = peers().join("thrift/python_peer.py");
    let word = if kind == Kind::Pure { "pure" } else { "cyrus" };
    let mut command = Command::new(interpreter(cache));
    command.arg("-B").arg(script).arg(word).env_remove("KRB5_KTNAME");
    Process::start(command)
}

/// What a client is told to try, in one line.
pub(crate) fn attempt(case: Case, layer: Layer, port: u16, sizes: &[usize]) -> String {
    let is_wrong = case.trial == Trial::Wrong;
    let password = if is_wrong { WRONG_PASSWORD } else { PASSWORD };
    let mut line = format!(
        "port={port} mechanism={} protection={} user={USER} password={password}",
        case.mechanism,
        layer.word()
    );
    if is_wrong && case.mechanism == "GSSAPI" {
        line.push_str(" service=amqp");
    }
    let sizes = if case.trial == Trial::TooLong { &[TOO_LONG] } else { sizes };
    let sizes = sizes.iter().map(ToString::to_string).collect::<Vec<_>>();
    format!("{line} sizes={}", sizes.join(","))
}

/// A program that speaks in lines.
#[derive(Debug)]
pub(crate) struct Process {
    _child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    /// Answers that nobody has waited for: of attempts that were given up.
    owed: usize,
    /// What the program complains of.
    state: TempDir,
}

impl Process {
    fn start(mut command: Command) -> Result<Self> {
        let state = tempfile::Builder::new().prefix("xiom-interop-").tempdir()?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(File::create(state.path().join(COMPLAINTS))?).kill_on_drop(true);
        let mut child = command.spawn().context("the peer cannot be started")?;
        let input = child.stdin.take().context("no pipe to the peer")?;
        let output = child.stdout.take().context("no pipe from the peer")?;
        Ok(Self { _child: child, input, output: BufReader::new(output).lines(), owed: 0, state })
    }

    /// The next line of it.
    pub(crate) async fn hear(&mut self) -> Result<String> {
        let Ok(line) = tokio::time::timeout(SILENCE, self.output.next_line()).await else {
            bail!("the peer says nothing for {} s", SILENCE.as_secs());
        };
        line?.with_context(|| format!("the peer ended: {}", self.complaints()))
    }

    /// Lets a client try what `line` says; gives what came out of it.
    pub(crate) async fn ask(&mut self, line: &str) -> Result<Outcome> {
        while self.owed != 0 {
            self.hear().await?;
            self.owed = self.owed.saturating_sub(1);
        }
        self.owed = 1;
        self.input.write_all(format!("{line}\n").as_bytes()).await?;
        self.input.flush().await?;
        let answer = self.hear().await?;
        self.owed = 0;
        Outcome::parse(&answer)
    }

    /// The last of what it wrote to its standard error.
    fn complaints(&self) -> String {
        let text = fs::read_to_string(self.state.path().join(COMPLAINTS)).unwrap_or_default();
        text.lines().last().unwrap_or("no word of it").to_owned()
    }
}

/// How the peer sees a connection.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// It logged in, and the octets came back; with this protection.
    Ok(String),
    /// It failed, in the peer's words.
    Fail(String),
}

impl Outcome {
    fn parse(line: &str) -> Result<Self> {
        match line.split_once(' ') {
            Some(("ok", protection)) => Ok(Self::Ok(protection.to_owned())),
            Some(("fail", words)) => Ok(Self::Fail(words.to_owned())),
            _ => bail!("the peer said {line:?}"),
        }
    }

    /// Checks that all went well there, with `layer`.
    pub(crate) fn is_good(&self, layer: Layer) -> Result<()> {
        match self {
            Self::Ok(protection) => {
                ensure!(protection == layer.word(), "the peer has protection {protection}");
                Ok(())
            }
            Self::Fail(words) => bail!("peer: {words}"),
        }
    }
}

/// Where Debian has the libraries.
const JARS: &str = "/usr/share/java/thrift.jar:/usr/share/java/slf4j-api.jar";

/// How long a peer may take for a line; a virtual machine has to start in it.
const SILENCE: Duration = Duration::from_secs(15);

/// The file of the standard error.
const COMPLAINTS: &str = "stderr";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_says_who_comes_and_how() {
        let case = Case { mechanism: "GSSAPI", trial: Trial::Wrong };
        let expected = "port=7 mechanism=GSSAPI protection=integrity user=user \
                        password=another service=amqp sizes=0,5";
        assert_eq!(attempt(case, Layer::Integrity, 7, &[0, 5]), expected);
    }

    #[test]
    fn outcomes_are_told_apart() {
        assert_eq!(Outcome::parse("ok none").unwrap(), Outcome::Ok("none".to_owned()));
        let failed = Outcome::parse("fail of all").unwrap();
        assert_eq!(failed.is_good(Layer::None).unwrap_err().to_string(), "peer: of all");
        assert!(Outcome::Ok("none".to_owned()).is_good(Layer::Integrity).is_err());
        assert!(Outcome::parse("Traceback (most recent call last):").is_err());
    }
}
