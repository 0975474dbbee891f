//! The TLS layer over the toy engine: what counts when, and what the end of the stream means.

use xiom_core::{
    Action, Cause, Fact, Layer, OpenResult, Phase, Received, Security, SendId, SendResult, Stage,
    TlsFault, WireBuf,
};
use xiom_testing::{Endpoint, ToyEngine, pump, seal, unseal};
use xiom_tls::{Event, Read, Tls, TlsEngine, Truncated};

type End = Endpoint<Tls<ToyEngine>>;

fn client() -> End {
    Endpoint::open(Tls::new(ToyEngine::client()))
}

fn open_client() -> End {
    let mut end = client();
    end.take();
    end.feed(b"H");
    assert!(end.channel.is_open());
    end
}

fn lenient() -> End {
    let layer = Tls::new(ToyEngine::client()).with_truncated(Truncated::Accept);
    let mut end = Endpoint::open(layer);
    end.take();
    end.feed(b"H");
    end
}

fn open_layer(truncated: Truncated) -> Tls<ToyEngine> {
    let mut layer = Tls::new(ToyEngine::client()).with_truncated(truncated);
    layer.open(&Security::default(), &mut WireBuf::default());
    layer.receive(&mut b"H".to_vec(), &mut WireBuf::default());
    assert_eq!(layer.phase(), Phase::Open);
    layer
}

#[test]
fn a_layer_is_idle_then_shakes_hands_then_is_open() {
    let (mut layer, mut out) = (Tls::new(ToyEngine::client()), WireBuf::default());
    assert_eq!(layer.phase(), Phase::Idle);
    layer.open(&Security::default(), &mut out);
    assert_eq!((layer.phase(), out.pending()), (Phase::Opening(Stage::TlsHandshake), &b"h"[..]));
    assert_eq!(layer.receive(&mut [], &mut out), None);
    assert!(!layer.security().confidential);
    assert_eq!(layer.receive(&mut b"H".to_vec(), &mut out), Some(Received::skip(1)));
    assert_eq!(layer.phase(), Phase::Open);
    assert!(layer.security().confidential && layer.security().bindings.exporter.is_some());
    assert!(!layer.is_transparent());
}

//= test SRS_TLSIO_30_100
#[test]
fn octets_that_come_with_the_handshake_are_shown_after_it() {
    let mut end = client();
    let flight = [b"H".as_slice(), &seal(b"early")].concat();
    end.feed(&flight);
    assert_eq!(end.told, [Action::Connect, Action::Opened(OpenResult::Ok)]);
    assert_eq!(end.received, b"early");
}

#[test]
fn octets_are_decrypted_in_place_one_record_a_call() {
    let mut layer = open_layer(Truncated::Refuse);
    let mut input = [seal(b"one"), seal(b"three"), seal(b"cut")[..3].to_vec()].concat();
    let got = layer.receive(&mut input, &mut WireBuf::default()).unwrap();
    assert_eq!((got.consumed, &input[got.data]), (5, &b"one"[..]));
    let got = layer.receive(&mut input[5..], &mut WireBuf::default()).unwrap();
    assert_eq!((got.consumed, &input[5..][got.data]), (7, &b"three"[..]));
    assert_eq!(layer.receive(&mut input[12..], &mut WireBuf::default()), None);
}

//= test SRS_TLSIO_50_029
#[test]
fn every_cut_gives_the_same() {
    for piece in 1..20 {
        let mut a = client();
        let mut b = Endpoint::open(Tls::new(ToyEngine::server()));
        pump(&mut a, &mut b, piece);
        assert!(a.send(&[7; 300]) && b.send(b"back"));
        pump(&mut a, &mut b, piece);
        assert_eq!((&a.received[..], &b.received[..]), (&b"back"[..], &[7; 300][..]));
        assert!(a.close());
        pump(&mut a, &mut b, piece);
        assert!(b.told.contains(&Action::Ended) && b.close());
        pump(&mut a, &mut b, piece);
        assert_eq!((a.told.last(), b.told.last()), (Some(&Action::Closed), Some(&Action::Closed)));
        assert_eq!((a.failure(), b.failure()), (None, None));
    }
}

//= test SRS_TLSIO_50_008
#[test]
fn nothing_leaves_in_clear() {
    let mut end = open_client();
    assert!(end.send(b"secret") && end.close());
    let wire = [b"h".as_slice(), end.wire.pending()].concat();
    assert!(!wire.windows(6).any(|window| window == b"secret"));
    assert_eq!(unseal(&wire), Some(b"secret".to_vec()));
    assert_eq!(wire.last(), Some(&xiom_testing::GOODBYE));
}

//= test SRS_TLSIO_50_011, SRS_TLSIO_50_012, SRS_TLSIO_50_013
//= test SRS_TLSIO_50_016
#[test]
fn the_end_is_judged_by_phase_and_policy() {
    let end_of_stream = Phase::Failed(Cause::EndOfStream.at(Stage::TlsHandshake));
    let truncated = Phase::Failed(Cause::Tls(TlsFault::Truncated).at(Stage::Open));
    for (policy, when_open) in [(Truncated::Refuse, truncated), (Truncated::Accept, Phase::Ended)] {
        let mut idle = Tls::new(ToyEngine::client()).with_truncated(policy);
        let mut shaking = idle.clone();
        shaking.open(&Security::default(), &mut WireBuf::default());
        let mut open = open_layer(policy);
        for (layer, expected) in
            [(&mut idle, end_of_stream), (&mut shaking, end_of_stream), (&mut open, when_open)]
        {
            layer.end();
            assert_eq!(layer.phase(), expected);
        }
        let mut cut = open_layer(policy);
        assert_eq!(cut.receive(&mut seal(b"cut")[..4], &mut WireBuf::default()), None);
        cut.end();
        assert_eq!(cut.phase(), truncated, "within a record octets are missing for sure");
    }
}

#[test]
fn an_end_after_close_notify_or_a_failure_changes_nothing() {
    let mut layer = open_layer(Truncated::Refuse);
    layer.receive(&mut [xiom_testing::GOODBYE], &mut WireBuf::default());
    layer.end();
    assert_eq!(layer.phase(), Phase::Ended);
    let mut layer = open_layer(Truncated::Accept);
    layer.receive(&mut b"x".to_vec(), &mut WireBuf::default());
    layer.end();
    assert_eq!(layer.phase(), Phase::Failed(Cause::Tls(TlsFault::Protocol).at(Stage::Open)));
}

//= test SRS_TLSIO_50_012, SRS_TLSIO_50_013
#[test]
fn a_record_that_was_completed_is_no_longer_partial() {
    let mut end = lenient();
    let record = seal(b"whole");
    end.feed(&record[..3]);
    end.feed(&record[3..]);
    end.tell(Fact::Ended);
    assert_eq!((end.told.last(), &end.received[..]), (Some(&Action::Ended), &b"whole"[..]));
}

#[test]
fn a_channel_tells_a_truncation_once_and_completes_its_sends() {
    let mut end = open_client();
    assert!(end.send(b"never taken"));
    end.tell(Fact::Ended);
    let failure = Cause::Tls(TlsFault::Truncated).at(Stage::Open);
    let told = [Action::Sent(SendId(0), SendResult::Failed), Action::Failed(failure)];
    assert!(end.told.ends_with(&told), "{:?}", end.told);
}

//= test SRS_TLSIO_50_014, SRS_TLSIO_50_015
#[test]
fn the_peer_may_end_and_still_listen() {
    let mut end = open_client();
    end.feed(&[xiom_testing::GOODBYE]);
    assert_eq!(end.told.last(), Some(&Action::Ended));
    assert!(end.send(b"still"));
    assert_eq!(end.take(), seal(b"still"));
    // What the peer says after its goodbye counts for nothing (RFC 8446 section 6.1).
    end.feed(&seal(b"ghost"));
    assert!(end.received.is_empty() && end.failure().is_none());
}

#[test]
fn a_failure_swallows_what_follows() {
    let mut end = client();
    end.feed(&[b"x".as_slice(), b"H", &seal(b"ghost")].concat());
    end.take();
    end.tell(Fact::Ended);
    let failure = Cause::Tls(TlsFault::NotTls).at(Stage::TlsHandshake);
    assert_eq!(end.told.last(), Some(&Action::Opened(OpenResult::Failed(failure))));
    assert!(end.received.is_empty() && end.channel.is_closed());
}

#[test]
fn a_failure_to_write_is_one_of_the_open_layer() {
    let mut layer = Tls::new(Broken);
    layer.open(&Security::default(), &mut WireBuf::default());
    layer.receive(&mut [0], &mut WireBuf::default());
    layer.send(b"octets", &mut WireBuf::default());
    assert_eq!(layer.phase(), Phase::Failed(Cause::Tls(TlsFault::Engine).at(Stage::Open)));
}

#[test]
fn a_failure_to_begin_is_one_of_the_handshake() {
    let mut layer = Tls::new(NeverBegins);
    layer.open(&Security::default(), &mut WireBuf::default());
    let failure = Cause::Tls(TlsFault::Engine).at(Stage::TlsHandshake);
    assert_eq!(layer.phase(), Phase::Failed(failure));
}

//= test SRS_TLSIO_50_009, SRS_TLSIO_50_016
#[test]
fn events_out_of_turn_never_count() {
    let end_of_stream = Cause::EndOfStream.at(Stage::TlsHandshake);
    let engine_fault = Cause::Tls(TlsFault::Engine).at(Stage::TlsHandshake);
    for (event, failure) in [(Event::PeerClosed, end_of_stream), (Event::Data(0..1), engine_fault)]
    {
        let mut layer = Tls::new(Scripted(event));
        layer.open(&Security::default(), &mut WireBuf::default());
        let got = layer.receive(&mut [7], &mut WireBuf::default());
        assert_eq!(got, Some(Received::skip(1)), "nothing goes up before the handshake is done");
        assert_eq!(layer.phase(), Phase::Failed(failure));
    }
}

/// Answers all octets with one event.
struct Scripted(Event);

impl TlsEngine for Scripted {
    fn read(&mut self, input: &mut [u8], _: &mut WireBuf) -> Result<Read, TlsFault> {
        let event = if input.is_empty() { Event::NeedMore } else { self.0.clone() };
        Ok(Read { consumed: input.len(), event })
    }

    fn write(&mut self, _: &[u8], _: &mut WireBuf) -> Result<(), TlsFault> {
        Ok(())
    }

    fn close_notify(&mut self, _: &mut WireBuf) {}

    fn security(&self) -> Security {
        Security::default()
    }
}

/// Opens with the first octet and cannot write.
struct Broken;

impl TlsEngine for Broken {
    fn read(&mut self, input: &mut [u8], _: &mut WireBuf) -> Result<Read, TlsFault> {
        let event = if input.is_empty() { Event::NeedMore } else { Event::Established };
        Ok(Read { consumed: input.len(), event })
    }

    fn write(&mut self, _: &[u8], _: &mut WireBuf) -> Result<(), TlsFault> {
        Err(TlsFault::Engine)
    }

    fn close_notify(&mut self, _: &mut WireBuf) {}

    fn security(&self) -> Security {
        Security::default()
    }
}

/// Has no randomness for its first words.
struct NeverBegins;

impl TlsEngine for NeverBegins {
    fn read(&mut self, _: &mut [u8], _: &mut WireBuf) -> Result<Read, TlsFault> {
        Err(TlsFault::Engine)
    }

    fn write(&mut self, _: &[u8], _: &mut WireBuf) -> Result<(), TlsFault> {
        Ok(())
    }

    fn close_notify(&mut self, _: &mut WireBuf) {}

    fn security(&self) -> Security {
        Security::default()
    }
}
