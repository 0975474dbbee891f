//! Who takes the octets at the end: the same for every loop, so that it cancels out.

use core::hint::black_box;

/// Takes octets and counts them.
#[derive(Debug, Default)]
pub struct Consumer {
    buffer: Vec<u8>,
    octets: usize,
}

impl Consumer {
    /// One that looks at the octets where they lie.
    #[must_use]
    pub fn looking() -> Self {
        Self::default()
    }

    /// One that copies them into its own buffer of 64 KiB.
    #[must_use]
    pub fn copying() -> Self {
        Self { buffer: vec![0; 64 << 10], octets: 0 }
    }

    /// Takes `octets`.
    pub fn take(&mut self, octets: &[u8]) {
        self.octets += octets.len();
        match self.buffer.get_mut(..octets.len()) {
            Some(room) => room.copy_from_slice(octets),
            None => {
                black_box(octets);
            }
        }
        black_box(&self.buffer);
    }

    /// How many octets were taken.
    #[must_use]
    pub const fn octets(&self) -> usize {
        self.octets
    }
}
