//! `xiom serve`: who comes in, who does not, what the log says of it, and how it ends.

use core::net::SocketAddr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use xiom::Client;

use crate::support::{Files, PASSWORD, USER, run, run_on};

/// The program as a server; it is gone with this.
pub(crate) struct Server {
    child: Child,
    lines: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts it at a free port.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_xiom"))
            .args(["serve", "--listen", "127.0.0.1:0", "--json"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut server = Self { child, lines, address: ([127, 0, 0, 1], 0).into() };
        let first = server.line();
        assert_eq!(first["event"], "listening");
        server.address = first["address"].as_str().unwrap().parse().unwrap();
        server
    }

    /// The next line of the log.
    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        assert!(!line.contains(PASSWORD), "{line}");
        let value: Value =
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(value["time"].as_str().unwrap().ends_with('Z'));
        value
    }

    /// The next line, which is about `event`.
    pub(crate) fn event(&mut self, event: &str) -> Value {
        let line = self.line();
        assert_eq!(line["event"], event, "{line}");
        line
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    /// Waits for its end, and gives the exit code.
    pub(crate) fn wait(&mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap()
    }

    pub(crate) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file of users with [`USER`] in it, and a folder with certificates; `serve-ca.pem` is what clients trust.
pub(crate) fn users() -> (Files, String) {
    let files = Files::new();
    fs::copy(files.path("ca.pem"), files.path("serve-ca.pem")).unwrap();
    let path = files.argument("users.toml");
    add(&path, &[USER]);
    (files, path)
}

fn add(path: &str, more: &[&str]) {
    let arguments = [&["user", "add", path], more, &["--password-stdin"]].concat();
    let ran = run_on(&arguments, &format!("{PASSWORD}\n"));
    assert_eq!(ran.code, 0, "{}", ran.err);
}

/// Logs in by `xiom probe`; its exit code.
fn probe(files: &Files, url: &str, more: &[&str]) -> i32 {
    let authority = files.argument("serve-ca.pem");
    let ran = run(&[&["probe", url, "--only-ca", &authority, "--json"], more].concat());
    ran.assert_silent_about(PASSWORD);
    ran.code
}

#[test]
fn users_of_a_file_come_in_over_both_styles_and_the_log_says_how() {
    let (files, path) = users();
    let authority = format!("--self-signed={}", files.argument("serve-ca.pem"));
    let (password, wrong) = (files.argument("password"), files.argument("wrong"));
    for style in ["direct", "header"] {
        let mut server = Server::start(&["--tls", style, &authority, "--users", &path]);
        let url = server.url("amqps");
        let login = ["--tls", style, "--user", USER, "--password-file"];
        assert_eq!(probe(&files, &url, &[&login[..], &[&password]].concat()), 0);
        let line = server.event("login");
        assert_eq!(line["mechanism"], "SCRAM-SHA-512-PLUS");
        assert_eq!(line["login"]["identity"], USER);
        assert_eq!(line["login"]["channel_binding"], "tls-exporter");
        assert_eq!(line["login"]["protection"], "none");
        assert_eq!(line["tls"]["version"], "TLS 1.3");
        assert_eq!(server.event("closed")["in_order"], true);

        assert_eq!(probe(&files, &url, &[&login[..], &[&wrong]].concat()), 13);
        let line = server.event("refused");
        assert_eq!(line["failure"]["cause"], "Mechanism(BadCredentials)");
        assert_eq!(line["failure"]["stage"], "exchange");
        assert!(line["failure"]["hint"].as_str().unwrap().contains("xiom user check"), "{line}");

        server.signal("-TERM");
        let last = server.event("stopped");
        assert_eq!((&last["connections"], &last["logins"]), (&json!(2), &json!(1)));
        assert_eq!((&last["refused"], server.wait()), (&json!(1), 0));
    }
}

#[test]
fn certificates_and_nobody_in_particular_come_in_when_the_file_says_so() {
    let (files, path) = users();
    let ran = run(&["user", "add", &path, "--certificate", "client", "--anonymous"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    files.write("server.pem", &files.server.0);
    files.write("server.key", &files.server.1);
    let [cert, key, ca] = ["server.pem", "server.key", "ca.pem"].map(|name| files.argument(name));
    let tls = ["--cert", &cert, "--key", &key, "--client-ca", &ca, "--users", &path];
    let mut server = Server::start(&tls);
    let url = server.url("amqps");
    let (cert, key) = (files.argument("client.pem"), files.argument("client.key"));
    assert_eq!(probe(&files, &url, &["--cert", &cert, "--key", &key]), 0);
    let line = server.event("login");
    assert_eq!(
        (&line["login"]["kind"], &line["mechanism"]),
        (&json!("certificate"), &json!("EXTERNAL"))
    );
    server.event("closed");
    assert_eq!(probe(&files, &url, &[]), 0);
    assert_eq!(server.event("login")["mechanism"], "ANONYMOUS");
}

#[test]
fn a_change_of_the_file_needs_no_restart_and_a_bad_one_does_no_harm() {
    let (files, path) = users();
    let mut server = Server::start(&["--tls", "none", "--users", &path]);
    add(&path, &["bob"]);
    let password = files.argument("password");
    let bob = ["--user", "bob", "--password-file", &password];
    assert_eq!(probe(&files, &server.url("amqp"), &bob), 0);
    assert_eq!(server.event("reloaded")["users"], 2);
    assert_eq!(server.event("login")["login"]["identity"], "bob");
    server.event("closed");

    let good = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{good}nonsense\n")).unwrap();
    assert_eq!(probe(&files, &server.url("amqp"), &bob), 0);
    assert!(server.event("trouble")["reason"].as_str().unwrap().contains("line "));
    server.event("login");
    server.event("closed");
    fs::write(&path, good).unwrap();
    server.signal("-HUP");
    assert_eq!(server.event("reloaded")["users"], 2);
}

/// A client that has sent its header, and knows that the server has read it.
fn half_open(server: &Server) -> TcpStream {
    let mut socket = TcpStream::connect(server.address).unwrap();
    socket.write_all(b"AMQP\x03\x01\x00\x00").unwrap();
    let mut header = [0; 8];
    socket.read_exact(&mut header).unwrap();
    assert_eq!(&header, b"AMQP\x03\x01\x00\x00");
    // Nothing of the offer is left unread, so that leaving is an end and no reset.
    let mut size = [0; 4];
    socket.read_exact(&mut size).unwrap();
    let mut offer = vec![0; usize::try_from(u32::from_be_bytes(size)).unwrap() - size.len()];
    socket.read_exact(&mut offer).unwrap();
    socket
}

#[test]
fn no_more_clients_are_on_their_way_in_than_was_said() {
    let (_files, path) = users();
    let mut server = Server::start(&["--tls", "none", "--users", &path, "--max-logins", "1"]);
    let first = half_open(&server);
    let mut second = TcpStream::connect(server.address).unwrap();
    assert_eq!(second.read(&mut [0; 8]).unwrap_or_default(), 0, "hung up on");
    let line = server.event("refused");
    assert_eq!(line["reason"], "too many logins at once");
    assert!(line["failure"].is_null());
    drop(first);
    assert_eq!(server.event("refused")["failure"]["cause"], "EndOfStream");
    let url = format!("amqp://{USER}:{PASSWORD}@{}", server.address);
    let stream = xiom::blocking::connect(&url).unwrap();
    server.event("login");
    // Who is in, is none of those on their way; yet there is room for one connection less.
    let _third = half_open(&server);
    drop(stream);
}

#[test]
fn no_more_connections_are_taken_than_was_said() {
    let (_files, path) = users();
    let more = ["--tls", "none", "--users", &path, "--max-connections", "1"];
    let mut server = Server::start(&more);
    let url = format!("amqp://{USER}:{PASSWORD}@{}", server.address);
    let _in = xiom::blocking::connect(&url).unwrap();
    server.event("login");
    let mut second = TcpStream::connect(server.address).unwrap();
    assert_eq!(second.read(&mut [0; 8]).unwrap_or_default(), 0, "hung up on");
    assert_eq!(server.event("refused")["reason"], "too many connections at once");
}

#[test]
fn a_silent_client_is_given_up_at_the_deadline() {
    let (_files, path) = users();
    let mut server = Server::start(&["--tls", "none", "--users", &path, "--deadline", "1"]);
    let mut silent = TcpStream::connect(server.address).unwrap();
    assert_eq!(silent.read(&mut [0; 8]).unwrap(), 0);
    assert_eq!(server.event("refused")["failure"]["cause"], "Deadline");
}

#[test]
fn who_is_in_gets_the_echo_and_a_goodbye_when_the_server_stops() {
    let (_files, path) = users();
    for signal in ["-TERM", "-INT"] {
        let mut server = Server::start(&["--tls", "none", "--users", &path]);
        let url = format!("amqp://{USER}:{PASSWORD}@{}", server.address);
        let mut stream = Client::new(&url).unwrap().connect_blocking().unwrap();
        let sent: Vec<u8> = (0..100_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        stream.write_all(&sent).unwrap();
        stream.flush().unwrap();
        let mut got = vec![0; sent.len()];
        stream.read_exact(&mut got).unwrap();
        assert!(got == sent);
        let waiting = half_open(&server);
        server.event("login");
        server.signal(signal);
        assert_eq!(stream.read(&mut [0; 8]).unwrap(), 0, "an end in order");
        stream.close().unwrap();
        let (one, other) = (server.line(), server.line());
        let events = [&one["event"], &other["event"]];
        assert!(events.contains(&&json!("closed")) && events.contains(&&json!("refused")));
        assert_eq!(server.event("stopped")["logins"], 1);
        assert_eq!(server.wait(), 0);
        drop(waiting);
    }
}

#[test]
fn an_address_in_use_and_a_file_that_others_can_read_are_told() {
    use std::os::unix::fs::PermissionsExt;
    let (_files, path) = users();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = run(&["serve", "--listen", &address, "--tls", "none", "--users", &path]);
    assert_eq!((ran.code, ran.out.as_str()), (10, ""), "{}", ran.err);
    assert!(ran.err.contains(&address), "{}", ran.err);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let ran = run(&["serve", "--listen", &address, "--tls", "none", "--users", &path]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("chmod 600"), "{}", ran.err);
}

#[test]
fn a_certificate_can_be_issued_without_a_file_for_its_authority() {
    let mut server = Server::start(&["--self-signed", "--anonymous"]);
    server.signal("-TERM");
    assert_eq!(server.event("stopped")["connections"], 0);
    assert_eq!(server.wait(), 0);
}

#[test]
fn people_get_lines_without_colours_in_a_pipe() {
    let (_files, path) = users();
    let mut child = Command::new(env!("CARGO_BIN_EXE_xiom"))
        .args(["serve", "--listen", "127.0.0.1:0", "--tls", "none", "--users", &path])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    lines.read_line(&mut first).unwrap();
    let address = first.split(" at ").nth(1).unwrap().split(',').next().unwrap().to_owned();
    let mut stream =
        xiom::blocking::connect(&format!("amqp://{USER}:{PASSWORD}@{address}")).unwrap();
    stream.close().unwrap();
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(first.contains("without tls"), "{first}");
    assert!(rest.contains("user guest") && rest.contains("SCRAM-SHA-512"), "{rest}");
    assert!(rest.contains("stopped: 1 connections, 1 logins, 0 refused"), "{rest}");
    assert!(!rest.contains('\u{1b}') && !rest.contains(PASSWORD), "{rest}");
}
