//! What a login allocates in the mechanisms alone, both sides, from the first message to the proof.
//!
//! The mechanism is there already, with its names and its password; the buffer for its messages is empty, so
//! that its growth counts. The goal of a server is what its steps give away: a look-up owns the name and the
//! password that it is about, a permission the principal, and the mechanism keeps its own. A derivation is
//! one more, with a password of its own.

use std::env;

use anyhow::{Result, ensure};
use xiom_benches::counting;
use xiom_benches::goals::Goals;
use xiom_benches::login::{Login, context, security};
use xiom_sasl::client::ClientMechanism;
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::server::{LookupAnswer, ServerMechanism};
use xiom_sasl::{Context, Credentials, Decoy, Limits, Nonce, ScramKeys, client, server};

fn main() -> Result<()> {
    let is_measured = env::args().any(|argument| argument == "--bench");
    let (security, limits) = (security(), Limits::default());
    let cx = context(&security, &limits);
    let keys = ScramKeys::derive(Hash::Sha256, "password", b"0123456789abcdef", 4096)?;
    let decoy = || Decoy::new([3; 32], 4096, 16);
    let credentials = || Credentials::new("user", "password");
    let nonce = |octet| Nonce::new([octet; Nonce::ENTROPY]);
    let variant = Variant::Sha256;
    let mut table = Table { cx, goals: Goals::new("allocations") };
    let verified = LookupAnswer::Verified(true);
    table.row(
        ("ANONYMOUS", 1.0, 2.0),
        (client::Anonymous::new("trace")?, server::Anonymous::new()),
        LookupAnswer::Unknown,
    )?;
    table.row(
        ("EXTERNAL", 0.0, 2.0),
        (client::External::new(None)?, server::External::new()),
        LookupAnswer::Unknown,
    )?;
    let plain = || client::Plain::new(credentials());
    table.row(
        ("PLAIN, verified by the store", 1.0, 5.0),
        (plain()?, server::Plain::new(decoy())),
        verified,
    )?;
    table.row(
        ("PLAIN, checked by keys", 1.0, 7.0),
        (plain()?, server::Plain::new(decoy())),
        LookupAnswer::Scram(&keys),
    )?;
    let scram = client::Scram::new(variant, credentials(), nonce(1))?;
    let scram_server = server::Scram::new(variant, decoy(), nonce(2));
    table.measure("SCRAM-SHA-256", scram, scram_server, LookupAnswer::Scram(&keys))?;
    table.goals.finish(env!("CARGO_TARGET_TMPDIR"), is_measured)
}

struct Table<'a> {
    cx: Context<'a>,
    goals: Goals,
}

impl Table<'_> {
    /// A mechanism whose sides have goals.
    fn row(
        &mut self,
        (name, client_goal, server_goal): (&str, f64, f64),
        (client, server): (impl ClientMechanism + Clone, impl ServerMechanism + Clone),
        answer: LookupAnswer<'_>,
    ) -> Result<()> {
        let (at_client, at_server) = self.count(client, server, answer)?;
        self.goals.at_most(format!("{name}, client"), at_client, "", client_goal);
        self.goals.at_most(format!("{name}, server"), at_server, "", server_goal);
        Ok(())
    }

    /// One without.
    fn measure(
        &mut self,
        name: &str,
        client: impl ClientMechanism + Clone,
        server: impl ServerMechanism + Clone,
        answer: LookupAnswer<'_>,
    ) -> Result<()> {
        let (at_client, at_server) = self.count(client, server, answer)?;
        self.goals.figure(format!("{name}, client"), at_client, "");
        self.goals.figure(format!("{name}, server"), at_server, "");
        Ok(())
    }

    fn count(
        &self,
        client: impl ClientMechanism + Clone,
        server: impl ServerMechanism + Clone,
        answer: LookupAnswer<'_>,
    ) -> Result<(f64, f64)> {
        let login = Login::record(client.clone(), server.clone(), &self.cx, answer)?;
        let (mut client_run, mut server_run) = (Ok(()), Ok(()));
        let (mut up, mut down) = (Vec::new(), Vec::new());
        let at_client = counting::allocations_of(|| {
            client_run = login.client(client, &self.cx, &mut up);
        });
        let at_server = counting::allocations_of(|| {
            server_run = login.server(server, &self.cx, answer, &mut down);
        });
        ensure!(client_run.is_ok() && server_run.is_ok(), "the login does not repeat");
        Ok((f64::from(u32::try_from(at_client)?), f64::from(u32::try_from(at_server)?)))
    }
}
