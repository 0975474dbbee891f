//! What `cargo xtask bench --instructions` counts: the codec, the machines and the path of the data.
//!
//! Every case is the same each time, salts and nonces included. TLS is a toy here: the real engine uses
//! instructions of the processor that valgrind may not know.
//!
//! ```text
//! instructions --list          the names
//! instructions --case NAME     does it a hundred times within `xiom_measured`
//! ```

use core::hint::black_box;
use std::env;

use anyhow::{Context as _, Result, ensure};
use xiom_benches::consumer::Consumer;
use xiom_benches::pair::ToyChannels;
use xiom_benches::rows::codec::{Case, EIGHT, visit};
use xiom_benches::rows::login::{log_in, make, server_octets};
use xiom_benches::thrift::{Login, Pair};
use xiom_sasl::Protection;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let chosen = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--list"] => Chosen::List,
        ["--case", name] => Chosen::One(name.to_owned()),
        // As cargo calls it, with or without `--bench`: it is enough that all of it works.
        _ => Chosen::All,
    };
    let mut bench = Bench { chosen, done: 0 };
    visit(|Case { group, name, mut deed, .. }| {
        bench.case(&format!("{group} {name}"), || {
            deed();
            Ok(())
        })
    })?;
    logins(&mut bench)?;
    data(&mut bench)?;
    ensure!(bench.done != 0 || bench.chosen == Chosen::List, "there is no such case");
    Ok(())
}

fn logins(bench: &mut Bench) -> Result<()> {
    for (mechanism, names) in [("PLAIN", &["PLAIN"][..]), ("PLAIN", &EIGHT), ("ANONYMOUS", &EIGHT)]
    {
        let said = server_octets(names)?;
        bench.case(&format!("login {mechanism}, {} offered", names.len()), || {
            log_in(make(mechanism)?, &said).context("refused")
        })?;
    }
    bench.case("login PLAIN, both ends, over a toy of TLS", || ToyChannels::toy().map(drop))?;
    for (name, login) in
        [("PLAIN", Login::Plain), ("DIGEST-MD5", Login::DigestMd5(Protection::Integrity))]
    {
        bench.case(&format!("login {name}, Thrift, both ends"), || {
            Pair::open(login, false).map(drop)
        })?;
    }
    Ok(())
}

fn data(bench: &mut Bench) -> Result<()> {
    for size in [64, 16 << 10] {
        let (message, mut consumer) = (vec![0x5A; size], Consumer::looking());
        let mut ends = ToyChannels::toy()?;
        bench.case(&format!("data {size}, AMQP over a toy of TLS, both ends"), || {
            ends.send(&message, 1, &mut consumer)
        })?;
        for (name, login) in [
            ("none", Login::Plain),
            ("auth-int", Login::DigestMd5(Protection::Integrity)),
            ("auth-conf", Login::DigestMd5(Protection::Confidentiality)),
        ] {
            // 3DES takes thousands of instructions for each of its blocks: a short message tells the same.
            if name == "auth-conf" && 64 < size {
                continue;
            }
            let mut pair = Pair::open(login, true)?;
            bench.case(&format!("data {size}, Thrift {name}, both ends"), || {
                pair.send(&message, 1, &mut consumer)
            })?;
        }
    }
    Ok(())
}

#[derive(Eq, PartialEq)]
enum Chosen {
    List,
    One(String),
    All,
}

struct Bench {
    chosen: Chosen,
    done: u32,
}

impl Bench {
    fn case(&mut self, name: &str, mut deed: impl FnMut() -> Result<()>) -> Result<()> {
        let is_wanted = match &self.chosen {
            Chosen::List => {
                println!("{name}");
                false
            }
            Chosen::One(chosen) => chosen == name,
            Chosen::All => true,
        };
        if is_wanted {
            // So that buffers have grown.
            deed()?;
            deed()?;
            xiom_measured(&mut deed)?;
            self.done += 1;
        }
        Ok(())
    }
}

/// What is counted; its name is what valgrind looks for.
#[inline(never)]
fn xiom_measured(deed: &mut dyn FnMut() -> Result<()>) -> Result<()> {
    for _ in 0..black_box(OPERATIONS) {
        deed()?;
    }
    Ok(())
}

/// As the counting program assumes.
const OPERATIONS: u32 = 100;
