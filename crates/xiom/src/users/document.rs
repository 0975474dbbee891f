//! The text of a file of users: TOML, read whole or not at all.
//!
//! Invariant: what is wrong is told by its line and its kind; nothing of the text is repeated, for it
//! holds keys.

use alloc::collections::{BTreeMap, BTreeSet};

use base64ct::{Base64, Encoding};
use serde::{Deserialize, Serialize};
use toml::Spanned;
use xiom_core::Secret;

use super::file::UserFileFault as Fault;
use super::text::{keys_from_text, keys_to_text};
use super::{UserRecord, UserTable};

/// What is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: Spanned<u32>,
    decoy: Spanned<String>,
    #[serde(default)]
    anonymous: bool,
    #[serde(default)]
    user: BTreeMap<Spanned<String>, Entry>,
    #[serde(default)]
    certificate: BTreeMap<Spanned<String>, Entry>,
}

/// One user, or the holders of one certificate.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Entry {
    #[serde(default)]
    scram: Vec<Spanned<String>>,
    #[serde(default)]
    act_as: BTreeSet<String>,
}

//= SRS_SASL_MECHANISMS_01_150
/// Reads a table.
pub(super) fn read(octets: &[u8]) -> Result<UserTable, Fault> {
    let text = str::from_utf8(octets).map_err(|error| {
        let good = octets.get(..error.valid_up_to()).unwrap_or_default();
        Fault::Syntax { line: line(good) }
    })?;
    let at = |offset: usize| line(text.as_bytes().get(..offset).unwrap_or_default());
    let document: Document = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        Fault::Syntax { line: at(start) }
    })?;
    if *document.version.get_ref() != VERSION {
        return Err(Fault::Version { line: at(document.version.span().start) });
    }
    let decoy = Base64::decode_vec(document.decoy.get_ref()).ok().map(Secret::new);
    let decoy = decoy.as_ref().and_then(|key| key.expose().try_into().ok());
    let decoy = decoy.ok_or(Fault::Decoy { line: at(document.decoy.span().start) })?;
    let mut table = UserTable::new().with_decoy(decoy);
    if document.anonymous {
        table = table.with_anonymous();
    }
    for (name, entry) in &document.user {
        table = user(table, name, entry, at)?;
    }
    for (name, entry) in &document.certificate {
        table = certificate(table, name, entry, at)?;
    }
    Ok(table)
}

/// Adds a user; `at` tells the line of an offset.
fn user(
    mut table: UserTable,
    name: &Spanned<String>,
    entry: &Entry,
    at: impl Fn(usize) -> usize,
) -> Result<UserTable, Fault> {
    if name.get_ref().is_empty() || (entry.scram.is_empty() && entry.act_as.is_empty()) {
        return Err(Fault::Entry { line: at(name.span().start) });
    }
    for (index, text) in entry.scram.iter().enumerate() {
        let line = at(text.span().start);
        let keys = keys_from_text(text.get_ref()).ok_or(Fault::Keys { line })?;
        table = table.with_keys(name.get_ref(), keys);
        // A second text for the same hash would take the place of the first.
        let count = table.user(name.get_ref()).map_or(0, |record| record.keys().count());
        if count <= index {
            return Err(Fault::Keys { line });
        }
    }
    for other in &entry.act_as {
        table = table.with_act_as(name.get_ref(), other);
    }
    Ok(table)
}

/// Adds the holder of a certificate; `at` tells the line of an offset.
fn certificate(
    mut table: UserTable,
    name: &Spanned<String>,
    entry: &Entry,
    at: impl Fn(usize) -> usize,
) -> Result<UserTable, Fault> {
    if name.get_ref().is_empty() || !entry.scram.is_empty() {
        return Err(Fault::Entry { line: at(name.span().start) });
    }
    table = table.with_certificate(name.get_ref());
    for other in &entry.act_as {
        table = table.with_certificate_for(name.get_ref(), other);
    }
    Ok(table)
}

/// The line that comes after `before`, counted from one.
fn line(before: &[u8]) -> usize {
    before.split(|octet| *octet == b'\n').count()
}

/// What is written.
#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    decoy: String,
    anonymous: bool,
    user: BTreeMap<&'a str, WrittenEntry<'a>>,
    certificate: BTreeMap<&'a str, WrittenEntry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenEntry<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scram: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    act_as: Vec<&'a str>,
}

impl<'a> From<&'a UserRecord> for WrittenEntry<'a> {
    fn from(record: &'a UserRecord) -> Self {
        let scram = record.keys().map(keys_to_text).collect();
        Self { scram, act_as: record.act_as().collect() }
    }
}

//= SRS_SASL_MECHANISMS_01_148
/// The text of `table`, with the decoy's `key`; `None` when it cannot be written as TOML.
pub(super) fn write(table: &UserTable, key: &[u8]) -> Option<Secret> {
    let certificate = table
        .certificates()
        .map(|(name, act_as)| (name, WrittenEntry { scram: Vec::new(), act_as: act_as.collect() }));
    let written = Written {
        version: VERSION,
        decoy: Base64::encode_string(key),
        anonymous: table.admits_anonymous(),
        user: table.users().map(|(name, record)| (name, record.into())).collect(),
        certificate: certificate.collect(),
    };
    let body = Secret::new(toml::to_string_pretty(&written).ok()?);
    Some(Secret::new([HEAD.as_bytes(), body.expose()].concat()))
}

/// The version of the form.
const VERSION: u32 = 1;

/// The first lines of each file.
const HEAD: &str = "\
# The users of a server, as `xiom user` writes them: keys, no passwords. Comments do not survive it.
# Who reads the keys can pose as the server, and who reads the decoy can tell which users exist.

";
