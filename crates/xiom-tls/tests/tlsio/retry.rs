//! Recovery as the owner of an adapter does it: close, be told so, open anew.

use core::time::Duration;

use xiom_core::{Action, Fact, OpenResult, SendId, SendResult, SocketFault, WireBuf};
use xiom_testing::{HELLO, HELLO_BACK, seal};

use crate::common::{Adapter, NOW, deeds, hear, layers, open, opening, settle};

/// The retry: a close that is told, then an open that succeeds and carries octets.
fn retry(adapter: &mut Adapter, wire: &mut WireBuf) {
    assert_eq!(adapter.close(NOW, wire), Ok(()));
    assert_eq!(settle(adapter, wire).last(), Some(&Action::Closed));
    assert_eq!(adapter.open(layers(), NOW, wire), Ok(()));
    assert_eq!(deeds(adapter, wire), [Action::Connect]);
    adapter.handle(Fact::Connected, wire);
    assert_eq!(wire.pending(), [HELLO], "nothing of the connection before");
    wire.take(1);
    assert_eq!(hear(adapter, wire, &[HELLO_BACK]), b"");
    assert_eq!(deeds(adapter, wire), [Action::Opened(OpenResult::Ok)]);

    adapter.send(SendId(0), b"again", wire).unwrap();
    assert_eq!(wire.pending(), seal(b"again"));
    wire.take(usize::MAX);
    assert_eq!(deeds(adapter, wire), [Action::Sent(SendId(0), SendResult::Ok)]);
    assert_eq!(hear(adapter, wire, &seal(b"heard")), b"heard");
}

//= test SRS_TLSIO_30_200
#[test]
fn a_retry_succeeds_after_an_open_that_failed() {
    type Fault = fn(&mut Adapter, &mut WireBuf);
    let faults: [Fault; 5] = [
        |a, w| a.handle(Fact::Lost(SocketFault::Reset), w),
        |a, w| a.handle(Fact::Ended, w),
        |a, w| a.handle(Fact::Time(Duration::from_secs(30)), w),
        |a, w| assert!(hear(a, w, b"AMQP").is_empty()),
        |a, w| a.handle(Fact::Disconnected, w),
    ];
    for fault in faults {
        let (mut adapter, mut wire) = opening();
        fault(&mut adapter, &mut wire);
        let told = settle(&mut adapter, &mut wire);
        assert!(matches!(told.last(), Some(Action::Opened(OpenResult::Failed(_)))), "{told:?}");
        retry(&mut adapter, &mut wire);
    }
}

//= test SRS_TLSIO_30_201
#[test]
fn a_retry_succeeds_after_an_error_while_open() {
    type Fault = fn(&mut Adapter, &mut WireBuf);
    let faults: [Fault; 4] = [
        |a, w| a.handle(Fact::Lost(SocketFault::Reset), w),
        |a, w| a.handle(Fact::Ended, w),
        |a, w| assert!(hear(a, w, b"garbage").is_empty()),
        |a, w| a.handle(Fact::Disconnected, w),
    ];
    for fault in faults {
        let (mut adapter, mut wire) = open(xiom_core::Limits::CLIENT);
        adapter.send(SendId(9), b"lost", &mut wire).unwrap();
        fault(&mut adapter, &mut wire);
        let told = settle(&mut adapter, &mut wire);
        assert!(matches!(told[..], [Action::Sent(..), Action::Failed(_)]), "{told:?}");
        retry(&mut adapter, &mut wire);
    }
}
