//! The secrets of connections in a file, for those who must look into their own traffic.
//!
//! Whoever reads the file can read the connections: it is written only where an option names a path.

use core::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Mutex;

use zeroize::Zeroize;

/// A file in the NSS key log format, one secret a line.
#[derive(Debug)]
pub(crate) struct KeyLogFile(Mutex<File>);

impl KeyLogFile {
    /// Opens the file at `path`, to append.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map(|file| Self(Mutex::new(file)))
    }

    /// Writes one line; a disk that is full does not break the connection.
    pub(crate) fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let mut line =
            String::with_capacity(label.len() + 3 + (client_random.len() + secret.len()) * 2);
        line.push_str(label);
        for octets in [client_random, secret] {
            line.push(' ');
            for octet in octets {
                // Writing to a string cannot fail.
                let _ = write!(line, "{octet:02x}");
            }
        }
        line.push('\n');
        if let Ok(mut file) = self.0.lock() {
            let _ = file.write_all(line.as_bytes());
        }
        line.zeroize();
    }
}
