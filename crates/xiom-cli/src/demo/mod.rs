//! `xiom demo`: every mechanism by every way to a server, in one process over real sockets.
//!
//! Each expectation is checked; the exit code is 0 only when all of them hold.

mod client;
mod guests;
mod hostile;
mod relay;
mod report;
mod server;
mod way;

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::io;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use xiom::TlsStyle;

use crate::arguments::Demo;
use crate::certificates::{Authority, Identity};
use crate::exit::Exit;
use crate::{Stop, print, print_json};

use client::{Case, Expected};
use hostile::Trick;
use relay::Relay;
use report::{Connection, Report};
use server::{Port, Visit};
use way::Way;

/// Runs the demo, and prints what happened.
///
/// # Errors
///
/// Returns [`Stop`] when the system gives no sockets, or nothing can be printed.
pub(crate) fn run(arguments: &Demo) -> Result<Exit, Stop> {
    let cast = Cast::new()?;
    let cases = cases(&cast, arguments.mib);
    let (stopped, (visits, visited)) = (AtomicBool::new(false), mpsc::channel());
    let connections = thread::scope(|scope| {
        for port in &cast.ports {
            let (stopped, visits) = (&stopped, visits.clone());
            scope.spawn(move || port.serve(stopped, &visits));
        }
        let connections = play(&cases, &cast, &visited, arguments.json);
        stopped.store(true, Ordering::Release);
        cast.ports.iter().for_each(Port::stop);
        connections
    })?;
    let report = Report::new(connections);
    if arguments.json {
        print_json(&report)?;
    } else {
        print(&report.text())?;
    }
    Ok(if report.ok { Exit::Ok } else { Exit::Unexpected })
}

/// Who takes part.
struct Cast {
    authority: Authority,
    stranger: Authority,
    client: Identity,
    /// The certificate of the man in the middle.
    middle: Identity,
    ports: Vec<Port>,
}

impl Cast {
    fn new() -> Result<Self, Stop> {
        let authority = Authority::new("xiom demo authority").map_err(Stop::other)?;
        let stranger = Authority::new("xiom demo stranger").map_err(Stop::other)?;
        let server = authority.server(&["localhost", "127.0.0.1"]).map_err(Stop::other)?;
        let client = authority.client(CLIENT).map_err(Stop::other)?;
        let middle = authority.server(&["localhost", "127.0.0.1"]).map_err(Stop::other)?;
        let ports = Way::ALL.into_iter().map(|way| Port::open(way, &server, &authority));
        let ports = ports.collect::<Result<_, _>>()?;
        Ok(Self { authority, stranger, client, middle, ports })
    }
}

/// All that happens, in order.
fn cases(cast: &Cast, mib: u32) -> Vec<Case<'_>> {
    let login = |way, mechanism| Case {
        name: LOGIN,
        way,
        mechanism,
        password: PASSWORD,
        trusted: &cast.authority.pem,
        identity: (mechanism == "EXTERNAL").then_some(&cast.client),
        expected: Expected::LoggedIn,
        resumes: false,
        octets: 64,
    };
    let mut cases = Vec::new();
    for way in Way::ALL {
        cases.extend(way.mechanisms().iter().map(|mechanism| login(way, mechanism)));
    }
    for way in [AMQP, Way::ThriftTls] {
        let plus = || login(way, "SCRAM-SHA-256-PLUS");
        cases.push(Case { name: ECHO, octets: u64::from(mib) << 20, ..plus() });
        cases.push(Case { name: "return visit", resumes: true, ..plus() });
        let (name, password) = ("wrong password", "not the password");
        cases.push(Case { name, password, expected: Expected::Refused, ..plus() });
        let (name, trusted) = ("untrusted authority", &*cast.stranger.pem);
        cases.push(Case { name, trusted, expected: Expected::Untrusted, ..plus() });
    }
    for way in [AMQP, Way::Amqp(TlsStyle::Header), Way::ThriftTls] {
        let (name, expected) = ("man in the middle", Expected::Intercepted);
        cases.push(Case { name, expected, ..login(way, "SCRAM-SHA-256-PLUS") });
        if let Way::Amqp(_) = way {
            let (name, expected) = ("man in the middle who strips -PLUS", Expected::Stripped);
            cases.push(Case { name, expected, ..login(way, "SCRAM-SHA-256") });
        }
    }
    let (name, expected) = ("password in clear", Expected::Withheld);
    cases.push(Case { name, expected, ..login(Way::Thrift, "PLAIN") });
    cases.extend(Trick::ALL.map(|trick| {
        let (name, expected) = (trick.name(), Expected::Hostile(trick));
        Case { name, expected, ..login(Way::Thrift, trick.mechanism()) }
    }));
    cases
}

/// Lets each client visit, one after the other, and asks the server what it saw.
fn play(
    cases: &[Case<'_>],
    cast: &Cast,
    visited: &Receiver<Visit>,
    is_quiet: bool,
) -> Result<Vec<Connection>, Stop> {
    let (mut connections, mut former) = (Vec::new(), None);
    for case in cases {
        let port =
            cast.ports.iter().find(|port| port.way == case.way).map_or(0, |port| port.number);
        let bar = bar(case, is_quiet);
        let visit = |port| {
            let client = case.client(port)?;
            let journey = case.run(&client, |octets| bar.set_position(octets));
            bar.finish_and_clear();
            Ok((client, journey?))
        };
        let is_alone = matches!(case.expected, Expected::Hostile(_));
        let (client, journey) = match (case.expected, case.way.tls()) {
            (Expected::Hostile(trick), _) => trick.play(visit)?,
            (Expected::Intercepted | Expected::Stripped, Some(style)) => {
                Relay::new(&cast.authority, &cast.middle, style, port, case.expected)?
                    .between(visit)?
            }
            (_, _) => visit(port)?,
        };
        // None of the servers here sees a client of one that breaks the rules.
        let visit = if is_alone {
            Visit::default()
        } else {
            visited.recv_timeout(PATIENCE).unwrap_or_default()
        };
        connections.push(Connection::new(case, journey, visit));
        // The next client finds its session when it wants the same; the others meet as strangers.
        former = (case.name == ECHO).then_some(client);
    }
    drop(former);
    Ok(connections)
}

/// A bar for the echo, on terminals only.
fn bar(case: &Case<'_>, is_quiet: bool) -> ProgressBar {
    let target = if case.name == ECHO && !is_quiet && io::IsTerminal::is_terminal(&io::stderr()) {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template(
        "  echo {bar:32.cyan} {bytes} of {total_bytes}, {bytes_per_sec}",
    );
    let bar = ProgressBar::with_draw_target(Some(case.octets), target);
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style.progress_chars("━╸ ")))
}

/// The way of which everything is shown.
const AMQP: Way = Way::Amqp(TlsStyle::Direct);
const LOGIN: &str = "login";
const ECHO: &str = "echo";
/// The user of the demo.
const USER: &str = "guest";
/// The password of the demo's user; it opens nothing else.
const PASSWORD: &str = "xiom demo password";
/// The token of the demo's user; it opens nothing else.
const TOKEN: &str = "xiom.demo.token";
/// The realm of the demo's user, where DIGEST-MD5 wants one.
const REALM: &str = "demo";
/// The holder of the client certificate.
const CLIENT: &str = "demo client";
/// How long the server may take to report.
const PATIENCE: Duration = Duration::from_secs(30);
