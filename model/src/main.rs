//! The program: the models of the library, run and told.

use std::process::ExitCode;

use clap::Parser;
use xiom_model::cli::{Arguments, main as run, refused};
use xiom_model::models;

fn main() -> ExitCode {
    match Arguments::try_parse() {
        Ok(arguments) => run(&models::all(), &arguments),
        Err(error) => refused(&error),
    }
}
