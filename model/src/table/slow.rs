//! A mechanism that computes before it speaks: none that ships does, and the client is made for it.

use xiom_amqp_sasl::{Client, ClientConfig};
use xiom_core::{AuthFault, Plain, Security, Stack};
use xiom_sasl::client::{ClientMechanism, ClientStep, Mechanism, Plain as PlainMechanism};
use xiom_sasl::{Context, Credentials, Established, MechanismLayer, Properties};

/// The client with this mechanism.
pub(super) type Layers = Stack<Client<Slow>, Plain>;

/// PLAIN, which computes for two slices before it starts.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Slow {
    mechanism: Mechanism,
    slices: u8,
}

/// The client, on a confidential channel.
pub(super) fn layers() -> Layers {
    Stack::new(Client::new(vec![slow()], ClientConfig::default()), confidential())
}

/// The client of Thrift with this mechanism, on a confidential channel.
pub(super) fn thrift() -> Stack<xiom_thrift_sasl::Client<Slow>, Plain> {
    let config = xiom_thrift_sasl::ClientConfig::default();
    Stack::new(xiom_thrift_sasl::Client::new(slow(), config), confidential())
}

fn slow() -> Slow {
    let plain = PlainMechanism::new(Credentials::new("user", "correct-horse"))
        .unwrap_or_else(|_| unreachable!("the password is printable"));
    Slow { mechanism: plain.into(), slices: 2 }
}

fn confidential() -> Plain {
    Plain::asserting(Security { confidential: true, ..Security::default() })
}

impl ClientMechanism for Slow {
    type Layer = MechanismLayer;

    fn properties(&self) -> Properties {
        self.mechanism.properties()
    }

    fn start(&mut self, _: &Context<'_>, _: &mut Vec<u8>) -> Result<ClientStep, AuthFault> {
        Ok(ClientStep::Working)
    }

    fn challenge(
        &mut self,
        cx: &Context<'_>,
        data: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        self.mechanism.challenge(cx, data, out)
    }

    fn work(
        &mut self,
        cx: &Context<'_>,
        _: u32,
        out: &mut Vec<u8>,
    ) -> Result<ClientStep, AuthFault> {
        self.slices = self.slices.saturating_sub(1);
        if self.slices == 0 { self.mechanism.start(cx, out) } else { Ok(ClientStep::Working) }
    }

    fn is_done(&self) -> bool {
        self.mechanism.is_done()
    }

    fn outcome_ok(
        self,
        cx: &Context<'_>,
        additional: Option<&[u8]>,
    ) -> Result<Established<MechanismLayer>, AuthFault> {
        self.mechanism.outcome_ok(cx, additional)
    }
}
