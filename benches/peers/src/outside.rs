//! A peer in a process of its own: it is told over pipes what to do, in the same turns, and tells what that cost.
//!
//! A line is fields between tabs. The first one prepares a case, and is answered by `ready` or by `no` with the
//! reason; each further one is `run` with a count, and is answered by `spent` with the nanoseconds of CPU time.
//! What a peer prepares, such as a context or a compiled loop, is not counted.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use xiom_benches::contest::{Rival, Spent};

/// One that runs, prepared for one case.
pub(crate) struct Outside {
    child: Child,
    /// Gone when the peer is to end.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Outside {
    /// Starts the peer that `outside.sh` calls `name`, for the case that the fields tell.
    pub(crate) fn start(name: &str, case: &[&str]) -> Result<Self> {
        let folder = env::var_os(FOLDER).with_context(|| format!("{FOLDER} names no folder"))?;
        let mut child = Command::new("sh")
            .args([SCRIPT, "run"])
            .arg(folder)
            .arg(name)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (input, output) = child.stdin.take().zip(child.stdout.take()).context("no pipes")?;
        let mut peer = Self { child, input: Some(input), output: BufReader::new(output) };
        peer.ask(&case.join("\t"))?;
        Ok(peer)
    }

    /// Does so many operations; some peers must be told more.
    pub(crate) fn run(&mut self, count: u32, more: &str) -> Result<Duration> {
        let spent = self.ask(&format!("run\t{count}\t{more}"))?;
        Ok(Duration::from_nanos(spent.parse()?))
    }

    /// Says one line, and gives what follows the first field of the answer.
    fn ask(&mut self, line: &str) -> Result<String> {
        let input = self.input.as_mut().context("it has ended")?;
        // A peer that cannot be started says so, and does not listen.
        let said = writeln!(input, "{line}").and_then(|()| input.flush());
        let mut answer = String::new();
        self.output.read_line(&mut answer)?;
        let (head, rest) = answer.trim_end().split_once('\t').unwrap_or((answer.trim_end(), ""));
        match head {
            "ready" | "spent" => Ok(rest.to_owned()),
            "no" => Err(anyhow!("{rest}")),
            "" => Err(said.err().map_or_else(|| anyhow!("it has ended"), Into::into)),
            other => bail!("it says {other}"),
        }
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

/// One whose operations are of no size.
pub(crate) fn operations<'a>(who: &str, name: &str, case: &[&str]) -> Rival<'a> {
    messages(who, name, 0, case)
}

/// One that moves messages of `size` octets.
pub(crate) fn messages<'a>(who: &str, name: &str, size: usize, case: &[&str]) -> Rival<'a> {
    match Outside::start(name, case) {
        Ok(mut peer) => Rival::new(who, move |count| {
            let octets = u64::try_from(size)? * u64::from(count);
            Ok(Spent { time: peer.run(count, "")?, operations: count, octets, allocations: None })
        }),
        Err(error) => Rival::absent(who, format!("{error:#}")),
    }
}

/// Names the folder below which the peers are built.
pub(crate) const FOLDER: &str = "XIOM_BENCH_PEERS";
const SCRIPT: &str = "xtask/peers/bench/outside.sh";
