//! Servers in threads, certificates in a folder of their own, and the program beside them.

use core::net::{Ipv4Addr, SocketAddr};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread::JoinHandle;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use serde_json::Value;
use tempfile::TempDir;
use xiom::rustls::ServerOptions;
use xiom::{Server, TlsStyle, UserTable};

pub(crate) const USER: &str = "guest";
pub(crate) const PASSWORD: &str = "swordfish-4711";

/// Certificates, in memory for the server and in files for the program.
pub(crate) struct Files {
    folder: TempDir,
    pub(crate) server: (String, String),
    authority: String,
}

impl Files {
    /// A server's certificate that is valid today.
    pub(crate) fn new() -> Self {
        Self::until(2999)
    }

    /// A server's certificate that is valid until the first day of `year`.
    pub(crate) fn until(year: i32) -> Self {
        let (authority, issuer) = authority("test authority");
        let issue = |names: &[&str], common: &str, purpose| {
            let key = KeyPair::generate().unwrap();
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            let mut params = CertificateParams::new(names).unwrap();
            params.distinguished_name.push(DnType::CommonName, common);
            params.extended_key_usages = vec![purpose];
            params.not_before = date_time_ymd(2001, 1, 1);
            params.not_after = date_time_ymd(year, 1, 1);
            (params.signed_by(&key, &issuer).unwrap().pem(), key.serialize_pem())
        };
        let names = ["127.0.0.1", "broker.example"];
        let server = issue(&names, "broker", ExtendedKeyUsagePurpose::ServerAuth);
        let client = issue(&[], "client", ExtendedKeyUsagePurpose::ClientAuth);
        let files = Self { folder: tempfile::tempdir().unwrap(), server, authority };
        files.write("ca.pem", &files.authority);
        files.write("stranger.pem", &self::authority("another authority").0);
        files.write("client.pem", &client.0);
        files.write("client.key", &client.1);
        files.write("password", &format!("{PASSWORD}\n"));
        files.write("wrong", "not the password\r\n");
        files
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// A file in the folder, which is gone with `self`.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The path of a file, as an argument.
    pub(crate) fn argument(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// A server over TLS that knows one user, the client's certificate, and nobody else.
    pub(crate) fn server(&self, style: TlsStyle) -> Guest {
        let options = ServerOptions::new(&self.server.0, self.server.1.as_str().into())
            .optional_client_certificate(&self.authority);
        let users = UserTable::new().with(USER, PASSWORD).unwrap().with_certificate("client");
        Guest::of(Server::builder(users).tls(style, options).build().unwrap())
    }
}

/// The certificate of an authority, and what it issues with.
fn authority(name: &str) -> (String, Issuer<'static, KeyPair>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    let pem = params.self_signed(&key).unwrap().pem();
    (pem, Issuer::new(params, key))
}

/// A server for one client.
pub(crate) struct Guest {
    pub(crate) address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl Guest {
    /// `server`, which answers the AMQP header with the same.
    pub(crate) fn of(server: Server) -> Self {
        Self::serve(move |socket| {
            let Ok(mut stream) = server.accept_blocking(socket) else { return };
            let mut header = [0; 8];
            if stream.read_exact(&mut header).is_ok() {
                stream.write_all(&header).unwrap();
            }
            let _ = stream.close();
        })
    }

    /// A server that treats its one client so.
    pub(crate) fn serve(treat: impl FnOnce(TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let thread = std::thread::spawn(move || treat(listener.accept().unwrap().0));
        Self { address, thread: Some(thread) }
    }

    pub(crate) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address)
    }

    /// The same with a user, and with the password in it.
    pub(crate) fn login(&self, scheme: &str) -> String {
        format!("{scheme}://{USER}:{PASSWORD}@{}", self.address)
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        // Wakes a thread whose client never came.
        drop(TcpStream::connect(self.address));
        let result = self.thread.take().unwrap().join();
        assert!(result.is_ok() || std::thread::panicking());
    }
}

/// What the program did.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The one document on the standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// That `text` is printed nowhere.
    pub(crate) fn assert_silent_about(&self, text: &str) {
        assert!(!self.out.contains(text) && !self.err.contains(text), "{}{}", self.out, self.err);
    }
}

/// Runs the program with nothing in its environment that it looks at but `environment`.
pub(crate) fn run_with(arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xiom"));
    command.args(arguments).env_remove("XIOM_PASSWORD").envs(environment.iter().copied());
    let Output { status, stdout, stderr } = command.output().unwrap();
    let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    Ran { code: status.code().unwrap(), out, err }
}

pub(crate) fn run(arguments: &[&str]) -> Ran {
    run_with(arguments, &[])
}

/// Runs the program with `input` as its standard input.
pub(crate) fn run_on(arguments: &[&str], input: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_xiom"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that ends without reading is judged by what it says.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    Ran { code: status.code().unwrap(), out, err }
}
