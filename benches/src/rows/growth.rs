//! Many connections in one process: what a further one costs, and a message of one of them.
//!
//! SASL over TLS, both ends in memory. One connection is the yardstick; all use the same code, so that growth
//! is the caches' and the allocator's share.

use anyhow::{Context as _, Result};

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
            let mut open = open(&options, count)?;
            let (mut next, message) = (0, &message);
            rivals.push(Rival::messages(who, MESSAGE, move |count| {
                let mut consumer = Consumer::copying();
                for _ in 0..count {
                    let at = next % open.len().max(1);
                    open.get_mut(at).context("no connection")?.send(message, 1, &mut consumer)?;
                    next = at + 1;
                }
                Ok(())
            }));
        }
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

fn open(options: &Options, count: usize) -> Result<Vec<Channels>> {
    (0..count).map(|_| Channels::open(options)).collect()
}

const OCTETS: &str = "growth/octets of 10,000 connections";
const CONNECTIONS: &str = "growth/a connection beside 10,000";
const MESSAGE: usize = 16 << 10;
