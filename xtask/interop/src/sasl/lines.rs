//! An exchange in lines: the words of `xtask/peers/sasl/lines.py`, and the process that speaks them.
//!
//! Dropping a peer kills its process; each line has a deadline, so a peer that is stuck is a failure.

use core::time::Duration;
use std::fs::{self, File};
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use base64ct::{Base64, Encoding};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// What a peer says.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Line {
    /// It has done what does not belong to the exchange.
    Ready,
    /// The client's first word; `None`: without an initial response.
    Init(Option<Vec<u8>>),
    Challenge(Vec<u8>),
    Response(Vec<u8>),
    /// The outcome, with its additional data.
    Ok(Option<Vec<u8>>),
    Fail(String),
    /// What the peer makes of the login.
    Established {
        protection: String,
        user: String,
    },
    /// Protected octets, each buffer after its length.
    Data(Vec<u8>),
}

impl Line {
    fn parse(line: &str) -> Result<Self> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let octets = || if rest.is_empty() { Ok(None) } else { decode(rest).map(Some) };
        Ok(match word {
            "ready" => Self::Ready,
            "init" => Self::Init(octets()?),
            "challenge" => Self::Challenge(decode(rest)?),
            "response" => Self::Response(decode(rest)?),
            "ok" => Self::Ok(octets()?),
            "fail" => Self::Fail(rest.to_owned()),
            "data" => Self::Data(decode(rest)?),
            "established" => {
                let (protection, user) = rest.split_once(' ').context("nobody is established")?;
                Self::Established { protection: protection.to_owned(), user: user.to_owned() }
            }
            _ => bail!("peer said {line:?}"),
        })
    }
}

fn decode(text: &str) -> Result<Vec<u8>> {
    if text == "=" {
        return Ok(Vec::new());
    }
    ensure!(!text.is_empty(), "peer left out the octets");
    Base64::decode_vec(text).map_err(|error| anyhow::anyhow!("peer's Base64: {error}"))
}

/// A process that speaks in lines.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    /// What the peer keeps, and what it complains of.
    state: TempDir,
    /// The longest response of either side.
    response: Vec<u8>,
}

impl Process {
    /// Starts `command`, to which the folder of its state is added; returns when it is ready.
    pub(crate) async fn start(mut command: Command) -> Result<Self> {
        let state = tempfile::Builder::new().prefix("xiom-interop-").tempdir()?;
        command.arg(format!("state={}", state.path().display()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(File::create(state.path().join(COMPLAINTS))?).kill_on_drop(true);
        let mut child = command.spawn().context("the peer cannot be started")?;
        let input = child.stdin.take().context("no pipe to the peer")?;
        let output = child.stdout.take().context("no pipe from the peer")?;
        let (output, response) = (BufReader::new(output).lines(), Vec::new());
        let mut process = Self { child, input, output, state, response };
        let line = process.hear().await?;
        ensure!(line == Line::Ready, "the peer is not ready: {line:?}");
        Ok(process)
    }

    /// Says `word`, with octets unless there are none at all.
    pub(crate) async fn say(&mut self, word: &str, octets: Option<&[u8]>) -> Result<()> {
        let line = match octets {
            None => format!("{word}\n"),
            Some([]) => format!("{word} =\n"),
            Some(octets) => format!("{word} {}\n", Base64::encode_string(octets)),
        };
        if word == "response" {
            self.keep(octets.unwrap_or_default());
        }
        self.input.write_all(line.as_bytes()).await.context("the peer does not listen")?;
        Ok(self.input.flush().await?)
    }

    /// What the peer says next.
    pub(crate) async fn hear(&mut self) -> Result<Line> {
        let Ok(line) = tokio::time::timeout(SILENCE, self.output.next_line()).await else {
            bail!("the peer says nothing for {} s", SILENCE.as_secs());
        };
        let Some(line) = line? else { bail!("the peer ended: {}", self.complaints()) };
        let line = Line::parse(line.trim_end())?;
        if let Line::Response(octets) = &line {
            self.keep(octets);
        }
        Ok(line)
    }

    fn keep(&mut self, response: &[u8]) {
        if self.response.len() < response.len() {
            self.response = response.to_vec();
        }
    }

    /// Whether the longest response of either side holds `text`.
    pub(crate) fn responded(&self, text: &str) -> bool {
        self.response.windows(text.len().max(1)).any(|window| window == text.as_bytes())
    }

    /// The last of what the peer wrote to its standard error.
    fn complaints(&self) -> String {
        let text = fs::read_to_string(self.state.path().join(COMPLAINTS)).unwrap_or_default();
        text.lines().last().unwrap_or("no word of it").to_owned()
    }

    /// Ends the input of the peer, which then must end with success if and only if `is_well`.
    pub(crate) async fn end(mut self, is_well: bool) -> Result<()> {
        drop(self.input);
        let Ok(status) = tokio::time::timeout(SILENCE, self.child.wait()).await else {
            bail!("the peer does not end");
        };
        ensure!(status?.success() == is_well, "the peer ended with another status than expected");
        Ok(())
    }
}

/// How long a peer may take for a line; a virtual machine has to start in it.
const SILENCE: Duration = Duration::from_secs(15);

/// The file of the standard error.
const COMPLAINTS: &str = "stderr";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart() {
        assert_eq!(Line::parse("init").unwrap(), Line::Init(None));
        assert_eq!(Line::parse("init =").unwrap(), Line::Init(Some(Vec::new())));
        assert_eq!(Line::parse("challenge AAE=").unwrap(), Line::Challenge(vec![0, 1]));
        assert_eq!(Line::parse("ok").unwrap(), Line::Ok(None));
        assert_eq!(Line::parse("fail of all").unwrap(), Line::Fail("of all".to_owned()));
        let expected = Line::Established { protection: "none".to_owned(), user: "me".to_owned() };
        assert_eq!(Line::parse("established none me").unwrap(), expected);
        for line in ["challenge", "response ?", "Traceback (most recent call last):", ""] {
            assert!(Line::parse(line).is_err(), "{line}");
        }
    }

    #[tokio::test]
    async fn a_peer_that_ends_says_why() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo ready; echo trouble >&2"]);
        let mut process = Process::start(command).await.unwrap();
        let error = process.hear().await.unwrap_err();
        assert_eq!(error.to_string(), "the peer ended: trouble");
        assert!(process.end(false).await.is_err());
    }
}
