//! Users in a file, which can be read again while a server runs.
//!
//! Invariants: a file that others may read or change is refused; what cannot be read leaves the users
//! as they were; a file is replaced whole, and nobody but its owner can read the new one.

use alloc::sync::Arc;
use core::{error, fmt};
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::SystemTime;

use xiom_core::{OutcomeCode, Secret};
use xiom_sasl::Principal;
use xiom_sasl::scram::Hash;
use xiom_sasl::server::LookupRequest;

use super::{Answer, Found, Likeness, Offers, UserTable, Users, document};

/// Users in a file, as `xiom user` writes it: SCRAM keys, no passwords.
///
/// ```toml
/// version = 1
/// decoy = "PbYJmvHUmbB1Or3HZTnr0ySTYTQFpoSBxHHHxtVyfYU="
/// anonymous = false
///
/// [user.ann]
/// scram = ["SCRAM-SHA-256$10000:salt$StoredKey:ServerKey"]
/// act-as = ["stock"]
///
/// [certificate.client1]
/// act-as = ["stock"]
/// ```
///
/// A clone of the `Arc` that the server has can be told to [`Self::reload`].
///
/// ```
/// use std::sync::Arc;
/// use xiom::{Server, UserFile, UserTable};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("users.toml");
/// UserFile::write(&path, UserTable::new().with("ann", "pencil")?)?;
/// let users = Arc::new(UserFile::open(&path)?);
/// let server = Server::builder(Arc::clone(&users)).build()?;
///
/// UserFile::write(&path, UserFile::read(&path)?.with("bob", "tiger")?)?;
/// users.reload()?;
/// assert_eq!(users.table().users().count(), 2);
/// # assert!(server.layers().is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct UserFile {
    path: PathBuf,
    loaded: RwLock<Loaded>,
}

#[derive(Debug)]
struct Loaded {
    table: Arc<UserTable>,
    /// What the file looked like when it was read last, whatever came of it.
    stamp: Option<Stamp>,
}

/// What changes when a file does.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Stamp {
    modified: Option<SystemTime>,
    len: u64,
    #[cfg(unix)]
    inode: u64,
}

impl Stamp {
    fn new(metadata: &Metadata) -> Self {
        Self {
            modified: metadata.modified().ok(),
            len: metadata.len(),
            #[cfg(unix)]
            inode: std::os::unix::fs::MetadataExt::ino(metadata),
        }
    }
}

impl UserFile {
    /// Reads the file at `path`.
    ///
    /// # Errors
    ///
    /// Returns [`UserFileError`], with the line where it is the text's.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, UserFileError> {
        let path = path.into();
        let (stamp, table) = load(&path);
        let table = Arc::new(table.map_err(|fault| fault.at(&path))?);
        Ok(Self { path, loaded: RwLock::new(Loaded { table, stamp }) })
    }

    /// Reads the file again.
    ///
    /// # Errors
    ///
    /// As [`Self::open`]; then the users stay as they were.
    pub fn reload(&self) -> Result<(), UserFileError> {
        let (stamp, table) = load(&self.path);
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        loaded.stamp = stamp;
        //= SRS_SASL_MECHANISMS_01_150
        loaded.table = Arc::new(table.map_err(|fault| fault.at(&self.path))?);
        Ok(())
    }

    /// Reads the file again if it is another one than last time; whether it was.
    ///
    /// # Errors
    ///
    /// As [`Self::reload`], once for each change of the file.
    pub fn reload_if_changed(&self) -> Result<bool, UserFileError> {
        let stamp = fs::metadata(&self.path).ok().map(|metadata| Stamp::new(&metadata));
        let is_same = self.loaded.read().unwrap_or_else(PoisonError::into_inner).stamp == stamp;
        if is_same { Ok(false) } else { self.reload().map(|()| true) }
    }

    /// The users as they were read last.
    #[must_use]
    pub fn table(&self) -> Arc<UserTable> {
        Arc::clone(&self.loaded.read().unwrap_or_else(PoisonError::into_inner).table)
    }

    /// The users in the file at `path`.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn read(path: impl AsRef<Path>) -> Result<UserTable, UserFileError> {
        load(path.as_ref()).1.map_err(|fault| fault.at(path.as_ref()))
    }

    /// The users in the `octets` of such a file, wherever they come from.
    ///
    /// ```
    /// use xiom::{UserFile, UserFileFault};
    ///
    /// let fault = UserFile::parse(b"version = 1\nusers").err();
    /// assert!(matches!(fault, Some(UserFileFault::Syntax { line: 2 })));
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`UserFileFault`], with the line.
    pub fn parse(octets: &[u8]) -> Result<UserTable, UserFileFault> {
        document::read(octets)
    }

    /// Puts `table` into the place of the file at `path`, at once; draws the key of its decoys if it has
    /// none.
    ///
    /// # Errors
    ///
    /// Returns [`UserFileError`]; then the former file is there unchanged.
    pub fn write(path: impl AsRef<Path>, table: UserTable) -> Result<(), UserFileError> {
        let path = path.as_ref();
        save(path, table).map_err(|fault| fault.at(path))
    }
}

fn load(path: &Path) -> (Option<Stamp>, Result<UserTable, UserFileFault>) {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return (None, Err(error.into())),
    };
    let metadata = match file.metadata() {
        Ok(metadata) => metadata,
        Err(error) => return (None, Err(error.into())),
    };
    let mut octets = Vec::new();
    let read = check(&metadata).and_then(|()| Ok(file.read_to_end(&mut octets)?));
    let octets = Secret::new(octets);
    (Some(Stamp::new(&metadata)), read.and_then(|_| document::read(octets.expose())))
}

//= SRS_SASL_MECHANISMS_01_149
/// Refuses a file that others than its owner may read or change; its group may read it.
#[cfg(unix)]
fn check(metadata: &Metadata) -> Result<(), UserFileFault> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
    if mode & 0o027 == 0 { Ok(()) } else { Err(UserFileFault::Exposed { mode }) }
}

#[cfg(not(unix))]
const fn check(_: &Metadata) -> Result<(), UserFileFault> {
    Ok(())
}

fn save(path: &Path, table: UserTable) -> Result<(), UserFileFault> {
    let table = if table.decoy().is_some() {
        table
    } else {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|_| UserFileFault::Entropy)?;
        table.with_decoy(key)
    };
    let key = table.decoy().ok_or(UserFileFault::Entropy)?;
    let text = document::write(&table, key.expose()).ok_or(UserFileFault::Unwritable)?;
    // Through a link, so that what it points to is replaced, and not the link.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    //= SRS_SASL_MECHANISMS_01_148
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.expose())?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

impl Users for UserFile {
    fn offers(&self) -> Offers {
        self.table().offers()
    }

    fn look_up<'a>(
        &'a self,
        request: &'a LookupRequest,
    ) -> Answer<'a, Result<Found<'a>, OutcomeCode>> {
        Answer::Now(self.table().find(request).map(Found::into_owned))
    }

    fn authorize<'a>(&'a self, who: &'a Principal) -> Answer<'a, Result<bool, OutcomeCode>> {
        Answer::Now(Ok(self.table().admits(who)))
    }

    fn likeness(&self, hash: Hash) -> Likeness {
        self.table().likeness(hash)
    }
}

/// Why a file of users cannot be used.
#[derive(Debug)]
pub struct UserFileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: UserFileFault,
}

/// What is wrong with a file of users.
#[derive(Debug)]
#[non_exhaustive]
pub enum UserFileFault {
    /// The system refuses it.
    Io(io::Error),
    /// Others than its owner may read or change it.
    Exposed {
        /// The permissions, as `chmod` takes them.
        mode: u32,
    },
    /// The text is no TOML of this form.
    Syntax {
        /// Where, counted from one.
        line: usize,
    },
    /// The form is another one than this version knows.
    Version {
        /// Where, counted from one.
        line: usize,
    },
    /// The key of the decoys is not 32 octets in Base64.
    Decoy {
        /// Where, counted from one.
        line: usize,
    },
    /// A text of SCRAM keys is malformed, or the second one for its hash.
    Keys {
        /// Where, counted from one.
        line: usize,
    },
    /// An entry has no name, says nothing, or has keys where none belong.
    Entry {
        /// Where, counted from one.
        line: usize,
    },
    /// A name cannot be written.
    Unwritable,
    /// The system gives no random octets.
    Entropy,
}

impl UserFileFault {
    fn at(self, path: &Path) -> UserFileError {
        UserFileError { path: path.to_owned(), fault: self }
    }
}

impl From<io::Error> for UserFileFault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for UserFileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Exposed { mode } => write!(
                f,
                "others may read or change it (mode {mode:03o}): chmod 600, or 640 for a group"
            ),
            Self::Syntax { line } => write!(f, "line {line}: not of the form of a file of users"),
            Self::Version { line } => write!(f, "line {line}: a version that is not known here"),
            Self::Decoy { line } => write!(f, "line {line}: the decoy is not 32 octets in base64"),
            Self::Keys { line } => {
                write!(f, "line {line}: malformed scram keys, or a second time the same hash")
            }
            Self::Entry { line } => write!(f, "line {line}: an entry without a name or content"),
            Self::Unwritable => f.write_str("a name cannot be written"),
            Self::Entropy => f.write_str("the system gives no random octets"),
        }
    }
}

impl error::Error for UserFileFault {}

impl fmt::Display for UserFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.fault)
    }
}

impl error::Error for UserFileError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        Some(&self.fault)
    }
}
