//! The trace: every header and every SASL frame as it happens, to the standard error.
//!
//! Invariant: binary fields are shown by their length alone, whatever they hold.

use core::time::Duration;
use std::io::Write;

use xiom::core::Direction;

use crate::frames::Unit;
use crate::render::{self, ACCENT, DIM};

/// Whether there is a trace.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Trace {
    /// Nothing is shown.
    #[default]
    Off,
    /// Everything is shown.
    On,
}

impl Trace {
    /// Shows `unit`, which passed at `time`.
    pub(crate) fn unit(self, time: Duration, direction: Direction, unit: &Unit<'_>) {
        if self == Self::Off {
            return;
        }
        let arrow = match direction {
            Direction::Sent => "->",
            Direction::Received => "<-",
        };
        let (what, size) = describe(unit);
        let time = render::duration(time);
        // A trace that nobody reads is no reason to stop.
        let _ = writeln!(
            anstream::stderr(),
            "{DIM}{time:>9}{DIM:#}  {ACCENT}{arrow}{ACCENT:#}  {what}  {DIM}{size} octets{DIM:#}"
        );
    }
}

/// The unit in words, and its octets.
fn describe(unit: &Unit<'_>) -> (String, usize) {
    match unit {
        Unit::Header(header) => (header.to_string(), header.encode().len()),
        Unit::Frame(performative, size) => (shorten(&performative.to_string()), *size),
        Unit::Unreadable(error, size) => (format!("unreadable: {error}"), *size),
    }
}

/// The beginning of a long text, and how much is left out.
fn shorten(text: &str) -> String {
    let left = text.chars().count().saturating_sub(LONGEST);
    if left == 0 {
        return text.to_owned();
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("{start}.. ({left} more)")
}

/// Characters of one frame.
const LONGEST: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_by_characters() {
        assert_eq!(shorten("short"), "short");
        let long = "ä".repeat(LONGEST + 3);
        assert_eq!(shorten(&long), format!("{}.. (3 more)", "ä".repeat(LONGEST)));
    }
}
