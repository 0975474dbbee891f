//! Known octets: what goes over the wire, message by message (AMQP 1.0 part 5 section 5.3.3).

use xiom_core::{OpenResult, Plain, Stack};
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::server::LookupAnswer;
use xiom_sasl::{Credentials, Decoy, Nonce, ScramKeys, client, server};

use xiom_amqp_sasl::{Client, ClientConfig, Question, Server, ServerConfig};

use crate::frames::hex;
use crate::rig::{Kind, answer_by, ground, open, opened, transcript};

/// Part 5 section 5.3.1: `AMQP`, protocol id 3, version 1.0.0.
const HEADER: &str = "414d5150 03 01 00 00";

//= test SRS_SASLCLIENTIO_01_002
#[test]
fn the_octets_of_a_login_with_plain() {
    let said = transcript(Kind::Plain);
    // Section 5.3.3.2: mechanism `PLAIN`, initial-response NUL user NUL pencil.
    let init = "00000023 02 01 0000 00 53 41 c0 16 02 a3 05 504c41494e
        a0 0c 00 75736572 00 70656e63696c";
    assert_eq!(said.client, hex(&[HEADER, init].concat()));
    // Section 5.3.3.1: an array of one symbol; section 5.3.3.6: code 0, ok.
    let mechanisms = "00000018 02 01 0000 00 53 40 c0 0b 01 e0 08 01 a3 05 504c41494e";
    let outcome = "00000010 02 01 0000 00 53 44 c0 03 01 50 00";
    assert_eq!(said.server, hex(&[HEADER, mechanisms, outcome].concat()));
}

#[test]
fn the_octets_of_a_login_with_anonymous() {
    let said = transcript(Kind::Anonymous);
    let init = "00000020 02 01 0000 00 53 41 c0 13 02 a3 09 414e4f4e594d4f5553 a0 05 7472616365";
    assert_eq!(said.client, hex(&[HEADER, init].concat()));
    let mechanisms = "0000001c 02 01 0000 00 53 40 c0 0f 01 e0 0c 01 a3 09 414e4f4e594d4f5553";
    let outcome = "00000010 02 01 0000 00 53 44 c0 03 01 50 00";
    assert_eq!(said.server, hex(&[HEADER, mechanisms, outcome].concat()));
}

#[test]
fn the_octets_of_a_login_with_external() {
    let said = transcript(Kind::External);
    // The initial response is there, and empty: the identity is that of the certificate.
    let init = "0000001a 02 01 0000 00 53 41 c0 0d 02 a3 08 45585445524e414c a0 00";
    assert_eq!(said.client, hex(&[HEADER, init].concat()));
    let mechanisms = "0000001b 02 01 0000 00 53 40 c0 0e 01 e0 0b 01 a3 08 45585445524e414c";
    let outcome = "00000010 02 01 0000 00 53 44 c0 03 01 50 00";
    assert_eq!(said.server, hex(&[HEADER, mechanisms, outcome].concat()));
}

#[test]
fn the_octets_of_the_refusals() {
    for (code, octet) in [
        (xiom_core::OutcomeCode::Auth, "01"),
        (xiom_core::OutcomeCode::Sys, "02"),
        (xiom_core::OutcomeCode::SysPerm, "03"),
        (xiom_core::OutcomeCode::SysTemp, "04"),
    ] {
        let mut server = open(crate::rig::server_side(Kind::Plain));
        server.feed(&transcript(Kind::Plain).client);
        server.take();
        assert!(answer_by(&mut server, |server, out| server.refuse(code, out)));
        // Section 5.3.3.6: 1 auth, 2 sys, 3 sys-perm, 4 sys-temp.
        let outcome = ["00000010 02 01 0000 00 53 44 c0 03 01 50", octet].concat();
        assert_eq!(server.take(), hex(&outcome));
    }
}

/// The exchange of RFC 7677 section 3, in frames.
struct Rfc7677;

impl Rfc7677 {
    const CLIENT_FIRST: &str = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    const SERVER_FIRST: &str = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
        s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    const CLIENT_FINAL: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
        p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    const SERVER_FINAL: &str = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    /// Section 5.3.3.1 with `SCRAM-SHA-256`.
    const MECHANISMS: &str =
        "00000020 02 01 0000 00 53 40 c0 13 01 e0 10 01 a3 0d 534352414d2d5348412d323536";
    /// Section 5.3.3.2: 32 octets of initial response follow.
    const INIT: &str =
        "0000003f 02 01 0000 00 53 41 c0 32 02 a3 0d 534352414d2d5348412d323536 a0 20";
    /// Section 5.3.3.3: 86 octets of challenge follow.
    const CHALLENGE: &str = "00000066 02 01 0000 00 53 42 c0 59 01 a0 56";
    /// Section 5.3.3.4: 106 octets of response follow.
    const RESPONSE: &str = "0000007a 02 01 0000 00 53 43 c0 6d 01 a0 6a";
    /// Section 5.3.3.5: code ok, and 46 octets of additional-data follow.
    const OUTCOME: &str = "00000040 02 01 0000 00 53 44 c0 33 02 50 00 a0 2e";

    fn client() -> Vec<u8> {
        let first = Self::CLIENT_FIRST.as_bytes();
        let last = Self::CLIENT_FINAL.as_bytes();
        [hex(HEADER), hex(Self::INIT), first.into(), hex(Self::RESPONSE), last.into()].concat()
    }

    /// The server's octets up to its first message.
    fn asked() -> Vec<u8> {
        let first = Self::SERVER_FIRST.as_bytes();
        [hex(HEADER), hex(Self::MECHANISMS), hex(Self::CHALLENGE), first.into()].concat()
    }

    fn server() -> Vec<u8> {
        [Self::asked(), hex(Self::OUTCOME), Self::SERVER_FINAL.into()].concat()
    }

    fn client_stack() -> Stack<Client, Plain> {
        let nonce = Nonce::from_text("rOprNGfwEbeRWgbNEkqO").unwrap();
        let scram = client::Scram::new(Variant::Sha256, Credentials::new("user", "pencil"), nonce);
        Stack::new(
            Client::new(vec![scram.unwrap().into()], ClientConfig::default()),
            Plain::default(),
        )
    }
}

#[test]
fn the_octets_of_the_scram_client_of_rfc_7677() {
    let mut end = open(Rfc7677::client_stack());
    end.feed(&[&Rfc7677::server()[..], b"up"].concat());
    assert_eq!(end.take(), Rfc7677::client());
    assert_eq!(opened(&end), [OpenResult::Ok]);
    assert_eq!(end.received, b"up");
}

//= test SRS_SASL_SERVER_IO_01_111
#[test]
fn the_octets_of_the_scram_server_of_rfc_7677() {
    let nonce = Nonce::from_text("%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0").unwrap();
    let scram = server::Scram::new(Variant::Sha256, Decoy::new([0; 32], 4096, 16), nonce);
    let server = Server::new(vec![server::Mechanism::from(scram)], ServerConfig::default());
    let mut end = open(Stack::new(server, Plain::default()));
    end.feed(&Rfc7677::client());
    let salt = hex("5b6d99689d12358eeca04b141236fa81");
    let keys = ScramKeys::derive(Hash::Sha256, "pencil", &salt, 4096).unwrap();
    assert!(answer_by(&mut end, |server, out| {
        assert!(matches!(server.question(), Some(Question::Lookup(_))));
        server.lookup(LookupAnswer::Scram(&keys), out);
    }));
    assert_eq!(end.wire.pending(), Rfc7677::asked(), "the proof of the server comes last");
    assert!(answer_by(&mut end, |server, out| server.authorize(true, out)));
    assert_eq!(end.take(), Rfc7677::server());
    assert_eq!(opened(&end), [OpenResult::Ok]);
}

#[test]
fn a_server_may_prove_itself_in_a_last_challenge_which_is_answered_by_an_empty_response() {
    // RFC 4422 section 3.6: for protocols, or servers, without additional data in the outcome.
    let challenge = hex("0000003e 02 01 0000 00 53 42 c0 31 01 a0 2e");
    let ok = hex("00000010 02 01 0000 00 53 44 c0 03 01 50 00");
    let ok_with_empty_data = hex("00000012 02 01 0000 00 53 44 c0 05 02 50 00 a0 00");
    let empty = hex("00000010 02 01 0000 00 53 43 c0 03 01 a0 00");
    for ok in [ok, ok_with_empty_data] {
        let octets =
            [&Rfc7677::asked()[..], &challenge, Rfc7677::SERVER_FINAL.as_bytes(), &ok, b"up"];
        for piece in [1, 2, 3, 7, usize::MAX] {
            let mut end = open(Rfc7677::client_stack());
            octets.concat().chunks(piece).for_each(|part| end.feed(part));
            assert_eq!(end.take(), [Rfc7677::client(), empty.clone()].concat());
            assert_eq!(opened(&end), [OpenResult::Ok]);
            assert_eq!(end.received, b"up");
            let layers = end.channel.layers().unwrap();
            assert_eq!(
                layers.upper().established().unwrap().peer(),
                xiom_sasl::PeerProof::Verified
            );
        }
    }
    let _ = ground();
}
