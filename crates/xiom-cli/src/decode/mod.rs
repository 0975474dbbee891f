//! `xiom decode`: what captured octets say, with every secret left out.
//!
//! Invariant: nothing that a mechanism or an application has said is printed, whatever the octets are.

mod report;
mod walk;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use xiom::Protocol;
use xiom::core::Secret;

use crate::arguments::Decode;
use crate::exit::Exit;
use crate::{Stop, print_json};

use report::Report;

/// Decodes the octets, and prints what they are.
///
/// # Errors
///
/// Returns [`Stop`] when the octets cannot be read, or are of neither protocol.
pub(crate) fn run(arguments: &Decode) -> Result<Exit, Stop> {
    let input = read(arguments.file.as_deref())?;
    let octets = if arguments.hex { from_hex(input.expose())? } else { input };
    let octets = octets.expose();
    if octets.is_empty() {
        return Err(Stop::usage("there is nothing to decode"));
    }
    let protocol = match arguments.protocol {
        Some(spoken) => spoken.protocol(),
        None => guess(octets)?,
    };
    let report = Report::new(protocol, octets);
    if arguments.json {
        print_json(&report)?;
    } else {
        report.print()?;
    }
    Ok(if report.ok { Exit::Ok } else { Exit::Unexpected })
}

/// All of the file, or of the standard input.
fn read(file: Option<&Path>) -> Result<Secret, Stop> {
    let limit = u64::from(walk::LONGEST);
    let mut octets = Vec::new();
    let result = match file {
        Some(path) => File::open(path)
            .and_then(|file| file.take(limit + 1).read_to_end(&mut octets))
            .map_err(|error| Stop::usage(format!("{}: {error}", path.display()))),
        None => io::stdin().lock().take(limit + 1).read_to_end(&mut octets).map_err(Stop::usage),
    };
    let octets = Secret::new(octets);
    if limit < u64::try_from(result?).unwrap_or(u64::MAX) {
        return Err(Stop::usage(format!("more than {limit} octets are too many")));
    }
    Ok(octets)
}

/// The octets that `text` writes in hexadecimal digits.
fn from_hex(text: &[u8]) -> Result<Secret, Stop> {
    let mut digits = Vec::with_capacity(text.len());
    for (index, octet) in text.iter().enumerate().filter(|(_, octet)| !octet.is_ascii_whitespace())
    {
        let digit = char::from(*octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let digit = digit.ok_or_else(|| {
            Stop::usage(format!("octet {index} of the text is no hexadecimal digit"))
        })?;
        digits.push(digit);
    }
    let digits = Secret::new(digits);
    let (pairs, odd) = digits.expose().as_chunks::<2>();
    if !odd.is_empty() {
        return Err(Stop::usage("the number of hexadecimal digits is odd"));
    }
    let octets: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    Ok(Secret::new(octets))
}

/// The protocol whose octets begin so.
fn guess(octets: &[u8]) -> Result<Protocol, Stop> {
    match octets {
        _ if walk::is_tls(octets) => {
            Err(Stop::usage("these octets are tls: capture them where they are decrypted"))
        }
        // Both have frames that begin with a length; in AMQP a data offset and a type follow, in
        // Thrift the version of a message, most often, which begins with 128 or more.
        [b'A', ..] | [0, _, _, _, 2..=127, 0 | 1, ..] => Ok(Protocol::Amqp),
        [1..=5, 0, ..] | [0, ..] => Ok(Protocol::Thrift),
        _ => Err(Stop::usage(
            "these octets begin as neither protocol does: say which it is with --protocol",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_octets_tell_the_protocol() {
        let guess = |octets: &[u8]| guess(octets).ok();
        assert_eq!(guess(b"AMQP\x00\x01\x00\x00"), Some(Protocol::Amqp));
        assert_eq!(guess(b"\x00\x00\x00\x08\x02\x00\x00\x00"), Some(Protocol::Amqp));
        assert_eq!(guess(b"\x01\x00\x00\x00\x05PLAIN"), Some(Protocol::Thrift));
        assert_eq!(guess(b"\x00\x00\x00\x10\x80\x01\x00\x01"), Some(Protocol::Thrift));
        assert_eq!(guess(b"\x16\x03\x01\x02\x00\x01"), None);
        assert_eq!(guess(b"HTTP/1.1 200 OK"), None);
    }

    #[test]
    fn hexadecimal_digits_come_in_pairs_with_space_between() {
        let hex = |text: &[u8]| from_hex(text).ok().map(|octets| octets.expose().to_vec());
        assert_eq!(hex(b"0aF f\n01"), Some(vec![0x0a, 0xff, 0x01]));
        assert_eq!(hex(b"abc"), None);
        assert_eq!(hex(b"0x01"), None);
    }
}
