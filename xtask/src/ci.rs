//! `cargo xtask ci`: what needs more than the toolchain, and installs it.
//!
//! What cannot be had on a machine is said aloud, and the next best check runs in its place.

use std::path::Path;

use anyhow::{Context, Result};

use crate::step::{self, root, step};

/// The crates that perform no IO; that they build for a machine without an operating system proves it.
const NO_STD: [&str; 7] = [
    "xiom-core",
    "xiom-amqp-codec",
    "xiom-thrift-codec",
    "xiom-sasl",
    "xiom-tls",
    "xiom-amqp-sasl",
    "xiom-thrift-sasl",
];
/// Bare-metal targets, the best first.
const TARGETS: [&str; 2] = ["thumbv7em-none-eabi", "x86_64-unknown-none"];

/// Runs all steps.
pub(crate) fn run() -> Result<()> {
    step("bare-metal builds", bare_metal)?;
    step("minimum supported Rust version", msrv)?;
    step("features", features)?;
    step("licences, sources and duplicates", deny)
}

fn bare_metal() -> Result<()> {
    let target = TARGETS.into_iter().find(|target| add_target(target));
    let packages = NO_STD.iter().flat_map(|name| ["--package", name]);
    // What is broken by today's standard must not need an operating system, either.
    let packages = packages.chain(["--features", "xiom-sasl/legacy"]);
    let Some(target) = target else {
        eprintln!("    no bare-metal target can be had here; building for the host instead, where");
        eprintln!("    `#![no_std]` still refuses every name of std in these crates themselves");
        let words: Vec<_> = ["cargo", "build"].into_iter().chain(packages).collect();
        return step::run(&words);
    };
    eprintln!("    target {target}");
    let words: Vec<_> =
        ["cargo", "build", "--target", target].into_iter().chain(packages).collect();
    step::run(&words)
}

fn add_target(target: &str) -> bool {
    let installed = step::output(&["rustup", "target", "list", "--installed"]).unwrap_or_default();
    installed.lines().any(|line| line == target)
        || step::output(&["rustup", "target", "add", target]).is_some()
}

/// Checks with the version that the manifest states, if it can be had.
fn msrv() -> Result<()> {
    let version = env!("CARGO_PKG_RUST_VERSION");
    let here = step::output(&["rustc", "--version"]).context("no rustc")?;
    if here.contains(&format!("rustc {version}.")) {
        eprintln!("    the toolchain in use is {version}, and `cargo xtask test` ran with it");
        return step::run(&["cargo", "check", "--workspace"]);
    }
    let toolchain = format!("+{version}");
    if step::output(&["cargo", &toolchain, "--version"]).is_none()
        && step::output(&["rustup", "toolchain", "install", "--profile", "minimal", version])
            .is_none()
    {
        eprintln!("    Rust {version} cannot be had here: not checked");
        return Ok(());
    }
    step::run(&["cargo", &toolchain, "check", "--workspace", "--target-dir", "target/msrv"])
}

/// Each feature builds alone, and so do all of them and none; every pair would take a quarter of an hour.
fn features() -> Result<()> {
    let hack = tool("cargo-hack", "0.6.46")?;
    step::run(&[&hack, "hack", "check", "--workspace", "--each-feature"])
}

/// What deny.toml permits; the database of advisories lives on the network, which not every machine has.
fn deny() -> Result<()> {
    let deny = tool("cargo-deny", "0.20.2")?;
    step::run(&[&deny, "check", "--hide-inclusion-graph", "bans", "licenses", "sources"])?;
    if step::output(&[&deny, "fetch", "db"]).is_some() {
        return step::run(&[&deny, "check", "advisories"]);
    }
    eprintln!("    the database of advisories cannot be had here: not checked");
    Ok(())
}

/// The path of a tool, which is installed into the target folder unless it is on the path or there.
pub(crate) fn tool(name: &str, version: &str) -> Result<String> {
    if step::output(&[name, "--version"]).is_some() {
        return Ok(name.to_owned());
    }
    let folder = root().join("target").join("tools");
    let path = folder.join("bin").join(name);
    let text = |path: &Path| path.to_str().map(str::to_owned).context("the path is not UTF-8");
    if step::output(&[&text(&path)?, "--version"]).is_none() {
        // Unoptimised: it is built on every fresh machine, and runs for seconds.
        eprintln!("    installing {name} {version}");
        let folder = text(&folder)?;
        step::run(&[
            "cargo",
            "install",
            "--locked",
            "--debug",
            "--root",
            &folder,
            "--version",
            version,
            name,
        ])?;
    }
    text(&path)
}
