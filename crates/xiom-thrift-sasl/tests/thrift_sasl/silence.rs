//! After a bad end: whatever follows is swallowed, without a word, by the layers themselves.

use xiom_core::{Layer, Phase, Security, WireBuf};
use xiom_sasl::Protection;
use xiom_thrift_sasl::{Client, Server};

use crate::messages::{BAD, COMPLETE, ERROR, OK, START, message};
use crate::rig::{Kind, client_config, server_config};

/// What could follow: each status, and what would be a frame.
fn others() -> Vec<Vec<u8>> {
    let statuses = [START, OK, BAD, ERROR, COMPLETE].map(|status| message(status, b"PLAIN"));
    statuses.into_iter().chain([b"\0\0\0\x05hello".to_vec()]).collect()
}

/// Shows `bad` to a fresh layer, and then everything else.
fn swallows(mut layer: impl Layer, bad: &[u8]) {
    let mut out = WireBuf::default();
    layer.open(&Security { confidential: true, ..Security::default() }, &mut out);
    layer.receive(&mut bad.to_vec(), &mut out);
    let Phase::Failed(failure) = layer.phase() else { panic!("{:?}", layer.phase()) };
    let said = out.pending().to_vec();
    for mut other in others() {
        let got = layer.receive(&mut other, &mut out).unwrap();
        assert_eq!((got.consumed, got.octets(&other)), (other.len(), &[][..]));
        layer.send(b"hello", &mut out);
        layer.close(&mut out);
        layer.end();
        assert_eq!(layer.phase(), Phase::Failed(failure));
        assert_eq!(out.pending(), said, "nothing more is said");
    }
}

//= test SRS_THRIFT_SASL_01_029, SRS_THRIFT_SASL_50_019
#[test]
fn a_client_that_failed_swallows_everything() {
    let client = || Client::new(Kind::Plain.client(), client_config(Protection::None));
    for bad in [message(BAD, b"no"), message(ERROR, b""), message(START, b"PLAIN"), vec![9]] {
        swallows(client(), &bad);
    }
}

//= test SRS_THRIFT_SASL_01_012, SRS_THRIFT_SASL_01_029, SRS_THRIFT_SASL_50_019
#[test]
fn a_server_that_failed_swallows_everything() {
    let server = || Server::new(vec![Kind::Plain.server()], server_config(Protection::None));
    for bad in [message(START, b"NOBODY"), message(BAD, b""), message(OK, b""), vec![9]] {
        swallows(server(), &bad);
    }
}
