//! The trace: every header, and every frame or message of SASL as it happens, to the standard error.
//!
//! Invariant: binary fields are shown by their length alone, whatever they hold.

use core::time::Duration;
use std::io::Write;

use xiom::core::Direction;

use crate::frames::Cut;
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
    /// Shows `cut`, which passed at `time`.
    pub(crate) fn unit(self, time: Duration, direction: Direction, cut: &Cut<'_>) {
        if self == Self::Off {
            return;
        }
        let arrow = match direction {
            Direction::Sent => "->",
            Direction::Received => "<-",
        };
        let (what, size) = describe(cut);
        let time = render::duration(time);
        // A trace that nobody reads is no reason to stop.
        let _ = writeln!(
            anstream::stderr(),
            "{DIM}{time:>9}{DIM:#}  {ACCENT}{arrow}{ACCENT:#}  {what}  {DIM}{size} octets{DIM:#}"
        );
    }
}

/// The unit in words, and its octets.
fn describe(cut: &Cut<'_>) -> (String, usize) {
    match cut {
        Ok(unit) => (shorten(&unit.to_string()), unit.size()),
        Err((error, size)) => (format!("unreadable: {error}"), *size),
    }
}

/// The beginning of a long text, and how much is left out.
pub(crate) fn shorten(text: &str) -> String {
    let left = text.chars().count().saturating_sub(LONGEST);
    if left == 0 {
        return text.to_owned();
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("{start}.. ({left} more)")
}

/// Characters of one unit.
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
