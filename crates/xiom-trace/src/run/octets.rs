//! Reading numbers off octets: what is missing is an error, never a panic.

/// The octets ended early, or hold what they must not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Malformed(pub(super) &'static str);

impl core::fmt::Display for Malformed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.0)
    }
}

/// Octets that are read from the front, numbers in the order of this machine.
///
/// A profile is written by a process on this machine, and the program that wrote it was built for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Octets<'a>(&'a [u8]);

impl<'a> Octets<'a> {
    pub(super) const fn new(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// The next `count` octets.
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Malformed("ends early"))?;
        self.0 = rest;
        Ok(taken)
    }

    /// The next `count` octets, where the count was read.
    pub(super) fn take_long(&mut self, count: u64) -> Result<&'a [u8], Malformed> {
        self.take(usize::try_from(count).map_err(|_| Malformed("length out of range"))?)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Malformed> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Malformed("ends early"))?;
        self.0 = rest;
        Ok(u32::from_ne_bytes(*taken))
    }

    pub(super) fn u64(&mut self) -> Result<u64, Malformed> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Malformed("ends early"))?;
        self.0 = rest;
        Ok(u64::from_ne_bytes(*taken))
    }

    /// A number in LEB128, of at most 64 bits.
    pub(super) fn uleb(&mut self) -> Result<u64, Malformed> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let (octet, rest) = self.0.split_first().ok_or(Malformed("ends early"))?;
            self.0 = rest;
            let part = u64::from(octet & 0x7f);
            if (part << shift) >> shift != part {
                break;
            }
            number |= part << shift;
            if octet & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Malformed("number out of range"))
    }

    /// A number in LEB128 that counts or places something in memory.
    pub(super) fn size(&mut self) -> Result<usize, Malformed> {
        usize::try_from(self.uleb()?).map_err(|_| Malformed("number out of range"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_what_is_missing_is_an_error() {
        let mut octets = Octets::new(&[0x7f, 0xe5, 0x8e, 0x26, 0x80]);
        assert_eq!(octets.uleb(), Ok(127));
        assert_eq!(octets.uleb(), Ok(624_485));
        assert_eq!(octets.uleb(), Err(Malformed("ends early")));
        assert_eq!(Octets::new(&[1, 2, 3]).u32(), Err(Malformed("ends early")));
        assert_eq!(Octets::new(&[1; 7]).u64(), Err(Malformed("ends early")));
        assert_eq!(Octets::new(&[1; 8]).u64(), Ok(0x0101_0101_0101_0101));
    }

    #[test]
    fn a_number_of_more_than_64_bits_is_refused() {
        let largest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(Octets::new(&largest).uleb(), Ok(u64::MAX));
        let over = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02];
        assert_eq!(Octets::new(&over).uleb(), Err(Malformed("number out of range")));
        assert_eq!(Octets::new(&[0x80; 11]).uleb(), Err(Malformed("number out of range")));
    }
}
