//! Octets through SASL over TLS, beside a bare loop over the same engine; and what an idle connection holds.
//!
//! Both loops seal and open the same messages on one thread, in turns; the best of all rounds counts, because
//! whatever disturbs a round makes it slower. A row is held or behind its goal.

use core::time::Duration;
use std::env;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use rustls::client::UnbufferedClientConnection;
use rustls::server::UnbufferedServerConnection;
use serde::Serialize;
use xiom_benches::bare::Bare;
use xiom_benches::consumer::Consumer;
use xiom_benches::cpu::Moment;
use xiom_benches::material::Material;
use xiom_benches::pair::{Channels, ClientLayers, Connections, ServerLayers};
use xiom_benches::{counting, report};
use xiom_core::{Channel, Connection};

fn main() -> Result<()> {
    // Without the flag that `cargo bench` gives, such as in a test run, it is enough that all of it works.
    let is_measured = env::args().any(|argument| argument == "--bench");
    let effort = if is_measured { FULL } else { TRIAL };
    let material = Material::new()?;
    let rows = transfers(&material, effort)?;
    rows.iter().for_each(Row::print);
    let heap = heap(&material, effort)?;
    heap.iter().for_each(Heap::print);
    let inline = inline();
    println!("\noctets of the types themselves");
    for Inline { name, octets } in &inline {
        println!("  {name:<58} {octets:>6}");
    }
    if !is_measured {
        return Ok(());
    }
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().context("no target folder")?;
    report::write(&target.join("xiom-benches"), "channel", &Report { rows, heap, inline })
}

/// How much is done for each figure.
#[derive(Clone, Copy)]
struct Effort {
    rounds: u8,
    /// What the messages of one round are divided by.
    part: u32,
    connections: u32,
}

const FULL: Effort = Effort { rounds: 9, part: 1, connections: 100 };
const TRIAL: Effort = Effort { rounds: 1, part: 100, connections: 2 };

#[derive(Serialize)]
struct Report {
    rows: Vec<Row>,
    heap: Vec<Heap>,
    inline: Vec<Inline>,
}

/// One size of messages: the limit, and what we make of it.
#[derive(Serialize)]
struct Row {
    path: &'static str,
    message: usize,
    bare: Cost,
    xiom: Cost,
    /// Throughput of Xiom in percent of that of the bare loop.
    percent: f64,
    goal_percent: Option<f64>,
    is_held: bool,
}

/// What the transfer of messages of one size costs.
#[derive(Clone, Copy, Serialize)]
struct Cost {
    nanoseconds_per_message: f64,
    megabytes_per_second: f64,
    allocations_per_mebibyte: f64,
}

/// How octets get from one end to the other.
#[derive(Clone, Copy)]
enum Way {
    CopiedAtTheEnd,
    SeenInPlace,
    ThroughInputBuffers,
}

impl Way {
    const fn name(self) -> &'static str {
        match self {
            Self::CopiedAtTheEnd => "the consumer copies",
            Self::SeenInPlace => "the consumer looks in place",
            Self::ThroughInputBuffers => "through input buffers, and the consumer copies",
        }
    }

    fn consumer(self) -> Consumer {
        match self {
            Self::SeenInPlace => Consumer::looking(),
            Self::CopiedAtTheEnd | Self::ThroughInputBuffers => Consumer::copying(),
        }
    }
}

/// The ends that all transfers use.
struct Ends {
    bare: Bare,
    channels: Channels,
    connections: Connections,
}

impl Ends {
    fn open(material: &Material) -> Result<Self> {
        let options = material.options()?;
        Ok(Self {
            bare: Bare::open(&material.configs()?)?,
            channels: Channels::open(&options)?,
            connections: Connections::open(&options)?,
        })
    }

    fn bare(&mut self, way: Way, message: &[u8], count: u32) -> Result<Cost> {
        let bare = &mut self.bare;
        cost(way, message, count, |consumer| match way {
            Way::CopiedAtTheEnd | Way::SeenInPlace => bare.send(message, count, consumer),
            Way::ThroughInputBuffers => bare.send_buffered(message, count, consumer),
        })
    }

    fn xiom(&mut self, way: Way, message: &[u8], count: u32) -> Result<Cost> {
        let Self { channels, connections, .. } = self;
        cost(way, message, count, |consumer| match way {
            Way::CopiedAtTheEnd | Way::SeenInPlace => channels.send(message, count, consumer),
            Way::ThroughInputBuffers => connections.send(message, count, consumer),
        })
    }
}

/// Measures `deed`, which is to bring `count` times `message` to the consumer.
fn cost(
    way: Way,
    message: &[u8],
    count: u32,
    deed: impl FnOnce(&mut Consumer) -> Result<()>,
) -> Result<Cost> {
    let mut consumer = way.consumer();
    let before = counting::allocations();
    let start = Moment::now();
    deed(&mut consumer)?;
    let time = start.elapsed();
    let allocations = number(counting::allocations() - before)?;
    let octets = message.len() * usize::try_from(count)?;
    ensure!(consumer.octets() == octets, "octets are missing");
    let octets = number(octets)?;
    Ok(Cost {
        nanoseconds_per_message: nanoseconds(time) / f64::from(count),
        megabytes_per_second: octets / time.as_secs_f64() / 1e6,
        allocations_per_mebibyte: allocations / (octets / f64::from(1 << 20)),
    })
}

fn transfers(material: &Material, effort: Effort) -> Result<Vec<Row>> {
    let mut ends = Ends::open(material)?;
    let mut rows = Vec::new();
    for way in [Way::CopiedAtTheEnd, Way::SeenInPlace, Way::ThroughInputBuffers] {
        for (size, count, goal) in SIZES {
            rows.push(row(&mut ends, way, &vec![0x5A; size], count, goal, effort)?);
        }
    }
    Ok(rows)
}

/// Measures both in turns; which is first alternates, too.
fn row(
    ends: &mut Ends,
    way: Way,
    message: &[u8],
    count: u32,
    goal_percent: Option<f64>,
    effort: Effort,
) -> Result<Row> {
    let count = (count / effort.part).max(1);
    // Once before it counts, so that all buffers have grown.
    let mut bare = ends.bare(way, message, 1)?;
    let mut xiom = ends.xiom(way, message, 1)?;
    for round in 0..effort.rounds {
        if round % 2 == 0 {
            bare = bare.better(ends.bare(way, message, count)?);
            xiom = xiom.better(ends.xiom(way, message, count)?);
        } else {
            xiom = xiom.better(ends.xiom(way, message, count)?);
            bare = bare.better(ends.bare(way, message, count)?);
        }
    }
    let percent = 100.0 * xiom.megabytes_per_second / bare.megabytes_per_second;
    // A rare allocation, such as a queue that grows once, is less than this.
    let is_held = goal_percent.is_none_or(|goal| goal <= percent)
        && xiom.allocations_per_mebibyte <= bare.allocations_per_mebibyte + 0.5;
    Ok(Row { path: way.name(), message: message.len(), bare, xiom, percent, goal_percent, is_held })
}

impl Cost {
    fn better(self, other: Self) -> Self {
        if self.megabytes_per_second < other.megabytes_per_second { other } else { self }
    }
}

impl Row {
    fn print(&self) {
        let Self { path, message, bare, xiom, percent, goal_percent, is_held } = self;
        if Some(*message) == SIZES.first().map(|(size, ..)| *size) {
            println!("\nTLS 1.3 AES-128-GCM, both ends, {path}");
            println!(
                "{:>9} {:>10} {:>10} {:>11} {:>11} {:>8} {:>8} {:>7}  goal",
                "octets",
                "bare MB/s",
                "xiom MB/s",
                "bare ns",
                "xiom ns",
                "allocs",
                "allocs",
                "ratio"
            );
        }
        let goal = goal_percent.map(|goal| format!("{goal} %, ")).unwrap_or_default();
        println!(
            "{message:>9} {:>10.0} {:>10.0} {:>11.0} {:>11.0} {:>8.0} {:>8.0} {percent:>5.1} %  {goal}no allocation: {}",
            bare.megabytes_per_second,
            xiom.megabytes_per_second,
            bare.nanoseconds_per_message,
            xiom.nanoseconds_per_message,
            bare.allocations_per_mebibyte,
            xiom.allocations_per_mebibyte,
            report::verdict(*is_held),
        );
    }
}

/// What one idle connection holds on the heap, its own size included.
#[derive(Serialize)]
struct Heap {
    side: &'static str,
    state: &'static str,
    bare: u64,
    xiom: u64,
    goal: u64,
    is_held: bool,
}

impl Heap {
    fn new(side: &'static str, state: &'static str, bare: u64, xiom: u64) -> Self {
        let goal = bare + 512;
        Self { side, state, bare, xiom, goal, is_held: xiom <= goal }
    }

    fn print(&self) {
        let Self { side, state, bare, xiom, goal, is_held } = self;
        if (*side, *state) == ("client", FRESH) {
            println!("\nheap of an idle connection, SASL over TLS, octets");
            println!("{:<8} {:<14} {:>6} {:>6} {:>6}  goal", "", "", "bare", "xiom", "more");
        }
        let more = i128::from(*xiom) - i128::from(*bare);
        let verdict = report::verdict(*is_held);
        println!("{side:<8} {state:<14} {bare:>6} {xiom:>6} {more:>+6}  {goal}: {verdict}");
    }
}

fn heap(material: &Material, effort: Effort) -> Result<Vec<Heap>> {
    let (configs, options) = (material.configs()?, material.options()?);
    let count = effort.connections;
    let mut figures = Vec::new();
    for (state, message) in [(FRESH, &[][..]), (USED, &vec![0x5A; 1 << 20])] {
        let mut nobody = Consumer::looking();
        let mut bare = || -> Result<Bare> {
            let mut bare = Bare::open(&configs)?;
            bare.greet()?;
            bare.send(message, u32::from(!message.is_empty()), &mut nobody)?;
            Ok(bare)
        };
        let bare_client = held_each(count, || Ok(Box::new(bare()?.client)))?;
        let bare_server = held_each(count, || Ok(Box::new(bare()?.server)))?;
        let mut nobody = Consumer::looking();
        let mut xiom = || {
            let mut connections = Connections::open(&options)?;
            connections.send(message, u32::from(!message.is_empty()), &mut nobody)?;
            connections.idle()
        };
        let client = held_each(count, || Ok(xiom()?.0))?;
        let server = held_each(count, || Ok(xiom()?.1))?;
        figures.push(Heap::new("client", state, bare_client, client));
        figures.push(Heap::new("server", state, bare_server, server));
    }
    Ok(figures)
}

/// Octets that each of `count` things holds.
fn held_each<T>(count: u32, mut make: impl FnMut() -> Result<Box<T>>) -> Result<u64> {
    // What is made once for all, such as a cache, is none of theirs.
    drop(make()?);
    let mut kept = Vec::with_capacity(usize::try_from(count)?);
    let before = counting::held();
    for _ in 0..count {
        kept.push(make()?);
    }
    Ok((counting::held() - before) / u64::from(count))
}

#[derive(Serialize)]
struct Inline {
    name: &'static str,
    octets: usize,
}

fn inline() -> Vec<Inline> {
    let of = |name, octets| Inline { name, octets };
    vec![
        of("rustls client", size_of::<UnbufferedClientConnection>()),
        of("rustls server", size_of::<UnbufferedServerConnection>()),
        of("Stack<sasl::Client, Tls<ClientEngine>>", size_of::<ClientLayers>()),
        of("Stack<sasl::Server, Tls<ServerEngine>>", size_of::<ServerLayers>()),
        of("Channel<Stack<sasl::Client, ..>>", size_of::<Channel<ClientLayers>>()),
        of("Channel<Stack<sasl::Server, ..>>", size_of::<Channel<ServerLayers>>()),
        of("Connection<Stack<sasl::Client, ..>>", size_of::<Connection<ClientLayers>>()),
        of("Connection<Stack<sasl::Server, ..>>", size_of::<Connection<ServerLayers>>()),
    ]
}

/// Exact below 2^32, and nearly so above.
fn number(count: impl TryInto<u64>) -> Result<f64> {
    let count = count.try_into().ok().context("too large")?;
    let (high, low) = (u32::try_from(count >> 32)?, u32::try_from(count & u64::from(u32::MAX))?);
    Ok(f64::from(high) * 2_f64.powi(32) + f64::from(low))
}

fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}

const FRESH: &str = "fresh";
const USED: &str = "after 1 MiB";

/// Octets of a message, messages in a round, and the least throughput in percent of the bare loop.
const SIZES: [(usize, u32, Option<f64>); 4] = [
    (64, 150_000, None),
    (1 << 10, 64 << 10, None),
    (16 << 10, 12 << 10, Some(95.0)),
    (1 << 20, 192, Some(95.0)),
];
