//! Runs statements on a server that speaks as `HiveServer2` does: Hive, Spark's Thrift server, Impala.
//!
//! ```sh
//! cargo run -p xiom-thrift --example hive -- thrift+sasl+tls://ann:pencil@localhost:10000 --ca ca.pem
//! cargo run -p xiom-thrift --example hive -- thrift+sasl://localhost:10000 --kerberos 'SHOW TABLES'
//! ```
//!
//! TLS and the login are Xiom's, a frame is a message; the messages are those of the `thrift` crate's binary
//! protocol. The few calls that a statement takes are written by hand in `session`, over any value of Thrift
//! (`value`), so that nothing has to be generated; `rows` takes results apart.

extern crate alloc;

use std::io::stdout;
use std::process::ExitCode;

use clap::Parser;

use crate::run::{Arguments, run};

mod failure;
mod rows;
mod run;
mod session;
mod value;

fn main() -> ExitCode {
    match run(&Arguments::parse(), &mut stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
