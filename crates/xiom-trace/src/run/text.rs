//! What programs print, cut to what a person reads.

/// The last lines of `text`.
pub(super) fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let from = lines.len().saturating_sub(LINES);
    let kept = lines.get(from..).unwrap_or_default().join("\n");
    let from = kept.len().saturating_sub(OCTETS);
    let from = (from..=kept.len()).find(|at| kept.is_char_boundary(*at)).unwrap_or(kept.len());
    kept.get(from..).unwrap_or_default().into()
}

const LINES: usize = 40;
const OCTETS: usize = 4000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_kept() {
        let text = (0..100).map(|line| format!("line {line}")).collect::<Vec<_>>().join("\n");
        let kept = tail(&text);
        assert!(kept.starts_with("line 60\n") && kept.ends_with("line 99"));
        assert_eq!(tail("short\n"), "short");
        let wide = "ä".repeat(5000);
        assert_eq!(tail(&wide).len(), OCTETS);
    }
}
