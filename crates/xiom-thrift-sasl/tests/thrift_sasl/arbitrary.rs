//! Arbitrary octets at every cut: no panic, the same outcome, and nothing opened by chance.

use proptest::prelude::*;
use xiom_core::{Fact, Failure, Layer};
use xiom_sasl::Protection;
use xiom_testing::Endpoint;

use crate::messages::{first, frame, message, parse};
use crate::rig::{Kind, answer_all, client_side, open, opened, pair, server_side, transcript};

/// What can be seen of an end.
#[derive(Debug, Eq, PartialEq)]
struct Outcome {
    sent: Vec<u8>,
    received: Vec<u8>,
    failure: Option<Failure>,
    is_open: bool,
    text: Option<String>,
}

fn play<L: Layer>(
    mut end: Endpoint<L>,
    parts: &[&[u8]],
    react: impl Fn(&mut Endpoint<L>),
) -> Outcome {
    let mut sent = end.take();
    for part in parts {
        end.feed(part);
        react(&mut end);
        sent.extend(end.take());
        assert!(end.input.is_empty(), "octets stay in the input");
    }
    let is_open = end.channel.is_open();
    end.tell(Fact::Ended);
    sent.extend(end.take());
    assert!(opened(&end).len() <= 1);
    Outcome {
        sent,
        received: end.received.clone(),
        failure: end.failure(),
        is_open,
        text: end.channel.peer_text().map(str::to_owned),
    }
}

/// Cuts `octets` into pieces of these sizes, and a rest.
fn cut<'a>(octets: &'a [u8], sizes: &[usize]) -> Vec<&'a [u8]> {
    let (mut parts, mut rest) = (Vec::new(), octets);
    for size in sizes {
        let (part, behind) = rest.split_at((*size).min(rest.len()));
        parts.push(part);
        rest = behind;
    }
    parts.push(rest);
    parts
}

fn kinds() -> impl Strategy<Value = Kind> {
    proptest::sample::select(Kind::ALL.to_vec())
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1_usize..12, 0..40)
}

/// Messages with few octets, most of them with a status and a length that are possible.
fn chatter() -> impl Strategy<Value = Vec<u8>> {
    let octets = || prop::collection::vec(any::<u8>(), 0..30);
    let one = prop_oneof![
        4 => (1_u8..=5, octets()).prop_map(|(status, payload)| message(status, &payload)),
        1 => octets(),
        1 => (any::<u8>(), any::<u32>()).prop_map(|(status, length)| {
            [&[status][..], &length.to_be_bytes()].concat()
        }),
        2 => octets().prop_map(|data| frame(&data)),
    ];
    prop::collection::vec(one, 0..6).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    //= test SRS_THRIFT_SASL_50_039
    /// After any number of messages in order comes anything.
    #[test]
    fn a_client_takes_arbitrary_octets(
        kind in kinds(), count in 0_usize..4, octets in chatter(), sizes in sizes(),
    ) {
        let server = parse(&transcript(kind).server);
        let before = first(&server, count.min(server.len() - 1));
        let octets = [before, octets].concat();
        let whole = play(open(client_side(kind)), &[&octets], |_| {});
        let parts = play(open(client_side(kind)), &cut(&octets, &sizes), |_| {});
        prop_assert_eq!(&whole, &parts);
        let is_proven = ![Kind::CramMd5, Kind::DigestMd5, Kind::Gssapi, Kind::Scram].contains(&kind);
        prop_assert!(is_proven || count != 0 || !whole.is_open, "a server that proved nothing");
    }

    //= test SRS_THRIFT_SASL_50_039
    #[test]
    fn a_server_takes_arbitrary_octets(
        kind in kinds(), count in 0_usize..4, octets in chatter(), sizes in sizes(),
    ) {
        let client = parse(&transcript(kind).client);
        let before = first(&client, count.min(client.len() - 1));
        let octets = [before, octets].concat();
        let whole = play(open(server_side(kind)), &[&octets], answer_all);
        let parts = play(open(server_side(kind)), &cut(&octets, &sizes), answer_all);
        prop_assert_eq!(&whole, &parts);
        prop_assert!(!kind.has_password() || !whole.is_open, "a client that proved nothing");
    }

    //= test SRS_THRIFT_SASL_50_039
    #[test]
    fn frames_may_be_cut_anywhere(
        octets in chatter(), sizes in sizes(), data in prop::collection::vec(any::<u8>(), 0..50),
        kind in proptest::sample::select(vec![Kind::Plain, Kind::DigestMd5, Kind::Gssapi]),
    ) {
        let layer = if kind == Kind::Plain { Protection::None } else { Protection::Integrity };
        let (mut client, _) = pair(kind, layer);
        prop_assert!(client.send(&data));
        let octets = [client.take(), octets].concat();
        let whole = play(pair(kind, layer).1, &[&octets], |_| {});
        let parts = play(pair(kind, layer).1, &cut(&octets, &sizes), |_| {});
        prop_assert!(whole.received.starts_with(&data));
        prop_assert_eq!(whole, parts);
    }
}
