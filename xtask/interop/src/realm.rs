//! A throw-away realm of Kerberos, and this program once more inside of it.
//!
//! Kerberos libraries take the realm from the environment, which a program cannot safely change for itself.
//! Dropping the realm stops it, after the program inside has ended.

use std::env;
use std::process::ExitCode;

use anyhow::{Context, Result};
use tokio::process::{Child, Command};

use crate::broker::{State, free_ports, terminate};

/// A realm that runs until this is dropped.
#[derive(Debug)]
pub(crate) struct Realm {
    environment: Vec<(String, String)>,
    state: State,
}

impl Realm {
    /// Whether this program runs inside of one.
    pub(crate) fn is_here() -> bool {
        env::var_os("XIOM_KDC").is_some()
    }

    /// Starts a realm on a free port of the loopback interface.
    pub(crate) async fn start() -> Result<Self> {
        let [port, ..] = free_ports()?;
        let (state, printed) = State::start("kdc", &[port.to_string().into()]).await?;
        let pairs = printed.lines().map(|line| line.split_once('='));
        let pairs = pairs.collect::<Option<Vec<_>>>().context("what start printed")?;
        let environment = pairs.into_iter().map(|(name, value)| (name.into(), value.into()));
        Ok(Self { environment: environment.collect(), state })
    }

    /// Runs this program with the same arguments inside of the realm, with the key of `service` if that is another
    /// than the usual one.
    pub(crate) async fn rerun(&self, service: Option<&str>) -> Result<ExitCode> {
        let mut command = Command::new(env::current_exe()?);
        command.args(env::args_os().skip(1)).envs(self.environment.iter().cloned());
        if let Some(service) = service {
            let keytab = self.state.path().join(format!("{service}.keytab"));
            command.env("KRB5_KTNAME", format!("FILE:{}", keytab.display()));
        }
        let status = Inside(command.spawn()?).0.wait().await?;
        Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// The program inside, which is ended in order.
struct Inside(Child);

impl Drop for Inside {
    fn drop(&mut self) {
        terminate(&mut self.0);
    }
}
