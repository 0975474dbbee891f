//! Recorded exchanges whose nonces are shorter than ours, hostile octets for each parser, and layers at
//! the ends of their range.

use alloc::vec;
use alloc::vec::Vec;

use xiom_core::{LayerFault, Security, WireBuf};

use super::ciphers::{Rc4, Stream};
use super::keys::{Session, Terms, hmac_md5};
use super::layer::MAC;
use super::*;
use crate::client::{self, ClientMechanism, ClientStep};
use crate::server::{self, LookupAnswer, LookupRequest, ServerInput, ServerMechanism, ServerStep};
use crate::{Credentials, Decoy, Limits, Nonce, PeerProof, SecurityLayer};

/// An example of RFC 2831 section 4, or of RFC 2195 section 2.
struct Example {
    service: &'static str,
    nonces: [&'static str; 2],
    challenge: &'static str,
    response: &'static str,
    last: &'static str,
}

const IMAP: Example = Example {
    service: "imap",
    nonces: ["OA6MG9tEQGm2hh", "OA6MHXh6VqTrRk"],
    challenge: concat!(
        r#"realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth","#,
        "algorithm=md5-sess,charset=utf-8",
    ),
    response: concat!(
        r#"charset=utf-8,username="chris",realm="elwood.innosoft.com","#,
        r#"nonce="OA6MG9tEQGm2hh",nc=00000001,cnonce="OA6MHXh6VqTrRk","#,
        r#"digest-uri="imap/elwood.innosoft.com",response=d388dad90d4bbd760a152321f2143af7,qop=auth"#,
    ),
    last: "rspauth=ea40f60335c427b5527b84dbabcdfffd",
};

const ACAP: Example = Example {
    service: "acap",
    nonces: ["OA9BSXrbuRhWay", "OA9BSuZWMSpW8m"],
    challenge: concat!(
        r#"realm="elwood.innosoft.com",nonce="OA9BSXrbuRhWay",qop="auth","#,
        "algorithm=md5-sess,charset=utf-8",
    ),
    response: concat!(
        r#"charset=utf-8,username="chris",realm="elwood.innosoft.com","#,
        r#"nonce="OA9BSXrbuRhWay",nc=00000001,cnonce="OA9BSuZWMSpW8m","#,
        r#"digest-uri="acap/elwood.innosoft.com",response=6084c6db3fede7352c551284490fd0fc,qop=auth"#,
    ),
    last: "rspauth=2f0b3d7c3c2e486600ef710726aa2eae",
};

const HOST: &str = "elwood.innosoft.com";

//= test SRS_SASL_MECHANISMS_01_066, SRS_SASL_MECHANISMS_01_079
/// The client's part of RFC 2831 section 4, octet by octet.
#[test]
fn rfc_2831_client() {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    for example in [IMAP, ACAP] {
        let (credentials, nonce) =
            (Credentials::new("chris", "secret"), Nonce::recorded(example.nonces[1]));
        let mut client = client::DigestMd5::new(credentials, example.service, HOST, nonce).unwrap();
        let mut out = Vec::new();
        assert_eq!(client.start(&cx, &mut out), Ok(ClientStep::NoInitialResponse));
        let step = client.challenge(&cx, example.challenge.as_bytes(), &mut out);
        assert_eq!((step, str::from_utf8(&out)), (Ok(ClientStep::Send), Ok(example.response)));
        let established = client.outcome_ok(&cx, Some(example.last.as_bytes())).unwrap();
        assert_eq!(established.peer(), PeerProof::Verified);
    }
}

//= test SRS_SASL_MECHANISMS_01_066, SRS_SASL_MECHANISMS_01_089
/// The server's part of RFC 2831 section 4, octet by octet.
#[test]
fn rfc_2831_server() {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    let key = DigestKey::derive("chris", HOST, "secret").unwrap();
    for example in [IMAP, ACAP] {
        let (decoy, nonce) = (Decoy::new([3; 32], 1, 1), Nonce::recorded(example.nonces[0]));
        let server = server::DigestMd5::new(example.service, HOST, HOST, decoy, nonce).unwrap();
        let mut out = Vec::new();
        let step = server.step(&cx, ServerInput::Initial(None), &mut out);
        let ServerStep::Challenge(server) = step else { panic!("{step:?}") };
        assert_eq!(str::from_utf8(&out), Ok(example.challenge));
        out.clear();
        let input = ServerInput::Response(example.response.as_bytes());
        let step = server.step(&cx, input, &mut out);
        let ServerStep::Lookup(server, request) = step else { panic!("{step:?}") };
        let expected = LookupRequest::DigestMd5 { user: "chris".into(), realm: HOST.into() };
        assert_eq!(request, expected);
        let answer = ServerInput::Lookup(LookupAnswer::DigestMd5(&key));
        let step = server.step(&cx, answer, &mut out);
        let ServerStep::Authorize(server, _) = step else { panic!("{step:?}") };
        assert!(out.is_empty());
        let step = server.step(&cx, ServerInput::Authorized(true), &mut out);
        assert!(matches!(step, ServerStep::Success { additional: true, .. }));
        assert_eq!(str::from_utf8(&out), Ok(example.last));
    }
}

/// The server's part of RFC 2195 section 2.
#[test]
fn rfc_2195_server() {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    let (decoy, nonce) = (Decoy::new([3; 32], 1, 1), Nonce::recorded("1896.697170952"));
    let server = server::CramMd5::new("postoffice.reston.mci.net", decoy, &nonce).unwrap();
    let mut out = Vec::new();
    let step = server.step(&cx, ServerInput::Initial(None), &mut out);
    let ServerStep::Challenge(server) = step else { panic!("{step:?}") };
    assert_eq!(out, b"<1896.697170952@postoffice.reston.mci.net>");
    let response = b"tim b913a602c7eda7a495b4e6e7334d3890";
    let step = server.step(&cx, ServerInput::Response(response), &mut out);
    let ServerStep::Lookup(server, _) = step else { panic!("{step:?}") };
    let password = "tanstaaftanstaaf".into();
    let answer = ServerInput::Lookup(LookupAnswer::Secret(&password));
    let step = server.step(&cx, answer, &mut out);
    assert!(matches!(step, ServerStep::Authorize(..)));
}

/// RFC 6229 section 2, the key of 128 bits.
#[test]
fn rfc_6229_key_stream() {
    let key: Vec<u8> = (1..=16).collect();
    let mut octets = [0; 16];
    let mut rc4 = Rc4::new(&key);
    rc4.apply(&mut octets[..5]);
    rc4.apply(&mut octets[5..]);
    let expected = 0x9ac7_cc9a_609d_1ef7_b293_2899_cde4_1b97_u128;
    assert_eq!(u128::from_be_bytes(octets), expected);
}

//= test SRS_SASL_MECHANISMS_01_029, SRS_SASL_MECHANISMS_01_066
/// All texts of up to 2 octets, and of up to 4 of what the grammar cares about, for each parser.
#[test]
fn short_messages_are_refused_by_every_parser() {
    fn extend(octets: &mut Vec<u8>, left: usize, alphabet: &[u8], deed: &mut impl FnMut(&[u8])) {
        deed(octets);
        for octet in alphabet.iter().filter(|_| 0 < left) {
            octets.push(*octet);
            extend(octets, left - 1, alphabet, deed);
            octets.pop();
        }
    }
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    let (mut messages, mut lists) = (0, 0);
    let mut deed = |octets: &[u8]| {
        assert!(challenge::Challenge::parse(&cx, octets).is_err());
        assert!(response::Response::parse(&cx, octets).is_err());
        assert!(challenge::proof(&cx, octets).is_err());
        let Ok(mut directives) = directives::Directives::new(&cx, octets) else { return };
        let mut found = 0;
        while let Ok(Some((name, _))) = directives.next() {
            assert!(!name.is_empty());
            found += 1;
        }
        messages += 1;
        lists += u32::from(found != 0);
    };
    extend(&mut Vec::new(), 2, &(0..=u8::MAX).collect::<Vec<_>>(), &mut deed);
    extend(&mut Vec::new(), 4, b"\0,=\"\\ \t\r\naq/1\x7f\xc3\xa9\xff", &mut deed);
    assert!(30_000 < messages, "{messages}");
    assert!(100 < lists, "a=1 and its kin are read: {lists}");
}

/// What [`directives::quote`] writes is read back as it was.
#[test]
fn quotes_come_back() {
    let (security, limits) = (Security::default(), Limits::default());
    let cx = Context::new(&security, &limits);
    for value in ["", " ", "\"", "\\", "\\\"", "a\"b\\c, d=e", "\\\\\\"] {
        let mut text = String::new();
        directives::quote("name", value, &mut text);
        directives::plain("next", "1", &mut text);
        let mut read = directives::Directives::new(&cx, text.as_bytes()).unwrap();
        assert_eq!(read.next(), Ok(Some(("name", value.into()))));
        assert_eq!(read.next(), Ok(Some(("next", "1".into()))));
        assert_eq!(read.next(), Ok(None));
    }
}

fn session() -> Session {
    let key = DigestKey::derive("chris", HOST, "secret").unwrap();
    let (nonce, client_nonce) = ("server's nonce", b"client's nonce".as_slice());
    let quality = Quality::Integrity;
    Session::new(&key, &Terms { nonce, client_nonce, authzid: None, uri: "imap/host", quality })
}

fn layers(quality: Quality) -> [DigestLayer; 2] {
    use keys::End::{Client, Server};
    [Client, Server].map(|end| DigestLayer::new(&session(), end, quality, 4096, 4096).unwrap())
}

//= test SRS_SASL_MECHANISMS_01_092
#[test]
fn numbers_never_begin_again() {
    for quality in [Quality::ALL[0], Quality::ALL[1], Quality::Integrity] {
        let [mut client, mut server] = layers(quality);
        client.skip_to(u32::MAX);
        server.skip_to(u32::MAX);
        let mut out = WireBuf::default();
        client.wrap(b"the last", &mut out).unwrap();
        let mut token = out.pending().to_vec();
        assert_eq!(server.unwrap(&mut token.clone()), Ok(0..8));
        let mut after = client.clone();
        assert_eq!(after.wrap(b"one more", &mut out), Err(LayerFault::OutOfSequence));
        assert_eq!(after.wrap(b"one more", &mut out), Err(LayerFault::Poisoned));
        assert!(server.unwrap(&mut token).is_err());
        assert_eq!(server.unwrap(&mut []), Err(LayerFault::Poisoned));
    }
}

//= test SRS_SASL_MECHANISMS_01_067
/// A token whose MAC is right for a message, and whose padding is not what it must be.
#[test]
fn bad_padding_is_a_bad_mac() {
    let cipher = Cipher::TripleDes;
    let [_, server] = layers(Quality::Confidentiality(cipher));
    let session = session();
    let unwrap = |padded: &[u8], plain: &[u8]| {
        let mac = hmac_md5(session.signing(keys::End::Client).octets(), &[&[0; 4], plain]);
        let mut token = [padded, &mac.octets()[..MAC]].concat();
        Stream::new(cipher, &session.sealing(keys::End::Client)).encrypt(&mut token);
        token.extend([0, 1, 0, 0, 0, 0]);
        server.clone().unwrap(&mut token)
    };
    let good = b"ten octets\x04\x04\x04\x04";
    assert_eq!(unwrap(good, b"ten octets"), Ok(0..10));
    for last in (0..=u8::MAX).filter(|last| *last != 4) {
        let mut padded = *good;
        padded[13] = last;
        for plain in [0, 1, 6, 7, 8, 9, 10, 11, 12, 13, 14] {
            let result = unwrap(&padded, &padded[..plain]);
            if last == 1 && plain == 13 {
                assert_eq!(result, Ok(0..13));
            } else {
                assert_eq!(result, Err(LayerFault::BadMac), "{last} {plain}");
            }
        }
    }
    for at in 10..13 {
        let mut padded = *good;
        padded[at] = 3;
        assert_eq!(unwrap(&padded, b"ten octets"), Err(LayerFault::BadMac));
    }
    // More than a block is no padding, whatever it says.
    let long = [b"octets".as_slice(), &[16; 16]].concat();
    assert_eq!(unwrap(&long, b"octets"), Err(LayerFault::BadMac));
}

//= test SRS_SASL_MECHANISMS_01_071
/// The longest token that fits is what the capacity says, for every buffer.
#[test]
fn capacity_is_exact() {
    for quality in [Quality::ALL[0], Quality::ALL[1], Quality::Integrity] {
        for buffer in 17..200 {
            let mut layer =
                DigestLayer::new(&session(), keys::End::Client, quality, buffer, 4096).unwrap();
            let size = |plain: usize, layer: &DigestLayer| {
                let mut layer = layer.clone();
                layer.set_max_sent(usize::MAX);
                let mut out = WireBuf::default();
                layer.wrap(&vec![7; plain], &mut out).unwrap();
                u32::try_from(out.len()).unwrap()
            };
            let most = layer.max_plain();
            assert!(size(most, &layer) <= buffer || most == 0, "{quality:?} {buffer}");
            assert!(buffer < size(most + 1, &layer), "{quality:?} {buffer}");
            let fault = LayerFault::too_long(most + 1, most);
            let mut out = WireBuf::default();
            assert_eq!(layer.wrap(&vec![7; most + 1], &mut out), Err(fault));
            assert_eq!(layer.wrap(b"", &mut out), Err(LayerFault::Poisoned));
        }
    }
}
