//! How the program ends: one code for each layer that can fail.

use std::process::ExitCode;

use xiom::core::LayerName;

/// The code that a shell sees.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Exit {
    /// Everything went as it should.
    Ok,
    /// The demo saw something that it did not expect.
    Unexpected,
    /// The command line, or a file that it names, is wrong.
    Usage,
    /// The socket.
    Socket,
    /// TLS.
    Tls,
    /// The AMQP protocol headers.
    Header,
    /// SASL, the refusal of credentials included.
    Sasl,
    /// The mechanism.
    Mechanism,
    /// Anything else.
    Other,
}

impl Exit {
    /// The code, as a number.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Unexpected => 1,
            Self::Usage => 2,
            Self::Socket => 10,
            Self::Tls => 11,
            Self::Header => 12,
            Self::Sasl => 13,
            Self::Mechanism => 14,
            Self::Other => 15,
        }
    }
}

impl From<LayerName> for Exit {
    fn from(layer: LayerName) -> Self {
        match layer {
            LayerName::Socket => Self::Socket,
            LayerName::Tls => Self::Tls,
            LayerName::Header => Self::Header,
            LayerName::Sasl => Self::Sasl,
            LayerName::Mechanism => Self::Mechanism,
            LayerName::User | _ => Self::Other,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
