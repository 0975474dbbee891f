//! DIGEST-MD5: exchanges of another implementation with itself, octet by octet, each end taken by ours.

use xiom_core::WireBuf;
use xiom_sasl::client::{ClientMechanism, DigestMd5};
use xiom_sasl::digest_md5::{DigestKey, DigestLayer};
use xiom_sasl::server::{self, LookupAnswer};
use xiom_sasl::{Credentials, Nonce, Protection, SecurityLayer};

use crate::common::decoy;
use crate::legacy::{Below, HOST, REALM, challenged, permitted, proven, responded};

/// What went over the wire, and what both ends had drawn.
struct Recorded {
    protection: Protection,
    user: &'static str,
    authzid: Option<&'static str>,
    /// The server's, and the client's.
    nonces: [&'static str; 2],
    challenge: &'static str,
    response: &'static str,
    last: &'static str,
    /// Tokens in hexadecimal, one for each of [`PLAIN`].
    to_server: &'static [&'static str],
    to_client: &'static [&'static str],
}

const PASSWORD: &str = "sec\"re\\t";

/// What each end sent the other, in turn.
const PLAIN: [&[u8]; 4] =
    [b"AMQP\0\x01\0\0", b"x", b"exactly sixteen!", b"a longer message of forty-two octets, no 4"];

fn octets(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap());
    digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

/// One end sends [`PLAIN`] as was recorded, and takes what the other end was recorded to send.
fn converse(layer: Option<DigestLayer>, sent: &[&str], heard: &[&str]) {
    assert_eq!(layer.is_some(), !sent.is_empty());
    let Some(mut layer) = layer else { return };
    assert_eq!((sent.len(), heard.len()), (PLAIN.len(), PLAIN.len()));
    for (plain, (sent, heard)) in PLAIN.into_iter().zip(sent.iter().zip(heard)) {
        let mut out = WireBuf::default();
        layer.wrap(plain, &mut out).unwrap();
        assert_eq!(out.pending(), octets(sent));
        let mut token = octets(heard);
        let range = layer.unwrap(&mut token).unwrap();
        assert_eq!(&token[range], plain);
    }
}

//= test SRS_SASL_MECHANISMS_01_079, SRS_SASL_MECHANISMS_01_072
/// Our client gives the recorded proof and tokens, and takes those of the recorded server.
#[test]
fn our_client_is_the_recorded_one() {
    let below = Below::default();
    for recorded in RECORDED {
        let cx = below.cx(recorded.protection, recorded.protection);
        let is_rc4 = recorded.response.contains("rc4");
        let challenge = recorded.challenge.replace(if is_rc4 { "3des," } else { "" }, "");
        let mut credentials = Credentials::new(recorded.user, PASSWORD);
        credentials.authzid = recorded.authzid.map(Into::into);
        let nonce = Nonce::from_text(recorded.nonces[1]).unwrap();
        let client = DigestMd5::new(credentials, "amqp", HOST, nonce).unwrap();
        let (client, response) = responded(client, &cx, &challenge).unwrap();
        let directives = |text: &str| {
            let mut all: Vec<String> = text.split(',').map(|it| it.replace('"', "")).collect();
            all.retain(|it| it != "maxbuf=65536");
            all.sort();
            all
        };
        assert_eq!(directives(&response), directives(recorded.response));
        let mut established = client.outcome_ok(&cx, Some(recorded.last.as_bytes())).unwrap();
        assert_eq!(established.protection(), recorded.protection);
        converse(established.take_layer(), recorded.to_server, recorded.to_client);
    }
}

//= test SRS_SASL_MECHANISMS_01_089, SRS_SASL_MECHANISMS_01_072
/// Our server takes the recorded response and tokens, and gives those of the recorded server.
#[test]
fn our_server_is_the_recorded_one() {
    let below = Below::default();
    for recorded in RECORDED {
        let cx = below.cx(Protection::None, Protection::Confidentiality);
        let nonce = Nonce::from_text(recorded.nonces[0]).unwrap();
        let server = server::DigestMd5::new("amqp", HOST, REALM, decoy(), nonce).unwrap();
        let (server, _) = challenged(server, &cx).unwrap();
        let key = DigestKey::derive(recorded.user, REALM, PASSWORD).unwrap();
        let answer = LookupAnswer::DigestMd5(&key);
        let server = proven(server, &cx, recorded.response.as_bytes(), answer).unwrap();
        let (mut established, last) = permitted(server, &cx);
        assert_eq!(str::from_utf8(&last), Ok(recorded.last));
        assert_eq!(established.principal().authzid.as_deref(), recorded.authzid);
        assert_eq!(established.protection(), recorded.protection);
        converse(established.take_layer(), recorded.to_client, recorded.to_server);
    }
}

const RECORDED: [Recorded; 4] = [AUTH, INTEGRITY, TRIPLE_DES, RC4];

const AUTH: Recorded = Recorded {
    protection: Protection::None,
    user: "chris",
    authzid: None,
    nonces: [
        "Xk4LIA/P5XifFGQ5vVH1cgFOwB+L0ow2KUgfsPTS",
        "gW4XAaMsGahlhE1DiXB95Y5aTB3iG/U/aLprzYBv",
    ],
    challenge: concat!(
        r#"realm="example.com",nonce="Xk4LIA/P5XifFGQ5vVH1cgFOwB+L0ow2KUgfsPTS","#,
        r#"qop="auth,auth-int,auth-conf",charset=utf-8,"#,
        r#"cipher="3des,rc4,des,rc4-56,rc4-40",algorithm=md5-sess"#,
    ),
    response: concat!(
        r#"charset=utf-8,username="chris",realm="example.com","#,
        r#"nonce="Xk4LIA/P5XifFGQ5vVH1cgFOwB+L0ow2KUgfsPTS",nc=00000001,"#,
        r#"cnonce="gW4XAaMsGahlhE1DiXB95Y5aTB3iG/U/aLprzYBv","#,
        r#"digest-uri="amqp/broker.example.com",maxbuf=65536,"#,
        r#"response=980233a9a92e115d9918296a510885ec,qop=auth"#,
    ),
    last: "rspauth=6ab4caf051ee53e6477665ad219c6cb5",
    to_server: &[],
    to_client: &[],
};

const INTEGRITY: Recorded = Recorded {
    protection: Protection::Integrity,
    user: "ursel",
    authzid: Some("ursel"),
    nonces: [
        "/ZVXwNsMuMV9/a3JGprdnYau84P91RJaEZaH8QT3",
        "t9TpSXdunI59VDqhLEIIxdZxb+WMkbei23v9s1DC",
    ],
    challenge: concat!(
        r#"realm="example.com",nonce="/ZVXwNsMuMV9/a3JGprdnYau84P91RJaEZaH8QT3","#,
        r#"qop="auth,auth-int,auth-conf",charset=utf-8,"#,
        r#"cipher="3des,rc4,des,rc4-56,rc4-40",algorithm=md5-sess"#,
    ),
    response: concat!(
        r#"charset=utf-8,username="ursel",realm="example.com","#,
        r#"nonce="/ZVXwNsMuMV9/a3JGprdnYau84P91RJaEZaH8QT3",nc=00000001,"#,
        r#"cnonce="t9TpSXdunI59VDqhLEIIxdZxb+WMkbei23v9s1DC","#,
        r#"digest-uri="amqp/broker.example.com",maxbuf=65536,"#,
        r#"response=100b07b8b387936c7e60212c1d0cc199,qop=auth-int,authzid="ursel""#,
    ),
    last: "rspauth=020c41c8811383ad5031b65ceda93a59",
    to_server: &[
        "414d515000010000f642b80435f4a13c0e2d000100000000",
        "7873ab88c3896fc7cdc4c4000100000001",
        "65786163746c79207369787465656e21b0a4686986a7de0bc4fd000100000002",
        "61206c6f6e676572206d657373616765206f6620666f7274792d74776f206f63746574732c206e6f\
         20344764d436ed79c70e30b1000100000003",
    ],
    to_client: &[
        "414d5150000100000405868e79baebe6a553000100000000",
        "788672a9ff85abfc1d3d93000100000001",
        "65786163746c79207369787465656e2151e8fe075320c89599da000100000002",
        "61206c6f6e676572206d657373616765206f6620666f7274792d74776f206f63746574732c206e6f\
         203498c56fe490ac7d9e6aaf000100000003",
    ],
};

const TRIPLE_DES: Recorded = Recorded {
    protection: Protection::Confidentiality,
    user: "chris",
    authzid: None,
    nonces: [
        "IRKfAB61T58KYmvCmB114i3+MSDOxMvtvoHDMh97",
        "kos+p2u1qEIeAXhjdzcz7L3timpTqxoBHNwdMbDd",
    ],
    challenge: concat!(
        r#"realm="example.com",nonce="IRKfAB61T58KYmvCmB114i3+MSDOxMvtvoHDMh97","#,
        r#"qop="auth,auth-int,auth-conf",charset=utf-8,"#,
        r#"cipher="3des,rc4,des,rc4-56,rc4-40",algorithm=md5-sess"#,
    ),
    response: concat!(
        r#"charset=utf-8,username="chris",realm="example.com","#,
        r#"nonce="IRKfAB61T58KYmvCmB114i3+MSDOxMvtvoHDMh97",nc=00000001,"#,
        r#"cnonce="kos+p2u1qEIeAXhjdzcz7L3timpTqxoBHNwdMbDd","#,
        r#"digest-uri="amqp/broker.example.com",maxbuf=65536,"#,
        r#"response=0844e4f28c3c5d50eccf6fbd4b975cb5,qop=auth-conf,cipher="3des""#,
    ),
    last: "rspauth=8ec6dd02d3ff7873a9d028bdc99cc5ba",
    to_server: &[
        "069ef6004e0d010456083c019b9ff62cbd9dbef26a6626f6000100000000",
        "dc7c179532fc75837a9e436baecadbc6000100000001",
        "74b06bb2a52b47ecaf0e60ec228bd3a486a630ab3336323b587480b01e829207000100000002",
        "d063cd1b923dfa1cbd7556002231409ec3cdd8241d5e454ec9b7305d0462165afca8285330e4a066\
         b65d1d27106a5b3ff5a97c3ecfa7106a000100000003",
    ],
    to_client: &[
        "84ceae5a43ab5b1e7d53a5c402f780cf25a8318e31e622b3000100000000",
        "7ab738874e9389a727ff539f8b672ee9000100000001",
        "8e41de49143bc4fd257fc0b98f022af48af1454978baf03c5817c3cf72c2cac8000100000002",
        "244f337c7a33d58886e1c5983cb956033c14f5388f705632c073b802612153b08a3479d30188dc1b\
         ae144fbcd9fdc18824ff12ef11f96a87000100000003",
    ],
};

const RC4: Recorded = Recorded {
    protection: Protection::Confidentiality,
    user: "ursel",
    authzid: Some("ursel"),
    nonces: [
        "WMsC4To7Wj97e+AMfG3zPskpiWal9j7HYbfJa1d3",
        "bYifrYGVbj2P8bvaiyKd77P8PUxHxdS5OvGltdpE",
    ],
    challenge: concat!(
        r#"realm="example.com",nonce="WMsC4To7Wj97e+AMfG3zPskpiWal9j7HYbfJa1d3","#,
        r#"qop="auth,auth-int,auth-conf",charset=utf-8,"#,
        r#"cipher="3des,rc4,des,rc4-56,rc4-40",algorithm=md5-sess"#,
    ),
    response: concat!(
        r#"charset=utf-8,username="ursel",realm="example.com","#,
        r#"nonce="WMsC4To7Wj97e+AMfG3zPskpiWal9j7HYbfJa1d3",nc=00000001,"#,
        r#"cnonce="bYifrYGVbj2P8bvaiyKd77P8PUxHxdS5OvGltdpE","#,
        r#"digest-uri="amqp/broker.example.com",maxbuf=65536,"#,
        r#"response=e3040d08e73a8a746f8ea218f6c37aeb,qop=auth-conf,cipher="rc4","#,
        r#"authzid="ursel""#,
    ),
    last: "rspauth=b184055780c776c2a2294bd0255512c0",
    to_server: &[
        "08ab1bb7594a8b1cf3e8cea13abc01cc878a000100000000",
        "cea802b0e1912824162102000100000001",
        "eed8a8219d1fc2a075ec314edd0e6ce4ff29638e3467df0131e7000100000002",
        "41507ef0290a76546dada32e9ddda9f2bf17965aef07d80db8c5f6efcb1ce15f31e30d5ddde84976\
         d085d672710e49a46c9e6e1e000100000003",
    ],
    to_client: &[
        "036126eab2923a2cc952063b6c0cd1f9b0b3000100000000",
        "c7d83939622ff797c51ef7000100000001",
        "4354db0924788eeb6104ee212dd332788508920dffcb619cce35000100000002",
        "aefa85f2fa77d1d7024b0eed7782f5d09458b960ad66ef4647b692fef26c81e09592595285eda865\
         88947e8867bf7250a8fe93a0000100000003",
    ],
};
