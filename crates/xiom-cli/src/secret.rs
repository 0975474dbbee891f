//! Where passwords and tokens come from: a terminal that shows nothing, a file, the standard input.
//!
//! Invariant: they are never an argument, which every process of the system can see.

use std::io::{self, BufRead, IsTerminal, Read};
use std::path::Path;

use xiom::core::Secret;

use crate::Stop;

/// The first line of the standard input.
///
/// # Errors
///
/// Returns [`Stop`] when there is none.
pub(crate) fn from_stdin(what: &str) -> Result<Secret, Stop> {
    let mut line = Vec::new();
    let read = io::stdin().lock().take(LONGEST).read_until(b'\n', &mut line);
    let line = Secret::new(line);
    read.map_err(Stop::usage)?;
    let secret = first_line(line.expose());
    if secret.is_empty() {
        return Err(Stop::usage(format!("no {what}: the standard input is empty")));
    }
    Ok(secret)
}

/// What is typed at the terminal, twice the same if it `is_new`.
///
/// # Errors
///
/// Returns [`Stop`] when there is no terminal, nothing is typed, or not twice the same.
pub(crate) fn from_terminal(user: &str, is_new: bool) -> Result<Secret, Stop> {
    if !io::stdin().is_terminal() {
        return Err(Stop::usage("no password: there is no terminal; give --password-stdin"));
    }
    let user = crate::render::plain(user);
    let ask = |prompt: String| rpassword::prompt_password(prompt).map(Secret::new);
    let password = ask(format!("password of {user}: ")).map_err(Stop::usage)?;
    if password.is_empty() {
        return Err(Stop::usage("no password"));
    }
    if is_new && ask("once more: ".to_owned()).map_err(Stop::usage)? != password {
        return Err(Stop::usage("the two passwords are not the same"));
    }
    Ok(password)
}

/// The octets of a file.
///
/// # Errors
///
/// Returns [`Stop`], which names the file.
pub(crate) fn read(path: &Path) -> Result<Secret, Stop> {
    let octets = std::fs::read(path);
    octets.map(Secret::new).map_err(|error| Stop::usage(format!("{}: {error}", path.display())))
}

/// The first line of `text`, without its end.
pub(crate) fn first_line(text: &[u8]) -> Secret {
    let line = text.split(|octet| *octet == b'\n').next().unwrap_or_default();
    Secret::new(line.strip_suffix(b"\r").unwrap_or(line))
}

/// Octets of the longest line that is read.
const LONGEST: u64 = 64 << 10;
