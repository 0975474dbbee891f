//! `GSSAPI` over the real library and a real realm: client against server in one process.
//!
//! Each line that is printed is a check that passed; the first that does not ends the program with an error. It needs
//! the realm of `xtask/peers/kdc.sh` and the environment which that prints; without, it fails.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use xiom_core::Security;
use xiom_gssapi::{Acceptor, Context, Initiator, Library, Service};
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::gss::GssLayer;
use xiom_sasl::server::{self, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{Context as Consulted, Established, LayerRange, Limits, Protection};

mod hostile;
mod layers;
mod logins;

/// The realm's user.
const USER: &str = "user@XIOM.TEST";
/// Protections from the weakest.
const EACH: [Protection; 3] =
    [Protection::None, Protection::Integrity, Protection::Confidentiality];

type Both = (Established<GssLayer<Context>>, Established<GssLayer<Context>>);

fn main() -> Result<()> {
    let realm = Realm::from_environment()?;
    logins::run(&realm)?;
    layers::run(&realm)?;
    hostile::run(&realm)?;
    println!("all checks passed");
    Ok(())
}

/// What `kdc.sh` has left.
struct Realm {
    directory: PathBuf,
    library: Library,
    service: Service,
}

impl Realm {
    fn from_environment() -> Result<Self> {
        let variable = |name| {
            std::env::var_os(name)
                .with_context(|| format!("{name} is not set: run xtask/peers/kdc.sh"))
        };
        let directory = PathBuf::from(variable("XIOM_KDC")?);
        ensure!(
            Path::new(&variable("KRB5_CONFIG")?).starts_with(&directory),
            "KRB5_CONFIG is not that of the realm"
        );
        let library = Library::load()?;
        let keytab = format!("FILE:{}", directory.join("service.keytab").display());
        let service =
            Acceptor::new().service("amqp", "localhost").keytab(&keytab).acquire(&library)?;
        Ok(Self { directory, library, service })
    }

    /// A place in the directory of the realm.
    fn place(&self, name: &str) -> String {
        format!("FILE:{}", self.directory.join(name).display())
    }

    /// The user, who has a ticket.
    fn user(&self) -> Initiator {
        Initiator::new("amqp", "localhost").cache(&self.place("ccache"))
    }

    fn client(&self) -> Result<client::Gssapi<Context>> {
        Ok(client::Gssapi::new(self.user().prepare(&self.library)?, None)?)
    }

    fn server(&self) -> server::Gssapi<Context> {
        server::Gssapi::new(self.service.context())
    }

    /// Ends that have agreed on exactly this layer, with these buffers at the client and at the server.
    fn layered(&self, protection: Protection, buffers: [u32; 2]) -> Result<Both> {
        exchange(self.client()?, self.server(), protection, buffers)
    }
}

/// Runs an exchange to its good end.
fn exchange(
    mut client: client::Gssapi<Context>,
    server: server::Gssapi<Context>,
    protection: Protection,
    buffers: [u32; 2],
) -> Result<Both> {
    let security = Security::default();
    let layers = LayerRange { least: protection, most: protection };
    let limits = buffers.map(|layer_buffer| Limits { layer_buffer, ..Limits::default() });
    let [client_cx, server_cx] =
        limits.each_ref().map(|limits| Consulted::new(&security, limits).with_layers(layers));
    let (mut message, mut out) = (Vec::new(), Vec::new());
    ensure!(client.start(&client_cx, &mut message)? == ClientStep::Send);
    let mut step = server.step(&server_cx, ServerInput::Initial(Some(&message)), &mut out);
    loop {
        step = match step {
            ServerStep::Challenge(server) => {
                message.clear();
                ensure!(client.challenge(&client_cx, &out, &mut message)? == ClientStep::Send);
                out.clear();
                server.step(&server_cx, ServerInput::Response(&message), &mut out)
            }
            ServerStep::Authorize(server, _) => {
                server.step(&server_cx, ServerInput::Authorized(true), &mut out)
            }
            ServerStep::Success { established, .. } => {
                return Ok((client.outcome_ok(&client_cx, None)?, established));
            }
            ServerStep::Failure { fault, .. } => return Err(fault.into()),
            ServerStep::Lookup(..) | ServerStep::Working(_) | _ => bail!("GSSAPI has no such step"),
        };
    }
}
