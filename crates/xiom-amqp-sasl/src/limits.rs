//! The bound of one frame.

/// Octets of one SASL frame, in both directions; a longer one fails before anything is buffered for it.
///
/// 512, the default, is what every peer must accept (AMQP 1.0 part 5 section 5.3.1); long tokens of
/// Kerberos or OAuth need more, and most brokers take some kilobytes.
///
/// ```
/// use xiom_amqp_sasl::FrameLimit;
///
/// assert_eq!(FrameLimit::default().octets(), 512);
/// assert_eq!(FrameLimit::new(8192).octets(), 8192);
/// assert_eq!(FrameLimit::new(1 << 30), FrameLimit::MAX);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct FrameLimit(u32);

impl FrameLimit {
    /// `MIN-MAX-FRAME-SIZE`: no peer may demand less.
    pub const MIN: Self = Self(xiom_amqp_codec::MIN_MAX_FRAME_SIZE);
    /// The largest limit that may be set, 64 KiB.
    pub const MAX: Self = Self(64 << 10);

    /// A limit of `octets`, kept between [`Self::MIN`] and [`Self::MAX`].
    #[must_use]
    pub const fn new(octets: u32) -> Self {
        if octets < Self::MIN.0 {
            Self::MIN
        } else if Self::MAX.0 < octets {
            Self::MAX
        } else {
            Self(octets)
        }
    }

    /// Octets of a frame.
    #[must_use]
    pub const fn octets(self) -> u32 {
        self.0
    }
}

impl Default for FrameLimit {
    fn default() -> Self {
        Self::MIN
    }
}
