//! Xiom's SASL transport for Thrift against those of others, each side in turn.
//!
//! A login is done when both sides say so and agree on the protection, Xiom knows who came in, and octets of every
//! size have come back. What must fail has failed on both sides, and the reason has reached the other one.

use std::path::Path;

use anyhow::Result;

use crate::Peer;
use crate::check::bounded;
use crate::realm::Realm;
use crate::report::{Column as _, Report};
use crate::sasl::Layer;

mod case;
mod client;
mod program;
mod server;

use case::Case;
use program::{Java, Kind, Process};

/// All checks with these peers.
pub(crate) async fn speak(
    peers: impl Iterator<Item = Peer>,
    cache: &Path,
    report: &mut Report<Layer>,
) {
    for peer in peers {
        let name = format!("{peer:?}").to_lowercase();
        if let Err(error) = program::find(peer, cache) {
            report.absent(&name, &format!("{error}; {HINT}"));
            continue;
        }
        let result = match peer {
            Peer::Libthrift => speak_java(report).await,
            Peer::PyThrift => speak_python(cache, Kind::Pure, report).await,
            Peer::ThriftSasl => speak_python(cache, Kind::Cyrus, report).await,
            Peer::Rabbitmq
            | Peer::Proton
            | Peer::Rhea
            | Peer::Xiom
            | Peer::Gnu
            | Peer::Cyrus
            | Peer::Java
            | Peer::Scramp
            | Peer::Spark => Ok(()),
        };
        if let Err(error) = result {
            report.broken(&name, &error);
        }
    }
}

/// How to get the peers.
pub(crate) const HINT: &str = "cargo xtask interop thrift --install";

async fn speak_java(report: &mut Report<Layer>) -> Result<()> {
    let java = Java::compile()?;
    let (_servers, [blocking, nonblocking]) = java.servers().await?;
    for (kind, port) in [(Kind::Blocking, blocking), (Kind::Nonblocking, nonblocking)] {
        for (case, layer) in rows(kind) {
            if is_possible(kind, case, layer, report) {
                let attempt = client::play(case, layer, kind, port);
                let result = bounded(Box::pin(attempt)).await;
                report.tried(kind.name(), &case, layer, result);
            }
        }
    }
    speak_client(Kind::Java, java.client()?, report).await;
    Ok(())
}

async fn speak_python(cache: &Path, kind: Kind, report: &mut Report<Layer>) -> Result<()> {
    speak_client(kind, program::python(cache, kind)?, report).await;
    Ok(())
}

async fn speak_client(kind: Kind, mut client: Process, report: &mut Report<Layer>) {
    for (case, layer) in rows(kind) {
        if is_possible(kind, case, layer, report) {
            let attempt = server::play(case, layer, kind, &mut client);
            let result = bounded(Box::pin(attempt)).await;
            report.tried(kind.name(), &case, layer, result);
        }
    }
}

/// Everything there is to try with `kind`.
fn rows(kind: Kind) -> impl Iterator<Item = (Case, Layer)> {
    let cases = Case::all(kind).into_iter();
    cases.flat_map(|case| Layer::ALL.into_iter().map(move |layer| (case, layer)))
}

/// Whether it can be tried; if not, the report tells why.
fn is_possible(kind: Kind, case: Case, layer: Layer, report: &mut Report<Layer>) -> bool {
    let is_without = case.mechanism == "GSSAPI" && !Realm::is_here();
    let objection = case.objection(kind, layer).or(is_without.then_some("no realm"));
    if let Some(why) = objection {
        report.impossible(kind.name(), &case, layer, why);
    }
    objection.is_none()
}

/// The octets of the messages that are sent.
fn sizes(kind: Kind, case: Case, layer: Layer) -> &'static [usize] {
    let is_empty_lost = match kind {
        // Java's token of nothing is nothing, without the code that every token of DIGEST-MD5 has.
        Kind::Blocking | Kind::Nonblocking | Kind::Java => case.mechanism == "DIGEST-MD5",
        // The Kerberos of this one cannot unwrap a token of nothing.
        Kind::Pure => true,
        Kind::Cyrus => false,
    };
    if is_empty_lost && layer != Layer::None { &NOT_EMPTY } else { &SIZES }
}

/// Octets that differ from their neighbours, also at a distance of powers of two.
fn octets(size: usize) -> Vec<u8> {
    (0..251).cycle().take(size).collect()
}

/// The last clause of a peer's words, which is the reason, short enough for a table.
fn quote(words: &str) -> String {
    let mut chars = words.rsplit(": ").next().unwrap_or_default().chars();
    let short = chars.by_ref().take(LONGEST_QUOTE).collect::<String>();
    format!("{short:?}{}", if chars.next().is_some() { ".." } else { "" })
}

/// The user.
const USER: &str = "user";

/// The password of [`USER`].
const PASSWORD: &str = "password";

/// What a client says that must not come in.
const WRONG_PASSWORD: &str = "another";

/// Octets of the messages where an empty one is among them. `thrift_sasl` decides by the first whether there is a layer,
/// so that is another.
const SIZES: [usize; 5] = [1, 0, 5, 65_535, 1_000_000];

/// The same without the empty one.
const NOT_EMPTY: [usize; 4] = [1, 5, 65_535, 1_000_000];

/// Octets of the longest frame that Xiom takes here: the longest message fits, with a token's head around it.
const FRAME: u32 = 1 << 20;

/// Octets of a frame that is one octet too long, even without a token's head.
const TOO_LONG: usize = (1 << 20) + 1;

/// Characters of the words of a peer that the table shows.
const LONGEST_QUOTE: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_cut() {
        assert_eq!(quote("MISTAKE: of yours: no"), "\"no\"");
        let cut = quote(&"x".repeat(LONGEST_QUOTE + 1));
        assert_eq!(cut, format!("\"{}\"..", "x".repeat(LONGEST_QUOTE)));
    }
}
