//! Proof by a counting allocator: memory grows with the octets that came, and not with those announced.
#![cfg(test)]
#![expect(
    unsafe_code,
    reason = "a global allocator is an unsafe trait; this one counts and hands on"
)]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use std::alloc::System;

use xiom_core::{Bindings, Layer, Phase, Security, WireBuf};
use xiom_sasl::client::{CramMd5, Mechanism};
use xiom_sasl::server::{self, Plain};
use xiom_sasl::{Credentials, Decoy, Policy};
use xiom_thrift_sasl::{Client, ClientConfig, PayloadLimit, Server, ServerConfig};

struct Counting;

thread_local! {
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is handed on to the system's allocator as it came; counting neither allocates nor unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.set(LARGEST.get().max(layout.size()));
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above; `pointer` came from `System`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The largest allocation of `run`.
fn largest<T>(run: impl FnOnce() -> T) -> (usize, T) {
    LARGEST.set(0);
    let result = run();
    (LARGEST.get(), result)
}

fn ground() -> Security {
    Security { confidential: true, certificate: false, peer: None, bindings: Bindings::default() }
}

/// As much as a payload or a frame may have, with bounds that admit all.
const LARGE: u32 = 0x7FFF_FFFF;

fn feed(layer: &mut impl Layer, octets: &[u8], out: &mut WireBuf) {
    for octet in octets {
        let mut input = [*octet];
        while let Some(got) = layer.receive(&mut input, out) {
            if got.consumed == 1 {
                break;
            }
        }
    }
}

fn client(payload_limit: PayloadLimit, out: &mut WireBuf) -> Client {
    let credentials = Credentials::new("user", "pencil");
    let mechanism = Mechanism::from(CramMd5::new(credentials).unwrap());
    let policy = Policy { allow_legacy: true, ..Policy::default() };
    let config = ClientConfig { payload_limit, policy, ..ClientConfig::default() };
    let mut client = Client::new(mechanism, config);
    client.open(&ground(), out);
    client
}

fn server(payload_limit: PayloadLimit, out: &mut WireBuf) -> Server {
    let mechanism = server::Mechanism::from(Plain::new(Decoy::new([3; 32], 64, 16)));
    let config = ServerConfig { payload_limit, ..ServerConfig::default() };
    let mut server = Server::new(vec![mechanism], config);
    server.open(&ground(), out);
    server
}

#[test]
fn the_counter_counts() {
    assert_eq!(largest(|| drop(vec![1_u8; 4711])).0, 4711);
}

//= test SRS_THRIFT_SASL_50_032, SRS_THRIFT_SASL_50_027
#[test]
fn what_is_announced_is_not_reserved() {
    let bounded = PayloadLimit::new(LARGE);
    for length in [1_000_000, LARGE, 0x8000_0000, u32::MAX] {
        for came in [0, 1, 5, 100] {
            let head = [&[2][..], &length.to_be_bytes(), &vec![b'?'; came]].concat();
            let mut out = WireBuf::default();
            let mut client = client(bounded, &mut out);
            let (size, ()) = largest(|| feed(&mut client, &head, &mut out));
            assert!(size <= 1024, "{length}, {came} came: {size}");
            assert_eq!(matches!(client.phase(), Phase::Opening(_)), length <= LARGE);

            let start = [&[1][..], &length.to_be_bytes(), &vec![b'?'; came]].concat();
            let mut server = server(bounded, &mut out);
            let (size, ()) = largest(|| feed(&mut server, &start, &mut out));
            assert!(size <= 1024, "{length}, {came} came: {size}");
            assert_eq!(matches!(server.phase(), Phase::Opening(_)), length <= LARGE);
        }
    }
}

//= test SRS_THRIFT_SASL_50_032
#[test]
fn what_came_is_kept_at_most_twice() {
    let mut out = WireBuf::default();
    let mut server = server(PayloadLimit::new(LARGE), &mut out);
    feed(&mut server, &[&[1][..], &LARGE.to_be_bytes()].concat(), &mut out);
    let mut came = 5;
    for part in [1_usize, 10, 1000, 100_000] {
        let (size, ()) = largest(|| feed(&mut server, &vec![b'?'; part], &mut out));
        came += part;
        assert!(size <= 2 * came, "{came} came: {size}");
    }
}

//= test SRS_THRIFT_SASL_50_032, SRS_THRIFT_SASL_01_031
/// Nothing of a frame without protection is kept.
#[test]
fn a_frame_is_not_gathered() {
    let mut out = WireBuf::default();
    let mut server = server(PayloadLimit::default(), &mut out);
    feed(&mut server, b"\x01\0\0\0\x05PLAIN\x05\0\0\0\x0c\0user\0pencil", &mut out);
    server.lookup(xiom_sasl::server::LookupAnswer::Verified(true), &mut out);
    server.authorize(true, &mut out);
    assert_eq!(server.phase(), Phase::Open);
    let octets = [&16_384_000_u32.to_be_bytes()[..], &[7; 5000]].concat();
    let mut whole = octets.clone();
    let (size, got) = largest(|| {
        let got = server.receive(&mut whole, &mut out);
        feed(&mut server, &octets[..4000], &mut out);
        got
    });
    assert_eq!((size, got.map(|got| got.data)), (0, Some(4..5004)));
}
