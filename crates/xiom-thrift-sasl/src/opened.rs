//! What is left of a negotiation that succeeded: its proof, and the frames.
//!
//! Invariant: with a security layer every octet after COMPLETE goes through it, both ways, and the first
//! fault ends both ways.

use xiom_core::{Cause, Received, Security, WireBuf};
use xiom_sasl::{Buffers, Established, NoLayer, Protection, SecurityLayer};

use crate::FrameLimit;
use crate::frames::{self, Frames};

/// A negotiation that succeeded.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Opened<L> {
    established: Established<NoLayer>,
    security: Security,
    limit: FrameLimit,
    data: Data<L>,
}

/// What the octets after COMPLETE are.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum Data<L> {
    /// What the user wrote.
    Plain(Frames),
    /// Tokens of the security layer; its length is the frame's.
    Protected(Buffers<L>),
}

impl<L: SecurityLayer> Opened<L> {
    //= SRS_THRIFT_SASL_01_033, SRS_THRIFT_SASL_50_046
    /// Goes on to frames of at most `limit`; `is_whole`: a message is one frame, whatever buffer the peer has
    /// announced.
    pub(crate) fn new(
        established: Established<L>,
        below: Security,
        limit: FrameLimit,
        is_whole: bool,
    ) -> Self {
        //= SRS_THRIFT_SASL_50_054
        let is_sealed = established.protection() == Protection::Confidentiality;
        let security = Security { confidential: below.confidential || is_sealed, ..below };
        let (established, layer) = established.split();
        let data = match layer {
            Some(mut layer) => {
                //= SRS_THRIFT_SASL_50_049
                layer.set_max_token(limit.size());
                //= SRS_THRIFT_SASL_50_048, SRS_THRIFT_SASL_50_053
                if is_whole || limit.size() < layer.max_sent() {
                    layer.set_max_sent(limit.size());
                }
                Data::Protected(Buffers::new(layer))
            }
            None => Data::Plain(Frames::default()),
        };
        Self { established, security, limit, data }
    }

    pub(crate) const fn established(&self) -> &Established<NoLayer> {
        &self.established
    }

    pub(crate) const fn security(&self) -> &Security {
        &self.security
    }

    /// Takes octets from the front of `input`, as a layer does.
    pub(crate) fn receive(&mut self, input: &mut [u8]) -> Result<Option<Received>, Cause> {
        match &mut self.data {
            Data::Plain(frames) => frames.receive(input, self.limit),
            //= SRS_THRIFT_SASL_01_036, SRS_THRIFT_SASL_50_043, SRS_THRIFT_SASL_50_047
            Data::Protected(buffers) => buffers.receive(input).map_err(Cause::Protection),
        }
    }

    //= SRS_THRIFT_SASL_01_034, SRS_THRIFT_SASL_01_035
    pub(crate) fn send(&mut self, octets: &[u8], out: &mut WireBuf) -> Result<(), Cause> {
        match &mut self.data {
            Data::Plain(_) => frames::send(octets, self.limit, out),
            //= SRS_THRIFT_SASL_50_048, SRS_THRIFT_SASL_50_050
            Data::Protected(buffers) => buffers.send(octets, out).map_err(Cause::Protection)?,
        }
        Ok(())
    }

    //= SRS_THRIFT_SASL_01_034
    /// Appends the length of a frame of `length` octets, if they go as they are, and in one.
    pub(crate) fn lead(&self, length: usize, out: &mut WireBuf) -> bool {
        matches!(self.data, Data::Plain(_)) && frames::lead(length, self.limit, out)
    }

    //= SRS_THRIFT_SASL_50_036, SRS_THRIFT_SASL_50_037
    /// Judges the end of the peer's octets: within a frame it is none in order.
    pub(crate) fn end(&self) -> Result<(), Cause> {
        let is_between = match &self.data {
            Data::Plain(frames) => frames.is_between(),
            Data::Protected(buffers) => buffers.is_between(),
        };
        if is_between { Ok(()) } else { Err(Cause::EndOfStream) }
    }
}
