//! Two ends in memory that read what the other one wrote; reading nothing would block.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::rc::Rc;

/// Octets under way, in one direction.
#[derive(Debug, Default)]
struct Way {
    octets: Vec<u8>,
    read: usize,
}

/// One end.
#[derive(Debug)]
pub(crate) struct End {
    from: Rc<RefCell<Way>>,
    to: Rc<RefCell<Way>>,
}

/// Both ends.
pub(crate) fn pipe() -> (End, End) {
    let (up, down) = (Rc::<RefCell<Way>>::default(), Rc::<RefCell<Way>>::default());
    (End { from: Rc::clone(&down), to: Rc::clone(&up) }, End { from: up, to: down })
}

impl Read for End {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let mut way = self.from.borrow_mut();
        let left = way.octets.get(way.read..).unwrap_or_default();
        if left.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let count = left.len().min(room.len());
        if let Some((room, octets)) = room.get_mut(..count).zip(left.get(..count)) {
            room.copy_from_slice(octets);
        }
        way.read += count;
        if way.read == way.octets.len() {
            way.octets.clear();
            way.read = 0;
        }
        Ok(count)
    }
}

impl Write for End {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.to.borrow_mut().octets.extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
