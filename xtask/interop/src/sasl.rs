//! SASL mechanisms step by step against other implementations, each side in turn.
//!
//! A login is done when both sides say so, agree on the protection and on the user, and octets have come back
//! through the security layer, if there is one. A login that must fail has failed on both sides.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use tokio::process::Command;
use xiom::core::AuthFault;
use xiom::sasl::client::ClientMechanism;
use xiom::sasl::server::ServerMechanism;
use xiom::sasl::{BindingOffer, Buffers, Context, Established, Limits, PeerProof, SecurityLayer};

use crate::Peer;
use crate::check::{Success, bounded};
use crate::realm::Realm;
use crate::report::{Column, Report};

mod account;
mod case;
mod exchange;
mod kerberos;
mod lines;
mod octets;
mod paved;
mod program;

pub(crate) use account::{HOST, nonce};
pub(crate) use case::Layer;
use case::{Case, Detail, Role};
use exchange::Ended;
pub(crate) use kerberos::PRINCIPAL;
use lines::{Line, Process};
use program::Program;
pub(crate) use program::run;

/// All checks with these peers.
pub(crate) async fn speak(
    peers: impl Iterator<Item = Peer>,
    cache: &Path,
    report: &mut Report<Layer>,
) -> Result<()> {
    paved::speak(report).await;
    for peer in peers {
        match Program::find(peer, cache) {
            Ok(program) => play_all(&program, report).await?,
            Err(error) => {
                let name = format!("{peer:?}").to_lowercase();
                report.absent(&name, &format!("{error}; {HINT}"));
            }
        }
    }
    Ok(())
}

/// How to get the peers.
pub(crate) const HINT: &str = "cargo xtask interop sasl --install";

/// Every row that the program can play, with both sides.
async fn play_all(program: &Program, report: &mut Report<Layer>) -> Result<()> {
    for role in Role::ALL {
        let name = format!("{} {}", program.name, role.word());
        let can = |case: &Case| {
            program.plays(role, *case) && (case.mechanism != "GSSAPI" || Realm::is_here())
        };
        let good = Case::GOOD.into_iter().filter(can);
        for case in good.flat_map(|case| [Some(case), case.wrong()]).flatten() {
            for layer in Layer::ALL {
                if let Some(why) = program.objection(case, layer) {
                    report.impossible(&name, &case, layer, why);
                    continue;
                }
                let attempt = play(program, role, case, layer);
                let result = bounded(Box::pin(attempt)).await;
                report.tried(&name, &case, layer, result);
            }
        }
    }
    Ok(())
}

async fn play(program: &Program, role: Role, case: Case, layer: Layer) -> Result<Success> {
    let command = Command::from(program.command(role, case, layer)?);
    let mut process = Process::start(command).await?;
    let (peer_buffer, layer_buffer) = program.buffers(role);
    let (security, limits) =
        (account::security(case), Limits { layer_buffer, ..Limits::default() });
    let binding = if case.binding().is_some() { BindingOffer::Offered } else { BindingOffer::None };
    let cx = Context::new(&security, &limits).with_binding(binding).with_layers(layer.only());
    let trial = Trial { role, case, layer, peer_buffer, start: Instant::now() };
    match role {
        Role::Server => {
            let mechanism = account::client(case)?;
            let proves = mechanism.properties().mutual;
            let ended = exchange::client(mechanism, &cx, &mut process).await?;
            judge(ended, proves, trial, process).await
        }
        Role::Client => {
            let mechanism = account::server(case)?;
            let proves = mechanism.properties().mutual;
            let ended =
                exchange::server(mechanism, &cx, program.with_outcome, &mut process).await?;
            judge(ended, proves, trial, process).await
        }
    }
}

/// What was to be done.
#[derive(Clone, Copy, Debug)]
struct Trial {
    role: Role,
    case: Case,
    layer: Layer,
    /// Octets of the longest token that the peer takes.
    peer_buffer: u32,
    start: Instant,
}

/// Judges how an exchange ended, and goes on to the octets; `proves`: whether the server has to prove itself.
async fn judge<L: SecurityLayer>(
    ended: Ended<L>,
    proves: bool,
    trial: Trial,
    mut process: Process,
) -> Result<Success> {
    let took = trial.start.elapsed();
    let established = match ended {
        Ended::Established(_) if trial.case.is_wrong => bail!("was let in"),
        Ended::Established(established) => established,
        Ended::Xiom(fault) if trial.case.is_wrong => {
            ensure!(is_refusal(fault, trial), "refused in another way than expected: {fault}");
            process.end(false).await?;
            return Ok(Success { note: "refused".to_owned(), took });
        }
        Ended::Peer(_) if trial.case.is_wrong && trial.role == Role::Server => {
            process.end(false).await?;
            return Ok(Success { note: "refused".to_owned(), took });
        }
        Ended::Xiom(fault) => bail!("Xiom: {fault}"),
        Ended::Peer(words) => bail!("peer: {words}"),
    };
    prove(&established, proves, trial)?;
    if let Detail::Cipher(name) = trial.case.detail {
        let is_chosen = process.responded(&format!("cipher={name}"))
            || process.responded(&format!("cipher=\"{name}\""));
        ensure!(is_chosen, "another cipher was chosen");
    }
    agree(&mut process, trial).await?;
    if let Some(layer) = layer_of(established) {
        let peer_buffer = usize::try_from(trial.peer_buffer)?;
        octets::exchange(Buffers::new(layer), peer_buffer, &mut process)
            .await
            .context("protected octets")?;
    }
    process.end(true).await?;
    Ok(Success { note: "ok".to_owned(), took })
}

fn layer_of<L>(mut established: Established<L>) -> Option<L> {
    established.take_layer()
}

/// Whether this is how Xiom refuses a wrong client, or notices that the server has refused it in its own words.
fn is_refusal(fault: AuthFault, trial: Trial) -> bool {
    match (trial.role, trial.case.binding()) {
        (Role::Client, None) if trial.case.mechanism == "GSSAPI" => {
            matches!(fault, AuthFault::Gss { .. })
        }
        (Role::Client, None) => fault == AuthFault::BadCredentials,
        (Role::Client, Some(_)) => fault == AuthFault::ChannelBinding,
        (Role::Server, _) => fault == AuthFault::ServerError,
    }
}

/// Checks that the proof says what was to be proven.
fn prove<L>(established: &Established<L>, proves: bool, trial: Trial) -> Result<()> {
    let Trial { role, case, layer, .. } = trial;
    ensure!(established.mechanism() == case.mechanism, "another mechanism was used");
    ensure!(established.protection() == layer.protection(), "Xiom has another protection");
    ensure!(established.bound() == case.binding(), "the binding is wrong");
    ensure!((established.peer() == PeerProof::Verified) == proves, "the server's proof is wrong");
    let identity = &established.principal().identity;
    let is_right = role == Role::Server || account::is_right(identity, case);
    ensure!(is_right, "came in as another: {identity:?}");
    Ok(())
}

/// Checks that the peer sees it in the same way.
async fn agree(process: &mut Process, trial: Trial) -> Result<()> {
    let line = process.hear().await?;
    let Line::Established { protection, user } = line else { bail!("peer: {line:?}") };
    ensure!(protection == trial.layer.word(), "the peer has protection {protection}");
    let is_right = trial.role == Role::Client
        || account::accounts(trial.case).iter().any(|(name, _)| *name == user)
        || (user == kerberos::PRINCIPAL && trial.case.mechanism == "GSSAPI")
        || trial.case.mechanism == "ANONYMOUS";
    ensure!(is_right, "came in as another: {user}");
    Ok(())
}
