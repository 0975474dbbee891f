//! DIGEST-MD5 over Thrift: what follows the login is protected, in tokens of either size.

use std::io::Read;

use xiom::core::OutcomeCode;
use xiom::sasl::digest_md5::DigestKey;
use xiom::sasl::server::LookupRequest;
use xiom::sasl::{Policy, Principal, Protection};
use xiom::{Answer, Found, Offers, Protocol, Server, Users, acts_as_itself};

use crate::thrift::{dial, echo, listen};

/// Knows ann by the key of DIGEST-MD5.
struct Keys;

impl Users for Keys {
    fn offers(&self) -> Offers {
        Offers { digest_md5: true, ..Offers::NONE }
    }

    fn look_up<'a>(
        &'a self,
        request: &'a LookupRequest,
    ) -> Answer<'a, Result<Found<'a>, OutcomeCode>> {
        let LookupRequest::DigestMd5 { user, realm } = request else {
            return Answer::Now(Err(OutcomeCode::Sys));
        };
        let key = DigestKey::derive(user, realm, "pencil").map(Found::DigestMd5);
        Answer::Now(if &**user == "ann" {
            key.map_err(|_| OutcomeCode::Sys)
        } else {
            Ok(Found::Unknown)
        })
    }

    fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Result<bool, OutcomeCode>> {
        Answer::Now(Ok(acts_as_itself(who)))
    }
}

//= test SRS_THRIFT_SASL_01_033, SRS_THRIFT_SASL_01_034
#[test]
fn what_follows_the_login_is_protected() {
    let policy = Policy { allow_legacy: true, ..Policy::default() };
    for (protection, is_whole) in [
        (Protection::None, false),
        (Protection::Integrity, false),
        (Protection::Integrity, true),
        (Protection::Confidentiality, true),
    ] {
        let (listener, port) = listen();
        let server = Server::builder(Keys)
            .protocol(Protocol::Thrift)
            .allow_legacy("localhost", "realm")
            .only_mechanisms(["DIGEST-MD5"]);
        let server = if is_whole { server.whole_frames() } else { server };
        let server = echo(listener, server.build().unwrap());
        let client = dial(port, "pencil", None).policy(policy.clone());
        let client = client.require_layer(protection).only_mechanisms(["DIGEST-MD5"]);
        let client = if is_whole { client.whole_frames() } else { client };
        let mut stream = client.build().unwrap().connect_blocking().unwrap();
        let layers = stream.xio().channel().layers().unwrap();
        let established = layers.upper().established().unwrap();
        assert!(protection <= established.protection(), "{protection:?}");
        let sent = vec![7; 300_000];
        stream.send_message(&sent).unwrap();
        stream.finish().unwrap();
        let mut got = Vec::new();
        stream.read_to_end(&mut got).unwrap();
        assert!(got == sent, "{} octets came back", got.len());
        stream.close().unwrap();
        assert_eq!(server.join().unwrap().unwrap(), "DIGEST-MD5");
    }
}
