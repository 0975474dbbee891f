//! TLS 1.3 in memory, both ends on one thread: bulk for three suites, and small messages.
//!
//! Xiom seals and opens through the shipped stack, SASL included; the limit is a bare loop over the same
//! engine, and below it the cipher alone.

use anyhow::{Result, anyhow};
use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use rustls::CipherSuite;

use super::Peers;
use crate::bare::Bare;
use crate::consumer::Consumer;
use crate::contest::{Contest, Rival, Unit, XIOM};
use crate::material::Material;
use crate::pair::Channels;

/// Measures the rows.
///
/// # Errors
///
/// Returns an error when a handshake fails.
pub fn run(contest: &mut Contest, material: &Material, peers: &impl Peers) -> Result<()> {
    for (name, suite, cipher) in SUITES {
        let material = material.with_suite(suite);
        for (size, word) in [(16 << 10, "16 KiB"), (1 << 20, "1 MiB")] {
            let row = format!("tls-memory/{name}/{word}");
            let rivals = Some(cipher);
            measure(contest, &row, Unit::Throughput, (&material, rivals, size), peers)?;
        }
    }
    for (size, word) in [(64, "64"), (1 << 10, "1 KiB"), (4 << 10, "4 KiB")] {
        let row = format!("tls-small/aes-128-gcm/{word}");
        measure(contest, &row, Unit::Nanoseconds, (material, None, size), peers)?;
    }
    Ok(())
}

fn measure(
    contest: &mut Contest,
    row: &str,
    unit: Unit,
    (material, cipher, size): (&Material, Option<&'static aead::Algorithm>, usize),
    peers: &impl Peers,
) -> Result<()> {
    if !contest.wants(row) {
        return Ok(());
    }
    let message = vec![0x5A; size];
    let (mut theirs, mut ours) = (Consumer::copying(), Consumer::copying());
    let mut bare = Bare::open(&material.configs()?)?;
    let mut channels = Channels::open(&material.options()?)?;
    let mut rivals = vec![
        Rival::messages("engine", size, |count| bare.send(&message, count, &mut theirs)),
        Rival::messages(XIOM, size, |count| channels.send(&message, count, &mut ours)),
    ];
    if let Some(cipher) = cipher {
        let mut raw = Raw::new(cipher)?;
        rivals.push(Rival::messages("cipher alone", size, move |count| raw.send(size, count)));
    }
    rivals.extend(peers.memory(material, &message));
    contest.run(row, unit, rivals);
    Ok(())
}

/// The cipher alone, over records of the largest size.
struct Raw {
    key: LessSafeKey,
    record: Vec<u8>,
}

impl Raw {
    fn new(cipher: &'static aead::Algorithm) -> Result<Self> {
        let key = [7; 32];
        let key = key.get(..cipher.key_len()).unwrap_or(&key);
        let key = UnboundKey::new(cipher, key).map_err(|_| anyhow!("a key is refused"))?;
        Ok(Self { key: LessSafeKey::new(key), record: vec![0x5A; RECORD + 1 + TAG] })
    }

    /// Seals and opens as many records as `count` messages of `size` octets take.
    fn send(&mut self, size: usize, count: u32) -> Result<()> {
        let refused = |_| anyhow!("a record is refused");
        for _ in 0..usize::try_from(count)? * size.div_ceil(RECORD) {
            let (plain, room) = self.record.split_at_mut(RECORD + 1);
            let nonce = || Nonce::assume_unique_for_key([3; 12]);
            let tag = self.key.seal_in_place_separate_tag(nonce(), Aad::from(HEAD), plain);
            room.copy_from_slice(tag.map_err(refused)?.as_ref());
            let opened = self.key.open_in_place(nonce(), Aad::from(HEAD), &mut self.record);
            opened.map_err(refused)?;
        }
        Ok(())
    }
}

const SUITES: [(&str, CipherSuite, &aead::Algorithm); 3] = [
    ("aes-128-gcm", CipherSuite::TLS13_AES_128_GCM_SHA256, &aead::AES_128_GCM),
    ("aes-256-gcm", CipherSuite::TLS13_AES_256_GCM_SHA384, &aead::AES_256_GCM),
    ("chacha20", CipherSuite::TLS13_CHACHA20_POLY1305_SHA256, &aead::CHACHA20_POLY1305),
];
/// Octets of a record (RFC 8446 section 5.1).
const RECORD: usize = 16 << 10;
const TAG: usize = 16;
/// As long as the head of a record, which is authenticated, too.
const HEAD: [u8; 5] = [23, 3, 3, 64, 17];
