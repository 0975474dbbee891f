//! The layer: protected as negotiated, in order, within the buffers, and dead after the first fault.

use core::hash::{Hash, Hasher};
use std::collections::hash_map::DefaultHasher;

use xiom_sasl::{Buffers, SecurityLayer};

use super::*;

const LAYERS: [Protection; 2] = [Protection::Integrity, Protection::Confidentiality];

fn sized(layer_buffer: u32) -> Limits {
    Limits { layer_buffer, ..Limits::default() }
}

//= test SRS_SASL_MECHANISMS_01_071, SRS_SASL_MECHANISMS_01_112, SRS_SASL_MECHANISMS_01_113
#[test]
fn buffers_are_those_that_were_announced() {
    for (protection, overhead) in [(Protection::Integrity, 4), (Protection::Confidentiality, 5)] {
        let (small, large) = (sized(100), sized(u32::MAX));
        let (client, mut server) = layered(protection, [&small, &large]);
        assert_eq!((client.max_token(), server.max_token()), (100, 0xFF_FFFF));
        assert_eq!(
            (client.max_plain(), server.max_plain()),
            (0xFF_FFFF - overhead, 100 - overhead)
        );
        let mut wire = WireBuf::default();
        server.wrap(&vec![7; 100 - overhead], &mut wire).unwrap();
        assert_eq!(wire.len(), 100);
        let fault = server.wrap(&vec![7; 101 - overhead], &mut wire);
        assert_eq!(fault, Err(LayerFault::too_long(101 - overhead, 100 - overhead)));
        assert_eq!(server.wrap(b"", &mut wire), Err(LayerFault::Poisoned));
    }
}

//= test SRS_SASL_MECHANISMS_01_071
/// A protocol with bounds of its own sets them, whatever the ends have announced.
#[test]
fn bounds_of_tokens_can_be_set_anew() {
    for (protection, overhead) in [(Protection::Integrity, 4), (Protection::Confidentiality, 5)] {
        let announced = sized(64);
        for bound in [40, 1000] {
            let (mut client, mut server) = layered(protection, [&announced, &announced]);
            assert_eq!((client.max_sent(), client.max_plain()), (64, 64 - overhead));
            client.set_max_sent(bound);
            server.set_max_token(bound);
            assert_eq!((client.max_sent(), client.max_plain()), (bound, bound - overhead));
            assert_eq!((server.max_sent(), server.max_token()), (64, bound));
            let mut wire = WireBuf::default();
            client.wrap(&vec![7; bound - overhead], &mut wire).unwrap();
            assert_eq!(wire.len(), bound);
            let mut narrow = server.clone();
            narrow.set_max_token(bound - 1);
            let fault = LayerFault::too_long(bound, bound - 1);
            assert_eq!(narrow.unwrap(&mut wire.pending().to_vec()), Err(fault));
            narrow.set_max_sent(bound);
            assert_eq!(narrow.wrap(b"", &mut wire), Err(LayerFault::Poisoned));
            assert_eq!(server.unwrap(wire.pending_mut()).unwrap().len(), bound - overhead);
        }
    }
}

//= test SRS_SASL_MECHANISMS_01_113
/// Attack 18: a buffer without room for an octet is no layer, and not a reason for a weaker one.
#[test]
fn no_room_is_no_layer() {
    let (security, good) = (Security::default(), Limits::default());
    for room in 0..=5 {
        let tiny = sized(room);
        for limits in [[&tiny, &good], [&good, &tiny]] {
            let confidential = LayerRange { least: Protection::Confidentiality, ..ANY };
            let [client_cx, server_cx] =
                limits.map(|limits| Context::new(&security, limits).with_layers(confidential));
            let end = exchange(client(), server(), (&client_cx, &server_cx), |_, _| {});
            let (End::Client(fault) | End::Server(fault)) = end.unwrap_err();
            assert_eq!(fault, AuthFault::NoCommonLayer);
        }
    }
}

//= test SRS_SASL_MECHANISMS_01_072
/// All octets arrive, in order, whatever the cuts, both ways.
#[test]
fn octets_pass_through_any_cuts() {
    let text: Vec<u8> = (0..=255).cycle().take(1000).collect();
    for protection in LAYERS {
        for cut in [1, 2, 3, 5, 64, 4096] {
            let (client, server) = layered(protection, [&sized(64), &sized(33)]);
            let (mut client, mut server) = (Buffers::new(client), Buffers::new(server));
            let mut wire = WireBuf::default();
            client.send(&text, &mut wire).unwrap();
            let is_readable = wire.pending().windows(16).any(|window| window == &text[..16]);
            assert_eq!(is_readable, protection == Protection::Integrity);
            assert_eq!(through(&mut server, wire.pending(), cut), Ok(text.clone()));
            wire.reset();
            server.send(&text, &mut wire).unwrap();
            assert_eq!(through(&mut client, wire.pending(), cut), Ok(text.clone()));
            assert!(client.is_between() && server.is_between());
        }
    }
}

/// What comes out of `buffers` for octets that arrive in pieces.
fn through<L: SecurityLayer>(
    buffers: &mut Buffers<L>,
    octets: &[u8],
    cut: usize,
) -> Result<Vec<u8>, LayerFault> {
    let mut received = Vec::new();
    for piece in octets.chunks(cut) {
        let mut piece = piece.to_vec();
        while let Some(it) = buffers.receive(&mut piece)? {
            received.extend_from_slice(it.octets(&piece));
            piece.drain(..it.consumed);
        }
        assert!(piece.is_empty());
    }
    Ok(received)
}

//= test SRS_SASL_MECHANISMS_01_070, SRS_SASL_MECHANISMS_01_072
/// A token that is changed, repeated, left out, sent back or cut ends the layer for good.
#[test]
fn a_bad_token_poisons() {
    for protection in LAYERS {
        let (mut client, server) = layered(protection, [&sized(64), &sized(64)]);
        let mut tokens = [b"one", b"two"].map(|plain| {
            let mut wire = WireBuf::default();
            client.wrap(plain, &mut wire).unwrap();
            wire.pending().to_vec()
        });
        let [first, second] = &mut tokens;
        let mut good = server.clone();
        assert_eq!(good.unwrap(&mut first.clone()).map(|it| it.len()), Ok(3));
        assert_eq!(good.unwrap(&mut second.clone()).map(|it| it.len()), Ok(3));

        let mut hostile: Vec<(Vec<u8>, LayerFault)> = vec![
            (second.clone(), LayerFault::OutOfSequence),
            (vec![], LayerFault::Malformed),
            (vec![0; 65], LayerFault::too_long(65, 64)),
        ];
        for index in 0..first.len() {
            let mut changed = first.clone();
            changed[index] ^= 1;
            hostile.push((changed, LayerFault::BadMac));
            hostile.push((first[..index].to_vec(), LayerFault::BadMac));
        }
        for (mut token, expected) in hostile {
            let mut layer = server.clone();
            let fault = layer.unwrap(&mut token).unwrap_err();
            assert!(fault == expected || token.len() < 3, "{fault:?}, not {expected:?}");
            assert_eq!(layer.unwrap(&mut first.clone()), Err(LayerFault::Poisoned));
            assert_eq!(layer.wrap(b"", &mut WireBuf::default()), Err(LayerFault::Poisoned));
        }
        let mut repeated = server.clone();
        repeated.unwrap(&mut first.clone()).unwrap();
        assert_eq!(repeated.unwrap(&mut first.clone()), Err(LayerFault::OutOfSequence));
        assert_eq!(client.unwrap(&mut first.clone()), Err(LayerFault::OutOfSequence));
    }
}

//= test SRS_SASL_MECHANISMS_01_114
/// Attack 19: a token that anybody can read, on a layer that was to be confidential.
#[test]
fn a_readable_token_on_a_confidential_layer_is_refused() {
    let security = Security::default();
    let limits = Limits::default();
    let cx = Context::new(&security, &limits).with_layers(only(Protection::Confidentiality));
    let mut silent = FakeGss::initiator(TIM).without_encryption();
    let client = client::Gssapi::new(silent.clone(), None).unwrap();
    let (mut client, mut server) = exchange(client, server(), (&cx, &cx), |_, _| {}).unwrap();
    let mut wire = WireBuf::default();
    wire.extend(b"before");
    let mut layer = client.take_layer().unwrap();
    assert_eq!(layer.wrap(b"secret", &mut wire), Err(LayerFault::NotConfidential));
    // What the library left can be read, so it is taken back.
    assert_eq!(wire.pending(), b"before", "nothing of it goes out");
    assert_eq!(layer.wrap(b"secret", &mut wire), Err(LayerFault::Poisoned));

    // The first token of this end was its choice.
    let _choice = token(&mut silent, b"");
    let mut readable = token(&mut silent, b"secret");
    let mut layer = server.take_layer().unwrap();
    assert_eq!(layer.unwrap(&mut readable), Err(LayerFault::NotConfidential));
    assert_eq!(layer.unwrap(&mut readable), Err(LayerFault::Poisoned));
}

/// A library whose words about sizes cannot be trusted.
#[derive(Debug)]
struct Boaster(FakeGss);

impl GssContext for Boaster {
    fn step(&mut self, token: &[u8], out: &mut Vec<u8>) -> Result<bool, AuthFault> {
        self.0.step(token, out)
    }

    fn flags(&self) -> GssFlags {
        self.0.flags()
    }

    fn initiator(&self) -> Option<Box<str>> {
        self.0.initiator()
    }

    fn wrap(&mut self, secret: bool, plain: &[u8], out: &mut WireBuf) -> Result<bool, LayerFault> {
        self.0.wrap(secret, plain, out)
    }

    fn unwrap(&mut self, token: &mut [u8]) -> Result<Unwrapped, LayerFault> {
        let mut unwrapped = self.0.unwrap(token)?;
        if unwrapped.plain.len() == 1 {
            unwrapped.plain.end += 100;
        }
        Ok(unwrapped)
    }

    fn wrap_size_limit(&mut self, _: bool, max_token: u32) -> Result<u32, LayerFault> {
        Ok(max_token - 1)
    }
}

//= test SRS_SASL_MECHANISMS_01_071
#[test]
fn sizes_of_the_library_are_checked() {
    let (security, limits) = (Security::default(), sized(32));
    let cx = Context::new(&security, &limits).with_layers(only(Protection::Integrity));
    let client = client::Gssapi::new(Boaster(FakeGss::initiator(TIM)), None).unwrap();
    let server = server::Gssapi::new(Boaster(FakeGss::acceptor()));
    let (mut client, mut server) = exchange(client, server, (&cx, &cx), |_, _| {}).unwrap();
    let (mut client, mut server) = (client.take_layer().unwrap(), server.take_layer().unwrap());
    let mut wire = WireBuf::default();
    client.wrap(b"1", &mut wire).unwrap();
    assert_eq!(server.unwrap(wire.pending_mut()), Err(LayerFault::Malformed));
    assert_eq!(client.max_plain(), 31);
    let fault = client.wrap(&[7; 31], &mut wire);
    assert_eq!(fault, Err(LayerFault::too_long(35, 32)));
}

/// A model can hold the mechanisms: they compare and hash as their contexts do.
#[test]
fn over_a_plain_context_everything_is_a_plain_value() {
    let hash = |value: &dyn Fn(&mut DefaultHasher)| {
        let mut hasher = DefaultHasher::new();
        value(&mut hasher);
        hasher.finish()
    };
    let (one, other) = (client(), client::Gssapi::new(FakeGss::initiator("a"), None).unwrap());
    assert_eq!(one, one.clone());
    assert_ne!(one, other);
    assert_ne!(hash(&|it| one.hash(it)), hash(&|it| other.hash(it)));
    let (layer, peer) = layered(Protection::Integrity, [&sized(64), &sized(64)]);
    assert_eq!(layer, layer.clone());
    assert_ne!(layer, peer);
    assert_ne!(hash(&|it| layer.hash(it)), hash(&|it| peer.hash(it)));
}
