//! Preparation of names and passwords: the examples of RFC 4013, and what both sides make of them.

use xiom_core::AuthFault;
use xiom_sasl::ScramKeys;
use xiom_sasl::scram::Hash;

fn keys(password: &str) -> Result<ScramKeys, AuthFault> {
    ScramKeys::derive(Hash::Sha256, password, b"salt", 1)
}

//= test SRS_SASL_MECHANISMS_01_064
/// What no build takes: controls, private use, unassigned, mixed directions.
#[test]
fn forbidden_characters_are_refused() {
    for text in
        ["\u{7}", "a\0", "\u{7f}", "\u{e000}", "\u{221}", "\u{627}1", "\u{fffd}", "a\u{200e}"]
    {
        assert_eq!(keys(text), Err(AuthFault::ProhibitedCharacter), "{text:?}");
    }
    assert_eq!(keys(""), Err(AuthFault::NoCredentials));
    assert_eq!(
        ScramKeys::derive(Hash::Sha256, vec![0xff], b"salt", 1),
        Err(AuthFault::ProhibitedCharacter)
    );
}

#[cfg(not(feature = "saslprep"))]
#[test]
fn a_build_without_tables_takes_ascii_alone() {
    for text in ["\u{e9}", "I\u{ad}X", "\u{aa}", "\u{2168}", "\u{a0}"] {
        assert_eq!(keys(text), Err(AuthFault::ProhibitedCharacter), "{text:?}");
    }
    assert!(keys(" ~user").is_ok());
}

#[cfg(feature = "saslprep")]
mod with_tables {
    use xiom_sasl::client::{self, ClientMechanism};
    use xiom_sasl::scram::Variant;
    use xiom_sasl::server::{LookupRequest, ServerInput, ServerMechanism, ServerStep};
    use xiom_sasl::{Context, Credentials, Nonce};

    use super::*;
    use crate::common::{quick, scram_server, secure};

    /// RFC 4013 section 3, and the mapping of spaces.
    #[test]
    fn examples_of_the_rfc_prepare_as_they_say() {
        for (text, prepared) in [
            ("I\u{ad}X", "IX"),
            ("user", "user"),
            ("USER", "USER"),
            ("\u{aa}", "a"),
            ("\u{2168}", "IX"),
            ("a\u{a0}b", "a b"),
            ("e\u{301}", "\u{e9}"),
        ] {
            assert_eq!(keys(text), keys(prepared), "{text:?}");
        }
        assert_ne!(keys("USER"), keys("user"));
        assert_eq!(keys("\u{ad}"), Err(AuthFault::NoCredentials), "nothing is left");
    }

    /// The client sends the prepared name, and the server looks the prepared name up.
    #[test]
    fn both_sides_prepare_names() {
        let credentials = Credentials::new("\u{2168}", "p\u{ad}w").with_authzid("\u{aa}");
        let mut client =
            client::Scram::new(Variant::Sha256, credentials, Nonce::new([0; 24])).unwrap();
        let (security, limits) = (secure(), quick());
        let cx = Context::new(&security, &limits);
        let mut out = Vec::new();
        client.start(&cx, &mut out).unwrap();
        assert!(out.starts_with(b"n,a=a,n=IX,"), "{}", out.escape_ascii());
        let message = ServerInput::Initial(Some("n,a=\u{aa},n=\u{2168},r=abc".as_bytes()));
        let step = scram_server(Variant::Sha256).step(&cx, message, &mut Vec::new());
        let ServerStep::Lookup(_, LookupRequest::Scram { user, .. }) = step else {
            panic!("{step:?}")
        };
        assert_eq!(&*user, "IX");
    }
}
