//! DIGEST-MD5 by the words of RFC 2831 section 2.1.2.1, and CRAM-MD5 by those of RFC 2195 and RFC 2104, with the
//! hash of another library.

use super::{Case, Credentials, DigestKey, Nonce, answered, client, hex, proven};

const URI: &str = "amqp/broker.example.com";
const CLIENT_NONCE: &str = "nonce-of-the-client";

fn md5(octets: &[u8]) -> [u8; 16] {
    md5::compute(octets).0
}

/// The key in a store, the client's proof and the server's.
pub(super) fn digest(case: &Case<'_>, user: &str, password: &str) {
    let realm = hex(case.salt);
    if realm.is_empty() {
        return;
    }
    let key = md5([user, ":", &realm, ":", password].concat().as_bytes());
    let derived = DigestKey::derive(user, &realm, password);
    assert_eq!(derived.as_ref().map(DigestKey::octets), Ok(&key[..]));

    let credentials = Credentials::new(user, password);
    let Some(nonce) = Nonce::from_text(CLIENT_NONCE) else { return };
    let host = URI.trim_start_matches("amqp/");
    let Ok(client) = client::DigestMd5::new(credentials, "amqp", host, nonce) else { return };
    let nonce = case.server_nonce();
    let challenge = format!("realm=\"{realm}\",nonce=\"{nonce}\",qop=\"auth\",algorithm=md5-sess");
    let Some((client, first, answer)) = answered(client, &challenge) else { return };
    assert_eq!(first, b"", "the server speaks first");

    let session = [&key[..], format!(":{nonce}:{CLIENT_NONCE}").as_bytes()].concat();
    let proof = |method: &str| {
        let rest = hex(&md5(format!("{method}:{URI}").as_bytes()));
        let text = format!("{}:{nonce}:00000001:{CLIENT_NONCE}:auth:{rest}", hex(&md5(&session)));
        hex(&md5(text.as_bytes()))
    };
    let answer = String::from_utf8_lossy(&answer);
    let expected = format!("response={}", proof("AUTHENTICATE"));
    assert!(answer.split(',').any(|part| part == expected), "{answer} has no {expected}");
    proven(client, format!("rspauth={}", proof("")).as_bytes());
}

/// `user SP HMAC-MD5(password, challenge)`
pub(super) fn cram(case: &Case<'_>, user: &str, password: &str) {
    let Ok(client) = client::CramMd5::new(Credentials::new(user, password)) else { return };
    let challenge = format!("<{}@broker.example.com>", case.server_nonce());
    let Some((_, _, answer)) = answered(client, &challenge) else { return };
    let expected = format!("{user} {}", hex(&hmac(password.as_bytes(), challenge.as_bytes())));
    assert_eq!(String::from_utf8_lossy(&answer), expected);
}

/// `H(K XOR opad, H(K XOR ipad, text))` (RFC 2104, section 2)
fn hmac(key: &[u8], text: &[u8]) -> [u8; 16] {
    let mut block = if 64 < key.len() { md5(key).to_vec() } else { key.to_vec() };
    block.resize(64, 0);
    let masked = |mask: u8| block.iter().map(|octet| octet ^ mask).collect::<Vec<u8>>();
    let inner = md5(&[&masked(0x36)[..], text].concat());
    md5(&[&masked(0x5C)[..], &inner].concat())
}
