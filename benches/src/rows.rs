//! The rows that have rivals: each is measured by one function, which anybody may join.
//!
//! Xiom and the limits are always there. A program that links other implementations gives them as
//! [`Peers`], and they run in the same turns.

use anyhow::Result;

use crate::contest::{Contest, Rival};
use crate::material::Material;

pub mod codec;
pub mod connect;
pub mod growth;
pub mod kerberos;
pub mod login;
pub mod loopback;
pub mod memory;
pub mod rc4;
pub mod script;
pub mod shake;
pub mod thrift;

/// Who else takes part; nobody by default.
pub trait Peers {
    /// Those that move messages of this size from client to server in memory.
    fn memory<'a>(&self, _material: &Material, _message: &'a [u8]) -> Vec<Rival<'a>> {
        Vec::new()
    }

    /// Those that move messages of this size from client to server over loopback.
    fn loopback<'a>(&self, _material: &Material, _message: &'a [u8]) -> Vec<Rival<'a>> {
        Vec::new()
    }

    /// Those that shake hands by TLS, both ends in memory.
    fn shake<'a>(&self, _material: &Material) -> Vec<Rival<'a>> {
        Vec::new()
    }

    /// Those that decode or encode what [`codec`] calls so.
    fn codec<'a>(&self, _case: &codec::Case<'_>) -> Vec<Rival<'a>> {
        Vec::new()
    }

    /// Those that log in in memory: a mechanism, against what a server said.
    fn login<'a>(&self, _mechanism: &str, _said: &'a [Vec<u8>]) -> Vec<Rival<'a>> {
        Vec::new()
    }

    /// Those that connect and log in over loopback.
    fn connect<'a>(&self, _at: &connect::Place<'_>) -> Vec<Rival<'a>> {
        Vec::new()
    }

    /// Those that move messages of Thrift SASL over loopback, and limits that only they can measure.
    fn thrift_data<'a>(&self, _case: &thrift::Data<'a>) -> Vec<Rival<'a>> {
        Vec::new()
    }

    /// Those that connect and log in by Thrift SASL over loopback.
    fn thrift_connect<'a>(&self, _at: &thrift::Place<'_>) -> Vec<Rival<'a>> {
        Vec::new()
    }
}

/// Nobody else.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl Peers for Nobody {}

/// Measures every row that is asked for.
///
/// # Errors
///
/// Returns an error when a row cannot be prepared.
pub fn run(contest: &mut Contest, peers: &impl Peers) -> Result<()> {
    let material = Material::new()?;
    memory::run(contest, &material, peers)?;
    shake::run(contest, &material, peers)?;
    loopback::run(contest, &material, peers)?;
    codec::run(contest, peers)?;
    login::run(contest, peers)?;
    connect::run(contest, &material, peers)?;
    growth::run(contest, &material)?;
    thrift::run(contest, peers)
}
