//! Text for people: styles, times, sizes, and the table of a timeline.
//!
//! Invariant: nothing that a peer chose reaches a terminal with control characters in it.

use core::fmt::Write;
use core::time::Duration;

use anstyle::{AnsiColor, Style};

use crate::timeline::{self, Span};

/// What is only there for orientation.
pub(crate) const DIM: Style = Style::new().dimmed();
/// Headings.
pub(crate) const BOLD: Style = Style::new().bold();
/// What moves the eye along.
pub(crate) const ACCENT: Style = AnsiColor::Cyan.on_default();
/// What is as it should be.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What is not.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// A time with three digits or so: `312 us`, `4.21 ms`, `1.50 s`.
pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match time.as_micros() {
        0..1000 => format!("{} us", time.as_micros()),
        1000..100_000 => format!("{:.2} ms", seconds * 1e3),
        100_000..1_000_000 => format!("{:.0} ms", seconds * 1e3),
        _ => format!("{seconds:.2} s"),
    }
}

/// As [`duration`], of microseconds.
pub(crate) fn micros(micros: u64) -> String {
    duration(Duration::from_micros(micros))
}

/// A number of octets: `812 B`, `1.6 KiB`, `64.0 MiB`.
pub(crate) fn octets(count: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = count.saturating_mul(10) / unit;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    match count {
        0 => "-".to_owned(),
        1..0x400 => format!("{count} B"),
        0x400..0x10_0000 => format!("{} KiB", tenths(0x400)),
        _ => format!("{} MiB", tenths(0x10_0000)),
    }
}

/// What a peer has said, fit for a terminal.
pub(crate) fn plain(text: &str) -> String {
    let is_plain = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if is_plain(c) {
            plain.push(c);
        } else {
            plain.extend(c.escape_unicode());
        }
    }
    plain
}

/// One line for each span: name, time, octets each way, and a bar where it lies in the whole.
pub(crate) fn spans(out: &mut String, spans: &[Span], indent: &str) {
    let whole = timeline::total(spans).max(1);
    let mut before = 0;
    for span in spans {
        let bar = bar(before, span.micros, whole);
        before = before.saturating_add(span.micros);
        let (name, time) = (span.phase, micros(span.micros));
        let (sent, received) = (octets(span.sent), octets(span.received));
        let _ = writeln!(
            out,
            "{indent}{name:<14}{time:>9}  {ACCENT}{bar}{ACCENT:#}  \
             {DIM}->{DIM:#}{sent:>10}  {DIM}<-{DIM:#}{received:>10}"
        );
    }
}

/// A line as long as `length` is within `whole`, after `before`; in [`WIDTH`] cells.
fn bar(before: u64, length: u64, whole: u64) -> String {
    let cell = |micros: u64| {
        let cells = u128::from(micros) * u128::from(WIDTH) / u128::from(whole);
        usize::try_from(cells).unwrap_or_default()
    };
    let width = cell(whole);
    let start = cell(before).min(width.saturating_sub(1));
    let end = cell(before.saturating_add(length)).clamp(start + 1, width);
    let line = if end - start == 1 && cell(length) == 0 {
        "╸".to_owned()
    } else {
        "━".repeat(end - start)
    };
    format!("{}{line}{}", " ".repeat(start), " ".repeat(width - end))
}

/// Cells of a bar.
const WIDTH: u32 = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_of_one_width() {
        for (before, length) in [(0, 100), (0, 0), (99, 1), (100, 0), (50, 25)] {
            assert_eq!(bar(before, length, 100).chars().count(), 32, "{before} {length}");
        }
    }

    #[test]
    fn peers_do_not_control_the_terminal() {
        assert_eq!(plain("CN=a\x1b[31mb\u{202e}"), "CN=a\\u{1b}[31mb\\u{202e}");
        assert_eq!(plain("CN=Müller"), "CN=Müller");
    }

    #[test]
    fn numbers_have_units() {
        assert_eq!(micros(312), "312 us");
        assert_eq!(micros(4210), "4.21 ms");
        assert_eq!(micros(1_500_000), "1.50 s");
        assert_eq!(octets(0), "-");
        assert_eq!(octets(1640), "1.6 KiB");
        assert_eq!(octets(64 << 20), "64.0 MiB");
    }
}
