//! Sessions are resumed across holders of equal options, and each connection has its own bindings.

use xiom_core::Layer as _;
use xiom_rustls::{Client, Facts, Server};
use xiom_testing::pump;

use crate::support::{Authority, NAME, pair, shake, tls12};

/// What both ends say about one connection, which carries octets so that tickets arrive.
fn connect(client: &Client, server: &Server) -> (Facts, Facts, Option<[u8; 32]>) {
    let (mut a, mut b) = shake(client, server);
    assert!(b.send(b"x"));
    pump(&mut a, &mut b, usize::MAX);
    assert_eq!(a.received, b"x");
    let (a, b) = (a.channel.layers().unwrap(), b.channel.layers().unwrap());
    let (left, right) = (a.security().bindings, b.security().bindings);
    assert_eq!(left, right);
    assert!(left.end_point.is_some());
    (a.engine().facts().unwrap(), b.engine().facts().unwrap(), left.exporter)
}

#[test]
fn the_second_connection_is_resumed_with_another_binding() {
    let (client, server) = pair(|options| options, |options| options);
    let (first, _, binding) = connect(&client, &server);
    assert!(!first.resumed);
    for _ in 0..3 {
        let (a, b, another) = connect(&client, &server);
        assert!(a.resumed && b.resumed);
        assert_eq!((a.server_name, b.server_name.as_deref()), (None, Some(NAME)));
        assert_eq!(a.peer_certificates, first.peer_certificates);
        assert!(binding.is_some() && another.is_some() && binding != another);
    }
}

#[test]
fn equal_options_of_another_holder_resume_too() {
    let authority = Authority::new("authority");
    let server = authority.issue(NAME, |_| ()).server().build().unwrap();
    let first = authority.client().build().unwrap();
    connect(&first, &server);
    let second = authority.client().build().unwrap();
    assert!(connect(&second, &server).0.resumed);
    let other = authority.client().post_quantum(false).build().unwrap();
    assert!(!connect(&other, &server).0.resumed);
}

#[test]
fn either_side_can_do_without_resumption() {
    let (client, server) = pair(|options| options.resumption(false), |options| options);
    connect(&client, &server);
    assert!(!connect(&client, &server).0.resumed);
    let (client, server) = pair(|options| options, |options| options.tickets(false));
    connect(&client, &server);
    assert!(!connect(&client, &server).0.resumed);
}

#[test]
fn tls12_is_resumed_and_has_no_exporter() {
    let (client, server) = pair(|options| options.provider(tls12()), |options| options);
    let (first, _, binding) = connect(&client, &server);
    let (second, _, _) = connect(&client, &server);
    assert!(!first.resumed && second.resumed);
    assert_eq!(binding, None);
    assert_eq!((first.group.is_some(), second.group), (true, None));
}

#[test]
fn a_resumed_client_keeps_its_identity() {
    let authority = Authority::new("authority");
    let own = authority.issue("sensor-7", |_| ());
    let client = authority.client().certificate(&own.chain, own.secret()).build().unwrap();
    let options = authority.issue(NAME, |_| ()).server();
    let server = options.required_client_certificate(&authority.pem).build().unwrap();
    connect(&client, &server);
    let (a, b) = shake(&client, &server);
    assert!(a.channel.layers().unwrap().engine().facts().unwrap().resumed);
    let security = b.channel.layers().unwrap().security();
    assert_eq!(security.peer.as_deref(), Some("sensor-7"));
}
