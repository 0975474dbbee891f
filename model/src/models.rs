//! The models, each a file: the shipped machines, and the source documents read literally.

use xiom_core::Limits;

use crate::check::Checked;
use crate::run::{Entry, Inspected, MachineSize, Subject};
use crate::table;
use crate::world::{ChannelModel, Layers, MESSAGE};
use cuts::Cuts;

pub mod answers;
pub mod client;
pub mod client_scram;
pub mod cuts;
mod exchange;
pub mod layer;
pub mod literal;
pub mod pair;
pub mod policy;
pub mod scram;
pub mod server;
pub mod thrift;
pub mod tlsio;
mod verdicts;

/// How much a model explores.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Size {
    /// At most 150,000 states: enough that every mutant is seen.
    Small,
    /// What every change runs.
    Review,
    /// Millions of states.
    Nightly,
}

impl Size {
    /// The size of cuts whose longer ones another model has.
    const fn cut(self) -> Self {
        match self {
            Self::Small | Self::Review => Self::Small,
            Self::Nightly => Self::Nightly,
        }
    }
}

/// Every model, in the order in which they are told.
#[must_use]
pub fn all() -> Vec<Entry> {
    let mut entries = vec![
        channel("tlsio", tlsio::client),
        channel("tlsio-again", tlsio::again),
        channel("tlsio-server", tlsio::server),
        channel("client", client::plain),
        channel("client-in-clear", client::clear),
        channel("client-scram", client_scram::scram),
        channel("client-scram-bounded", client_scram::bounded),
        channel("client-stack", client::over_tls),
        channel("client-header", client::over_header),
        channel("server", server::plain),
        channel("server-again", server::again),
        channel("server-scram", server::scram),
        channel("server-stack", server::over_tls),
        shipped("client-cuts", |size| Cuts::new("client-cuts", &client::over_tls(size), size)),
        shipped("client-header-cuts", |size| {
            Cuts::new("client-header-cuts", &client::over_header(size), size)
        }),
        shipped("client-scram-cuts", |size| {
            Cuts::new("client-scram-cuts", &client_scram::scram(size), size)
        }),
        shipped("server-cuts", |size| Cuts::new("server-cuts", &server::over_tls(size), size)),
        shipped("server-scram-cuts", |size| {
            Cuts::new("server-scram-cuts", &server::scram(size), size)
        }),
        shipped("policy", policy::policy).within(&MECHANISMS),
        shipped("policy-legacy", policy::legacy).within(&MECHANISMS),
        shipped("layer", layer::layer).within(&MECHANISMS),
        shipped("scram", scram::exchange).within(&MECHANISMS),
        shipped("scram-bound", scram::bound).within(&MECHANISMS),
        shipped("pair-plain", pair::plain),
        shipped("pair-goodbyes", pair::goodbyes),
        shipped("pair-scram", pair::scram),
        shipped("pair-anonymous", pair::anonymous),
        shipped("pair-clear", pair::clear),
        shipped("pair-plain-cuts", pair::plain_cuts),
        shipped("pair-scram-cuts", pair::scram_cuts),
        shipped("pair-layer", pair::layer),
        shipped("pair-layer-cuts", pair::layer_cuts),
        channel("thrift-client", thrift::client::client),
        channel("thrift-server", thrift::server::server),
        shipped("thrift-client-cuts", |size| {
            Cuts::new("thrift-client-cuts", &thrift::client::opening(size), size.cut())
        }),
        shipped("thrift-server-cuts", |size| {
            Cuts::new("thrift-server-cuts", &thrift::server::server(size), size.cut())
        }),
        shipped("thrift-client-stranger", thrift::stranger::client).within(&THRIFT),
        shipped("thrift-server-stranger", thrift::stranger::server).within(&THRIFT),
        shipped("pair-thrift", thrift::pair::whole).within(&THRIFT),
        shipped("pair-thrift-cuts", thrift::pair::cuts).within(&THRIFT),
    ];
    entries.extend(literal::entries());
    entries
}

fn channel<L: Layers>(name: &'static str, make: fn(Size) -> ChannelModel<L>) -> Entry {
    Entry::inspected(name, Subject::Shipped, make, |model| {
        let (states, steps) = model.store().len();
        let machine = Some(MachineSize { states, steps });
        Inspected { machine, diagrams: table::diagrams(model.setup().name) }
    })
}

fn shipped<M: Checked + 'static>(name: &'static str, make: fn(Size) -> M) -> Entry {
    Entry::new(name, Subject::Shipped, make)
}

/// All that an exchange of mechanisms runs.
const MECHANISMS: [&str; 2] = ["crates/xiom-sasl/", "crates/xiom-core/src/secret.rs"];

/// All that the two sides of Thrift SASL run without a channel around them.
const THRIFT: [&str; 4] = [
    "crates/xiom-thrift-sasl/",
    "crates/xiom-core/src/unit.rs",
    "crates/xiom-sasl/src/server/one_message.rs",
    "crates/xiom-sasl/src/client/one_message.rs",
];

/// Little room: the second message waits in plain, the third does not fit, and each is as long as it may be.
fn limits() -> Limits {
    Limits { wire: 8, message: MESSAGE.len(), queued: 10, messages: 3, ..Limits::default() }
}
