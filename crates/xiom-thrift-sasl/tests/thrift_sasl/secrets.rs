//! No state of a login shows a payload to `Debug`, and no failure names one.

use core::fmt::Debug;

use xiom_core::{Action, Layer};
use xiom_testing::Endpoint;

use crate::cuts::with_layers;
use crate::messages::{COMPLETE, message};
use crate::rig::{
    Kind, PASSWORD, answer_by, client_config, client_side, client_with, open, reply, server_config,
    server_side, server_with, transcript,
};

/// What nobody may read: the password, and what a user says on a protected channel.
const SECRET: &str = PASSWORD;

/// The secret in the forms in which octets are usually printed.
fn forms() -> Vec<String> {
    let octets = SECRET.as_bytes();
    let join = |parts: Vec<String>, between: &str| parts.join(between);
    vec![
        SECRET.into(),
        join(octets.iter().map(u8::to_string).collect(), ","),
        join(octets.iter().map(|octet| format!("{octet:02x}")).collect(), ""),
        join(octets.iter().map(|octet| format!("{octet:02X}")).collect(), ""),
    ]
}

fn shows(text: &str) -> bool {
    let text: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    forms().iter().any(|form| text.contains(form))
}

fn assert_keeps(thing: &impl Debug, context: &str) {
    let text = format!("{thing:?} {thing:#?}");
    assert!(!shows(&text), "{context}: {text}");
}

fn assert_end<L: Layer + Debug>(end: &Endpoint<L>, context: &str) {
    assert_keeps(&end.channel, context);
    assert_keeps(&end.wire, context);
    let told: Vec<&Action> = end.told.iter().collect();
    assert_keeps(&told, context);
    for action in told {
        if let Action::Failed(failure) = action {
            assert!(!shows(&failure.to_string()));
        }
    }
}

#[test]
fn the_search_finds_what_it_looks_for() {
    assert!(shows(SECRET));
    assert!(shows(&format!("{:?}", SECRET.as_bytes())));
    assert!(shows(&format!("{:#?}", SECRET.as_bytes())));
    assert!(!shows("[..]"));
}

/// Octet by octet, so that every part of every message is gathered once.
#[test]
fn neither_end_shows_a_payload_in_any_state_of_a_login() {
    for (kind, protection) in with_layers() {
        let mut client = open(client_with(kind.client(), client_config(protection)));
        let mut server = open(server_with(vec![kind.server()], server_config(protection)));
        let context = format!("{kind:?} {protection:?}");
        let mut is_said = false;
        loop {
            if client.channel.is_open() && !core::mem::replace(&mut is_said, true) {
                assert!(client.send(SECRET.as_bytes()));
            }
            let up = client.take();
            for octet in &up {
                server.feed(&[*octet]);
                server.received.clear();
                assert_end(&server, &context);
                while answer_by(&mut server, |server, out| {
                    assert_keeps(&server.question(), &context);
                    reply(server, out);
                }) {
                    assert_end(&server, &context);
                }
            }
            let down = server.take();
            for octet in &down {
                client.feed(&[*octet]);
                assert_end(&client, &context);
            }
            if up.is_empty() && down.is_empty() {
                break;
            }
        }
        assert!(client.channel.is_open() && server.channel.is_open(), "{context}");
    }
}

/// Half a message of a secret, whoever sends it in whatever state.
#[test]
fn a_payload_that_is_gathered_is_not_shown() {
    let payload = SECRET.repeat(3);
    for kind in Kind::ALL {
        let mut client = open(client_side(kind));
        client.take();
        for octet in &message(COMPLETE, payload.as_bytes()) {
            client.feed(&[*octet]);
            assert_end(&client, "client");
        }
        let mut server = open(server_side(kind));
        let start = message(1, kind.name().as_bytes());
        // Whole, it may be a name, which is no secret.
        let octets = [start, message(COMPLETE, payload.as_bytes())].concat();
        for octet in &octets[..octets.len() - 1] {
            server.feed(&[*octet]);
            assert_end(&server, "server");
        }
    }
}

/// A frame without protection is not kept, so there is nothing to be shown.
#[test]
fn a_failure_after_a_secret_does_not_name_it() {
    for kind in Kind::ALL {
        let said = transcript(kind);
        let mut client = open(client_side(kind));
        client.feed(&[&said.server[..], b"\0\0\0\x06pencil", b"\xff\xff\xff\xff"].concat());
        let failure = client.failure().unwrap();
        assert!(!shows(&format!("{failure} {failure:?}")));
        assert_end(&client, "client");
    }
}
