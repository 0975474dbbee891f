//! The report of the demo: what each side saw, what was expected, and how fast it was.

use core::fmt::Write;

use serde::Serialize;
use xiom::Protocol;

use super::client::{Case, Expected, Journey};
use super::server::Visit;
use super::way::Way;
use super::{ECHO, LOGIN};
use crate::arguments::protocol_name;
use crate::render::{self, BAD, BOLD, DIM, GOOD};
use crate::timeline;

/// Everything that happened.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// Whether every expectation holds.
    pub(crate) ok: bool,
    summary: Summary,
    connections: Vec<Connection>,
}

/// One connection as both sides saw it.
#[derive(Debug, Serialize)]
pub(crate) struct Connection {
    /// What it was for.
    name: &'static str,
    #[serde(skip)]
    way: Way,
    /// What was spoken.
    protocol: &'static str,
    /// How TLS began.
    style: &'static str,
    mechanism: &'static str,
    ok: bool,
    micros: u64,
    octets: u64,
    expectations: Vec<Expectation>,
    client: Journey,
    server: Visit,
}

/// Something that should be so.
#[derive(Debug, Serialize)]
struct Expectation {
    what: &'static str,
    holds: bool,
}

/// The whole in numbers.
#[derive(Debug, Serialize)]
struct Summary {
    connections: usize,
    logins: usize,
    full_handshakes: usize,
    resumed_handshakes: usize,
    refused: usize,
    expectations: usize,
    unmet: usize,
    echoed_octets: u64,
    echo_mib_per_second: Option<f64>,
}

impl Connection {
    /// Compares what both sides saw with what was expected.
    pub(crate) fn new(case: &Case<'_>, client: Journey, server: Visit) -> Self {
        let expectations = expectations(case, &client, &server);
        Self {
            name: case.name,
            way: case.way,
            protocol: protocol_name(case.way.protocol()),
            style: case.way.style(),
            mechanism: case.mechanism,
            ok: expectations.iter().all(|expectation| expectation.holds),
            micros: timeline::total(&client.timeline),
            octets: case.octets,
            expectations,
            client,
            server,
        }
    }

    fn text(&self, out: &mut String) {
        let Self { name, way, mechanism, .. } = self;
        let way = way.title();
        let (mark, whole) = (mark(self.ok), render::micros(self.micros));
        let end = if self.client.failed_as_expected { ": refused, as it should be" } else { "" };
        let _ = writeln!(
            out,
            "\n{mark} {BOLD}{mechanism}{BOLD:#} {way} {DIM}({name}{end}, {whole}){DIM:#}"
        );
        render::spans(out, &self.client.timeline, "    ");
        if let Some(fault) = &self.client.failure {
            let _ = writeln!(out, "    {DIM}client:{DIM:#} {}: {}", fault.layer, fault.words());
        }
        if let Some(fault) = &self.server.failure {
            let _ = writeln!(out, "    {DIM}server:{DIM:#} {}: {}", fault.layer, fault.words());
        }
        for expectation in self.expectations.iter().filter(|expectation| !expectation.holds) {
            let _ = writeln!(out, "    {BAD}not met:{BAD:#} {}", expectation.what);
        }
    }

    /// One line: who came in, as the server saw it.
    fn row(&self, out: &mut String) {
        let Some(proof) = &self.server.login else { return };
        let server = if proof.server_proven { "both" } else { "client" };
        let server = if proof.kind == "anonymous" { "-" } else { server };
        let protected = match (&self.server.tls, proof.protection) {
            (Some(_), _) => "tls",
            (None, "none") => "no",
            (None, _) => "mechanism",
        };
        let handshake = match &self.server.tls {
            Some(tls) if tls.resumed => "resumed",
            Some(_) => "full",
            None => "-",
        };
        let _ = writeln!(
            out,
            "  {} {:<8}  {:<6}  {:<18}  {:<23}  {server:<6}  {:<12}  {protected:<9}  {handshake:<7}  {:>9}",
            mark(self.ok),
            self.protocol,
            self.style,
            self.mechanism,
            proof.who(),
            proof.channel_binding.unwrap_or("-"),
            render::micros(self.micros),
        );
    }
}

fn expectations(case: &Case<'_>, client: &Journey, server: &Visit) -> Vec<Expectation> {
    if case.expected != Expected::LoggedIn {
        return expected_failures(case, client, server);
    }
    let fact = |what, holds| Expectation { what, holds };
    let (kind, proven, bound) = match case.mechanism {
        "ANONYMOUS" | "MSSBCBS" => ("anonymous", false, None),
        "EXTERNAL" => ("certificate", false, None),
        "OAUTHBEARER" | "XOAUTH2" => ("token", false, None),
        "PLAIN" => ("user", false, None),
        name if name.ends_with("-PLUS") => ("user", true, Some("tls-exporter")),
        _ => ("user", true, None),
    };
    let protection = if case.mechanism == "DIGEST-MD5" { "confidentiality" } else { "none" };
    let (inside, welcomed) = (client.login.as_ref(), server.login.as_ref());
    let both = inside.zip(welcomed);
    vec![
        fact("both sides are logged in", both.is_some()),
        fact("the server knows the kind of identity", welcomed.is_some_and(|at| at.kind == kind)),
        fact(
            "both sides agree whether the server is proven",
            both.is_some_and(|(a, b)| a.server_proven == proven && b.server_proven == proven),
        ),
        fact(
            "both sides agree on the channel binding",
            both.is_some_and(|(a, b)| a.channel_binding == bound && b.channel_binding == bound),
        ),
        fact(
            "both sides agree on what the mechanism protects",
            both.is_some_and(|(a, b)| a.protection == protection && b.protection == protection),
        ),
        session(case, client, server),
        fact("every octet comes back, and then the end", client.ended_in_order),
        fact("the server sees the end in order", server.ended_in_order),
        fact("the server has echoed every octet", server.echoed == case.octets),
    ]
}

/// What should be so of TLS.
fn session(case: &Case<'_>, client: &Journey, server: &Visit) -> Expectation {
    let tls = [client.tls.as_ref(), server.tls.as_ref()];
    let (what, holds) = match (case.way.tls(), case.resumes) {
        (None, _) => ("there is no tls", tls.iter().all(Option::is_none)),
        (Some(_), resumes) => (
            if resumes { "the session is resumed" } else { "the session is a new one" },
            tls.iter().all(|tls| tls.is_some_and(|tls| tls.resumed == resumes)),
        ),
    };
    Expectation { what, holds }
}

/// What should be so when nobody is to come in.
fn expected_failures(case: &Case<'_>, client: &Journey, server: &Visit) -> Vec<Expectation> {
    let fact = |what, holds| Expectation { what, holds };
    let told = server.failure.as_ref().map(|fault| fault.cause.as_str());
    let nobody = server.login.is_none() && told.is_some();
    let (what, seen) = match case.expected {
        Expected::Refused if case.way.protocol() == Protocol::Thrift => {
            return vec![
                fact("the client is refused by BAD", client.failed_as_expected),
                fact("the client has the words of the server", said(client) == Some(WORDS)),
                fact("the server lets nobody in", nobody),
            ];
        }
        Expected::Refused => ("the client is refused with the outcome auth", None),
        Expected::Intercepted => (
            "both sides end the login that a man in the middle has passed on",
            Some("Mechanism(ChannelBinding)"),
        ),
        Expected::Stripped => (
            "both sides end the login from whose offer channel binding was removed",
            Some("Mechanism(ChannelBindingDowngrade)"),
        ),
        Expected::Withheld => ("the client does not show its password", Some("EndOfStream")),
        Expected::Hostile(_) => {
            let what = "the client ends it, and says what the server did";
            return vec![fact(what, client.failed_as_expected)];
        }
        Expected::Untrusted | Expected::LoggedIn => ("the client finds the issuer unknown", None),
    };
    vec![
        fact(what, client.failed_as_expected && (seen.is_none() || seen == told)),
        fact("the server lets nobody in", nobody),
    ]
}

/// The words of the server, as the client reports them.
fn said(client: &Journey) -> Option<&str> {
    client.failure.as_ref()?.peer_text.as_deref()
}

impl Report {
    /// The report of `connections`.
    pub(crate) fn new(connections: Vec<Connection>) -> Self {
        let ok = !connections.is_empty() && connections.iter().all(|connection| connection.ok);
        Self { ok, summary: Summary::new(&connections), connections }
    }

    /// The report for people.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        // Logins are much alike: one of each way is shown in full, and all of them below.
        let is_shown = |one: &&Connection| {
            one.name != LOGIN || !one.ok || one.way.mechanisms().first() == Some(&one.mechanism)
        };
        for connection in self.connections.iter().filter(is_shown) {
            connection.text(&mut out);
        }
        let _ = writeln!(out, "\n{BOLD}Who came in, as the server saw it{BOLD:#}\n");
        let _ = writeln!(
            out,
            "  {DIM}  {:<8}  {:<6}  {:<18}  {:<23}  {:<6}  {:<12}  {:<9}  {:<7}  {:>9}{DIM:#}",
            "protocol",
            "tls",
            "mechanism",
            "identity",
            "proven",
            "binding",
            "protected",
            "session",
            "time"
        );
        for connection in &self.connections {
            connection.row(&mut out);
        }
        self.summary(&mut out);
        out
    }

    fn summary(&self, out: &mut String) {
        let summary = &self.summary;
        let mut seen =
            self.connections.iter().filter_map(|connection| connection.server.tls.as_ref());
        let tls = seen.next().map(crate::proof::Tls::line).unwrap_or_default();
        let _ = writeln!(out, "\n  {DIM}tls     {DIM:#}{tls}");
        for echo in self.connections.iter().filter(|one| one.name == ECHO) {
            let Some(speed) = speed(echo) else { continue };
            let (size, protocol) = (render::octets(echo.server.echoed), echo.protocol);
            let _ = writeln!(
                out,
                "  {DIM}echo    {DIM:#}{size} there and back, {speed:.0} MiB/s over {protocol}"
            );
        }
        let Summary { full_handshakes, resumed_handshakes, logins, refused, .. } = summary;
        let _ = writeln!(
            out,
            "  {DIM}total   {DIM:#}{logins} logins, {refused} refused as expected, \
             {full_handshakes} full handshakes, {resumed_handshakes} resumed"
        );
        let Summary { expectations, unmet, .. } = summary;
        let verdict = if *unmet == 0 {
            format!("{GOOD}all {expectations} expectations met{GOOD:#}")
        } else {
            format!("{BAD}{unmet} of {expectations} expectations not met{BAD:#}")
        };
        let _ = writeln!(out, "\n  {verdict}\n");
    }
}

impl Summary {
    fn new(connections: &[Connection]) -> Self {
        let tls = || connections.iter().filter_map(|connection| connection.client.tls.as_ref());
        let all = || connections.iter().flat_map(|connection| &connection.expectations);
        let echo = connections.iter().find(|connection| connection.name == ECHO);
        Self {
            connections: connections.len(),
            logins: connections.iter().filter(|one| one.server.login.is_some()).count(),
            full_handshakes: tls().filter(|tls| !tls.resumed).count(),
            resumed_handshakes: tls().filter(|tls| tls.resumed).count(),
            refused: connections.iter().filter(|one| one.client.failed_as_expected).count(),
            expectations: all().count(),
            unmet: all().filter(|expectation| !expectation.holds).count(),
            echoed_octets: echo.map_or(0, |echo| echo.server.echoed),
            echo_mib_per_second: echo.and_then(speed),
        }
    }
}

/// MiB in a second, one way; the same number goes the other way at the same time.
fn speed(echo: &Connection) -> Option<f64> {
    let mib = f64::from(u32::try_from(echo.server.echoed >> 20).ok()?);
    let seconds = core::time::Duration::from_micros(echo.client.echo_micros).as_secs_f64();
    (0.0 < mib && 0.0 < seconds).then(|| (mib / seconds * 10.0).round() / 10.0)
}

fn mark(is_ok: bool) -> String {
    if is_ok { format!("{GOOD}✓{GOOD:#}") } else { format!("{BAD}✗{BAD:#}") }
}

/// What a server says to whom it refuses.
const WORDS: &str = "authentication failed";
