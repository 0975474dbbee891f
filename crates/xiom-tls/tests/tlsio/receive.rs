//! Receiving: what goes up, what the end of the octets means, and what is not told.

use xiom_core::{
    Action, Cause, Connection, Fact, Limits, News, OpenResult, Rejected, SendId, SocketFault,
    Stage, TlsFault,
};
use xiom_testing::{GOODBYE, HELLO_BACK, ToyEngine, seal};
use xiom_tls::Tls;

use crate::common::{NOW, deeds, hear, layers, open};

const OPENED: News = News::Action(Action::Opened(OpenResult::Ok));

/// A connection whose hello was taken.
fn opening() -> Connection<Tls<ToyEngine>> {
    let mut connection = Connection::new(Limits::CLIENT);
    connection.open(layers(), NOW).unwrap();
    assert_eq!(connection.poll(), Some(News::Action(Action::Connect)));
    connection.handle(Fact::Connected);
    connection.take(1);
    connection
}

fn read(connection: &mut Connection<Tls<ToyEngine>>, octets: &[u8]) {
    assert_eq!(connection.poll(), None);
    connection.room()[..octets.len()].copy_from_slice(octets);
    connection.fill(octets.len());
}

/// What the user is told until nothing is left.
fn told(connection: &mut Connection<Tls<ToyEngine>>) -> Vec<Vec<u8>> {
    let mut told = Vec::new();
    while let Some(news) = connection.poll() {
        let News::Data(range) = news else { panic!("{news:?}") };
        told.push(connection.octets(range).to_vec());
    }
    told
}

//= test SRS_TLSIO_30_100
#[test]
fn all_records_of_a_read_go_up_in_order() {
    let mut connection = opening();
    read(&mut connection, &[HELLO_BACK]);
    assert_eq!(connection.poll(), Some(OPENED));
    read(&mut connection, &[seal(b"one"), seal(b"two"), seal(b"three")].concat());
    assert_eq!(told(&mut connection), [&b"one"[..], b"two", b"three"]);
}

//= test SRS_TLSIO_30_102
#[test]
fn octets_without_any_for_the_user_are_not_told() {
    let mut connection = opening();
    read(&mut connection, &[HELLO_BACK]);
    assert_eq!(connection.poll(), Some(OPENED), "and no octets");
    let record = seal(b"late");
    read(&mut connection, &record[..4]);
    assert_eq!(connection.poll(), None, "half a record");
    read(&mut connection, &[&record[4..], &seal(b"")].concat());
    assert_eq!(told(&mut connection), [b"late"], "and an empty one");
}

//= test SRS_TLSIO_30_096
#[test]
fn an_empty_queue_sends_nothing_and_does_not_hinder_reading() {
    let mut connection = opening();
    read(&mut connection, &[HELLO_BACK]);
    assert_eq!(connection.poll(), Some(OPENED));
    read(&mut connection, &seal(b"unasked"));
    assert_eq!(told(&mut connection), [b"unasked"]);
    assert_eq!(connection.pending(), b"");
}

//= test SRS_TLSIO_50_010
#[test]
fn a_lost_connection_is_an_error() {
    let (mut adapter, mut wire) = open(Limits::CLIENT);
    adapter.handle(Fact::Lost(SocketFault::Reset), &mut wire);
    let failure = Cause::Socket(SocketFault::Reset).at(Stage::Open);
    assert_eq!(deeds(&mut adapter, &mut wire), [Action::Failed(failure)]);
    assert!(!adapter.is_open() && !adapter.is_closed() && !adapter.is_reading());
}

//= test SRS_TLSIO_50_014, SRS_TLSIO_50_027
#[test]
fn the_goodbye_of_the_peer_is_told_once_and_before_anything_else_is_shown() {
    let (mut adapter, mut wire) = open(Limits::CLIENT);
    let last = [&seal(b"last")[..], &[GOODBYE]].concat();
    assert_eq!(hear(&mut adapter, &mut wire, &last), b"last");
    assert_eq!(adapter.receive(&mut seal(b"ghost"), &mut wire), None);
    assert_eq!(deeds(&mut adapter, &mut wire), [Action::Ended]);
    assert_eq!(hear(&mut adapter, &mut wire, &[GOODBYE]), b"");
    adapter.handle(Fact::Ended, &mut wire);
    assert_eq!(deeds(&mut adapter, &mut wire), [], "the end of the socket adds nothing");
    assert_eq!(adapter.send(SendId(1), b"still", &mut wire), Ok(()));
    assert_eq!(wire.pending(), seal(b"still"));
}

//= test SRS_TLSIO_50_015
#[test]
fn octets_after_the_goodbye_of_the_peer_count_for_nothing() {
    let (mut adapter, mut wire) = open(Limits::CLIENT);
    hear(&mut adapter, &mut wire, &[GOODBYE]);
    assert_eq!(deeds(&mut adapter, &mut wire), [Action::Ended]);
    // Neither octets nor faults.
    for octets in [&seal(b"ghost")[..], b"garbage"] {
        assert_eq!(hear(&mut adapter, &mut wire, octets), b"");
        assert_eq!(deeds(&mut adapter, &mut wire), []);
    }
    assert!(adapter.is_open());
}

//= test SRS_TLSIO_50_011
#[test]
fn an_end_without_goodbye_is_an_error() {
    let (mut adapter, mut wire) = open(Limits::CLIENT);
    adapter.handle(Fact::Ended, &mut wire);
    let failure = Cause::Tls(TlsFault::Truncated).at(Stage::Open);
    assert_eq!(deeds(&mut adapter, &mut wire), [Action::Failed(failure)]);
    assert_eq!(adapter.send(SendId(1), b"late", &mut wire), Err(Rejected::State));
}
