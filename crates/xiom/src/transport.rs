//! The layers below SASL, in the three styles that brokers know.
//!
//! One type for all of them, so that the stack above has one type, too; there is no dynamic dispatch.

use xiom_amqp_sasl::HeaderExchange;
use xiom_core::{Layer, Phase, Plain, Received, Security, Stack, WireBuf};
use xiom_tls::{Tls, TlsEngine};

use crate::forward::forward;

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
    forward!(Plain, Direct, Header);
}
