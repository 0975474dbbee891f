//! The program: the commands of the library, for the project in the present folder.

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

/// Requirements with evidence: the citing test ran, passed and executed the cited code.
#[derive(Debug, Parser)]
#[command(name = "xiom-trace", version)]
struct Program {
    #[command(flatten)]
    arguments: xiom_trace::cli::Arguments,
}

fn main() -> ExitCode {
    if let Some(code) = xiom_trace::act_as_rustc_if_asked() {
        return code;
    }
    match Program::try_parse() {
        Ok(program) => xiom_trace::cli::main(program.arguments, None),
        Err(error) => {
            let is_help =
                matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            // There is nobody left to tell when this fails.
            let _printed = error.print();
            ExitCode::from(if is_help { 0 } else { xiom_trace::Class::Tool.exit_code() })
        }
    }
}
