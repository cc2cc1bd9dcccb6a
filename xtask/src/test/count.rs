//! How many tests a runner says it has run: a suite that ran nothing must not pass for green.

use std::fmt;
use std::ops::AddAssign;

/// Tests that were run, and tests that were left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    /// How many passed.
    pub(super) passed: u32,
    /// How many were not run.
    pub(super) skipped: u32,
}

impl AddAssign for Counted {
    fn add_assign(&mut self, more: Counted) {
        self.passed += more.passed;
        self.skipped += more.skipped;
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>5} passed", self.passed)?;
        if self.skipped > 0 { write!(f, ", {} skipped", self.skipped) } else { Ok(()) }
    }
}

/// `test result: ok. 12 passed; 0 failed; 1 ignored; ...`, once per test program.
pub(super) fn cargo(line: &str) -> Counted {
    match line.strip_prefix("test result: ") {
        Some(result) => {
            Counted { passed: before(result, "passed"), skipped: before(result, "ignored") }
        }
        None => Counted::default(),
    }
}

/// `120 passed, 2 skipped in 8.01s`, with or without a frame of equals signs.
pub(super) fn pytest(line: &str) -> Counted {
    match line.trim_matches(['=', ' ']).split_once(" in ") {
        Some((counts, time)) if time.starts_with(|first: char| first.is_ascii_digit()) => {
            Counted { passed: before(counts, "passed"), skipped: before(counts, "skipped") }
        }
        _ => Counted::default(),
    }
}

/// `ℹ pass 10` and `ℹ skipped 0`, or the same with `#`.
pub(super) fn node(line: &str) -> Counted {
    let words: Vec<&str> = line.split_whitespace().collect();
    let number = |word: &str| word.parse().unwrap_or(0);
    match words[..] {
        ["ℹ" | "#", "pass", passed] => Counted { passed: number(passed), skipped: 0 },
        ["ℹ" | "#", "skipped", skipped] => Counted { passed: 0, skipped: number(skipped) },
        _ => Counted::default(),
    }
}

/// The number that stands before a word.
fn before(line: &str, word: &str) -> u32 {
    let words: Vec<&str> =
        line.split([' ', ',', ';', '.']).filter(|word| !word.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(passed: u32, skipped: u32) -> Counted {
        Counted { passed, skipped }
    }

    #[test]
    fn cargos_results_are_counted() {
        let line = "test result: ok. 12 passed; 0 failed; 3 ignored; 0 measured; 0 filtered out";
        assert_eq!(cargo(line), counted(12, 3));
        assert_eq!(cargo("running 12 tests"), counted(0, 0));
    }

    #[test]
    fn pytests_summary_is_counted() {
        assert_eq!(pytest("120 passed in 8.01s"), counted(120, 0));
        assert_eq!(pytest("== 7 passed, 2 skipped in 0.50s =="), counted(7, 2));
        assert_eq!(pytest("101 passed, 1 warning in 75.20s (0:01:15)"), counted(101, 0));
        assert_eq!(pytest("......... [ 12%]"), counted(0, 0));
    }

    #[test]
    fn nodes_summary_is_counted() {
        assert_eq!(node("ℹ pass 10"), counted(10, 0));
        assert_eq!(node("# skipped 2"), counted(0, 2));
        assert_eq!(node("ℹ fail 1"), counted(0, 0));
    }
}
