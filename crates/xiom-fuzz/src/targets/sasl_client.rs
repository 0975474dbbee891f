//! The client of every mechanism, against a server that says anything.

use core::fmt::{Debug, Write};

use xiom_core::WireBuf;
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::{Context, Layers, PeerProof, SecurityLayer};
use xiom_testing::FakeGss;

use super::sasl::{Below, KINDS, Kind, Op, Ops, PASSWORD, TOKEN, hides, op, transcript};
use crate::dictionary::Dictionary;
use crate::{Seed, Target, oracle};

//= fuzz SRS_SASL_MECHANISMS_01_021, SRS_SASL_MECHANISMS_01_031, SRS_SASL_MECHANISMS_01_079
/// Challenges, work and outcomes in any order; then tokens of the layer.
///
/// On an error nothing is said; a client that failed once never succeeds; one that makes the server prove
/// itself has a proof in the end; no secret is shown where anybody reads along, and none in `Debug`.
pub const TARGET: Target = Target {
    explain,
    seeds,
    dictionary: Dictionary::Sasl,
    memory: 1 << 20,
    longest: 1024,
    ..Target::new("sasl_client", "clients of all SASL mechanisms against any server", run)
};

/// The operations, by their octet modulo four.
const CHALLENGE: u8 = 0;
const WORK: u8 = 1;
const ADDITIONAL: u8 = 2;
const OUTCOME: u8 = 3;

fn run(input: &[u8]) {
    let Some((kind, below, ops)) = Ops::of(input) else { return };
    let watch = Watch { kind, below: &below, input, is_sampled: oracle::sampled(input) };
    if kind == Kind::Gssapi {
        if let Ok(client) = client::Gssapi::new(FakeGss::initiator("tim@EXAMPLE"), None) {
            watch.drive(client, ops);
        }
    } else if let Ok(client) = kind.client() {
        watch.drive(client, ops);
    }
}

/// What is judged while a client runs.
struct Watch<'a> {
    kind: Kind,
    below: &'a Below,
    /// What the server says; a client repeats a part of it.
    input: &'a [u8],
    is_sampled: bool,
}

impl Watch<'_> {
    fn drive<M: ClientMechanism + Debug>(&self, mut client: M, mut ops: Ops<'_>)
    where
        M::Layer: Debug,
    {
        let cx = self.below.cx();
        let mut out = Vec::new();
        let mut step = client.start(&cx, &mut out);
        let mut failed = false;
        loop {
            self.said(&client, &out, step.is_err());
            failed |= step.is_err();
            assert!(step.is_err() || !failed, "a client that failed goes on: {step:?}");
            let Some(Op { which, message }) = ops.next() else { return };
            out.clear();
            step = match which & 3 {
                CHALLENGE => client.challenge(&cx, message, &mut out),
                WORK => client.work(&cx, u32::from(which >> 2), &mut out),
                word => {
                    let data = (word == ADDITIONAL).then_some(message);
                    assert!(word == ADDITIONAL || word == OUTCOME);
                    // With a token, a client never says that it is done: the server may say why it refuses.
                    let is_done = client.is_done() || matches!(self.kind, Kind::OAuth(_));
                    let is_ready = !failed && (is_done || data.is_some());
                    return self.outcome(client, &cx, data, is_ready, ops);
                }
            };
            assert!(step != Ok(ClientStep::Working) || out.is_empty(), "speaks while it works");
        }
    }

    /// Judges what a client said, and its state.
    fn said(&self, client: &impl Debug, out: &[u8], is_error: bool) {
        assert!(!is_error || out.is_empty(), "speaks, and fails");
        let has = |octets: &[u8], secret: &str| {
            octets.windows(secret.len()).any(|it| it == secret.as_bytes())
        };
        let shows = |secret| has(out, secret) && !has(self.input, secret);
        assert!(self.below.may_show() || !(shows(PASSWORD) || shows(TOKEN)), "a secret in clear");
        if self.is_sampled {
            hides(&format!("{client:?}"));
        }
    }

    fn outcome<M: ClientMechanism>(
        &self,
        client: M,
        cx: &Context<'_>,
        data: Option<&[u8]>,
        is_ready: bool,
        ops: Ops<'_>,
    ) where
        M::Layer: Debug,
    {
        let properties = client.properties();
        let Ok(mut established) = client.outcome_ok(cx, data) else { return };
        assert!(is_ready, "a good end before its time");
        assert!(!properties.mutual || established.peer() == PeerProof::Verified);
        assert_eq!(established.mechanism(), properties.name);
        assert_eq!(established.bound().is_some(), properties.binds);
        // A mechanism that has no layer at all is for the policy to leave out.
        let is_admitted = cx.layers.admits(established.protection());
        assert!(is_admitted || properties.layers == Layers::NONE, "a layer that is not permitted");
        if self.is_sampled {
            hides(&format!("{established:?}"));
        }
        if let Some(layer) = established.take_layer() {
            tokens(layer, ops);
        }
    }
}

/// Feeds tokens to a layer: what is refused once poisons it.
pub(super) fn tokens(mut layer: impl SecurityLayer, ops: Ops<'_>) {
    let mut poisoned = false;
    for Op { which, message } in ops {
        if which & 1 == 0 {
            let mut token = message.to_vec();
            let plain = layer.unwrap(&mut token);
            assert!(!poisoned || plain.is_err(), "a poisoned layer takes a token");
            poisoned |= plain.is_err();
            assert!(plain.is_err() || token.get(plain.unwrap_or(0..0)).is_some());
        } else {
            let mut out = WireBuf::default();
            let wrapped = layer.wrap(message, &mut out);
            let fits = message.len() <= layer.max_plain();
            assert!(fits || wrapped.is_err(), "more than there is room for");
            assert!(!poisoned || wrapped.is_err(), "a poisoned layer gives a token");
        }
    }
}

fn explain(input: &[u8]) -> String {
    let Some((kind, below, ops)) = Ops::of(input) else { return "no mechanism\n".to_owned() };
    let mut lines = format!("client of {kind:?}, {below:?}\n");
    for Op { which, message } in ops {
        let message = message.escape_ascii();
        let _infallible = match which & 3 {
            CHALLENGE => writeln!(lines, "challenge \"{message}\""),
            WORK => writeln!(lines, "work {}", which >> 2),
            ADDITIONAL => writeln!(lines, "outcome ok with \"{message}\""),
            _ => writeln!(lines, "outcome ok"),
        };
    }
    lines
}

fn seeds() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (number, kind) in (0_u8..).zip(KINDS) {
        for below in [0b0010_0111, 0b0110_0111, 0b1110_0111, 0b0000_1000] {
            let Some(exchange) = transcript(kind, below) else { continue };
            let mut octets = vec![number, below];
            let last = exchange.to_client.len().saturating_sub(1);
            for (at, message) in exchange.to_client.iter().enumerate() {
                let is_additional = exchange.additional && at == last;
                octets.extend(op(if is_additional { ADDITIONAL } else { CHALLENGE }, message));
                // A client that does not compute takes this for an error, so it is left out there.
                if !is_additional && matches!(kind, Kind::Scram(_)) && at == 0 {
                    octets.extend(op(WORK | 0x3C, b""));
                }
            }
            if !exchange.additional {
                octets.extend(op(OUTCOME, b""));
            }
            seeds.push(Seed::new(format!("{number:02}-{below:08b}"), octets));
        }
    }
    seeds
}
