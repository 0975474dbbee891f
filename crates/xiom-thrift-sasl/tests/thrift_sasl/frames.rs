//! Frames without a layer: a length and the octets of the user, as they are.

use xiom_core::Action;
use xiom_sasl::Protection;
use xiom_thrift_sasl::{ClientConfig, FrameLimit, ServerConfig};

use crate::messages::{frame, parse_frames};
use crate::rig::{Kind, client_config, pair, pair_with, server_config};

/// Sizes of payloads around what buffers and limits are made of.
pub(crate) const SIZES: [usize; 7] = [0, 1, 5, 255, 65_535, 65_536, 1_000_000];

/// Octets that are not the same everywhere.
pub(crate) fn octets(size: usize) -> Vec<u8> {
    (0..=u8::MAX).chain(3..=97).cycle().take(size).collect()
}

//= test SRS_THRIFT_SASL_01_030, SRS_THRIFT_SASL_01_031, SRS_THRIFT_SASL_01_032
//= test SRS_THRIFT_SASL_50_044
#[test]
fn what_is_written_comes_out_as_it_was_in_one_frame() {
    let (mut client, mut server) = pair(Kind::Plain, Protection::None);
    for size in SIZES {
        let sent = octets(size);
        assert!(client.send(&sent));
        let wire = client.take();
        // Nothing is written for nothing.
        assert_eq!(wire, if size == 0 { Vec::new() } else { frame(&sent) }, "{size}");
        server.feed(&wire);
        assert_eq!(core::mem::take(&mut server.received), sent, "{size}");
        assert!(server.send(&sent));
        client.feed(&server.take());
        assert_eq!(core::mem::take(&mut client.received), sent, "{size}");
    }
    let sent = client.told.iter().filter(|action| matches!(action, Action::Sent(..))).count();
    assert_eq!(sent, SIZES.len());
}

//= test SRS_THRIFT_SASL_50_044, SRS_THRIFT_SASL_50_029
#[test]
fn what_exceeds_the_bound_goes_out_in_several_frames_in_their_order() {
    for limit in [1, 2, 5, 7, 64] {
        let frame_limit = FrameLimit::new(limit);
        let client = ClientConfig { frame_limit, ..client_config(Protection::None) };
        let server = ServerConfig { frame_limit, ..server_config(Protection::None) };
        let (mut client, mut server) = pair_with(Kind::Plain, client, server);
        let limit = usize::try_from(limit).unwrap();
        for size in [1, limit - 1, limit, limit + 1, 3 * limit, 3 * limit + 1] {
            let sent = octets(size);
            assert!(client.send(&sent));
            let wire = client.take();
            let expected: Vec<&[u8]> = sent.chunks(limit).collect();
            assert_eq!(parse_frames(&wire), expected, "{size} of {limit}");
            server.feed(&wire);
            assert_eq!(core::mem::take(&mut server.received), sent);
        }
    }
}

//= test SRS_THRIFT_SASL_50_044
#[test]
fn each_message_is_a_frame_of_its_own() {
    let (mut client, _) = pair(Kind::Plain, Protection::None);
    assert!(client.send(b"one") && client.send(b"and") && client.send(b"two"));
    assert_eq!(parse_frames(&client.take()), [b"one", b"and", b"two"]);
}

//= test SRS_THRIFT_SASL_01_032
/// The octets go up as they come, and not when the frame is whole.
#[test]
fn a_frame_is_not_gathered() {
    let (mut client, _) = pair(Kind::Plain, Protection::None);
    client.feed(&16_384_000_u32.to_be_bytes());
    for octet in b"up as they come" {
        client.feed(&[*octet]);
        assert!(client.input.is_empty());
    }
    assert_eq!(client.received, b"up as they come");
}
