//! Proof by a counting allocator: the engine allocates nothing of its own for a record.
#![cfg(any(feature = "aws-lc-rs", feature = "ring"))]
#![expect(
    unsafe_code,
    reason = "a global allocator is an unsafe trait; this one counts and hands on"
)]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use std::alloc::System;

use xiom_core::WireBuf;
use xiom_rustls::{ClientEngine, ClientOptions, ServerEngine, ServerOptions};
use xiom_tls::{Event, TlsEngine};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call is handed on to the system's allocator as it came; counting neither allocates nor
// unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
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

/// How often `run` allocates.
fn allocations(run: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.get();
    run();
    ALLOCATIONS.get() - before
}

/// Two engines after their handshake, tickets included.
#[cfg(test)]
fn pair() -> (ClientEngine, ServerEngine) {
    let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (chain, key) = (issued.cert.pem(), issued.signing_key.serialize_pem());
    let server = ServerOptions::new(&chain, key.as_str().into()).build().unwrap();
    let client = ClientOptions::new().only_roots(&chain).build().unwrap();
    let mut client = client.engine("localhost").unwrap();
    let mut server = server.engine().unwrap();
    let (mut up, mut down) = (WireBuf::default(), WireBuf::default());
    client.read(&mut [], &mut up).unwrap();
    while !up.is_empty() || !down.is_empty() {
        hear(&mut server, &mut up, &mut down);
        hear(&mut client, &mut down, &mut up);
    }
    (client, server)
}

/// Shows an engine all of `input`; how many plain octets came.
#[cfg(test)]
fn hear(engine: &mut impl TlsEngine, input: &mut WireBuf, out: &mut WireBuf) -> usize {
    let mut plain = 0;
    while !input.is_empty() {
        let read = engine.read(input.pending_mut(), out).unwrap();
        input.take(read.consumed);
        match read.event {
            Event::Data(range) => plain += range.len(),
            Event::NeedMore if read.consumed == 0 => break,
            Event::NeedMore | Event::Established | Event::PeerClosed => {}
        }
    }
    plain
}

#[test]
fn a_record_costs_the_two_allocations_of_rustls() {
    let (mut client, mut server) = pair();
    let (mut wire, mut out) = (WireBuf::default(), WireBuf::default());
    let message = vec![7; 1 << 14];
    let mut round = || {
        client.write(&message, &mut wire).unwrap();
        assert_eq!(hear(&mut server, &mut wire, &mut out), message.len());
    };
    round(); // The buffers grow.
    assert_eq!(allocations(|| (0..64).for_each(|_| round())), 128);
}

#[test]
fn a_megabyte_costs_no_more_than_its_records() {
    let (mut client, mut server) = pair();
    let (mut wire, mut out) = (WireBuf::default(), WireBuf::default());
    let message = vec![7; 1 << 20];
    let mut round = || {
        client.write(&message, &mut wire).unwrap();
        assert_eq!(hear(&mut server, &mut wire, &mut out), message.len());
    };
    round();
    assert_eq!(allocations(round), 128);
}

#[test]
fn what_an_idle_engine_is_asked_costs_nothing() {
    let (mut client, _) = pair();
    let mut out = WireBuf::default();
    assert_eq!(allocations(|| drop(client.read(&mut [], &mut out))), 0);
}
