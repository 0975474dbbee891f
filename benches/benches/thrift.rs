//! Thrift SASL: frames in memory, plain and protected, beside the bare layer; frames over loopback, beside a
//! plain TCP loop with the same writes; logins.
//!
//! Both ends count, each by the CPU time of its own thread.

extern crate alloc;

use core::time::Duration;
use std::env;

use anyhow::Result;
use xiom_benches::consumer::Consumer;
use xiom_benches::counting::allocations_of;
use xiom_benches::goals::Goals;
use xiom_benches::thrift::{Bare, Login, Pair, live};
use xiom_benches::turns::{Deed, best, microseconds};
use xiom_sasl::Protection;

fn main() -> Result<()> {
    let is_measured = env::args().any(|argument| argument == "--bench");
    let scale = if is_measured { Scale { rounds: 9, octets: 64 << 20 } } else { Scale::SHORT };
    let mut goals = Goals::new("thrift");
    plain(scale, &mut goals)?;
    for protection in [Protection::Integrity, Protection::Confidentiality] {
        protected(protection, scale, &mut goals)?;
    }
    for size in [64, 4 << 10, 64 << 10, 1 << 20] {
        loopback(size, scale, &mut goals)?;
    }
    logins(scale, &mut goals)?;
    goals.finish(env!("CARGO_TARGET_TMPDIR"), is_measured)
}

/// How much is measured.
#[derive(Clone, Copy)]
struct Scale {
    rounds: u32,
    octets: usize,
}

impl Scale {
    const SHORT: Self = Self { rounds: 1, octets: 2 << 20 };

    fn count(self, message: usize) -> Result<u32> {
        Ok(u32::try_from((self.octets / message).clamp(2, 200_000))?)
    }
}

/// Frames without protection, in memory.
fn plain(scale: Scale, goals: &mut Goals) -> Result<()> {
    for size in [64, 4 << 10, 64 << 10, 1 << 20] {
        let (message, count) = (vec![7; size], scale.count(size)?);
        let mut pair = Pair::open(Login::Plain, false)?;
        let mut consumer = Consumer::looking();
        let mut send = || pair.send(&message, count, &mut consumer);
        send()?;
        let allocations = allocations_of(|| drop(send()));
        let time = fastest(scale, &mut [Box::new(|| drop(send()))]);
        let frame = time.first().map_or(0.0, |time| microseconds(*time) / f64::from(count));
        goals.figure(format!("plain frames of {size}, a frame, both ends"), frame, "us");
        let each = f64::from(u32::try_from(allocations)?) / f64::from(count);
        goals.at_most(format!("plain frames of {size}, allocations"), each, "", 0.0);
    }
    Ok(())
}

/// Frames through the layer of DIGEST-MD5, beside the layer alone.
fn protected(protection: Protection, scale: Scale, goals: &mut Goals) -> Result<()> {
    for size in [4 << 10, 60 << 10, 1 << 20] {
        let scale = Scale { octets: scale.octets / 16, ..scale };
        let (message, count) = (vec![7; size], scale.count(size)?);
        let mut pair = Pair::open(Login::DigestMd5(protection), true)?;
        let mut bare = Bare::open(protection)?;
        let (mut ours, mut theirs) = (Consumer::looking(), Consumer::looking());
        pair.send(&message, 1, &mut ours)?;
        bare.send(&message, 1, &mut theirs)?;
        let times = fastest(
            scale,
            &mut [
                Box::new(|| drop(pair.send(&message, count, &mut ours))),
                Box::new(|| drop(bare.send(&message, count, &mut theirs))),
            ],
        );
        if let [ours, bare] = *times {
            let ratio = ours.as_secs_f64() / bare.as_secs_f64();
            let what = format!("DIGEST-MD5 {protection:?}, {size}");
            goals.at_most(format!("{what}, frames / bare layer"), ratio, "x", 1.0 / 0.95);
            let sent = f64::from(count) * f64::from(u32::try_from(size)?);
            goals.figure(format!("{what}, MB/s, both ends"), sent / 1e6 / ours.as_secs_f64(), "");
        }
    }
    Ok(())
}

/// Frames over loopback, beside a plain TCP loop with the same writes and room for as much in a read.
fn loopback(size: usize, scale: Scale, goals: &mut Goals) -> Result<()> {
    let (message, count) = (vec![7; size], scale.count(size)?.min(MESSAGES));
    let (mut ours, mut bare) = (Duration::MAX, Duration::MAX);
    for _ in 0..scale.rounds.min(5) {
        bare = bare.min(live::bare(&message, count)?);
        ours = ours.min(live::frames(&message, count)?);
    }
    let octets = f64::from(count) * f64::from(u32::try_from(size)?);
    let per_gigabyte = |time: Duration| time.as_secs_f64() * 1e9 / octets;
    let what = format!("loopback, writes of {size}, CPU of both ends");
    goals.figure(format!("{what}, plain TCP"), per_gigabyte(bare), "s/GB");
    goals.figure(format!("{what}, frames"), per_gigabyte(ours), "s/GB");
    let ratio = ours.as_secs_f64() / bare.as_secs_f64();
    if size < 4 << 10 {
        goals.figure(format!("{what}, frames / plain"), ratio, "x");
    } else {
        goals.at_most(format!("{what}, frames / plain"), ratio, "x", 1.05);
    }
    Ok(())
}

/// Logins in memory, both ends.
fn logins(scale: Scale, goals: &mut Goals) -> Result<()> {
    const COUNT: u32 = 200;
    let digest = Login::DigestMd5(Protection::Integrity);
    for (name, login) in [("PLAIN", Login::Plain), ("DIGEST-MD5", digest)] {
        Pair::open(login, false)?;
        let allocations = allocations_of(|| drop(Pair::open(login, false)));
        let deed = || (0..COUNT).for_each(|_| drop(Pair::open(login, false)));
        let time = fastest(scale, &mut [Box::new(deed)]);
        let each = time.first().map_or(0.0, |time| microseconds(*time) / f64::from(COUNT));
        goals.figure(format!("{name}, a login in memory, both ends"), each, "us");
        let allocations = f64::from(u32::try_from(allocations)?);
        goals.figure(format!("{name}, allocations of it"), allocations, "");
    }
    Ok(())
}

/// Messages over loopback in one run, at most.
const MESSAGES: u32 = 50_000;

fn fastest(scale: Scale, deeds: &mut [Deed<'_>]) -> Vec<Duration> {
    best(scale.rounds, deeds)
}
