//! The server of every mechanism, against a client that says anything, and any answers of its application.

use core::fmt::{Debug, Write};
use std::sync::LazyLock;

use xiom_core::Secret;
use xiom_sasl::Layers;
use xiom_sasl::server::{
    self, LookupAnswer, LookupRequest, ServerInput, ServerMechanism, ServerStep,
};
use xiom_testing::FakeGss;

use super::sasl::{Below, KINDS, Kind, Op, Ops, good, hides_keys, op, transcript};
use super::sasl_client::tokens;
use crate::dictionary::Dictionary;
use crate::{Seed, Target, oracle};

/// Responses and answers; then tokens of the layer.
///
/// Nobody is in without a look-up that knew the user, where there is one, and a permission; a failure says
/// something exactly when it says so; an input out of turn is a failure; no stored key is in `Debug`.
pub const TARGET: Target = Target {
    explain,
    seeds,
    dictionary: Dictionary::Sasl,
    memory: 1 << 20,
    longest: 1024,
    ..Target::new("sasl_server", "servers of all SASL mechanisms against any client", run)
};

/// What the octet of an operation says, beside its message.
const ABSENT: u8 = 1;
const OUT_OF_TURN: u8 = 2;
const FORBIDDEN: u8 = 4;
/// Which answer to a look-up: the good one, or one of seven others.
const ANSWER: u8 = 3;

fn run(input: &[u8]) {
    let Some((kind, below, ops)) = Ops::of(input) else { return };
    let sampled = oracle::sampled(input).then_some(input);
    if kind == Kind::Gssapi {
        drive(server::Gssapi::new(FakeGss::acceptor()), &below, ops, sampled);
    } else if let Ok(server) = kind.server() {
        drive(server, &below, ops, sampled);
    }
}

fn drive<M: ServerMechanism + Debug>(
    server: M,
    below: &Below,
    mut ops: Ops<'_>,
    sampled: Option<&[u8]>,
) where
    M::Layer: Debug,
{
    let cx = below.cx();
    let properties = server.properties();
    let mut out = Vec::new();
    let Some(Op { mut which, message }) = ops.next() else { return };
    let initial = (which & ABSENT == 0).then_some(message);
    let (mut known, mut permitted) = (true, false);
    let mut step = server.step(&cx, ServerInput::Initial(initial), &mut out);
    loop {
        if let Some(input) = sampled {
            hides_keys(&format!("{step:?}"), input);
        }
        step = match step {
            ServerStep::Challenge(server) => {
                let Some(op) = ops.next() else { return };
                which = op.which;
                out.clear();
                if which & OUT_OF_TURN != 0 {
                    return out_of_turn(&server.step(&cx, ServerInput::Authorized(true), &mut out));
                }
                server.step(&cx, ServerInput::Response(op.message), &mut out)
            }
            ServerStep::Lookup(server, request) => {
                let answer = answer(which >> ANSWER, &request);
                known = request.admits(&answer)
                    && !matches!(answer, LookupAnswer::Unknown | LookupAnswer::Verified(false));
                server.step(&cx, ServerInput::Lookup(answer), &mut out)
            }
            ServerStep::Authorize(server, _) => {
                permitted = which & FORBIDDEN == 0;
                server.step(&cx, ServerInput::Authorized(permitted), &mut out)
            }
            ServerStep::Working(server) => server.step(&cx, ServerInput::Work(3), &mut out),
            ServerStep::Success { mut established, additional } => {
                assert!(known && permitted, "known: {known}, permitted: {permitted}");
                assert_eq!(established.mechanism(), properties.name);
                assert_eq!(additional, !out.is_empty(), "additional data that is not there");
                let is_admitted = cx.layers.admits(established.protection());
                assert!(is_admitted || properties.layers == Layers::NONE);
                if let Some(layer) = established.take_layer() {
                    tokens(layer, ops);
                }
                return;
            }
            ServerStep::Failure { send, .. } => {
                assert_eq!(send, !out.is_empty(), "a last word that is not there");
                return;
            }
            _ => return,
        };
    }
}

fn out_of_turn<M: ServerMechanism + Debug>(step: &ServerStep<M>)
where
    M::Layer: Debug,
{
    let is_failure = matches!(step, ServerStep::Failure { send: false, .. });
    assert!(is_failure, "goes on after an input out of turn");
}

/// What the application says; the good answer to a good question mostly.
fn answer(which: u8, request: &LookupRequest) -> LookupAnswer<'static> {
    static WRONG: LazyLock<Secret> = LazyLock::new(|| Secret::new("wrong"));
    match which & 7 {
        0..=2 => good(request),
        3 => LookupAnswer::Unknown,
        4 => LookupAnswer::Verified(true),
        5 => LookupAnswer::Verified(false),
        6 => LookupAnswer::Subject("somebody"),
        _ => LookupAnswer::Secret(&WRONG),
    }
}

fn explain(input: &[u8]) -> String {
    let Some((kind, below, ops)) = Ops::of(input) else { return "no mechanism\n".to_owned() };
    let mut lines = format!("server of {kind:?}, {below:?}\n");
    for (number, Op { which, message }) in ops.enumerate() {
        let name = match (number, which & ABSENT, which & OUT_OF_TURN) {
            (0, 0, _) => "initial response",
            (0, _, _) => "no initial response, not",
            (_, _, 0) => "response",
            _ => "permission out of turn, not",
        };
        let (answer, may) = (which >> ANSWER & 7, which & FORBIDDEN == 0);
        let message = message.escape_ascii();
        let _infallible =
            writeln!(lines, "{name} \"{message}\"; answer {answer}, permitted: {may}");
    }
    lines
}

fn seeds() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (number, kind) in (0_u8..).zip(KINDS) {
        for below in [0b0010_0111, 0b0110_0111, 0b1110_0111, 0b0000_1000] {
            let Some(exchange) = transcript(kind, below) else { continue };
            let mut octets = vec![number, below];
            if matches!(kind, Kind::Mssbcbs | Kind::CramMd5 | Kind::DigestMd5) {
                octets.extend(op(ABSENT, b""));
            }
            octets.extend(exchange.to_server.iter().flat_map(|message| op(0, message)));
            seeds.push(Seed::new(format!("{number:02}-{below:08b}"), octets));
        }
    }
    seeds
}
