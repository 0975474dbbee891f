//! What `xiom decode` prints: one structure, as JSON or as text.
//!
//! Invariant: it is printed as it is walked through, so that a capture of many small units needs no memory.

use core::fmt::Write;

use serde::{Serialize, Serializer};
use xiom::Protocol;

use super::walk::{Entry, Kind, Walk};
use crate::arguments::protocol_name;
use crate::render::{ACCENT, BAD, BOLD, DIM, GOOD};
use crate::trace::shorten;
use crate::{Stop, print};

/// Everything that was found.
#[derive(Debug, Serialize)]
pub(super) struct Report<'a> {
    /// What is spoken.
    protocol: &'static str,
    /// Whether everything is well formed, and the end is there.
    pub(super) ok: bool,
    /// Octets in all.
    octets: usize,
    /// Units, the malformed ones and the incomplete one included.
    count: usize,
    /// Units that are malformed.
    malformed: usize,
    /// Octets at the end that are the beginning of something.
    incomplete_octets: usize,
    #[serde(serialize_with = "each")]
    units: Walk<'a>,
}

/// The units as a sequence, one after the other.
fn each<S: Serializer>(units: &Walk<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(units.clone())
}

impl<'a> Report<'a> {
    /// The report of `octets`.
    pub(super) fn new(protocol: Protocol, octets: &'a [u8]) -> Self {
        let units = Walk::new(protocol, octets);
        let (mut count, mut malformed, mut incomplete_octets) = (0_usize, 0_usize, 0);
        for unit in units.clone() {
            count = count.saturating_add(1);
            match unit.kind {
                Kind::Malformed => malformed = malformed.saturating_add(1),
                Kind::Incomplete => incomplete_octets = unit.length,
                Kind::Header | Kind::Sasl | Kind::Frame | Kind::Message | Kind::Tls => {}
            }
        }
        Self {
            protocol: protocol_name(protocol),
            ok: malformed == 0 && incomplete_octets == 0,
            octets: octets.len(),
            count,
            malformed,
            incomplete_octets,
            units,
        }
    }

    /// Prints the report for people.
    ///
    /// # Errors
    ///
    /// As [`print()`].
    pub(super) fn print(&self) -> Result<(), Stop> {
        let mut out = String::new();
        let Self { protocol, octets, .. } = self;
        let _ = writeln!(out, "\n{BOLD}{protocol}{BOLD:#}, {octets} octets\n");
        let _ = writeln!(out, "  {DIM}{:>8}  {:>8}  what{DIM:#}", "offset", "length");
        for unit in self.units.clone() {
            let Entry { offset, length, .. } = unit;
            let _ = writeln!(out, "  {DIM}{offset:>8}{DIM:#}  {length:>8}  {}", what(&unit));
            if PAGE <= out.len() {
                print(&out)?;
                out.clear();
            }
        }
        let _ = writeln!(out, "\n  {}\n", self.verdict());
        print(&out)
    }

    fn verdict(&self) -> String {
        let Self { count, malformed, incomplete_octets, .. } = self;
        match (malformed, incomplete_octets) {
            (0, 0) => format!("{GOOD}all {count} are well formed{GOOD:#}"),
            (0, tail) => {
                format!("{BAD}the end is missing{BAD:#}: the last {tail} octets begin something")
            }
            (bad, 0) => format!("{BAD}{bad} of {count} are malformed{BAD:#}"),
            (bad, tail) => format!(
                "{BAD}{bad} of {count} are malformed{BAD:#}, and the last {tail} octets begin something"
            ),
        }
    }
}

/// The unit in words.
fn what(unit: &Entry) -> String {
    let Entry { kind, name, fields, message, .. } = unit;
    let style = match kind {
        Kind::Malformed | Kind::Incomplete => BAD,
        Kind::Header | Kind::Sasl | Kind::Message => ACCENT,
        Kind::Frame | Kind::Tls => DIM,
    };
    let mut text = format!("{style}{name}{style:#}");
    for field in fields {
        let value = shorten(&field.value);
        // What is shown by its length is in brackets already.
        let quote = if value.contains(' ') && !value.starts_with('[') { "\"" } else { "" };
        let _ = write!(text, "  {DIM}{}={DIM:#}{quote}{value}{quote}", field.name);
    }
    if let Some(message) = message {
        let _ = write!(text, ": {message}");
    }
    if *kind == Kind::Tls {
        text.push_str(", which cannot be looked into");
    }
    text
}

/// Octets of text that are printed at once.
const PAGE: usize = 64 << 10;
