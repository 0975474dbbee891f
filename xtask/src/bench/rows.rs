//! The rows: what is measured, what bounds it, and what is promised.
//!
//! A row that is declared here is in every table; if nothing measures it, the table says so.

use super::goal::Against::{self, Allocations, AllocationsOf, EveryPeer, Plus, Times, Value};

/// Rows of one kind.
#[derive(Debug)]
pub(super) struct Group {
    /// What the names of its rows begin with.
    pub(super) name: &'static str,
    /// What they are about, and how it is measured.
    pub(super) title: &'static str,
    /// Whether more is better.
    pub(super) more: bool,
    /// Who bounds what is possible.
    pub(super) limit: &'static str,
}

/// One row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// `group/what`.
    pub(super) name: String,
    pub(super) goals: Vec<Against>,
    /// Why nothing measures it, if nothing does and nothing has failed.
    pub(super) absent: Option<&'static str>,
}

impl Row {
    pub(super) fn new(name: impl Into<String>, goals: &[Against]) -> Self {
        Self { name: name.into(), goals: goals.to_vec(), absent: None }
    }

    /// One that nothing measures on some machines.
    fn absent(name: &str, goals: &[Against], reason: &'static str) -> Self {
        Self { absent: Some(reason), ..Self::new(name, goals) }
    }

    /// The group that it belongs to.
    pub(super) fn group(&self) -> Option<&'static Group> {
        let name = self.name.split('/').next()?;
        GROUPS.iter().find(|group| group.name == name)
    }
}

/// Every group, in the order of the table.
pub(super) const GROUPS: &[Group] = &[
    group(
        "tls-memory",
        "TLS 1.3 in memory, both ends on one core, MB/s; allocations for a MiB",
        true,
        "engine",
    ),
    group("tls-small", "TLS 1.3, small messages, both ends, ns for a message", false, "engine"),
    group(
        "tls-loopback",
        "TLS 1.3 over loopback, one way, CPU seconds of both ends for a GB",
        false,
        "engine",
    ),
    group("tls-handshake", "TLS 1.3 handshakes, both ends, in a CPU second", true, "engine"),
    group("heap", "heap of an idle connection, SASL over TLS, octets", false, "engine"),
    group("codec-decode", "AMQP, decoded, ns", false, ""),
    group("codec-encode", "AMQP, encoded, ns", false, ""),
    group("codec-limit", "a copy of the same octets, ns", false, ""),
    group(
        "amqp-login",
        "AMQP SASL in memory: create, open, log in, close, drop, ns; heap in octets",
        false,
        "",
    ),
    group(
        "connect",
        "connect, log in, drop, over loopback, CPU of the client, us",
        false,
        "bare socket",
    ),
    group(
        "growth",
        "10,000 connections in one process: MB/s, and opened in a CPU second",
        true,
        "1 connection",
    ),
    group(
        "thrift-data",
        "Thrift SASL over loopback, one way, CPU seconds of both ends for a GB",
        false,
        "tcp",
    ),
    group(
        "thrift-connect",
        "Thrift: connect, log in, drop, CPU of the client, us",
        false,
        "bare socket",
    ),
    group("scram", "SCRAM and PLAIN beside PBKDF2", false, ""),
    group("thrift", "Thrift SASL in memory", false, ""),
    group("allocations", "allocations of the mechanisms alone", false, ""),
    group("logins", "logins over loopback, many at once", false, ""),
    group("flood", "good logins among garbage", false, ""),
    group("half_open", "clients that do not log in", false, ""),
    group("models", "search of the models, states in a CPU second", true, ""),
    group("tools", "tools of the project", false, ""),
    group("size", "octets of programs, stripped", false, ""),
    group("build", "builds, CPU seconds", false, ""),
];

const fn group(name: &'static str, title: &'static str, more: bool, limit: &'static str) -> Group {
    Group { name, title, more, limit }
}

/// Names of limits: whoever else is in a row is a peer.
pub(super) const LIMITS: &[&str] = &[
    "engine",
    "cipher alone",
    "tcp",
    "tcp, a write each",
    "bare layer",
    "bare socket",
    "1 connection",
    "100 connections",
    "xiom, machine",
];

/// Every declared row.
pub(super) fn rows() -> Vec<Row> {
    let mut rows = tls();
    rows.extend(codec());
    rows.extend(logins());
    rows.extend(thrift());
    rows.extend(others());
    rows
}

fn tls() -> Vec<Row> {
    let mut rows = Vec::new();
    for suite in ["aes-128-gcm", "aes-256-gcm", "chacha20"] {
        for size in ["16 KiB", "1 MiB"] {
            let goals = [
                Times(0.95, "engine"),
                Times(2.0, "OpenSSL"),
                Times(1.3, "rustls"),
                AllocationsOf("engine"),
            ];
            rows.push(Row::new(format!("tls-memory/{suite}/{size}"), &goals));
        }
    }
    for size in ["64", "1 KiB", "4 KiB"] {
        let goals = [Plus(80.0, "engine"), AllocationsOf("engine")];
        rows.push(Row::new(format!("tls-small/aes-128-gcm/{size}"), &goals));
    }
    for size in ["16 KiB", "1 MiB"] {
        for way in ["poll", "tokio"] {
            let goals = [Times(0.95, "tokio-rustls"), Times(0.6, "OpenSSL")];
            rows.push(Row::new(format!("tls-loopback/{way}/{size}"), &goals));
        }
    }
    for kind in ["full", "full, X25519", "resumed"] {
        let mut goals = vec![Times(0.97, "engine")];
        // OpenSSL has no hybrid group before 3.5.
        goals.extend((kind == "full, X25519").then_some(Times(1.0, "OpenSSL")));
        rows.push(Row::new(format!("tls-handshake/{kind}"), &goals));
    }
    for end in ["client", "server"] {
        for state in ["fresh", "after 1 MiB"] {
            rows.push(Row::new(format!("heap/{end}, {state}"), &[Plus(512.0, "engine")]));
        }
    }
    rows
}

fn codec() -> Vec<Row> {
    // Nanoseconds of the fastest consumer that is known: the generated ones within proton's own transport.
    let frames = [
        ("mechanisms 1", Some(39.0), Some(54.0)),
        ("mechanisms 1 sym32", Some(42.0), None),
        ("mechanisms 8", Some(52.0), Some(98.0)),
        ("mechanisms 8 sym32", Some(60.0), None),
        ("init plain", Some(37.0), Some(51.0)),
        ("challenge 200", Some(33.0), Some(41.0)),
        ("outcome", Some(38.0), Some(40.0)),
        ("map 32", Some(1000.0), None),
        ("list 1000", Some(3000.0), None),
        ("binary 64 KiB", None, None),
    ];
    let mut rows = Vec::new();
    for (group, is_decode) in [("codec-decode", true), ("codec-encode", false)] {
        for (name, decode, encode) in frames {
            if !is_decode && name.ends_with("sym32") {
                continue;
            }
            let bound = if is_decode { decode } else { encode };
            let mut goals = vec![Allocations(0.0)];
            goals.extend(bound.map(Value));
            // What is copied is bounded by the copy.
            if name != "binary 64 KiB" || is_decode {
                goals.push(Times(0.25, "serde_amqp"));
            }
            rows.push(Row::new(format!("{group}/{name}"), &goals));
        }
    }
    rows.push(Row::new("codec-limit/copy 64 KiB", &[]));
    rows
}

fn logins() -> Vec<Row> {
    let mut rows = Vec::new();
    for mechanism in ["PLAIN", "ANONYMOUS"] {
        for (offered, bound) in [(1, 300.0), (8, 400.0)] {
            let goals = [Value(bound), Allocations(4.0), EveryPeer];
            rows.push(Row::new(format!("amqp-login/{mechanism}, {offered} offered"), &goals));
        }
    }
    rows.push(Row::new("amqp-login/heap of an instance", &[Value(384.0)]));
    for transport in ["tcp", "tls"] {
        for mechanism in ["PLAIN", "SCRAM-SHA-256"] {
            let goals = [Times(1.1, "bare socket"), EveryPeer];
            rows.push(Row::new(format!("connect/{transport}, {mechanism}"), &goals));
        }
    }
    let flat = [Times(0.9, "1 connection")];
    rows.push(Row::new("growth/octets of 10,000 connections", &flat));
    rows.push(Row::new("growth/a connection beside 10,000", &flat));
    rows
}

fn thrift() -> Vec<Row> {
    let mut rows = vec![Row::new("thrift-data/none, 64", &[Times(0.25, "tcp, a write each")])];
    for size in ["4 KiB", "64 KiB", "1 MiB"] {
        rows.push(Row::new(format!("thrift-data/none, {size}"), &[Times(1.05, "tcp")]));
    }
    // Throughput of so many times Java's is so much less time.
    for (name, factor) in [("auth-int", 1.2), ("auth-conf 3des", 1.5), ("auth-conf rc4", 1.5)] {
        for size in ["4 KiB", "64 KiB"] {
            let goals = [Times(round(1.0 / factor), "Java")];
            rows.push(Row::new(format!("thrift-data/DIGEST-MD5 {name}, {size}"), &goals));
        }
    }
    let reason = "no realm of Kerberos could be started";
    for name in ["auth-int", "auth-conf"] {
        let name = format!("thrift-data/GSSAPI {name}, 64 KiB");
        rows.push(Row::absent(&name, &[Times(1.05, "bare layer")], reason));
    }
    rows.push(Row::new("thrift-connect/PLAIN", &[Times(1.1, "bare socket"), EveryPeer]));
    rows.push(Row::new("thrift-connect/DIGEST-MD5", &[EveryPeer]));
    rows.push(Row::absent("thrift-connect/GSSAPI", &[EveryPeer], reason));
    rows
}

fn others() -> Vec<Row> {
    let mut rows = Vec::new();
    for model in ["client-stack", "tlsio", "server-stack", "pair-plain", "counters"] {
        rows.push(Row::new(format!("models/{model}"), &[Times(2.0, "stateright")]));
    }
    rows.push(Row::new("tools/trace check", &[Value(0.3)]));
    rows.push(Row::new("size/the command-line program", &[Value(8e6)]));
    rows.push(Row::new("size/the least client, default features", &[]));
    rows.push(Row::new("build/the least client, from nothing", &[]));
    rows
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_row_has_a_group_and_a_name_of_its_own() {
        let rows = rows();
        let names: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names.len(), rows.len());
        assert!(rows.iter().all(|row| row.group().is_some()));
    }
}
