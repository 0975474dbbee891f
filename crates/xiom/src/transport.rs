//! The layers below SASL, in the three styles that brokers know.
//!
//! One type for all of them, so that the stack above has one type, too; there is no dynamic dispatch.

use xiom_amqp_sasl::HeaderExchange;
use xiom_core::{Layer, Phase, Plain, Received, Security, Stack, WireBuf};
use xiom_tls::{Tls, TlsEngine};

/// How TLS begins.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum TlsStyle {
    /// TLS from the first octet, on port 5671; what `amqps` means.
    #[default]
    Direct,
    /// Announced by the AMQP-TLS header, on port 5672 (AMQP 1.0 part 5 section 5.2).
    Header,
}

/// The layers between SASL and the socket, over the engine `E`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Transport<E> {
    /// No TLS.
    Plain(Plain),
    /// TLS from the first octet.
    Direct(Tls<E>),
    /// TLS after the AMQP-TLS header.
    Header(Stack<Tls<E>, HeaderExchange>),
}

impl<E: TlsEngine> Transport<E> {
    /// The engine of TLS, if there is TLS.
    pub fn engine(&self) -> Option<&E> {
        match self {
            Self::Plain(_) => None,
            Self::Direct(tls) => Some(tls.engine()),
            Self::Header(stack) => Some(stack.upper().engine()),
        }
    }
}

impl<E: TlsEngine> Layer for Transport<E> {
    fn open(&mut self, below: &Security, out: &mut WireBuf) {
        match self {
            Self::Plain(layer) => layer.open(below, out),
            Self::Direct(layer) => layer.open(below, out),
            Self::Header(layer) => layer.open(below, out),
        }
    }

    fn receive(&mut self, input: &mut [u8], out: &mut WireBuf) -> Option<Received> {
        match self {
            Self::Plain(layer) => layer.receive(input, out),
            Self::Direct(layer) => layer.receive(input, out),
            Self::Header(layer) => layer.receive(input, out),
        }
    }

    fn send(&mut self, octets: &[u8], out: &mut WireBuf) {
        match self {
            Self::Plain(layer) => layer.send(octets, out),
            Self::Direct(layer) => layer.send(octets, out),
            Self::Header(layer) => layer.send(octets, out),
        }
    }

    fn close(&mut self, out: &mut WireBuf) {
        match self {
            Self::Plain(layer) => layer.close(out),
            Self::Direct(layer) => layer.close(out),
            Self::Header(layer) => layer.close(out),
        }
    }

    fn end(&mut self) {
        match self {
            Self::Plain(layer) => layer.end(),
            Self::Direct(layer) => layer.end(),
            Self::Header(layer) => layer.end(),
        }
    }

    fn phase(&self) -> Phase {
        match self {
            Self::Plain(layer) => layer.phase(),
            Self::Direct(layer) => layer.phase(),
            Self::Header(layer) => layer.phase(),
        }
    }

    fn security(&self) -> Security {
        match self {
            Self::Plain(layer) => layer.security(),
            Self::Direct(layer) => layer.security(),
            Self::Header(layer) => layer.security(),
        }
    }

    fn is_transparent(&self) -> bool {
        match self {
            Self::Plain(layer) => layer.is_transparent(),
            Self::Direct(layer) => layer.is_transparent(),
            Self::Header(layer) => layer.is_transparent(),
        }
    }

    fn work(&mut self, iterations: u32, out: &mut WireBuf) {
        match self {
            Self::Plain(layer) => layer.work(iterations, out),
            Self::Direct(layer) => layer.work(iterations, out),
            Self::Header(layer) => layer.work(iterations, out),
        }
    }
}
