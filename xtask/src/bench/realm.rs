//! A throw-away realm of Kerberos for the rows of GSSAPI, stopped when it is dropped.

use core::net::Ipv4Addr;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::step;

/// A realm that runs.
#[derive(Debug)]
pub(super) struct Realm {
    state: PathBuf,
    environment: Vec<(String, String)>,
}

impl Realm {
    /// Starts one on a free port of the loopback interface, with its state in a fresh folder below `folder`.
    pub(super) fn start(folder: &Path) -> Result<Self> {
        let state = folder.join("realm");
        // That of a run that was interrupted, if there is one.
        stop(&state);
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let output = Command::new("sh")
            .args([SCRIPT, "start"])
            .arg(&state)
            .arg(port.to_string())
            .current_dir(step::root())
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "no realm: {}", said.trim_end());
        let mut realm = Self { state, environment: Vec::new() };
        for line in String::from_utf8(output.stdout)?.lines() {
            let (name, value) = line.split_once('=').context("what start printed")?;
            realm.environment.push((name.into(), value.into()));
        }
        // Thrift's service has a key of its own.
        let keytab = format!("FILE:{}", realm.state.join("hive.keytab").display());
        realm.environment.push(("KRB5_KTNAME".into(), keytab));
        Ok(realm)
    }

    /// The environment of programs in the realm.
    pub(super) fn environment(&self) -> &[(String, String)] {
        &self.environment
    }
}

impl Drop for Realm {
    fn drop(&mut self) {
        stop(&self.state);
    }
}

fn stop(state: &Path) {
    let words = [SCRIPT, "stop", &state.to_string_lossy()];
    let _ = Command::new("sh").args(words).current_dir(step::root()).status();
}

const SCRIPT: &str = "xtask/peers/kdc.sh";
