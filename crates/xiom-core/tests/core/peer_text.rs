//! What a peer says when it refuses: kept by the channel for one connection.

use xiom_core::{
    Action, Cause, Channel, Fact, Layer, Limits, OpenResult, Phase, Plain, Received, Security,
    Stack, Stage, WireBuf,
};

/// Any octet is a refusal, and its words.
#[derive(Debug, Default)]
struct Refused {
    phase: Phase,
    words: Option<Box<str>>,
}

impl Layer for Refused {
    fn open(&mut self, _below: &Security, _out: &mut WireBuf) {
        self.phase = Phase::Opening(Stage::SaslExchange);
    }

    fn receive(&mut self, input: &mut [u8], _out: &mut WireBuf) -> Option<Received> {
        self.words = Some(String::from_utf8_lossy(input).into());
        self.phase = Phase::Failed(Cause::EndOfStream.at(Stage::SaslExchange));
        Received::discard(input)
    }

    fn send(&mut self, _octets: &[u8], _out: &mut WireBuf) {}

    fn close(&mut self, _out: &mut WireBuf) {}

    fn end(&mut self) {
        self.phase = Phase::Ended;
    }

    fn phase(&self) -> Phase {
        self.phase
    }

    fn security(&self) -> Security {
        Security::default()
    }

    fn take_peer_text(&mut self) -> Option<Box<str>> {
        self.words.take()
    }
}

/// Opens `layers`, lets the peer say `words`, and performs what is owed.
fn refuse<L: Layer>(channel: &mut Channel<L>, layers: L, words: &[u8], out: &mut WireBuf) {
    channel.open(layers, core::time::Duration::ZERO, out).unwrap();
    assert_eq!(channel.peer_text(), None, "nobody has said anything yet");
    assert_eq!(channel.poll_action(out), Some(Action::Connect));
    channel.handle(Fact::Connected, out);
    channel.receive(&mut words.to_vec(), out);
    let mut told = Vec::new();
    while let Some(action) = channel.poll_action(out) {
        if action == Action::Disconnect {
            channel.handle(Fact::Disconnected, out);
        }
        told.push(action);
    }
    assert!(matches!(told.last(), Some(Action::Opened(OpenResult::Failed(_)))), "{told:?}");
}

#[test]
fn the_words_of_a_refusal_stay_until_the_next_open() {
    let (mut channel, mut out) = (Channel::new(Limits::default()), WireBuf::default());
    refuse(&mut channel, Refused::default(), b"no such account", &mut out);
    assert!(channel.is_closed());
    assert_eq!(channel.peer_text(), Some("no such account"));
    refuse(&mut channel, Refused::default(), b"again not", &mut out);
    assert_eq!(channel.peer_text(), Some("again not"));
}

#[test]
fn a_stack_hands_up_the_words_of_either_layer() {
    let (mut channel, mut out) = (Channel::new(Limits::default()), WireBuf::default());
    let layers = Stack::new(Refused::default(), Plain::default());
    refuse(&mut channel, layers, b"from above", &mut out);
    assert_eq!(channel.peer_text(), Some("from above"));

    let mut channel = Channel::new(Limits::default());
    let layers = Stack::new(Plain::default(), Refused::default());
    refuse(&mut channel, layers, b"from below", &mut out);
    assert_eq!(channel.peer_text(), Some("from below"));
    assert_eq!(Plain::default().take_peer_text(), None);
}
