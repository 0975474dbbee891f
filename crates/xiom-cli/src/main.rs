//! The `xiom` program: see every mechanism log in, tell why a server does not let you in, serve users, read captures.
//!
//! Results go to the standard output, everything else to the standard error; no output ever holds a
//! password.
#![forbid(unsafe_code)]

extern crate alloc;

use core::error::Error;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::Parser;
use serde::Serialize;

mod arguments;
mod certificates;
mod decode;
mod demo;
mod exit;
mod fault;
mod frames;
mod hint;
mod login;
mod probe;
mod proof;
mod render;
mod secret;
mod serve;
mod timeline;
mod trace;
mod unit;
mod user;
mod watch;

use arguments::{Arguments, Command};
use exit::Exit;
use render::BAD;

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Probe(arguments) => probe::run(&arguments),
        Command::Decode(arguments) => decode::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::User(arguments) => user::run(&arguments.deed),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            // There is nobody left to tell when this fails.
            let _ = writeln!(anstream::stderr(), "{BAD}error:{BAD:#} {}", error.text);
            error.exit.into()
        }
    }
}

/// Why there is nothing to report.
#[derive(Debug)]
pub(crate) struct Stop {
    exit: Exit,
    text: String,
}

impl Stop {
    /// The command line, or a file that it names, is wrong.
    pub(crate) fn usage(cause: impl Into<Box<dyn Error>>) -> Self {
        Self { exit: Exit::Usage, text: cause.into().to_string() }
    }

    /// The system does not give a socket.
    pub(crate) fn socket(cause: impl Into<Box<dyn Error>>) -> Self {
        Self { exit: Exit::Socket, text: cause.into().to_string() }
    }

    /// This program or this system is at fault.
    pub(crate) fn other(cause: impl Into<Box<dyn Error>>) -> Self {
        Self { exit: Exit::Other, text: cause.into().to_string() }
    }
}

/// Prints `text`, with its colours on terminals only.
///
/// # Errors
///
/// Returns [`Stop`] when it cannot be written; a reader that went away is none.
pub(crate) fn print(text: &str) -> Result<(), Stop> {
    let mut out = anstream::stdout();
    settle(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// Prints `document` as JSON.
///
/// # Errors
///
/// As [`print()`].
pub(crate) fn print_json(document: &impl Serialize) -> Result<(), Stop> {
    let mut out = BufWriter::new(io::stdout().lock());
    let written = serde_json::to_writer_pretty(&mut out, document).map_err(io::Error::from);
    settle(written.and_then(|()| writeln!(out)).and_then(|()| out.flush()))
}

fn settle(result: io::Result<()>) -> Result<(), Stop> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Stop::other(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}
