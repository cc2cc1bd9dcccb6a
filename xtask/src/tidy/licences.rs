//! Under which licences the code of others comes.

use super::Findings;
use super::metadata::Metadata;

/// Those that ask for no more than to be named, and the MPL, which keeps to its own files.
const ALLOWED: [&str; 13] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "0BSD",
    "ISC",
    "MPL-2.0",
    "Zlib",
    "Unicode-3.0",
    "CC0-1.0",
    "Unlicense",
];

/// Packages allowed by name: (package, licence, why).
const EXCEPTIONS: [(&str, &str, &str); 1] =
    [("xxhash-rust", "BSL-1.0", "asks for nothing in binaries; the storage engine's checksums")];

/// Looks at every package that is not ours.
pub(super) fn check(metadata: &Metadata, findings: &mut Findings) {
    for package in metadata.packages.iter().filter(|package| package.source.is_some()) {
        let licence = package.license.as_deref().unwrap_or("none named");
        let excepted = EXCEPTIONS
            .iter()
            .any(|(name, excepted, _)| *name == package.name && *excepted == licence);
        if !excepted && !is_allowed(licence) {
            findings
                .at(&package.name, format!("its licence is not among those allowed: {licence}"));
        }
    }
}

/// Whether an SPDX expression allows one of the allowed licences, or all of them where it says AND.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (allowed, rest) = any(&words);
    allowed && rest.is_empty()
}

/// `a OR b`: the first part of the words that is one, judged, and the rest.
fn any<'a>(words: &'a [&'a str]) -> (bool, &'a [&'a str]) {
    let (mut allowed, mut rest) = all(words);
    while let ["OR", more @ ..] = rest {
        let (also, after) = all(more);
        (allowed, rest) = (allowed || also, after);
    }
    (allowed, rest)
}

/// `a AND b`, which binds more closely.
fn all<'a>(words: &'a [&'a str]) -> (bool, &'a [&'a str]) {
    let (mut allowed, mut rest) = one(words);
    while let ["AND", more @ ..] = rest {
        let (also, after) = one(more);
        (allowed, rest) = (allowed && also, after);
    }
    (allowed, rest)
}

/// A licence, with its exception where it has one, or an expression in parentheses.
fn one<'a>(words: &'a [&'a str]) -> (bool, &'a [&'a str]) {
    match words {
        ["(", inside @ ..] => match any(inside) {
            (allowed, [")", rest @ ..]) => (allowed, rest),
            (_, rest) => (false, rest),
        },
        [name, "WITH", exception, rest @ ..] => {
            (ALLOWED.contains(&format!("{name} WITH {exception}").as_str()), rest)
        }
        [name, rest @ ..] => (ALLOWED.contains(name), rest),
        [] => (false, words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_judged() {
        for (expression, expected) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("MIT OR GPL-3.0", true),
            ("MIT/Apache-2.0", true),
            ("MIT AND GPL-3.0", false),
            ("MIT AND (GPL-3.0 OR ISC)", true),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("GPL-3.0 OR MIT AND AGPL-3.0", false),
            ("Apache-2.0 WITH LLVM-exception OR Apache-2.0", true),
            ("GPL-2.0 WITH Classpath-exception-2.0", false),
            ("MIT MIT", false),
            ("(MIT", false),
            ("", false),
        ] {
            assert_eq!(is_allowed(expression), expected, "{expression}");
        }
    }
}
