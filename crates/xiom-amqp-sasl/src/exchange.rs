//! The exchange of protocol headers as a layer (AMQP 1.0 part 2 section 2.2, part 5 section 5.2).
//!
//! Both sides send their header once, and nothing else; then the layer is transparent.

use xiom_amqp_codec::ProtocolHeader;
use xiom_core::{Cause, Layer, Phase, Received, Security, Stage, Unit, WireBuf};

use crate::header;
use crate::unit::Want;

/// The exchange of one kind of protocol header, for either side.
///
/// - The AMQP-TLS header announces TLS on the plain port: put the TLS layer on it.
/// - The AMQP header opens a connection without SASL, for peers that allow it: what goes above are AMQP
///   frames without another header.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct HeaderExchange {
    role: Role,
    header: ProtocolHeader,
    below: Security,
    phase: Phase,
    unit: Unit,
}

impl HeaderExchange {
    /// The client that announces TLS.
    #[must_use]
    pub fn tls_client() -> Self {
        Self::new(Role::Client, ProtocolHeader::TLS)
    }

    /// The server that expects TLS to be announced.
    #[must_use]
    pub fn tls_server() -> Self {
        Self::new(Role::Server, ProtocolHeader::TLS)
    }

    /// The client that goes on without SASL.
    #[must_use]
    pub fn amqp_client() -> Self {
        Self::new(Role::Client, ProtocolHeader::AMQP)
    }

    /// The server that expects no SASL.
    #[must_use]
    pub fn amqp_server() -> Self {
        Self::new(Role::Server, ProtocolHeader::AMQP)
    }

    fn new(role: Role, header: ProtocolHeader) -> Self {
        let (below, unit) = (Security::default(), Unit::default());
        Self { role, header, below, phase: Phase::Idle, unit }
    }

    fn stage(&self) -> Stage {
        if self.header == ProtocolHeader::TLS { Stage::TlsHeader } else { Stage::AmqpHeader }
    }

    //= SRS_SASLCLIENTIO_50_032
    fn judge(&mut self, octets: Result<&[u8], Cause>, out: &mut WireBuf) {
        //= SRS_SASL_SERVER_IO_50_022
        if self.role == Role::Server {
            // Also to a wrong header the answer is the one that is spoken here.
            out.extend(&self.header.encode());
        }
        self.phase = match octets.and_then(|octets| header::judge(octets, self.header)) {
            Ok(()) => Phase::Open,
            //= SRS_SASLCLIENTIO_50_033
            Err(cause) => Phase::Failed(cause.at(self.stage())),
        };
    }
}

impl Layer for HeaderExchange {
    fn open(&mut self, below: &Security, out: &mut WireBuf) {
        self.phase = Phase::Opening(self.stage());
        self.below = below.clone();
        if self.role == Role::Client {
            out.extend(&self.header.encode());
        }
    }

    fn receive(&mut self, input: &mut [u8], out: &mut WireBuf) -> Option<Received> {
        match self.phase {
            Phase::Opening(_) => {}
            //= SRS_SASL_SERVER_IO_50_022
            //= SRS_SASLCLIENTIO_50_032
            Phase::Open => return Received::pass(input),
            Phase::Idle
            | Phase::Asking(_)
            | Phase::Working(_)
            | Phase::Ended
            | Phase::Failed(_) => return Received::discard(input),
        }
        let mut unit = core::mem::take(&mut self.unit);
        let received = Want::Header.receive(&mut unit, input, |octets| self.judge(octets, out));
        self.unit = unit;
        received
    }

    fn send(&mut self, octets: &[u8], out: &mut WireBuf) {
        out.extend(octets);
    }

    fn close(&mut self, _out: &mut WireBuf) {}

    fn end(&mut self) {
        self.phase = match self.phase {
            Phase::Open | Phase::Ended => Phase::Ended,
            phase @ Phase::Failed(_) => phase,
            Phase::Idle | Phase::Opening(_) | Phase::Asking(_) | Phase::Working(_) => {
                Phase::Failed(Cause::EndOfStream.at(self.stage()))
            }
        };
    }

    fn phase(&self) -> Phase {
        self.phase
    }

    fn security(&self) -> Security {
        self.below.clone()
    }

    fn is_transparent(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Ended)
    }
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Role {
    Client,
    Server,
}
