//! What is awaited: one header or one frame, and the failure of octets that are neither.

use xiom_amqp_codec::{DecodeError, FrameHeader, ProtocolHeader};
use xiom_core::{Cause, Extent, Received, Unit};

use crate::{frame, header};

/// What the octets are to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Want {
    /// A protocol header.
    Header,
    /// A frame of at most so many octets.
    Frame(u32),
}

impl Want {
    /// Takes octets from the front of `input`, and shows a whole unit, or what is wrong, to `judge`.
    pub(crate) fn receive(
        self,
        unit: &mut Unit,
        input: &[u8],
        judge: impl FnOnce(Result<&[u8], Cause>),
    ) -> Option<Received> {
        let length = |octets: &[u8]| match self.length(octets) {
            Ok(length) => Ok(Extent::Known(length)),
            Err(DecodeError::Incomplete { needed }) => Ok(Extent::AtLeast(needed)),
            Err(error) => Err(error),
        };
        //= SRS_SASL_SERVER_IO_01_073
        //= SRS_SASLCLIENTIO_01_122
        unit.receive(input, length, |octets| judge(octets.map_err(|error| self.fault(error))))
    }

    /// Octets of the unit that starts with `octets`.
    fn length(self, octets: &[u8]) -> Result<usize, DecodeError> {
        match self {
            Self::Header => ProtocolHeader::decode(octets).map(|_| ProtocolHeader::LENGTH),
            Self::Frame(limit) => {
                let (_, header) = FrameHeader::decode(octets, limit)?;
                usize::try_from(header.size).map_err(|_| DecodeError::FrameSize(header.size))
            }
        }
    }

    /// The failure that octets which start no such unit mean.
    fn fault(self, error: DecodeError) -> Cause {
        match self {
            Self::Header => header::fault(error),
            Self::Frame(_) => frame::fault(error),
        }
    }
}
