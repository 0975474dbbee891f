//! Users in a file: what is kept, what is refused, and what a running server makes of a change.

use alloc::sync::Arc;
use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;
use xiom::core::{Cause, OutcomeCode, SaslFault};
use xiom::sasl::ScramKeys;
use xiom::sasl::scram::Hash;
use xiom::{UserFile, UserFileFault, UserTable, Users, keys_from_text, keys_to_text};

use crate::users::{client, lax, password, visit};

const REFUSED: Cause = Cause::Sasl(SaslFault::Refused(OutcomeCode::Auth));

struct Place {
    folder: TempDir,
    path: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.toml");
        Self { folder, path }
    }

    /// Writes `text` so that nobody else can read it.
    fn text(&self, text: &str) {
        fs::write(&self.path, text).unwrap();
        self.mode(0o600);
    }

    #[cfg(unix)]
    fn mode(&self, mode: u32) {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&self.path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[cfg(not(unix))]
    fn mode(&self, _: u32) {}

    fn fault(&self) -> UserFileFault {
        let error = UserFile::open(&self.path).unwrap_err();
        assert!(error.to_string().starts_with(self.path.to_str().unwrap()), "{error}");
        error.fault
    }
}

fn users() -> UserTable {
    let mut users = UserTable::new();
    users.add("ann", "pencil-4711", &[Hash::Sha512, Hash::Sha256], 4096).unwrap();
    users
        .with("b\"o.b", "tiger-4711")
        .unwrap()
        .with_act_as("ann", "stock")
        .with_certificate("client 1")
        .with_certificate_for("client 2", "ann")
        .with_anonymous()
}

/// All that can be said of a table.
fn all(table: &UserTable) -> String {
    let users: Vec<_> = table
        .users()
        .map(|(name, record)| {
            let keys: Vec<_> = record.keys().map(keys_to_text).collect();
            (name.to_owned(), keys, record.act_as().map(str::to_owned).collect::<Vec<_>>())
        })
        .collect();
    let certificates: Vec<_> =
        table.certificates().map(|(name, act_as)| (name, act_as.collect::<Vec<_>>())).collect();
    let looks = [Hash::Sha1, Hash::Sha256, Hash::Sha512].map(|hash| table.likeness(hash));
    format!(
        "{users:?} {certificates:?} {} {:?} {looks:?}",
        table.admits_anonymous(),
        table.offers()
    )
}

//= test SRS_SASL_MECHANISMS_01_148
#[test]
fn what_is_written_is_read_again_and_holds_no_password() {
    let place = Place::new();
    UserFile::write(&place.path, users()).unwrap();
    let text = fs::read_to_string(&place.path).unwrap();
    assert!(!text.contains("4711"), "{text}");
    assert!(text.contains("[user.ann]") && text.contains("SCRAM-SHA-512$4096:"), "{text}");
    let read = UserFile::read(&place.path).unwrap();
    let fields = |table: &UserTable| all(table).replace("key: Some([..])", "key: None");
    assert_eq!(fields(&read), fields(&users().clone_keys_of(&read)));

    // Written once more, it is the same to the letter: the key of the decoys stays.
    UserFile::write(&place.path, read).unwrap();
    assert_eq!(fs::read_to_string(&place.path).unwrap(), text);
    assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 1, "nothing else is left");
}

trait CloneKeys {
    fn clone_keys_of(self, other: &UserTable) -> UserTable;
}

/// Salts are drawn, so the keys of two tables differ: these are the same with the other's.
impl CloneKeys for UserTable {
    fn clone_keys_of(mut self, other: &UserTable) -> UserTable {
        for (name, record) in other.users() {
            for keys in record.keys() {
                self = self.with_keys(name, keys.clone());
            }
        }
        self
    }
}

//= test SRS_SASL_MECHANISMS_01_148, SRS_SASL_MECHANISMS_01_149
#[cfg(unix)]
#[test]
fn only_the_owner_can_read_it_and_a_file_that_others_can_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    UserFile::write(&place.path, users()).unwrap();
    let mode = fs::metadata(&place.path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for (mode, is_good) in [
        (0o600, true),
        (0o400, true),
        (0o640, true),
        (0o644, false),
        (0o602, false),
        (0o620, false),
    ] {
        place.mode(mode);
        match UserFile::open(&place.path).map_err(|error| error.fault) {
            Ok(_) => assert!(is_good, "{mode:o}"),
            Err(UserFileFault::Exposed { mode: found }) => {
                assert_eq!((found, is_good), (mode, false));
            }
            Err(fault) => panic!("{mode:o}: {fault}"),
        }
    }
    // Written anew, it is safe again; a link stays a link.
    let link = place.folder.path().join("link");
    std::os::unix::fs::symlink(&place.path, &link).unwrap();
    UserFile::write(&link, users()).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(UserFile::open(&place.path).is_ok());
}

const HEAD: &str = "version = 1\ndecoy = \"PbYJmvHUmbB1Or3HZTnr0ySTYTQFpoSBxHHHxtVyfYU=\"\n";

//= test SRS_SASL_MECHANISMS_01_150
#[test]
fn what_is_wrong_is_told_by_its_line() {
    let place = Place::new();
    let keys = ScramKeys::derive(Hash::Sha256, "pencil", b"salt", 4096).unwrap();
    let keys = keys_to_text(&keys);
    let place = &place;
    let fault = |text: &str| {
        place.text(text);
        let fault = place.fault();
        assert!(!fault.to_string().contains("SCRAM"), "{fault}");
        format!("{fault:?}")
    };
    let user = |rest: &str| fault(&format!("{HEAD}\n[user.ann]\n{rest}\n"));
    assert_eq!(fault(""), "Syntax { line: 1 }");
    assert_eq!(fault("version = 1\n"), "Syntax { line: 1 }");
    assert_eq!(fault(&HEAD.replace('1', "2")), "Version { line: 1 }");
    assert_eq!(fault("version = 1\n\ndecoy = \"AAAA\"\n"), "Decoy { line: 3 }");
    assert_eq!(fault(&format!("{HEAD}nonsense\n")), "Syntax { line: 3 }");
    assert_eq!(fault(&format!("{HEAD}password = \"{keys}\"\n")), "Syntax { line: 3 }");
    assert_eq!(user("password = \"pencil\""), "Syntax { line: 5 }");
    assert_eq!(user(&format!("scram = \"{keys}\"")), "Syntax { line: 5 }");
    assert_eq!(user("scram = [\n  \"SCRAM-MD5$1:AA==$AA==:AA==\"]"), "Keys { line: 6 }");
    assert_eq!(user(&format!("scram = [\"{keys}\",\n \"{keys}\"]")), "Keys { line: 6 }");
    assert_eq!(user(""), "Entry { line: 4 }");
    let certificate = format!("{HEAD}[certificate.one]\nscram = [\"{keys}\"]\n");
    assert_eq!(fault(&certificate), "Entry { line: 3 }");
    fs::write(&place.path, b"version = 1\n\xff").unwrap();
    assert_eq!(format!("{:?}", place.fault()), "Syntax { line: 2 }");
    fs::remove_file(&place.path).unwrap();
    assert!(matches!(place.fault(), UserFileFault::Io(_)));
}

#[test]
fn no_text_of_keys_but_the_right_one_is_taken() {
    for hash in [Hash::Sha1, Hash::Sha256, Hash::Sha512] {
        let keys = ScramKeys::derive(hash, "pencil", b"salt", 4096).unwrap();
        let text = keys_to_text(&keys);
        assert_eq!(keys_from_text(&text), Some(keys));
        for end in 0..text.len() {
            assert_eq!(keys_from_text(&text[..end]), None, "{end}");
        }
        for wrong in [
            text.replacen("4096", "+4096", 1),
            text.replacen("4096", "0", 1),
            text.replacen("4096", "99999999999", 1),
            text.replacen("SCRAM", "scram", 1),
            format!("{text} "),
            format!("{text}:AA=="),
        ] {
            assert_eq!(keys_from_text(&wrong), None, "{wrong}");
        }
    }
}

//= test SRS_SASL_MECHANISMS_01_150
#[tokio::test]
async fn a_change_is_seen_without_a_restart_and_a_bad_one_changes_nothing() {
    let place = Place::new();
    UserFile::write(&place.path, UserTable::new().with("ann", "pencil").unwrap()).unwrap();
    let users = Arc::new(UserFile::open(&place.path).unwrap());
    let server = lax(Arc::clone(&users)).build().unwrap();
    let login = |user, word| client(password(user, word), &["SCRAM-SHA-256"]).build().unwrap();
    assert!(visit(&server, &login("ann", "pencil")).await.client.is_ok());
    assert_eq!(visit(&server, &login("bob", "tiger")).await.client_cause(), REFUSED);
    assert!(!users.reload_if_changed().unwrap());

    let more = UserFile::read(&place.path).unwrap().with("bob", "tiger").unwrap();
    UserFile::write(&place.path, more).unwrap();
    assert_eq!(visit(&server, &login("bob", "tiger")).await.client_cause(), REFUSED);
    assert!(users.reload_if_changed().unwrap());
    assert!(visit(&server, &login("bob", "tiger")).await.client.is_ok());

    place.text("nonsense");
    assert!(users.reload().is_err());
    assert!(!users.reload_if_changed().unwrap(), "told once");
    assert!(visit(&server, &login("bob", "tiger")).await.client.is_ok());
    fs::remove_file(&place.path).unwrap();
    assert!(users.reload_if_changed().is_err());
    assert!(visit(&server, &login("ann", "pencil")).await.client.is_ok());
}

/// The salt and the iterations that `users` tell the client that says it is `user`.
async fn challenge(users: impl Users + 'static, user: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use xiom_amqp_codec::{Init, Performative};
    let server = lax(users).build().unwrap();
    let (mut near, far) = duplex(4096);
    let message = format!("n,,n={user},r=fyko+d2lbbFgONRv9qkxdawL");
    let init = Init {
        mechanism: xiom_amqp_codec::Symbol::new("SCRAM-SHA-256").unwrap(),
        initial_response: Some(message.as_bytes()),
        hostname: None,
    };
    let mut frame = Vec::new();
    Performative::Init(init).encode_frame(&mut frame);
    let asked = async {
        near.write_all(b"AMQP\x03\x01\x00\x00").await.unwrap();
        near.write_all(&frame).await.unwrap();
        let mut got = Vec::new();
        while !got.windows(3).any(|three| three == b",i=") {
            near.read_buf(&mut got).await.unwrap();
        }
        let text = String::from_utf8_lossy(&got).into_owned();
        text[text.find(",s=").unwrap()..].to_owned()
    };
    tokio::select! {
        text = asked => text,
        ended = server.accept(far) => panic!("{:?}", ended.map(drop)),
    }
}

//= test SRS_SASL_MECHANISMS_01_146
#[tokio::test]
async fn who_does_not_exist_looks_like_most_and_the_same_after_a_restart() {
    let place = Place::new();
    let mut users = UserTable::new().with_certificate("nobody");
    for (user, iterations) in [("a", 4096), ("b", 5000), ("c", 5000)] {
        users.add(user, "pencil", &[Hash::Sha256], iterations).unwrap();
    }
    UserFile::write(&place.path, users.clone()).unwrap();
    let open = || UserFile::open(&place.path).unwrap();
    let (before, after) = (challenge(open(), "eve").await, challenge(open(), "eve").await);
    assert_eq!(before, after);
    assert!(before.ends_with(",i=5000"), "{before}");
    let known = challenge(open(), "b").await;
    assert_eq!(before.len(), known.len(), "the salt is as long");
    assert_ne!(before, challenge(open(), "mallory").await);
    // Without the key, another server has other salts.
    assert_ne!(challenge(users.clone(), "eve").await, challenge(users, "eve").await);
}
