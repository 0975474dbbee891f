//! The bounds of messages and frames.

use xiom_thrift_codec::MAX_LENGTH;

/// Octets of the longest payload in the negotiation; 1 MiB, for tickets of Kerberos may have tens of KiB.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct PayloadLimit(u32);

impl PayloadLimit {
    /// At most `octets`, from 1 to 2 147 483 647.
    #[must_use]
    pub const fn new(octets: u32) -> Self {
        Self(clamp(octets))
    }

    /// The bound in octets.
    #[must_use]
    pub const fn octets(self) -> u32 {
        self.0
    }
}

impl Default for PayloadLimit {
    //= SRS_THRIFT_SASL_50_028
    fn default() -> Self {
        Self(1 << 20)
    }
}

/// Octets of the longest frame, both ways, with what a security layer adds; 16 384 000, which is what other
/// implementations take.
///
/// ```
/// use xiom_thrift_sasl::FrameLimit;
///
/// assert_eq!(FrameLimit::default().octets(), 16_384_000);
/// assert_eq!(FrameLimit::new(u32::MAX).octets(), 2_147_483_647);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct FrameLimit(u32);

impl FrameLimit {
    /// At most `octets`, from 1 to 2 147 483 647.
    #[must_use]
    pub const fn new(octets: u32) -> Self {
        Self(clamp(octets))
    }

    /// The bound in octets.
    #[must_use]
    pub const fn octets(self) -> u32 {
        self.0
    }

    pub(crate) fn size(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl Default for FrameLimit {
    //= SRS_THRIFT_SASL_50_029
    fn default() -> Self {
        Self(16_384_000)
    }
}

//= SRS_THRIFT_SASL_50_029, SRS_THRIFT_SASL_50_030
const fn clamp(octets: u32) -> u32 {
    match octets {
        0 => 1,
        1..MAX_LENGTH => octets,
        MAX_LENGTH.. => MAX_LENGTH,
    }
}
