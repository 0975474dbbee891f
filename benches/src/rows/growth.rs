//! Many connections in one process: what a further one costs, and a message of one of them.
//!
//! SASL over TLS, both ends in memory, which give their buffers back after each message, as adapters do that
//! have nothing left to do. One connection is the yardstick; all use the same code, so that growth
//! is the caches' and the allocator's share.

use anyhow::{Context as _, Result};

use crate::bare::Bare;
use crate::consumer::Consumer;
use crate::contest::{Contest, Effort, Rival, Unit, XIOM};
use crate::material::Material;
use crate::pair::{Channels, Options};

/// Measures the rows.
///
/// # Errors
///
/// Returns an error when a login fails.
pub fn run(contest: &mut Contest, material: &Material) -> Result<()> {
    let options = material.options()?;
    let most = match contest.effort() {
        Effort::Trial => 4,
        Effort::Quick => 2_000,
        Effort::Full => 10_000,
    };
    let sizes = [("1 connection", 1), ("100 connections", 100.min(most)), (XIOM, most)];
    if contest.wants(OCTETS) {
        let message = vec![0x5A; MESSAGE];
        let mut rivals = Vec::new();
        for (who, count) in sizes {
            let open = open(&options, count)?;
            rivals.push(in_turn(who, open, |channels, consumer| {
                channels.send(&message, 1, consumer)?;
                channels.rest();
                Ok(())
            }));
        }
        // What the engine's own keys and states take of it, which lie in no cache any more.
        let configs = material.configs()?;
        let engines = (0..most).map(|_| Bare::open(&configs)).collect::<Result<_>>()?;
        rivals.push(in_turn("engine", engines, |bare: &mut Bare, consumer| {
            bare.send(&message, 1, consumer)?;
            bare.rest();
            Ok(())
        }));
        contest.run(OCTETS, Unit::Throughput, rivals);
    }
    if contest.wants(CONNECTIONS) {
        let mut rivals = Vec::new();
        for (who, count) in sizes {
            let (kept, options) = (open(&options, count)?, &options);
            rivals.push(Rival::messages(who, 0, move |count| {
                for _ in 0..count {
                    drop(Channels::open(options)?);
                }
                core::hint::black_box(&kept);
                Ok(())
            }));
        }
        contest.run(CONNECTIONS, Unit::Rate, rivals);
    }
    Ok(())
}

/// Sends by one of `all` after the other.
fn in_turn<'a, T: 'a>(
    who: &'static str,
    mut all: Vec<T>,
    mut send: impl FnMut(&mut T, &mut Consumer) -> Result<()> + 'a,
) -> Rival<'a> {
    let mut next = 0;
    Rival::messages(who, MESSAGE, move |count| {
        let mut consumer = Consumer::copying();
        for _ in 0..count {
            let at = next % all.len().max(1);
            send(all.get_mut(at).context("no connection")?, &mut consumer)?;
            next = at + 1;
        }
        Ok(())
    })
}

fn open(options: &Options, count: usize) -> Result<Vec<Channels>> {
    (0..count).map(|_| Channels::open(options)).collect()
}

const OCTETS: &str = "growth/octets of 10,000 connections";
const CONNECTIONS: &str = "growth/a connection beside 10,000";
const MESSAGE: usize = 16 << 10;
