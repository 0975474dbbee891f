//! The programs of `xtask/peers/sasl`: how they are started, and what they can do.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use base64ct::{Base64, Encoding};
use tempfile::TempDir;

use super::account;
use super::case::{Case, Detail, Layer, Role};
use super::kerberos;
use crate::Peer;
use crate::broker::peers;

/// A program that plays either side.
#[derive(Debug)]
pub(crate) struct Program {
    /// The name in the report.
    pub(crate) name: &'static str,
    /// The rows that it can play the server in.
    server: &'static [&'static str],
    /// The rows that it can play the client in.
    client: &'static [&'static str],
    /// A server's last word goes to this client with the outcome, not as a challenge: both must be possible.
    pub(crate) with_outcome: bool,
    words: Vec<PathBuf>,
    /// What was compiled for it.
    _classes: Option<TempDir>,
}

impl Program {
    /// The program for `peer`.
    ///
    /// # Errors
    ///
    /// Returns why it cannot be had.
    pub(crate) fn find(peer: Peer, cache: &Path) -> Result<Self> {
        match peer {
            Peer::Gnu => Self::python(cache, "gnu", &GNU, true),
            Peer::Cyrus => Self::python(cache, "cyrus", &CYRUS, false),
            Peer::Scramp => Self::python(cache, "scramp", &SCRAMP, false),
            Peer::Java => Self::java(),
            Peer::Rabbitmq
            | Peer::Proton
            | Peer::Rhea
            | Peer::Xiom
            | Peer::Libthrift
            | Peer::PyThrift
            | Peer::ThriftSasl
            | Peer::Spark => {
                anyhow::bail!("it speaks another protocol")
            }
        }
    }

    fn python(
        cache: &Path,
        name: &'static str,
        rows: &'static [&'static str],
        with_outcome: bool,
    ) -> Result<Self> {
        let installed = cache.join("sasl/bin/python");
        let python = if installed.exists() { installed } else { PathBuf::from("python3") };
        let script = peers().join("sasl").join(format!("{name}_peer.py"));
        let words = vec![python, "-B".into(), script];
        let program =
            Self { name, server: rows, client: rows, with_outcome, words, _classes: None };
        // Without a role it only says whether its library is there.
        run(&mut program.start()?)?;
        Ok(program)
    }

    fn java() -> Result<Self> {
        let classes = tempfile::Builder::new().prefix("xiom-interop-").tempdir()?;
        let source = peers().join("sasl/JavaPeer.java");
        run(Command::new("javac").arg("-d").arg(classes.path()).arg(source))?;
        // Such a short life is not worth the better compiler.
        let mut words: Vec<PathBuf> =
            ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"]
                .map(PathBuf::from)
                .into();
        words.extend([classes.path().to_owned(), "JavaPeer".into()]);
        Ok(Self {
            name: "java",
            server: &JAVA_SERVER,
            client: &JAVA_CLIENT,
            with_outcome: true,
            words,
            _classes: Some(classes),
        })
    }

    /// Whether it can play `role` in `case`.
    pub(crate) fn plays(&self, role: Role, case: Case) -> bool {
        let rows = match role {
            Role::Server => self.server,
            Role::Client => self.client,
        };
        let row = Case { is_wrong: false, ..case }.to_string();
        rows.contains(&row.as_str())
    }

    /// Why `case` cannot be tried with `layer`, although it can be with another.
    pub(crate) fn objection(&self, case: Case, layer: Layer) -> Option<&'static str> {
        let is_missing = self.name == "gnu" && case.mechanism == "GSSAPI" && layer != Layer::None;
        case.objection(layer).or(is_missing.then_some("not in the peer"))
    }

    /// Octets of the longest buffer that the peer takes, and of that which Xiom takes: each is small in one role.
    pub(crate) fn buffers(&self, role: Role) -> (u32, u32) {
        match role {
            // It neither announces a buffer nor heeds that of the other side.
            _ if self.name == "gnu" => (LARGE, LARGE),
            Role::Server => (SMALL, LARGE),
            Role::Client => (LARGE, SMALL),
        }
    }

    /// The program as `role`, for `case` and `layer`.
    pub(crate) fn command(&self, role: Role, case: Case, layer: Layer) -> Result<Command> {
        let mut command = self.start()?;
        let mut add = |name: &str, value: &str| {
            command.arg(format!("{name}={value}"));
        };
        add("role", role.word());
        add("mechanism", case.mechanism);
        add("protection", layer.word());
        let is_other = case.mechanism == "GSSAPI" && case.is_wrong && role == Role::Client;
        add("service", if is_other { kerberos::OTHER_SERVICE } else { account::SERVICE });
        add("buffer", &self.buffers(role).0.to_string());
        add("host", account::HOST);
        add("realm", account::REALM);
        add("token", "xiom");
        let [_, (user, password)] = account::accounts(case);
        add("user", user);
        if !["ANONYMOUS", "EXTERNAL", "GSSAPI"].contains(&case.mechanism) {
            let is_wrong = role == Role::Client && case.is_wrong && case.binding().is_none();
            add("password", if is_wrong { account::WRONG_PASSWORD } else { password });
        }
        match case.detail {
            Detail::Nothing | Detail::Unicode => {}
            Detail::Cipher(name) => add("cipher", name),
            Detail::Binding(kind) => {
                let octets = Base64::encode_string(&account::binding());
                add("binding", &format!("{}:{octets}", kind.name()));
            }
        }
        // A server has no ticket, and a client no key.
        command.env_remove(if role == Role::Server { "KRB5CCNAME" } else { "KRB5_KTNAME" });
        Ok(command)
    }

    fn start(&self) -> Result<Command> {
        let (first, rest) = self.words.split_first().context("no program")?;
        let mut command = Command::new(first);
        command.args(rest);
        Ok(command)
    }
}

/// Runs `command`, whose output matters only when it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("no {}", command.get_program().display()))?;
    let complaints = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}", complaints.lines().last().unwrap_or("it fails"));
    Ok(())
}

/// Octets of the buffer that DIGEST-MD5 takes when nothing is said.
const LARGE: u32 = 65_536;

/// Octets of a buffer that the longest message has to be cut for.
const SMALL: u32 = 4096;

/// GNU SASL 2.2: no SHA-512, no encryption, and of the channel bindings the exporter alone.
const GNU: [&str; 11] = [
    "ANONYMOUS",
    "EXTERNAL",
    "PLAIN",
    "CRAM-MD5",
    "DIGEST-MD5",
    "SCRAM-SHA-1",
    "SCRAM-SHA-256",
    "SCRAM-SHA-256, not ASCII",
    "SCRAM-SHA-1-PLUS, tls-exporter",
    "SCRAM-SHA-256-PLUS, tls-exporter",
    "GSSAPI",
];

/// Cyrus SASL 2.1.28: a binding is a name and octets to it. It fails to make its 3DES cipher, with OpenSSL 3.
const CYRUS: [&str; 16] = [
    "ANONYMOUS",
    "EXTERNAL",
    "PLAIN",
    "CRAM-MD5",
    "DIGEST-MD5",
    "DIGEST-MD5, rc4",
    "SCRAM-SHA-1",
    "SCRAM-SHA-256",
    "SCRAM-SHA-512",
    "SCRAM-SHA-1-PLUS, tls-exporter",
    "SCRAM-SHA-1-PLUS, tls-server-end-point",
    "SCRAM-SHA-256-PLUS, tls-exporter",
    "SCRAM-SHA-256-PLUS, tls-server-end-point",
    "SCRAM-SHA-512-PLUS, tls-exporter",
    "SCRAM-SHA-512-PLUS, tls-server-end-point",
    "GSSAPI",
];

/// scramp 1.5: of the channel bindings the end point.
const SCRAMP: [&str; 7] = [
    "SCRAM-SHA-1",
    "SCRAM-SHA-256",
    "SCRAM-SHA-512",
    "SCRAM-SHA-256, not ASCII",
    "SCRAM-SHA-1-PLUS, tls-server-end-point",
    "SCRAM-SHA-256-PLUS, tls-server-end-point",
    "SCRAM-SHA-512-PLUS, tls-server-end-point",
];

/// Java has no server of mechanisms that show the password, or none; its server leaves the cipher to the client.
const JAVA_SERVER: [&str; 4] = ["CRAM-MD5", "DIGEST-MD5", "DIGEST-MD5, 3des", "GSSAPI"];

/// Java has no SCRAM.
const JAVA_CLIENT: [&str; 7] = [
    "EXTERNAL",
    "PLAIN",
    "CRAM-MD5",
    "DIGEST-MD5",
    "DIGEST-MD5, rc4",
    "DIGEST-MD5, 3des",
    "GSSAPI",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_a_program_is_a_case() {
        let cases = Case::GOOD.map(|case| case.to_string());
        let all = [&GNU[..], &CYRUS, &SCRAMP, &JAVA_SERVER, &JAVA_CLIENT].concat();
        for row in all {
            assert!(cases.iter().any(|case| case == row), "{row}");
        }
    }
}
