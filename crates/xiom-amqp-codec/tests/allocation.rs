//! Proof by a counting allocator: decoding allocates nothing, and encoding nothing when its buffer has room.
#![expect(
    unsafe_code,
    reason = "a global allocator is an unsafe trait; this one counts and hands on"
)]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use std::alloc::System;

use xiom_amqp_codec::{
    Challenge, Init, List, Mechanisms, Outcome, Performative, Response, SaslCode, Symbol, Value,
};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call is handed on to the system's allocator as it came; counting neither allocates nor unwinds.
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

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(vec![1_u8])), 1);
}

//= test SRS_AMQP_CODEC_01_010, SRS_AMQP_CODEC_01_011
#[test]
fn sasl_frames_are_read_and_written_without_allocation() {
    let names = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "EXTERNAL", "ANONYMOUS"];
    let secret = [7; 200];
    let performatives = [
        Performative::Mechanisms(Mechanisms::new(&names).unwrap()),
        Performative::Init(Init {
            mechanism: Symbol::new("PLAIN").unwrap(),
            initial_response: Some(&secret),
            hostname: Some("broker.example"),
        }),
        Performative::Challenge(Challenge { challenge: &secret }),
        Performative::Response(Response { response: &secret }),
        Performative::Outcome(Outcome { code: SaslCode::Ok, additional_data: Some(&secret) }),
    ];
    for performative in performatives {
        let mut out = Vec::with_capacity(performative.encoded_frame_len());
        assert_eq!(allocations(|| performative.encode_frame(&mut out)), 0, "{performative}");
        let mut letters = 0;
        let count = allocations(|| {
            let (_, frame) = Performative::decode_frame(&out, 512).unwrap();
            assert!(frame == performative);
            if let Performative::Mechanisms(mechanisms) = frame {
                letters = mechanisms.iter().map(str::len).sum();
            }
        });
        assert_eq!(count, 0, "{performative}");
        assert!(letters == 0 || letters == names.concat().len());
    }
}

//= test SRS_AMQP_CODEC_01_010, SRS_AMQP_CODEC_01_011
#[test]
fn values_are_read_and_written_without_allocation() {
    let items: Vec<Value<'_>> = (0..1000).map(Value::Uint).collect();
    let nested = [Value::List(List::new(&items)), Value::String("text")];
    let value = Value::List(List::new(&nested));
    let mut out = Vec::with_capacity(value.encoded_len());
    assert_eq!(allocations(|| value.encode(&mut out)), 0);
    assert_eq!(allocations(|| assert!(Value::decode(&out) == Ok(value))), 0);
}
