//! Octets through a security layer, there and back.

use anyhow::{Context, Result, bail, ensure};
use xiom::core::WireBuf;
use xiom::sasl::{Buffers, SecurityLayer};

use super::lines::{Line, Process};

/// Sends octets of every size to the peer, which sends them back; they must be the same, and no token may
/// exceed what either side takes.
pub(crate) async fn exchange<L: SecurityLayer>(
    mut buffers: Buffers<L>,
    peer_buffer: usize,
    process: &mut Process,
) -> Result<()> {
    for size in SIZES {
        let plain: Vec<u8> = (0_u8..=250).cycle().take(size).collect();
        let mut wire = WireBuf::default();
        buffers.send(&plain, &mut wire)?;
        ensure!(
            !carries(wire.pending(), &plain) || !hides(&buffers),
            "the octets went out in clear"
        );
        ensure!(longest(wire.pending()) <= peer_buffer, "a token is longer than the peer takes");
        process.say("data", Some(wire.pending())).await?;
        let line = process.hear().await?;
        let Line::Data(mut back) = line else { bail!("peer, of {size} octets: {line:?}") };
        ensure!(!carries(&back, &plain) || !hides(&buffers), "the octets came in in clear");
        let received = receive(&mut buffers, &mut back)
            .with_context(|| format!("of {size} octets, in {} protected", back.len()))?;
        ensure!(received == plain, "other octets came back than the {size} that went out");
    }
    Ok(())
}

/// Octets of the longest token.
fn longest(mut wire: &[u8]) -> usize {
    let mut longest = 0;
    while let Some((length, rest)) = wire.split_first_chunk() {
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        longest = longest.max(length);
        wire = rest.get(length..).unwrap_or_default();
    }
    longest
}

/// Whether the layer has to hide what it carries.
fn hides<L: SecurityLayer>(buffers: &Buffers<L>) -> bool {
    buffers.protection() == xiom::sasl::Protection::Confidentiality
}

/// Whether `wire` shows the beginning of `plain`, which is too long to do so by chance.
fn carries(wire: &[u8], plain: &[u8]) -> bool {
    let start = plain.get(..SHOWN);
    start.is_some_and(|start| wire.windows(SHOWN).any(|window| window == start))
}

/// All plain octets of `wire`, which must end with a token; they come in pieces, as from a socket.
fn receive<L: SecurityLayer>(buffers: &mut Buffers<L>, wire: &mut [u8]) -> Result<Vec<u8>> {
    let mut plain = Vec::new();
    for mut piece in wire.chunks_mut(PIECE) {
        while !piece.is_empty() {
            let received = buffers.receive(piece)?.context("octets were left")?;
            plain.extend_from_slice(received.octets(piece));
            piece = piece.get_mut(received.consumed..).context("consumed out of range")?;
        }
    }
    ensure!(buffers.is_between(), "a token is not complete");
    Ok(plain)
}

/// Octets of the messages: one, some, and more than one token may hold.
const SIZES: [usize; 3] = [1, 1000, 60_000];

/// Octets that arrive at a time: some tokens lie whole in them, and some do not.
const PIECE: usize = 10_000;

/// So many octets in a row are no accident.
const SHOWN: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_token_is_found() {
        assert_eq!(longest(&[]), 0);
        assert_eq!(longest(&[0, 0, 0, 1, 7, 0, 0, 0, 3, 7, 7, 7, 0, 0, 0, 2, 7, 7]), 3);
    }

    #[test]
    fn plain_octets_on_the_wire_are_seen() {
        let plain: Vec<u8> = (0..64).collect();
        assert!(carries(&[&[9; 7], plain.as_slice()].concat(), &plain));
        assert!(!carries(&[0x55; 100], &plain));
    }
}
