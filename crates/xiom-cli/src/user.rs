//! `xiom user`: a file of users, one deed at a time.

use core::fmt::Write;
use std::io;

use serde::Serialize;
use xiom::core::Secret;
use xiom::sasl::ScramKeys;
use xiom::sasl::scram::Hash;
use xiom::{UserFile, UserFileFault, UserTable};

use crate::arguments::{Add, Check, Deed, List, Remove};
use crate::exit::Exit;
use crate::render::{self, BAD, BOLD, DIM, GOOD};
use crate::{Stop, print, print_json, secret};

/// Does it.
///
/// # Errors
///
/// Returns [`Stop`] when the command line or the file is wrong.
pub(crate) fn run(deed: &Deed) -> Result<Exit, Stop> {
    match deed {
        Deed::Add(arguments) => add(arguments),
        Deed::Remove(arguments) => remove(arguments),
        Deed::List(arguments) => list(arguments),
        Deed::Check(arguments) => check(arguments),
    }
}

fn add(arguments: &Add) -> Result<Exit, Stop> {
    let mut table = match UserFile::read(&arguments.file) {
        Ok(table) => table,
        Err(error) if is_missing(&error.fault) => UserTable::new(),
        Err(error) => return Err(Stop::usage(error)),
    };
    if let Some(name) = &arguments.name {
        if name.is_empty() {
            return Err(Stop::usage("a user has a name"));
        }
        let password = password(arguments.password_stdin, name, true)?;
        let hashes: Vec<Hash> = match arguments.mechanism.as_slice() {
            [] => vec![Hash::Sha512, Hash::Sha256],
            named => named.iter().map(|mechanism| mechanism.hash()).collect(),
        };
        let added = table.add(name, password, &hashes, arguments.iterations);
        added.map_err(|fault| Stop::usage(format!("this password cannot be kept: {fault}")))?;
    }
    table = grant(table, arguments);
    if arguments.anonymous {
        table.admit_anonymous(true);
    }
    UserFile::write(&arguments.file, table).map_err(Stop::usage)?;
    Ok(Exit::Ok)
}

/// Lets the user, or else the holder of the certificate, act as others.
fn grant(mut table: UserTable, arguments: &Add) -> UserTable {
    let Add { name, certificate, act_as, .. } = arguments;
    if let Some(certificate) = certificate {
        table = table.with_certificate(certificate);
        if let Some(name) = name {
            table = table.with_certificate_for(certificate, name);
        }
    }
    for other in act_as {
        table = match (name, certificate) {
            (Some(name), _) => table.with_act_as(name, other),
            (None, Some(certificate)) => table.with_certificate_for(certificate, other),
            (None, None) => table,
        };
    }
    table
}

fn remove(arguments: &Remove) -> Result<Exit, Stop> {
    let mut table = UserFile::read(&arguments.file).map_err(Stop::usage)?;
    if let Some(name) = &arguments.name
        && !table.remove(name)
    {
        return Err(Stop::usage(format!("there is no user {}", render::plain(name))));
    }
    if let Some(name) = &arguments.certificate
        && !table.remove_certificate(name)
    {
        return Err(Stop::usage(format!("there is no certificate {}", render::plain(name))));
    }
    if arguments.anonymous {
        table.admit_anonymous(false);
    }
    UserFile::write(&arguments.file, table).map_err(Stop::usage)?;
    Ok(Exit::Ok)
}

/// Who may come in, without the keys.
#[derive(Serialize)]
struct Listing {
    users: Vec<Listed>,
    certificates: Vec<Listed>,
    anonymous: bool,
}

#[derive(Serialize)]
struct Listed {
    name: String,
    mechanisms: Vec<String>,
    act_as: Vec<String>,
}

impl Listing {
    fn new(table: &UserTable) -> Self {
        let users = table.users().map(|(name, record)| Listed {
            name: name.to_owned(),
            mechanisms: record.keys().map(mechanism).collect(),
            act_as: record.act_as().map(str::to_owned).collect(),
        });
        let certificates = table.certificates().map(|(name, act_as)| Listed {
            name: name.to_owned(),
            mechanisms: vec!["EXTERNAL".to_owned()],
            act_as: act_as.map(str::to_owned).collect(),
        });
        Self {
            users: users.collect(),
            certificates: certificates.collect(),
            anonymous: table.admits_anonymous(),
        }
    }

    fn text(&self) -> String {
        let mut out = String::new();
        for (kind, listed) in [("user", &self.users), ("certificate", &self.certificates)] {
            for Listed { name, mechanisms, act_as } in listed {
                let name = render::plain(name);
                let how = mechanisms.join(", ");
                let _ = write!(out, "{DIM}{kind:<12}{DIM:#}{BOLD}{name}{BOLD:#}  {how}");
                if !act_as.is_empty() {
                    let names = render::plain(&act_as.join(", "));
                    let _ = write!(out, "  {DIM}acts as{DIM:#} {names}");
                }
                out.push('\n');
            }
        }
        if self.anonymous {
            let _ = writeln!(out, "{DIM}anybody     {DIM:#}ANONYMOUS");
        }
        out
    }
}

/// The mechanism of these keys, and what it costs.
fn mechanism(keys: &ScramKeys) -> String {
    let name = match keys.hash() {
        Hash::Sha1 => "SCRAM-SHA-1",
        Hash::Sha256 => "SCRAM-SHA-256",
        Hash::Sha512 => "SCRAM-SHA-512",
        _ => "SCRAM",
    };
    format!("{name} ({} iterations)", keys.iterations())
}

fn list(arguments: &List) -> Result<Exit, Stop> {
    let table = UserFile::read(&arguments.file).map_err(Stop::usage)?;
    let listing = Listing::new(&table);
    if arguments.json {
        print_json(&listing)?;
    } else {
        print(&listing.text())?;
    }
    Ok(Exit::Ok)
}

fn check(arguments: &Check) -> Result<Exit, Stop> {
    let table = UserFile::read(&arguments.file).map_err(Stop::usage)?;
    let Some(name) = &arguments.name else {
        let (users, certificates) = (table.users().count(), table.certificates().count());
        let anybody = if table.admits_anonymous() { ", and anybody" } else { "" };
        print(&format!("{GOOD}ok{GOOD:#}: {users} users, {certificates} certificates{anybody}\n"))?;
        return Ok(Exit::Ok);
    };
    let password = password(arguments.password_stdin, name, false)?;
    // Who can read the file may know who is in it; so the reason is told.
    let Some(record) = table.user(name) else {
        print(&format!("{BAD}there is no user {}{BAD:#}\n", render::plain(name)))?;
        return Ok(Exit::Unexpected);
    };
    let mut verdict = Exit::Ok;
    for keys in record.keys() {
        let derived =
            ScramKeys::derive(keys.hash(), password.clone(), keys.salt(), keys.iterations());
        let line = if derived.as_ref() == Ok(keys) {
            format!("{GOOD}right{GOOD:#} for {}\n", mechanism(keys))
        } else {
            verdict = Exit::Unexpected;
            format!("{BAD}wrong{BAD:#} for {}\n", mechanism(keys))
        };
        print(&line)?;
    }
    Ok(verdict)
}

fn password(from_stdin: bool, user: &str, is_new: bool) -> Result<Secret, Stop> {
    if from_stdin { secret::from_stdin("password") } else { secret::from_terminal(user, is_new) }
}

fn is_missing(fault: &UserFileFault) -> bool {
    matches!(fault, UserFileFault::Io(error) if error.kind() == io::ErrorKind::NotFound)
}
