//! What the program does: connect, run each statement, print its rows or how many there are.

use std::io::Write;
use std::path::PathBuf;

use clap::Parser;
use xiom::{Client, Kerberos, Login};

use crate::failure::Failure;
use crate::session::Session;

/// Runs statements on Hive, Spark's Thrift server or Impala.
#[derive(Debug, Parser)]
#[command(name = "hive")]
pub(crate) struct Arguments {
    /// Where: thrift+sasl://user:password@host:port, or thrift+sasl+tls://...
    url: String,
    /// What to run.
    #[arg(default_values = ["SELECT 1", "SELECT id FROM range(5000)"])]
    statements: Vec<String>,
    /// Log in with the tickets that `kinit` has left; the URL has no user then.
    #[arg(long)]
    kerberos: bool,
    /// The first part of the server's name in Kerberos, such as impala.
    #[arg(long, default_value = "hive")]
    service: String,
    /// The authorities to trust in TLS, as PEM; without it those of the system.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Show the password to the server although nothing protects it on its way.
    #[arg(long)]
    allow_cleartext: bool,
    /// Print how many rows there are, and not the rows.
    #[arg(long)]
    count: bool,
    /// The most rows to ask for at a time.
    #[arg(long, value_name = "ROWS", default_value_t = 1000)]
    batch: u32,
}

/// Does it all; rows go to `out`, their values between tabs.
pub(crate) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<(), Failure> {
    let client = client(arguments)?;
    let channel = xiom_thrift::connect(&client)?;
    let user = client.address().credentials().map(|credentials| &*credentials.user);
    let mut session = Session::open(channel, user)?;
    let result = arguments
        .statements
        .iter()
        .try_for_each(|statement| print(arguments, &mut session, statement, out));
    // What went wrong first is what counts.
    result.and(session.close())
}

fn client(arguments: &Arguments) -> Result<Client, Failure> {
    let mut builder = Client::builder(&arguments.url)?.service(&arguments.service);
    if arguments.kerberos {
        builder = builder.login(Login::Kerberos(Kerberos::default()));
    }
    if let Some(file) = &arguments.ca {
        builder = builder.only_roots(std::fs::read(file)?);
    }
    if arguments.allow_cleartext {
        builder = builder.allow_cleartext();
    }
    Ok(builder.build()?)
}

fn print(
    arguments: &Arguments,
    session: &mut Session,
    statement: &str,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let mut count: usize = 0;
    session.execute(statement, arguments.batch.into(), |rows| {
        count = count.saturating_add(rows.len());
        for row in rows.iter().filter(|_| !arguments.count) {
            let values: Vec<_> =
                row.iter().map(|value| value.as_deref().unwrap_or("NULL")).collect();
            writeln!(out, "{}", values.join("\t"))?;
        }
        Ok(())
    })?;
    if arguments.count {
        writeln!(out, "{count} rows")?;
    }
    Ok(())
}
