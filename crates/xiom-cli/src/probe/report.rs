//! The report of a probe: one structure, printed as JSON or as text.

use core::fmt::Write;

use serde::Serialize;
use xiom::core::Failure;

use super::Found;
use super::chain::{Certificate, Chain};
use super::plan::Plan;
use super::verdicts::{Judged, Mechanisms};
use crate::Stop;
use crate::arguments::protocol_name;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::proof::{Proof, Tls};
use crate::render::{self, ACCENT, BAD, BOLD, DIM, GOOD};
use crate::timeline::{self, Span};
use crate::watch::Watch;

/// Everything that was found.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// The server, without the password.
    url: String,
    /// Whether we are in.
    ok: bool,
    /// The exit code of the program.
    exit_code: u8,
    /// What the server is to speak.
    protocol: &'static str,
    /// How TLS begins.
    tls_style: &'static str,
    /// The addresses that were tried.
    addresses: Vec<Tried>,
    /// What TLS agreed on.
    tls: Option<Tls>,
    /// What the server presented.
    certificates: Option<Chain>,
    /// What the server offers, or was asked for.
    mechanisms: Option<Mechanisms>,
    /// The code of the outcome; the status of the last message of a Thrift server.
    outcome: Option<String>,
    /// Who we are.
    login: Option<Proof>,
    /// The server's answer to the header of AMQP.
    amqp_header: Option<String>,
    /// The time that each phase took.
    timeline: Vec<Span>,
    /// Why we are not in.
    failure: Option<Fault>,
}

/// One address that was tried.
#[derive(Debug, Serialize)]
struct Tried {
    address: String,
    fault: Option<String>,
    micros: u64,
}

impl Report {
    /// Gathers what was found.
    ///
    /// # Errors
    ///
    /// As [`Plan::mechanisms`].
    pub(super) fn new(
        plan: &Plan,
        watch: &Watch,
        found: &Found,
        failure: Option<&Failure>,
        exit: Exit,
    ) -> Result<Self, Stop> {
        let attempts = found.attempts.list().iter();
        let addresses = attempts.map(|attempt| Tried {
            address: attempt.address.to_string(),
            fault: attempt.fault.map(|fault| fault.to_string()),
            micros: timeline::micros(attempt.took),
        });
        let seen = watch.seen();
        let mechanisms = Mechanisms::new(plan, &seen, failure.is_some())?;
        Ok(Self {
            url: render::plain(&plan.client.address().to_string()),
            ok: failure.is_none(),
            exit_code: exit.code(),
            protocol: protocol_name(plan.protocol()),
            tls_style: plan.style.name(),
            addresses: addresses.collect(),
            tls: seen.facts.as_ref().map(Tls::from),
            certificates: plan.chain(),
            mechanisms,
            outcome: seen.outcome.clone(),
            login: seen.established.as_ref().map(Proof::from),
            amqp_header: found.amqp.map(|header| header.to_string()),
            timeline: watch.timeline().spans().to_vec(),
            failure: failure.map(|failure| {
                Fault::of_client(failure, plan.protocol(), found.peer_text.as_deref())
            }),
        })
    }

    /// The report for people.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "\n{BOLD}{}{BOLD:#}\n", self.url);
        self.addresses(&mut out);
        self.tls(&mut out);
        self.mechanisms(&mut out);
        self.login(&mut out);
        out.push('\n');
        render::spans(&mut out, &self.timeline, "  ");
        self.verdict(&mut out);
        out
    }

    /// The mechanisms that are left to be tried.
    fn next(&self) -> &[String] {
        self.mechanisms.as_ref().map_or(&[], |mechanisms| &mechanisms.next)
    }

    fn addresses(&self, out: &mut String) {
        for (index, Tried { address, fault, micros }) in self.addresses.iter().enumerate() {
            let label = if index == 0 { "address" } else { "" };
            let result = fault.as_deref().unwrap_or("connected");
            let took = match micros {
                0 => "at once".to_owned(),
                _ => format!("after {}", render::micros(*micros)),
            };
            line(out, label, &format!("{address}  {result} {DIM}{took}{DIM:#}"));
        }
    }

    fn tls(&self, out: &mut String) {
        if let Some(tls) = &self.tls {
            line(out, "tls", &tls.line());
            let handshake = if tls.resumed { "resumed session" } else { "full handshake" };
            let alpn = tls.alpn.as_deref().unwrap_or("none");
            line(
                out,
                "",
                &format!("{DIM}{handshake}, {} style, alpn {alpn}{DIM:#}", self.tls_style),
            );
        }
        let Some(chain) = &self.certificates else { return };
        for (index, certificate) in chain.certificates.iter().enumerate() {
            certificate.write(out, if index == 0 { "certificate" } else { "issued by" });
        }
        let style = if chain.accepted { GOOD } else { BAD };
        line(out, "", &format!("{style}{}{style:#}", chain.verdict));
    }

    fn mechanisms(&self, out: &mut String) {
        let Some(Mechanisms { offered, asked, verdicts, .. }) = &self.mechanisms else { return };
        if let Some(offered) = offered {
            let offered = offered.join(" ");
            line(out, "offered", if offered.is_empty() { "nothing" } else { &offered });
        }
        if let Some(asked) = asked {
            let note = "thrift servers make no offer";
            line(out, "asked for", &format!("{ACCENT}{asked}{ACCENT:#}  {DIM}{note}{DIM:#}"));
        }
        let width = verdicts.iter().map(|judged| judged.name.len()).max().unwrap_or_default();
        for (index, Judged { name, chosen, verdict }) in verdicts.iter().enumerate() {
            let label = if index == 0 { "judged" } else { "" };
            let style = if *chosen { ACCENT } else { DIM };
            line(out, label, &format!("{style}{name:<width$}  {verdict}{style:#}"));
        }
    }

    fn login(&self, out: &mut String) {
        if let Some(outcome) = &self.outcome {
            let style = if self.login.is_some() { GOOD } else { BAD };
            line(out, "outcome", &format!("{style}{outcome}{style:#}"));
        }
        if let Some(proof) = &self.login {
            line(out, "logged in", &proof.who());
            let server = match (proof.server_proven, self.certificates.is_some()) {
                (true, _) if proof.kind == "kerberos" => "proven by its key in the realm",
                (true, _) => "proven by its knowledge of the password",
                (false, true) => "proven by its certificate alone",
                (false, false) => "not proven at all",
            };
            line(out, "server", server);
            line(out, "binding", proof.channel_binding.unwrap_or("none"));
            let protection = match (proof.protection, self.tls.is_some()) {
                ("none", true) => "tls alone",
                ("none", false) => "none: whoever is on the way can read and change it all",
                (layer, _) => layer,
            };
            line(out, "protection", protection);
        }
        if let Some(header) = &self.amqp_header {
            line(out, "answers", header);
        }
    }

    fn verdict(&self, out: &mut String) {
        let Some(fault) = &self.failure else {
            let whole = render::micros(timeline::total(&self.timeline));
            let _ = writeln!(out, "\n  {GOOD}ok{GOOD:#}, in {whole}\n");
            return;
        };
        let Fault { layer, stage, message, peer_text, blame, retryable, hint, .. } = fault;
        let again = if *retryable { "may help" } else { "does not help" };
        let _ = writeln!(out, "\n  {BAD}{layer} failed{BAD:#} in phase {stage}: {message}\n");
        if let Some(text) = peer_text {
            line(out, "peer says", &format!("{BOLD}\"{text}\"{BOLD:#}"));
        }
        line(out, "at fault", blame);
        line(out, "retry", again);
        line(out, "hint", hint);
        for (index, next) in self.next().iter().enumerate() {
            let label = if index == 0 { "try next" } else { "" };
            line(out, label, &format!("--mechanism {next}"));
        }
        out.push('\n');
    }
}

impl Certificate {
    fn write(&self, out: &mut String, label: &str) {
        if self.unreadable {
            line(out, label, "cannot be read");
            return;
        }
        let Self { subject, issuer, names, not_before, not_after, days_left, key, .. } = self;
        let subject = if subject.is_empty() { "(no subject)" } else { subject };
        line(out, label, &format!("{subject}  {DIM}{key}{DIM:#}"));
        if !names.is_empty() {
            line(out, "", &format!("{DIM}names  {DIM:#}{}", names.join(", ")));
        }
        let day = |date: &str| date.split('T').next().unwrap_or_default().to_owned();
        let left = match days_left {
            ..0 => format!("{BAD}expired {} days ago{BAD:#}", days_left.unsigned_abs()),
            0..=14 => format!("{BAD}{days_left} days left{BAD:#}"),
            _ => format!("{days_left} days left"),
        };
        let (from, to) = (day(not_before), day(not_after));
        line(out, "", &format!("{DIM}valid  {DIM:#}{from} to {to}, {left}"));
        line(out, "", &format!("{DIM}issuer {DIM:#}{issuer}"));
    }
}

/// One fact, with a label or below the one that has it.
fn line(out: &mut String, label: &str, text: &str) {
    let _ = writeln!(out, "  {DIM}{label:<12}{DIM:#}{text}");
}
