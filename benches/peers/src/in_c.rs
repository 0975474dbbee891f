//! azure-uamqp-c and Qpid Proton, each in a process of its own: frames, values and logins.
//!
//! What Proton uses within its own transport, and does not export, is a peer of its own name: no user can have it.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use xiom_benches::contest::Rival;
use xiom_benches::rows::codec::Case;
use xiom_benches::rows::connect;

use crate::or_absent;
use crate::outside::{FOLDER, operations};

pub(crate) fn codec<'a>(case: &Case<'_>) -> Vec<Rival<'a>> {
    let is_value = ["map 32", "list 1000", "binary 64 KiB"].contains(&case.name);
    let is_decode = match case.group {
        "decode" => true,
        "encode" => false,
        _ => return Vec::new(),
    };
    let octets = hex(case.octets);
    let fields = |kind| ["codec", case.group, case.name, &octets, kind];
    let mut rivals = vec![operations("uamqp-c", "uamqp", &fields("typed"))];
    if is_decode || is_value {
        rivals.push(operations("qpid-proton", "proton", &fields("data")));
    }
    if !is_value {
        rivals.push(operations("proton, internal", "proton", &fields("native")));
    }
    rivals
}

pub(crate) fn login<'a>(mechanism: &str, said: &[Vec<u8>]) -> Vec<Rival<'a>> {
    let said: Vec<String> = said.iter().map(|octets| hex(octets)).collect();
    let mut fields = vec!["login", mechanism];
    fields.extend(said.iter().map(String::as_str));
    both(|who, name| operations(who, name, &fields))
}

pub(crate) fn connect<'a>(at: &connect::Place<'_>) -> Vec<Rival<'a>> {
    let port = at.address.port().to_string();
    both(|who, name| {
        or_absent(
            who,
            certificate(at).map(|certificate| {
                let mut fields = vec!["connect", at.mechanism, &port];
                fields.extend(certificate.as_deref());
                operations(who, name, &fields)
            }),
        )
    })
}

fn both<'a>(make: impl Fn(&str, &str) -> Rival<'a>) -> Vec<Rival<'a>> {
    vec![make("uamqp-c", "uamqp"), make("qpid-proton", "proton")]
}

/// The file with the server's certificate, where there is to be TLS.
fn certificate(at: &connect::Place<'_>) -> Result<Option<String>> {
    let Some(material) = at.tls else { return Ok(None) };
    let folder = env::var_os(FOLDER).context("there is no folder")?;
    let file = Path::new(&folder).join("bench").join("root.pem");
    fs::write(&file, material.root())?;
    Ok(Some(file.to_str().context("the path is not UTF-8")?.to_owned()))
}

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        // Text takes whatever is written.
        let _ = write!(text, "{octet:02x}");
        text
    })
}
