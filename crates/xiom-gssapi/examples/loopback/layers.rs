//! A mebibyte each way through each layer, in buffers of several sizes.

use xiom_core::WireBuf;
use xiom_sasl::{Buffers, SecurityLayer};

use super::*;

pub(crate) fn run(realm: &Realm) -> Result<()> {
    let text: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
    for protection in [Protection::Integrity, Protection::Confidentiality] {
        for buffers in [[1 << 16, 1 << 16], [150, 1000], [u32::MAX, 4096]] {
            let (mut client, mut server) = realm.layered(protection, buffers)?;
            let client = client.take_layer().context("no layer")?;
            let server = server.take_layer().context("no layer")?;
            let limits = [client.max_plain(), server.max_plain()];
            ensure!([client.max_token(), server.max_token()] == buffers.map(announced));
            let [mut client, mut server] = [client, server].map(Buffers::new);
            let there = carry(&mut client, &mut server, &text, announced(buffers[1]))?;
            let back = carry(&mut server, &mut client, &text, announced(buffers[0]))?;
            println!(
                "ok: {protection:?}, buffers {buffers:?}: {limits:?} octets a token, {there} and {back} tokens"
            );
        }
    }
    Ok(())
}

/// What 3 octets can announce of a limit.
fn announced(limit: u32) -> usize {
    usize::try_from(limit.min(0xFF_FFFF)).unwrap_or_default()
}

/// Carries `text` in pieces of some size, and counts the tokens.
fn carry<L: SecurityLayer>(
    from: &mut Buffers<L>,
    to: &mut Buffers<L>,
    text: &[u8],
    largest: usize,
) -> Result<usize> {
    let mut wire = WireBuf::default();
    from.send(text, &mut wire)?;
    let tokens = count(wire.pending(), largest)?;
    if from.protection() == Protection::Confidentiality {
        let start = text.get(..32).context("too short")?;
        ensure!(!wire.pending().windows(32).any(|window| window == start), "it can be read");
    }
    let mut received = Vec::new();
    for piece in wire.pending_mut().chunks_mut(5003) {
        let mut piece = piece;
        while let Some(it) = to.receive(piece)? {
            received.extend_from_slice(it.octets(piece));
            piece = piece.get_mut(it.consumed..).context("outside of the input")?;
        }
        ensure!(piece.is_empty());
    }
    ensure!(received == text && to.is_between());
    Ok(tokens)
}

fn count(mut octets: &[u8], largest: usize) -> Result<usize> {
    let mut tokens = 0;
    while let Some((length, rest)) = octets.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes(*length))?;
        ensure!(length <= largest, "a token of {length} octets for a buffer of {largest}");
        octets = rest.get(length..).context("a token is cut")?;
        tokens += 1;
    }
    Ok(tokens)
}
