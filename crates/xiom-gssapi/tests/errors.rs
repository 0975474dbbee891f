//! What there is to say without a realm: no library, no ticket, no key.

use std::path::Path;

use xiom_gssapi::{Acceptor, Error, Initiator, Library, Reason, Status};

/// The machine's library; a machine without one must say so.
fn library() -> Option<Library> {
    match Library::load() {
        Ok(library) => Some(library),
        Err(error) => {
            assert!(matches!(error, Error::NoLibrary { .. }), "{error:?}");
            assert!(error.to_string().starts_with("no kerberos library: install libgssapi_krb5"));
            None
        }
    }
}

fn refused<T>(result: Result<T, Error>) -> Status {
    let Err(Error::Refused(status)) = result else { unreachable!("it was not refused") };
    status
}

//= test SRS_SASL_MECHANISMS_01_116
#[test]
#[expect(unsafe_code, reason = "a file that is not there, and one that is no library, run nothing")]
fn a_library_that_is_not_there_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let text = directory.path().join("libgssapi_krb5.so.2");
    std::fs::write(&text, "no library").unwrap();
    for path in [Path::new("/nowhere/libgssapi_krb5.so.2"), &text] {
        // SAFETY: there is nothing to be loaded.
        let error = unsafe { Library::load_from(path) }.unwrap_err();
        let Error::NoLibrary { cause } = &error else { panic!("{error:?}") };
        assert!(!cause.is_empty());
        assert!(error.to_string().contains("install libgssapi_krb5"), "{error}");
    }
    // The C library is one, and has none of these functions.
    if cfg!(all(target_os = "linux", target_env = "gnu")) {
        // SAFETY: it is in this process already, and no function of it is called.
        let error = unsafe { Library::load_from("libc.so.6") }.unwrap_err();
        assert!(matches!(error, Error::NoFunction { name: "gss_import_name" }), "{error:?}");
    }
    assert_eq!(library().is_some(), Library::load().is_ok());
}

//= test SRS_SASL_MECHANISMS_01_117, SRS_SASL_MECHANISMS_01_118
/// The missing ticket shows before there is a context, and the text says what to do.
#[test]
fn without_a_ticket_there_is_no_context() {
    let Some(library) = library() else { return };
    let initiator = Initiator::new("amqp", "localhost").cache("FILE:/nowhere/ccache");
    let status = refused(initiator.prepare(&library));
    assert_eq!(status.reason(), Reason::NoCredentials);
    assert_ne!(status.major(), 0);
    assert_ne!(status.minor(), 0);
    let text = status.to_string();
    assert!(text.ends_with("; run kinit, or name a credential cache or a keytab"), "{text}");
    assert_eq!(library.describe(status.major(), status.minor()), text);
}

//= test SRS_SASL_MECHANISMS_01_118
#[test]
fn without_a_key_there_is_no_service() {
    let Some(library) = library() else { return };
    let acceptor = Acceptor::new().service("amqp", "localhost").keytab("FILE:/nowhere/keytab");
    let status = refused(acceptor.acquire(&library));
    assert_eq!(status.reason(), Reason::NoKey);
    assert!(status.to_string().ends_with("; the keytab must hold a key of this service"));
}

#[test]
fn names_hold_no_end_mark() {
    let Some(library) = library() else { return };
    let user = || Initiator::new("amqp", "localhost");
    for initiator in [
        Initiator::new("amqp", "local\0host"),
        user().cache("FILE:\0"),
        user().keytab("FILE:\0"),
        user().principal("user\0@REALM"),
    ] {
        let error = initiator.prepare(&library).unwrap_err();
        assert!(matches!(error, Error::ProhibitedCharacter | Error::Refused(_)), "{error:?}");
    }
    let error = user().principal("user\0@REALM").prepare(&library).unwrap_err();
    assert!(matches!(error, Error::ProhibitedCharacter), "{error:?}");
}
