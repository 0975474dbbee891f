//! The lines that libFuzzer prints.

use std::path::PathBuf;

/// What a line says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Line {
    /// How far it is.
    Status(Status),
    /// Runs of the target, at the end.
    Executions(u64),
    /// Edges that the program has.
    Counters(u64),
    /// Where an input was written that fails.
    Crash(PathBuf),
    /// Something else.
    Other,
}

/// How far an engine is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Status {
    /// Runs of the target.
    pub(super) executions: u64,
    /// Edges that were ever reached.
    pub(super) edges: u64,
    /// Edges with how often they were taken, and values that were compared.
    pub(super) features: u64,
    /// Inputs kept.
    pub(super) inputs: u64,
}

/// Understands a line such as `#4096 pulse  cov: 711 ft: 2855 corp: 806/22Kb lim: 254 exec/s: 28511`.
pub(super) fn parse(line: &str) -> Line {
    if let Some((_, path)) = line.split_once("Test unit written to ") {
        return Line::Crash(path.trim().into());
    }
    if let Some(executions) = line.strip_prefix("stat::number_of_executed_units:") {
        return executions.trim().parse().map_or(Line::Other, Line::Executions);
    }
    if let Some((before, _)) = line.split_once(" inline 8-bit counters)") {
        let number = before.rsplit('(').next().and_then(|number| number.parse().ok());
        return number.map_or(Line::Other, Line::Counters);
    }
    let mut words = line.split_whitespace();
    let executions = words.next().and_then(|word| word.strip_prefix('#')?.parse().ok());
    let Some(executions) = executions else { return Line::Other };
    let mut status = Status { executions, ..Status::default() };
    let mut words = words.skip(1);
    while let Some(key) = words.next() {
        let slot = match key {
            "cov:" => &mut status.edges,
            "ft:" => &mut status.features,
            "corp:" => &mut status.inputs,
            _ => continue,
        };
        let number = words.next().and_then(|word| word.split('/').next()?.parse().ok());
        *slot = number.unwrap_or_default();
    }
    Line::Status(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_understood() {
        let line =
            "#4096\tpulse  cov: 711 ft: 2855 corp: 806/22Kb lim: 254 exec/s: 28511 rss: 28Mb";
        let expected = Status { executions: 4096, edges: 711, features: 2855, inputs: 806 };
        assert_eq!(parse(line), Line::Status(expected));
        let line = "artifact_prefix='c/'; Test unit written to c/crash-0a1b";
        assert_eq!(parse(line), Line::Crash("c/crash-0a1b".into()));
        let line = "#2\tINITED exec/s: 0 rss: 27Mb";
        assert_eq!(parse(line), Line::Status(Status { executions: 2, ..Status::default() }));
        let line = "stat::number_of_executed_units: 75";
        assert_eq!(parse(line), Line::Executions(75));
        let line = "INFO: Loaded 1 modules   (3172 inline 8-bit counters): 3172 [0x1, 0x2), ";
        assert_eq!(parse(line), Line::Counters(3172));
        for line in ["", "INFO: Seed: 1", "#", "# x", "thread panicked at a.rs:1"] {
            assert_eq!(parse(line), Line::Other, "{line}");
        }
    }
}
