//! TLS 1.3 handshakes in memory, both ends on one thread, with the certificate verified: full and resumed.
//!
//! Full ones are measured with the provider's first group, which is hybrid, and with X25519, which others have, too.

use anyhow::{Context as _, Result, ensure};
use rustls::HandshakeKind;

use super::Peers;
use crate::bare::Bare;
use crate::contest::{Contest, Rival, Unit, XIOM};
use crate::material::Material;
use crate::pair;

/// Measures the rows.
///
/// # Errors
///
/// Returns an error when there is nothing to shake hands with.
pub fn run(contest: &mut Contest, material: &Material, peers: &impl Peers) -> Result<()> {
    let (x25519, resuming) = (material.with_x25519(), material.resuming());
    for (row, material, resumes) in [
        ("tls-handshake/full", material, false),
        ("tls-handshake/full, X25519", &x25519, false),
        ("tls-handshake/resumed", &resuming, true),
    ] {
        if !contest.wants(row) {
            continue;
        }
        let (configs, options) = (material.configs()?, material.options()?);
        // The first of all is a full one in any case.
        Bare::open(&configs)?;
        pair::shake(&options)?;
        let kind = if resumes { HandshakeKind::Resumed } else { HandshakeKind::Full };
        let mut rivals = vec![
            Rival::messages("engine", 0, |count| {
                for _ in 0..count {
                    let bare = Bare::open(&configs)?;
                    let done = bare.client.handshake_kind().context("no handshake")?;
                    // A hybrid key exchange may want a share that a hello has not offered.
                    ensure!(done == kind, "{done:?}");
                }
                Ok(())
            }),
            Rival::messages(XIOM, 0, |count| {
                for _ in 0..count {
                    ensure!(pair::shake(&options)? == resumes, "not what was asked for");
                }
                Ok(())
            }),
        ];
        if !resumes {
            rivals.extend(peers.shake(material));
        }
        contest.run(row, Unit::Rate, rivals);
    }
    Ok(())
}
